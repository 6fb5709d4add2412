//! Okapi BM25 over a fixed set of texts.

use std::collections::BTreeMap;

/// Saturation of a repeated word and weight of a text's length, at their customary values.
const SATURATION: f64 = 1.2;
const LENGTH_WEIGHT: f64 = 0.75;

/// An index of texts already cut into stems.
///
/// # Source
/// Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), with the inverse document frequency
/// `ln(1 + (N - n + 0.5) / (n + 0.5))` that is never negative.
#[derive(Debug, Clone, Default)]
pub struct Bm25 {
    postings: BTreeMap<String, Vec<(usize, f64)>>,
    lengths: Vec<f64>,
    mean_length: f64,
}

impl Bm25 {
    /// Indexes texts; a result names a text by its place in the order given. Each word has a weight (1 for once).
    pub fn new(texts: impl Iterator<Item = Vec<(String, f64)>>) -> Self {
        let mut index = Self::default();
        for (place, text) in texts.enumerate() {
            let mut counts: BTreeMap<String, f64> = BTreeMap::new();
            let mut length = 0.0;
            for (word, weight) in text {
                length += weight;
                *counts.entry(word).or_default() += weight;
            }
            index.lengths.push(length);
            for (word, count) in counts {
                index.postings.entry(word).or_default().push((place, count));
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of texts is far below 2^52")]
        let texts = index.lengths.len() as f64;
        index.mean_length = if texts > 0.0 {
            index.lengths.iter().sum::<f64>() / texts
        } else {
            0.0
        };
        index
    }

    /// Inverse document frequency of a stem: how much it tells.
    #[expect(clippy::cast_precision_loss, reason = "a count of texts is far below 2^52")]
    pub fn rarity(&self, word: &str) -> f64 {
        let (all, with) = (
            self.lengths.len() as f64,
            self.postings.get(word).map_or(0, Vec::len) as f64,
        );
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    /// The score of each text for a query; 0 for one that shares no word.
    pub fn scores(&self, query: &[String]) -> Vec<f64> {
        let mut scores = vec![0.0; self.lengths.len()];
        for word in query {
            let Some(postings) = self.postings.get(word) else {
                continue;
            };
            let rarity = self.rarity(word);
            for &(place, count) in postings {
                let length = self.lengths[place] / self.mean_length;
                let saturation = SATURATION * (1.0 - LENGTH_WEIGHT + LENGTH_WEIGHT * length);
                scores[place] += rarity * count * (SATURATION + 1.0) / (count + saturation);
            }
        }
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::Bm25;

    fn text(words: &str) -> Vec<(String, f64)> {
        words.split(' ').map(|word| (word.to_owned(), 1.0)).collect()
    }

    #[test]
    fn a_rare_word_and_a_short_text_count_more() {
        let index = Bm25::new(
            [
                "slag steel",
                "slag copper",
                "slag steel from a very long list of things",
            ]
            .iter()
            .map(|t| text(t)),
        );
        let scores = index.scores(&["copper".into(), "slag".into()]);
        assert!(
            scores[1] > scores[0] && scores[0] > scores[2] && scores[2] > 0.0,
            "{scores:?}"
        );
        assert!(index.scores(&["wood".into()]).iter().all(|score| *score < 1e-12));
        // By hand: one text of one word asked for it: ln(1 + 0.5/1.5) * 2.2 / 2.2.
        let one = Bm25::new(std::iter::once(text("slag")));
        assert!((one.scores(&["slag".into()])[0] - (4.0_f64 / 3.0).ln()).abs() < 1e-12);
        assert!(Bm25::new(std::iter::empty()).scores(&["slag".into()]).is_empty());
    }
}
