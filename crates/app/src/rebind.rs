//! Binding what is posted already to the factors in use: first shown, then accepted, and kept as an effect of method.

use std::sync::Arc;

use greenheart_store::JobState;
use serde::{Deserialize, Serialize};

use crate::jobs::Progress;
use crate::repost::RepostReport;
use crate::{Actor, App, AppError};

const PENDING: &str = "rebind.pending";
const ACCEPTED: &str = "rebind.accepted";

/// What binding again would change, waiting for somebody to accept it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rebinding {
    /// Snapshot of the ledger that was compared.
    pub seq: i64,
    /// Years that keep their factors.
    pub sealed: Vec<i16>,
    /// Before and after.
    pub report: RepostReport,
}

/// Binding again, accepted: its effect is one of method and stands beside every change over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rebound {
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who accepted it.
    pub by: String,
    /// Snapshot before.
    pub before: i64,
    /// Snapshot after.
    pub after: String,
    /// Before and after.
    pub report: RepostReport,
}

/// Where binding again stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RebindState {
    /// A comparison waits for somebody to accept it.
    pub pending: Option<Rebinding>,
    /// One is being made, or being accepted.
    pub running: bool,
    /// Accepted ones, the first one first.
    pub accepted: Vec<Rebound>,
}

impl App {
    /// What waits, what runs and what was accepted.
    pub async fn rebind_state(&self, actor: &Actor) -> Result<RebindState, AppError> {
        let accepted = self.rebinds(actor).await?;
        let jobs = self.store.jobs(None, 50).await?;
        let running = |job: &greenheart_store::Job| {
            job.kind == "repost" && matches!(job.state(), JobState::Waiting | JobState::Running)
        };
        Ok(RebindState {
            pending: self.pending_rebind().await?,
            running: jobs.iter().any(running),
            accepted,
        })
    }

    /// Begins a comparison beside the request that asked for it; with `accept` makes the last one count.
    pub async fn start_rebind(self: &Arc<Self>, actor: &Actor, accept: bool) -> Result<(), AppError> {
        let verb = if accept { "factors.accept" } else { "factors.rebind" };
        self.allowed(actor, actor.may_operate(), verb, None).await?;
        let (app, actor) = (Arc::clone(self), actor.clone());
        tokio::spawn(async move {
            let done = if accept {
                app.accept_rebind(&actor, &mut |_| {}).await.map(|_| ())
            } else {
                app.rebind(&actor, &mut |_| {}).await.map(|_| ())
            };
            if let Err(error) = done {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "binding to other factors ended badly"
                );
            }
        });
        Ok(())
    }

    /// Compares every posting with what it would be with the factors in use. Nothing counts until it is accepted.
    pub async fn rebind(&self, actor: &Actor, tell: &mut (dyn FnMut(&Progress) + Send)) -> Result<Rebinding, AppError> {
        self.allowed(actor, actor.may_operate(), "factors.rebind", None).await?;
        let seq = self.store.head().await?.seq;
        let report = self.repost(actor, true, tell).await?;
        let rebinding = Rebinding {
            seq,
            sealed: self.seals().await?.into_keys().collect(),
            report,
        };
        self.store.put_setting(PENDING, &text(&rebinding)?).await?;
        self.note(actor, "factors.rebind", None, &rebinding.report.factor_set, "done")
            .await?;
        Ok(rebinding)
    }

    /// Makes the comparison that was shown last count, when nothing has changed since.
    pub async fn accept_rebind(
        &self,
        actor: &Actor,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<Rebound, AppError> {
        self.allowed(actor, actor.may_operate(), "factors.accept", None).await?;
        let pending = self.pending_rebind().await?.ok_or_else(|| {
            AppError::input(
                "no comparison waits to be accepted",
                "`greenheart factors rebind` shows what would change",
            )
        })?;
        let sealed: Vec<i16> = self.seals().await?.into_keys().collect();
        let same = self.store.head().await?.seq == pending.seq
            && self.current_factors().await?.version == pending.report.factor_set
            && sealed == pending.sealed;
        if !same {
            return Err(AppError::input(
                "the books, the factors or the seals have changed since the comparison",
                "`greenheart factors rebind` compares again",
            ));
        }
        let report = self.repost(actor, false, tell).await?;
        let rebound = Rebound {
            at_ms: self.now_ms(),
            by: actor.name.clone(),
            before: pending.seq,
            after: report.snapshot.clone(),
            report,
        };
        let mut all = self.accepted().await?;
        all.push(rebound.clone());
        self.store.put_setting(ACCEPTED, &text(&all)?).await?;
        self.store.put_setting(PENDING, "").await?;
        self.note(actor, "factors.accept", None, &rebound.after, "done").await?;
        Ok(rebound)
    }

    /// Sets the comparison that waits aside. Nothing has counted of it.
    pub async fn discard_rebind(&self, actor: &Actor) -> Result<(), AppError> {
        self.allowed(actor, actor.may_operate(), "factors.discard", None)
            .await?;
        self.store.put_setting(PENDING, "").await?;
        self.note(actor, "factors.discard", None, "", "done").await
    }

    /// Every accepted binding, the first one first: what of a change over time is method.
    pub async fn rebinds(&self, actor: &Actor) -> Result<Vec<Rebound>, AppError> {
        self.allowed(actor, actor.may_administer(), "factors.rebinds", None)
            .await?;
        self.note(actor, "factors.rebinds", None, "", "done").await?;
        self.accepted().await
    }

    async fn pending_rebind(&self) -> Result<Option<Rebinding>, AppError> {
        let kept = self.store.setting(PENDING).await?.filter(|text| !text.is_empty());
        kept.map(|text| serde_json::from_str(&text).map_err(|error| AppError::Damaged(format!("{PENDING}: {error}"))))
            .transpose()
    }

    pub(crate) async fn accepted(&self) -> Result<Vec<Rebound>, AppError> {
        match self.store.setting(ACCEPTED).await? {
            Some(text) => {
                serde_json::from_str(&text).map_err(|error| AppError::Damaged(format!("{ACCEPTED}: {error}")))
            }
            None => Ok(Vec::new()),
        }
    }
}

fn text(value: &impl Serialize) -> Result<String, AppError> {
    serde_json::to_string(value).map_err(|error| AppError::Damaged(error.to_string()))
}
