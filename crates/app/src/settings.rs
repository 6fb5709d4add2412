//! Choices of the cluster, kept in the catalogue.

use std::collections::BTreeMap;

use greenheart_account::{CarbonPath, Goal, GoalConfig, PriceIndex};
use greenheart_units::Rate;
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError};

/// Choices that goals are computed with and pages show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterSettings {
    /// Name of the cluster.
    pub name: String,
    /// Base year of the three goals; the first complete year when absent.
    pub base_year: Option<i16>,
    /// Change from base to goal year by goal, when other than the published ones.
    #[serde(default)]
    pub targets: BTreeMap<Goal, Rate>,
    /// Path of carbon prices for what is left of value added after them; without it that figure is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carbon_price: Option<CarbonPath>,
    /// The cluster is invented, and every output says so.
    #[serde(default)]
    pub fictional: bool,
}

const KEY: &str = "cluster";

/// The yearly consumer price indices that are built in; their headers name table and source.
const ALL_ITEMS: &str = include_str!("../../../data/prices/no-cpi-all-items.csv");
const CONSUMER_GOODS: &str = include_str!("../../../data/prices/ssb-11118-b1-consumer-goods.csv");

impl App {
    /// The cluster's choices.
    pub async fn settings(&self) -> Result<ClusterSettings, AppError> {
        Ok(self.directory().await?.settings.clone())
    }

    pub(crate) async fn read_settings(&self) -> Result<ClusterSettings, AppError> {
        match self.store.setting(KEY).await? {
            Some(text) => {
                serde_json::from_str(&text).map_err(|error| AppError::Damaged(format!("cluster settings: {error}")))
            }
            None => Ok(ClusterSettings {
                name: String::new(),
                base_year: None,
                targets: BTreeMap::new(),
                carbon_price: None,
                fictional: false,
            }),
        }
    }

    /// Changes the cluster's choices.
    pub async fn change_settings(&self, actor: &Actor, settings: &ClusterSettings) -> Result<(), AppError> {
        self.allowed(actor, actor.may_administer(), "cluster.set", None).await?;
        self.save_settings(settings).await?;
        self.note(actor, "cluster.set", None, &settings.name, "done").await
    }

    pub(crate) async fn save_settings(&self, settings: &ClusterSettings) -> Result<(), AppError> {
        let text = serde_json::to_string(settings).map_err(|error| AppError::Damaged(error.to_string()))?;
        Ok(self.store.put_setting(KEY, &text).await?)
    }

    /// The configuration of goals for a base year, with the cluster's own targets.
    pub(crate) fn goal_config(&self, settings: &ClusterSettings, base_year: i16) -> Result<GoalConfig, AppError> {
        let last_year = self.surroundings.clock.today().year() - 1;
        let mut config = GoalConfig::standard(base_year, last_year);
        config
            .targets
            .extend(settings.targets.iter().map(|(goal, change)| (*goal, *change)));
        config.price_index = Some(built_in_prices(base_year)?);
        config.carbon_price.clone_from(&settings.carbon_price);
        Ok(config)
    }
}

/// The built-in price index for figures from `first_year` on: all items where it reaches back so far, else
/// consumer goods. They are never mixed.
pub(crate) fn built_in_prices(first_year: i16) -> Result<PriceIndex, AppError> {
    let read = |name: &str, source: &str, text: &str| {
        PriceIndex::parse(name, source, text.as_bytes())
            .map_err(|error| AppError::Damaged(format!("the built-in price index: {error}")))
    };
    let all_items = read(
        "CPI, all items",
        "published annual changes, chained; data/prices/no-cpi-all-items.csv",
        ALL_ITEMS,
    )?;
    if all_items
        .by_year
        .keys()
        .next()
        .is_some_and(|first| *first <= first_year)
    {
        return Ok(all_items);
    }
    read(
        "CPI, consumer goods (B1)",
        "Statistics Norway, table 11118",
        CONSUMER_GOODS,
    )
}
