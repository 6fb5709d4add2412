//! A member's streams: guesses to confirm, correct or refuse, and who might want them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::circular::{
    Direction, MatchRequest, Source, StandingKind, StreamKind, StreamLine, StreamQuery, StreamRequest, of_word, word_of,
};
use greenheart_model::{MemberId, Visibility};
use serde::Deserialize;

use super::told::{Suggested, called, code_name, linked, optional_amount, suggested};
use crate::Pages;
use crate::error::PageError;
use crate::forms::Checked;
use crate::numbers;
use crate::pager::Pager;
use crate::pages::{Chrome, Page, render};
use crate::visitor::Visitor;
use crate::words::Words;

/// Who may see a stream, from the narrowest.
const LEVELS: [Visibility; 5] = [
    Visibility::Own,
    Visibility::Facilitator,
    Visibility::AnonymisedBand,
    Visibility::Cluster,
    Visibility::Public,
];

#[derive(Template)]
#[template(path = "streams.html")]
struct StreamsPage {
    c: Chrome,
    own: Vec<Shown>,
    own_pager: Pager,
    others: Vec<Shown>,
    pager: Pager,
    member: Option<String>,
    levels: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
}

/// A stream on a page.
struct Shown {
    id: String,
    member: String,
    direction: String,
    what: String,
    code: String,
    code_name: String,
    hazardous: bool,
    yearly: String,
    price: String,
    today: Vec<String>,
    rests_on: String,
    rows: Vec<(String, String)>,
    standing: String,
    standing_code: &'static str,
    guess: bool,
    visibility: String,
    findings: Vec<String>,
    may_answer: bool,
    suggestions: Vec<Suggested>,
}

/// Which parts of the lists.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Part {
    page: Option<String>,
    own: Option<String>,
}

/// The list, of whoever asks.
pub async fn list(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(part): Query<Part>) -> Page {
    list_of(&pages, &visitor, &part).await
}

/// The same for the front of the section.
pub async fn list_of(pages: &Pages, visitor: &Visitor, part: &Part) -> Page {
    let (app, actor, words) = (&pages.app, &visitor.actor, visitor.words);
    let lines = app.streams(actor, &StreamQuery::default()).await?;
    let own = actor.member().cloned();
    let suggestions = match &own {
        Some(member) => {
            let request = MatchRequest {
                member: Some(member.clone()),
                most: Some(3),
                ..MatchRequest::default()
            };
            app.matches(actor, &request).await?
        }
        None => Vec::new(),
    };
    let (mine, others): (Vec<&StreamLine>, Vec<&StreamLine>) =
        lines.iter().partition(|line| own.is_some() && line.member == own);
    let address = |name: &str, other: Option<&String>| match other.filter(|text| text.parse::<u32>().is_ok()) {
        Some(page) => format!("/circular/streams?{name}={page}&"),
        None => "/circular/streams?".to_owned(),
    };
    let pager = Pager::of(
        part.page.as_deref(),
        others.len(),
        &address("own", part.own.as_ref()),
        words,
    );
    let own_pager = Pager::named(
        "own",
        part.own.as_deref(),
        mine.len(),
        &address("page", part.page.as_ref()),
        words,
    );
    let with_suggestions = |line: &&StreamLine| {
        let mut shown = shown(line, words);
        let fitting = suggestions.iter().filter(|one| match line.direction {
            Direction::Offer => one.offer == line.id,
            Direction::Want => one.want == line.id && one.giver != own,
        });
        shown.suggestions = fitting.map(|one| suggested(one, words)).collect();
        shown
    };
    render(&StreamsPage {
        own: own_pager
            .cut(mine.iter())
            .iter()
            .map(|line| with_suggestions(line))
            .collect(),
        others: pager.cut(others.iter()).iter().map(|line| shown(line, words)).collect(),
        own_pager,
        pager,
        member: own.as_ref().map(ToString::to_string),
        levels: levels(words),
        kinds: kinds(words),
        c: Chrome::new(visitor, "circular"),
    })
}

fn levels(words: &Words) -> Vec<(String, String)> {
    let text = |level: &Visibility| words.text(&format!("visibility-{}", word_of(level).replace('_', "-")));
    LEVELS.iter().map(|level| (word_of(level), text(level))).collect()
}

fn kinds(words: &Words) -> Vec<(String, String)> {
    let all = [
        StreamKind::Residue,
        StreamKind::Material,
        StreamKind::Heat,
        StreamKind::Water,
        StreamKind::Electricity,
        StreamKind::Gas,
    ];
    all.iter()
        .map(|kind| (word_of(kind), words.name("stream", &word_of(kind))))
        .collect()
}

fn shown(line: &StreamLine, words: &Words) -> Shown {
    let (rests_on, rows) = match &line.source {
        Some(Source::WasteReports(rows)) => (words.text("source-waste_reports"), rows.clone()),
        Some(Source::Purchases(rows)) => (words.text("source-purchases"), rows.clone()),
        Some(Source::SectorProfile(source)) => (words.with("source-sector_profile", &[("source", source)]), Vec::new()),
        None => (String::new(), Vec::new()),
    };
    Shown {
        id: line.id.clone().unwrap_or_default(),
        member: line
            .member_name
            .clone()
            .unwrap_or_else(|| words.text("circular-somebody")),
        direction: words.name("direction", &word_of(&line.direction)),
        what: if line.text.is_empty() {
            words.name("stream", &word_of(&line.kind))
        } else {
            called(&line.text, words)
        },
        code: line
            .waste_code
            .map(|code| code.to_string())
            .or_else(|| line.chapter.clone())
            .unwrap_or_default(),
        code_name: line.waste_code.map(|code| code_name(code, words)).unwrap_or_default(),
        hazardous: line.hazardous,
        yearly: match (line.yearly, &line.unit) {
            (Some(yearly), Some(unit)) => numbers::readable(yearly, unit, words.tongue),
            _ => words.name("band", &word_of(&line.band)),
        },
        price: line
            .price_nok_per_unit
            .map(|price| {
                words.with(
                    "circular-price",
                    &[
                        ("nok", &numbers::number(price, 3, words.tongue)),
                        ("unit", line.unit.as_deref().unwrap_or_default()),
                    ],
                )
            })
            .unwrap_or_default(),
        today: line
            .today
            .iter()
            .map(|fate| {
                let receiver = fate
                    .receiver
                    .as_ref()
                    .map_or_else(|| words.text("circular-outside"), ToString::to_string);
                words.with(
                    "circular-goes",
                    &[
                        ("kg", &numbers::readable(fate.kg, "kg", words.tongue)),
                        ("treatment", &words.name("treatment", fate.treatment.name())),
                        ("receiver", &receiver),
                    ],
                )
            })
            .collect(),
        rests_on,
        rows: linked(&rows),
        standing: line
            .standing
            .map(|standing| words.name("standing", &word_of(&standing)))
            .unwrap_or_default(),
        guess: line.standing == Some(StandingKind::Inferred),
        standing_code: match line.standing {
            Some(StandingKind::Confirmed) => "on_track",
            _ => "indicative",
        },
        visibility: line
            .visibility
            .map(|level| words.text(&format!("visibility-{}", word_of(&level).replace('_', "-"))))
            .unwrap_or_default(),
        findings: line
            .findings
            .iter()
            .map(|finding| match words.tongue {
                crate::words::Tongue::Nb => finding.norwegian.clone(),
                crate::words::Tongue::En => finding.english.clone(),
            })
            .collect(),
        may_answer: line.may_answer,
        suggestions: Vec::new(),
    }
}

#[derive(Template)]
#[template(path = "stream.html")]
struct StreamPage {
    c: Chrome,
    line: Shown,
    direction: String,
    text: String,
    code: String,
    max_km: String,
    levels: Vec<(String, String, bool)>,
    kinds: Vec<(String, String, bool)>,
}

/// One stream: what it is, who might want it, and the form to correct it.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Path(id): Path<String>) -> Page {
    let (app, actor, words) = (&pages.app, &visitor.actor, visitor.words);
    let line = app.stream(actor, &id).await?;
    let mut one = shown(&line, words);
    if line.standing.is_some() {
        let request = MatchRequest {
            stream: Some(id),
            ..MatchRequest::default()
        };
        one.suggestions = app
            .matches(actor, &request)
            .await?
            .iter()
            .map(|one| suggested(one, words))
            .collect();
    }
    let chosen = line.visibility.map(|level| word_of(&level)).unwrap_or_default();
    let kind = word_of(&line.kind);
    render(&StreamPage {
        direction: word_of(&line.direction),
        text: line.text.clone(),
        code: line.waste_code.map(|code| code.to_string()).unwrap_or_default(),
        max_km: line.max_distance_km.map(|km| km.to_string()).unwrap_or_default(),
        levels: levels(words)
            .into_iter()
            .map(|(code, label)| (code.clone(), label, code == chosen))
            .collect(),
        kinds: kinds(words)
            .into_iter()
            .map(|(code, label)| (code.clone(), label, code == kind))
            .collect(),
        line: one,
        c: Chrome::new(&visitor, "circular"),
    })
}

/// What the holder says of a guess.
#[derive(Deserialize)]
pub struct Answer {
    answer: String,
    #[serde(default)]
    visibility: String,
}

/// Confirms, refuses or withdraws.
pub async fn answer(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    form: Checked<Answer>,
) -> Result<Response, PageError> {
    let (app, actor) = (&pages.app, &form.visitor.actor);
    match form.fields.answer.as_str() {
        "confirm" => {
            let visibility = match form.fields.visibility.as_str() {
                "" => None,
                word => Some((of_word(word).map_err(|_| PageError::Form("error-form"))?, Vec::new())),
            };
            app.confirm_stream(actor, &id, visibility).await?;
        }
        "deny" => drop(app.deny_stream(actor, &id).await?),
        "withdraw" => drop(app.withdraw_stream(actor, &id).await?),
        _ => return Err(PageError::Form("error-form")),
    }
    Ok(Redirect::to("/circular").into_response())
}

/// A stream as typed.
#[derive(Deserialize)]
pub struct Typed {
    direction: String,
    kind: String,
    text: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    yearly: String,
    #[serde(default)]
    price: String,
    #[serde(default)]
    max_km: String,
    #[serde(default)]
    properties: String,
    visibility: String,
}

impl Typed {
    fn request(&self, member: MemberId) -> Result<StreamRequest, PageError> {
        let optional = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(StreamRequest {
            member,
            site: None,
            direction: of_word(&self.direction).map_err(|_| PageError::Form("error-form"))?,
            kind: of_word(&self.kind).map_err(|_| PageError::Form("error-form"))?,
            waste_code: match optional(&self.code) {
                None => None,
                Some(code) => Some(code.parse().map_err(|_| PageError::Form("form-waste-code"))?),
            },
            cn: None,
            text: self.text.clone(),
            yearly: optional(&self.yearly),
            months: None,
            price_nok: optional_amount(&self.price)?,
            max_distance_km: match optional(&self.max_km) {
                None => None,
                Some(km) => Some(km.parse().map_err(|_| PageError::Form("form-number"))?),
            },
            properties: self.properties.lines().filter_map(optional).collect(),
            supply_c: None,
            visibility: of_word(&self.visibility).map_err(|_| PageError::Form("error-form"))?,
            partners: Vec::new(),
        })
    }
}

/// Adds a stream of the own member.
pub async fn add(State(pages): State<Arc<Pages>>, form: Checked<Typed>) -> Result<Response, PageError> {
    let actor = &form.visitor.actor;
    let member = actor.may_hand_in().map_err(greenheart_app::AppError::from)?.clone();
    pages.app.add_stream(actor, &form.fields.request(member)?).await?;
    Ok(Redirect::to("/circular").into_response())
}

/// Corrects a stream.
pub async fn correct(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    form: Checked<Typed>,
) -> Result<Response, PageError> {
    let actor = &form.visitor.actor;
    let before = pages.app.stream(actor, &id).await?;
    let member = before.member.ok_or(PageError::NoPage)?;
    pages
        .app
        .correct_stream(actor, &id, &form.fields.request(member)?)
        .await?;
    Ok(Redirect::to(&format!("/circular/streams/{}", crate::shown::encoded(&id))).into_response())
}
