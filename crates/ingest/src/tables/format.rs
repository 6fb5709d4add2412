//! What kind of file it is, seen from its contents and never from its name.

use std::io::{Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use super::cell::Halt;
use crate::Limits;

/// A kind of file that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Text with delimiters.
    Csv,
    /// Office Open XML workbook.
    Xlsx,
    /// Binary workbook of 1997 to 2003.
    Xls,
}

/// Parts of a workbook other than sheets are held in memory, so they have a bound of their own.
const HELD_PART_BYTES: u64 = 128 << 20;
/// A binary workbook is held in memory.
const XLS_BYTES: u64 = 64 << 20;

/// What a workbook does not show at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Hints {
    /// Rows or columns are hidden.
    pub hidden: bool,
    /// Cells are merged.
    pub merged: bool,
}

/// As [`look`], where the hints do not matter.
pub(super) fn kind_of<R: Read + Seek>(reader: &mut R, limits: &Limits) -> Result<FileKind, Halt> {
    look(reader, limits).map(|(kind, _)| kind)
}

/// Looks at the first bytes; for a workbook, also unpacks every part once and counts.
pub(super) fn look<R: Read + Seek>(reader: &mut R, limits: &Limits) -> Result<(FileKind, Hints), Halt> {
    reader.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    reader.by_ref().take(4096).read_to_end(&mut head)?;
    let size = reader.seek(SeekFrom::End(0))?;
    reader.seek(SeekFrom::Start(0))?;
    let plain = |kind| (kind, Hints::default());
    let refuse = |code, detail: &str| Err(Halt::Refused(code, 0, detail.to_owned()));
    if size == 0 {
        return refuse("table.empty", "the file has no bytes");
    }
    let text = head
        .strip_prefix(&[0xef, 0xbb, 0xbf])
        .unwrap_or(&head)
        .trim_ascii_start();
    match text {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => workbook(reader, size, limits),
        [0xd0, 0xcf, 0x11, 0xe0, ..] if size > XLS_BYTES => refuse("table.zip_bomb", "a binary workbook over 64 MB"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => binary_workbook(reader).map(plain),
        [b'<', b'?' | b'!' | b'a'..=b'z' | b'A'..=b'Z', ..] => {
            refuse("table.is_html", "the file begins like a web page or XML")
        }
        [b'%', b'P', b'D', b'F', ..] => refuse("table.format_unsupported", "a PDF"),
        [0x1f, 0x8b, ..] => refuse(
            "table.format_unsupported",
            "a gzip archive: unpack it first, or make it a ZIP archive",
        ),
        [b'{', ..] | [b'[', b'{', ..] => refuse("table.format_unsupported", "JSON"),
        _ => Ok(plain(FileKind::Csv)),
    }
}

/// The kind that the name of a file promises.
pub(super) fn kind_of_name(name: &str) -> Option<FileKind> {
    match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "csv" | "txt" | "tsv" => Some(FileKind::Csv),
        "xlsx" | "xlsm" => Some(FileKind::Xlsx),
        "xls" => Some(FileKind::Xls),
        _ => None,
    }
}

fn binary_workbook<R: Read + Seek>(reader: &mut R) -> Result<FileKind, Halt> {
    let mut bytes = Vec::new();
    reader.by_ref().take(1 << 20).read_to_end(&mut bytes)?;
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(name.len()).any(|window| window == name) {
        return Err(Halt::Refused(
            "table.encrypted",
            0,
            "the workbook is encrypted".to_owned(),
        ));
    }
    Ok(FileKind::Xls)
}

/// Unpacks every entry without keeping it: sizes that an archive states are only claims.
fn workbook<R: Read + Seek>(reader: &mut R, size: u64, limits: &Limits) -> Result<(FileKind, Hints), Halt> {
    let damaged = |error: zip::result::ZipError| Halt::Refused("table.damaged", 0, error.to_string());
    let bomb = |detail: String| Halt::Refused("table.zip_bomb", 0, detail);
    let mut archive = zip::ZipArchive::new(&mut *reader).map_err(damaged)?;
    if archive.len() > limits.archive_entries {
        return Err(bomb(format!("{} entries", archive.len())));
    }
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.map(std::borrow::Cow::into_owned))
        .collect::<Result<_, _>>()
        .map_err(damaged)?;
    if !names.iter().any(|name| name.eq_ignore_ascii_case("xl/workbook.xml")) {
        let detail = "an archive that is no XLSX workbook (ODS, XLSB and zip are not read)".to_owned();
        return Err(Halt::Refused("table.format_unsupported", 0, detail));
    }
    let (mut total, mut hints) = (0_u64, Hints::default());
    let mut buffer = vec![0_u8; 64 << 10];
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(damaged)?;
        let (stated, sheet) = (
            entry.size(),
            entry.name().is_ok_and(|name| name.starts_with("xl/worksheets/")),
        );
        let mut unpacked = 0_u64;
        let mut marks = Marks::default();
        loop {
            let read = entry
                .read(&mut buffer)
                .map_err(|error| Halt::Refused("table.damaged", 0, error.to_string()))?;
            if read == 0 {
                break;
            }
            unpacked += read as u64;
            total += read as u64;
            if sheet {
                marks.hear(&buffer[..read], &mut hints);
            }
            let ratio = total > limits.ratio_floor_bytes && total / limits.unpack_ratio.max(1) > size;
            if total > limits.unpacked_bytes || ratio || (!sheet && unpacked > HELD_PART_BYTES) {
                return Err(bomb(format!("{total} bytes unpacked of {size}")));
            }
            if unpacked > stated {
                return Err(bomb(format!("an entry states {stated} bytes and unpacks to more")));
            }
        }
    }
    drop(archive);
    reader.seek(SeekFrom::Start(0))?;
    Ok((FileKind::Xlsx, hints))
}

/// Words of a sheet's XML that show what it hides, wherever the pieces of it are cut.
#[derive(Default)]
struct Marks {
    tail: Vec<u8>,
}

impl Marks {
    fn hear(&mut self, piece: &[u8], hints: &mut Hints) {
        const LONGEST: usize = 16;
        if hints.hidden && hints.merged {
            return;
        }
        self.tail.extend_from_slice(&piece[..piece.len().min(LONGEST)]);
        for text in [self.tail.as_slice(), piece] {
            let has = |mark: &[u8]| memchr::memmem::find(text, mark).is_some();
            hints.hidden |= has(b" hidden=\"1\"") || has(b" hidden=\"true\"");
            hints.merged |= has(b"<mergeCell ");
        }
        let kept = piece.len().saturating_sub(LONGEST);
        self.tail.clear();
        self.tail.extend_from_slice(&piece[kept..]);
    }
}
