//! Restarted GMRES, preconditioned from the right so that its residual is the true one.
//!
//! # Source
//! Y. Saad, Iterative Methods for Sparse Linear Systems, 2nd ed. (SIAM 2003), algorithms 6.9 and 9.5.

use super::incomplete::Incomplete;
use super::{SolveOptions, residual};
use crate::sparse::RowMatrix;

const RESTART: usize = 60;

/// The best answer found to `(I - M) x = b` and the steps it took. The caller judges it.
pub(super) fn solve(matrix: &RowMatrix, rhs: &[f64], options: &SolveOptions) -> (Vec<f64>, usize) {
    let factors = Incomplete::of(matrix);
    let mut x = vec![0.0; rhs.len()];
    let (mut steps, mut best) = (0, f64::INFINITY);
    let mut kept = x.clone();
    while steps < options.max_krylov_steps {
        let left = remainder(matrix, rhs, &x);
        let taken = cycle(matrix, &factors, &left, options.tolerance, &mut x);
        steps += taken;
        let now = residual(matrix, rhs, &x);
        if now < best {
            kept.clone_from(&x);
        }
        // A cycle that brings less than a tenth is stuck.
        if taken == 0 || now <= options.tolerance || now > 0.9 * best {
            break;
        }
        best = now;
    }
    (kept, steps)
}

/// One cycle of at most [`RESTART`] steps: adds the correction for `left` to `x`.
fn cycle(matrix: &RowMatrix, factors: &Incomplete, left: &[f64], tolerance: f64, x: &mut [f64]) -> usize {
    let start = norm(left);
    if start == 0.0 || !start.is_finite() {
        return 0;
    }
    let mut basis = vec![left.iter().map(|value| value / start).collect::<Vec<f64>>()];
    let mut columns: Vec<Vec<f64>> = Vec::new();
    let mut rotations: Vec<(f64, f64)> = Vec::new();
    let mut target = vec![start];
    while columns.len() < RESTART {
        let step = columns.len();
        let mut next = basis[step].clone();
        factors.apply(&mut next);
        next = operator(matrix, &next);
        let mut column = orthogonalise(&basis, &mut next);
        let length = norm(&next);
        for (at, &(cosine, sine)) in rotations.iter().enumerate() {
            let (upper, lower) = (column[at], column[at + 1]);
            column[at] = cosine * upper + sine * lower;
            column[at + 1] = cosine * lower - sine * upper;
        }
        let radius = column[step].hypot(length);
        if radius == 0.0 || !radius.is_finite() {
            break;
        }
        let (cosine, sine) = (column[step] / radius, length / radius);
        column[step] = radius;
        rotations.push((cosine, sine));
        target.push(-sine * target[step]);
        target[step] *= cosine;
        columns.push(column);
        // Well below what is asked: the tolerance holds for each component, the norm for all together.
        if length <= f64::EPSILON * radius || target[step + 1].abs() <= 1e-3 * tolerance * start {
            break;
        }
        for value in &mut next {
            *value /= length;
        }
        basis.push(next);
    }
    add_correction(&basis, &columns, &target, factors, x);
    columns.len()
}

/// Modified Gram-Schmidt, twice; returns the coefficients with one zero behind them.
fn orthogonalise(basis: &[Vec<f64>], next: &mut [f64]) -> Vec<f64> {
    let mut coefficients = vec![0.0; basis.len() + 1];
    for _ in 0..2 {
        for (coefficient, vector) in coefficients.iter_mut().zip(basis) {
            let part = dot(vector, next);
            *coefficient += part;
            for (value, known) in next.iter_mut().zip(vector) {
                *value -= part * known;
            }
        }
    }
    coefficients
}

fn add_correction(basis: &[Vec<f64>], columns: &[Vec<f64>], target: &[f64], factors: &Incomplete, x: &mut [f64]) {
    let count = columns.len();
    let mut weights = target[..count].to_vec();
    for row in (0..count).rev() {
        let known: f64 = (row + 1..count).map(|at| columns[at][row] * weights[at]).sum();
        weights[row] = (weights[row] - known) / columns[row][row];
    }
    let mut correction = vec![0.0; x.len()];
    for (weight, vector) in weights.iter().zip(basis) {
        for (value, known) in correction.iter_mut().zip(vector) {
            *value += weight * known;
        }
    }
    factors.apply(&mut correction);
    for (value, change) in x.iter_mut().zip(&correction) {
        *value += change;
    }
}

/// `(I - M) v`
fn operator(matrix: &RowMatrix, vector: &[f64]) -> Vec<f64> {
    (0..matrix.size())
        .map(|row| vector[row] - matrix.row_times(row, vector))
        .collect()
}

/// `b - (I - M) x`
fn remainder(matrix: &RowMatrix, rhs: &[f64], x: &[f64]) -> Vec<f64> {
    (0..matrix.size())
        .map(|row| rhs[row] - x[row] + matrix.row_times(row, x))
        .collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn norm(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}
