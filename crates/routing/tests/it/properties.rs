//! What must hold for any problem: the checker accepts every plan, seeds repeat, more vehicles do no harm.

use greenheart_routing::{
    Energy, Iterations, Job, Location, Network, Objective, Options, Problem, Reloads, Rounding, Settings, Stop, Task,
    VehicleType, check, solve,
};
use proptest::prelude::*;

fn stop(places: usize) -> impl Strategy<Value = Stop> {
    (1..places, prop::option::of((0u32..300, 20u32..200)), 0u32..10).prop_map(|(location, window, service)| Stop {
        location,
        windows: window
            .map(|(open, length)| (f64::from(open), f64::from(open + length)))
            .into_iter()
            .collect(),
        service: f64::from(service),
    })
}

fn job(places: usize) -> impl Strategy<Value = Job> {
    let visit = (stop(places), 0u32..6, 0u32..6)
        .prop_map(|(stop, deliver, collect)| Job::visit("", stop, f64::from(deliver), f64::from(collect)));
    let shipment = (stop(places), stop(places), 1u32..6)
        .prop_map(|(pickup, delivery, amount)| Job::shipment("", pickup, delivery, f64::from(amount)));
    (
        prop_oneof![3 => visit, 1 => shipment],
        prop::option::of(0u32..80),
        prop::bool::weighted(0.1),
        0u32..20,
    )
        .prop_map(|(mut job, prize, skilled, release)| {
            job.prize = prize.map(f64::from);
            job.skills = if skilled { vec!["crane".to_owned()] } else { Vec::new() };
            job.release = if release > 15 { f64::from(release) } else { 0.0 };
            job
        })
}

fn vehicle() -> impl Strategy<Value = VehicleType> {
    let limits = (
        prop::option::of(1usize..4),
        prop::option::of(100u32..400),
        prop::option::of(100u32..400),
    );
    let reloads = prop::option::weighted(0.3, (prop::option::of(0usize..3), 0u32..20));
    (
        5u32..20,
        (limits, reloads),
        0u32..50,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        0usize..2,
    )
        .prop_map(
            |(capacity, ((count, distance, duration), reloads), fixed, timed, skilled, burns, start)| VehicleType {
                count,
                max_distance: distance.map(f64::from),
                max_duration: duration.map(f64::from),
                fixed_cost: f64::from(fixed),
                cost_per_time: if timed { 0.5 } else { 0.0 },
                skills: if skilled { vec!["crane".to_owned()] } else { Vec::new() },
                energy: burns.then(|| Energy {
                    carrier: "diesel".to_owned(),
                    empty: 1.0,
                    full: 1.7,
                    kg_co2e_per_unit: 2.0,
                }),
                shift: (0.0, 600.0),
                reloads: reloads.map(|(most, time)| Reloads {
                    most,
                    time: f64::from(time),
                }),
                start,
                end: Some(0),
                ..VehicleType::from_depot(0, f64::from(capacity))
            },
        )
}

fn problem() -> impl Strategy<Value = Problem> {
    let places = prop::collection::vec((0u32..100, 0u32..100), 5..20);
    places.prop_flat_map(|places| {
        let count = places.len();
        let jobs = prop::collection::vec(job(count), 1..15);
        (
            Just(places),
            jobs,
            prop::collection::vec(vehicle(), 1..4),
            any::<bool>(),
            any::<bool>(),
        )
            .prop_map(|(places, mut jobs, vehicles, backhaul_last, carbon)| {
                for (number, job) in jobs.iter_mut().enumerate() {
                    job.name = number.to_string();
                }
                let shipments = jobs.iter().any(|job| job.stops().count() > 1);
                let mut problem = Problem {
                    locations: places
                        .iter()
                        .map(|&(x, y)| Location {
                            name: String::new(),
                            x: f64::from(x),
                            y: f64::from(y),
                        })
                        .collect(),
                    networks: vec![Network::points(Rounding::Exact)],
                    jobs,
                    vehicles,
                    objective: Objective {
                        cost: 1.0,
                        co2e: if carbon { 0.5 } else { 0.0 },
                        vehicles_first: false,
                    },
                    ..Problem::default()
                };
                problem.rules.backhaul_last = backhaul_last && !shipments;
                if problem.rules.backhaul_last {
                    for job in &mut problem.jobs {
                        one_way(job);
                    }
                }
                problem
            })
    })
}

/// With deliveries first, a stop either delivers or collects.
fn one_way(job: &mut Job) {
    if let Task::Visit { deliver, collect, .. } = &mut job.task
        && deliver[0] > 0.0
    {
        collect[0] = 0.0;
    }
}

fn objective(problem: &Problem, plan: &greenheart_routing::Plan) -> (usize, f64) {
    let report = check(problem, plan);
    let objective = problem.objective;
    (
        report.missing,
        objective.cost * (report.cost + report.missed_prizes) + objective.co2e * report.co2e_kg,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_plan_passes_the_checker(problem in problem(), seed in 0u64..1000) {
        let options = Options { seed, ..Options::default() };
        let plan = solve(&problem, &options, &Iterations(300)).unwrap();
        let report = check(&problem, &plan);
        prop_assert_eq!(&report.violations, &Vec::<String>::new());
        prop_assert!((plan.cost - report.cost).abs() < 1e-6 * report.cost.max(1.0));
        prop_assert!((plan.co2e_kg - report.co2e_kg).abs() < 1e-6 * report.co2e_kg.max(1.0));
    }

    #[test]
    fn a_seed_and_a_number_of_steps_repeat_the_plan(problem in problem(), seed in 0u64..1000) {
        let options = Options { seed, ..Options::default() };
        let plan = || solve(&problem, &options, &Iterations(100)).unwrap();
        prop_assert_eq!(plan(), plan());
    }

    #[test]
    fn one_more_vehicle_is_never_worse_from_the_same_start(problem in problem()) {
        let plan = solve(&problem, &Options::default(), &Iterations(200)).unwrap();
        let mut richer = problem.clone();
        for vehicle in &mut richer.vehicles {
            vehicle.count = vehicle.count.map(|count| count + 1);
        }
        let options = Options { start: Some(plan.clone()), ..Options::default() };
        let other = solve(&richer, &options, &Iterations(50)).unwrap();
        let (before, after) = (objective(&problem, &plan), objective(&richer, &other));
        prop_assert!(after.0 < before.0 || (after.0 == before.0 && after.1 <= before.1 + 1e-6), "{:?} {:?}", before, after);
    }

    #[test]
    fn parts_pass_the_checker_repeat_and_are_never_worse_than_their_start(problem in problem(), seed in 0u64..1000) {
        let settings = Settings { whole: 0, part: 4, ..Settings::default() };
        let options = Options { seed, settings, ..Options::default() };
        let plan = solve(&problem, &options, &Iterations(200)).unwrap();
        prop_assert_eq!(&check(&problem, &plan).violations, &Vec::<String>::new());
        prop_assert_eq!(&plan, &solve(&problem, &options, &Iterations(200)).unwrap());
        let again = Options { start: Some(plan.clone()), ..options };
        let other = solve(&problem, &again, &Iterations(100)).unwrap();
        prop_assert_eq!(&check(&problem, &other).violations, &Vec::<String>::new());
        let (before, after) = (objective(&problem, &plan), objective(&problem, &other));
        prop_assert!(after.0 < before.0 || (after.0 == before.0 && after.1 <= before.1 + 1e-6), "{:?} {:?}", before, after);
    }

    #[test]
    fn a_tour_costs_the_same_both_ways_round(places in prop::collection::vec((0u32..100, 0u32..100), 3..20), seed in 0u64..100) {
        let places: Vec<(f64, f64)> = places.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).collect();
        let problem = crate::kit::plane(&places, 5.0);
        let options = Options { seed, ..Options::default() };
        let plan = solve(&problem, &options, &Iterations(200)).unwrap();
        let mut back = plan.clone();
        for tour in &mut back.tours {
            tour.visits.reverse();
        }
        let (there, back) = (check(&problem, &plan), check(&problem, &back));
        prop_assert_eq!(&back.violations, &Vec::<String>::new());
        prop_assert!((there.cost - back.cost).abs() < 1e-6);
        // Swapping the axes is the same problem, and the same dice give a plan as good.
        let turned: Vec<(f64, f64)> = places.iter().map(|&(x, y)| (y, x)).collect();
        let turned = crate::kit::plane(&turned, 5.0);
        let other = check(&turned, &solve(&turned, &options, &Iterations(200)).unwrap());
        prop_assert!((there.cost - other.cost).abs() < 1e-6);
    }

    #[test]
    fn json_brings_the_problem_back(mut problem in problem()) {
        for (number, location) in problem.locations.iter_mut().enumerate() {
            location.name = format!("place {number}");
        }
        let text = greenheart_routing::formats::problem_to_json(&problem).unwrap();
        prop_assert_eq!(greenheart_routing::formats::problem_from_json(&text).unwrap(), problem);
    }
}
