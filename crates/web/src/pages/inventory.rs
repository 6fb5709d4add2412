//! Emissions by scope, category and line: one member's account, or that of all whose figures may be seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use greenheart_app::{AppError, InventoryAnswer, InventoryLine, InventoryRequest};
use greenheart_model::{GwpSet, MemberId, Scope, Scope2Basis};
use greenheart_units::Amount;
use serde::Deserialize;

use super::{Chrome, Page, figures, render};
use crate::Pages;
use crate::chart::{Bar, Svg, bars};
use crate::error::PageError;
use crate::figure::{Figure, Take};
use crate::numbers;
use crate::pager::Pager;
use crate::shown::{Shown, line_name};
use crate::visitor::Visitor;
use crate::words::Words;

/// Lines in the figure; the table has all.
const BARS: usize = 12;

#[derive(Template)]
#[template(path = "inventory.html")]
struct InventoryPage {
    c: Chrome,
    choices: Vec<Choice>,
    years: Vec<i16>,
    year: i16,
    market: bool,
    member: Option<String>,
    several: bool,
    account: Option<Account>,
    scope: Option<String>,
    take: Option<Take>,
    scopes: Option<Figure>,
    pager: Pager,
}

/// A member to choose.
struct Choice {
    id: String,
    name: String,
    chosen: bool,
}

/// The account of a year.
struct Account {
    snapshot: String,
    totals: Vec<Total>,
    notes: Vec<String>,
    chart: Option<Svg>,
    lines: Vec<Line>,
}

/// Scopes that lines can be cut down to.
const SCOPES: [&str; 4] = ["1", "2", "3", "removal"];

/// A sum of lines below it, which explain it.
struct Total {
    key: &'static str,
    text: String,
    href: String,
}

/// A line.
struct Line {
    member: String,
    scope: String,
    category: String,
    name: String,
    method: String,
    co2e: Shown,
    nok: String,
    kwh: String,
    rows: String,
}

/// What is asked for.
#[derive(Deserialize)]
pub struct Asked {
    year: Option<String>,
    member: Option<String>,
    basis: Option<String>,
    scope: Option<String>,
    page: Option<String>,
}

/// The page.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let members = pages.app.members(&visitor.actor).await?;
    let member = asked.member.filter(|member| !member.is_empty());
    let member = member.or_else(|| visitor.actor.member().map(ToString::to_string));
    let year = asked.year.filter(|year| !year.is_empty());
    let year = year
        .map(|year| year.parse().map_err(|_| PageError::Form("error-form")))
        .transpose()?;
    let market = asked.basis.as_deref() == Some("market");
    let request = InventoryRequest {
        year,
        member: member.clone().map(MemberId::new),
        basis: if market {
            Scope2Basis::Market
        } else {
            Scope2Basis::Location
        },
        gwp: GwpSet::Ar6,
    };
    let answer = match pages.app.inventory(&visitor.actor, &request).await {
        Ok(answer) => Some(answer),
        Err(AppError::Input { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let name_of = |id: &MemberId| {
        let found = members.iter().find(|line| line.member.id == *id);
        found.map_or_else(|| id.to_string(), |line| line.member.name.clone())
    };
    let scopes = match &member {
        Some(member) => figures::scopes(&pages, &visitor, &figures::Asked::of(member)).await?,
        None => None,
    };
    let year = answer.as_ref().map_or(0, |answer| answer.totals.year);
    let scope = asked.scope.filter(|scope| SCOPES.contains(&scope.as_str()));
    let c = Chrome::new(&visitor, "inventory");
    let own = member.as_ref().map(|member| c.url(member)).unwrap_or_default();
    let basis = if market { "market" } else { "location" };
    let here = format!("/inventory?member={own}&year={year}&basis={basis}&");
    let of_scope = scope.as_ref().map(|scope| format!("scope={scope}&"));
    let shown: Vec<&InventoryLine> = answer
        .iter()
        .flat_map(|answer| &answer.lines)
        .filter(|line| scope.as_ref().is_none_or(|scope| line.row.scope.to_string() == *scope))
        .collect();
    let address = format!("{here}{}", of_scope.unwrap_or_default());
    let pager = Pager::of(asked.page.as_deref(), shown.len(), &address, visitor.words);
    let lines = pager.cut(shown.iter().map(|line| line_of(line, visitor.words, &name_of)));
    render(&InventoryPage {
        choices: members
            .iter()
            .filter(|line| visitor.actor.may_read(&line.member.id, line.visibility).is_ok())
            .map(|line| Choice {
                id: line.member.id.to_string(),
                name: line.member.name.clone(),
                chosen: member.as_deref() == Some(line.member.id.as_str()),
            })
            .collect(),
        years: (year.saturating_sub(4)..=year.saturating_add(1)).rev().collect(),
        year,
        market,
        several: member.is_none(),
        take: answer.as_ref().map(|_| Take {
            name: figures::inventory_name(year, &request),
        }),
        scopes,
        account: answer.map(|answer| account(&answer, lines, &here, visitor.words)),
        member: member.map(|member| name_of(&MemberId::new(member))),
        scope,
        pager,
        c,
    })
}

fn account(answer: &InventoryAnswer, lines: Vec<Line>, here: &str, words: &Words) -> Account {
    let totals = &answer.totals;
    let co2e = |kg: Amount| numbers::readable(kg, "kgCO2e", words.tongue);
    let sums = [
        ("total-all", totals.total_co2e_kg, ""),
        ("total-scope-1", totals.scope1_co2e_kg, "scope=1"),
        ("total-scope-2", totals.scope2_co2e_kg, "scope=2"),
        ("total-scope-3", totals.scope3_co2e_kg, "scope=3"),
    ];
    let biogenic = format!("{} CO₂", numbers::readable(totals.biogenic_co2_kg, "kg", words.tongue));
    let mut notes = Vec::new();
    if let Some(share) = totals.spend_share {
        notes.push(words.with("inventory-spend", &[("share", &numbers::percent(share, words.tongue))]));
    }
    if totals.unbound_rows > 0 {
        let rows = numbers::count(totals.unbound_rows, words.tongue);
        let nok = numbers::readable(totals.unbound_nok, "NOK", words.tongue);
        notes.push(words.with("inventory-unbound", &[("rows", &rows), ("nok", &nok)]));
    }
    if totals.removals_co2_kg > Amount::ZERO {
        notes.push(words.with("inventory-removals", &[("kg", &co2e(totals.removals_co2_kg))]));
    }
    Account {
        snapshot: answer.snapshot.clone(),
        totals: sums
            .into_iter()
            .map(|(key, kg, scope)| Total {
                key,
                text: co2e(kg),
                href: format!("{here}{scope}#lines"),
            })
            .chain(std::iter::once(Total {
                key: "total-biogenic",
                text: biogenic,
                href: format!("{here}#lines"),
            }))
            .collect(),
        notes,
        chart: bars(&words.text("chart-lines"), &largest(&answer.lines, words)),
        lines,
    }
}

fn line_of(line: &InventoryLine, words: &Words, name_of: &dyn Fn(&MemberId) -> String) -> Line {
    let row = &line.row;
    Line {
        member: name_of(&row.member),
        scope: words.text(&format!("scope-{}", row.scope)),
        category: category(row.category, words),
        name: line_name(&row.line, words),
        method: words.text(&format!("method-{}", row.method)),
        co2e: Shown::amount(row.co2e_kg, "kgCO2e", &line.reference, words),
        nok: quiet(row.amount_nok, "NOK", words),
        kwh: quiet(row.energy_kwh, "kWh", words),
        rows: numbers::count(row.rows, words.tongue),
    }
}

/// Nothing behind a line is an empty cell: it was not stated.
fn quiet(amount: Amount, unit: &str, words: &Words) -> String {
    if amount.is_zero() {
        String::new()
    } else {
        numbers::readable(amount, unit, words.tongue)
    }
}

fn category(category: u8, words: &Words) -> String {
    if category == 0 {
        String::new()
    } else {
        words.text(&format!("category-{category}"))
    }
}

/// The largest lines over all members, by what they are of.
fn largest(all: &[InventoryLine], words: &Words) -> Vec<Bar> {
    sources(all, words)
        .into_iter()
        .take(BARS)
        .map(|(label, class, kg)| Bar {
            label,
            parts: vec![(kg.to_model_f64(), class)],
            text: numbers::readable(kg, "kgCO2e", words.tongue),
        })
        .collect()
}

/// What emissions come from over all members, with the class of the scope's colour, the largest first.
pub(super) fn sources(all: &[InventoryLine], words: &Words) -> Vec<(String, &'static str, Amount)> {
    let mut sums: BTreeMap<(&str, &'static str), Amount> = BTreeMap::new();
    for line in all {
        let Some(kg) = line.row.co2e_kg else { continue };
        let class = match line.row.scope {
            Scope::One => "bar-scope-1",
            Scope::Two => "bar-scope-2",
            Scope::Three => "bar-scope-3",
            Scope::Removal | Scope::None => continue,
        };
        let sum = sums.entry((&line.row.line, class)).or_default();
        *sum = sum.checked_add(kg).unwrap_or(*sum);
    }
    // Lines that have the same name are one.
    let mut named: BTreeMap<(String, &'static str), Amount> = BTreeMap::new();
    for ((line, class), kg) in sums {
        let sum = named.entry((line_name(line, words), class)).or_default();
        *sum = sum.checked_add(kg).unwrap_or(*sum);
    }
    let mut sources: Vec<_> = named.into_iter().map(|((name, class), kg)| (name, class, kg)).collect();
    sources.sort_by_key(|(_, _, kg)| std::cmp::Reverse(*kg));
    sources
}
