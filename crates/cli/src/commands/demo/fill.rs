//! Writing the members' files and taking them in, several members at once: one worker process each.

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use greenheart_app::{Actor, App, ImportRequest, OnOverlap, Outcome, Progress};
use greenheart_demo::{Cluster, files_of};
use greenheart_model::{Member, MemberId};

use crate::commands::Here;
use crate::progress::Bar;

/// Lies among the files until all of them are taken in.
const UNFINISHED: &str = ".unfinished";

/// Whether making a demonstration was broken off.
pub(super) fn is_unfinished(root: &Path) -> bool {
    root.join(UNFINISHED).exists()
}

/// Members in work at once, at most; fewer on a smaller machine.
const MOST_LANES: usize = 8;

/// Writes the files of every member below `root` and takes in each member's folder, as it would be dropped.
pub(super) async fn fill(
    here: &Here<'_>,
    app: &App,
    operator: &Actor,
    cluster: &Arc<Cluster>,
    root: &Path,
) -> Result<()> {
    std::fs::create_dir_all(root)?;
    File::create(root.join(UNFINISHED)).with_context(|| format!("writing below `{}`", root.display()))?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let members: Vec<Member> = cluster.members().cloned().collect();
    let state = Lanes {
        app,
        operator,
        cluster,
        root,
        at_once: cores.min(MOST_LANES),
        total: members.len(),
        waiting: RefCell::new(members.into_iter()),
        bar: RefCell::new((Bar::new(here.language), 0)),
    };
    let lane = |number| state.lane(number);
    let outcome = tokio::try_join!(lane(0), lane(1), lane(2), lane(3), lane(4), lane(5), lane(6), lane(7));
    state.bar.borrow().0.finish();
    outcome?;
    Ok(std::fs::remove_file(root.join(UNFINISHED))?)
}

struct Lanes<'a> {
    app: &'a App,
    operator: &'a Actor,
    cluster: &'a Arc<Cluster>,
    root: &'a Path,
    at_once: usize,
    total: usize,
    waiting: RefCell<std::vec::IntoIter<Member>>,
    bar: RefCell<(Bar<'a>, usize)>,
}

impl Lanes<'_> {
    /// Takes one member after the other until none waits.
    async fn lane(&self, number: usize) -> Result<()> {
        if number >= self.at_once {
            return Ok(());
        }
        loop {
            let next = self.waiting.borrow_mut().next();
            let Some(member) = next else { break };
            self.member(&member).await?;
            self.tell(&member.name);
        }
        Ok(())
    }

    fn tell(&self, name: &str) {
        let (bar, done) = &mut *self.bar.borrow_mut();
        *done += 1;
        bar.tell(&Progress {
            stage: "member".into(),
            subject: format!("{done}/{} {name}", self.total),
            done: *done as u64,
            total: self.total as u64,
        });
    }

    async fn member(&self, member: &Member) -> Result<()> {
        let (cluster, id) = (Arc::clone(self.cluster), member.id.clone());
        let folder = self.root.join(member.org_no.as_str());
        let root = self.root.to_owned();
        tokio::task::spawn_blocking(move || write_files(&cluster, &id, &root))
            .await
            .context("writing the files")??;
        self.take_in(&member.id, &folder).await
    }

    async fn take_in(&self, member: &MemberId, folder: &Path) -> Result<()> {
        let request = ImportRequest {
            files: vec![std::path::absolute(folder)?],
            member: Some(member.clone()),
            dry_run: false,
            // Meters and invoices tell of power, a table of the other energy: both count.
            on_overlap: OnOverlap::Add,
            mapping: None,
            save_mapping: None,
            coverage: None,
            together: false,
        };
        let report = self.app.import(self.operator, &request, &mut |_| {}).await?;
        if let Some(refused) = report.sets.iter().find(|set| set.outcome != Outcome::Imported) {
            let names: Vec<&str> = refused.files.iter().take(3).map(|file| &*file.name).collect();
            let codes: Vec<&str> = refused.findings.counts().map(|(code, _, _)| code).collect();
            anyhow::bail!(
                "{} of {member} ended as {:?}: {}",
                names.join(", "),
                refused.outcome,
                codes.join(", ")
            );
        }
        Ok(())
    }
}

/// Writes every file of a member below `root`.
fn write_files(cluster: &Cluster, member: &MemberId, root: &Path) -> Result<()> {
    let mut made: Option<PathBuf> = None;
    for file in files_of(cluster, member) {
        let path = root.join(&file.path);
        let parent = path.parent().map(Path::to_path_buf);
        if parent != made
            && let Some(parent) = parent
        {
            std::fs::create_dir_all(&parent).with_context(|| format!("making `{}`", parent.display()))?;
            made = Some(parent);
        }
        let mut out = BufWriter::new(File::create(&path).with_context(|| format!("writing `{}`", path.display()))?);
        file.write_to(&mut out)?;
        out.flush()?;
    }
    Ok(())
}
