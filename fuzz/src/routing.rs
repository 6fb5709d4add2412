//! What the target `routing_files` does with some bytes. A test of `crates/routing` runs it over seeded mutations.

use greenheart_routing::formats::{ReadOptions, read, read_solution};
use greenheart_routing::{Iterations, Options, check, solve};

/// Bytes as a routing problem of any format and as a plan for it; what is small is solved, and the plan must pass the
/// checker.
///
/// # Panics
/// When a plan of the search breaks a rule of its problem.
pub fn routing_files(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(problem) = read(text, ReadOptions::default()) else {
        return;
    };
    let _ = read_solution(&problem, text);
    if problem.jobs.len() > 50 || problem.locations.len() > 60 || problem.vehicles.len() > 8 {
        return;
    }
    if let Ok(plan) = solve(&problem, &Options::default(), &Iterations(20)) {
        let report = check(&problem, &plan);
        assert!(report.violations.is_empty(), "{:?}\n{text}", report.violations);
    }
}
