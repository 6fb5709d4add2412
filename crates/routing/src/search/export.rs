//! From the search's numbers back to the problem's words.

use super::anneal::Snapshot;
use super::charging;
use super::exact;
use super::model::{Kind, Model, NONE};
use super::reload::{is_reload, with_reloads};
use super::sisr::Sisr;
use crate::plan::{Plan, Tour, Unassigned, Visit};
use crate::problem::{Problem, VehicleType};

/// The plan of a snapshot.
pub(crate) fn plan(problem: &Problem, model: &Model, best: &Snapshot, sisr: &Sisr) -> Plan {
    let mut plan = Plan::default();
    let mut done = vec![false; model.n];
    for (kind_id, nodes) in best.tours.iter().filter(|tour| !tour.1.is_empty()) {
        let kind = &model.kinds[*kind_id as usize];
        let mut seq = vec![kind.start];
        seq.extend(nodes);
        seq.push(kind.end);
        for &node in nodes {
            done[node as usize] = true;
        }
        plan.tours.push(tour(
            problem,
            model,
            *kind_id as usize,
            &seq,
            &mut plan.cost,
            &mut plan.distance,
            &mut plan.co2e_kg,
        ));
    }
    plan.tours.sort_by_key(|tour| (tour.vehicle, first_job(tour)));
    for &lead in model.leads.iter().filter(|&&lead| !done[lead as usize]) {
        let job = model.nodes[lead as usize].job as usize;
        let reason = if sisr.possible(model, lead) {
            reason_crowded(problem, job)
        } else {
            crate::explain::impossible(problem, job)
        };
        plan.unassigned.push(Unassigned { job, reason });
    }
    plan.unassigned.sort_by_key(|left| left.job);
    plan
}

fn first_job(tour: &Tour) -> usize {
    let job = |visit: &Visit| match visit {
        Visit::Job(job) => Some(*job),
        _ => None,
    };
    tour.visits.iter().find_map(job).unwrap_or(usize::MAX)
}

fn reason_crowded(problem: &Problem, job: usize) -> String {
    match problem.jobs[job].prize {
        Some(_) => "serving it would cost more than its prize".to_owned(),
        None => "no vehicle has room and time for it beside the other jobs".to_owned(),
    }
}

fn tour(
    problem: &Problem,
    model: &Model,
    kind_id: usize,
    seq: &[u32],
    cost: &mut f64,
    distance: &mut f64,
    co2e_kg: &mut f64,
) -> Tour {
    let kind = &model.kinds[kind_id];
    let vehicle = &problem.vehicles[kind_id];
    let (places, amounts) = match charging::charge(model, kind, seq) {
        Some(charged) => (charged.seq, charged.amounts),
        None if kind.reloads.is_some() => {
            let placed = with_reloads(model, kind, seq, |placed| Some(placed.to_vec()));
            (placed.unwrap_or_else(|| seq.to_vec()), Vec::new())
        }
        None => (seq.to_vec(), Vec::new()),
    };
    let value = exact::simulate(model, kind, seq);
    let (departure, dist, time, load_dist) = value
        .map_or((0.0, f64::INFINITY, f64::INFINITY, f64::INFINITY), |value| {
            (value.departure, value.dist, value.time, value.load_dist)
        });
    *cost += vehicle.fixed_cost
        + vehicle.cost_per_distance * dist
        + vehicle.cost_per_time * time
        + vehicle.cost_per_overtime * (time - vehicle.paid_time.unwrap_or(f64::INFINITY)).max(0.0);
    *distance += dist;
    *co2e_kg += emissions(vehicle, dist, load_dist);
    Tour {
        vehicle: kind_id,
        departure,
        visits: visits(model, kind, &places, &amounts, departure),
    }
}

fn emissions(vehicle: &VehicleType, dist: f64, load_dist: f64) -> f64 {
    let Some(energy) = &vehicle.energy else { return 0.0 };
    let payload = vehicle.capacity.first().copied().unwrap_or(0.0);
    let slope = if payload > 0.0 {
        (energy.full - energy.empty) / payload
    } else {
        0.0
    };
    (energy.empty * dist + slope * load_dist) * energy.kg_co2e_per_unit
}

/// The places as visits, with the pauses the driving rule asks for.
fn visits(model: &Model, kind: &Kind, places: &[u32], amounts: &[f64], departure: f64) -> Vec<Visit> {
    let mut visits = Vec::new();
    let pauses = exact::pauses(model, kind, places, departure);
    for (at, &place) in places.iter().enumerate() {
        if at > 0 && at + 1 < places.len() {
            visits.push(visit(model, kind, place, amounts.get(at).copied().unwrap_or(0.0)));
        }
        if pauses.contains(&at)
            && let Some(rule) = kind.breaks
        {
            visits.push(Visit::Pause(rule.pause));
        }
    }
    visits
}

fn visit(model: &Model, kind: &Kind, place: u32, amount: f64) -> Visit {
    if is_reload(kind, place) {
        return Visit::Reload;
    }
    let Some(node) = model.nodes.get(place as usize) else {
        let station = model.stations.iter().position(|&other| other == place);
        return Visit::Station {
            station: station.unwrap_or(usize::MAX),
            amount,
        };
    };
    let job = node.job as usize;
    if node.lead == place || node.partner == NONE {
        Visit::Job(job)
    } else {
        Visit::Delivery(job)
    }
}
