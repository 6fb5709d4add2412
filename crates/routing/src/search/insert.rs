//! What it costs to put a job into a tour, and where it is cheapest.
//!
//! The scan of a tour is compiled for the aspects a problem has: arrival times (`W`), loads that differ along the tour
//! (`T`), and everything that needs durations or load-distance (`R`). Each position is priced in constant time from the
//! sums of [`Route`]; only tours with batteries or breaks are simulated.

use super::exact;
use super::model::{Aspects, EPS, Kind, Model, Node};
use super::rng::Rng;
use super::route::Route;
use super::span::Span;

/// The cheapest place found so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Best {
    /// Increase of the objective.
    pub cost: f64,
    pub route: u32,
    /// Kind the tour has afterwards.
    pub kind: u32,
    /// The node goes on this leg.
    pub leg: usize,
    /// The second node of a shipment goes on this leg of the old tour.
    pub second: usize,
}

impl Best {
    pub(crate) fn none() -> Self {
        Self {
            cost: f64::INFINITY,
            route: u32::MAX,
            kind: 0,
            leg: 0,
            second: 0,
        }
    }

    pub(crate) fn found(&self) -> bool {
        self.cost.is_finite()
    }
}

/// Everything one scan looks at.
pub(crate) struct Scan<'a> {
    pub model: &'a Model,
    pub route: &'a Route,
    pub id: u32,
    /// The kind the tour would have.
    pub kind_id: u32,
    /// What changing to that kind costs.
    pub extra: f64,
    /// What it costs that the job was on another tour; part of `extra`.
    pub moved: f64,
    /// The legs to look at.
    pub legs: (usize, usize),
    /// Chance of overlooking a better place (Christiaens and Vanden Berghe's blinks).
    pub blink: f64,
}

pub(crate) type ScanFn = fn(&Scan, u32, &mut Best, &mut Rng, &mut Vec<u32>);

/// The compiled scan for the aspects of a problem.
pub(crate) fn scan_for(has: Aspects) -> ScanFn {
    match (has.windows, has.two_sided, has.rich) {
        (false, false, false) => scan::<false, false, false>,
        (true, false, false) => scan::<true, false, false>,
        (false, true, false) => scan::<false, true, false>,
        (true, true, false) => scan::<true, true, false>,
        (false, false, true) => scan::<false, false, true>,
        (true, false, true) => scan::<true, false, true>,
        (false, true, true) => scan::<false, true, true>,
        (true, true, true) => scan::<true, true, true>,
    }
}

fn scan<const W: bool, const T: bool, const R: bool>(
    scan: &Scan,
    node_id: u32,
    best: &mut Best,
    rng: &mut Rng,
    buffer: &mut Vec<u32>,
) {
    let (model, route) = (scan.model, scan.route);
    let kind = &model.kinds[scan.kind_id as usize];
    let node = &model.nodes[node_id as usize];
    let (places, at) = (model.places, node_id as usize);
    let net = &model.nets[kind.net];
    let to_node = &net.dist_in[at * places..][..places];
    let from_node = &net.dist[at * places..][..places];
    let (first, last) = legs(model, route, node);
    let seq = &route.seq[..=route.leg.len()];
    for leg in first.max(scan.legs.0)..last.min(scan.legs.1) {
        let (prev, next) = (seq[leg] as usize, seq[leg + 1] as usize);
        let longer = to_node[prev] + from_node[next] - route.leg[leg];
        let mut cost = scan.extra + kind.per_dist * longer;
        if cost >= best.cost {
            continue;
        }
        if T && !load_fits(model, route, kind, node_id, leg) {
            continue;
        }
        if W {
            let arrival = route.depart[leg] + net.time_in[at * places + prev];
            let leave = model.start(node, arrival) + node.service;
            // Never in time is too late even when the shift has no end.
            if !leave.is_finite() || leave + net.time[at * places + next] > route.latest[leg + 1] + EPS {
                continue;
            }
        }
        if R {
            let detour = (to_node[prev], from_node[next], longer);
            cost = rich_cost(scan, kind, node_id, leg, detour, buffer);
        }
        if cost < best.cost && !(scan.blink > 0.0 && rng.chance(scan.blink)) {
            *best = Best {
                cost,
                route: scan.id,
                kind: scan.kind_id,
                leg,
                second: 0,
            };
        }
    }
}

/// The legs on which the order of linehaul and backhaul allows the node.
fn legs(model: &Model, route: &Route, node: &Node) -> (usize, usize) {
    if !model.backhaul_last {
        (0, route.leg.len())
    } else if node.backhaul {
        let lonely = model.backhaul_needs_linehaul && route.first_back <= 1;
        (route.first_back - 1, if lonely { 0 } else { route.leg.len() })
    } else {
        (0, route.first_back)
    }
}

#[inline]
fn load_fits(model: &Model, route: &Route, kind: &Kind, node: u32, leg: usize) -> bool {
    let dims = model.dims;
    (0..dims).all(|d| {
        let (deliver, collect) = (
            model.deliver[node as usize * dims + d],
            model.collect[node as usize * dims + d],
        );
        route.before[leg * dims + d] + deliver <= kind.capacity[d] + EPS
            && route.after[leg * dims + d] + collect <= kind.capacity[d] + EPS
    })
}

/// Price with durations, load-distance and limits; infinite when a limit breaks.
fn rich_cost(
    scan: &Scan,
    kind: &Kind,
    node_id: u32,
    leg: usize,
    (to, from, longer): (f64, f64, f64),
    buffer: &mut Vec<u32>,
) -> f64 {
    let (model, route) = (scan.model, scan.route);
    if model.has.simulated {
        buffer.clear();
        buffer.extend(&route.seq[..=leg]);
        buffer.push(node_id);
        buffer.extend(&route.seq[leg + 1..]);
        return simulated_cost(scan, kind, buffer);
    }
    let node = &model.nodes[node_id as usize];
    let (prev, next) = (route.seq[leg], route.seq[leg + 1]);
    let span = route.head[leg].then(model.time(kind.net, prev, node_id), &Span::of(node));
    let span = span.then(model.time(kind.net, node_id, next), &route.tail[leg + 1]);
    let release = route.release.max(node.release);
    let dist = route.dist + longer;
    if span.warp > EPS || release > span.late + EPS || dist > kind.max_dist + EPS || span.duration > kind.max_time + EPS
    {
        return f64::INFINITY;
    }
    let mut load_dist = route.load_dist;
    if kind.slope != 0.0 {
        let dims = model.dims;
        let (deliver, collect) = (
            model.deliver[node_id as usize * dims],
            model.collect[node_id as usize * dims],
        );
        let load = route.load[leg * dims];
        load_dist += deliver * route.run[leg]
            + collect * (route.dist - route.run[leg + 1])
            + (load + deliver) * to
            + (load + collect) * from
            - load * route.leg[leg];
    }
    scan.extra + kind.price(dist, span.duration, load_dist) - kind.price(route.dist, route.time, route.load_dist)
}

fn simulated_cost(scan: &Scan, kind: &Kind, seq: &[u32]) -> f64 {
    exact::simulate(scan.model, kind, seq).map_or(f64::INFINITY, |value| {
        kind.price(value.dist, value.time, value.load_dist) + scan.route.moved + scan.moved - scan.route.cost
    })
}

/// Looks for the cheapest places of both stops of a shipment.
pub(crate) fn scan_pair(scan: &Scan, lead: u32, best: &mut Best, rng: &mut Rng, buffer: &mut Vec<u32>) {
    for leg in scan.legs.0..scan.legs.1 {
        if let Some(walk) = Walk::start(scan, lead, leg, best.cost) {
            walk.deliver(best, rng, buffer);
        }
    }
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
            if !walk.clock.is_finite() {
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

    fn deliver(mut self, best: &mut Best, rng: &mut Rng, buffer: &mut Vec<u32>) {
        let (model, route, kind) = (self.scan.model, self.scan.route, self.kind);
        let mut at = self.pickup;
        // Longer by the pickup alone, and the load-distance it adds on the legs passed.
        let mut longer = model.dist(kind.net, route.seq[self.leg], self.pickup);
        for leg in self.leg..route.leg.len() {
            let next = route.seq[leg + 1];
            let drop = self.drop;
            let detour = model.dist(kind.net, at, drop) + model.dist(kind.net, drop, next);
            let total = longer + detour - route.leg[leg];
            let mut cost = self.scan.extra + kind.per_dist * total;
            if cost < best.cost && self.on_time(at, leg) {
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
            if !self.pass(at, leg) {
                return;
            }
            if leg == self.leg {
                longer += model.dist(kind.net, self.pickup, next) - route.leg[leg];
            }
            at = next;
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
