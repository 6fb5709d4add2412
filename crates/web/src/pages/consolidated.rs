//! The cluster's account without double counting: what members report, what is taken out, who delivers to whom.

use std::sync::Arc;

use axum::extract::{Query, State};
use greenheart_app::{AccountSpread, AppError, ConsolidatedView, MemberLine, TotalSpread, YearQuery};
use greenheart_model::{MemberId, Scope2Basis, Status};
use greenheart_units::Amount;
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::figure::{Cell, Column, Figure, Kind, Row, tonnes};
use crate::numbers;
use crate::pager::Pager;
use crate::sheet::{Field, Filters, Sheet, Table, Td, Tile, name_of};
use crate::shown::why;
use crate::visitor::Visitor;
use crate::words::Words;

/// What is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    /// Calendar year.
    pub year: Option<String>,
    /// Account of bought energy.
    pub basis: Option<String>,
    /// Part of the list.
    pub page: Option<String>,
}

impl Asked {
    /// The account asked for.
    pub fn query(&self) -> Result<YearQuery, PageError> {
        let year = match self.year.as_deref() {
            None | Some("") => None,
            Some(text) => Some(text.parse().map_err(|_| PageError::Form("error-form"))?),
        };
        Ok(YearQuery {
            year,
            gwp: None,
            basis: (self.basis.as_deref() == Some("market")).then_some(Scope2Basis::Market),
            at: None,
        })
    }
}

/// The page.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let words = visitor.words;
    let members = pages.app.members(&visitor.actor).await?;
    let years = pages.app.account_years(&visitor.actor).await?;
    let query = asked.query()?;
    let lead = if visitor.actor.leads() {
        "consolidated-lead"
    } else {
        "consolidated-own"
    };
    let mut sheet = Sheet::new(
        Chrome::new(&visitor, "consolidated"),
        words.text("consolidated-title"),
        words.text(lead),
    );
    let year = query.year.or(years.last().copied()).unwrap_or_default();
    sheet.filters = Some(filters("/consolidated", &years, year, &query, words));
    match pages.app.consolidate(&visitor.actor, &query).await {
        Ok(view) => {
            fill(&mut sheet, &view, &members, asked.page.as_deref(), words);
            if visitor.actor.leads() {
                let spread = pages.app.account_spread(&visitor.actor, &query, None).await?;
                sheet.tables.insert(0, spread_table(&spread, words));
            }
        }
        Err(AppError::Input { .. }) => sheet.notes.push(words.text("consolidated-none")),
        Err(error) => return Err(error.into()),
    }
    render(&sheet)
}

/// Year and basis of an account.
pub fn filters(action: &str, years: &[i16], year: i16, query: &YearQuery, words: &Words) -> Filters {
    Filters {
        action: action.to_owned(),
        fields: vec![
            Field::year("year", words.text("year"), years, year),
            Field::basis(query.basis == Some(Scope2Basis::Market), words),
        ],
    }
}

/// The figure alone, for its data.
pub async fn figure(pages: &Pages, visitor: &Visitor, asked: &Asked) -> Result<Option<Figure>, PageError> {
    match pages.app.consolidate(&visitor.actor, &asked.query()?).await {
        Ok(view) => Ok(bridge(&view, visitor.words)),
        Err(AppError::Input { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn fill(sheet: &mut Sheet, view: &ConsolidatedView, members: &[MemberLine], page: Option<&str>, words: &Words) {
    let co2e = |kg: Amount| numbers::readable(kg, "kgCO2e", words.tongue);
    sheet.tiles = view
        .totals
        .iter()
        .map(|total| Tile {
            label: words.name("account", total.name.trim_end_matches("_kg")),
            value: Td::figure(
                total.value.map_or_else(|| words.text("missing"), co2e),
                Some(&total.reference),
            ),
        })
        .collect();
    if view.status != Status::Complete {
        sheet.notes.push(words.text("account-partial"));
    }
    sheet.figures.extend(bridge(view, words));
    sheet.tables.push(member_table(view, members, words));
    sheet.tables.push(pair_table(view, members, page, words));
    if !view.findings.is_empty() {
        let columns = ["finding", "member", "buyer"];
        let mut table = Table::new("findings", words.text("consolidated-findings"), &columns, words);
        let row = |gap: &greenheart_app::Gap| {
            let member = gap.member.as_ref().map(|member| name_of(members, member));
            // The particulars begin with the other side of a pair, where there is one.
            let other = gap.detail.strip_prefix("to ").and_then(|rest| rest.split_once(':'));
            let other = other.map(|(id, _)| name_of(members, &MemberId::new(id)));
            vec![
                Td::Text(words.name("gap", gap.code.trim_start_matches("consolidate."))),
                Td::Text(member.unwrap_or_default()),
                Td::Text(other.unwrap_or_default()),
            ]
        };
        table.rows = view.findings.iter().take(FINDINGS).map(row).collect();
        sheet.tables.push(table);
    }
    sheet.fine.push(words.text("allocation-value"));
    if let Some(solution) = &view.solution {
        let about = [
            ("method", &*solution.method),
            ("steps", &*solution.steps.to_string()),
            ("residual", &*solution.residual),
            ("gain", &*solution.gain_at_most),
        ];
        sheet.fine.push(words.with("consolidated-solution", &about));
    }
    sheet
        .fine
        .push(words.with("figure-source", &[("snapshot", &view.snapshot)]));
}

/// Findings on the page; the API has all.
const FINDINGS: usize = 50;

/// P5, P50 and P95 of the totals.
fn spread_table(spread: &AccountSpread, words: &Words) -> Table {
    let columns = ["total", ">p5", ">value", ">p95"];
    let mut table = Table::new("spread", words.text("spread-title"), &columns, words);
    table.about = words.text("spread-about");
    let co2e = |kg: Amount| Td::Text(numbers::readable(kg, "kgCO2e", words.tongue));
    let row = |total: &TotalSpread| {
        vec![
            Td::Text(words.name("account", total.name.trim_end_matches("_kg"))),
            co2e(total.spread.p5_kg),
            co2e(total.spread.p50_kg),
            co2e(total.spread.p95_kg),
        ]
    };
    table.rows = spread.totals.iter().map(row).collect();
    table
}

fn member_table(view: &ConsolidatedView, members: &[MemberLine], words: &Words) -> Table {
    let columns = ["member", ">own-kg", ">bought-from-members", ">gross-kg", ">exported-kg"];
    let mut table = Table::new("members", words.text("consolidated-members"), &columns, words);
    table.about = words.text("consolidated-members-about");
    let co2e = |kg: Amount| Td::Text(numbers::readable(kg, "kgCO2e", words.tongue));
    table.rows = view
        .members
        .iter()
        .map(|part| {
            let gross = numbers::readable(part.gross_kg, "kgCO2e", words.tongue);
            vec![
                Td::Text(name_of(members, &part.member)),
                co2e(part.own_kg),
                co2e(part.reported_purchases_kg),
                Td::figure(gross, Some(&part.reference)),
                co2e(part.exported_kg + part.after_sale_kg),
            ]
        })
        .collect();
    table
}

fn pair_table(view: &ConsolidatedView, members: &[MemberLine], page: Option<&str>, words: &Words) -> Table {
    let columns = ["seller", "buyer", ">delivered", ">carried-kg", ">reported-kg"];
    let mut table = Table::new("pairs", words.text("consolidated-pairs"), &columns, words);
    table.about = words.text("consolidated-pairs-about");
    let mut pairs: Vec<_> = view.pairs.iter().collect();
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.carried_kg));
    let basis = if view.basis == Scope2Basis::Market {
        "market"
    } else {
        "location"
    };
    let address = format!("/consolidated?year={}&basis={basis}&", view.year);
    let pager = Pager::of(page, pairs.len(), &address, words);
    table.rows = pager.cut(pairs.into_iter().map(|pair| {
        let carried = numbers::readable(pair.carried_kg, "kgCO2e", words.tongue);
        let reported = pair.reported_kg.map_or_else(
            || words.text("missing"),
            |kg| numbers::readable(kg, "kgCO2e", words.tongue),
        );
        vec![
            Td::Text(name_of(members, &pair.seller)),
            Td::Text(name_of(members, &pair.buyer)),
            Td::Text(numbers::readable(pair.quantity, &pair.unit, words.tongue)),
            Td::figure(carried, Some(&pair.reference)),
            Td::Text(reported),
        ]
    }));
    table.pager = Some(pager);
    table
}

/// From what members report to what is counted once; for those who see the totals.
fn bridge(view: &ConsolidatedView, words: &Words) -> Option<Figure> {
    let of = |name: &str| view.totals.iter().find(|total| total.name == name);
    let row = |name: &str, group: u8, sign: i128| {
        let total = of(name)?;
        let value = total
            .value
            .map(|kg| tonnes(Amount::from_mantissa(kg.mantissa() * sign)));
        Some(Row {
            label: words.name("account", name.trim_end_matches("_kg")),
            group,
            why: None,
            cells: vec![Cell::of(value, Some(why(&total.reference)))],
        })
    };
    let rows = [
        row("reported_kg", 1, 1)?,
        row("revaluation_kg", 2, -1)?,
        row("gross_kg", 1, 1)?,
        row("elimination_kg", 2, -1)?,
        row("consolidated_kg", 1, 1)?,
    ];
    let basis = if view.basis == Scope2Basis::Market {
        "market"
    } else {
        "location"
    };
    Some(Figure {
        name: format!("bridge?year={}&basis={basis}", view.year),
        kind: Kind::Waterfall,
        title: words.text("bridge-title"),
        about: words.text("bridge-about"),
        unit: "t CO₂e".into(),
        decimals: 0,
        rows_are: words.text("total"),
        source: words.with("figure-source", &[("snapshot", &view.snapshot)]),
        columns: vec![Column::new("kg", words.text("amount-co2e"))],
        rows: rows.into(),
        plain: None,
    })
}
