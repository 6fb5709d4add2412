//! `extract`: a company reduces its accounting file on its own machine, and sees row by row what would leave.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use greenheart_app::{KnownMembers, Reduced, reduce_accounts, write_reduced};

use super::Here;
use super::import::finding_rows;
use crate::format;
use crate::output::{Output, Table};

pub async fn run(here: &Here<'_>, files: &[PathBuf], members: Option<&Path>, out: Option<&Path>) -> Result<Output> {
    let known = match members {
        Some(list) => {
            let bytes = std::fs::read(list).with_context(|| format!("reading `{}`", list.display()))?;
            KnownMembers::from_text(&String::from_utf8_lossy(&bytes))
        }
        None if here.common.data.join("format.json").exists() => {
            let app = here.open().await?;
            let members = app.members(&here.actor).await?;
            KnownMembers::new(members.into_iter().map(|line| (line.member.org_no, line.member.name)))
        }
        None => KnownMembers::default(),
    };
    let reduced = reduce_accounts(files, &known)?;
    if let Some(out) = out {
        std::fs::write(out, write_reduced(&reduced)?).with_context(|| format!("writing `{}`", out.display()))?;
    }
    let mut findings = Table::new(
        here.text("why-findings"),
        &["severity", "code", ">count", "first", "meaning"],
    );
    finding_rows(here, &reduced.findings, &mut findings);
    let mut output = Output::of(&reduced)?.table(leaving(here, &reduced)).table(findings);
    for note in notes(here, &reduced, known.len(), out) {
        output = output.note(note);
    }
    Ok(output)
}

fn leaving(here: &Here<'_>, reduced: &Reduced) -> Table {
    let mut table = Table::new(
        here.text("extract-leaves"),
        &[
            "month", "account", "kind", "class", "tax-code", "member", "country", ">lines", ">nok",
        ],
    );
    for row in &reduced.rows {
        let key = &row.key;
        table.row([
            key.month.to_string(),
            key.account.to_string(),
            key.kind.to_string(),
            key.class.to_string(),
            key.tax_code.as_deref().unwrap_or_default().to_owned(),
            key.counterparty.map(|number| number.to_string()).unwrap_or_default(),
            key.country.as_deref().unwrap_or_default().to_owned(),
            row.lines.to_string(),
            format::number(row.amount, 2, here.language),
        ]);
    }
    table
}

fn notes(here: &Here<'_>, reduced: &Reduced, members: usize, out: Option<&Path>) -> Vec<String> {
    let dropped = reduced.dropped;
    let [lines, rows, names, numbers, organisation_numbers, members] = [
        reduced.lines,
        reduced.rows.len() as u64,
        dropped.names,
        dropped.numbers,
        dropped.organisation_numbers,
        members as u64,
    ]
    .map(|count| count.to_string());
    let places = [
        ("lines", &*lines),
        ("rows", &*rows),
        ("names", &*names),
        ("numbers", &*numbers),
        ("others", &*organisation_numbers),
        ("members", &*members),
    ];
    let with = |key: &str| here.language.with(key, &places);
    let mut notes = vec![with("extract-reduced"), with("extract-dropped")];
    if members == "0" {
        notes.push(here.text("extract-no-members"));
    }
    notes.push(match out {
        Some(out) => here
            .language
            .with("extract-written", &[("file", &out.display().to_string())]),
        None => here.text("extract-nothing-left"),
    });
    notes
}
