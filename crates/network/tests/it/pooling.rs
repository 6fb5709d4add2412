use greenheart_milp::Budget;
use greenheart_network::pooling::{
    Draw, Feed, Pool, PoolingError, PoolingProblem, Product, Source, check_mix, parse_pooling, solve_pooling,
};
use greenheart_testkit::shared;

fn source(upper: f64, cost: f64, quality: f64) -> Source {
    Source {
        lower: 0.0,
        upper,
        cost,
        quality: vec![quality],
    }
}

fn product(upper: f64, price: f64, most: f64) -> Product {
    Product {
        lower: 0.0,
        upper,
        price,
        limits: vec![(f64::NEG_INFINITY, most)],
    }
}

/// Haverly 1978: two sources share a pool, a third goes straight; the best known income is 400.
fn haverly(first: f64, cost: f64) -> PoolingProblem {
    let sources = vec![
        source(300.0, 6.0, 3.0),
        source(300.0, cost, 1.0),
        source(300.0, 10.0, 2.0),
    ];
    let products = vec![product(first, 9.0, 2.5), product(200.0, 15.0, 1.5)];
    let feed = |source| Feed {
        source,
        pool: 0,
        share: 1.0,
    };
    let draw = |from, product| Draw {
        from,
        product,
        most: 800.0,
    };
    let pools = vec![Pool { capacity: 800.0 }];
    PoolingProblem::new(
        sources,
        pools,
        products,
        vec![feed(0), feed(1)],
        vec![draw(0, 0), draw(0, 1)],
        vec![draw(2, 0), draw(2, 1)],
    )
    .unwrap()
}

#[test]
fn haverly_is_solved_and_proven() {
    for (first, cost, want) in [(100.0, 16.0, -400.0), (600.0, 16.0, -600.0), (100.0, 13.0, -750.0)] {
        let problem = haverly(first, cost);
        let solution = solve_pooling(&problem, 2000, &Budget::unlimited()).unwrap();
        assert!((solution.objective() - want).abs() < 1e-3, "{want}: {solution:?}");
        assert!(
            solution.gap() <= 1e-5 && solution.bound >= solution.root_bound - 1e-6,
            "{solution:?}"
        );
        assert!(check_mix(&problem, solution.mix.as_ref().unwrap()).is_empty());
    }
}

#[test]
fn one_box_leaves_a_gap_and_says_so() {
    let solution = solve_pooling(&haverly(100.0, 16.0), 1, &Budget::unlimited()).unwrap();
    assert!(solution.bound < -400.0 - 1.0 && solution.gap() > 0.01, "{solution:?}");
}

#[test]
fn the_checker_objects() {
    let problem = haverly(100.0, 16.0);
    let good = solve_pooling(&problem, 2000, &Budget::unlimited())
        .unwrap()
        .mix
        .unwrap();
    let mut dirty = good.clone();
    dirty.shares = vec![1.0, 0.0];
    assert!(!check_mix(&problem, &dirty).is_empty());
    let mut rich = good;
    rich.objective -= 50.0;
    assert!(!check_mix(&problem, &rich).is_empty());
}

#[test]
fn limits_that_no_blend_meets_are_infeasible() {
    let mut wanted = product(100.0, 15.0, 0.5);
    wanted.lower = 10.0;
    let draw = Draw {
        from: 0,
        product: 0,
        most: 100.0,
    };
    let problem = PoolingProblem::new(
        vec![source(100.0, 1.0, 3.0)],
        vec![Pool { capacity: 100.0 }],
        vec![wanted],
        vec![Feed {
            source: 0,
            pool: 0,
            share: 1.0,
        }],
        vec![draw],
        vec![],
    )
    .unwrap();
    assert_eq!(
        solve_pooling(&problem, 10, &Budget::unlimited()).unwrap_err(),
        PoolingError::Infeasible
    );
    let lost = PoolingProblem::new(vec![], vec![], vec![], vec![], vec![draw], vec![]);
    assert!(matches!(lost, Err(PoolingError::UnknownEnd { .. })));
    let broken = PoolingProblem::new(vec![source(f64::NAN, 1.0, 1.0)], vec![], vec![], vec![], vec![], vec![]);
    assert!(matches!(broken, Err(PoolingError::BadNumber { .. })));
    assert!(matches!(parse_pooling("{}"), Err(PoolingError::Syntax(_))));
}

#[test]
fn a_public_instance_reaches_its_published_value() {
    let Some(file) = shared("data/circular/pooling/adhya3.json") else {
        return;
    };
    let problem = parse_pooling(&std::fs::read_to_string(file).unwrap()).unwrap();
    let solution = solve_pooling(&problem, 400, &Budget::unlimited()).unwrap();
    assert!(
        (solution.objective() + 561.045).abs() < 0.01,
        "{}",
        solution.objective()
    );
    assert!(check_mix(&problem, solution.mix.as_ref().unwrap()).is_empty());
}
