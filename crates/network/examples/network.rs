//! Measures the solvers: `network flow [FILE]`, `network transport`, `network design SECONDS FILE…`, `network pooling BOXES SECONDS FILE…`.
//!
//! Seconds are CPU seconds of this process where Linux tells them; every answer passes its checker before it is printed.

use std::process::ExitCode;

use greenheart_milp::Budget;
use greenheart_network::design::{DesignProblem, check_design, solve_design};
use greenheart_network::flow::{FlowProblem, check_flow, parse_dimacs, solve_flow, transport_instance, write_dimacs};
use greenheart_network::pooling::{check_mix, parse_pooling, solve_pooling};
use greenheart_testkit::cpu_ms;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["transport"] => {
            print!("{}", write_dimacs(&transport_instance(1000, 1000, 50_000, 42)));
            Ok(())
        }
        ["flow"] => flow(&transport_instance(1000, 1000, 50_000, 42)),
        ["flow", file] => read(file).and_then(|text| flow(&parse_dimacs(&text)?)),
        ["design", seconds, files @ ..] => each(files, |file| design(file, seconds.parse()?)),
        ["pooling", boxes, seconds, files @ ..] => each(files, |file| pooling(file, boxes.parse()?, seconds.parse()?)),
        _ => Err("usage: network transport | flow [FILE] | design SECONDS FILE… | pooling BOXES SECONDS FILE…".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn each(files: &[&str], run: impl Fn(&str) -> Outcome) -> Outcome {
    files.iter().try_for_each(|file| run(file))
}

fn read(file: &str) -> Result<String, Box<dyn std::error::Error>> {
    std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}").into())
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a bench")]
fn cpu() -> f64 {
    cpu_ms().unwrap_or(0) as f64 / 1000.0
}

fn right(wrong: Vec<String>) -> Outcome {
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("; ").into())
    }
}

fn flow(problem: &FlowProblem) -> Outcome {
    const RUNS: u32 = 20;
    let before = cpu();
    let mut solution = solve_flow(problem)?;
    for _ in 1..RUNS {
        solution = solve_flow(problem)?;
    }
    let seconds = (cpu() - before) / f64::from(RUNS);
    right(check_flow(problem, &solution).wrong)?;
    println!("cost {} pivots {} cpu_s {seconds:.4}", solution.cost, solution.pivots);
    Ok(())
}

fn design(file: &str, seconds: f64) -> Outcome {
    let problem = DesignProblem::parse_dow(&read(file)?)?;
    let start = cpu();
    let used = || cpu() - start;
    let solution = solve_design(&problem, &Budget::new(seconds, &used))?;
    if let Some(design) = &solution.design {
        right(check_design(&problem, design))?;
    }
    println!(
        "{file} cost {:.1} bound {:.1} gap_percent {:.4} proven {} cpu_s {:.2} {:?}",
        solution.cost(),
        solution.bound,
        solution.gap() * 100.0,
        solution.proven(),
        used(),
        solution.trace,
    );
    Ok(())
}

fn pooling(file: &str, boxes: usize, seconds: f64) -> Outcome {
    let problem = parse_pooling(&read(file)?)?;
    let start = cpu();
    let used = || cpu() - start;
    let solution = solve_pooling(&problem, boxes, &Budget::new(seconds, &used))?;
    if let Some(mix) = &solution.mix {
        right(check_mix(&problem, mix))?;
    }
    println!(
        "{file} objective {:.4} bound {:.4} root {:.4} boxes {} cpu_s {:.2}",
        solution.objective(),
        solution.bound,
        solution.root_bound,
        solution.boxes,
        used(),
    );
    Ok(())
}
