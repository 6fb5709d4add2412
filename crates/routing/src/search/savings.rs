//! A first plan: every job on a tour of its own, and tours joined end to beginning where that saves most.
//!
//! Cheapest insertion fills tours to the brim and leaves too few of them; a search finds it easy to empty a tour and hard to begin one,
//! so a plan with some too many is the better start.
//!
//! # Source
//! Clarke and Wright, "Scheduling of vehicles from a central depot to a number of delivery points", Operations Research 12
//! (1964); with windows: Solomon, "Algorithms for the vehicle routing and scheduling problems with time window constraints",
//! Operations Research 35 (1987), section 2.1.

use std::sync::Arc;

use super::model::{EPS, Model, NONE};
use super::route::Route;
use super::tails::whole;

/// Nearest stops a tour may be joined at.
const NEAR: usize = 40;
/// What an hour of waiting takes off a saving, in hours of driving.
const WAIT: f64 = 0.2;

/// Joined tours as kind and nodes, longest first; none when the problem is not made for it.
pub(crate) fn tours(model: &Model) -> Vec<(u32, Vec<u32>)> {
    let plain = model.one_price() && !model.has.pairs && !model.has.simulated && !model.backhaul_last;
    if !plain || model.n == 0 {
        return Vec::new();
    }
    let mut joiner = Joiner::new(model);
    for (_, from, to) in pairs(model, &joiner.kind) {
        joiner.join(model, from, to);
    }
    joiner.tours.retain(|tour| !tour.is_empty());
    joiner.tours.sort_by_key(|tour| std::cmp::Reverse(tour.len()));
    joiner
        .tours
        .iter()
        .map(|tour| (tour.kind, tour.nodes().to_vec()))
        .collect()
}

/// Near stops that may follow each other, with what that saves; the largest saving first. Stops with another depot each never do.
fn pairs(model: &Model, kinds: &[u32]) -> Vec<(f64, u32, u32)> {
    let mut pairs = Vec::new();
    let mut weigh = |from: u32, to: u32| {
        if kinds[from as usize] != kinds[to as usize] || kinds[from as usize] == NONE {
            return;
        }
        let kind = &model.kinds[kinds[from as usize] as usize];
        let (a, b) = (&model.nodes[from as usize], &model.nodes[to as usize]);
        let travel = a.service + model.time(kind.net, from, to);
        if a.open + travel > b.close {
            return;
        }
        let wait = (b.open - travel - a.close).max(0.0);
        let wait = if wait.is_finite() { wait } else { 0.0 };
        let saved = model.dist(kind.net, from, kind.end) + model.dist(kind.net, kind.start, to)
            - model.dist(kind.net, from, to)
            - WAIT * wait;
        if saved > 0.0 {
            pairs.push((saved, from, to));
        }
    };
    for node in (0u32..).take(model.n) {
        for &other in model.near(node).iter().take(NEAR) {
            weigh(node, other);
            weigh(other, node);
        }
    }
    pairs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    pairs.dedup_by_key(|pair| (pair.1, pair.2));
    pairs
}

struct Joiner {
    tours: Vec<Route>,
    /// `[node]`: its tour, or `NONE` when no vehicle can do it alone.
    of: Vec<u32>,
    /// `[node]`: the vehicle type that does it alone most cheaply, which among equals is that of the nearest depot.
    kind: Vec<u32>,
    built: Route,
    /// Whether a tour may as well be driven the other way round.
    turns: bool,
}

impl Joiner {
    fn new(model: &Model) -> Self {
        let net = &model.nets[model.kinds[0].net];
        let mut joiner = Self {
            tours: Vec::new(),
            of: vec![NONE; model.n],
            kind: vec![NONE; model.n],
            built: Route::default(),
            turns: !model.has.windows && Arc::ptr_eq(&net.dist, &net.dist_in),
        };
        for node in (0u32..).take(model.n) {
            let alone = (0u32..).zip(&model.kinds).filter(|(_, kind)| kind.count > 0);
            let alone = alone.map(|(id, kind)| Route {
                kind: id,
                slot: NONE,
                seq: vec![kind.start, node, kind.end],
                ..Route::default()
            });
            let feasible = alone.filter_map(|mut route| whole(model, &mut route).then_some(route));
            if let Some(route) = feasible.min_by(|a, b| a.cost.total_cmp(&b.cost)) {
                joiner.kind[node as usize] = route.kind;
                joiner.of[node as usize] = u32::try_from(joiner.tours.len()).unwrap_or(NONE);
                joiner.tours.push(route);
            }
        }
        joiner
    }

    /// Joins two tours so that one stop follows the other, when they stand at the ends and the tour is feasible.
    fn join(&mut self, model: &Model, from: u32, to: u32) {
        let (one, two) = (self.of[from as usize], self.of[to as usize]);
        if one == NONE || two == NONE || one == two {
            return;
        }
        let (first, second) = (&self.tours[one as usize], &self.tours[two as usize]);
        let kind = &model.kinds[first.kind as usize];
        let ends = (first.nodes().last() == Some(&from), second.nodes().first() == Some(&to));
        let turned = (first.nodes().first() == Some(&from), second.nodes().last() == Some(&to));
        let straight = ends.0 && ends.1;
        if !straight && !(self.turns && (ends.0 || turned.0) && (ends.1 || turned.1)) {
            return;
        }
        if !model.has.two_sided && first.total + second.total > kind.capacity[0] + EPS {
            return;
        }
        if model.has.windows {
            let departs = first.depart[first.len()];
            if departs + model.time(kind.net, from, to) > second.latest[1] + EPS {
                return;
            }
        }
        let seq = &mut self.built.seq;
        seq.clear();
        seq.push(kind.start);
        seq.extend_from_slice(first.nodes());
        if !ends.0 {
            seq[1..].reverse();
        }
        let middle = seq.len();
        seq.extend_from_slice(second.nodes());
        if !ends.1 {
            seq[middle..].reverse();
        }
        seq.push(kind.end);
        (self.built.kind, self.built.slot) = (first.kind, NONE);
        if !whole(model, &mut self.built) {
            return;
        }
        for &node in self.tours[two as usize].nodes() {
            self.of[node as usize] = one;
        }
        self.tours[one as usize].copy_from(&self.built);
        let emptied = self.tours[two as usize].kind;
        self.tours[two as usize].clear(model, emptied);
    }
}
