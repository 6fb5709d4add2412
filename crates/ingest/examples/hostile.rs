//! Feeds a reader gigabytes that never lie on a disk, and prints what it said; `/usr/bin/time -v` shows the memory.

use std::io::{self, Read, Seek, SeekFrom};

use anyhow::{Context, bail};
use greenheart_ingest::{ReadError, Sink, Source, Stopped, Summary, saft, tables};
use greenheart_model::{Activity, Finding, FindingLog};

/// A head, then one piece for ever, up to a length.
struct Endless {
    head: Vec<u8>,
    piece: Vec<u8>,
    at: u64,
    length: u64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() && self.at < self.length {
            let at = usize::try_from(self.at).unwrap_or(usize::MAX);
            let source = match self.head.get(at..) {
                Some(rest) if !rest.is_empty() => rest,
                _ => &self.piece[(at - self.head.len()) % self.piece.len()..],
            };
            let count = source.len().min(buffer.len() - filled);
            buffer[filled..filled + count].copy_from_slice(&source[..count]);
            filled += count;
            self.at += count as u64;
        }
        Ok(filled)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.length.saturating_add_signed(by),
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

#[derive(Default)]
struct Counting {
    rows: u64,
    findings: FindingLog,
}

impl Sink for Counting {
    fn activity(&mut self, _: Activity) -> Result<(), Stopped> {
        self.rows += 1;
        Ok(())
    }
    fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
    fn progress(&mut self, _: u64) -> Result<(), Stopped> {
        Ok(())
    }
}

const HEADER: &str = "<AuditFile xmlns=\"urn:StandardAuditFile-Taxation-Financial:NO\"><Header><Company>\
    <RegistrationNumber>999999999</RegistrationNumber></Company></Header>";
const LINE: &str =
    "<Line><AccountID>4300</AccountID><SupplierID>1</SupplierID><DebitAmount><Amount>1</Amount></DebitAmount></Line>";

/// Head and piece of a case.
fn case(name: &str) -> anyhow::Result<(String, String)> {
    let transaction = format!("<Transaction><TransactionDate>2024-01-01</TransactionDate>{LINE}</Transaction>");
    let open = format!("{HEADER}<GeneralLedgerEntries><Journal>");
    Ok(match name {
        "text" => (format!("{HEADER}<MasterFiles><X>"), "x".into()),
        "pieces" => (
            "<AuditFile><Header><Company><Name>".into(),
            "<!-- -->xxxxxxxxxxxxxxxx".into(),
        ),
        "comment" => ("<!--".into(), "x".into()),
        "tag" => ("<AuditFile a=\"".into(), "x".into()),
        "depth" => ("<AuditFile>".into(), "<a>".into()),
        "doctype" => ("<!DOCTYPE a [".into(), "<!ENTITY a \"aaaaaaaa\">".into()),
        "transactions" => (open, transaction),
        "lines" => (
            format!("{open}<Transaction><TransactionDate>2024-01-01</TransactionDate>"),
            LINE.into(),
        ),
        "csv" => ("Dato;Vare;Mengde;Enhet\n".into(), "2024-01-01;diesel;1,5;l\n".into()),
        "columns" => (String::new(), "a;".into()),
        "quote" => ("Dato;Vare\n\"".into(), "a;b\n".into()),
        other => bail!("no case `{other}`"),
    })
}

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: hostile CASE MEGABYTES";
    let name = arguments.next().context(usage)?;
    let megabytes: u64 = arguments.next().context(usage)?.parse()?;
    let (head, piece) = case(&name)?;
    let length = megabytes << 20;
    let endless = Endless {
        head: head.into_bytes(),
        piece: piece.into_bytes(),
        at: 0,
        length,
    };
    let source = Source {
        name: "hostile".to_owned(),
        position: 0,
        size: length,
        reader: Box::new(endless),
    };
    let mut sink = Counting::default();
    let result: Result<Summary, ReadError> = if matches!(name.as_str(), "csv" | "columns" | "quote") {
        tables::read(
            source,
            &tables::Mapping::default(),
            &tables::Options::default(),
            &mut sink,
        )
    } else {
        saft::read(&mut [source], &saft::Options::default(), &mut sink)
    };
    match result {
        Ok(_) => println!("{name}: read, {} rows", sink.rows),
        Err(error) => println!("{name}: {error}, {} rows before", sink.rows),
    }
    for (code, count, severity) in sink.findings.counts() {
        println!("  {severity} {code} {count}");
    }
    Ok(())
}
