//! All footprints of four systems of 20 000 products, and Monte Carlo samples of them, in CPU time.
//!
//! `cargo run --release -p greenheart-footprint --example footprint_bench -- solve 9`: median CPU milliseconds of nine
//! `… -- sample 100`: CPU seconds for so many samples of every coefficient and emission (sigma 0.1)
//! `… -- write FOLDER`: the systems as raw little-endian arrays for `bench/footprint_pypardiso.py`
//!
//! Every answer is held to a residual of 1e-10 by [`residual`], which asks it of each product apart.

mod matrices;

use std::error::Error;
use std::fs;
use std::path::Path;

use greenheart_footprint::solve::{SolveOptions, residual, solve, solve_with_gain_check};
use greenheart_footprint::uncertainty::{Random, sample};
use matrices::{System, largest_gain, systems};

const SIGMA: f64 = 0.1;
/// Solutions between two looks at the clock, which ticks every few milliseconds on some machines.
const REPEATS: u32 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mode = arguments.next().unwrap_or_else(|| "solve".to_owned());
    let value = arguments.next();
    println!("systems of 20 000 products");
    for system in systems() {
        match mode.as_str() {
            "solve" => solve_times(&system, value.as_deref().unwrap_or("9").parse()?)?,
            "sample" => sample_time(&system, value.as_deref().unwrap_or("100").parse()?)?,
            "write" => write(&system, Path::new(value.as_deref().ok_or("write needs a folder")?))?,
            other => return Err(format!("`{other}` is not solve, sample or write").into()),
        }
    }
    Ok(())
}

fn solve_times(system: &System, rounds: usize) -> Result<(), Box<dyn Error>> {
    let median = |prove: bool| -> Result<(f64, usize, f64), Box<dyn Error>> {
        let (mut times, mut steps, mut left) = (Vec::new(), 0, 0.0);
        for _ in 0..rounds.max(1) {
            let started = cpu_ms()?;
            let mut answer = None;
            for _ in 0..REPEATS {
                answer = Some(if prove {
                    solve_with_gain_check(&system.takes, &system.own, &SolveOptions::FAST)?.0
                } else {
                    solve(&system.takes, &system.own, None, &SolveOptions::FAST)?
                });
            }
            times.push((cpu_ms()? - started) / f64::from(REPEATS));
            let answer = answer.ok_or("nothing was repeated")?;
            (steps, left) = (answer.steps, residual(&system.takes, &system.own, &answer.values));
        }
        times.sort_by(f64::total_cmp);
        Ok((times[times.len() / 2], steps, left))
    };
    let (plain, steps, left) = median(false)?;
    let (proved, ..) = median(true)?;
    println!(
        "{}\t{} coefficients\tgain {:.3}\t{plain:.2} ms\twith proof of gain {proved:.2} ms\t{steps} passes\tresidual {left:.1e}",
        system.name,
        system.takes.entry_count(),
        largest_gain(&system.takes),
    );
    println!("figure {}_ms {plain:.2}", system.name);
    println!("figure {}_with_proof_ms {proved:.2}", system.name);
    Ok(())
}

fn sample_time(system: &System, samples: u32) -> Result<(), Box<dyn Error>> {
    let start = solve(&system.takes, &system.own, None, &SolveOptions::FAST)?.values;
    let base = system.takes.values().to_vec();
    let mut sums = Vec::new();
    let mut drawing = 0.0;
    let started = cpu_ms()?;
    sample(
        &system.takes,
        &start,
        0..u64::from(samples),
        &SolveOptions::FAST,
        |number, values, rhs| {
            let before = cpu_ms().unwrap_or(f64::NAN);
            let mut random = Random::new(1, number);
            for (value, median) in values.iter_mut().zip(&base).chain(rhs.iter_mut().zip(&system.own)) {
                *value = median * (SIGMA * random.normal()).exp();
            }
            drawing += cpu_ms().unwrap_or(f64::NAN) - before;
        },
        |_, footprints| sums.push(footprints.iter().sum::<f64>()),
    )?;
    let seconds = (cpu_ms()? - started) / 1000.0;
    sums.sort_by(f64::total_cmp);
    println!(
        "{}\t{samples} samples in {seconds:.2} s CPU, of it drawing {:.2} s; median sum {:.6e}",
        system.name,
        drawing / 1000.0,
        sums[sums.len() / 2]
    );
    println!("figure {}_samples_s {seconds:.2}", system.name);
    Ok(())
}

fn write(system: &System, folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let (mut rows, mut columns, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (row, column, value) in system.takes.entries() {
        rows.extend(u32::try_from(row)?.to_le_bytes());
        columns.extend(u32::try_from(column)?.to_le_bytes());
        values.extend(value.to_le_bytes());
    }
    let own: Vec<u8> = system.own.iter().flat_map(|value| value.to_le_bytes()).collect();
    let footprints = solve(&system.takes, &system.own, None, &SolveOptions::FAST)?.values;
    let footprints: Vec<u8> = footprints.iter().flat_map(|value| value.to_le_bytes()).collect();
    for (part, bytes) in [
        ("rows.u32", rows),
        ("columns.u32", columns),
        ("values.f64", values),
        ("own.f64", own),
        ("footprints.f64", footprints),
    ] {
        fs::write(folder.join(format!("{}.{part}", system.name)), bytes)?;
    }
    println!("{}", system.name);
    Ok(())
}

/// CPU time of this thread, as the kernel counts it.
fn cpu_ms() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let ns: f64 = text.split(' ').next().ok_or("empty schedstat")?.parse()?;
    Ok(ns / 1e6)
}
