//! Plants, introductions and figures by group.

use anyhow::{Context, Result};
use greenheart_app::App;
use greenheart_app::circular::{IndicatorsView, IntroductionLine, NetworkView, PlantBook, word_of};
use greenheart_units::{Amount, Rounding};

use super::arguments::PlantCommand;
use crate::commands::Here;
use crate::format;
use crate::output::{Output, Table};

/// Reasons shown for an introduction.
const REASONS: usize = 3;

pub async fn run(here: &Here<'_>, app: &App, command: &PlantCommand) -> Result<Output> {
    let book = match command {
        PlantCommand::List => app.plants(&here.actor).await?,
        PlantCommand::Import { file } => {
            let text = std::fs::read_to_string(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
            app.put_plants(&here.actor, &text).await?
        }
    };
    Ok(Output::of(&book)?.table(list(here, &book)).note(here.with(
        "plants-kept",
        &[
            ("plants", &book.plants.len().to_string()),
            ("pools", &book.pools.len().to_string()),
        ],
    )))
}

fn list(here: &Here<'_>, book: &PlantBook) -> Table {
    let mut table = Table::new(
        "",
        &["plant", "takes", "makes", ">capacity-month", ">nok-year", "source"],
    );
    for plant in &book.plants {
        let takes: Vec<&str> = plant.takes.iter().map(|one| one.material.as_str()).collect();
        let makes: Vec<&str> = plant.makes.iter().map(|one| one.material.as_str()).collect();
        table.row([
            plant.name.clone(),
            takes.join(", "),
            makes.join(", "),
            format::number(plant.capacity_month, 0, here.language),
            format::number(plant.nok_year, 0, here.language),
            plant.source.clone(),
        ]);
    }
    for pool in &book.pools {
        table.row([
            pool.name.clone(),
            pool.material.clone(),
            pool.material.clone(),
            format::number(pool.capacity_month, 0, here.language),
            String::new(),
            String::new(),
        ]);
    }
    table
}

/// An amount with the unit it is counted in, where that is not tonnes.
pub fn with_unit(here: &Here<'_>, amount: Amount, unit: &str) -> String {
    let number = format::number(amount, 1, here.language);
    if unit == "t" {
        number
    } else {
        format!("{number} {unit}")
    }
}

/// What a network says of its plants, pools and pumps; nothing when it uses none.
pub fn of_network(here: &Here<'_>, view: &NetworkView) -> Vec<Table> {
    if view.plants.is_empty() {
        return Vec::new();
    }
    let mut plants = Table::new(
        here.text("network-plants"),
        &["plant", ">taken-in", ">capacity-year", ">nok-year"],
    );
    for plant in &view.plants {
        plants.row([
            plant.name.clone(),
            format::number(plant.taken, 1, here.language),
            format::number(plant.capacity, 0, here.language),
            format::number(plant.nok_year, 0, here.language),
        ]);
    }
    let mut legs = Table::new(
        here.text("network-legs"),
        &["from", "to", "circular-what", ">yearly", ">km"],
    );
    for leg in &view.legs {
        legs.row([
            leg.from.clone(),
            leg.to.clone(),
            leg.material.clone(),
            with_unit(here, leg.amount, &leg.unit),
            format::number(leg.km, 0, here.language),
        ]);
    }
    vec![plants, legs]
}

pub fn introductions(here: &Here<'_>, lines: &[IntroductionLine]) -> Table {
    let mut table = Table::new(
        "",
        &[
            "giver",
            "circular-what",
            "taker",
            ">tonnes",
            ">net-nok",
            ">saved-co2e",
            "reasons",
            "resembles",
        ],
    );
    for line in lines {
        let (lane, suggestion) = (line.lane.as_ref(), line.suggestion.as_ref());
        let either = |of_lane: Option<&String>, of_suggestion: Option<String>| {
            of_lane.cloned().or(of_suggestion).unwrap_or_default()
        };
        let mut why: Vec<String> = Vec::new();
        if let Some(one) = suggestion {
            why.extend(one.want.as_ref().map(|_| here.text("reason-want")));
            let adding = one.reasons.iter().filter(|(_, adds)| *adds > 0.0).take(REASONS);
            why.extend(adding.map(|(reason, _)| here.text(&format!("reason-{}", word_of(reason)))));
        }
        why.extend(
            lane.filter(|lane| !lane.process.is_empty())
                .map(|lane| lane.process.clone()),
        );
        let unit = lane.map_or("t", |lane| lane.unit.as_str());
        table.row([
            either(
                lane.map(|lane| &lane.giver_name),
                suggestion.and_then(|one| one.giver_name.clone()),
            ),
            either(
                lane.map(|lane| &lane.offer_text),
                suggestion.map(|one| one.offer_text.clone()),
            ),
            either(
                lane.map(|lane| &lane.taker_name),
                suggestion.map(|one| one.taker_name.clone()),
            ),
            with_unit(here, line.tonnes, unit),
            lane.map(|lane| format::number(lane.net_value_nok, 0, here.language))
                .unwrap_or_default(),
            lane.map(|lane| format::readable(lane.co2e_saved_kg, "kgCO2e", here.language))
                .unwrap_or_default(),
            why.join(", "),
            suggestion
                .and_then(|one| one.resembles.as_ref())
                .map(|(name, ..)| name.clone())
                .unwrap_or_default(),
        ]);
    }
    table
}

pub fn indicator_groups(here: &Here<'_>, view: &IndicatorsView) -> Table {
    let tonnes = |kg: Amount| {
        let tonnes = Amount::from_mantissa(Rounding::HalfEven.divide(kg.mantissa(), 1_000));
        format::number(tonnes, 2, here.language)
    };
    let share = |share: Option<Amount>| {
        share
            .map(|share| format::number(share, 3, here.language))
            .unwrap_or_default()
    };
    let mut table = Table::new(
        "",
        &[
            "name",
            ">group-inflow",
            ">group-secondary",
            ">group-waste",
            ">group-hazardous",
            ">group-recycled",
            ">group-disposed",
            ">group-draw",
            ">use-rate",
            ">circularity-indicator",
        ],
    );
    for line in &view.groups {
        table.row([
            line.name.clone(),
            tonnes(line.inflow_kg),
            tonnes(line.secondary_kg),
            tonnes(line.waste_kg),
            tonnes(line.hazardous_kg),
            tonnes(line.to_reuse_or_recycling_kg),
            tonnes(line.disposed_kg),
            tonnes(line.draw_kg),
            share(line.use_rate),
            share(line.circularity),
        ]);
    }
    table
}
