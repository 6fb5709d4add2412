use greenheart_milp::Limits;
use greenheart_network::region::{
    Caps, Conflict, Intake, Lane, Objective, Output, Place, Plant, Receiver, Region, RegionError, RegionSource, Totals,
    check_region, pareto, solve_region,
};

const WOOD: usize = 0;
const CHIPS: usize = 1;

pub(super) fn lane(from: Place, to: Place, commodity: usize, cost: f64, co2e: f64) -> Lane {
    Lane {
        from,
        to,
        commodity,
        cost,
        co2e,
        arrives: 1.0,
        capacity: 1000.0,
        fixed: 0.0,
        minimum_lot: 0.0,
        contracted: 0.0,
    }
}

/// One source with 100 t of wood (500 NOK and 50 kg a tonne to be rid of), one receiver of 80 t (virgin: 1 000 NOK, 200 kg, 1 t
/// primary), one lane at 100 NOK and 10 kg a tonne and 5 000 NOK once.
pub(super) fn simple() -> Region {
    let mut way = lane(Place::Source(0), Place::Receiver(0), WOOD, 100.0, 10.0);
    way.fixed = 5000.0;
    Region {
        periods: 1,
        properties: 1,
        sources: vec![RegionSource {
            commodity: WOOD,
            available: vec![100.0],
            price: 0.0,
            disposal_cost: 500.0,
            disposal_co2e: 50.0,
            quality: vec![3.0],
        }],
        receivers: vec![Receiver {
            takes: vec![WOOD],
            wanted: vec![80.0],
            virgin_cost: 1000.0,
            virgin_co2e: 200.0,
            virgin_primary: 1.0,
            virgin_quality: vec![0.0],
            limits: vec![f64::INFINITY],
        }],
        plants: vec![],
        pools: vec![],
        lanes: vec![way],
        budget: f64::INFINITY,
    }
}

pub(super) fn check(region: &Region, objective: Objective, want: Totals) {
    let solution = solve_region(region, objective, &Caps::NONE, &Limits::EXACT).unwrap();
    let wrong = check_region(region, &solution.network, &solution.totals);
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(solution.proven && solution.gap <= 1e-9);
    let got = solution.totals;
    for (is, should) in [
        (got.cost, want.cost),
        (got.co2e, want.co2e),
        (got.primary, want.primary),
    ] {
        assert!((is - should).abs() < 1e-4, "{got:?} is not {want:?}");
    }
}

pub(super) fn totals(cost: f64, co2e: f64, primary: f64) -> Totals {
    Totals { cost, co2e, primary }
}

#[test]
fn one_exchange_is_worth_what_the_hand_says() {
    let region = simple();
    assert_eq!(region.today(), totals(130_000.0, 21_000.0, 80.0));
    // 80 t over the lane: 8 000 + 5 000; 20 t disposed of: 10 000 NOK and 1 000 kg; 800 kg of transport.
    check(&region, Objective::Cost, totals(23_000.0, 1_800.0, 0.0));
}

#[test]
fn quality_limits_leave_room_for_virgin() {
    // At most 1.5 of a property of which the wood has 3: half of the 80 t stays virgin.
    let mut region = simple();
    region.receivers[0].limits = vec![1.5];
    check(
        &region,
        Objective::Cost,
        totals(5_000.0 + 4_000.0 + 30_000.0 + 40_000.0, 400.0 + 3_000.0 + 8_000.0, 40.0),
    );
}

#[test]
fn a_budget_or_a_lot_can_stop_it() {
    let mut region = simple();
    region.budget = 4_999.0;
    check(&region, Objective::Cost, region.today());
    let mut region = simple();
    region.lanes[0].minimum_lot = 90.0;
    check(&region, Objective::Cost, totals(130_000.0, 21_000.0, 80.0));
}

#[test]
fn contracts_hold_even_when_they_cost() {
    let mut region = simple();
    region.lanes[0].cost = 5_000.0;
    region.lanes[0].contracted = 10.0;
    let solution = solve_region(&region, Objective::Cost, &Caps::NONE, &Limits::EXACT).unwrap();
    assert!((solution.network.flow[0][0] - 10.0).abs() < 1e-6 && solution.net_value() < 0.0);
    region.receivers[0].wanted = vec![5.0];
    let tight = solve_region(&region, Objective::Cost, &Caps::NONE, &Limits::EXACT);
    let why = vec![Conflict::Contract { lane: 0, period: 0 }];
    assert_eq!(tight.unwrap_err(), RegionError::Infeasible(why));
}

/// Two periods; the receiver wants chips, which a dryer for 20 000 NOK makes of wood at 0.8 t a tonne, 100 NOK and 20 kg.
fn with_plant() -> Region {
    let mut region = simple();
    region.periods = 2;
    region.sources[0].available = vec![100.0, 50.0];
    region.receivers[0].wanted = vec![80.0, 80.0];
    region.receivers[0].takes = vec![CHIPS];
    region.plants = vec![Plant {
        takes: vec![Intake {
            commodity: WOOD,
            yields: vec![0.8],
            cost: 100.0,
            co2e: 20.0,
        }],
        outputs: vec![Output {
            commodity: CHIPS,
            quality: vec![1.0],
            rest_cost: 0.0,
            rest_co2e: 0.0,
        }],
        limits: vec![f64::INFINITY],
        capacity: 90.0,
        least: 0.0,
        investment: 20_000.0,
    }];
    region.lanes = vec![
        lane(Place::Source(0), Place::Plant(0), WOOD, 50.0, 5.0),
        lane(Place::Plant(0), Place::Receiver(0), CHIPS, 50.0, 5.0),
    ];
    region
}

#[test]
fn a_plant_converts_within_its_capacity() {
    // 90 + 50 t in, 72 + 40 t out, 8 + 40 t virgin, 10 t disposed of.
    let cost = 20_000.0 + 140.0 * 150.0 + 112.0 * 50.0 + 48.0 * 1000.0 + 10.0 * 500.0;
    let co2e = 140.0 * 25.0 + 112.0 * 5.0 + 48.0 * 200.0 + 10.0 * 50.0;
    check(&with_plant(), Objective::Cost, totals(cost, co2e, 48.0));
    check(&with_plant(), Objective::Primary, totals(cost, co2e, 48.0));
}

#[test]
fn the_front_trades_money_for_carbon() {
    // A second, dear and clean lane to a receiver that can take all the wood.
    let mut region = simple();
    region.lanes[0].co2e = 120.0;
    let mut clean = lane(Place::Source(0), Place::Receiver(0), WOOD, 400.0, 0.0);
    clean.capacity = 60.0;
    region.lanes.push(clean);
    let front = pareto(&region, 6, &Limits::EXACT).unwrap();
    assert!(front.len() >= 3, "{}", front.len());
    for pair in front.windows(2) {
        assert!(pair[0].totals.cost < pair[1].totals.cost && pair[0].totals.co2e > pair[1].totals.co2e);
    }
    for solution in &front {
        assert!(check_region(&region, &solution.network, &solution.totals).is_empty());
    }
}

#[test]
fn the_checker_objects() {
    let region = simple();
    let good = solve_region(&region, Objective::Cost, &Caps::NONE, &Limits::EXACT).unwrap();
    let mut network = good.network.clone();
    network.opened[0] = false;
    assert!(!check_region(&region, &network, &good.totals).is_empty());
    let mut network = good.network.clone();
    network.flow[0][0] = 101.0;
    assert!(check_region(&region, &network, &good.totals).len() >= 2);
    assert!(!check_region(&region, &good.network, &totals(1.0, 1.0, 1.0)).is_empty());
}

#[test]
fn bad_regions_are_refused() {
    let cases: [fn(&mut Region); 8] = [
        |r| r.sources[0].available = vec![-1.0],
        |r| r.sources[0].available = vec![1.0, 2.0],
        |r| r.lanes[0].to = Place::Receiver(7),
        |r| r.lanes[0].commodity = CHIPS,
        |r| r.lanes[0].contracted = 2000.0,
        |r| r.budget = f64::NAN,
        |r| r.sources[0].quality = vec![f64::NAN],
        |r| r.lanes[0].arrives = -0.1,
    ];
    for (index, spoil) in cases.iter().enumerate() {
        let mut region = simple();
        spoil(&mut region);
        let answer = solve_region(&region, Objective::Cost, &Caps::NONE, &Limits::EXACT);
        assert!(answer.is_err(), "case {index}");
    }
}
