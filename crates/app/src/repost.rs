//! Posting visible batches again, with today's factors, rules and members: a new generation beside the old.

use std::collections::BTreeMap;
use std::sync::Arc;

use greenheart_account::reconcile;
use greenheart_ledger::{Kind, PartialSums};
use greenheart_model::{Category, FindingLog, GwpSet, MemberId, Method, Scope, Scope2Basis, SumKey, SumValues};
use greenheart_store::{Change, CommitError, Operation, VisibleBatch};
use greenheart_units::Amount;
use serde::{Deserialize, Serialize};

use crate::articles::ArticleRegister;
use crate::binding::Binding;
use crate::import::{Posted, PostingWriter};
use crate::jobs::{Handle, Progress, Work};
use crate::members::commit_error;
use crate::metering::{Metering, ToldBetter, names_meters};
use crate::{Actor, App, AppError};

/// Before and after of one member and year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepostLine {
    /// Whose.
    pub member: MemberId,
    /// Calendar year.
    pub year: i16,
    /// kg CO2e in scopes 1 to 3, location-based, AR6, as it stood; before reconciliation.
    pub before_co2e_kg: Amount,
    /// As it would stand.
    pub after_co2e_kg: Amount,
    /// Entries without a factor before.
    pub before_unbound: u64,
    /// Entries without a factor after.
    pub after_unbound: u64,
}

/// Before and after of one category and year, over all members and after reconciliation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryLine {
    /// Calendar year.
    pub year: i16,
    /// Scope.
    pub scope: Scope,
    /// Scope 3 category or 0.
    pub category: Category,
    /// kg CO2e, location-based, AR6, as it stood.
    pub before_co2e_kg: Amount,
    /// As it would stand.
    pub after_co2e_kg: Amount,
    /// The effect of method: a bar of its own, never a reduction or an increase.
    pub method_effect_kg: Amount,
}

/// What posting again changed, or would change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepostReport {
    /// Nothing was stored, on request.
    pub dry_run: bool,
    /// Batches posted.
    pub batches: usize,
    /// The factor set used.
    pub factor_set: String,
    /// By member and year, only where something differs.
    pub lines: Vec<RepostLine>,
    /// By year, scope and category.
    pub categories: Vec<CategoryLine>,
    /// What was noticed.
    pub findings: FindingLog,
    /// Where the ledger stands now.
    pub snapshot: String,
}

type Years = BTreeMap<(MemberId, i16), (Amount, u64)>;

impl App {
    /// Posts every visible batch again; with `dry_run` only says what would change. The effect is one of
    /// method, never a reduction.
    pub async fn repost(
        &self,
        actor: &Actor,
        dry_run: bool,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<RepostReport, AppError> {
        self.allowed(actor, actor.may_operate(), "repost", None).await?;
        let value = self
            .run(
                &Work::Repost {
                    actor: actor.clone(),
                    dry_run,
                },
                tell,
            )
            .await?;
        serde_json::from_value(value).map_err(|error| AppError::Damaged(format!("the report of the worker: {error}")))
    }

    /// A batch posted again as its next generation: its articles by the register, without what others tell better.
    pub(crate) async fn posted_again(
        &self,
        name: &str,
        batch: &VisibleBatch,
        binding: &Binding,
        (register, told): (ArticleRegister, ToldBetter),
        dry_run: bool,
    ) -> Result<Posted, AppError> {
        let key = (&batch.batch.member, &batch.batch.id, batch.generation + 1);
        let target = self.target(batch.batch.rows, dry_run);
        let mut writer = PostingWriter::new(binding, self.ledger.folder(), name, key, target, false)
            .with_articles(register)
            .without(told);
        self.activities_of(batch, &mut writer).await?;
        writer.finish(&*self.surroundings.steps)
    }

    pub(crate) async fn post_again(
        &self,
        job: &str,
        actor: &Actor,
        dry_run: bool,
        handle: &Handle,
    ) -> Result<RepostReport, AppError> {
        self.allowed(actor, actor.may_operate(), "repost", None).await?;
        let head = self.store.head().await?;
        let visible = self.store.visible(head.seq).await?;
        let binders = self.binders().await?;
        let factor_set = binders.of_new().factor_set;
        let metering = self.metering_by_member(&visible).await?;
        let (mut before, mut after) = (Years::new(), Years::new());
        let (mut all, mut old_sums) = (Vec::new(), Vec::new());
        let mut findings = FindingLog::default();
        for (at, batch) in visible.iter().enumerate() {
            if handle.is_cancelled() {
                return Err(AppError::Cancelled);
            }
            handle.tell(Progress {
                stage: "post".into(),
                subject: batch.batch.id.to_string(),
                done: at as u64,
                total: visible.len() as u64,
            });
            let name = format!("{job}-{at}");
            let register = self.register(&batch.batch.member).await?;
            let binding = binders.of_batch(&batch.batch.id);
            let told = metering.get(&batch.batch.member);
            let told = told.map_or_else(ToldBetter::default, |told| told.of(&batch.batch.id));
            let posted = self
                .posted_again(&name, batch, &binding, (register, told), dry_run)
                .await?;
            let old = self.sums_of(&batch.batch.id, batch.generation).await?;
            add_years(&mut before, old.rows())?;
            add_years(&mut after, posted.sums.rows())?;
            findings.merge(posted.findings.clone());
            old_sums.push(old);
            all.push(posted);
        }
        let categories = by_category(
            PartialSums::sum(old_sums.iter().map(Arc::as_ref))?,
            PartialSums::sum(all.iter().map(|posted| &posted.sums))?,
        )?;
        let mut snapshot = format!("s{}", head.seq);
        if !dry_run && !all.is_empty() {
            snapshot = self.commit_postings(actor, all).await?;
        }
        Ok(RepostReport {
            dry_run,
            batches: visible.len(),
            factor_set,
            lines: differences(&before, &after),
            categories,
            findings,
            snapshot,
        })
    }

    async fn metering_by_member(&self, visible: &[VisibleBatch]) -> Result<BTreeMap<MemberId, Metering>, AppError> {
        let mut of_member: BTreeMap<MemberId, Vec<VisibleBatch>> = BTreeMap::new();
        for batch in visible.iter().filter(|batch| names_meters(&batch.batch)) {
            of_member
                .entry(batch.batch.member.clone())
                .or_default()
                .push(batch.clone());
        }
        let mut metering = BTreeMap::new();
        for (member, batches) in of_member {
            metering.insert(member, self.metering(&batches).await?);
        }
        Ok(metering)
    }

    /// Hands the activities of a batch to a writer, in bounded portions.
    pub(crate) async fn activities_of(
        &self,
        batch: &VisibleBatch,
        writer: &mut PostingWriter<'_>,
    ) -> Result<(), AppError> {
        let sources = self.sources(Kind::Activities, &[(batch.batch.id.clone(), 0)]).await?;
        tokio::task::block_in_place(|| self.ledger.each_activity(&sources, &mut |rows| writer.post(rows)))
    }

    pub(crate) async fn commit_postings(&self, actor: &Actor, all: Vec<Posted>) -> Result<String, AppError> {
        let mut change = Change {
            at_ms: self.now_ms(),
            audit: self.audit_row(actor, "repost", None, &format!("{} batches", all.len()), "done"),
            operation: Operation::Repost {
                postings: Vec::new(),
                segments: Vec::new(),
                tail: Vec::new(),
            },
        };
        if let Operation::Repost {
            postings,
            segments,
            tail,
        } = &mut change.operation
        {
            for posted in all {
                postings.push(posted.posting);
                segments.extend(posted.segments);
                tail.extend(posted.tail);
            }
        }
        for _ in 0..200 {
            let head = self.store.head().await?;
            match self.store.commit(&change, &head, &*self.surroundings.steps).await {
                Ok(head) => return Ok(format!("s{}", head.seq)),
                Err(CommitError::HeadMoved) => {}
                Err(error) => return Err(commit_error(error)),
            }
        }
        Err(commit_error(CommitError::HeadMoved))
    }
}

fn add_years<'a>(years: &mut Years, rows: impl Iterator<Item = (&'a SumKey, &'a SumValues)>) -> Result<(), AppError> {
    for (key, values) in rows.filter(|(key, _)| counts(key)) {
        let slot = years.entry((key.member.clone(), key.month.year())).or_default();
        slot.0 = slot.0.checked_add(values.gases.co2e(GwpSet::Ar6)?)?;
        if key.method == Method::Unbound {
            slot.1 += values.rows;
        }
    }
    Ok(())
}

/// Whether a sum is of scopes 1 to 3, with bought energy by location.
fn counts(key: &SumKey) -> bool {
    key.basis != Scope2Basis::Market && matches!(key.scope, Scope::One | Scope::Two | Scope::Three)
}

type Sums = Vec<(SumKey, SumValues)>;

fn by_category(before: Sums, after: Sums) -> Result<Vec<CategoryLine>, AppError> {
    let mut lines: BTreeMap<(i16, Scope, Category), [Amount; 2]> = BTreeMap::new();
    for (side, sums) in [before, after].into_iter().enumerate() {
        for (key, values) in reconcile(sums)?.sums() {
            if counts(key) {
                let slot = lines.entry((key.month.year(), key.scope, key.category)).or_default();
                slot[side] = slot[side].checked_add(values.gases.co2e(GwpSet::Ar6)?)?;
            }
        }
    }
    lines
        .into_iter()
        .map(|((year, scope, category), [before, after])| {
            Ok(CategoryLine {
                year,
                scope,
                category,
                before_co2e_kg: before,
                after_co2e_kg: after,
                method_effect_kg: after.checked_add(-before)?,
            })
        })
        .collect()
}

fn differences(before: &Years, after: &Years) -> Vec<RepostLine> {
    let keys: std::collections::BTreeSet<&(MemberId, i16)> = before.keys().chain(after.keys()).collect();
    keys.into_iter()
        .map(|key| {
            let (old, new) = (
                before.get(key).copied().unwrap_or_default(),
                after.get(key).copied().unwrap_or_default(),
            );
            RepostLine {
                member: key.0.clone(),
                year: key.1,
                before_co2e_kg: old.0,
                after_co2e_kg: new.0,
                before_unbound: old.1,
                after_unbound: new.1,
            }
        })
        .filter(|line| line.before_co2e_kg != line.after_co2e_kg || line.before_unbound != line.after_unbound)
        .collect()
}
