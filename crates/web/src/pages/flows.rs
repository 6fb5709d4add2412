//! Trade between members as both sides' books tell it: the largest pairs, and what only one side tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use greenheart_app::{Flow, FlowsView, MemberLine};
use greenheart_model::MemberId;
use greenheart_units::{Amount, Rate};
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::figure::{Cell, Column, Figure, Kind, Row};
use crate::numbers;
use crate::pager::Pager;
use crate::sheet::{Field, Filters, Sheet, Table, Td, Tile, name_of};
use crate::visitor::Visitor;
use crate::words::Words;

/// Pairs in the picture; the table has all.
const BARS: usize = 20;

/// What is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    year: Option<String>,
    page: Option<String>,
}

impl Asked {
    fn year(&self) -> Result<Option<i16>, PageError> {
        match self.year.as_deref() {
            None | Some("") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| PageError::Form("error-form")),
        }
    }
}

/// A year of one pair.
#[derive(Clone, Copy, Default)]
struct Pair {
    recognised: Amount,
    seller_only: Amount,
    buyer_only: Amount,
}

/// The page.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let words = visitor.words;
    let view = pages.app.flows(&visitor.actor, asked.year()?).await?;
    let members = pages.app.members(&visitor.actor).await?;
    let years = pages.app.account_years(&visitor.actor).await?;
    let lead = if visitor.actor.leads() {
        "flows-lead"
    } else {
        "flows-own"
    };
    let mut sheet = Sheet::new(
        Chrome::new(&visitor, "flows"),
        words.text("flows-title"),
        words.text(lead),
    );
    sheet.filters = Some(Filters {
        action: "/flows".into(),
        fields: vec![Field::year("year", words.text("year"), &years, view.year)],
    });
    let nok = |nok: Amount| Td::Link(numbers::readable(nok, "NOK", words.tongue), "#pairs".into());
    let share = |share: Rate| Td::Link(numbers::percent(share, words.tongue), "#pairs".into());
    let tile = |key: &str, value: Td| Tile {
        label: words.text(key),
        value,
    };
    sheet.tiles = vec![
        tile("flows-recognised", nok(view.recognised_nok)),
        tile("flows-one-sided", nok(view.one_sided_nok)),
    ];
    sheet
        .tiles
        .extend(view.share.map(|found| tile("flows-share", share(found))));
    sheet.figures.extend(bars(&view, &members, words));
    sheet.tables.push(table(&view, &members, asked.page.as_deref(), words));
    sheet
        .fine
        .push(words.with("figure-source", &[("snapshot", &view.snapshot)]));
    render(&sheet)
}

/// The figure alone, for its data.
pub async fn figure(pages: &Pages, visitor: &Visitor, year: Option<i16>) -> Result<Option<Figure>, PageError> {
    let view = pages.app.flows(&visitor.actor, year).await?;
    let members = pages.app.members(&visitor.actor).await?;
    Ok(bars(&view, &members, visitor.words))
}

/// By seller and buyer, the largest first.
fn pairs(flows: &[Flow]) -> Vec<((&MemberId, &MemberId), Pair)> {
    let mut sums: BTreeMap<(&MemberId, &MemberId), Pair> = BTreeMap::new();
    for flow in flows {
        let pair = sums.entry((&flow.seller, &flow.buyer)).or_default();
        pair.recognised += flow.recognised_nok();
        pair.seller_only += flow.seller_only_nok;
        pair.buyer_only += flow.buyer_only_nok;
    }
    let mut pairs: Vec<_> = sums.into_iter().collect();
    let size = |pair: &Pair| pair.recognised.abs() + pair.seller_only.abs() + pair.buyer_only.abs();
    pairs.sort_by_key(|(_, pair)| std::cmp::Reverse(size(pair)));
    pairs
}

fn table(view: &FlowsView, members: &[MemberLine], page: Option<&str>, words: &Words) -> Table {
    let columns = ["seller", "buyer", ">flows-recognised", ">seller-only", ">buyer-only"];
    let mut table = Table::new("pairs", words.text("flows-pairs"), &columns, words);
    table.empty = words.text("flows-empty");
    table.about = words.text("flows-about");
    let pairs = pairs(&view.flows);
    let pager = Pager::of(page, pairs.len(), &format!("/flows?year={}&", view.year), words);
    let nok = |nok: Amount| Td::Text(numbers::readable(nok, "NOK", words.tongue));
    table.rows = pager.cut(pairs.iter().map(|((seller, buyer), pair)| {
        vec![
            Td::Text(name_of(members, seller)),
            Td::Text(name_of(members, buyer)),
            nok(pair.recognised),
            nok(pair.seller_only),
            nok(pair.buyer_only),
        ]
    }));
    table.pager = Some(pager);
    table
}

fn bars(view: &FlowsView, members: &[MemberLine], words: &Words) -> Option<Figure> {
    let mut pairs = pairs(&view.flows);
    pairs.truncate(BARS);
    if pairs.is_empty() {
        return None;
    }
    let row = |((seller, buyer), pair): &((&MemberId, &MemberId), Pair)| Row {
        label: format!("{} → {}", name_of(members, seller), name_of(members, buyer)),
        group: 1,
        why: None,
        cells: [pair.recognised, pair.seller_only, pair.buyer_only]
            .map(|nok| Cell::of(Some(nok), None))
            .into(),
    };
    Some(Figure {
        name: format!("flows?year={}", view.year),
        kind: Kind::Bars,
        title: words.with("flows-figure", &[("year", &view.year.to_string())]),
        about: words.text("flows-figure-about"),
        unit: "NOK".into(),
        decimals: 0,
        rows_are: words.text("flow"),
        source: words.with("figure-source", &[("snapshot", &view.snapshot)]),
        columns: vec![
            Column::new("recognised", words.text("flows-recognised")),
            Column::new("seller_only", words.text("seller-only")),
            Column::new("buyer_only", words.text("buyer-only")),
        ],
        rows: pairs.iter().map(row).collect(),
        plain: None,
    })
}
