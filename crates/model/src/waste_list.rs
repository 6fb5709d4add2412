//! The list of waste: which codes there are, what they are called, and which are hazardous, by country.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::WasteCode;

/// Whose list of waste counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Jurisdiction {
    /// Norway: avfallsforskriften chapter 11, annex 1.
    #[default]
    Norway,
    /// The European list, Decision 2000/532/EC.
    EuropeanUnion,
}

/// What a list says of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hazard {
    /// Hazardous.
    Hazardous,
    /// Not hazardous.
    NonHazardous,
    /// Hazardous, but another code of the same waste is not: what it holds decides (a mirror entry).
    MirrorHazardous,
    /// Not hazardous, but another code of the same waste is.
    MirrorNonHazardous,
}

impl Hazard {
    /// Whether the code stands for hazardous waste.
    pub const fn is_hazardous(self) -> bool {
        matches!(self, Self::Hazardous | Self::MirrorHazardous)
    }
}

struct Entry {
    eu: Option<Hazard>,
    no: Option<Hazard>,
}

static CODES: LazyLock<BTreeMap<&'static str, Entry>> = LazyLock::new(|| {
    include_str!("../../../data/waste/codes.csv")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(';');
            let code = cells.next()?;
            let mut flag = || {
                Some(match cells.next()? {
                    "H" | "AH" => Hazard::Hazardous,
                    "N" | "AN" => Hazard::NonHazardous,
                    "MH" => Hazard::MirrorHazardous,
                    "MN" => Hazard::MirrorNonHazardous,
                    _ => return None,
                })
            };
            let (eu, no) = (flag(), flag());
            Some((code, Entry { eu, no }))
        })
        .collect()
});

/// What the list of a jurisdiction says of a code; `None` where it lacks the code. Norway's list follows the European
/// one in what is a mirror entry.
pub fn hazard(code: WasteCode, jurisdiction: Jurisdiction) -> Option<Hazard> {
    let entry = CODES.get(code.as_str())?;
    match jurisdiction {
        Jurisdiction::EuropeanUnion => entry.eu,
        Jurisdiction::Norway => match (entry.no, entry.eu) {
            (Some(own), Some(eu)) if own.is_hazardous() == eu.is_hazardous() => Some(eu),
            (own, _) => own,
        },
    }
}

/// Every six-digit code of a jurisdiction's list, in order.
pub fn codes(jurisdiction: Jurisdiction) -> impl Iterator<Item = &'static str> {
    CODES.iter().filter_map(move |(code, entry)| {
        let listed = match jurisdiction {
            Jurisdiction::EuropeanUnion => entry.eu.is_some(),
            Jurisdiction::Norway => entry.no.is_some(),
        };
        listed.then_some(*code)
    })
}

static NAMES: LazyLock<BTreeMap<&'static str, Name>> = LazyLock::new(|| {
    include_str!("../../../data/waste/names.csv")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(';');
            let code = cells.next()?;
            let (english, norwegian) = (cells.next()?, cells.next()?);
            Some((code, Name { english, norwegian }))
        })
        .collect()
});

/// What a chapter, sub-chapter or code is called; empty in a language whose list lacks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// In the European list.
    pub english: &'static str,
    /// In the Norwegian list.
    pub norwegian: &'static str,
}

/// The name of a chapter (two digits), a sub-chapter (four) or a code (six).
pub fn name(digits: &str) -> Option<Name> {
    NAMES.get(digits).copied()
}

/// Every name of the list.
pub fn names() -> impl Iterator<Item = Name> {
    NAMES.values().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_whole_and_differ_as_the_regulations_do() {
        let count = |jurisdiction| codes(jurisdiction).count();
        assert_eq!(
            (count(Jurisdiction::EuropeanUnion), count(Jurisdiction::Norway)),
            (842, 847)
        );
        let hazardous = |jurisdiction| {
            codes(jurisdiction)
                .filter(|code| hazard(code.parse().expect("a code"), jurisdiction).is_some_and(Hazard::is_hazardous))
                .count()
        };
        assert_eq!(
            (hazardous(Jurisdiction::EuropeanUnion), hazardous(Jurisdiction::Norway)),
            (408, 409)
        );
        let of = |code: &str, jurisdiction| hazard(code.parse().expect("a code"), jurisdiction);
        for code in ["165071", "165078"] {
            assert_eq!(of(code, Jurisdiction::EuropeanUnion), None);
            assert_eq!(of(code, Jurisdiction::Norway), Some(Hazard::Hazardous));
        }
        for code in ["160110", "200131", "200132"] {
            assert!(of(code, Jurisdiction::EuropeanUnion).is_some() && of(code, Jurisdiction::Norway).is_none());
        }
        for code in ["160401", "160402", "160403", "180202", "180207"] {
            assert_eq!(of(code, Jurisdiction::EuropeanUnion), Some(Hazard::Hazardous), "{code}");
            assert_eq!(of(code, Jurisdiction::Norway), Some(Hazard::NonHazardous), "{code}");
        }
        assert_eq!(of("170204", Jurisdiction::Norway), Some(Hazard::MirrorHazardous));
    }

    #[test]
    fn every_code_has_a_name_where_it_is_listed() {
        for (jurisdiction, shown) in [
            (
                Jurisdiction::EuropeanUnion,
                (|name: Name| name.english) as fn(Name) -> &'static str,
            ),
            (Jurisdiction::Norway, |name: Name| name.norwegian),
        ] {
            for code in codes(jurisdiction) {
                for digits in [&code[..2], &code[..4], code] {
                    assert!(
                        name(digits).is_some_and(|name| !shown(name).is_empty()),
                        "{digits} {jurisdiction:?}"
                    );
                }
            }
        }
        assert_eq!(name("100202").map(|name| name.english), Some("unprocessed slag"));
        assert_eq!(name("9999"), None);
    }
}
