//! Months of a match from the files of both ends.
//!
//! One end may report by the load, the other once a year. What is compared then is the time that both tell of as a whole: rows that share
//! a month belong together, and their sums stand against each other.

use greenheart_model::Month;
use greenheart_units::Amount;

use crate::board::Record;

/// What a row of one end's files says: so many tonnes from one month to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighed {
    /// First month.
    pub first: Month,
    /// Last month.
    pub last: Month,
    /// Tonnes.
    pub tonnes: Amount,
}

/// Records from the rows of both ends, the earliest first; no two share a month.
pub fn records(given: &[Weighed], taken: &[Weighed]) -> Vec<Record> {
    let mut rows: Vec<(bool, &Weighed)> = given.iter().map(|row| (true, row)).collect();
    rows.extend(taken.iter().map(|row| (false, row)));
    rows.sort_by_key(|(_, row)| (row.first, row.last));
    let mut spans: Vec<(Month, Month, Record)> = Vec::new();
    for (gives, row) in rows {
        match spans.last_mut() {
            Some((_, last, _)) if row.first <= *last => *last = row.last.max(*last),
            _ => spans.push((row.first, row.last, Record::of(row.first))),
        }
        let Some((_, _, record)) = spans.last_mut() else {
            continue;
        };
        let side = if gives { &mut record.given } else { &mut record.taken };
        *side = Some(side.unwrap_or_default() + row.tonnes);
    }
    let closed = spans.into_iter().map(|(first, last, record)| Record {
        months: count(first, last),
        ..record
    });
    closed.collect()
}

/// Records of the files, and of what people wrote where no file tells of that end and month.
pub fn merged(measured: &[Record], told: &[Record]) -> Vec<Record> {
    let mut all = measured.to_vec();
    for record in told {
        match all.iter_mut().find(|other| other.overlaps(record)) {
            Some(other) if (other.month, other.months) == (record.month, record.months) => {
                other.given = other.given.or(record.given);
                other.taken = other.taken.or(record.taken);
            }
            // A file that tells of more than this month is the better evidence of it.
            Some(_) => {}
            None => all.push(*record),
        }
    }
    all.sort_by_key(|record| record.month);
    all
}

fn count(first: Month, last: Month) -> u16 {
    u16::try_from(last.index() - first.index() + 1).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Agreement;

    fn row(first: &str, last: &str, tonnes: &str) -> Weighed {
        Weighed {
            first: first.parse().expect("a month"),
            last: last.parse().expect("a month"),
            tonnes: tonnes.parse().expect("a number"),
        }
    }

    fn amount(text: &str) -> Amount {
        text.parse().expect("a number")
    }

    #[test]
    fn loads_of_a_month_add_up() {
        let given = [row("2026-02", "2026-02", "12.5"), row("2026-02", "2026-02", "7.5")];
        let taken = [row("2026-02", "2026-02", "19.5"), row("2026-03", "2026-03", "4")];
        let found = records(&given, &taken);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].given, found[0].taken, found[0].months),
            (Some(amount("20")), Some(amount("19.5")), 1)
        );
        assert_eq!(found[0].agreement(), Agreement::Agreed(amount("19.5")));
        assert_eq!(found[1].agreement(), Agreement::OneSided);
    }

    #[test]
    fn a_yearly_report_stands_against_the_loads_of_the_year() {
        let given = [row("2025-01", "2025-12", "120")];
        let taken: Vec<Weighed> = (1..=12)
            .map(|month| row(&format!("2025-{month:02}"), &format!("2025-{month:02}"), "9.9"))
            .collect();
        let found = records(&given, &taken);
        assert_eq!((found.len(), found[0].months), (1, 12));
        assert_eq!(found[0].agreement(), Agreement::Agreed(amount("118.8")));
        // The months after it stand alone.
        let more = records(&given, &[taken, vec![row("2026-01", "2026-01", "5")]].concat());
        assert_eq!((more.len(), more[1].months, more[1].given), (2, 1, None));
    }

    #[test]
    fn files_go_before_words() {
        let measured = records(&[row("2026-01", "2026-01", "10")], &[row("2026-03", "2026-04", "8")]);
        let told = |month: &str, given: Option<&str>, taken: Option<&str>| Record {
            given: given.map(amount),
            taken: taken.map(amount),
            ..Record::of(month.parse().expect("a month"))
        };
        let all = merged(
            &measured,
            &[
                told("2026-01", Some("99"), Some("9.8")),
                told("2026-02", Some("5"), None),
                told("2026-04", Some("50"), Some("50")),
            ],
        );
        let shown: Vec<_> = all.iter().map(|one| (one.given, one.taken)).collect();
        assert_eq!(
            shown,
            [
                (Some(amount("10")), Some(amount("9.8"))),
                (Some(amount("5")), None),
                (None, Some(amount("8")))
            ]
        );
    }

    #[test]
    fn nothing_told_is_nothing() {
        assert_eq!(records(&[], &[]), []);
        assert_eq!(merged(&[], &[]), []);
    }
}
