//! Why a figure is what it is, down to the file and the row.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use greenheart_app::{Answer, Part};
use greenheart_model::{Derivation, Ref};
use greenheart_units::{Amount, Rounding};

use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::numbers;
use crate::shown::{Shown, line_name, why};
use crate::spoken;
use crate::visitor::Visitor;
use crate::words::Words;

#[derive(Template)]
#[template(path = "why.html")]
struct WhyPage {
    c: Chrome,
    reference: String,
    title: String,
    kind: &'static str,
    value: Option<String>,
    exact: Option<String>,
    reason: Option<Reason>,
    sections: Vec<Section>,
}

/// How a figure comes about.
struct Reason {
    says: String,
    facts: Vec<(String, String)>,
    steps: Vec<(String, String)>,
}

struct Section {
    heading: String,
    parts: Vec<ShownPart>,
    more: u64,
}

struct ShownPart {
    label: String,
    value: String,
    exact: String,
    open: Option<Shown>,
}

/// The page.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Path(text): Path<String>) -> Page {
    let reference: Ref = text.parse().map_err(|_| PageError::NoPage)?;
    let answer = pages.app.why(&visitor.actor, &reference).await?;
    let words = visitor.words;
    let names = names(&pages, &visitor).await?;
    let sections = answer
        .sections
        .iter()
        .filter(|section| !section.parts.is_empty())
        .map(|section| Section {
            heading: words.text(&format!("why-{}", section.heading)),
            parts: section
                .parts
                .iter()
                .map(|part| shown_part(part, &names, words))
                .collect(),
            more: section.more,
        })
        .collect();
    let is_figure = matches!(reference, Ref::Figure(_));
    render(&WhyPage {
        c: Chrome::new(&visitor, ""),
        reference: reference.to_string(),
        title: named(&title(&answer, words), &names),
        kind: match reference {
            Ref::Figure(_) => "why-kind-figure",
            Ref::Row(..) => "why-kind-row",
            Ref::Batch(_) => "why-kind-batch",
            Ref::Factor(_) => "why-kind-factor",
        },
        value: is_figure.then(|| match answer.value {
            Some(value) => numbers::readable(value, &answer.unit, words.tongue),
            None => words.text("missing"),
        }),
        exact: answer.value.map(|value| exact(value, &answer.unit, words)),
        reason: answer.derivation.as_ref().map(|derivation| reason(derivation, words)),
        sections,
    })
}

fn reason(derivation: &Derivation, words: &Words) -> Reason {
    let label = |text: &str| words.known("label", text).unwrap_or_else(|| text.to_owned());
    let mut facts = vec![
        (words.text("why-rule"), derivation.rule.clone()),
        (words.text("why-source"), derivation.source.clone()),
        (words.text("why-rounding"), derivation.rounding.clone()),
        (words.text("why-snapshot"), derivation.snapshot.clone()),
    ];
    facts.extend(derivation.filter.iter().map(|(key, value)| (label(key), value.clone())));
    let steps = derivation.steps.iter();
    Reason {
        says: words
            .known("says", &derivation.rule)
            .unwrap_or_else(|| derivation.says.clone()),
        facts,
        steps: steps
            .map(|step| (label(&step.label), spelled(&step.value, words)))
            .collect(),
    }
}

/// A value with its unit as people of the language write it, when it is a number.
fn spelled(text: &str, words: &Words) -> String {
    match text
        .split_once(' ')
        .map(|(number, unit)| (number.parse::<Amount>(), unit))
    {
        Some((Ok(number), unit)) => exact(number, unit, words),
        _ => text.to_owned(),
    }
}

/// A figure's stable name ends with its unit; people read what it is called.
fn title(answer: &Answer, words: &Words) -> String {
    match &answer.reference {
        Ref::Figure(name) if name.starts_with("goal/") => {
            let year = name.split('/').nth(2).unwrap_or_default();
            format!("{} {year}", words.name("figure", &answer.title))
        }
        Ref::Figure(name) if name.starts_with("line/") => {
            let parts: Vec<&str> = answer.title.split(" · ").collect();
            let line = parts.first().map_or_else(String::new, |line| line_name(line, words));
            let rest = parts.get(1..).unwrap_or_default().join(" · ");
            format!("{line} · {}", spoken::label(&rest, words))
        }
        Ref::Row(..) | Ref::Batch(_) => spoken::label(&answer.title, words),
        _ => answer.title.clone(),
    }
}

fn exact(value: Amount, unit: &str, words: &Words) -> String {
    format!("{}\u{a0}{unit}", numbers::number(value, decimals(value), words.tongue))
}

/// As many decimals as it has.
fn decimals(value: Amount) -> u32 {
    (0..=Amount::SCALE)
        .find(|decimals| value.rounded(*decimals, Rounding::HalfEven) == value)
        .unwrap_or(Amount::SCALE)
}

/// What members are called, for those who may know.
async fn names(pages: &Pages, visitor: &Visitor) -> Result<BTreeMap<String, String>, PageError> {
    if visitor.actor.is_of_the_cluster().is_err() {
        return Ok(BTreeMap::new());
    }
    let members = pages.app.members(&visitor.actor).await?;
    let names = members
        .into_iter()
        .map(|line| (line.member.id.to_string(), line.member.name));
    Ok(names.collect())
}

/// Members by their names where a label has their numbers.
fn named(label: &str, names: &BTreeMap<String, String>) -> String {
    let name = |piece: &str| names.get(piece).cloned().unwrap_or_else(|| piece.to_owned());
    let pieces: Vec<String> = label
        .split(" · ")
        .map(|piece| match piece.split_once(" to ") {
            Some((seller, buyer)) if names.contains_key(seller) => format!("{} → {}", name(seller), name(buyer)),
            _ => name(piece),
        })
        .collect();
    pieces.join(" · ")
}

fn shown_part(part: &Part, names: &BTreeMap<String, String>, words: &Words) -> ShownPart {
    let number = part.value.parse::<Amount>().ok().filter(|_| !part.unit.is_empty());
    let (value, exact) = match number {
        Some(number) => (
            numbers::readable(number, &part.unit, words.tongue),
            exact(number, &part.unit, words),
        ),
        // What stood in a file stays as it stood.
        None if part.unit.is_empty() && part.label == "quantity as it stood" => (part.value.clone(), String::new()),
        None if part.unit.is_empty() => (spoken::value(&part.value, words), String::new()),
        None => (format!("{} {}", part.value, part.unit), String::new()),
    };
    ShownPart {
        label: named(&spoken::label(&part.label, words), names),
        open: part.reference.as_ref().map(|reference| Shown {
            text: value.clone(),
            href: Some(why(reference)),
        }),
        value,
        exact,
    }
}
