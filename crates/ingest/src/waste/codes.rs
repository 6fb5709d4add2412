//! The Norwegian numbers for waste substances. The list of waste itself is a code list of the model.

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub use greenheart_model::waste_list::{Hazard, Jurisdiction, codes, hazard};

static NUMBERS: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let text = include_str!("../../../../data/waste/norwegian_numbers.csv");
    text.lines()
        .skip(1)
        .filter_map(|line| line.split_once(';'))
        .map(|(number, rest)| {
            let item = rest.split(';').next().unwrap_or(rest);
            (number, item)
        })
        .collect()
});

/// The item that a Norwegian number for waste substances means, where it is known.
pub(super) fn item_of_number(number: &str) -> Option<&'static str> {
    NUMBERS
        .get(number)
        .copied()
        .or_else(|| is_hazardous_number(number).then_some("hazardous_waste"))
}

/// Numbers from 7000 to 7999 are hazardous waste.
pub fn is_hazardous_number(number: &str) -> bool {
    number.len() == 4 && number.starts_with('7')
}

/// Four digits, also with blanks or a name behind them: `7051 Maling`.
pub(super) fn number(text: &str) -> Option<String> {
    let digits: String = text
        .trim()
        .chars()
        .take_while(|c| c.is_ascii_digit() || matches!(c, ' ' | '.'))
        .filter(char::is_ascii_digit)
        .collect();
    (digits.len() == 4).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norwegian_numbers() {
        assert_eq!(number("7051 Maling, lim"), Some("7051".into()));
        assert_eq!(number("1141"), Some("1141".into()));
        assert_eq!((number("170201"), number("x")), (None, None));
        assert_eq!(
            (item_of_number("1141"), item_of_number("7999"), item_of_number("1299")),
            (Some("wood_waste"), Some("hazardous_waste"), None)
        );
        for (number, item) in NUMBERS.iter() {
            assert!(crate::tables::find_item(item).is_some(), "{number}");
        }
    }
}
