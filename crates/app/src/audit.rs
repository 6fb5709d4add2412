//! The audit trail: who did and saw what.

use greenheart_model::MemberId;
use greenheart_store::AuditRow;
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError, Denied};

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
        Ok(self.store.note(&row).await?)
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
