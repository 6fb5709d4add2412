//! Our own JSON for problems and plans; `docs/concepts/routing.md` describes it.
//!
//! Everything is referred to by name. The structs here are the format; the model has its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::FormatError;
use crate::network::{Metric, Network, Rounding};
use crate::plan::{Plan, Visit};
use crate::problem::{
    Battery, Breaks, Energy, Job, Location, Objective, Problem, Rules, Station, Stop, Task, VehicleType,
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProblemFile {
    #[serde(default)]
    name: String,
    locations: Vec<LocationFile>,
    #[serde(default)]
    networks: BTreeMap<String, NetworkFile>,
    jobs: Vec<JobFile>,
    vehicles: Vec<VehicleFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    stations: Vec<StationFile>,
    #[serde(default)]
    backhaul_last: bool,
    #[serde(default)]
    backhaul_needs_linehaul: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    incompatible: Vec<(String, String)>,
    #[serde(default)]
    objective: ObjectiveFile,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LocationFile {
    name: String,
    #[serde(default)]
    x: f64,
    #[serde(default)]
    y: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NetworkFile {
    distance: MetricFile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration: Option<MetricFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum MetricFile {
    /// Rows in the order of the locations; `null` where there is no road.
    Matrix(Vec<Vec<Option<f64>>>),
    Points { factor: f64, rounding: RoundingFile },
}

#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum RoundingFile {
    Exact,
    Integer,
    Trunc1,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StopFile {
    location: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    windows: Vec<(f64, f64)>,
    #[serde(default)]
    service: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JobFile {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stop: Option<StopFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    deliver: Vec<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    collect: Vec<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pickup: Option<StopFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<StopFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    amount: Vec<f64>,
    #[serde(default)]
    release: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prize: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    skills: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    goods: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VehicleFile {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    capacity: Vec<f64>,
    start: String,
    /// Absent: ends where the last stop is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    network: Option<String>,
    #[serde(default)]
    fixed_cost: f64,
    #[serde(default)]
    cost_per_distance: f64,
    #[serde(default)]
    cost_per_time: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paid_time: Option<f64>,
    #[serde(default)]
    cost_per_overtime: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shift: Option<(f64, f64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_distance: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_duration: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    skills: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    breaks: Option<BreaksFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    energy: Option<EnergyFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    battery: Option<BatteryFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BreaksFile {
    driving: f64,
    pause: f64,
    daily_driving: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnergyFile {
    carrier: String,
    empty: f64,
    full: f64,
    kg_co2e_per_unit: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BatteryFile {
    capacity: f64,
    consumption: f64,
    charging_time: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StationFile {
    name: String,
    location: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectiveFile {
    cost: f64,
    co2e: f64,
    #[serde(default)]
    vehicles_first: bool,
}

impl Default for ObjectiveFile {
    fn default() -> Self {
        Self {
            cost: 1.0,
            co2e: 0.0,
            vehicles_first: false,
        }
    }
}

/// Reads a problem.
///
/// # Errors
/// What serde says about the text, or the name that is not known.
pub fn problem_from_json(text: &str) -> Result<Problem, FormatError> {
    let file: ProblemFile = serde_json::from_str(text).map_err(|error| FormatError::Json(error.to_string()))?;
    let names = Names::new(&file.locations)?;
    let mut network_names = Vec::new();
    let mut networks = Vec::new();
    for (name, network) in file.networks {
        networks.push(Network {
            distance: network.distance.into_metric(),
            duration: network.duration.map(MetricFile::into_metric),
        });
        network_names.push(name);
    }
    if networks.is_empty() {
        networks.push(Network::points(Rounding::Exact));
    }
    let location = |file: LocationFile| Location {
        name: file.name,
        x: file.x,
        y: file.y,
    };
    let stations = file.stations.into_iter().map(|station| {
        Ok(Station {
            location: names.find(&station.location)?,
            name: station.name,
        })
    });
    Ok(Problem {
        name: file.name,
        jobs: file.jobs.into_iter().map(|job| job.into_job(&names)).collect::<Result<_, _>>()?,
        vehicles: file.vehicles.into_iter().map(|v| v.into_type(&names, &network_names)).collect::<Result<_, _>>()?,
        stations: stations.collect::<Result<_, FormatError>>()?,
        locations: file.locations.into_iter().map(location).collect(),
        networks,
        rules: Rules {
            backhaul_last: file.backhaul_last,
            backhaul_needs_linehaul: file.backhaul_needs_linehaul,
            incompatible: file.incompatible,
        },
        objective: Objective {
            cost: file.objective.cost,
            co2e: file.objective.co2e,
            vehicles_first: file.objective.vehicles_first,
        },
    })
}

struct Names(BTreeMap<String, usize>);

impl Names {
    fn new(locations: &[LocationFile]) -> Result<Self, FormatError> {
        let mut names = BTreeMap::new();
        for (index, location) in locations.iter().enumerate() {
            if names.insert(location.name.clone(), index).is_some() {
                return Err(FormatError::Json(format!("two locations are called `{}`", location.name)));
            }
        }
        Ok(Self(names))
    }

    fn find(&self, name: &str) -> Result<usize, FormatError> {
        self.0.get(name).copied().ok_or_else(|| FormatError::Json(format!("there is no location `{name}`")))
    }
}

impl MetricFile {
    fn into_metric(self) -> Metric {
        match self {
            Self::Matrix(rows) => {
                let values = rows.into_iter().flatten().map(|value| value.unwrap_or(f64::INFINITY));
                Metric::Matrix(values.collect())
            }
            Self::Points { factor, rounding } => Metric::Points {
                factor,
                rounding: match rounding {
                    RoundingFile::Exact => Rounding::Exact,
                    RoundingFile::Integer => Rounding::Integer,
                    RoundingFile::Trunc1 => Rounding::Trunc1,
                },
            },
        }
    }
}

impl StopFile {
    fn into_stop(self, names: &Names) -> Result<Stop, FormatError> {
        Ok(Stop {
            location: names.find(&self.location)?,
            windows: self.windows,
            service: self.service,
        })
    }
}

impl JobFile {
    fn into_job(self, names: &Names) -> Result<Job, FormatError> {
        let task = match (self.stop, self.pickup, self.delivery) {
            (Some(stop), None, None) => Task::Visit {
                stop: stop.into_stop(names)?,
                deliver: self.deliver,
                collect: self.collect,
            },
            (None, Some(pickup), Some(delivery)) => Task::Shipment {
                pickup: pickup.into_stop(names)?,
                delivery: delivery.into_stop(names)?,
                amount: self.amount,
            },
            _ => {
                let name = self.name;
                return Err(FormatError::Json(format!(
                    "job `{name}` has neither a `stop` alone nor both `pickup` and `delivery`"
                )));
            }
        };
        Ok(Job {
            name: self.name,
            task,
            release: self.release,
            prize: self.prize,
            skills: self.skills,
            goods: self.goods,
        })
    }
}

impl VehicleFile {
    fn into_type(self, names: &Names, networks: &[String]) -> Result<VehicleType, FormatError> {
        let network = match self.network {
            None => 0,
            Some(name) => {
                let found = networks.iter().position(|other| *other == name);
                found.ok_or_else(|| FormatError::Json(format!("there is no network `{name}`")))?
            }
        };
        Ok(VehicleType {
            start: names.find(&self.start)?,
            end: self.end.map(|end| names.find(&end)).transpose()?,
            network,
            name: self.name,
            count: self.count,
            capacity: self.capacity,
            fixed_cost: self.fixed_cost,
            cost_per_distance: self.cost_per_distance,
            cost_per_time: self.cost_per_time,
            paid_time: self.paid_time,
            cost_per_overtime: self.cost_per_overtime,
            shift: self.shift.unwrap_or((0.0, f64::INFINITY)),
            max_distance: self.max_distance,
            max_duration: self.max_duration,
            skills: self.skills,
            breaks: self.breaks.map(|file| Breaks {
                driving: file.driving,
                pause: file.pause,
                daily_driving: file.daily_driving,
            }),
            energy: self.energy.map(|file| Energy {
                carrier: file.carrier,
                empty: file.empty,
                full: file.full,
                kg_co2e_per_unit: file.kg_co2e_per_unit,
            }),
            battery: self.battery.map(|file| Battery {
                capacity: file.capacity,
                consumption: file.consumption,
                charging_time: file.charging_time,
            }),
        })
    }
}

/// Writes a problem.
///
/// # Errors
/// When serde cannot write it.
pub fn problem_to_json(problem: &Problem) -> Result<String, FormatError> {
    let file = wire::problem(problem);
    serde_json::to_string_pretty(&file).map_err(|error| FormatError::Json(error.to_string()))
}

#[derive(Serialize)]
struct PlanFile<'a> {
    cost: f64,
    vehicles: usize,
    co2e_kg: f64,
    distance: f64,
    routes: Vec<RouteFile<'a>>,
    unassigned: Vec<UnassignedFile<'a>>,
}

#[derive(Serialize)]
struct RouteFile<'a> {
    vehicle: &'a str,
    departure: f64,
    visits: Vec<VisitFile<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum VisitFile<'a> {
    Job(&'a str),
    Pickup(&'a str),
    Delivery(&'a str),
    Charge { station: &'a str, amount: f64 },
    Pause(f64),
}

#[derive(Serialize)]
struct UnassignedFile<'a> {
    job: &'a str,
    reason: &'a str,
}

/// Writes a plan.
///
/// # Errors
/// When serde cannot write it.
pub fn plan_to_json(problem: &Problem, plan: &Plan) -> Result<String, FormatError> {
    let visit = |visit: &Visit| match *visit {
        Visit::Job(job) => {
            let job = &problem.jobs[job];
            if matches!(job.task, Task::Visit { .. }) { VisitFile::Job(&job.name) } else { VisitFile::Pickup(&job.name) }
        }
        Visit::Delivery(job) => VisitFile::Delivery(&problem.jobs[job].name),
        Visit::Station { station, amount } => VisitFile::Charge {
            station: &problem.stations[station].name,
            amount,
        },
        Visit::Pause(length) => VisitFile::Pause(length),
    };
    let file = PlanFile {
        cost: plan.cost,
        vehicles: plan.tours.len(),
        co2e_kg: plan.co2e_kg,
        distance: plan.distance,
        routes: plan
            .tours
            .iter()
            .map(|tour| RouteFile {
                vehicle: &problem.vehicles[tour.vehicle].name,
                departure: tour.departure,
                visits: tour.visits.iter().map(visit).collect(),
            })
            .collect(),
        unassigned: plan
            .unassigned
            .iter()
            .map(|left| UnassignedFile {
                job: &problem.jobs[left.job].name,
                reason: &left.reason,
            })
            .collect(),
    };
    serde_json::to_string_pretty(&file).map_err(|error| FormatError::Json(error.to_string()))
}

mod wire {
    use super::*;

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
            networks: problem.networks.iter().enumerate().map(|(at, n)| (network_name(at), network(problem, n))).collect(),
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
        }
    }
}
