//! What stands beside the goals for those who lead: the three bars of goal 2, where each goal is heading, how circular it is.

use greenheart_app::{CircularityView, FigureView, Goal, GoalView, GoalYearView, GoalsView};
use greenheart_units::{Amount, Rate};

use super::Here;
use crate::format;
use crate::output::Table;

/// Goal 2 by location, with the base year's grid, and by market, each beside its base.
pub fn bars(here: &Here<'_>, view: &GoalsView) -> Table {
    let columns = [
        ">year",
        ">bar-location",
        ">bar-base-grid",
        ">bar-location-base",
        ">bar-market",
        ">bar-market-base",
        "why",
    ];
    let mut table = Table::new(here.text("goals-bars"), &columns);
    let goal = view.goals.iter().find(|goal| goal.goal == Goal::Co2e);
    for year in goal.into_iter().flat_map(|goal| &goal.years) {
        let Some(location) = beside(year, "co2e_location_kg") else {
            continue;
        };
        let shown = |name: &str| {
            let figure = beside(year, name).and_then(|figure| Some((figure.value?, figure)));
            figure.map_or_else(
                || here.text("missing"),
                |(value, figure)| format::readable(value, &figure.unit, here.language),
            )
        };
        table.row([
            year.year.to_string(),
            shown("co2e_location_kg"),
            shown("co2e_frozen_grid_kg"),
            shown("co2e_location_base_kg"),
            shown("co2e_market_kg"),
            shown("co2e_market_base_kg"),
            location.reference.to_string(),
        ]);
    }
    table
}

fn beside<'a>(year: &'a GoalYearView, name: &str) -> Option<&'a FigureView> {
    year.beside.iter().find(|figure| figure.name == name)
}

/// Where each goal is heading in the goal year.
pub fn outlooks(here: &Here<'_>, view: &GoalsView) -> Table {
    let title = here
        .language
        .with("goals-outlook", &[("year", &view.goal_year.to_string())]);
    let columns = [
        "goal",
        ">target",
        ">baseline",
        ">p5",
        ">forecast",
        ">p95",
        ">probability",
        "outlook-note",
        "why",
    ];
    let mut table = Table::new(title, &columns);
    for goal in &view.goals {
        outlook(here, goal, &mut table);
    }
    table
}

fn outlook(here: &Here<'_>, goal: &GoalView, table: &mut Table) {
    let Some(outlook) = &goal.outlook else {
        return;
    };
    let shown = |figure: Option<&FigureView>| {
        let known = figure.and_then(|figure| Some((figure.value?, figure)));
        known.map_or_else(String::new, |(value, figure)| {
            format::readable(value, &figure.unit, here.language)
        })
    };
    let forecast = outlook.forecast.as_ref();
    let probability = outlook.probability.as_ref();
    let missing = outlook
        .missing
        .as_deref()
        .map(|code| here.text(&code.replace('.', "-")));
    let opens = forecast.map_or(&outlook.target, |forecast| &forecast.p50);
    table.row([
        here.text(&format!("goal-{}", goal.goal.name())),
        shown(Some(&outlook.target)),
        shown(outlook.baseline.as_ref().map(|band| &band.p50)),
        shown(forecast.map(|band| &band.p5)),
        shown(forecast.map(|band| &band.p50)),
        shown(forecast.map(|band| &band.p95)),
        share(here, probability.and_then(|figure| figure.value)),
        missing.unwrap_or_default(),
        opens.reference.to_string(),
    ]);
}

/// How circular the cluster and its members are.
pub fn circularity(here: &Here<'_>, view: &CircularityView) -> Table {
    let title = here
        .language
        .with("goals-circularity", &[("year", &view.year.to_string())]);
    let columns = [
        "member",
        ">taken-in",
        ">secondary",
        ">recirculated",
        ">lost",
        ">use-rate",
        ">circularity-indicator",
        "why",
    ];
    let mut table = Table::new(title, &columns);
    for line in &view.lines {
        let kg = |figure: &FigureView| {
            figure.value.map_or_else(String::new, |value| {
                format::readable(value, &figure.unit, here.language)
            })
        };
        let indicator = line
            .indicator
            .value
            .map_or_else(|| here.text("missing"), |value| format::number(value, 3, here.language));
        table.row([
            line.member
                .as_ref()
                .map_or_else(|| here.text("the-cluster"), ToString::to_string),
            kg(&line.taken_in),
            kg(&line.secondary),
            kg(&line.recirculated),
            kg(&line.lost),
            share(here, line.use_rate.value),
            indicator,
            line.use_rate.reference.to_string(),
        ]);
    }
    table
}

fn share(here: &Here<'_>, value: Option<Amount>) -> String {
    let rate = value.and_then(|value| value.ratio(Amount::ONE));
    rate.map_or_else(
        || here.text("missing"),
        |rate: Rate| format::percent(rate, here.language),
    )
}
