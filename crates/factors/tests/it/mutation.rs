//! Damaged files: every importer must answer with a set, findings or an error, and never fall over.

use greenheart_factors::{Kind, Source, import, sniff};
use proptest::prelude::*;

use crate::fixtures;
use crate::importing::options;

/// Names and contents.
type Files = Vec<(&'static str, Vec<u8>)>;

/// Every small publication with its kind.
fn publications() -> Vec<(Kind, Files)> {
    let one = |kind, file, bytes| (kind, vec![(file, bytes)]);
    let model = fixtures::USEEIO.map(|(file, text)| (file, text.as_bytes().to_vec()));
    vec![
        one(Kind::UkFull, "full-2024.xlsx", fixtures::uk_full()),
        one(Kind::UkFlat, "flat-2021.xlsx", fixtures::uk_flat()),
        one(Kind::EpaHub, "hub-2024.xlsx", fixtures::epa_hub()),
        one(Kind::GhgProtocol, "cross-2024.xlsx", fixtures::ghg_protocol()),
        one(
            Kind::EpaSupplyChain,
            "spend.csv",
            fixtures::EPA_SPEND.as_bytes().to_vec(),
        ),
        one(Kind::Exiobase, "imports.csv", fixtures::EXIOBASE.as_bytes().to_vec()),
        one(Kind::Eea, "eea.csv", fixtures::EEA.as_bytes().to_vec()),
        one(Kind::Ignite, "ignite.csv", fixtures::IGNITE.as_bytes().to_vec()),
        (Kind::Useeio, model.to_vec()),
    ]
}

/// Cuts, overwrites, repeats or puts in bytes.
fn damage(bytes: &mut Vec<u8>, at: usize, with: &[u8], how: u8) {
    let at = at % (bytes.len() + 1);
    let until = (at + with.len()).min(bytes.len());
    match how {
        0 => bytes.truncate(at),
        1 => bytes[at..until].copy_from_slice(&with[..until - at]),
        2 => {
            let rest = bytes[at..].to_vec();
            bytes.extend(rest);
        }
        _ => {
            bytes.splice(at..at, with.iter().copied());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn damaged_publications_are_answered(
        which in 0_usize..9,
        damages in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..6), 0_u8..4), 1..4),
        file in 0_usize..3,
    ) {
        let (kind, mut files) = publications().swap_remove(which);
        let at = file % files.len();
        for (index, with, how) in &damages {
            let size = files[at].1.len() + 1;
            damage(&mut files[at].1, index.index(size), with, *how);
        }
        let sources: Vec<Source<'_>> = files.iter().map(|(file, bytes)| Source { file, bytes }).collect();
        let _ = sniff(&sources);
        if let Ok(imported) = import(Some(kind), &sources, &options()) {
            prop_assert!(!imported.set.factors().is_empty());
            for factor in imported.set.factors() {
                prop_assert!(!factor.gases.is_empty() && !factor.citation.is_empty());
            }
        }
    }

    #[test]
    fn any_words_can_be_asked(query in "\\PC{0,60}") {
        let set = greenheart_factors::shipped();
        let hits = greenheart_factors::search(&set, &query, 3);
        prop_assert!(hits.len() <= 3);
    }
}
