//! Exchange of tails: two tours that pass close to each other swap all that comes after (2-opt*).
//!
//! Strings of ten stops cannot move the second half of a tour with fifty; this can. A step proposes exchanges at random
//! near pairs; each is priced in constant time from the sums of both tours, and those that pass are built in full and
//! accepted as the annealing accepts a ruin and recreate step.
//!
//! # Source
//! Potvin and Rousseau, "An exchange heuristic for routeing problems with time windows", Journal of the Operational
//! Research Society 46 (1995).

use super::model::{EPS, Model, NONE};
use super::rng::Rng;
use super::route::Route;
use super::state::State;

/// Share of the proposals that cut a tour in two.
const SPLIT: f64 = 0.1;

/// Two tours and where they are cut: behind position `.1` of each.
#[derive(Debug, Clone, Copy)]
struct Cut {
    first: (u32, usize),
    second: (u32, usize),
}

/// Buffers of the exchange.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    first: Route,
    second: Route,
}

impl Tails {
    /// Proposes one exchange; true when it was made. `slack` is how much worse the plan may become.
    pub(crate) fn propose(&mut self, model: &Model, state: &mut State, near: usize, slack: f64, rng: &mut Rng) -> bool {
        if rng.chance(SPLIT) {
            return self.split(model, state, slack, rng);
        }
        let Some(cut) = draw(model, state, near, rng) else {
            return false;
        };
        let (a, b) = (
            &state.routes[cut.first.0 as usize],
            &state.routes[cut.second.0 as usize],
        );
        if !promising(model, a, b, &cut, slack) {
            return false;
        }
        join(&mut self.first, a, cut.first.1, b, cut.second.1);
        join(&mut self.second, b, cut.second.1, a, cut.first.1);
        if !whole(model, &mut self.first) || !whole(model, &mut self.second) {
            return false;
        }
        if self.first.cost + self.second.cost > a.cost + b.cost + slack {
            return false;
        }
        self.put(model, state, &cut);
        true
    }

    /// Cuts one tour in two: its tail goes to a vehicle of the same kind that had nothing to do. Where vehicles cost
    /// little, plans have too few tours otherwise, since a job alone on a tour seldom pays.
    fn split(&mut self, model: &Model, state: &mut State, slack: f64, rng: &mut Rng) -> bool {
        let id = state.of[rng.below(model.n)];
        if id == NONE || state.routes[id as usize].len() < 2 {
            return false;
        }
        let route = &state.routes[id as usize];
        let (cut, kind) = (1 + rng.below(route.len() - 1), route.kind);
        let of = &model.kinds[kind as usize];
        if !state.available(model, kind as usize) || of.fixed > slack + route.cost {
            return false;
        }
        part_of(&mut self.first, route, 0..cut);
        part_of(&mut self.second, route, cut..route.len());
        self.second.slot = NONE;
        if !whole(model, &mut self.first) || !whole(model, &mut self.second) {
            return false;
        }
        if self.first.cost + self.second.cost > route.cost + slack {
            return false;
        }
        let second = (state.open(model, kind), 0);
        let cut = Cut {
            first: (id, cut),
            second,
        };
        self.put(model, state, &cut);
        true
    }

    fn put(&self, model: &Model, state: &mut State, cut: &Cut) {
        for (id, built) in [(cut.first.0, &self.first), (cut.second.0, &self.second)] {
            state.change(model, id, |route, _| {
                route.copy_from(built);
                route.slot = id;
            });
        }
        for id in [cut.first.0, cut.second.0] {
            state.own(id);
        }
    }
}

/// A stop at random, and a near one on another tour that is to follow it.
fn draw(model: &Model, state: &State, near: usize, rng: &mut Rng) -> Option<Cut> {
    let node = u32::try_from(rng.below(model.n)).ok()?;
    let list = model.near(node);
    let other = *list.get(rng.below(near.min(list.len())))?;
    let (first, second) = (state.of[node as usize], state.of[other as usize]);
    if first == NONE || second == NONE || first == second {
        return None;
    }
    let (at, before) = (state.at[node as usize] as usize, state.at[other as usize] as usize - 1);
    Some(Cut {
        first: (first, at),
        second: (second, before),
    })
}

/// What constant-time sums can say against the exchange.
fn promising(model: &Model, a: &Route, b: &Route, cut: &Cut, slack: f64) -> bool {
    let (i, j) = (cut.first.1, cut.second.1);
    let (kind, other) = (&model.kinds[a.kind as usize], &model.kinds[b.kind as usize]);
    let (u, v) = (a.seq[i], b.seq[j + 1]);
    let (before_v, after_u) = (b.seq[j], a.seq[i + 1]);
    let single = model.kinds.len() == 1;
    if single {
        let longer = model.dist(kind.net, u, v) + model.dist(kind.net, before_v, after_u) - a.leg[i] - b.leg[j];
        // The longest tours have the most to lose from a broken limit; a tour that empties saves its fixed cost.
        let saved = if (i == 0 && j + 2 == b.seq.len()) || (j == 0 && i + 2 == a.seq.len()) {
            kind.fixed
        } else {
            0.0
        };
        if !model.has.simulated && kind.slope == 0.0 && kind.per_time == 0.0 && kind.per_dist * longer > slack + saved {
            return false;
        }
    }
    if !model.has.two_sided && single {
        let (head_a, head_b) = (a.carried[i], b.carried[j]);
        let cap = kind.capacity[0] + EPS;
        if head_a + b.peak[0] - head_b > cap || head_b + a.peak[0] - head_a > cap {
            return false;
        }
    }
    !model.has.windows
        || !single
        || (a.depart[i] + model.time(kind.net, u, v) <= b.latest[j + 1] + EPS
            && b.depart[j] + model.time(other.net, before_v, after_u) <= a.latest[i + 1] + EPS)
}

/// The head of one tour and the tail of the other, with the vehicle of the first.
fn join(into: &mut Route, head: &Route, i: usize, tail: &Route, j: usize) {
    into.kind = head.kind;
    into.slot = head.slot;
    into.seq.clear();
    into.seq.extend_from_slice(&head.seq[..=i]);
    into.seq.extend_from_slice(&tail.seq[j + 1..tail.seq.len() - 1]);
    into.seq.extend(head.seq.last());
}

/// Some of a tour's nodes as a tour of their own.
fn part_of(into: &mut Route, of: &Route, nodes: std::ops::Range<usize>) {
    into.kind = of.kind;
    into.slot = of.slot;
    into.seq.clear();
    into.seq.extend(of.seq.first());
    into.seq.extend_from_slice(&of.nodes()[nodes]);
    into.seq.extend(of.seq.last());
}

/// Sums up a tour that was put together; false when it breaks a limit or tears a shipment apart.
fn whole(model: &Model, route: &mut Route) -> bool {
    route.refresh(model);
    if model.has.pairs {
        let together = |&node: &u32| {
            let partner = model.nodes[node as usize].partner;
            partner == NONE || route.nodes().contains(&partner)
        };
        if !route.nodes().iter().all(together) {
            return false;
        }
    }
    route.is_empty() || (route.feasible(model) && route.goods & route.conflicts == 0)
}
