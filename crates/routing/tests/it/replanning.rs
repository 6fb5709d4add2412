//! Starting from today's plan, fewest vehicles, and cost against carbon.

use std::collections::BTreeMap;

use greenheart_routing::{
    Energy, Iterations, Job, Objective, Options, Plan, Problem, Stop, Tour, VehicleType, Visit, check, pareto, solve,
};

use crate::kit::{plane, row, solved};

fn tour(jobs: &[usize]) -> Tour {
    Tour {
        vehicle: 0,
        departure: 0.0,
        visits: jobs.iter().map(|&job| Visit::Job(job)).collect(),
    }
}

/// `[job]`: the smallest job on its tour, which names the tour.
fn company(plan: &Plan) -> BTreeMap<usize, Vec<usize>> {
    let mut company = BTreeMap::new();
    for tour in &plan.tours {
        let mut jobs: Vec<usize> = tour
            .visits
            .iter()
            .filter_map(|visit| match visit {
                Visit::Job(job) => Some(*job),
                _ => None,
            })
            .collect();
        jobs.sort_unstable();
        for &job in &jobs {
            company.insert(job, jobs.clone());
        }
    }
    company
}

/// Two stops on either side of the depot, and a plan that drives to both sides twice.
fn crossed() -> (Problem, Plan) {
    let problem = plane(
        &[(0.0, 0.0), (10.0, 1.0), (10.0, -1.0), (-10.0, 1.0), (-10.0, -1.0)],
        2.0,
    );
    let plan = Plan {
        tours: vec![tour(&[0, 2]), tour(&[1, 3])],
        ..Plan::default()
    };
    (problem, plan)
}

#[test]
fn a_plan_is_changed_only_where_it_pays() {
    let (problem, plan) = crossed();
    let today = company(&plan);
    let again = |change_penalty| {
        let options = Options {
            start: Some(plan.clone()),
            change_penalty,
            ..Options::default()
        };
        let plan = solve(&problem, &options, &Iterations(2_000)).unwrap();
        let report = check(&problem, &plan);
        assert_eq!((report.violations, report.missing), (Vec::new(), 0));
        assert!(
            (report.cost - plan.cost).abs() < 1e-9,
            "the penalty is no cost of the plan"
        );
        plan
    };
    // Driving each side on its own saves about 40 for two jobs that change places.
    assert_ne!(company(&again(0.0)), today);
    assert_ne!(company(&again(5.0)), today);
    let kept = again(100.0);
    assert_eq!(company(&kept), today);
    assert!(kept.cost > again(5.0).cost + 30.0);
}

#[test]
fn a_large_plan_is_changed_only_where_it_pays() {
    // The same four stops many times over, far apart, and so many that they are searched in parts.
    let mut plan = Plan::default();
    let mut places = vec![(0.0, 0.0)];
    for copy in 0..12u32 {
        let x = 100.0 * f64::from(copy + 1);
        let first = 4 * copy as usize;
        places.extend([(x, 0.0), (x + 1.0, 0.0), (x, 90.0), (x + 1.0, 90.0)]);
        plan.tours.push(tour(&[first, first + 2]));
        plan.tours.push(tour(&[first + 1, first + 3]));
    }
    let problem = plane(&places, 2.0);
    let today = company(&plan);
    let again = |change_penalty| {
        let mut options = Options {
            start: Some(plan.clone()),
            change_penalty,
            ..Options::default()
        };
        (options.settings.whole, options.settings.part) = (8, 12);
        let plan = solve(&problem, &options, &Iterations(30_000)).unwrap();
        let report = check(&problem, &plan);
        assert_eq!((report.violations, report.missing), (Vec::new(), 0));
        plan
    };
    let free = again(0.0);
    let kept = again(1_000.0);
    assert_ne!(company(&free), today);
    assert_eq!(company(&kept), today);
    assert!(kept.cost > free.cost + 12.0);
    // Each pair that changes places saves about 100 for two jobs.
    assert!(again(5.0).cost < free.cost + 100.0);
}

#[test]
fn new_jobs_join_without_moving_the_old() {
    let (mut problem, plan) = crossed();
    problem.vehicles[0].capacity = vec![3.0];
    problem.jobs.push(Job::delivery("new", 1, 1.0));
    let options = Options {
        start: Some(plan.clone()),
        change_penalty: 1_000.0,
        ..Options::default()
    };
    let with_new = solve(&problem, &options, &Iterations(1_000)).unwrap();
    assert_eq!(check(&problem, &with_new).missing, 0);
    for (job, jobs) in company(&plan) {
        let now = &company(&with_new)[&job];
        let old: Vec<usize> = now.iter().copied().filter(|&other| other != 4).collect();
        assert_eq!(old, jobs);
    }
}

#[test]
fn tours_are_closed_when_their_jobs_fit_elsewhere() {
    // Six stops on a ring, each with a window in turn: one vehicle can do all, and near ones would rather pair up.
    let places: Vec<(f64, f64)> = std::iter::once((0.0, 0.0))
        .chain((0..6).map(|k| {
            let angle = f64::from(k) * std::f64::consts::FRAC_PI_3;
            (10.0 * angle.cos(), 10.0 * angle.sin())
        }))
        .collect();
    let mut problem = plane(&places, 6.0);
    for (number, job) in (0u32..).zip(&mut problem.jobs) {
        let open = 10.0 + 30.0 * f64::from(number);
        let stop = Stop {
            location: number as usize + 1,
            windows: vec![(open, open + 1.0)],
            service: 0.0,
        };
        *job = Job::visit(job.name.clone(), stop, 1.0, 0.0);
    }
    problem.objective.vehicles_first = true;
    assert_eq!(solved(&problem).1.vehicles, 1);
}

#[test]
fn shipments_take_fewest_vehicles_too() {
    let mut problem = plane(&row(8), 2.0);
    problem.jobs.clear();
    for number in 0..4 {
        let at = |location: usize, open: f64| Stop {
            location,
            windows: vec![(open, open + 2.0)],
            service: 0.0,
        };
        let start = 10.0 * f64::from(u32::try_from(number).unwrap());
        let pickup = at(number + 1, 10.0 + start);
        let delivery = at(number + 5, 14.0 + start);
        problem
            .jobs
            .push(Job::shipment(number.to_string(), pickup, delivery, 2.0));
    }
    problem.objective.vehicles_first = true;
    assert_eq!(solved(&problem).1.vehicles, 1);
}

#[test]
fn the_front_runs_from_cheap_to_clean() {
    let mut problem = plane(
        &[
            (0.0, 0.0),
            (4.0, 3.0),
            (-6.0, 2.0),
            (1.0, -9.0),
            (8.0, -1.0),
            (-3.0, 7.0),
        ],
        2.0,
    );
    let engine = |factor| {
        Some(Energy {
            carrier: "any".into(),
            empty: 1.0,
            full: 1.5,
            kg_co2e_per_unit: factor,
        })
    };
    problem.vehicles[0].energy = engine(1.0);
    let electric = VehicleType {
        name: "electric".into(),
        cost_per_distance: 1.4,
        energy: engine(0.1),
        ..problem.vehicles[0].clone()
    };
    problem.vehicles.push(electric);
    let front = pareto(&problem, &Options::default(), &Iterations(12_000), 6).unwrap();
    assert!(front.len() >= 2, "{front:?}");
    let reports: Vec<_> = front.iter().map(|plan| check(&problem, plan)).collect();
    for report in &reports {
        assert_eq!((report.violations.clone(), report.missing), (Vec::new(), 0));
    }
    for pair in reports.windows(2) {
        assert!(pair[1].cost > pair[0].cost && pair[1].co2e_kg < pair[0].co2e_kg);
    }
    // The ends are what either criterion finds alone.
    for (weights, end) in [((1.0, 0.0), &reports[0]), ((0.0, 1.0), &reports[reports.len() - 1])] {
        problem.objective = Objective {
            cost: weights.0,
            co2e: weights.1,
            vehicles_first: false,
        };
        let alone = solved(&problem).1;
        let value = |report: &greenheart_routing::Report| weights.0 * report.cost + weights.1 * report.co2e_kg;
        assert!(
            (value(end) - value(&alone)).abs() < 1e-6,
            "{} {}",
            value(end),
            value(&alone)
        );
    }
}
