//! Confirming articles one by one: a register of one row, taken in through the same door as a filled-in table, beside the
//! request that asked for it.

use std::sync::Arc;

use greenheart_account::articles::Article;
use greenheart_model::MemberId;
use greenheart_store::JobState;

use crate::jobs::Work;
use crate::{Actor, App, AppError, ArticlesReport, JobView};

/// How far an article is on its way into the register, and what came of it.
#[derive(Debug)]
pub struct ArticleJob {
    /// How far.
    pub job: JobView,
    /// What came of it.
    pub report: Option<Result<ArticlesReport, AppError>>,
}

impl App {
    /// Takes one confirmed article into the register of a member and posts its invoices again, as a job.
    pub async fn confirm_article(
        self: &Arc<Self>,
        actor: &Actor,
        member: &MemberId,
        article: Article,
    ) -> Result<String, AppError> {
        self.allowed(actor, actor.may_write(member), "articles.import", Some(member))
            .await?;
        self.member(member).await?;
        let file = self.staged_register([article])?;
        let work = Work::Articles {
            actor: actor.clone(),
            member: member.clone(),
            file,
            dry_run: false,
        };
        let id = self.enqueue(&work).await?;
        self.follow(id.clone(), work);
        Ok(id)
    }

    /// A job of [`App::confirm_article`] of the actor's own member.
    pub async fn article_job(&self, actor: &Actor, id: &str) -> Result<ArticleJob, AppError> {
        let hidden = || AppError::NotFound {
            what: "job",
            id: id.to_owned(),
        };
        let job = self.store.job(id).await?.ok_or_else(hidden)?;
        let own = match serde_json::from_str(&job.payload) {
            Ok(Work::Articles { member, .. }) => actor.may_write(&member).is_ok(),
            _ => false,
        };
        if !own {
            return Err(hidden());
        }
        let over = !matches!(job.state(), JobState::Waiting | JobState::Running);
        let report = if over {
            Some(self.result(id).await.and_then(|value| {
                serde_json::from_value(value).map_err(|error| AppError::Damaged(format!("job `{id}`: {error}")))
            }))
        } else {
            None
        };
        if let Some(Ok(report)) = &report {
            let report: &ArticlesReport = report;
            if let Some(seq) = report.snapshot.strip_prefix('s').and_then(|seq| seq.parse().ok()) {
                self.caught_up(seq).await;
            }
        }
        Ok(ArticleJob {
            job: JobView::of(&job),
            report,
        })
    }
}
