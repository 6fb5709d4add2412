//! Words of Norwegian and English free text, and how alike two texts are.

mod bm25;
mod compound;
mod concepts;
mod trigram;

pub use bm25::Bm25;
pub use concepts::{Concept, Concepts};
pub use trigram::{Trigrams, trigram_similarity};

use std::collections::BTreeSet;

use compound::Splitter;
use rust_stemmers::{Algorithm, Stemmer};

/// Words that say nothing of a material, in both languages.
const EMPTY_WORDS: &[&str] = &[
    "the",
    "and",
    "of",
    "for",
    "from",
    "in",
    "on",
    "to",
    "with",
    "by",
    "or",
    "other",
    "than",
    "those",
    "mentioned",
    "not",
    "otherwise",
    "specified",
    "containing",
    "production",
    "manufacture",
    "plant",
    "company",
    "og",
    "av",
    "fra",
    "til",
    "med",
    "som",
    "ikke",
    "annet",
    "andre",
    "enn",
    "nevnt",
    "spesifisert",
    "steder",
    "inneholder",
    "den",
    "det",
    "de",
    "en",
    "et",
    "ved",
    "produksjon",
    "fremstilling",
    "is",
    "are",
    "that",
    "its",
    "industry",
];

/// Cuts text into stems. A word is kept under its English and its Norwegian stem, because a row rarely says which language it
/// is in; a Norwegian compound is kept as a whole and as its parts.
pub struct Analyzer {
    english: Stemmer,
    norwegian: Stemmer,
    splitter: Splitter,
}

impl Analyzer {
    /// An analyzer that splits compounds into the words of `vocabulary`.
    pub fn new<'a>(vocabulary: impl Iterator<Item = &'a str>) -> Self {
        Self {
            english: Stemmer::create(Algorithm::English),
            norwegian: Stemmer::create(Algorithm::Norwegian),
            splitter: Splitter::new(vocabulary.flat_map(words)),
        }
    }

    /// The stems of a text, in order, each word's different stems behind each other.
    pub fn stems(&self, text: &str) -> Vec<String> {
        let mut stems = Vec::new();
        for word in words(text).filter(|word| !EMPTY_WORDS.contains(&word.as_str())) {
            self.push_stems(&word, &mut stems);
            for part in self.splitter.split(&word) {
                if !EMPTY_WORDS.contains(&part.as_str()) {
                    self.push_stems(&part, &mut stems);
                }
            }
        }
        stems
    }

    /// The stems of a text without order or repetition.
    pub fn stem_set(&self, text: &str) -> BTreeSet<String> {
        self.stems(text).into_iter().collect()
    }

    fn push_stems(&self, word: &str, into: &mut Vec<String>) {
        let english = self.english.stem(word).into_owned();
        let norwegian = self.norwegian.stem(word).into_owned();
        if english != norwegian {
            into.push(norwegian);
        }
        into.push(english);
    }
}

/// Words of letters and digits, in small letters.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_meet_in_both_languages() {
        let analyzer = Analyzer::new(["sag", "flis", "slam", "fiber"].into_iter());
        for (one, other) in [
            ("ashes", "ash"),
            ("slags", "slag"),
            ("paller", "pall"),
            ("syrene", "syrer"),
            ("Fiberslam", "slam"),
            ("sagflis", "flis"),
            ("SAGFLISEN", "flis"),
        ] {
            let (one_set, other_set) = (analyzer.stem_set(one), analyzer.stem_set(other));
            assert!(
                !one_set.is_disjoint(&other_set),
                "{one} {other}: {one_set:?} {other_set:?}"
            );
        }
    }

    #[test]
    fn words_that_say_nothing_are_left_out() {
        let analyzer = Analyzer::new(std::iter::empty());
        assert!(analyzer.stems("not otherwise specified").is_empty());
        assert!(analyzer.stems("som ikke er nevnt").len() <= 1);
        assert!(analyzer.stems("").is_empty());
    }
}
