//! What speaks for a taker, as numbers that a person can be told.

use serde::{Deserialize, Serialize};

use super::case::{Case, FirmView, Reader, StreamView, same_trade};

/// How many kinds of evidence there are.
pub const FEATURES: usize = 10;

/// One number for each kind of evidence, in the order of [`Reason::ALL`].
pub type Features = [f64; FEATURES];

/// Kinds of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The trade is often a taker in known cases: log of its smoothed share.
    OftenTakes,
    /// It took wastes with this code or its group: log of how much more often than others.
    Code,
    /// It took wastes of these words: likewise.
    Words,
    /// It took wastes spelt like this: likewise.
    Spelling,
    /// It took the same material of the glossary: likewise.
    Material,
    /// It took from the giver's trade: likewise.
    GiversTrade,
    /// The one nearest known case, 0 to 1.
    NearestCase,
    /// Its process takes this material in, 0 to 1.
    Process,
    /// The stream's words stand in what the firm says of itself, 0 to 1.
    OwnWords,
    /// It is in the giver's own trade, 0 to 1; firms alike rarely feed each other.
    SameTrade,
}

impl Reason {
    /// Every kind, in the order of the numbers.
    pub const ALL: [Self; FEATURES] = [
        Self::OftenTakes,
        Self::Code,
        Self::Words,
        Self::Spelling,
        Self::Material,
        Self::GiversTrade,
        Self::NearestCase,
        Self::Process,
        Self::OwnWords,
        Self::SameTrade,
    ];
}

/// Kinds of likeness between a stream and a case: code, words, spelling, material, giver's trade.
const KINDS: usize = 5;
/// How many cases' worth of doubt each kind starts with; likeness of spelling is never quite 0, so it needs more.
const DOUBT: [f64; KINDS] = [1.0, 0.5, 0.5, 1.0, 2.0];
/// Cases' worth of doubt about how often a trade takes anything at all.
const PRIOR_DOUBT: f64 = 8.0;

/// What a set of cases says of one firm and one stream.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    total: f64,
    took: f64,
    alike: [f64; KINDS],
    alike_took: [f64; KINDS],
    nearest: f64,
}

impl Tally {
    /// Together with what another set of cases says.
    pub fn add(&mut self, other: &Self) {
        self.total += other.total;
        self.took += other.took;
        for kind in 0..KINDS {
            self.alike[kind] += other.alike[kind];
            self.alike_took[kind] += other.alike_took[kind];
        }
        self.nearest = self.nearest.max(other.nearest);
    }
}

/// The known cases, read.
pub struct Matcher<'a> {
    pub(super) reader: &'a Reader,
    pub(super) cases: &'a [Case],
    streams: Vec<StreamView>,
    takers: Vec<FirmView>,
}

/// How like a stream is to each known case.
#[derive(Debug, Clone)]
pub struct Likeness(Vec<[f64; KINDS]>);

/// How like a firm is to each known case's taker, 0 to 1.
#[derive(Debug, Clone)]
pub struct TakerLikeness(Vec<f64>);

impl<'a> Matcher<'a> {
    /// Reads the cases.
    pub fn new(reader: &'a Reader, cases: &'a [Case]) -> Self {
        Self {
            reader,
            cases,
            streams: cases
                .iter()
                .map(|case| reader.stream(&case.text, case.code, case.giver.0.clone()))
                .collect(),
            takers: cases
                .iter()
                .map(|case| reader.firm(case.taker.0.as_ref(), &case.taker.1))
                .collect(),
        }
    }

    /// How like a stream is to each case.
    pub fn likeness(&self, stream: &StreamView) -> Likeness {
        Likeness(self.streams.iter().map(|case| self.alike(stream, case)).collect())
    }

    fn alike(&self, one: &StreamView, other: &StreamView) -> [f64; KINDS] {
        let code = match (one.code, other.code) {
            (Some(a), Some(b)) if a == b => 1.0,
            (Some(a), Some(b)) if a.as_str()[..4] == b.as_str()[..4] => 0.4,
            (Some(a), Some(b)) if a.chapter() == b.chapter() => 0.1,
            _ => 0.0,
        };
        let words = self.reader.likeness(&one.stems, &other.stems);
        let spelling = one.trigrams.similarity(&other.trigrams).powi(2);
        let of = |view: &StreamView| view.materials.values().sum::<f64>();
        let shared: f64 = one
            .materials
            .iter()
            .filter_map(|(material, weight)| other.materials.get(material).map(|theirs| weight.min(*theirs)))
            .sum();
        let all = of(one) + of(other) - shared;
        let material = if all > 0.0 { shared / all } else { 0.0 };
        [
            code,
            words,
            spelling,
            material,
            same_trade(one.giver.as_ref(), other.giver.as_ref()),
        ]
    }

    /// How like a firm is to each case's taker: industry, or words where a firm has no industry of its own, such as a town.
    pub fn taker_likeness(&self, firm: &FirmView) -> TakerLikeness {
        let of = |taker: &FirmView| {
            let trade = same_trade(firm.nace.as_ref(), taker.nace.as_ref());
            let words = self.reader.likeness(&firm.stems, &taker.stems);
            trade.max(0.9 * words)
        };
        TakerLikeness(self.takers.iter().map(of).collect())
    }

    /// What the cases of `which` say of a firm, to be added up with others and turned into evidence by [`Self::evidence`].
    pub fn tally(&self, likeness: &Likeness, taker: &TakerLikeness, which: impl Iterator<Item = usize>) -> Tally {
        let mut tally = Tally::default();
        for at in which {
            let (kinds, taker) = (&likeness.0[at], taker.0[at]);
            tally.total += 1.0;
            tally.took += taker;
            for (kind, alike) in kinds.iter().enumerate() {
                tally.alike[kind] += alike;
                tally.alike_took[kind] += alike * taker;
            }
            tally.nearest = tally.nearest.max(taker * case_likeness(kinds));
        }
        tally
    }

    /// The evidence for a firm: what the cases say, and what needs no case.
    pub fn evidence(&self, tally: &Tally, stream: &StreamView, firm: &FirmView) -> Features {
        let mut features = [0.0; FEATURES];
        features[7] = process(stream, firm);
        features[8] = self.reader.likeness(&stream.stems, &firm.stems);
        features[9] = same_trade(stream.giver.as_ref(), firm.nace.as_ref());
        self.evidence_of_cases(tally, features)
    }

    /// The same evidence but with what another set of cases says.
    pub fn evidence_of_cases(&self, tally: &Tally, mut features: Features) -> Features {
        // What an unknown trade would have: one case in a hundred.
        let share = (tally.took + PRIOR_DOUBT * 0.01) / (tally.total + PRIOR_DOUBT);
        features[0] = share.ln() + 4.0;
        for kind in 0..KINDS {
            let given = (tally.alike_took[kind] + DOUBT[kind] * share) / (tally.alike[kind] + DOUBT[kind]);
            features[1 + kind] = (given / share).ln();
        }
        features[6] = tally.nearest;
        features
    }

    /// The case that speaks most for a firm, with how like it is, 0 to 1.
    pub fn nearest_case(&self, likeness: &Likeness, taker: &TakerLikeness) -> Option<(&'a Case, f64)> {
        likeness
            .0
            .iter()
            .zip(&taker.0)
            .zip(self.cases)
            .map(|((kinds, taker), case)| (case, taker * case_likeness(kinds)))
            .filter(|(_, alike)| *alike > 0.1)
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// All kinds of likeness to a case together: what the material is counts most.
fn case_likeness(kinds: &[f64; KINDS]) -> f64 {
    0.3 * kinds[0] + 0.25 * kinds[1] + 0.15 * kinds[2] + 0.2 * kinds[3] + 0.1 * kinds[4]
}

/// How surely the firm's process takes what the stream is: the best of its materials, each by how clearly the stream is it.
fn process(stream: &StreamView, firm: &FirmView) -> f64 {
    stream
        .materials
        .iter()
        .filter_map(|(material, clearly)| firm.takes.get(material).map(|surely| clearly * surely))
        .fold(0.0, f64::max)
}
