//! Our own JSON for problems and plans; `docs/concepts/routing.md` describes it.
//!
//! Everything is referred to by name. The structs here are the format; the model has its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{FormatError, json_write};
use crate::network::{Metric, Network, Rounding};
use crate::problem::{
    Battery, Breaks, Energy, Job, Location, Objective, Problem, Reloads, Rules, Station, Stop, Task, VehicleType,
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProblemFile {
    #[serde(default)]
    pub(super) name: String,
    pub(super) locations: Vec<LocationFile>,
    #[serde(default)]
    pub(super) networks: BTreeMap<String, NetworkFile>,
    pub(super) jobs: Vec<JobFile>,
    pub(super) vehicles: Vec<VehicleFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) stations: Vec<StationFile>,
    #[serde(default)]
    pub(super) backhaul_last: bool,
    #[serde(default)]
    pub(super) backhaul_needs_linehaul: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) incompatible: Vec<(String, String)>,
    #[serde(default)]
    pub(super) objective: ObjectiveFile,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LocationFile {
    pub(super) name: String,
    #[serde(default)]
    pub(super) x: f64,
    #[serde(default)]
    pub(super) y: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkFile {
    pub(super) distance: MetricFile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) duration: Option<MetricFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum MetricFile {
    /// Rows in the order of the locations; `null` where there is no road.
    Matrix(Vec<Vec<Option<f64>>>),
    Points {
        factor: f64,
        rounding: RoundingFile,
    },
}

#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum RoundingFile {
    Exact,
    Integer,
    Trunc1,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StopFile {
    pub(super) location: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) windows: Vec<(f64, f64)>,
    #[serde(default)]
    pub(super) service: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JobFile {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stop: Option<StopFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) deliver: Vec<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) collect: Vec<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pickup: Option<StopFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) delivery: Option<StopFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) amount: Vec<f64>,
    #[serde(default)]
    pub(super) release: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) prize: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) skills: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) goods: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VehicleFile {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) count: Option<usize>,
    pub(super) capacity: Vec<f64>,
    pub(super) start: String,
    /// Absent: ends where the last stop is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) network: Option<String>,
    #[serde(default)]
    pub(super) fixed_cost: f64,
    #[serde(default)]
    pub(super) cost_per_distance: f64,
    #[serde(default)]
    pub(super) cost_per_time: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) paid_time: Option<f64>,
    #[serde(default)]
    pub(super) cost_per_overtime: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) shift: Option<(f64, f64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max_distance: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max_duration: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) skills: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) breaks: Option<BreaksFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) energy: Option<EnergyFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) battery: Option<BatteryFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reloads: Option<ReloadsFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReloadsFile {
    /// Absent: as often as wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) most: Option<usize>,
    #[serde(default)]
    pub(super) time: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BreaksFile {
    pub(super) driving: f64,
    pub(super) pause: f64,
    pub(super) daily_driving: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EnergyFile {
    pub(super) carrier: String,
    pub(super) empty: f64,
    pub(super) full: f64,
    pub(super) kg_co2e_per_unit: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BatteryFile {
    pub(super) capacity: f64,
    pub(super) consumption: f64,
    pub(super) charging_time: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StationFile {
    pub(super) name: String,
    pub(super) location: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectiveFile {
    pub(super) cost: f64,
    pub(super) co2e: f64,
    #[serde(default)]
    pub(super) vehicles_first: bool,
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
        jobs: file
            .jobs
            .into_iter()
            .map(|job| job.into_job(&names))
            .collect::<Result<_, _>>()?,
        vehicles: file
            .vehicles
            .into_iter()
            .map(|v| v.into_type(&names, &network_names))
            .collect::<Result<_, _>>()?,
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
                return Err(FormatError::Json(format!(
                    "two locations are called `{}`",
                    location.name
                )));
            }
        }
        Ok(Self(names))
    }

    fn find(&self, name: &str) -> Result<usize, FormatError> {
        self.0
            .get(name)
            .copied()
            .ok_or_else(|| FormatError::Json(format!("there is no location `{name}`")))
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
            reloads: self.reloads.map(|file| Reloads {
                most: file.most,
                time: file.time,
            }),
        })
    }
}

/// Writes a problem.
///
/// # Errors
/// When serde cannot write it.
pub fn problem_to_json(problem: &Problem) -> Result<String, FormatError> {
    let file = json_write::problem(problem);
    serde_json::to_string_pretty(&file).map_err(|error| FormatError::Json(error.to_string()))
}
