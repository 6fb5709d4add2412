//! Readers and writers: the public benchmark sets, and our own JSON.
//!
//! [`read`] recognises the format. Conventions that a set states outside its files (rounding, whether the number of
//! vehicles binds) are in the reader of the set, with the source.

mod cordeau;
mod evrptw;
mod json;
mod json_plan;
mod json_write;
mod lilim;
mod milk;
mod solomon;
mod solution;
mod tokens;
mod vrplib;

use crate::network::{Metric, Rounding};
use crate::problem::Problem;

pub use json::{problem_from_json, problem_to_json};
pub use json_plan::{plan_from_json, plan_to_json};
pub use solution::{read_solution, write_solution};

/// A file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// No reader knows the format.
    #[error("the format is not known: expected VRPLIB, Solomon, Li-Lim, Cordeau, E-VRPTW, milk collection CSV or JSON")]
    Unknown,
    /// Something is wrong on a line.
    #[error("line {line}: {what}")]
    Line {
        /// Counted from one.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// Something is missing from the file.
    #[error("{0} is missing")]
    Missing(String),
    /// The JSON is not what it should be.
    #[error("JSON: {0}")]
    Json(String),
}

/// What the caller may decide about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// Rounding of straight lines; `None` means the convention of the set.
    pub rounding: Option<Rounding>,
    /// Buy any number of vehicles of each type, where a set of heterogeneous fleets leaves both readings open.
    pub free_fleet: bool,
}

/// Most nodes a file may declare, so that a short hostile file cannot ask for much memory.
pub(crate) const MOST_NODES: usize = 5_000_000;

/// Reads a problem of any format we know.
///
/// # Errors
/// [`FormatError`] with the line, or that the format is not known.
pub fn read(text: &str, options: ReadOptions) -> Result<Problem, FormatError> {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    let mut problem = if first.starts_with('{') {
        problem_from_json(text)?
    } else if first.starts_with("StringID") {
        evrptw::read(text)?
    } else if ["Vehicle,", "Vehiculo,"]
        .iter()
        .any(|head| first.trim_start_matches('\u{feff}').starts_with(head))
    {
        milk::read(text, options.free_fleet)?
    } else if text.contains("_SECTION") {
        vrplib::read(text)?
    } else if text.contains("CUST") && text.contains("VEHICLE") {
        solomon::read(text)?
    } else {
        let columns = tokens::lines(text)
            .take(2)
            .map(|(_, line)| tokens::numbers(line).map(|row| row.len()));
        match columns.collect::<Vec<_>>()[..] {
            [Some(3), Some(9)] => lilim::read(text)?,
            [Some(3 | 4), Some(2)] => cordeau::read(text)?,
            _ => return Err(FormatError::Unknown),
        }
    };
    if let Some(wanted) = options.rounding {
        for network in &mut problem.networks {
            for metric in std::iter::once(&mut network.distance).chain(network.duration.as_mut()) {
                if let Metric::Points { rounding, .. } = metric {
                    *rounding = wanted;
                }
            }
        }
    }
    Ok(problem)
}
