//! What is asked of an import and what it answers. The report is the documented JSON of `greenheart import`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use greenheart_ingest::tables::Mapping;
use greenheart_model::{
    Batch, BatchId, Category, ControlTotal, Coverage, FindingLog, GwpSet, MemberId, Method, Scope, Scope2Basis,
    SourceFile, Status,
};
use greenheart_units::Amount;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plan::FileSet;
use super::post::Posted;
use crate::{AppError, ArticlesReport};

/// What shall happen where a batch tells the same as one that is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnOverlap {
    /// Wait for a decision.
    Ask,
    /// The new one takes the place of the old.
    Supersede,
    /// Both count.
    Add,
}

/// Which column mapping to read tables with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappingChoice {
    /// The one saved under this name.
    Saved(String),
    /// This one.
    Given(Box<Mapping>),
}

/// Files to take in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRequest {
    /// Where the files lie, or folders of them; the worker reads them there.
    pub files: Vec<PathBuf>,
    /// Whose they are; accounting files say so themselves.
    pub member: Option<MemberId>,
    /// Read and check only.
    pub dry_run: bool,
    /// What to do where something covers the same.
    pub on_overlap: OnOverlap,
    /// Mapping of tables; derived from known headers when absent.
    pub mapping: Option<MappingChoice>,
    /// Save the given mapping under this name, for this member.
    pub save_mapping: Option<String>,
    /// What the files cover, stated by a person.
    pub coverage: Option<Vec<Coverage>>,
    /// All accounting files are parts of one export, whatever their names say.
    pub together: bool,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Nothing was stored, on request.
    pub dry_run: bool,
    /// One for each set of files.
    pub sets: Vec<SetReport>,
}

/// How a set of files ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It counts now.
    Imported,
    /// It would be taken in.
    WouldImport,
    /// It was in before, as this batch.
    AlreadyThere(BatchId),
    /// Something covers the same; `--supersede` or `--add`.
    DecisionNeeded,
    /// The findings say why.
    Refused,
}

/// A file and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    /// Name without folders.
    pub name: String,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes; absent when it was refused before.
    pub sha256: Option<String>,
}

/// A batch that tells the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    /// Which.
    pub batch: BatchId,
    /// Who read it.
    pub importer: String,
    /// What it covers.
    pub coverage: Vec<Coverage>,
    /// Its rows.
    pub rows: u64,
    /// It was read from the same bytes.
    pub same_content: bool,
}

/// What the rows mean for the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Entries made.
    pub entries: u64,
    /// By scope, category and method; location-based, AR6.
    pub lines: Vec<PreviewLine>,
}

/// One line of a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewLine {
    /// Scope.
    pub scope: Scope,
    /// Scope 3 category or 0.
    pub category: Category,
    /// How.
    pub method: Method,
    /// Entries.
    pub entries: u64,
    /// kg CO2e; `None` where no factor was found.
    pub co2e_kg: Option<Amount>,
    /// NOK behind them.
    pub amount_nok: Amount,
}

/// What came of one set of files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetReport {
    /// Its files.
    pub files: Vec<FileReport>,
    /// How it ended.
    pub outcome: Outcome,
    /// Whose it is.
    pub member: Option<MemberId>,
    /// Its batch, when it was read.
    pub batch: Option<BatchId>,
    /// Which reader took it.
    pub importer: Option<String>,
    /// With which mapping.
    pub mapping: String,
    /// What it covers.
    pub coverage: Vec<Coverage>,
    /// Rows read.
    pub rows: u64,
    /// The file's own totals beside ours.
    pub control_totals: Vec<ControlTotal>,
    /// Whether it can be relied on.
    pub status: Status,
    /// What was found: the first hundred of each code, and how many.
    pub findings: FindingLog,
    /// What the reader wants a person to see.
    pub overview: Value,
    /// What the rows mean for the account.
    pub preview: Option<Preview>,
    /// What tells the same already.
    pub overlaps: Vec<Overlap>,
    /// What it took the place of.
    pub superseded: Vec<BatchId>,
}

impl SetReport {
    pub(super) fn of(set: &FileSet) -> Self {
        let files = set
            .names()
            .zip(set.sizes())
            .map(|(name, bytes)| FileReport {
                name: name.to_owned(),
                bytes,
                sha256: None,
            })
            .collect();
        Self {
            files,
            outcome: Outcome::Refused,
            member: set.member.as_ref().map(|member| member.id.clone()),
            batch: None,
            importer: set.is_known().then(|| set.importer().0.to_owned()),
            mapping: set.mapping_name(),
            coverage: Vec::new(),
            rows: 0,
            control_totals: Vec::new(),
            status: Status::Blocked,
            findings: FindingLog::default(),
            overview: Value::Null,
            preview: None,
            overlaps: Vec::new(),
            superseded: Vec::new(),
        }
    }

    pub(super) fn identify(&mut self, files: &[SourceFile]) {
        for (report, file) in self.files.iter_mut().zip(files) {
            report.sha256 = Some(file.sha256.clone());
        }
    }

    pub(super) fn read(&mut self, batch: &Batch, overview: &Value) {
        self.batch = Some(batch.id.clone());
        self.coverage.clone_from(&batch.coverage);
        self.rows = batch.rows;
        self.control_totals.clone_from(&batch.control_totals);
        self.status = batch.status;
        self.overview.clone_from(overview);
    }

    pub(super) fn posted(&mut self, batch: &Batch, posted: &Posted) -> Result<(), AppError> {
        self.status = batch.status;
        self.findings = batch.findings.clone();
        self.preview = Some(preview(posted)?);
        Ok(())
    }

    pub(super) fn refused(mut self, findings: FindingLog) -> Self {
        self.outcome = Outcome::Refused;
        self.status = Status::Blocked;
        self.batch = None;
        self.findings = findings;
        self
    }

    /// A register makes no batch: its rows say what the rows of others are.
    pub(super) fn register(mut self, register: &ArticlesReport) -> Result<Self, AppError> {
        self.outcome = if register.dry_run {
            Outcome::WouldImport
        } else {
            Outcome::Imported
        };
        let changes = register.changes;
        self.rows = changes.added + changes.changed + changes.unchanged;
        self.status = register.findings.status();
        self.findings = register.findings.clone();
        self.overview = serde_json::to_value(register).map_err(|error| AppError::Damaged(error.to_string()))?;
        Ok(self)
    }

    pub(super) fn already_there(mut self, batch: BatchId) -> Self {
        self.batch = Some(batch.clone());
        self.outcome = Outcome::AlreadyThere(batch);
        self.status = Status::Complete;
        self
    }
}

fn preview(posted: &Posted) -> Result<Preview, AppError> {
    let mut lines: BTreeMap<(Scope, Category, Method), PreviewLine> = BTreeMap::new();
    for (key, values) in posted.sums.rows() {
        if key.basis == Scope2Basis::Market {
            continue;
        }
        let line = lines
            .entry((key.scope, key.category, key.method))
            .or_insert(PreviewLine {
                scope: key.scope,
                category: key.category,
                method: key.method,
                entries: 0,
                co2e_kg: (key.method != Method::Unbound).then_some(Amount::ZERO),
                amount_nok: Amount::ZERO,
            });
        line.entries += values.rows;
        line.amount_nok = line.amount_nok.checked_add(values.amount_nok)?;
        if let Some(co2e) = &mut line.co2e_kg {
            *co2e = co2e.checked_add(values.gases.co2e(GwpSet::Ar6)?)?;
        }
    }
    Ok(Preview {
        entries: posted.posting.entries,
        lines: lines.into_values().collect(),
    })
}
