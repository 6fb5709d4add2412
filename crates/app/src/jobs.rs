//! Long work runs in a child process with limits, so that a solver or a hostile file can be killed.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use greenheart_model::MemberId;
use greenheart_store::{JobState, Store};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::import::ImportRequest;
use crate::{Actor, App, AppError, Clock, Launcher};

/// How often the asking side looks how far the work is.
const LOOK: Duration = Duration::from_millis(40);
/// How often a worker says how far it is.
const BEAT: Duration = Duration::from_millis(300);
/// Looks that a worker has to end by itself after its job was cancelled; a solver may hear nothing for minutes.
const GRACE: u32 = 75;

/// How far a piece of work is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done, such as `read`, `post` or `commit`.
    pub stage: String,
    /// To what: a file name.
    pub subject: String,
    /// Done, in bytes, rows or files.
    pub done: u64,
    /// Of so many; 0 when unknown.
    pub total: u64,
}

/// A job as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobView {
    /// Identifier.
    pub id: String,
    /// What kind of work.
    pub kind: String,
    /// How far it has come.
    pub state: JobState,
    /// Details of it.
    pub progress: Option<Progress>,
    /// How often it was taken up.
    pub attempts: i64,
}

impl JobView {
    pub(crate) fn of(job: &greenheart_store::Job) -> Self {
        Self {
            id: job.id.clone(),
            kind: job.kind.clone(),
            state: job.state(),
            progress: job.progress.as_deref().and_then(|text| serde_json::from_str(text).ok()),
            attempts: job.attempts,
        }
    }
}

/// What to do, with whoever asked for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Work {
    /// Take in files.
    Import { actor: Actor, request: ImportRequest },
    /// Post visible batches again.
    Repost { actor: Actor, dry_run: bool },
    /// Take in a filled-in register of articles.
    Articles {
        actor: Actor,
        member: MemberId,
        file: std::path::PathBuf,
        dry_run: bool,
    },
    /// Design the best network of exchanges.
    Network {
        actor: Actor,
        request: Box<crate::circular::NetworkRequest>,
    },
    /// Compute and judge a release.
    Release { actor: Actor },
}

impl Work {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Import { .. } => "import",
            Self::Repost { .. } => "repost",
            Self::Articles { .. } => "articles",
            Self::Network { .. } => "network",
            Self::Release { .. } => "release",
        }
    }

    pub(crate) fn actor(&self) -> &Actor {
        match self {
            Self::Import { actor, .. }
            | Self::Repost { actor, .. }
            | Self::Articles { actor, .. }
            | Self::Network { actor, .. }
            | Self::Release { actor } => actor,
        }
    }

    fn member(&self) -> Option<&MemberId> {
        match self {
            Self::Import { actor, request } => request.member.as_ref().or(actor.member()),
            Self::Articles { member, .. } => Some(member),
            Self::Repost { .. } | Self::Network { .. } | Self::Release { .. } => None,
        }
    }
}

/// The worker's side of a job: tells progress, hears that it shall stop.
#[derive(Clone, Default)]
pub(crate) struct Handle {
    progress: Arc<Mutex<Progress>>,
    cancelled: Arc<AtomicBool>,
}

impl Handle {
    pub(crate) fn tell(&self, progress: Progress) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }

    pub(crate) fn advance(&self, done: u64) {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).done = done;
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn progress(&self) -> Progress {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Result of a job as it stands in the catalogue.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ending {
    Done(Value),
    /// The request does not make sense.
    Refused {
        message: String,
        hint: String,
    },
    Failed {
        message: String,
        disk_full: bool,
    },
}

impl App {
    /// Runs work as a job, in a worker process when there is a launcher, and waits for its result.
    pub(crate) async fn run(&self, work: &Work, tell: &mut (dyn FnMut(&Progress) + Send)) -> Result<Value, AppError> {
        let id = self.enqueue(work).await?;
        match self.surroundings.launcher.clone() {
            None => self.work(&id).await?,
            Some(launcher) => self.supervise(&id, &launcher, tell).await?,
        }
        self.result(&id).await
    }

    pub(crate) async fn enqueue(&self, work: &Work) -> Result<String, AppError> {
        let payload = serde_json::to_string(work).map_err(|error| AppError::Damaged(error.to_string()))?;
        let mut nonce = [0; 8];
        self.surroundings.entropy.fill(&mut nonce)?;
        let now = self.now_ms();
        let hash = blake3::hash(format!("{payload}{now}{}", hex::encode(nonce)).as_bytes()).to_hex();
        let id = format!("job-{}", &hash.as_str()[..16]);
        self.store
            .enqueue(&id, work.kind(), work.member(), &payload, now)
            .await?;
        Ok(id)
    }

    /// Starts a worker process and follows it until it ends.
    pub(crate) async fn supervise(
        &self,
        id: &str,
        launcher: &Launcher,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<(), AppError> {
        let mut child = tokio::process::Command::new(&launcher.program)
            .args(&launcher.arguments)
            .args(["worker", "--job", id])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(AppError::io(format!("starting `{}`", launcher.program.display())))?;
        let (mut last, mut overdue) = (None, 0);
        let status = loop {
            if let Ok(ended) = tokio::time::timeout(LOOK, child.wait()).await {
                break ended.map_err(AppError::io("waiting for the worker"))?;
            }
            let job = self.store.job(id).await?;
            if job.as_ref().is_none_or(|job| job.state() == JobState::Cancelled) {
                overdue += 1;
                if overdue == GRACE {
                    child.start_kill().map_err(AppError::io("stopping a worker"))?;
                }
            }
            let progress = job.and_then(|job| job.progress);
            if progress != last {
                if let Some(progress) = progress.as_deref().and_then(|text| serde_json::from_str(text).ok()) {
                    tell(&progress);
                }
                last = progress;
            }
        };
        let unfinished = self
            .store
            .job(id)
            .await?
            .is_some_and(|job| matches!(job.state(), JobState::Running | JobState::Waiting));
        if unfinished {
            let ending = Ending::Failed {
                message: how_it_ended(status),
                disk_full: false,
            };
            self.store.fail_job(id, &to_text(&ending)?).await?;
        }
        Ok(())
    }

    /// The result of an ended job.
    pub(crate) async fn result(&self, id: &str) -> Result<Value, AppError> {
        let job = self.store.job(id).await?.ok_or_else(|| AppError::NotFound {
            what: "job",
            id: id.to_owned(),
        })?;
        if job.state() == JobState::Cancelled {
            return Err(AppError::Cancelled);
        }
        let text = job.result.unwrap_or_default();
        match serde_json::from_str(&text) {
            Ok(Ending::Done(value)) => Ok(value),
            Ok(Ending::Refused { message, hint }) => Err(AppError::Input { message, hint }),
            Ok(Ending::Failed { disk_full: true, .. }) => Err(AppError::Io {
                what: "the disk is full; nothing was taken in".into(),
                source: std::io::ErrorKind::StorageFull.into(),
            }),
            Ok(Ending::Failed { message, .. }) => Err(AppError::Worker(message)),
            Err(_) => Err(AppError::Worker("it left no result".into())),
        }
    }

    /// Does a job, here and now: what `greenheart worker` calls.
    ///
    /// # Errors
    /// When the job is not there, somebody else has it, or the catalogue fails; an error of the work itself
    /// becomes the job's result.
    pub async fn work(&self, id: &str) -> Result<(), AppError> {
        let lease = self.config.worker.lease_ms.max(2_000);
        let worker = format!("pid-{}", std::process::id());
        let now = self.now_ms();
        if !self.store.claim(id, &worker, now + lease, now).await? {
            return Err(AppError::NotFound {
                what: "waiting job",
                id: id.to_owned(),
            });
        }
        let job = self.store.job(id).await?.ok_or_else(|| AppError::NotFound {
            what: "job",
            id: id.to_owned(),
        })?;
        let work: Work =
            serde_json::from_str(&job.payload).map_err(|error| AppError::Damaged(format!("job `{id}`: {error}")))?;
        let handle = Handle::default();
        let heart = Heart {
            store: self.store.clone(),
            clock: Arc::clone(&self.surroundings.clock),
            job: id.to_owned(),
            worker: worker.clone(),
            lease,
            handle: handle.clone(),
        };
        let beating = tokio::spawn(heart.beat());
        let outcome = self.execute(id, &work, &handle).await;
        beating.abort();
        let ending = match outcome {
            Ok(value) => Ending::Done(value),
            Err(AppError::Cancelled) => return Ok(()),
            Err(AppError::Input { message, hint }) => Ending::Refused { message, hint },
            Err(error) => {
                tracing::error!(
                    job.id = id,
                    work = work.kind(),
                    error = &error as &dyn std::error::Error,
                    "a job failed"
                );
                Ending::Failed {
                    disk_full: error.is_disk_full(),
                    message: chain(&error),
                }
            }
        };
        let failed = !matches!(ending, Ending::Done(_));
        Ok(self.store.finish(id, &worker, failed, &to_text(&ending)?).await?)
    }

    async fn execute(&self, id: &str, work: &Work, handle: &Handle) -> Result<Value, AppError> {
        let value = match work {
            Work::Import { actor, request } => serde_json::to_value(self.take_in(id, actor, request, handle).await?),
            Work::Repost { actor, dry_run } => {
                serde_json::to_value(self.post_again(id, actor, *dry_run, handle).await?)
            }
            Work::Articles {
                actor,
                member,
                file,
                dry_run,
            } => serde_json::to_value(self.take_in_articles(id, actor, member, file, *dry_run, handle).await?),
            Work::Network { actor, request } => {
                serde_json::to_value(crate::circular::solve_in_worker(self, actor, request).await?)
            }
            Work::Release { actor } => serde_json::to_value(self.release_in_worker(id, actor, handle).await?),
        };
        value.map_err(|error| AppError::Damaged(error.to_string()))
    }

    /// The most recent jobs that the actor may know of, newest first.
    pub async fn jobs(&self, actor: &Actor, limit: i64) -> Result<Vec<JobView>, AppError> {
        if actor.member().is_none() && !actor.leads() {
            return Ok(Vec::new());
        }
        let jobs = self.store.jobs(actor.member(), limit.clamp(1, 1_000)).await?;
        let shown = jobs.iter().filter(|job| {
            let work = serde_json::from_str::<Work>(&job.payload);
            work.is_ok_and(|work| may_follow(actor, &work))
        });
        Ok(shown.map(JobView::of).collect())
    }

    /// Stops a job that the actor may follow.
    pub async fn cancel(&self, actor: &Actor, id: &str) -> Result<(), AppError> {
        let (_, work) = self.followed(actor, id).await?;
        // What the operator does for a member is the operator's to stop.
        if actor.may_operate().is_err() && work.actor().member() != actor.member() {
            return Err(AppError::NotFound {
                what: "job",
                id: id.to_owned(),
            });
        }
        self.store.cancel(id).await?;
        self.note(actor, "job.cancel", work.member(), id, "done").await
    }

    /// A job that the actor may follow; whether another one exists is not said.
    pub(crate) async fn followed(&self, actor: &Actor, id: &str) -> Result<(greenheart_store::Job, Work), AppError> {
        let hidden = || AppError::NotFound {
            what: "job",
            id: id.to_owned(),
        };
        let job = self.store.job(id).await?.ok_or_else(hidden)?;
        let work: Work = serde_json::from_str(&job.payload).map_err(|_| hidden())?;
        if may_follow(actor, &work) {
            Ok((job, work))
        } else {
            Err(hidden())
        }
    }
}

/// Those of a member follow its jobs, those who lead the jobs of the cluster, and the operator every one.
fn may_follow(actor: &Actor, work: &Work) -> bool {
    let of_cluster = matches!(work, Work::Release { .. } | Work::Network { .. });
    let own = |member: &MemberId| work.member() == Some(member) || work.actor().member() == Some(member);
    actor.may_operate().is_ok() || actor.member().is_some_and(own) || (of_cluster && actor.may_administer().is_ok())
}

/// Says that the worker lives, on a task of its own: the work itself may keep its thread busy.
struct Heart {
    store: Store,
    clock: Arc<dyn Clock>,
    job: String,
    worker: String,
    lease: i64,
    handle: Handle,
}

impl Heart {
    async fn beat(self) {
        let (mut told, mut since) = (Progress::default(), 0);
        loop {
            tokio::time::sleep(BEAT).await;
            since += 1;
            let progress = self.handle.progress();
            if progress == told && since < 10 {
                continue;
            }
            since = 0;
            let text = serde_json::to_string(&progress).unwrap_or_default();
            told = progress;
            let until = self.clock.now_ms() + self.lease;
            match self.store.beat(&self.job, &self.worker, until, &text).await {
                Ok(true) => {}
                Ok(false) => return self.handle.cancelled.store(true, Ordering::Relaxed),
                // The catalogue may be busy for a moment; the lease covers many beats.
                Err(error) => tracing::warn!(
                    job.id = self.job,
                    error = &error as &dyn std::error::Error,
                    "a heartbeat was lost"
                ),
            }
        }
    }
}

fn to_text(value: &impl Serialize) -> Result<String, AppError> {
    serde_json::to_string(value).map_err(|error| AppError::Damaged(error.to_string()))
}

/// An error with its causes, as one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

fn how_it_ended(status: std::process::ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(9) => "it was killed, by hand or because memory ran out".into(),
        Some(24) => "it used up its CPU time (`worker.cpu_seconds`)".into(),
        Some(6) => "it aborted; most likely its memory limit was reached (`worker.memory_mib`)".into(),
        Some(signal) => format!("signal {signal} ended it"),
        None => format!("it ended with {status}"),
    }
}
