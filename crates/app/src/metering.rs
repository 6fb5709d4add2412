//! Settling what several files tell of one metering point, across the batches of a member.
//!
//! A batch is posted without the rows that another visible batch tells better. Which rows these are follows from what is
//! visible, so it is looked at again whenever a batch comes or goes; a posting names what it left out, and only those
//! for which that changed are posted again.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_account::metering::{Measured, MeterClaim, differences, told_better};
use greenheart_ingest::{ehf, meters, saft};
use greenheart_ledger::{Filter, Kind};
use greenheart_model::{ActivityKind, Batch, BatchId, Finding, FindingLog, MemberId, Place, Severity};
use greenheart_store::VisibleBatch;

use crate::import::Posted;
use crate::{Actor, App, AppError};

/// Rows read at a time.
const PORTION: u64 = 50_000;
/// Difference between two files that a person should hear of, thousandths.
const APART: u16 = 20;

/// Rows of one batch that another one tells better.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ToldBetter(pub BTreeSet<Measured>);

impl ToldBetter {
    /// How a posting says what it left out; nothing for nothing.
    pub(crate) fn tag(&self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut hash = blake3::Hasher::new();
        for measured in &self.0 {
            hash.update(format!("{}\n{}\n{}\n", measured.object, measured.item, measured.period).as_bytes());
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
    by_batch: BTreeMap<BatchId, BTreeSet<Measured>>,
    findings: FindingLog,
}

impl Metering {
    /// What a batch leaves to others.
    pub(crate) fn of(&self, batch: &BatchId) -> ToldBetter {
        ToldBetter(self.by_batch.get(batch).cloned().unwrap_or_default())
    }
}

impl App {
    /// Posts again what tells of metering points that others tell better now, or no more. Says what gave way.
    pub(crate) async fn settle_metering(&self, actor: &Actor, member: &MemberId) -> Result<FindingLog, AppError> {
        let visible = self.store.visible_of(member, self.store.head().await?.seq).await?;
        let metering = self.metering(&visible).await?;
        let changed: Vec<(&VisibleBatch, ToldBetter)> = visible
            .iter()
            .filter(|batch| names_meters(&batch.batch))
            .map(|batch| (batch, metering.of(&batch.batch.id)))
            .filter(|(batch, told)| !told.is_in(&batch.factor_set))
            .collect();
        if changed.is_empty() {
            return Ok(metering.findings);
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
        Ok(metering.findings)
    }

    /// What these batches of one member tell of metering points.
    pub(crate) async fn metering(&self, visible: &[VisibleBatch]) -> Result<Metering, AppError> {
        let named: Vec<&VisibleBatch> = visible.iter().filter(|batch| names_meters(&batch.batch)).collect();
        if named.len() < 2 {
            return Ok(Metering::default());
        }
        let mut claims = Vec::new();
        for batch in named {
            self.claims_of(batch, &mut claims).await?;
        }
        let by_batch = told_better(&claims);
        let mut findings = FindingLog::default();
        for (batch, rows) in &by_batch {
            findings.push(finding(
                "metering.told_better",
                Severity::Note,
                format!("{} rows of batch:{batch} count in another file", rows.len()),
            ));
        }
        for apart in differences(&claims, APART)? {
            let detail = format!(
                "{} {}: {} kWh in batch:{}, {} kWh in batch:{}",
                apart.measured.object, apart.measured.period, apart.kwh, apart.batch, apart.other_kwh, apart.other
            );
            findings.push(finding("metering.differs", Severity::Warning, detail));
        }
        Ok(Metering { by_batch, findings })
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

fn finding(code: &'static str, severity: Severity, detail: String) -> Finding {
    Finding {
        code: code.into(),
        severity,
        place: Place::default(),
        detail,
    }
}
