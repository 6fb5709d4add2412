//! What has been told: months of each kind of data that files cover, by member and year.

use std::collections::BTreeMap;

use greenheart_model::{CoverageKind, MemberId};
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError};

/// Months told, of the members that the actor may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Import sets that count.
    pub batches: u64,
    /// By member, kind and year.
    pub told: Vec<ToldMonths>,
}

/// Months of one kind that a member has told in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldMonths {
    /// Whose.
    pub member: MemberId,
    /// Of what.
    pub kind: CoverageKind,
    /// Calendar year.
    pub year: i16,
    /// Months told at least in part, 1 to 12.
    pub months: u32,
}

/// Of every member: import sets, and a bit for each month told.
#[derive(Default)]
pub(crate) struct Told {
    batches: BTreeMap<MemberId, u64>,
    months: BTreeMap<(MemberId, CoverageKind, i16), u16>,
}

impl App {
    /// How complete the data are: of one member, else of all whose figures the actor may see.
    pub async fn completeness(&self, actor: &Actor, member: Option<&MemberId>) -> Result<Completeness, AppError> {
        let member = member.cloned().or_else(|| actor.member().cloned());
        let sees = match &member {
            Some(member) => {
                self.may_look(actor, member, "completeness").await?;
                [member.clone()].into()
            }
            None => {
                self.allowed(actor, actor.is_of_the_cluster(), "completeness", None)
                    .await?;
                self.readable_members(actor).await?
            }
        };
        let seq = self.shown_seq(self.standing().await?);
        let all = self.cache.told.of(seq, self.read_told(seq)).await?;
        let own = all.months.iter().filter(|((whose, ..), _)| sees.contains(whose));
        let told: Vec<ToldMonths> = own
            .map(|((member, kind, year), months)| ToldMonths {
                member: member.clone(),
                kind: *kind,
                year: *year,
                months: months.count_ones(),
            })
            .collect();
        if member.is_none() {
            self.note_looks(actor, told.iter().map(|line| &line.member), "completeness")
                .await?;
        }
        Ok(Completeness {
            snapshot: format!("s{seq}"),
            batches: sees.iter().filter_map(|member| all.batches.get(member)).sum(),
            told,
        })
    }

    /// Years of the account that have ended, the base year first; none before anything was handed in.
    pub async fn account_years(&self, actor: &Actor) -> Result<Vec<i16>, AppError> {
        self.allowed(actor, actor.is_of_the_cluster(), "completeness", None)
            .await?;
        let seq = self.shown_seq(self.standing().await?);
        match self.cluster_config(seq, None, None).await {
            Ok(config) => Ok((config.base_year..=config.last_year).collect()),
            Err(AppError::Input { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// What counted at a snapshot, of everybody.
    pub(crate) async fn read_told(&self, seq: i64) -> Result<Told, AppError> {
        let mut told = Told::default();
        for batch in self.shelf().await?.visible_at(seq) {
            *told.batches.entry(batch.member.clone()).or_default() += 1;
            for coverage in &batch.coverage {
                for month in coverage.period.months() {
                    let key = (batch.member.clone(), coverage.kind, month.year());
                    *told.months.entry(key).or_default() |= 1 << (month.month() - 1);
                }
            }
        }
        Ok(told)
    }
}
