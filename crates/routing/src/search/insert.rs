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
            kind: u32::MAX,
            leg: 0,
            second: 0,
        }
    }

    /// Whether there is a place; the cost alone may be a limit set before the search.
    pub(crate) fn placed(&self) -> bool {
        self.kind != u32::MAX
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
    let ready = node.open + node.service - EPS;
    for leg in first.max(scan.legs.0)..last.min(scan.legs.1) {
        // Before any distance is looked up: legs begun after the window closes, and legs over before it opens.
        if W && route.depart[leg] > node.close + EPS {
            return;
        }
        if W && route.latest[leg + 1] < ready {
            continue;
        }
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

pub(crate) fn simulated_cost(scan: &Scan, kind: &Kind, seq: &[u32]) -> f64 {
    exact::simulate(scan.model, kind, seq).map_or(f64::INFINITY, |value| {
        kind.price(value.dist, value.time, value.load_dist) + scan.route.moved + scan.moved - scan.route.cost
    })
}
