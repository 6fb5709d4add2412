//! Activities on their way in: staged in a file that nobody else looks at.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::{ActivityRow, LedgerError, decode_activities, encode_activities};

/// Rows in a chunk.
const CHUNK_ROWS: usize = 8_192;
/// No chunk is larger, whatever the length before it says.
const CHUNK_BYTES: u32 = 1 << 30;

/// Writes activities to a staging file, which is removed when this is dropped.
pub struct SpoolWriter {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    waiting: Vec<ActivityRow>,
    rows: u64,
}

impl SpoolWriter {
    /// A new staging file.
    pub fn create(path: &Path) -> Result<Self, LedgerError> {
        let file = BufWriter::new(File::create(path)?);
        Ok(Self {
            path: path.to_owned(),
            file: Some(file),
            waiting: Vec::new(),
            rows: 0,
        })
    }

    /// Adds a row.
    pub fn push(&mut self, row: ActivityRow) -> Result<(), LedgerError> {
        self.waiting.push(row);
        self.rows += 1;
        if self.waiting.len() >= CHUNK_ROWS {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes what waits and gives a reader over everything.
    pub fn read(&mut self) -> Result<SpoolReader, LedgerError> {
        self.flush()?;
        if let Some(file) = &mut self.file {
            file.flush()?;
        }
        Ok(SpoolReader {
            file: BufReader::new(File::open(&self.path)?),
        })
    }

    fn flush(&mut self) -> Result<(), LedgerError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let bytes = encode_activities(&self.waiting)?;
        self.waiting.clear();
        let length = u32::try_from(bytes.len()).map_err(|_| LedgerError::Encoding("a chunk is too large".into()))?;
        if let Some(file) = &mut self.file {
            file.write_all(&length.to_le_bytes())?;
            file.write_all(&bytes)?;
        }
        Ok(())
    }
}

impl Drop for SpoolWriter {
    fn drop(&mut self) {
        self.file = None;
        // What cannot be removed now is removed by `doctor`; nothing in staging counts.
        std::fs::remove_file(&self.path).ok();
    }
}

/// Reads staged activities chunk by chunk.
pub struct SpoolReader {
    file: BufReader<File>,
}

impl Iterator for SpoolReader {
    type Item = Result<Vec<ActivityRow>, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut length = [0; 4];
        match self.file.read_exact(&mut length) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return None,
            Err(error) => return Some(Err(error.into())),
            Ok(()) => {}
        }
        let length = u32::from_le_bytes(length);
        if length > CHUNK_BYTES {
            return Some(Err(LedgerError::Encoding("a staged chunk is too large".into())));
        }
        let mut bytes = vec![0; length as usize];
        Some(
            self.file
                .read_exact(&mut bytes)
                .map_err(LedgerError::from)
                .and_then(|()| decode_activities(&bytes)),
        )
    }
}
