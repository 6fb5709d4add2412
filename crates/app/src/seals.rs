//! Sealing a year: what was reported for it keeps its factors, whatever is found out later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError};

const SEALS: &str = "seals";

/// A sealed year, and what it was sealed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who.
    pub by: String,
    /// Snapshot of the ledger.
    pub seq: i64,
    /// The factor set in use on that day: for batches that come in later.
    pub factor_set: String,
}

impl App {
    /// Seals a year that is over: binding to other factors leaves it as it is. A seal is not taken off again.
    pub async fn seal(&self, actor: &Actor, year: i16) -> Result<Seal, AppError> {
        self.allowed(actor, actor.may_administer(), "seal", None).await?;
        if year >= self.surroundings.clock.today().year() || year < 1900 {
            return Err(AppError::input(
                format!("{year} cannot be sealed"),
                "name a calendar year that is over",
            ));
        }
        let mut seals = self.seals().await?;
        if let Some(seal) = seals.get(&year) {
            return Err(AppError::input(
                format!("{year} is sealed already, by {} in s{}", seal.by, seal.seq),
                "a sealed year keeps its factors for good",
            ));
        }
        let seal = Seal {
            at_ms: self.now_ms(),
            by: actor.name.clone(),
            seq: self.store.head().await?.seq,
            factor_set: self.current_factors().await?.version.clone(),
        };
        seals.insert(year, seal.clone());
        let text = serde_json::to_string(&seals).map_err(|error| AppError::Damaged(error.to_string()))?;
        self.store.put_setting(SEALS, &text).await?;
        self.note(actor, "seal", None, &format!("{year} s{}", seal.seq), "done")
            .await?;
        Ok(seal)
    }

    /// Sealed years, for anybody.
    pub async fn sealed_years(&self, actor: &Actor) -> Result<BTreeMap<i16, Seal>, AppError> {
        self.note(actor, "seals", None, "", "done").await?;
        self.seals().await
    }

    pub(crate) async fn seals(&self) -> Result<BTreeMap<i16, Seal>, AppError> {
        match self.store.setting(SEALS).await? {
            Some(text) => serde_json::from_str(&text).map_err(|error| AppError::Damaged(format!("seals: {error}"))),
            None => Ok(BTreeMap::new()),
        }
    }
}
