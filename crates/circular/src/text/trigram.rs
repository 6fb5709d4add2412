//! Likeness of spelling: letters in threes, which survive misspelling and compounding.

use std::collections::BTreeMap;

/// How often each run of three letters occurs in a text, blanks between words counted as a letter.
#[derive(Debug, Clone, Default)]
pub struct Trigrams {
    counts: BTreeMap<[char; 3], f64>,
    length: f64,
}

impl Trigrams {
    /// Of a text.
    pub fn of(text: &str) -> Self {
        let mut padded: Vec<char> = vec![' '];
        for word in super::words(text) {
            padded.extend(word.chars());
            padded.push(' ');
        }
        let mut counts: BTreeMap<[char; 3], f64> = BTreeMap::new();
        for three in padded.windows(3) {
            *counts.entry([three[0], three[1], three[2]]).or_default() += 1.0;
        }
        let length = counts.values().map(|count| count * count).sum::<f64>().sqrt();
        Self { counts, length }
    }

    /// Cosine of the two, 0 to 1; 0 when one has no trigram.
    pub fn similarity(&self, other: &Self) -> f64 {
        if self.length <= 0.0 || other.length <= 0.0 {
            return 0.0;
        }
        let shared: f64 = self
            .counts
            .iter()
            .filter_map(|(three, count)| other.counts.get(three).map(|theirs| count * theirs))
            .sum();
        (shared / (self.length * other.length)).min(1.0)
    }
}

/// Likeness of spelling of two texts, 0 to 1.
pub fn trigram_similarity(one: &str, other: &str) -> f64 {
    Trigrams::of(one).similarity(&Trigrams::of(other))
}

#[cfg(test)]
mod tests {
    use super::trigram_similarity;

    #[test]
    fn misspelling_is_nearer_than_another_word() {
        assert!((trigram_similarity("fly ash", "Fly Ash") - 1.0).abs() < 1e-12);
        assert!(trigram_similarity("flyaske", "flygeaske") > trigram_similarity("flyaske", "slagg"));
        assert!(trigram_similarity("", "slag") < 1e-12);
        assert!(trigram_similarity("abc", "xyz") < 1e-12);
    }
}
