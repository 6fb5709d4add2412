//! The three goals: the front page, the public page, and each goal by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use greenheart_app::{
    Actor, AppError, Capacity, ChangeSpread, GoalQuery, GoalSpread, GoalStatus, GoalView, GoalYearView, GoalsView,
    Outlook, OutlookBand,
};
use greenheart_model::MemberId;
use greenheart_units::{Amount, Rate};

use super::overview::{self, Ranked};
use super::{Chrome, Page, figures, jobs, materials, open_goods, render};
use crate::Pages;
use crate::error::PageError;
use crate::figure::Figure;
use crate::forms::{Checked, Nothing};
use crate::numbers;
use crate::sheet::Table;
use crate::shown::{Shown, figure_name};
use crate::spoken;
use crate::visitor::Visitor;
use crate::words::Words;

#[derive(Template)]
#[template(path = "goals.html")]
struct GoalsPage {
    c: Chrome,
    view: Option<GoalsView>,
    /// The three goals in a sentence.
    summary: Option<String>,
    /// In which prices revenue is.
    prices: Option<String>,
    cards: Vec<Card>,
    ranked: Vec<Ranked>,
    figures: Vec<Figure>,
    gaps: Vec<GapLine>,
    tables: Vec<Table>,
    leads: bool,
    released: bool,
    /// What a member still owes, in a sentence, for those who hand in files.
    owed: Option<String>,
}

#[derive(Template)]
#[template(path = "goal.html")]
struct GoalPage {
    c: Chrome,
    card: Card,
    beside: Vec<(String, Shown)>,
    figures: Vec<Figure>,
    explains: bool,
    outlook: Option<OutlookTable>,
    /// P5, value and P95 of goal 2 by year, and of its change.
    spreads: Vec<(i16, [String; 6])>,
    gaps: Vec<GapLine>,
    tables: Vec<Table>,
}

/// Where a goal is heading.
struct OutlookTable {
    year: i16,
    /// Its name, and one in twenty lower, the median, one in twenty higher.
    bands: Vec<(String, [Shown; 3])>,
    probability: Option<Shown>,
    target: Shown,
    /// Why something is not there.
    missing: Option<String>,
}

/// A goal as a card.
struct Card {
    key: String,
    now: Option<Now>,
    target: String,
    goal_year: i16,
    base_year: i16,
    figure: Figure,
    rows: Vec<Row>,
}

/// The last year that has a figure.
struct Now {
    year: i16,
    status: &'static str,
    change: Shown,
    value: Shown,
    base: Shown,
    line: Shown,
    /// How far from the line to the goal, in words.
    distance: Option<String>,
    coverage: String,
    spend: Option<String>,
    /// How likely the trend reaches the goal.
    chance: Option<Shown>,
}

/// A year in the table.
struct Row {
    year: i16,
    value: Shown,
    base: Shown,
    line: Shown,
    change: String,
    coverage: String,
    estimate: Shown,
    spend: String,
    status: String,
}

/// Something missing, in the years it is missing.
struct GapLine {
    what: String,
    member: Option<String>,
    goals: String,
    years: String,
    detail: String,
}

/// The front page: live for those who lead, the last release for everybody else.
pub async fn front(State(pages): State<Arc<Pages>>, visitor: Visitor) -> Page {
    show(&pages, &visitor, &visitor.actor, "goals").await
}

/// What everybody sees.
pub async fn public(State(pages): State<Arc<Pages>>, visitor: Visitor) -> Page {
    let everybody = Actor {
        name: visitor.actor.name.clone(),
        capacity: Capacity::Public,
    };
    show(&pages, &visitor, &everybody, "public").await
}

async fn show(pages: &Pages, visitor: &Visitor, actor: &Actor, here: &'static str) -> Page {
    let view = match pages.app.goals(actor, &GoalQuery::default()).await {
        Ok(view) => Some(view),
        // Nothing was taken in or released yet; the page says what to do.
        Err(AppError::Input { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let (mut figures, mut ranked, mut owed) = (Vec::new(), Vec::new(), None);
    if let (Some(view), "goals") = (&view, here) {
        figures = beside(pages, visitor, view).await?;
        let member = visitor.actor.member();
        if actor.leads() || member.is_some() {
            ranked = overview::of(pages, visitor, member).await?;
        }
        if member.is_some() {
            owed = owes(pages, visitor).await?;
        }
    }
    let goals = view.as_ref().map(|view| view.goals.as_slice()).unwrap_or_default();
    render(&GoalsPage {
        summary: view.as_ref().map(|view| summary(view, visitor.words)),
        prices: view
            .as_ref()
            .and_then(|view| view.price_index.as_deref())
            .map(|index| prices(index, visitor.words)),
        cards: view
            .iter()
            .flat_map(|view| {
                view.goals
                    .iter()
                    .map(|goal| card_of(view, goal, here == "public", visitor.words))
            })
            .collect(),
        gaps: gap_lines(goals, visitor.words),
        tables: match &view {
            Some(_) if here == "goals" => open_goods::table(pages, visitor, FEW).await?,
            _ => Vec::new(),
        },
        ranked,
        figures,
        leads: actor.leads(),
        released: !actor.leads(),
        owed,
        c: Chrome::new(visitor, here),
        view,
    })
}

/// Articles without a mass on the front page; the page of the goal has more.
const FEW: usize = 5;

/// How many of the goals are on track, as the first thing to read.
fn summary(view: &GoalsView, words: &Words) -> String {
    let on_track = |goal: &&GoalView| latest(goal).is_some_and(|year| status(year) == "on_track");
    let count = view.goals.iter().filter(on_track).count();
    words.text(&format!("goals-on-track-{count}"))
}

/// An index by the name that people know it by, with the file that it is from.
fn prices(index: &str, words: &Words) -> String {
    let known = index.split_once(" (").and_then(|(name, source)| {
        let file = source.trim_end_matches(')').rsplit("; ").next()?;
        Some(format!("{} ({file})", words.known("index", name)?))
    });
    words.with("goals-prices", &[("index", known.as_deref().unwrap_or(index))])
}

/// What the visitor's own member has not handed in yet for the last year that ended.
async fn owes(pages: &Pages, visitor: &Visitor) -> Result<Option<String>, PageError> {
    let campaign = pages.app.campaign(&visitor.actor, None).await?;
    let words = visitor.words;
    let kinds: std::collections::BTreeSet<String> = campaign
        .owed
        .iter()
        .map(|owed| words.name("coverage", &owed.kind.to_string()))
        .collect();
    let kinds: Vec<String> = kinds.into_iter().collect();
    let year = campaign.year.to_string();
    Ok((!kinds.is_empty()).then(|| words.with("you-owe", &[("year", &year), ("kinds", &kinds.join(", "))])))
}

/// What stands below the goals: for those who lead the whole panel, for those of a member its own account.
async fn beside(pages: &Pages, visitor: &Visitor, view: &GoalsView) -> Result<Vec<Figure>, PageError> {
    if visitor.is_public() {
        return Ok(Vec::new());
    }
    let asked = figures::Asked::default();
    let scopes = if visitor.actor.leads() {
        figures::scopes_of_panel(view, visitor.words)
    } else {
        figures::scopes(pages, visitor, &asked).await?
    };
    let completeness = figures::completeness(pages, visitor, &asked).await?;
    let sites = if visitor.actor.leads() {
        Some(figures::region(pages, visitor).await?)
    } else {
        None
    };
    Ok(scopes.into_iter().chain(sites).chain(completeness).collect())
}

/// One goal with everything beside it.
pub async fn detail(State(pages): State<Arc<Pages>>, visitor: Visitor, Path(name): Path<String>) -> Page {
    let view = pages.app.goals(&visitor.actor, &GoalQuery::default()).await?;
    let goal = view
        .goals
        .iter()
        .find(|goal| goal.goal.name() == name)
        .ok_or(PageError::NoPage)?;
    let last = latest(goal);
    let spreads = if name == "co2e" && visitor.actor.leads() {
        let spreads = pages.app.goal_spread(&visitor.actor, &GoalQuery::default()).await?;
        spreads
            .iter()
            .map(|spread| (spread.year, spread_cells(spread, visitor.words)))
            .collect()
    } else {
        Vec::new()
    };
    render(&GoalPage {
        spreads,
        card: card_of(&view, goal, false, visitor.words),
        figures: (name == "resource_draw")
            .then(|| materials::figure(&view, visitor.words))
            .flatten()
            .into_iter()
            .collect(),
        explains: name == "co2e" && !visitor.is_public(),
        outlook: goal
            .outlook
            .as_ref()
            .map(|outlook| outlook_table(outlook, visitor.words)),
        beside: last
            .iter()
            .flat_map(|year| &year.beside)
            .map(|figure| {
                (
                    figure_name(&figure.name, visitor.words),
                    Shown::figure(figure, visitor.words),
                )
            })
            .collect(),
        gaps: gap_lines(std::slice::from_ref(goal), visitor.words),
        tables: if name == "resource_draw" {
            open_goods::table(&pages, &visitor, usize::MAX).await?
        } else {
            Vec::new()
        },
        c: Chrome::new(&visitor, "goals"),
    })
}

fn spread_cells(spread: &GoalSpread, words: &Words) -> [String; 6] {
    let co2e = |kg: Amount| numbers::readable(kg, "kgCO2e", words.tongue);
    let change = |pick: fn(&ChangeSpread) -> Rate| {
        let change = spread.change.as_ref();
        change.map_or_else(String::new, |change| numbers::change(pick(change), words.tongue))
    };
    [
        co2e(spread.value.p5_kg),
        co2e(spread.value.p50_kg),
        co2e(spread.value.p95_kg),
        change(|change| change.p5),
        change(|change| change.p50),
        change(|change| change.p95),
    ]
}

fn outlook_table(outlook: &Outlook, words: &Words) -> OutlookTable {
    let bands = [
        ("outlook-baseline", &outlook.baseline),
        ("outlook-trend", &outlook.forecast),
    ];
    let shown = |band: &OutlookBand| [&band.p5, &band.p50, &band.p95].map(|figure| Shown::figure(figure, words));
    OutlookTable {
        year: outlook.goal_year,
        bands: bands
            .into_iter()
            .filter_map(|(key, band)| Some((words.text(key), shown(band.as_ref()?))))
            .collect(),
        probability: outlook.probability.as_ref().map(|figure| Shown::figure(figure, words)),
        target: Shown::figure(&outlook.target, words),
        missing: outlook
            .missing
            .as_ref()
            .map(|code| words.text(&code.replace(['.', '_'], "-"))),
    }
}

/// Begins a release of today's goals.
pub async fn release(State(pages): State<Arc<Pages>>, form: Checked<Nothing>) -> Result<Response, PageError> {
    let Nothing {} = form.fields;
    Ok(jobs::to(&pages.app.start_release(&form.visitor.actor).await?))
}

fn latest(goal: &GoalView) -> Option<&GoalYearView> {
    let known = |year: &&GoalYearView| year.value.value.is_some() || year.withheld;
    goal.years.iter().rev().find(known)
}

fn card_of(view: &GoalsView, goal: &GoalView, released: bool, words: &Words) -> Card {
    Card {
        key: goal.goal.name().to_owned(),
        now: latest(goal).map(|year| now(view, goal, year, words)),
        target: numbers::change(goal.target_change, words.tongue),
        goal_year: view.goal_year,
        base_year: view.base_year,
        figure: figures::trajectory_of(view, goal, released, words),
        rows: goal.years.iter().map(|year| row(year, words)).collect(),
    }
}

fn now(view: &GoalsView, goal: &GoalView, year: &GoalYearView, words: &Words) -> Now {
    let value = Shown::figure(&year.value, words);
    let change = match year.change {
        Some(change) => value.saying(numbers::change(change, words.tongue)),
        None => Shown {
            text: words.text("missing"),
            href: None,
        },
    };
    Now {
        year: year.year,
        status: status(year),
        change,
        value,
        base: Shown::figure(&year.base, words),
        line: Shown::figure(&year.target, words),
        distance: distance(view, goal, year, words),
        chance: goal
            .outlook
            .as_ref()
            .and_then(|outlook| outlook.probability.as_ref())
            .map(|probability| Shown::figure(probability, words)),
        coverage: coverage(year, words),
        spend: year.spend_share.map(|share| numbers::percent(share, words.tongue)),
    }
}

/// How far a year is from the straight line to the goal, in percentage points of the base year.
fn distance(view: &GoalsView, goal: &GoalView, year: &GoalYearView, words: &Words) -> Option<String> {
    let change = year.change?;
    if year.year <= view.base_year || year.status == GoalStatus::NotAssessable {
        return None;
    }
    let beyond = change.checked_add(-figures::line_to(view, goal, year.year)).ok()?;
    let ahead = beyond.is_zero() || beyond.is_negative() == goal.target_change.is_negative();
    let points = numbers::points(if beyond.is_negative() { -beyond } else { beyond }, words.tongue);
    Some(words.with(
        if ahead { "points-ahead" } else { "points-behind" },
        &[("points", &points)],
    ))
}

fn row(year: &GoalYearView, words: &Words) -> Row {
    let share = |share: Option<Rate>| share.map_or_else(String::new, |share| numbers::percent(share, words.tongue));
    let open = year.value.value.is_none() && year.gaps.iter().any(|gap| gap.code == "goal.year_not_over");
    let ahead = |shown: Shown| match shown.href {
        None if open => Shown {
            text: "–".into(),
            href: None,
        },
        _ => shown,
    };
    Row {
        year: year.year,
        value: ahead(Shown::figure(&year.value, words)),
        base: Shown::figure(&year.base, words),
        line: Shown::figure(&year.target, words),
        change: year
            .change
            .map_or_else(String::new, |change| numbers::change(change, words.tongue)),
        coverage: share(year.coverage.revenue),
        estimate: ahead(Shown::figure(&year.estimate_rest, words)),
        spend: share(year.spend_share),
        status: if open {
            words.text("year-ahead")
        } else {
            words.text(&format!("status-{}", status(year)))
        },
    }
}

fn status(year: &GoalYearView) -> &'static str {
    if year.withheld { "withheld" } else { year.status.name() }
}

fn coverage(year: &GoalYearView, words: &Words) -> String {
    let share = year
        .coverage
        .revenue
        .map_or_else(|| words.text("missing"), |share| numbers::percent(share, words.tongue));
    let of_members = words.with(
        "coverage-says",
        &[
            ("panel", &year.coverage.panel_members.to_string()),
            ("boundary", &year.coverage.boundary_members.to_string()),
            ("share", &share),
        ],
    );
    let Some(purchases) = year.coverage.purchases else {
        return of_members;
    };
    let share = numbers::percent(purchases, words.tongue);
    format!("{of_members}; {}", words.with("coverage-goods", &[("share", &share)]))
}

/// Gaps that say the same of several years or goals are one line.
fn gap_lines(goals: &[GoalView], words: &Words) -> Vec<GapLine> {
    type Key = (String, Option<MemberId>);
    let mut lines: BTreeMap<Key, (Vec<String>, Vec<i16>, String)> = BTreeMap::new();
    for goal in goals {
        for year in goal
            .years
            .iter()
            .filter(|year| year.status != GoalStatus::Missing || year.value.value.is_some())
        {
            for gap in year.gaps.iter().filter(|gap| gap.code != "goal.year_not_over") {
                let (names, years, detail) = lines.entry((gap.code.clone(), gap.member.clone())).or_default();
                let name = words.text(&format!("goal-{}", goal.goal.name()));
                if !names.contains(&name) {
                    names.push(name);
                }
                if !years.contains(&year.year) {
                    years.push(year.year);
                }
                detail.clone_from(&gap.detail);
            }
        }
    }
    lines
        .into_iter()
        .map(|((code, member), (goals, mut years, detail))| {
            years.sort_unstable();
            GapLine {
                what: words.name("gap", code.trim_start_matches("goal.")),
                member: member.map(|member| member.to_string()),
                goals: goals.join(", "),
                years: years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
                detail: spoken::gap(&detail, words),
            }
        })
        .collect()
}
