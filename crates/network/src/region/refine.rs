//! Networks with pools: a bound from boxes of shares, networks from shares held fast, and boxes cut in two until the two meet.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use greenheart_milp::Limits;

use super::infeasible::conflicts;
use super::pools::{Boxes, whole_shares};
use super::problem::RegionError;
use super::solve::{Question, RegionSolution, Solved, answer, run};

/// Programs solved within a limit of time, and without one.
const PROGRAMS: (u32, u32) = (60, 400);
/// Relative gap at which a box is not looked into any more.
const CLOSE: f64 = 1e-6;
/// Steps of the search around the best shares.
const STEPS: usize = 12;

pub(super) fn solve(question: &Question<'_>, limits: &Limits) -> Result<RegionSolution, RegionError> {
    let finite = limits.seconds.is_finite();
    let most = if finite { PROGRAMS.0 } else { PROGRAMS.1 };
    // Half of the time for the first bound; the others share the rest, so that all together keep the limit.
    let (first, each) = (limits.seconds / 2.0, limits.seconds / (2.0 * f64::from(most)));
    let whole = Boxes::whole(question.region);
    let Some(root) = run(
        question,
        &whole,
        &Limits {
            seconds: first,
            ..*limits
        },
    )?
    else {
        return Err(RegionError::Infeasible(conflicts(question, limits)?));
    };
    let mut search = Search {
        question,
        limits: Limits {
            seconds: each,
            ..*limits
        },
        left: most,
        best: None,
    };
    search.improve(&root.shares)?;
    let mut open = BinaryHeap::from([Node {
        bound: root.bound,
        boxes: whole,
        solved: root,
    }]);
    let mut closed = f64::INFINITY;
    while let Some(node) = open.pop() {
        if node.bound >= search.target() || search.left == 0 {
            open.push(node);
            break;
        }
        let Some(halves) = halves(&node) else {
            search.hold(&node.solved.shares)?;
            closed = closed.min(node.bound);
            continue;
        };
        for boxes in halves {
            match search.relax(&boxes)? {
                Looked::Empty => {}
                Looked::Unknown => closed = closed.min(node.bound),
                Looked::At(solved) => {
                    let before = search.objective();
                    search.hold(&solved.shares)?;
                    if search.objective() < before {
                        search.improve(&solved.shares)?;
                    }
                    let bound = solved.bound.max(node.bound);
                    open.push(Node {
                        bound,
                        boxes,
                        solved: *solved,
                    });
                }
            }
        }
    }
    let bound = open.peek().map_or(f64::INFINITY, |node| node.bound).min(closed);
    let Some(mut best) = search.best else {
        return Err(RegionError::NotFound(
            "no blend of the pools was found that keeps every limit".into(),
        ));
    };
    best.closed = false;
    let bound = bound.min(best.objective);
    Ok(answer(question, best, bound))
}

/// Shares held fast, `[feed][period]`, and the objective with them.
type Held = (Vec<Vec<f64>>, f64);

/// What a program said of a box.
enum Looked {
    /// Nothing is feasible there.
    Empty,
    /// The time ended before anything was known.
    Unknown,
    At(Box<Solved>),
}

struct Search<'a> {
    question: &'a Question<'a>,
    limits: Limits,
    left: u32,
    best: Option<Solved>,
}

impl Search<'_> {
    fn objective(&self) -> f64 {
        self.best.as_ref().map_or(f64::INFINITY, |best| best.objective)
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

    fn relax(&mut self, boxes: &Boxes) -> Result<Looked, RegionError> {
        if self.left == 0 {
            return Ok(Looked::Unknown);
        }
        self.left -= 1;
        match run(self.question, boxes, &self.limits) {
            Ok(Some(solved)) => Ok(Looked::At(Box::new(solved))),
            Ok(None) => Ok(Looked::Empty),
            Err(RegionError::NotFound(_)) => Ok(Looked::Unknown),
            Err(other) => Err(other),
        }
    }

    /// Solves with the shares held fast; the shares and the objective, where there is a network.
    fn hold(&mut self, shares: &[Vec<f64>]) -> Result<Option<Held>, RegionError> {
        let shares = whole_shares(self.question.region, shares);
        let Looked::At(solved) = self.relax(&Boxes::point(&shares))? else {
            return Ok(None);
        };
        let value = solved.objective;
        if value < self.objective() {
            self.best = Some(*solved);
        }
        Ok(Some((shares, value)))
    }

    /// Successive programs: relax over a box around the best shares, hold what comes out, shrink when it is no better.
    fn improve(&mut self, from: &[Vec<f64>]) -> Result<(), RegionError> {
        let Some((mut at, mut value)) = self.hold(from)? else {
            return Ok(());
        };
        let mut radius = 0.5;
        for _ in 0..STEPS {
            let Looked::At(near) = self.relax(&Boxes::around(&at, radius))? else {
                return Ok(());
            };
            match self.hold(&near.shares)? {
                Some((shares, better)) if better < value - 1e-7 * (1.0 + value.abs()) => (at, value) = (shares, better),
                _ => radius /= 3.0,
            }
        }
        Ok(())
    }
}

/// A box yet to be looked into; the one with the lowest bound comes first.
struct Node {
    bound: f64,
    boxes: Boxes,
    solved: Solved,
}

/// Cuts a box at the share that is furthest from linear; `None` when all its products are products.
fn halves(node: &Node) -> Option<[Boxes; 2]> {
    let apart = &node.solved.apart;
    let cells = (0..apart.len()).flat_map(|feed| (0..apart[feed].len()).map(move |period| (feed, period)));
    let (feed, period) = cells
        .filter(|(feed, period)| {
            let wide = node.boxes.upper[*feed][*period] - node.boxes.lower[*feed][*period];
            apart[*feed][*period] > 1e-7 && wide > 1e-6
        })
        .max_by(|a, b| apart[a.0][a.1].total_cmp(&apart[b.0][b.1]).then(b.cmp(a)))?;
    let (low, high) = (node.boxes.lower[feed][period], node.boxes.upper[feed][period]);
    let near = 0.7 * node.solved.shares[feed][period] + 0.3 * f64::midpoint(low, high);
    let cut = near.clamp(low + 0.1 * (high - low), high - 0.1 * (high - low));
    let (mut below, mut above) = (node.boxes.clone(), node.boxes.clone());
    below.upper[feed][period] = cut;
    above.lower[feed][period] = cut;
    Some([below, above])
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
