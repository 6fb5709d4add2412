//! One tour with everything that lets an insertion be priced in constant time.

use std::sync::Arc;

use super::exact;
use super::model::{EPS, Kind, Model, Node};
use super::span::Span;

/// A tour: places from depot to depot, and sums along them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Route {
    /// Index of the vehicle kind.
    pub kind: u32,
    /// Its number in the plan; `NONE` when it is only tried.
    pub slot: u32,
    /// Start depot, nodes, end depot.
    pub seq: Vec<u32>,
    /// `[i]`: distance from `seq[i]` to `seq[i + 1]`.
    pub leg: Vec<f64>,
    /// `[i]`: time from `seq[i]` to `seq[i + 1]`.
    pub travel: Vec<f64>,
    /// `[i]`: earliest departure from `seq[i]`.
    pub depart: Vec<f64>,
    /// `[i]`: latest arrival at `seq[i]` that keeps the rest on time.
    pub latest: Vec<f64>,
    /// `[leg][dimension]`: highest load on this and the legs before.
    pub before: Vec<f64>,
    /// `[leg][dimension]`: highest load on this and the legs after.
    pub after: Vec<f64>,
    /// `[leg][dimension]`: load.
    pub load: Vec<f64>,
    /// `[i]`: amount of the nodes up to and including `seq[i]`, when loads go one way.
    pub carried: Vec<f64>,
    /// `[i]`: distance from the start to `seq[i]`.
    pub run: Vec<f64>,
    /// `[i]`: time of the piece up to and including `seq[i]`.
    pub head: Vec<Span>,
    /// `[i]`: time of the piece from `seq[i]` on.
    pub tail: Vec<Span>,
    /// Sum over the nodes, or highest load on the way, per dimension.
    pub peak: Vec<f64>,
    /// Sum over the nodes when loads go one way: the first of `peak`, at hand without a look elsewhere.
    pub total: f64,
    pub dist: f64,
    pub time: f64,
    /// Sum of load times distance.
    pub load_dist: f64,
    /// Objective of having jobs that were on other tours.
    pub moved: f64,
    /// Objective of the tour; zero when empty.
    pub cost: f64,
    pub release: f64,
    /// Position of the first backhaul, or of the end depot.
    pub first_back: usize,
    pub skills: u64,
    pub goods: u64,
    pub conflicts: u64,
    /// Kind and sequence at the last refresh, whose legs and times hold where nothing changed.
    pub was: (u32, Vec<u32>),
}

/// How many places at the beginning and at the end are as they were at the last refresh.
#[derive(Debug, Clone, Copy)]
struct Same {
    head: usize,
    tail: usize,
    was: usize,
}

impl Same {
    const NOTHING: Self = Self {
        head: 0,
        tail: 0,
        was: 0,
    };

    fn between(was: &[u32], now: &[u32]) -> Self {
        let most = was.len().min(now.len());
        let head = was.iter().zip(now).take_while(|(a, b)| a == b).count();
        let back = was.iter().rev().zip(now.iter().rev()).take(most - head);
        Self {
            head,
            tail: back.take_while(|(a, b)| a == b).count(),
            was: was.len(),
        }
    }
}

/// Makes the list `len` long and keeps its first entries and the last `tail` of the first `was`.
fn stretch<T: Copy>(list: &mut Vec<T>, empty: T, was: usize, len: usize, tail: usize) {
    if was < tail || list.len() < was {
        list.resize(len, empty);
        return;
    }
    list.resize(len.max(was), empty);
    if len != was {
        list.copy_within(was - tail..was, len - tail);
    }
    list.truncate(len);
}

/// The sum in four strands, which a processor adds at the same time.
fn sum(values: &[f64]) -> f64 {
    let (mut strands, chunks) = ([0.0; 4], values.chunks_exact(4));
    let rest: f64 = chunks.remainder().iter().sum();
    for chunk in chunks {
        for (strand, value) in strands.iter_mut().zip(chunk) {
            *strand += value;
        }
    }
    (strands[0] + strands[1]) + (strands[2] + strands[3]) + rest
}

impl Route {
    pub(crate) fn is_empty(&self) -> bool {
        self.seq.len() <= 2
    }

    /// Number of nodes.
    pub(crate) fn len(&self) -> usize {
        self.seq.len().saturating_sub(2)
    }

    pub(crate) fn nodes(&self) -> &[u32] {
        let end = self.seq.len().saturating_sub(1);
        self.seq.get(1..end).unwrap_or(&[])
    }

    /// The legs that are not over when the node opens and not begun after it closes. Departures and latest arrivals only
    /// grow along a tour, so these are one range.
    pub(crate) fn open_legs(&self, model: &Model, node: &Node) -> std::ops::Range<usize> {
        if !model.has.windows {
            return 0..self.leg.len();
        }
        let ready = node.open + node.service - EPS;
        let first = self.latest[1..].partition_point(|&latest| latest < ready);
        let past = self.depart.partition_point(|&depart| depart <= node.close + EPS);
        first..past.max(first)
    }

    /// Makes it an empty tour of the kind.
    pub(crate) fn clear(&mut self, model: &Model, kind: u32) {
        let of = &model.kinds[kind as usize];
        self.kind = kind;
        self.seq.clear();
        self.seq.extend([of.start, of.end]);
        self.refresh(model);
    }

    /// Copies all but the capacity of the buffers.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.kind = other.kind;
        self.slot = other.slot;
        self.moved = other.moved;
        self.seq.clone_from(&other.seq);
        self.leg.clone_from(&other.leg);
        self.travel.clone_from(&other.travel);
        self.depart.clone_from(&other.depart);
        self.latest.clone_from(&other.latest);
        self.before.clone_from(&other.before);
        self.after.clone_from(&other.after);
        self.load.clone_from(&other.load);
        self.carried.clone_from(&other.carried);
        self.run.clone_from(&other.run);
        self.head.clone_from(&other.head);
        self.tail.clone_from(&other.tail);
        self.peak.clone_from(&other.peak);
        self.total = other.total;
        self.dist = other.dist;
        self.time = other.time;
        self.load_dist = other.load_dist;
        self.cost = other.cost;
        self.release = other.release;
        self.first_back = other.first_back;
        self.skills = other.skills;
        self.goods = other.goods;
        self.conflicts = other.conflicts;
        self.was.0 = other.was.0;
        self.was.1.clone_from(&other.was.1);
    }

    /// Recomputes every sum from the sequence. The sequence must be feasible.
    pub(crate) fn refresh(&mut self, model: &Model) {
        let kind = &model.kinds[self.kind as usize];
        let same = if self.was.0 == self.kind {
            Same::between(&self.was.1, &self.seq)
        } else {
            Same::NOTHING
        };
        self.was.0 = self.kind;
        self.was.1.clone_from(&self.seq);
        self.legs(model, kind, same);
        if model.has.windows {
            self.times(model, kind, same);
        }
        if model.has.two_sided {
            self.loads(model);
        } else {
            self.amounts(model, same);
        }
        if model.has.sets {
            self.sets(model);
        }
        if model.has.rich {
            self.spans(model, kind, same);
        }
        self.cost = if self.is_empty() {
            0.0
        } else if model.has.simulated {
            let value = exact::simulate(model, kind, &self.seq);
            value.map_or(f64::INFINITY, |value| {
                kind.price(value.dist, value.time, value.load_dist)
            })
        } else {
            kind.price(self.dist, self.time, self.load_dist)
        };
        if !model.home.is_empty() {
            let leads = self
                .nodes()
                .iter()
                .filter(|&&node| model.nodes[node as usize].lead == node);
            self.moved = leads.map(|&lead| model.moved(lead, self.slot)).sum();
            self.cost += self.moved;
        }
    }

    fn legs(&mut self, model: &Model, kind: &Kind, same: Same) {
        let net = &model.nets[kind.net];
        let legs = self.seq.len() - 1;
        let (old, kept) = (same.was.saturating_sub(1), same.tail.saturating_sub(1));
        let new = same.head.saturating_sub(1)..legs - kept;
        stretch(&mut self.leg, 0.0, old, legs, kept);
        for at in new.clone() {
            self.leg[at] = net.dist[self.seq[at] as usize * model.places + self.seq[at + 1] as usize];
        }
        self.dist = sum(&self.leg);
        if !model.has.windows {
            return;
        }
        if Arc::ptr_eq(&net.time, &net.dist) {
            self.travel.clone_from(&self.leg);
            return;
        }
        stretch(&mut self.travel, 0.0, old, legs, kept);
        for at in new {
            self.travel[at] = net.time[self.seq[at] as usize * model.places + self.seq[at + 1] as usize];
        }
    }

    fn times(&mut self, model: &Model, kind: &Kind, same: Same) {
        self.departures(model, kind, same);
        self.arrivals(model, kind, same);
    }

    /// Forward from the first change until a departure is what it was.
    fn departures(&mut self, model: &Model, kind: &Kind, same: Same) {
        let len = self.seq.len();
        stretch(
            &mut self.depart,
            0.0,
            same.was.saturating_sub(1),
            len - 1,
            same.tail.saturating_sub(1),
        );
        let mut clock = kind.shift.0.max(0.0);
        if model.has.rich && kind.reloads.is_none() {
            for &node in self.nodes() {
                clock = clock.max(model.nodes[node as usize].release);
            }
        }
        let begins = self.depart[0].total_cmp(&clock).is_eq();
        self.depart[0] = clock;
        let first = if begins { same.head.clamp(1, len - 1) } else { 1 };
        clock = self.depart[first - 1];
        for at in first..len - 1 {
            clock = model.leave(self.seq[at], clock + self.travel[at - 1]);
            if at + same.tail >= len && clock.total_cmp(&self.depart[at]).is_eq() {
                break;
            }
            self.depart[at] = clock;
        }
    }

    /// Backward from the last change until a latest arrival is what it was.
    fn arrivals(&mut self, model: &Model, kind: &Kind, same: Same) {
        let len = self.seq.len();
        stretch(&mut self.latest, 0.0, same.was, len, same.tail);
        self.latest[len - 1] = kind.shift.1;
        let last = (len - 1).min(len - same.tail);
        let mut latest = self.latest[last];
        for at in (1..last).rev() {
            latest = model.latest_arrival(self.seq[at], latest - self.travel[at]);
            if at < same.head && latest.total_cmp(&self.latest[at]).is_eq() {
                break;
            }
            self.latest[at] = latest;
        }
        self.latest[0] = self.latest[1.min(len - 1)];
    }

    /// From the first change on.
    fn amounts(&mut self, model: &Model, same: Same) {
        let len = self.seq.len();
        self.carried.resize(len, 0.0);
        self.carried[0] = 0.0;
        let first = same.head.clamp(1, len - 1);
        let mut total = self.carried[first - 1];
        for (carried, &node) in self.carried[first..].iter_mut().zip(&self.seq[first..len - 1]) {
            total += model.amount[node as usize];
            *carried = total;
        }
        self.peak.clear();
        self.peak.push(total);
        self.total = total;
    }

    fn loads(&mut self, model: &Model) {
        let (dims, legs) = (model.dims, self.leg.len());
        self.load.clear();
        self.load.resize(legs * dims, 0.0);
        self.before.clear();
        self.before.resize(legs * dims, 0.0);
        self.after.clear();
        self.after.resize(legs * dims, 0.0);
        self.peak.clear();
        for d in 0..dims {
            let mut load: f64 = self.nodes().iter().map(|&node| model.deliver(node)[d]).sum();
            let mut high = f64::NEG_INFINITY;
            for leg in 0..legs {
                if leg > 0 {
                    let node = self.seq[leg];
                    load += model.collect(node)[d] - model.deliver(node)[d];
                }
                self.load[leg * dims + d] = load;
                high = high.max(load);
                self.before[leg * dims + d] = high;
                self.after[leg * dims + d] = load;
            }
            self.peak.push(high);
            for leg in (0..legs.saturating_sub(1)).rev() {
                self.after[leg * dims + d] = self.after[leg * dims + d].max(self.after[(leg + 1) * dims + d]);
            }
        }
    }

    fn sets(&mut self, model: &Model) {
        self.first_back = self.seq.len() - 1;
        self.release = 0.0;
        (self.skills, self.goods, self.conflicts) = (0, 0, 0);
        for i in (1..self.seq.len() - 1).rev() {
            let node = &model.nodes[self.seq[i] as usize];
            if node.backhaul {
                self.first_back = i;
            }
            self.release = self.release.max(node.release);
            self.skills |= node.skills;
            self.goods |= node.goods;
            self.conflicts |= node.conflicts;
        }
    }

    /// Pieces from the start that end before the first change, and pieces to the end that begin behind the last, are kept.
    fn spans(&mut self, model: &Model, kind: &Kind, same: Same) {
        let net = &model.nets[kind.net].time;
        let len = self.seq.len();
        let depot = Span::at(kind.shift.0, kind.shift.1);
        let span = |i: usize, seq: &[u32]| match i {
            0 => depot,
            i if i == len - 1 => depot,
            i => Span::of(&model.nodes[seq[i] as usize]),
        };
        let travel = |i: usize, seq: &[u32]| net[seq[i] as usize * model.places + seq[i + 1] as usize];
        self.run.resize(len, 0.0);
        self.head.resize(len, depot);
        (self.run[0], self.head[0]) = (0.0, depot);
        for i in same.head.max(1)..len {
            self.run[i] = self.run[i - 1] + self.leg[i - 1];
            self.head[i] = self.head[i - 1].then(travel(i - 1, &self.seq), &span(i, &self.seq));
        }
        stretch(&mut self.tail, depot, same.was, len, same.tail);
        self.tail[len - 1] = depot;
        for i in (0..(len - 1).min(len - same.tail)).rev() {
            self.tail[i] = span(i, &self.seq).then(travel(i, &self.seq), &self.tail[i + 1]);
        }
        self.time = self.tail[0].duration;
        let loads = self.load.iter().step_by(model.dims);
        self.load_dist = loads.zip(&self.leg).map(|(load, leg)| load * leg).sum();
    }

    /// Price of the tour with another kind of the same family; infinite when it does not fit.
    pub(crate) fn price_as(&self, model: &Model, kind: &Kind) -> f64 {
        let fits = self
            .peak
            .iter()
            .zip(&kind.capacity)
            .all(|(load, cap)| *load <= cap + EPS);
        if !fits {
            return f64::INFINITY;
        }
        if model.has.simulated {
            return exact::simulate(model, kind, &self.seq).map_or(f64::INFINITY, |value| {
                self.moved + kind.price(value.dist, value.time, value.load_dist)
            });
        }
        self.moved + kind.price(self.dist, self.time, self.load_dist)
    }

    /// Whether the sequence keeps every limit with its kind; for kinds and sequences that were not built by insertion.
    pub(crate) fn feasible(&self, model: &Model) -> bool {
        let kind = &model.kinds[self.kind as usize];
        let loads = self
            .peak
            .iter()
            .zip(&kind.capacity)
            .all(|(load, cap)| *load <= cap + EPS);
        let skills = self.skills & !kind.skills == 0;
        let times = !model.has.windows || self.on_time(model, kind);
        let limits = self.dist <= kind.max_dist + EPS
            && (!model.has.rich || (self.tail[0].warp <= EPS && self.time <= kind.max_time + EPS));
        let start = !model.has.rich || kind.reloads.is_some() || self.release <= self.tail[0].late + EPS;
        loads && skills && times && limits && start && self.cost.is_finite() && self.ordered(model)
    }

    fn ordered(&self, model: &Model) -> bool {
        if !model.backhaul_last {
            return true;
        }
        let late = self.nodes().iter().skip(self.first_back.saturating_sub(1));
        let mut after = late.map(|&node| &model.nodes[node as usize]);
        after.all(|node| node.backhaul) && (!model.backhaul_needs_linehaul || self.first_back > 1 || self.is_empty())
    }

    fn on_time(&self, model: &Model, kind: &Kind) -> bool {
        let last = self.seq.len() - 2;
        let home = model.time(kind.net, self.seq[last], self.seq[last + 1]);
        self.depart[last].is_finite() && self.depart[last] + home <= kind.shift.1 + EPS
    }
}
