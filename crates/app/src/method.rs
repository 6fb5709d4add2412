//! What of goal 2 is method: each accepted binding to other factors as a bar of its own, beside the years it changed. Nothing
//! else happened between its two snapshots, so that the difference is the effect of method and no reduction.

use greenheart_account::{Figure, Goal, GoalReport, GoalYear};
use greenheart_model::Ref;
use greenheart_units::Amount;
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError, FigureView, GoalQuery};

/// An accepted binding in a year of goal 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodBar {
    /// When it was accepted, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The factors bound to.
    pub factor_set: String,
    /// Calendar year.
    pub year: i16,
    /// The account of the year before it, kg CO2e.
    pub before: FigureView,
    /// After it.
    pub after: FigureView,
    /// Its effect on the account of the year, kg CO2e: never a reduction or an increase of emissions.
    pub effect_kg: Amount,
    /// Its effect on the base year that the year is held against.
    pub effect_on_base_kg: Amount,
}

impl App {
    /// The effect of method of each accepted binding on goal 2, by year; for those who lead. Years that it left as they were
    /// are left out.
    ///
    /// # Errors
    /// Of rights, catalogue and ledger.
    pub async fn method_bars(&self, actor: &Actor, query: &GoalQuery) -> Result<Vec<MethodBar>, AppError> {
        self.allowed(actor, actor.may_administer(), "goals.method", None)
            .await?;
        let accepted = self.accepted().await?;
        let mut bars = Vec::new();
        if accepted.is_empty() {
            return Ok(bars);
        }
        let now = self.snapshot(query.at).await?;
        let mut config = self.cluster_config(now.seq, query.gwp, None).await?;
        config.base_year = query.base_year.unwrap_or(config.base_year);
        let digest = self.keep_config(&config).await?;
        for rebound in accepted {
            let Some(after) = rebound.after.strip_prefix('s').and_then(|seq| seq.parse().ok()) else {
                continue;
            };
            if after > now.seq {
                continue;
            }
            let mut sides = Vec::new();
            for seq in [rebound.before, after] {
                let snapshot = self.snapshot(Some(seq)).await?;
                sides.push((seq, self.goal_report(&snapshot, &config).await?));
            }
            let [(seq_before, before), (seq_after, after)] = &sides[..] else {
                continue;
            };
            for (old, new) in years(before).zip(years(after)) {
                let effect_kg = difference(&old.value, &new.value)?;
                let effect_on_base_kg = difference(&old.base, &new.base)?;
                if effect_kg.is_zero() && effect_on_base_kg.is_zero() {
                    continue;
                }
                bars.push(MethodBar {
                    at_ms: rebound.at_ms,
                    factor_set: rebound.report.factor_set.clone(),
                    year: new.year,
                    before: view(old, *seq_before, &digest),
                    after: view(new, *seq_after, &digest),
                    effect_kg,
                    effect_on_base_kg,
                });
            }
        }
        Ok(bars)
    }
}

fn years(report: &GoalReport) -> impl Iterator<Item = &GoalYear> {
    let series = report.goals.iter().filter(|series| series.goal == Goal::Co2e);
    series.flat_map(|series| &series.years)
}

fn difference(before: &Figure, after: &Figure) -> Result<Amount, AppError> {
    let (Some(before), Some(after)) = (before.value, after.value) else {
        return Ok(Amount::ZERO);
    };
    Ok(after.checked_add(-before)?)
}

fn view(year: &GoalYear, seq: i64, digest: &str) -> FigureView {
    let figure = &year.value;
    FigureView {
        reference: Ref::Figure(format!("goal/co2e/{}/{}@s{seq}/{digest}", year.year, figure.name)),
        name: figure.name.clone(),
        value: figure.value,
        unit: figure.unit.clone(),
    }
}
