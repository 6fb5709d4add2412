//! Known exchanges, firms and streams, with their words read.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_model::waste_list::{self, Jurisdiction};
use greenheart_model::{Coordinates, MemberId, Nace, WasteCode};

use crate::sectors::SectorTable;
use crate::stream::Stream;
use crate::text::{Analyzer, Bm25, Concepts, Trigrams};

/// An exchange that somebody has done, or planned in earnest.
#[derive(Debug, Clone)]
pub struct Case {
    /// What to call it: `Kalundborg: fly ash to cement`.
    pub name: String,
    /// What was exchanged, in words.
    pub text: String,
    /// Its waste code, where known.
    pub code: Option<WasteCode>,
    /// The giver's trade.
    pub giver: (Option<Nace>, String),
    /// The taker's trade.
    pub taker: (Option<Nace>, String),
    /// Where it is described.
    pub source: String,
}

/// A firm that might take something.
#[derive(Debug, Clone)]
pub struct Firm {
    /// Which member.
    pub member: MemberId,
    /// Its industry.
    pub nace: Option<Nace>,
    /// What it says of itself.
    pub text: String,
    /// Where it lies.
    pub place: Option<Coordinates>,
}

/// A stream as the matcher sees it.
#[derive(Debug, Clone)]
pub struct StreamView {
    pub(super) stems: BTreeSet<String>,
    pub(super) trigrams: Trigrams,
    pub(super) materials: BTreeMap<&'static str, f64>,
    pub(super) code: Option<WasteCode>,
    pub(super) giver: Option<Nace>,
}

/// A firm as the matcher sees it.
#[derive(Debug, Clone)]
pub struct FirmView {
    pub(super) stems: BTreeSet<String>,
    pub(super) nace: Option<Nace>,
    /// How surely it takes each material, 0 to 1.
    pub(super) takes: BTreeMap<&'static str, f64>,
}

/// The tables, read once: glossary, trades, and how rare each word is.
pub struct Reader {
    /// Cuts text.
    pub analyzer: Analyzer,
    /// The glossary.
    pub concepts: Concepts,
    /// The trades.
    pub sectors: SectorTable,
    rarity: Bm25,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// Reads the tables.
    pub fn new() -> Self {
        let terms: Vec<&str> = Concepts::list()
            .iter()
            .flat_map(|concept| concept.terms.clone())
            .collect();
        let analyzer = Analyzer::new(terms.into_iter());
        let rarity = Bm25::new(waste_list::codes(Jurisdiction::EuropeanUnion).map(|code| {
            let name = waste_list::name(code).map(|name| format!("{} {}", name.english, name.norwegian));
            let stems = analyzer.stem_set(&name.unwrap_or_default());
            stems.into_iter().map(|stem| (stem, 1.0)).collect()
        }));
        Self {
            concepts: Concepts::new(&analyzer),
            sectors: SectorTable::new(&analyzer),
            analyzer,
            rarity,
        }
    }

    /// Reads what is offered: words, code, and the giver's industry.
    pub fn stream(&self, text: &str, code: Option<WasteCode>, giver: Option<Nace>) -> StreamView {
        let stems = self.analyzer.stem_set(text);
        StreamView {
            trigrams: Trigrams::of(text),
            materials: self.concepts.of(&stems, code),
            stems,
            code,
            giver,
        }
    }

    /// Reads a stream of the register.
    pub fn read(&self, stream: &Stream) -> StreamView {
        self.stream(&stream.text, stream.codes.waste, stream.codes.nace.clone())
    }

    /// Reads a firm: its industry and what it says of itself.
    pub fn firm(&self, nace: Option<&Nace>, text: &str) -> FirmView {
        let stems = self.analyzer.stem_set(text);
        let mut takes: BTreeMap<&'static str, f64> = BTreeMap::new();
        for (sector, weight) in self.sectors.of(nace, &stems) {
            let mainly = sector.takes.iter().map(|material| (*material, 1.0));
            let also = sector.may_take.iter().map(|material| (*material, 0.6));
            for (material, surely) in mainly.chain(also) {
                let kept = takes.entry(material).or_default();
                *kept = kept.max(surely * weight);
            }
        }
        FirmView {
            stems,
            nace: nace.cloned(),
            takes,
        }
    }

    /// Likeness of two sets of stems, 0 to 1, rare words counting more.
    pub(super) fn likeness(&self, one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
        let weigh = |stems: &mut dyn Iterator<Item = &String>| stems.map(|stem| self.rarity.rarity(stem)).sum::<f64>();
        let all = weigh(&mut one.union(other));
        if all <= 0.0 {
            0.0
        } else {
            weigh(&mut one.intersection(other)) / all
        }
    }
}

/// Likeness of two industries, 0 to 1, by the digits they share; the class is compared without national digits.
pub(super) fn same_trade(one: Option<&Nace>, other: Option<&Nace>) -> f64 {
    let (Some(one), Some(other)) = (one, other) else {
        return 0.0;
    };
    let (one, other) = (one.as_str().as_bytes(), other.as_str().as_bytes());
    let shared = one.iter().zip(other).take(5).take_while(|(a, b)| a == b).count();
    match shared {
        5 => 1.0,
        4 => 0.75,
        2 | 3 => 0.45,
        _ => 0.0,
    }
}
