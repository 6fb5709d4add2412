//! What trades take in and give off: process knowledge from published technique descriptions.
//!
//! The tables are `data/circular/sectors.csv` (a trade by NACE prefix and by words for it, the materials it mainly takes, those it may
//! take, those it typically gives off, and where that is described) and `data/circular/origins.csv` (which trades the groups of the
//! list of waste come from; the list itself is ordered by origin).

use std::collections::BTreeSet;

use greenheart_model::{Nace, WasteCode};

use crate::text::Analyzer;

const SECTORS: &str = include_str!("../../../data/circular/sectors.csv");
const ORIGINS: &str = include_str!("../../../data/circular/origins.csv");

/// A trade and its materials; names of materials are those of the glossary.
#[derive(Debug, Clone)]
pub struct Sector {
    /// Its stable name.
    pub name: &'static str,
    /// Prefixes of NACE codes, as `23.5`.
    pub nace: Vec<&'static str>,
    /// Words for it, in English and Norwegian.
    pub words: Vec<&'static str>,
    /// Materials it mainly takes in.
    pub takes: Vec<&'static str>,
    /// Materials it may take in.
    pub may_take: Vec<&'static str>,
    /// Materials it typically gives off.
    pub gives: Vec<&'static str>,
    /// Where that is described.
    pub source: &'static str,
    /// Whether somebody has held the row against that.
    pub basis: Basis,
}

/// What a row of the tables of trades and processes rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The authors' reading of the document named; nobody else has held it against that.
    Assumption,
    /// A second reader has found it at the place named.
    Checked,
}

impl Basis {
    pub(crate) fn read(cell: &str) -> Option<Self> {
        match cell {
            "assumption" => Some(Self::Assumption),
            "checked" => Some(Self::Checked),
            _ => None,
        }
    }
}

/// Every trade of the table.
pub fn sectors() -> Vec<Sector> {
    let split = |cell: &'static str| -> Vec<&'static str> {
        cell.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
    };
    SECTORS
        .lines()
        .skip(1)
        .filter_map(|line| {
            let cells: Vec<&'static str> = line.split(';').collect();
            let [name, nace, english, norwegian, takes, may_take, gives, source, basis] = cells[..] else {
                return None;
            };
            Some(Sector {
                name,
                nace: split(nace),
                words: split(english).into_iter().chain(split(norwegian)).collect(),
                takes: split(takes),
                may_take: split(may_take),
                gives: split(gives),
                source,
                basis: Basis::read(basis)?,
            })
        })
        .collect()
}

/// The table with its words read.
pub struct SectorTable {
    list: Vec<Sector>,
    words: Vec<Vec<BTreeSet<String>>>,
    origins: Vec<(Vec<&'static str>, Vec<&'static str>)>,
}

impl SectorTable {
    /// Reads the words with an analyzer.
    pub fn new(analyzer: &Analyzer) -> Self {
        let list = sectors();
        let words = list
            .iter()
            .map(|sector| sector.words.iter().map(|word| analyzer.stem_set(word)).collect())
            .collect();
        let origins = ORIGINS
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(';'))
            .map(|(codes, nace)| (codes.split(',').collect(), nace.split(',').collect()))
            .collect();
        Self { list, words, origins }
    }

    /// The trades that a firm belongs to by its industry code and the words about it, each with a weight up to 1. The longest
    /// prefix of the code decides; words count half where there is a code, because descriptions mention customers too.
    pub fn of(&self, nace: Option<&Nace>, text: &BTreeSet<String>) -> Vec<(&Sector, f64)> {
        let longest = nace.map_or(0, |nace| {
            let fits = |prefix: &&&str| nace.as_str().starts_with(**prefix);
            let prefixes = self.list.iter().flat_map(|sector| &sector.nace);
            prefixes.filter(fits).map(|prefix| prefix.len()).max().unwrap_or(0)
        });
        let by_words = if longest > 0 { 0.5 } else { 0.8 };
        self.list
            .iter()
            .zip(&self.words)
            .filter_map(|(sector, words)| {
                let coded = nace.is_some_and(|nace| {
                    let prefixes = sector.nace.iter();
                    prefixes
                        .filter(|prefix| prefix.len() == longest)
                        .any(|prefix| nace.as_str().starts_with(prefix))
                });
                let said = words.iter().any(|word| !word.is_empty() && word.is_subset(text));
                let weight = if coded {
                    1.0
                } else if said {
                    by_words
                } else {
                    0.0
                };
                (weight > 0.0).then_some((sector, weight))
            })
            .collect()
    }

    /// How well a waste code fits a trade as its origin: 1 where the list of waste has the group for it, 0 where it has it for
    /// others, by the longest shared prefix of the industry code.
    pub fn origin_fit(&self, code: WasteCode, nace: &Nace) -> f64 {
        let group = &code.as_str()[..4];
        let trades = self.origins.iter().filter(|(codes, _)| codes.contains(&group));
        trades
            .flat_map(|(_, trades)| trades)
            .map(|trade| {
                if nace.as_str().starts_with(trade) || trade.starts_with(nace.as_str()) {
                    1.0
                } else if trade.starts_with(nace.division()) {
                    0.5
                } else {
                    0.0
                }
            })
            .fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Concepts;

    #[test]
    fn every_material_of_the_table_is_in_the_glossary() {
        let known: BTreeSet<&str> = Concepts::list().iter().map(|concept| concept.name).collect();
        for sector in sectors() {
            assert!(!sector.source.is_empty() && !sector.takes.is_empty(), "{}", sector.name);
            for material in sector.takes.iter().chain(&sector.may_take).chain(&sector.gives) {
                assert!(known.contains(material), "{}: {material}", sector.name);
            }
        }
        assert_eq!(sectors().len() + 1, SECTORS.lines().count());
    }

    #[test]
    fn a_trade_is_found_by_code_and_by_words() {
        let analyzer = Analyzer::new(std::iter::empty());
        let table = SectorTable::new(&analyzer);
        let best = |nace: Option<&str>, text: &str| {
            let nace = nace.map(|nace| nace.parse::<Nace>().expect("a code"));
            let found = table.of(nace.as_ref(), &analyzer.stem_set(text));
            found
                .iter()
                .max_by(|a, b| a.1.total_cmp(&b.1))
                .map(|(sector, _)| sector.name)
        };
        assert_eq!(best(Some("23.51"), ""), Some("cement_lime"));
        assert_eq!(best(Some("20.150"), ""), Some("fertiliser"));
        assert_eq!(best(Some("20.59"), ""), Some("paint_soap"));
        assert_eq!(best(None, "Nordlys fjernvarme"), Some("district_heating"));
        assert_eq!(best(None, ""), None);
    }

    #[test]
    fn groups_of_the_list_of_waste_belong_to_trades() {
        let table = SectorTable::new(&Analyzer::new(std::iter::empty()));
        let fit = |code: &str, nace: &str| {
            table.origin_fit(code.parse().expect("a code"), &nace.parse().expect("an industry"))
        };
        assert!(fit("100202", "24.10") > 0.99);
        assert!(fit("100202", "10.51") < 0.01);
        assert!((fit("100304", "24.10") - 0.5).abs() < 0.01);
        // Every group of the list has an origin.
        for code in greenheart_model::waste_list::codes(greenheart_model::waste_list::Jurisdiction::EuropeanUnion) {
            assert!(
                table.origins.iter().any(|(codes, _)| codes.contains(&&code[..4])),
                "{code}"
            );
        }
    }
}
