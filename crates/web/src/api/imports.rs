//! Handing in files by program: read on trial, looked at, confirmed. For tokens with the scope `import` only, so that no
//! page of another site can do it with somebody's session.

use std::io::Write;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use greenheart_app::{Actor, AppError, ImportJob, JobState, OnOverlap, Outcome, SetReport, Upload};
use serde::Deserialize;

use super::ByToken;
use super::problem::ApiError;
use super::schema::wire;
use crate::Pages;
use crate::pages::import::says_too_much;

/// Files handed in at once.
const FILES: usize = 500;

wire! {
    /// An import that was begun.
    pub struct Begun {
        /// To ask `/imports/{id}` with.
        pub id: String,
    }
}

wire! {
    /// How far an import is, and what came of it.
    pub struct Import {
        /// Identifier.
        pub id: String,
        /// Waiting, running, done, failed, cancelled.
        pub state: String,
        /// It was read on trial: nothing counts yet.
        pub trial: bool,
        /// The files still wait, so that a trial can be confirmed.
        pub waiting: bool,
        /// Why it failed.
        pub failed: Option<String>,
        /// What came of it.
        pub sets: Vec<ImportedSet>,
    }
}

wire! {
    /// What came of files that belong together.
    pub struct ImportedSet {
        /// Their names.
        pub files: Vec<String>,
        /// `imported`, `would_import`, `already_there`, `decision_needed`, `refused`.
        pub outcome: String,
        /// Its batch.
        pub batch: Option<String>,
        /// Which reader took it.
        pub reader: Option<String>,
        /// Rows read.
        pub rows: u64,
        /// Findings by code, and how many of each.
        pub findings: std::collections::BTreeMap<String, u64>,
    }
}

impl From<&SetReport> for ImportedSet {
    fn from(set: &SetReport) -> Self {
        let (outcome, known) = match &set.outcome {
            Outcome::Imported => ("imported", None),
            Outcome::WouldImport => ("would_import", None),
            Outcome::AlreadyThere(batch) => ("already_there", Some(batch)),
            Outcome::DecisionNeeded => ("decision_needed", None),
            Outcome::Refused => ("refused", None),
        };
        Self {
            files: set.files.iter().map(|file| file.name.clone()).collect(),
            outcome: outcome.to_owned(),
            batch: set.batch.as_ref().or(known).map(ToString::to_string),
            reader: set.importer.clone(),
            rows: set.rows,
            findings: set
                .findings
                .counts()
                .map(|(code, count, _)| (code.to_owned(), count))
                .collect(),
        }
    }
}

impl From<&ImportJob> for Import {
    fn from(import: &ImportJob) -> Self {
        let (failed, sets) = match &import.report {
            Some(Ok(report)) => (None, report.sets.iter().map(ImportedSet::from).collect()),
            Some(Err(error)) => (Some(error.to_string()), Vec::new()),
            None => (None, Vec::new()),
        };
        Self {
            id: import.job.id.clone(),
            state: format!("{:?}", import.job.state).to_lowercase(),
            trial: import.dry_run,
            waiting: import.waiting && matches!(import.job.state, JobState::Done),
            failed,
            sets,
        }
    }
}

/// Reads files on trial.
pub async fn begin(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    _: ByToken,
    headers: HeaderMap,
    mut form: Multipart,
) -> Result<Response, ApiError> {
    if says_too_much(&headers) {
        return Err(ApiError::TooLarge);
    }
    let mut upload = pages.app.begin_upload(&actor).await?;
    if let Err(error) = receive(&mut form, &mut upload).await {
        upload.discard()?;
        return Err(error);
    }
    if upload.is_empty() {
        upload.discard()?;
        return Err(ApiError::Query("no file was handed in".into()));
    }
    let id = pages.app.try_upload(&actor, upload).await?;
    Ok(begun(id))
}

fn begun(id: String) -> Response {
    let location = [(header::LOCATION, format!("/api/v1/imports/{id}"))];
    (StatusCode::ACCEPTED, location, Json(Begun { id })).into_response()
}

async fn receive(form: &mut Multipart, upload: &mut Upload) -> Result<(), ApiError> {
    let wrong = |error: axum::extract::multipart::MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
        _ => ApiError::Query(error.body_text()),
    };
    let mut count = 0;
    while let Some(mut field) = form.next_field().await.map_err(wrong)? {
        let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(str::to_owned) else {
            continue;
        };
        count += 1;
        if count > FILES {
            return Err(ApiError::TooLarge);
        }
        let mut file = upload.file(&name)?;
        while let Some(chunk) = field.chunk().await.map_err(wrong)? {
            file.write_all(&chunk).map_err(AppError::from)?;
        }
    }
    Ok(())
}

/// How far an import is, and what came of it.
pub async fn show(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Result<Json<Import>, ApiError> {
    let import = pages.app.import_job(&actor, &id).await?;
    Ok(Json((&import).into()))
}

/// What shall happen where something covers the same.
#[derive(Debug, Deserialize)]
pub struct Decision {
    overlap: Option<String>,
}

/// Takes in what was read on trial.
pub async fn confirm(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    _: ByToken,
    Path(id): Path<String>,
    query: Result<Query<Decision>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(decision) = query.map_err(|error| ApiError::Query(error.body_text()))?;
    let on_overlap = match decision.overlap.as_deref() {
        None | Some("ask") => OnOverlap::Ask,
        Some("supersede") => OnOverlap::Supersede,
        Some("add") => OnOverlap::Add,
        Some(other) => {
            return Err(ApiError::Query(format!(
                "`overlap` is ask, supersede or add, not `{other}`"
            )));
        }
    };
    let id = pages.app.confirm_import(&actor, &id, on_overlap).await?;
    Ok(begun(id))
}
