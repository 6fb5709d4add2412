use greenheart_milp::{Limits, Program, Row, Terms, solve};
use greenheart_network::flow::{
    FlowArc, FlowError, FlowProblem, check_flow, parse_dimacs, solve_flow, transport_instance, write_dimacs,
};
use proptest::prelude::*;

fn arc(from: usize, to: usize, capacity: i64, cost: i64) -> FlowArc {
    FlowArc {
        from,
        to,
        capacity,
        cost,
    }
}

#[test]
fn the_cheap_way_fills_before_the_dear_one() {
    // 0 sends 10 to 2: 6 fit over node 1 at 1 + 1, the rest goes straight at 5.
    let problem = FlowProblem::new(
        vec![10, 0, -10],
        vec![arc(0, 1, 6, 1), arc(1, 2, 8, 1), arc(0, 2, 100, 5)],
    )
    .unwrap();
    let solution = solve_flow(&problem).unwrap();
    assert_eq!(solution.flow, [6, 6, 4]);
    assert_eq!(solution.cost, 32);
    assert!(check_flow(&problem, &solution).wrong.is_empty());
}

#[test]
fn a_cycle_that_pays_is_filled() {
    let problem = FlowProblem::new(vec![0, 0], vec![arc(0, 1, 7, -3), arc(1, 0, 5, 1)]).unwrap();
    let solution = solve_flow(&problem).unwrap();
    assert_eq!((solution.cost, solution.flow.as_slice()), (-10, [5, 5].as_slice()));
}

#[test]
fn the_checker_objects() {
    let problem = FlowProblem::new(vec![4, -4], vec![arc(0, 1, 9, 2), arc(0, 1, 9, 1)]).unwrap();
    let good = solve_flow(&problem).unwrap();
    assert!(check_flow(&problem, &good).wrong.is_empty());
    let mut dear = good.clone();
    dear.flow = vec![4, 0];
    dear.cost = 8;
    assert!(
        !check_flow(&problem, &dear).wrong.is_empty(),
        "feasible but not at least cost"
    );
    let mut lost = good.clone();
    lost.flow = vec![0, 3];
    lost.cost = 3;
    assert!(!check_flow(&problem, &lost).wrong.is_empty(), "a unit is lost");
}

#[test]
fn bad_networks_are_refused() {
    let cases = [
        (vec![1, 0], vec![], FlowError::Unbalanced { rest: 1 }),
        (vec![0, 0], vec![arc(0, 2, 1, 1)], FlowError::UnknownNode { arc: 0 }),
        (
            vec![0, 0],
            vec![arc(0, 1, -1, 1)],
            FlowError::NegativeCapacity { arc: 0 },
        ),
        (
            vec![0, 0],
            vec![arc(0, 1, 1, i64::MIN)],
            FlowError::CostTooLarge { arc: 0 },
        ),
        (vec![1 << 50, -(1 << 50)], vec![], FlowError::SupplyTooLarge { node: 0 }),
    ];
    for (supplies, arcs, want) in cases {
        assert_eq!(FlowProblem::new(supplies, arcs).unwrap_err(), want);
    }
    let cut = FlowProblem::new(vec![5, -5], vec![arc(0, 1, 3, 1)]).unwrap();
    assert_eq!(solve_flow(&cut), Err(FlowError::Infeasible { short: 2 }));
    for text in [
        "p max 2 1",
        "p min 2 1\na 1 2 1 5 1",
        "p min 2 1\na 1 x 0 5 1",
        "p min 2 1\nn 9 1",
        "z",
    ] {
        assert!(parse_dimacs(text).is_err(), "{text}");
    }
}

#[test]
fn a_region_of_a_thousand_is_proven_by_its_prices() {
    let problem = transport_instance(1000, 1000, 50_000, 42);
    let solution = solve_flow(&problem).unwrap();
    assert!(check_flow(&problem, &solution).wrong.is_empty());
    // The same optimum as an independent cost-scaling solver found on the written file.
    assert_eq!(solution.cost, 131_951_157);
    assert_eq!(parse_dimacs(&write_dimacs(&problem)).unwrap(), problem);
}

fn by_program(problem: &FlowProblem) -> Option<f64> {
    let mut program = Program::new();
    let mut balance = vec![Terms::new(); problem.supplies().len()];
    for arc in problem.arcs() {
        let cost = f64::from(i32::try_from(arc.cost).unwrap());
        let var = program.continuous(cost, 0.0, f64::from(i32::try_from(arc.capacity).unwrap()));
        if arc.from != arc.to {
            balance[arc.from].push((var, 1.0));
            balance[arc.to].push((var, -1.0));
        }
    }
    for (terms, supply) in balance.into_iter().zip(problem.supplies()) {
        program.row(Row::equal(f64::from(i32::try_from(*supply).unwrap()), terms));
    }
    let answer = solve(&program, &Limits::EXACT).unwrap();
    answer.has_values().then_some(answer.objective)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn agrees_with_a_linear_program(
        amounts in prop::collection::vec(-9..10_i64, 2..7),
        lanes in prop::collection::vec((0..7_usize, 0..7_usize, 0..12_i64, -4..20_i64), 1..25),
    ) {
        let mut supplies = amounts;
        let rest: i64 = supplies.iter().sum();
        supplies[0] -= rest;
        let nodes = supplies.len();
        let arcs = lanes.iter().map(|l| arc(l.0 % nodes, l.1 % nodes, l.2, l.3)).collect();
        let problem = FlowProblem::new(supplies, arcs).unwrap();
        match (solve_flow(&problem), by_program(&problem)) {
            (Ok(solution), Some(objective)) => {
                let wrong = check_flow(&problem, &solution).wrong;
                prop_assert!(wrong.is_empty(), "{wrong:?}");
                let cost = f64::from(i32::try_from(solution.cost).unwrap());
                prop_assert!((cost - objective).abs() < 1e-6, "{cost} {objective}");
            }
            (Err(FlowError::Infeasible { .. }), None) => {}
            (got, want) => prop_assert!(false, "{got:?} but {want:?}"),
        }
    }
}
