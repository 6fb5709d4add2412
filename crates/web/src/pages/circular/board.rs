//! The board: matches from idea to measured tonnes.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::circular::{
    BoardLine, BoardRequest, Condition, ExchangeAnswer, ExchangeChange, ExchangeRequest, Route, Stage, TonnesRequest,
    of_word, word_of,
};
use greenheart_model::MemberId;
use serde::Deserialize;

use super::told::{self, amount, called, law, optional_amount};
use crate::Pages;
use crate::error::PageError;
use crate::forms::{Checked, Nothing};
use crate::numbers;
use crate::pages::{Chrome, Page, render};
use crate::visitor::Visitor;
use crate::words::Words;

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    c: Chrome,
    columns: Vec<(String, Vec<Line>)>,
    totals: [String; 3],
    any: bool,
}

struct Line {
    id: String,
    what: String,
    giver: String,
    taker: String,
    stage: String,
    owner: String,
    next: String,
    alarm: String,
    promised: [String; 3],
    realised: [String; 3],
    of_promise: String,
    open: usize,
    documents: Vec<String>,
    law: Vec<String>,
    changes: Vec<[String; 4]>,
    records: Vec<[String; 5]>,
    rows: Vec<(String, String)>,
    since: bool,
}

/// The board.
pub async fn list(State(pages): State<Arc<Pages>>, visitor: Visitor) -> Page {
    let words = visitor.words;
    let lines = pages.app.board(&visitor.actor, &BoardRequest::default()).await?;
    let mut totals = [greenheart_units::Amount::ZERO; 3];
    for line in &lines {
        let done = &line.realised;
        for (total, part) in totals.iter_mut().zip([done.tonnes, done.nok, done.co2e_kg]) {
            *total += part;
        }
    }
    let columns = Stage::ALL.iter().filter(|stage| **stage != Stage::Ended).map(|stage| {
        let here = lines.iter().filter(|line| line.stage == *stage);
        (
            words.name("stage_of", &word_of(stage)),
            here.map(|one| line(one, words)).collect(),
        )
    });
    render(&BoardPage {
        any: !lines.is_empty(),
        totals: figures(totals, words),
        columns: columns.collect(),
        c: Chrome::new(&visitor, "circular"),
    })
}

fn figures([tonnes, nok, co2e]: [greenheart_units::Amount; 3], words: &Words) -> [String; 3] {
    [
        numbers::number(tonnes, 1, words.tongue),
        numbers::number(nok, 0, words.tongue),
        numbers::readable(co2e, "kgCO2e", words.tongue),
    ]
}

fn line(one: &BoardLine, words: &Words) -> Line {
    let amount = |amount: Option<greenheart_units::Amount>| {
        amount
            .map(|amount| numbers::number(amount, 2, words.tongue))
            .unwrap_or_default()
    };
    let stage = |stage: &Stage| words.name("stage_of", &word_of(stage));
    Line {
        id: one.id.clone(),
        what: called(&one.offer_text, words),
        giver: one.giver_name.clone(),
        taker: one.taker_name.clone(),
        stage: stage(&one.stage),
        owner: one.owner.clone(),
        next: one
            .next_step
            .as_ref()
            .map(|(step, due)| format!("{step} ({due})"))
            .unwrap_or_default(),
        alarm: one
            .alarm
            .as_ref()
            .map(|(alarm, days)| words.with(&format!("alarm-{alarm}"), &[("days", &days.to_string())]))
            .unwrap_or_default(),
        promised: figures([one.promised.0, one.promised.1, one.promised.2], words),
        realised: figures([one.realised.tonnes, one.realised.nok, one.realised.co2e_kg], words),
        of_promise: one
            .realised
            .of_promise
            .map(|share| numbers::percent(share, words.tongue))
            .unwrap_or_default(),
        open: one.realised.open,
        documents: one.documents.clone(),
        law: law(&one.gate, words),
        changes: one
            .changes
            .iter()
            .map(|change| {
                [
                    change.on.to_string(),
                    format!("{} → {}", stage(&change.from), stage(&change.to)),
                    change.by.clone(),
                    change.note.clone(),
                ]
            })
            .collect(),
        records: one
            .records
            .iter()
            .map(|record| {
                let months = if record.months > 1 {
                    format!("{} +{}", record.month, record.months - 1)
                } else {
                    record.month.to_string()
                };
                [
                    months,
                    amount(record.given),
                    amount(record.taken),
                    words.name("records", &record.agreement),
                    words.name("records", if record.measured { "files" } else { "told" }),
                ]
            })
            .collect(),
        rows: told::linked(&one.rows),
        since: matches!(one.stage, Stage::Contract | Stage::Delivering),
    }
}

#[derive(Template)]
#[template(path = "exchange.html")]
struct ExchangePage {
    c: Chrome,
    line: Line,
    next_stages: Vec<(String, String)>,
    conditions: Vec<(String, Vec<(String, String)>)>,
    weighs: (bool, bool),
}

/// One match.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Path(id): Path<String>) -> Page {
    let words = visitor.words;
    let request = BoardRequest {
        ended: true,
        ..BoardRequest::default()
    };
    let lines = pages.app.board(&visitor.actor, &request).await?;
    let one = lines.iter().find(|line| line.id == id).ok_or(PageError::NoPage)?;
    let name = |condition: &Condition| (word_of(condition), words.name("condition", &word_of(condition)));
    let open = |(route, unanswered, refused): &(Route, Vec<Condition>, Vec<Condition>)| {
        let left = unanswered.iter().chain(refused).map(name).collect();
        (words.name("route", &word_of(route)), left)
    };
    render(&ExchangePage {
        line: line(one, words),
        next_stages: one
            .next_stages
            .iter()
            .map(|stage| (word_of(stage), words.name("stage_of", &word_of(stage))))
            .collect(),
        conditions: one.gate.missing.iter().map(open).collect(),
        weighs: one.own_ends,
        c: Chrome::new(&visitor, "circular"),
    })
}

/// A match to follow.
#[derive(Deserialize)]
pub struct Start {
    offer: String,
    taker: String,
    #[serde(default)]
    want: String,
    tonnes: String,
    #[serde(default)]
    nok: String,
    #[serde(default)]
    co2e: String,
}

/// Puts a match on the board; whoever does sees to it first.
pub async fn start(State(pages): State<Arc<Pages>>, form: Checked<Start>) -> Result<Response, PageError> {
    let (actor, asked) = (&form.visitor.actor, &form.fields);
    let request = ExchangeRequest {
        offer: asked.offer.clone(),
        want: Some(asked.want.clone()).filter(|want| !want.is_empty()),
        taker: MemberId::new(&asked.taker),
        owner: actor.name.clone(),
        tonnes: amount(&asked.tonnes)?,
        nok: optional_amount(&asked.nok)?.unwrap_or_default(),
        co2e_kg: optional_amount(&asked.co2e)?.unwrap_or_default(),
    };
    let line = pages.app.start_exchange(actor, &request).await?;
    Ok(Redirect::to(&format!("/circular/board/{}", crate::shown::encoded(&line.id))).into_response())
}

/// Looks through the files for tonnes: of the own member, or of all for those who lead.
pub async fn fill(State(pages): State<Arc<Pages>>, form: Checked<Nothing>) -> Result<Response, PageError> {
    let actor = &form.visitor.actor;
    pages.app.fill_board(actor, actor.member()).await?;
    Ok(Redirect::to("/circular/board").into_response())
}

/// What happens to a match; `do` says which of the fields count.
#[derive(Deserialize)]
pub struct Change {
    r#do: String,
    #[serde(default)]
    stage: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    step: String,
    #[serde(default)]
    due: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    condition: String,
    #[serde(default)]
    holds: String,
    #[serde(default)]
    month: String,
    #[serde(default)]
    given: String,
    #[serde(default)]
    taken: String,
}

/// Changes a match.
pub async fn change(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    form: Checked<Change>,
) -> Result<Response, PageError> {
    let asked = &form.fields;
    let wrong = |_| PageError::Form("error-form");
    let change = match asked.r#do.as_str() {
        "go" => ExchangeChange::Go {
            to: of_word(&asked.stage).map_err(wrong)?,
            note: asked.note.clone(),
        },
        "plan" => ExchangeChange::Plan {
            step: asked.step.clone(),
            due: asked.due.parse().map_err(|_| PageError::Form("form-date"))?,
        },
        "owner" => ExchangeChange::Owner(asked.text.clone()),
        "document" => ExchangeChange::Document(asked.text.clone()),
        "answer" => ExchangeChange::Answer(ExchangeAnswer {
            condition: of_word(&asked.condition).map_err(wrong)?,
            holds: asked.holds == "yes",
            ground: asked.note.clone(),
        }),
        "since" => ExchangeChange::Since(asked.month.parse().map_err(|_| PageError::Form("form-date"))?),
        "tonnes" => ExchangeChange::Tonnes(TonnesRequest {
            month: asked.month.parse().map_err(|_| PageError::Form("form-date"))?,
            given: optional_amount(&asked.given)?,
            taken: optional_amount(&asked.taken)?,
        }),
        _ => return Err(PageError::Form("error-form")),
    };
    pages.app.change_exchange(&form.visitor.actor, &id, &change).await?;
    Ok(Redirect::to(&format!("/circular/board/{}", crate::shown::encoded(&id))).into_response())
}
