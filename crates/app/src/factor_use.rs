//! Choosing the factors that postings are made with.

use greenheart_factors::{Part, SHIPPED_VERSION, lay_over};
use greenheart_model::{FactorSet, FindingLog};
use serde::{Deserialize, Serialize};

use crate::factors::{CURRENT, as_text};
use crate::{Actor, App, AppError};

/// Which set shall be used, and which part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FactorChoice {
    /// Version of a set of the library.
    pub set: String,
    /// Its factors of this region only.
    pub country: Option<String>,
    /// For activities from this year on.
    pub from_year: Option<i16>,
}

/// What is used from now on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactorsInUse {
    /// The set that new postings are made with.
    pub version: String,
    /// The one before.
    pub before: String,
    /// Factors of the chosen set that are used.
    pub used: usize,
    /// Factors of the one before that are not used any more.
    pub replaced: usize,
    /// Factors of the one before that are used for earlier years only.
    pub ended: usize,
    /// Factors that look wrong by magnitude and are left out.
    pub left_out: usize,
    /// What looks wrong.
    pub findings: FindingLog,
}

/// What a figure is that only another unit explains: such a factor is never used.
const WRONG: &str = "factor.scale";

impl App {
    /// Makes postings use a set from now on: laid over the one in use, or alone when it is one that serves alone (a
    /// built-in one, or one that was in use before). What is posted already stays until it is bound again.
    pub async fn use_factors(&self, actor: &Actor, choice: &FactorChoice) -> Result<FactorsInUse, AppError> {
        self.allowed(actor, actor.may_administer(), "factors.use", None).await?;
        let before = self.current_factors().await?;
        let chosen = self.factor_set(&choice.set).await?;
        let in_use = if is_whole(&choice.set) {
            if choice.country.is_some() || choice.from_year.is_some() {
                return Err(AppError::input(
                    format!("`{}` is used as a whole", choice.set),
                    "a part can be taken of an imported set only",
                ));
            }
            FactorsInUse {
                version: chosen.version.clone(),
                before: before.version.clone(),
                used: chosen.factors().len(),
                replaced: before.factors().len(),
                ended: 0,
                left_out: 0,
                findings: FindingLog::default(),
            }
        } else {
            self.lay_over(&before, &chosen, choice).await?
        };
        self.store.put_setting(CURRENT, &in_use.version).await?;
        self.note(actor, "factors.use", None, &in_use.version, "done").await?;
        Ok(in_use)
    }

    /// Keeps the two sets together as a set of its own, so that what is posted with it stays explained.
    async fn lay_over(
        &self,
        before: &FactorSet,
        chosen: &FactorSet,
        choice: &FactorChoice,
    ) -> Result<FactorsInUse, AppError> {
        let findings = greenheart_factors::check(chosen);
        let (sound, left_out) = without_wrong(chosen, &findings)?;
        let part = Part {
            country: choice.country.as_ref().map(|country| country.to_uppercase()),
            from_year: choice.from_year,
        };
        let version = name(&before.version, choice, &part);
        let layered =
            lay_over(before, &sound, &part, &version).map_err(|error| AppError::Damaged(error.to_string()))?;
        if layered.used == 0 {
            return Err(AppError::input(
                format!("nothing of `{}` is of that country and year", choice.set),
                "`greenheart factors sets` counts by country",
            ));
        }
        self.store.add_factor_set(&version, &as_text(&layered.set)?).await?;
        Ok(FactorsInUse {
            version,
            before: before.version.clone(),
            used: layered.used,
            replaced: layered.replaced,
            ended: layered.ended,
            left_out,
            findings,
        })
    }
}

/// The set without factors that are wrong by magnitude, and how many those were.
fn without_wrong(set: &FactorSet, findings: &FindingLog) -> Result<(FactorSet, usize), AppError> {
    let wrong: Vec<&str> = findings
        .kept()
        .filter(|finding| &*finding.code == WRONG)
        .map(|finding| &*finding.place.field)
        .collect();
    if findings.count(WRONG) > wrong.len() as u64 {
        return Err(AppError::input(
            format!(
                "{} factors of `{}` look wrong by magnitude",
                findings.count(WRONG),
                set.version
            ),
            "`greenheart factors import` shows which; have the set corrected by who made it",
        ));
    }
    let sound = set
        .factors()
        .iter()
        .filter(|factor| !wrong.contains(&factor.id.as_str()));
    let sound = FactorSet::new(set.version.clone(), sound.cloned().collect())
        .map_err(|error| AppError::Damaged(error.to_string()))?;
    Ok((sound, wrong.len()))
}

/// Whether a set serves alone: built in, or made of a built-in one.
fn is_whole(version: &str) -> bool {
    version.split('+').next() == Some(SHIPPED_VERSION)
}

/// `greenheart-2026.1+uk-2025[GB,2025]`: what lies over what.
fn name(before: &str, choice: &FactorChoice, part: &Part) -> String {
    let year = part.from_year.map(|year| year.to_string());
    let bounds: Vec<&str> = [part.country.as_deref(), year.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    if bounds.is_empty() {
        format!("{before}+{}", choice.set)
    } else {
        format!("{before}+{}[{}]", choice.set, bounds.join(","))
    }
}
