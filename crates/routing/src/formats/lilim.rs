//! Li and Lim: shipments with time windows; fewest vehicles first, then distance, nothing rounded.
//!
//! # Source
//! Li and Lim 2001; conventions of the SINTEF transportation benchmark pages.

use super::tokens::{Row, at, lines};
use super::{FormatError, MOST_NODES};
use crate::network::{Network, Rounding};
use crate::problem::{Job, Location, Objective, Problem, Stop, VehicleType};

/// # Errors
/// The line that cannot be understood, or the part that is missing.
pub(super) fn read(text: &str) -> Result<Problem, FormatError> {
    let rows = lines(text)
        .map(|(line, content)| Row::parse(line, content))
        .collect::<Result<Vec<_>, _>>()?;
    let mut rows = rows.into_iter();
    let fleet = rows.next().ok_or(FormatError::Unknown)?;
    let rows: Vec<Row> = rows.collect();
    let depot = rows
        .first()
        .ok_or_else(|| FormatError::Missing("the depot".to_owned()))?;
    if rows.len() > MOST_NODES {
        return Err(at(depot.line, "too many stops"));
    }
    let mut vehicle = VehicleType::from_depot(0, fleet.get(1, "capacity")?);
    vehicle.count = Some(fleet.index(0, "vehicles")?);
    vehicle.shift = (depot.get(4, "earliest")?, depot.get(5, "latest")?);
    let mut problem = Problem {
        networks: vec![Network::points(Rounding::Exact)],
        vehicles: vec![vehicle],
        objective: Objective {
            vehicles_first: true,
            ..Objective::default()
        },
        ..Problem::default()
    };
    for row in &rows {
        problem.locations.push(Location {
            name: row.index(0, "task")?.to_string(),
            x: row.get(1, "x")?,
            y: row.get(2, "y")?,
        });
    }
    for (location, row) in rows.iter().enumerate().skip(1) {
        let delivery = row.index(8, "delivery")?;
        if delivery == 0 {
            continue;
        }
        let other = rows
            .get(delivery)
            .ok_or_else(|| at(row.line, format!("there is no task {delivery}")))?;
        let job = Job::shipment(
            problem.locations[location].name.clone(),
            stop(location, row)?,
            stop(delivery, other)?,
            row.get(3, "demand")?,
        );
        problem.jobs.push(job);
    }
    Ok(problem)
}

fn stop(location: usize, row: &Row) -> Result<Stop, FormatError> {
    Ok(Stop {
        location,
        windows: vec![(row.get(4, "earliest")?, row.get(5, "latest")?)],
        service: row.get(6, "service")?,
    })
}
