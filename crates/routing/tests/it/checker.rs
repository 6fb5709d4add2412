//! The checker finds what is broken: each plan here breaks one thing.

use greenheart_routing::{Breaks, Job, Plan, Problem, Reloads, Stop, Tour, Unassigned, VehicleType, Visit, check};

use crate::kit::{plane, row};

fn plan(departure: f64, visits: &[Visit]) -> Plan {
    Plan {
        tours: vec![Tour {
            vehicle: 0,
            departure,
            visits: visits.to_vec(),
        }],
        ..Plan::default()
    }
}

fn broken(problem: &Problem, plan: &Plan, word: &str) {
    let report = check(problem, plan);
    assert!(
        report.violations.iter().any(|text| text.contains(word)),
        "no `{word}` in {:?}",
        report.violations
    );
}

#[test]
fn a_good_plan_has_nothing_broken() {
    let report = check(&plane(&row(2), 2.0), &plan(0.0, &[Visit::Job(0), Visit::Job(1)]));
    assert_eq!(report.violations, Vec::<String>::new());
    assert!((report.cost - 4.0).abs() < 1e-12);
}

#[test]
fn every_broken_rule_is_named() {
    let problem = plane(&row(2), 2.0);
    let both = [Visit::Job(0), Visit::Job(1)];
    broken(&problem, &plan(0.0, &[Visit::Job(0)]), "neither done nor named");
    broken(
        &problem,
        &plan(0.0, &[Visit::Job(0), Visit::Job(1), Visit::Job(1)]),
        "done 2 times",
    );
    broken(
        &problem,
        &plan(0.0, &[Visit::Job(0), Visit::Job(7), Visit::Job(1)]),
        "no job 7",
    );
    broken(
        &problem,
        &plan(0.0, &[Visit::Job(0), Visit::Delivery(1)]),
        "not on board",
    );
    let mut named = plan(0.0, &both);
    named.unassigned.push(Unassigned {
        job: 0,
        reason: String::new(),
    });
    broken(&problem, &named, "done and named");
    broken(&plane(&row(2), 1.0), &plan(0.0, &both), "exceeds the capacity");
    let mut none = problem.clone();
    none.vehicles[0].count = Some(0);
    broken(&none, &plan(0.0, &both), "1 used, 0 there");
    let mut tight = problem.clone();
    tight.vehicles[0].shift = (1.0, 4.0);
    broken(&tight, &plan(0.0, &both), "before its shift");
    broken(&tight, &plan(1.0, &both), "after its shift");
    let mut far = problem.clone();
    far.vehicles[0].max_distance = Some(3.9);
    far.vehicles[0].max_duration = Some(3.9);
    broken(&far, &plan(0.0, &both), "too far");
    broken(&far, &plan(0.0, &both), "too long");
    let mut tired = problem.clone();
    tired.vehicles[0].breaks = Some(Breaks {
        driving: 2.0,
        pause: 1.0,
        daily_driving: 9.0,
    });
    broken(&tired, &plan(0.0, &both), "without a pause");
    let rested = [Visit::Job(0), Visit::Job(1), Visit::Pause(1.0)];
    assert_eq!(check(&tired, &plan(0.0, &rested)).violations, Vec::<String>::new());
    let mut released = problem.clone();
    released.jobs[1].release = 5.0;
    broken(&released, &plan(0.0, &both), "before the goods");
    let mut skilled = problem.clone();
    skilled.jobs[1].skills = vec!["crane".into()];
    broken(&skilled, &plan(0.0, &both), "wants the skill `crane`");
    let mut goods = problem;
    goods.jobs[0].goods = Some("food".into());
    goods.jobs[1].goods = Some("waste".into());
    goods.rules.incompatible = vec![("food".into(), "waste".into())];
    broken(&goods, &plan(0.0, &both), "together");
}

#[test]
fn windows_orders_and_shipments_are_checked() {
    let mut problem = plane(&row(2), 2.0);
    let stop = |location, window| Stop {
        location,
        windows: vec![window],
        service: 0.0,
    };
    problem.jobs = vec![
        Job::visit("collect", stop(1, (0.0, 9.0)), 0.0, 1.0),
        Job::visit("deliver", stop(2, (0.0, 1.0)), 1.0, 0.0),
    ];
    problem.rules.backhaul_last = true;
    let wrong = plan(0.0, &[Visit::Job(0), Visit::Job(1)]);
    broken(&problem, &wrong, "after its last window");
    broken(&problem, &wrong, "after a collection");
    problem.rules.backhaul_needs_linehaul = true;
    broken(&problem, &plan(0.0, &[Visit::Job(0)]), "without delivering");
    problem.jobs = vec![Job::shipment("a", stop(1, (0.0, 9.0)), stop(2, (0.0, 9.0)), 1.0)];
    broken(&problem, &plan(0.0, &[Visit::Job(0)]), "shipments on board");
    let mut battery = plane(&row(2), 2.0);
    battery.vehicles[0].battery = Some(greenheart_routing::Battery {
        capacity: 1.0,
        consumption: 1.0,
        charging_time: 0.0,
    });
    broken(
        &battery,
        &plan(0.0, &[Visit::Job(0), Visit::Job(1)]),
        "runs out of charge",
    );
}

#[test]
fn cost_and_emissions_follow_the_formula() {
    let mut problem = plane(&row(2), 4.0);
    let vehicle: &mut VehicleType = &mut problem.vehicles[0];
    vehicle.fixed_cost = 10.0;
    vehicle.cost_per_distance = 2.0;
    vehicle.cost_per_time = 3.0;
    vehicle.paid_time = Some(1.0);
    vehicle.cost_per_overtime = 5.0;
    vehicle.energy = Some(greenheart_routing::Energy {
        carrier: "diesel".into(),
        empty: 1.0,
        full: 2.0,
        kg_co2e_per_unit: 3.0,
    });
    let report = check(&problem, &plan(0.0, &[Visit::Job(0), Visit::Job(1)]));
    // Four of distance and time; loads of 2, 1, 0, 0 of 4 on legs of 1, 1, 2.
    assert!((report.cost - (10.0 + 8.0 + 12.0 + 15.0)).abs() < 1e-9);
    assert!((report.co2e_kg - 3.0 * (1.5 + 1.25 + 2.0)).abs() < 1e-9);
}

#[test]
fn loading_again_is_checked() {
    let mut problem = plane(&row(2), 1.0);
    let again = plan(0.0, &[Visit::Job(0), Visit::Reload, Visit::Job(1)]);
    broken(&problem, &again, "cannot load again");
    problem.vehicles[0].reloads = Some(Reloads {
        most: Some(1),
        time: 1.0,
    });
    assert_eq!(check(&problem, &again).violations, Vec::<String>::new());
    broken(
        &problem,
        &plan(0.0, &[Visit::Job(0), Visit::Reload, Visit::Job(1), Visit::Reload]),
        "too often",
    );
    broken(
        &problem,
        &plan(0.0, &[Visit::Job(0), Visit::Job(1)]),
        "exceeds the capacity",
    );
    problem.jobs[0].release = 5.0;
    let waits = plan(0.0, &[Visit::Job(1), Visit::Reload, Visit::Job(0)]);
    assert!(
        (check(&problem, &waits).duration - 7.0).abs() < 1e-9,
        "back at four, off at five, home at seven"
    );
}
