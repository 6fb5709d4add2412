//! Who did and saw what.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use greenheart_app::{AuditLine, Capacity};
use greenheart_model::MemberId;
use serde::Deserialize;

use super::{Chrome, Page, render, role_key};
use crate::Pages;
use crate::numbers;
use crate::visitor::Visitor;

/// Lines shown.
const LINES: i64 = 200;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    c: Chrome,
    own: bool,
    lines: Vec<Line>,
}

struct Line {
    at: String,
    actor: String,
    role: String,
    verb: String,
    member: String,
    subject: String,
    outcome: String,
    refused: bool,
}

/// Whose trail.
#[derive(Deserialize)]
pub struct Asked {
    member: Option<String>,
}

/// The trail, newest first.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let member = asked.member.filter(|member| !member.is_empty()).map(MemberId::new);
    let found = pages.app.audit(&visitor.actor, member.as_ref(), LINES).await?;
    let members = pages.app.members(&visitor.actor).await?;
    let name_of = |id: &str| {
        let known = members.iter().find(|line| line.member.id.as_str() == id);
        known.map_or_else(|| id.to_owned(), |line| line.member.name.clone())
    };
    render(&AuditPage {
        own: visitor.actor.member().is_some(),
        lines: found.iter().map(|found| line(found, &visitor, &name_of)).collect(),
        c: Chrome::new(&visitor, "audit"),
    })
}

fn line(found: &AuditLine, visitor: &Visitor, name_of: &dyn Fn(&str) -> String) -> Line {
    let words = visitor.words;
    let role = found.capacity.parse::<Capacity>();
    Line {
        at: numbers::time(found.at_ms, words.tongue),
        actor: found.actor.clone(),
        role: role.map_or_else(|_| found.capacity.clone(), |capacity| words.text(role_key(&capacity))),
        verb: words.name("verb", &found.verb),
        member: found.member.as_deref().map(name_of).unwrap_or_default(),
        subject: found.subject.clone(),
        outcome: words.name("audit", &found.outcome),
        refused: found.outcome != "done",
    }
}
