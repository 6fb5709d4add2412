//! What makes no sense in a problem, named with the job or vehicle and the field.

use crate::network::Metric;
use crate::problem::{Job, Problem, Stop, Task, VehicleType};

/// A problem that cannot be understood.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ProblemError {
    /// Nothing to drive with.
    #[error("there are no vehicle types")]
    NoVehicles,
    /// Nothing to drive on.
    #[error("there is no network")]
    NoNetwork,
    /// A field holds a value that means nothing.
    #[error("{item}: `{field}` is {value}, {wanted}")]
    Value {
        /// The job, vehicle or station.
        item: String,
        /// The field.
        field: &'static str,
        /// What it holds.
        value: f64,
        /// What it should be.
        wanted: &'static str,
    },
    /// An index leads nowhere.
    #[error("{item}: `{field}` is {index}, there are {count}")]
    Index {
        /// The job, vehicle or station.
        item: String,
        /// The field.
        field: &'static str,
        /// The index.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// Lengths that must agree do not.
    #[error("{item}: `{field}` has {found} entries, {wanted} wanted")]
    Length {
        /// The job, vehicle or network.
        item: String,
        /// The field.
        field: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        wanted: usize,
    },
    /// Two jobs of one name.
    #[error("job `{0}`: the name is given twice")]
    Twice(String),
    /// With deliveries before collections, one stop cannot do both.
    #[error("job `{0}`: it delivers and collects at one stop, while the rule wants deliveries before collections")]
    BothWays(String),
    /// Two things a vehicle cannot have at once.
    #[error("{item}: `{first}` and `{second}` cannot be combined")]
    Together {
        /// The vehicle.
        item: String,
        /// One field.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// More kinds of something than a set can hold.
    #[error("there are {count} {what}, at most {limit} can be told apart")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many may be.
        limit: usize,
    },
}

type Checked = Result<(), ProblemError>;

/// Most skills, and most goods that conflict.
const MOST_NAMES: usize = 62;

impl Problem {
    /// Says what makes no sense.
    ///
    /// # Errors
    /// The first field found that means nothing.
    pub fn validate(&self) -> Checked {
        if self.vehicles.is_empty() {
            return Err(ProblemError::NoVehicles);
        }
        if self.networks.is_empty() {
            return Err(ProblemError::NoNetwork);
        }
        self.check_networks()?;
        for vehicle in &self.vehicles {
            self.check_vehicle(vehicle)?;
        }
        for job in &self.jobs {
            self.check_job(job)?;
        }
        for station in &self.stations {
            let item = format!("station `{}`", station.name);
            index(&item, "location", station.location, self.locations.len())?;
        }
        self.check_names()?;
        number("objective", "cost", self.objective.cost)?;
        number("objective", "co2e", self.objective.co2e)
    }

    fn check_networks(&self) -> Checked {
        for (at, location) in self.locations.iter().enumerate() {
            if !location.x.is_finite() || !location.y.is_finite() {
                let value = if location.x.is_finite() { location.y } else { location.x };
                return Err(bad(
                    &format!("location {at} `{}`", location.name),
                    "coordinates",
                    value,
                    "a number wanted",
                ));
            }
        }
        for (at, network) in self.networks.iter().enumerate() {
            self.check_metric(at, "distance", &network.distance)?;
            self.check_metric(at, "duration", network.duration())?;
        }
        Ok(())
    }

    fn check_metric(&self, at: usize, field: &'static str, metric: &Metric) -> Checked {
        let n = self.locations.len();
        match metric {
            Metric::Points { factor, .. } => number(&format!("network {at}"), field, *factor),
            Metric::Matrix(values) => {
                if Some(values.len()) != n.checked_mul(n) {
                    return Err(ProblemError::Length {
                        item: format!("network {at}"),
                        field,
                        found: values.len(),
                        wanted: n.saturating_mul(n),
                    });
                }
                let wrong = values.iter().position(|value| value.is_nan() || *value < 0.0);
                wrong.map_or(Ok(()), |place| {
                    let (from, to) = (place / n, place % n);
                    let item = format!("network {at}, from location {from} to {to}");
                    Err(bad(
                        &item,
                        field,
                        values[place],
                        "zero or more wanted (infinite when there is no road)",
                    ))
                })
            }
        }
    }

    fn check_vehicle(&self, vehicle: &VehicleType) -> Checked {
        let item = format!("vehicle type `{}`", vehicle.name);
        index(&item, "start", vehicle.start, self.locations.len())?;
        index(&item, "end", vehicle.end.unwrap_or(vehicle.start), self.locations.len())?;
        index(&item, "network", vehicle.network, self.networks.len())?;
        for &capacity in &vehicle.capacity {
            if capacity.is_nan() || capacity < 0.0 {
                return Err(bad(&item, "capacity", capacity, "zero or more wanted"));
            }
        }
        number(&item, "fixed_cost", vehicle.fixed_cost)?;
        number(&item, "cost_per_distance", vehicle.cost_per_distance)?;
        number(&item, "cost_per_time", vehicle.cost_per_time)?;
        number(&item, "cost_per_overtime", vehicle.cost_per_overtime)?;
        let (open, close) = vehicle.shift;
        if !open.is_finite() || close.is_nan() || close < open {
            return Err(bad(&item, "shift", close, "an end not before its start wanted"));
        }
        let limits = [
            ("max_distance", vehicle.max_distance),
            ("max_duration", vehicle.max_duration),
            ("paid_time", vehicle.paid_time),
        ];
        for (field, limit) in limits {
            if let Some(limit) = limit
                && (limit.is_nan() || limit < 0.0)
            {
                return Err(bad(&item, field, limit, "zero or more wanted"));
            }
        }
        Self::check_energy(&item, vehicle)
    }

    fn check_energy(item: &str, vehicle: &VehicleType) -> Checked {
        if let Some(energy) = &vehicle.energy {
            number(item, "energy.empty", energy.empty)?;
            number(item, "energy.full", energy.full)?;
            number(item, "energy.kg_co2e_per_unit", energy.kg_co2e_per_unit)?;
        }
        if let Some(battery) = &vehicle.battery {
            number(item, "battery.capacity", battery.capacity)?;
            number(item, "battery.consumption", battery.consumption)?;
            number(item, "battery.charging_time", battery.charging_time)?;
        }
        if let Some(reloads) = &vehicle.reloads {
            number(item, "reloads.time", reloads.time)?;
            if vehicle.battery.is_some() {
                return Err(ProblemError::Together {
                    item: item.to_owned(),
                    first: "battery",
                    second: "reloads",
                });
            }
        }
        if let Some(breaks) = &vehicle.breaks {
            number(item, "breaks.driving", breaks.driving)?;
            number(item, "breaks.pause", breaks.pause)?;
            number(item, "breaks.daily_driving", breaks.daily_driving)?;
        }
        Ok(())
    }

    fn check_job(&self, job: &Job) -> Checked {
        let item = format!("job `{}`", job.name);
        for stop in job.stops() {
            self.check_stop(&item, stop)?;
        }
        match &job.task {
            Task::Visit { deliver, collect, .. } => {
                amounts(&item, "deliver", deliver)?;
                amounts(&item, "collect", collect)?;
                let some = |amount: &[f64]| amount.iter().any(|&q| q > 0.0);
                if self.rules.backhaul_last && some(deliver) && some(collect) {
                    return Err(ProblemError::BothWays(job.name.clone()));
                }
            }
            Task::Shipment { amount, .. } => amounts(&item, "amount", amount)?,
        }
        number(&item, "release", job.release)?;
        job.prize.map_or(Ok(()), |prize| number(&item, "prize", prize))
    }

    fn check_stop(&self, item: &str, stop: &Stop) -> Checked {
        index(item, "location", stop.location, self.locations.len())?;
        number(item, "service", stop.service)?;
        let mut last = f64::NEG_INFINITY;
        for &(open, close) in &stop.windows {
            if open.is_nan() || close.is_nan() || open < last || close < open {
                return Err(bad(
                    item,
                    "windows",
                    open,
                    "windows in order that end after they begin wanted",
                ));
            }
            last = close;
        }
        Ok(())
    }

    fn check_names(&self) -> Checked {
        let mut names: Vec<&str> = self.jobs.iter().map(|job| job.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(ProblemError::Twice(pair[0].to_owned()));
        }
        let skills = self.vehicles.iter().flat_map(|vehicle| &vehicle.skills);
        few("skills", skills)?;
        few(
            "goods that conflict",
            self.rules.incompatible.iter().flat_map(|(a, b)| [a, b]),
        )
    }
}

fn few<'a>(what: &'static str, names: impl Iterator<Item = &'a String>) -> Checked {
    let mut names: Vec<&String> = names.collect();
    names.sort_unstable();
    names.dedup();
    if names.len() > MOST_NAMES {
        return Err(ProblemError::TooMany {
            what,
            count: names.len(),
            limit: MOST_NAMES,
        });
    }
    Ok(())
}

fn bad(item: &str, field: &'static str, value: f64, wanted: &'static str) -> ProblemError {
    ProblemError::Value {
        item: item.to_owned(),
        field,
        value,
        wanted,
    }
}

fn number(item: &str, field: &'static str, value: f64) -> Checked {
    if value.is_finite() && value >= 0.0 {
        Ok(())
    } else {
        Err(bad(item, field, value, "a number of zero or more wanted"))
    }
}

fn amounts(item: &str, field: &'static str, values: &[f64]) -> Checked {
    values.iter().try_for_each(|&value| number(item, field, value))
}

fn index(item: &str, field: &'static str, index: usize, count: usize) -> Checked {
    if index < count {
        return Ok(());
    }
    Err(ProblemError::Index {
        item: item.to_owned(),
        field,
        index,
        count,
    })
}
