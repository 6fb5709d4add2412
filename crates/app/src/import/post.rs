//! From staged rows to entries, segments or tail chunks, and partial sums. Nothing here counts until the
//! catalogue commits it.

use std::path::Path;

use greenheart_account::articles::mark_open;
use greenheart_ledger::{
    ActivityRow, EntryRow, Kind, PartialSums, SegmentDescriptor, SegmentWriter, encode_activities, encode_entries,
};
use greenheart_model::{Activity, BatchId, Entry, FindingLog, MemberId, SegmentId};
use greenheart_store::{Posting, SegmentRow, TailChunk};

use super::read::Staged;
use crate::binding::Binding;
use crate::jobs::Handle;
use crate::metering::ToldBetter;
use crate::{App, AppError, ArticleRegister};

/// What posting made.
pub(crate) struct Posted {
    pub posting: Posting,
    pub sums: PartialSums,
    pub segments: Vec<SegmentRow>,
    pub tail: Vec<TailChunk>,
    pub findings: FindingLog,
}

impl Posted {
    /// Removes segments that shall not count after all.
    pub(super) fn discard(&self, folder: &Path) -> Result<(), AppError> {
        for segment in &self.segments {
            let path = folder.join(&segment.file_name);
            std::fs::remove_file(&path).map_err(AppError::io(format!("removing `{}`", segment.file_name)))?;
        }
        Ok(())
    }
}

/// Where posted rows go: into memory when they are few, into segments when they are many.
pub(crate) struct PostingWriter<'a> {
    binding: &'a Binding,
    articles: ArticleRegister,
    told_better: ToldBetter,
    member: MemberId,
    batch: BatchId,
    generation: i64,
    rows: Rows,
    sums: PartialSums,
    entries: u64,
    findings: FindingLog,
    made: Vec<Entry>,
}

enum Rows {
    /// Nothing is stored: a dry run.
    Nowhere,
    /// Chunks of the tail.
    Tail {
        activities: Vec<ActivityRow>,
        entries: Vec<EntryRow>,
        with_activities: bool,
    },
    /// Segments.
    Segments {
        activities: Option<Box<SegmentWriter>>,
        entries: Box<SegmentWriter>,
    },
}

/// What a posting is stored as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Nowhere,
    Tail,
    Segments,
}

impl App {
    /// Where the posting of a batch of so many rows goes.
    pub(crate) fn target(&self, rows: u64, dry_run: bool) -> Target {
        match (dry_run, rows > self.config.import.tail_rows) {
            (true, _) => Target::Nowhere,
            (false, true) => Target::Segments,
            (false, false) => Target::Tail,
        }
    }

    /// Posts staged rows of a new batch.
    pub(super) async fn post(
        &self,
        name: &str,
        binding: &Binding,
        (member, batch): (&MemberId, &BatchId),
        staged: &mut Staged,
        dry_run: bool,
        handle: &Handle,
    ) -> Result<Posted, AppError> {
        let register = self.register(member).await?;
        let target = self.target(staged.rows, dry_run);
        tokio::task::block_in_place(|| {
            let mut writer = PostingWriter::new(binding, self.ledger.folder(), name, (member, batch, 1), target, true)
                .with_articles(register);
            let mut done = 0;
            for chunk in staged.spool.read()? {
                let chunk = chunk?;
                done += chunk.len() as u64;
                writer.post(chunk)?;
                handle.advance(done);
                if handle.is_cancelled() {
                    return Err(AppError::Cancelled);
                }
            }
            writer.finish(&*self.surroundings.steps)
        })
    }
}

impl<'a> PostingWriter<'a> {
    /// A writer for one posting: whose, of which batch, in which generation. Activities are stored with the first one.
    pub(crate) fn new(
        binding: &'a Binding,
        folder: &Path,
        name: &str,
        (member, batch, generation): (&MemberId, &BatchId, i64),
        target: Target,
        with_activities: bool,
    ) -> Self {
        let writer = |kind| Box::new(SegmentWriter::new(folder, kind, member.clone(), name));
        Self {
            binding,
            articles: ArticleRegister::default(),
            told_better: ToldBetter::default(),
            member: member.clone(),
            batch: batch.clone(),
            generation,
            rows: match target {
                Target::Nowhere => Rows::Nowhere,
                Target::Tail => Rows::Tail {
                    activities: Vec::new(),
                    entries: Vec::new(),
                    with_activities,
                },
                Target::Segments => Rows::Segments {
                    activities: with_activities.then(|| writer(Kind::Activities)),
                    entries: writer(Kind::Entries),
                },
            },
            sums: PartialSums::default(),
            entries: 0,
            findings: FindingLog::default(),
            made: Vec::new(),
        }
    }

    /// Lets the member's register of articles say what bought articles are.
    pub(crate) fn with_articles(mut self, articles: ArticleRegister) -> Self {
        self.articles = articles;
        self
    }

    /// Leaves out what another batch tells better.
    pub(crate) fn without(mut self, told_better: ToldBetter) -> Self {
        self.told_better = told_better;
        self
    }

    /// Activities as they are posted; `None` when all are posted as they stand.
    fn known(&self, activities: &[&Activity]) -> Option<Vec<Activity>> {
        let resolved = self.articles.resolve(activities);
        if self.told_better.is_empty() {
            return resolved;
        }
        let as_they_stand = || activities.iter().copied().cloned().collect();
        let mut known: Vec<Activity> = resolved.unwrap_or_else(as_they_stand);
        for activity in &mut known {
            self.told_better.settle(activity);
        }
        Some(known)
    }

    /// Posts activities of the batch, in their order.
    pub(crate) fn post(&mut self, rows: Vec<ActivityRow>) -> Result<(), AppError> {
        let stated: Vec<&Activity> = rows.iter().map(|row| &row.activity).collect();
        self.made.clear();
        let resolved = self.known(&stated);
        let known: Option<Vec<&Activity>> = resolved.as_ref().map(|resolved| resolved.iter().collect());
        let known = known.as_ref().unwrap_or(&stated);
        self.binding
            .post(&self.member, known, &mut self.made, &mut self.findings);
        mark_open(&self.articles.register, stated, &mut self.made);
        self.sums.add(&self.member, &self.made)?;
        self.entries += self.made.len() as u64;
        let of = (&self.batch, self.generation, &self.member);
        match &mut self.rows {
            Rows::Nowhere => {}
            Rows::Tail {
                activities,
                entries,
                with_activities,
            } => {
                if *with_activities {
                    activities.extend(rows);
                }
                entries.extend(self.made.drain(..).map(|entry| EntryRow {
                    batch: of.0.clone(),
                    generation: of.1,
                    member: of.2.clone(),
                    entry,
                }));
            }
            Rows::Segments { activities, entries } => {
                if let Some(writer) = activities {
                    writer.activities(&rows)?;
                }
                entries.posting(of, &self.made)?;
            }
        }
        Ok(())
    }

    /// Makes what was written durable.
    pub(crate) fn finish(self, steps: greenheart_ledger::Steps<'_>) -> Result<Posted, AppError> {
        let (mut segments, mut tail) = (Vec::new(), Vec::new());
        let chunk = |kind: Kind, generation, rows: usize, payload| TailChunk {
            batch: self.batch.clone(),
            generation,
            kind: kind.name().into(),
            member: self.member.clone(),
            rows: i64::try_from(rows).unwrap_or(i64::MAX),
            payload,
        };
        match self.rows {
            Rows::Nowhere => {}
            Rows::Tail {
                activities,
                entries,
                with_activities,
            } => {
                if with_activities && !activities.is_empty() {
                    tail.push(chunk(
                        Kind::Activities,
                        0,
                        activities.len(),
                        encode_activities(&activities)?,
                    ));
                }
                if !entries.is_empty() {
                    tail.push(chunk(
                        Kind::Entries,
                        self.generation,
                        entries.len(),
                        encode_entries(&entries)?,
                    ));
                }
            }
            Rows::Segments { activities, entries } => {
                for writer in activities.into_iter().chain([entries]) {
                    segments.extend(writer.finish(steps)?.map(segment_row));
                }
            }
        }
        Ok(Posted {
            posting: Posting {
                batch: self.batch,
                generation: self.generation,
                factor_set: self.articles.label(&format!(
                    "{}{}",
                    self.binding.factor_set,
                    self.told_better.tag().unwrap_or_default()
                )),
                entries: self.entries,
                sums: self.sums.encode(),
            },
            sums: self.sums,
            segments,
            tail,
            findings: self.findings,
        })
    }
}

/// A descriptor as the catalogue keeps it.
pub(crate) fn segment_row(descriptor: SegmentDescriptor) -> SegmentRow {
    let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    SegmentRow {
        id: SegmentId::new(&descriptor.id),
        member: descriptor.member,
        kind: descriptor.kind.name().into(),
        file_name: descriptor.file_name,
        rows: signed(descriptor.rows),
        bytes: signed(descriptor.bytes),
        hash: descriptor.hash,
        batches: descriptor
            .batches
            .into_iter()
            .map(|(batch, generation, rows)| (batch, generation, signed(rows)))
            .collect(),
    }
}

/// A row of the catalogue as the ledger describes it; `None` for a kind that this program does not know.
pub(crate) fn descriptor(row: &SegmentRow) -> Option<SegmentDescriptor> {
    let unsigned = |value: i64| u64::try_from(value).unwrap_or_default();
    let kind = [Kind::Activities, Kind::Entries]
        .into_iter()
        .find(|kind| kind.name() == row.kind)?;
    Some(SegmentDescriptor {
        id: row.id.to_string(),
        kind,
        member: row.member.clone(),
        file_name: row.file_name.clone(),
        rows: unsigned(row.rows),
        bytes: unsigned(row.bytes),
        hash: row.hash.clone(),
        batches: row
            .batches
            .iter()
            .map(|(batch, generation, rows)| (batch.clone(), *generation, unsigned(*rows)))
            .collect(),
    })
}
