use greenheart_milp::relative_gap;

use super::problem::DesignProblem;

/// A design with the bound that goes with it.
#[derive(Debug, Clone, PartialEq)]
pub struct DesignSolution {
    /// Which lanes are open; `None` when the budget ended before any design was found.
    pub design: Option<Design>,
    /// No design costs less than this.
    pub bound: f64,
    /// How the figures came about.
    pub trace: Trace,
}

/// Open lanes and what goes over them.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// One flag per lane.
    pub open: Vec<bool>,
    /// `[lane][commodity]`, units.
    pub flow: Vec<Vec<f64>>,
    /// Cost of opening and of flow.
    pub cost: f64,
}

/// Steps of a run, for tables and for judging it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    /// Bound of the linear relaxation with all forcing rows it needs.
    pub relaxation: f64,
    /// Forcing rows that were written down, of lanes times commodities.
    pub forcing_rows: usize,
    /// Cost after slope scaling.
    pub slope_scaling: f64,
    /// Lanes closed for good by reduced cost.
    pub closed: usize,
    /// Lanes opened for good by reduced cost.
    pub opened: usize,
    /// Mixed-integer programs solved.
    pub programs: usize,
}

impl DesignSolution {
    /// Cost of the design; infinite without one.
    pub fn cost(&self) -> f64 {
        self.design.as_ref().map_or(f64::INFINITY, |design| design.cost)
    }

    /// Relative gap between cost and bound.
    pub fn gap(&self) -> f64 {
        relative_gap(self.cost(), self.bound)
    }

    /// Whether the design is proven to be optimal, to a millionth.
    pub fn proven(&self) -> bool {
        self.gap() <= 1e-6
    }
}

/// Everything that is wrong with a design, recomputed from the problem; empty when it is feasible and costs what it says.
pub fn check_design(problem: &DesignProblem, design: &Design) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut cost = 0.0;
    let mut balance = vec![vec![0.0; problem.nodes()]; problem.commodities().len()];
    for (index, arc) in problem.arcs().iter().enumerate() {
        let total: f64 = design.flow[index].iter().sum();
        let open = design.open[index];
        if design.flow[index].iter().any(|flow| *flow < -1e-6) || total > arc.capacity * (1.0 + 1e-6) + 1e-6 {
            wrong.push(format!("lane {index} carries {total} of {}", arc.capacity));
        }
        if !open && total > 1e-5 {
            wrong.push(format!("lane {index} is closed and carries {total}"));
        }
        cost += arc.cost * total + if open { arc.fixed } else { 0.0 };
        for (commodity, flow) in design.flow[index].iter().enumerate() {
            balance[commodity][arc.from] -= flow;
            balance[commodity][arc.to] += flow;
        }
    }
    for (index, commodity) in problem.commodities().iter().enumerate() {
        balance[index][commodity.from] += commodity.demand;
        balance[index][commodity.to] -= commodity.demand;
        let worst = balance[index].iter().fold(0.0_f64, |worst, rest| worst.max(rest.abs()));
        if worst > 1e-5 * (1.0 + commodity.demand) {
            wrong.push(format!("commodity {index} is {worst} units out of balance at a node"));
        }
    }
    if (cost - design.cost).abs() > 1e-6 * (1.0 + cost.abs()) {
        wrong.push(format!("the design costs {cost}, not {}", design.cost));
    }
    wrong
}
