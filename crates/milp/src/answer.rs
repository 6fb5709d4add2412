/// What is known about a program after a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The objective meets the lower bound within the asked gap.
    Optimal,
    /// Values are there, the bound is not met: a limit struck.
    Feasible,
    /// A limit struck before any values were found; the bound still holds.
    Unknown,
    /// Nothing satisfies the rows.
    Infeasible,
    /// The objective falls without end (or nothing satisfies the rows: the solver did not tell which).
    Unbounded,
}

/// Values, objective and the bound that goes with them.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What is known.
    pub status: Status,
    /// Objective of `values`; infinite without values.
    pub objective: f64,
    /// No solution has an objective below this; minus infinity when nothing is known.
    pub bound: f64,
    /// One value per column; empty without values.
    pub values: Vec<f64>,
    /// Shadow price per row (change of the objective per unit of the row's bound); of linear programs only.
    pub duals: Vec<f64>,
    /// Reduced cost per column; of linear programs only.
    pub reduced: Vec<f64>,
}

impl Answer {
    pub(crate) fn without_values(status: Status, bound: f64) -> Self {
        Self {
            status,
            objective: f64::INFINITY,
            bound,
            values: Vec::new(),
            duals: Vec::new(),
            reduced: Vec::new(),
        }
    }

    /// Whether there are values.
    pub fn has_values(&self) -> bool {
        matches!(self.status, Status::Optimal | Status::Feasible)
    }

    /// Relative gap between objective and bound, see [`relative_gap`].
    pub fn gap(&self) -> f64 {
        relative_gap(self.objective, self.bound)
    }
}

/// `(objective - bound) / |objective|`: 0 when they meet, infinite when either is missing.
pub fn relative_gap(objective: f64, bound: f64) -> f64 {
    if !objective.is_finite() || !bound.is_finite() {
        return f64::INFINITY;
    }
    let apart = (objective - bound).max(0.0);
    if apart == 0.0 {
        return 0.0;
    }
    apart / objective.abs().max(1e-9)
}
