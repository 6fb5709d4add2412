//! What the products of the members carry, cradle to gate.

use std::sync::Arc;

use axum::extract::{Query, State};
use greenheart_app::{AccountSpread, AppError, MemberLine, ProductLine, ProductSpread, ProductsView, SpreadLine};
use greenheart_model::{Scope2Basis, Status};
use greenheart_units::{Amount, Rate, Rounding};

use super::consolidated::{Asked, filters};
use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::figure::{Cell, Column, Figure, Kind, Row, percent};
use crate::numbers;
use crate::pager::Pager;
use crate::sheet::{Sheet, Table, Td, name_of};
use crate::shown::why;
use crate::visitor::Visitor;
use crate::words::Words;

/// Products in the picture; the table has all.
const BARS: usize = 20;

/// The page.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let words = visitor.words;
    let members = pages.app.members(&visitor.actor).await?;
    let years = pages.app.account_years(&visitor.actor).await?;
    let query = asked.query()?;
    let mut sheet = Sheet::new(
        Chrome::new(&visitor, "products"),
        words.text("products-title"),
        words.text("products-lead"),
    );
    let year = query.year.or(years.last().copied()).unwrap_or_default();
    sheet.filters = Some(filters("/products", &years, year, &query, words));
    match pages.app.products(&visitor.actor, &query).await {
        Ok(view) => {
            if view.status != Status::Complete {
                sheet.notes.push(words.text("account-partial"));
            }
            sheet.figures.extend(bars(&view, &members, words));
            let spread = pages.app.account_spread(&visitor.actor, &query, None).await?;
            let page = asked.page.as_deref();
            sheet.tables.push(table((&view, &spread), &members, page, words));
            sheet.tables.extend(made_table(&view, &members, words));
            sheet.fine.push(words.text("allocation-value"));
            sheet.fine.push(words.text("products-quality"));
            sheet.fine.push(words.text("spread-about"));
            sheet
                .fine
                .push(words.with("figure-source", &[("snapshot", &view.snapshot)]));
        }
        Err(AppError::Input { .. }) => sheet.notes.push(words.text("consolidated-none")),
        Err(error) => return Err(error.into()),
    }
    if visitor.actor.leads() || visitor.actor.member().is_some() {
        sheet.links.push(("/what-if".into(), words.text("what-if-title")));
    }
    render(&sheet)
}

/// The figure alone, for its data.
pub async fn figure(pages: &Pages, visitor: &Visitor, asked: &Asked) -> Result<Option<Figure>, PageError> {
    let members = pages.app.members(&visitor.actor).await?;
    match pages.app.products(&visitor.actor, &asked.query()?).await {
        Ok(view) => Ok(bars(&view, &members, visitor.words)),
        Err(AppError::Input { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn table(
    (view, spread): (&ProductsView, &AccountSpread),
    members: &[MemberLine],
    page: Option<&str>,
    words: &Words,
) -> Table {
    let bound = |product: &ProductLine, pick: fn(&SpreadLine) -> Amount| {
        let is_it = |of: &&ProductSpread| (&of.member, &of.product) == (&product.member, &product.product);
        let found = spread.products.iter().find(is_it);
        Td::Text(found.map_or_else(String::new, |found| {
            numbers::readable(pick(&found.spread), "kgCO2e", words.tongue)
        }))
    };
    let columns = [
        "member",
        ">output",
        ">intensity",
        ">carried-kg",
        ">p5",
        ">p95",
        ">from-members-kg",
        ">share-activity",
        ">share-supplier",
        ">share-spend",
        ">share-primary",
        ">data-quality",
    ];
    let mut table = Table::new("products", words.text("products-table"), &columns, words);
    table.empty = words.text("products-empty");
    table.about = words.text("products-about");
    let basis = if view.basis == Scope2Basis::Market {
        "market"
    } else {
        "location"
    };
    let address = format!("/products?year={}&basis={basis}&", view.year);
    let pager = Pager::of(page, view.products.len(), &address, words);
    let share = |share: Rate| Td::Text(numbers::percent(share, words.tongue));
    let co2e = |kg: Amount| numbers::readable(kg, "kgCO2e", words.tongue);
    table.rows = pager.cut(view.products.iter().map(|product| {
        vec![
            Td::Text(name_of(members, &product.member)),
            Td::Text(numbers::readable(product.output, &product.unit, words.tongue)),
            Td::figure(
                intensity(product.kg_per_unit, &product.unit, words),
                Some(&product.reference),
            ),
            Td::Text(co2e(product.total_kg)),
            bound(product, |spread| spread.p5_kg),
            bound(product, |spread| spread.p95_kg),
            Td::Text(co2e(product.from_members_kg)),
            share(product.activity_share),
            share(product.supplier_share),
            share(product.spend_share),
            share(product.primary_share),
            Td::Text(product.quality.map_or_else(
                || words.text("missing"),
                |quality| numbers::number(rate(quality.rating), 1, words.tongue),
            )),
        ]
    }));
    table.pager = Some(pager);
    table
}

/// Products by name, where what is made is stated by mass.
fn made_table(view: &ProductsView, members: &[MemberLine], words: &Words) -> Option<Table> {
    let columns = ["member", "product", ">made-kg", ">intensity", ">carried-kg"];
    let mut table = Table::new("made", words.text("products-made"), &columns, words);
    table.about = words.text("products-made-about");
    for line in &view.products {
        table.rows.extend(line.made.iter().map(|made| {
            vec![
                Td::Text(name_of(members, &line.member)),
                Td::Text(words.name("line", &made.name)),
                Td::Text(numbers::readable(made.mass_kg, "kg", words.tongue)),
                Td::figure(intensity(made.kg_per_kg, "kg", words), Some(&made.reference)),
                Td::Text(numbers::readable(made.total_kg, "kgCO2e", words.tongue)),
            ]
        }));
    }
    (!table.rows.is_empty()).then_some(table)
}

fn rate(rate: Rate) -> Amount {
    Amount::from_mantissa(Rounding::HalfEven.divide(rate.mantissa(), 1_000_000))
}

/// kg a krone is read as tonnes a million kroner.
pub fn intensity(kg_per_unit: Rate, unit: &str, words: &Words) -> String {
    match unit {
        "NOK" => {
            let text = numbers::number(per_million(kg_per_unit), 1, words.tongue);
            format!("{text}\u{a0}t CO₂e/MNOK")
        }
        "kWh" => format!(
            "{}\u{a0}g CO₂e/kWh",
            numbers::number(thousand(kg_per_unit), 1, words.tongue)
        ),
        "kg" => format!(
            "{}\u{a0}kg CO₂e/t",
            numbers::number(thousand(kg_per_unit), 0, words.tongue)
        ),
        unit => format!(
            "{}\u{a0}kg CO₂e/{unit}",
            numbers::number(rate(kg_per_unit), 0, words.tongue)
        ),
    }
}

/// A thousand times a rate.
fn thousand(rate: Rate) -> Amount {
    Amount::from_mantissa(Rounding::HalfEven.divide(rate.mantissa(), 1_000))
}

/// A rate has twelve decimals and an amount six: kg a krone times a million, in tonnes.
fn per_million(kg_per_nok: Rate) -> Amount {
    Amount::from_mantissa(Rounding::HalfEven.divide(kg_per_nok.mantissa(), 1_000))
}

fn bars(view: &ProductsView, members: &[MemberLine], words: &Words) -> Option<Figure> {
    let mut products: Vec<&ProductLine> = view.products.iter().filter(|one| one.unit == "NOK").collect();
    products.sort_by_key(|product| std::cmp::Reverse(product.kg_per_unit));
    products.truncate(BARS);
    if products.is_empty() {
        return None;
    }
    let basis = if view.basis == Scope2Basis::Market {
        "market"
    } else {
        "location"
    };
    let row = |product: &&ProductLine| {
        let opens = Some(why(&product.reference));
        Row {
            label: name_of(members, &product.member),
            group: 1,
            why: None,
            cells: vec![
                Cell::of(Some(per_million(product.kg_per_unit)), opens),
                Cell::of(Some(percent(product.primary_share)), None),
            ],
        }
    };
    Some(Figure {
        name: format!("products?year={}&basis={basis}", view.year),
        kind: Kind::Bars,
        title: words.with("products-figure", &[("year", &view.year.to_string())]),
        about: words.text("products-figure-about"),
        unit: String::new(),
        decimals: 1,
        rows_are: words.text("member"),
        source: words.with("figure-source", &[("snapshot", &view.snapshot)]),
        columns: vec![
            Column::new("intensity", "t CO₂e/MNOK".into()),
            Column::new("primary", format!("{} (%)", words.text("share-primary"))),
        ],
        rows: products.iter().map(row).collect(),
        plain: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Tongue;

    #[test]
    fn a_kilo_a_krone_is_a_thousand_tonnes_a_million() {
        assert_eq!(per_million(Rate::ONE), Amount::from_integer(1_000));
        let words = Words::of(Tongue::En);
        assert_eq!(
            intensity("0.0123".parse().unwrap(), "NOK", words),
            "12.3\u{a0}t CO₂e/MNOK"
        );
        assert_eq!(
            intensity("1234.56".parse().unwrap(), "pcs", words),
            "1,235\u{a0}kg CO₂e/pcs"
        );
        assert_eq!(
            intensity("0.0119".parse().unwrap(), "kWh", words),
            "11.9\u{a0}g CO₂e/kWh"
        );
    }
}
