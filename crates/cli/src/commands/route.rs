//! `route`: solve, check and draw routing problems that lie in files. Needs no installation.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use greenheart_app::AppError;
use greenheart_routing::formats::{self, ReadOptions};
use greenheart_routing::{
    Guide, Options, Plan, Problem, ProblemError, Report, Rounding, check, pareto, picture, solve,
};

use super::Here;
use crate::arguments::{RouteCommand, RouteRounding, RouteSolve};
use crate::exit::Exit;
use crate::output::{Output, Table};

/// The wall clock as a budget.
struct Clock {
    start: Instant,
    seconds: f64,
}

impl Guide for Clock {
    fn used(&self, _iterations: u64) -> f64 {
        self.start.elapsed().as_secs_f64() / self.seconds
    }
}

pub fn run(here: &Here<'_>, command: &RouteCommand) -> Result<Output> {
    match command {
        RouteCommand::Solve(arguments) => solve_file(here, arguments),
        RouteCommand::Check { file, solution, round } => check_file(here, file, solution, *round),
        RouteCommand::Picture { file, solution, out } => draw(file, solution, out),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge: the budget is wall-clock time"
)]
fn solve_file(here: &Here<'_>, arguments: &RouteSolve) -> Result<Output> {
    if !arguments.time.is_finite() || arguments.time <= 0.0 {
        return Err(wrong(
            format!("`--time {}` gives no time", arguments.time),
            "write seconds above zero",
        ));
    }
    if !arguments.change_penalty.is_finite() || arguments.change_penalty < 0.0 {
        return Err(wrong(
            format!("`--change-penalty {}` is no penalty", arguments.change_penalty),
            "write a number of zero or more",
        ));
    }
    let clock = Clock {
        start: Instant::now(),
        seconds: arguments.time,
    };
    let problem = problem(&arguments.file, arguments.round, arguments.free_fleet)?;
    let options = options(&problem, arguments)?;
    if let Some(plans) = arguments.pareto {
        let front = pareto(&problem, &options, &clock, usize::from(plans));
        return show_front(&problem, &front.map_err(senseless)?);
    }
    let plan = solve(&problem, &options, &clock).map_err(senseless)?;
    let report = check(&problem, &plan);
    let mut output = show(here, &problem, &plan, &report);
    output.json = serde_json::from_str(&formats::plan_to_json(&problem, &plan)?)?;
    output.routes = Some(formats::write_solution(&problem, &plan));
    Ok(output)
}

fn options(problem: &Problem, arguments: &RouteSolve) -> Result<Options> {
    let kept = arguments.keep_plan.as_deref();
    let start = arguments.start.as_deref().or(kept);
    Ok(Options {
        seed: arguments.seed,
        threads: arguments.threads.max(1),
        start: start.map(|path| solution(problem, path)).transpose()?,
        change_penalty: if kept.is_some() { arguments.change_penalty } else { 0.0 },
        ..Options::default()
    })
}

fn senseless(error: ProblemError) -> anyhow::Error {
    wrong(error.to_string(), "change the field in the file")
}

/// One row for each plan of the front, cheapest first; every plan is driven by the checker.
fn show_front(problem: &Problem, front: &[Plan]) -> Result<Output> {
    let columns = [
        ">route-cost",
        ">route-co2e",
        ">route-vehicles",
        ">route-distance",
        ">route-left-out",
        ">route-violations",
    ];
    let mut table = Table::new(problem.name.clone(), &columns);
    let mut plans = Vec::new();
    for plan in front {
        let report = check(problem, plan);
        table.row([
            format!("{:.2}", report.cost),
            format!("{:.3}", report.co2e_kg),
            report.vehicles.to_string(),
            format!("{:.2}", report.distance),
            plan.unassigned.len().to_string(),
            report.violations.len().to_string(),
        ]);
        plans.push(serde_json::from_str::<serde_json::Value>(&formats::plan_to_json(
            problem, plan,
        )?)?);
    }
    let mut output = Output::default().table(table);
    output.json = serde_json::json!({ "plans": plans });
    Ok(output)
}

fn check_file(here: &Here<'_>, file: &Path, plan: &Path, round: Option<RouteRounding>) -> Result<Output> {
    let problem = problem(file, round, false)?;
    let plan = solution(&problem, plan)?;
    let report = check(&problem, &plan);
    let mut output = show(here, &problem, &plan, &report);
    output.json = serde_json::json!({
        "feasible": report.violations.is_empty() && report.missing == 0,
        "violations": report.violations,
        "cost": report.cost,
        "co2e_kg": report.co2e_kg,
        "distance": report.distance,
        "vehicles": report.vehicles,
        "left_out": report.missing,
    });
    if !report.violations.is_empty() {
        output.exit = Some(Exit::Refused);
    }
    Ok(output)
}

fn draw(file: &Path, plan: &Path, out: &Path) -> Result<Output> {
    let problem = problem(file, None, false)?;
    let plan = solution(&problem, plan)?;
    std::fs::write(out, picture(&problem, &plan)).with_context(|| format!("writing `{}`", out.display()))?;
    Ok(Output::default().note(out.display().to_string()))
}

fn problem(path: &Path, round: Option<RouteRounding>, free_fleet: bool) -> Result<Problem> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()))?;
    let rounding = round.map(|round| match round {
        RouteRounding::Integer => Rounding::Integer,
        RouteRounding::Trunc1 => Rounding::Trunc1,
        RouteRounding::Exact => Rounding::Exact,
    });
    let options = ReadOptions { rounding, free_fleet };
    let read = formats::read(&text, options);
    read.map_err(|error| {
        wrong(
            format!("`{}`: {error}", path.display()),
            "docs/concepts/routing.md has the formats",
        )
    })
}

fn solution(problem: &Problem, path: &Path) -> Result<Plan> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()))?;
    let json = text.trim_start().starts_with('{');
    let plan = if json {
        formats::plan_from_json(problem, &text)
    } else {
        formats::read_solution(problem, &text)
    };
    plan.map_err(|error| {
        wrong(
            format!("`{}`: {error}", path.display()),
            "write it with `route solve --format json`",
        )
    })
}

fn wrong(message: String, hint: &'static str) -> anyhow::Error {
    AppError::Input {
        message,
        hint: hint.into(),
    }
    .into()
}

fn show(here: &Here<'_>, problem: &Problem, plan: &Plan, report: &Report) -> Output {
    let mut totals = Table::new(problem.name.clone(), &["field", ">content"]);
    for (key, value) in [
        ("route-cost", format!("{:.2}", report.cost)),
        ("route-vehicles", report.vehicles.to_string()),
        ("route-distance", format!("{:.2}", report.distance)),
        ("route-co2e", format!("{:.3}", report.co2e_kg)),
        ("route-left-out", plan.unassigned.len().to_string()),
        ("route-violations", report.violations.len().to_string()),
    ] {
        totals.row([here.text(key), value]);
    }
    let mut output = Output::default().table(totals);
    for violation in &report.violations {
        output = output.note(violation.clone());
    }
    for left in &plan.unassigned {
        output = output.note(format!("{}: {}", problem.jobs[left.job].name, left.reason));
    }
    output
}
