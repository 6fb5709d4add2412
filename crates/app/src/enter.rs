//! Typed entry: one row of evidence from the command line, through the same door as a file.
//!
//! What was typed becomes a small table in the published form, is kept like any file and read like any file. An
//! estimate says until when it may stand; the campaign asks for the real thing from then on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use greenheart_ingest::tables::coverage_of;
use greenheart_model::{ActivityKind, BatchId, Coverage, Date, MemberId, OrgNo, Period};
use serde::{Deserialize, Serialize};

use crate::jobs::Progress;
use crate::{Actor, App, AppError, ImportReport, ImportRequest, OnOverlap, Outcome};

/// One row, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// What it is of, in words: `diesel`, `steel`, `wood waste`.
    pub item: String,
    /// How much, with a decimal comma or point.
    pub quantity: Option<String>,
    /// Unit of the quantity.
    pub unit: Option<String>,
    /// NOK without VAT.
    pub amount: Option<String>,
    /// The other side.
    pub counterparty: Option<OrgNo>,
    /// Site, by identifier or name.
    pub site: Option<String>,
    /// Code of the waste.
    pub waste_code: Option<String>,
    /// What became of the waste.
    pub treatment: Option<String>,
    /// Share of primary material, %.
    pub primary_share: Option<String>,
    /// What it rests on: a bill, a reading, a guess.
    pub evidence: String,
}

/// How an entry is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRequest {
    /// Whose.
    pub member: MemberId,
    /// Kind of activity.
    pub kind: ActivityKind,
    /// When.
    pub period: Period,
    /// The row.
    pub entry: Entry,
    /// It tells all of this kind in the period, so that a goal need not wait for more. An estimate always does.
    pub complete: bool,
    /// It is an estimate, and may stand until this day.
    pub estimate_until: Option<Date>,
    /// What to do where something tells the same.
    pub on_overlap: OnOverlap,
}

/// What the catalogue keeps of an estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Estimate {
    pub until: Date,
}

/// How the catalogue names an estimate: this, then its batch.
const ESTIMATE: &str = "estimate:";

impl App {
    /// Takes in a typed row.
    ///
    /// # Errors
    /// As [`App::import`].
    pub async fn enter(
        &self,
        actor: &Actor,
        request: &EntryRequest,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<ImportReport, AppError> {
        self.allowed(actor, actor.may_write(&request.member), "enter", Some(&request.member))
            .await?;
        if request.entry.evidence.trim().is_empty() {
            return Err(AppError::input(
                "a typed figure needs something that it rests on",
                "say it with `--evidence`: a bill, a reading, whose guess",
            ));
        }
        let today = self.surroundings.clock.today();
        if request.estimate_until.is_some_and(|until| until <= today) {
            return Err(AppError::input(
                "the estimate would have expired already",
                "name a day to come with `--estimate-until`",
            ));
        }
        let coverage = request.coverage()?;
        let text = request.table(&actor.name, today);
        let digest = blake3::hash(text.as_bytes()).to_hex();
        let path = self
            .folder
            .staging()
            .join(format!("typed-{}-{}.csv", request.kind.name(), &digest.as_str()[..8]));
        std::fs::write(&path, &text).map_err(AppError::io(format!("writing `{}`", path.display())))?;
        let import = ImportRequest {
            files: vec![path.clone()],
            member: Some(request.member.clone()),
            dry_run: false,
            on_overlap: request.on_overlap,
            mapping: None,
            save_mapping: None,
            coverage: Some(coverage),
            together: false,
        };
        let report = self.import(actor, &import, tell).await;
        std::fs::remove_file(&path).map_err(AppError::io(format!("removing `{}`", path.display())))?;
        let report = report?;
        if let Some(until) = request.estimate_until {
            self.keep_estimates(&request.member, &report, until).await?;
        }
        self.note(actor, "enter", Some(&request.member), request.kind.name(), "done")
            .await?;
        Ok(report)
    }

    async fn keep_estimates(&self, member: &MemberId, report: &ImportReport, until: Date) -> Result<(), AppError> {
        let text = serde_json::to_string(&Estimate { until }).map_err(|error| AppError::Damaged(error.to_string()))?;
        for set in report.sets.iter().filter(|set| set.outcome == Outcome::Imported) {
            if let Some(batch) = &set.batch {
                self.store
                    .add_mapping(&format!("{ESTIMATE}{batch}"), Some(member), &text)
                    .await?;
            }
        }
        Ok(())
    }

    /// Until when each estimate may stand. A batch that is not among them is none.
    pub(crate) async fn estimates(&self) -> Result<Arc<BTreeMap<BatchId, Date>>, AppError> {
        let generation = self.standing().await?.generation;
        self.cache.estimates.of(generation, self.read_estimates()).await
    }

    async fn read_estimates(&self) -> Result<BTreeMap<BatchId, Date>, AppError> {
        let kept = self.store.mappings(ESTIMATE).await?;
        let read = kept.into_iter().map(|(name, text)| {
            let estimate: Estimate =
                serde_json::from_str(&text).map_err(|error| AppError::Damaged(format!("the {name}: {error}")))?;
            Ok((BatchId::new(&name[ESTIMATE.len()..]), estimate.until))
        });
        read.collect()
    }

    /// Estimates that may stand no more: nothing is told by them.
    pub(crate) async fn expired_estimates(&self) -> Result<BTreeSet<BatchId>, AppError> {
        let today = self.surroundings.clock.today();
        let estimates = self.estimates().await?;
        let expired = estimates.iter().filter(|(_, until)| **until < today);
        Ok(expired.map(|(batch, _)| batch.clone()).collect())
    }
}

impl EntryRequest {
    fn coverage(&self) -> Result<Vec<Coverage>, AppError> {
        if !self.complete && self.estimate_until.is_none() {
            return Ok(Vec::new());
        }
        match coverage_of(self.kind) {
            Some(kind) => Ok(vec![Coverage {
                kind,
                period: self.period,
            }]),
            None => Err(AppError::input(
                format!("no row of `{}` tells all of a period", self.kind),
                "leave out `--complete` and `--estimate-until`",
            )),
        }
    }

    /// The row as a published table: what is kept as its file.
    fn table(&self, who: &str, today: Date) -> String {
        let entry = &self.entry;
        let given = |text: &Option<String>| text.clone().unwrap_or_default();
        let estimate = self.estimate_until.map(|until| format!("; estimate until {until}"));
        let note = format!(
            "{}; typed by {who} on {today}{}",
            entry.evidence,
            estimate.unwrap_or_default()
        );
        let cells = [
            ("Kind", self.kind.name().replace('_', " ")),
            ("Item", entry.item.clone()),
            ("Site", given(&entry.site)),
            ("From", self.period.from().to_string()),
            ("To", self.period.to().to_string()),
            ("Quantity", given(&entry.quantity)),
            ("Unit", given(&entry.unit)),
            ("Amount", given(&entry.amount)),
            (
                "Currency",
                entry.amount.as_ref().map(|_| "NOK".to_owned()).unwrap_or_default(),
            ),
            (
                "Counterparty org no",
                entry.counterparty.map(|number| number.to_string()).unwrap_or_default(),
            ),
            ("Waste code", given(&entry.waste_code)),
            ("Treatment", given(&entry.treatment)),
            ("Primary share (%)", given(&entry.primary_share)),
            ("Note", note),
        ];
        let mut text = String::new();
        let row = |cells: Vec<&str>| cells.into_iter().map(quoted).collect::<Vec<_>>().join(";");
        let _ = writeln!(text, "{}", row(cells.iter().map(|(head, _)| *head).collect()));
        let _ = writeln!(text, "{}", row(cells.iter().map(|(_, cell)| &**cell).collect()));
        text
    }
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\"").replace(['\n', '\r'], " "))
}
