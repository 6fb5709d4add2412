//! Plants that take several things, heat that is lost and pumped, and contradictions that are named.

use greenheart_milp::Limits;
use greenheart_network::region::{
    Caps, Conflict, Intake, Lane, Objective, Output, Place, Plant, Receiver, Region, RegionError, RegionSource, Totals,
    check_region, solve_region,
};

use super::region::{check, lane, simple, totals};

const MANURE: usize = 0;
const FOOD: usize = 1;
const GAS: usize = 2;
const DIGESTATE: usize = 3;

fn source(commodity: usize, available: f64, disposal_cost: f64) -> RegionSource {
    RegionSource {
        commodity,
        available: vec![available],
        price: 0.0,
        disposal_cost,
        disposal_co2e: 0.0,
        quality: vec![],
    }
}

fn receiver(takes: usize, wanted: f64, virgin_cost: f64, virgin_co2e: f64) -> Receiver {
    Receiver {
        takes: vec![takes],
        wanted: vec![wanted],
        virgin_cost,
        virgin_co2e,
        virgin_primary: 1.0,
        virgin_quality: vec![],
        limits: vec![],
    }
}

fn region(sources: Vec<RegionSource>, receivers: Vec<Receiver>, plants: Vec<Plant>, lanes: Vec<Lane>) -> Region {
    Region {
        periods: 1,
        properties: 0,
        sources,
        receivers,
        plants,
        pools: vec![],
        lanes,
        budget: f64::INFINITY,
    }
}

fn output(commodity: usize, rest_cost: f64) -> Output {
    Output {
        commodity,
        quality: vec![],
        rest_cost,
        rest_co2e: 0.0,
    }
}

/// A biogas plant of 100 t: 10 kg gas a tonne of manure, 80 of food waste; the rest is digestate.
fn biogas() -> Region {
    let intake = |commodity, gas: f64, cost| Intake {
        commodity,
        yields: vec![gas, 1.0 - gas],
        cost,
        co2e: 5.0,
    };
    let plant = Plant {
        takes: vec![intake(MANURE, 0.01, 50.0), intake(FOOD, 0.08, 200.0)],
        outputs: vec![output(GAS, 0.0), output(DIGESTATE, 40.0)],
        limits: vec![],
        capacity: 100.0,
        least: 30.0,
        investment: 1_000.0,
    };
    let to_plant = |index, commodity| lane(Place::Source(index), Place::Plant(0), commodity, 10.0, 1.0);
    region(
        vec![source(MANURE, 90.0, 0.0), source(FOOD, 60.0, 900.0)],
        vec![
            receiver(GAS, 10.0, 12_000.0, 2_500.0),
            receiver(DIGESTATE, 50.0, 100.0, 30.0),
        ],
        vec![plant],
        vec![
            to_plant(0, MANURE),
            to_plant(1, FOOD),
            lane(Place::Plant(0), Place::Receiver(0), GAS, 0.0, 0.0),
            lane(Place::Plant(0), Place::Receiver(1), DIGESTATE, 20.0, 2.0),
        ],
    )
}

#[test]
fn a_plant_takes_two_things_and_makes_two() {
    // All 60 t of food waste; manure gains 120 NOK of gas a tonne, costs 60 of intake and way and 39.6 of digestate that nobody takes.
    let gas = 0.08 * 60.0 + 0.01 * 40.0;
    let digestate = 0.92 * 60.0 + 0.99 * 40.0;
    let cost = 1_000.0 + 60.0 * 210.0 + 40.0 * 60.0 + (10.0 - gas) * 12_000.0 + 50.0 * 20.0 + (digestate - 50.0) * 40.0;
    let co2e = 100.0 * 6.0 + (10.0 - gas) * 2_500.0 + 50.0 * 2.0;
    check(&biogas(), Objective::Cost, totals(cost, co2e, 10.0 - gas));
}

#[test]
fn a_plant_below_its_least_load_stands_still() {
    let mut small = biogas();
    small.sources[0].available = vec![20.0];
    small.sources[1].available = vec![9.0];
    check(&small, Objective::Cost, small.today());
}

#[test]
fn a_plant_refuses_what_would_spoil_its_intake() {
    let mut region = biogas();
    region.properties = 1;
    region.sources[0].quality = vec![0.0];
    region.sources[1].quality = vec![3.0];
    region.plants[0].limits = vec![1.0];
    for output in &mut region.plants[0].outputs {
        output.quality = vec![0.0];
    }
    for receiver in &mut region.receivers {
        (receiver.virgin_quality, receiver.limits) = (vec![0.0], vec![f64::INFINITY]);
    }
    let solution = solve_region(&region, Objective::Cost, &Caps::NONE, &Limits::EXACT).unwrap();
    assert!(check_region(&region, &solution.network, &solution.totals).is_empty());
    // A third of the blend at most is food waste: 100 t hold 33.3 of it.
    assert!(
        (solution.network.flow[1][0] - 100.0 / 3.0).abs() < 1e-5,
        "{:?}",
        solution.network
    );
    let mut spoiled = solution.network.clone();
    spoiled.flow[1][0] += 5.0;
    spoiled.flow[0][0] -= 5.0;
    let wrong = check_region(&region, &spoiled, &solution.totals);
    assert!(wrong.iter().any(|line| line.contains("property 0")), "{wrong:?}");
}

#[test]
fn heat_is_lost_on_the_way_and_raised_by_a_pump() {
    const WARM: usize = 0;
    const HOT: usize = 1;
    // 100 MWh at 40 °C; 60 MWh wanted warm at the end of a pipe that loses a tenth, 90 MWh wanted hot. A pump with a COP of 3 makes
    // 1.5 MWh of 1 MWh of warm heat and 0.5 MWh of power at 800 NOK and 20 kg.
    let pump = Plant {
        takes: vec![Intake {
            commodity: WARM,
            yields: vec![1.5],
            cost: 400.0,
            co2e: 10.0,
        }],
        outputs: vec![output(HOT, 0.0)],
        limits: vec![],
        capacity: 50.0,
        least: 0.0,
        investment: 5_000.0,
    };
    let mut pipe = lane(Place::Source(0), Place::Receiver(0), WARM, 0.0, 0.0);
    (pipe.arrives, pipe.fixed) = (0.9, 10_000.0);
    let region = region(
        vec![source(WARM, 100.0, 0.0)],
        vec![receiver(WARM, 60.0, 900.0, 250.0), receiver(HOT, 90.0, 900.0, 250.0)],
        vec![pump],
        vec![
            pipe,
            lane(Place::Source(0), Place::Plant(0), WARM, 0.0, 0.0),
            lane(Place::Plant(0), Place::Receiver(1), HOT, 0.0, 0.0),
        ],
    );
    // A MWh sent as it is saves 810 NOK, pumped 950: the pump takes its 50, the pipe the other 50.
    let cost = 15_000.0 + 50.0 * 400.0 + (60.0 - 45.0) * 900.0 + (90.0 - 75.0) * 900.0;
    let co2e = 50.0 * 10.0 + 30.0 * 250.0;
    check(&region, Objective::Cost, totals(cost, co2e, 30.0));
}

fn why(region: &Region, caps: &Caps) -> Vec<Conflict> {
    match solve_region(region, Objective::Cost, caps, &Limits::EXACT) {
        Err(RegionError::Infeasible(conflicts)) => conflicts,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_cannot_be_kept_is_named() {
    // Even virgin material breaks the limit: no blend can meet it.
    let mut region = simple();
    region.receivers[0].limits = vec![-1.0];
    let place = Place::Receiver(0);
    let limit = |property| Conflict::Limit {
        place,
        property,
        period: 0,
    };
    assert_eq!(why(&region, &Caps::NONE), [limit(0)]);
    let said = solve_region(&region, Objective::Cost, &Caps::NONE, &Limits::EXACT).unwrap_err();
    assert!(
        said.to_string()
            .contains("no blend meets the limit of property 0 at receiver 0"),
        "{said}"
    );

    // 60 t signed of something three times too strong, in a blend of 80 t.
    let mut region = simple();
    (region.receivers[0].limits, region.lanes[0].contracted) = (vec![1.0], 60.0);
    assert!(!why(&region, &Caps::NONE).is_empty());

    // A contract whose lane costs more than there is.
    let mut region = simple();
    (region.budget, region.lanes[0].contracted) = (100.0, 10.0);
    assert_eq!(why(&region, &Caps::NONE), [Conflict::Budget]);

    // A cap that no network reaches.
    let mut caps = Caps::NONE;
    caps.0 = Totals { co2e: -1.0, ..caps.0 };
    assert_eq!(why(&simple(), &caps), [Conflict::Cap(Objective::Co2e)]);
}

#[test]
fn bad_plants_are_refused() {
    let cases: [fn(&mut Region); 6] = [
        |r| r.plants[0].takes[0].yields = vec![0.1],
        |r| r.plants[0].takes[1].yields[0] = -0.1,
        |r| r.plants[0].takes[1].commodity = MANURE,
        |r| r.plants[0].least = 101.0,
        |r| r.plants[0].limits = vec![1.0],
        |r| r.lanes[1].commodity = GAS,
    ];
    for (index, spoil) in cases.iter().enumerate() {
        let mut region = biogas();
        spoil(&mut region);
        let answer = solve_region(&region, Objective::Cost, &Caps::NONE, &Limits::EXACT);
        assert!(answer.is_err(), "case {index}");
    }
}
