use std::cmp::Ordering;
use std::collections::BinaryHeap;

use greenheart_milp::{Budget, relative_gap};

use super::problem::{PoolingError, PoolingProblem};
use super::relax::{MixBox, Relaxed, relax};

/// What mixes where and who gets what.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    /// Share of each feed in its pool, in the order of the problem's feeds.
    pub shares: Vec<f64>,
    /// Amount of each draw from a pool.
    pub draws: Vec<f64>,
    /// Amount of each draw from a source.
    pub direct: Vec<f64>,
    /// Cost less income.
    pub objective: f64,
}

/// A mix with the bound that goes with it.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolingSolution {
    /// The best mix found; `None` when the budget ended before any.
    pub mix: Option<Mix>,
    /// No mix costs less than this.
    pub bound: f64,
    /// Bound of the McCormick relaxation over the whole box.
    pub root_bound: f64,
    /// Boxes looked at.
    pub boxes: usize,
}

impl PoolingSolution {
    /// Objective of the mix; infinite without one.
    pub fn objective(&self) -> f64 {
        self.mix.as_ref().map_or(f64::INFINITY, |mix| mix.objective)
    }

    /// Relative gap between objective and bound.
    pub fn gap(&self) -> f64 {
        relative_gap(self.objective(), self.bound)
    }
}

/// Relative gap at which a box is not looked into any more.
const CLOSE: f64 = 1e-6;

/// Steps of successive programming from one start.
const MOST_STEPS: usize = 60;

/// The best mix within a budget of boxes and time.
///
/// Each box of shares is relaxed (a bound), its shares are held fast (a mix, since then all is linear), a better mix is looked for
/// in shrinking boxes around it, and the box is cut in two at the feed whose products are furthest from being products.
///
/// # Errors
/// [`PoolingError::Infeasible`] when the relaxation proves that no blend meets the limits.
pub fn solve_pooling(
    problem: &PoolingProblem,
    most_boxes: usize,
    budget: &Budget<'_>,
) -> Result<PoolingSolution, PoolingError> {
    let whole = MixBox {
        lower: vec![0.0; problem.feeds.len()],
        upper: problem.feeds.iter().map(|feed| feed.share).collect(),
    };
    let root = relax(problem, &whole)?.ok_or(PoolingError::Infeasible)?;
    let root_bound = root.objective;
    let mut search = Search { problem, best: None };
    search.improve(&root.shares, budget)?;
    let mut open = BinaryHeap::from([Node {
        bound: root_bound,
        mix: whole,
        relaxed: root,
    }]);
    let mut boxes = 1;
    let mut closed = f64::INFINITY;
    while let Some(node) = open.pop() {
        if node.bound >= search.target() {
            open.push(node);
            break;
        }
        if boxes >= most_boxes || budget.spent() {
            open.push(node);
            break;
        }
        let Some(halves) = halves(&node) else {
            // Every product is one: the relaxation is a mix, and nothing below its bound is in this box.
            search.hold(&node.relaxed.shares)?;
            closed = closed.min(node.bound);
            continue;
        };
        for half in halves {
            boxes += 1;
            let Some(relaxed) = relax(problem, &half)? else {
                continue;
            };
            let before = search.objective();
            search.hold(&relaxed.shares)?;
            if search.objective() < before - 1e-9 * (1.0 + before.abs()) {
                search.improve(&relaxed.shares, budget)?;
            }
            open.push(Node {
                bound: relaxed.objective.max(node.bound),
                mix: half,
                relaxed,
            });
        }
    }
    if let Some(shares) = search.best.as_ref().map(|mix| mix.shares.clone()) {
        search.improve(&shares, budget)?;
    }
    let left = open.peek().map_or(f64::INFINITY, |node| node.bound);
    let bound = left.min(closed).min(search.objective());
    if search.best.is_none() && open.is_empty() && closed.is_infinite() {
        return Err(PoolingError::Infeasible);
    }
    Ok(PoolingSolution {
        bound,
        mix: search.best,
        root_bound,
        boxes,
    })
}

struct Search<'a> {
    problem: &'a PoolingProblem,
    best: Option<Mix>,
}

impl Search<'_> {
    fn objective(&self) -> f64 {
        self.best.as_ref().map_or(f64::INFINITY, |mix| mix.objective)
    }

    /// Boxes with a bound from here on hold nothing worth finding.
    fn target(&self) -> f64 {
        let objective = self.objective();
        if objective.is_finite() {
            objective - CLOSE * objective.abs().max(1e-3)
        } else {
            objective
        }
    }

    /// Solves with the shares held fast.
    fn hold(&mut self, shares: &[f64]) -> Result<Option<Mix>, PoolingError> {
        let shares = self.whole(shares);
        let fast = MixBox {
            lower: shares.clone(),
            upper: shares,
        };
        let Some(exact) = relax(self.problem, &fast)? else {
            return Ok(None);
        };
        let mix = Mix {
            shares: fast.lower,
            draws: exact.draws,
            direct: exact.direct,
            objective: exact.objective,
        };
        if mix.objective < self.objective() {
            self.best = Some(mix.clone());
        }
        Ok(Some(mix))
    }

    /// Shares that sum to one in each pool but for the last rounding.
    fn whole(&self, shares: &[f64]) -> Vec<f64> {
        let mut whole: Vec<f64> = shares.iter().map(|share| share.max(0.0)).collect();
        for pool in 0..self.problem.pools.len() {
            let feeds: Vec<usize> = (0..whole.len())
                .filter(|f| self.problem.feeds[*f].pool == pool)
                .collect();
            let sum: f64 = feeds.iter().map(|f| whole[*f]).sum();
            if sum > 0.0 {
                for f in feeds {
                    whole[f] /= sum;
                }
            }
        }
        whole
    }

    /// Successive linear programs: relax over a box around the best shares, hold what comes out, shrink when it is no better.
    fn improve(&mut self, from: &[f64], budget: &Budget<'_>) -> Result<(), PoolingError> {
        let Some(start) = self.hold(from)? else { return Ok(()) };
        let (mut at, mut value) = (start.shares, start.objective);
        let mut radius = 0.5;
        for _ in 0..MOST_STEPS {
            if radius <= 1e-5 || budget.spent() {
                break;
            }
            let near = MixBox {
                lower: at.iter().map(|share| (share - radius).max(0.0)).collect(),
                upper: at
                    .iter()
                    .zip(&self.problem.feeds)
                    .map(|(share, feed)| (share + radius).min(feed.share.max(*share)))
                    .collect(),
            };
            let Some(relaxed) = relax(self.problem, &near)? else {
                return Ok(());
            };
            let better = self
                .hold(&relaxed.shares)?
                .filter(|mix| mix.objective < value - 1e-7 * (1.0 + value.abs()));
            // A step that gains little would be followed by many that gain less.
            if better
                .as_ref()
                .is_none_or(|mix| mix.objective > value - 1e-5 * (1.0 + value.abs()))
            {
                radius /= 2.0;
            }
            if let Some(mix) = better {
                (at, value) = (mix.shares, mix.objective);
            }
        }
        Ok(())
    }
}

/// Cuts a box at the feed that is furthest from linear; `None` when all its products are products.
fn halves(node: &Node) -> Option<[MixBox; 2]> {
    let feed = (0..node.relaxed.apart.len())
        .filter(|f| node.relaxed.apart[*f] > 1e-7 && node.mix.upper[*f] - node.mix.lower[*f] > 1e-7)
        .max_by(|a, b| node.relaxed.apart[*a].total_cmp(&node.relaxed.apart[*b]).then(b.cmp(a)))?;
    let (low, high) = (node.mix.lower[feed], node.mix.upper[feed]);
    let middle = f64::midpoint(low, high);
    let cut =
        (0.7 * node.relaxed.shares[feed] + 0.3 * middle).clamp(low + 0.1 * (high - low), high - 0.1 * (high - low));
    let (mut below, mut above) = (node.mix.clone(), node.mix.clone());
    below.upper[feed] = cut;
    above.lower[feed] = cut;
    Some([below, above])
}

/// A box yet to be looked into; the one with the lowest bound comes first.
struct Node {
    bound: f64,
    mix: MixBox,
    relaxed: Relaxed,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Node {}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Node {
    fn cmp(&self, other: &Self) -> Ordering {
        other.bound.total_cmp(&self.bound)
    }
}
