//! How sure inventories and goal 2 are: P5, P50 and P95 by first order from the pedigree of what was applied.
//!
//! The stated value is the median. Each factor version is one source of doubt wherever it was applied; what a member
//! states about an activity is another, one for each member, line and year. Rows are looked at once for each posting
//! and kept, so that only what is new costs a look.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_account::{BoundaryLine, GoalConfig, InventoryRow};
use greenheart_footprint::uncertainty::pedigree::{PedigreeSet, sigma};
use greenheart_footprint::uncertainty::total::{SumTerm, change, total};
use greenheart_footprint::uncertainty::{Doubt, Quantiles, UncertaintyError};
use greenheart_ledger::LineFactor;
use greenheart_model::{
    Category, Factor, FactorId, GasMasses, GwpSet, MemberId, Method, Pedigree, Scope, Scope2Basis, Text,
};
use greenheart_units::{Amount, Co2e, Rate, Rounding};
use serde::{Deserialize, Serialize};

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

/// What a member states about an activity, by method: the scores of the pedigree matrix and a basic factor. A supplier's
/// figure and a meter carry their own doubt and no factor's.
const fn stated(method: Method) -> (Pedigree, f64) {
    match method {
        Method::Measured => ([1, 1, 1, 1, 1], 1.05),
        Method::SupplierSpecific => ([2, 2, 1, 1, 2], 1.05),
        Method::Activity | Method::Unbound | Method::NotApplicable => ([1, 2, 1, 1, 1], 1.05),
        Method::Spend => ([2, 2, 2, 1, 4], 1.2),
    }
}

/// Basic factor of what is not in the scores, by what a factor describes.
fn basic(factor: &Factor) -> f64 {
    match &*factor.aspect {
        "transport" | "travel" => 2.0,
        "spend" => 1.5,
        _ => 1.05,
    }
}

type LineKey = (MemberId, Scope, Category, Text, Method);

/// Which factors each line of a year rests on.
pub(crate) struct Rests {
    year: i16,
    factors: BTreeMap<LineKey, Vec<(Option<FactorId>, Amount)>>,
    known: BTreeMap<FactorId, f64>,
}

impl Rests {
    /// The terms of `kg` of a line, one for each factor it rests on; they add up to it exactly.
    fn terms(&self, key: &LineKey, kg: Amount) -> Result<Vec<SumTerm>, AppError> {
        let (member, _, _, line, method) = key;
        let mut own = Vec::new();
        let (scores, factor) = stated(*method);
        let activity = Doubt {
            source: format!("activity/{}/{member}/{line}/{method}", self.year).into(),
            sigma: sigma(scores, factor, PedigreeSet::Expert).map_err(|error| AppError::Damaged(error.to_string()))?,
        };
        let none = Vec::new();
        let parts = self.factors.get(key).unwrap_or(&none);
        let whole: Amount = parts.iter().map(|(_, part)| *part).sum();
        let mut left = kg;
        for (at, (factor, part)) in parts.iter().enumerate() {
            let last = at + 1 == parts.len();
            let share = if last {
                left
            } else {
                kg.times(part.ratio(whole).unwrap_or_default(), Rounding::HalfEven)?
            };
            left -= share;
            let mut doubts = vec![activity.clone()];
            if let Some((id, sigma)) = factor.as_ref().and_then(|id| Some((id, *self.known.get(id)?))) {
                doubts.push(Doubt {
                    source: format!("factor/{id}").into(),
                    sigma,
                });
            }
            own.push(SumTerm {
                central: Co2e::new(share),
                doubts,
            });
        }
        if parts.is_empty() {
            own.push(SumTerm {
                central: Co2e::new(kg),
                doubts: vec![activity],
            });
        }
        Ok(own)
    }

    fn of_row(&self, row: &InventoryRow) -> Result<Vec<SumTerm>, AppError> {
        let key = (
            row.member.clone(),
            row.scope,
            row.category,
            Text::from(row.line.as_str()),
            row.method,
        );
        self.terms(&key, row.co2e_kg.unwrap_or_default())
    }

    /// Terms of what counts once of a panel's lines.
    pub(crate) fn of_lines(
        &self,
        panel: &BTreeSet<MemberId>,
        lines: &[BoundaryLine],
    ) -> Result<Vec<SumTerm>, AppError> {
        let mut terms = Vec::new();
        for line in lines.iter().filter(|line| line.counted && !line.is_internal(panel)) {
            let key = (
                line.member.clone(),
                line.scope,
                line.category,
                line.line.clone(),
                line.method,
            );
            terms.extend(self.terms(&key, line.co2e_kg)?);
        }
        Ok(terms)
    }
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
            let terms = rests.of_row(row)?;
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

    /// Which factors the lines of a year rest on, from the rows.
    pub(crate) async fn rests(
        &self,
        snapshot: &Snapshot,
        year: i16,
        gwp: GwpSet,
        basis: Scope2Basis,
        members: Option<&BTreeSet<MemberId>>,
    ) -> Result<Rests, AppError> {
        let mut sums: BTreeMap<(LineKey, Option<FactorId>), GasMasses> = BTreeMap::new();
        for (member, lines) in self.line_factors(snapshot, members).await? {
            let asked = |line: &&LineFactor| line.year == year && [Scope2Basis::Both, basis].contains(&line.basis);
            for line in lines.iter().filter(asked) {
                let key = (
                    member.clone(),
                    line.scope,
                    line.category,
                    line.line.clone(),
                    line.method,
                );
                let slot = sums.entry((key, line.factor.clone())).or_default();
                *slot = slot.checked_add(&line.gases)?;
            }
        }
        let mut factors: BTreeMap<LineKey, Vec<(Option<FactorId>, Amount)>> = BTreeMap::new();
        let mut used = BTreeSet::new();
        for ((key, factor), gases) in sums {
            used.extend(factor.clone());
            factors.entry(key).or_default().push((factor, gases.co2e(gwp)?));
        }
        let known = self.deviations(&used).await?;
        Ok(Rests { year, factors, known })
    }

    /// Deviation of each factor by its pedigree, whichever set it stands in.
    async fn deviations(&self, used: &BTreeSet<FactorId>) -> Result<BTreeMap<FactorId, f64>, AppError> {
        let mut known = BTreeMap::new();
        for version in self.store.factor_sets().await? {
            let set = self.factor_set(&version).await?;
            for factor in used.iter().filter_map(|id| set.get(id)) {
                let sigma = sigma(factor.pedigree, basic(factor), PedigreeSet::Expert)
                    .map_err(|error| AppError::Damaged(format!("factor `{}`: {error}", factor.id)))?;
                known.insert(factor.id.clone(), sigma);
            }
        }
        Ok(known)
    }
}

fn spread(terms: &[SumTerm]) -> Result<SpreadLine, AppError> {
    let Quantiles { p5, p50, p95, .. } = total(terms).map_err(|error| failed(&error))?;
    Ok(SpreadLine {
        p5_kg: p5.amount(),
        p50_kg: p50.amount(),
        p95_kg: p95.amount(),
    })
}

fn failed(error: &UncertaintyError) -> AppError {
    AppError::Damaged(format!("the spread of a total: {error}"))
}
