//! What a cut at one member does to the cluster and to those it delivers to.

use std::sync::Arc;

use axum::extract::{Query, State};
use greenheart_app::{AppError, MemberLine, WhatIfRequest, WhatIfView, YearQuery};
use greenheart_model::MemberId;
use greenheart_units::Amount;
use serde::Deserialize;

use super::products::intensity;
use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::numbers;
use crate::sheet::{Field, Filters, Sheet, Table, Td, Tile, name_of};
use crate::visitor::Visitor;
use crate::words::Words;

/// What is asked for.
#[derive(Deserialize)]
pub struct Asked {
    year: Option<String>,
    member: Option<String>,
    /// Tonnes taken from what it emits itself.
    direct: Option<String>,
    /// Tonnes taken from what it buys.
    upstream: Option<String>,
}

/// The page.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let words = visitor.words;
    let actor = &visitor.actor;
    let members = pages.app.members(actor).await?;
    let years = pages.app.account_years(actor).await?;
    let mut sheet = Sheet::new(
        Chrome::new(&visitor, "products"),
        words.text("what-if-title"),
        words.text("what-if-lead"),
    );
    // It is a question about oneself, or for those who lead.
    let member = match (&asked.member, actor.member()) {
        (_, Some(own)) => Some(own.clone()),
        (Some(member), None) if !member.is_empty() => Some(MemberId::new(member)),
        _ => None,
    };
    if actor.member().is_none() {
        actor.may_administer().map_err(AppError::from)?;
    }
    let year = match asked.year.as_deref() {
        None | Some("") => years.last().copied(),
        Some(text) => Some(text.parse().map_err(|_| PageError::Form("error-form"))?),
    };
    let mut fields = Vec::new();
    if actor.member().is_none() {
        fields.push(Field::member(&members, actor, member.as_ref(), None, words));
    }
    fields.push(Field::year(
        "year",
        words.text("year"),
        &years,
        year.unwrap_or_default(),
    ));
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    fields.push(Field::typed(
        "direct",
        words.text("what-if-direct"),
        given(&asked.direct),
    ));
    fields.push(Field::typed(
        "upstream",
        words.text("what-if-upstream"),
        given(&asked.upstream),
    ));
    sheet.filters = Some(Filters {
        action: "/what-if".into(),
        fields,
    });
    let (direct, upstream) = (tonnes(asked.direct.as_deref())?, tonnes(asked.upstream.as_deref())?);
    let (Some(member), false) = (member, direct.is_zero() && upstream.is_zero()) else {
        return render(&sheet);
    };
    let request = WhatIfRequest {
        query: YearQuery {
            year,
            ..YearQuery::default()
        },
        member,
        direct_kg: -direct,
        upstream_kg: -upstream,
    };
    match pages.app.what_if(actor, &request).await {
        Ok(view) => fill(&mut sheet, &view, &members, words),
        Err(AppError::Input { .. }) => sheet.notes.push(words.text("what-if-none")),
        Err(error) => return Err(error.into()),
    }
    render(&sheet)
}

/// Tonnes as kilograms; nothing typed is nothing.
fn tonnes(text: Option<&str>) -> Result<Amount, PageError> {
    let text = text.unwrap_or_default().trim().replace([' ', '\u{a0}'], "");
    if text.is_empty() {
        return Ok(Amount::ZERO);
    }
    let tonnes: Amount = text
        .replace(',', ".")
        .parse()
        .map_err(|_| PageError::Form("form-tonnes"))?;
    let kg = tonnes
        .mantissa()
        .checked_mul(1_000)
        .ok_or(PageError::Form("form-tonnes"))?;
    Ok(Amount::from_mantissa(kg))
}

fn fill(sheet: &mut Sheet, view: &WhatIfView, members: &[MemberLine], words: &Words) {
    let co2e = |kg: Amount| numbers::readable(kg, "kgCO2e", words.tongue);
    sheet.tiles.push(Tile {
        label: words.with("what-if-cluster", &[("year", &view.year.to_string())]),
        value: Td::Text(co2e(view.cluster_change_kg)),
    });
    let columns = ["member", ">before", ">after"];
    let mut products = Table::new("products", words.text("what-if-products"), &columns, words);
    products.rows = view
        .products
        .iter()
        .map(|line| {
            vec![
                Td::Text(name_of(members, &line.member)),
                Td::Text(intensity(line.before_kg_per_unit, "NOK", words)),
                Td::Text(intensity(line.after_kg_per_unit, "NOK", words)),
            ]
        })
        .collect();
    let columns = ["seller", "buyer", ">before", ">after"];
    let mut pairs = Table::new("pairs", words.text("what-if-pairs"), &columns, words);
    pairs.rows = view
        .pairs
        .iter()
        .map(|line| {
            vec![
                Td::Text(name_of(members, &line.seller)),
                Td::Text(name_of(members, &line.buyer)),
                Td::Text(co2e(line.before_kg)),
                Td::Text(co2e(line.after_kg)),
            ]
        })
        .collect();
    sheet.tables.extend([products, pairs]);
    sheet.fine.push(words.text("what-if-fine"));
}
