//! One cell and one row, whatever file they come from.

use std::fmt;

use greenheart_model::Date;

use crate::ReadError;

/// The content of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    /// A typed number, as a plain decimal with a point.
    Number(String),
    /// A day, and minutes after its midnight.
    Date(Date, u16),
    /// An error of the spreadsheet, such as `#N/A`.
    Error(String),
}

/// A row with its number in the file, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub number: u64,
    pub cells: Vec<Cell>,
    /// Bytes of the source read so far.
    pub bytes: u64,
}

/// Why the walk over the rows ended before the end of the file.
#[derive(Debug)]
pub(super) enum Halt {
    /// The file cannot be used: code, row and particulars of the finding to give.
    Refused(&'static str, u64, String),
    Read(ReadError),
}

/// Takes rows until it says `false`.
pub(super) type Visit<'v> = &'v mut dyn FnMut(Row) -> Result<bool, Halt>;

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Self {
        Self::Read(error.into())
    }
}
impl From<ReadError> for Halt {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}
impl From<crate::Stopped> for Halt {
    fn from(stopped: crate::Stopped) -> Self {
        Self::Read(stopped.into())
    }
}

impl Cell {
    /// A cell of text without blanks around it.
    pub fn text(text: &str) -> Self {
        let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if trimmed.is_empty() {
            Self::Empty
        } else {
            Self::Text(trimmed.to_owned())
        }
    }

    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// A formula that stands as text, as in an attempt to make a spreadsheet run something.
    pub fn is_formula(&self) -> bool {
        let Self::Text(text) = self else { return false };
        match text.as_bytes().first() {
            Some(b'=' | b'@') => text.len() > 1,
            Some(b'+' | b'-') => text.contains(['(', '!', '|', '=']) && text.bytes().any(|b| b.is_ascii_alphabetic()),
            _ => false,
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) | Self::Number(text) | Self::Error(text) => f.write_str(text),
            Self::Date(date, _) => write!(f, "{date}"),
        }
    }
}

impl Row {
    /// The cell of a column from 0; empty where the row is shorter.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }

    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(Cell::is_empty)
    }

    /// The first cell that is not empty, as text.
    pub fn first_text(&self) -> String {
        self.cells
            .iter()
            .find(|cell| !cell.is_empty())
            .map(ToString::to_string)
            .unwrap_or_default()
    }
}
