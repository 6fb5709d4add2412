//! Where and how much a battery is charged on the way: labels along a fixed sequence.
//!
//! A label is a way to reach a position: with what distance, when, and with how much charge. Charging is decided late: a
//! station is visited first, and only when the charge runs out on the way is the missing amount taken there, which
//! delays everything since by what waiting does not absorb. At most one station is visited between two stops.
//!
//! # Source
//! The idea of deciding the amount late: Desaulniers, Errico, Irnich, Schneider, "Exact algorithms for electric vehicle
//! routing problems with time windows", Operations Research 64 (2016). Charging no more than needed is a heuristic: it
//! may charge at a later station what an earlier one could give during a wait.

use super::exact::Value;
use super::model::{EPS, Kind, Model, NONE};
use crate::problem::Battery;

/// A sequence with stations in it.
#[derive(Debug, Clone)]
pub(crate) struct Charged {
    pub seq: Vec<u32>,
    /// `[i]`: how much is charged at `seq[i]`.
    pub amounts: Vec<f64>,
    pub value: Value,
}

/// Most labels kept at a position.
const MOST_LABELS: usize = 8;

#[derive(Debug, Clone, Copy)]
struct Label {
    dist: f64,
    time: f64,
    charge: f64,
    /// How much more the last station could have given.
    room: f64,
    /// Waiting since the last station.
    waited: f64,
    /// How much later the last station could have been left.
    slack: f64,
    /// Amount taken at the last station.
    taken: f64,
    /// What had been taken at the station before the last when the last was reached.
    before: f64,
    /// Station visited before this position, or `NONE`.
    station: u32,
    from: usize,
}

/// The shortest way to keep the battery from running out; `None` when there is none.
pub(crate) fn charge(model: &Model, kind: &Kind, seq: &[u32]) -> Option<Charged> {
    let battery = kind.battery?;
    let release = seq[1..seq.len() - 1]
        .iter()
        .fold(kind.shift.0.max(0.0), |latest, &node| {
            model
                .nodes
                .get(node as usize)
                .map_or(latest, |node| latest.max(node.release))
        });
    let first = Label {
        dist: 0.0,
        time: release,
        charge: battery.capacity,
        room: 0.0,
        waited: 0.0,
        slack: 0.0,
        taken: 0.0,
        before: 0.0,
        station: NONE,
        from: 0,
    };
    let mut layers: Vec<Vec<Label>> = vec![vec![first]];
    for pair in seq.windows(2) {
        let layer = extend(model, kind, battery, &layers[layers.len() - 1], (pair[0], pair[1]));
        if layer.is_empty() {
            return None;
        }
        layers.push(layer);
    }
    let last = layers
        .last()?
        .iter()
        .enumerate()
        .min_by(|a, b| a.1.dist.total_cmp(&b.1.dist))?;
    let value = Value {
        dist: last.1.dist,
        time: last.1.time - release,
        load_dist: 0.0,
        departure: release,
    };
    let broken = value.time > kind.max_time + EPS || value.dist > kind.max_dist + EPS;
    (!broken).then(|| trace(seq, &layers, last.0, value))
}

fn extend(model: &Model, kind: &Kind, battery: Battery, labels: &[Label], (from, to): (u32, u32)) -> Vec<Label> {
    let mut layer: Vec<Label> = Vec::new();
    for (index, label) in labels.iter().enumerate() {
        let direct = Label {
            station: NONE,
            from: index,
            ..*label
        };
        keep(&mut layer, drive(model, kind, battery, direct, from, to));
        for &station in model.close_stations(from).iter().chain(model.close_stations(to)) {
            let Some(at) = drive(model, kind, battery, direct, from, station) else {
                continue;
            };
            let plugged = Label {
                room: battery.capacity - at.charge,
                waited: 0.0,
                slack: f64::INFINITY,
                taken: 0.0,
                before: at.taken,
                station,
                ..at
            };
            keep(&mut layer, drive(model, kind, battery, plugged, station, to));
        }
    }
    layer
}

/// Goes on to a place, taking at the last station what is missing.
fn drive(model: &Model, kind: &Kind, battery: Battery, mut label: Label, from: u32, to: u32) -> Option<Label> {
    let dist = model.dist(kind.net, from, to);
    label.dist += dist;
    label.charge -= battery.consumption * dist;
    if label.charge < 0.0 {
        let missing = -label.charge;
        let delay = missing * battery.charging_time;
        if missing > label.room + EPS || delay > label.slack + EPS {
            return None;
        }
        label.charge = 0.0;
        label.room -= missing;
        label.taken += missing;
        label.slack -= delay;
        label.time += (delay - label.waited).max(0.0);
        label.waited = (label.waited - delay).max(0.0);
    }
    let arrival = label.time + model.time(kind.net, from, to);
    let Some(node) = model.nodes.get(to as usize) else {
        label.time = arrival;
        label.slack = label.slack.min(kind.shift.1 - arrival + label.waited);
        return (arrival <= kind.shift.1 + EPS).then_some(label);
    };
    let start = model.start(node, arrival);
    if !start.is_finite() {
        return None;
    }
    label.waited += start - arrival;
    label.slack = label.slack.min(node.close - start + label.waited);
    label.time = start + node.service;
    Some(label)
}

/// Keeps a label unless another is as good in distance, time and charge.
fn keep(layer: &mut Vec<Label>, label: Option<Label>) {
    let Some(label) = label else { return };
    let reach = |l: &Label| l.charge + l.room;
    let beats =
        |a: &Label, b: &Label| a.dist <= b.dist && a.time <= b.time && a.charge >= b.charge && reach(a) >= reach(b);
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

/// Walks back from the last label. A station's amount is what the label had taken before the next station.
fn trace(seq: &[u32], layers: &[Vec<Label>], last: usize, value: Value) -> Charged {
    let (mut places, mut amounts) = (Vec::new(), Vec::new());
    let mut at = last;
    let mut taken = layers[layers.len() - 1][last].taken;
    for position in (0..layers.len()).rev() {
        let label = &layers[position][at];
        places.push(seq[position]);
        amounts.push(0.0);
        if position > 0 && label.station != NONE {
            places.push(label.station);
            amounts.push(taken);
            // The leg to this station may itself have drawn on the station before.
            taken = label.before;
        }
        at = label.from;
    }
    places.reverse();
    amounts.reverse();
    Charged {
        seq: places,
        amounts,
        value,
    }
}
