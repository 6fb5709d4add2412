use greenheart_milp::{Program, Row, Var};

use super::problem::DesignProblem;

/// The weak formulation and where its columns are; forcing rows are made when they are broken.
///
/// `min sum_a (f_a y_a + sum_k c_a x_ak)` over flows `x_ak >= 0` and openings `y_a` in {0, 1}.
pub(super) struct Formulation {
    pub program: Program,
    pub open: Vec<Var>,
    /// `[lane][commodity]`; `None` where the commodity has no business on the lane.
    pub flow: Vec<Vec<Option<Var>>>,
}

impl Formulation {
    pub fn new(problem: &DesignProblem) -> Self {
        let mut program = Program::new();
        let open = problem.arcs().iter().map(|arc| program.binary(arc.fixed)).collect();
        let flow = flows(problem, &mut program);
        let mut formulation = Self { program, open, flow };
        formulation.conserve(problem);
        formulation.capacities(problem);
        formulation.cuts(problem);
        formulation
    }

    /// `sum_out x_ak - sum_in x_ak = d_k` at the origin, `-d_k` at the destination, 0 elsewhere (one row per commodity is
    /// implied by the others and left out).
    fn conserve(&mut self, problem: &DesignProblem) {
        for (index, commodity) in problem.commodities().iter().enumerate() {
            let mut rows = vec![Vec::new(); problem.nodes()];
            for (lane, arc) in problem.arcs().iter().enumerate() {
                if let Some(var) = self.flow[lane][index] {
                    rows[arc.from].push((var, 1.0));
                    rows[arc.to].push((var, -1.0));
                }
            }
            for (node, terms) in rows.into_iter().enumerate().filter(|(node, _)| *node != commodity.to) {
                let supply = if node == commodity.from { commodity.demand } else { 0.0 };
                self.program.row(Row::equal(supply, terms));
            }
        }
    }

    /// `sum_k x_ak <= u_a y_a`, with no more than all demand together.
    fn capacities(&mut self, problem: &DesignProblem) {
        let all: f64 = problem.commodities().iter().map(|c| c.demand).sum();
        for (lane, arc) in problem.arcs().iter().enumerate() {
            let mut terms: Vec<(Var, f64)> = self.flow[lane].iter().flatten().map(|var| (*var, 1.0)).collect();
            terms.push((self.open[lane], -arc.capacity.min(all)));
            self.program.row(Row::at_most(0.0, terms));
        }
    }

    /// `sum y_a >= r` over the lanes out of (into) each node, `r` the fewest that can carry what starts (ends) there.
    fn cuts(&mut self, problem: &DesignProblem) {
        for node in 0..problem.nodes() {
            for outward in [true, false] {
                let end = |from: usize, to: usize| if outward { from } else { to };
                let needed: f64 = problem
                    .commodities()
                    .iter()
                    .filter(|c| end(c.from, c.to) == node)
                    .map(|c| c.demand)
                    .sum();
                let lanes: Vec<usize> = (0..problem.arcs().len())
                    .filter(|lane| end(problem.arcs()[*lane].from, problem.arcs()[*lane].to) == node)
                    .collect();
                if needed > 0.0 {
                    let least = fewest(&lanes.iter().map(|l| problem.arcs()[*l].capacity).collect::<Vec<_>>(), needed);
                    let terms = lanes.iter().map(|lane| (self.open[*lane], 1.0)).collect();
                    self.program.row(Row::at_least(least, terms));
                }
            }
        }
    }

    /// Forcing rows `x_ak <= min(d_k, u_a) y_a` that the values break.
    pub fn broken(&self, problem: &DesignProblem, values: &[f64]) -> Vec<Row> {
        let mut rows = Vec::new();
        for (lane, arc) in problem.arcs().iter().enumerate() {
            let open = self.open[lane];
            for (var, commodity) in self.flow[lane].iter().zip(problem.commodities()) {
                let Some(var) = *var else { continue };
                let most = commodity.demand.min(arc.capacity);
                if values[var.index()] > most * values[open.index()] + 1e-6 * (1.0 + most) {
                    rows.push(Row::at_most(0.0, vec![(var, 1.0), (open, -most)]));
                }
            }
        }
        rows
    }

    /// Flow of a lane, all commodities together.
    pub fn total(&self, lane: usize, values: &[f64]) -> f64 {
        self.flow[lane].iter().flatten().map(|var| values[var.index()]).sum()
    }
}

/// The flow columns: none into an origin or out of a destination of its own commodity, which no least-cost flow uses.
pub(super) fn flows(problem: &DesignProblem, program: &mut Program) -> Vec<Vec<Option<Var>>> {
    let column = |program: &mut Program, lane: usize, index: usize| {
        let (arc, commodity) = (&problem.arcs()[lane], &problem.commodities()[index]);
        let idle = arc.to == commodity.from || arc.from == commodity.to;
        let most = commodity.demand.min(arc.capacity);
        (!idle).then(|| program.continuous(arc.cost, 0.0, most))
    };
    (0..problem.arcs().len())
        .map(|lane| {
            (0..problem.commodities().len())
                .map(|index| column(program, lane, index))
                .collect()
        })
        .collect()
}

/// The fewest of these capacities that sum to `needed`.
fn fewest(capacities: &[f64], needed: f64) -> f64 {
    let mut sorted = capacities.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let (mut sum, mut count) = (0.0, 0.0);
    for capacity in sorted {
        if sum >= needed - 1e-9 {
            break;
        }
        sum += capacity;
        count += 1.0;
    }
    count
}
