//! Cost against kg CO2e: plans of which none is better than another in both.
//!
//! # Source
//! Aneja and Nair, "Bicriteria transportation problem", Management Science 25 (1979): between two plans the next weights
//! are those under which both are worth the same. Such weights reach the plans on the convex hull of the front.

use super::{Guide, Options, solve};
use crate::plan::Plan;
use crate::problem::{Objective, Problem};
use crate::validate::ProblemError;

/// Weight of the other criterion at both ends, relative: it only decides between equals.
const LITTLE: f64 = 1e-4;

/// A plan with its place on the front.
#[derive(Debug, Clone)]
struct Point {
    plan: Plan,
    cost: f64,
    co2e_kg: f64,
}

/// One share of the caller's budget.
struct Share<'a> {
    guide: &'a dyn Guide,
    from: f64,
    to: f64,
    /// Steps of the searches before.
    before: u64,
    steps: std::sync::atomic::AtomicU64,
}

impl Guide for Share<'_> {
    fn used(&self, iterations: u64) -> f64 {
        self.steps.store(iterations, std::sync::atomic::Ordering::Relaxed);
        (self.guide.used(self.before + iterations) - self.from) / (self.to - self.from)
    }
}

/// The front from the cheapest plan to the cleanest, with at most `plans` plans; the budget is shared among as many
/// searches. The weights of the problem's objective are not used; `vehicles_first` is.
///
/// # Errors
/// [`ProblemError`] as [`solve`].
pub fn pareto(
    problem: &Problem,
    options: &Options,
    guide: &dyn Guide,
    plans: usize,
) -> Result<Vec<Plan>, ProblemError> {
    let mut search = Search {
        problem,
        options,
        guide,
        plans: plans.max(2),
        done: 0,
        steps: 0,
    };
    let cheapest = search.run(1.0, 0.0, options.start.as_ref())?;
    // Before both ends are known, a kilogram weighs what the cheapest plan pays for one.
    let rate = if cheapest.co2e_kg > 0.0 {
        cheapest.cost / cheapest.co2e_kg
    } else {
        1.0
    };
    let cleanest = search.run(LITTLE, rate, Some(&cheapest.plan))?;
    let mut front = vec![cheapest, cleanest];
    let mut tried: Vec<(f64, f64)> = Vec::new();
    while search.done < search.plans {
        tidy(&mut front);
        let Some((low, cost, co2e)) = widest(&front, &tried) else {
            break;
        };
        tried.push((cost, co2e));
        let start = front[low].plan.clone();
        front.push(search.run(cost, co2e, Some(&start))?);
    }
    tidy(&mut front);
    Ok(front.into_iter().map(|point| point.plan).collect())
}

struct Search<'a> {
    problem: &'a Problem,
    options: &'a Options,
    guide: &'a dyn Guide,
    plans: usize,
    done: usize,
    steps: u64,
}

impl Search<'_> {
    fn run(&mut self, cost: f64, co2e: f64, start: Option<&Plan>) -> Result<Point, ProblemError> {
        let share = |turn: usize| as_f64(turn) / as_f64(self.plans);
        let guide = Share {
            guide: self.guide,
            from: share(self.done),
            to: share(self.done + 1),
            before: self.steps,
            steps: std::sync::atomic::AtomicU64::new(0),
        };
        let mut problem = self.problem.clone();
        problem.objective = Objective {
            cost,
            co2e,
            ..problem.objective
        };
        let options = Options {
            start: start.cloned(),
            change_penalty: 0.0,
            ..self.options.clone()
        };
        let plan = solve(&problem, &options, &guide)?;
        self.done += 1;
        self.steps += guide.steps.into_inner();
        let prizes = plan.unassigned.iter().filter_map(|left| problem.jobs[left.job].prize);
        Ok(Point {
            cost: plan.cost + prizes.sum::<f64>(),
            co2e_kg: plan.co2e_kg,
            plan,
        })
    }
}

/// Sorts by cost and drops plans that leave out more jobs than need be, or that another one beats.
fn tidy(front: &mut Vec<Point>) {
    let fewest = front.iter().map(|point| point.plan.unassigned.len()).min().unwrap_or(0);
    front.retain(|point| point.plan.unassigned.len() == fewest);
    front.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.co2e_kg.total_cmp(&b.co2e_kg)));
    let mut cleanest = f64::INFINITY;
    front.retain(|point| {
        let cleaner = point.co2e_kg < cleanest - 1e-9;
        cleanest = cleanest.min(point.co2e_kg);
        cleaner
    });
}

/// The neighbours that lie furthest apart, by the weights between them, unless those were tried.
fn widest(front: &[Point], tried: &[(f64, f64)]) -> Option<(usize, f64, f64)> {
    let (first, last) = (front.first()?, front.last()?);
    let (width, height) = (last.cost - first.cost, first.co2e_kg - last.co2e_kg);
    let gaps = front.windows(2).enumerate().map(|(low, pair)| {
        let (cost, co2e) = (pair[0].co2e_kg - pair[1].co2e_kg, pair[1].cost - pair[0].cost);
        (low, cost, co2e, cost / height + co2e / width)
    });
    let untried = gaps.filter(|gap| !tried.contains(&(gap.1, gap.2)));
    let widest = untried.max_by(|a, b| a.3.total_cmp(&b.3));
    widest.map(|(low, cost, co2e, _)| (low, cost, co2e))
}

fn as_f64(value: usize) -> f64 {
    u32::try_from(value).map_or(f64::INFINITY, f64::from)
}
