//! Exchanging what is left over: the cluster manager's page, a member's streams, and the board.

pub mod board;
pub mod streams;
mod told;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::circular::{
    BoardRequest, MatchRequest, NetworkObjective, NetworkRequest, NetworkView, SuggestionLine, TodayFlow, word_of,
};
use greenheart_units::{Amount, Rounding};
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::figure::{Cell, Column, Figure, Kind, Row, tonnes};
use crate::forms::{Checked, Nothing};
use crate::numbers;
use crate::visitor::Visitor;
use crate::words::Words;
use told::{Suggested, suggested};

/// Introductions proposed at a time.
const INTRODUCTIONS: usize = 5;
/// Flows of today in the figure.
const FLOWS: usize = 15;

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
pub async fn front(State(pages): State<Arc<Pages>>, visitor: Visitor) -> Result<Response, PageError> {
    if !visitor.actor.leads() {
        return Ok(streams::list_of(&pages, &visitor).await?.into_response());
    }
    Ok(lead(&pages, &visitor).await?.into_response())
}

async fn lead(pages: &Pages, visitor: &Visitor) -> Page {
    let (app, actor, words) = (&pages.app, &visitor.actor, visitor.words);
    let flows = app.today_flows(actor).await?;
    let view = app.last_network(actor).await?;
    let running = app.board(actor, &BoardRequest::default()).await?;
    let suggestions = app.matches(actor, &MatchRequest::default()).await?;
    let on_board = |offer: &str, taker: &str| {
        running
            .iter()
            .any(|line| line.offer == offer && line.taker.as_str() == taker)
    };
    let mut figures: Vec<Figure> = today(&flows, words).into_iter().collect();
    figures.push(super::figures::sites(pages, visitor).await?);
    let introductions = introductions(view.as_ref(), &suggestions, &on_board, words);
    render(&CircularPage {
        figures,
        introductions,
        request: form(
            &view.as_ref().map(|view| view.request.clone()).unwrap_or_default(),
            words,
        ),
        network: view.as_ref().map(|view| network(view, words)),
        board: running.len(),
        streams: suggestions
            .iter()
            .filter_map(|one| one.offer.as_ref())
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        c: Chrome::new(visitor, "circular"),
    })
}

/// What flows where today, the largest flows, as lying bars with the table beside.
pub fn today(flows: &[TodayFlow], words: &Words) -> Option<Figure> {
    if flows.is_empty() {
        return None;
    }
    let outside = words.text("circular-outside");
    let rows = flows.iter().take(FLOWS).map(|flow| {
        let receiver = flow.receiver.as_ref().map_or(outside.as_str(), |name| name.as_ref());
        Row {
            label: format!(
                "{} → {receiver}: {}",
                flow.giver_name,
                told::what(&flow.text, flow.waste_code, words)
            ),
            group: if flow.treatment.is_lost() { 2 } else { 1 },
            why: None,
            cells: vec![
                Cell::of(Some(tonnes(flow.kg)), None),
                Cell::words(words.name("treatment", flow.treatment.name())),
            ],
        }
    });
    let years: std::collections::BTreeSet<i16> = flows.iter().filter_map(|flow| flow.year).collect();
    let years: Vec<String> = years.iter().map(ToString::to_string).collect();
    Some(Figure {
        name: "circular-today".into(),
        kind: Kind::Bars,
        title: words.text("circular-today-title"),
        about: words.text("circular-today-about"),
        unit: "t".into(),
        decimals: 1,
        rows_are: words.text("circular-flow"),
        source: words.with("circular-today-source", &[("years", &years.join(", "))]),
        columns: vec![
            Column::new("tonnes", words.text("circular-tonnes")),
            Column::new("treatment", words.text("circular-treatment")),
        ],
        rows: rows.collect(),
        plain: None,
    })
}

fn number(amount: Amount, decimals: u32, words: &Words) -> String {
    numbers::number(amount, decimals, words.tongue)
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
        lanes: view
            .lanes
            .iter()
            .map(|lane| Lane {
                giver: lane.giver_name.clone(),
                what: lane.offer_text.clone(),
                taker: lane.taker_name.clone(),
                replaces: lane.want_text.clone(),
                tonnes: number(lane.tonnes, 1, words),
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

/// The next introductions to make: exchanges of the best network that nobody follows yet, then the likeliest suggestions.
fn introductions(
    view: Option<&NetworkView>,
    suggestions: &[SuggestionLine],
    on_board: &dyn Fn(&str, &str) -> bool,
    words: &Words,
) -> Vec<Introduction> {
    let mut all: Vec<Introduction> = Vec::new();
    for lane in view.iter().flat_map(|view| &view.lanes) {
        if on_board(&lane.offer, lane.taker.as_str()) {
            continue;
        }
        let found = suggestions
            .iter()
            .find(|one| one.offer.as_deref() == Some(&*lane.offer) && one.taker == lane.taker);
        let told = found.map_or_else(|| told::of_lane(lane, words), |one| suggested(one, words));
        all.push(Introduction {
            told,
            tonnes: number(lane.tonnes, 0, words),
            net: number(lane.net_value_nok, 0, words),
            co2e: numbers::readable(lane.co2e_saved_kg, "kgCO2e", words.tongue),
            process: lane.process.clone(),
            promise: (
                lane.tonnes.rounded(1, Rounding::HalfEven).to_string(),
                lane.net_value_nok.rounded(0, Rounding::HalfEven).to_string(),
                lane.co2e_saved_kg.rounded(0, Rounding::HalfEven).to_string(),
            ),
        });
    }
    // Only the first of each offer: the others are its alternatives.
    let mut fresh: Vec<&SuggestionLine> = suggestions.iter().collect();
    // Who asks for it comes first, then who would take most.
    fresh.sort_by_key(|one| std::cmp::Reverse((one.want.is_some(), !one.inferred, one.yearly_kg)));
    let fresh = fresh.into_iter().filter(|one| {
        let offer = one.offer.as_deref().unwrap_or_default();
        one.rank == 1 && !one.ruled_out && !one.already && !offer.is_empty() && !on_board(offer, one.taker.as_str())
    });
    for one in fresh {
        let listed = all.iter().any(|other| Some(&*other.told.offer) == one.offer.as_deref());
        if all.len() >= INTRODUCTIONS || listed {
            continue;
        }
        let yearly = one.yearly_kg.map(tonnes);
        all.push(Introduction {
            told: suggested(one, words),
            tonnes: yearly.map(|yearly| number(yearly, 0, words)).unwrap_or_default(),
            net: String::new(),
            co2e: String::new(),
            process: String::new(),
            promise: (
                yearly.unwrap_or_default().rounded(1, Rounding::HalfEven).to_string(),
                "0".into(),
                "0".into(),
            ),
        });
    }
    all.truncate(INTRODUCTIONS);
    all
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

/// Looks through the ledger again: of the own member, or of all for those who lead.
pub async fn infer(State(pages): State<Arc<Pages>>, form: Checked<Nothing>) -> Result<Response, PageError> {
    let actor = &form.visitor.actor;
    pages.app.infer_streams(actor, actor.member()).await?;
    Ok(Redirect::to("/circular").into_response())
}
