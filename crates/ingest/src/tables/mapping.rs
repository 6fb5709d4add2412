//! Which column of a file holds what: saved by a person, or derived from headers that are known.

use std::collections::BTreeMap;

use greenheart_model::{ActivityKind, Coverage};
use greenheart_units::{DecimalMark, Unit};
use serde::{Deserialize, Serialize};

use super::Encoding;
use super::field::{Field, field_of_header};

/// How a table is to be read. Plain JSON, so that it can be saved and shown.
///
/// Everything left out is taken from the file: [`Mapping::default`] reads a file whose headers are
/// those of a published template.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// Format of this mapping; [`Mapping::VERSION`], or 0 for one written by hand without it.
    pub version: u32,
    /// Name and revision that a batch records, such as `energy@2`.
    pub name: String,
    /// Kind of activity of every row that does not state its own.
    pub kind: Option<ActivityKind>,
    /// Where each field stands.
    pub columns: BTreeMap<Field, Column>,
    /// The value of a field for every row that has none of its own.
    pub fixed: BTreeMap<Field, String>,
    /// Decimal mark of every number written as text.
    pub decimal_mark: Option<DecimalMark>,
    /// Order of dates such as `03/04/2024`.
    pub date_order: Option<DateOrder>,
    /// Delimiter of a text file.
    pub delimiter: Option<char>,
    /// Encoding of a text file.
    pub encoding: Option<Encoding>,
    /// Sheet of a workbook; the first visible one when absent.
    pub sheet: Option<String>,
    /// Row of the headers from 1; 0 when there are none and columns are given by position.
    pub header_row: Option<u64>,
    /// What the file tells completely; a claim, so only a person makes it.
    pub coverage: Vec<Coverage>,
}

/// A column, by the text of its header or by its position from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// Position from 1.
    Position(usize),
    /// Header, compared without regard to case and blanks.
    Header(String),
}

/// Order of day, month and year in a date of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// `31.12.2024`
    DayFirst,
    /// `12/31/2024`
    MonthFirst,
}

impl Mapping {
    /// The format that this version writes.
    pub const VERSION: u32 = 1;

    /// The mapping for headers that are all our own (those of templates and their plain synonyms,
    /// Norwegian or English); `None` when they do not name a time and a quantity or an amount.
    pub fn for_headers<S: AsRef<str>>(headers: &[S]) -> Option<Self> {
        let mut mapping = Self {
            version: Self::VERSION,
            ..Self::default()
        };
        for (at, header) in headers.iter().enumerate() {
            mapping.note(at, header.as_ref());
        }
        mapping.can_read().then_some(mapping)
    }

    /// Whether rows can be read: something says when, and something says how much.
    pub fn can_read(&self) -> bool {
        let has = |field: Field| self.columns.contains_key(&field) || self.fixed.contains_key(&field);
        let when = Field::TIMES.iter().any(|field| has(*field));
        when && (has(Field::Quantity) || has(Field::Amount))
    }

    /// Takes a header that is surely one of ours; the first column of a field wins.
    fn note(&mut self, at: usize, header: &str) {
        let Some(named) = field_of_header(header) else { return };
        if self.columns.contains_key(&named.field) {
            return;
        }
        self.columns.insert(named.field, Column::Position(at + 1));
        if named.field == Field::Quantity
            && let Some(unit) = named.unit
        {
            self.fixed.insert(Field::Unit, unit.code.to_owned());
        }
    }

    /// The unit of rows without their own.
    pub(super) fn fixed_unit(&self) -> Option<&'static Unit> {
        self.fixed.get(&Field::Unit).and_then(|text| Unit::find(text).ok())
    }
}
