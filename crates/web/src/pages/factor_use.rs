//! Which factors are used: the sets of the library, sealing a year, and binding what is posted to the set in use, first shown,
//! then accepted.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::{FactorChoice, FactorSetLine, RebindState, Seal};
use greenheart_units::Amount;
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::forms::{Checked, Nothing};
use crate::numbers;
use crate::sheet::{Table, Td};
use crate::visitor::Visitor;
use crate::words::Words;

#[derive(Template)]
#[template(path = "factor_use.html")]
struct UsePage {
    c: Chrome,
    tables: Vec<Table>,
    sets: Vec<String>,
    years: Vec<i16>,
    may_choose: bool,
    may_bind: bool,
    running: bool,
    pending: bool,
}

/// The page.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor) -> Page {
    let (words, actor) = (visitor.words, &visitor.actor);
    let may_choose = actor.may_administer().is_ok();
    let years = pages.app.account_years(actor).await?;
    let sets = pages.app.factor_sets(actor).await?;
    let seals = pages.app.sealed_years(actor).await?;
    let mut tables = vec![set_table(&sets, words), seal_table(&seals, words)];
    let mut state = RebindState {
        pending: None,
        running: false,
        accepted: Vec::new(),
    };
    if may_choose {
        state = pages.app.rebind_state(actor).await?;
        tables.push(pending_table(&state, words));
        tables.push(accepted_table(&state, words));
    }
    render(&UsePage {
        sets: sets.iter().map(|set| set.version.clone()).collect(),
        years: years.into_iter().filter(|year| !seals.contains_key(year)).collect(),
        may_choose,
        may_bind: actor.may_operate().is_ok(),
        running: state.running,
        pending: state.pending.is_some(),
        tables,
        c: Chrome::new(&visitor, "factor_use"),
    })
}

fn set_table(sets: &[FactorSetLine], words: &Words) -> Table {
    let columns = ["factor-set", ">factors", "regions", "state"];
    let mut table = Table::new("sets", words.text("factor-sets"), &columns, words);
    table.about = words.text("factor-sets-about");
    table.rows = sets
        .iter()
        .map(|set| {
            let mut regions: Vec<&str> = set.counts.iter().map(|(_, region, _)| region.as_str()).collect();
            regions.sort_unstable();
            regions.dedup();
            let state = if set.current {
                Td::Chip("on_track", words.text("factor-set-current"))
            } else {
                Td::Text(String::new())
            };
            vec![
                Td::Text(set.version.clone()),
                Td::Text(numbers::count(set.factors as u64, words.tongue)),
                Td::Text(regions.join(", ")),
                state,
            ]
        })
        .collect();
    table
}

fn seal_table(seals: &std::collections::BTreeMap<i16, Seal>, words: &Words) -> Table {
    let columns = ["year", "sealed-at", "sealed-by", "factor-set"];
    let mut table = Table::new("seals", words.text("seals-title"), &columns, words);
    table.about = words.text("seals-about");
    table.empty = words.text("seals-none");
    let row = |(year, seal): (&i16, &Seal)| {
        vec![
            Td::Text(year.to_string()),
            Td::Text(numbers::time(seal.at_ms, words.tongue)),
            Td::Text(seal.by.clone()),
            Td::Text(seal.factor_set.clone()),
        ]
    };
    table.rows = seals.iter().map(row).collect();
    table
}

/// What binding again would change, by year and category.
fn pending_table(state: &RebindState, words: &Words) -> Table {
    let columns = ["year", "scope", "category", ">before", ">after", ">method-effect"];
    let mut table = Table::new("pending", words.text("rebind-pending"), &columns, words);
    table.about = words.text("rebind-about");
    table.empty = words.text(if state.pending.is_some() {
        "rebind-nothing"
    } else {
        "rebind-none"
    });
    let co2e = |kg: Amount| Td::Text(numbers::readable(kg, "kgCO2e", words.tongue));
    table.rows = state
        .pending
        .iter()
        .flat_map(|pending| &pending.report.categories)
        .filter(|line| !line.method_effect_kg.is_zero())
        .map(|line| {
            let category = match line.category {
                0 => String::new(),
                category => words.text(&format!("category-{category}")),
            };
            vec![
                Td::Text(line.year.to_string()),
                Td::Text(words.text(&format!("scope-{}", line.scope))),
                Td::Text(category),
                co2e(line.before_co2e_kg),
                co2e(line.after_co2e_kg),
                co2e(line.method_effect_kg),
            ]
        })
        .collect();
    table
}

fn accepted_table(state: &RebindState, words: &Words) -> Table {
    let columns = ["when", "accepted-by", "factor-set", "snapshots", ">batches"];
    let mut table = Table::new("accepted", words.text("rebind-accepted"), &columns, words);
    table.empty = words.text("rebind-accepted-none");
    table.rows = state
        .accepted
        .iter()
        .rev()
        .map(|done| {
            vec![
                Td::Text(numbers::time(done.at_ms, words.tongue)),
                Td::Text(done.by.clone()),
                Td::Text(done.report.factor_set.clone()),
                Td::Text(format!("s{} → {}", done.before, done.after)),
                Td::Text(numbers::count(done.report.batches as u64, words.tongue)),
            ]
        })
        .collect();
    table
}

/// Which set shall be used.
#[derive(Deserialize)]
pub struct Chosen {
    set: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    from_year: String,
}

/// Uses a set from now on.
pub async fn choose(State(pages): State<Arc<Pages>>, form: Checked<Chosen>) -> Result<Response, PageError> {
    let Chosen {
        set,
        country,
        from_year,
    } = form.fields;
    let from_year = match from_year.trim() {
        "" => None,
        year => Some(year.parse().map_err(|_| PageError::Form("error-form"))?),
    };
    let choice = FactorChoice {
        set,
        country: Some(country.trim().to_owned()).filter(|country| !country.is_empty()),
        from_year,
    };
    pages.app.use_factors(&form.visitor.actor, &choice).await?;
    Ok(Redirect::to("/factors/use").into_response())
}

/// Which year shall be sealed.
#[derive(Deserialize)]
pub struct Year {
    year: i16,
}

/// Seals a year for good.
pub async fn seal(State(pages): State<Arc<Pages>>, form: Checked<Year>) -> Result<Response, PageError> {
    pages.app.seal(&form.visitor.actor, form.fields.year).await?;
    Ok(Redirect::to("/factors/use#seals").into_response())
}

/// Compares what is posted with what it would be.
pub async fn compare(State(pages): State<Arc<Pages>>, form: Checked<Nothing>) -> Result<Response, PageError> {
    let Nothing {} = form.fields;
    pages.app.start_rebind(&form.visitor.actor, false).await?;
    Ok(Redirect::to("/factors/use#pending").into_response())
}

/// Makes the comparison count.
pub async fn accept(State(pages): State<Arc<Pages>>, form: Checked<Nothing>) -> Result<Response, PageError> {
    let Nothing {} = form.fields;
    pages.app.start_rebind(&form.visitor.actor, true).await?;
    Ok(Redirect::to("/factors/use#accepted").into_response())
}

/// Sets the comparison aside.
pub async fn discard(State(pages): State<Arc<Pages>>, form: Checked<Nothing>) -> Result<Response, PageError> {
    let Nothing {} = form.fields;
    pages.app.discard_rebind(&form.visitor.actor).await?;
    Ok(Redirect::to("/factors/use#pending").into_response())
}
