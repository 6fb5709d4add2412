//! What each aspect of the problem does to the best plan, on problems small enough to see it.

use greenheart_routing::{
    Battery, Breaks, Energy, Job, Objective, Options, Problem, Reloads, Station, Stop, VehicleType, check, formats,
    solve,
};
use greenheart_routing::{Iterations, Visit};

use crate::kit::{plane, row, search, solved};

fn at(location: usize, windows: &[(f64, f64)]) -> Stop {
    Stop {
        location,
        windows: windows.to_vec(),
        service: 0.0,
    }
}

#[test]
fn one_tour_when_it_fits_and_two_when_not() {
    for (capacity, vehicles, cost) in [(4.0, 1, 8.0), (2.0, 2, 12.0), (1.0, 4, 20.0)] {
        let (_, report) = solved(&plane(&row(4), capacity));
        assert_eq!(report.vehicles, vehicles);
        assert!((report.cost - cost).abs() < 1e-9, "{}", report.cost);
    }
}

#[test]
fn windows_force_the_order() {
    let mut problem = plane(&row(2), 9.0);
    problem.jobs = vec![
        Job::visit("near, late", at(1, &[(10.0, 12.0)]), 1.0, 0.0),
        Job::visit("far, early", at(2, &[(0.0, 3.0)]), 1.0, 0.0),
    ];
    let (plan, _) = solved(&problem);
    assert_eq!(plan.tours[0].visits, [Visit::Job(1), Visit::Job(0)]);
}

#[test]
fn the_second_window_is_used_when_the_first_is_gone() {
    let mut problem = plane(&row(3), 9.0);
    problem.jobs = vec![
        Job::visit("a", at(3, &[(0.0, 1.0), (20.0, 21.0)]), 1.0, 0.0),
        Job::visit("b", at(1, &[(0.0, 5.0)]), 1.0, 0.0),
    ];
    problem.vehicles[0].cost_per_time = 0.1;
    let (_, report) = solved(&problem);
    assert_eq!((report.missing, report.vehicles), (0, 1));
}

#[test]
fn returns_share_the_tour_but_not_beyond_the_payload() {
    let mut problem = plane(&row(4), 2.0);
    let visit = |name: &str, location, deliver, collect| Job::visit(name, at(location, &[]), deliver, collect);
    problem.jobs = vec![
        visit("a", 1, 1.0, 1.0),
        visit("b", 2, 1.0, 1.0),
        visit("c", 3, 0.0, 0.0),
    ];
    let (_, report) = solved(&problem);
    assert_eq!(report.vehicles, 1);
    problem.jobs[0] = visit("a", 1, 0.0, 2.0);
    problem.jobs[1] = visit("b", 2, 2.0, 0.0);
    let (plan, report) = solved(&problem);
    assert_eq!(report.vehicles, 1, "the delivery first, then the collection");
    let order: Vec<_> = plan.tours[0]
        .visits
        .iter()
        .filter(|visit| **visit != Visit::Job(2))
        .collect();
    assert_eq!(order, [&Visit::Job(1), &Visit::Job(0)]);
}

#[test]
fn backhaul_waits_for_the_last_delivery_and_needs_one() {
    let mut problem = plane(&row(3), 5.0);
    problem.jobs = vec![
        Job::visit("collect", at(1, &[]), 0.0, 1.0),
        Job::visit("deliver", at(3, &[]), 1.0, 0.0),
        Job::visit("deliver too", at(2, &[]), 1.0, 0.0),
    ];
    problem.rules.backhaul_last = true;
    problem.rules.backhaul_needs_linehaul = true;
    let (plan, _) = solved(&problem);
    assert_eq!(plan.tours.len(), 1);
    assert_eq!(plan.tours[0].visits.last(), Some(&Visit::Job(0)));
}

#[test]
fn shipments_stay_together_and_in_order() {
    let mut problem = plane(&row(4), 1.0);
    problem.jobs = vec![
        Job::shipment("a", at(4, &[]), at(3, &[]), 1.0),
        Job::shipment("b", at(2, &[]), at(1, &[]), 1.0),
    ];
    let (plan, report) = solved(&problem);
    assert!((report.cost - 8.0).abs() < 1e-9);
    assert_eq!(
        plan.tours[0].visits,
        [Visit::Job(0), Visit::Delivery(0), Visit::Job(1), Visit::Delivery(1)]
    );
}

#[test]
fn optional_jobs_are_done_when_worth_it() {
    let mut problem = plane(&row(5), 9.0);
    problem.jobs[4].prize = Some(1.5);
    let (plan, report) = solved(&problem);
    assert_eq!(
        plan.unassigned.len(),
        1,
        "two more of distance for a prize of one and a half"
    );
    assert!(plan.unassigned[0].reason.contains("prize"));
    assert!((report.missed_prizes - 1.5).abs() < 1e-9);
    problem.jobs[4].prize = Some(2.5);
    assert!(solved(&problem).0.unassigned.is_empty());
}

#[test]
fn skills_and_goods_keep_apart() {
    let mut problem = plane(&row(2), 9.0);
    problem.jobs[0].goods = Some("food".into());
    problem.jobs[1].goods = Some("waste".into());
    problem.rules.incompatible = vec![("food".into(), "waste".into())];
    assert_eq!(solved(&problem).1.vehicles, 2);
    problem.jobs[1].goods = None;
    problem.jobs[1].skills = vec!["crane".into()];
    let crane = VehicleType {
        name: "crane".into(),
        skills: vec!["crane".into()],
        fixed_cost: 100.0,
        ..problem.vehicles[0].clone()
    };
    problem.vehicles.push(crane);
    let (plan, _) = solved(&problem);
    let with = plan
        .tours
        .iter()
        .find(|tour| tour.visits.contains(&Visit::Job(1)))
        .unwrap();
    assert_eq!(with.vehicle, 1);
}

#[test]
fn the_clean_vehicle_wins_when_carbon_counts() {
    let mut problem = plane(&row(3), 9.0);
    let engine = |carrier: &str, factor| {
        Some(Energy {
            carrier: carrier.into(),
            empty: 1.0,
            full: 2.0,
            kg_co2e_per_unit: factor,
        })
    };
    problem.vehicles[0].energy = engine("diesel", 3.0);
    let electric = VehicleType {
        name: "electric".into(),
        cost_per_distance: 2.0,
        energy: engine("electricity", 0.1),
        ..problem.vehicles[0].clone()
    };
    problem.vehicles.push(electric);
    assert_eq!(solved(&problem).0.tours[0].vehicle, 0);
    problem.objective = Objective {
        cost: 1.0,
        co2e: 1.0,
        vehicles_first: false,
    };
    assert_eq!(solved(&problem).0.tours[0].vehicle, 1);
}

#[test]
fn load_makes_the_heavy_stop_come_first() {
    let mut problem = plane(&[(0.0, 0.0), (3.0, 0.1), (0.0, 3.0)], 100.0);
    problem.jobs = vec![Job::delivery("light", 1, 1.0), Job::delivery("heavy", 2, 90.0)];
    problem.vehicles[0].energy = Some(Energy {
        carrier: "diesel".into(),
        empty: 1.0,
        full: 2.0,
        kg_co2e_per_unit: 1.0,
    });
    problem.objective.cost = 0.0;
    problem.objective.co2e = 1.0;
    let (plan, _) = solved(&problem);
    assert_eq!(plan.tours[0].visits, [Visit::Job(1), Visit::Job(0)]);
}

#[test]
fn limits_on_distance_and_duration_split_tours() {
    let mut problem = plane(&[(0.0, 0.0), (5.0, 0.0), (-5.0, 0.0)], 9.0);
    assert_eq!(solved(&problem).1.vehicles, 1);
    problem.vehicles[0].max_distance = Some(15.0);
    assert_eq!(solved(&problem).1.vehicles, 2);
    problem.vehicles[0].max_distance = None;
    problem.vehicles[0].max_duration = Some(15.0);
    assert_eq!(solved(&problem).1.vehicles, 2);
}

#[test]
fn waiting_is_not_paid_when_one_can_leave_later() {
    let mut problem = plane(&row(1), 9.0);
    problem.jobs = vec![Job::visit("late", at(1, &[(50.0, 60.0)]), 1.0, 0.0)];
    problem.vehicles[0].cost_per_time = 1.0;
    let (_, report) = solved(&problem);
    assert!((report.duration - 2.0).abs() < 1e-6, "{}", report.duration);
}

#[test]
fn releases_hold_the_vehicle_back() {
    let mut problem = plane(&row(2), 9.0);
    problem.jobs[0].release = 30.0;
    let (plan, _) = solved(&problem);
    let with = plan
        .tours
        .iter()
        .find(|tour| tour.visits.contains(&Visit::Job(0)))
        .unwrap();
    assert!(with.departure >= 30.0);
}

#[test]
fn several_depots_each_serve_what_is_near() {
    let mut problem = plane(&[(0.0, 0.0), (100.0, 0.0), (1.0, 0.0), (99.0, 0.0)], 9.0);
    problem.jobs = vec![Job::delivery("left", 2, 1.0), Job::delivery("right", 3, 1.0)];
    problem.vehicles.push(VehicleType::from_depot(1, 9.0));
    let (_, report) = solved(&problem);
    assert!((report.cost - 4.0).abs() < 1e-9, "{}", report.cost);
}

#[test]
fn drivers_pause_after_four_and_a_half_hours() {
    let mut problem = plane(&[(0.0, 0.0), (3.0, 0.0), (4.2, 0.0)], 9.0);
    problem.vehicles[0].breaks = Some(Breaks {
        driving: 4.5,
        pause: 0.75,
        daily_driving: 9.0,
    });
    let (plan, report) = solved(&problem);
    assert!(plan.tours[0].visits.contains(&Visit::Pause(0.75)));
    assert!((report.duration - 9.15).abs() < 1e-6, "{}", report.duration);
}

#[test]
fn batteries_are_charged_as_much_as_needed() {
    let mut problem = plane(&[(0.0, 0.0), (6.0, 0.0), (5.0, 0.0)], 9.0);
    problem.jobs = vec![Job::delivery("far", 1, 1.0)];
    problem.stations = vec![Station {
        name: "plug".into(),
        location: 2,
    }];
    problem.vehicles[0].battery = Some(Battery {
        capacity: 10.0,
        consumption: 1.0,
        charging_time: 1.0,
    });
    let (plan, report) = solved(&problem);
    assert_eq!(report.missing, 0);
    let charged: f64 = plan.tours[0]
        .visits
        .iter()
        .map(|visit| {
            if let Visit::Station { amount, .. } = visit {
                *amount
            } else {
                0.0
            }
        })
        .sum();
    assert!((charged - 2.0).abs() < 1e-6, "{charged}");
    problem.stations.clear();
    let plan = search(&problem, 100);
    assert_eq!(plan.unassigned.len(), 1);
    assert!(plan.unassigned[0].reason.contains("battery"));
}

#[test]
fn tours_may_end_where_the_last_stop_is() {
    let mut problem = plane(&row(3), 9.0);
    problem.vehicles[0].end = None;
    let (_, report) = solved(&problem);
    assert!((report.cost - 3.0).abs() < 1e-9);
}

#[test]
fn fewest_vehicles_come_before_distance() {
    let mut problem = plane(&[(0.0, 0.0), (9.0, 0.1), (-9.0, 0.1), (0.1, 9.0), (0.1, -9.0)], 4.0);
    let tours = |problem: &Problem| solved(problem).1.vehicles;
    problem.objective.vehicles_first = true;
    assert_eq!(tours(&problem), 1);
}

#[test]
fn a_start_is_kept_when_it_is_good_and_repaired_when_not() {
    let problem = plane(&row(6), 3.0);
    let good = search(&problem, 2_000);
    let mut options = Options {
        start: Some(good.clone()),
        ..Options::default()
    };
    let again = solve(&problem, &options, &Iterations(1)).unwrap();
    assert!(again.cost <= good.cost + 1e-9);
    let mut tight = problem.clone();
    tight.vehicles[0].capacity = vec![2.0];
    options.start = Some(good);
    let repaired = solve(&tight, &options, &Iterations(500)).unwrap();
    assert_eq!(check(&tight, &repaired).violations, Vec::<String>::new());
}

#[test]
fn large_problems_are_searched_in_parts_and_threads() {
    let places: Vec<(f64, f64)> = (0..400u32)
        .map(|k| (f64::from(k * 37 % 101), f64::from(k * 53 % 97)))
        .collect();
    let problem = plane(&places, 10.0);
    let mut options = Options::default();
    options.settings.whole = 100;
    options.settings.part = 60;
    for threads in [1, 2] {
        options.threads = threads;
        let plan = solve(&problem, &options, &Iterations(20_000)).unwrap();
        let report = check(&problem, &plan);
        assert_eq!(
            (report.violations.len(), report.missing),
            (0, 0),
            "{:?}",
            report.violations
        );
    }
}

fn loading_again(count: usize, most: Option<usize>, time: f64) -> Problem {
    let mut problem = plane(&row(4), 2.0);
    problem.vehicles[0].count = Some(count);
    problem.vehicles[0].reloads = Some(Reloads { most, time });
    problem
}

#[test]
fn one_vehicle_loads_again_where_two_are_not_there() {
    let (plan, report) = solved(&loading_again(1, None, 0.5));
    assert_eq!((report.missing, report.vehicles), (0, 1));
    // Four kilometres out and back for the far half, two for the near one.
    assert!((report.cost - 12.0).abs() < 1e-9, "{}", report.cost);
    assert!((report.duration - 12.5).abs() < 1e-9, "{}", report.duration);
    let reloads = plan.tours[0].visits.iter().filter(|visit| **visit == Visit::Reload);
    assert_eq!(reloads.count(), 1);
}

#[test]
fn a_vehicle_loads_again_no_more_often_than_it_may() {
    let mut problem = loading_again(1, Some(1), 0.0);
    problem.vehicles[0].capacity = vec![1.0];
    let (_, report) = solved(&problem);
    assert_eq!(report.missing, 2);
    problem.vehicles[0].reloads = Some(Reloads {
        most: Some(0),
        time: 0.0,
    });
    assert_eq!(solved(&problem).1.missing, 3);
}

#[test]
fn loading_takes_time_and_waits_for_the_goods() {
    let mut problem = loading_again(1, None, 0.0);
    problem.jobs.truncate(2);
    problem.vehicles[0].capacity = vec![1.0];
    problem.vehicles[0].shift.1 = 7.0;
    assert_eq!(solved(&problem).1.missing, 0);
    problem.vehicles[0].reloads = Some(Reloads { most: None, time: 2.0 });
    assert_eq!(
        solved(&problem).1.missing,
        1,
        "six on the road and two at the dock are more than seven"
    );
    problem.vehicles[0].reloads = Some(Reloads { most: None, time: 0.0 });
    problem.vehicles[0].shift.1 = 13.0;
    problem.jobs[0].release = 10.0;
    let (plan, report) = solved(&problem);
    assert_eq!(report.missing, 0);
    // The far stop first; back at four, the near one's goods come at ten.
    assert_eq!(plan.tours[0].visits, [Visit::Job(1), Visit::Reload, Visit::Job(0)]);
}

#[test]
fn reloads_survive_both_forms_of_a_plan() {
    let problem = loading_again(1, None, 0.5);
    let (plan, report) = solved(&problem);
    let json = formats::plan_to_json(&problem, &plan).unwrap();
    assert_eq!(formats::plan_from_json(&problem, &json).unwrap().tours, plan.tours);
    let routes = formats::read_solution(&problem, &formats::write_solution(&problem, &plan)).unwrap();
    assert_eq!(check(&problem, &routes), report);
}

#[test]
fn shipments_stay_on_board_while_the_rest_is_loaded() {
    let mut problem = plane(&row(2), 2.0);
    problem.jobs = vec![
        Job::shipment("through", at(1, &[(0.0, 1.0)]), at(2, &[(6.0, 9.0)]), 1.0),
        Job::visit("first", at(1, &[(0.0, 1.0)]), 1.0, 1.0),
        Job::visit("second", at(1, &[(3.0, 6.0)]), 1.0, 0.0),
    ];
    problem.vehicles[0].count = Some(1);
    problem.vehicles[0].reloads = Some(Reloads { most: None, time: 0.0 });
    let (plan, report) = solved(&problem);
    assert_eq!(report.missing, 0);
    assert_eq!(
        plan.tours[0]
            .visits
            .iter()
            .filter(|visit| **visit == Visit::Reload)
            .count(),
        1
    );
}
