use highs::{Col, HighsModelStatus, HighsSolutionStatus, Model, RowProblem, Sense, SolvedModel};

use crate::answer::relative_gap;
use crate::{Answer, MilpError, Program, Status};

/// When a run may stop before the optimum is proven.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Wall-clock seconds, as the solver itself counts them.
    pub seconds: f64,
    /// Relative gap at which an answer counts as optimal.
    pub relative_gap: f64,
    /// Stop when the objective is proven not to come below this.
    pub cutoff: f64,
    /// Nodes of the search tree.
    pub nodes: Option<u32>,
    /// Share of the effort that goes into heuristics, 0 to 1.
    pub heuristics: f64,
}

impl Limits {
    /// To the proven optimum, however long it takes.
    pub const EXACT: Self = Self {
        seconds: f64::INFINITY,
        relative_gap: 1e-9,
        cutoff: f64::INFINITY,
        nodes: None,
        heuristics: 0.05,
    };

    /// To the proven optimum, or as far as the seconds go.
    pub fn seconds(seconds: f64) -> Self {
        Self { seconds, ..Self::EXACT }
    }
}

/// Minimises `program` with one thread.
///
/// # Errors
/// [`MilpError`] for numbers that are none and for failures of the solver; infeasible and unbounded are answers.
pub fn solve(program: &Program, limits: &Limits) -> Result<Answer, MilpError> {
    solve_from(program, limits, None)
}

/// As [`solve`], starting from known values, which need not be feasible.
pub fn solve_from(program: &Program, limits: &Limits, start: Option<&[f64]>) -> Result<Answer, MilpError> {
    program.check()?;
    if program.columns.is_empty() {
        return Ok(empty(program));
    }
    let (mut model, columns) = load(program)?;
    set(&mut model, "time_limit", limits.seconds)?;
    set(&mut model, "mip_rel_gap", limits.relative_gap)?;
    set(&mut model, "mip_abs_gap", 1e-9)?;
    set(&mut model, "mip_heuristic_effort", limits.heuristics)?;
    if limits.cutoff.is_finite() {
        set(&mut model, "objective_bound", limits.cutoff)?;
    }
    if let Some(nodes) = limits.nodes {
        set(&mut model, "mip_max_nodes", i32::try_from(nodes).unwrap_or(i32::MAX))?;
    }
    if let Some(values) = start.filter(|values| values.len() == columns.len()) {
        model
            .try_set_solution(Some(values), None, None, None)
            .map_err(|status| MilpError::Solver(format!("{status:?} at the start values")))?;
        // A first solution is there already.
        set(&mut model, "mip_heuristic_run_feasibility_jump", false)?;
    }
    let integers = program.has_integers();
    let solved = run(model)?;
    read(&solved, integers, limits.relative_gap)
}

/// A program without columns is optimal at zero when its rows allow zero.
fn empty(program: &Program) -> Answer {
    let feasible = program.rows.iter().all(|row| row.lower <= 0.0 && row.upper >= 0.0);
    let status = if feasible { Status::Optimal } else { Status::Infeasible };
    let at = if feasible { 0.0 } else { f64::INFINITY };
    Answer {
        objective: at,
        ..Answer::without_values(status, at)
    }
}

pub(crate) fn load(program: &Program) -> Result<(Model, Vec<Col>), MilpError> {
    let mut problem = RowProblem::new();
    let columns: Vec<Col> = program
        .columns
        .iter()
        .map(|c| problem.add_column_with_integrality(c.cost, c.lower..=c.upper, c.integer))
        .collect();
    for row in &program.rows {
        let terms = row.terms.iter().map(|(var, factor)| (columns[var.0], *factor));
        problem.add_row(row.lower..=row.upper, terms.collect::<Vec<_>>());
    }
    let mut model = problem
        .try_optimise(Sense::Minimise)
        .map_err(|status| MilpError::Solver(format!("{status:?} when loading")))?;
    model.make_quiet();
    set(&mut model, "threads", 1)?;
    set(&mut model, "parallel", "off")?;
    set(&mut model, "random_seed", 1)?;
    Ok((model, columns))
}

pub(crate) fn set<V: highs::HighsOptionValue>(model: &mut Model, option: &str, value: V) -> Result<(), MilpError> {
    model
        .try_set_option(option, value)
        .map_err(|_| MilpError::Solver(format!("it does not know the option `{option}`")))
}

pub(crate) fn run(model: Model) -> Result<SolvedModel, MilpError> {
    model
        .try_solve()
        .map_err(|status| MilpError::Solver(format!("{status:?} when running")))
}

/// Reads an answer and refuses to call it optimal unless the bound agrees.
pub(crate) fn read(solved: &SolvedModel, integers: bool, wanted_gap: f64) -> Result<Answer, MilpError> {
    let status = solved.status();
    let bound = bound(solved, status, integers);
    let has_values = solved.primal_solution_status() == HighsSolutionStatus::Feasible;
    match status {
        HighsModelStatus::Infeasible => return Ok(Answer::without_values(Status::Infeasible, f64::INFINITY)),
        HighsModelStatus::Unbounded | HighsModelStatus::UnboundedOrInfeasible => {
            return Ok(Answer::without_values(Status::Unbounded, f64::NEG_INFINITY));
        }
        HighsModelStatus::Optimal
        | HighsModelStatus::ObjectiveBound
        | HighsModelStatus::ObjectiveTarget
        | HighsModelStatus::ReachedTimeLimit
        | HighsModelStatus::ReachedIterationLimit
        | HighsModelStatus::ReachedSolutionLimit
        | HighsModelStatus::ReachedInterrupt => {}
        other => return Err(MilpError::Solver(format!("{other:?}"))),
    }
    if !has_values {
        return Ok(Answer::without_values(Status::Unknown, bound));
    }
    let solution = solved.get_solution();
    let objective = solved.objective_value();
    let met = relative_gap(objective, bound) <= wanted_gap.max(1e-9);
    let proven = status == HighsModelStatus::Optimal && (!integers || met || objective - bound <= 1e-6);
    let (duals, reduced) = if integers {
        (Vec::new(), Vec::new())
    } else {
        (solution.dual_rows().to_vec(), solution.dual_columns().to_vec())
    };
    Ok(Answer {
        status: if proven { Status::Optimal } else { Status::Feasible },
        objective,
        bound: bound.min(objective),
        values: solution.columns().to_vec(),
        duals,
        reduced,
    })
}

fn bound(solved: &SolvedModel, status: HighsModelStatus, integers: bool) -> f64 {
    if integers {
        return solved.double_info_value(c"mip_dual_bound").unwrap_or(f64::NEG_INFINITY);
    }
    if status == HighsModelStatus::Optimal {
        solved.objective_value()
    } else {
        f64::NEG_INFINITY
    }
}
