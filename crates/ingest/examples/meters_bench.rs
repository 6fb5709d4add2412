//! `meters_bench generate METERS FILE.csv` writes a year of invented hourly values for so many metering points;
//! `meters_bench read FILE.csv` reads them and prints counts.

use std::fs::File;
use std::io::{BufWriter, Write};

use anyhow::{Context, bail};
use greenheart_ingest::meters::{Options, read};
use greenheart_ingest::{Collected, Source};

const HOURS: i64 = 8_760;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", meters, path] => generate(meters.parse()?, path),
        ["read", path] => measure(path),
        _ => bail!("usage: meters_bench generate METERS FILE.csv | read FILE.csv"),
    }
}

/// Times with their offset, so that the generator needs no calendar but the days of 2023.
fn generate(meters: u64, path: &str) -> anyhow::Result<()> {
    const LENGTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(out, "Maaler-Id;Tidspunkt;Verdi;Retning")?;
    for meter in 0..meters {
        let (mut month, mut day) = (0, 1);
        for hour in 0..HOURS {
            let of_day = hour % 24;
            let value = (hour * 7 + 13 * i64::try_from(meter)?) % 5_000;
            writeln!(
                out,
                "7070575{meter:011};2023-{:02}-{day:02}T{of_day:02}:00:00+01:00;{},{:03};IMPORT",
                month + 1,
                value / 1000,
                value % 1000
            )?;
            if of_day == 23 {
                day += 1;
                if day > LENGTHS[month] {
                    (month, day) = ((month + 1) % 12, 1);
                }
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn measure(path: &str) -> anyhow::Result<()> {
    let file = File::open(path).context("opening the file")?;
    let source = Source {
        name: "bench.csv".to_owned(),
        position: 0,
        size: file.metadata()?.len(),
        reader: Box::new(file),
    };
    let mut sink = Collected::default();
    let summary = read(&mut [source], &Options::default(), &mut sink)?;
    println!(
        "readings {} rows {} kwh {}",
        summary.overview["readings"], summary.rows, summary.overview["kwh"]
    );
    for (code, count, severity) in sink.findings.counts() {
        println!("{severity} {code} {count}");
    }
    Ok(())
}
