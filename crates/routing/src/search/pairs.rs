//! The cheapest places for both stops of a shipment on a tour.
//!
//! For each leg of the pickup the tour is walked forward with the goods on board. Before that, one pass backward notes
//! how little the delivery alone can cost from each leg on; most walks never start, and the others end early.

use super::insert::{Best, Scan, simulated_cost};
use super::model::{EPS, Kind};
use super::rng::Rng;
use super::span::Span;

/// What a scan of pairs writes to.
#[derive(Debug, Default)]
pub(crate) struct PairBuffers {
    /// A sequence to simulate.
    seq: Vec<u32>,
    /// `[leg]`: the least that the delivery alone makes the tour longer, on this leg or a later one.
    floor: Vec<f64>,
    /// First leg on which the delivery can be made.
    opens: usize,
}

/// Looks for the cheapest places of both stops of a shipment.
pub(crate) fn scan_pair(scan: &Scan, lead: u32, best: &mut Best, rng: &mut Rng, buffers: &mut PairBuffers) {
    let (model, route) = (scan.model, scan.route);
    let (pickup, drop) = (&model.nodes[lead as usize], model.nodes[lead as usize].partner);
    let (picks, drops) = (
        route.open_legs(model, pickup),
        route.open_legs(model, &model.nodes[drop as usize]),
    );
    if drops.is_empty() {
        return;
    }
    let picks = picks.start.max(scan.legs.0)..picks.end.min(scan.legs.1).min(drops.end);
    if picks.is_empty() {
        return;
    }
    lay_floor(scan, drop, picks.start.max(drops.start)..drops.end, &mut buffers.floor);
    buffers.opens = drops.start;
    for leg in picks {
        if let Some(walk) = Walk::start(scan, lead, leg, best.cost) {
            walk.deliver(best, rng, buffers);
        }
    }
}

/// Legs on which the delivery alone would already be late count as endless: with the goods on board it is later still.
/// So do the legs behind the open ones; those before them cost no less than the first of them.
fn lay_floor(scan: &Scan, drop: u32, open: std::ops::Range<usize>, floor: &mut Vec<f64>) {
    let (model, route) = (scan.model, scan.route);
    let net = &model.nets[model.kinds[scan.kind_id as usize].net];
    let row = drop as usize * model.places;
    let (to, from) = (&net.dist_in[row..], &net.dist[row..]);
    let node = &model.nodes[drop as usize];
    let legs = route.leg.len();
    floor.clear();
    floor.resize(legs + 1, f64::INFINITY);
    for leg in open.clone().rev() {
        let (prev, next) = (route.seq[leg] as usize, route.seq[leg + 1] as usize);
        let mut longer = to[prev] + from[next] - route.leg[leg];
        if model.has.windows {
            let leave = model.start(node, route.depart[leg] + net.time_in[row + prev]) + node.service;
            if !leave.is_finite() || leave + net.time[row + next] > route.latest[leg + 1] + EPS {
                longer = f64::INFINITY;
            }
        }
        floor[leg] = longer.min(floor[leg + 1]);
    }
    let first = floor[open.start];
    floor[..open.start].fill(first);
}

/// A tour with the pickup on one leg, walked forward to find the leg of the delivery.
struct Walk<'a, 'b> {
    scan: &'b Scan<'a>,
    kind: &'a Kind,
    pickup: u32,
    drop: u32,
    leg: usize,
    /// Departure from the pickup.
    clock: f64,
    /// Time of the piece so far.
    span: Span,
}

impl<'a, 'b> Walk<'a, 'b> {
    fn start(scan: &'b Scan<'a>, pickup: u32, leg: usize, limit: f64) -> Option<Self> {
        let (model, route) = (scan.model, scan.route);
        let kind = &model.kinds[scan.kind_id as usize];
        let node = &model.nodes[pickup as usize];
        let (prev, next) = (route.seq[leg], route.seq[leg + 1]);
        let to = model.dist(kind.net, prev, pickup);
        let longer = to + model.dist(kind.net, pickup, next) - route.leg[leg];
        // Only for the pruning: with the triangle inequality the delivery cannot make it shorter.
        if scan.extra + kind.per_dist * longer >= limit {
            return None;
        }
        let mut walk = Self {
            scan,
            kind,
            pickup,
            drop: node.partner,
            leg,
            clock: 0.0,
            span: Span::at(0.0, 0.0),
        };
        if !walk.loaded(leg) {
            return None;
        }
        if model.has.windows {
            let arrival = route.depart[leg] + model.time(kind.net, prev, pickup);
            walk.clock = model.start(node, arrival) + node.service;
            // Straight on to the next stop is sooner than over the delivery.
            let next = walk.clock + model.time(kind.net, pickup, next);
            if !walk.clock.is_finite() || next > route.latest[leg + 1] + EPS {
                return None;
            }
        }
        if model.has.rich {
            walk.span = route.head[leg].then(model.time(kind.net, prev, pickup), &Span::of(node));
        }
        Some(walk)
    }

    /// Whether the amount fits on a leg of the old tour.
    fn loaded(&self, leg: usize) -> bool {
        let (model, route) = (self.scan.model, self.scan.route);
        let amount = model.collect(self.pickup);
        (0..model.dims).all(|d| route.load[leg * model.dims + d] + amount[d] <= self.kind.capacity[d] + EPS)
    }

    fn deliver(mut self, best: &mut Best, rng: &mut Rng, buffers: &mut PairBuffers) {
        let (model, route, kind) = (self.scan.model, self.scan.route, self.kind);
        let mut at = self.pickup;
        // Longer by the pickup alone, and the load-distance it adds on the legs passed.
        let mut longer = model.dist(kind.net, route.seq[self.leg], self.pickup);
        for leg in self.leg..route.leg.len() {
            let next = route.seq[leg + 1];
            if leg >= buffers.opens {
                self.price(at, leg, longer, best, rng, &mut buffers.seq);
            }
            if leg == self.leg {
                longer += model.dist(kind.net, self.pickup, next) - route.leg[leg];
            }
            let hopeless = self.scan.extra + kind.per_dist * (longer + buffers.floor[leg + 1]) >= best.cost;
            if hopeless || !self.pass(at, leg) {
                return;
            }
            at = next;
        }
    }

    /// Prices the delivery on the leg, coming from `at`.
    fn price(&self, at: u32, leg: usize, longer: f64, best: &mut Best, rng: &mut Rng, buffer: &mut Vec<u32>) {
        let (model, route, kind, drop) = (self.scan.model, self.scan.route, self.kind, self.drop);
        let detour = model.dist(kind.net, at, drop) + model.dist(kind.net, drop, route.seq[leg + 1]);
        let total = longer + detour - route.leg[leg];
        let mut cost = self.scan.extra + kind.per_dist * total;
        if cost >= best.cost || !self.on_time(at, leg) {
            return;
        }
        if model.has.rich {
            cost = self.rich_cost(at, leg, total, buffer);
        }
        if cost < best.cost && !(self.scan.blink > 0.0 && rng.chance(self.scan.blink)) {
            *best = Best {
                cost,
                route: self.scan.id,
                kind: self.scan.kind_id,
                leg: self.leg,
                second: leg,
            };
        }
    }

    /// Whether the delivery can be made on the leg, coming from `at`.
    fn on_time(&self, at: u32, leg: usize) -> bool {
        let (model, route, kind) = (self.scan.model, self.scan.route, self.kind);
        if !model.has.windows {
            return true;
        }
        let node = &model.nodes[self.drop as usize];
        let leave = model.start(node, self.clock + model.time(kind.net, at, self.drop)) + node.service;
        leave.is_finite() && leave + model.time(kind.net, self.drop, route.seq[leg + 1]) <= route.latest[leg + 1] + EPS
    }

    /// Goes on to the next stop of the old tour with the goods on board; false when that cannot be.
    fn pass(&mut self, at: u32, leg: usize) -> bool {
        let (model, route, kind) = (self.scan.model, self.scan.route, self.kind);
        let next = route.seq[leg + 1];
        if next as usize >= model.n || leg + 1 >= route.leg.len() || !self.loaded(leg + 1) {
            return false;
        }
        let node = &model.nodes[next as usize];
        let travel = model.time(kind.net, at, next);
        if model.has.windows {
            let arrival = self.clock + travel;
            if arrival > route.latest[leg + 1] + EPS {
                return false;
            }
            self.clock = model.start(node, arrival) + node.service;
        }
        if model.has.rich {
            self.span = self.span.then(travel, &Span::of(node));
        }
        true
    }

    fn rich_cost(&self, at: u32, leg: usize, longer: f64, buffer: &mut Vec<u32>) -> f64 {
        let (model, route, kind) = (self.scan.model, self.scan.route, self.kind);
        if model.has.simulated || kind.slope != 0.0 {
            splice(&route.seq, self.pickup, self.leg, self.drop, leg, buffer);
            return simulated_cost(self.scan, kind, buffer);
        }
        let node = &model.nodes[self.drop as usize];
        let span = self.span.then(model.time(kind.net, at, self.drop), &Span::of(node));
        let span = span.then(
            model.time(kind.net, self.drop, route.seq[leg + 1]),
            &route.tail[leg + 1],
        );
        let dist = route.dist + longer;
        let release = route.release.max(node.release);
        let broken = span.warp > EPS
            || release > span.late + EPS
            || dist > kind.max_dist + EPS
            || span.duration > kind.max_time + EPS;
        if broken {
            return f64::INFINITY;
        }
        self.scan.extra + kind.price(dist, span.duration, 0.0) - kind.price(route.dist, route.time, 0.0)
    }
}

/// The old sequence with two nodes put on legs of it.
pub(crate) fn splice(seq: &[u32], first: u32, leg: usize, second: u32, other: usize, into: &mut Vec<u32>) {
    into.clear();
    into.extend(&seq[..=leg]);
    into.push(first);
    into.extend(&seq[leg + 1..=other]);
    into.push(second);
    into.extend(&seq[other + 1..]);
}
