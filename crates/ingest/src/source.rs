//! What readers read from, and how much of it they accept.

use std::io::{Read, Seek};

/// A reader that can go back.
pub trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// One file of a batch.
pub struct Source<'a> {
    /// Name without folders, for findings.
    pub name: String,
    /// Its position in the batch, from 0.
    pub position: u16,
    /// Its length in bytes.
    pub size: u64,
    /// Its bytes.
    pub reader: Box<dyn ReadSeek + 'a>,
}

/// Bounds that keep memory and time finite whatever the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes after unpacking, over all entries of an archive.
    pub unpacked_bytes: u64,
    /// Bytes out per byte in, once [`Limits::ratio_floor_bytes`] are unpacked.
    pub unpack_ratio: u64,
    /// Below this the ratio is not looked at.
    pub ratio_floor_bytes: u64,
    /// Entries in an archive.
    pub archive_entries: usize,
    /// Documents in an archive of invoices.
    pub documents: usize,
    /// Bytes in one text, cell, name or attribute.
    pub text_bytes: usize,
    /// Nesting of elements.
    pub depth: usize,
    /// Columns of a table.
    pub columns: usize,
    /// Rows of a table.
    pub rows: u64,
    /// Lines held for one transaction.
    pub transaction_lines: usize,
    /// Accounts, suppliers, customers and tax codes held.
    pub master_records: usize,
    /// Earliest and latest year that a date may have.
    pub years: std::ops::RangeInclusive<i16>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked_bytes: 16 << 30,
            unpack_ratio: 200,
            ratio_floor_bytes: 16 << 20,
            archive_entries: 1_000,
            documents: 200_000,
            text_bytes: 1 << 20,
            depth: 64,
            columns: 1_000,
            rows: 50_000_000,
            transaction_lines: 200_000,
            master_records: 2_000_000,
            years: 1990..=2100,
        }
    }
}
