//! Explaining what is wrong with an installation, and removing what counts for nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use greenheart_store::JobState;
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError};

/// Less free space than this is worth a word.
const LITTLE_SPACE: u64 = 2 << 30;

/// Something that calls for attention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable code, such as `orphan.segment`.
    pub code: String,
    /// What it is about.
    pub subject: String,
    /// What to do.
    pub hint: String,
    /// It was removed or repaired now.
    pub fixed: bool,
}

/// What the doctor found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DoctorReport {
    /// Which catalogue is used, without credentials.
    pub catalogue: String,
    /// Where the ledger stands.
    pub snapshot: String,
    /// Members, batches, segments, source files.
    pub counts: [usize; 4],
    /// Free space for the data folder, in bytes.
    pub free_bytes: u64,
    /// What calls for attention.
    pub problems: Vec<Problem>,
}

impl App {
    /// Looks for leftovers, dead jobs, unreadable keys and a full disk; with `fix` removes what counts for nothing.
    pub async fn doctor(&self, actor: &Actor, fix: bool) -> Result<DoctorReport, AppError> {
        self.allowed(actor, actor.may_operate(), "doctor", None).await?;
        let mut report = DoctorReport {
            catalogue: if self.config.catalogue.is_empty() {
                "SQLite in the data folder".into()
            } else {
                "PostgreSQL".into()
            },
            snapshot: format!("s{}", self.store.head().await?.seq),
            counts: [
                self.store.members().await?.len(),
                self.store.batches().await?.len(),
                self.store.segments().await?.len(),
                self.store.files().await?.len(),
            ],
            free_bytes: free_bytes(self.folder.root())?,
            problems: Vec::new(),
        };
        if report.free_bytes < LITTLE_SPACE {
            report.add(
                "disk.little_space",
                format!("{} MiB left", report.free_bytes >> 20),
                "make room before the next import",
                false,
            );
        }
        let working = self.look_at_jobs(fix, &mut report).await?;
        self.look_at_keys(&mut report).await?;
        // While somebody works, what looks like a leftover may be about to count.
        let fix = fix && !working;
        self.look_for_orphans(fix, &mut report).await?;
        self.note(actor, "doctor", None, if fix { "fix" } else { "" }, "done")
            .await?;
        Ok(report)
    }

    /// Ends dead jobs; says whether anybody works now.
    async fn look_at_jobs(&self, fix: bool, report: &mut DoctorReport) -> Result<bool, AppError> {
        let now = self.now_ms();
        for job in self.store.unfinished_jobs(now).await? {
            if fix {
                self.store
                    .fail_job(&job.id, r#"{"failed":{"message":"its worker died","disk_full":false}}"#)
                    .await?;
            }
            report.add("job.dead", job.id, "its worker died; ask for the work again", fix);
        }
        let alive = |job: &greenheart_store::Job| {
            job.state() == JobState::Running && job.lease_until_ms.is_some_and(|until| until >= now)
        };
        let working = self.store.jobs(None, 1_000).await?.iter().any(alive);
        if working {
            report.add(
                "job.running",
                "a worker is at work".into(),
                "leftovers are removed when it has ended",
                false,
            );
        }
        Ok(working)
    }

    async fn look_at_keys(&self, report: &mut DoctorReport) -> Result<(), AppError> {
        for member in self.store.members().await? {
            if let Err(error) = self.member_key(&member.id).await {
                report.add(
                    "key.unreadable",
                    format!("{}: {error}", member.id),
                    "the master key is another one; restore it from a backup",
                    false,
                );
            }
        }
        Ok(())
    }

    async fn look_for_orphans(&self, fix: bool, report: &mut DoctorReport) -> Result<(), AppError> {
        let known: BTreeSet<String> = self
            .store
            .segments()
            .await?
            .into_iter()
            .map(|segment| segment.file_name)
            .collect();
        for name in names_in(self.ledger.folder())? {
            if !known.contains(&name) {
                report.orphan("orphan.segment", &self.ledger.folder().join(&name), fix)?;
            }
        }
        let known: BTreeSet<String> = self
            .store
            .files()
            .await?
            .into_iter()
            .map(|file| file.vault_address)
            .collect();
        for (address, leftover) in self.vault.list()? {
            if leftover || !known.contains(&address) {
                if fix {
                    self.vault.remove(&address)?;
                }
                report.add(
                    "orphan.source_file",
                    address,
                    "it counts for nothing; `doctor --fix` removes it",
                    fix,
                );
            }
        }
        for folder in [self.folder.staging(), self.folder.spill()] {
            for name in names_in(&folder)? {
                report.orphan("orphan.staging", &folder.join(name), fix)?;
            }
        }
        Ok(())
    }
}

impl DoctorReport {
    fn add(&mut self, code: &str, subject: String, hint: &str, fixed: bool) {
        self.problems.push(Problem {
            code: code.into(),
            subject,
            hint: hint.into(),
            fixed,
        });
    }

    fn orphan(&mut self, code: &str, path: &Path, fix: bool) -> Result<(), AppError> {
        if fix {
            let removing = if path.is_dir() {
                fs::remove_dir_all(path)
            } else {
                fs::remove_file(path)
            };
            removing.map_err(AppError::io(format!("removing `{}`", path.display())))?;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.add(code, name, "it counts for nothing; `doctor --fix` removes it", fix);
        Ok(())
    }
}

fn names_in(folder: &Path) -> Result<Vec<String>, AppError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(AppError::io(folder.display().to_string()))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn free_bytes(folder: &Path) -> Result<u64, AppError> {
    let statistics =
        rustix::fs::statvfs(folder).map_err(|error| AppError::io(folder.display().to_string())(error.into()))?;
    Ok(statistics.f_bavail.saturating_mul(statistics.f_frsize))
}
