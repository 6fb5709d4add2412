//! Cordeau's multi-depot sets (with and without time windows), double-precision straight lines.
//!
//! # Source
//! Cordeau, Gendreau, Laporte 1997; Cordeau, Laporte, Mercier 2001. First line: type (missing in some
//! copies), vehicles per depot, customers, depots; then a line of longest duration and capacity per depot; then customers and depots.

use super::tokens::{Row, at, lines};
use super::{FormatError, MOST_NODES};
use crate::network::{Network, Rounding};
use crate::problem::{Job, Location, Problem, Stop, VehicleType};

/// # Errors
/// The line that cannot be understood, or the part that is missing.
pub(super) fn read(text: &str) -> Result<Problem, FormatError> {
    let rows = lines(text)
        .map(|(line, content)| Row::parse(line, content))
        .collect::<Result<Vec<_>, _>>()?;
    let head = rows.first().ok_or(FormatError::Unknown)?;
    let skip = usize::from(head.values.len() > 3);
    let (vehicles, customers, depots) = (
        head.index(skip, "m")?,
        head.index(skip + 1, "n")?,
        head.index(skip + 2, "t")?,
    );
    if customers > MOST_NODES || depots > MOST_NODES {
        return Err(at(head.line, "too many stops"));
    }
    let wanted = 1 + 2 * depots + customers;
    if rows.len() < wanted {
        return Err(FormatError::Missing(format!(
            "some of the {wanted} lines the first line promises"
        )));
    }
    let mut problem = Problem {
        networks: vec![Network::points(Rounding::Exact)],
        ..Problem::default()
    };
    for row in &rows[1 + depots..wanted] {
        problem.locations.push(Location {
            name: row.index(0, "i")?.to_string(),
            x: row.get(1, "x")?,
            y: row.get(2, "y")?,
        });
    }
    for (location, row) in rows[1 + depots..1 + depots + customers].iter().enumerate() {
        customer(&mut problem, location, row)?;
    }
    for (number, row) in rows[1..=depots].iter().enumerate() {
        let depot = customers + number;
        let mut vehicle = VehicleType::from_depot(depot, row.get(1, "Q")?);
        vehicle.name = format!("depot {}", problem.locations[depot].name);
        vehicle.count = Some(vehicles);
        vehicle.max_duration = Some(row.get(0, "D")?).filter(|&limit| limit > 0.0);
        problem.vehicles.push(vehicle);
    }
    Ok(problem)
}

fn customer(problem: &mut Problem, location: usize, row: &Row) -> Result<(), FormatError> {
    let combinations = row.index(6, "a")?;
    let after = 7 + combinations;
    let windows = match (row.values.get(after), row.values.get(after + 1)) {
        (Some(&open), Some(&close)) => vec![(open, close)],
        _ => Vec::new(),
    };
    let stop = Stop {
        location,
        windows,
        service: row.get(3, "d")?,
    };
    let name = problem.locations[location].name.clone();
    problem.jobs.push(Job::visit(name, stop, row.get(4, "q")?, 0.0));
    Ok(())
}
