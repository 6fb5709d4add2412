//! What was taken in, and taking it out again.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::{BatchLine, BatchState};
use greenheart_model::{BatchId, MemberId, Ref};
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::forms::Checked;
use crate::numbers;
use crate::pager::Pager;
use crate::shown::{period, why};
use crate::visitor::Visitor;
use crate::words::Words;

#[derive(Template)]
#[template(path = "batches.html")]
struct BatchesPage {
    c: Chrome,
    all: bool,
    lines: Vec<Line>,
    pager: Pager,
}

/// Names of files that a line shows; the page of the batch has all.
const NAMES: usize = 3;

struct Line {
    id: String,
    href: String,
    member: String,
    files: String,
    reader: String,
    covers: Vec<String>,
    rows: String,
    status: String,
    findings: u64,
    at: String,
    state: String,
    counts: bool,
    may_withdraw: bool,
}

/// What is asked for.
#[derive(Deserialize)]
pub struct Asked {
    all: Option<String>,
    member: Option<String>,
    page: Option<String>,
}

/// The list, newest first.
pub async fn list(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let all = asked.all.is_some();
    let members = pages.app.members(&visitor.actor).await?;
    let member = asked.member.filter(|member| !member.is_empty()).map(MemberId::new);
    let found = pages.app.batches(&visitor.actor, member.as_ref(), all).await?;
    let name_of = |id: &MemberId| {
        let known = members.iter().find(|line| line.member.id == *id);
        known.map_or_else(|| id.to_string(), |line| line.member.name.clone())
    };
    let c = Chrome::new(&visitor, "batches");
    let of_member = member.map(|member| format!("member={}&", c.url(member)));
    let address = format!(
        "/batches?{}{}",
        if all { "all=1&" } else { "" },
        of_member.unwrap_or_default()
    );
    let pager = Pager::of(asked.page.as_deref(), found.len(), &address, visitor.words);
    let lines = found.iter().rev().map(|batch| Line {
        may_withdraw: batch.state == BatchState::Visible && visitor.actor.may_write(&batch.member).is_ok(),
        member: name_of(&batch.member),
        ..line(batch, visitor.words)
    });
    render(&BatchesPage {
        lines: pager.cut(lines),
        pager,
        all,
        c,
    })
}

fn line(batch: &BatchLine, words: &Words) -> Line {
    let mut names = batch.files.clone();
    names.dedup();
    names.truncate(NAMES);
    let more = batch.files.len() - names.len();
    let files = names.join(", ");
    Line {
        id: batch.id.to_string(),
        href: why(&Ref::Batch(batch.id.clone())),
        member: String::new(),
        files: if more > 0 { format!("{files} (+{more})") } else { files },
        reader: words.name("reader", batch.importer.split('@').next().unwrap_or_default()),
        covers: batch
            .coverage
            .iter()
            .map(|one| {
                format!(
                    "{} {}",
                    words.name("coverage", &one.kind.to_string()),
                    period(one.period, words)
                )
            })
            .collect(),
        rows: numbers::count(u64::try_from(batch.rows).unwrap_or_default(), words.tongue),
        status: batch
            .status
            .map_or_else(String::new, |status| words.text(&format!("status-{status}"))),
        findings: batch.findings.iter().map(|(_, count)| count).sum(),
        at: numbers::time(batch.committed_at_ms, words.tongue),
        state: match &batch.state {
            BatchState::Visible => words.text("state-visible"),
            BatchState::SupersededBy(by) => words.with("state-superseded-by", &[("batch", by.as_str())]),
            BatchState::Withdrawn(reason) => words.with("state-withdrawn", &[("reason", reason)]),
            BatchState::Erased => words.text("state-erased"),
        },
        counts: batch.state == BatchState::Visible,
        may_withdraw: false,
    }
}

#[derive(Template)]
#[template(path = "withdraw.html")]
struct WithdrawPage {
    c: Chrome,
    line: Line,
}

/// Asks for the reason.
pub async fn ask(State(pages): State<Arc<Pages>>, visitor: Visitor, Path(id): Path<String>) -> Page {
    let found = pages.app.batches(&visitor.actor, None, false).await?;
    let batch = found
        .iter()
        .find(|batch| batch.id.as_str() == id && visitor.actor.may_write(&batch.member).is_ok())
        .ok_or(PageError::NoPage)?;
    render(&WithdrawPage {
        line: line(batch, visitor.words),
        c: Chrome::new(&visitor, "batches"),
    })
}

/// Why it is taken out.
#[derive(Deserialize)]
pub struct Reason {
    reason: String,
}

/// Takes a batch out of every figure.
pub async fn withdraw(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    form: Checked<Reason>,
) -> Result<Response, PageError> {
    if form.fields.reason.trim().is_empty() {
        return Err(PageError::Form("withdraw-needs-reason"));
    }
    pages
        .app
        .withdraw(&form.visitor.actor, &BatchId::new(id), form.fields.reason.trim())
        .await?;
    Ok(Redirect::to("/batches?all=1").into_response())
}
