//! `import`, `sniff`, `templates`.

use std::path::Path;

use anyhow::{Context, Result};
use greenheart_app::{
    AppError, ImportReport, ImportRequest, Mapping, MappingChoice, OnOverlap, Outcome, SetReport, explain_finding,
    sniff_table, templates as published,
};
use greenheart_model::{Coverage, FindingLog, Method, Severity};

use super::Here;
use super::setup::parse;
use crate::arguments::ImportArguments;
use crate::exit::Exit;
use crate::format;
use crate::language::Tongue;
use crate::output::{Output, Table};
use crate::progress::Bar;

pub async fn run(here: &Here<'_>, arguments: &ImportArguments) -> Result<Output> {
    let app = here.open().await?;
    let request = ImportRequest {
        files: arguments
            .files
            .iter()
            .map(std::path::absolute)
            .collect::<Result<_, _>>()?,
        member: arguments.member.as_deref().map(greenheart_model::MemberId::new),
        dry_run: arguments.dry_run,
        on_overlap: match (arguments.supersede, arguments.add) {
            (true, _) => OnOverlap::Supersede,
            (_, true) => OnOverlap::Add,
            _ => OnOverlap::Ask,
        },
        mapping: arguments.mapping.as_deref().map(mapping_choice).transpose()?,
        save_mapping: arguments.save_mapping.clone(),
        coverage: coverage(&arguments.coverage)?,
        together: arguments.together,
    };
    let mut bar = Bar::new(here.language);
    let report = app
        .import(&here.actor, &request, &mut |progress| bar.tell(progress))
        .await;
    bar.finish();
    show(here, &report?)
}

/// The report as tables, and the exit code that its outcome stands for.
pub fn show(here: &Here<'_>, report: &ImportReport) -> Result<Output> {
    let mut output = Output::of(report)?;
    let mut sets = Table::new(
        here.text("import-sets"),
        &[
            "file", "outcome", "member", "reader", ">rows", "covers", "status", "batch",
        ],
    );
    for set in &report.sets {
        sets.row([
            files(set),
            outcome(here, set),
            set.member.as_ref().map(ToString::to_string).unwrap_or_default(),
            set.importer.clone().unwrap_or_default(),
            set.rows.to_string(),
            set.coverage
                .iter()
                .map(|coverage| format!("{} {}", coverage.kind, coverage.period))
                .collect::<Vec<_>>()
                .join("\n"),
            here.text(&format!("status-{}", set.status)),
            set.batch
                .as_ref()
                .map(|batch| format!("batch:{batch}"))
                .unwrap_or_default(),
        ]);
    }
    output = output.table(sets);
    for set in &report.sets {
        output = output
            .table(control_totals(here, set))
            .table(preview(here, set))
            .table(findings(here, set))
            .table(overlaps(here, set));
    }
    let has = |wanted: &Outcome| report.sets.iter().any(|set| set.outcome == *wanted);
    output.exit = match (has(&Outcome::Refused), has(&Outcome::DecisionNeeded)) {
        (true, _) => Some(Exit::Refused),
        (_, true) => Some(Exit::Decision),
        _ => None,
    };
    if has(&Outcome::DecisionNeeded) {
        output = output.note(here.text("import-decide"));
    }
    if report.dry_run {
        output = output.note(here.text("import-dry-run"));
    }
    Ok(output)
}

/// Names in the cell of a set; a folder of invoices is named by its first few.
fn files(set: &SetReport) -> String {
    named(set, 3, "\n")
}

/// A set in the title of a table.
fn title(set: &SetReport) -> String {
    named(set, 1, ", ")
}

fn named(set: &SetReport, most: usize, between: &str) -> String {
    let mut names: Vec<String> = set.files.iter().take(most).map(|file| file.name.clone()).collect();
    if set.files.len() > most {
        names.push(format!("… (+{})", set.files.len() - most));
    }
    names.join(between)
}

fn outcome(here: &Here<'_>, set: &SetReport) -> String {
    let key = match &set.outcome {
        Outcome::Imported if !set.superseded.is_empty() => "outcome-superseded",
        Outcome::Imported => "outcome-imported",
        Outcome::WouldImport => "outcome-would-import",
        Outcome::AlreadyThere(_) => "outcome-already-there",
        Outcome::DecisionNeeded => "outcome-decision",
        Outcome::Refused => "outcome-refused",
    };
    here.text(key)
}

fn control_totals(here: &Here<'_>, set: &SetReport) -> Table {
    let title = here.language.with("import-totals", &[("file", &title(set))]);
    let mut table = Table::new(title, &["total", ">computed", ">stated", "holds"]);
    for total in &set.control_totals {
        let shown = |amount| format::number(amount, 2, here.language);
        let holds = match total.stated {
            None => "not-stated",
            Some(_) if total.holds() => "yes",
            Some(_) => "no",
        };
        table.row([
            total.name.clone(),
            shown(total.computed),
            total.stated.map(shown).unwrap_or_default(),
            here.text(holds),
        ]);
    }
    for (name, key) in [("revenue", "import-revenue"), ("purchases", "import-purchases")] {
        let amount = set
            .overview
            .get(name)
            .and_then(|value| value.as_str())
            .and_then(|text| text.parse().ok());
        if let Some(amount) = amount {
            table.row([
                here.text(key),
                format::number(amount, 2, here.language),
                String::new(),
                String::new(),
            ]);
        }
    }
    table
}

fn preview(here: &Here<'_>, set: &SetReport) -> Table {
    let title = here.language.with("import-preview", &[("file", &title(set))]);
    let mut table = Table::new(title, &["scope", ">category", "method", ">entries", ">nok", ">co2e"]);
    for line in set.preview.iter().flat_map(|preview| &preview.lines) {
        if line.method == Method::NotApplicable {
            continue;
        }
        table.row([
            here.text(&format!("scope-{}", line.scope)),
            if line.category == 0 {
                String::new()
            } else {
                line.category.to_string()
            },
            here.text(&format!("method-{}", line.method)),
            line.entries.to_string(),
            format::number(line.amount_nok, 0, here.language),
            line.co2e_kg.map_or_else(
                || here.text("missing"),
                |co2e| format::readable(co2e, "kgCO2e", here.language),
            ),
        ]);
    }
    table
}

fn findings(here: &Here<'_>, set: &SetReport) -> Table {
    let title = here.language.with("import-findings", &[("file", &title(set))]);
    let mut table = Table::new(title, &["severity", "code", ">count", "first", "meaning"]);
    finding_rows(here, &set.findings, &mut table);
    table
}

/// One row for each code, the worst first.
pub fn finding_rows(here: &Here<'_>, findings: &FindingLog, table: &mut Table) {
    let mut counts: Vec<(&str, u64, Severity)> = findings.counts().collect();
    counts.sort_by_key(|(code, _, severity)| (std::cmp::Reverse(*severity), *code));
    for (code, count, severity) in counts {
        let first = findings.kept().find(|finding| *finding.code == *code);
        let first = first
            .map(|finding| format!("{} {}", finding.place, finding.detail))
            .unwrap_or_default();
        let meaning = explain_finding(code).map_or("", |(english, norwegian)| match here.language.tongue {
            Tongue::En => english,
            Tongue::Nb => norwegian,
        });
        table.row([
            here.text(&format!("severity-{severity}")),
            code.to_owned(),
            count.to_string(),
            first.trim().to_owned(),
            meaning.to_owned(),
        ]);
    }
}

fn overlaps(here: &Here<'_>, set: &SetReport) -> Table {
    let title = here.language.with("import-overlaps", &[("file", &title(set))]);
    let mut table = Table::new(title, &["batch", "reader", ">rows", "covers", "outcome"]);
    for overlap in &set.overlaps {
        let superseded = set.superseded.contains(&overlap.batch);
        table.row([
            format!("batch:{}", overlap.batch),
            overlap.importer.clone(),
            overlap.rows.to_string(),
            overlap
                .coverage
                .iter()
                .map(|coverage| format!("{} {}", coverage.kind, coverage.period))
                .collect::<Vec<_>>()
                .join("\n"),
            here.text(match (superseded, overlap.same_content) {
                (true, _) => "overlap-superseded",
                (_, true) => "overlap-same",
                _ => "overlap-counts",
            }),
        ]);
    }
    table
}

fn coverage(texts: &[String]) -> Result<Option<Vec<Coverage>>, AppError> {
    let mut all = Vec::new();
    for text in texts {
        let (kind, period) = text.split_once(':').ok_or_else(|| AppError::Input {
            message: format!("`--coverage {text}` states no period"),
            hint: "write KIND:PERIOD, such as `energy:2024`".into(),
        })?;
        all.push(Coverage {
            kind: parse(kind, "coverage")?,
            period: parse(period, "coverage")?,
        });
    }
    Ok((!all.is_empty()).then_some(all))
}

/// A file with a mapping when there is one of that name, else a saved mapping.
fn mapping_choice(text: &str) -> Result<MappingChoice> {
    if !Path::new(text).exists() {
        return Ok(MappingChoice::Saved(text.to_owned()));
    }
    let content = std::fs::read_to_string(text).with_context(|| format!("reading `{text}`"))?;
    let mapping: Mapping = serde_json::from_str(&content).map_err(|error| AppError::Input {
        message: format!("`{text}` is no mapping: {error}"),
        hint: "`greenheart sniff FILE --format json` proposes one".into(),
    })?;
    Ok(MappingChoice::Given(Box::new(mapping)))
}

/// Says how a table would be read.
pub fn sniff(here: &Here<'_>, file: &Path) -> Result<Output> {
    let sniffed = sniff_table(file)?;
    let mut table = Table::new(
        file.display().to_string(),
        &[">column", "header", "field", ">confidence"],
    );
    for column in &sniffed.columns {
        table.row([
            column.position.to_string(),
            column.header.clone(),
            column.field.map(|field| field.name().to_owned()).unwrap_or_default(),
            if column.field.is_some() {
                format!("{} %", column.confidence_percent)
            } else {
                String::new()
            },
        ]);
    }
    Ok(Output::of(&sniffed)?
        .table(table)
        .note(here.text(if sniffed.mapping.can_read() {
            "sniff-reads"
        } else {
            "sniff-incomplete"
        })))
}

/// Writes the published templates to a folder.
pub fn templates(here: &Here<'_>, folder: &Path) -> Result<Output> {
    std::fs::create_dir_all(folder).with_context(|| format!("making `{}`", folder.display()))?;
    let mut names = Vec::new();
    for template in published() {
        for (language, content) in [("nb", template.csv_nb), ("en", template.csv_en)] {
            let name = template.file_name(language);
            std::fs::write(folder.join(&name), content).with_context(|| format!("writing `{name}`"))?;
            names.push(name);
        }
    }
    let count = names.len().to_string();
    let done = here.language.with(
        "templates-written",
        &[("count", &count), ("folder", &folder.display().to_string())],
    );
    Ok(Output::of(&names)?.note(done))
}
