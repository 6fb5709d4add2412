//! Exchange of strings: two tours that pass close to each other swap a few stops, or one hands some over (CROSS); within a
//! tour a string moves, or a piece is turned round (2-opt).
//!
//! A step of ruin and recreate moves such strings too, but takes tens of microseconds; a proposal that is turned down
//! here takes a few dozen nanoseconds, because the legs it changes are priced before anything is built. That is what
//! brings a long tour down within seconds.
//!
//! # Source
//! Taillard, Badeau, Gendreau, Guertin, Potvin, "A tabu search heuristic for the vehicle routing problem with soft time
//! windows", Transportation Science 31 (1997); turning a piece round: Croes, "A method for solving traveling-salesman
//! problems", Operations Research 6 (1958). Ours draws the strings at random and accepts as the annealing does.

use super::model::{EPS, Model, NONE};
use super::rng::Rng;
use super::route::Route;
use super::settings::Settings;
use super::state::State;
use super::tails::whole;

/// Exchanges that cost more than so many temperatures are not worth throwing dice for.
const HOPELESS: f64 = 12.0;

/// A string of a tour: positions `from..to`, perhaps to be driven the other way round.
#[derive(Debug, Clone, Copy)]
struct Piece {
    from: usize,
    to: usize,
    back: bool,
}

impl Piece {
    fn is_empty(self) -> bool {
        self.from == self.to
    }

    /// The stops in the order in which they will be driven.
    fn stops(self, route: &Route) -> impl Iterator<Item = u32> + '_ {
        let len = self.to - self.from;
        (0..len).map(move |k| route.seq[if self.back { self.to - 1 - k } else { self.from + k }])
    }

    fn first(self, route: &Route) -> u32 {
        route.seq[if self.back { self.to - 1 } else { self.from }]
    }

    fn last(self, route: &Route) -> u32 {
        route.seq[if self.back { self.from } else { self.to - 1 }]
    }

    /// Length of the legs inside.
    fn inner(self, route: &Route) -> f64 {
        let legs = self.from..self.to.saturating_sub(1).max(self.from);
        route.leg[legs].iter().sum()
    }
}

/// What one proposal looks at.
#[derive(Clone, Copy)]
struct Look<'a> {
    model: &'a Model,
    state: &'a State,
    settings: &'a Settings,
    temperature: f64,
}

/// Buffers of the exchange.
#[derive(Debug, Default)]
pub(crate) struct Strings {
    first: Route,
    second: Route,
}

impl Strings {
    /// Proposes one exchange; true when it was made.
    pub(crate) fn propose(
        &mut self,
        model: &Model,
        state: &mut State,
        settings: &Settings,
        temperature: f64,
        rng: &mut Rng,
    ) -> bool {
        let look = Look {
            model,
            state,
            settings,
            temperature,
        };
        let Some((node, other)) = draw(look, rng) else {
            return false;
        };
        let (one, two) = (state.of[node as usize], state.of[other as usize]);
        if one == two {
            if !self.within(look, one, (node, other), rng) {
                return false;
            }
        } else if !self.between(look, (one, two), (node, other), rng) {
            return false;
        }
        state.begin();
        put(model, state, one, &self.first);
        if one != two {
            put(model, state, two, &self.second);
        }
        for id in [one, two] {
            state.own(id);
        }
        true
    }

    /// Builds both tours with the strings exchanged; false when that is not to be.
    fn between(&mut self, look: Look, (one, two): (u32, u32), nodes: (u32, u32), rng: &mut Rng) -> bool {
        let (a, b) = (&look.state.routes[one as usize], &look.state.routes[two as usize]);
        let (at, beside) = positions(look.state, nodes);
        let after = rng.chance(0.5);
        let mine = string(look, a, at, after, rng);
        let theirs = neighbours(look, b, beside, after, rng);
        let (of_a, of_b) = (kind(look.model, a), kind(look.model, b));
        if of_a.net != of_b.net || !light(look.model, (a, mine), (b, theirs)) {
            return false;
        }
        let delta = of_a.per_dist * longer(look.model, (a, mine), (b, theirs))
            + of_b.per_dist * longer(look.model, (b, theirs), (a, mine));
        let Some(slack) = slack(look.temperature, delta, rng) else {
            return false;
        };
        let timely = |one, other| !look.model.has.windows || in_time(look.model, one, other);
        if !timely((a, mine), (b, theirs)) || !timely((b, theirs), (a, mine)) {
            return false;
        }
        replaced(&mut self.first, (a, mine), (b, theirs));
        replaced(&mut self.second, (b, theirs), (a, mine));
        whole(look.model, &mut self.first)
            && whole(look.model, &mut self.second)
            && self.first.cost + self.second.cost <= a.cost + b.cost + slack
    }

    /// Builds a tour with a string moved or a piece turned round; false when that is not to be.
    fn within(&mut self, look: Look, id: u32, nodes: (u32, u32), rng: &mut Rng) -> bool {
        let route = &look.state.routes[id as usize];
        let (at, beside) = positions(look.state, nodes);
        let change = if rng.chance(0.5) {
            Change::Turn(at.min(beside), at.max(beside))
        } else {
            let after = rng.chance(0.5);
            let leg = if after { beside } else { beside - 1 };
            Change::Move(string(look, route, at, after, rng), leg)
        };
        if change.is_nothing() {
            return false;
        }
        let delta = change.longer(look.model, route) * kind(look.model, route).per_dist;
        let Some(slack) = slack(look.temperature, delta, rng) else {
            return false;
        };
        change.build(&mut self.first, route);
        whole(look.model, &mut self.first) && self.first.cost <= route.cost + slack
    }
}

/// A change within a tour.
#[derive(Debug, Clone, Copy)]
enum Change {
    /// The stops after the first position, up to the second, are driven in reverse.
    Turn(usize, usize),
    /// The string goes onto the leg.
    Move(Piece, usize),
}

impl Change {
    /// Whether it turns one stop round, or the leg touches the string.
    fn is_nothing(self) -> bool {
        match self {
            Self::Turn(low, high) => low + 1 >= high,
            Self::Move(piece, leg) => leg + 1 >= piece.from && leg < piece.to,
        }
    }

    /// How much longer the tour gets when roads are as long both ways.
    fn longer(self, model: &Model, route: &Route) -> f64 {
        let net = kind(model, route).net;
        let (seq, legs) = (&route.seq, &route.leg);
        match self {
            Self::Turn(low, high) => {
                let new = model.dist(net, seq[low], seq[high]) + model.dist(net, seq[low + 1], seq[high + 1]);
                new - legs[low] - legs[high]
            }
            Self::Move(piece, leg) => {
                let gap = model.dist(net, seq[piece.from - 1], seq[piece.to]);
                let into = model.dist(net, seq[leg], piece.first(route));
                let out = model.dist(net, piece.last(route), seq[leg + 1]);
                gap + into + out - legs[piece.from - 1] - legs[piece.to - 1] - legs[leg]
            }
        }
    }

    fn build(self, into: &mut Route, route: &Route) {
        into.kind = route.kind;
        into.slot = route.slot;
        into.seq.clear();
        let seq = &route.seq;
        match self {
            Self::Turn(low, high) => {
                into.seq.extend_from_slice(seq);
                into.seq[low + 1..=high].reverse();
            }
            Self::Move(piece, leg) if leg < piece.from => {
                into.seq.extend_from_slice(&seq[..=leg]);
                into.seq.extend(piece.stops(route));
                into.seq.extend_from_slice(&seq[leg + 1..piece.from]);
                into.seq.extend_from_slice(&seq[piece.to..]);
            }
            Self::Move(piece, leg) => {
                into.seq.extend_from_slice(&seq[..piece.from]);
                into.seq.extend_from_slice(&seq[piece.to..=leg]);
                into.seq.extend(piece.stops(route));
                into.seq.extend_from_slice(&seq[leg + 1..]);
            }
        }
    }
}

fn kind<'m>(model: &'m Model, route: &Route) -> &'m super::model::Kind {
    &model.kinds[route.kind as usize]
}

/// A stop at random, and a near one beside which it is to be.
fn draw(look: Look, rng: &mut Rng) -> Option<(u32, u32)> {
    let node = u32::try_from(rng.below(look.model.n)).ok()?;
    let list = look.model.near(node);
    let other = *list.get(rng.below(look.settings.strings_near.min(list.len())))?;
    let there = |node: u32| look.state.of[node as usize] != NONE;
    (there(node) && there(other)).then_some((node, other))
}

fn positions(state: &State, (node, other): (u32, u32)) -> (usize, usize) {
    (state.at[node as usize] as usize, state.at[other as usize] as usize)
}

/// A string whose first stop as driven, or else the last, is the one at the position.
fn string(look: Look, route: &Route, at: usize, first: bool, rng: &mut Rng) -> Piece {
    let len = 1 + rng.below(look.settings.strings_len);
    let back = turn(look, len, rng);
    if first == back {
        Piece {
            from: (at + 1).saturating_sub(len).max(1),
            to: at + 1,
            back,
        }
    } else {
        Piece {
            from: at,
            to: (at + len).min(route.seq.len() - 1),
            back,
        }
    }
}

/// What is given back for it, perhaps nothing: the stops after the one at the position, or else before it.
fn neighbours(look: Look, route: &Route, at: usize, after: bool, rng: &mut Rng) -> Piece {
    let len = rng.below(look.settings.strings_len + 1);
    let back = turn(look, len, rng);
    if after {
        Piece {
            from: at + 1,
            to: (at + 1 + len).min(route.seq.len() - 1),
            back,
        }
    } else {
        Piece {
            from: at.saturating_sub(len).max(1),
            to: at,
            back,
        }
    }
}

/// Windows seldom let a string be driven the other way round.
fn turn(look: Look, len: usize, rng: &mut Rng) -> bool {
    len > 1 && rng.chance(if look.model.has.windows { 0.1 } else { 0.4 })
}

/// How much worse the plan may become, when the exchange is not hopeless.
fn slack(temperature: f64, delta: f64, rng: &mut Rng) -> Option<f64> {
    if delta > HOPELESS * temperature {
        return None;
    }
    let slack = -temperature * (1.0 - rng.unit()).ln();
    (delta <= slack + EPS).then_some(slack)
}

/// How much longer the tour gets when the string is replaced by the other tour's.
fn longer(model: &Model, (route, out): (&Route, Piece), (other, into): (&Route, Piece)) -> f64 {
    let net = kind(model, route).net;
    let (before, after) = (route.seq[out.from - 1], route.seq[out.to]);
    let old: f64 = route.leg[out.from - 1..out.to].iter().sum();
    if into.is_empty() {
        return model.dist(net, before, after) - old;
    }
    model.dist(net, before, into.first(other)) + into.inner(other) + model.dist(net, into.last(other), after) - old
}

/// Whether both payloads hold the exchange, when loads go one way.
fn light(model: &Model, (a, mine): (&Route, Piece), (b, theirs): (&Route, Piece)) -> bool {
    if model.has.two_sided {
        return true;
    }
    let amount = |route: &Route, piece: Piece| route.carried[piece.to - 1] - route.carried[piece.from - 1];
    let more = amount(b, theirs) - amount(a, mine);
    a.peak[0] + more <= kind(model, a).capacity[0] + EPS && b.peak[0] - more <= kind(model, b).capacity[0] + EPS
}

/// Whether the other tour's string, and what comes after it, is reached in time.
fn in_time(model: &Model, (route, out): (&Route, Piece), (other, into): (&Route, Piece)) -> bool {
    let net = kind(model, route).net;
    let (mut prev, mut clock) = (route.seq[out.from - 1], route.depart[out.from - 1]);
    for stop in into.stops(other) {
        clock = model.leave(stop, clock + model.time(net, prev, stop));
        if !clock.is_finite() {
            return false;
        }
        prev = stop;
    }
    clock + model.time(net, prev, route.seq[out.to]) <= route.latest[out.to] + EPS
}

/// The tour with the other's string instead of its own.
fn replaced(into: &mut Route, (route, out): (&Route, Piece), (other, piece): (&Route, Piece)) {
    into.kind = route.kind;
    into.slot = route.slot;
    into.seq.clear();
    into.seq.extend_from_slice(&route.seq[..out.from]);
    into.seq.extend(piece.stops(other));
    into.seq.extend_from_slice(&route.seq[out.to..]);
}

/// Makes the tour the one that was built.
fn put(model: &Model, state: &mut State, id: u32, built: &Route) {
    state.change(model, id, |route, _| {
        route.copy_from(built);
        route.slot = id;
    });
}
