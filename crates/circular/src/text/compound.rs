//! Splitting Norwegian compounds: `papirslam` is `papir` and `slam`, `skogsflis` is `skog` and `flis`.

use std::collections::BTreeSet;

/// The shortest part that counts as a word.
const SHORTEST: usize = 3;

/// Splits words into known ones.
pub(super) struct Splitter {
    known: BTreeSet<String>,
}

impl Splitter {
    pub(super) fn new(words: impl Iterator<Item = String>) -> Self {
        Self {
            known: words.filter(|word| word.chars().count() >= SHORTEST).collect(),
        }
    }

    /// The parts of a word that is not itself known, when they cover it but for joints (`s`, `e`) and an ending; otherwise
    /// nothing. Of several ways, the one with the longest first part.
    pub(super) fn split(&self, word: &str) -> Vec<String> {
        if word.chars().count() < 2 * SHORTEST || self.known.contains(word) {
            return Vec::new();
        }
        self.parts(word, 0).unwrap_or_default()
    }

    fn parts(&self, rest: &str, found: usize) -> Option<Vec<String>> {
        if found > 0 && (rest.is_empty() || is_ending(rest)) {
            return (found > 1).then(Vec::new);
        }
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
        for end in ends {
            let (head, tail) = rest.split_at(end);
            if head.chars().count() < SHORTEST || !self.known.contains(head) {
                continue;
            }
            let joined = ["s", "e"].into_iter().filter_map(|joint| tail.strip_prefix(joint));
            for next in std::iter::once(tail).chain(joined) {
                if let Some(mut parts) = self.parts(next, found + 1) {
                    parts.insert(0, head.to_owned());
                    return Some(parts);
                }
            }
        }
        None
    }
}

/// Endings that inflect the last part.
fn is_ending(rest: &str) -> bool {
    matches!(rest, "en" | "et" | "er" | "ene" | "e" | "s" | "n" | "r")
}

#[cfg(test)]
mod tests {
    use super::Splitter;

    #[test]
    fn compounds_split_into_known_words() {
        let known = [
            "papir", "slam", "skog", "flis", "pris", "tre", "støv", "avløp", "stål", "spon",
        ];
        let splitter = Splitter::new(known.into_iter().map(str::to_owned));
        let check = |word: &str, parts: &[&str]| assert_eq!(splitter.split(word), parts, "{word}");
        check("papirslam", &["papir", "slam"]);
        check("skogsflis", &["skog", "flis"]);
        check("trestøvet", &["tre", "støv"]);
        check("avløpsslam", &["avløp", "slam"]);
        check("stålspon", &["stål", "spon"]);
        check("papir", &[]);
        check("papirmaskin", &[]);
        check("flisa", &[]);
        check("", &[]);
    }
}
