//! Known exchanges that the product ships: few, each described by a source that can be looked up.
//!
//! The table is `data/circular/cases.csv`. Collections of exchanges without a licence are measured on by the bench and never shipped.

use std::sync::LazyLock;

use crate::matching::Case;

const TABLE: &str = include_str!("../../../data/circular/cases.csv");

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| TABLE.lines().skip(1).filter_map(case).collect());

/// The shipped cases, in the order of the table.
pub fn published() -> &'static [Case] {
    &CASES
}

fn case(line: &str) -> Option<Case> {
    let cells: Vec<&str> = line.splitn(8, ';').collect();
    let [name, text, code, giver_nace, giver, taker_nace, taker, source] = cells[..] else {
        return None;
    };
    Some(Case {
        name: name.to_owned(),
        text: text.to_owned(),
        code: code.parse().ok(),
        giver: (giver_nace.parse().ok(), giver.to_owned()),
        taker: (taker_nace.parse().ok(), taker.to_owned()),
        source: source.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_says_where_it_is_described() {
        assert_eq!(published().len() + 1, TABLE.lines().count());
        for case in published() {
            assert!(
                !case.source.is_empty() && case.giver.0.is_some() && case.taker.0.is_some(),
                "{}",
                case.name
            );
        }
    }
}
