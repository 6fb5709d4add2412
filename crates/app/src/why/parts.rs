//! What rows, sums and batches look like as parts of an answer.

use greenheart_ledger::EntryRow;
use greenheart_model::{Batch, GwpSet, Ref, SumValues};
use greenheart_units::Amount;

use super::Part;
use crate::AppError;

pub(super) fn total_parts(sum: &SumValues) -> Vec<Part> {
    let gases = &sum.gases;
    let mut parts = vec![Part::new("rows", sum.rows.to_string(), "")];
    for (label, value, unit) in [
        ("CO2, fossil", gases.co2, "kg"),
        ("CH4, fossil", gases.ch4_fossil, "kg"),
        ("CH4, biogenic", gases.ch4_biogenic, "kg"),
        ("N2O", gases.n2o, "kg"),
        ("stated as CO2e", gases.co2e_other, "kgCO2e"),
        ("CO2, biogenic, outside the scopes", gases.co2_biogenic, "kg"),
        ("amount", sum.amount_nok, "NOK"),
        ("energy", sum.energy_kwh, "kWh"),
        ("material", sum.mass_kg, "kg"),
    ] {
        if value != Amount::ZERO {
            parts.push(Part::new(label, value.to_string(), unit));
        }
    }
    parts
}

pub(super) fn entry_part(row: &EntryRow, gwp: GwpSet) -> Result<Part, AppError> {
    let entry = &row.entry;
    let behind = [
        (entry.amount_nok, "NOK"),
        (entry.energy_kwh, "kWh"),
        (entry.mass_kg, "kg"),
    ]
    .into_iter()
    .filter_map(|(value, unit)| value.map(|value| format!("{value} {unit}")))
    .collect::<Vec<_>>()
    .join(", ");
    let label = format!("{} · {behind}", entry.month);
    Ok(Part::new(label, entry.gases.co2e(gwp)?.to_string(), "kgCO2e").with(Ref::Row(row.batch.clone(), entry.row_no)))
}

pub(super) fn made_part(row: &EntryRow) -> Result<Part, AppError> {
    let entry = &row.entry;
    let label = format!(
        "scope {} · category {} · {} · {} · {} · generation {}",
        entry.scope, entry.category, entry.line, entry.method, entry.rule, row.generation
    );
    let part = Part::new(label, entry.gases.co2e(GwpSet::Ar6)?.to_string(), "kgCO2e");
    Ok(match &entry.factor {
        Some(factor) => part.with(Ref::Factor(factor.clone())),
        None => part,
    })
}

pub(super) fn activity_parts(activity: &greenheart_model::Activity) -> Vec<Part> {
    let text = |label: &str, value: Option<String>| value.map(|value| Part::new(label, value, ""));
    let other = activity.counterparty.as_ref();
    let account = activity.account.as_ref();
    [
        text("period", Some(activity.period.to_string())),
        text("site", activity.site.as_ref().map(ToString::to_string)),
        activity
            .quantity
            .map(|reading| Part::new("quantity", reading.value.to_string(), reading.dimension.base_unit())),
        text(
            "quantity as it stood",
            activity.raw_quantity.as_deref().map(str::to_owned),
        ),
        activity
            .amount
            .map(|amount| Part::new("amount", amount.to_string(), activity.currency.code())),
        text("account", account.map(|account| account.id.to_string())),
        text(
            "grouping",
            account.map(|account| format!("{} {}", account.grouping_category, account.grouping_code)),
        ),
        text("tax code", activity.tax_code.as_deref().map(str::to_owned)),
        text(
            "counterparty",
            other.and_then(|other| other.name.as_deref()).map(str::to_owned),
        ),
        text(
            "counterparty number",
            other.and_then(|other| other.org_no).map(|number| number.to_string()),
        ),
        text("waste code", activity.waste_code.map(|code| code.to_string())),
        text("treatment", activity.treatment.map(|treatment| treatment.to_string())),
        text(
            "primary share",
            activity.primary_permille.map(|share| format!("{share} ‰")),
        ),
        text("dry content", activity.dry_permille.map(|share| format!("{share} ‰"))),
        activity
            .supplier_co2e
            .map(|co2e| Part::new("stated by the supplier", co2e.to_string(), "kgCO2e")),
        text(
            "split between suppliers",
            activity.ambiguous_split.then(|| "an assumption".to_owned()),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn batch_parts(batch: &Batch, seq: i64) -> Vec<Part> {
    let coverage: Vec<String> = batch
        .coverage
        .iter()
        .map(|coverage| format!("{} {}", coverage.kind, coverage.period))
        .collect();
    let mut parts = vec![
        Part::new("reader", format!("{}@{}", batch.importer, batch.importer_version), ""),
        Part::new("covers", coverage.join(", "), ""),
        Part::new("status", batch.status.to_string(), ""),
        Part::new("since snapshot", format!("s{seq}"), ""),
    ];
    if !batch.mapping.is_empty() {
        parts.push(Part::new("mapping", batch.mapping.clone(), ""));
    }
    parts
}

pub(super) fn control_parts(batch: &Batch) -> Vec<Part> {
    let shown = |total: &greenheart_model::ControlTotal| match total.stated {
        Some(stated) if total.holds() => format!("{stated}, as the file states"),
        Some(stated) => format!("{}; the file states {stated}", total.computed),
        None => format!("{}; the file states none", total.computed),
    };
    batch
        .control_totals
        .iter()
        .map(|total| Part::new(&total.name, shown(total), ""))
        .collect()
}

pub(super) fn finding_parts(batch: &Batch) -> Vec<Part> {
    batch
        .findings
        .counts()
        .map(|(code, count, severity)| Part::new(code, format!("{count} × {severity}"), ""))
        .collect()
}
