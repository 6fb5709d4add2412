//! The factor set that postings are made with.

use std::collections::BTreeMap;

use greenheart_account::{SHIPPED_VERSION, parse, shipped, write};
use greenheart_model::{Factor, FactorId, FactorSet, Gas};
use greenheart_units::Rate;
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError};

const CURRENT: &str = "factor_set";

/// A factor in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorLine {
    /// Identifier.
    pub id: FactorId,
    /// What it is of.
    pub item: String,
    /// What it describes.
    pub aspect: String,
    /// English name.
    pub name_en: String,
    /// Norwegian name.
    pub name_nb: String,
    /// kg of each gas per unit.
    pub gases: BTreeMap<Gas, Rate>,
    /// Unit of its denominator.
    pub per: String,
    /// Region.
    pub region: String,
    /// Year of its data.
    pub data_year: i16,
    /// Where the figure stands.
    pub citation: String,
    /// Under which licence.
    pub licence: String,
    /// What must follow the figure.
    pub remark: String,
}

impl From<&Factor> for FactorLine {
    fn from(factor: &Factor) -> Self {
        Self {
            id: factor.id.clone(),
            item: factor.item.to_string(),
            aspect: factor.aspect.to_string(),
            name_en: factor.name_en.to_string(),
            name_nb: factor.name_nb.to_string(),
            gases: factor.gases.clone(),
            per: factor.per.dimension.base_unit().to_owned(),
            region: factor.region.to_string(),
            data_year: factor.data_year,
            citation: factor.citation.to_string(),
            licence: factor.licence.to_string(),
            remark: factor.remark.to_string(),
        }
    }
}

impl App {
    /// Factors of the current set whose item or name contains the text.
    pub async fn factors(&self, actor: &Actor, search: Option<&str>) -> Result<Vec<FactorLine>, AppError> {
        self.note(actor, "factors", None, search.unwrap_or_default(), "done")
            .await?;
        let needle = search.unwrap_or_default().to_lowercase();
        let set = self.current_factors().await?;
        let hit = |factor: &&Factor| {
            [&factor.item, &factor.name_en, &factor.name_nb, &factor.aspect]
                .iter()
                .any(|text| text.to_lowercase().contains(&needle))
        };
        Ok(set.factors().iter().filter(hit).map(FactorLine::from).collect())
    }

    /// Keeps the built-in set in the catalogue for good: postings made with it stay explained in later versions.
    pub(crate) async fn keep_shipped_factors(&self) -> Result<(), AppError> {
        if self.store.factor_set(SHIPPED_VERSION).await?.is_some() {
            return Ok(());
        }
        let mut text = Vec::new();
        write(&shipped(), &mut text).map_err(|error| AppError::Damaged(error.to_string()))?;
        let text = String::from_utf8(text).map_err(|error| AppError::Damaged(error.to_string()))?;
        Ok(self.store.add_factor_set(SHIPPED_VERSION, &text).await?)
    }

    /// The set that new postings are made with.
    pub(crate) async fn current_factors(&self) -> Result<FactorSet, AppError> {
        let version = self
            .store
            .setting(CURRENT)
            .await?
            .unwrap_or_else(|| SHIPPED_VERSION.to_owned());
        self.factor_set(&version).await
    }

    /// A set that was ever used.
    pub(crate) async fn factor_set(&self, version: &str) -> Result<FactorSet, AppError> {
        let text = self.store.factor_set(version).await?;
        let text = text.ok_or_else(|| AppError::NotFound {
            what: "factor set",
            id: version.to_owned(),
        })?;
        parse(text.as_bytes(), version).map_err(|error| AppError::Damaged(format!("factor set `{version}`: {error}")))
    }
}
