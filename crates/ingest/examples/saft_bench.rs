//! Reads a SAF-T file and prints counts, totals, CPU seconds and peak memory, for comparison with
//! `bench/saft_lxml.py`, which reads the same fields.

use std::fs::File;

use anyhow::Context;
use greenheart_ingest::saft::{Options, read};
use greenheart_ingest::{Sink, Source, Stopped};
use greenheart_model::{Activity, Finding, FindingLog};
use greenheart_units::Amount;

/// Counts rows and lets them go, as a staging file would.
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
    let path = std::env::args_os().nth(1).context("usage: saft_bench FILE")?;
    let file = File::open(&path)?;
    let source = Source {
        name: "bench.xml".to_owned(),
        position: 0,
        size: file.metadata()?.len(),
        reader: Box::new(file),
    };
    let mut sink = Counting::default();
    let summary = read(&mut [source], &Options::default(), &mut sink)?;
    let shown = &summary.overview;
    let amount = |name: &str| {
        let text = shown[name].as_str().unwrap_or_default();
        text.parse::<Amount>()
            .map_or_else(|_| "missing".into(), |amount| amount.to_fixed(2))
    };
    println!(
        "transactions {} lines {} rows {} debit {} revenue {} export {} purchases {} suppliers {}",
        shown["transactions"],
        shown["lines"],
        sink.rows,
        amount("debit"),
        amount("revenue"),
        amount("export"),
        amount("purchases"),
        shown["suppliers"]
    );
    for (code, count, severity) in sink.findings.counts() {
        println!("{severity} {code} {count}");
    }
    Ok(())
}
