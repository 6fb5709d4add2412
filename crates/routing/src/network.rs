//! Distances and durations between locations: dense matrices, or points measured when asked.

use std::sync::Arc;

use crate::problem::Location;

/// How far and how long it is from anywhere to anywhere, for one kind of vehicle.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Distances.
    pub distance: Metric,
    /// Durations; `None` means that they equal the distances.
    pub duration: Option<Metric>,
}

/// A measure between locations.
#[derive(Debug, Clone, PartialEq)]
pub enum Metric {
    /// Row-major, `[from][to]`, one row per location.
    Matrix(Arc<[f64]>),
    /// Straight lines between the coordinates of the locations, times `factor`, then rounded.
    Points {
        /// Multiplies the straight line.
        factor: f64,
        /// How the product is rounded.
        rounding: Rounding,
    },
}

/// How benchmark sets round straight lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Not at all.
    Exact,
    /// To the nearest integer (TSPLIB `EUC_2D`).
    Integer,
    /// Down to one decimal (DIMACS convention for time windows).
    Trunc1,
}

impl Rounding {
    /// Applies the rule.
    pub fn apply(self, value: f64) -> f64 {
        match self {
            Self::Exact => value,
            Self::Integer => (value + 0.5).floor(),
            Self::Trunc1 => (value * 10.0).floor() / 10.0,
        }
    }
}

impl Network {
    /// Straight lines for both distance and duration.
    pub fn points(rounding: Rounding) -> Self {
        Self {
            distance: Metric::Points { factor: 1.0, rounding },
            duration: None,
        }
    }

    /// A dense matrix for both distance and duration.
    pub fn matrix(values: Vec<f64>) -> Self {
        Self {
            distance: Metric::Matrix(values.into()),
            duration: None,
        }
    }

    /// The measure of durations.
    pub fn duration(&self) -> &Metric {
        self.duration.as_ref().unwrap_or(&self.distance)
    }
}

impl Metric {
    /// The value from one location to another.
    pub fn between(&self, locations: &[Location], from: usize, to: usize) -> f64 {
        match self {
            Self::Matrix(values) => values[from * locations.len() + to],
            Self::Points { factor, rounding } => {
                let (a, b) = (&locations[from], &locations[to]);
                let (dx, dy) = (a.x - b.x, a.y - b.y);
                rounding.apply((dx * dx + dy * dy).sqrt() * factor)
            }
        }
    }
}
