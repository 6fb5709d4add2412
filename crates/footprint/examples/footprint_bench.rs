//! Solves all footprints of four systems of 20 000 products and prints CPU milliseconds.
//!
//! `cargo run --release -p greenheart-footprint --example footprint_bench`

mod matrices;

use greenheart_footprint::solve::{SolveOptions, residual, solve};
use matrices::{largest_gain, systems};

const ROUNDS: usize = 9;

fn main() {
    for system in systems() {
        let mut buyers = vec![0; system.takes.size()];
        for (_, supplier, _) in system.takes.entries() {
            buyers[supplier] += 1;
        }
        println!(
            "{}: {} coefficients, most buyers {:?}, gain {:.4}",
            system.name,
            system.takes.entry_count(),
            buyers.iter().max(),
            largest_gain(&system.takes)
        );
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let started = cpu_ms();
            let answer = solve(&system.takes, &system.own, None, &SolveOptions::FAST).expect("solves");
            times.push(cpu_ms() - started);
            assert!(residual(&system.takes, &system.own, &answer.values) <= 1e-10);
        }
        times.sort_by(f64::total_cmp);
        println!("  all footprints: {:.2} ms CPU (median of {ROUNDS})", times[ROUNDS / 2]);
    }
}

/// CPU time of this thread.
fn cpu_ms() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let ns: f64 = text
        .split(' ')
        .next()
        .and_then(|first| first.parse().ok())
        .unwrap_or(0.0);
    ns / 1e6
}
