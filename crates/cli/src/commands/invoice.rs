//! `invoice co2`: a member's own outgoing invoices, with the CO2 of what is sold.

use std::path::{Path, PathBuf};

use anyhow::Result;
use greenheart_app::{SoldCo2, label_invoices};

use super::Here;
use crate::output::{Output, Table};

pub fn co2(here: &Here<'_>, files: &[PathBuf], factors: &Path, out: &Path) -> Result<Output> {
    let labelled = label_invoices(files, &SoldCo2::open(factors)?, out)?;
    let mut table = Table::new("", &["file", "labelled", "without-co2"]);
    for invoice in &labelled {
        let lines: Vec<String> = invoice
            .labelled
            .iter()
            .map(|(line, article)| format!("{line}: {article}"))
            .collect();
        table.row([invoice.file.clone(), lines.join("\n"), invoice.without.join("\n")]);
    }
    let places = [
        ("count", &*labelled.len().to_string()),
        ("folder", &*out.display().to_string()),
    ];
    Ok(Output::of(&labelled)?
        .table(table)
        .note(here.language.with("invoices-labelled", &places)))
}
