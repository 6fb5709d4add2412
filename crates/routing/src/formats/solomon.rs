//! Solomon and Gehring-Homberger: deliveries with time windows.
//!
//! # Source
//! Solomon 1987; Gehring and Homberger 1999. Distances and times truncated to one decimal, distance minimised, fleet
//! free (12th DIMACS challenge, 2022).

use super::tokens::{Row, lines};
use super::{FormatError, MOST_NODES};
use crate::network::{Network, Rounding};
use crate::problem::{Job, Location, Problem, Stop, VehicleType};

/// # Errors
/// The line that cannot be understood, or the part that is missing.
pub(super) fn read(text: &str) -> Result<Problem, FormatError> {
    let name = lines(text).next().map(|(_, line)| line.to_owned()).unwrap_or_default();
    let mut rows = Vec::new();
    for (line, content) in lines(text).skip(1) {
        if content.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        rows.push(Row::parse(line, content)?);
    }
    let mut rows = rows.into_iter();
    let fleet = rows
        .next()
        .ok_or_else(|| FormatError::Missing("the line of the vehicles".to_owned()))?;
    let capacity = fleet.get(1, "CAPACITY")?;
    let mut problem = Problem {
        name,
        networks: vec![Network::points(Rounding::Trunc1)],
        ..Problem::default()
    };
    for row in rows {
        if problem.locations.len() >= MOST_NODES {
            return Err(super::tokens::at(row.line, "too many stops"));
        }
        stop(&mut problem, &row, capacity)?;
    }
    if problem.vehicles.is_empty() {
        return Err(FormatError::Missing("the depot".to_owned()));
    }
    Ok(problem)
}

fn stop(problem: &mut Problem, row: &Row, capacity: f64) -> Result<(), FormatError> {
    let location = problem.locations.len();
    let name = row.index(0, "CUST NO.")?.to_string();
    problem.locations.push(Location {
        name: name.clone(),
        x: row.get(1, "XCOORD.")?,
        y: row.get(2, "YCOORD.")?,
    });
    let window = (row.get(4, "READY TIME")?, row.get(5, "DUE DATE")?);
    if location == 0 {
        let mut vehicle = VehicleType::from_depot(0, capacity);
        vehicle.shift = window;
        problem.vehicles.push(vehicle);
        return Ok(());
    }
    let stop = Stop {
        location,
        windows: vec![window],
        service: row.get(6, "SERVICE TIME")?,
    };
    problem.jobs.push(Job::visit(name, stop, row.get(3, "DEMAND")?, 0.0));
    Ok(())
}
