//! Small problems, and a search that must end in a feasible plan.

use greenheart_routing::{Iterations, Job, Location, Network, Options, Plan, Problem, Report, Rounding, VehicleType};
use greenheart_routing::{check, solve};

/// Places on a plane; the first is the depot. Every other gets a delivery of one.
pub fn plane(places: &[(f64, f64)], capacity: f64) -> Problem {
    let location = |(at, &(x, y)): (usize, &(f64, f64))| Location {
        name: at.to_string(),
        x,
        y,
    };
    Problem {
        name: "plane".to_owned(),
        locations: places.iter().enumerate().map(location).collect(),
        networks: vec![Network::points(Rounding::Exact)],
        jobs: (1..places.len())
            .map(|at| Job::delivery(at.to_string(), at, 1.0))
            .collect(),
        vehicles: vec![VehicleType::from_depot(0, capacity)],
        ..Problem::default()
    }
}

/// Solves with a small budget of iterations.
pub fn search(problem: &Problem, iterations: u64) -> Plan {
    solve(problem, &Options::default(), &Iterations(iterations)).unwrap()
}

/// Solves, checks, and compares the plan's own totals with the checker's.
pub fn solved(problem: &Problem) -> (Plan, Report) {
    let plan = search(problem, 2_000);
    let report = check(problem, &plan);
    assert_eq!(report.violations, Vec::<String>::new(), "{}", problem.name);
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(1.0);
    assert!(
        close(plan.cost, report.cost),
        "cost {} but the checker says {}",
        plan.cost,
        report.cost
    );
    assert!(
        close(plan.co2e_kg, report.co2e_kg),
        "{} but the checker says {}",
        plan.co2e_kg,
        report.co2e_kg
    );
    assert!(close(plan.distance, report.distance));
    (plan, report)
}

/// A row of places one apart, the depot at zero.
pub fn row(count: usize) -> Vec<(f64, f64)> {
    (0..=count)
        .map(|at| (f64::from(u32::try_from(at).unwrap()), 0.0))
        .collect()
}
