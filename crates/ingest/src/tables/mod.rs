//! Plain tables: CSV, XLSX and XLS of energy, materials, waste, transport, travel, purchases, removals.
//!
//! For: turning the rows of a table into activities, with a saved [`Mapping`] or with the headers of
//! a published [`Template`]. Not for: guessing silently. What the file leaves open (a decimal mark, a
//! unit, a site) becomes a finding of [`FINDINGS`], and the row keeps what stood there.
//! A table is read twice: once to see each column as a whole, once to give its rows.
//! Start with [`read`]; [`sniff`] proposes the mapping a person then confirms.

mod cell;
mod column;
mod csv;
mod date;
mod encoding;
mod field;
mod findings;
mod format;
mod grid;
mod header;
mod item;
mod mapping;
mod read;
mod row;
mod sniff;
mod tally;
mod template;
mod words;
mod workbook;

pub use encoding::Encoding;
pub use field::Field;
pub(crate) use field::normalise;
pub use findings::FINDINGS;
pub use format::FileKind;
pub use grid::text_rows;
pub(crate) use grid::{Grid, GridRow, bracketed, first_rows, position};
pub use item::{Item, items};
pub(crate) use item::{
    find as find_item, find_for as find_item_for, find_in as find_item_in, of_waste_code as default_waste_item,
};
pub use mapping::{Column, DateOrder, Mapping};
pub use read::{KnownSite, Options, read};
pub use sniff::{ColumnGuess, Sniffed, sniff};
pub use template::{Template, templates};
pub use words::coverage_of;
pub(crate) use words::treatment;
pub(crate) use workbook::{WorkbookRow, walk_first as walk_workbook};

/// Name of this importer in a batch.
pub const IMPORTER: &str = "table";
/// Its version; a change in how a file is read raises it.
pub const VERSION: u32 = 1;
