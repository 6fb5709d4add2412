//! Which bought material a left-over one can stand in for, and in whose hands.
//!
//! Words alike are not enough: both a window maker and a board maker buy wood, but only the second can use offcuts. The table
//! `data/circular/substitutes.csv` names, for a material of the glossary, the bought items it can replace in a trade. It says that a
//! process exists, not that this stream meets its limits: that is for the test of the first load.

use std::sync::LazyLock;

use greenheart_model::Nace;

const TABLE: &str = include_str!("../../../data/circular/substitutes.csv");

/// A way to use a material.
#[derive(Debug, Clone)]
pub struct Substitute {
    /// The material left over, as the glossary names it.
    pub material: &'static str,
    /// Items of the catalogue that it can replace.
    pub items: Vec<&'static str>,
    /// Prefixes of NACE codes of those who can.
    pub nace: Vec<&'static str>,
    /// Where that is described.
    pub source: &'static str,
}

static SUBSTITUTES: LazyLock<Vec<Substitute>> = LazyLock::new(|| {
    TABLE
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.splitn(4, ';');
            let (material, items, nace, source) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            Some(Substitute {
                material,
                items: items.split(',').collect(),
                nace: nace.split(',').collect(),
                source,
            })
        })
        .collect()
});

/// The whole table.
pub fn substitutes() -> &'static [Substitute] {
    &SUBSTITUTES
}

/// How `material` can replace `item` at a firm of this trade; `None` where the table knows no way.
pub fn substitute(material: &str, item: &str, nace: &Nace) -> Option<&'static Substitute> {
    SUBSTITUTES.iter().find(|one| {
        one.material == material
            && one.items.contains(&item)
            && one.nace.iter().any(|prefix| nace.as_str().starts_with(prefix))
    })
}

/// Every item that `material` can replace in some trade.
pub fn substitutes_of(material: &str) -> impl Iterator<Item = &'static str> {
    let rows = SUBSTITUTES.iter().filter(move |one| one.material == material);
    rows.flat_map(|one| one.items.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Concepts;

    #[test]
    fn offcuts_go_to_a_board_maker_and_not_to_a_window_maker() {
        let nace = |text: &str| text.parse::<Nace>().expect("an industry");
        assert!(substitute("wood", "wood", &nace("16.210")).is_some());
        assert!(substitute("wood", "sawn_timber", &nace("16.230")).is_none());
        assert!(substitute("glass", "glass", &nace("23.120")).is_some());
        assert!(substitute("glass", "glass", &nace("16.230")).is_none());
    }

    #[test]
    fn the_table_speaks_of_known_materials() {
        let known: Vec<&str> = Concepts::list().iter().map(|concept| concept.name).collect();
        assert_eq!(substitutes().len() + 1, TABLE.lines().count());
        for one in substitutes() {
            assert!(known.contains(&one.material), "{}", one.material);
            assert!(!one.source.is_empty() && !one.items.is_empty() && !one.nace.is_empty());
        }
    }
}
