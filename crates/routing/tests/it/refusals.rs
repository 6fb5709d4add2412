//! Bad input: a named error, or a feasible plan that says what was left out and why.

use greenheart_routing::{Battery, Iterations, Job, Network, Options, Problem, Reloads, Stop, solve};

use crate::kit::{plane, row, search};

fn refused(problem: &Problem, words: &[&str]) {
    let error = solve(problem, &Options::default(), &Iterations(1))
        .unwrap_err()
        .to_string();
    for word in words {
        assert!(error.contains(word), "no `{word}` in `{error}`");
    }
}

fn left_out(problem: &Problem, job: usize, word: &str) {
    let plan = search(problem, 200);
    let left = plan.unassigned.iter().find(|left| left.job == job).unwrap();
    assert!(left.reason.contains(word), "no `{word}` in `{}`", left.reason);
}

#[test]
fn senseless_fields_are_named() {
    let good = plane(&row(2), 2.0);
    let with = |edit: &dyn Fn(&mut Problem)| {
        let mut problem = good.clone();
        edit(&mut problem);
        problem
    };
    refused(&with(&|p| p.vehicles.clear()), &["no vehicle types"]);
    refused(&with(&|p| p.networks.clear()), &["no network"]);
    refused(
        &with(&|p| p.jobs[1] = Job::delivery("x", 9, 1.0)),
        &["job `x`", "location", "9"],
    );
    refused(
        &with(&|p| p.jobs[1] = Job::delivery("x", 1, -1.0)),
        &["job `x`", "deliver", "-1"],
    );
    refused(
        &with(&|p| p.jobs[1] = Job::delivery("x", 1, f64::NAN)),
        &["job `x`", "deliver", "NaN"],
    );
    refused(
        &with(&|p| p.jobs[1] = Job::delivery("1", 1, 1.0)),
        &["job `1`", "twice"],
    );
    refused(
        &with(&|p| p.locations[1].x = f64::INFINITY),
        &["location 1", "coordinates"],
    );
    refused(
        &with(&|p| p.networks[0] = Network::matrix(vec![0.0; 8])),
        &["network 0", "8", "9"],
    );
    refused(
        &with(&|p| p.networks[0] = Network::matrix(vec![f64::NAN; 9])),
        &["from location 0 to 0", "NaN"],
    );
    refused(
        &with(&|p| p.networks[0] = Network::matrix(vec![-1.0; 9])),
        &["distance", "-1"],
    );
    refused(
        &with(&|p| p.vehicles[0].capacity = vec![-2.0]),
        &["vehicle type `vehicle`", "capacity"],
    );
    refused(&with(&|p| p.vehicles[0].shift = (5.0, 4.0)), &["shift"]);
    let both = with(&|p| {
        p.rules.backhaul_last = true;
        let stop = p.jobs[0].stops().next().unwrap().clone();
        p.jobs[0] = Job::visit("both", stop, 1.0, 1.0);
    });
    refused(&both, &["job `both`", "delivers and collects"]);
    let plugged = with(&|p| {
        p.vehicles[0].battery = Some(Battery {
            capacity: 9.0,
            consumption: 1.0,
            charging_time: 1.0,
        });
        p.vehicles[0].reloads = Some(Reloads { most: None, time: 0.0 });
    });
    refused(&plugged, &["vehicle type `vehicle`", "battery", "reloads"]);
    let backwards = Stop {
        location: 1,
        windows: vec![(5.0, 4.0)],
        service: 0.0,
    };
    refused(
        &with(&|p| p.jobs[0] = Job::visit("w", backwards.clone(), 1.0, 0.0)),
        &["job `w`", "windows"],
    );
}

#[test]
fn impossible_jobs_are_left_out_with_the_reason() {
    let good = plane(&row(3), 2.0);
    let with = |edit: &dyn Fn(&mut Problem)| {
        let mut problem = good.clone();
        edit(&mut problem);
        problem
    };
    left_out(&with(&|p| p.jobs[1] = Job::delivery("big", 1, 3.0)), 1, "larger");
    left_out(&with(&|p| p.vehicles[0].count = Some(0)), 0, "no vehicle of the type");
    left_out(&with(&|p| p.vehicles[0].count = Some(1)), 2, "no vehicle has room");
    left_out(&with(&|p| p.jobs[1].skills = vec!["crane".into()]), 1, "skills");
    left_out(&with(&|p| p.vehicles[0].max_distance = Some(5.0)), 2, "too far");
    let early = Stop {
        location: 3,
        windows: vec![(0.0, 1.0)],
        service: 0.0,
    };
    left_out(
        &with(&|p| p.jobs[1] = Job::visit("early", early.clone(), 1.0, 0.0)),
        1,
        "windows",
    );
    let mut island = vec![1.0; 16];
    for at in 0..4 {
        island[at * 4 + at] = 0.0;
        if at != 3 {
            island[at * 4 + 3] = f64::INFINITY;
        }
    }
    left_out(
        &with(&|p| p.networks[0] = Network::matrix(island.clone())),
        2,
        "no road",
    );
}

#[test]
fn one_way_streets_are_respected() {
    // Round the block: 0 → 1 → 2 → 0 is short, the other way long.
    let mut problem = plane(&row(2), 9.0);
    problem.networks[0] = Network::matrix(vec![0.0, 1.0, 9.0, 9.0, 0.0, 1.0, 1.0, 9.0, 0.0]);
    let plan = search(&problem, 200);
    assert!((plan.cost - 3.0).abs() < 1e-12, "{}", plan.cost);
}

#[test]
fn nothing_to_do_is_an_empty_plan() {
    let plan = search(&plane(&row(0), 1.0), 10);
    assert!(plan.tours.is_empty() && plan.unassigned.is_empty());
}

#[test]
fn many_jobs_at_one_place_are_all_served() {
    // Nothing tells them apart, neither by distance nor by place, and they are searched in parts.
    let places = vec![(7.0, 7.0); 2_001];
    let problem = plane(&places, 40.0);
    let plan = search(&problem, 64);
    let report = greenheart_routing::check(&problem, &plan);
    assert_eq!((report.violations, report.missing), (Vec::new(), 0));
    assert!(plan.unassigned.is_empty() && plan.cost.abs() < 1e-9, "{}", plan.cost);
}

#[test]
fn without_time_the_rest_is_left_out_and_named() {
    // More parts than are given a first plan for nothing, and a budget that is over when it begins.
    let mut problem = plane(&row(300), 40.0);
    problem.vehicles[0].count = None;
    let mut options = Options::default();
    (options.settings.whole, options.settings.part) = (2, 2);
    let plan = solve(&problem, &options, &Iterations(1)).unwrap();
    let report = greenheart_routing::check(&problem, &plan);
    assert_eq!(report.violations, Vec::<String>::new());
    assert!(report.missing > 0 && report.missing == plan.unassigned.len());
    assert!(plan.unassigned.iter().all(|left| left.reason.contains("budget")));
    // From a plan, what it has stays, with its cost.
    let whole = solve(&problem, &Options::default(), &Iterations(100)).unwrap();
    let start = Some(whole.clone());
    let kept = solve(&problem, &Options { start, ..options }, &Iterations(1)).unwrap();
    let report = greenheart_routing::check(&problem, &kept);
    assert_eq!((report.violations, report.missing), (Vec::new(), 0));
    assert!((report.cost - kept.cost).abs() < 1e-6 && kept.cost <= whole.cost + 1e-6);
}
