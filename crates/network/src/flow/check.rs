use super::problem::{FlowProblem, FlowSolution};

/// What a check of a flow found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlowReport {
    /// Everything that is wrong, in words; empty when the flow is feasible and proven to be at least cost.
    pub wrong: Vec<String>,
}

/// Recomputes balance, capacities, cost and complementary slackness from the problem.
pub fn check_flow(problem: &FlowProblem, solution: &FlowSolution) -> FlowReport {
    let mut wrong = Vec::new();
    let mut balance: Vec<i128> = problem.supplies().iter().map(|supply| i128::from(*supply)).collect();
    let mut cost = 0;
    if solution.flow.len() != problem.arcs().len() || solution.prices.len() != balance.len() {
        wrong.push("the flow is of another network".to_owned());
        return FlowReport { wrong };
    }
    for (index, (arc, flow)) in problem.arcs().iter().zip(&solution.flow).enumerate() {
        balance[arc.from] -= i128::from(*flow);
        balance[arc.to] += i128::from(*flow);
        cost += i128::from(arc.cost) * i128::from(*flow);
        if !(0..=arc.capacity).contains(flow) {
            wrong.push(format!("lane {index} carries {flow} of at most {}", arc.capacity));
        }
        let reduced = i128::from(arc.cost) + i128::from(solution.prices[arc.from]) - i128::from(solution.prices[arc.to]);
        if reduced < 0 && *flow < arc.capacity || reduced > 0 && *flow > 0 {
            wrong.push(format!("lane {index} with {flow} units has a reduced cost of {reduced}"));
        }
    }
    for (node, rest) in balance.iter().enumerate().filter(|(_, rest)| **rest != 0) {
        wrong.push(format!("node {node} is left with {rest} units"));
    }
    if cost != solution.cost {
        wrong.push(format!("the flow costs {cost}, not {}", solution.cost));
    }
    FlowReport { wrong }
}
