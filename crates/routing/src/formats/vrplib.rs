//! VRPLIB: headers and sections, as CVRPLIB, LKH-3 and PyVRP write them.
//!
//! # Source
//! CVRPLIB (Uchoa et al. 2017) for capacity; Helsgaun 2017 (LKH-3) for `PICKUP_AND_DELIVERY_SECTION`, whose columns are
//! number, demand, earliest, latest, service, pickup, delivery; PyVRP's dialect for fleets, depots and backhauls.

use std::collections::BTreeMap;

use super::tokens::{Row, at, lines, shorten};
use super::{FormatError, MOST_NODES};
use crate::network::{Network, Rounding};
use crate::problem::{Job, Location, Problem, Stop, VehicleType};

/// From this time on a window of the LKH-3 sets means "any time".
const NO_LIMIT: f64 = 999_999.0;

/// # Errors
/// The line that cannot be understood, or the part that is missing.
pub(super) fn read(text: &str) -> Result<Problem, FormatError> {
    File::parse(text)?.problem()
}

#[derive(Default)]
struct File {
    header: BTreeMap<String, (usize, String)>,
    sections: BTreeMap<String, Vec<Row>>,
}

impl File {
    fn parse(text: &str) -> Result<Self, FormatError> {
        let mut file = Self::default();
        let mut section: Option<String> = None;
        for (line, content) in lines(text) {
            let word = content.trim_end_matches(':').trim();
            if content == "EOF" {
                break;
            }
            if word.ends_with("_SECTION") {
                section = Some(word.to_owned());
                file.sections.entry(word.to_owned()).or_default();
            } else if let Some((key, value)) = content.split_once(':') {
                file.header
                    .insert(key.trim().to_owned(), (line, value.trim().to_owned()));
                section = None;
            } else if let Some(name) = &section {
                let row = Row::parse(line, content)?;
                file.sections.entry(name.clone()).or_default().push(row);
            } else {
                return Err(at(line, format!("`{}` belongs to no section", shorten(content))));
            }
        }
        Ok(file)
    }

    fn word(&self, key: &str) -> &str {
        self.header.get(key).map_or("", |entry| entry.1.as_str())
    }

    fn number(&self, key: &str) -> Result<Option<f64>, FormatError> {
        let Some((line, text)) = self.header.get(key) else {
            return Ok(None);
        };
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        value
            .map(Some)
            .ok_or_else(|| at(*line, format!("`{key}` is `{}`, a number wanted", shorten(text))))
    }

    fn rows(&self, section: &str) -> &[Row] {
        self.sections.get(section).map_or(&[], Vec::as_slice)
    }

    /// A section of a number and a value, by number (counted from one).
    fn column(&self, section: &str, count: usize) -> Result<Option<Vec<f64>>, FormatError> {
        if self.rows(section).is_empty() {
            return Ok(None);
        }
        let mut values = vec![0.0; count];
        for row in self.rows(section) {
            let at_most = row.index(0, "number")?;
            let slot = at_most.checked_sub(1).and_then(|at| values.get_mut(at));
            *slot.ok_or_else(|| at(row.line, format!("there is no number {at_most}")))? = row.get(1, "value")?;
        }
        Ok(Some(values))
    }

    fn problem(&self) -> Result<Problem, FormatError> {
        let count = self.dimension()?;
        let mut problem = Problem {
            name: self.word("NAME").to_owned(),
            ..Problem::default()
        };
        self.places(count, &mut problem)?;
        let depots = self.depots(count)?;
        let shifts = self.jobs(count, &depots, &mut problem)?;
        self.vehicles(&depots, &shifts, &mut problem)?;
        let kind = self.word("TYPE");
        problem.rules.backhaul_last = kind.starts_with("VRPB") && !kind.contains("MIX");
        problem.rules.backhaul_needs_linehaul = problem.rules.backhaul_last;
        Ok(problem)
    }

    fn dimension(&self) -> Result<usize, FormatError> {
        let Some((line, text)) = self.header.get("DIMENSION") else {
            return Ok(self.rows("NODE_COORD_SECTION").len());
        };
        let count = text
            .parse::<usize>()
            .ok()
            .filter(|&count| count > 0 && count <= MOST_NODES);
        let count = count.ok_or_else(|| at(*line, format!("`DIMENSION` is `{}`", shorten(text))))?;
        let rows = self.rows("NODE_COORD_SECTION").len();
        let matrix: usize = self
            .rows("EDGE_WEIGHT_SECTION")
            .iter()
            .map(|row| row.values.len())
            .sum();
        if rows != count && matrix != count.saturating_mul(count) {
            return Err(FormatError::Missing(format!(
                "coordinates or a full matrix of {count} nodes"
            )));
        }
        Ok(count)
    }

    fn places(&self, count: usize, problem: &mut Problem) -> Result<(), FormatError> {
        problem.locations = (0..count)
            .map(|number| Location {
                // Solution files of the library count the depot as zero.
                name: number.to_string(),
                ..Location::default()
            })
            .collect();
        for row in self.rows("NODE_COORD_SECTION") {
            let number = row.index(0, "number")?;
            let slot = number.checked_sub(1).and_then(|at| problem.locations.get_mut(at));
            let location = slot.ok_or_else(|| at(row.line, format!("there is no node {number}")))?;
            (location.x, location.y) = (row.get(1, "x")?, row.get(2, "y")?);
        }
        let network = match self.word("EDGE_WEIGHT_TYPE") {
            "EXPLICIT" => Network::matrix(self.matrix()?),
            // The multi-depot sets of PyVRP's dialect are not rounded.
            "EUC_2D" if self.word("TYPE").starts_with("MDVRP") => Network::points(Rounding::Exact),
            "EUC_2D" => Network::points(Rounding::Integer),
            "EXACT_2D" => Network::points(Rounding::Exact),
            other => {
                return Err(FormatError::Missing(format!(
                    "an edge weight type we know instead of `{other}`"
                )));
            }
        };
        problem.networks.push(network);
        Ok(())
    }

    fn matrix(&self) -> Result<Vec<f64>, FormatError> {
        match self.word("EDGE_WEIGHT_FORMAT") {
            "FULL_MATRIX" | "" => Ok(self
                .rows("EDGE_WEIGHT_SECTION")
                .iter()
                .flat_map(|row| row.values.iter().copied())
                .collect()),
            other => Err(FormatError::Missing(format!("a full matrix instead of `{other}`"))),
        }
    }

    fn depots(&self, count: usize) -> Result<Vec<usize>, FormatError> {
        let mut depots = Vec::new();
        for row in self.rows("DEPOT_SECTION") {
            if row.values.first().is_some_and(|&value| value < 0.0) {
                break;
            }
            let number = row.index(0, "depot")?;
            match number.checked_sub(1).filter(|&at| at < count) {
                Some(depot) => depots.push(depot),
                None => return Err(at(row.line, format!("there is no node {number}"))),
            }
        }
        if depots.is_empty() {
            Err(FormatError::Missing("the depot".to_owned()))
        } else {
            Ok(depots)
        }
    }

    /// Makes the jobs; returns the depots' windows.
    fn jobs(
        &self,
        count: usize,
        depots: &[usize],
        problem: &mut Problem,
    ) -> Result<BTreeMap<usize, (f64, f64)>, FormatError> {
        let mut nodes = vec![Demand::default(); count];
        let all = self.number("SERVICE_TIME")?.unwrap_or(0.0);
        for node in &mut nodes {
            node.service = all;
        }
        if let Some(demands) = self.column("DEMAND_SECTION", count)? {
            nodes
                .iter_mut()
                .zip(demands)
                .for_each(|(node, demand)| node.deliver = demand);
        }
        if let Some(services) = self.column("SERVICE_TIME_SECTION", count)? {
            nodes
                .iter_mut()
                .zip(services)
                .for_each(|(node, service)| node.service = service);
        }
        self.backhauls(&mut nodes)?;
        self.windows(&mut nodes)?;
        self.pickups_and_deliveries(&mut nodes)?;
        let mut shifts = BTreeMap::new();
        for (location, node) in nodes.into_iter().enumerate() {
            if depots.contains(&location) {
                shifts.extend(node.window.map(|window| (location, window)));
                continue;
            }
            let stop = Stop {
                location,
                windows: node.window.into_iter().collect(),
                service: node.service,
            };
            let name = problem.locations[location].name.clone();
            problem.jobs.push(Job::visit(name, stop, node.deliver, node.collect));
        }
        Ok(shifts)
    }

    /// Either a number and an amount on every line, or a list of numbers whose demands go the other way.
    fn backhauls(&self, nodes: &mut [Demand]) -> Result<(), FormatError> {
        for row in self.rows("BACKHAUL_SECTION") {
            for (column, &value) in
                row.values
                    .iter()
                    .enumerate()
                    .take(if row.values.len() == 2 { 1 } else { usize::MAX })
            {
                if value < 0.0 {
                    return Ok(());
                }
                let number = row.index(column, "number")?;
                let slot = number.checked_sub(1).and_then(|at| nodes.get_mut(at));
                let node = slot.ok_or_else(|| at(row.line, format!("there is no node {number}")))?;
                if row.values.len() == 2 {
                    node.collect = row.get(1, "amount")?;
                } else {
                    node.collect = std::mem::take(&mut node.deliver);
                }
            }
        }
        Ok(())
    }

    fn windows(&self, nodes: &mut [Demand]) -> Result<(), FormatError> {
        for row in self.rows("TIME_WINDOW_SECTION") {
            let number = row.index(0, "number")?;
            let slot = number.checked_sub(1).and_then(|at| nodes.get_mut(at));
            let node = slot.ok_or_else(|| at(row.line, format!("there is no node {number}")))?;
            node.window = Some((row.get(1, "earliest")?, row.get(2, "latest")?));
        }
        Ok(())
    }

    fn pickups_and_deliveries(&self, nodes: &mut [Demand]) -> Result<(), FormatError> {
        for row in self.rows("PICKUP_AND_DELIVERY_SECTION") {
            let number = row.index(0, "number")?;
            let slot = number.checked_sub(1).and_then(|at| nodes.get_mut(at));
            let node = slot.ok_or_else(|| at(row.line, format!("there is no node {number}")))?;
            let window = (row.get(2, "earliest")?, row.get(3, "latest")?);
            node.window = (window.0 > 0.0 || window.1 < NO_LIMIT).then_some(window);
            node.service = row.get(4, "service")?;
            node.collect = row.get(5, "pickup")?;
            node.deliver = row.get(6, "delivery")?;
        }
        Ok(())
    }

    fn vehicles(
        &self,
        depots: &[usize],
        shifts: &BTreeMap<usize, (f64, f64)>,
        problem: &mut Problem,
    ) -> Result<(), FormatError> {
        let listed = ["CAPACITY_SECTION", "VEHICLES_DEPOT_SECTION"]
            .iter()
            .map(|name| self.rows(name).len())
            .max();
        let listed = listed.unwrap_or(0);
        if listed == 0 {
            let mut vehicle = self.vehicle(depots[0], self.number("CAPACITY")?.unwrap_or(f64::INFINITY))?;
            vehicle.count = self.binding_count()?;
            vehicle.shift = shifts.get(&depots[0]).copied().unwrap_or(vehicle.shift);
            problem.vehicles.push(vehicle);
            return Ok(());
        }
        let capacities = self.column("CAPACITY_SECTION", listed)?;
        let fixed = self.column("VEHICLES_FIXED_COST_SECTION", listed)?;
        let unit = self.column("VEHICLES_UNIT_DISTANCE_COST_SECTION", listed)?;
        let homes = self.column("VEHICLES_DEPOT_SECTION", listed)?;
        let common = self.number("CAPACITY")?;
        for number in 0..listed {
            let value = |column: &Option<Vec<f64>>| column.as_ref().map(|values| values[number]);
            let home = match value(&homes) {
                None => depots[0],
                Some(home) => Self::home(home, depots)?,
            };
            let capacity = value(&capacities).or(common).unwrap_or(f64::INFINITY);
            let mut vehicle = self.vehicle(home, capacity)?;
            vehicle.count = Some(1);
            vehicle.fixed_cost = value(&fixed).unwrap_or(0.0);
            vehicle.cost_per_distance = value(&unit).unwrap_or(1.0);
            vehicle.shift = shifts.get(&home).copied().unwrap_or(vehicle.shift);
            add(problem, vehicle);
        }
        Ok(())
    }

    fn home(number: f64, depots: &[usize]) -> Result<usize, FormatError> {
        #[expect(clippy::cast_precision_loss, reason = "numbers of nodes")]
        let found = depots
            .iter()
            .copied()
            .find(|&depot| (depot as f64 - (number - 1.0)).abs() < 0.5);
        found.ok_or_else(|| FormatError::Missing(format!("the depot {number} of a vehicle")))
    }

    fn vehicle(&self, depot: usize, capacity: f64) -> Result<VehicleType, FormatError> {
        let mut vehicle = VehicleType::from_depot(depot, capacity);
        let limit = self
            .number("DISTANCE")?
            .filter(|&limit| limit > 0.0 && limit < NO_LIMIT);
        vehicle.max_duration = self.number("VEHICLES_MAX_DURATION")?.or(limit);
        Ok(vehicle)
    }

    /// The number of vehicles binds where the set says so: backhauls, and returns with time windows.
    fn binding_count(&self) -> Result<Option<usize>, FormatError> {
        let binds = matches!(self.word("TYPE"), "VRPB" | "VRPBTW" | "VRPSPDTW");
        let Some(count) = self.number("VEHICLES")?.filter(|_| binds) else {
            return Ok(None);
        };
        if !(0.0..=1.0e7).contains(&count) {
            return Err(FormatError::Missing("a sensible number of vehicles".to_owned()));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked just before"
        )]
        Ok(Some(count as usize))
    }
}

#[derive(Clone, Default)]
struct Demand {
    deliver: f64,
    collect: f64,
    service: f64,
    window: Option<(f64, f64)>,
}

/// Adds a vehicle to the type that is like it.
fn add(problem: &mut Problem, vehicle: VehicleType) {
    let alike = problem.vehicles.iter_mut().find(|other| {
        let single = VehicleType {
            count: Some(1),
            name: vehicle.name.clone(),
            ..(*other).clone()
        };
        single == vehicle
    });
    if let Some(other) = alike {
        other.count = other.count.map(|count| count + 1);
        return;
    }
    let name = format!("type {}", problem.vehicles.len() + 1);
    problem.vehicles.push(VehicleType { name, ..vehicle });
}
