//! The data campaign: who owes what for which period, what stands on an estimate and until when.
//!
//! It is computed from what is visible: what goals need, less what was told completely. Nothing is stored but the days
//! on which estimates expire.

use std::collections::BTreeMap;

use greenheart_account::Goal;
use greenheart_account::metering::covers;
use greenheart_model::{BatchId, CoverageKind, Date, Member, MemberId, Month, Period};
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError};

/// Why something is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwedState {
    /// Nothing tells of it.
    Missing,
    /// An estimate stood for it, and its time is over.
    Expired,
    /// An estimate stands for it until its day.
    Estimated,
}

/// What a member owes of one kind in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Who.
    pub member: MemberId,
    /// Its name.
    pub name: String,
    /// Of what.
    pub kind: CoverageKind,
    /// Unbroken stretches of whole months.
    pub periods: Vec<Period>,
    /// Why.
    pub state: OwedState,
    /// Last day of the estimate, for what stands or stood on one.
    pub until: Option<Date>,
    /// The estimate.
    pub batch: Option<BatchId>,
    /// The goals that wait for it, in order.
    pub goals: Vec<Goal>,
}

/// Who owes what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// The year it is about.
    pub year: i16,
    /// On which day.
    pub today: Date,
    /// What is owed, by member and kind.
    pub owed: Vec<Owed>,
    /// Members that owe nothing.
    pub complete: Vec<MemberId>,
    /// Where the ledger stands.
    pub snapshot: String,
}

/// Months of one kind, as told.
struct Told {
    period: Period,
    estimate: Option<(Date, BatchId)>,
}

/// What months have in common: how they stand, and the last day and batch of an estimate.
type StateOfMonths = (OwedState, Option<(Date, BatchId)>);

impl App {
    /// Who owes what for a year, by default the last one that ended. Those who lead see all members, a member itself.
    pub async fn campaign(&self, actor: &Actor, year: Option<i16>) -> Result<Campaign, AppError> {
        let about = if actor.leads() { None } else { actor.member().cloned() };
        let right = if about.is_some() {
            Ok(())
        } else {
            actor.may_administer()
        };
        self.allowed(actor, right, "campaign", about.as_ref()).await?;
        let today = self.surroundings.clock.today();
        let year = year.unwrap_or(today.year() - 1);
        let directory = self.directory().await?;
        let seq = self.shown_seq(self.standing().await?);
        let told = self.told(seq).await?;
        let required = self.required().await?;
        let mut campaign = Campaign {
            year,
            today,
            owed: Vec::new(),
            complete: Vec::new(),
            snapshot: format!("s{seq}"),
        };
        for member in &directory.members {
            let asked = about.as_ref().is_none_or(|own| *own == member.id);
            if !asked || !member.membership.covers(Period::year(year)) {
                continue;
            }
            let none = BTreeMap::new();
            let told = told.get(&member.id).unwrap_or(&none);
            let owed = owed_by(member, year, today, &required, told);
            if owed.iter().all(|line| line.state == OwedState::Estimated) {
                campaign.complete.push(member.id.clone());
            }
            campaign.owed.extend(owed);
        }
        self.note_looks(actor, campaign.owed.iter().map(|owed| &owed.member), "campaign")
            .await?;
        self.note(actor, "campaign", about.as_ref(), &year.to_string(), "done")
            .await?;
        Ok(campaign)
    }

    /// What goals need of everybody they are about.
    async fn required(&self) -> Result<BTreeMap<CoverageKind, Vec<Goal>>, AppError> {
        let settings = self.settings().await?;
        let config = self.goal_config(&settings, settings.base_year.unwrap_or(2020))?;
        let mut required: BTreeMap<CoverageKind, Vec<Goal>> = BTreeMap::new();
        for (goal, kinds) in &config.required {
            for kind in kinds {
                required.entry(*kind).or_default().push(*goal);
            }
        }
        Ok(required)
    }

    /// What counted at `seq`, by member and kind.
    async fn told(&self, seq: i64) -> Result<BTreeMap<MemberId, BTreeMap<CoverageKind, Vec<Told>>>, AppError> {
        let estimates = self.estimates().await?;
        let mut told: BTreeMap<MemberId, BTreeMap<CoverageKind, Vec<Told>>> = BTreeMap::new();
        for batch in self.shelf().await?.visible_at(seq) {
            let until = estimates.get(&batch.id);
            let of_member = told.entry(batch.member.clone()).or_default();
            for coverage in &batch.coverage {
                of_member.entry(coverage.kind).or_default().push(Told {
                    period: coverage.period,
                    estimate: until.map(|until| (*until, batch.id.clone())),
                });
            }
        }
        Ok(told)
    }
}

/// What one member owes; estimates that still stand come with it, to be replaced in time.
fn owed_by(
    member: &Member,
    year: i16,
    today: Date,
    required: &BTreeMap<CoverageKind, Vec<Goal>>,
    told: &BTreeMap<CoverageKind, Vec<Told>>,
) -> Vec<Owed> {
    let mut owed = Vec::new();
    for (kind, goals) in required {
        let waits = |goal: &&Goal| **goal != Goal::Revenue || member.role.in_revenue_goal();
        let goals: Vec<Goal> = goals.iter().filter(waits).copied().collect();
        if goals.is_empty() {
            continue;
        }
        let none = Vec::new();
        let told = told.get(kind).unwrap_or(&none);
        let mut by_state: BTreeMap<StateOfMonths, Vec<Month>> = BTreeMap::new();
        for month in Period::year(year).months() {
            // A month that has not ended is not owed yet.
            if month.period().to() >= today {
                continue;
            }
            if let Some(state) = state_of(month, told, today) {
                by_state.entry(state).or_default().push(month);
            }
        }
        owed.extend(by_state.into_iter().map(|((state, estimate), months)| Owed {
            member: member.id.clone(),
            name: member.name.clone(),
            kind: *kind,
            periods: stretches(&months),
            state,
            until: estimate.as_ref().map(|(until, _)| *until),
            batch: estimate.map(|(_, batch)| batch),
            goals: goals.clone(),
        }));
    }
    owed
}

/// How a month stands; `None` when it was told for good. Several batches may cover it together.
fn state_of(month: Month, told: &[Told], today: Date) -> Option<(OwedState, Option<(Date, BatchId)>)> {
    let firm: Vec<Period> = told
        .iter()
        .filter(|told| told.estimate.is_none())
        .map(|told| told.period)
        .collect();
    if covers(firm, month.period()) {
        return None;
    }
    let mut estimates: Vec<&(Date, BatchId)> = told
        .iter()
        .filter(|told| told.period.overlaps(month.period()))
        .filter_map(|told| told.estimate.as_ref())
        .collect();
    estimates.sort();
    Some(match estimates.last() {
        None => (OwedState::Missing, None),
        Some(last) if last.0 < today => (OwedState::Expired, Some((*last).clone())),
        Some(last) => (OwedState::Estimated, Some((*last).clone())),
    })
}

/// Months in order as unbroken periods.
fn stretches(months: &[Month]) -> Vec<Period> {
    let mut found: Vec<Period> = Vec::new();
    for month in months {
        match found.last_mut() {
            Some(last) if last.to().tomorrow().is_ok_and(|day| day == month.period().from()) => {
                *last = last.hull(month.period());
            }
            _ => found.push(month.period()),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().expect("a period")
    }

    #[test]
    fn months_become_stretches() {
        let months: Vec<Month> = ["2024-01", "2024-02", "2024-12"]
            .iter()
            .map(|m| m.parse().expect("a month"))
            .collect();
        let shown: Vec<String> = stretches(&months).iter().map(Period::to_string).collect();
        assert_eq!(shown, ["2024-01-01..2024-02-29", "2024-12-01..2024-12-31"]);
    }

    #[test]
    fn firm_evidence_beats_an_estimate_and_estimates_run_out() {
        let today: Date = "2026-11-24".parse().expect("a day");
        let told = |text: &str, until: Option<&str>| Told {
            period: period(text),
            estimate: until.map(|until| (until.parse().expect("a day"), BatchId::new("b-1"))),
        };
        let month: Month = "2025-03".parse().expect("a month");
        for (told, expect) in [
            (vec![], Some(OwedState::Missing)),
            (vec![told("2025", None)], None),
            (
                vec![
                    told("2025-03-01..2025-03-15", None),
                    told("2025-03-16..2025-04-30", None),
                ],
                None,
            ),
            (
                vec![
                    told("2025-03-01..2025-03-15", None),
                    told("2025-03-17..2025-04-30", None),
                ],
                Some(OwedState::Missing),
            ),
            (vec![told("2025", Some("2026-12-31"))], Some(OwedState::Estimated)),
            (vec![told("2025", Some("2026-11-24"))], Some(OwedState::Estimated)),
            (vec![told("2025", Some("2026-11-23"))], Some(OwedState::Expired)),
            (vec![told("2025", Some("2026-01-01")), told("2025-03", None)], None),
        ] {
            let found = state_of(month, &told, today).map(|(state, _)| state);
            assert_eq!(found, expect);
        }
    }
}
