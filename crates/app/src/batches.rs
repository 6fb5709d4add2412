//! Listing and withdrawing import sets.

use std::collections::BTreeMap;
use std::sync::Arc;

use greenheart_model::{BatchId, ControlTotal, Coverage, FileId, MemberId, Status};
use greenheart_store::{BatchState, BatchSummary, Change, CommitError, Operation};
use serde::{Deserialize, Serialize};

use crate::members::{commit_error, no_member};
use crate::{Actor, App, AppError};

/// A batch in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchLine {
    /// Identifier.
    pub id: BatchId,
    /// Whose.
    pub member: MemberId,
    /// Reader, such as `saft@1`.
    pub importer: String,
    /// Names of its files.
    pub files: Vec<String>,
    /// What it covers.
    pub coverage: Vec<Coverage>,
    /// Rows.
    pub rows: i64,
    /// Whether it can be relied on; absent when its content was erased.
    pub status: Option<Status>,
    /// How many findings of each code.
    pub findings: Vec<(String, u64)>,
    /// Its own totals beside ours.
    pub control_totals: Vec<ControlTotal>,
    /// When it was committed, in ms since 1970.
    pub committed_at_ms: i64,
    /// Whether it counts.
    pub state: BatchState,
}

/// What a withdrawal did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Which.
    pub batch: BatchId,
    /// Where the ledger stands now.
    pub snapshot: String,
}

impl App {
    /// Import sets of the members that the actor may see, oldest first; with `all` also those that count no more.
    pub async fn batches(
        &self,
        actor: &Actor,
        member: Option<&MemberId>,
        all: bool,
    ) -> Result<Vec<Arc<BatchLine>>, AppError> {
        let member = member.cloned().or_else(|| actor.member().cloned());
        if let Some(member) = &member {
            self.may_look(actor, member, "batches").await?;
        }
        let (directory, shelf) = (self.directory().await?, self.shelf().await?);
        let sees = |line: &BatchLine| match &member {
            Some(member) => *member == line.member,
            None => actor.may_read(&line.member, directory.visibility(&line.member)).is_ok(),
        };
        let lines: Vec<Arc<BatchLine>> = shelf
            .all()
            .filter(|line| (all || line.state == BatchState::Visible) && sees(line))
            .cloned()
            .collect();
        if member.is_none() {
            self.note_looks(actor, lines.iter().map(|line| &line.member), "batches")
                .await?;
        }
        Ok(lines)
    }

    /// One batch of a member that the actor may see.
    pub(crate) async fn batch_for(&self, actor: &Actor, batch: &BatchId) -> Result<BatchSummary, AppError> {
        let hidden = || AppError::NotFound {
            what: "batch",
            id: batch.to_string(),
        };
        let summary = self.store.batch(batch).await?.ok_or_else(hidden)?;
        // Whether a batch of somebody else exists is nobody's business either.
        if self.can_read(actor, &summary.member).await? {
            Ok(summary)
        } else {
            Err(hidden())
        }
    }

    /// Takes a batch out of every figure. Its history stays.
    pub async fn withdraw(&self, actor: &Actor, batch: &BatchId, reason: &str) -> Result<Withdrawn, AppError> {
        if reason.trim().is_empty() {
            return Err(AppError::input(
                "a withdrawal needs a reason",
                "give it with `--reason`",
            ));
        }
        let hidden = || AppError::NotFound {
            what: "visible batch",
            id: batch.to_string(),
        };
        let found = self.store.batch(batch).await?;
        let member = found.as_ref().map(|summary| summary.member.clone());
        let right = match &member {
            Some(member) => actor.may_write(member),
            None => Ok(()),
        };
        if right.is_err() || found.is_none() {
            self.note(actor, "withdraw", actor.member(), batch.as_str(), "refused")
                .await?;
            return Err(hidden());
        }
        for _ in 0..200 {
            let head = self.store.head().await?;
            let change = Change {
                at_ms: self.now_ms(),
                audit: self.audit_row(actor, "withdraw", member.as_ref(), batch.as_str(), "done"),
                operation: Operation::Withdraw {
                    batch: batch.clone(),
                    reason: reason.to_owned(),
                },
            };
            match self.store.commit(&change, &head, &*self.surroundings.steps).await {
                Ok(mut head) => {
                    if let Some(member) = &member {
                        self.settle_metering(actor, member).await?;
                        head = self.store.head().await?;
                    }
                    self.caught_up(head.seq).await;
                    return Ok(Withdrawn {
                        batch: batch.clone(),
                        snapshot: format!("s{}", head.seq),
                    });
                }
                Err(CommitError::HeadMoved) => {}
                Err(error) => return Err(commit_error(error)),
            }
        }
        Err(commit_error(CommitError::HeadMoved))
    }

    /// Whether the actor may see named figures of `member`.
    pub(crate) async fn can_read(&self, actor: &Actor, member: &MemberId) -> Result<bool, AppError> {
        Ok(actor.may_read(member, self.visibility(member).await?).is_ok())
    }

    /// Passes when the actor may see named figures of `member`, and writes the look down.
    pub(crate) async fn may_look(&self, actor: &Actor, member: &MemberId, verb: &str) -> Result<(), AppError> {
        let directory = self.directory().await?;
        let right = actor.may_read(member, directory.visibility(member));
        self.allowed(actor, right, verb, Some(member)).await?;
        if directory.member(member).is_none() {
            return Err(no_member(member));
        }
        if actor.is_stranger_to(member) {
            self.note(actor, verb, Some(member), "", "done").await?;
        }
        Ok(())
    }

    /// Writes down a look at several members.
    pub(crate) async fn note_looks<'a>(
        &self,
        actor: &Actor,
        members: impl Iterator<Item = &'a MemberId>,
        verb: &str,
    ) -> Result<(), AppError> {
        let seen: std::collections::BTreeSet<&MemberId> =
            members.filter(|member| actor.is_stranger_to(member)).collect();
        let rows = seen
            .into_iter()
            .map(|member| self.audit_row(actor, verb, Some(member), "", "done"));
        self.note_rows(rows.collect()).await
    }
}

/// A batch as a list shows it.
pub(crate) fn line_of(summary: BatchSummary, files: &BTreeMap<FileId, String>) -> BatchLine {
    let batch = summary.batch;
    let names = |id: &FileId| files.get(id).cloned();
    BatchLine {
        id: summary.id,
        member: summary.member,
        importer: batch.as_ref().map_or_else(String::new, |batch| {
            format!("{}@{}", batch.importer, batch.importer_version)
        }),
        files: batch.iter().flat_map(|batch| &batch.files).filter_map(names).collect(),
        coverage: batch.as_ref().map(|batch| batch.coverage.clone()).unwrap_or_default(),
        rows: summary.rows,
        status: batch.as_ref().map(|batch| batch.status),
        findings: batch
            .iter()
            .flat_map(|batch| batch.findings.counts())
            .map(|(code, count, _)| (code.to_owned(), count))
            .collect(),
        control_totals: batch.map(|batch| batch.control_totals).unwrap_or_default(),
        committed_at_ms: summary.committed_at_ms,
        state: summary.state,
    }
}
