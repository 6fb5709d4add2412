//! Milk collection with load-dependent CO2 and three vehicle types (EHFMCP).
//!
//! # Source
//! López-Castro, Solano-Charris, Pagès-Bernaus 2023 (Computers and Electronics in Agriculture 211). Emissions per
//! distance grow linearly from `Eo` (empty) to `Ef` (full); only emissions are minimised.

use super::tokens::at;
use super::{FormatError, MOST_NODES};
use crate::network::{Network, Rounding};
use crate::problem::{Energy, Job, Location, Objective, Problem, Stop, VehicleType};

/// Reads the table; with `free_fleet` every type can be bought in any number (the FSM variant).
///
/// # Errors
/// The line that cannot be understood, or the part that is missing.
pub(super) fn read(text: &str, free_fleet: bool) -> Result<Problem, FormatError> {
    let mut problem = Problem {
        networks: vec![Network::points(Rounding::Exact)],
        objective: Objective {
            cost: 0.0,
            co2e: 1.0,
            vehicles_first: false,
        },
        ..Problem::default()
    };
    let mut nodes = false;
    for (number, line) in text.lines().enumerate().skip(1) {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let name = cells.first().copied().unwrap_or("");
        if name.is_empty() {
            continue;
        }
        if name == "Node" || name == "Nodo" {
            nodes = true;
        } else if nodes {
            node(&mut problem, number + 1, &cells)?;
        } else {
            vehicle(&mut problem, number + 1, &cells, free_fleet)?;
        }
        if problem.locations.len() > MOST_NODES {
            return Err(at(number + 1, "too many stops"));
        }
    }
    if problem.locations.is_empty() {
        return Err(FormatError::Missing("the line of the plant".to_owned()));
    }
    Ok(problem)
}

fn cell(line: usize, cells: &[&str], column: usize) -> Result<f64, FormatError> {
    let text = cells.get(column).copied().unwrap_or("");
    let number = text.parse::<f64>().ok().filter(|value| value.is_finite());
    number.ok_or_else(|| at(line, format!("column {} is `{text}`, a number wanted", column + 1)))
}

fn vehicle(problem: &mut Problem, line: usize, cells: &[&str], free_fleet: bool) -> Result<(), FormatError> {
    let mut vehicle = VehicleType::from_depot(0, cell(line, cells, 1)?);
    let count = cell(line, cells, 2)?;
    if count < 0.0 || count.fract() != 0.0 || count > 1.0e6 {
        return Err(at(line, format!("`Num_v` is {count}, a whole number wanted")));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked just before"
    )]
    let count = count as usize;
    cells[0].clone_into(&mut vehicle.name);
    vehicle.count = (!free_fleet).then_some(count);
    vehicle.cost_per_distance = 0.0;
    vehicle.energy = Some(Energy {
        carrier: "diesel".to_owned(),
        empty: cell(line, cells, 4)?,
        full: cell(line, cells, 3)?,
        kg_co2e_per_unit: 1.0,
    });
    problem.vehicles.push(vehicle);
    Ok(())
}

fn node(problem: &mut Problem, line: usize, cells: &[&str]) -> Result<(), FormatError> {
    let location = problem.locations.len();
    problem.locations.push(Location {
        name: cells[0].to_owned(),
        x: cell(line, cells, 1)?,
        y: cell(line, cells, 2)?,
    });
    if location > 0 {
        let stop = Stop {
            location,
            ..Stop::default()
        };
        problem
            .jobs
            .push(Job::visit(cells[0], stop, 0.0, cell(line, cells, 3)?));
    }
    Ok(())
}
