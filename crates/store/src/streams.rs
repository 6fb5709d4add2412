//! Streams that members have or need, and the exchanges that come of them. Their content is opaque here.

use greenheart_model::MemberId;
use sqlx::FromRow;

use crate::{Store, StoreError, on_db, sql};

/// Something kept under an identifier, with the revision that a change must name.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct KeptRow {
    /// Its identifier.
    pub id: String,
    /// Whose: the holder of a stream, the giver of an exchange.
    #[sqlx(rename = "member_id")]
    pub member: String,
    /// Counts up with every change.
    pub revision: i64,
    /// JSON.
    pub content: String,
}

impl KeptRow {
    fn of((id, member, revision, content): (String, String, i64, String)) -> Self {
        Self {
            id,
            member,
            revision,
            content,
        }
    }
}

impl Store {
    /// Adds a stream; `false` when the identifier is taken.
    pub async fn add_stream(&self, id: &str, member: &MemberId, content: &str) -> Result<bool, StoreError> {
        on_db!(self, pool => Ok(sqlx::query(sql::ADD_STREAM)
            .bind(id).bind(member.as_str()).bind(content)
            .execute(pool).await?.rows_affected() == 1))
    }

    /// Changes a stream; `false` when somebody changed it since `revision`.
    pub async fn put_stream(&self, id: &str, revision: i64, content: &str) -> Result<bool, StoreError> {
        on_db!(self, pool => Ok(sqlx::query(sql::PUT_STREAM)
            .bind(id).bind(revision).bind(content)
            .execute(pool).await?.rows_affected() == 1))
    }

    /// A stream.
    pub async fn stream(&self, id: &str) -> Result<Option<KeptRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::STREAM).bind(id).fetch_optional(pool).await?))
    }

    /// Every stream, or those of one member, by identifier.
    pub async fn streams(&self, member: Option<&MemberId>) -> Result<Vec<KeptRow>, StoreError> {
        on_db!(self, pool => Ok(match member {
            None => sqlx::query_as(sql::STREAMS).fetch_all(pool).await?,
            Some(member) => sqlx::query_as(sql::STREAMS_OF).bind(member.as_str()).fetch_all(pool).await?,
        }))
    }

    /// Adds an exchange between two members; `false` when the identifier is taken.
    pub async fn add_exchange(
        &self,
        id: &str,
        giver: &MemberId,
        taker: &MemberId,
        content: &str,
    ) -> Result<bool, StoreError> {
        on_db!(self, pool => Ok(sqlx::query(sql::ADD_EXCHANGE)
            .bind(id).bind(giver.as_str()).bind(taker.as_str()).bind(content)
            .execute(pool).await?.rows_affected() == 1))
    }

    /// Changes an exchange; `false` when somebody changed it since `revision`.
    pub async fn put_exchange(&self, id: &str, revision: i64, content: &str) -> Result<bool, StoreError> {
        on_db!(self, pool => Ok(sqlx::query(sql::PUT_EXCHANGE)
            .bind(id).bind(revision).bind(content)
            .execute(pool).await?.rows_affected() == 1))
    }

    /// An exchange.
    pub async fn exchange(&self, id: &str) -> Result<Option<KeptRow>, StoreError> {
        let row: Option<(String, String, i64, String)> =
            on_db!(self, pool => sqlx::query_as(sql::EXCHANGE).bind(id).fetch_optional(pool).await?);
        Ok(row.map(KeptRow::of))
    }

    /// Every exchange, by identifier.
    pub async fn exchanges(&self) -> Result<Vec<KeptRow>, StoreError> {
        let rows: Vec<(String, String, i64, String)> =
            on_db!(self, pool => sqlx::query_as(sql::EXCHANGES).fetch_all(pool).await?);
        Ok(rows.into_iter().map(KeptRow::of).collect())
    }
}
