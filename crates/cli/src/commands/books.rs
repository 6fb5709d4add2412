//! Batches, withdrawal, re-posting, jobs, audit trail.

use anyhow::Result;
use greenheart_model::{BatchId, MemberId};
use greenheart_units::Amount;

use super::Here;
use crate::format;
use crate::output::{Output, Table};
use crate::progress::Bar;

pub async fn batches(here: &Here<'_>, member: Option<&str>, all: bool) -> Result<Output> {
    let app = here.open().await?;
    let lines = app
        .batches(&here.actor, member.map(MemberId::new).as_ref(), all)
        .await?;
    let mut table = Table::new(
        "",
        &[
            "batch", "member", "reader", "file", "covers", ">rows", "status", "state",
        ],
    );
    for line in &lines {
        table.row([
            format!("batch:{}", line.id),
            line.member.to_string(),
            line.importer.clone(),
            line.files.join("\n"),
            line.coverage
                .iter()
                .map(|coverage| format!("{} {}", coverage.kind, coverage.period))
                .collect::<Vec<_>>()
                .join("\n"),
            line.rows.to_string(),
            line.status
                .map(|status| here.text(&format!("status-{status}")))
                .unwrap_or_default(),
            state(here, line),
        ]);
    }
    Ok(Output::of(&lines)?.table(table))
}

fn state(here: &Here<'_>, line: &greenheart_app::BatchLine) -> String {
    // The catalogue's own enum stays behind its JSON, which is documented.
    match serde_json::to_value(&line.state).unwrap_or_default() {
        serde_json::Value::String(name) => here.text(&format!("state-{name}")),
        serde_json::Value::Object(object) => {
            let shown = object.into_iter().map(|(name, value)| {
                let key = format!("state-{}", name.replace('_', "-"));
                format!("{}: {}", here.text(&key), value.as_str().unwrap_or_default())
            });
            shown.collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

pub async fn withdraw(here: &Here<'_>, batch: &str, reason: &str) -> Result<Output> {
    let app = here.open().await?;
    let id = BatchId::new(batch.strip_prefix("batch:").unwrap_or(batch));
    let withdrawn = app.withdraw(&here.actor, &id, reason).await?;
    let done = here.language.with(
        "withdrawn",
        &[("batch", id.as_str()), ("snapshot", &withdrawn.snapshot)],
    );
    Ok(Output::of(&withdrawn)?.note(done))
}

pub async fn repost(here: &Here<'_>, dry_run: bool) -> Result<Output> {
    let app = here.open().await?;
    let mut bar = Bar::new(here.language);
    let report = app
        .repost(&here.actor, dry_run, &mut |progress| bar.tell(progress))
        .await;
    bar.finish();
    let report = report?;
    let mut table = Table::new(
        here.text("repost-title"),
        &[
            "member",
            ">year",
            ">before",
            ">after",
            ">unbound-before",
            ">unbound-after",
        ],
    );
    let shown = |kg: Amount| format::readable(kg, "kgCO2e", here.language);
    for line in &report.lines {
        table.row([
            line.member.to_string(),
            line.year.to_string(),
            shown(line.before_co2e_kg),
            shown(line.after_co2e_kg),
            line.before_unbound.to_string(),
            line.after_unbound.to_string(),
        ]);
    }
    let count = report.batches.to_string();
    let key = if dry_run { "repost-would" } else { "repost-done" };
    let note = here.language.with(
        key,
        &[
            ("count", &count),
            ("set", &report.factor_set),
            ("snapshot", &report.snapshot),
        ],
    );
    Ok(Output::of(&report)?.table(table).note(note))
}

pub async fn jobs(here: &Here<'_>, limit: i64) -> Result<Output> {
    let app = here.open().await?;
    let jobs = app.jobs(&here.actor, limit).await?;
    let mut table = Table::new("", &["job", "kind", "state", "progress"]);
    for job in &jobs {
        let progress = job.progress.as_ref().map(|progress| {
            format!(
                "{} {} {}/{}",
                progress.stage, progress.subject, progress.done, progress.total
            )
        });
        let state = serde_json::to_value(job.state)?.as_str().unwrap_or_default().to_owned();
        table.row([
            job.id.clone(),
            job.kind.clone(),
            here.text(&format!("job-{state}")),
            progress.unwrap_or_default(),
        ]);
    }
    Ok(Output::of(&jobs)?.table(table))
}

pub async fn audit(here: &Here<'_>, member: Option<&str>, limit: i64) -> Result<Output> {
    let app = here.open().await?;
    let lines = app
        .audit(&here.actor, member.map(MemberId::new).as_ref(), limit)
        .await?;
    let mut table = Table::new(
        "",
        &["when", "actor", "capacity", "verb", "member", "subject", "outcome"],
    );
    for line in &lines {
        let when = jiff::Timestamp::from_millisecond(line.at_ms)
            .map(|at| at.to_string())
            .unwrap_or_default();
        table.row([
            when,
            line.actor.clone(),
            line.capacity.clone(),
            line.verb.clone(),
            line.member.clone().unwrap_or_default(),
            line.subject.clone(),
            here.text(&format!("audit-{}", line.outcome)),
        ]);
    }
    Ok(Output::of(&lines)?.table(table))
}
