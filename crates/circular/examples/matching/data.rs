//! The exchanges, as they stand in the file.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

use greenheart_circular::matching::Case;
use greenheart_model::{Nace, WasteCode};

/// One row.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Number of the case study: a cluster.
    pub cluster: String,
    pub giver: Party,
    pub taker: Party,
    pub text: String,
    pub codes: Vec<WasteCode>,
}

/// One end of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    pub nace: Option<Nace>,
    pub business: String,
}

impl Party {
    /// Firms of one cluster with the same class of industry are one candidate, because the rows seldom name them.
    pub fn key(&self) -> Option<String> {
        match &self.nace {
            Some(nace) => Some(nace.as_str().to_owned()),
            None => (!self.business.is_empty()).then(|| self.business.to_lowercase()),
        }
    }

    /// Industry known to four digits.
    pub fn is_classed(&self) -> bool {
        self.nace.as_ref().is_some_and(|nace| nace.class().is_some())
    }
}

pub fn read(path: &Path) -> Result<Vec<Exchange>, Box<dyn Error>> {
    let mut rows = Vec::new();
    for row in csv::Reader::from_path(path)?.deserialize() {
        let row: BTreeMap<String, String> = row?;
        let cell = |name: &str| match row.get(name).map(|cell| cell.trim()) {
            Some("NA" | "ND") | None => String::new(),
            Some(cell) => cell.to_owned(),
        };
        let party = |side: &str| Party {
            nace: first(&cell(&format!("{side}_nace"))).parse().ok(),
            business: cell(&format!("{side}_business")),
        };
        rows.push(Exchange {
            cluster: first_of(&cell("exchange_id"), ',').to_owned(),
            giver: party("donor"),
            taker: party("receiver"),
            text: cell("waste"),
            codes: cell("ewc")
                .split('/')
                .filter_map(|code| code.trim().parse().ok())
                .collect(),
        });
    }
    Ok(rows)
}

fn first(text: &str) -> &str {
    first_of(text, '/').trim()
}

fn first_of(text: &str, mark: char) -> &str {
    text.split(mark).next().unwrap_or(text)
}

pub fn clusters(exchanges: &[Exchange]) -> BTreeSet<String> {
    exchanges.iter().map(|exchange| exchange.cluster.clone()).collect()
}

/// As known cases, in the order of the rows.
pub fn cases(exchanges: &[Exchange]) -> Vec<Case> {
    exchanges
        .iter()
        .map(|exchange| Case {
            name: exchange.text.clone(),
            text: exchange.text.clone(),
            code: exchange.codes.first().copied(),
            giver: (exchange.giver.nace.clone(), exchange.giver.business.clone()),
            taker: (exchange.taker.nace.clone(), exchange.taker.business.clone()),
            source: String::new(),
        })
        .collect()
}
