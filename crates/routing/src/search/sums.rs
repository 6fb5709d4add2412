//! The sums along a tour, and what they say an insertion costs, against driving the tour stop by stop.

use proptest::prelude::*;

use super::exact;
use super::insert::{Best, Scan, scan_for};
use super::model::{Model, NONE};
use super::pairs::{PairBuffers, scan_pair};
use super::rng::Rng;
use super::route::Route;
use crate::network::{Network, Rounding};
use crate::problem::{Energy, Job, Location, Objective, Problem, Reloads, Stop, VehicleType};

fn stop(location: usize, (open, length, service): (u32, u32, u32)) -> Stop {
    Stop {
        location,
        windows: vec![(f64::from(open), f64::from(open + length))],
        service: f64::from(service),
    }
}

type Times = (u32, u32, u32);

fn times() -> impl Strategy<Value = Times> {
    (0u32..200, 50u32..400, 0u32..8)
}

/// Visits that deliver and collect, and shipments when asked for, under time costs and load-dependent emissions.
fn problem(shipments: bool) -> impl Strategy<Value = Problem> {
    let visit = ((0u32..80, 0u32..80), times(), times(), 0u32..4, 0u32..4);
    prop::collection::vec(visit, 3..9).prop_map(move |rows| {
        let mut problem = Problem {
            networks: vec![Network::points(Rounding::Exact)],
            vehicles: vec![VehicleType {
                cost_per_time: 0.5,
                shift: (0.0, 900.0),
                energy: Some(Energy {
                    carrier: "diesel".to_owned(),
                    empty: 1.0,
                    full: 2.0,
                    kg_co2e_per_unit: 1.0,
                }),
                ..VehicleType::from_depot(0, 14.0)
            }],
            objective: Objective {
                cost: 1.0,
                co2e: 0.7,
                vehicles_first: false,
            },
            ..Problem::default()
        };
        problem.locations.push(Location {
            name: "depot".to_owned(),
            x: 40.0,
            y: 40.0,
        });
        for (number, ((x, y), first, second, deliver, collect)) in rows.into_iter().enumerate() {
            let name = number.to_string();
            problem.locations.push(Location {
                name: name.clone(),
                x: f64::from(x),
                y: f64::from(y),
            });
            let here = stop(number + 1, first);
            problem.jobs.push(if shipments && number % 2 == 1 {
                Job::shipment(name, stop(number, second), here, f64::from(deliver))
            } else {
                Job::visit(name, here, f64::from(deliver), f64::from(collect))
            });
        }
        problem
    })
}

fn tour(model: &Model, nodes: &[u32]) -> Route {
    let kind = &model.kinds[0];
    let mut route = Route::default();
    route.seq.push(kind.start);
    route.seq.extend(nodes);
    route.seq.push(kind.end);
    route.refresh(model);
    route
}

/// Every place a node, or a shipment, can go on the tour, priced by the scan and by driving.
fn insertions_cost_what_they_say(model: &Model) -> Result<(), TestCaseError> {
    let lead = *model.leads.last().unwrap_or(&0);
    let partner = model.nodes[lead as usize].partner;
    let all: Vec<u32> = (0u32..)
        .take(model.n)
        .filter(|&node| node != lead && node != partner)
        .collect();
    let route = tour(model, &all);
    let Some(before) = exact::simulate(model, &model.kinds[0], &route.seq) else {
        return Ok(());
    };
    let kind = &model.kinds[0];
    let price = |value: &exact::Value| kind.price(value.dist, value.time, value.load_dist);
    prop_assert!((route.dist - before.dist).abs() < 1e-6);
    prop_assert!(
        (route.time - before.time).abs() < 1e-6,
        "{} {}",
        route.time,
        before.time
    );
    prop_assert!((route.load_dist - before.load_dist).abs() < 1e-6);
    for leg in 0..route.leg.len() {
        let scan = Scan {
            model,
            route: &route,
            id: 0,
            kind_id: 0,
            extra: 0.0,
            moved: 0.0,
            legs: (leg, leg + 1),
            blink: 0.0,
        };
        let (mut best, mut rng, mut buffer) = (Best::none(), Rng::new(1), Vec::new());
        if partner == NONE {
            scan_for(model.has)(&scan, lead, &mut best, &mut rng, &mut buffer);
        } else {
            scan_pair(&scan, lead, &mut best, &mut rng, &mut PairBuffers::default());
        }
        let mut driven = f64::INFINITY;
        for second in leg..route.leg.len() {
            let mut seq = route.seq.clone();
            if partner != NONE {
                seq.insert(second + 1, partner);
            } else if second > leg {
                break;
            }
            seq.insert(leg + 1, lead);
            if let Some(value) = exact::simulate(model, kind, &seq) {
                driven = driven.min(price(&value) - price(&before));
            }
        }
        prop_assert!(
            (best.cost.is_infinite() && driven.is_infinite()) || (best.cost - driven).abs() < 1e-6,
            "leg {}: {} but {} when driven",
            leg,
            best.cost,
            driven
        );
    }
    Ok(())
}

/// The shortest of all ways to load again between stops, by driving each.
fn shortest(model: &Model, seq: &[u32]) -> f64 {
    let kind = &model.kinds[0];
    let gaps = seq.len() - 3;
    let mut best = f64::INFINITY;
    for choice in 0u32..1 << gaps {
        let mut placed = seq[..2].to_vec();
        for gap in 0..gaps {
            if choice >> gap & 1 == 1 {
                placed.push(kind.start);
            }
            placed.push(seq[gap + 2]);
        }
        placed.push(kind.end);
        let most = kind.reloads.and_then(|reloads| reloads.most).unwrap_or(gaps);
        if choice.count_ones() as usize <= most
            && let Some(value) = exact::value(model, kind, &placed)
        {
            best = best.min(value.dist);
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_stop_costs_what_driving_says(problem in problem(false)) {
        let jobs: Vec<usize> = (0..problem.jobs.len()).collect();
        insertions_cost_what_they_say(&Model::build(&problem, &jobs, 10))?;
    }

    #[test]
    fn reloads_are_where_they_are_shortest(mut problem in problem(true), most in prop::option::of(0usize..3), time in 0u32..9) {
        problem.vehicles[0].reloads = Some(Reloads { most, time: f64::from(time) });
        problem.vehicles[0].capacity = vec![5.0];
        problem.vehicles[0].cost_per_time = 0.0;
        problem.vehicles[0].shift.1 = 2_000.0;
        for (number, job) in problem.jobs.iter_mut().enumerate() {
            job.release = if number % 3 == 0 { 40.0 } else { 0.0 };
        }
        let jobs: Vec<usize> = (0..problem.jobs.len()).collect();
        let model = Model::build(&problem, &jobs, 10);
        let kind = &model.kinds[0];
        let mut seq = vec![kind.start];
        seq.extend((0u32..).take(model.n));
        seq.push(kind.end);
        let found = exact::simulate(&model, kind, &seq).map_or(f64::INFINITY, |value| value.dist);
        let wanted = shortest(&model, &seq);
        prop_assert!(found.total_cmp(&wanted).is_eq() || (found - wanted).abs() < 1e-6, "{} {}", found, wanted);
    }

    #[test]
    fn sums_after_changes_are_those_of_a_new_tour(
        mut problem in problem(true),
        edits in prop::collection::vec((0usize..20, 0usize..20), 1..12),
        plain in any::<bool>(),
    ) {
        if plain {
            problem.vehicles[0].cost_per_time = 0.0;
            problem.objective.co2e = 0.0;
        } else {
            for (number, job) in problem.jobs.iter_mut().enumerate() {
                job.release = if number % 3 == 0 { 40.0 * f64::from(u8::try_from(number).unwrap_or(0)) } else { 0.0 };
            }
        }
        let jobs: Vec<usize> = (0..problem.jobs.len()).collect();
        let model = Model::build(&problem, &jobs, 10);
        prop_assert_eq!(model.has.rich, !plain);
        let all: Vec<u32> = (0u32..).take(model.n).collect();
        let mut route = tour(&model, &all);
        for (from, to) in edits {
            // A stop moves, and now and then one leaves or comes back.
            let stops = route.len();
            if stops > 1 && from != to {
                let node = route.seq.remove(1 + from % stops);
                if from % 3 > 0 {
                    route.seq.insert(1 + to % stops, node);
                }
            } else if let Some(&node) = all.iter().find(|node| !route.nodes().contains(node)) {
                route.seq.insert(1, node);
            }
            route.refresh(&model);
            let fresh = tour(&model, route.nodes());
            prop_assert_eq!(&route.leg, &fresh.leg);
            prop_assert_eq!(&route.travel, &fresh.travel);
            prop_assert_eq!(&route.depart, &fresh.depart);
            prop_assert_eq!(&route.latest, &fresh.latest);
            prop_assert_eq!((&route.run, &route.head, &route.tail), (&fresh.run, &fresh.head, &fresh.tail));
            prop_assert_eq!((route.dist, route.cost), (fresh.dist, fresh.cost));
            prop_assert_eq!((route.time, route.load_dist), (fresh.time, fresh.load_dist));
        }
    }

    #[test]
    fn a_shipment_costs_what_driving_says(problem in problem(true)) {
        let jobs: Vec<usize> = (0..problem.jobs.len()).collect();
        insertions_cost_what_they_say(&Model::build(&problem, &jobs, 10))?;
    }
}
