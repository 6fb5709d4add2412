//! Counts, totals and coverage over the rows of a file.

use std::collections::BTreeMap;

use greenheart_model::{Activity, ActivityKind, ControlTotal, Coverage, CoverageKind, Period};
use greenheart_units::{Amount, Dimension};
use serde_json::json;

use super::words;

/// What is counted while rows are read.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub rows_read: u64,
    pub rows_given: u64,
    pub rows_unusable: u64,
    pub rows_of_others: u64,
    pub rows_skipped: u64,
    by_kind: BTreeMap<ActivityKind, u64>,
    quantities: BTreeMap<Dimension, Amount>,
    amounts: BTreeMap<String, Amount>,
    hulls: BTreeMap<CoverageKind, Period>,
    quantity: Running,
    amount: Running,
    pub totals: Vec<ControlTotal>,
    /// A sum left the range of the ledger and is not shown.
    overflow: bool,
}

/// The sum of a column as it stands in the file, since its start and since the last total.
#[derive(Debug, Default, Clone, Copy)]
struct Running {
    all: Amount,
    part: Amount,
}

/// Totals kept of one file.
const TOTALS_KEPT: usize = 1_000;

impl Tally {
    /// Counts an activity that goes to the sink.
    pub fn count(&mut self, activity: &Activity) {
        self.rows_given += 1;
        *self.by_kind.entry(activity.kind).or_default() += 1;
        if let Some(reading) = activity.quantity {
            let sum = self.quantities.entry(reading.dimension).or_default();
            add(sum, reading.value, &mut self.overflow);
        }
        if let Some(amount) = activity.amount {
            let sum = self.amounts.entry(activity.currency.code().to_owned()).or_default();
            add(sum, amount, &mut self.overflow);
        }
        if let Some(kind) = words::coverage_of(activity.kind) {
            let months = months_hull(activity.period);
            self.hulls
                .entry(kind)
                .and_modify(|hull| *hull = hull.hull(months))
                .or_insert(months);
        }
    }

    /// Adds the numbers of a row as they stand in the file, usable or not.
    pub fn add_raw(&mut self, quantity: Option<Amount>, amount: Option<Amount>) {
        for (running, value) in [(&mut self.quantity, quantity), (&mut self.amount, amount)] {
            let value = value.unwrap_or_default();
            add(&mut running.all, value, &mut self.overflow);
            add(&mut running.part, value, &mut self.overflow);
        }
    }

    /// Takes a total of the file; the names of those that differ from the rows.
    pub fn total(&mut self, row: u64, quantity: Option<Amount>, amount: Option<Amount>) -> Vec<String> {
        let mut differing = Vec::new();
        for (name, running, stated) in [
            ("quantity", &mut self.quantity, quantity),
            ("amount", &mut self.amount, amount),
        ] {
            let Some(stated) = stated else { continue };
            let computed = if stated == running.part {
                running.part
            } else {
                running.all
            };
            let total = ControlTotal {
                name: format!("{name} row {row}"),
                stated: Some(stated),
                computed,
            };
            if !total.holds() {
                differing.push(format!("{name}: stated {stated}, the rows give {computed}"));
            }
            if self.totals.len() < TOTALS_KEPT {
                self.totals.push(total);
            }
            running.part = Amount::ZERO;
        }
        differing
    }

    /// The months with rows, by what they can cover.
    pub fn assumed_coverage(&self) -> Vec<Coverage> {
        self.hulls
            .iter()
            .map(|(kind, period)| Coverage {
                kind: *kind,
                period: *period,
            })
            .collect()
    }

    /// What a person wants to see.
    pub fn overview(&self) -> serde_json::Value {
        let by_kind: BTreeMap<&str, u64> = self.by_kind.iter().map(|(kind, rows)| (kind.name(), *rows)).collect();
        let quantities: BTreeMap<&str, String> = self
            .quantities
            .iter()
            .map(|(dimension, sum)| (dimension.base_unit(), sum.to_string()))
            .collect();
        let amounts: BTreeMap<&str, String> = self
            .amounts
            .iter()
            .map(|(c, sum)| (c.as_str(), sum.to_string()))
            .collect();
        json!({
            "rows_read": self.rows_read,
            "rows_given": self.rows_given,
            "rows_unusable": self.rows_unusable,
            "rows_of_other_companies": self.rows_of_others,
            "rows_skipped": self.rows_skipped,
            "by_kind": by_kind,
            "quantity_by_unit": if self.overflow { json!(null) } else { json!(quantities) },
            "amount_by_currency": if self.overflow { json!(null) } else { json!(amounts) },
        })
    }
}

fn add(sum: &mut Amount, value: Amount, overflow: &mut bool) {
    match sum.checked_add(value) {
        Ok(next) => *sum = next,
        Err(_) => *overflow = true,
    }
}

/// From the first day of its first month to the last of its last.
fn months_hull(period: Period) -> Period {
    let first = greenheart_model::Month::of(period.from()).period();
    first.hull(period.booking_month().period())
}
