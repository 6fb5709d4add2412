//! Exchange of tails: two tours that pass close to each other swap all that comes after (2-opt*).
//!
//! Strings of ten stops cannot move the second half of a tour with fifty; this can. A step proposes exchanges at random
//! near pairs; each is priced in constant time from the sums of both tours, and those that pass are built in full and
//! accepted as the annealing accepts a ruin and recreate step.
//!
//! # Source
//! Potvin and Rousseau, "An exchange heuristic for routeing problems with time windows", Journal of the Operational
//! Research Society 46 (1995).

use super::model::{EPS, Kind, Model, NONE};
use super::rng::Rng;
use super::route::Route;
use super::state::State;

/// Share of the proposals that cut a tour in two.
const SPLIT: f64 = 0.4;

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
        let half = |(id, at): (u32, usize)| Half {
            route: &state.routes[id as usize],
            at,
        };
        let (one, other) = (half(cut.first), half(cut.second));
        if !promising(model, one, other, slack) {
            return false;
        }
        join(&mut self.first, one, other);
        join(&mut self.second, other, one);
        if !whole(model, &mut self.first) || !whole(model, &mut self.second) {
            return false;
        }
        if self.first.cost + self.second.cost > one.route.cost + other.route.cost + slack {
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

/// One of the two tours: cut behind position `at`.
#[derive(Clone, Copy)]
struct Half<'a> {
    route: &'a Route,
    at: usize,
}

impl Half<'_> {
    fn kind(self, model: &Model) -> &Kind {
        &model.kinds[self.route.kind as usize]
    }

    fn last_before(self) -> u32 {
        self.route.seq[self.at]
    }

    fn first_after(self) -> u32 {
        self.route.seq[self.at + 1]
    }

    fn no_head(self) -> bool {
        self.at == 0
    }

    fn no_tail(self) -> bool {
        self.at + 2 == self.route.seq.len()
    }
}

/// What constant-time sums can say against the exchange; tours on different networks are left alone.
fn promising(model: &Model, one: Half, other: Half, slack: f64) -> bool {
    if one.kind(model).net != other.kind(model).net {
        return false;
    }
    let torn = model.has.pairs && model.leads.len() * 2 == model.n && (laden(model, one) || laden(model, other));
    !torn
        && worth(model, one, other, slack)
        && (model.has.two_sided || (light(model, one, other) && light(model, other, one)))
        && (!model.has.windows || (early(model, one, other) && early(model, other, one)))
}

/// Whether the legs between do not get longer than the slack allows, when distance is all that costs.
fn worth(model: &Model, one: Half, other: Half, slack: f64) -> bool {
    let (kind, second) = (one.kind(model), other.kind(model));
    let timed = |kind: &Kind| kind.slope != 0.0 || kind.per_time != 0.0 || kind.per_overtime != 0.0;
    if model.has.simulated || timed(kind) || timed(second) || model.change > 0.0 {
        return true;
    }
    let longer = longer(model, one, other) + longer(model, other, one);
    // A tour that is joined to the end of another saves its vehicle; with the cheaper vehicle a long tail saves more.
    let joined = (one.no_head() && other.no_tail()) || (other.no_head() && one.no_tail());
    let saved = if joined { kind.fixed.max(second.fixed) } else { 0.0 };
    let apart = (kind.per_dist - second.per_dist).abs() * one.route.dist.max(other.route.dist);
    kind.per_dist.min(second.per_dist) * longer <= slack + saved + apart
}

/// How much longer the legs are that lead into the tail and home from it than those the head had and the tail had.
fn longer(model: &Model, head: Half, tail: Half) -> f64 {
    let kind = head.kind(model);
    if tail.no_tail() {
        return model.dist(kind.net, head.last_before(), kind.end) - head.route.leg[head.at];
    }
    let (stops, legs) = (tail.route.nodes(), &tail.route.leg);
    let home = match (stops.last(), legs.last()) {
        (Some(&last), Some(leg)) => model.dist(kind.net, last, kind.end) - leg,
        _ => 0.0,
    };
    home + model.dist(kind.net, head.last_before(), tail.first_after()) - head.route.leg[head.at]
}

/// Whether the head of one and the tail of the other fit the payload, when loads go one way.
fn light(model: &Model, one: Half, other: Half) -> bool {
    let tail = other.route.peak[0] - other.route.carried[other.at];
    one.route.carried[one.at] + tail <= one.kind(model).capacity[0] + EPS
}

/// Whether the tail of the other is reached in time, by what that tour's vehicle must keep.
fn early(model: &Model, one: Half, other: Half) -> bool {
    let (kind, second) = (one.kind(model), other.kind(model));
    if kind.family != second.family {
        return true;
    }
    let travel = model.time(kind.net, one.last_before(), other.first_after());
    one.route.depart[one.at] + travel <= other.route.latest[other.at + 1] + EPS
}

/// Whether something is on board on the leg; with shipments alone, a cut there tears one apart.
fn laden(model: &Model, half: Half) -> bool {
    let load = &half.route.load[half.at * model.dims..][..model.dims];
    load.iter().any(|&load| load > EPS)
}

/// The head of one tour and the tail of the other, with the vehicle of the first.
fn join(into: &mut Route, head: Half, tail: Half) {
    into.kind = head.route.kind;
    into.slot = head.route.slot;
    into.seq.clear();
    into.seq.extend_from_slice(&head.route.seq[..=head.at]);
    into.seq.extend_from_slice(&tail.route.nodes()[tail.at..]);
    into.seq.extend(head.route.seq.last());
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
pub(crate) fn whole(model: &Model, route: &mut Route) -> bool {
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
