//! Why nothing is feasible: the least that would have to give way.

use greenheart_milp::{Limits, Row, Var, solve};

use super::formulate::Formulation;
use super::pools::Boxes;
use super::problem::{Conflict, RegionError};
use super::solve::Question;

/// A contract is the last thing to be called impossible.
const GIVEN_WORD: f64 = 1_000.0;

/// Contracts, limits, caps and budget that stand against each other: those that are broken when as little as possible is (elastic
/// program, Chinneck 2008, ch. 6.1, each measured against its own size).
///
/// # Errors
/// When the solver fails. Nothing is named when its time ends first.
pub(super) fn conflicts(question: &Question<'_>, limits: &Limits) -> Result<Vec<Conflict>, RegionError> {
    let region = question.region;
    let mut build = Formulation::new(region, &Boxes::whole(region));
    let lists = build.totals();
    build.cap(&lists, &question.caps.0);
    let mut slacks: Vec<(Var, Conflict, f64)> = Vec::new();
    for (row, conflict, size) in build.soft.clone() {
        let slack = build.program.continuous(1.0 / size, 0.0, f64::INFINITY);
        build.program.term(row, slack, -1.0);
        slacks.push((slack, conflict, size));
    }
    for (lane, way) in region.lanes.iter().enumerate().filter(|(_, way)| way.contracted > 0.0) {
        for period in 0..region.periods {
            let flow = build.flow[lane][period];
            let slack = build
                .program
                .continuous(GIVEN_WORD / way.contracted, 0.0, way.contracted);
            build.program.bound(flow, 0.0, way.capacity);
            let terms = vec![(flow, 1.0), (slack, 1.0)];
            build.program.row(Row::at_least(way.contracted, terms));
            slacks.push((slack, Conflict::Contract { lane, period }, way.contracted));
        }
    }
    let answer = solve(&build.program, limits)?;
    if !answer.has_values() {
        return Ok(Vec::new());
    }
    let broken = slacks
        .iter()
        .filter(|(slack, _, size)| answer.values[slack.index()] > 1e-6 * size);
    Ok(broken.map(|(_, conflict, _)| *conflict).collect())
}
