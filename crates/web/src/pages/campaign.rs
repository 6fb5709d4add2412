//! The data campaign: who owes what, and how complete the data are.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use greenheart_app::{Campaign, MemberLine, Owed, OwedState};
use serde::Deserialize;

use super::{Chrome, Page, figures, render};
use crate::Pages;
use crate::error::PageError;
use crate::numbers;
use crate::pager::Pager;
use crate::sheet::{Field, Filters, Sheet, Table, Td, Tile, name_of};
use crate::shown::encoded;
use crate::visitor::Visitor;
use crate::words::Words;

/// What is asked for.
#[derive(Deserialize)]
pub struct Asked {
    year: Option<String>,
    page: Option<String>,
}

/// The page.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let words = visitor.words;
    let year = match asked.year.as_deref() {
        None | Some("") => None,
        Some(text) => Some(text.parse().map_err(|_| PageError::Form("error-form"))?),
    };
    let campaign = pages.app.campaign(&visitor.actor, year).await?;
    let members = pages.app.members(&visitor.actor).await?;
    let mut years = pages.app.account_years(&visitor.actor).await?;
    let this_year = campaign.today.year();
    if years.last().is_none_or(|last| *last < this_year) {
        years.push(this_year);
    }
    let leads = visitor.actor.leads();
    let lead = if leads { "campaign-lead" } else { "campaign-own" };
    let mut sheet = Sheet::new(
        Chrome::new(&visitor, "campaign"),
        words.text("campaign-title"),
        words.text(lead),
    );
    sheet.filters = Some(Filters {
        action: "/campaign".into(),
        fields: vec![Field::year("year", words.text("year"), &years, campaign.year)],
    });
    sheet.tiles = tiles(&campaign, words);
    let of_year = figures::Asked::in_year(campaign.year);
    sheet
        .figures
        .extend(figures::completeness(&pages, &visitor, &of_year).await?);
    sheet
        .tables
        .push(owed(&campaign, &members, asked.page.as_deref(), words));
    if visitor.actor.member().is_some() {
        sheet.links.push(("/import".into(), words.text("nav-import")));
    }
    sheet
        .fine
        .push(words.with("figure-source", &[("snapshot", &campaign.snapshot)]));
    render(&sheet)
}

fn tiles(campaign: &Campaign, words: &Words) -> Vec<Tile> {
    let mut counts: BTreeMap<OwedState, u64> = BTreeMap::new();
    for line in &campaign.owed {
        *counts.entry(line.state).or_default() += 1;
    }
    let tile = |key: &str, count: u64| Tile {
        label: words.text(key),
        value: Td::Link(numbers::count(count, words.tongue), "#owed".into()),
    };
    let of = |state| counts.get(&state).copied().unwrap_or_default();
    vec![
        tile("owed-missing", of(OwedState::Missing)),
        tile("owed-expired", of(OwedState::Expired)),
        tile("owed-estimated", of(OwedState::Estimated)),
        tile("owed-complete", campaign.complete.len() as u64),
    ]
}

fn owed(campaign: &Campaign, members: &[MemberLine], page: Option<&str>, words: &Words) -> Table {
    let heading = words.with("owed-title", &[("year", &campaign.year.to_string())]);
    let columns = ["member", "owed-what", "periods", "owed-why", "goals-waiting"];
    let mut table = Table::new("owed", heading, &columns, words);
    table.empty = words.text("owed-none");
    let address = format!("/campaign?year={}&", campaign.year);
    let pager = Pager::of(page, campaign.owed.len(), &address, words);
    table.rows = pager.cut(campaign.owed.iter().map(|line| row(line, members, words)));
    table.pager = Some(pager);
    table
}

fn row(line: &Owed, members: &[MemberLine], words: &Words) -> Vec<Td> {
    let periods: Vec<String> = line.periods.iter().map(|period| months(*period, words)).collect();
    let (class, key) = match line.state {
        OwedState::Missing => ("behind", "owed-is-missing"),
        OwedState::Expired => ("behind", "owed-is-expired"),
        OwedState::Estimated => ("indicative", "owed-is-estimated"),
    };
    let until = line
        .until
        .map(|day| numbers::day(day, words.tongue))
        .unwrap_or_default();
    let goals: Vec<String> = line.goals.iter().map(|goal| words.name("goal", goal.name())).collect();
    let member = name_of(members, &line.member);
    vec![
        Td::Link(member, format!("/members/{}", encoded(line.member.as_str()))),
        Td::Text(words.name("coverage", &line.kind.to_string())),
        Td::Text(periods.join(", ")),
        Td::Chip(class, words.with(key, &[("day", &until)])),
        Td::Text(goals.join(", ")),
    ]
}

/// Whole months, said shortly.
fn months(period: greenheart_model::Period, words: &Words) -> String {
    let (from, to) = (period.from(), period.to());
    if from.month() == 1 && to.month() == 12 && from.year() == to.year() {
        return words.with("whole-year", &[("year", &from.year().to_string())]);
    }
    let month = |month: i8| words.text(&format!("month-{month}"));
    if from.month() == to.month() {
        month(from.month())
    } else {
        format!("{}–{}", month(from.month()), month(to.month()))
    }
}
