//! Why the account changed between two years: effects that add up, as a waterfall and as tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use greenheart_app::{AppError, ChangeRequest, ChangeView, EffectLine, GoalQuery, MemberLine, MethodBar};
use greenheart_model::{MemberId, Scope2Basis};
use greenheart_units::Amount;
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::figure::{Cell, Column, Figure, Kind, Row, tonnes};
use crate::numbers;
use crate::pager::Pager;
use crate::sheet::{Field, Filters, Sheet, Table, Td, Tile, name_of};
use crate::shown::{Shown, encoded, why};
use crate::visitor::Visitor;
use crate::words::Words;

/// What is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    from: Option<String>,
    to: Option<String>,
    member: Option<String>,
    basis: Option<String>,
    page: Option<String>,
}

impl Asked {
    /// As the figure is asked for.
    pub fn of(from: Option<&str>, to: Option<&str>, member: Option<&str>, basis: Option<&str>) -> Self {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Self {
            from: own(from),
            to: own(to),
            member: own(member),
            basis: own(basis),
            page: None,
        }
    }
}

/// The page.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let years = pages.app.account_years(&visitor.actor).await?;
    let members = pages.app.members(&visitor.actor).await?;
    let words = visitor.words;
    let mut sheet = Sheet::new(
        Chrome::new(&visitor, "change"),
        words.text("change-title"),
        words.text("change-lead"),
    );
    let member = whose(&visitor, asked.member.as_deref(), &members);
    let Some(request) = request(&asked, member.clone(), &years)? else {
        sheet.notes.push(words.text("change-one-year"));
        return render(&sheet);
    };
    let whole = visitor.actor.leads().then(|| words.text("whole-cluster"));
    sheet.filters = Some(Filters {
        action: "/change".into(),
        fields: vec![
            Field::member(&members, &visitor.actor, member.as_ref(), whole, words),
            Field::year("from", words.text("from-year"), &years, request.from),
            Field::year("to", words.text("to-year"), &years, request.to),
            Field::basis(request.basis == Some(Scope2Basis::Market), words),
        ],
    });
    if member.is_none() && !visitor.actor.leads() {
        sheet.notes.push(words.text("no-member-open"));
        return render(&sheet);
    }
    match pages.app.change(&visitor.actor, &request).await {
        Ok(view) => {
            fill(&mut sheet, &view, &members, asked.page.as_deref(), words);
            if view.member.is_none() {
                let bars = pages.app.method_bars(&visitor.actor, &GoalQuery::default()).await?;
                sheet.tables.extend(method_bars(&bars, &view, words));
            }
        }
        Err(AppError::Input { .. }) => sheet.notes.push(words.text("change-none")),
        Err(error) => return Err(error.into()),
    }
    render(&sheet)
}

/// Whose account: the one asked for, the visitor's own, the cluster for those who lead, else the first that is open.
pub fn whose(visitor: &Visitor, asked: Option<&str>, members: &[MemberLine]) -> Option<MemberId> {
    let asked = asked.filter(|member| !member.is_empty()).map(MemberId::new);
    let own = asked.or_else(|| visitor.actor.member().cloned());
    if own.is_some() || visitor.actor.leads() {
        return own;
    }
    let open = |line: &&MemberLine| visitor.actor.may_read(&line.member.id, line.visibility).is_ok();
    members.iter().find(open).map(|line| line.member.id.clone())
}

/// `None` when there are not two years to compare.
fn request(asked: &Asked, member: Option<MemberId>, years: &[i16]) -> Result<Option<ChangeRequest>, PageError> {
    let (Some(first), Some(last)) = (years.first(), years.last()) else {
        return Ok(None);
    };
    if first == last {
        return Ok(None);
    }
    let year = |text: &Option<String>, usual: i16| match text.as_deref() {
        None | Some("") => Ok(usual),
        Some(text) => text.parse().map_err(|_| PageError::Form("error-form")),
    };
    let market = asked.basis.as_deref() == Some("market");
    Ok(Some(ChangeRequest {
        from: year(&asked.from, *first)?,
        to: year(&asked.to, *last)?,
        member,
        gwp: None,
        basis: market.then_some(Scope2Basis::Market),
        at: None,
        published: None,
    }))
}

/// The figure alone, for its data.
pub async fn figure(pages: &Pages, visitor: &Visitor, asked: &Asked) -> Result<Option<Figure>, PageError> {
    let years = pages.app.account_years(&visitor.actor).await?;
    let members = pages.app.members(&visitor.actor).await?;
    let member = whose(visitor, asked.member.as_deref(), &members);
    if member.is_none() && !visitor.actor.leads() {
        return Ok(None);
    }
    let Some(request) = request(asked, member, &years)? else {
        return Ok(None);
    };
    match pages.app.change(&visitor.actor, &request).await {
        Ok(view) => Ok(Some(waterfall(&view, visitor.words))),
        Err(AppError::Input { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn fill(sheet: &mut Sheet, view: &ChangeView, members: &[MemberLine], page: Option<&str>, words: &Words) {
    let change = view.after_kg - view.before_kg;
    let share = change.ratio(view.before_kg);
    let co2e = |kg: Amount| numbers::readable(kg, "kgCO2e", words.tongue);
    let tile = |label: String, text: String| Tile {
        label,
        value: Td::Link(text, "#effects".into()),
    };
    sheet.tiles = vec![
        tile(view.from.to_string(), co2e(view.before_kg)),
        tile(view.to.to_string(), co2e(view.after_kg)),
        tile(
            words.text("change-tile"),
            share.map_or_else(|| co2e(change), |share| numbers::change(share, words.tongue)),
        ),
        tile(
            words.text("panel-members"),
            numbers::count(view.panel_members.into(), words.tongue),
        ),
    ];
    sheet.figures.push(waterfall(view, words));
    sheet.tables.push(effects(view, words));
    if !view.sectors.is_empty() {
        let columns = ["sector", ">co2e-change", "largest-cause", ">of-it"];
        let mut table = Table::new("sectors", words.text("change-sectors"), &columns, words);
        table.about = words.text("change-sectors-about");
        let sector = |code: &str| match code {
            "others" => words.text("sector-others"),
            code => words.name("sector", code),
        };
        table.rows = summed(&view.sectors).iter().map(|of| row(of, &sector, words)).collect();
        sheet.tables.push(table);
    }
    if !view.members.is_empty() {
        let columns = ["member", ">co2e-change", "largest-cause", ">of-it"];
        let mut table = Table::new("members", words.text("change-members"), &columns, words);
        let members_of = summed(&view.members);
        let address = format!("/change?from={}&to={}&", view.from, view.to);
        let pager = Pager::of(page, members_of.len(), &address, words);
        let name = |id: &str| name_of(members, &MemberId::new(id));
        table.rows = pager.cut(members_of.iter().map(|of| row(of, &name, words)));
        table.pager = Some(pager);
        sheet.tables.push(table);
    }
    if !view.method_changes.is_empty() {
        sheet.tables.push(methods(view, members, words));
    }
    sheet.fine.push(words.text("change-exact"));
    sheet
        .fine
        .push(words.with("figure-source", &[("snapshot", &view.snapshot)]));
}

/// Accepted bindings to other factors that touched one of the two years.
fn method_bars(bars: &[MethodBar], view: &ChangeView, words: &Words) -> Option<Table> {
    let of_years: Vec<&MethodBar> = bars
        .iter()
        .filter(|bar| bar.year == view.from || bar.year == view.to)
        .collect();
    if of_years.is_empty() {
        return None;
    }
    let columns = [
        "year",
        "method-factors",
        ">method-before",
        ">method-after",
        ">method-bar",
        ">method-bar-base",
    ];
    let mut table = Table::new("method-bars", words.text("method-bars"), &columns, words);
    table.about = words.text("method-bars-about");
    table.rows = of_years
        .into_iter()
        .map(|bar| {
            vec![
                Td::Text(bar.year.to_string()),
                Td::Text(bar.factor_set.clone()),
                Td::Figure(Shown::figure(&bar.before, words)),
                Td::Figure(Shown::figure(&bar.after, words)),
                Td::Text(signed(bar.effect_kg, words)),
                Td::Text(signed(bar.effect_on_base_kg, words)),
            ]
        })
        .collect();
    Some(table)
}

fn effects(view: &ChangeView, words: &Words) -> Table {
    let columns = ["effect", "identity", ">co2e-change", "about"];
    let mut table = Table::new("effects", words.text("change-effects"), &columns, words);
    table.rows = view
        .effects
        .iter()
        .map(|line| {
            let text = signed(line.change_kg, words);
            vec![
                Td::Text(effect(line, words)),
                Td::Text(identity(line, words)),
                Td::figure(text, Some(&line.reference)),
                Td::Text(words.known("effect-about", &line.effect).unwrap_or_default()),
            ]
        })
        .collect();
    table
}

/// All effects of a sector or member together, with the largest of them.
struct Summed<'a> {
    of: &'a str,
    change: Amount,
    largest: &'a EffectLine,
}

/// By sector or member, the largest change first.
fn summed(lines: &[EffectLine]) -> Vec<Summed<'_>> {
    let mut by: BTreeMap<&str, Summed<'_>> = BTreeMap::new();
    for line in lines {
        let sum = by.entry(&line.of).or_insert(Summed {
            of: &line.of,
            change: Amount::ZERO,
            largest: line,
        });
        sum.change += line.change_kg;
        if line.change_kg.abs() > sum.largest.change_kg.abs() {
            sum.largest = line;
        }
    }
    let mut all: Vec<Summed<'_>> = by.into_values().collect();
    all.sort_by_key(|sum| std::cmp::Reverse(sum.change.abs()));
    all
}

fn row(sum: &Summed<'_>, name: &dyn Fn(&str) -> String, words: &Words) -> Vec<Td> {
    vec![
        Td::Text(name(sum.of)),
        Td::Text(signed(sum.change, words)),
        Td::Under(effect(sum.largest, words), identity(sum.largest, words)),
        Td::Text(signed(sum.largest.change_kg, words)),
    ]
}

fn methods(view: &ChangeView, members: &[MemberLine], words: &Words) -> Table {
    let columns = ["member", "classes"];
    let mut table = Table::new("methods", words.text("change-methods"), &columns, words);
    table.about = words.text("change-methods-about");
    let mut by_member: BTreeMap<&MemberId, Vec<String>> = BTreeMap::new();
    for change in &view.method_changes {
        let classes = by_member.entry(&change.member).or_default();
        classes.push(words.name("class", &change.class.to_string()));
    }
    table.rows = by_member
        .into_iter()
        .map(|(member, classes)| vec![Td::Text(name_of(members, member)), Td::Text(classes.join(", "))])
        .collect();
    table
}

fn identity(line: &EffectLine, words: &Words) -> String {
    match line.identity.as_str() {
        "" => String::new(),
        identity => words.name("identity", identity),
    }
}

fn effect(line: &EffectLine, words: &Words) -> String {
    words.name("effect", &line.effect)
}

/// Kind of emission and effect together.
pub(super) fn cause(line: &EffectLine, words: &Words) -> String {
    match line.identity.as_str() {
        "" => effect(line, words),
        _ => format!("{}: {}", identity(line, words), effect(line, words)),
    }
}

/// A change with its sign.
pub(super) fn signed(kg: Amount, words: &Words) -> String {
    let sign = if kg > Amount::ZERO { "+" } else { "" };
    format!("{sign}{}", numbers::readable(kg, "kgCO2e", words.tongue))
}

/// From the earlier year over the effects to the later one.
fn waterfall(view: &ChangeView, words: &Words) -> Figure {
    let end = |year: i16, kg: Amount| Row {
        label: year.to_string(),
        group: 1,
        why: None,
        cells: vec![Cell::of(Some(tonnes(kg)), None)],
    };
    let step = |line: &EffectLine| Row {
        label: cause(line, words),
        group: 2,
        why: None,
        cells: vec![Cell::of(Some(tonnes(line.change_kg)), Some(why(&line.reference)))],
    };
    // What did nothing is in the table, not in the picture.
    let steps = view.effects.iter().filter(|line| !line.change_kg.is_zero());
    let member = view.member.as_ref().map_or("", MemberId::as_str);
    let basis = if view.basis == Scope2Basis::Market {
        "market"
    } else {
        "location"
    };
    let years = [("from", &*view.from.to_string()), ("to", &*view.to.to_string())];
    Figure {
        name: format!(
            "waterfall?from={}&to={}&member={}&basis={basis}",
            view.from,
            view.to,
            encoded(member)
        ),
        kind: Kind::Waterfall,
        title: words.with("waterfall-title", &years),
        about: words.text("waterfall-about"),
        unit: "t CO₂e".into(),
        decimals: 1,
        rows_are: words.text("effect"),
        source: words.with("figure-source", &[("snapshot", &view.snapshot)]),
        columns: vec![Column::new("change", words.text("co2e-change"))],
        rows: std::iter::once(end(view.from, view.before_kg))
            .chain(steps.map(step))
            .chain(std::iter::once(end(view.to, view.after_kg)))
            .collect(),
        plain: None,
    }
}
