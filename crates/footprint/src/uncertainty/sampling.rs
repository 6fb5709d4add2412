//! Solving the same equations again and again with other coefficients.

use crate::solve::{SolveError, SolveOptions, SweepOutcome, Sweeper, residual, solve};
use crate::sparse::RowMatrix;

/// Solves `x = b + M x` for each sample and hands every answer on.
///
/// `fill(sample, values, rhs)` writes the coefficients (in the order of [`RowMatrix::values`]) and the right-hand side
/// of a sample; both hold the last sample's when it is called. `each(rhs, x)` gets the answers in order. Every sample starts from `start`, so that an answer does
/// not depend on its neighbours, and a run may be split over threads by its range of samples.
/// # Errors
/// The first sample that no method solves.
pub fn sample(
    places: &RowMatrix,
    start: &[f64],
    samples: std::ops::Range<u64>,
    options: &SolveOptions,
    mut fill: impl FnMut(u64, &mut [f64], &mut [f64]),
    mut each: impl FnMut(&[f64], &[f64]),
) -> Result<(), SolveError> {
    let mut matrix = places.clone();
    let mut rhs = start.to_vec();
    let mut x = start.to_vec();
    let mut sweeper = Sweeper::new(matrix.size());
    for number in samples {
        fill(number, matrix.values_mut(), &mut rhs);
        x.copy_from_slice(start);
        let outcome = sweeper.run(&matrix, &rhs, &mut x, options.tolerance, options.max_sweeps);
        let settled = matches!(outcome, SweepOutcome::Settled { .. });
        if !(settled && residual(&matrix, &rhs, &x) <= options.tolerance) {
            x = solve(&matrix, &rhs, None, options)?.values;
        }
        each(&rhs, &x);
    }
    Ok(())
}
