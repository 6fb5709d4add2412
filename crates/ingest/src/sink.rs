//! Where readers put what they read.

use greenheart_model::{Activity, ControlTotal, Coverage, Finding, FindingLog, OrgNo};
use serde::{Deserialize, Serialize};

/// The caller asked the reader to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("reading was stopped")]
pub struct Stopped;

/// Receives rows, findings and progress, in the order in which they stand in the file.
pub trait Sink {
    /// Takes one activity. Rows are staged by the caller and stay invisible until the control totals
    /// are checked.
    ///
    /// # Errors
    /// [`Stopped`] when the caller cannot take more (cancelled, disk full).
    fn activity(&mut self, activity: Activity) -> Result<(), Stopped>;

    /// Takes a finding.
    fn finding(&mut self, finding: Finding);

    /// Hears how many bytes of the source have been read; called at least once per megabyte.
    ///
    /// # Errors
    /// [`Stopped`] when the reader shall give up.
    fn progress(&mut self, bytes_read: u64) -> Result<(), Stopped>;
}

/// What a reader knows of a file after the last row.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Whose file it says it is.
    pub org_no: Option<OrgNo>,
    /// What it covers completely.
    pub coverage: Vec<Coverage>,
    /// Its own totals beside the computed ones.
    pub control_totals: Vec<ControlTotal>,
    /// Rows given to the sink.
    pub rows: u64,
    /// What a person wants to see of it, by reader; plain JSON (`docs/guide/json.md`).
    pub overview: serde_json::Value,
}

/// Reading ended before the end of the file. Findings so far are in the sink.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The caller asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The file cannot be used; the sink has a finding of severity error that says why.
    #[error("the file cannot be read: `{code}`")]
    Refused {
        /// Code of that finding.
        code: &'static str,
    },
    /// The medium failed.
    #[error("reading failed")]
    Io(#[from] std::io::Error),
}

/// A sink that keeps everything, for tests and small files.
#[derive(Debug, Default)]
pub struct Collected {
    /// Rows in order.
    pub activities: Vec<Activity>,
    /// Findings.
    pub findings: FindingLog,
    /// Stop after so many rows.
    pub stop_after: Option<usize>,
}

impl Sink for Collected {
    fn activity(&mut self, activity: Activity) -> Result<(), Stopped> {
        if self.stop_after.is_some_and(|limit| self.activities.len() >= limit) {
            return Err(Stopped);
        }
        self.activities.push(activity);
        Ok(())
    }

    fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn progress(&mut self, _bytes_read: u64) -> Result<(), Stopped> {
        Ok(())
    }
}
