//! Files that a person hands in through a page: kept in staging, read on trial, taken in when confirmed.
//!
//! Each step is a job, so that no request waits for it and a restart loses nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use greenheart_model::MemberId;
use greenheart_store::{Job, JobState};

use crate::import::{ImportReport, ImportRequest, OnOverlap, Outcome};
use crate::jobs::{JobView, Work};
use crate::{Actor, App, AppError};

/// What is left over for so long was forgotten.
const FORGOTTEN_MS: i64 = 24 * 3_600_000;
/// A folder of one upload begins so; its number is the time it was made.
const PREFIX: &str = "upload-";

/// A folder in staging that fills with files.
#[derive(Debug)]
pub struct Upload {
    folder: PathBuf,
    member: MemberId,
    files: Vec<PathBuf>,
}

impl Upload {
    /// A new file for what a person calls `name`. The name chooses no folder and hides nothing.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn file(&mut self, name: &str) -> Result<fs::File, AppError> {
        let name = harmless(name);
        let folder = self.folder.join(self.files.len().to_string());
        fs::create_dir(&folder).map_err(AppError::io(format!("keeping `{name}`")))?;
        let path = folder.join(&name);
        let file = fs::File::create_new(&path).map_err(AppError::io(format!("keeping `{name}`")))?;
        self.files.push(path);
        Ok(file)
    }

    /// Whether nothing was handed in.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Gives it up.
    pub fn discard(self) -> Result<(), AppError> {
        fs::remove_dir_all(&self.folder).map_err(AppError::io("removing an upload"))
    }
}

/// An import that was asked for on a page.
#[derive(Debug)]
pub struct ImportJob {
    /// How far it is.
    pub job: JobView,
    /// It only says what would come of it.
    pub dry_run: bool,
    /// Whose files.
    pub member: Option<MemberId>,
    /// Names of the files.
    pub files: Vec<String>,
    /// The files still lie in staging, so that it can be confirmed.
    pub waiting: bool,
    /// What came of it; why it failed.
    pub report: Option<Result<ImportReport, AppError>>,
}

/// An import in a list.
#[derive(Debug, Clone)]
pub struct ImportLine {
    /// Its job.
    pub id: String,
    /// How far it is.
    pub state: JobState,
    /// It only says what would come of it.
    pub dry_run: bool,
    /// The files still lie in staging.
    pub waiting: bool,
    /// Names of the files.
    pub files: Vec<String>,
}

impl App {
    /// The most recent imports of the actor's own member, newest first.
    pub async fn imports(&self, actor: &Actor, limit: usize) -> Result<Vec<ImportLine>, AppError> {
        let member = actor.may_hand_in()?;
        let mut lines = Vec::new();
        for job in self.store.jobs(Some(member), 200).await? {
            let Ok(Work::Import { request, .. }) = serde_json::from_str(&job.payload) else {
                continue;
            };
            if request.member.as_ref() == Some(member) && lines.len() < limit {
                lines.push(ImportLine {
                    state: job.state(),
                    dry_run: request.dry_run,
                    waiting: is_there(&request),
                    files: request.files.iter().map(|path| shown(path)).collect(),
                    id: job.id,
                });
            }
        }
        Ok(lines)
    }

    /// Makes room for files of the actor's own member.
    pub async fn begin_upload(&self, actor: &Actor) -> Result<Upload, AppError> {
        let Some(member) = actor.member().cloned() else {
            self.allowed(actor, actor.may_operate(), "import", None).await?;
            return Err(AppError::input(
                "these files belong to nobody",
                "log in for the member that they are of",
            ));
        };
        self.allowed(actor, actor.may_write(&member), "import", Some(&member))
            .await?;
        self.member(&member).await?;
        self.forget_old_uploads()?;
        let mut nonce = [0; 16];
        self.surroundings.entropy.fill(&mut nonce)?;
        let name = format!("{PREFIX}{}-{}", self.now_ms(), hex::encode(nonce));
        let folder = self.folder.staging().join(name);
        fs::create_dir(&folder).map_err(AppError::io("making room for an upload"))?;
        Ok(Upload {
            folder,
            member,
            files: Vec::new(),
        })
    }

    /// Reads an upload on trial; the job says what would come of it.
    pub async fn try_upload(self: &Arc<Self>, actor: &Actor, upload: Upload) -> Result<String, AppError> {
        let request = ImportRequest {
            files: upload.files,
            member: Some(upload.member),
            dry_run: true,
            on_overlap: OnOverlap::Ask,
            mapping: None,
            save_mapping: None,
            coverage: None,
            together: false,
        };
        self.start_import(actor, request).await
    }

    /// Takes in what a trial has read.
    pub async fn confirm_import(
        self: &Arc<Self>,
        actor: &Actor,
        trial: &str,
        on_overlap: OnOverlap,
    ) -> Result<String, AppError> {
        let (job, request) = self.own_import(actor, trial).await?;
        if job.state() != JobState::Done || !is_there(&request) {
            return Err(AppError::input(
                "these files are no longer waiting",
                "hand them in again",
            ));
        }
        let request = ImportRequest {
            dry_run: false,
            on_overlap,
            ..request
        };
        self.start_import(actor, request).await
    }

    /// Removes the files of a trial that shall not be taken in.
    pub async fn discard_import(&self, actor: &Actor, trial: &str) -> Result<(), AppError> {
        let (job, request) = self.own_import(actor, trial).await?;
        if matches!(job.state(), JobState::Waiting | JobState::Running) {
            self.cancel(actor, trial).await?;
        }
        self.remove_upload(&request)
    }

    /// How far an import of the actor's own member is, and what came of it.
    pub async fn import_job(&self, actor: &Actor, id: &str) -> Result<ImportJob, AppError> {
        let (job, request) = self.own_import(actor, id).await?;
        let report: Option<Result<ImportReport, AppError>> = match job.state() {
            JobState::Waiting | JobState::Running => None,
            _ => Some(self.result(id).await.and_then(|value| {
                serde_json::from_value(value).map_err(|error| AppError::Damaged(format!("job `{id}`: {error}")))
            })),
        };
        // Whoever reads that it is in looks for it on the other pages next.
        if let Some(Ok(report)) = &report {
            let taken_in = report.sets.iter().filter_map(|set| set.batch.as_ref()).collect();
            self.caught_up(self.shelf().await?.newest_of(&taken_in)).await;
        }
        Ok(ImportJob {
            dry_run: request.dry_run,
            member: request.member.clone(),
            files: request.files.iter().map(|path| shown(path)).collect(),
            waiting: is_there(&request),
            job: JobView::of(&job),
            report,
        })
    }

    /// Takes up jobs that a restart has interrupted. One whose worker may still live is looked at again later.
    pub async fn resume_jobs(self: &Arc<Self>) -> Result<(), AppError> {
        let again = Arc::clone(self);
        let later = Duration::from_millis(self.config.worker.lease_ms.max(2_000).unsigned_abs() + 1_000);
        self.resume_dead_jobs().await?;
        tokio::spawn(async move {
            tokio::time::sleep(later).await;
            if let Err(error) = again.resume_dead_jobs().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "interrupted jobs could not be taken up"
                );
            }
        });
        Ok(())
    }

    async fn resume_dead_jobs(self: &Arc<Self>) -> Result<(), AppError> {
        for job in self.store.unfinished_jobs(self.now_ms()).await? {
            let work = serde_json::from_str(&job.payload)
                .map_err(|error| AppError::Damaged(format!("job `{}`: {error}", job.id)))?;
            tracing::info!(job.id = job.id, "an interrupted job is taken up");
            self.follow(job.id, work);
        }
        Ok(())
    }

    pub(crate) async fn start_import(
        self: &Arc<Self>,
        actor: &Actor,
        request: ImportRequest,
    ) -> Result<String, AppError> {
        let right = match &request.member {
            Some(member) => actor.may_write(member),
            None => actor.may_operate(),
        };
        self.allowed(actor, right, "import", request.member.as_ref()).await?;
        let work = Work::Import {
            actor: actor.clone(),
            request,
        };
        let id = self.enqueue(&work).await?;
        self.follow(id.clone(), work);
        Ok(id)
    }

    /// Runs a job beside the request that asked for it; its end lies in the catalogue.
    pub(crate) fn follow(self: &Arc<Self>, id: String, work: Work) {
        let app = Arc::clone(self);
        tokio::spawn(async move {
            let ended = match app.surroundings.launcher.clone() {
                None => app.work(&id).await,
                Some(launcher) => app.supervise(&id, &launcher, &mut |_| {}).await,
            };
            let cleared = match (ended, &work) {
                (Ok(()), Work::Import { request, .. }) if !request.dry_run => app.clear_after(&id, request).await,
                (Ok(()), Work::Articles { file, .. }) if file.parent() == Some(&app.folder.staging()) => {
                    fs::remove_file(file).map_err(AppError::io("removing a confirmed article"))
                }
                (ended, _) => ended,
            };
            if let Err(error) = cleared {
                tracing::error!(
                    job.id = id,
                    error = &error as &dyn std::error::Error,
                    "a job ended badly"
                );
            }
        });
    }

    /// Files that were taken in lie in the vault now; those that wait for a decision stay.
    async fn clear_after(&self, id: &str, request: &ImportRequest) -> Result<(), AppError> {
        let Ok(value) = self.result(id).await else {
            return Ok(());
        };
        let report: ImportReport =
            serde_json::from_value(value).map_err(|error| AppError::Damaged(format!("job `{id}`: {error}")))?;
        let undecided = |set: &crate::SetReport| set.outcome == Outcome::DecisionNeeded;
        if report.sets.iter().any(undecided) {
            return Ok(());
        }
        self.remove_upload(request)
    }

    pub(crate) async fn own_import(&self, actor: &Actor, id: &str) -> Result<(Job, ImportRequest), AppError> {
        let hidden = || AppError::NotFound {
            what: "import",
            id: id.to_owned(),
        };
        let job = self.store.job(id).await?.ok_or_else(hidden)?;
        let Ok(Work::Import { request, .. }) = serde_json::from_str(&job.payload) else {
            return Err(hidden());
        };
        let own = request
            .member
            .as_ref()
            .is_some_and(|member| actor.may_write(member).is_ok());
        if own { Ok((job, request)) } else { Err(hidden()) }
    }

    /// Removes the folders of an upload, and nothing outside staging.
    fn remove_upload(&self, request: &ImportRequest) -> Result<(), AppError> {
        let staging = self.folder.staging();
        for path in &request.files {
            let folder = path.parent().and_then(Path::parent);
            let ours = folder.filter(|folder| folder.parent() == Some(&staging) && made_ms(folder).is_some());
            if let Some(folder) = ours.filter(|folder| folder.exists()) {
                fs::remove_dir_all(folder).map_err(AppError::io("removing an upload"))?;
            }
        }
        Ok(())
    }

    fn forget_old_uploads(&self) -> Result<(), AppError> {
        let staging = self.folder.staging();
        for entry in fs::read_dir(&staging).map_err(AppError::io(staging.display().to_string()))? {
            let path = entry?.path();
            if made_ms(&path).is_some_and(|made| made + FORGOTTEN_MS < self.now_ms()) {
                fs::remove_dir_all(&path).map_err(AppError::io("removing a forgotten upload"))?;
            }
        }
        Ok(())
    }
}

/// When an upload was begun, by the name of its folder.
fn made_ms(folder: &Path) -> Option<i64> {
    let name = folder.file_name()?.to_str()?.strip_prefix(PREFIX)?;
    name.split('-').next()?.parse().ok()
}

pub(crate) fn is_there(request: &ImportRequest) -> bool {
    !request.files.is_empty() && request.files.iter().all(|path| path.exists())
}

fn shown(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The last part of a name, without what a file system or a terminal could take for a command.
fn harmless(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .map(|c| {
            if c.is_control() || "<>:\"|?*".contains(c) {
                '_'
            } else {
                c
            }
        })
        .collect();
    let kept = kept.trim().trim_start_matches('.');
    // The end of a name says what it is, so the beginning is what is cut.
    let mut start = kept.len().saturating_sub(160);
    while !kept.is_char_boundary(start) {
        start += 1;
    }
    if kept.is_empty() {
        "file".into()
    } else {
        kept[start..].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_choose_no_folder() {
        for (name, kept) in [
            ("saft.xml", "saft.xml"),
            ("../../etc/passwd", "passwd"),
            ("C:\\fakepath\\regn skap æø.csv", "regn skap æø.csv"),
            ("..", "file"),
            (".hidden", "hidden"),
            ("", "file"),
            ("a\u{0}b\n.csv", "a_b_.csv"),
            ("x/..\\", "file"),
        ] {
            assert_eq!(harmless(name), kept, "{name:?}");
        }
        let long = format!("{}.csv", "å".repeat(500));
        assert!(harmless(&long).len() <= 160 && harmless(&long).ends_with("å.csv"));
    }
}
