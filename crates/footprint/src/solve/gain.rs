//! Proof that no chain of deliveries feeds back all it takes.
//!
//! For `M` without negative entries the largest gain round its loops is its spectral radius, and that is
//! below one exactly when some `v > 0` has `M v < v` in every component (Collatz and Wielandt). Footprints are
//! such a `v` themselves where every product has emissions of its own; else the answer to `v = 1 + M v` is.

use super::{SolveError, SolveOptions, solve};
use crate::sparse::RowMatrix;

/// What was proved of the gain, and what follows for the accuracy of answers.
#[derive(Debug, Clone, PartialEq)]
pub struct GainBound {
    /// No less than the largest gain, and below one.
    pub gain_at_most: f64,
    witness: Vec<f64>,
    slack: Vec<f64>,
}

impl GainBound {
    /// The largest possible error of each component of `x` as an answer to `x = b + M x`.
    ///
    /// The inverse of `I - M` has no negative entry, so the error is at most the witness times the largest
    /// ratio of remainder to slack.
    pub fn error_bound(&self, matrix: &RowMatrix, rhs: &[f64], x: &[f64]) -> Vec<f64> {
        let worst = (0..matrix.size())
            .map(|row| {
                let left = (rhs[row] - x[row] + matrix.row_times(row, x)).abs();
                // The remainder is itself rounded: by about the entries of its row times epsilon.
                let (columns, _) = matrix.row(row);
                #[expect(clippy::cast_precision_loss, reason = "a count of entries, far below 2^52")]
                let noise = (columns.len() + 3) as f64 * f64::EPSILON * (x[row].abs() + rhs[row].abs());
                (left + noise) / self.slack[row]
            })
            .fold(0.0, f64::max);
        self.witness.iter().map(|value| value * worst).collect()
    }
}

/// Whether `v` proves that every gain is below one.
pub fn certify(matrix: &RowMatrix, v: &[f64]) -> Option<GainBound> {
    let mut gain_at_most = 0.0_f64;
    let mut slack = Vec::with_capacity(v.len());
    for (row, &own) in v.iter().enumerate() {
        let taken = matrix.row_times(row, v);
        // Rounding must not turn a gain of exactly one into a proof.
        let left = own - taken - 1e-13 * own;
        if !(own > 0.0 && left > 0.0 && own.is_finite()) {
            return None;
        }
        gain_at_most = gain_at_most.max(1.0 - left / own);
        slack.push(left);
    }
    Some(GainBound {
        gain_at_most,
        witness: v.to_vec(),
        slack,
    })
}

/// Proves a gain below one with `candidate` or with the answer for ones.
pub(super) fn prove(
    matrix: &RowMatrix,
    candidate: Option<&[f64]>,
    options: &SolveOptions,
) -> Result<GainBound, SolveError> {
    if let Some(bound) = candidate.and_then(|v| certify(matrix, v)) {
        return Ok(bound);
    }
    let ones = vec![1.0; matrix.size()];
    if let Some(bound) = certify(matrix, &ones) {
        return Ok(bound);
    }
    // A proof needs no exact answer, only one with a margin.
    let rough = SolveOptions {
        tolerance: options.tolerance.max(1e-9),
        ..*options
    };
    let solution = match solve(matrix, &ones, None, &rough) {
        Ok(solution) => solution,
        Err(SolveError::NotConverged { .. }) => return Err(SolveError::Gain { row: steepest(matrix) }),
        Err(error) => return Err(error),
    };
    certify(matrix, &solution.values).ok_or_else(|| SolveError::Gain { row: steepest(matrix) })
}

/// A row of the steepest loop: where power iteration forwards and backwards both end up. Forwards alone would
/// name what merely buys from the loop, backwards alone what merely feeds it.
fn steepest(matrix: &RowMatrix) -> usize {
    let ahead = settled(matrix);
    let back = settled(&matrix.transposed());
    (0..matrix.size())
        .max_by(|&a, &b| (ahead[a] * back[a]).total_cmp(&(ahead[b] * back[b])))
        .unwrap_or(0)
}

/// Power iteration on `I + M`, which does not turn in circles as `M` may.
fn settled(matrix: &RowMatrix) -> Vec<f64> {
    let mut v = vec![1.0; matrix.size()];
    for _ in 0..200 {
        let next = matrix.times(&v);
        for (value, more) in v.iter_mut().zip(next) {
            *value += more;
        }
        let top = v.iter().copied().fold(0.0, f64::max);
        for value in &mut v {
            *value /= top;
        }
    }
    v
}
