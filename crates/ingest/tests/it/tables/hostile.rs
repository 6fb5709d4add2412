//! Files that are broken or mean harm: a clear finding each, and no panic.

use super::{codes, look, read_as};
use greenheart_ingest::tables::{FINDINGS, Mapping, Options, read, templates};
use greenheart_ingest::{Collected, Limits, Source};
use proptest::prelude::*;
use std::io::{Read, Seek, SeekFrom};

fn check(name: &str, bytes: &[u8], expect: &str) {
    let (sink, result) = read_as(name, bytes, &Mapping::default(), &Options::default());
    assert!(result.is_err(), "{name} is refused");
    assert!(codes(&sink).contains(&expect), "{name}: {:?}", codes(&sink));
    assert!(
        codes(&sink)
            .iter()
            .all(|code| FINDINGS.iter().any(|(known, ..)| known == code))
    );
    assert!(sink.activities.is_empty());
}

#[test]
fn a_clear_finding_each() {
    check("empty.csv", b"", "table.empty");
    check("blank.csv", b"\n\n \n;;;\n", "table.empty");
    check("header.csv", "Dato;Type;Mengde;Enhet\n".as_bytes(), "table.rows_none");
    check(
        "page.xls",
        b"<html><table><tr><td>1</td></tr></table></html>",
        "table.is_html",
    );
    check("page.xlsx", b"\xef\xbb\xbf  <!DOCTYPE html>", "table.is_html");
    check("a.pdf", b"%PDF-1.7", "table.format_unsupported");
    check(
        "nul.csv",
        b"Dato;Type;Mengde;Enhet\n2024;el;1\0;kWh\n2024;el;1;kWh\n",
        "table.binary",
    );
    check(
        "columns.csv",
        ";".repeat(1_000_000).as_bytes(),
        "table.too_many_columns",
    );
    check("cell.csv", "x".repeat(3 << 20).as_bytes(), "table.cell_too_large");
    check(
        "quote.csv",
        b"Dato;Type;Mengde;Enhet\n2024;el;\"1;kWh\n",
        "table.quote_unclosed",
    );
    check("other.csv", b"a;b;c\n1;2;3\n", "table.mapping_needed");
    check("cut.xlsx", b"PK\x03\x04 and then nothing of use", "table.damaged");
    check(
        "cut.xls",
        &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0],
        "table.damaged",
    );
}

fn archive(entries: &[(&str, usize)]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, zeroes) in entries {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("an entry");
        writer.write_all(&vec![b' '; *zeroes]).expect("bytes");
    }
    writer.finish().expect("an archive").into_inner()
}

#[test]
fn archives_are_unpacked_within_bounds() {
    check(
        "a.ods",
        &archive(&[("mimetype", 10), ("content.xml", 10)]),
        "table.format_unsupported",
    );
    check(
        "bomb.xlsx",
        &archive(&[("xl/workbook.xml", 40 << 20)]),
        "table.zip_bomb",
    );
    let entries: Vec<String> = (0..1_100).map(|at| format!("xl/{at}")).collect();
    let entries: Vec<(&str, usize)> = entries.iter().map(|name| (name.as_str(), 0)).collect();
    check("many.xlsx", &archive(&entries), "table.zip_bomb");
    let mut lying = archive(&[("xl/workbook.xml", 1000)]);
    let at = lying
        .windows(4)
        .rposition(|w| w == b"PK\x01\x02")
        .expect("the directory");
    lying[at + 24..at + 28].copy_from_slice(&10_u32.to_le_bytes());
    let (sink, result) = read_as("lying.xlsx", &lying, &Mapping::default(), &Options::default());
    assert!(result.is_err(), "{:?}", codes(&sink));
}

/// A hundred megabytes of one letter, made while they are read.
struct Endless {
    at: u64,
}
const ENDLESS: u64 = 100 << 20;
impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = out
            .len()
            .min(usize::try_from(ENDLESS - self.at).unwrap_or(0))
            .min(1 << 16);
        out[..count].fill(b'x');
        self.at += count as u64;
        Ok(count)
    }
}
impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(_) => ENDLESS,
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

#[test]
fn a_file_without_a_line_end_is_refused_early() {
    let source = Source {
        name: "x.csv".into(),
        position: 0,
        size: ENDLESS,
        reader: Box::new(Endless { at: 0 }),
    };
    let mut sink = Collected::default();
    assert!(read(source, &Mapping::default(), &Options::default(), &mut sink).is_err());
    assert_eq!(codes(&sink), ["table.cell_too_large"]);
}

#[test]
fn mixed_encodings_and_row_limits_are_reported() {
    let mixed = b"Dato;Type;Vare;Mengde;Enhet\n2024;el;str\xc3\xb8m;1;kWh\n2024;el;str\xf8m;1;kWh\n";
    let (sink, _) = read_as("m.csv", mixed, &Mapping::default(), &Options::default());
    assert_eq!(codes(&sink), ["table.encoding_mixed"]);
    assert_eq!(sink.activities[0].item, sink.activities[1].item);
    let options = Options {
        limits: Limits {
            rows: 2,
            ..Limits::default()
        },
        ..Options::default()
    };
    let (sink, _) = read_as("m.csv", mixed, &Mapping::default(), &options);
    assert!(codes(&sink).contains(&"table.too_many_rows"));
}

/// One good row, and one cell far away.
fn small_workbook(far_row: u32, far_column: u16) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, (header, value)) in [
        ("Periode", "2024-01"),
        ("Type", "el"),
        ("Mengde", "1,5"),
        ("Enhet", "kWh"),
    ]
    .into_iter()
    .enumerate()
    {
        let column = u16::try_from(column).expect("few");
        sheet.write(0, column, header).expect("a header");
        sheet.write(1, column, value).expect("a cell");
    }
    if far_row > 0 {
        sheet.write(far_row, far_column, "x").expect("a cell");
    }
    book.save_to_buffer().expect("a workbook")
}

#[test]
fn a_cell_far_away_takes_no_memory() {
    check(
        "far.xlsx",
        &small_workbook(0x000f_ffff, 16_383),
        "table.too_many_columns",
    );
    let (sink, _) = read_as(
        "deep.xlsx",
        &small_workbook(0x000f_ffff, 0),
        &Mapping::default(),
        &Options::default(),
    );
    assert_eq!((sink.activities.len(), codes(&sink)), (1, vec!["table.row_unusable"]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_change_of_bytes_panics(
        which in 0_usize..15,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..20),
        cut in any::<proptest::sample::Index>(),
    ) {
        let mut bytes = templates()[which].csv_nb.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        let _ = look("a.csv", &bytes);
        let _ = read_as("a.csv", &bytes, &Mapping::default(), &Options::default());
    }

    #[test]
    fn no_change_of_a_workbook_panics(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = small_workbook(0, 0);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = look("a.xlsx", &bytes);
        let _ = read_as("a.xlsx", &bytes, &Mapping::default(), &Options::default());
    }

    #[test]
    fn no_bytes_at_all_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = look("a.csv", &bytes);
        let _ = read_as("a.csv", &bytes, &Mapping::default(), &Options::default());
    }
}
