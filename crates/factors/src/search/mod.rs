//! Finding factors by words, in Norwegian and English, also when they are misspelt.

mod words;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use greenheart_model::{Factor, FactorSet};

use crate::catalogue;

/// Longest query that is looked at.
const MOST_LETTERS: usize = 200;

/// Scores of a word, from exactly the word to one that shares four in ten of its letter runs.
const EXACT: u32 = 1000;
const BEGINS: u32 = 700;
const CONTAINS: u32 = 450;
const LEAST_LIKE: u32 = 400;
/// Score of a word that a slip of the pen explains.
const SLIP: u32 = 600;

/// A factor that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit<'a> {
    /// It.
    pub factor: &'a Factor,
    /// How many words of the query it answers.
    pub words: usize,
    /// How well, to rank by; larger is better and means nothing else.
    pub score: u32,
}

/// The words of a set, made once for many searches.
#[derive(Debug)]
pub struct Index<'a> {
    set: &'a FactorSet,
    /// Factors by word, with what the word counts there.
    by_word: BTreeMap<String, Vec<(u32, u32)>>,
    vocabulary: Vec<String>,
    /// Words by runs of three letters.
    by_run: HashMap<[char; 3], Vec<u32>>,
    /// Runs of each word.
    runs: Vec<usize>,
}

/// The best factors for a query, at most `limit`.
///
/// Every word counts; forms of a word are the same, parts of compounds are found (`varme` in `fjernvarme`), and
/// words that nothing has are taken for misspelt ones.
pub fn search<'a>(set: &'a FactorSet, query: &str, limit: usize) -> Vec<Hit<'a>> {
    Index::new(set).search(query, limit)
}

impl<'a> Index<'a> {
    /// The words of every factor: names in both languages, item with its synonyms, what it is about, region
    /// and year.
    pub fn new(set: &'a FactorSet) -> Self {
        let mut by_word: BTreeMap<String, Vec<(u32, u32)>> = BTreeMap::new();
        for (at, factor) in (0_u32..).zip(set.factors()) {
            for (word, weight) in weighed(factor) {
                let factors = by_word.entry(word).or_default();
                match factors.last_mut() {
                    Some((last, known)) if *last == at => *known = weight.max(*known),
                    _ => factors.push((at, weight)),
                }
            }
        }
        let vocabulary: Vec<String> = by_word.keys().cloned().collect();
        let mut by_run: HashMap<[char; 3], Vec<u32>> = HashMap::new();
        let mut runs = Vec::with_capacity(vocabulary.len());
        for (at, word) in (0_u32..).zip(&vocabulary) {
            let trigrams = words::trigrams(word);
            runs.push(trigrams.len());
            for run in trigrams {
                by_run.entry(run).or_default().push(at);
            }
        }
        Self {
            set,
            by_word,
            vocabulary,
            by_run,
            runs,
        }
    }

    /// The best factors for a query, at most `limit`; see [`search`].
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit<'a>> {
        let query: String = query.chars().take(MOST_LETTERS).collect();
        let mut answers: BTreeMap<u32, (usize, u32)> = BTreeMap::new();
        for word in words::words(&query) {
            for (factor, score) in self.answers(&word) {
                let (words, total) = answers.entry(factor).or_default();
                *words += 1;
                *total = total.saturating_add(score);
            }
        }
        let mut hits: Vec<Hit<'a>> = answers
            .into_iter()
            .filter_map(|(at, (words, score))| {
                let factor = self.set.factors().get(at as usize)?;
                Some(Hit { factor, words, score })
            })
            .collect();
        hits.sort_by(|a, b| {
            let rank = |hit: &Hit<'_>| (Reverse(hit.words), Reverse(hit.score), hit.factor.name_en.len());
            rank(a).cmp(&rank(b)).then_with(|| a.factor.id.cmp(&b.factor.id))
        });
        hits.truncate(limit);
        hits
    }

    /// Factors that a word means, each with its best score. Likeness is asked only where nothing else answers.
    fn answers(&self, word: &str) -> BTreeMap<u32, u32> {
        let mut meant: Vec<(&str, u32)> = Vec::new();
        for known in &self.vocabulary {
            if let Some(score) = part(word, known) {
                meant.push((known, score));
            }
        }
        if !meant.iter().any(|(_, score)| *score >= BEGINS) {
            meant.extend(self.alike(word));
        }
        let mut answers: BTreeMap<u32, u32> = BTreeMap::new();
        for (known, score) in meant {
            let Some(factors) = self.by_word.get(known) else {
                continue;
            };
            let rarity = 20_u32.saturating_sub(u32::try_from(factors.len()).unwrap_or(u32::MAX).ilog2());
            for (factor, weight) in factors {
                let score = score * weight / 10 * rarity / 20;
                let best = answers.entry(*factor).or_default();
                *best = score.max(*best);
            }
        }
        answers
    }

    /// Words that share enough runs of letters with a word, or differ from it by a slip.
    fn alike(&self, word: &str) -> Vec<(&str, u32)> {
        let runs = words::trigrams(word);
        let mut shared: BTreeMap<u32, usize> = BTreeMap::new();
        for run in &runs {
            for at in self.by_run.get(run).into_iter().flatten() {
                *shared.entry(*at).or_default() += 1;
            }
        }
        let likeness = |at: u32, shared: usize| {
            let of = self.runs[at as usize] + runs.len();
            u32::try_from(2000 * shared / of.max(1)).unwrap_or_default()
        };
        let alike = shared.into_iter().map(|(at, shared)| (at, likeness(at, shared)));
        let enough = alike.filter(|(_, likeness)| *likeness >= LEAST_LIKE);
        let mut alike: Vec<(&str, u32)> = enough
            .map(|(at, likeness)| (self.vocabulary[at as usize].as_str(), likeness * 6 / 10))
            .collect();
        let slips = self.vocabulary.iter().filter(|known| words::near(word, known));
        alike.extend(slips.map(|known| (known.as_str(), SLIP)));
        alike
    }
}

/// How well a known word answers by being, beginning or ending with the word asked for, or the other way.
fn part(asked: &str, known: &str) -> Option<u32> {
    let (a, k) = (asked.chars().count(), known.chars().count());
    if asked == known {
        return Some(EXACT);
    }
    if a >= 3 && known.starts_with(asked) || k >= 4 && asked.starts_with(known) {
        return Some(BEGINS);
    }
    let inside = a >= 4 && known.contains(asked) || k >= 4 && asked.ends_with(known);
    inside.then_some(CONTAINS)
}

/// The words of a factor, with what each counts: tenths.
fn weighed(factor: &Factor) -> Vec<(String, u32)> {
    let mut all = Vec::new();
    let mut add = |text: &str, weight: u32| all.extend(words::words(text).into_iter().map(|word| (word, weight)));
    add(&factor.name_en, 10);
    add(&factor.name_nb, 10);
    add(&factor.item.replace(['_', '.'], " "), 9);
    for synonym in catalogue::items()
        .get(&*factor.item)
        .map_or(&[][..], |item| &item.synonyms)
    {
        add(synonym, 8);
    }
    add(about(&factor.aspect), 6);
    add(&factor.region, 5);
    add(&factor.data_year.to_string(), 5);
    all
}

/// What an aspect is called in both languages.
fn about(aspect: &str) -> &str {
    match aspect {
        "combustion" => "combustion forbrenning fuel drivstoff brensel",
        "upstream" => "upstream well to tank oppstrøms kilde",
        "location" => "location-based lokasjonsbasert electricity strøm",
        "market" => "market-based markedsbasert residual restmiks electricity strøm",
        "heat" => "heat varme",
        "leak" => "leak lekkasje refrigerant kuldemedium kjølemiddel",
        "transport" => "transport freight frakt",
        "primary" => "primary virgin jomfruelig material materiale",
        "secondary" => "secondary recycled resirkulert gjenvunnet material materiale",
        "travel" => "travel reise",
        "spend" => "spend innkjøp kroner",
        "recycling" => "waste avfall recycling gjenvinning",
        "landfill" => "waste avfall landfill deponi",
        "energy_recovery" => "waste avfall incineration forbrenning energigjenvinning",
        "incineration" => "waste avfall incineration forbrenning",
        "biological" => "waste avfall composting kompostering biogass",
        other => other,
    }
}
