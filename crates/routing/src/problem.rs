//! The nouns of a routing problem: locations, networks, jobs, vehicle types, rules and the objective.
//!
//! Distances, times and loads are in whatever unit the caller uses, as long as it is one unit for each; costs per
//! distance and per time then follow. Every field may hold any value: [`Problem::validate`] says what is wrong.

use crate::network::Network;

/// A complete routing problem.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Problem {
    /// A name for messages and pictures.
    pub name: String,
    /// Every place a vehicle can be.
    pub locations: Vec<Location>,
    /// Distances and durations; vehicle types point into this list.
    pub networks: Vec<Network>,
    /// What is to be done.
    pub jobs: Vec<Job>,
    /// With what.
    pub vehicles: Vec<VehicleType>,
    /// Where batteries can be charged.
    pub stations: Vec<Station>,
    /// Orders and conflicts that hold for every vehicle.
    pub rules: Rules,
    /// What "better" means.
    pub objective: Objective,
}

/// A place, with coordinates when the network is computed from points.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Location {
    /// How people call it.
    pub name: String,
    /// First coordinate.
    pub x: f64,
    /// Second coordinate.
    pub y: f64,
}

/// One visit to a location.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stop {
    /// Index into [`Problem::locations`].
    pub location: usize,
    /// Service must start in one of these windows, in order and apart; none means any time.
    pub windows: Vec<(f64, f64)>,
    /// How long the vehicle stands there.
    pub service: f64,
}

/// What is moved by a job.
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    /// One stop that receives `deliver` from the start depot and hands over `collect` to the end depot.
    Visit {
        /// Where and when.
        stop: Stop,
        /// Brought from the depot, per load dimension.
        deliver: Vec<f64>,
        /// Taken to the depot, per load dimension.
        collect: Vec<f64>,
    },
    /// Goods from one stop to another, on one vehicle.
    Shipment {
        /// Where the goods are taken on board.
        pickup: Stop,
        /// Where they leave the vehicle.
        delivery: Stop,
        /// How much, per load dimension.
        amount: Vec<f64>,
    },
}

/// One job: all of it is done by one vehicle, or it is left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// How people call it; unique.
    pub name: String,
    /// What is moved.
    pub task: Task,
    /// The goods are at the depot from this time on; the vehicle cannot leave on the trip before.
    pub release: f64,
    /// What leaving the job out costs; `None` means the job must be done if it can be.
    pub prize: Option<f64>,
    /// Skills the vehicle must have.
    pub skills: Vec<String>,
    /// The kind of goods, for [`Rules::incompatible`].
    pub goods: Option<String>,
}

/// Vehicles that are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct VehicleType {
    /// How people call it.
    pub name: String,
    /// How many there are; `None` means as many as wanted.
    pub count: Option<usize>,
    /// Payload per load dimension.
    pub capacity: Vec<f64>,
    /// Location where its tours start.
    pub start: usize,
    /// Location where its tours end; `None` means wherever the last stop is.
    pub end: Option<usize>,
    /// Index into [`Problem::networks`].
    pub network: usize,
    /// Cost of using one vehicle.
    pub fixed_cost: f64,
    /// Cost per distance.
    pub cost_per_distance: f64,
    /// Cost per time from departure to return.
    pub cost_per_time: f64,
    /// Paid working time; what goes beyond costs `cost_per_overtime` more per time.
    pub paid_time: Option<f64>,
    /// Extra cost per time beyond `paid_time`.
    pub cost_per_overtime: f64,
    /// Earliest departure and latest return.
    pub shift: (f64, f64),
    /// Longest tour.
    pub max_distance: Option<f64>,
    /// Longest time from departure to return.
    pub max_duration: Option<f64>,
    /// What it can do.
    pub skills: Vec<String>,
    /// Driving and rest times.
    pub breaks: Option<Breaks>,
    /// What it burns.
    pub energy: Option<Energy>,
    /// Its battery, when range matters.
    pub battery: Option<Battery>,
    /// Whether it may come back to its start and load again; the payload then holds for each trip.
    pub reloads: Option<Reloads>,
}

/// Loading again at the start depot: what was collected is unloaded, the deliveries of the next trip are loaded.
/// Shipments on board stay on board. Limits and rules of a tour hold for all trips together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reloads {
    /// Most times in a tour; `None` means as often as wanted.
    pub most: Option<usize>,
    /// How long one takes.
    pub time: f64,
}

/// Driving-time rule: after `driving` of driving without a pause of at least `pause`, a pause is due.
///
/// # Source
/// Regulation (EC) No 561/2006, art. 7: 45 minutes after four and a half hours of driving.
/// Waiting of at least `pause` counts as one; a pause is taken at a stop, before driving on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Breaks {
    /// Longest driving without a pause.
    pub driving: f64,
    /// Length of a pause.
    pub pause: f64,
    /// Longest driving in a tour (art. 6: nine hours).
    pub daily_driving: f64,
}

/// Load-dependent consumption: `empty + (full - empty) * load / payload` per distance.
///
/// The load is that of the first dimension and `payload` the first entry of the capacity.
#[derive(Debug, Clone, PartialEq)]
pub struct Energy {
    /// Energy carrier, in words.
    pub carrier: String,
    /// Consumption per distance when empty.
    pub empty: f64,
    /// Consumption per distance when full.
    pub full: f64,
    /// Emissions in kg CO2e per unit of consumption.
    pub kg_co2e_per_unit: f64,
}

/// A battery that limits range and can be charged at stations, partly if that is enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Battery {
    /// Usable content; tours start full.
    pub capacity: f64,
    /// Consumption per distance.
    pub consumption: f64,
    /// Time to charge one unit.
    pub charging_time: f64,
}

/// A place where batteries are charged.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Station {
    /// How people call it.
    pub name: String,
    /// Index into [`Problem::locations`].
    pub location: usize,
}

/// Orders and conflicts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// On a tour every delivery comes before the first collection.
    pub backhaul_last: bool,
    /// A tour that collects must also deliver.
    pub backhaul_needs_linehaul: bool,
    /// Pairs of goods that may not be on one tour.
    pub incompatible: Vec<(String, String)>,
}

/// What is minimised: a weighted sum, after the number of vehicles when `vehicles_first`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Objective {
    /// Weight of cost.
    pub cost: f64,
    /// Weight of one kg CO2e.
    pub co2e: f64,
    /// Fewest vehicles before anything else.
    pub vehicles_first: bool,
}

impl Default for Objective {
    fn default() -> Self {
        Self {
            cost: 1.0,
            co2e: 0.0,
            vehicles_first: false,
        }
    }
}

impl Job {
    /// A visit without windows that delivers one load dimension.
    pub fn delivery(name: impl Into<String>, location: usize, amount: f64) -> Self {
        let stop = Stop {
            location,
            ..Stop::default()
        };
        Self::visit(name, stop, amount, 0.0)
    }

    /// A visit with one load dimension.
    pub fn visit(name: impl Into<String>, stop: Stop, deliver: f64, collect: f64) -> Self {
        let task = Task::Visit {
            stop,
            deliver: vec![deliver],
            collect: vec![collect],
        };
        Self::of(name, task)
    }

    /// A shipment with one load dimension.
    pub fn shipment(name: impl Into<String>, pickup: Stop, delivery: Stop, amount: f64) -> Self {
        let task = Task::Shipment {
            pickup,
            delivery,
            amount: vec![amount],
        };
        Self::of(name, task)
    }

    fn of(name: impl Into<String>, task: Task) -> Self {
        Self {
            name: name.into(),
            task,
            release: 0.0,
            prize: None,
            skills: Vec::new(),
            goods: None,
        }
    }

    /// The stops of the job, in order.
    pub fn stops(&self) -> impl Iterator<Item = &Stop> {
        let (first, second) = match &self.task {
            Task::Visit { stop, .. } => (stop, None),
            Task::Shipment { pickup, delivery, .. } => (pickup, Some(delivery)),
        };
        std::iter::once(first).chain(second)
    }
}

impl VehicleType {
    /// Any number of vehicles of one capacity that start and end at `depot` and cost one per distance.
    pub fn from_depot(depot: usize, capacity: f64) -> Self {
        Self {
            name: "vehicle".to_owned(),
            count: None,
            capacity: vec![capacity],
            start: depot,
            end: Some(depot),
            network: 0,
            fixed_cost: 0.0,
            cost_per_distance: 1.0,
            cost_per_time: 0.0,
            paid_time: None,
            cost_per_overtime: 0.0,
            shift: (0.0, f64::INFINITY),
            max_distance: None,
            max_duration: None,
            skills: Vec::new(),
            breaks: None,
            energy: None,
            battery: None,
            reloads: None,
        }
    }
}
