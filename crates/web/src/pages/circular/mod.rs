//! Exchanging what is left over: the cluster manager's page, a member's streams, and the board.

pub mod board;
pub mod streams;
pub mod today;
mod told;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::circular::{
    BoardRequest, Direction, IntroductionLine, NetworkObjective, NetworkRequest, NetworkView, PlantBook, StreamQuery,
    word_of,
};
use greenheart_units::{Amount, Rounding};
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::figure::Figure;
use crate::forms::{Checked, Nothing};
use crate::numbers;
use crate::visitor::Visitor;
use crate::words::Words;
use told::{Suggested, suggested};

/// Introductions proposed at a time.
const INTRODUCTIONS: usize = 5;

#[derive(Template)]
#[template(path = "circular.html")]
struct CircularPage {
    c: Chrome,
    figures: Vec<Figure>,
    network: Option<Network>,
    introductions: Vec<Introduction>,
    request: Form,
    board: usize,
    streams: usize,
    plants: String,
}

struct Network {
    at: String,
    tonnes: String,
    net: String,
    co2e: String,
    primary: String,
    gap: String,
    proven: bool,
    points: Vec<[String; 5]>,
    lanes: Vec<Lane>,
    /// Heat and gas, where some arrives.
    mwh: String,
    plants: Vec<[String; 4]>,
    legs: Vec<[String; 5]>,
    assumptions: Vec<[String; 3]>,
    left_out: Vec<[String; 3]>,
}

struct Lane {
    giver: String,
    what: String,
    taker: String,
    replaces: String,
    tonnes: String,
    km: String,
    net: String,
    co2e: String,
    missed: String,
}

#[derive(Default)]
struct Introduction {
    told: Suggested,
    tonnes: String,
    net: String,
    co2e: String,
    process: String,
    /// What the form on the board starts with; numbers as the program reads them.
    promise: (String, String, String),
}

struct Form {
    objective: Vec<(String, String, bool)>,
    transport: String,
    fixed: String,
    road: String,
    budget: String,
    inferred: bool,
}

/// The page of whoever leads; a member's own streams for everybody else.
pub async fn front(
    State(pages): State<Arc<Pages>>,
    visitor: Visitor,
    Query(part): Query<streams::Part>,
) -> Result<Response, PageError> {
    if !visitor.actor.leads() {
        return Ok(streams::list_of(&pages, &visitor, &part).await?.into_response());
    }
    Ok(lead(&pages, &visitor).await?.into_response())
}

async fn lead(pages: &Pages, visitor: &Visitor) -> Page {
    let (app, actor, words) = (&pages.app, &visitor.actor, visitor.words);
    let flows = app.today_flows(actor).await?;
    let view = app.last_network(actor).await?;
    let running = app.board(actor, &BoardRequest::default()).await?;
    let chosen = app.introductions(actor, INTRODUCTIONS).await?;
    let streams = app.streams(actor, &StreamQuery::default()).await?;
    let mut figures: Vec<Figure> = today::figure(&flows, words).into_iter().collect();
    figures.push(super::figures::sites(pages, visitor).await?);
    let introductions = chosen.iter().map(|line| introduction(line, words)).collect();
    let book = app.plants(actor).await?;
    render(&CircularPage {
        figures,
        introductions,
        request: form(
            &view.as_ref().map(|view| view.request.clone()).unwrap_or_default(),
            words,
        ),
        network: view.as_ref().map(|view| network(view, words)),
        board: running.len(),
        streams: streams.iter().filter(|line| line.direction == Direction::Offer).count(),
        plants: book_text(&book),
        c: Chrome::new(visitor, "circular"),
    })
}

fn number(amount: Amount, decimals: u32, words: &Words) -> String {
    numbers::number(amount, decimals, words.tongue)
}

fn with_unit(amount: Amount, unit: &str, words: &Words) -> String {
    let amount = number(amount, 1, words);
    if unit == "t" {
        amount
    } else {
        format!("{amount} {unit}")
    }
}

/// The file as it is kept, to read and to change; empty when there is none.
fn book_text(book: &PlantBook) -> String {
    if *book == PlantBook::default() {
        return String::new();
    }
    serde_json::to_string_pretty(book).unwrap_or_default()
}

fn network(view: &NetworkView, words: &Words) -> Network {
    let point = view.points.first();
    let of = |show: &dyn Fn(&greenheart_app::circular::NetworkPoint) -> String| point.map(show).unwrap_or_default();
    Network {
        at: numbers::time(view.at_ms, words.tongue),
        tonnes: of(&|point| number(point.tonnes, 0, words)),
        net: of(&|point| number(point.net_value_nok, 0, words)),
        co2e: of(&|point| numbers::readable(point.co2e_saved_kg, "kgCO2e", words.tongue)),
        primary: of(&|point| number(point.primary_t, 0, words)),
        gap: of(&|point| numbers::percent(point.gap, words.tongue)),
        proven: point.is_some_and(|point| point.proven),
        points: if view.points.len() < 2 {
            Vec::new()
        } else {
            view.points
                .iter()
                .map(|point| {
                    [
                        number(point.tonnes, 0, words),
                        number(point.net_value_nok, 0, words),
                        numbers::readable(point.co2e_saved_kg, "kgCO2e", words.tongue),
                        number(point.primary_t, 0, words),
                        numbers::percent(point.gap, words.tongue),
                    ]
                })
                .collect()
        },
        mwh: point
            .map(|point| point.mwh)
            .filter(|mwh| !mwh.is_zero())
            .map(|mwh| number(mwh, 0, words))
            .unwrap_or_default(),
        plants: view
            .plants
            .iter()
            .map(|plant| {
                [
                    plant.name.clone(),
                    number(plant.taken, 0, words),
                    number(plant.capacity, 0, words),
                    number(plant.nok_year, 0, words),
                ]
            })
            .collect(),
        legs: view
            .legs
            .iter()
            .map(|leg| {
                [
                    leg.from.clone(),
                    leg.to.clone(),
                    leg.material.clone(),
                    with_unit(leg.amount, &leg.unit, words),
                    number(leg.km, 0, words),
                ]
            })
            .collect(),
        lanes: view
            .lanes
            .iter()
            .map(|lane| Lane {
                giver: lane.giver_name.clone(),
                what: told::called(&lane.offer_text, words),
                taker: lane.taker_name.clone(),
                replaces: told::called(&lane.want_text, words),
                tonnes: with_unit(lane.tonnes, &lane.unit, words),
                km: number(lane.km, 0, words),
                net: number(lane.net_value_nok, 0, words),
                co2e: numbers::readable(lane.co2e_saved_kg, "kgCO2e", words.tongue),
                missed: lane.missed_nok.map(|nok| number(nok, 0, words)).unwrap_or_default(),
            })
            .collect(),
        assumptions: view
            .assumptions
            .iter()
            .map(|one| {
                let source = if one.source == "stated" {
                    words.text("assumption-stated")
                } else {
                    one.source.clone()
                };
                [
                    words.name("assumption", &one.name),
                    format!("{} {}", one.value, one.unit),
                    source,
                ]
            })
            .collect(),
        left_out: view
            .left_out
            .iter()
            .map(|one| [one.text.clone(), words.name("left", &one.reason), one.detail.clone()])
            .collect(),
    }
}

fn introduction(line: &IntroductionLine, words: &Words) -> Introduction {
    let told = match (&line.suggestion, &line.lane) {
        (Some(one), _) => suggested(one, words),
        (None, Some(lane)) => told::of_lane(lane, words),
        (None, None) => return Introduction::default(),
    };
    let plain = |amount: Amount, decimals| amount.rounded(decimals, Rounding::HalfEven).to_string();
    let lane = line.lane.as_ref();
    let unit = lane.map(|lane| lane.unit.as_str()).filter(|unit| *unit != "t");
    let tonnes = number(line.tonnes, 0, words);
    Introduction {
        told,
        tonnes: match unit {
            Some(unit) => format!("{tonnes} {unit}"),
            None if line.tonnes.is_zero() => String::new(),
            None => tonnes,
        },
        net: lane
            .map(|lane| number(lane.net_value_nok, 0, words))
            .unwrap_or_default(),
        co2e: lane
            .map(|lane| numbers::readable(lane.co2e_saved_kg, "kgCO2e", words.tongue))
            .unwrap_or_default(),
        process: lane.map(|lane| lane.process.clone()).unwrap_or_default(),
        promise: (
            plain(line.tonnes, 1),
            lane.map_or_else(|| "0".into(), |lane| plain(lane.net_value_nok, 0)),
            lane.map_or_else(|| "0".into(), |lane| plain(lane.co2e_saved_kg, 0)),
        ),
    }
}

fn form(request: &NetworkRequest, words: &Words) -> Form {
    let objectives = [
        NetworkObjective::NetValue,
        NetworkObjective::Co2e,
        NetworkObjective::Primary,
        NetworkObjective::Pareto,
    ];
    Form {
        objective: objectives
            .iter()
            .map(|one| {
                let code = word_of(one);
                (code.clone(), words.name("objective", &code), *one == request.objective)
            })
            .collect(),
        transport: request.transport_nok_per_tkm.to_string(),
        fixed: request.fixed_nok.to_string(),
        road: request.road_factor.to_string(),
        budget: request.budget_nok.map(|nok| nok.to_string()).unwrap_or_default(),
        inferred: request.include_inferred,
    }
}

/// How to design.
#[derive(Deserialize)]
pub struct Wanted {
    objective: String,
    transport: String,
    fixed: String,
    road: String,
    #[serde(default)]
    budget: String,
    #[serde(default)]
    inferred: String,
}

/// Begins to design the network anew.
pub async fn design(State(pages): State<Arc<Pages>>, form: Checked<Wanted>) -> Result<Response, PageError> {
    let wanted = &form.fields;
    let request = NetworkRequest {
        objective: greenheart_app::circular::of_word(&wanted.objective).map_err(|_| PageError::Form("error-form"))?,
        road_factor: told::amount(&wanted.road)?
            .to_rate()
            .map_err(|_| PageError::Form("form-number"))?,
        transport_nok_per_tkm: told::amount(&wanted.transport)?,
        fixed_nok: told::amount(&wanted.fixed)?,
        budget_nok: told::optional_amount(&wanted.budget)?,
        include_inferred: !wanted.inferred.is_empty(),
        ..NetworkRequest::default()
    };
    let job = pages.app.start_network(&form.visitor.actor, &request).await?;
    Ok(super::jobs::to(&job))
}

/// The file of plants.
#[derive(Deserialize)]
pub struct Plants {
    plants: String,
}

/// Takes in the file of plants in place of the last one; nothing means none.
pub async fn plants(State(pages): State<Arc<Pages>>, form: Checked<Plants>) -> Result<Response, PageError> {
    let text = match form.fields.plants.trim() {
        "" => "{}",
        text => text,
    };
    pages.app.put_plants(&form.visitor.actor, text).await?;
    Ok(Redirect::to("/circular#network").into_response())
}

/// Looks through the ledger again: of the own member, or of all for those who lead.
pub async fn infer(State(pages): State<Arc<Pages>>, form: Checked<Nothing>) -> Result<Response, PageError> {
    let actor = &form.visitor.actor;
    pages.app.infer_streams(actor, actor.member()).await?;
    Ok(Redirect::to("/circular").into_response())
}
