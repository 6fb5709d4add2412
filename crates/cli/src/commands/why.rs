//! `why`: from a figure to its reason.

use anyhow::Result;
use greenheart_app::{Answer, AppError};
use greenheart_model::Ref;

use super::Here;
use crate::format;
use crate::output::{Output, Table};

pub async fn run(here: &Here<'_>, reference: &str) -> Result<Output> {
    let reference: Ref = reference
        .parse()
        .map_err(|error: greenheart_model::RefError| AppError::Input {
            message: error.to_string(),
            hint: "references stand in the last column of `goals`, `inventory` and `import`".into(),
        })?;
    let app = here.open().await?;
    let answer = app.why(&here.actor, &reference).await?;
    show(here, &answer)
}

fn show(here: &Here<'_>, answer: &Answer) -> Result<Output> {
    let mut output = Output::of(answer)?;
    let mut head = Table::new(answer.title.clone(), &["field", "content"]);
    head.row([here.text("reference"), answer.reference.to_string()]);
    if !answer.unit.is_empty() {
        let value = answer.value.map_or_else(
            || here.text("missing"),
            |value| format!("{} {}", format::number(value, 3, here.language), answer.unit),
        );
        head.row([here.text("value"), value]);
    }
    if let Some(why) = &answer.derivation {
        for (key, text) in [
            ("rule", &why.rule),
            ("says", &why.says),
            ("source", &why.source),
            ("snapshot", &why.snapshot),
            ("rounding", &why.rounding),
        ] {
            head.row([here.text(key), text.clone()]);
        }
        let filter: Vec<String> = why
            .filter
            .iter()
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        head.row([here.text("filter"), filter.join("\n")]);
        for step in &why.steps {
            head.row([step.label.clone(), step.value.clone()]);
        }
    }
    output = output.table(head);
    for section in &answer.sections {
        let mut table = Table::new(
            here.text(&format!("why-{}", section.heading)),
            &["part", ">content", "unit", "why"],
        );
        for part in &section.parts {
            let reference = part.reference.as_ref().map(ToString::to_string).unwrap_or_default();
            table.row([part.label.clone(), part.value.clone(), part.unit.clone(), reference]);
        }
        output = output.table(table);
        if section.more > 0 {
            output = output.note(here.language.with("why-more", &[("count", &section.more.to_string())]));
        }
    }
    Ok(output)
}
