//! Where a vehicle drives back to its depot to load again: labels along a fixed sequence.
//!
//! A label stands at the depot, loaded for the stop it goes to next: with what distance, when, and after how many reloads.
//! It is extended by trips of one stop, two stops and so on until the payload or a window stops it; of labels before the
//! same stop only those stay that none beats in all three.
//!
//! # Source
//! Prins, "A simple and effective evolutionary algorithm for the vehicle routing problem", Computers & Operations Research
//! 31 (2004), splits a giant tour into trips this way; with windows the labels of the multi-trip problem are those of
//! Cattaruzza, Absi, Feillet, "The multi-trip vehicle routing problem with time windows and release dates",
//! Transportation Science 50 (2016).

use std::cell::RefCell;

use super::model::{EPS, Kind, Model, NONE};

/// Most labels kept before a stop.
const MOST_LABELS: usize = 8;

thread_local! {
    /// Sequences are split in the hot loop, far from any buffer that could be handed down.
    static SPLITTER: RefCell<Splitter> = RefCell::new(Splitter::default());
}

#[derive(Debug, Clone, Copy)]
struct Label {
    dist: f64,
    /// When the vehicle is loaded.
    clock: f64,
    reloads: usize,
    /// Position of the first stop of the trip before, and the label there.
    from: (usize, usize),
}

#[derive(Debug, Default)]
struct Splitter {
    /// `[position]`: labels whose next trip begins with the stop there.
    layers: Vec<Vec<Label>>,
    /// `[position][dimension]`: shipments on board after the stop there.
    aboard: Vec<f64>,
    /// `[dimension]`: highest load of the trip, and load at its end.
    peak: Vec<f64>,
    end: Vec<f64>,
    /// The sequence with the depot in it wherever the vehicle loads again.
    placed: Vec<u32>,
}

/// Hands on the sequence with reloads in the best places; `None` when there are none that keep payload and windows.
pub(crate) fn with_reloads<T>(
    model: &Model,
    kind: &Kind,
    seq: &[u32],
    then: impl FnOnce(&[u32]) -> Option<T>,
) -> Option<T> {
    SPLITTER.with_borrow_mut(|splitter| {
        let last = splitter.split(model, kind, seq)?;
        splitter.trace(kind, seq, last);
        then(&splitter.placed)
    })
}

/// Whether the place, between others on a tour of the kind, is a reload.
pub(crate) fn is_reload(kind: &Kind, place: u32) -> bool {
    kind.reloads.is_some() && place == kind.start
}

impl Splitter {
    /// The first stop of the last trip, and its label.
    fn split(&mut self, model: &Model, kind: &Kind, seq: &[u32]) -> Option<(usize, usize)> {
        let stops = seq.len() - 1;
        if self.layers.len() < seq.len() {
            self.layers.resize(seq.len(), Vec::new());
        }
        for layer in &mut self.layers[..seq.len()] {
            layer.clear();
        }
        self.count_aboard(model, seq);
        self.layers[1].push(Label {
            dist: 0.0,
            clock: kind.shift.0.max(0.0),
            reloads: 0,
            from: (0, 0),
        });
        let mut best = (f64::INFINITY, None);
        for at in 1..stops {
            for index in 0..self.layers[at].len() {
                let price = self.trips(model, kind, seq, (at, index));
                if price < best.0 {
                    best = (price, Some((at, index)));
                }
            }
        }
        if stops == 1 { Some((1, 0)) } else { best.1 }
    }

    fn count_aboard(&mut self, model: &Model, seq: &[u32]) {
        let dims = model.dims;
        self.aboard.clear();
        self.aboard.resize(seq.len() * dims, 0.0);
        for (at, &node) in seq.iter().enumerate().take(seq.len() - 1).skip(1) {
            let shipped = model.nodes[node as usize].partner != NONE;
            for d in 0..dims {
                let amount = if shipped { model.collect(node)[d] } else { 0.0 };
                self.aboard[at * dims + d] = self.aboard[(at - 1) * dims + d] + amount;
            }
        }
    }

    /// Extends a label by every trip it can make; the price of the tour when one of them reaches its end, else infinity.
    fn trips(&mut self, model: &Model, kind: &Kind, seq: &[u32], (from, index): (usize, usize)) -> f64 {
        let label = self.layers[from][index];
        let (mut leave, mut clock, mut dist) = (label.clock, label.clock, label.dist);
        let (last, limit) = (seq.len() - 2, kind.reloads.and_then(|reloads| reloads.most));
        self.start_trip(model.dims, from);
        let mut prev = kind.start;
        for at in from..=last {
            let stop = seq[at];
            let node = &model.nodes[stop as usize];
            if !self.take_on(model, kind, stop) {
                break;
            }
            if node.release > leave {
                leave = node.release;
                clock = drive(model, kind, &seq[from..at], leave);
            }
            clock = model.start(node, clock + model.time(kind.net, prev, stop)) + node.service;
            if !clock.is_finite() {
                break;
            }
            dist += model.dist(kind.net, prev, stop);
            prev = stop;
            if at == last {
                let home = seq[last + 1];
                let back = clock + model.time(kind.net, stop, home);
                let late = back > kind.shift.1 + EPS;
                let price = kind.price(dist + model.dist(kind.net, stop, home), back, 0.0);
                return if late { f64::INFINITY } else { price };
            }
            if limit.is_none_or(|most| label.reloads < most) {
                let loading = kind.reloads.map_or(0.0, |reloads| reloads.time);
                self.keep(
                    at + 1,
                    Label {
                        dist: dist + model.dist(kind.net, stop, kind.start),
                        clock: clock + model.time(kind.net, stop, kind.start) + loading,
                        reloads: label.reloads + usize::from(limit.is_some()),
                        from: (from, index),
                    },
                );
            }
        }
        f64::INFINITY
    }

    fn start_trip(&mut self, dims: usize, from: usize) {
        let aboard = &self.aboard[(from - 1) * dims..from * dims];
        self.peak.clear();
        self.peak.extend_from_slice(aboard);
        self.end.clear();
        self.end.extend_from_slice(aboard);
    }

    /// Adds a stop to the trip; false when the trip then exceeds the payload somewhere.
    fn take_on(&mut self, model: &Model, kind: &Kind, stop: u32) -> bool {
        let (deliver, collect) = (model.deliver(stop), model.collect(stop));
        let mut fits = true;
        for d in 0..model.dims {
            self.end[d] += collect[d];
            self.peak[d] = (self.peak[d] + deliver[d]).max(self.end[d]);
            fits &= self.peak[d] <= kind.payload[d] + EPS;
        }
        fits
    }

    fn keep(&mut self, at: usize, label: Label) {
        let layer = &mut self.layers[at];
        let beats = |a: &Label, b: &Label| a.dist <= b.dist && a.clock <= b.clock && a.reloads <= b.reloads;
        if layer.iter().any(|other| beats(other, &label)) {
            return;
        }
        layer.retain(|other| !beats(&label, other));
        layer.push(label);
        if layer.len() > MOST_LABELS {
            let longest = (0..layer.len()).max_by(|&a, &b| layer[a].dist.total_cmp(&layer[b].dist));
            longest.map(|at| layer.swap_remove(at));
        }
    }

    fn trace(&mut self, kind: &Kind, seq: &[u32], (mut at, mut index): (usize, usize)) {
        self.placed.clear();
        let mut end = seq.len();
        while at > 1 {
            self.placed.extend(seq[at..end].iter().rev());
            self.placed.push(kind.start);
            end = at;
            (at, index) = self.layers[at][index].from;
        }
        self.placed.extend(seq[..end].iter().rev());
        self.placed.reverse();
    }
}

/// Time of departure from the last of the stops when leaving the depot at `clock`; infinite when one is reached too late.
fn drive(model: &Model, kind: &Kind, stops: &[u32], mut clock: f64) -> f64 {
    let mut prev = kind.start;
    for &stop in stops {
        let node = &model.nodes[stop as usize];
        clock = model.start(node, clock + model.time(kind.net, prev, stop)) + node.service;
        prev = stop;
    }
    clock
}
