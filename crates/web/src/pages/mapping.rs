//! What the columns of a table hold: proposed, confirmed by a person, kept for the next time.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::{Column, Field, Mapping, WaitingTable};
use greenheart_model::ActivityKind;
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::forms::Checked;
use crate::shown::encoded;
use crate::visitor::Visitor;

/// Rows shown of a table.
const ROWS: usize = 4;

#[derive(Template)]
#[template(path = "mapping.html")]
struct MappingPage {
    c: Chrome,
    id: String,
    at: usize,
    name: String,
    others: Vec<(usize, String)>,
    columns: Vec<ColumnChoice>,
    kinds: Vec<Choice>,
    unit: String,
}

/// A column and what it may hold.
struct ColumnChoice {
    position: usize,
    header: String,
    examples: Vec<String>,
    sure: bool,
    fields: Vec<Choice>,
}

struct Choice {
    code: String,
    label: String,
    chosen: bool,
}

/// Which of several tables.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    file: usize,
}

/// The form.
pub async fn form(
    State(pages): State<Arc<Pages>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let tables = pages.app.waiting_tables(&visitor.actor, &id).await?;
    let table = tables.get(asked.file).ok_or(PageError::NoPage)?;
    let proposed = &table.sniffed.mapping;
    let words = visitor.words;
    render(&MappingPage {
        at: asked.file,
        name: table.name.clone(),
        others: (0..)
            .zip(&tables)
            .filter(|(at, _)| *at != asked.file)
            .map(|(at, other)| (at, other.name.clone()))
            .collect(),
        columns: columns(table, &visitor),
        kinds: ActivityKind::ALL
            .iter()
            .map(|kind| Choice {
                code: kind.name().to_owned(),
                label: words.name("kind", kind.name()),
                chosen: proposed.kind == Some(*kind),
            })
            .collect(),
        unit: proposed.fixed.get(&Field::Unit).cloned().unwrap_or_default(),
        c: Chrome::new(&visitor, "import"),
        id,
    })
}

fn columns(table: &WaitingTable, visitor: &Visitor) -> Vec<ColumnChoice> {
    let head = usize::try_from(table.sniffed.header_row.unwrap_or(0)).unwrap_or(0);
    table
        .sniffed
        .columns
        .iter()
        .map(|column| ColumnChoice {
            position: column.position,
            header: column.header.clone(),
            examples: table
                .sniffed
                .first_rows
                .iter()
                .skip(head)
                .filter_map(|row| row.get(column.position - 1))
                .filter(|text| !text.is_empty())
                .take(ROWS)
                .cloned()
                .collect(),
            sure: column.confidence_percent == 100,
            fields: Field::ALL
                .iter()
                .map(|field| Choice {
                    code: code(*field),
                    label: visitor.words.text(&format!("field-{}", code(*field))),
                    chosen: column.field == Some(*field),
                })
                .collect(),
        })
        .collect()
}

/// The stable name of a field, as a saved mapping writes it.
fn code(field: Field) -> String {
    let name = serde_json::to_value(field).ok();
    name.and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// What a person says; `column-3` is what the third column holds.
#[derive(Deserialize)]
pub struct Said {
    // Text, since fields beside flattened ones are not converted.
    #[serde(default)]
    file: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    save_as: String,
    #[serde(default)]
    saved: String,
    #[serde(flatten)]
    columns: BTreeMap<String, String>,
}

/// Reads again as said.
pub async fn read(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    form: Checked<Said>,
) -> Result<Response, PageError> {
    let (said, actor) = (form.fields, &form.visitor.actor);
    let job = if said.saved.trim().is_empty() {
        let tables = pages.app.waiting_tables(actor, &id).await?;
        let table = tables
            .get(said.file.parse::<usize>().unwrap_or(0))
            .ok_or(PageError::NoPage)?;
        let mapping = mapping(&said, &table.sniffed.mapping);
        pages.app.map_import(actor, &id, mapping, Some(&said.save_as)).await?
    } else {
        pages.app.map_import_as_saved(actor, &id, &said.saved).await?
    };
    Ok(Redirect::to(&format!("/import/jobs/{}", encoded(&job))).into_response())
}

/// The proposed mapping with the columns, the kind and the unit that a person chose.
fn mapping(said: &Said, proposed: &Mapping) -> Mapping {
    let mut mapping = Mapping {
        version: Mapping::VERSION,
        kind: ActivityKind::ALL.iter().find(|kind| kind.name() == said.kind).copied(),
        columns: BTreeMap::new(),
        ..proposed.clone()
    };
    let mut chosen: Vec<(usize, &String)> = said
        .columns
        .iter()
        .filter_map(|(name, field)| Some((name.strip_prefix("column-")?.parse().ok()?, field)))
        .collect();
    chosen.sort_unstable();
    for (position, name) in chosen {
        if let Some(field) = Field::ALL.iter().find(|field| code(**field) == *name) {
            mapping.columns.entry(*field).or_insert(Column::Position(position));
        }
    }
    match said.unit.trim() {
        "" => drop(mapping.fixed.remove(&Field::Unit)),
        unit => drop(mapping.fixed.insert(Field::Unit, unit.to_owned())),
    }
    mapping
}
