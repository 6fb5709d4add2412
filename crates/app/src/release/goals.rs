//! What a release lets through of the three goals.

use super::Release;
use crate::{GoalStatus, GoalYearView, GoalsView};

/// The goals with what is withheld taken out. A year that was shown before and is withheld now stays as it was.
pub(super) fn let_through(live: &GoalsView, before: Option<&GoalsView>, release: &Release) -> GoalsView {
    let mut shown = live.clone();
    for goal in &mut shown.goals {
        let name = goal.goal.name();
        // The target line beyond the last year that has ended stands on the panel of that year.
        let ended = goal
            .years
            .iter()
            .filter(|year| release.cell("goals", &format!("{name}.value"), year.year).is_some());
        let last = ended.map(|year| year.year).max().unwrap_or(release.base_year);
        for year in &mut goal.years {
            let is_shown = |table: &str, row: &str| {
                let cell = release.cell(table, &format!("{name}.{row}"), year.year.min(last));
                cell.is_some_and(|cell| cell.state == super::CellState::Published)
            };
            let seen = Seen {
                value: is_shown("goals", "value"),
                base: is_shown("goals", "base"),
                revenue: is_shown("coverage", "panel_revenue") && is_shown("coverage", "boundary_revenue"),
                employees: is_shown("coverage", "panel_employees") && is_shown("coverage", "boundary_employees"),
            };
            let known = before
                .into_iter()
                .flat_map(|before| &before.goals)
                .filter(|other| other.goal == goal.goal)
                .flat_map(|other| &other.years)
                .find(|other| other.year == year.year && !other.withheld && other.base.value.is_some());
            match known {
                Some(known) if !(seen.value || year.value.value.is_none()) || !seen.base => year.clone_from(known),
                _ => seen.hide(year),
            }
        }
    }
    shown
}

/// Which sums a year may show.
struct Seen {
    value: bool,
    base: bool,
    revenue: bool,
    employees: bool,
}

impl Seen {
    fn hide(&self, year: &mut GoalYearView) {
        // The estimate is the value scaled by the share of revenue, or of employees where revenue is not known.
        let scaled_by = if year.coverage.revenue.is_some() {
            self.revenue
        } else {
            self.employees
        };
        if !self.revenue {
            year.coverage.revenue = None;
        }
        if !self.employees {
            year.coverage.employees = None;
        }
        let had = year.value.value.is_some();
        if !self.value {
            year.value.value = None;
        }
        if !self.base {
            year.base.value = None;
            year.target.value = None;
        }
        if !self.value || !scaled_by {
            year.estimate_rest.value = None;
        }
        if !self.value || !self.base {
            year.change = None;
            year.withheld = had;
            year.status = GoalStatus::Missing;
        }
    }
}
