//! Settling what several files tell of one metering point, across the batches of a member.
//!
//! A batch is posted without the rows that another visible batch tells better. Which rows these are follows from what is
//! visible, so it is looked at again whenever a batch comes or goes; a posting names what it left out, and only those
//! for which that changed are posted again.

mod handover;

use std::collections::{BTreeMap, BTreeSet};

use greenheart_account::metering::{
    Holding, Kept, Measured, MeterClaim, cut, differences, give_way, handovers, holdings, told_better,
};
use greenheart_ingest::{ehf, meters, saft};
use greenheart_ledger::{Filter, Kind};
use greenheart_model::{Activity, ActivityKind, Batch, BatchId, Finding, FindingLog, MemberId, Place, Severity};
use greenheart_store::VisibleBatch;

use crate::import::Posted;
use crate::{Actor, App, AppError};

/// Rows read at a time.
const PORTION: u64 = 50_000;
/// Difference between two files that a person should hear of, thousandths.
const APART: u16 = 20;

/// Rows of one batch that another one tells better, or that are another member's in part or whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ToldBetter {
    gone: BTreeSet<Measured>,
    parts: BTreeMap<Measured, Kept>,
}

impl ToldBetter {
    pub(crate) fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.parts.is_empty()
    }

    /// The row as it counts here.
    pub(crate) fn settle(&self, activity: &mut Activity) {
        let Some((measured, _)) = Measured::of(activity) else {
            return;
        };
        if self.gone.contains(&measured) {
            *activity = give_way(activity);
        } else if let Some(Kept::Part { period, days, of }) = self.parts.get(&measured) {
            *activity = cut(activity, *period, *days, *of);
        }
    }

    /// How a posting says what it left out; nothing for nothing.
    pub(crate) fn tag(&self) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let mut hash = blake3::Hasher::new();
        for measured in &self.gone {
            hash.update(format!("{}\n{}\n{}\n", measured.object, measured.item, measured.period).as_bytes());
        }
        for (measured, kept) in &self.parts {
            hash.update(format!("{} {} {} {kept:?}\n", measured.object, measured.item, measured.period).as_bytes());
        }
        Some(format!(" + metered@{}", &hash.finalize().to_hex().as_str()[..12]))
    }

    fn is_in(&self, posting: &str) -> bool {
        let left_out = posting.split(" + ").find(|part| part.starts_with("metered@"));
        left_out == self.tag().as_deref().map(|tag| tag.trim_start_matches(" + "))
    }
}

/// What is told of a member's metering points.
#[derive(Debug, Default)]
pub(crate) struct Metering {
    by_batch: BTreeMap<BatchId, ToldBetter>,
    findings: FindingLog,
    /// What the member's files tell, for other members' sake.
    holdings: Vec<Holding>,
    /// Members that tell of the same metering points.
    others: BTreeSet<MemberId>,
}

impl Metering {
    /// What a batch leaves to others.
    pub(crate) fn of(&self, batch: &BatchId) -> ToldBetter {
        self.by_batch.get(batch).cloned().unwrap_or_default()
    }
}

impl App {
    /// Posts again what tells of metering points that others tell better now, or no more: of the member, and of members
    /// that tell of the same metering points. Says what gave way.
    pub(crate) async fn settle_metering(&self, actor: &Actor, member: &MemberId) -> Result<FindingLog, AppError> {
        let before = self.holdings_of(member).await?;
        let (findings, mut others) = self.settle_member(actor, member).await?;
        // Days that were told and are no more go back to whoever else tells them.
        let all = self.holdings_but(member).await?;
        others.extend(handovers(&before, &all).into_iter().map(|handover| handover.other));
        for other in &others {
            self.settle_member(actor, other).await?;
            self.note(actor, "metering.handover", Some(other), "", "done").await?;
        }
        Ok(findings)
    }

    async fn settle_member(
        &self,
        actor: &Actor,
        member: &MemberId,
    ) -> Result<(FindingLog, BTreeSet<MemberId>), AppError> {
        let visible = self.store.visible_of(member, self.store.head().await?.seq).await?;
        let metering = self.metering(&visible).await?;
        self.keep_holdings(member, &metering.holdings).await?;
        let changed: Vec<(&VisibleBatch, ToldBetter)> = visible
            .iter()
            .filter(|batch| names_meters(&batch.batch))
            .map(|batch| (batch, metering.of(&batch.batch.id)))
            .filter(|(batch, told)| !told.is_in(&batch.factor_set))
            .collect();
        if changed.is_empty() {
            return Ok((metering.findings, metering.others));
        }
        let register = self.register(member).await?;
        let binders = self.binders().await?;
        let mut all: Vec<Posted> = Vec::new();
        for (batch, told) in changed {
            let name = format!("settle-{}-{}", batch.batch.id, batch.generation + 1);
            let binding = binders.of_batch(&batch.batch.id);
            let known = (register.clone(), told);
            all.push(self.posted_again(&name, batch, &binding, known, false).await?);
        }
        self.commit_postings(actor, all).await?;
        Ok((metering.findings, metering.others))
    }

    /// What these batches of one member tell of metering points.
    pub(crate) async fn metering(&self, visible: &[VisibleBatch]) -> Result<Metering, AppError> {
        let named: Vec<&VisibleBatch> = visible.iter().filter(|batch| names_meters(&batch.batch)).collect();
        let Some(first) = named.first() else {
            return Ok(Metering::default());
        };
        let member = first.batch.member.clone();
        let mut claims = Vec::new();
        for batch in &named {
            self.claims_of(batch, &mut claims).await?;
        }
        let mut metering = Metering {
            holdings: holdings(&member, &claims),
            ..Metering::default()
        };
        for (batch, gone) in told_better(&claims) {
            metering.findings.push(finding(
                "metering.told_better",
                Severity::Note,
                format!("{} rows of batch:{batch} count in another file", gone.len()),
            ));
            metering.by_batch.entry(batch).or_default().gone = gone;
        }
        for apart in differences(&claims, APART)? {
            let detail = format!(
                "{} {}: {} kWh in batch:{}, {} kWh in batch:{}",
                apart.measured.object, apart.measured.period, apart.kwh, apart.batch, apart.other_kwh, apart.other
            );
            metering
                .findings
                .push(finding("metering.differs", Severity::Warning, detail));
        }
        if !metering.holdings.is_empty() {
            let others = self.holdings_but(&member).await?;
            metering.hand_over(&handovers(&metering.holdings, &others), &claims);
        }
        Ok(metering)
    }

    async fn claims_of(&self, batch: &VisibleBatch, claims: &mut Vec<MeterClaim>) -> Result<(), AppError> {
        let sources = self.sources(Kind::Activities, &[(batch.batch.id.clone(), 0)]).await?;
        let kinds = [ActivityKind::Electricity.name(), ActivityKind::Heat.name()];
        let mut from = 1;
        while from <= batch.batch.rows {
            let filter = Filter {
                rows: Some((from, from + PORTION - 1)),
                ..Filter::default()
            };
            let filter = filter.with_any("kind", &kinds);
            for row in self.ledger.activities(&sources, &filter, usize::MAX >> 1).await? {
                if let Some((measured, kwh)) = Measured::of(&row.activity) {
                    claims.push(MeterClaim {
                        batch: batch.batch.id.clone(),
                        rank: rank(&batch.batch.importer),
                        measured,
                        kwh,
                    });
                }
            }
            from += PORTION;
        }
        Ok(())
    }
}

/// Whether a batch can name metering points at all.
pub(crate) fn names_meters(batch: &Batch) -> bool {
    let energy = [ActivityKind::Electricity, ActivityKind::Heat];
    energy.iter().any(|kind| batch.kinds.contains(kind)) && batch.importer != saft::IMPORTER
}

fn rank(importer: &str) -> u8 {
    match importer {
        meters::IMPORTER => 3,
        ehf::IMPORTER => 2,
        _ => 1,
    }
}

pub(crate) fn finding(code: &'static str, severity: Severity, detail: String) -> Finding {
    Finding {
        code: code.into(),
        severity,
        place: Place::default(),
        detail,
    }
}
