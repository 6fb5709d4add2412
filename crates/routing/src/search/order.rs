//! The order in which jobs become nodes: neighbours get near numbers, so that the rows a step looks at share cache lines.
//!
//! # Source
//! Hilbert, "Über die stetige Abbildung einer Linie auf ein Flächenstück", Mathematische Annalen 38 (1891).

use crate::problem::Problem;

/// Cells along a side of the square: two to this power.
const DEPTH: u32 = 10;

/// The jobs along a curve that fills the plane; in the order given where places have no coordinates.
pub(crate) fn along_curve(problem: &Problem, jobs: &[usize]) -> Vec<usize> {
    let place = |job: usize| {
        let stop = problem.jobs[job].stops().next();
        stop.map_or((0.0, 0.0), |stop| {
            let location = &problem.locations[stop.location];
            (location.x, location.y)
        })
    };
    let (mut low, mut high) = ((f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY));
    for &job in jobs {
        let (x, y) = place(job);
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x), high.1.max(y));
    }
    let side = (high.0 - low.0).max(high.1 - low.1);
    let cell = |value: f64, low: f64| to_cell((value - low) / side);
    // The wider axis first, so that a problem and its mirror image get the same order.
    let width = |low: f64, high: f64, axis: fn((f64, f64)) -> f64| {
        let sum: f64 = jobs.iter().map(|&job| axis(place(job)) - low).sum();
        (high - low, sum)
    };
    let (wide, tall) = (width(low.0, high.0, |at| at.0), width(low.1, high.1, |at| at.1));
    let turned = tall > wide;
    let mut keyed: Vec<(u64, usize)> = jobs
        .iter()
        .map(|&job| {
            let (x, y) = place(job);
            let (x, y) = (cell(x, low.0), cell(y, low.1));
            (if turned { distance(y, x) } else { distance(x, y) }, job)
        })
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, job)| job).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a small number of cells; what is not a number becomes zero"
)]
fn to_cell(share: f64) -> u64 {
    let cells = (1u64 << DEPTH) as f64;
    ((share * cells) as u64).min((1 << DEPTH) - 1)
}

/// How far along the curve a cell lies.
fn distance(mut x: u64, mut y: u64) -> u64 {
    let mut sum = 0;
    for level in (0..DEPTH).rev() {
        let side = 1u64 << level;
        let (right, up) = (u64::from(x & side > 0), u64::from(y & side > 0));
        sum += side * side * ((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                let most = (1 << DEPTH) - 1;
                (x, y) = (most - x, most - y);
            }
            (x, y) = (y, x);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::{DEPTH, distance};

    #[test]
    fn the_curve_visits_every_cell_once_and_only_steps_to_neighbours() {
        let corner = 1u64 << 4;
        let shift = DEPTH - 4;
        let mut cells: Vec<(u64, (u64, u64))> = (0..corner * corner)
            .map(|at| (at % corner, at / corner))
            .map(|(x, y)| (distance(x << shift, y << shift), (x, y)))
            .collect();
        cells.sort_unstable();
        for pair in cells.windows(2) {
            assert_ne!(pair[0].0, pair[1].0);
            let ((ax, ay), (bx, by)) = (pair[0].1, pair[1].1);
            assert_eq!(ax.abs_diff(bx) + ay.abs_diff(by), 1, "{pair:?}");
        }
    }
}
