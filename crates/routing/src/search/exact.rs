//! Simulation of a whole tour, for what constant-time sums cannot say: breaks, several windows with durations, batteries,
//! reloads.

use super::charging;
use super::model::{EPS, Kind, Model, NONE};
use super::reload::{is_reload, with_reloads};

/// Sums of one simulated tour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Value {
    pub dist: f64,
    /// From departure to return, departing as late as does no harm.
    pub time: f64,
    pub load_dist: f64,
    /// Departure from the depot.
    pub departure: f64,
}

/// The tour's value; `None` when it breaks a limit.
pub(crate) fn simulate(model: &Model, kind: &Kind, seq: &[u32]) -> Option<Value> {
    if kind.battery.is_some() {
        let charged = charging::charge(model, kind, seq)?;
        return Some(Value {
            load_dist: load_dist(model, kind, &charged.seq)?,
            ..charged.value
        });
    }
    if kind.reloads.is_some() {
        return with_reloads(model, kind, seq, |placed| value(model, kind, placed));
    }
    value(model, kind, seq)
}

/// The value of a sequence with everything in it that the vehicle drives to.
pub(crate) fn value(model: &Model, kind: &Kind, seq: &[u32]) -> Option<Value> {
    let release = kind.shift.0.max(0.0).max(release(model, &seq[1..seq.len() - 1]));
    let early = drive(model, kind, seq, release)?;
    let late = latest_departure(model, kind, seq, early).max(release);
    let (departure, arrival) = match drive(model, kind, seq, late) {
        Some(arrival) if arrival - late < early - release => (late, arrival),
        _ => (release, early),
    };
    let dist: f64 = seq.windows(2).map(|pair| model.dist(kind.net, pair[0], pair[1])).sum();
    let time = arrival - departure;
    let broken = time > kind.max_time + EPS || dist > kind.max_dist + EPS;
    (!broken).then_some(())?;
    Some(Value {
        dist,
        time,
        load_dist: load_dist(model, kind, seq)?,
        departure,
    })
}

/// Positions after which the driver pauses when departing at `clock`.
pub(crate) fn pauses(model: &Model, kind: &Kind, seq: &[u32], clock: f64) -> Vec<usize> {
    let mut pauses = Vec::new();
    if kind.breaks.is_some() {
        let _ = drive_noting(model, kind, seq, clock, &mut |at| pauses.push(at));
    }
    pauses
}

/// Time of return when departing at `clock`; `None` when somebody is reached too late or a break cannot be kept.
fn drive(model: &Model, kind: &Kind, seq: &[u32], clock: f64) -> Option<f64> {
    drive_noting(model, kind, seq, clock, &mut |_| {})
}

fn drive_noting(model: &Model, kind: &Kind, seq: &[u32], mut clock: f64, pause: &mut dyn FnMut(usize)) -> Option<f64> {
    let (mut since, mut day) = (0.0, 0.0);
    for (at, pair) in seq.windows(2).enumerate() {
        let travel = model.time(kind.net, pair[0], pair[1]);
        if let Some(rule) = kind.breaks {
            day += travel;
            if travel > rule.driving + EPS || day > rule.daily_driving + EPS {
                return None;
            }
            if since + travel > rule.driving + EPS {
                clock += rule.pause;
                since = 0.0;
                pause(at);
            }
            since += travel;
        }
        let arrival = clock + travel;
        let Some(node) = model.nodes.get(pair[1] as usize) else {
            clock = arrival;
            if at + 2 < seq.len()
                && let Some(reloads) = kind.reloads
            {
                clock = (arrival + reloads.time).max(release(model, &seq[at + 2..]));
            }
            continue;
        };
        let start = model.start(node, arrival);
        if !start.is_finite() {
            return None;
        }
        if kind.breaks.is_some_and(|rule| start - arrival >= rule.pause) {
            since = 0.0;
        }
        clock = start + node.service;
    }
    (clock <= kind.shift.1 + EPS).then_some(clock)
}

/// When the goods of the trip that begins with these places are there.
fn release(model: &Model, places: &[u32]) -> f64 {
    let trip = places.iter().map_while(|&place| model.nodes.get(place as usize));
    trip.map(|node| node.release).fold(f64::NEG_INFINITY, f64::max)
}

/// Latest departure that returns at `arrival`, breaks left aside.
fn latest_departure(model: &Model, kind: &Kind, seq: &[u32], arrival: f64) -> f64 {
    let mut clock = arrival;
    for (at, pair) in seq.windows(2).enumerate().rev() {
        clock -= model.time(kind.net, pair[0], pair[1]);
        if let Some(node) = model.nodes.get(pair[0] as usize) {
            clock = model.latest_start(node, clock - node.service);
        } else if at > 0 {
            clock -= kind.reloads.map_or(0.0, |reloads| reloads.time);
        }
    }
    clock
}

/// Sum of load times distance; `None` when the load does not fit.
fn load_dist(model: &Model, kind: &Kind, seq: &[u32]) -> Option<f64> {
    let sent = |from: usize, d: usize| -> f64 {
        let trip = seq[from..].iter().take_while(|&&place| !is_reload(kind, place));
        trip.filter(|&&place| (place as usize) < model.n)
            .map(|&node| model.deliver(node)[d])
            .sum()
    };
    let mut result = 0.0;
    for d in 0..model.dims {
        let (mut load, mut shipped) = (sent(1, d), 0.0);
        for (at, pair) in seq.windows(2).enumerate() {
            if let Some(node) = model.nodes.get(pair[0] as usize) {
                load += model.collect(pair[0])[d] - model.deliver(pair[0])[d];
                shipped += if node.partner == NONE {
                    0.0
                } else {
                    model.collect(pair[0])[d]
                };
            } else if at > 0 && is_reload(kind, pair[0]) {
                load = shipped + sent(at + 1, d);
            }
            if load > kind.payload[d] + EPS {
                return None;
            }
            if d == 0 {
                result += load * model.dist(kind.net, pair[0], pair[1]);
            }
        }
    }
    Some(result)
}
