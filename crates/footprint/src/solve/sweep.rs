//! Gauss-Seidel passes over `x = b + M x`, and a step that learns from the last few of them.
//!
//! Plain passes slow down when the gain round a loop nears one: the same few modes decay by the same factor each
//! time. Anderson's method sees that in the last differences and steps ahead; the fixed point stays the same.
//!
//! # Source
//! D. G. Anderson, J. ACM 12 (1965) 547-560; H. F. Walker, P. Ni, SIAM J. Numer. Anal. 49 (2011) 1715-1735.

use crate::sparse::RowMatrix;

/// How the passes ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SweepOutcome {
    /// The last pass changed nothing beyond the tolerance.
    Settled {
        /// Passes made.
        sweeps: usize,
    },
    /// They grow, stall, or a row has nothing to divide by.
    Unsettled {
        /// Passes made.
        sweeps: usize,
    },
}

/// Differences remembered.
const DEPTH: usize = 4;
/// Passes within which the change must halve; slower systems are left to another method.
const PATIENCE: usize = 100;

/// Working memory of the passes, to be used again for systems of the same size.
#[derive(Debug, Clone)]
pub struct Sweeper {
    before: Vec<f64>,
    change: Vec<f64>,
    last_change: Vec<f64>,
    last_image: Vec<f64>,
    change_steps: Vec<Vec<f64>>,
    image_steps: Vec<Vec<f64>>,
    products: [[f64; DEPTH]; DEPTH],
    known: usize,
    newest: usize,
}

impl Sweeper {
    /// Memory for systems of `size` rows.
    pub fn new(size: usize) -> Self {
        let zero = vec![0.0; size];
        Self {
            before: zero.clone(),
            change: zero.clone(),
            last_change: zero.clone(),
            last_image: zero.clone(),
            change_steps: vec![zero.clone(); DEPTH],
            image_steps: vec![zero; DEPTH],
            products: [[0.0; DEPTH]; DEPTH],
            known: 0,
            newest: 0,
        }
    }

    /// Improves `x` until a pass changes no component by more than `tolerance` of itself.
    pub fn run(
        &mut self,
        matrix: &RowMatrix,
        rhs: &[f64],
        x: &mut [f64],
        tolerance: f64,
        max_sweeps: usize,
    ) -> SweepOutcome {
        self.known = 0;
        let (mut last, mut halved, mut halved_at) = (f64::INFINITY, f64::INFINITY, 0);
        for sweep in 1..=max_sweeps {
            self.before.copy_from_slice(x);
            let change = pass(matrix, rhs, x);
            if change <= tolerance {
                return SweepOutcome::Settled { sweeps: sweep };
            }
            if change <= 0.5 * halved {
                (halved, halved_at) = (change, sweep);
            }
            if !change.is_finite() || sweep - halved_at > PATIENCE {
                return SweepOutcome::Unsettled { sweeps: sweep };
            }
            if change > 4.0 * last {
                // The step ahead went wrong; go on from the plain pass and forget.
                self.known = 0;
            }
            last = change;
            self.step_ahead(sweep, x);
        }
        SweepOutcome::Unsettled { sweeps: max_sweeps }
    }

    /// Replaces the image `x` of the last pass by the combination of images whose changes cancel best.
    fn step_ahead(&mut self, sweep: usize, x: &mut [f64]) {
        // Relative to the component, so that small products weigh as much as large ones.
        for ((change, &now), &before) in self.change.iter_mut().zip(&*x).zip(&self.before) {
            *change = relative_change(before, now);
        }
        if sweep > 1 {
            self.remember(x);
        }
        self.last_change.copy_from_slice(&self.change);
        self.last_image.copy_from_slice(x);
        if self.known == 0 {
            return;
        }
        let target: [f64; DEPTH] = std::array::from_fn(|at| {
            if at < self.known {
                dot(&self.change_steps[at], &self.change)
            } else {
                0.0
            }
        });
        let Some(weights) = least_squares(&self.products, &target, self.known) else {
            self.known = 0;
            return;
        };
        for (weight, step) in weights.iter().zip(&self.image_steps).take(self.known) {
            for (value, change) in x.iter_mut().zip(step) {
                *value -= weight * change;
            }
        }
    }

    fn remember(&mut self, x: &[f64]) {
        self.newest = (self.newest + 1) % DEPTH;
        if self.known < DEPTH {
            self.newest = self.known;
            self.known += 1;
        }
        let at = self.newest;
        for ((step, &now), &before) in self.change_steps[at]
            .iter_mut()
            .zip(&self.change)
            .zip(&self.last_change)
        {
            *step = now - before;
        }
        for ((step, &now), &before) in self.image_steps[at].iter_mut().zip(x).zip(&self.last_image) {
            *step = now - before;
        }
        for other in 0..self.known {
            let product = dot(&self.change_steps[at], &self.change_steps[other]);
            self.products[at][other] = product;
            self.products[other][at] = product;
        }
    }
}

/// One pass; the largest change of a component relative to itself.
fn pass(matrix: &RowMatrix, rhs: &[f64], x: &mut [f64]) -> f64 {
    let mut worst = 0.0_f64;
    for row in 0..x.len() {
        let (columns, values) = matrix.row(row);
        let (mut sum, mut own) = (rhs[row], 1.0);
        for (&column, &value) in columns.iter().zip(values) {
            if column as usize == row {
                own -= value;
            } else {
                sum += value * x[column as usize];
            }
        }
        let next = sum / own;
        let change = relative_change(x[row], next).abs();
        if change.is_nan() {
            return f64::INFINITY;
        }
        worst = worst.max(change);
        x[row] = next;
    }
    worst
}

/// The change as a share of what it came to; all of it where it came to nothing.
fn relative_change(before: f64, now: f64) -> f64 {
    if now == 0.0 {
        return if before == 0.0 { 0.0 } else { 1.0 };
    }
    (now - before) / now
}

/// Cholesky on the normal equations of at most [`DEPTH`] unknowns; `None` when they are not independent.
fn least_squares(products: &[[f64; DEPTH]; DEPTH], target: &[f64; DEPTH], count: usize) -> Option<[f64; DEPTH]> {
    let mut lower = [[0.0; DEPTH]; DEPTH];
    for row in 0..count {
        for column in 0..=row {
            let known: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            let rest = products[row][column] - known;
            if row == column {
                if rest <= 1e-12 * products[row][row] {
                    return None;
                }
                lower[row][row] = rest.sqrt();
            } else {
                lower[row][column] = rest / lower[column][column];
            }
        }
    }
    let mut weights = *target;
    for row in 0..count {
        let known: f64 = (0..row).map(|k| lower[row][k] * weights[k]).sum();
        weights[row] = (weights[row] - known) / lower[row][row];
    }
    for row in (0..count).rev() {
        let known: f64 = (row + 1..count).map(|k| lower[k][row] * weights[k]).sum();
        weights[row] = (weights[row] - known) / lower[row][row];
    }
    weights.iter().all(|weight| weight.is_finite()).then_some(weights)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Four sums side by side, which the compiler turns into vector instructions.
    let mut sums = [0.0; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a4.remainder().iter().zip(b4.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a4.zip(b4) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}
