//! Solving `x = b + M x`, with the residual checked whatever the method.
//!
//! Gauss-Seidel first: on the sparse, mostly diagonally dominant matrices of supply chains it needs a few
//! dozen passes, where a sparse factorisation can fill up and not finish. What it cannot settle goes to
//! restarted GMRES with an incomplete factorisation, small systems at last to a dense one. An answer is
//! returned only when its residual, computed from the input, is within the limit.

mod dense;
mod gain;
mod gmres;
mod incomplete;
mod sweep;

use crate::sparse::RowMatrix;

pub use gain::{GainBound, certify};
pub use sweep::{SweepOutcome, Sweeper};

/// What to accept and how long to try. No `Default`: how exact an answer must be is the caller's choice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolveOptions {
    /// Largest accepted residual, see [`residual`].
    pub tolerance: f64,
    /// Passes of Gauss-Seidel before another method is tried.
    pub max_sweeps: usize,
    /// Steps of GMRES in all.
    pub max_krylov_steps: usize,
    /// Largest system that is handed to a dense factorisation.
    pub dense_up_to: usize,
}

impl SolveOptions {
    /// For results of record: as exact as the arithmetic allows without a fight.
    pub const ACCOUNT: Self = Self {
        tolerance: 1e-13,
        max_sweeps: 2_000,
        max_krylov_steps: 1_200,
        dense_up_to: 2_000,
    };

    /// For large systems and sampling.
    pub const FAST: Self = Self {
        tolerance: 1e-10,
        ..Self::ACCOUNT
    };
}

impl Method {
    /// The stable name, as in files and columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GaussSeidel => "gauss_seidel",
            Self::Gmres => "gmres",
            Self::DenseLu => "dense_lu",
        }
    }
}

/// Which method gave the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Gauss-Seidel passes.
    GaussSeidel,
    /// Restarted GMRES(60).
    Gmres,
    /// Dense factorisation with partial pivoting.
    DenseLu,
}

/// An answer and how well it fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// `x`, one for each row.
    pub values: Vec<f64>,
    /// [`residual`] of the answer.
    pub residual: f64,
    /// What found it.
    pub method: Method,
    /// Passes or steps of that method.
    pub steps: usize,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SolveError {
    /// The right-hand side or the start does not have one value for each row.
    #[error("{got} values were given for {size} rows")]
    Length {
        /// Rows of the matrix.
        size: usize,
        /// Values given.
        got: usize,
    },
    /// A value is infinite or not a number.
    #[error("value {row} of the right-hand side is {value}, not a finite number")]
    NotFinite {
        /// Which.
        row: usize,
        /// What stood there.
        value: f64,
    },
    /// No method came within the tolerance.
    #[error("no method came within {tolerance:e}; the best left a residual of {residual:e}")]
    NotConverged {
        /// Best residual seen.
        residual: f64,
        /// What was asked.
        tolerance: f64,
    },
    /// The coefficients have a chain that feeds back all it takes, or more.
    #[error("going round its loops, row {row} needs as much of itself as it gives or more (gain of one or more)")]
    Gain {
        /// A row of the chain.
        row: usize,
    },
}

/// Solves `x = b + M x` by the first method whose answer is within the tolerance.
///
/// `start` is a guess, such as the answer to a similar system.
/// # Errors
/// [`SolveError`]; a gain of one or more is found by [`certify`], not here.
pub fn solve(
    matrix: &RowMatrix,
    rhs: &[f64],
    start: Option<&[f64]>,
    options: &SolveOptions,
) -> Result<Solution, SolveError> {
    check_input(matrix, rhs, start)?;
    let mut best = f64::INFINITY;
    let mut accept = |values: Vec<f64>, method, steps| {
        let residual = residual(matrix, rhs, &values);
        best = best.min(residual);
        (residual <= options.tolerance && answers(matrix, rhs, &values)).then_some(Solution {
            values,
            residual,
            method,
            steps,
        })
    };
    let mut values = start.map_or_else(|| rhs.to_vec(), <[f64]>::to_vec);
    let mut sweeper = Sweeper::new(matrix.size());
    let outcome = sweeper.run(matrix, rhs, &mut values, options.tolerance, options.max_sweeps);
    if let SweepOutcome::Settled { sweeps } = outcome
        && let Some(solution) = accept(values, Method::GaussSeidel, sweeps)
    {
        return Ok(solution);
    }
    let (values, steps) = gmres::solve(matrix, rhs, options);
    if let Some(solution) = accept(values, Method::Gmres, steps) {
        return Ok(solution);
    }
    if matrix.size() <= options.dense_up_to
        && let Some(values) = dense::solve(matrix, rhs)
        && let Some(solution) = accept(values, Method::DenseLu, 1)
    {
        return Ok(solution);
    }
    Err(SolveError::NotConverged {
        residual: best,
        tolerance: options.tolerance,
    })
}

/// As [`solve`] for coefficients without negative entries, with proof that no chain has a gain of one or
/// more: a dense or Krylov method returns numbers there too, and they mean nothing.
pub fn solve_with_gain_check(
    matrix: &RowMatrix,
    rhs: &[f64],
    options: &SolveOptions,
) -> Result<(Solution, GainBound), SolveError> {
    let solution = match solve(matrix, rhs, None, options) {
        Ok(solution) => solution,
        Err(error @ SolveError::NotConverged { .. }) => {
            gain::prove(matrix, None, options)?;
            return Err(error);
        }
        Err(error) => return Err(error),
    };
    let bound = gain::prove(matrix, Some(&solution.values), options)?;
    Ok((solution, bound))
}

/// How far `x` is from solving `x = b + M x`: the largest, over the rows, of
/// `|b + M x - x| / (|b| + |M| |x| + |x|)`.
///
/// This is the componentwise backward error: `x` solves exactly a system in which no coefficient differs by
/// more than this share of itself. Unlike a norm it holds small products to the same standard as large ones.
/// # Source
/// W. Oettli, W. Prager, Numerische Mathematik 6 (1964) 405-409.
pub fn residual(matrix: &RowMatrix, rhs: &[f64], x: &[f64]) -> f64 {
    let mut worst = 0.0_f64;
    for row in 0..matrix.size() {
        let (columns, values) = matrix.row(row);
        let mut sum = rhs[row] - x[row];
        let mut size = rhs[row].abs() + x[row].abs();
        for (&column, &value) in columns.iter().zip(values) {
            let term = value * x[column as usize];
            sum += term;
            size += term.abs();
        }
        if sum != 0.0 {
            // A value that is not a number must not hide behind a comparison.
            let relative = sum.abs() / size;
            if relative.is_nan() {
                return f64::INFINITY;
            }
            worst = worst.max(relative);
        }
    }
    worst
}

/// Whether `x` accounts for the right-hand side at all. A nearly singular system has huge answers that pass any
/// test relative to themselves while the right-hand side drowns in their rounding.
fn answers(matrix: &RowMatrix, rhs: &[f64], x: &[f64]) -> bool {
    let asked = rhs.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    (0..matrix.size()).all(|row| {
        let left = (rhs[row] - x[row] + matrix.row_times(row, x)).abs();
        left + f64::EPSILON * x[row].abs() <= 1e-3 * asked
    })
}

fn check_input(matrix: &RowMatrix, rhs: &[f64], start: Option<&[f64]>) -> Result<(), SolveError> {
    let size = matrix.size();
    for given in [Some(rhs), start].into_iter().flatten() {
        if given.len() != size {
            return Err(SolveError::Length { size, got: given.len() });
        }
        if let Some(row) = given.iter().position(|value| !value.is_finite()) {
            return Err(SolveError::NotFinite { row, value: given[row] });
        }
    }
    Ok(())
}
