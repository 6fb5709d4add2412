//! A first look at a file: what it is, and how it would be read.

use greenheart_model::FindingLog;
use greenheart_units::DecimalMark;
use serde::{Deserialize, Serialize};

use super::{Encoding, Field, FileKind, Mapping};
use crate::{Limits, ReadError, Source};

/// What a file looks like. Serialisable, for a page that lets a person confirm the mapping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sniffed {
    /// Kind of file, by its contents.
    pub kind: FileKind,
    /// Encoding of a text file.
    pub encoding: Option<Encoding>,
    /// Delimiter of a text file.
    pub delimiter: Option<char>,
    /// The mark that numbers written as text use, when every such column agrees.
    pub decimal_mark: Option<DecimalMark>,
    /// Row of the headers from 1, when one was found.
    pub header_row: Option<u64>,
    /// Visible sheets.
    pub sheet_names: Vec<String>,
    /// Up to twenty rows as text, at most 200 characters a cell.
    pub first_rows: Vec<Vec<String>>,
    /// The mapping to confirm; it can be saved as it is when [`Mapping::can_read`].
    pub mapping: Mapping,
    /// What each column seems to hold.
    pub columns: Vec<ColumnGuess>,
    /// What was noticed.
    pub findings: FindingLog,
}

/// One column and what it seems to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnGuess {
    /// Position from 1.
    pub position: usize,
    /// Its header.
    pub header: String,
    /// The field, when there is a guess.
    pub field: Option<Field>,
    /// 100 a known header, 60 a known word in it, 30 by its contents, 0 no guess.
    pub confidence_percent: u8,
}
