//! Jobs that a page begins and then follows: how far they are, and where to look when they have ended.

use std::sync::Arc;

use greenheart_store::JobState;

use crate::jobs::Work;
use crate::{Actor, App, AppError, JobView};

/// A job, followed.
#[derive(Debug)]
pub struct FollowedJob {
    /// How far it is.
    pub job: JobView,
    /// What came of it, once it has ended.
    pub ended: Option<Result<JobEnd, AppError>>,
}

/// What came of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobEnd {
    /// A release of this number.
    Release(i64),
    /// A network of exchanges.
    Network,
    /// Something that its own page tells of.
    Elsewhere,
}

impl App {
    /// A job that the actor may follow.
    pub async fn followed_job(&self, actor: &Actor, id: &str) -> Result<FollowedJob, AppError> {
        let (job, work) = self.followed(actor, id).await?;
        let ended = match job.state() {
            JobState::Waiting | JobState::Running => None,
            _ => Some(self.result(id).await.and_then(|value| match work {
                Work::Release { .. } => {
                    let number = value.as_i64();
                    let lacking = || AppError::Damaged(format!("job `{id}` names no release"));
                    number.map(JobEnd::Release).ok_or_else(lacking)
                }
                Work::Network { .. } => Ok(JobEnd::Network),
                _ => Ok(JobEnd::Elsewhere),
            })),
        };
        Ok(FollowedJob {
            job: JobView::of(&job),
            ended,
        })
    }

    /// Keeps a job and runs it beside the request that asked for it.
    pub(crate) async fn start(self: &Arc<Self>, work: Work) -> Result<String, AppError> {
        let id = self.enqueue(&work).await?;
        self.follow(id.clone(), work);
        Ok(id)
    }
}
