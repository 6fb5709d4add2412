//! The glossary: materials by the words for them in two languages and by the codes they go with.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_model::WasteCode;

use super::Analyzer;

const TABLE: &str = include_str!("../../../../data/circular/concepts.csv");

/// One material, whatever it is called.
#[derive(Debug, Clone)]
pub struct Concept {
    /// Its stable name.
    pub name: &'static str,
    /// Prefixes of waste codes that it goes with.
    pub codes: Vec<&'static str>,
    /// Its names in English and Norwegian.
    pub terms: Vec<&'static str>,
    /// What it is mostly called in English.
    pub english: &'static str,
    /// What it is mostly called in Norwegian.
    pub norwegian: &'static str,
}

/// The glossary, ready to read text with.
pub struct Concepts {
    list: Vec<Concept>,
    /// For each concept, each term as the stems of each of its words.
    stems: Vec<Vec<Vec<BTreeSet<String>>>>,
}

impl Concepts {
    /// The concepts of the glossary, as written.
    pub fn list() -> Vec<Concept> {
        TABLE
            .lines()
            .skip(1)
            .filter_map(|line| {
                let mut cells = line.split(';');
                let (name, codes, english, norwegian) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
                Some(Concept {
                    name,
                    codes: codes.split(',').filter(|code| !code.is_empty()).collect(),
                    terms: english.split(", ").chain(norwegian.split(", ")).collect(),
                    english: english.split(", ").next()?,
                    norwegian: norwegian.split(", ").next()?,
                })
            })
            .collect()
    }

    /// Reads the terms with an analyzer.
    pub fn new(analyzer: &Analyzer) -> Self {
        let list = Self::list();
        let of_term = |term: &str| super::words(term).map(|word| analyzer.stem_set(&word)).collect();
        let stems = list
            .iter()
            .map(|concept| concept.terms.iter().map(|term| of_term(term)).collect())
            .collect();
        Self { list, stems }
    }

    /// What a text and a code speak of, each with a weight up to 1. A term of several words weighs more than a part of it; a code
    /// of six digits more than its group.
    pub fn of(&self, text: &BTreeSet<String>, code: Option<WasteCode>) -> BTreeMap<&'static str, f64> {
        let mut found: BTreeMap<&'static str, f64> = BTreeMap::new();
        let mut note = |name: &'static str, weight: f64| {
            let kept = found.entry(name).or_default();
            *kept = kept.max(weight);
        };
        // A long term that fits leaves nothing of its words to the short ones: `water` in `waste water`.
        let mut fitting: Vec<(usize, &'static str, &Vec<BTreeSet<String>>)> = Vec::new();
        for (concept, terms) in self.list.iter().zip(&self.stems) {
            for term in terms {
                if !term.is_empty() && term.iter().all(|word| !word.is_disjoint(text)) {
                    fitting.push((term.len(), concept.name, term));
                }
            }
        }
        for (length, name, term) in &fitting {
            let covered = |word: &BTreeSet<String>| {
                fitting
                    .iter()
                    .any(|(longer, _, other)| longer > length && other.iter().any(|theirs| !theirs.is_disjoint(word)))
            };
            note(name, if term.iter().all(covered) { 0.4 } else { 1.0 });
        }
        if let Some(code) = code {
            for concept in &self.list {
                for prefix in &concept.codes {
                    if code.as_str().starts_with(prefix) {
                        note(concept.name, 0.8);
                    }
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_and_the_code_lead_to_the_same_material() {
        let concepts = Concepts::list();
        let analyzer = Analyzer::new(concepts.iter().flat_map(|concept| concept.terms.iter().copied()));
        let glossary = Concepts::new(&analyzer);
        let best = |text: &str| {
            let found = glossary.of(&analyzer.stem_set(text), None);
            found.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(name, _)| *name)
        };
        for (text, name) in [
            ("flyveaske fra bioenergi", "fly_ash"),
            ("Fly ash", "fly_ash"),
            ("waste water", "wastewater"),
            ("spillvarme fra ovn", "waste_heat"),
            ("kutterspon", "wood"),
            // Chips of wood, not tiles.
            ("flis", "wood"),
            ("brukt frityrolje", "edible_oil"),
            ("gypsum", "gypsum"),
        ] {
            assert_eq!(
                best(text),
                Some(name),
                "{text}: {:?}",
                glossary.of(&analyzer.stem_set(text), None)
            );
        }
        let by_code = glossary.of(&BTreeSet::new(), "100202".parse().ok());
        assert_eq!(by_code.into_keys().collect::<Vec<_>>(), ["slag"]);
        assert!(glossary.of(&analyzer.stem_set("qwerty"), None).is_empty());
    }

    #[test]
    fn the_table_is_whole() {
        let list = Concepts::list();
        assert!(list.len() > 70);
        let names: BTreeSet<_> = list.iter().map(|concept| concept.name).collect();
        assert_eq!(names.len(), list.len());
        for concept in &list {
            assert!(concept.terms.len() >= 2, "{}", concept.name);
            for code in &concept.codes {
                assert!(
                    matches!(code.len(), 4 | 6) && code.bytes().all(|b| b.is_ascii_digit()),
                    "{code}"
                );
            }
        }
    }
}
