//! Electric vehicles with time windows and charging stations.
//!
//! # Source
//! Schneider, Stenger, Goeke 2014 (Transportation Science 48). Fewest vehicles first, then distance; partial recharging
//! as in Keskin and Çatay 2016.

use super::tokens::{at, lines};
use super::{FormatError, MOST_NODES};
use crate::network::{Metric, Network, Rounding};
use crate::problem::{Battery, Job, Location, Objective, Problem, Station, Stop, VehicleType};

/// # Errors
/// The line that cannot be understood, or the part that is missing.
pub(super) fn read(text: &str) -> Result<Problem, FormatError> {
    let mut problem = Problem {
        objective: Objective {
            vehicles_first: true,
            ..Objective::default()
        },
        ..Problem::default()
    };
    let (mut fuel, mut capacity, mut consumption, mut charging_time, mut speed) = (None, None, None, None, None);
    let mut shift = None;
    for (line, content) in lines(text).skip(1) {
        if content.contains('/') {
            let value = content
                .split('/')
                .nth(1)
                .and_then(|word| word.trim().parse::<f64>().ok());
            let value = value.filter(|value| value.is_finite());
            let slot = match content.chars().next() {
                Some('Q') => &mut fuel,
                Some('C') => &mut capacity,
                Some('r') => &mut consumption,
                Some('g') => &mut charging_time,
                Some('v') => &mut speed,
                _ => return Err(at(line, "a line with an unknown parameter")),
            };
            *slot = Some(value.ok_or_else(|| at(line, "a number between slashes wanted"))?);
            continue;
        }
        if let Some(window) = row(&mut problem, line, content)? {
            shift = Some(window);
        }
    }
    let need = |value: Option<f64>, what: &str| value.ok_or_else(|| FormatError::Missing(what.to_owned()));
    let speed = need(speed, "the velocity")?;
    if speed <= 0.0 {
        return Err(FormatError::Missing("a velocity above zero".to_owned()));
    }
    let points = |factor| Metric::Points {
        factor,
        rounding: Rounding::Exact,
    };
    problem.networks.push(Network {
        distance: points(1.0),
        duration: Some(points(1.0 / speed)),
    });
    let mut vehicle = VehicleType::from_depot(0, need(capacity, "the load capacity")?);
    vehicle.shift = shift.ok_or_else(|| FormatError::Missing("the depot".to_owned()))?;
    vehicle.battery = Some(Battery {
        capacity: need(fuel, "the tank capacity")?,
        consumption: need(consumption, "the consumption rate")?,
        charging_time: need(charging_time, "the refuelling rate")?,
    });
    problem.vehicles.push(vehicle);
    Ok(problem)
}

/// Reads a place; the window when it is the depot.
fn row(problem: &mut Problem, line: usize, content: &str) -> Result<Option<(f64, f64)>, FormatError> {
    let words: Vec<&str> = content.split_whitespace().collect();
    let number = |column: usize| {
        let value = words
            .get(column)
            .and_then(|word| word.parse::<f64>().ok())
            .filter(|value| value.is_finite());
        value.ok_or_else(|| at(line, format!("column {} wants a number", column + 1)))
    };
    let location = problem.locations.len();
    if location >= MOST_NODES {
        return Err(at(line, "too many stops"));
    }
    let name = words[0].to_owned();
    problem.locations.push(Location {
        name: name.clone(),
        x: number(2)?,
        y: number(3)?,
    });
    let window = (number(5)?, number(6)?);
    match words.get(1).copied() {
        Some("d") if location == 0 => return Ok(Some(window)),
        Some("f") => problem.stations.push(Station { name, location }),
        Some("c") => {
            let stop = Stop {
                location,
                windows: vec![window],
                service: number(7)?,
            };
            problem.jobs.push(Job::visit(name, stop, number(4)?, 0.0));
        }
        _ => return Err(at(line, "the type is `d` (first, once), `f` or `c`")),
    }
    Ok(None)
}
