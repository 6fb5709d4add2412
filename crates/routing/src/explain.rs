//! Why a job cannot be done at all, in words.

use crate::problem::{Job, Problem, Task, VehicleType};

/// The first reason that holds for every vehicle type, or the list of reasons by type.
pub(crate) fn impossible(problem: &Problem, job: usize) -> String {
    let job = &problem.jobs[job];
    if problem.vehicles.is_empty() {
        return "there is no vehicle".to_owned();
    }
    let mut reasons: Vec<&'static str> = Vec::new();
    for vehicle in &problem.vehicles {
        let reason = obstacle(problem, job, vehicle);
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons.join("; or ")
}

fn obstacle(problem: &Problem, job: &Job, vehicle: &VehicleType) -> &'static str {
    if vehicle.count == Some(0) {
        return "there is no vehicle of the type";
    }
    if too_large(job, vehicle) {
        return "it is larger than the vehicle";
    }
    if job.skills.iter().any(|skill| !vehicle.skills.contains(skill)) {
        return "no vehicle has the skills it wants";
    }
    if unreachable(problem, job, vehicle) {
        return "no road leads there and back";
    }
    if only_collects(job) && problem.rules.backhaul_needs_linehaul {
        return "a tour with it alone would collect without delivering";
    }
    if too_far(problem, job, vehicle) {
        return "it is too far for the longest tour";
    }
    if too_late(problem, job, vehicle) {
        return "its time windows cannot be reached within the shift";
    }
    "driving times, breaks or the battery do not allow it"
}

fn too_large(job: &Job, vehicle: &VehicleType) -> bool {
    let over = |amount: &[f64]| amount.iter().zip(&vehicle.capacity).any(|(q, capacity)| q > capacity);
    match &job.task {
        Task::Visit { deliver, collect, .. } => over(deliver) || over(collect),
        Task::Shipment { amount, .. } => over(amount),
    }
}

fn only_collects(job: &Job) -> bool {
    matches!(&job.task, Task::Visit { deliver, collect, .. }
        if collect.iter().any(|&q| q > 0.0) && deliver.iter().all(|&q| q <= 0.0))
}

fn legs(problem: &Problem, job: &Job, vehicle: &VehicleType) -> Vec<(usize, usize)> {
    let mut places = vec![vehicle.start];
    places.extend(job.stops().map(|stop| stop.location));
    places.extend(vehicle.end);
    debug_assert!(places.iter().all(|&place| place < problem.locations.len()), "validated");
    places.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

fn length(problem: &Problem, job: &Job, vehicle: &VehicleType) -> f64 {
    let network = &problem.networks[vehicle.network];
    let leg = |(a, b)| network.distance.between(&problem.locations, a, b);
    legs(problem, job, vehicle).into_iter().map(leg).sum()
}

fn unreachable(problem: &Problem, job: &Job, vehicle: &VehicleType) -> bool {
    length(problem, job, vehicle).is_infinite()
}

fn too_far(problem: &Problem, job: &Job, vehicle: &VehicleType) -> bool {
    vehicle
        .max_distance
        .is_some_and(|limit| length(problem, job, vehicle) > limit)
}

fn too_late(problem: &Problem, job: &Job, vehicle: &VehicleType) -> bool {
    let network = &problem.networks[vehicle.network];
    let travel = |a, b| network.duration().between(&problem.locations, a, b);
    let mut clock = vehicle.shift.0.max(job.release);
    let mut place = vehicle.start;
    for stop in job.stops() {
        clock += travel(place, stop.location);
        let window = stop.windows.iter().find(|window| clock <= window.1);
        if !stop.windows.is_empty() && window.is_none() {
            return true;
        }
        clock = window.map_or(clock, |window| clock.max(window.0)) + stop.service;
        place = stop.location;
    }
    clock + vehicle.end.map_or(0.0, |end| travel(place, end)) > vehicle.shift.1
}
