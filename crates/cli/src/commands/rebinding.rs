//! Factors in use: choosing them, binding again, sealing years.

use anyhow::Result;
use greenheart_app::{App, FactorChoice, RepostReport};
use greenheart_units::Amount;

use super::Here;
use super::import::finding_rows;
use crate::format;
use crate::output::{Output, Table};
use crate::progress::Bar;

/// `factors use`.
pub async fn choose(
    here: &Here<'_>,
    app: &App,
    set: &str,
    country: Option<&String>,
    from_year: Option<i16>,
) -> Result<Output> {
    let choice = FactorChoice {
        set: set.to_owned(),
        country: country.cloned(),
        from_year,
    };
    let in_use = app.use_factors(&here.actor, &choice).await?;
    let [used, replaced, ended, left_out] =
        [in_use.used, in_use.replaced, in_use.ended, in_use.left_out].map(|count| count.to_string());
    let places = [
        ("set", &*in_use.version),
        ("used", &*used),
        ("replaced", &*replaced),
        ("ended", &*ended),
        ("out", &*left_out),
    ];
    let mut table = Table::new(
        here.text("why-findings"),
        &["severity", "code", ">count", "first", "meaning"],
    );
    finding_rows(here, &in_use.findings, &mut table);
    let note = here.language.with("factors-used", &places);
    Ok(Output::of(&in_use)?.table(table).note(note))
}

/// `factors rebind`.
pub async fn rebind(here: &Here<'_>, app: &App, accept: bool, accepted: bool) -> Result<Output> {
    if accepted {
        let all = app.rebinds(&here.actor).await?;
        let mut output = Output::of(&all)?;
        for rebound in &all {
            let title = format!("s{} → {}, {}", rebound.before, rebound.after, rebound.by);
            output = output.table(categories(here, title, &rebound.report));
        }
        return Ok(output);
    }
    let mut bar = Bar::new(here.language);
    if accept {
        let rebound = app.accept_rebind(&here.actor, &mut |progress| bar.tell(progress)).await;
        bar.finish();
        let rebound = rebound?;
        return Ok(shown(
            here,
            Output::of(&rebound)?,
            &rebound.report,
            "rebind-accepted",
            "",
        ));
    }
    let rebinding = app.rebind(&here.actor, &mut |progress| bar.tell(progress)).await;
    bar.finish();
    let rebinding = rebinding?;
    let sealed: Vec<String> = rebinding.sealed.iter().map(ToString::to_string).collect();
    let sealed = sealed.join(", ");
    let output = Output::of(&rebinding)?;
    Ok(shown(here, output, &rebinding.report, "rebind-waits", &sealed))
}

fn shown(here: &Here<'_>, output: Output, report: &RepostReport, note: &str, sealed: &str) -> Output {
    let count = report.batches.to_string();
    let places = [
        ("count", &*count),
        ("set", &*report.factor_set),
        ("snapshot", &*report.snapshot),
    ];
    let mut findings = Table::new(
        here.text("why-findings"),
        &["severity", "code", ">count", "first", "meaning"],
    );
    finding_rows(here, &report.findings, &mut findings);
    let mut output = output
        .table(categories(here, here.text("rebind-title"), report))
        .table(findings)
        .note(here.language.with(note, &places));
    if !sealed.is_empty() {
        output = output.note(here.language.with("rebind-sealed", &[("years", sealed)]));
    }
    output
}

/// Before, after and the effect of method, by year and category.
fn categories(here: &Here<'_>, title: String, report: &RepostReport) -> Table {
    let columns = [">year", ">scope", ">category", ">before", ">after", ">method-effect"];
    let mut table = Table::new(title, &columns);
    let shown = |kg: Amount| format::readable(kg, "kgCO2e", here.language);
    let lines = report.categories.iter().filter(|line| !line.method_effect_kg.is_zero());
    for line in lines {
        table.row([
            line.year.to_string(),
            line.scope.to_string(),
            line.category.to_string(),
            shown(line.before_co2e_kg),
            shown(line.after_co2e_kg),
            shown(line.method_effect_kg),
        ]);
    }
    table
}

/// `seal`.
pub async fn seal(here: &Here<'_>, year: Option<i16>) -> Result<Output> {
    let app = here.open().await?;
    if let Some(year) = year {
        let seal = app.seal(&here.actor, year).await?;
        let (year, snapshot) = (year.to_string(), format!("s{}", seal.seq));
        let places = [("year", &*year), ("snapshot", &*snapshot), ("set", &*seal.factor_set)];
        return Ok(Output::of(&seal)?.note(here.language.with("year-sealed", &places)));
    }
    let seals = app.sealed_years(&here.actor).await?;
    let mut table = Table::new("", &[">year", "snapshot", "set", "who"]);
    for (year, seal) in &seals {
        table.row([
            year.to_string(),
            format!("s{}", seal.seq),
            seal.factor_set.clone(),
            seal.by.clone(),
        ]);
    }
    Ok(Output::of(&seals)?.table(table))
}
