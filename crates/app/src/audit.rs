//! The audit trail: who did and saw what.
//!
//! A deed is written before its verb answers. A server that shows pages writes looks a moment later, several at once, so
//! that no reader waits for the disk; whoever reads the trail sees them all.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use greenheart_model::MemberId;
use greenheart_store::AuditRow;
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError, Denied};

/// Verbs that only look.
const LOOKS: [&str; 10] = [
    "goals",
    "inventory",
    "why",
    "batches",
    "factors",
    "factors.sets",
    "factors.compare",
    "circular.streams",
    "circular.match",
    "circular.board",
];
/// For how long looks wait for each other; a machine that dies forgets those of this time.
const GATHERING: Duration = Duration::from_millis(200);

/// Looks that wait to be written; `None` where each is written at once.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<Option<Vec<AuditRow>>>);

impl Waiting {
    fn gather(&self) {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rows.get_or_insert_default();
    }

    /// Keeps a row for later; gives it back where nothing waits.
    fn keep(&self, row: AuditRow) -> Option<AuditRow> {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(rows) => {
                rows.push(row);
                None
            }
            None => Some(row),
        }
    }

    fn take(&self) -> Vec<AuditRow> {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rows.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn put_back(&self, mut taken: Vec<AuditRow>) {
        if let Some(rows) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            taken.append(rows);
            *rows = taken;
        }
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
        self.write_waiting(None).await?;
        let rows = self.store.audit(about.as_ref(), limit.clamp(1, 100_000)).await?;
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
        let row = self.audit_row(actor, verb, member, subject, outcome);
        let now = if outcome == "done" && LOOKS.contains(&verb) {
            match self.waiting.keep(row) {
                Some(row) => row,
                None => return Ok(()),
            }
        } else {
            row
        };
        self.write_waiting(Some(now)).await
    }

    /// From now on looks are written together, by a task that ends with the installation.
    pub fn gather_looks(self: &Arc<Self>) {
        self.waiting.gather();
        let app = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(GATHERING).await;
                let Some(app) = app.upgrade() else { return };
                if let Err(error) = app.write_waiting(None).await {
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
        self.write_waiting(None).await
    }

    /// Writes what waits, and `last` behind it.
    pub(crate) async fn write_waiting(&self, last: Option<AuditRow>) -> Result<(), AppError> {
        let mut rows = self.waiting.take();
        let looks = rows.len();
        rows.extend(last);
        if rows.is_empty() {
            return Ok(());
        }
        let written = self.store.note_all(&rows).await;
        if written.is_err() {
            rows.truncate(looks);
            self.waiting.put_back(rows);
        }
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
