//! Releases: what members see of each other, with what was withheld and why.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use greenheart_app::{AppError, CellState, Release, ReleaseLine, ReleasedCell, ReleasedRow, ReleasedTable};

use super::{Chrome, Page, jobs, render};
use crate::Pages;
use crate::error::PageError;
use crate::forms::{Checked, Nothing};
use crate::numbers;
use crate::shown::line_name;
use crate::visitor::Visitor;
use crate::words::Words;

#[derive(Template)]
#[template(path = "releases.html")]
struct ReleasesPage {
    c: Chrome,
    shown: Option<Shown>,
    lines: Vec<Line>,
    leads: bool,
}

/// A release as read.
struct Shown {
    number: i64,
    about: String,
    rules: String,
    work: String,
    tables: Vec<Table>,
    legend: Vec<(String, String)>,
}

struct Table {
    title: String,
    about: String,
    columns: Vec<i16>,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    is_total: bool,
    cells: Vec<Seen>,
}

/// A cell as read.
struct Seen {
    text: String,
    beside: String,
    withheld: bool,
}

struct Line {
    number: i64,
    at: String,
    by: String,
    snapshot: String,
    shown: usize,
    withheld: usize,
}

/// The last release, and the list of all.
pub async fn last(State(pages): State<Arc<Pages>>, visitor: Visitor) -> Page {
    show(&pages, &visitor, None).await
}

/// One release, as it was.
pub async fn one(State(pages): State<Arc<Pages>>, visitor: Visitor, Path(number): Path<i64>) -> Page {
    show(&pages, &visitor, Some(number)).await
}

async fn show(pages: &Pages, visitor: &Visitor, number: Option<i64>) -> Page {
    let lines = pages.app.releases(&visitor.actor).await?;
    let release = match pages.app.release(&visitor.actor, number).await {
        Ok(release) => Some(release),
        // Nothing was released yet; the page says what to do.
        Err(AppError::NotFound { .. }) if number.is_none() => None,
        Err(error) => return Err(error.into()),
    };
    render(&ReleasesPage {
        shown: release.as_ref().map(|release| shown(release, visitor.words)),
        lines: lines.iter().map(|one| line(one, visitor.words)).collect(),
        leads: visitor.actor.leads(),
        c: Chrome::new(visitor, "releases"),
    })
}

/// Begins a release of today's figures.
pub async fn compute(State(pages): State<Arc<Pages>>, form: Checked<Nothing>) -> Result<Response, PageError> {
    let Nothing {} = form.fields;
    Ok(jobs::to(&pages.app.start_release(&form.visitor.actor).await?))
}

fn line(one: &ReleaseLine, words: &Words) -> Line {
    Line {
        number: one.number,
        at: numbers::time(one.at_ms, words.tongue),
        by: one.by.clone(),
        snapshot: one.snapshot.clone(),
        shown: one.shown,
        withheld: one.withheld,
    }
}

fn shown(release: &Release, words: &Words) -> Shown {
    let places = [
        ("number", &*release.number.to_string()),
        ("at", &*numbers::time(release.at_ms, words.tongue)),
        ("by", &*release.by),
        ("snapshot", &*release.snapshot),
    ];
    let rules = [
        ("others", &*release.others.to_string()),
        ("percent", &*release.percent.to_string()),
    ];
    let count = |count: usize| numbers::count(u64::try_from(count).unwrap_or(u64::MAX), words.tongue);
    let work = [
        ("amounts", &*count(release.amounts)),
        ("programs", &*count(release.programs)),
    ];
    let mut legend: Vec<CellState> = release
        .tables
        .iter()
        .flat_map(|table| &table.rows)
        .flat_map(|row| row.cells.iter().map(|cell| cell.state))
        .filter(|state| *state != CellState::Published)
        .collect();
    legend.sort_unstable();
    legend.dedup();
    Shown {
        number: release.number,
        about: words.with("release-about", &places),
        rules: words.with("release-rules", &rules),
        work: words.with("release-work", &work),
        tables: release.tables.iter().map(|one| table(one, words)).collect(),
        legend: legend
            .into_iter()
            .map(|state| (words.name("cell", state.name()), words.name("cell-says", state.name())))
            .collect(),
    }
}

fn table(one: &ReleasedTable, words: &Words) -> Table {
    Table {
        title: words.name("table", &one.name),
        about: words.name("table-about", &one.name),
        columns: one.columns.clone(),
        rows: one.rows.iter().map(|found| row(found, &one.name, words)).collect(),
    }
}

fn row(found: &ReleasedRow, table: &str, words: &Words) -> Row {
    let name = if found.key == "total" {
        words.text("total")
    } else if table.ends_with("_by_class") {
        line_name(&found.key, words)
    } else {
        words.name(if table.ends_with("_by_sector") { "sector" } else { "row" }, &found.key)
    };
    Row {
        name,
        is_total: found.key == "total",
        cells: found.cells.iter().map(|cell| seen(cell, &found.unit, words)).collect(),
    }
}

fn seen(cell: &ReleasedCell, unit: &str, words: &Words) -> Seen {
    let beside = match cell.since {
        Some(number) => words.with("cell-since", &[("number", &number.to_string())]),
        None => String::new(),
    };
    match cell.value {
        Some(value) if unit == "people" => Seen {
            text: numbers::number(value, 0, words.tongue),
            beside,
            withheld: false,
        },
        Some(value) => Seen {
            text: numbers::readable(value, unit, words.tongue),
            beside,
            withheld: false,
        },
        None => Seen {
            text: words.name("cell", cell.state.name()),
            beside,
            withheld: true,
        },
    }
}
