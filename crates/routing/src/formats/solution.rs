//! Solutions in the text form of CVRPLIB: a line per route, then the cost.
//!
//! A stop is written as the name of its location. When there are several vehicle types the type follows the number, in
//! brackets: `Route #1 [truck]: 4 7 2`. Stations appear by name; how much is charged is not written and is taken to be
//! what the JSON form says, so plans with batteries travel as JSON. A bar stands where the vehicle loads again.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::FormatError;
use super::tokens::{at, lines, shorten};
use crate::plan::{Plan, Tour, Unassigned, Visit};
use crate::problem::{Problem, Stop};

/// The plan as routes of location names.
pub fn write_solution(problem: &Problem, plan: &Plan) -> String {
    let mut text = String::new();
    for (number, tour) in plan.tours.iter().enumerate() {
        let _ = write!(text, "Route #{}", number + 1);
        if problem.vehicles.len() > 1 {
            let _ = write!(text, " [{}]", problem.vehicles[tour.vehicle].name);
        }
        text.push(':');
        for visit in &tour.visits {
            if *visit == Visit::Reload {
                text.push_str(" |");
            } else if let Some(location) = location(problem, visit) {
                let _ = write!(text, " {}", problem.locations[location].name);
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "Cost {}", plan.cost);
    text
}

fn location(problem: &Problem, visit: &Visit) -> Option<usize> {
    match *visit {
        Visit::Job(job) => problem.jobs[job].stops().next().map(|stop| stop.location),
        Visit::Delivery(job) => problem.jobs[job].stops().nth(1).map(|stop| stop.location),
        Visit::Station { station, .. } => Some(problem.stations[station].location),
        Visit::Pause(_) | Visit::Reload => None,
    }
}

/// Reads routes; every job that is on none is named as left out. Vehicles leave as early as they may.
///
/// # Errors
/// A line that names no vehicle type or no stop.
pub fn read_solution(problem: &Problem, text: &str) -> Result<Plan, FormatError> {
    let stops = stops(problem);
    let mut plan = Plan::default();
    let mut done = vec![false; problem.jobs.len()];
    for (line, content) in lines(text) {
        if let Some(cost) = content.strip_prefix("Cost") {
            plan.cost = cost.trim().parse().map_err(|_| at(line, "the cost is no number"))?;
            continue;
        }
        let Some((head, body)) = content.split_once(':').filter(|(head, _)| head.starts_with("Route")) else {
            continue;
        };
        let mut tour = Tour {
            vehicle: vehicle(problem, head)
                .ok_or_else(|| at(line, format!("no vehicle type in `{}`", shorten(head))))?,
            departure: 0.0,
            visits: Vec::new(),
        };
        for word in body.split_whitespace() {
            if word == "|" {
                tour.visits.push(Visit::Reload);
                continue;
            }
            let visit = stops
                .get(word)
                .ok_or_else(|| at(line, format!("no stop is called `{}`", shorten(word))))?;
            if let Visit::Job(job) = visit {
                done[*job] = true;
            }
            tour.visits.push(*visit);
        }
        tour.departure = departure(problem, &tour);
        plan.tours.push(tour);
    }
    plan.unassigned = (0..problem.jobs.len())
        .filter(|&job| !done[job])
        .map(|job| Unassigned {
            job,
            reason: "it is on no route of the file".to_owned(),
        })
        .collect();
    Ok(plan)
}

fn stops(problem: &Problem) -> BTreeMap<&str, Visit> {
    let mut stops = BTreeMap::new();
    for (index, job) in problem.jobs.iter().enumerate() {
        for (number, stop) in job.stops().enumerate() {
            let visit = if number == 0 {
                Visit::Job(index)
            } else {
                Visit::Delivery(index)
            };
            stops.insert(problem.locations[stop.location].name.as_str(), visit);
        }
    }
    stops
}

fn vehicle(problem: &Problem, head: &str) -> Option<usize> {
    match head.split_once('[') {
        None => Some(0),
        Some((_, rest)) => {
            let name = rest.trim_end().strip_suffix(']')?;
            problem.vehicles.iter().position(|vehicle| vehicle.name == name)
        }
    }
}

/// As early as shift and releases allow; where time costs or is limited, as late as makes nobody wait longer and
/// nothing later.
fn departure(problem: &Problem, tour: &Tour) -> f64 {
    let vehicle = &problem.vehicles[tour.vehicle];
    let trip = || tour.visits.iter().take_while(|visit| **visit != Visit::Reload);
    let releases = trip().filter_map(|visit| match visit {
        Visit::Job(job) => problem.jobs.get(*job).map(|job| job.release),
        _ => None,
    });
    let earliest = releases.fold(vehicle.shift.0, f64::max);
    if vehicle.max_duration.is_none() && vehicle.cost_per_time == 0.0 && vehicle.cost_per_overtime == 0.0 {
        return earliest;
    }
    let (mut clock, mut place) = (earliest, vehicle.start);
    // Waiting so far, and how much later the vehicle may leave for the windows so far.
    let (mut waited, mut slack) = (0.0, f64::INFINITY);
    for stop in trip().filter_map(|visit| stop(problem, visit)) {
        let duration = problem.networks[vehicle.network].duration();
        clock += duration.between(&problem.locations, place, stop.location);
        place = stop.location;
        if let Some(window) = stop.windows.iter().find(|window| clock <= window.1) {
            waited += (window.0 - clock).max(0.0);
            clock = clock.max(window.0);
            slack = f64::min(slack, waited + window.1 - clock);
        }
        clock += stop.service;
    }
    earliest + f64::min(waited, slack)
}

fn stop<'p>(problem: &'p Problem, visit: &Visit) -> Option<&'p Stop> {
    match *visit {
        Visit::Job(job) => problem.jobs.get(job)?.stops().next(),
        Visit::Delivery(job) => problem.jobs.get(job)?.stops().nth(1),
        _ => None,
    }
}
