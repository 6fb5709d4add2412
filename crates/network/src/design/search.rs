use greenheart_milp::{Answer, Basic, Budget, Limits, Relaxation, Status, solve_from};

use super::formulate::Formulation;
use super::problem::{DesignError, DesignProblem};
use super::slope::SlopeScaling;
use super::solution::{Design, DesignSolution, Trace};

/// Designs a network within a budget.
///
/// 1. The weak relaxation, with forcing rows added where they are broken: the first bound.
/// 2. Slope scaling: the first design.
/// 3. Where scaling is far from the bound, a program restricted to lanes that relaxation or scaling used: better designs. It proves
///    nothing about the rest, and where scaling is near, the last step finds them sooner.
/// 4. Lanes whose reduced cost exceeds the gap between design and bound are closed (or opened) for good: no better design
///    uses (lacks) them.
/// 5. The program of what is left, to the end of the budget. Its bound holds for the whole, since only step 4 took lanes away.
///
/// # Errors
/// [`DesignError::Infeasible`] when all lanes together cannot carry the commodities.
pub fn solve_design(problem: &DesignProblem, budget: &Budget<'_>) -> Result<DesignSolution, DesignError> {
    let mut search = Search {
        problem,
        formulation: Formulation::new(problem),
        best: None,
        bound: 0.0,
        trace: Trace::default(),
    };
    if problem.commodities().is_empty() {
        return Ok(search.nothing_to_move());
    }
    let root = search.relax(budget)?;
    let used = search.scale(&root, budget)?;
    search.restricted(&root, &used, budget)?;
    search.fix(&root);
    search.rest(budget)?;
    Ok(DesignSolution {
        design: search.best,
        bound: search.bound,
        trace: search.trace,
    })
}

/// Relative gap after slope scaling from which a restricted program pays.
const FAR: f64 = 0.03;

struct Search<'a> {
    problem: &'a DesignProblem,
    formulation: Formulation,
    best: Option<Design>,
    bound: f64,
    trace: Trace,
}

impl Search<'_> {
    fn nothing_to_move(self) -> DesignSolution {
        let lanes = self.problem.arcs().len();
        DesignSolution {
            design: Some(Design {
                open: vec![false; lanes],
                flow: vec![Vec::new(); lanes],
                cost: 0.0,
            }),
            bound: 0.0,
            trace: self.trace,
        }
    }

    fn cost(&self) -> f64 {
        self.best.as_ref().map_or(f64::INFINITY, |design| design.cost)
    }

    /// Step 1. Stops early when the budget is nearly gone: fewer rows only make the bound lower.
    fn relax(&mut self, budget: &Budget<'_>) -> Result<Answer, DesignError> {
        let mut relaxation = Relaxation::new(&self.formulation.program)?;
        loop {
            let answer = relaxation.solve(Basic::Dual)?;
            match answer.status {
                Status::Optimal => {}
                Status::Infeasible => return Err(DesignError::Infeasible),
                other => return Err(greenheart_milp::MilpError::Solver(format!("{other:?} relaxation")).into()),
            }
            self.bound = self.bound.max(answer.bound);
            let rows = self.formulation.broken(self.problem, &answer.values);
            if rows.is_empty() || budget.spent() {
                self.trace.relaxation = self.bound;
                return Ok(answer);
            }
            self.trace.forcing_rows += rows.len();
            for row in rows {
                relaxation.row(&row)?;
                self.formulation.program.row(row);
            }
        }
    }

    /// Step 2.
    fn scale(&mut self, root: &Answer, budget: &Budget<'_>) -> Result<Vec<u32>, DesignError> {
        let openness: Vec<f64> = self
            .formulation
            .open
            .iter()
            .map(|open| root.values[open.index()])
            .collect();
        let mut used = vec![0; openness.len()];
        let slice = budget.slice(budget.left() * 0.2);
        let mut scaling = SlopeScaling::new(self.problem, &openness)?;
        if let Some(design) = scaling.run(25, &slice, &mut used)? {
            self.trace.slope_scaling = design.cost;
            self.best = Some(design);
        }
        Ok(used)
    }

    /// Step 3: closes lanes that neither relaxation nor scaling used and whose reduced cost is high, for this program only.
    fn restricted(&mut self, root: &Answer, used: &[u32], budget: &Budget<'_>) -> Result<(), DesignError> {
        let gap = self.cost() - self.bound;
        if gap <= FAR * self.cost() {
            return Ok(());
        }
        let mut program = self.formulation.program.clone();
        let mut closed = 0;
        for (lane, open) in self.formulation.open.iter().enumerate() {
            let idle = used[lane] == 0 && root.values[open.index()] < 1e-6;
            if idle && root.reduced[open.index()] > 0.15 * gap {
                program.bound(*open, 0.0, 0.0);
                closed += 1;
            }
        }
        if closed == 0 {
            return Ok(());
        }
        let limits = Limits {
            relative_gap: 2e-3,
            heuristics: 0.2,
            ..Limits::seconds(budget.left() * 0.3)
        };
        let answer = solve_from(&program, &limits, self.start().as_deref())?;
        self.trace.programs += 1;
        self.adopt(&answer);
        Ok(())
    }

    /// Step 4.
    fn fix(&mut self, root: &Answer) {
        let gap = (self.cost() - self.bound) * (1.0 + 1e-9) + 1e-6;
        if !gap.is_finite() {
            return;
        }
        for open in &self.formulation.open {
            let (value, reduced) = (root.values[open.index()], root.reduced[open.index()]);
            if value < 1e-9 && reduced > gap {
                self.formulation.program.bound(*open, 0.0, 0.0);
                self.trace.closed += 1;
            }
            if value > 1.0 - 1e-9 && reduced < -gap {
                self.formulation.program.bound(*open, 1.0, 1.0);
                self.trace.opened += 1;
            }
        }
        for var in self.formulation.flow.iter().flatten().flatten() {
            let (_, most) = self.formulation.program.bounds(*var);
            if root.values[var.index()] < 1e-9 && root.reduced[var.index()] * most > gap {
                // Any better design sends less than this over the lane.
                let less = gap / root.reduced[var.index()];
                self.formulation.program.bound(*var, 0.0, less.min(most));
            }
        }
    }

    /// Step 5.
    fn rest(&mut self, budget: &Budget<'_>) -> Result<(), DesignError> {
        if self.cost() - self.bound <= 1e-7 * self.cost() || budget.spent() {
            return Ok(());
        }
        let limits = Limits {
            relative_gap: 1e-7,
            // Scaling has found a design near the best; the time is better spent on the proof.
            heuristics: 0.0,
            ..Limits::seconds(budget.left())
        };
        let answer = solve_from(&self.formulation.program, &limits, self.start().as_deref())?;
        self.trace.programs += 1;
        self.adopt(&answer);
        // What was fixed holds no better design, so the bound of the rest is the bound of the whole up to the design's cost.
        let bound = if answer.status == Status::Infeasible {
            self.cost()
        } else {
            answer.bound
        };
        self.bound = self.bound.max(bound.min(self.cost()));
        Ok(())
    }

    fn start(&self) -> Option<Vec<f64>> {
        let design = self.best.as_ref()?;
        let mut values = vec![0.0; self.formulation.program.columns()];
        for (lane, open) in self.formulation.open.iter().enumerate() {
            values[open.index()] = if design.open[lane] { 1.0 } else { 0.0 };
            for (var, flow) in self.formulation.flow[lane].iter().zip(&design.flow[lane]) {
                if let Some(var) = var {
                    values[var.index()] = *flow;
                }
            }
        }
        Some(values)
    }

    fn adopt(&mut self, answer: &Answer) {
        if !answer.has_values() {
            return;
        }
        let mut design = Design {
            open: Vec::with_capacity(self.formulation.open.len()),
            flow: Vec::with_capacity(self.formulation.open.len()),
            cost: 0.0,
        };
        for (lane, arc) in self.problem.arcs().iter().enumerate() {
            let total = self.formulation.total(lane, &answer.values);
            let open = answer.values[self.formulation.open[lane].index()] > 0.5;
            // A lane that is called open and carries nothing is not paid for.
            let open = open && total > 1e-7;
            design.cost += arc.cost * total + if open { arc.fixed } else { 0.0 };
            let flows = self.formulation.flow[lane].iter();
            design.flow.push(
                flows
                    .map(|var| var.map_or(0.0, |var| answer.values[var.index()].max(0.0)))
                    .collect(),
            );
            design.open.push(open);
        }
        if design.cost < self.cost() - 1e-9 {
            self.best = Some(design);
        }
    }
}
