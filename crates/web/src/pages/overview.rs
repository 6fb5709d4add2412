//! What moved most and where most comes from, as short lists: the first things to talk about.

use greenheart_app::{AppError, ChangeRequest, InventoryRequest};
use greenheart_model::{GwpSet, MemberId, Scope2Basis};
use greenheart_units::Amount;

use super::{change, inventory};
use crate::Pages;
use crate::error::PageError;
use crate::numbers;
use crate::shown::{Shown, encoded, why};
use crate::visitor::Visitor;
use crate::words::Words;

/// Lines of a short list.
const LINES: usize = 5;

/// A short list, the largest first.
pub struct Ranked {
    /// What it is of.
    pub title: String,
    /// How to read it.
    pub about: String,
    /// Its lines.
    pub rows: Vec<RankedRow>,
    /// Where all of it stands: address and name.
    pub more: (String, String),
}

/// A line.
pub struct RankedRow {
    /// What.
    pub name: String,
    /// In fewer letters.
    pub note: String,
    /// How much, with its reason.
    pub value: Shown,
    /// Class of its bar.
    pub class: &'static str,
    /// Length of its bar, of a hundred.
    pub percent: String,
}

/// Causes and sources of a member's account, or of the cluster for those who lead. Empty where there is too little to tell.
pub async fn of(pages: &Pages, visitor: &Visitor, member: Option<&MemberId>) -> Result<Vec<Ranked>, PageError> {
    let causes = causes(pages, visitor, member).await?;
    let sources = sources(pages, visitor, member).await?;
    Ok(causes.into_iter().chain(sources).collect())
}

async fn causes(pages: &Pages, visitor: &Visitor, member: Option<&MemberId>) -> Result<Option<Ranked>, PageError> {
    let words = visitor.words;
    let years = pages.app.account_years(&visitor.actor).await?;
    let (Some(&from), Some(&to)) = (years.first(), years.last()) else {
        return Ok(None);
    };
    if from == to {
        return Ok(None);
    }
    let request = ChangeRequest {
        from,
        to,
        member: member.cloned(),
        gwp: None,
        basis: None,
        at: None,
        published: None,
    };
    let view = match pages.app.change(&visitor.actor, &request).await {
        Ok(view) => view,
        // Not complete in both years; the page of the change says so.
        Err(AppError::Input { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut effects: Vec<_> = view.effects.iter().filter(|line| !line.change_kg.is_zero()).collect();
    effects.sort_by_key(|line| std::cmp::Reverse(line.change_kg.abs()));
    effects.truncate(LINES);
    let most = effects.first().map_or(Amount::ZERO, |line| line.change_kg.abs());
    let rows = effects.into_iter().map(|line| RankedRow {
        name: change::cause(line, words),
        note: words.known("effect-about", &line.effect).unwrap_or_default(),
        value: Shown {
            text: change::signed(line.change_kg, words),
            href: line.reference.as_ref().map(why),
        },
        class: if line.change_kg.is_negative() {
            "bar-down"
        } else {
            "bar-up"
        },
        percent: share(line.change_kg.abs(), most),
    });
    let total = change::signed(view.after_kg - view.before_kg, words);
    let years = [
        ("from", &*from.to_string()),
        ("to", &*to.to_string()),
        ("total", &*total),
    ];
    let whose = member.map(|member| format!("?member={}", encoded(member.as_str())));
    let rows: Vec<RankedRow> = rows.collect();
    Ok((!rows.is_empty()).then(|| Ranked {
        title: words.with("causes-title", &years),
        about: words.with("causes-about", &years),
        rows,
        more: (
            format!("/change{}", whose.unwrap_or_default()),
            words.text("causes-more"),
        ),
    }))
}

async fn sources(pages: &Pages, visitor: &Visitor, member: Option<&MemberId>) -> Result<Option<Ranked>, PageError> {
    let words = visitor.words;
    let request = InventoryRequest {
        year: None,
        member: member.cloned(),
        basis: Scope2Basis::Location,
        gwp: GwpSet::Ar6,
    };
    let answer = match pages.app.inventory(&visitor.actor, &request).await {
        Ok(answer) => answer,
        Err(AppError::Input { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let (year, total) = (answer.totals.year, answer.totals.total_co2e_kg);
    let member = member.map_or("", MemberId::as_str);
    let all = format!("/inventory?member={}&year={year}", encoded(member));
    let sources = inventory::sources(&answer.lines, words);
    let most = sources.first().map_or(Amount::ZERO, |(_, _, kg)| *kg);
    let rows: Vec<RankedRow> = sources
        .into_iter()
        .take(LINES)
        .filter(|(_, _, kg)| *kg > Amount::ZERO)
        .map(|(name, class, kg)| RankedRow {
            name,
            note: part(kg, total, words),
            value: Shown {
                text: numbers::readable(kg, "kgCO2e", words.tongue),
                href: Some(format!("{all}#lines")),
            },
            class,
            percent: share(kg, most),
        })
        .collect();
    let about = if member.is_empty() {
        "sources-about-open"
    } else {
        "sources-about"
    };
    Ok((!rows.is_empty()).then(|| Ranked {
        title: words.with("sources-title", &[("year", &year.to_string())]),
        about: words.text(about),
        rows,
        more: (all, words.text("sources-more")),
    }))
}

/// `29 % of all`.
fn part(kg: Amount, total: Amount, words: &Words) -> String {
    let share = kg.ratio(total).map(|share| numbers::percent(share, words.tongue));
    share.map_or_else(String::new, |share| words.with("share-of-all", &[("share", &share)]))
}

/// Of a hundred, of the longest.
fn share(one: Amount, most: Amount) -> String {
    let share = one.ratio(most).map_or(0.0, |share| share.to_model_f64() * 100.0);
    format!("{:.1}", share.clamp(0.5, 100.0))
}
