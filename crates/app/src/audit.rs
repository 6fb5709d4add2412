//! The audit trail: who did and saw what.
//!
//! A deed is written before its verb answers. A server that shows pages writes looks and refusals a moment later, several
//! at once, so that no reader waits for the disk; looks of somebody at the same thing within that moment are one row.
//! Whoever reads the trail sees them all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use greenheart_model::MemberId;
use greenheart_store::AuditRow;
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError, Denied};

/// Verbs that only look.
const LOOKS: [&str; 27] = [
    "articles",
    "articles.export",
    "articles.open",
    "articles.suggest",
    "batches",
    "campaign",
    "change",
    "circular.board",
    "circular.match",
    "circular.streams",
    "completeness",
    "consolidate",
    "consolidate.spread",
    "factors",
    "factors.compare",
    "factors.rebinds",
    "factors.sets",
    "flows",
    "goals",
    "goals.spread",
    "inventory",
    "positive",
    "products",
    "releases",
    "seals",
    "what_if",
    "why",
];
/// For how long looks wait for each other; a machine that dies forgets those of this time.
const GATHERING: Duration = Duration::from_millis(200);

/// Looks that wait to be written; `None` where each is written at once.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<Option<Gathered>>);

#[derive(Default)]
struct Gathered {
    rows: Vec<AuditRow>,
    /// What the rows say, but for the time.
    known: BTreeSet<[String; 6]>,
    /// Rows that are being written, by the turn of their writing.
    writing: BTreeMap<u64, Vec<AuditRow>>,
    turn: u64,
}

impl Gathered {
    fn add(&mut self, row: AuditRow) {
        let says = [
            row.actor.clone(),
            row.capacity.clone(),
            row.verb.clone(),
            row.member.clone().unwrap_or_default(),
            row.subject.clone(),
            row.outcome.clone(),
        ];
        if self.known.insert(says) {
            self.rows.push(row);
        }
    }
}

impl Waiting {
    fn gather(&self) {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rows.get_or_insert_default();
    }

    /// Keeps a row for later; gives it back where nothing waits.
    fn keep(&self, row: AuditRow) -> Option<AuditRow> {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(gathered) => {
                gathered.add(row);
                None
            }
            None => Some(row),
        }
    }

    /// Takes the rows to write them, with the turn to end.
    fn take(&self) -> (u64, Vec<AuditRow>) {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(gathered) => {
                gathered.turn += 1;
                gathered.known.clear();
                let rows = std::mem::take(&mut gathered.rows);
                gathered.writing.insert(gathered.turn, rows.clone());
                (gathered.turn, rows)
            }
            None => (0, Vec::new()),
        }
    }

    /// They are written, or wait again.
    fn end(&self, turn: u64, written: bool) {
        if let Some(gathered) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            let mut taken = gathered.writing.remove(&turn).unwrap_or_default();
            if !written {
                taken.append(&mut gathered.rows);
                gathered.rows = taken;
            }
        }
    }

    /// What is not certainly written yet, the newest first.
    fn unwritten(&self) -> Vec<AuditRow> {
        let gathered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = gathered.iter().flat_map(|gathered| {
            let writing = gathered.writing.values().flatten();
            writing.chain(&gathered.rows)
        });
        let mut rows: Vec<AuditRow> = all.cloned().collect();
        rows.reverse();
        rows
    }
}

/// One deed or look, as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// When, in ms since 1970.
    pub at_ms: i64,
    /// Account.
    pub actor: String,
    /// In which capacity.
    pub capacity: String,
    /// What, such as `import`.
    pub verb: String,
    /// The member it concerns by name.
    pub member: Option<String>,
    /// To what.
    pub subject: String,
    /// `done`, `denied`, `refused`.
    pub outcome: String,
}

impl App {
    /// Who did and saw what, newest first. A member sees what concerns itself; the whole trail is for the
    /// operator and the facilitator.
    pub async fn audit(
        &self,
        actor: &Actor,
        member: Option<&MemberId>,
        limit: i64,
    ) -> Result<Vec<AuditLine>, AppError> {
        let about = match (member, actor.member()) {
            (None, Some(own)) => Some(own.clone()),
            (asked, _) => asked.cloned(),
        };
        let right = match &about {
            Some(about) if actor.member() == Some(about) => Ok(()),
            _ => actor.may_administer(),
        };
        self.allowed(actor, right, "audit", about.as_ref()).await?;
        let limit = limit.clamp(1, 100_000);
        // Nobody who reads waits for the disk: what is being written is shown beside what is. Looked at in this order a row
        // may be in both, never in neither.
        let mut rows = self.waiting.unwritten();
        rows.retain(|row| {
            about
                .as_ref()
                .is_none_or(|about| row.member.as_deref() == Some(about.as_str()))
        });
        let written = self.store.audit(about.as_ref(), limit).await?;
        rows.retain(|row| !written.contains(row));
        rows.extend(written);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows.into_iter().map(AuditLine::from).collect())
    }

    /// Passes on a decision about rights; a refusal is written down first.
    pub(crate) async fn allowed(
        &self,
        actor: &Actor,
        decision: Result<(), Denied>,
        verb: &str,
        member: Option<&MemberId>,
    ) -> Result<(), AppError> {
        if let Err(denied) = decision {
            self.note(actor, verb, member, "", "denied").await?;
            return Err(denied.into());
        }
        Ok(())
    }

    /// Writes a row of the trail.
    pub(crate) async fn note(
        &self,
        actor: &Actor,
        verb: &str,
        member: Option<&MemberId>,
        subject: &str,
        outcome: &str,
    ) -> Result<(), AppError> {
        self.note_rows(vec![self.audit_row(actor, verb, member, subject, outcome)])
            .await
    }

    /// Writes rows of the trail together, but for those that may wait.
    pub(crate) async fn note_rows(&self, rows: Vec<AuditRow>) -> Result<(), AppError> {
        let may_wait = |row: &AuditRow| match &*row.outcome {
            "done" => LOOKS.contains(&&*row.verb),
            // An attempt to get in is written before it is answered.
            "denied" => row.verb != "login",
            _ => false,
        };
        let now: Vec<AuditRow> = rows
            .into_iter()
            .filter_map(|row| {
                if may_wait(&row) {
                    self.waiting.keep(row)
                } else {
                    Some(row)
                }
            })
            .collect();
        if now.is_empty() {
            return Ok(());
        }
        self.write_waiting(now).await
    }

    /// From now on looks are written together, by a task that ends with the installation.
    pub fn gather_looks(self: &Arc<Self>) {
        self.waiting.gather();
        let app = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(GATHERING).await;
                let Some(app) = app.upgrade() else { return };
                if let Err(error) = app.write_waiting(Vec::new()).await {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "looks could not be written yet"
                    );
                }
            }
        });
    }

    /// Writes the looks that wait.
    pub async fn write_looks(&self) -> Result<(), AppError> {
        self.write_waiting(Vec::new()).await
    }

    /// Writes what waits, and `last` behind it.
    pub(crate) async fn write_waiting(&self, last: Vec<AuditRow>) -> Result<(), AppError> {
        let (turn, mut rows) = self.waiting.take();
        rows.extend(last);
        let written = if rows.is_empty() {
            Ok(())
        } else {
            self.store.note_all(&rows).await
        };
        self.waiting.end(turn, written.is_ok());
        Ok(written?)
    }

    pub(crate) fn audit_row(
        &self,
        actor: &Actor,
        verb: &str,
        member: Option<&MemberId>,
        subject: &str,
        outcome: &str,
    ) -> AuditRow {
        AuditRow {
            at_ms: self.now_ms(),
            actor: actor.name.clone(),
            capacity: actor.capacity.to_string(),
            verb: verb.to_owned(),
            member: member.map(MemberId::to_string),
            subject: subject.to_owned(),
            outcome: outcome.to_owned(),
        }
    }
}

impl From<AuditRow> for AuditLine {
    fn from(row: AuditRow) -> Self {
        Self {
            at_ms: row.at_ms,
            actor: row.actor,
            capacity: row.capacity,
            verb: row.verb,
            member: row.member,
            subject: row.subject,
            outcome: row.outcome,
        }
    }
}
