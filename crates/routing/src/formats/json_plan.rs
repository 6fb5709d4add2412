//! Plans as JSON; everything is referred to by name.

use serde::{Deserialize, Serialize};

use super::FormatError;
use crate::plan::{Plan, Tour, Unassigned, Visit};
use crate::problem::{Problem, Task};

#[derive(Serialize, Deserialize)]
struct PlanFile {
    cost: f64,
    vehicles: usize,
    co2e_kg: f64,
    distance: f64,
    routes: Vec<RouteFile>,
    unassigned: Vec<UnassignedFile>,
}

#[derive(Serialize, Deserialize)]
struct RouteFile {
    vehicle: String,
    departure: f64,
    visits: Vec<VisitFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum VisitFile {
    Job(String),
    Pickup(String),
    Delivery(String),
    Charge { station: String, amount: f64 },
    Pause(f64),
    Reload,
}

#[derive(Serialize, Deserialize)]
struct UnassignedFile {
    job: String,
    reason: String,
}

/// Writes a plan.
///
/// # Errors
/// When serde cannot write it.
pub fn plan_to_json(problem: &Problem, plan: &Plan) -> Result<String, FormatError> {
    let route = |tour: &Tour| RouteFile {
        vehicle: problem.vehicles[tour.vehicle].name.clone(),
        departure: tour.departure,
        visits: tour.visits.iter().map(|visit| visit_file(problem, visit)).collect(),
    };
    let left = |left: &Unassigned| UnassignedFile {
        job: problem.jobs[left.job].name.clone(),
        reason: left.reason.clone(),
    };
    let file = PlanFile {
        cost: plan.cost,
        vehicles: plan.tours.len(),
        co2e_kg: plan.co2e_kg,
        distance: plan.distance,
        routes: plan.tours.iter().map(route).collect(),
        unassigned: plan.unassigned.iter().map(left).collect(),
    };
    serde_json::to_string_pretty(&file).map_err(|error| FormatError::Json(error.to_string()))
}

fn visit_file(problem: &Problem, visit: &Visit) -> VisitFile {
    match *visit {
        Visit::Job(job) => {
            let job = &problem.jobs[job];
            let name = job.name.clone();
            if matches!(job.task, Task::Visit { .. }) {
                VisitFile::Job(name)
            } else {
                VisitFile::Pickup(name)
            }
        }
        Visit::Delivery(job) => VisitFile::Delivery(problem.jobs[job].name.clone()),
        Visit::Station { station, amount } => VisitFile::Charge {
            station: problem.stations[station].name.clone(),
            amount,
        },
        Visit::Pause(length) => VisitFile::Pause(length),
        Visit::Reload => VisitFile::Reload,
    }
}

/// Reads a plan for the problem. Its totals are those of the file; the checker computes them anew.
///
/// # Errors
/// What serde says about the text, or the name that is not known.
pub fn plan_from_json(problem: &Problem, text: &str) -> Result<Plan, FormatError> {
    let file: PlanFile = serde_json::from_str(text).map_err(|error| FormatError::Json(error.to_string()))?;
    let unknown = |what: &str, name: &str| FormatError::Json(format!("there is no {what} `{name}`"));
    let jobs: std::collections::BTreeMap<&str, usize> = problem
        .jobs
        .iter()
        .enumerate()
        .map(|(index, job)| (job.name.as_str(), index))
        .collect();
    let job = |name: &str| jobs.get(name).copied().ok_or_else(|| unknown("job", name));
    let mut plan = Plan {
        cost: file.cost,
        co2e_kg: file.co2e_kg,
        distance: file.distance,
        ..Plan::default()
    };
    for route in file.routes {
        let vehicle = problem
            .vehicles
            .iter()
            .position(|vehicle| vehicle.name == route.vehicle);
        let mut tour = Tour {
            vehicle: vehicle.ok_or_else(|| unknown("vehicle type", &route.vehicle))?,
            departure: route.departure,
            visits: Vec::new(),
        };
        for visit in route.visits {
            tour.visits.push(match visit {
                VisitFile::Job(name) | VisitFile::Pickup(name) => Visit::Job(job(&name)?),
                VisitFile::Delivery(name) => Visit::Delivery(job(&name)?),
                VisitFile::Charge { station, amount } => {
                    let index = problem.stations.iter().position(|other| other.name == station);
                    let station = index.ok_or_else(|| unknown("station", &station))?;
                    Visit::Station { station, amount }
                }
                VisitFile::Pause(length) => Visit::Pause(length),
                VisitFile::Reload => Visit::Reload,
            });
        }
        plan.tours.push(tour);
    }
    for left in file.unassigned {
        plan.unassigned.push(Unassigned {
            job: job(&left.job)?,
            reason: left.reason,
        });
    }
    Ok(plan)
}
