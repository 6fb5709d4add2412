//! Time of a piece of a tour, joined in constant time.
//!
//! # Source
//! Vidal, Crainic, Gendreau, Prins, "A hybrid genetic algorithm with adaptive diversity management for a large class of
//! vehicle routing problems with time windows", Computers & Operations Research 40 (2013), section 4.1.

use super::model::Node;

/// Duration, lateness and the range of starting times of a piece.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    /// Shortest duration, lateness taken back.
    pub duration: f64,
    /// How much time would have to be turned back.
    pub warp: f64,
    /// Earliest start with the shortest duration.
    pub early: f64,
    /// Latest start with the least lateness.
    pub late: f64,
}

impl Span {
    /// Being at a place between `early` and `late`, for nothing.
    pub(crate) fn at(early: f64, late: f64) -> Self {
        Self {
            duration: 0.0,
            warp: 0.0,
            early,
            late,
        }
    }

    pub(crate) fn of(node: &Node) -> Self {
        Self {
            duration: node.service,
            warp: 0.0,
            early: node.open,
            late: node.close,
        }
    }

    /// This piece, then `travel`, then the other.
    #[inline]
    pub(crate) fn then(&self, travel: f64, other: &Self) -> Self {
        let delta = self.duration - self.warp + travel;
        let wait = (other.early - delta - self.late).max(0.0);
        let warp = (self.early + delta - other.late).max(0.0);
        Self {
            duration: self.duration + other.duration + travel + wait,
            warp: self.warp + other.warp + warp,
            early: (other.early - delta).max(self.early) - wait,
            late: (other.late - delta).min(self.late) + warp,
        }
    }
}
