//! `ehf_bench generate N FILE.zip` writes invented invoices; `ehf_bench read FILE.zip` reads them and prints counts.

use std::fs::File;
use std::io::{BufWriter, Write};

use anyhow::{Context, bail};
use greenheart_ingest::ehf::{Options, read};
use greenheart_ingest::{Sink, Source, Stopped};
use greenheart_model::{Activity, Finding, FindingLog};

const SAMPLES: [&str; 2] = [
    include_str!("../tests/fixtures/ehf/goods.xml"),
    include_str!("../tests/fixtures/ehf/power.xml"),
];

#[derive(Default)]
struct Counting {
    rows: u64,
    findings: FindingLog,
}

impl Sink for Counting {
    fn activity(&mut self, activity: Activity) -> Result<(), Stopped> {
        std::hint::black_box(&activity);
        self.rows += 1;
        Ok(())
    }
    fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
    fn progress(&mut self, _bytes_read: u64) -> Result<(), Stopped> {
        Ok(())
    }
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", count, path] => generate(count.parse()?, path),
        ["read", path] => measure(path),
        _ => bail!("usage: ehf_bench generate N FILE.zip | read FILE.zip"),
    }
}

/// Every second one is a power bill; each carries an attachment of thirty kilobytes, and ten goods lines.
fn generate(count: usize, path: &str) -> anyhow::Result<()> {
    let mut archive = zip::ZipWriter::new(BufWriter::new(File::create(path)?));
    let attachment = format!(">{}<", "QUJD".repeat(7_500));
    for at in 0..count {
        let text = SAMPLES[at % 2]
            .replace(">F-100<", &format!(">F-{at}<"))
            .replace(">N-7<", &format!(">N-{at}<"))
            .replace("707057500000000012", &format!("7070575{at:011}"))
            .replace(">QUJD<", &attachment);
        archive.start_file(format!("{at}.xml"), zip::write::SimpleFileOptions::default())?;
        archive.write_all(lengthened(&text).as_bytes())?;
    }
    archive.finish()?;
    Ok(())
}

/// The first line of goods ten times.
fn lengthened(text: &str) -> String {
    let (Some(from), Some(to)) = (text.find("  <cac:InvoiceLine>"), text.find("  </cac:InvoiceLine>\n")) else {
        return text.to_owned();
    };
    let line = &text[from..to + "  </cac:InvoiceLine>\n".len()];
    let longer = text.replacen(line, &line.repeat(10), 1);
    longer
        .replace(">31500.00<", ">256500.00<")
        .replace(">31850.00<", ">256850.00<")
}

fn measure(path: &str) -> anyhow::Result<()> {
    let file = File::open(path).context("opening the archive")?;
    let source = Source {
        name: "bench.zip".to_owned(),
        position: 0,
        size: file.metadata()?.len(),
        reader: Box::new(file),
    };
    let options = Options {
        expected_org: Some("999999999".parse()?),
        ..Options::default()
    };
    let mut sink = Counting::default();
    let summary = read(&mut [source], &options, &mut sink)?;
    println!(
        "invoices {} lines {} rows {} totals {:?}",
        summary.overview["invoices"], summary.overview["lines"], sink.rows, summary.control_totals
    );
    for (code, count, severity) in sink.findings.counts() {
        println!("{severity} {code} {count}");
    }
    Ok(())
}
