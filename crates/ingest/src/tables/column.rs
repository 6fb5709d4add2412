//! What a column as a whole says about how its numbers are written.

use greenheart_units::{Amount, DecimalMark, NumberError, Rounding, parse_number, parse_number_with};

use super::cell::Cell;

/// Votes of the numbers of one column.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MarkVotes {
    comma: u64,
    point: u64,
    ambiguous: u64,
    /// Row of the first ambiguous number.
    pub first_ambiguous: u64,
}

/// What the votes come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marking {
    /// One mark, or no number that needs one.
    Known(DecimalMark),
    /// Both are used: each number is read by itself.
    Mixed,
    /// Every number with a mark can be read in two ways.
    Ambiguous,
}

impl MarkVotes {
    /// Hears a cell.
    pub fn hear(&mut self, row: u64, cell: &Cell) {
        let Cell::Text(text) = cell else { return };
        let number = split_number(text).0;
        if !number.contains(['.', ',']) {
            return;
        }
        let value = match parse_number(number) {
            Ok(value) => value,
            Err(NumberError::Ambiguous(_)) => {
                self.ambiguous += 1;
                if self.first_ambiguous == 0 {
                    self.first_ambiguous = row;
                }
                return;
            }
            Err(_) => return,
        };
        let comma = parse_number_with(number, DecimalMark::Comma) == Ok(value);
        let point = parse_number_with(number, DecimalMark::Point) == Ok(value);
        self.comma += u64::from(comma && !point);
        self.point += u64::from(point && !comma);
    }

    /// The result, where `stated` is the mark of the mapping.
    pub fn marking(&self, stated: Option<DecimalMark>) -> Marking {
        match (stated, self.comma, self.point) {
            (Some(mark), ..) => Marking::Known(mark),
            (None, 1.., 1..) => Marking::Mixed,
            (None, 1.., 0) => Marking::Known(DecimalMark::Comma),
            (None, 0, 0) if self.ambiguous > 0 => Marking::Ambiguous,
            (None, 0, _) => Marking::Known(DecimalMark::Point),
        }
    }

    /// The one mark that all of several columns use, where those that need one agree: one file writes its
    /// numbers in one way, so a column that leaves it open follows the others.
    pub fn agreed<'a>(all: impl Iterator<Item = &'a Self>) -> Option<DecimalMark> {
        let (comma, point) = all.fold((0, 0), |(comma, point), votes| {
            (comma + votes.comma, point + votes.point)
        });
        match (comma, point) {
            (1.., 0) => Some(DecimalMark::Comma),
            (0, 1..) => Some(DecimalMark::Point),
            _ => None,
        }
    }

    /// Whether any number needed a mark.
    pub const fn voted(&self) -> bool {
        self.comma + self.point > 0
    }
}

impl Marking {
    /// The number of a cell in this column.
    pub fn number(self, cell: &Cell) -> Result<Amount, NumberError> {
        match cell {
            Cell::Number(plain) => {
                Amount::parse_rounded(plain, Rounding::HalfEven).map_err(|_| NumberError::TooLarge(plain.clone()))
            }
            Cell::Text(text) => self.text(text),
            Cell::Empty => Err(NumberError::Empty),
            Cell::Date(..) | Cell::Error(_) => Err(NumberError::NotANumber(cell.to_string())),
        }
    }

    /// The number that `text` is.
    pub fn text(self, text: &str) -> Result<Amount, NumberError> {
        match self {
            Self::Known(mark) => parse_number_with(text, mark),
            Self::Mixed | Self::Ambiguous => parse_number(text),
        }
    }
}

/// A number and the unit behind it: `1 250,5 kWh`. Words alone are no unit.
pub(super) fn split_number(text: &str) -> (&str, &str) {
    let at = text
        .char_indices()
        .find(|(_, c)| c.is_alphabetic() || *c == '%')
        .map_or(text.len(), |(at, _)| at);
    match text.split_at(at) {
        (number, _) if number.trim().is_empty() => (text, ""),
        (number, unit) => (number.trim(), unit.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cells: &[&str], expect: Marking) {
        let mut votes = MarkVotes::default();
        for cell in cells {
            votes.hear(1, &Cell::text(cell));
        }
        assert_eq!(votes.marking(None), expect, "{cells:?}");
    }

    #[test]
    fn a_column_that_leaves_it_open_follows_the_others() {
        let votes = |cells: &[&str]| {
            let mut votes = MarkVotes::default();
            for cell in cells {
                votes.hear(1, &Cell::text(cell));
            }
            votes
        };
        let (open, point, comma) = (votes(&["201.283"]), votes(&["19.5"]), votes(&["19,5"]));
        assert_eq!(MarkVotes::agreed([open, point].iter()), Some(DecimalMark::Point));
        assert_eq!(MarkVotes::agreed([open, comma].iter()), Some(DecimalMark::Comma));
        assert_eq!(MarkVotes::agreed([point, comma].iter()), None);
        assert_eq!(MarkVotes::agreed([open].iter()), None);
    }

    #[test]
    fn the_column_decides() {
        use DecimalMark::{Comma, Point};
        check(&["1.250", "3,5"], Marking::Known(Comma));
        check(&["1,250", "3.5"], Marking::Known(Point));
        check(&["1.250.000", "1.250"], Marking::Known(Comma));
        check(&["1.250", "2.500"], Marking::Ambiguous);
        check(&["1,5", "1.5"], Marking::Mixed);
        check(&["12", "7"], Marking::Known(Point));
        check(&["1 250,5 kWh"], Marking::Known(Comma));
        check(&["0,125"], Marking::Known(Comma));
    }
}
