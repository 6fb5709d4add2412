//! Who did and saw what.

use greenheart_model::MemberId;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::{Store, StoreError, on_db, sql};

/// One deed or one look.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct AuditRow {
    /// When, in ms.
    pub at_ms: i64,
    /// Account.
    pub actor: String,
    /// In which capacity.
    pub capacity: String,
    /// What, such as `import` or `inventory`.
    pub verb: String,
    /// The member it concerns by name.
    #[sqlx(rename = "member_id")]
    pub member: Option<String>,
    /// To what.
    pub subject: String,
    /// `done`, `denied`, `refused`.
    pub outcome: String,
}

impl Store {
    /// Notes a deed that changes nothing in the ledger.
    pub async fn note(&self, row: &AuditRow) -> Result<(), StoreError> {
        // Two writers may ask for the same number at once; one of them asks again.
        for _ in 0..20 {
            let written = on_db!(self, pool => sqlx::query(sql::ADD_AUDIT)
                .bind(row.at_ms).bind(&row.actor).bind(&row.capacity).bind(&row.verb)
                .bind(&row.member).bind(&row.subject).bind(&row.outcome)
                .execute(pool).await.map(|_| ()));
            match written {
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {}
                other => return Ok(other?),
            }
        }
        Err(StoreError::Damaged {
            what: "the numbering of the audit trail".into(),
            source: None,
        })
    }

    /// Notes several deeds or looks in their order, all or none.
    pub async fn note_all(&self, rows: &[AuditRow]) -> Result<(), StoreError> {
        for _ in 0..20 {
            match self.note_together(rows).await {
                Err(StoreError::Database(sqlx::Error::Database(error))) if error.is_unique_violation() => {}
                other => return other,
            }
        }
        Err(StoreError::Damaged {
            what: "the numbering of the audit trail".into(),
            source: None,
        })
    }

    async fn note_together(&self, rows: &[AuditRow]) -> Result<(), StoreError> {
        on_db!(self, pool => {
            let mut transaction = pool.begin().await?;
            for row in rows {
                sqlx::query(sql::ADD_AUDIT)
                    .bind(row.at_ms).bind(&row.actor).bind(&row.capacity).bind(&row.verb)
                    .bind(&row.member).bind(&row.subject).bind(&row.outcome)
                    .execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        });
        Ok(())
    }

    /// The most recent deeds, newest first; with a member, only those that concern it.
    pub async fn audit(&self, member: Option<&MemberId>, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
        on_db!(self, pool => match member {
            Some(member) => Ok(sqlx::query_as(sql::AUDIT_OF).bind(limit).bind(member.as_str()).fetch_all(pool).await?),
            None => Ok(sqlx::query_as(sql::AUDIT).bind(limit).fetch_all(pool).await?),
        })
    }
}
