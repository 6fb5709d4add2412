//! From bytes to staged rows. Runs on a thread of its own; nothing here waits for the catalogue.

use std::collections::BTreeSet;
use std::path::PathBuf;

use greenheart_ingest::tables::KnownSite;
use greenheart_ingest::{
    Format, Limits, ReadError, Sink, Source, Stopped, Summary, Weights, ehf, meters, reduced, saft, shipments, tables,
    waste,
};
use greenheart_ledger::{ActivityRow, LedgerError, SpoolWriter};
use greenheart_model::{
    Activity, ActivityKind, BatchId, ControlTotal, Coverage, Finding, FindingLog, Member, MemberId, Site,
};
use serde_json::Value;

use super::plan::{FileSet, SetReader};
use crate::AppError;
use crate::jobs::Handle;

/// What a set is read with.
pub(super) struct Reading<'a> {
    pub set: &'a FileSet,
    pub member: &'a Member,
    pub batch: &'a BatchId,
    pub sites: &'a [Site],
    pub limits: Limits,
    pub coverage: Option<Vec<Coverage>>,
    pub staging: PathBuf,
}

/// Rows read and what is known of them. Nobody else sees them.
pub(super) struct Staged {
    pub spool: SpoolWriter,
    pub rows: u64,
    pub kinds: BTreeSet<ActivityKind>,
    pub coverage: Vec<Coverage>,
    pub control_totals: Vec<ControlTotal>,
    pub findings: FindingLog,
    pub overview: Value,
    /// What waste in it weighs.
    pub weights: Weights,
}

impl Reading<'_> {
    /// Reads the set.
    ///
    /// # Errors
    /// Of the disk, or when the job was cancelled. What is wrong with the file is a finding.
    pub(super) fn run(self, handle: &Handle) -> Result<Staged, AppError> {
        let mut sources = self.set.open();
        let mut sink = Staging {
            spool: SpoolWriter::create(&self.staging)?,
            batch: self.batch.clone(),
            member: self.member.id.clone(),
            kinds: BTreeSet::new(),
            weights: Weights::default(),
            findings: FindingLog::default(),
            failure: None,
            handle,
        };
        let summary = self.read(&mut sources, &mut sink)?;
        sink.finish(summary, self.coverage)
    }
}

impl Reading<'_> {
    fn read(
        &self,
        sources: &mut Vec<Source<'static>>,
        sink: &mut Staging<'_>,
    ) -> Result<Result<Summary, ReadError>, AppError> {
        let (limits, coverage) = (self.limits.clone(), self.coverage.clone());
        let org_no = Some(self.member.org_no);
        let sites = || {
            self.sites
                .iter()
                .filter(|site| site.member == self.member.id)
                .map(known_site)
                .collect()
        };
        Ok(match &self.set.reader {
            SetReader::Known(Format::Saft) => {
                let options = saft::Options {
                    limits,
                    expected_org: org_no,
                };
                saft::read(sources, &options, sink)
            }
            SetReader::Known(Format::Reduced) => {
                let options = reduced::Options {
                    limits,
                    expected_org: org_no,
                };
                match sources.pop() {
                    Some(mut source) => reduced::read(&mut source, &options, sink),
                    None => return Err(AppError::Damaged("a set without files".into())),
                }
            }
            SetReader::Known(Format::Ehf) => {
                let options = ehf::Options {
                    limits,
                    expected_org: org_no,
                    coverage,
                };
                ehf::read(sources, &options, sink)
            }
            SetReader::Known(Format::Meters) => {
                let options = meters::Options {
                    limits,
                    member: org_no,
                    coverage,
                };
                meters::read(sources, &options, sink)
            }
            SetReader::Known(Format::Waste) => {
                let options = waste::Options {
                    limits,
                    expected_org: org_no,
                    sites: sites(),
                    coverage,
                    ..waste::Options::default()
                };
                waste::read(sources, &options, sink)
            }
            SetReader::Known(Format::Shipments) => {
                let options = shipments::Options {
                    limits,
                    member: org_no,
                    coverage,
                };
                shipments::read(sources, &options, sink)
            }
            SetReader::Table(mapping) => {
                let options = tables::Options {
                    limits,
                    expected_org: org_no,
                    sites: sites(),
                    coverage,
                };
                match sources.pop() {
                    Some(source) => tables::read(source, mapping, &options, sink),
                    None => return Err(AppError::Damaged("a set without files".into())),
                }
            }
            SetReader::Known(Format::Table | Format::Articles) | SetReader::Articles | SetReader::Unknown => {
                return Err(AppError::Damaged("a set without a reader".into()));
            }
        })
    }
}

fn known_site(site: &Site) -> KnownSite {
    KnownSite {
        id: site.id.clone(),
        name: site.name.clone(),
        sub_unit: site.sub_unit,
    }
}

struct Staging<'a> {
    spool: SpoolWriter,
    batch: BatchId,
    member: MemberId,
    kinds: BTreeSet<ActivityKind>,
    weights: Weights,
    findings: FindingLog,
    failure: Option<LedgerError>,
    handle: &'a Handle,
}

impl Staging<'_> {
    fn finish(self, summary: Result<Summary, ReadError>, coverage: Option<Vec<Coverage>>) -> Result<Staged, AppError> {
        if let Some(failure) = self.failure {
            return Err(failure.into());
        }
        let summary = match summary {
            Ok(summary) => summary,
            // The findings hold the reason.
            Err(ReadError::Refused { .. }) => Summary::default(),
            Err(ReadError::Stopped(_)) => return Err(AppError::Cancelled),
            Err(ReadError::Io(source)) => {
                return Err(AppError::Io {
                    what: "reading the file failed".into(),
                    source,
                });
            }
        };
        Ok(Staged {
            rows: self.spool.rows(),
            spool: self.spool,
            kinds: self.kinds,
            weights: self.weights,
            coverage: coverage.unwrap_or(summary.coverage),
            control_totals: summary.control_totals,
            findings: self.findings,
            overview: summary.overview,
        })
    }
}

impl Sink for Staging<'_> {
    fn activity(&mut self, activity: Activity) -> Result<(), Stopped> {
        self.kinds.insert(activity.kind);
        self.weights.add(&activity);
        let row = ActivityRow {
            batch: self.batch.clone(),
            member: self.member.clone(),
            activity,
        };
        self.spool.push(row).map_err(|error| {
            self.failure = Some(error);
            Stopped
        })
    }

    fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn progress(&mut self, bytes_read: u64) -> Result<(), Stopped> {
        self.handle.advance(bytes_read);
        if self.handle.is_cancelled() {
            Err(Stopped)
        } else {
            Ok(())
        }
    }
}
