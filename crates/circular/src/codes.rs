//! From words to a code of the list of waste.

use std::collections::BTreeMap;

use greenheart_model::waste_list::{self, Jurisdiction};
use greenheart_model::{Nace, WasteCode};

use crate::sectors::SectorTable;
use crate::text::{Analyzer, Bm25, Concepts, Trigrams};

/// A waste somebody once gave a code to.
#[derive(Debug, Clone)]
pub struct Coded {
    /// In words.
    pub text: String,
    /// Industry of the giver.
    pub nace: Option<Nace>,
    /// The code given.
    pub code: WasteCode,
}

/// How much each kind of evidence weighs. The defaults are rounded means of what the bench fits inside its folds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CodeWeights {
    /// Words shared with the names of the code and its headings.
    pub words: f64,
    /// Spelling shared with the name of the code.
    pub spelling: f64,
    /// A material of the glossary that goes with the code.
    pub glossary: f64,
    /// The giver's trade is the one that the group of the list is for.
    pub origin: f64,
    /// Likeness to a waste that was given the code before.
    pub known: f64,
}

impl Default for CodeWeights {
    fn default() -> Self {
        Self {
            words: 0.5,
            spelling: 2.6,
            glossary: 3.2,
            origin: 3.5,
            known: 3.1,
        }
    }
}

/// One suggested code with the evidence for it, each kind 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeSuggestion {
    /// The code.
    pub code: WasteCode,
    /// Weighted sum of the evidence.
    pub score: f64,
    /// Evidence in the order of [`CodeWeights`].
    pub evidence: [f64; 5],
}

/// Suggests codes for free text.
pub struct CodeFinder<'a> {
    analyzer: &'a Analyzer,
    concepts: &'a Concepts,
    sectors: &'a SectorTable,
    codes: Vec<WasteCode>,
    index: Bm25,
    names: Vec<[Trigrams; 2]>,
}

impl<'a> CodeFinder<'a> {
    /// Over the codes of one country's list.
    pub fn new(analyzer: &'a Analyzer, concepts: &'a Concepts, sectors: &'a SectorTable, of: Jurisdiction) -> Self {
        let codes: Vec<WasteCode> = waste_list::codes(of).filter_map(|code| code.parse().ok()).collect();
        let index = Bm25::new(codes.iter().map(|code| weighted_words(analyzer, *code)));
        let names = codes
            .iter()
            .map(|code| {
                let name = waste_list::name(code.as_str());
                [
                    Trigrams::of(name.map_or("", |name| name.english)),
                    Trigrams::of(name.map_or("", |name| name.norwegian)),
                ]
            })
            .collect();
        Self {
            analyzer,
            concepts,
            sectors,
            codes,
            index,
            names,
        }
    }

    /// Codes for a waste in words, given off by a trade in words and by code, with what was coded before; best first, ties by code.
    pub fn suggest(
        &self,
        text: &str,
        giver: (&str, Option<&Nace>),
        known: &[Coded],
        weights: &CodeWeights,
    ) -> Vec<CodeSuggestion> {
        let weights = [
            weights.words,
            weights.spelling,
            weights.glossary,
            weights.origin,
            weights.known,
        ];
        let mut suggestions: Vec<CodeSuggestion> = self
            .evidence(text, giver, known)
            .into_iter()
            .zip(&self.codes)
            .map(|(evidence, code)| CodeSuggestion {
                code: *code,
                score: evidence.iter().zip(weights).map(|(value, weight)| value * weight).sum(),
                evidence,
            })
            .collect();
        suggestions.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.code.cmp(&b.code)));
        suggestions
    }

    /// Every code's evidence, in the order of [`Self::codes`].
    pub fn evidence(&self, text: &str, giver: (&str, Option<&Nace>), known: &[Coded]) -> Vec<[f64; 5]> {
        let stems = self.analyzer.stems(text);
        let mut query = stems.clone();
        query.sort();
        query.dedup();
        let words = unit(self.index.scores(&query));
        let trigrams = Trigrams::of(text);
        let materials = self.concepts.of(&query.iter().cloned().collect(), None);
        let glossary = self.by_glossary(&materials);
        let before = self.known(text, giver.1, known);
        (0..self.codes.len())
            .map(|at| {
                let spelling = self.names[at]
                    .iter()
                    .map(|name| name.similarity(&trigrams))
                    .fold(0.0, f64::max);
                let origin = giver
                    .1
                    .map_or(0.0, |nace| self.sectors.origin_fit(self.codes[at], nace));
                [words[at], spelling, glossary[at], origin, before[at]]
            })
            .collect()
    }

    /// The codes, in order.
    pub fn codes(&self) -> &[WasteCode] {
        &self.codes
    }

    /// A material speaks for the codes it names; a six-digit one more than all of a group.
    fn by_glossary(&self, materials: &BTreeMap<&'static str, f64>) -> Vec<f64> {
        let list = Concepts::list();
        let named: Vec<_> = list
            .iter()
            .filter_map(|concept| materials.get(concept.name).map(|weight| (concept, weight)))
            .collect();
        self.codes
            .iter()
            .map(|code| {
                let fits = |prefix: &&str| code.as_str().starts_with(prefix);
                let of = |(concept, weight): &(&crate::text::Concept, &f64)| {
                    let longest = concept
                        .codes
                        .iter()
                        .copied()
                        .filter(|prefix| fits(prefix))
                        .map(str::len)
                        .max();
                    longest.map_or(0.0, |length| if length == 6 { **weight } else { 0.5 * **weight })
                };
                named.iter().map(of).fold(0.0, f64::max)
            })
            .collect()
    }

    /// The likeness of the nearest waste with each code: for every code in order, 0 where nothing was given it.
    fn known(&self, text: &str, nace: Option<&Nace>, known: &[Coded]) -> Vec<f64> {
        let mut best: BTreeMap<WasteCode, f64> = BTreeMap::new();
        for coded in known {
            let kept = best.entry(coded.code).or_default();
            *kept = kept.max(self.likeness(text, nace, coded));
        }
        self.codes
            .iter()
            .map(|code| best.get(code).copied().unwrap_or(0.0))
            .collect()
    }

    /// Likeness of a waste in words to one that has its code, 0 to 1: words and spelling, and more from the same division of industry.
    pub fn likeness(&self, text: &str, nace: Option<&Nace>, coded: &Coded) -> f64 {
        let (ours, theirs) = (self.analyzer.stem_set(text), self.analyzer.stem_set(&coded.text));
        #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
        let shared = ours.intersection(&theirs).count() as f64 / ours.union(&theirs).count().max(1) as f64;
        let alike = 0.5 * shared + 0.5 * Trigrams::of(text).similarity(&Trigrams::of(&coded.text));
        let same = nace
            .zip(coded.nace.as_ref())
            .is_some_and(|(one, other)| one.division() == other.division());
        alike * if same { 1.0 } else { 0.7 }
    }
}

/// The words of a code: its own name counts full, its sub-chapter's and chapter's less.
fn weighted_words(analyzer: &Analyzer, code: WasteCode) -> Vec<(String, f64)> {
    let digits = code.as_str();
    let mut all = Vec::new();
    for (length, weight) in [(6, 1.0), (4, 0.35), (2, 0.15)] {
        let Some(name) = waste_list::name(&digits[..length]) else {
            continue;
        };
        for text in [name.english, name.norwegian] {
            all.extend(analyzer.stems(text).into_iter().map(|stem| (stem, weight)));
        }
    }
    all
}

/// Scaled so that the highest is 1.
fn unit(scores: Vec<f64>) -> Vec<f64> {
    let most = scores.iter().copied().fold(0.0, f64::max);
    if most <= 0.0 {
        scores
    } else {
        scores.into_iter().map(|score| score / most).collect()
    }
}
