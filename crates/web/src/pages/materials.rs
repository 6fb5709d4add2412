//! Material through the cluster: what is taken in, what is lost, what comes back. Made of the figures beside goal 3.

use std::collections::BTreeMap;

use greenheart_app::{FigureView, GoalView, GoalYearView, GoalsView};
use greenheart_units::Amount;

use crate::figure::{Cell, Column, Figure, Kind, Row, tonnes};
use crate::numbers;
use crate::sankey::{Band, sankey};
use crate::shown::{line_name, why};
use crate::words::Words;

/// Materials that have a band of their own on each side; the others share one.
const BANDS: usize = 7;

/// A flow: from, to, how much, why.
struct Flow<'a> {
    from: String,
    to: String,
    kg: Amount,
    opens: Option<&'a FigureView>,
    class: &'static str,
}

/// Of the last year with figures; only where the parts are shown, which is for those who lead.
pub fn figure(view: &GoalsView, words: &Words) -> Option<Figure> {
    let goal = view.goals.iter().find(|goal| goal.goal.name() == "resource_draw")?;
    let year = last(goal)?;
    let kg = |name: &str| {
        let found = year.beside.iter().find(|figure| figure.name == name)?;
        Some((found, found.value.filter(|kg| *kg > Amount::ZERO)?))
    };
    let production = words.text("sankey-production");
    let mut into = by_line(year, "primary_input_", "primary_input_base_kg", words);
    for (name, class) in [
        ("secondary_input_kg", "bar-scope-2"),
        ("input_from_members_kg", "bar-scope-2"),
    ] {
        if let Some((found, kg)) = kg(name) {
            let from = words.name("figure", name);
            into.push(flow(from, String::new(), kg, Some(found), class));
        }
    }
    let mut out = by_line(year, "waste_lost_", "waste_lost_base_kg", words);
    for one in &mut out {
        one.to = words.with("figure-waste_lost-of", &[("item", &one.from)]);
        one.from.clone_from(&production);
        one.class = "sankey-lost";
    }
    for one in &mut into {
        one.to.clone_from(&production);
    }
    if let Some((found, kg)) = kg("own_residue_fuel_kg") {
        let to = words.name("figure", "own_residue_fuel_kg");
        out.push(flow(production.clone(), to, kg, Some(found), "sankey-lost"));
    }
    let taken: Amount = into.iter().map(|flow| flow.kg).sum();
    let left: Amount = out.iter().map(|flow| flow.kg).sum();
    if taken > left {
        let rest = words.text("sankey-rest");
        out.insert(0, flow(production.clone(), rest, taken - left, None, "bar-scope-1"));
    }
    let back = kg("recirculated_kg").map(|(found, kg)| {
        let label = words.name("figure", "recirculated_kg");
        flow(label, production.clone(), kg, Some(found), "bar-scope-2")
    });
    draw(view, year.year, &production, into, out, back, words)
}

fn last(goal: &GoalView) -> Option<&GoalYearView> {
    let known = |year: &&GoalYearView| year.value.value.is_some() && !year.beside.is_empty();
    goal.years.iter().rev().find(known)
}

fn flow<'a>(from: String, to: String, kg: Amount, opens: Option<&'a FigureView>, class: &'static str) -> Flow<'a> {
    Flow {
        from,
        to,
        kg,
        opens,
        class,
    }
}

/// The materials of a part, the largest first and the small ones together.
fn by_line<'a>(year: &'a GoalYearView, begins: &str, base: &str, words: &Words) -> Vec<Flow<'a>> {
    let mut named: BTreeMap<String, (Amount, Option<&FigureView>)> = BTreeMap::new();
    for figure in year.beside.iter().filter(|figure| figure.name != base) {
        let item = figure
            .name
            .strip_prefix(begins)
            .and_then(|rest| rest.strip_suffix("_kg"));
        if let (Some(item), Some(kg)) = (item, figure.value.filter(|kg| *kg > Amount::ZERO)) {
            named.insert(line_name(item, words), (kg, Some(figure)));
        }
    }
    let mut flows: Vec<Flow<'_>> = named
        .into_iter()
        .map(|(name, (kg, opens))| flow(name, String::new(), kg, opens, "bar-scope-1"))
        .collect();
    flows.sort_by_key(|flow| std::cmp::Reverse(flow.kg));
    if flows.len() > BANDS + 1 {
        let rest: Amount = flows.split_off(BANDS).iter().map(|flow| flow.kg).sum();
        flows.push(flow(
            words.text("sankey-others"),
            String::new(),
            rest,
            None,
            "bar-scope-1",
        ));
    }
    flows
}

fn draw(
    view: &GoalsView,
    year: i16,
    production: &str,
    into: Vec<Flow<'_>>,
    out: Vec<Flow<'_>>,
    back: Option<Flow<'_>>,
    words: &Words,
) -> Option<Figure> {
    let title = words.with("sankey-title", &[("year", &year.to_string())]);
    let band = |label: &str, flow: &Flow<'_>| Band {
        label: label.to_owned(),
        size: flow.kg.to_model_f64(),
        text: numbers::readable(flow.kg, "kg", words.tongue),
        class: flow.class,
    };
    let left: Vec<Band> = into.iter().map(|flow| band(&flow.from, flow)).collect();
    let right: Vec<Band> = out.iter().map(|flow| band(&flow.to, flow)).collect();
    let returned = back.as_ref().map(|flow| band(&flow.from, flow));
    let plain = sankey(&title, production, &left, &right, returned.as_ref())?;
    let row = |flow: &Flow<'_>| Row {
        label: format!("{} → {}", flow.from, flow.to),
        group: 1,
        why: None,
        cells: vec![Cell::of(
            Some(tonnes(flow.kg)),
            flow.opens.map(|figure| why(&figure.reference)),
        )],
    };
    Some(Figure {
        name: "materials".into(),
        kind: Kind::Flows,
        title,
        about: words.text("sankey-about"),
        unit: "t".into(),
        decimals: 0,
        rows_are: words.text("flow"),
        source: words.with("figure-source", &[("snapshot", &view.snapshot)]),
        columns: vec![Column::new("mass", words.text("sankey-mass"))],
        rows: into.iter().chain(&out).chain(&back).map(row).collect(),
        plain: Some(plain),
    })
}
