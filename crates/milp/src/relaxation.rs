use highs::{Col, Model};

use crate::program::check_row;
use crate::solver::{load, read, run, set};
use crate::{Answer, MilpError, Program, Row, Var};

/// Which simplex a re-solve starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basic {
    /// After rows were added or bounds changed: the basis stays dual feasible.
    Dual,
    /// After costs changed: the basis stays primal feasible.
    Primal,
}

/// A linear program that stays loaded in the solver, so that each further run starts from the last basis.
#[derive(Debug)]
pub struct Relaxation {
    model: Option<Model>,
    columns: Vec<Col>,
    rows: usize,
}

impl Relaxation {
    /// Loads the linear relaxation of `program`.
    pub fn new(program: &Program) -> Result<Self, MilpError> {
        program.check()?;
        if program.columns() == 0 {
            return Err(MilpError::Solver("there are no columns to relax".into()));
        }
        let (model, columns) = load(&program.relaxed())?;
        Ok(Self {
            model: Some(model),
            columns,
            rows: program.rows(),
        })
    }

    /// Adds a row.
    pub fn row(&mut self, row: &Row) -> Result<(), MilpError> {
        check_row(self.rows, row, self.columns.len())?;
        let terms: Vec<_> = row.terms.iter().map(|(v, f)| (self.columns[v.0], *f)).collect();
        self.model()?
            .try_add_row(row.lower..=row.upper, terms)
            .map_err(|status| MilpError::Solver(format!("{status:?} at a row")))?;
        self.rows += 1;
        Ok(())
    }

    /// Sets the cost of a column.
    pub fn cost(&mut self, var: Var, cost: f64) -> Result<(), MilpError> {
        let column = self.columns[var.0];
        self.model()?.change_column_cost(column, cost);
        Ok(())
    }

    /// Sets the bounds of a column.
    pub fn bound(&mut self, var: Var, lower: f64, upper: f64) -> Result<(), MilpError> {
        let column = self.columns[var.0];
        self.model()?.change_column_bounds(column, lower..=upper);
        Ok(())
    }

    /// Number of rows, added ones included.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Solves, from the last basis where there is one.
    pub fn solve(&mut self, with: Basic) -> Result<Answer, MilpError> {
        let mut model = self.model.take().ok_or_else(lost)?;
        let strategy = match with {
            Basic::Dual => 1,
            Basic::Primal => 4,
        };
        set(&mut model, "simplex_strategy", strategy)?;
        let solved = run(model)?;
        let answer = read(&solved, false, 0.0);
        self.model = Some(solved.into());
        answer
    }

    fn model(&mut self) -> Result<&mut Model, MilpError> {
        self.model.as_mut().ok_or_else(lost)
    }
}

fn lost() -> MilpError {
    MilpError::Solver("an earlier failure lost the loaded program".into())
}
