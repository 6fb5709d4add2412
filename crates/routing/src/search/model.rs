//! The problem as the search sees it: numbered nodes, dense rows, bit sets, weights already applied.
//!
//! Nodes `0..n` are the stops of jobs; places beyond are depots, one place of nowhere for tours without an end, and
//! stations. A job is known by its first node, its *lead*.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::network::{Metric, Network};
use crate::problem::{Job, Problem, Stop, Task, VehicleType};

/// No node, no route.
pub(crate) const NONE: u32 = u32::MAX;
/// Tolerance of comparisons between sums of times or loads.
pub(crate) const EPS: f64 = 1e-7;

/// The part of the problem that one search works on.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// Number of nodes.
    pub n: usize,
    /// Number of places: the length of a row.
    pub places: usize,
    /// Load dimensions.
    pub dims: usize,
    pub nodes: Vec<Node>,
    /// `[node]`: what is asked of nodes most often, close together.
    clocks: Vec<Clock>,
    /// `[node][dimension]`: brought from the depot.
    pub deliver: Vec<f64>,
    /// `[node][dimension]`: taken to the depot; for shipments what is picked up (or minus what is dropped).
    pub collect: Vec<f64>,
    /// `[lead][dimension]`: what the job adds to the highest load of a tour at least.
    pub amount: Vec<f64>,
    pub windows: Vec<(f64, f64)>,
    pub nets: Vec<Net>,
    pub kinds: Vec<Kind>,
    /// `[node][k]`: nearest nodes, nearest first.
    pub near: Vec<u32>,
    /// Length of a row of `near`.
    pub near_len: usize,
    /// Location of each place.
    pub location: Vec<usize>,
    /// Places of charging stations and their index in the problem.
    pub stations: Vec<u32>,
    /// `[place]`: the nearest stations.
    close_stations: Vec<Vec<u32>>,
    /// Lead nodes.
    pub leads: Vec<u32>,
    pub backhaul_last: bool,
    pub backhaul_needs_linehaul: bool,
    /// Fewest vehicles before anything else.
    pub vehicles_first: bool,
    /// Objective of a job on another tour than in the plan the search starts from.
    pub change: f64,
    /// `[node]`: its tour in that plan, or `NONE`; empty when changes cost nothing.
    pub home: Vec<u32>,
    /// Which checks a scan needs.
    pub has: Aspects,
}

/// Which aspects the problem has; the scans are compiled once for each combination that matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Aspects {
    /// Arrival times matter.
    pub windows: bool,
    /// Loads differ along a tour in both directions, have several dimensions, or have an order.
    pub two_sided: bool,
    /// Durations, load-dependent consumption, limits on distance, releases.
    pub rich: bool,
    /// Only a full simulation of the tour tells: batteries, breaks, reloads.
    pub simulated: bool,
    /// There are shipments.
    pub pairs: bool,
    /// Skills, goods, releases or an order of backhauls.
    pub sets: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub open: f64,
    pub close: f64,
    pub service: f64,
    pub release: f64,
    /// Windows beyond the hull `open..close`, as a range of [`Model::windows`]; empty when there is only one.
    pub windows: (u32, u32),
    /// The other node of a shipment.
    pub partner: u32,
    /// First node of its job.
    pub lead: u32,
    /// Index of the job in the problem.
    pub job: u32,
    /// Objective of leaving the job out; infinite when it must be done.
    pub absence: f64,
    pub skills: u64,
    pub goods: u64,
    pub conflicts: u64,
    pub backhaul: bool,
}

/// The hull of a node's windows, and its service time.
#[derive(Debug, Clone, Copy)]
struct Clock {
    open: f64,
    close: f64,
    service: f64,
}

/// One network over the places of the model.
#[derive(Debug, Clone)]
pub(crate) struct Net {
    /// `[from][to]`
    pub dist: Arc<[f64]>,
    /// `[to][from]`
    pub dist_in: Arc<[f64]>,
    /// `[from][to]`
    pub time: Arc<[f64]>,
    /// `[to][from]`
    pub time_in: Arc<[f64]>,
}

/// A vehicle type with the objective's weights applied.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub count: usize,
    /// What a tour can carry; without bound when the vehicle loads again on the way.
    pub capacity: Vec<f64>,
    /// What a trip can carry.
    pub payload: Vec<f64>,
    pub start: u32,
    pub end: u32,
    pub net: usize,
    pub fixed: f64,
    pub per_dist: f64,
    pub per_time: f64,
    pub paid: f64,
    pub per_overtime: f64,
    /// Objective per distance and load.
    pub slope: f64,
    pub shift: (f64, f64),
    pub max_dist: f64,
    pub max_time: f64,
    pub skills: u64,
    pub breaks: Option<crate::problem::Breaks>,
    pub battery: Option<crate::problem::Battery>,
    pub reloads: Option<crate::problem::Reloads>,
    /// Kinds with the same family differ in capacity and cost only.
    pub family: usize,
}

impl Kind {
    /// Objective of a tour from its distance, its duration and its load-distance.
    pub(crate) fn price(&self, dist: f64, time: f64, load_dist: f64) -> f64 {
        self.fixed
            + self.per_dist * dist
            + self.per_time * time
            + self.per_overtime * (time - self.paid).max(0.0)
            + self.slope * load_dist
    }

    fn same_price(&self, other: &Self) -> bool {
        let numbers = |kind: &Self| {
            [
                kind.fixed,
                kind.per_dist,
                kind.per_time,
                kind.paid,
                kind.per_overtime,
                kind.slope,
                kind.shift.0,
                kind.shift.1,
                kind.max_dist,
                kind.max_time,
            ]
        };
        let equal = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(x, y)| x.total_cmp(y).is_eq());
        (self.net, self.skills) == (other.net, other.skills)
            && equal(&numbers(self), &numbers(other))
            && equal(&self.capacity, &other.capacity)
            && self.breaks == other.breaks
            && self.battery == other.battery
            && self.reloads == other.reloads
    }
}

/// How many stations near a place are tried.
const STATIONS: usize = 5;

/// How much one vehicle weighs when the fewest vehicles come first, relative to the longest imaginable plan.
const VEHICLE_WEIGHT: f64 = 1.0e6;

impl Model {
    /// Compiles the given jobs of a problem that has been validated.
    pub(crate) fn build(problem: &Problem, jobs: &[usize], near_len: usize) -> Self {
        let dims = problem
            .vehicles
            .iter()
            .map(|v| v.capacity.len())
            .max()
            .unwrap_or(1)
            .max(1);
        let mut build = Builder::new(problem, dims);
        for &job in jobs {
            build.job(job);
        }
        build.finish(near_len)
    }

    /// Makes it cost `change` to move a job to another tour than it is on now.
    pub(crate) fn keep(&mut self, tours: &[(u32, Vec<u32>)], change: f64) {
        self.change = change;
        self.home = vec![NONE; self.n];
        for (slot, (_, nodes)) in (0u32..).zip(tours) {
            for &node in nodes {
                self.home[node as usize] = slot;
            }
        }
    }

    /// Whether all vehicles cost and can do the same, wherever they start and end.
    pub(crate) fn one_price(&self) -> bool {
        let first = self.kinds.first();
        self.kinds
            .iter()
            .all(|kind| first.is_some_and(|first| kind.same_price(first)))
    }

    /// What it costs that the job is on this tour instead of its own.
    pub(crate) fn moved(&self, lead: u32, slot: u32) -> f64 {
        match self.home.get(lead as usize) {
            Some(&home) if home != NONE && home != slot => self.change,
            _ => 0.0,
        }
    }

    pub(crate) fn deliver(&self, node: u32) -> &[f64] {
        &self.deliver[node as usize * self.dims..][..self.dims]
    }

    pub(crate) fn collect(&self, node: u32) -> &[f64] {
        &self.collect[node as usize * self.dims..][..self.dims]
    }

    pub(crate) fn near(&self, node: u32) -> &[u32] {
        &self.near[node as usize * self.near_len..][..self.near_len]
    }

    /// The stations worth a look when leaving or going to a place.
    pub(crate) fn close_stations(&self, place: u32) -> &[u32] {
        &self.close_stations[place as usize]
    }

    pub(crate) fn dist(&self, net: usize, from: u32, to: u32) -> f64 {
        self.nets[net].dist[from as usize * self.places + to as usize]
    }

    pub(crate) fn time(&self, net: usize, from: u32, to: u32) -> f64 {
        self.nets[net].time[from as usize * self.places + to as usize]
    }

    /// Earliest start of service when arriving at `time`; infinite when it is too late.
    #[inline]
    pub(crate) fn start(&self, node: &Node, time: f64) -> f64 {
        if node.windows.0 == node.windows.1 {
            return if time > node.close + EPS {
                f64::INFINITY
            } else {
                time.max(node.open)
            };
        }
        self.windows[node.windows.0 as usize..node.windows.1 as usize]
            .iter()
            .find(|window| time <= window.1 + EPS)
            .map_or(f64::INFINITY, |window| time.max(window.0))
    }

    /// Departure from the node when arriving at `time`; infinite when it is too late.
    #[inline]
    pub(crate) fn leave(&self, node: u32, time: f64) -> f64 {
        let clock = &self.clocks[node as usize];
        if self.windows.is_empty() {
            if time > clock.close + EPS {
                return f64::INFINITY;
            }
            return time.max(clock.open) + clock.service;
        }
        self.start(&self.nodes[node as usize], time) + clock.service
    }

    /// Latest arrival at the node that lets one leave by `time`; minus infinity when there is none.
    #[inline]
    pub(crate) fn latest_arrival(&self, node: u32, time: f64) -> f64 {
        let clock = &self.clocks[node as usize];
        let start = time - clock.service;
        if self.windows.is_empty() {
            return if start < clock.open - EPS {
                f64::NEG_INFINITY
            } else {
                start.min(clock.close)
            };
        }
        self.latest_start(&self.nodes[node as usize], start)
    }

    /// Latest start of service not after `time`; minus infinity when even the first window opens later.
    #[inline]
    pub(crate) fn latest_start(&self, node: &Node, time: f64) -> f64 {
        if node.windows.0 == node.windows.1 {
            return if time < node.open - EPS {
                f64::NEG_INFINITY
            } else {
                time.min(node.close)
            };
        }
        self.windows[node.windows.0 as usize..node.windows.1 as usize]
            .iter()
            .rev()
            .find(|window| time >= window.0 - EPS)
            .map_or(f64::NEG_INFINITY, |window| time.min(window.1))
    }
}

struct Builder<'p> {
    problem: &'p Problem,
    model: Model,
    skills: BTreeMap<&'p str, u64>,
    goods: BTreeMap<&'p str, u64>,
}

impl<'p> Builder<'p> {
    fn new(problem: &'p Problem, dims: usize) -> Self {
        let model = Model {
            n: 0,
            places: 0,
            dims,
            nodes: Vec::new(),
            clocks: Vec::new(),
            deliver: Vec::new(),
            collect: Vec::new(),
            amount: Vec::new(),
            windows: Vec::new(),
            nets: Vec::new(),
            kinds: Vec::new(),
            near: Vec::new(),
            near_len: 0,
            location: Vec::new(),
            stations: Vec::new(),
            close_stations: Vec::new(),
            leads: Vec::new(),
            backhaul_last: problem.rules.backhaul_last,
            backhaul_needs_linehaul: problem.rules.backhaul_needs_linehaul,
            vehicles_first: problem.objective.vehicles_first,
            change: 0.0,
            home: Vec::new(),
            has: Aspects::default(),
        };
        let skills = problem.vehicles.iter().flat_map(|v| &v.skills);
        let goods = problem.rules.incompatible.iter().flat_map(|(a, b)| [a, b]);
        Self {
            problem,
            model,
            skills: bits(skills),
            goods: bits(goods),
        }
    }

    fn job(&mut self, index: usize) {
        let job = &self.problem.jobs[index];
        let lead = u32::try_from(self.model.nodes.len()).unwrap_or(NONE);
        self.model.leads.push(lead);
        match &job.task {
            Task::Visit { stop, deliver, collect } => {
                self.node(index, job, stop, lead, NONE);
                extend(&mut self.model.deliver, deliver, 1.0, self.model.dims);
                extend(&mut self.model.collect, collect, 1.0, self.model.dims);
                let (out, back) = (sum(deliver), sum(collect));
                self.model.has.two_sided |= back > 0.0 && out > 0.0;
                if let Some(node) = self.model.nodes.last_mut() {
                    node.backhaul = back > 0.0;
                }
            }
            Task::Shipment {
                pickup,
                delivery,
                amount,
            } => {
                self.node(index, job, pickup, lead, lead + 1);
                self.node(index, job, delivery, lead, lead);
                for sign in [1.0, -1.0] {
                    extend(&mut self.model.deliver, &[], 1.0, self.model.dims);
                    extend(&mut self.model.collect, amount, sign, self.model.dims);
                }
                self.model.has.pairs = true;
                self.model.has.two_sided = true;
            }
        }
    }

    fn node(&mut self, index: usize, job: &Job, stop: &Stop, lead: u32, partner: u32) {
        let (open, close) = match (stop.windows.first(), stop.windows.last()) {
            (Some(first), Some(last)) => (first.0, last.1),
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        };
        let from = u32::try_from(self.model.windows.len()).unwrap_or(0);
        if stop.windows.len() > 1 {
            self.model.windows.extend(&stop.windows);
        }
        let to = u32::try_from(self.model.windows.len()).unwrap_or(0);
        self.model.has.windows |= open > 0.0 || close.is_finite();
        self.model.has.rich |= job.release > 0.0;
        let own = job
            .goods
            .as_deref()
            .and_then(|g| self.goods.get(g).copied())
            .unwrap_or(0);
        self.model.nodes.push(Node {
            open,
            close,
            service: stop.service,
            release: job.release,
            windows: (from, to),
            partner,
            lead,
            job: u32::try_from(index).unwrap_or(NONE),
            absence: job
                .prize
                .map_or(f64::INFINITY, |prize| prize * self.problem.objective.cost),
            skills: job.skills.iter().fold(0, |mask, s| {
                mask | self.skills.get(s.as_str()).copied().unwrap_or(1 << 63)
            }),
            goods: own,
            conflicts: self.conflicts(job),
            backhaul: false,
        });
        self.model.location.push(stop.location);
    }

    fn conflicts(&self, job: &Job) -> u64 {
        let Some(own) = job.goods.as_deref() else { return 0 };
        let pairs = &self.problem.rules.incompatible;
        let others = pairs.iter().filter_map(|(a, b)| match (a == own, b == own) {
            (true, _) => Some(b),
            (_, true) => Some(a),
            _ => None,
        });
        others.fold(0, |mask, other| {
            mask | self.goods.get(other.as_str()).copied().unwrap_or(0)
        })
    }

    fn finish(mut self, near_len: usize) -> Model {
        let n = self.model.nodes.len();
        self.model.n = n;
        let mut depots: BTreeMap<Option<usize>, u32> = BTreeMap::new();
        for vehicle in &self.problem.vehicles {
            for depot in [Some(vehicle.start), vehicle.end] {
                let next = u32::try_from(self.model.location.len()).unwrap_or(NONE);
                depots.entry(depot).or_insert_with(|| {
                    self.model.location.push(depot.unwrap_or(usize::MAX));
                    next
                });
            }
        }
        for station in &self.problem.stations {
            self.model
                .stations
                .push(u32::try_from(self.model.location.len()).unwrap_or(NONE));
            self.model.location.push(station.location);
        }
        self.model.places = self.model.location.len();
        let clock = |node: &Node| Clock {
            open: node.open,
            close: node.close,
            service: node.service,
        };
        self.model.clocks = self.model.nodes.iter().map(clock).collect();
        self.one_sided_or_not();
        self.amounts();
        self.model.has.sets = self.model.backhaul_last
            || self
                .model
                .nodes
                .iter()
                .any(|node| node.skills | node.goods | node.conflicts != 0 || node.release > 0.0);
        self.model.nets = self.problem.networks.iter().map(|net| self.net(net)).collect();
        self.close_stations();
        self.kinds(&depots);
        self.near(near_len);
        self.model
    }

    /// Deliveries and collections on one tour, or several dimensions, need the load along the tour.
    fn one_sided_or_not(&mut self) {
        let model = &mut self.model;
        let delivers = model.deliver.iter().any(|&q| q > 0.0);
        let collects = model.collect.iter().any(|&q| q > 0.0);
        model.has.two_sided |= (delivers && collects) || model.dims > 1 || model.backhaul_last;
    }

    fn amounts(&mut self) {
        let model = &mut self.model;
        let both = model.deliver.iter().zip(&model.collect).enumerate();
        model.amount = both
            .map(|(at, (deliver, collect))| {
                let visit = model.nodes[at / model.dims].partner == NONE;
                if visit && model.has.two_sided {
                    deliver.max(*collect)
                } else {
                    deliver + collect
                }
            })
            .collect();
    }

    fn net(&self, network: &Network) -> Net {
        let dist = self.dense(&network.distance);
        let dist_in = self.transposed(&dist);
        let (time, time_in) = match &network.duration {
            None => (dist.clone(), dist_in.clone()),
            Some(metric) => {
                let time = self.dense(metric);
                let time_in = self.transposed(&time);
                (time, time_in)
            }
        };
        Net {
            dist,
            dist_in,
            time,
            time_in,
        }
    }

    fn dense(&self, metric: &Metric) -> Arc<[f64]> {
        let places = self.model.places;
        let mut values = Vec::with_capacity(places * places);
        for &from in &self.model.location {
            values.extend(self.model.location.iter().map(|&to| {
                if from == usize::MAX || to == usize::MAX {
                    return 0.0;
                }
                metric.between(&self.problem.locations, from, to)
            }));
        }
        values.into()
    }

    #[expect(clippy::float_cmp, reason = "asks whether the values are the very same")]
    fn transposed(&self, values: &Arc<[f64]>) -> Arc<[f64]> {
        let places = self.model.places;
        let symmetric = (0..places).all(|i| (0..i).all(|j| values[i * places + j] == values[j * places + i]));
        if symmetric {
            return values.clone();
        }
        (0..places * places)
            .map(|at| values[(at % places) * places + at / places])
            .collect()
    }

    fn close_stations(&mut self) {
        let model = &mut self.model;
        for place in 0..u32::try_from(model.places).unwrap_or(0) {
            let mut stations = model.stations.clone();
            stations.sort_by(|&a, &b| model.dist(0, place, a).total_cmp(&model.dist(0, place, b)));
            stations.truncate(STATIONS);
            model.close_stations.push(stations);
        }
    }

    fn kinds(&mut self, depots: &BTreeMap<Option<usize>, u32>) {
        let objective = self.problem.objective;
        for vehicle in &self.problem.vehicles {
            let energy = vehicle.energy.as_ref();
            let empty = energy.map_or(0.0, |e| e.empty * e.kg_co2e_per_unit);
            let full = energy.map_or(0.0, |e| e.full * e.kg_co2e_per_unit);
            let payload = vehicle.capacity.first().copied().unwrap_or(0.0);
            let slope = if payload > 0.0 { (full - empty) / payload } else { 0.0 };
            let first = if objective.vehicles_first { VEHICLE_WEIGHT } else { 0.0 };
            let mut payload = vehicle.capacity.clone();
            payload.resize(self.model.dims, f64::INFINITY);
            let mut capacity = payload.clone();
            if vehicle.reloads.is_some() {
                capacity.fill(f64::INFINITY);
            }
            let kind = Kind {
                count: vehicle.count.unwrap_or(usize::MAX),
                capacity,
                payload,
                start: depots[&Some(vehicle.start)],
                end: depots[&vehicle.end],
                net: vehicle.network,
                fixed: objective.cost * vehicle.fixed_cost + first,
                per_dist: objective.cost * vehicle.cost_per_distance + objective.co2e * empty,
                per_time: objective.cost * vehicle.cost_per_time,
                paid: vehicle.paid_time.unwrap_or(f64::INFINITY),
                per_overtime: objective.cost * vehicle.cost_per_overtime,
                slope: objective.co2e * slope,
                shift: vehicle.shift,
                max_dist: vehicle.max_distance.unwrap_or(f64::INFINITY),
                max_time: vehicle.max_duration.unwrap_or(f64::INFINITY),
                skills: vehicle
                    .skills
                    .iter()
                    .map(|s| self.skills[s.as_str()])
                    .fold(0, |a, b| a | b),
                breaks: vehicle.breaks,
                battery: vehicle.battery,
                reloads: vehicle.reloads,
                family: 0,
            };
            self.kind_aspects(vehicle, &kind);
            self.model.kinds.push(kind);
        }
        for k in 0..self.model.kinds.len() {
            let first = (0..k).find(|&j| alike(&self.model.kinds[j], &self.model.kinds[k]));
            self.model.kinds[k].family = first.unwrap_or(k);
        }
    }

    fn kind_aspects(&mut self, vehicle: &VehicleType, kind: &Kind) {
        let has = &mut self.model.has;
        has.windows |= kind.shift.1.is_finite();
        has.rich |= kind.per_time != 0.0
            || kind.per_overtime != 0.0
            || kind.slope != 0.0
            || kind.max_dist.is_finite()
            || kind.max_time.is_finite();
        has.two_sided |= kind.slope != 0.0;
        has.simulated |= vehicle.breaks.is_some() || vehicle.battery.is_some() || vehicle.reloads.is_some();
        has.simulated |= has.rich && !self.model.windows.is_empty();
        has.rich |= has.simulated;
    }

    fn near(&mut self, near_len: usize) {
        let n = self.model.n;
        let len = near_len.min(n.saturating_sub(1));
        let mut near = Vec::with_capacity(n * len);
        let mut row: Vec<(f64, u32)> = Vec::with_capacity(n);
        for from in 0..n {
            row.clear();
            row.extend(
                (0..n)
                    .filter(|&to| to != from)
                    .map(|to| (self.proximity(from, to), u32::try_from(to).unwrap_or(NONE))),
            );
            let order = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
            if len > 0 && len < row.len() {
                row.select_nth_unstable_by(len - 1, order);
            }
            row.truncate(len);
            row.sort_unstable_by(order);
            near.extend(row.iter().map(|entry| entry.1));
        }
        self.model.near = near;
        self.model.near_len = len;
    }

    /// Distance plus a share of the waiting and all of the lateness that going from one to the other implies, in the
    /// better direction (Vidal et al. 2013, section 4.2).
    fn proximity(&self, a: usize, b: usize) -> f64 {
        let one_way = |from: usize, to: usize| {
            let (i, j) = (&self.model.nodes[from], &self.model.nodes[to]);
            let at = from * self.model.places + to;
            let net = &self.model.nets[0];
            let time = net.time[at] + i.service;
            let wait = (j.open - time - i.close).max(0.0);
            let late = (i.open + time - j.close).max(0.0);
            let weigh = |value: f64, weight: f64| if value.is_finite() { weight * value } else { 0.0 };
            net.dist[at] + weigh(wait, 0.2) + weigh(late, 1.0)
        };
        one_way(a, b).min(one_way(b, a))
    }
}

fn alike(a: &Kind, b: &Kind) -> bool {
    let same = |x: f64, y: f64| x.total_cmp(&y).is_eq();
    (a.start, a.end, a.net, a.skills) == (b.start, b.end, b.net, b.skills)
        && same(a.shift.0, b.shift.0)
        && same(a.shift.1, b.shift.1)
        && same(a.max_dist, b.max_dist)
        && same(a.max_time, b.max_time)
        && a.breaks == b.breaks
        && a.battery == b.battery
        && a.reloads == b.reloads
}

fn bits<'a>(names: impl Iterator<Item = &'a String>) -> BTreeMap<&'a str, u64> {
    let mut bits = BTreeMap::new();
    for name in names {
        let next = bits.len().min(62);
        bits.entry(name.as_str()).or_insert(1u64 << next);
    }
    bits
}

fn extend(into: &mut Vec<f64>, values: &[f64], sign: f64, dims: usize) {
    into.extend((0..dims).map(|d| sign * values.get(d).copied().unwrap_or(0.0)));
}

fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}
