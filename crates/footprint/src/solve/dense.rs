//! Dense factorisation for small systems.

use faer::linalg::solvers::Solve;
use faer::{Col, Mat};

use crate::sparse::RowMatrix;

/// Solves `(I - M) x = b` by factorisation with partial pivoting; `None` when a value is not finite, as
/// when the matrix is singular. One step of refinement.
pub(super) fn solve(matrix: &RowMatrix, rhs: &[f64]) -> Option<Vec<f64>> {
    let size = matrix.size();
    let mut dense = Mat::<f64>::identity(size, size);
    for (row, column, value) in matrix.entries() {
        dense[(row, column)] -= value;
    }
    let factors = dense.partial_piv_lu();
    let mut x = factors.solve(Col::from_fn(size, |row| rhs[row]));
    let left = Col::from_fn(size, |row| {
        let known: Vec<f64> = x.iter().copied().collect();
        rhs[row] - x[row] + matrix.row_times(row, &known)
    });
    x += factors.solve(left);
    let values: Vec<f64> = x.iter().copied().collect();
    values.iter().all(|value| value.is_finite()).then_some(values)
}
