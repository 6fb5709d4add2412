//! Long work: claimed with a lease, kept alive by a heartbeat, safe to run twice.

use greenheart_model::MemberId;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::{Store, StoreError, on_db, sql};

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Nobody has taken it.
    Waiting,
    /// A worker has it.
    Running,
    /// It has a result.
    Done,
    /// It ended with an error.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

/// A piece of long work.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct Job {
    /// Its idempotency key: asking for the same work again finds the same job.
    pub id: String,
    /// What kind of work.
    pub kind: String,
    /// The member it works for; an erasure takes its jobs along.
    #[sqlx(rename = "member_id")]
    pub member: Option<String>,
    /// What to do, as JSON.
    pub payload: String,
    state: String,
    /// Who has it.
    pub worker: Option<String>,
    /// Until when the worker is believed to live, in ms.
    pub lease_until_ms: Option<i64>,
    /// How often it was taken.
    pub attempts: i64,
    /// How far it is, as JSON.
    pub progress: Option<String>,
    /// Result or error, as JSON.
    pub result: Option<String>,
}

impl Job {
    /// How far it has come.
    pub fn state(&self) -> JobState {
        match self.state.as_str() {
            "waiting" => JobState::Waiting,
            "running" => JobState::Running,
            "done" => JobState::Done,
            "cancelled" => JobState::Cancelled,
            _ => JobState::Failed,
        }
    }
}

impl Store {
    /// Asks for work; the same identifier a second time changes nothing.
    pub async fn enqueue(
        &self,
        id: &str,
        kind: &str,
        member: Option<&MemberId>,
        payload: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        on_db!(self, pool => {
            sqlx::query(sql::ADD_JOB)
                .bind(id).bind(kind).bind(member.map(MemberId::as_str)).bind(payload).bind(now_ms)
                .execute(pool).await?;
        });
        Ok(())
    }

    /// The most recent jobs, newest first; with a member, only those for it. Payload and result are left out.
    pub async fn jobs(&self, member: Option<&MemberId>, limit: i64) -> Result<Vec<Job>, StoreError> {
        on_db!(self, pool => match member {
            Some(member) => Ok(sqlx::query_as(sql::JOBS_OF).bind(limit).bind(member.as_str()).fetch_all(pool).await?),
            None => Ok(sqlx::query_as(sql::JOBS).bind(limit).fetch_all(pool).await?),
        })
    }

    /// A job.
    pub async fn job(&self, id: &str) -> Result<Option<Job>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::JOB).bind(id).fetch_optional(pool).await?))
    }

    /// Takes a job that waits or whose worker has died; `false` when somebody else has it.
    pub async fn claim(&self, id: &str, worker: &str, lease_until_ms: i64, now_ms: i64) -> Result<bool, StoreError> {
        on_db!(self, pool => Ok(sqlx::query(sql::CLAIM_JOB)
            .bind(id).bind(worker).bind(lease_until_ms).bind(now_ms)
            .execute(pool).await?.rows_affected() == 1))
    }

    /// Says that the worker lives and how far it is; `false` when the job is no longer its own.
    pub async fn beat(&self, id: &str, worker: &str, lease_until_ms: i64, progress: &str) -> Result<bool, StoreError> {
        on_db!(self, pool => Ok(sqlx::query(sql::BEAT_JOB)
            .bind(id).bind(worker).bind(lease_until_ms).bind(progress)
            .execute(pool).await?.rows_affected() == 1))
    }

    /// Ends a job with its result.
    pub async fn finish(&self, id: &str, worker: &str, failed: bool, result: &str) -> Result<(), StoreError> {
        let state = if failed { "failed" } else { "done" };
        on_db!(self, pool => {
            sqlx::query(sql::END_JOB).bind(id).bind(worker).bind(state).bind(result).execute(pool).await?;
        });
        Ok(())
    }

    /// Ends a job from outside: its worker was killed.
    pub async fn fail_job(&self, id: &str, result: &str) -> Result<(), StoreError> {
        on_db!(self, pool => { sqlx::query(sql::FAIL_JOB).bind(id).bind(result).execute(pool).await?; });
        Ok(())
    }

    /// Stops a job.
    pub async fn cancel(&self, id: &str) -> Result<(), StoreError> {
        on_db!(self, pool => { sqlx::query(sql::CANCEL_JOB).bind(id).execute(pool).await?; });
        Ok(())
    }

    /// Jobs that wait or whose worker has died.
    pub async fn unfinished_jobs(&self, now_ms: i64) -> Result<Vec<Job>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::UNFINISHED_JOBS).bind(now_ms).fetch_all(pool).await?))
    }
}
