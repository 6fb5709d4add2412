//! Factor sets as files.

use std::io::{Read, Write};

use greenheart_model::{FactorSet, FactorSetError};

/// Version of the set that is built in.
pub const SHIPPED_VERSION: &str = "greenheart-2026.1";

/// Why a factor file was refused.
#[derive(Debug, thiserror::Error)]
pub enum FactorFileError {
    /// The file is not a table with the columns of the format.
    #[error("the factor table cannot be read")]
    Table(#[from] csv::Error),
    /// A field does not hold what its column says.
    #[error("line {line}, `{column}`: {problem}")]
    Field {
        /// Line of the file, from 1.
        line: u64,
        /// Column.
        column: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The set as a whole is wrong.
    #[error(transparent)]
    Set(#[from] FactorSetError),
}

/// The factors that are built in; each with its citation.
pub fn shipped() -> FactorSet {
    unimplemented!()
}

/// Reads a factor table (columns: `docs/concepts/factors.md`) as the set `version`.
///
/// # Errors
/// [`FactorFileError`]: the first field that cannot be read, with line and column.
pub fn parse(reader: impl Read, version: &str) -> Result<FactorSet, FactorFileError> {
    let _ = (reader, version);
    unimplemented!()
}

/// Writes a set so that [`parse`] reads the same one back.
///
/// # Errors
/// Of the writer.
pub fn write(set: &FactorSet, writer: impl Write) -> Result<(), FactorFileError> {
    let _ = (set, writer);
    unimplemented!()
}

/// What looks wrong with a set, in words: tonnes read as kilograms, a negative gas, a missing
/// citation. Empty for a plausible set.
pub fn plausibility(set: &FactorSet) -> Vec<String> {
    let _ = set;
    unimplemented!()
}
