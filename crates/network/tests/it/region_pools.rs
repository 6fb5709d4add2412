//! Streams that mix: the pooling problem of Haverly as a region, in one period and in two.

use greenheart_milp::Limits;
use greenheart_network::region::{
    Caps, Conflict, Objective, Place, Pool, Receiver, Region, RegionError, RegionSource, check_region, solve_region,
};

use super::region::lane;

const OIL: usize = 0;

fn source(price: f64, sulphur: f64, periods: usize) -> RegionSource {
    RegionSource {
        commodity: OIL,
        available: vec![1_000.0; periods],
        price,
        disposal_cost: 0.0,
        disposal_co2e: 0.0,
        quality: vec![sulphur],
    }
}

/// A customer who would pay `price`; what is not delivered costs that, at a quality that changes no blend.
fn customer(wanted: f64, price: f64, limit: f64, periods: usize) -> Receiver {
    Receiver {
        takes: vec![OIL],
        wanted: vec![wanted; periods],
        virgin_cost: price,
        virgin_co2e: 1.0,
        virgin_primary: 1.0,
        virgin_quality: vec![limit],
        limits: vec![limit],
    }
}

/// Haverly (1978), ACM SIGMAP Bulletin 25: two crudes into a pool, a third directly, two products; profit 400.
fn haverly(wanted: f64, periods: usize) -> Region {
    let way = |from, to| lane(from, to, OIL, 0.0, 0.0);
    Region {
        periods,
        properties: 1,
        sources: vec![
            source(6.0, 3.0, periods),
            source(16.0, 1.0, periods),
            source(10.0, 2.0, periods),
        ],
        receivers: vec![customer(wanted, 9.0, 2.5, periods), customer(200.0, 15.0, 1.5, periods)],
        plants: vec![],
        pools: vec![Pool {
            commodity: OIL,
            capacity: 1_000.0,
        }],
        lanes: vec![
            way(Place::Source(0), Place::Pool(0)),
            way(Place::Source(1), Place::Pool(0)),
            way(Place::Pool(0), Place::Receiver(0)),
            way(Place::Pool(0), Place::Receiver(1)),
            way(Place::Source(2), Place::Receiver(0)),
            way(Place::Source(2), Place::Receiver(1)),
        ],
        budget: f64::INFINITY,
    }
}

fn profit(region: &Region) -> f64 {
    let solution = solve_region(region, Objective::Cost, &Caps::NONE, &Limits::EXACT).unwrap();
    let wrong = check_region(region, &solution.network, &solution.totals);
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(
        solution.gap <= 1e-4 && solution.bound <= solution.totals.cost,
        "{}",
        solution.gap
    );
    solution.net_value()
}

#[test]
fn the_first_and_second_problem_of_haverly() {
    assert!((profit(&haverly(100.0, 1)) - 400.0).abs() < 0.05);
    assert!((profit(&haverly(600.0, 1)) - 600.0).abs() < 0.05);
}

#[test]
fn each_period_mixes_for_itself() {
    let mut region = haverly(100.0, 2);
    region.receivers[0].wanted = vec![100.0, 0.0];
    let alone = {
        let mut second = haverly(100.0, 1);
        second.receivers[0].wanted = vec![0.0];
        profit(&second)
    };
    assert!((profit(&region) - 400.0 - alone).abs() < 0.1);
}

#[test]
fn the_checker_does_not_believe_a_blend() {
    let region = haverly(100.0, 1);
    let solution = solve_region(&region, Objective::Cost, &Caps::NONE, &Limits::EXACT).unwrap();
    let mut network = solution.network;
    // The same amounts, but all of the cheap crude.
    network.flow[0][0] += network.flow[1][0];
    network.flow[1][0] = 0.0;
    let wrong = check_region(&region, &network, &solution.totals);
    assert!(wrong.iter().any(|line| line.contains("property 0")), "{wrong:?}");
}

#[test]
fn a_pool_has_its_limits() {
    let mut region = haverly(100.0, 1);
    region.pools[0].capacity = 10.0;
    let small = profit(&region);
    assert!((0.0..400.0).contains(&small), "{small}");
    let mut region = haverly(100.0, 1);
    region.lanes[2].to = Place::Pool(0);
    let answer = solve_region(&region, Objective::Cost, &Caps::NONE, &Limits::EXACT);
    assert!(matches!(answer, Err(RegionError::Lane { .. })), "{answer:?}");
    // What is signed out of the pool is too strong whatever goes in.
    let mut region = haverly(100.0, 1);
    region.receivers[1].limits = vec![0.5];
    region.receivers[1].virgin_quality = vec![0.5];
    region.lanes[3].contracted = 50.0;
    match solve_region(&region, Objective::Cost, &Caps::NONE, &Limits::EXACT) {
        Err(RegionError::Infeasible(why)) => assert!(
            why.iter()
                .any(|one| matches!(one, Conflict::Limit { .. } | Conflict::Contract { .. })),
            "{why:?}"
        ),
        other => panic!("{other:?}"),
    }
}
