//! Releases, and what members added to them. What they say is opaque here.

use greenheart_model::MemberId;
use sqlx::FromRow;

use crate::{Store, StoreError, on_db, sql};

/// A release.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ReleaseRow {
    /// Its number, from 1 on.
    pub number: i64,
    /// When, in ms.
    pub at_ms: i64,
    /// Account that released it.
    pub actor: String,
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// What it says.
    pub content: String,
}

/// What one member added to the published cells of a release.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ReleasePartRow {
    /// Of which release.
    #[sqlx(rename = "release_number")]
    pub number: i64,
    /// Who.
    #[sqlx(rename = "member_id")]
    pub member: String,
    /// What.
    pub content: String,
}

impl Store {
    /// Keeps a release with its parts; `false` when somebody else took its number.
    pub async fn add_release(&self, row: &ReleaseRow, parts: &[(MemberId, String)]) -> Result<bool, StoreError> {
        on_db!(self, pool => {
            let mut transaction = pool.begin().await?;
            let added = sqlx::query(sql::ADD_RELEASE)
                .bind(row.number).bind(row.at_ms).bind(&row.actor).bind(&row.snapshot).bind(&row.content)
                .execute(&mut *transaction).await?.rows_affected();
            if added == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            for (member, content) in parts {
                sqlx::query(sql::ADD_RELEASE_PART)
                    .bind(row.number).bind(member.as_str()).bind(content)
                    .execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        });
        Ok(true)
    }

    /// Every release, in order.
    pub async fn releases(&self) -> Result<Vec<ReleaseRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::RELEASES).fetch_all(pool).await?))
    }

    /// A release.
    pub async fn release(&self, number: i64) -> Result<Option<ReleaseRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::RELEASE).bind(number).fetch_optional(pool).await?))
    }

    /// What members that are still here added to every release.
    pub async fn release_parts(&self) -> Result<Vec<ReleasePartRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::RELEASE_PARTS).fetch_all(pool).await?))
    }
}
