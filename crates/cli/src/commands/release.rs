//! `release`: what members see of each other.

use anyhow::Result;
use greenheart_app::Release;

use super::Here;
use crate::arguments::ReleaseCommand;
use crate::format;
use crate::output::{Output, Table};
use crate::progress::Bar;

pub async fn run(here: &Here<'_>, command: &ReleaseCommand) -> Result<Output> {
    let app = here.open().await?;
    match command {
        ReleaseCommand::Compute => {
            let mut bar = Bar::new(here.language);
            let release = app
                .compute_release(&here.actor, &mut |progress| bar.tell(progress))
                .await;
            bar.finish();
            shown(here, &release?)
        }
        ReleaseCommand::Show { number } => shown(here, &app.release(&here.actor, *number).await?),
        ReleaseCommand::List => {
            let lines = app.releases(&here.actor).await?;
            let mut table = Table::new("", &["release", "by", "snapshot", ">cells-shown", ">cells-withheld"]);
            for line in &lines {
                table.row([
                    line.number.to_string(),
                    line.by.clone(),
                    line.snapshot.clone(),
                    line.shown.to_string(),
                    line.withheld.to_string(),
                ]);
            }
            let output = Output::of(&lines)?.table(table);
            Ok(if lines.is_empty() {
                output.note(here.text("release-none"))
            } else {
                output
            })
        }
    }
}

/// One table under another, a line for each cell, so that what is withheld has room for its reason.
fn shown(here: &Here<'_>, release: &Release) -> Result<Output> {
    let mut table = Table::new("", &["table", "row", ">year", ">value", "unit", "state"]);
    for one in &release.tables {
        for row in &one.rows {
            for (year, cell) in one.columns.iter().zip(&row.cells) {
                let value = cell
                    .value
                    .map_or_else(String::new, |value| format::number(value, 0, here.language));
                let state = here.text(&format!("cell-{}", cell.state.name()));
                let state = match cell.since {
                    Some(number) => format!("{state} ({number})"),
                    None => state,
                };
                table.row([
                    one.name.clone(),
                    row.key.clone(),
                    year.to_string(),
                    value,
                    row.unit.clone(),
                    state,
                ]);
            }
        }
    }
    let places = [
        ("number", &*release.number.to_string()),
        ("snapshot", &*release.snapshot),
        ("others", &*release.others.to_string()),
        ("percent", &*release.percent.to_string()),
        ("amounts", &*release.amounts.to_string()),
    ];
    Ok(Output::of(release)?
        .table(table)
        .note(here.language.with("release-stands", &places)))
}
