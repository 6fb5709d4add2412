use greenheart_milp::Budget;
use greenheart_network::design::{Commodity, DesignArc, DesignError, DesignProblem, check_design, solve_design};
use greenheart_testkit::shared;

fn arc(from: usize, to: usize, cost: f64, capacity: f64, fixed: f64) -> DesignArc {
    DesignArc {
        from,
        to,
        cost,
        capacity,
        fixed,
    }
}

fn goods(from: usize, to: usize, demand: f64) -> Commodity {
    Commodity { from, to, demand }
}

#[test]
fn two_streams_share_a_lane_that_neither_would_open_alone() {
    // Each alone pays 10 straight; together they open the trunk 2 -> 3 for 8 and pay 1 a unit around it.
    let arcs = vec![
        arc(0, 4, 0.0, 9.0, 10.0),
        arc(1, 4, 0.0, 9.0, 10.0),
        arc(0, 2, 0.0, 9.0, 1.0),
        arc(1, 2, 0.0, 9.0, 1.0),
        arc(2, 3, 1.0, 9.0, 8.0),
        arc(3, 4, 0.0, 9.0, 1.0),
    ];
    let problem = DesignProblem::new(5, arcs, vec![goods(0, 4, 2.0), goods(1, 4, 2.0)]).unwrap();
    let solution = solve_design(&problem, &Budget::unlimited()).unwrap();
    let design = solution.design.as_ref().unwrap();
    assert!((design.cost - 15.0).abs() < 1e-6 && solution.proven(), "{solution:?}");
    assert_eq!(design.open, [false, false, true, true, true, true]);
    assert!(check_design(&problem, design).is_empty());
}

#[test]
fn the_checker_objects() {
    let problem = DesignProblem::new(2, vec![arc(0, 1, 1.0, 5.0, 3.0)], vec![goods(0, 1, 4.0)]).unwrap();
    let good = solve_design(&problem, &Budget::unlimited()).unwrap().design.unwrap();
    assert!(check_design(&problem, &good).is_empty());
    let mut closed = good.clone();
    closed.open[0] = false;
    assert!(check_design(&problem, &closed).len() >= 2, "closed lane and wrong cost");
    let mut less = good;
    less.flow[0][0] = 3.0;
    assert!(!check_design(&problem, &less).is_empty(), "a unit is missing");
}

#[test]
fn bad_networks_are_refused() {
    let lane = vec![arc(0, 1, 1.0, 5.0, 3.0)];
    let unknown = DesignProblem::new(2, lane.clone(), vec![goods(0, 2, 1.0)]);
    assert!(matches!(unknown, Err(DesignError::UnknownNode { .. })));
    let negative = DesignProblem::new(2, lane.clone(), vec![goods(0, 1, -1.0)]);
    assert!(matches!(negative, Err(DesignError::BadNumber { .. })));
    let too_much = DesignProblem::new(2, lane.clone(), vec![goods(0, 1, 6.0)]).unwrap();
    assert_eq!(
        solve_design(&too_much, &Budget::unlimited()).unwrap_err(),
        DesignError::Infeasible
    );
    let idle = DesignProblem::new(2, lane, vec![goods(1, 1, 6.0)]).unwrap();
    assert!(solve_design(&idle, &Budget::unlimited()).unwrap().cost().abs() < 1e-12);
    assert!(matches!(
        DesignProblem::parse_dow("x\n1 2"),
        Err(DesignError::Syntax { .. })
    ));
    assert!(DesignProblem::parse_dow("x\n2 1 1\n1 2 3").is_err());
}

#[test]
fn the_smallest_public_instance_is_proven() {
    let Some(file) = shared("data/circular/network_design_canad/c41.dow") else {
        return;
    };
    let problem = DesignProblem::parse_dow(&std::fs::read_to_string(file).unwrap()).unwrap();
    let solution = solve_design(&problem, &Budget::unlimited()).unwrap();
    assert!(
        (solution.cost() - 429_398.0).abs() < 0.5 && solution.proven(),
        "{:?}",
        solution.trace
    );
    assert!(check_design(&problem, solution.design.as_ref().unwrap()).is_empty());
}
