use greenheart_milp::{Limits, Row, Status, Terms, relative_gap, solve};

use super::formulate::{Formulation, merged};
use super::problem::{Region, RegionError, Totals};

/// What to make small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objective {
    /// NOK; its opposite, against today, is the net value.
    Cost,
    /// kg CO2e.
    Co2e,
    /// Tonnes of primary material.
    Primary,
}

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
    /// `[lane][period]`, tonnes.
    pub flow: Vec<Vec<f64>>,
    /// `[receiver][period]`, tonnes bought virgin.
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

/// The best network for one objective under caps on the totals.
///
/// # Errors
/// [`RegionError`] for input that contradicts itself; [`RegionError::NotFound`] when the limits end before any network is found.
pub fn solve_region(
    region: &Region,
    objective: Objective,
    caps: &Caps,
    limits: &Limits,
) -> Result<RegionSolution, RegionError> {
    region.check()?;
    let mut build = Formulation::new(region);
    let lists = [merged(&build.cost), merged(&build.co2e), merged(&build.primary)];
    for (terms, most) in lists.iter().zip([caps.0.cost, caps.0.co2e, caps.0.primary]) {
        if most.is_finite() && !terms.is_empty() {
            build.program.row(Row::at_most(most, terms.clone()));
        }
    }
    let terms = &lists[objective as usize];
    for (var, factor) in terms {
        build.program.cost(*var, *factor);
    }
    let answer = solve(&build.program, limits)?;
    match answer.status {
        Status::Optimal | Status::Feasible => {}
        Status::Infeasible => return Err(RegionError::Infeasible),
        other => return Err(RegionError::NotFound(format!("{other:?}"))),
    }
    let sum = |terms: &Terms| {
        terms
            .iter()
            .map(|(var, factor)| factor * answer.values[var.index()])
            .sum()
    };
    let value = |var: &greenheart_milp::Var| answer.values[var.index()];
    let table = |rows: &Vec<Vec<greenheart_milp::Var>>| -> Vec<Vec<f64>> {
        rows.iter().map(|row| row.iter().map(value).collect()).collect()
    };
    Ok(RegionSolution {
        network: Network {
            flow: table(&build.flow),
            virgin: table(&build.virgin),
            built: build.built.iter().map(|var| value(var) > 0.5).collect(),
            opened: build
                .opened
                .iter()
                .map(|var| var.as_ref().is_some_and(|var| value(var) > 0.5))
                .collect(),
        },
        totals: Totals {
            cost: sum(&lists[0]),
            co2e: sum(&lists[1]),
            primary: sum(&lists[2]),
        },
        today: region.today(),
        bound: answer.bound,
        gap: relative_gap(answer.objective, answer.bound),
        proven: answer.status == Status::Optimal,
    })
}

/// Networks between the cheapest and the one with the least CO2e, none better in both than another: the cheapest network for each of
/// `points` evenly spaced caps on CO2e (epsilon constraint, Haimes et al. 1971), cheapest first.
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
