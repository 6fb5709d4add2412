//! The factor library.

use anyhow::Result;
use greenheart_app::{FactorImport, FactorLine};

use super::import::finding_rows;
use super::{Here, rebinding};
use crate::arguments::FactorCommand;
use crate::language::Tongue;
use crate::output::{Output, Table};

pub async fn factors(here: &Here<'_>, command: &FactorCommand) -> Result<Output> {
    let app = here.open().await?;
    match command {
        FactorCommand::Search { words } => {
            let words = words.join(" ");
            let asked = (!words.trim().is_empty()).then_some(words);
            let factors = app.factors(&here.actor, asked.as_deref()).await?;
            Ok(Output::of(&factors)?.table(factor_table(here, &factors)))
        }
        FactorCommand::Sets => {
            let sets = app.factor_sets(&here.actor).await?;
            let mut table = Table::new("", &["set", "group", "region", ">count", "state"]);
            for set in &sets {
                for (group, region, count) in &set.counts {
                    let state = if set.current {
                        here.text("set-current")
                    } else {
                        String::new()
                    };
                    table.row([
                        set.version.clone(),
                        group.clone(),
                        region.clone(),
                        count.to_string(),
                        state,
                    ]);
                }
            }
            Ok(Output::of(&sets)?.table(table))
        }
        FactorCommand::Compare { old, new } => {
            let comparison = app.compare_factors(&here.actor, old, new).await?;
            let mut table = Table::new("", &["factor", "name", ">before", ">after", ">change"]);
            for change in &comparison.changed {
                let percent = change.percent.map(|percent| format!("{percent} %")).unwrap_or_default();
                table.row([
                    format!("factor:{}", change.new),
                    change.name.clone(),
                    change.old_co2e.to_string(),
                    change.new_co2e.to_string(),
                    percent,
                ]);
            }
            let [added, removed, changed, same] = [
                comparison.added.len(),
                comparison.removed.len(),
                comparison.changed.len(),
                comparison.same,
            ]
            .map(|count| count.to_string());
            let places = [
                ("added", &*added),
                ("removed", &*removed),
                ("changed", &*changed),
                ("same", &*same),
            ];
            Ok(Output::of(&comparison)?
                .table(table)
                .note(here.language.with("factors-compared", &places)))
        }
        FactorCommand::Use {
            set,
            country,
            from_year,
        } => rebinding::choose(here, &app, set, country.as_ref(), *from_year).await,
        FactorCommand::Rebind { accept, accepted } => rebinding::rebind(here, &app, *accept, *accepted).await,
        FactorCommand::Import { files, version } => {
            let imported = app.import_factors(&here.actor, files, version.clone()).await?;
            let note = imported_note(here, &imported);
            let mut table = Table::new(
                here.text("why-findings"),
                &["severity", "code", ">count", "first", "meaning"],
            );
            finding_rows(here, &imported.findings, &mut table);
            Ok(Output::of(&imported)?.table(table).note(note))
        }
    }
}

fn imported_note(here: &Here<'_>, imported: &FactorImport) -> String {
    let count = imported.factors.to_string();
    let places = [
        ("count", &*count),
        ("kind", &*imported.kind),
        ("set", &*imported.version),
    ];
    here.language.with("factors-imported", &places)
}

fn factor_table(here: &Here<'_>, factors: &[FactorLine]) -> Table {
    let columns = [
        "factor", "name", "aspect", ">gases", "per", "region", ">year", "citation",
    ];
    let mut table = Table::new("", &columns);
    for factor in factors {
        let name = match here.language.tongue {
            Tongue::Nb => &factor.name_nb,
            Tongue::En => &factor.name_en,
        };
        let gases: Vec<String> = factor.gases.iter().map(|(gas, rate)| format!("{gas} {rate}")).collect();
        table.row([
            format!("factor:{}", factor.id),
            name.clone(),
            factor.aspect.clone(),
            gases.join("\n"),
            factor.per.clone(),
            factor.region.clone(),
            factor.data_year.to_string(),
            factor.citation.clone(),
        ]);
    }
    table
}
