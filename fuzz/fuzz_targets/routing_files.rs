//! Any text as a routing problem: never a panic, and what is read can be validated and, when small, solved and checked.
#![no_main]

use greenheart_routing::formats::{ReadOptions, read, read_solution};
use greenheart_routing::{Iterations, Options, check, solve};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(problem) = read(text, ReadOptions::default()) else { return };
    let _ = read_solution(&problem, text);
    if problem.jobs.len() > 50 || problem.locations.len() > 60 || problem.vehicles.len() > 8 {
        return;
    }
    if let Ok(plan) = solve(&problem, &Options::default(), &Iterations(20)) {
        let _ = check(&problem, &plan);
    }
});
