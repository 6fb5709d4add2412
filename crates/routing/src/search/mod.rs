//! The search: compiled model, tours with constant-time sums, ruin and recreate under annealing.
//!
//! Read `model` (the problem as the search sees it), `route` (sums along a tour), `insert` (what a place costs), `sisr`
//! (the step), `anneal` (the loop).

mod adopt;
mod anneal;
mod charging;
mod decompose;
mod exact;
mod export;
mod fleet;
mod homes;
mod insert;
mod model;
mod order;
mod pairs;
mod pareto;
mod race;
mod reload;
mod retype;
mod rng;
mod route;
mod savings;
mod settings;
mod sisr;
mod span;
mod state;
mod strings;
#[cfg(test)]
mod sums;
mod tails;

pub use pareto::pareto;
pub use settings::Settings;

use crate::plan::Plan;
use crate::problem::Problem;
use crate::validate::ProblemError;

use anneal::Annealer;
use model::Model;

/// The caller's hold on a search: how much of the budget is used, and news of better plans.
pub trait Guide: Sync {
    /// Share of the budget used after so many iterations; at one or beyond, or when not a number, the search ends.
    /// Cancelling is answering one.
    fn used(&self, iterations: u64) -> f64;

    /// Called with the objective and the number of jobs left out whenever the best plan improves.
    fn incumbent(&self, objective: f64, left_out: usize) {
        let _ = (objective, left_out);
    }
}

/// A budget of iterations: the same seed then gives the same plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Iterations(
    /// How many.
    pub u64,
);

impl Guide for Iterations {
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    fn used(&self, iterations: u64) -> f64 {
        iterations as f64 / self.0.max(1) as f64
    }
}

/// How to search.
#[derive(Debug, Clone)]
pub struct Options {
    /// Seed of every random choice.
    pub seed: u64,
    /// Threads to use; one gives repeatable plans for a budget of iterations.
    pub threads: usize,
    /// A plan to start from; tours that are not feasible in this problem are taken apart.
    pub start: Option<Plan>,
    /// Objective of each job that is not on the tour it has in `start`; plans are then changed only where it pays.
    /// In problems searched in parts, see [`Settings::whole`], a tour is known by the most jobs it kept.
    pub change_penalty: f64,
    /// Parameters of the search.
    pub settings: Settings,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            threads: 1,
            start: None,
            change_penalty: 0.0,
            settings: Settings::default(),
        }
    }
}

/// Searches until the guide says stop. The plan is always feasible; jobs that found no place are named with the reason.
///
/// # Errors
/// [`ProblemError`] names the job or vehicle and the field that make no sense.
pub fn solve(problem: &Problem, options: &Options, guide: &dyn Guide) -> Result<Plan, ProblemError> {
    problem.validate()?;
    if problem.jobs.len() > options.settings.whole {
        return Ok(decompose::solve(problem, options, guide));
    }
    let jobs: Vec<usize> = (0..problem.jobs.len()).collect();
    let jobs = order::along_curve(problem, &jobs);
    let mut model = Model::build(problem, &jobs, options.settings.neighbours);
    let start = adopt::tours(&model, options.start.as_ref().map_or(&[], |plan| &plan.tours));
    if options.change_penalty > 0.0 {
        model.keep(&start, options.change_penalty);
    }
    let mut annealer = Annealer::new(&model, &start, options.settings, options.seed);
    let mut report = |lacking: usize, cost: f64| guide.incumbent(cost, lacking);
    annealer.search(start.is_empty(), 1.0, &|iterations| guide.used(iterations), &mut report);
    Ok(export::plan(problem, &model, &annealer.best, &annealer.sisr))
}
