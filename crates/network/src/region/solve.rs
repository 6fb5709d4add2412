use greenheart_milp::{Limits, Status, Terms, Var, relative_gap, solve};

use super::formulate::Formulation;
use super::infeasible::conflicts;
use super::pools::Boxes;
use super::problem::{Objective, Region, RegionError, Totals};
use super::refine;

/// Most of each total; infinite without a cap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Caps(
    /// The totals that must not be passed.
    pub Totals,
);

impl Caps {
    /// No caps.
    pub const NONE: Self = Self(Totals {
        cost: f64::INFINITY,
        co2e: f64::INFINITY,
        primary: f64::INFINITY,
    });
}

/// Who gets what.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Network {
    /// `[lane][period]`, units sent.
    pub flow: Vec<Vec<f64>>,
    /// `[receiver][period]`, units bought virgin.
    pub virgin: Vec<Vec<f64>>,
    /// `[plant]`.
    pub built: Vec<bool>,
    /// `[lane]`: its fixed cost is paid.
    pub opened: Vec<bool>,
}

/// A network, what it comes to, and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionSolution {
    /// Who gets what.
    pub network: Network,
    /// What it comes to.
    pub totals: Totals,
    /// What today comes to.
    pub today: Totals,
    /// No network under the caps has a smaller objective than this.
    pub bound: f64,
    /// Relative gap between objective and bound.
    pub gap: f64,
    /// Whether the gap is closed.
    pub proven: bool,
}

impl RegionSolution {
    /// NOK a year (or horizon) that the network is worth against today.
    pub fn net_value(&self) -> f64 {
        self.today.cost - self.totals.cost
    }
}

/// What is asked of the region.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub region: &'a Region,
    pub objective: Objective,
    pub caps: &'a Caps,
}

/// A network over a box of shares. Where the box is no point, its blends are only nearly what the pools would give.
pub(super) struct Solved {
    pub network: Network,
    pub totals: Totals,
    pub objective: f64,
    pub bound: f64,
    pub closed: bool,
    /// `[feed][period]`: the shares it has.
    pub shares: Vec<Vec<f64>>,
    /// `[feed][period]`: how far its parts are from products.
    pub apart: Vec<Vec<f64>>,
}

/// The best network for one objective under caps on the totals.
///
/// Where streams mix, boxes of shares are relaxed, held and cut in two; [`Limits::seconds`] then holds for all programs together.
///
/// # Errors
/// [`RegionError`] for input that contradicts itself, naming what would have to give way; [`RegionError::NotFound`] when the limits end
/// before any network is found.
pub fn solve_region(
    region: &Region,
    objective: Objective,
    caps: &Caps,
    limits: &Limits,
) -> Result<RegionSolution, RegionError> {
    region.check()?;
    let question = Question {
        region,
        objective,
        caps,
    };
    if !region.pools.is_empty() {
        return refine::solve(&question, limits);
    }
    let Some(solved) = run(&question, &Boxes::whole(region), limits)? else {
        return Err(RegionError::Infeasible(conflicts(&question, limits)?));
    };
    let bound = solved.bound;
    Ok(answer(&question, solved, bound))
}

/// A solution with its bound.
pub(super) fn answer(question: &Question<'_>, solved: Solved, bound: f64) -> RegionSolution {
    let gap = relative_gap(solved.objective, bound);
    RegionSolution {
        proven: solved.closed || gap <= 1e-6,
        gap,
        network: solved.network,
        totals: solved.totals,
        today: question.region.today(),
        bound,
    }
}

/// Solves over a box of shares; `None` when nothing is feasible there.
pub(super) fn run(question: &Question<'_>, boxes: &Boxes, limits: &Limits) -> Result<Option<Solved>, RegionError> {
    let mut build = Formulation::new(question.region, boxes);
    let lists = build.totals();
    build.cap(&lists, &question.caps.0);
    for (var, factor) in &lists[question.objective as usize] {
        build.program.cost(*var, *factor);
    }
    let answer = solve(&build.program, limits)?;
    match answer.status {
        Status::Optimal | Status::Feasible => {}
        // Every column is bounded by what is over and wanted, so there is no end to fall to.
        Status::Infeasible | Status::Unbounded => return Ok(None),
        Status::Unknown => return Err(RegionError::NotFound("the time ended first".into())),
    }
    let value = |var: &Var| answer.values[var.index()];
    let sum = |terms: &Terms| terms.iter().map(|(var, factor)| factor * value(var)).sum();
    let table =
        |rows: &Vec<Vec<Var>>| -> Vec<Vec<f64>> { rows.iter().map(|row| row.iter().map(value).collect()).collect() };
    let network = Network {
        flow: table(&build.flow),
        virgin: table(&build.virgin),
        built: build.built.iter().map(|var| value(var) > 0.5).collect(),
        opened: build
            .opened
            .iter()
            .map(|var| var.as_ref().is_some_and(|var| value(var) > 0.5))
            .collect(),
    };
    let (shares, apart) = build.mixing.read(&network.flow, &answer.values);
    Ok(Some(Solved {
        network,
        totals: Totals {
            cost: sum(&lists[0]),
            co2e: sum(&lists[1]),
            primary: sum(&lists[2]),
        },
        objective: answer.objective,
        bound: answer.bound,
        closed: answer.status == Status::Optimal,
        shares,
        apart,
    }))
}

/// Networks between the cheapest and the one with the least CO2e, none better in both than another: the cheapest network for each of
/// `points` evenly spaced caps on CO2e (epsilon constraint, Haimes et al. 1971), cheapest first.
///
/// # Errors
/// Those of [`solve_region`].
pub fn pareto(region: &Region, points: u32, limits: &Limits) -> Result<Vec<RegionSolution>, RegionError> {
    let cheapest = solve_region(region, Objective::Cost, &Caps::NONE, limits)?;
    let cleanest = solve_region(region, Objective::Co2e, &Caps::NONE, limits)?;
    let (high, low) = (cheapest.totals.co2e, cleanest.totals.co2e);
    let mut front = vec![cheapest];
    for point in 1..=points.max(1) {
        let share = f64::from(point) / f64::from(points.max(1));
        let mut caps = Caps::NONE;
        caps.0.co2e = high + (low - high) * share + 1e-7 * (1.0 + low.abs());
        let next = solve_region(region, Objective::Cost, &caps, limits)?;
        let last = front.last().map_or(f64::INFINITY, |known| known.totals.co2e);
        if next.totals.co2e < last - 1e-6 * (1.0 + last.abs()) {
            front.push(next);
        }
    }
    let dominated = |one: &RegionSolution| {
        front
            .iter()
            .any(|other| other.totals.cost <= one.totals.cost - 1e-6 && other.totals.co2e <= one.totals.co2e + 1e-6)
    };
    let keep: Vec<bool> = front.iter().map(|one| !dominated(one)).collect();
    let mut keep = keep.into_iter();
    front.retain(|_| keep.next().unwrap_or(true));
    Ok(front)
}
