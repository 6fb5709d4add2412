//! A job that a page began: how far it is, how to stop it, where to look when it has ended.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::{AppError, JobEnd};

use super::import::{failure, progress};
use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::forms::{Checked, Nothing};
use crate::shown::encoded;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    c: Chrome,
    id: String,
    title: String,
    /// How far it is, while it runs.
    working: Option<String>,
    failed: Option<String>,
    /// Where to look now: address and name.
    next: (String, String),
}

/// The page.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Path(id): Path<String>) -> Page {
    let words = visitor.words;
    let found = pages.app.followed_job(&visitor.actor, &id).await?;
    let (kind, here, place) = match found.job.kind.as_str() {
        "release" => ("release", "releases", "/releases"),
        "network" => ("network", "circular", "/circular#network"),
        _ => ("other", "goals", "/"),
    };
    let next = match found.ended {
        Some(Ok(JobEnd::Release(number))) => (
            format!("/releases/{number}"),
            words.with("release-title", &[("number", &number.to_string())]),
        ),
        _ => (place.to_owned(), words.text(&format!("nav-{here}"))),
    };
    render(&JobPage {
        title: words.name("job-kind", kind),
        working: found.ended.is_none().then(|| progress(&found.job, words)),
        failed: match &found.ended {
            Some(Err(AppError::Cancelled)) => Some(words.text("job-stopped")),
            Some(Err(error)) => Some(failure(error, words)),
            _ => None,
        },
        next,
        c: Chrome::new(&visitor, here),
        id,
    })
}

/// Stops it.
pub async fn cancel(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    form: Checked<Nothing>,
) -> Result<Response, PageError> {
    let Nothing {} = form.fields;
    pages.app.cancel(&form.visitor.actor, &id).await?;
    Ok(to(&id))
}

/// To the page of a job.
pub fn to(id: &str) -> Response {
    Redirect::to(&format!("/jobs/{}", encoded(id))).into_response()
}
