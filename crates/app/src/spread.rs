//! How sure inventories and goal 2 are: P5, P50 and P95 by first order from the pedigree of what was applied.
//!
//! The stated value is the median; what is in doubt about it is told by [`crate::rests`].

use std::collections::{BTreeMap, BTreeSet};

use greenheart_account::GoalConfig;
use greenheart_footprint::uncertainty::total::{SumTerm, change, total};
use greenheart_footprint::uncertainty::{Quantiles, UncertaintyError};
use greenheart_model::{MemberId, Scope};
use greenheart_units::{Amount, Rate};
use serde::{Deserialize, Serialize};

use crate::rests::{Rests, row_key};
use crate::snapshot::Snapshot;
use crate::{Actor, App, AppError, GoalQuery, InventoryAnswer, InventoryRequest};

/// A total with its spread, kg CO2e.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpreadLine {
    /// One in twenty is lower.
    pub p5_kg: Amount,
    /// The value itself: the median.
    pub p50_kg: Amount,
    /// One in twenty is higher.
    pub p95_kg: Amount,
}

/// Spread of an inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventorySpread {
    /// For each line of the inventory, in its order; `None` where nothing is stated.
    pub lines: Vec<Option<SpreadLine>>,
    /// Scope 1.
    pub scope1: SpreadLine,
    /// Scope 2 on the asked basis.
    pub scope2: SpreadLine,
    /// Scope 3.
    pub scope3: SpreadLine,
    /// Scopes 1 to 3 together.
    pub total: SpreadLine,
}

/// Spread of goal 2 in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalSpread {
    /// Calendar year.
    pub year: i16,
    /// The headline.
    pub value: SpreadLine,
    /// The same panel in the base year.
    pub base: SpreadLine,
    /// `value / base - 1`; what both years rest on cancels. `None` when a year is not positive.
    pub change: Option<ChangeSpread>,
}

/// Spread of a change, as shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSpread {
    /// One in twenty is lower.
    pub p5: Rate,
    /// From the medians.
    pub p50: Rate,
    /// One in twenty is higher.
    pub p95: Rate,
}

impl App {
    /// The inventory that [`App::inventory`] gives, with its spread: one look, written down once.
    pub async fn inventory_spread(
        &self,
        actor: &Actor,
        request: &InventoryRequest,
    ) -> Result<(InventoryAnswer, InventorySpread), AppError> {
        let answer = self.inventory(actor, request).await?;
        let members: BTreeSet<MemberId> = answer.members.iter().cloned().collect();
        let snapshot = self.snapshot(None).await?;
        let year = answer.totals.year;
        let rests = self
            .rests(&snapshot, year, request.gwp, answer.totals.basis, Some(&members))
            .await?;
        let mut lines = Vec::with_capacity(answer.lines.len());
        let mut scopes: BTreeMap<Scope, Vec<SumTerm>> = BTreeMap::new();
        for line in &answer.lines {
            let row = &line.row;
            let terms = rests.terms(&row_key(row), row.co2e_kg.unwrap_or_default())?;
            lines.push(match row.co2e_kg {
                Some(_) => Some(spread(&terms)?),
                None => None,
            });
            if row.scope != Scope::Removal {
                scopes.entry(row.scope).or_default().extend(terms);
            }
        }
        let all: Vec<SumTerm> = scopes.values().flatten().cloned().collect();
        let of = |scope: Scope| spread(scopes.get(&scope).map(Vec::as_slice).unwrap_or_default());
        let spread = InventorySpread {
            lines,
            scope1: of(Scope::One)?,
            scope2: of(Scope::Two)?,
            scope3: of(Scope::Three)?,
            total: spread(&all)?,
        };
        Ok((answer, spread))
    }

    /// Spread of goal 2 in each year that has a value. It follows every batch, so it is for those who lead.
    pub async fn goal_spread(&self, actor: &Actor, query: &GoalQuery) -> Result<Vec<GoalSpread>, AppError> {
        self.allowed(actor, actor.may_administer(), "goals.spread", None)
            .await?;
        let snapshot = self.snapshot(query.at).await?;
        let mut config = self.cluster_config(snapshot.seq, query.gwp, None).await?;
        config.base_year = query.base_year.unwrap_or(config.base_year);
        let base_year = config.base_year;
        let base_rests = self.goal_rests(&snapshot, base_year, &config).await?;
        let mut spreads = Vec::new();
        for year in base_year..=config.last_year {
            let panel_lines = self
                .panel_lines(&snapshot, &config, &[year], &[year, base_year])
                .await?;
            let [now, base] = &panel_lines.years[..] else { continue };
            if panel_lines.panel.is_empty() {
                continue;
            }
            let rests = self.goal_rests(&snapshot, year, &config).await?;
            let now = rests.of_lines(&panel_lines.panel, now)?;
            let base = base_rests.of_lines(&panel_lines.panel, base)?;
            spreads.push(GoalSpread {
                year,
                value: spread(&now)?,
                base: spread(&base)?,
                change: change(&base, &now)
                    .map_err(|error| failed(&error))?
                    .map(|change| ChangeSpread {
                        p5: change.p5,
                        p50: change.central,
                        p95: change.p95,
                    }),
            });
        }
        self.note(actor, "goals.spread", None, &snapshot.name(), "done").await?;
        Ok(spreads)
    }

    async fn goal_rests(&self, snapshot: &Snapshot, year: i16, config: &GoalConfig) -> Result<Rests, AppError> {
        self.rests(snapshot, year, config.gwp, config.scope2, None).await
    }
}

fn spread(terms: &[SumTerm]) -> Result<SpreadLine, AppError> {
    Ok(SpreadLine::from(total(terms).map_err(|error| failed(&error))?))
}

impl From<Quantiles> for SpreadLine {
    fn from(Quantiles { p5, p50, p95, .. }: Quantiles) -> Self {
        Self {
            p5_kg: p5.amount(),
            p50_kg: p50.amount(),
            p95_kg: p95.amount(),
        }
    }
}

pub(crate) fn failed(error: &UncertaintyError) -> AppError {
    AppError::Damaged(format!("the spread of a total: {error}"))
}
