//! Handing in files: choose, see what would come of it, take in.

use std::io::Write;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::{
    AppError, ImportJob, ImportLine, ImportReport, JobState, JobView, OnOverlap, Outcome, SetReport, Upload,
    explain_finding, templates,
};
use greenheart_model::{Ref, Severity, Status};
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::forms::{Checked, Nothing, TOKEN, came_from_here, check_token};
use crate::numbers;
use crate::routes::UPLOAD_BYTES;
use crate::shown::{encoded, why};
use crate::visitor::Visitor;
use crate::words::{Tongue, Words};

/// Files in one upload.
const FILES: usize = 500;
/// Findings shown of each code.
const EXAMPLES: usize = 5;

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    c: Chrome,
    templates: Vec<(String, String)>,
    jobs: Vec<JobLine>,
}

/// An import in the list.
struct JobLine {
    id: String,
    files: String,
    what: String,
    /// Somebody has to say what shall happen.
    open: bool,
}

/// Files named in a line of the list.
const NAMED: usize = 3;

/// The form.
pub async fn form(State(pages): State<Arc<Pages>>, visitor: Visitor) -> Page {
    visitor.actor.may_hand_in().map_err(AppError::from)?;
    let jobs = pages.app.imports(&visitor.actor, 10).await?;
    render(&ImportPage {
        c: Chrome::new(&visitor, "import"),
        templates: templates()
            .iter()
            .map(|template| {
                let name = visitor.words.name("kind", template.kind.name());
                (name, template.file_name(visitor.words.tongue.code()))
            })
            .collect(),
        jobs: jobs.iter().map(|job| job_line(job, visitor.words)).collect(),
    })
}

fn job_line(job: &ImportLine, words: &Words) -> JobLine {
    let open = job.dry_run && job.waiting && job.state == JobState::Done;
    let what = match job.state {
        JobState::Done if open => words.text("import-waits"),
        JobState::Done if job.dry_run => words.text("import-was-tried"),
        JobState::Done => words.text("import-was-taken-in"),
        state => words.text(&format!("job-{state:?}").to_lowercase()),
    };
    let mut files = job.files.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if job.files.len() > NAMED {
        let more = numbers::count((job.files.len() - NAMED) as u64, words.tongue);
        files.push_str(&words.with("and-more", &[("count", &more)]));
    }
    JobLine {
        id: job.id.clone(),
        files,
        what,
        open,
    }
}

/// A table to fill in.
pub async fn template(Path(file): Path<String>) -> Result<Response, PageError> {
    for template in templates() {
        for (code, content) in [("nb", template.csv_nb), ("en", template.csv_en)] {
            if template.file_name(code) == file {
                let headers = [
                    (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                    (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
                ];
                return Ok((headers, content).into_response());
            }
        }
    }
    Err(PageError::NoPage)
}

/// Takes files into staging and reads them on trial. The token comes before the files.
pub async fn hand_in(
    State(pages): State<Arc<Pages>>,
    visitor: Visitor,
    headers: HeaderMap,
    mut form: Multipart,
) -> Result<Response, PageError> {
    came_from_here(&headers)?;
    if says_too_much(&headers) {
        return Err(PageError::TooLarge);
    }
    let first = form.next_field().await.map_err(|_| PageError::StaleForm)?;
    let first = first.filter(|field| field.name() == Some(TOKEN));
    let token = first
        .ok_or(PageError::StaleForm)?
        .text()
        .await
        .map_err(|_| PageError::StaleForm)?;
    check_token(&visitor, &token)?;
    let mut upload = pages.app.begin_upload(&visitor.actor).await?;
    if let Err(error) = receive(&mut form, &mut upload).await {
        upload.discard()?;
        return Err(error);
    }
    if upload.is_empty() {
        upload.discard()?;
        return Err(PageError::Form("import-no-files"));
    }
    let job = pages.app.try_upload(&visitor.actor, upload).await?;
    Ok(Redirect::to(&format!("/import/jobs/{job}")).into_response())
}

/// Whether more is on its way than is taken, so that nobody sends it in vain.
pub fn says_too_much(headers: &HeaderMap) -> bool {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let length: Option<u64> = length.and_then(|length| length.parse().ok());
    length.is_some_and(|length| length > UPLOAD_BYTES as u64)
}

async fn receive(form: &mut Multipart, upload: &mut Upload) -> Result<(), PageError> {
    let mut count = 0;
    while let Some(mut field) = form.next_field().await.map_err(|_| PageError::TooLarge)? {
        let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(str::to_owned) else {
            continue;
        };
        count += 1;
        if count > FILES {
            return Err(PageError::TooLarge);
        }
        let mut file = upload.file(&name)?;
        while let Some(chunk) = field.chunk().await.map_err(|_| PageError::TooLarge)? {
            file.write_all(&chunk).map_err(AppError::from)?;
        }
    }
    Ok(())
}

#[derive(Template)]
#[template(path = "import_job.html")]
struct JobPage {
    c: Chrome,
    id: String,
    state: JobStep,
    files: Vec<String>,
    sets: Vec<Set>,
    may_confirm: bool,
    must_decide: bool,
    failed: Option<String>,
    may_map: bool,
}

/// Where an import stands.
enum JobStep {
    /// It is being worked on; how far, in percent, and with what.
    Working(String),
    /// It was read on trial.
    Tried,
    /// It has ended.
    Ended,
}

/// What came of a set of files.
struct Set {
    files: String,
    outcome: String,
    is_table: bool,
    good: bool,
    reader: String,
    rows: String,
    status: String,
    coverage: String,
    batch: Option<(String, String)>,
    totals: Vec<ControlRow>,
    lines: Vec<PreviewRow>,
    findings: Vec<FindingRow>,
    overlaps: Vec<String>,
}

struct ControlRow {
    name: String,
    stated: String,
    computed: String,
    holds: bool,
}

struct PreviewRow {
    scope: String,
    category: String,
    method: String,
    entries: String,
    co2e: String,
    nok: String,
}

struct FindingRow {
    severity: String,
    severe: bool,
    count: String,
    meaning: String,
    places: Vec<String>,
}

/// How far an import is, and what came of it.
pub async fn job(State(pages): State<Arc<Pages>>, visitor: Visitor, Path(id): Path<String>) -> Page {
    let found = pages.app.import_job(&visitor.actor, &id).await?;
    let words = visitor.words;
    let (sets, failed) = match &found.report {
        None => (Vec::new(), None),
        Some(Ok(report)) => (report.sets.iter().map(|set| shown_set(set, words)).collect(), None),
        Some(Err(error)) => (Vec::new(), Some(failure(error, words))),
    };
    let (may_confirm, must_decide) = match &found.report {
        Some(Ok(report)) if found.waiting => decision(&found, report),
        _ => (false, false),
    };
    render(&JobPage {
        c: Chrome::new(&visitor, "import"),
        id,
        state: match found.report {
            None => JobStep::Working(progress(&found.job, words)),
            Some(_) if found.dry_run => JobStep::Tried,
            Some(_) => JobStep::Ended,
        },
        files: found.files,
        may_map: found.dry_run && found.waiting && sets.iter().any(|set| set.is_table),
        sets,
        may_confirm,
        must_decide,
        failed,
    })
}

/// Whether there is something to take in, and whether somebody must first say what gives way.
fn decision(found: &ImportJob, report: &ImportReport) -> (bool, bool) {
    let open = |set: &&SetReport| matches!(set.outcome, Outcome::WouldImport | Outcome::DecisionNeeded);
    let open: Vec<&SetReport> = report.sets.iter().filter(open).collect();
    let overlapping = open
        .iter()
        .any(|set| set.overlaps.iter().any(|overlap| !overlap.same_content));
    let asked = found.dry_run || open.iter().any(|set| set.outcome == Outcome::DecisionNeeded);
    (asked && !open.is_empty(), overlapping)
}

/// How far a job is, in words; counted where nobody knows how much there is to do.
pub(super) fn progress(job: &JobView, words: &Words) -> String {
    let Some(progress) = job.progress.as_ref().filter(|progress| !progress.stage.is_empty()) else {
        return words.text("job-waiting");
    };
    let stage = words.name("stage", &progress.stage);
    let share = match (progress.done.min(progress.total) * 100).checked_div(progress.total) {
        Some(percent) => format!(" · {percent}\u{a0}%"),
        None if progress.done > 0 => format!(" · {}", numbers::count(progress.done, words.tongue)),
        None => String::new(),
    };
    format!("{stage} {}{share}", progress.subject)
}

/// Why a job has no result.
pub(super) fn failure(error: &AppError, words: &Words) -> String {
    match error {
        AppError::Cancelled => words.text("import-cancelled"),
        error if error.is_disk_full() => words.text("error-disk-full"),
        error => words.with("import-failed", &[("why", &error.to_string())]),
    }
}

fn shown_set(set: &SetReport, words: &Words) -> Set {
    let (key, good) = match &set.outcome {
        Outcome::Imported => ("outcome-imported", true),
        Outcome::WouldImport => ("outcome-would-import", true),
        Outcome::AlreadyThere(_) => ("outcome-already-there", true),
        Outcome::DecisionNeeded => ("outcome-decision", false),
        Outcome::Refused => ("outcome-refused", false),
    };
    let there = !matches!(set.outcome, Outcome::WouldImport | Outcome::DecisionNeeded);
    let files: Vec<&str> = set.files.iter().map(|file| file.name.as_str()).collect();
    Set {
        files: files.join(", "),
        outcome: words.text(key),
        is_table: set.importer.as_deref() == Some("table"),
        good,
        reader: set.importer.as_deref().map_or_else(
            || words.text("reader-unknown"),
            |importer| words.name("reader", importer),
        ),
        rows: numbers::count(set.rows, words.tongue),
        status: words.text(&format!("status-{}", set.status)),
        coverage: coverage(set, words),
        batch: set.batch.as_ref().filter(|_| there).map(|batch| {
            let reference = Ref::Batch(batch.clone());
            (why(&reference), batch.to_string())
        }),
        totals: controls(set, words),
        lines: previews(set, words),
        findings: findings(set, words),
        overlaps: set.overlaps.iter().map(|overlap| overlap.batch.to_string()).collect(),
    }
}

fn coverage(set: &SetReport, words: &Words) -> String {
    let all: Vec<String> = set
        .coverage
        .iter()
        .map(|coverage| {
            let kind = words.name("coverage", &coverage.kind.to_string());
            format!("{kind} {}", coverage.period)
        })
        .collect();
    all.join(", ")
}

fn controls(set: &SetReport, words: &Words) -> Vec<ControlRow> {
    set.control_totals
        .iter()
        .map(|total| ControlRow {
            name: words.name("control", &total.name),
            stated: total.stated.map_or_else(
                || words.text("not-stated"),
                |stated| numbers::number(stated, 2, words.tongue),
            ),
            computed: numbers::number(total.computed, 2, words.tongue),
            holds: total.holds(),
        })
        .collect()
}

fn previews(set: &SetReport, words: &Words) -> Vec<PreviewRow> {
    let lines = set.preview.iter().flat_map(|preview| &preview.lines);
    lines
        .map(|line| PreviewRow {
            scope: words.text(&format!("scope-{}", line.scope)),
            category: if line.category == 0 {
                String::new()
            } else {
                words.text(&format!("category-{}", line.category))
            },
            method: words.text(&format!("method-{}", line.method)),
            entries: numbers::count(line.entries, words.tongue),
            co2e: line.co2e_kg.map_or_else(
                || words.text("missing"),
                |kg| numbers::readable(kg, "kgCO2e", words.tongue),
            ),
            nok: numbers::readable(line.amount_nok, "NOK", words.tongue),
        })
        .collect()
}

fn findings(set: &SetReport, words: &Words) -> Vec<FindingRow> {
    set.findings
        .counts()
        .map(|(code, count, severity)| FindingRow {
            severity: words.text(&format!("severity-{severity}")),
            severe: severity == Severity::Error || set.status == Status::Blocked,
            count: numbers::count(count, words.tongue),
            meaning: meaning(code, words),
            places: set
                .findings
                .kept()
                .filter(|finding| *finding.code == *code)
                .take(EXAMPLES)
                .map(|finding| format!("{}: {}", finding.place, finding.detail))
                .collect(),
        })
        .collect()
}

/// What a finding means and what to do about it.
fn meaning(code: &str, words: &Words) -> String {
    match explain_finding(code) {
        Some((english, norwegian)) => match words.tongue {
            Tongue::Nb => norwegian.to_owned(),
            Tongue::En => english.to_owned(),
        },
        None => code.to_owned(),
    }
}

/// What shall happen where something covers the same.
#[derive(Deserialize)]
pub struct Decision {
    #[serde(default)]
    overlap: String,
}

/// Takes in what was read on trial.
pub async fn confirm(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    form: Checked<Decision>,
) -> Result<Response, PageError> {
    let on_overlap = match form.fields.overlap.as_str() {
        "supersede" => OnOverlap::Supersede,
        "add" => OnOverlap::Add,
        _ => OnOverlap::Ask,
    };
    let job = pages.app.confirm_import(&form.visitor.actor, &id, on_overlap).await?;
    Ok(Redirect::to(&format!("/import/jobs/{}", encoded(&job))).into_response())
}

/// Gives up what was handed in.
pub async fn discard(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    form: Checked<Nothing>,
) -> Result<Response, PageError> {
    let Nothing {} = form.fields;
    pages.app.discard_import(&form.visitor.actor, &id).await?;
    Ok(Redirect::to("/import").into_response())
}
