//! Opening what arrives: plain or zipped, in any encoding, never larger than agreed.

use std::io::{self, BufRead, BufReader, Read, SeekFrom};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};

use crate::{Limits, ReadSeek};

/// Why bytes could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// The archive unpacks to more than allowed, or has too many entries.
    #[error("the archive unpacks to more than {0}")]
    TooLarge(String),
    /// The archive is damaged.
    #[error("the archive cannot be read: {0}")]
    Archive(String),
    /// The medium failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Marks an I/O error as a limit that was passed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct LimitPassed(pub String);

/// Whether a reader failed because a limit was passed.
pub(crate) fn limit_passed(error: &io::Error) -> Option<&LimitPassed> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

fn passed(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::QuotaExceeded, LimitPassed(what))
}

/// Whether the bytes are a zip archive.
pub(crate) fn is_zip(reader: &mut dyn ReadSeek) -> io::Result<bool> {
    reader.rewind()?;
    let mut head = [0; 4];
    let read = read_up_to(reader, &mut head)?;
    reader.rewind()?;
    Ok(head[..read].starts_with(b"PK\x03\x04") || head[..read].starts_with(b"PK\x05\x06"))
}

fn read_up_to(reader: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Whether a file is what a computer leaves beside a person's files: hidden ones and copies of attributes of a Mac,
/// thumbnails and folder settings of Windows, the marker of a workbook that is open.
pub fn is_left_by_a_computer(path: &str) -> bool {
    let mut parts = path.rsplit(['/', '\\']);
    let name = parts.next().unwrap_or_default();
    name.starts_with('.')
        || name.starts_with("~$")
        || ["thumbs.db", "desktop.ini"].contains(&name.to_ascii_lowercase().as_str())
        || parts.any(|folder| folder == "__MACOSX")
}

/// Whether a name in an archive stands for a file that a person put there.
fn counts(name: &str) -> bool {
    !name.ends_with('/') && !is_left_by_a_computer(name)
}

/// Names of the files in an archive, in order; folders and what a computer left there are passed over.
pub(crate) fn entries(reader: &mut dyn ReadSeek, limits: &Limits) -> Result<Vec<String>, OpenError> {
    let archive = open(reader)?;
    if archive.len() > limits.archive_entries {
        return Err(OpenError::TooLarge(format!("{} files", limits.archive_entries)));
    }
    let stated: u128 = archive.decompressed_size().unwrap_or_default();
    if stated > u128::from(limits.unpacked_bytes) {
        return Err(OpenError::TooLarge(format!("{} bytes", limits.unpacked_bytes)));
    }
    let mut names = Vec::new();
    for name in archive.file_names() {
        let name = name.map_err(|error| OpenError::Archive(error.to_string()))?;
        if counts(&name) {
            names.push(name.into_owned());
        }
    }
    Ok(names)
}

fn open(reader: &mut dyn ReadSeek) -> Result<zip::ZipArchive<&mut dyn ReadSeek>, OpenError> {
    reader.seek(SeekFrom::Start(0))?;
    zip::ZipArchive::new(reader).map_err(|error| OpenError::Archive(error.to_string()))
}

/// Hands one entry of an archive to `work`, bounded in bytes and in ratio.
pub(crate) fn with_entry<T>(
    reader: &mut dyn ReadSeek,
    name: &str,
    limits: &Limits,
    work: impl FnOnce(&mut dyn Read) -> T,
) -> Result<T, OpenError> {
    let mut archive = open(reader)?;
    let entry = archive
        .by_name(name)
        .map_err(|error| OpenError::Archive(error.to_string()))?;
    let packed = entry.compressed_size().max(1);
    let by_ratio = packed.saturating_mul(limits.unpack_ratio).max(limits.ratio_floor_bytes);
    let mut bounded = Bounded {
        inner: entry,
        left: by_ratio.min(limits.unpacked_bytes),
    };
    Ok(work(&mut bounded))
}

/// Hands each file of an archive to `work`, in the order of the archive, bounded in bytes and in ratio over all of
/// them.
pub(crate) fn each_entry<E>(
    reader: &mut dyn ReadSeek,
    limits: &Limits,
    most: usize,
    mut work: impl FnMut(&str, &mut dyn Read) -> Result<(), E>,
) -> Result<Result<(), E>, OpenError> {
    let mut archive = open(reader)?;
    if archive.len() > most {
        return Err(OpenError::TooLarge(format!("{most} files")));
    }
    let mut left = limits.unpacked_bytes;
    for at in 0..archive.len() {
        let damaged = |error: zip::result::ZipError| OpenError::Archive(error.to_string());
        let entry = archive.by_index(at).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        if !counts(&name) {
            continue;
        }
        let packed = entry.compressed_size().max(1);
        let by_ratio = packed.saturating_mul(limits.unpack_ratio).max(limits.ratio_floor_bytes);
        let allowed = by_ratio.min(left);
        let mut bounded = Bounded {
            inner: entry,
            left: allowed,
        };
        if let Err(error) = work(&name, &mut bounded) {
            return Ok(Err(error));
        }
        left -= allowed - bounded.left;
    }
    Ok(Ok(()))
}

/// Shortens runs of text beyond what anybody reads: attachments in base64 stand in an invoice as one word of any
/// length. What comes before and after them stays.
pub(crate) struct Slim<R> {
    inner: R,
    /// Bytes since the last `<` or `>`.
    run: usize,
    /// In two bytes for each character nothing can be left out.
    wide: Option<bool>,
    dropping: bool,
}

/// A run of text is kept up to this length.
const RUN_BYTES: usize = 128 << 10;

impl<R: Read> Slim<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self {
            inner,
            run: 0,
            wide: None,
            dropping: false,
        }
    }
}

impl<R: Read> Read for Slim<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let is_mark = |byte: &u8| matches!(byte, b'<' | b'>');
        loop {
            let read = self.inner.read(buffer)?;
            let piece = &mut buffer[..read];
            let wide = *self.wide.get_or_insert(matches!(
                piece,
                [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0, ..] | [_, 0, ..]
            ));
            if read == 0 || wide {
                return Ok(read);
            }
            let (mut lead, mut from) = (0, 0);
            if self.run > RUN_BYTES {
                if !self.dropping {
                    // The rest of a character whose first byte has gone out already.
                    lead = piece
                        .iter()
                        .take(3)
                        .take_while(|byte| (0x80..0xc0).contains(*byte))
                        .count();
                }
                self.dropping = true;
                from = piece.iter().position(&is_mark).unwrap_or(read);
                piece.copy_within(from.., lead.min(from));
            }
            let kept = if from > 0 { lead.min(from) + read - from } else { read };
            if let Some(at) = buffer[..kept].iter().rposition(is_mark) {
                self.run = kept - at - 1;
                self.dropping = false;
            } else {
                self.run = self.run.saturating_add(kept);
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

/// Fails once more than the allowed bytes were read.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                return Err(passed(
                    "the archive unpacks to far more than its size; it looks like a zip bomb".into(),
                ));
            }
        }
        Ok(read)
    }
}

/// UTF-8 from whatever the bytes are: by byte-order mark, else by the XML declaration, else UTF-8.
pub(crate) fn utf8<'a>(reader: impl Read + 'a) -> io::Result<(Box<dyn BufRead + 'a>, &'static Encoding)> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let head = reader.fill_buf()?;
    let (encoding, skip) = match Encoding::for_bom(head) {
        Some(found) => found,
        None => (declared(head).unwrap_or(UTF_8), 0),
    };
    if encoding == UTF_8 {
        reader.consume(skip);
        return Ok((Box::new(reader), encoding));
    }
    let decoder = encoding.new_decoder_with_bom_removal();
    let transcoder = Transcoder {
        inner: reader,
        decoder,
        out: vec![0; 1 << 16],
        filled: 0,
        at: 0,
        ended: false,
    };
    Ok((Box::new(transcoder), encoding))
}

/// The encoding that an XML declaration names, also where UTF-16 lacks its mark.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [b'<', 0, b'?', 0, ..] => return Some(encoding_rs::UTF_16LE),
        [0, b'<', 0, b'?', ..] => return Some(encoding_rs::UTF_16BE),
        _ => {}
    }
    let head = &head[..head.len().min(256)];
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(&head[..end]).ok()?;
    let rest = declaration
        .split_once("encoding")?
        .1
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Encoding::for_label(rest[1..].split(quote).next()?.as_bytes())
}

/// Decodes to UTF-8 while reading.
struct Transcoder<R> {
    inner: R,
    decoder: Decoder,
    out: Vec<u8>,
    filled: usize,
    at: usize,
    ended: bool,
}

impl<R: BufRead> BufRead for Transcoder<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.filled && !self.ended {
            let input = self.inner.fill_buf()?;
            let last = input.is_empty();
            let (result, read, written, _replaced) = self.decoder.decode_to_utf8(input, &mut self.out, last);
            self.inner.consume(read);
            (self.at, self.filled) = (0, written);
            self.ended = last && result == CoderResult::InputEmpty;
        }
        Ok(&self.out[self.at..self.filled])
    }
    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl<R: BufRead> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}
