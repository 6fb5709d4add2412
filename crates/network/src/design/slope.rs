use greenheart_milp::{Basic, Budget, MilpError, Program, Relaxation, Row, Status, Var};

use super::formulate::flows;
use super::problem::DesignProblem;
use super::solution::Design;

/// Slope scaling (Kim and Pardalos 1999; Crainic, Gendron and Hernu 2004): a flow at linear cost, whose lanes then carry their fixed
/// cost spread over what went over them, again and again; each flow is a design.
pub(super) struct SlopeScaling<'a> {
    problem: &'a DesignProblem,
    relaxation: Relaxation,
    flow: Vec<Vec<Option<Var>>>,
    slope: Vec<f64>,
}

impl<'a> SlopeScaling<'a> {
    /// `openness`: how far each lane is open in the relaxation, 0 to 1; closed ones start dear.
    pub fn new(problem: &'a DesignProblem, openness: &[f64]) -> Result<Self, MilpError> {
        let mut program = Program::new();
        let flow = flows(problem, &mut program);
        for (index, commodity) in problem.commodities().iter().enumerate() {
            let mut rows = vec![Vec::new(); problem.nodes()];
            for (lane, arc) in problem.arcs().iter().enumerate() {
                if let Some(var) = flow[lane][index] {
                    rows[arc.from].push((var, 1.0));
                    rows[arc.to].push((var, -1.0));
                }
            }
            for (node, terms) in rows.into_iter().enumerate().filter(|(node, _)| *node != commodity.to) {
                let supply = if node == commodity.from { commodity.demand } else { 0.0 };
                program.row(Row::equal(supply, terms));
            }
        }
        for (lane, arc) in problem.arcs().iter().enumerate() {
            let terms = flow[lane].iter().flatten().map(|var| (*var, 1.0)).collect();
            program.row(Row::at_most(arc.capacity, terms));
        }
        let all: f64 = problem.commodities().iter().map(|c| c.demand).sum();
        let slope = problem
            .arcs()
            .iter()
            .zip(openness)
            .map(|(arc, open)| arc.fixed / (arc.capacity.min(all) * (0.05 + open)).max(1e-9))
            .collect();
        Ok(Self {
            problem,
            relaxation: Relaxation::new(&program)?,
            flow,
            slope,
        })
    }

    /// The best design of at most `rounds`; also counts how often each lane was used.
    pub fn run(&mut self, rounds: usize, budget: &Budget<'_>, used: &mut [u32]) -> Result<Option<Design>, MilpError> {
        let mut best: Option<Design> = None;
        let mut last = f64::INFINITY;
        for _ in 0..rounds {
            if budget.spent() {
                break;
            }
            for (lane, arc) in self.problem.arcs().iter().enumerate() {
                for var in self.flow[lane].iter().flatten() {
                    self.relaxation.cost(*var, arc.cost + self.slope[lane])?;
                }
            }
            let answer = self.relaxation.solve(Basic::Primal)?;
            if answer.status != Status::Optimal {
                break;
            }
            let design = self.design(&answer.values, used);
            let cost = design.cost;
            if best.as_ref().is_none_or(|known| cost < known.cost - 1e-9) {
                best = Some(design);
            }
            if (cost - last).abs() <= 1e-9 * cost {
                break;
            }
            last = cost;
        }
        Ok(best)
    }

    fn design(&mut self, values: &[f64], used: &mut [u32]) -> Design {
        let commodities = self.problem.commodities().len();
        let mut design = Design {
            open: vec![false; self.flow.len()],
            flow: vec![vec![0.0; commodities]; self.flow.len()],
            cost: 0.0,
        };
        for (lane, arc) in self.problem.arcs().iter().enumerate() {
            for (slot, var) in design.flow[lane].iter_mut().zip(&self.flow[lane]) {
                *slot = var.map_or(0.0, |var| values[var.index()].max(0.0));
            }
            let total: f64 = design.flow[lane].iter().sum();
            if total > 1e-6 {
                design.open[lane] = true;
                design.cost += arc.fixed + arc.cost * total;
                self.slope[lane] = arc.fixed / total;
                used[lane] += 1;
            }
        }
        design
    }
}
