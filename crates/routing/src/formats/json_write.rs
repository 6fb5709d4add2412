//! A problem in the structs of our JSON.

use super::json::{
    BatteryFile, BreaksFile, EnergyFile, JobFile, LocationFile, MetricFile, NetworkFile, ObjectiveFile, ProblemFile,
    ReloadsFile, RoundingFile, StationFile, StopFile, VehicleFile,
};
use crate::network::{Metric, Network, Rounding};
use crate::problem::{Job, Problem, Stop, Task, VehicleType};

pub(super) fn problem(problem: &Problem) -> ProblemFile {
    let name = |index: usize| problem.locations[index].name.clone();
    ProblemFile {
        name: problem.name.clone(),
        locations: problem
            .locations
            .iter()
            .map(|l| LocationFile {
                name: l.name.clone(),
                x: l.x,
                y: l.y,
            })
            .collect(),
        networks: problem
            .networks
            .iter()
            .enumerate()
            .map(|(at, n)| (network_name(at), network(problem, n)))
            .collect(),
        jobs: problem.jobs.iter().map(|j| job(problem, j)).collect(),
        vehicles: problem.vehicles.iter().map(|v| vehicle(problem, v)).collect(),
        stations: problem
            .stations
            .iter()
            .map(|s| StationFile {
                name: s.name.clone(),
                location: name(s.location),
            })
            .collect(),
        backhaul_last: problem.rules.backhaul_last,
        backhaul_needs_linehaul: problem.rules.backhaul_needs_linehaul,
        incompatible: problem.rules.incompatible.clone(),
        objective: ObjectiveFile {
            cost: problem.objective.cost,
            co2e: problem.objective.co2e,
            vehicles_first: problem.objective.vehicles_first,
        },
    }
}

/// Names that sort as the networks are numbered.
fn network_name(at: usize) -> String {
    format!("network {at:04}")
}

fn network(problem: &Problem, network: &Network) -> NetworkFile {
    NetworkFile {
        distance: metric(problem, &network.distance),
        duration: network.duration.as_ref().map(|m| metric(problem, m)),
    }
}

fn metric(problem: &Problem, metric: &Metric) -> MetricFile {
    match metric {
        Metric::Matrix(values) => {
            let row = |row: &[f64]| row.iter().map(|v| Some(*v).filter(|v| v.is_finite())).collect();
            MetricFile::Matrix(values.chunks(problem.locations.len().max(1)).map(row).collect())
        }
        Metric::Points { factor, rounding } => MetricFile::Points {
            factor: *factor,
            rounding: match rounding {
                Rounding::Exact => RoundingFile::Exact,
                Rounding::Integer => RoundingFile::Integer,
                Rounding::Trunc1 => RoundingFile::Trunc1,
            },
        },
    }
}

fn stop(problem: &Problem, stop: &Stop) -> StopFile {
    StopFile {
        location: problem.locations[stop.location].name.clone(),
        windows: stop.windows.clone(),
        service: stop.service,
    }
}

fn job(problem: &Problem, job: &Job) -> JobFile {
    let mut file = JobFile {
        name: job.name.clone(),
        stop: None,
        deliver: Vec::new(),
        collect: Vec::new(),
        pickup: None,
        delivery: None,
        amount: Vec::new(),
        release: job.release,
        prize: job.prize,
        skills: job.skills.clone(),
        goods: job.goods.clone(),
    };
    match &job.task {
        Task::Visit {
            stop: at,
            deliver,
            collect,
        } => {
            file.stop = Some(stop(problem, at));
            file.deliver.clone_from(deliver);
            file.collect.clone_from(collect);
        }
        Task::Shipment {
            pickup,
            delivery,
            amount,
        } => {
            file.pickup = Some(stop(problem, pickup));
            file.delivery = Some(stop(problem, delivery));
            file.amount.clone_from(amount);
        }
    }
    file
}

fn vehicle(problem: &Problem, vehicle: &VehicleType) -> VehicleFile {
    VehicleFile {
        name: vehicle.name.clone(),
        count: vehicle.count,
        capacity: vehicle.capacity.clone(),
        start: problem.locations[vehicle.start].name.clone(),
        end: vehicle.end.map(|end| problem.locations[end].name.clone()),
        network: Some(network_name(vehicle.network)),
        fixed_cost: vehicle.fixed_cost,
        cost_per_distance: vehicle.cost_per_distance,
        cost_per_time: vehicle.cost_per_time,
        paid_time: vehicle.paid_time,
        cost_per_overtime: vehicle.cost_per_overtime,
        shift: vehicle.shift.1.is_finite().then_some(vehicle.shift),
        max_distance: vehicle.max_distance,
        max_duration: vehicle.max_duration,
        skills: vehicle.skills.clone(),
        breaks: vehicle.breaks.map(|b| BreaksFile {
            driving: b.driving,
            pause: b.pause,
            daily_driving: b.daily_driving,
        }),
        energy: vehicle.energy.as_ref().map(|e| EnergyFile {
            carrier: e.carrier.clone(),
            empty: e.empty,
            full: e.full,
            kg_co2e_per_unit: e.kg_co2e_per_unit,
        }),
        battery: vehicle.battery.map(|b| BatteryFile {
            capacity: b.capacity,
            consumption: b.consumption,
            charging_time: b.charging_time,
        }),
        reloads: vehicle.reloads.map(|r| ReloadsFile {
            most: r.most,
            time: r.time,
        }),
    }
}
