//! Text files: records between delimiters, within bounds, and which delimiter it is.

use std::io::{BufRead, BufReader, Cursor, Read, Seek, SeekFrom};

use super::Encoding;
use super::cell::{Cell, Halt, Row, Visit};
use super::encoding::{TextProfile, Utf16Reader};
use crate::Limits;

/// How the text of a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub encoding: Encoding,
    pub mark_bytes: u64,
    pub delimiter: u8,
}

/// Delimiters that are tried, in the order in which a tie is broken.
const DELIMITERS: [u8; 4] = [b';', b'\t', b',', b'|'];
const SAMPLE_BYTES: u64 = 128 << 10;
const SAMPLE_RECORDS: usize = 60;

/// Goes over the rows of a file from its start.
pub(super) fn walk<R: Read + Seek>(
    reader: &mut R,
    layout: Layout,
    limits: &Limits,
    visit: Visit<'_>,
) -> Result<(), Halt> {
    reader.seek(SeekFrom::Start(layout.mark_bytes))?;
    if layout.encoding.is_utf16() {
        let text = Utf16Reader::new(reader, layout.encoding);
        return each(Records::new(text, layout.delimiter, limits), layout.encoding, visit);
    }
    each(Records::new(reader, layout.delimiter, limits), layout.encoding, visit)
}

fn each<R: Read>(mut records: Records<'_, R>, encoding: Encoding, visit: Visit<'_>) -> Result<(), Halt> {
    while let Some(record) = records.next()? {
        let cells = record
            .cells
            .iter()
            .map(|bytes| Cell::text(&encoding.decode(bytes)))
            .collect();
        if record.line == 1 && separator_line(&record.cells).is_some() {
            continue;
        }
        if !visit(Row {
            number: record.line,
            cells,
            bytes: records.bytes,
        })? {
            return Ok(());
        }
    }
    Ok(())
}

/// Finds the delimiter: the one under which most records have the same number of cells.
pub(super) fn delimiter<R: Read + Seek>(reader: &mut R, profile: &TextProfile, limits: &Limits) -> Result<u8, Halt> {
    reader.seek(SeekFrom::Start(profile.mark_bytes))?;
    let mut sample = Vec::new();
    if profile.encoding.is_utf16() {
        Utf16Reader::new(reader, profile.encoding)
            .take(SAMPLE_BYTES)
            .read_to_end(&mut sample)?;
    } else {
        reader.take(SAMPLE_BYTES).read_to_end(&mut sample)?;
    }
    if let Some(stated) = sample.strip_prefix(b"sep=").and_then(|rest| rest.first()) {
        return Ok(*stated);
    }
    let mut best = (0, DELIMITERS[0]);
    for delimiter in DELIMITERS {
        let score = regularity(&sample, delimiter, limits);
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    Ok(best.1)
}

/// Thousandths of the records that have the commonest number of cells, when that is more than one;
/// more columns break a tie.
fn regularity(sample: &[u8], delimiter: u8, limits: &Limits) -> usize {
    let mut records = Records::new(Cursor::new(sample), delimiter, limits);
    let mut widths = Vec::new();
    while widths.len() < SAMPLE_RECORDS {
        match records.next() {
            Ok(Some(record)) if record.cells.iter().all(|cell| cell.trim_ascii().is_empty()) => {}
            Ok(Some(record)) => widths.push(record.cells.len()),
            Err(_) if widths.is_empty() => return usize::from(sample.contains(&delimiter)),
            Ok(None) | Err(_) => break,
        }
    }
    if widths.len() > 2 && u64::try_from(sample.len()).unwrap_or(0) == SAMPLE_BYTES {
        widths.pop();
    }
    let common = widths
        .iter()
        .copied()
        .max_by_key(|width| widths.iter().filter(|w| *w == width).count());
    match common {
        Some(common) if common > 1 => {
            let same = widths.iter().filter(|width| **width == common).count();
            same * 1000 / widths.len() * 1000 + common.min(999)
        }
        _ => usize::from(widths.iter().any(|width| *width > 1)),
    }
}

/// `sep=;`, with which a spreadsheet states its delimiter.
fn separator_line(cells: &[Vec<u8>]) -> Option<()> {
    cells.first().filter(|first| first.starts_with(b"sep=")).map(|_| ())
}

struct Record {
    line: u64,
    cells: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell: its end, or the first half of a doubled quote.
    Closing,
}

/// Splits bytes into records (RFC 4180, with any delimiter), holding one record at a time.
struct Records<'l, R> {
    reader: BufReader<R>,
    delimiter: u8,
    limits: &'l Limits,
    line: u64,
    bytes: u64,
    after_return: bool,
}

impl<'l, R: Read> Records<'l, R> {
    fn new(reader: R, delimiter: u8, limits: &'l Limits) -> Self {
        let reader = BufReader::with_capacity(64 << 10, reader);
        Self {
            reader,
            delimiter,
            limits,
            line: 1,
            bytes: 0,
            after_return: false,
        }
    }

    fn next(&mut self) -> Result<Option<Record>, Halt> {
        let mut record = Record {
            line: self.line,
            cells: Vec::new(),
        };
        let (mut cell, mut state, mut size, mut any) = (Vec::new(), State::Start, 0_usize, false);
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                break;
            }
            let mut used = 0;
            let mut ended = false;
            for &byte in buffer {
                used += 1;
                if std::mem::take(&mut self.after_return) && byte == b'\n' {
                    continue;
                }
                any = true;
                size += 1;
                match (state, byte) {
                    (State::Quoted, b'"') => state = State::Closing,
                    (State::Quoted, _) => {
                        self.line += u64::from(byte == b'\n');
                        cell.push(byte);
                    }
                    (State::Closing, b'"') => {
                        cell.push(b'"');
                        state = State::Quoted;
                    }
                    (_, b'\n' | b'\r') => {
                        self.line += 1;
                        self.after_return = byte == b'\r';
                        ended = true;
                        break;
                    }
                    (_, byte) if byte == self.delimiter => {
                        record.cells.push(std::mem::take(&mut cell));
                        state = State::Start;
                    }
                    (State::Start, b'"') => state = State::Quoted,
                    _ => {
                        cell.push(byte);
                        state = State::Plain;
                    }
                }
                if record.cells.len() >= self.limits.columns
                    || cell.len() > self.limits.text_bytes
                    || size > self.limits.text_bytes.saturating_mul(4)
                {
                    break;
                }
            }
            self.reader.consume(used);
            self.bytes += used as u64;
            self.check(&record, cell.len(), size)?;
            if ended {
                record.cells.push(cell);
                return Ok(Some(record));
            }
        }
        if state == State::Quoted {
            let detail = "the file ends inside a quoted cell".to_owned();
            return Err(Halt::Refused("table.quote_unclosed", record.line, detail));
        }
        record.cells.push(cell);
        Ok(any.then_some(record))
    }

    fn check(&self, record: &Record, cell: usize, size: usize) -> Result<(), Halt> {
        if record.cells.len() >= self.limits.columns {
            let detail = format!("more than {} columns", self.limits.columns);
            return Err(Halt::Refused("table.too_many_columns", record.line, detail));
        }
        if cell > self.limits.text_bytes || size > self.limits.text_bytes.saturating_mul(4) {
            let detail = format!(
                "more than {} bytes in a cell, or four times that in a row",
                self.limits.text_bytes
            );
            return Err(Halt::Refused("table.cell_too_large", record.line, detail));
        }
        Ok(())
    }
}
