//! Keeping an installation well.

use std::path::Path;

use anyhow::Result;
use greenheart_app::{VerifyReport, restore as bring_back, upgrade as bring_up};

use super::Here;
use crate::arguments::LedgerCommand;
use crate::exit::Exit;
use crate::output::{Output, Table};
use crate::world;

pub async fn ledger(here: &Here<'_>, command: &LedgerCommand) -> Result<Output> {
    let app = here.open().await?;
    match command {
        LedgerCommand::Verify => verified(here, &app.verify(&here.actor).await?),
        LedgerCommand::Compact => {
            let done = app.compact(&here.actor).await?;
            let (chunks, merged, written) = (
                done.chunks.to_string(),
                done.merged.to_string(),
                done.written.to_string(),
            );
            let places = [("chunks", &*chunks), ("merged", &*merged), ("written", &*written)];
            Ok(Output::of(&done)?.note(here.language.with("compacted", &places)))
        }
    }
}

fn verified(here: &Here<'_>, report: &VerifyReport) -> Result<Output> {
    let mut counts = Table::new("", &["checked", ">count"]);
    for (key, count) in [
        ("journal-records", report.journal_records),
        ("batches", report.batches),
        ("postings", report.postings),
        ("segments", report.segments),
        ("source-files", report.files),
    ] {
        counts.row([here.text(key), count.to_string()]);
    }
    let mut problems = Table::new(here.text("problems"), &["problem"]);
    for problem in &report.problems {
        problems.row([problem.clone()]);
    }
    let mut output = Output::of(report)?.table(counts).table(problems);
    if report.problems.is_empty() {
        output = output.note(here.language.with("ledger-whole", &[("snapshot", &report.snapshot)]));
    } else {
        output.exit = Some(Exit::Data);
        output = output.note(here.text("ledger-broken"));
    }
    Ok(output)
}

pub async fn backup(here: &Here<'_>, folder: &Path) -> Result<Output> {
    let app = here.open().await?;
    let report = app.backup(&here.actor, folder).await?;
    let (rows, files) = (report.rows.to_string(), report.files.len().to_string());
    let places = [
        ("rows", &*rows),
        ("files", &*files),
        ("folder", &*folder.display().to_string()),
    ];
    Ok(Output::of(&report)?.note(here.language.with("backed-up", &places)))
}

pub async fn restore(here: &Here<'_>, folder: &Path, verify: bool) -> Result<Output> {
    let mut common = here.common.clone();
    // The configuration of the backup is the one to restore under.
    common.config = common
        .config
        .or_else(|| Some(folder.join(greenheart_app::Config::FILE)));
    let (config, surroundings) = (world::config(&common)?, world::surroundings(&common)?);
    let report = bring_back(&here.actor, folder, &common.data, config, surroundings, verify).await?;
    let (rows, files) = (report.rows.to_string(), report.files.to_string());
    let places = [
        ("rows", &*rows),
        ("files", &*files),
        ("folder", &*common.data.display().to_string()),
    ];
    let note = here.language.with("restored", &places);
    match &report.verified {
        Some(verification) => {
            let mut output = verified(here, verification)?.note(note);
            output.json = serde_json::to_value(&report)?;
            Ok(output)
        }
        None => Ok(Output::of(&report)?.note(note)),
    }
}

pub async fn upgrade(here: &Here<'_>, dry_run: bool) -> Result<Output> {
    let plan = bring_up(&here.actor, &here.common.data, &world::config(here.common)?, dry_run).await?;
    let mut table = Table::new("", &["step"]);
    for step in &plan.steps {
        table.row([step.clone()]);
    }
    let key = match (plan.steps.is_empty(), plan.done) {
        (true, _) => "upgrade-nothing",
        (false, true) => "upgrade-done",
        (false, false) => "upgrade-would",
    };
    Ok(Output::of(&plan)?
        .table(table)
        .note(here.language.with(key, &[("format", &plan.program_format.to_string())])))
}

pub async fn doctor(here: &Here<'_>, fix: bool) -> Result<Output> {
    let app = here.open().await?;
    let report = app.doctor(&here.actor, fix).await?;
    let [members, batches, segments, files] = report.counts.map(|count| count.to_string());
    let mut counts = Table::new("", &["field", "content"]);
    for (key, value) in [
        ("catalogue", report.catalogue.clone()),
        ("snapshot", report.snapshot.clone()),
        ("members", members),
        ("batches", batches),
        ("segments", segments),
        ("source-files", files),
        ("free-space", format!("{} MiB", report.free_bytes >> 20)),
    ] {
        counts.row([here.text(key), value]);
    }
    let mut problems = Table::new(here.text("problems"), &["code", "subject", "hint", "fixed"]);
    for problem in &report.problems {
        let fixed = here.text(if problem.fixed { "yes" } else { "no" });
        problems.row([
            problem.code.clone(),
            problem.subject.clone(),
            problem.hint.clone(),
            fixed,
        ]);
    }
    let healthy = report.problems.is_empty();
    let output = Output::of(&report)?.table(counts).table(problems);
    Ok(if healthy {
        output.note(here.text("doctor-well"))
    } else {
        output
    })
}
