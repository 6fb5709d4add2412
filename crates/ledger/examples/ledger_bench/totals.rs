//! Exact totals from segments.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use greenheart_ledger::{Dimension, Filter, Ledger, Limits, TotalRow};
use greenheart_testkit::cpu_ms;
use greenheart_units::Amount;

use super::generate::sources;

/// Sums everything that was generated in `folder`; writes the totals to `out` when asked to.
pub fn run(folder: &Path, out: Option<&Path>) -> anyhow::Result<()> {
    let limits = Limits {
        memory_bytes: 768 << 20,
        spill_bytes: 1 << 30,
        threads: 2,
    };
    let sources = sources(folder)?;
    let before = cpu_ms();
    let ledger = Ledger::open(&folder.join("segments"), &folder.join("spill"), limits)?;
    let dimensions = [
        Dimension::Member,
        Dimension::Scope,
        Dimension::Category,
        Dimension::Year,
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let totals = runtime.block_on(ledger.totals(&sources, &dimensions, &Filter::default()))?;
    let after = cpu_ms();
    let co2e_other: Amount = totals.iter().map(|row| row.gases.co2e_other).sum();
    println!(
        "groups {} rows {} co2e_other {}",
        totals.len(),
        totals.iter().map(|row| row.rows).sum::<u64>(),
        co2e_other.to_fixed(6)
    );
    let work = before
        .zip(after)
        .map(|(before, after)| after - before)
        .context("no /proc")?;
    println!("work_cpu_ms {work}");
    match out {
        Some(out) => write(out, &totals),
        None => Ok(()),
    }
}

fn write(path: &Path, totals: &[TotalRow]) -> anyhow::Result<()> {
    let mut lines: Vec<String> = totals
        .iter()
        .map(|row| {
            let gases = &row.gases;
            let shown = [
                gases.co2,
                gases.ch4_fossil,
                gases.ch4_biogenic,
                gases.n2o,
                gases.co2_biogenic,
                gases.co2e_other,
            ]
            .map(|mass| mass.to_fixed(6))
            .join(",");
            format!("{},{shown},{}", row.key.join(","), row.rows)
        })
        .collect();
    lines.sort_unstable();
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    for line in lines {
        writeln!(file, "{line}")?;
    }
    Ok(file.flush()?)
}
