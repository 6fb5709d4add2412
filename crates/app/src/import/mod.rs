//! Taking in files: recognise, read into staging, check, post, commit.
//!
//! Read in this order: `request` (what is asked and answered), `plan` (which files form a set, whose they
//! are), `read` (bytes to staged rows), `post` (rows to entries, segments and sums), then the verb here.

mod explain;
mod history;
mod keep;
mod lazy;
mod plan;
mod post;
mod read;
mod request;
mod walk;

use std::collections::BTreeSet;

use greenheart_model::{Batch, BatchId, FindingLog, MemberId, SourceFile, Status};
use greenheart_store::{Change, CommitError, Operation, VisibleBatch};
use greenheart_vault::MemberKey;

use crate::binding::Binding;
use crate::jobs::{Handle, Progress, Work};
use crate::members::commit_error;
use crate::metering::names_meters;
use crate::{Actor, App, AppError};
use plan::{FileSet, SetReader};
pub(crate) use post::{Posted, PostingWriter, descriptor, segment_row};
use read::Staged;

pub use explain::{explain_finding, item_name};
pub use plan::sniff_table;
pub use request::{
    FileReport, ImportReport, ImportRequest, MappingChoice, OnOverlap, Outcome, Overlap, Preview, PreviewLine,
    SetReport,
};

/// A head that moves is read again; so often that only a fault can use it up.
const ATTEMPTS: usize = 200;

impl App {
    /// Takes in files, or says with `dry_run` what would come of it. The work is done by a worker process.
    ///
    /// # Errors
    /// Of rights, request, disk and catalogue. A file that is refused is not an error: its report says why.
    pub async fn import(
        &self,
        actor: &Actor,
        request: &ImportRequest,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<ImportReport, AppError> {
        let member = self.allowed_to_import(actor, request).await?;
        let request = ImportRequest {
            member,
            ..request.clone()
        };
        let work = Work::Import {
            actor: actor.clone(),
            request,
        };
        let value = self.run(&work, tell).await?;
        serde_json::from_value(value).map_err(|error| AppError::Damaged(format!("the report of the worker: {error}")))
    }

    /// Whose files these may be: a member's own people hand in for that member only.
    async fn allowed_to_import(&self, actor: &Actor, request: &ImportRequest) -> Result<Option<MemberId>, AppError> {
        let member = request.member.clone().or_else(|| actor.member().cloned());
        let right = match &member {
            Some(member) => actor.may_write(member),
            None => actor.may_operate(),
        };
        self.allowed(actor, right, "import", member.as_ref()).await?;
        if let Some(member) = &member {
            self.member(member).await?;
        }
        Ok(member)
    }

    /// The worker's side of [`App::import`].
    pub(crate) async fn take_in(
        &self,
        job: &str,
        actor: &Actor,
        request: &ImportRequest,
        handle: &Handle,
    ) -> Result<ImportReport, AppError> {
        // Rights are asked for again: what lies in the catalogue is no proof.
        self.allowed_to_import(actor, request).await?;
        let mut sets = self.plan(request).await?;
        // Invoices are then posted once, by the register that lies beside them.
        sets.sort_by_key(|set| !matches!(set.reader, SetReader::Articles));
        let mut report = ImportReport {
            dry_run: request.dry_run,
            sets: Vec::new(),
        };
        let binding = self.binders().await?.of_new();
        for (at, set) in sets.into_iter().enumerate() {
            if handle.is_cancelled() {
                return Err(AppError::Cancelled);
            }
            let name = format!("{job}-{at}");
            report
                .sets
                .push(self.take_in_set(&name, actor, request, set, &binding, handle).await?);
        }
        // Once for all sets: looking at the tail costs more than a small set does.
        let taken = report.sets.iter().filter(|set| set.outcome == Outcome::Imported);
        for member in taken.filter_map(|set| set.member.as_ref()).collect::<BTreeSet<_>>() {
            self.flush_tail_when_large(member).await?;
            // What came in may tell of tonnes that a match on the board waits for.
            self.fill(Some(member)).await?;
        }
        Ok(report)
    }

    async fn take_in_set(
        &self,
        name: &str,
        actor: &Actor,
        request: &ImportRequest,
        set: FileSet,
        binding: &Binding,
        handle: &Handle,
    ) -> Result<SetReport, AppError> {
        let mut report = SetReport::of(&set);
        if let (Some(member), SetReader::Articles) = (&set.member, &set.reader) {
            let path = set.paths().next().unwrap_or(std::path::Path::new(""));
            let register = self
                .take_in_articles(name, actor, &member.id, path, request.dry_run, handle)
                .await;
            return match register {
                Ok(register) => report.register(&register),
                // One table that is wrong stops no other file.
                Err(AppError::Input { message, .. }) => {
                    Ok(report.refused(set.blocked("articles.table", message).findings))
                }
                Err(error) => Err(error),
            };
        }
        let (Some(member), SetReader::Known(_) | SetReader::Table(_)) = (set.member.clone(), &set.reader) else {
            return Ok(report.refused(set.findings));
        };
        let key = self.member_key(&member.id).await?;
        let identified = identify(&set, &member.id, &key)?;
        report.identify(&identified.files);
        if let Some(batch) = self.store.batch_by_identity(&identified.identity).await? {
            return Ok(report.already_there(batch));
        }
        let batch_id = self.free_batch_id(&identified.identity).await?;
        handle.tell(Progress {
            stage: "read".into(),
            subject: set.shown(),
            done: 0,
            total: set.bytes(),
        });
        let sites = self.store.sites().await?;
        let staging = self.folder.staging().join(format!("{name}.rows"));
        let reading = read::Reading {
            set: &set,
            member: &member,
            batch: &batch_id,
            sites: &sites,
            limits: self.read_limits(),
            coverage: request.coverage.clone(),
            staging,
        };
        let mut staged = tokio::task::block_in_place(|| reading.run(handle))?;
        self.check_weights(&member.id, &mut staged).await?;
        let mut batch = staged.batch(&batch_id, &member.id, &set, &identified.files);
        report.read(&batch, &staged.overview);
        if batch.status == Status::Blocked {
            self.note(actor, "import", Some(&member.id), &set.shown(), "refused")
                .await?;
            return Ok(report.refused(batch.findings));
        }
        handle.tell(Progress {
            stage: "post".into(),
            subject: set.shown(),
            done: 0,
            total: staged.rows,
        });
        let posted = self
            .post(
                name,
                binding,
                (&member.id, &batch_id),
                &mut staged,
                request.dry_run,
                handle,
            )
            .await?;
        let mut of_posting = posted.findings.clone();
        of_posting.name_file(&set.shown().into());
        batch.findings.merge(of_posting);
        batch.status = batch.findings.status();
        report.posted(&batch, &posted)?;
        if request.dry_run {
            let visible = self.store.visible_of(&member.id, self.store.head().await?.seq).await?;
            report.overlaps = overlaps(&batch, &visible);
            report.outcome = Outcome::WouldImport;
            return Ok(report);
        }
        if handle.is_cancelled() {
            return Err(AppError::Cancelled);
        }
        handle.tell(Progress {
            stage: "commit".into(),
            subject: set.shown(),
            done: staged.rows,
            total: staged.rows,
        });
        self.commit_set(actor, request, batch, identified, posted, &key, set, report)
            .await
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call, at the end of one path; a struct would only rename them"
    )]
    async fn commit_set(
        &self,
        actor: &Actor,
        request: &ImportRequest,
        batch: Batch,
        identified: Identified,
        posted: Posted,
        key: &MemberKey,
        set: FileSet,
        mut report: SetReport,
    ) -> Result<SetReport, AppError> {
        let visible = self
            .store
            .visible_of(&batch.member, self.store.head().await?.seq)
            .await?;
        report.overlaps = overlaps(&batch, &visible);
        let waits = report.overlaps.iter().any(|overlap| !overlap.same_content);
        if waits && request.on_overlap == OnOverlap::Ask {
            posted.discard(self.ledger.folder())?;
            report.outcome = Outcome::DecisionNeeded;
            self.note(actor, "import", Some(&batch.member), &set.shown(), "refused")
                .await?;
            return Ok(report);
        }
        self.keep_files(&batch.member, key, &set, &identified.files)?;
        let mut change = Change {
            at_ms: self.now_ms(),
            audit: self.audit_row(actor, "import", Some(&batch.member), batch.id.as_str(), "done"),
            operation: Operation::Import {
                batch: Box::new(batch.clone()),
                identity: identified.identity.clone(),
                files: identified.files.clone(),
                posting: posted.posting.clone(),
                segments: posted.segments.clone(),
                tail: posted.tail.clone(),
                supersedes: Vec::new(),
            },
        };
        for _ in 0..ATTEMPTS {
            let head = self.store.head().await?;
            let visible = self.store.visible_of(&batch.member, head.seq).await?;
            report.overlaps = overlaps(&batch, &visible);
            let ended = supersedes(&report.overlaps, request.on_overlap);
            if let Operation::Import { supersedes, .. } = &mut change.operation {
                supersedes.clone_from(&ended);
            }
            match self.store.commit(&change, &head, &*self.surroundings.steps).await {
                Ok(_) => {
                    report.superseded = ended;
                    report.outcome = Outcome::Imported;
                    // Only what can name metering points changes which evidence of them is the better one.
                    if names_meters(&batch) || !report.superseded.is_empty() {
                        report.findings.merge(self.settle_metering(actor, &batch.member).await?);
                    }
                    return Ok(report);
                }
                // Two workers took in the same file: the other one was first.
                Err(CommitError::AlreadyThere(there)) => {
                    posted.discard(self.ledger.folder())?;
                    return Ok(report.already_there(there));
                }
                Err(CommitError::HeadMoved | CommitError::NotVisible(_)) => {}
                Err(error) => return Err(commit_error(error)),
            }
        }
        Err(commit_error(CommitError::HeadMoved))
    }

    /// Identifiers come from content; taking in again what was withdrawn needs the next free one.
    async fn free_batch_id(&self, identity: &str) -> Result<BatchId, AppError> {
        for attempt in 0_u32.. {
            let hash = blake3::hash(format!("{identity}#{attempt}").as_bytes()).to_hex();
            let id = BatchId::new(format!("b-{}", &hash.as_str()[..16]));
            if !self.store.batch_exists(&id).await? {
                return Ok(id);
            }
        }
        Err(AppError::Damaged("no identifier is free".into()))
    }
}

/// A set's files and what distinguishes it among visible batches.
struct Identified {
    files: Vec<SourceFile>,
    identity: String,
}

fn identify(set: &FileSet, member: &MemberId, key: &MemberKey) -> Result<Identified, AppError> {
    let mut files = Vec::new();
    for (path, name) in set.paths().zip(set.names()) {
        let mut reader = std::fs::File::open(path).map_err(AppError::io(format!("reading `{name}`")))?;
        let stored = greenheart_vault::Vault::address_of(member.as_str(), key, &mut reader)?;
        let id = blake3::hash(format!("{member} {}", stored.sha256).as_bytes()).to_hex();
        files.push(SourceFile {
            id: greenheart_model::FileId::new(format!("f-{}", &id.as_str()[..24])),
            member: member.clone(),
            sha256: stored.sha256,
            size: stored.size,
            name: name.to_owned(),
            vault_address: stored.address,
        });
    }
    let mut contents: Vec<&str> = files.iter().map(|file| file.id.as_str()).collect();
    contents.sort_unstable();
    let (importer, version) = set.importer();
    let text = format!(
        "{member}\n{importer}@{version}\n{}\n{}",
        set.mapping_digest(),
        contents.join("\n")
    );
    let identity = blake3::hash(text.as_bytes()).to_hex().to_string();
    Ok(Identified { files, identity })
}

/// Visible batches of the member that tell the same, or come from the same bytes.
fn overlaps(batch: &Batch, visible: &[VisibleBatch]) -> Vec<Overlap> {
    let mut contents = batch.files.clone();
    contents.sort();
    visible
        .iter()
        .map(|other| &other.batch)
        .filter(|other| other.id != batch.id)
        .filter_map(|other| {
            let mut theirs = other.files.clone();
            theirs.sort();
            let same_content = theirs == contents;
            (same_content || batch.overlaps(other)).then(|| Overlap {
                batch: other.id.clone(),
                importer: other.importer.clone(),
                coverage: other.coverage.clone(),
                rows: other.rows,
                same_content,
            })
        })
        .collect()
}

/// A better reading of the same bytes always takes the place of the old one.
fn supersedes(overlaps: &[Overlap], on_overlap: OnOverlap) -> Vec<BatchId> {
    overlaps
        .iter()
        .filter(|overlap| overlap.same_content || on_overlap == OnOverlap::Supersede)
        .map(|overlap| overlap.batch.clone())
        .collect()
}

impl Staged {
    fn batch(&self, id: &BatchId, member: &MemberId, set: &FileSet, files: &[SourceFile]) -> Batch {
        let (importer, importer_version) = set.importer();
        let mut findings: FindingLog = set.findings.clone();
        findings.merge(self.findings.clone());
        Batch {
            id: id.clone(),
            member: member.clone(),
            files: files.iter().map(|file| file.id.clone()).collect(),
            importer: importer.to_owned(),
            importer_version,
            mapping: set.mapping_name(),
            coverage: self.coverage.clone(),
            kinds: self.kinds.clone(),
            rows: self.rows,
            control_totals: self.control_totals.clone(),
            status: findings.status(),
            findings,
        }
    }
}
