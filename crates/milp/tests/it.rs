//! Programs with known answers, bad input, and answers that must not be called optimal.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop a test")]

use greenheart_milp::{Basic, Budget, Limits, MilpError, Program, Relaxation, Row, Status, Var, solve, solve_lazily};
use proptest::prelude::*;

fn knapsack(values: &[f64], weights: &[f64], room: f64) -> (Program, Vec<Var>) {
    let mut program = Program::new();
    let vars: Vec<Var> = values.iter().map(|value| program.binary(-value)).collect();
    let terms = vars.iter().copied().zip(weights.iter().copied()).collect();
    program.row(Row::at_most(room, terms));
    (program, vars)
}

#[test]
fn a_knapsack_is_solved_and_proven() {
    let (program, _) = knapsack(&[60.0, 100.0, 120.0], &[10.0, 20.0, 30.0], 50.0);
    let answer = solve(&program, &Limits::EXACT).unwrap();
    assert_eq!(answer.status, Status::Optimal);
    assert!((answer.objective + 220.0).abs() < 1e-6, "{answer:?}");
    assert!(answer.gap() <= 1e-9 && program.violation(&answer.values) < 1e-6);
}

#[test]
fn a_linear_program_has_prices() {
    // max 3x + 2y, x + y <= 4, x + 3y <= 6: x = 4, y = 0, the first row is worth 3 a unit.
    let mut program = Program::new();
    let x = program.continuous(-3.0, 0.0, f64::INFINITY);
    let y = program.continuous(-2.0, 0.0, f64::INFINITY);
    program.row(Row::at_most(4.0, vec![(x, 1.0), (y, 1.0)]));
    program.row(Row::at_most(6.0, vec![(x, 1.0), (y, 3.0)]));
    let answer = solve(&program, &Limits::EXACT).unwrap();
    assert_eq!(answer.status, Status::Optimal);
    assert!((answer.values[x.index()] - 4.0).abs() < 1e-9 && (answer.duals[0] + 3.0).abs() < 1e-9);
    assert!((answer.reduced[y.index()] - 1.0).abs() < 1e-9);
}

#[test]
fn infeasible_and_unbounded_are_answers() {
    let mut program = Program::new();
    let x = program.continuous(1.0, 0.0, 1.0);
    program.row(Row::at_least(2.0, vec![(x, 1.0)]));
    assert_eq!(solve(&program, &Limits::EXACT).unwrap().status, Status::Infeasible);
    let mut program = Program::new();
    program.continuous(-1.0, 0.0, f64::INFINITY);
    let answer = solve(&program, &Limits::EXACT).unwrap();
    assert_eq!(answer.status, Status::Unbounded);
    assert!(answer.gap().is_infinite());
    assert_eq!(solve(&Program::new(), &Limits::EXACT).unwrap().status, Status::Optimal);
}

#[test]
fn bad_numbers_are_named() {
    type Spoil = fn(&mut Program);
    let cases: [(&str, Spoil); 4] = [
        ("column", |p| {
            p.continuous(f64::NAN, 0.0, 1.0);
        }),
        ("column", |p| {
            p.continuous(1.0, 2.0, 1.0);
        }),
        ("row", |p| {
            let x = p.continuous(1.0, 0.0, 1.0);
            p.row(Row::at_most(f64::NAN, vec![(x, 1.0)]));
        }),
        ("row", |p| {
            let x = p.continuous(1.0, 0.0, 1.0);
            p.row(Row::at_most(1.0, vec![(x, f64::INFINITY)]));
        }),
    ];
    for (expect, build) in cases {
        let mut program = Program::new();
        build(&mut program);
        match solve(&program, &Limits::EXACT) {
            Err(MilpError::BadNumber { what, .. }) => assert_eq!(what, expect),
            other => panic!("{expect}: {other:?}"),
        }
    }
}

#[test]
fn a_limit_leaves_a_gap_and_no_claim() {
    // A market split: hard to prove, and one node is not enough.
    let mut program = Program::new();
    let vars: Vec<Var> = (0..30).map(|_| program.binary(0.0)).collect();
    for row in 0..4_u32 {
        let terms: Vec<(Var, f64)> = vars
            .iter()
            .enumerate()
            .map(|(i, v)| {
                (
                    *v,
                    f64::from((u32::try_from(i).unwrap() * 7919 + row * 104_729 + 13) % 97),
                )
            })
            .collect();
        let half = (terms.iter().map(|(_, f)| f).sum::<f64>() / 2.0).floor();
        let (over, under) = (
            program.continuous(1.0, 0.0, f64::INFINITY),
            program.continuous(1.0, 0.0, f64::INFINITY),
        );
        let mut terms = terms;
        terms.extend([(over, -1.0), (under, 1.0)]);
        program.row(Row::equal(half, terms));
    }
    let limits = Limits {
        nodes: Some(1),
        ..Limits::EXACT
    };
    let answer = solve(&program, &limits).unwrap();
    assert!(answer.bound <= answer.objective);
    assert_eq!(
        answer.status == Status::Optimal,
        answer.gap() <= 1e-9,
        "{:?}",
        answer.status
    );
}

#[test]
fn rows_come_only_when_broken() {
    // x + y >= 1 through its own separator; 50 rows that never break are never added.
    let mut program = Program::new();
    let x = program.integer(2.0, 0.0, 5.0);
    let y = program.integer(3.0, 0.0, 5.0);
    let lazy = solve_lazily(&mut program, &Budget::unlimited(), &mut |values| {
        let mut rows = vec![Row::at_least(3.5, vec![(x, 1.0), (y, 1.0)])];
        rows.extend((10..60).map(|most| Row::at_most(f64::from(most), vec![(x, 1.0), (y, 1.0)])));
        assert_eq!(values.len(), 2);
        rows
    })
    .unwrap();
    assert!(lazy.complete && lazy.added == 1, "{lazy:?}");
    assert!((lazy.answer.objective - 8.0).abs() < 1e-6);
}

#[test]
fn a_spent_budget_is_never_optimal() {
    let mut program = Program::new();
    let x = program.continuous(1.0, 0.0, 10.0);
    let spent = Budget::new(1.0, &|| 2.0);
    let lazy = solve_lazily(&mut program, &spent, &mut |_| vec![Row::at_least(4.0, vec![(x, 1.0)])]).unwrap();
    assert!(!lazy.complete && lazy.answer.status == Status::Unknown);
    assert!(lazy.answer.bound <= 4.0);
}

#[test]
fn a_relaxation_keeps_what_it_was_told() {
    let mut program = Program::new();
    let x = program.continuous(1.0, 0.0, 10.0);
    let mut relaxation = Relaxation::new(&program).unwrap();
    relaxation.row(&Row::at_least(2.0, vec![(x, 1.0)])).unwrap();
    assert!((relaxation.solve(Basic::Dual).unwrap().objective - 2.0).abs() < 1e-9);
    relaxation.cost(x, -1.0).unwrap();
    assert!((relaxation.solve(Basic::Primal).unwrap().objective + 10.0).abs() < 1e-9);
    relaxation.bound(x, 0.0, 6.0).unwrap();
    assert!((relaxation.solve(Basic::Dual).unwrap().objective + 6.0).abs() < 1e-9);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn knapsacks_agree_with_enumeration(items in prop::collection::vec((1..40_u32, 1..30_u32), 1..10), room in 1..90_u32) {
        let values: Vec<f64> = items.iter().map(|i| f64::from(i.0)).collect();
        let weights: Vec<f64> = items.iter().map(|i| f64::from(i.1)).collect();
        let (program, _) = knapsack(&values, &weights, f64::from(room));
        let best = (0..1_u32 << items.len())
            .filter_map(|set| {
                let chosen = items.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1);
                let (value, weight) = chosen.fold((0, 0), |sum, (_, item)| (sum.0 + item.0, sum.1 + item.1));
                (weight <= room).then_some(value)
            })
            .max()
            .unwrap();
        let answer = solve(&program, &Limits::EXACT).unwrap();
        prop_assert!((answer.objective + f64::from(best)).abs() < 1e-6);
        prop_assert!(program.violation(&answer.values) < 1e-6);
    }
}
