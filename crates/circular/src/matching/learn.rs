//! Weights from exchanges that happened.

use super::features::Features;

/// One question asked of the past: of these firms, who took it?
#[derive(Debug, Clone)]
pub struct Group<const N: usize> {
    /// Evidence for each firm.
    pub firms: Vec<[f64; N]>,
    /// Who took it.
    pub took: Vec<bool>,
}

/// How much each kind of evidence counts, in the order of [`super::Reason::ALL`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights(pub Features);

impl Default for Weights {
    /// Rounded means of what the bench fits inside its folds.
    fn default() -> Self {
        Self([0.1, 0.1, 0.25, 0.0, 0.0, 0.05, 1.0, 3.1, 0.8, 0.0])
    }
}

impl Weights {
    /// Log-odds of a firm, up to a constant of the question.
    pub fn score(&self, features: &Features) -> f64 {
        self.0.iter().zip(features).map(|(weight, value)| weight * value).sum()
    }
}

/// Fits weights by maximum likelihood with a ridge: the chance that one of those who took it is drawn, when firms are drawn by the
/// exponential of their score (a conditional logit, McFadden 1973).
///
/// The ridge pulls each weight, in units of the evidence's spread, to zero. Newton steps on the curvature of the choice alone,
/// which is never negative, halved until the likelihood rises; the same groups give the same weights.
pub fn fit_weights<const N: usize>(groups: &[&Group<N>], ridge: f64) -> [f64; N] {
    let spread = spread(groups);
    let mut weights = [0.0; N];
    let mut here = likelihood(groups, &weights, &spread, ridge);
    for _ in 0..40 {
        let direction = solve(here.curvature, here.slope);
        let mut step = 1.0;
        let better = loop {
            let mut next = weights;
            next.iter_mut()
                .zip(&direction)
                .for_each(|(weight, along)| *weight += step * along);
            let there = likelihood(groups, &next, &spread, ridge);
            if there.value > here.value {
                break Some((next, there));
            }
            step *= 0.5;
            if step < 1e-4 {
                break None;
            }
        };
        let Some((next, there)) = better else { break };
        let gain = there.value - here.value;
        (weights, here) = (next, there);
        if gain < 1e-7 {
            break;
        }
    }
    weights
        .iter_mut()
        .zip(&spread)
        .for_each(|(weight, spread)| *weight /= spread);
    weights
}

/// Solves a positive definite system by elimination.
fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    for column in 0..N {
        for row in column + 1..N {
            let factor = matrix[row][column] / matrix[column][column];
            let above = matrix[column];
            for (value, above) in matrix[row].iter_mut().zip(above).skip(column) {
                *value -= factor * above;
            }
            right[row] -= factor * right[column];
        }
    }
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|at| matrix[row][at] * right[at]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}

/// Standard deviation of each kind of evidence within the groups.
#[expect(clippy::cast_precision_loss, reason = "a count of firms is far below 2^52")]
fn spread<const N: usize>(groups: &[&Group<N>]) -> [f64; N] {
    let mut squares = [0.0; N];
    let mut firms = 0.0;
    for group in groups.iter().filter(|group| !group.firms.is_empty()) {
        let size = group.firms.len() as f64;
        firms += size;
        for (kind, square) in squares.iter_mut().enumerate() {
            let mean = group.firms.iter().map(|features| features[kind]).sum::<f64>() / size;
            *square += group
                .firms
                .iter()
                .map(|features| (features[kind] - mean).powi(2))
                .sum::<f64>();
        }
    }
    squares.map(|square| (square / f64::max(firms, 1.0)).sqrt().max(1e-6))
}

/// A point of the likelihood, in weights of the spread's units.
struct Point<const N: usize> {
    value: f64,
    slope: [f64; N],
    curvature: [[f64; N]; N],
}

/// Mean log-likelihood less the ridge, its slope, and the curvature of the choice among all.
#[expect(clippy::cast_precision_loss, reason = "a count of groups is far below 2^52")]
fn likelihood<const N: usize>(groups: &[&Group<N>], weights: &[f64; N], spread: &[f64; N], ridge: f64) -> Point<N> {
    let mut point = Point {
        value: 0.0,
        slope: [0.0; N],
        curvature: [[0.0; N]; N],
    };
    let asked = groups.iter().filter(|group| group.took.iter().any(|took| *took));
    let count = asked.clone().count().max(1) as f64;
    for group in asked {
        let firms: Vec<[f64; N]> = group
            .firms
            .iter()
            .map(|firm| std::array::from_fn(|kind| firm[kind] / spread[kind]))
            .collect();
        let score = |firm: &[f64; N]| {
            firm.iter()
                .zip(weights)
                .map(|(value, weight)| value * weight)
                .sum::<f64>()
        };
        let scores: Vec<f64> = firms.iter().map(score).collect();
        let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let odds: Vec<f64> = scores.iter().map(|score| (score - most).exp()).collect();
        let all: f64 = odds.iter().sum();
        let taken: f64 = odds
            .iter()
            .zip(&group.took)
            .filter(|(_, took)| **took)
            .map(|(odds, _)| odds)
            .sum();
        let taken = taken.max(1e-300);
        point.value += (taken / all).ln() / count;
        let mut mean = [0.0; N];
        for ((firm, odds), took) in firms.iter().zip(&odds).zip(&group.took) {
            let chance = odds / all;
            let pull = if *took { odds / taken } else { 0.0 } - chance;
            for kind in 0..N {
                point.slope[kind] += pull * firm[kind] / count;
                mean[kind] += chance * firm[kind];
                for other in 0..=kind {
                    point.curvature[kind][other] += chance * firm[kind] * firm[other] / count;
                }
            }
        }
        for kind in 0..N {
            for other in 0..=kind {
                point.curvature[kind][other] -= mean[kind] * mean[other] / count;
            }
        }
    }
    for (kind, weight) in weights.iter().enumerate() {
        point.value -= 0.5 * ridge * weight * weight;
        point.slope[kind] -= ridge * weight;
        point.curvature[kind][kind] += ridge + 1e-9;
        for other in 0..kind {
            point.curvature[other][kind] = point.curvature[kind][other];
        }
    }
    point
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_that_tells_gets_weight_and_noise_does_not() {
        let firm = |tells: f64, noise: f64| {
            let mut features = [0.0; 3];
            (features[1], features[2]) = (tells, noise);
            features
        };
        let groups: Vec<Group<3>> = (0..48)
            .map(|at| {
                let odd = f64::from(at % 2);
                // One in eight went against the evidence.
                let took = matches!(at % 16, 0 | 9);
                Group {
                    firms: vec![firm(1.0, odd), firm(0.0, 1.0 - odd)],
                    took: vec![!took, took],
                }
            })
            .collect();
        let weights = fit_weights(&groups.iter().collect::<Vec<_>>(), 1e-6);
        // By hand: log-odds of 7 to 1 on one unit of evidence.
        assert!((weights[1] - 7.0_f64.ln()).abs() < 0.3, "{weights:?}");
        assert!(weights[2].abs() < 0.4 && weights[0] == 0.0, "{weights:?}");
        assert!(fit_weights::<3>(&[], 0.1).iter().all(|weight| weight.abs() < 1e-12));
    }
}
