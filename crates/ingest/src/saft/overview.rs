//! What a person wants to see of an accounting file before it counts.

use std::collections::BTreeMap;

use greenheart_model::{Activity, ActivityKind, Month, OrgNo, Period, Text};
use greenheart_units::Amount;
use serde_json::{Value, json};

use super::state::Totals;

/// Suppliers shown.
const TOP: usize = 20;
/// Standard tax codes of sales abroad, and of purchases from abroad (import of goods and of services).
const EXPORT: &str = "52";
const IMPORT: &[&str] = &[
    "14", "15", "20", "21", "22", "81", "82", "83", "84", "85", "86", "87", "88", "89",
];

#[derive(Debug, Default)]
pub(super) struct Overview {
    pub company: String,
    pub version: String,
    /// Lines that count but have no usable date.
    pub undated: u64,
    revenue: BTreeMap<(Month, Text), Amount>,
    revenue_total: Amount,
    export: Amount,
    purchases: Amount,
    imported: Amount,
    by_class: BTreeMap<&'static str, Amount>,
    by_supplier: BTreeMap<Text, (String, Amount)>,
    without_supplier: Amount,
    ambiguous: Amount,
}

impl Overview {
    pub(super) fn add(&mut self, activity: &Activity) {
        let amount = activity.amount.unwrap_or_default();
        let tax = activity.tax_code.as_deref().unwrap_or_default();
        match activity.kind {
            ActivityKind::Sale => self.add_sale(activity, amount, tax),
            ActivityKind::Purchase | ActivityKind::CapitalGood => self.add_purchase(activity, amount, tax),
            _ => {}
        }
    }

    fn add_sale(&mut self, activity: &Activity, amount: Amount, tax: &str) {
        let grouping = activity
            .account
            .as_ref()
            .map(|account| account.grouping_code.clone())
            .unwrap_or_default();
        *self
            .revenue
            .entry((activity.period.booking_month(), grouping))
            .or_default() += amount;
        self.revenue_total += amount;
        if tax == EXPORT {
            self.export += amount;
        }
    }

    fn add_purchase(&mut self, activity: &Activity, amount: Amount, tax: &str) {
        self.purchases += amount;
        *self.by_class.entry(activity.class.name()).or_default() += amount;
        if IMPORT.contains(&tax) {
            self.imported += amount;
        }
        if activity.ambiguous_split {
            self.ambiguous += amount;
        }
        let Some(party) = &activity.counterparty else {
            self.without_supplier += amount;
            return;
        };
        let key = party.local_id.clone().unwrap_or_default();
        let entry = self.by_supplier.entry(key).or_insert_with(|| {
            let number = party.org_no.map(|org_no| org_no.to_string());
            (
                party.name.as_deref().map(str::to_owned).or(number).unwrap_or_default(),
                Amount::ZERO,
            )
        });
        entry.1 += amount;
    }

    pub(super) fn json(
        &self,
        totals: &Totals,
        org_no: Option<OrgNo>,
        period: Option<Period>,
        debit: Amount,
        credit: Amount,
    ) -> Value {
        let months: Vec<Value> = self
            .revenue
            .iter()
            .map(|((month, grouping), amount)| json!({ "month": month, "grouping": grouping, "nok": amount }))
            .collect();
        let mut suppliers: Vec<(&Text, &(String, Amount))> = self.by_supplier.iter().collect();
        suppliers.sort_by(|a, b| b.1.1.cmp(&a.1.1).then(a.0.cmp(b.0)));
        let top: Vec<Value> = suppliers
            .iter()
            .take(TOP)
            .map(|(id, (name, amount))| json!({ "supplier": id, "name": name, "nok": amount }))
            .collect();
        json!({
            "company": self.company,
            "org_no": org_no,
            "version": self.version,
            "period": period,
            "transactions": totals.transactions,
            "lines": totals.lines,
            "lines_without_date": self.undated,
            "debit": debit,
            "credit": credit,
            "revenue": self.revenue_total,
            "revenue_by_month": months,
            "export": self.export,
            "export_share": self.export.ratio(self.revenue_total),
            "purchases": self.purchases,
            "purchases_by_class": self.by_class,
            "imported": self.imported,
            "import_share": self.imported.ratio(self.purchases),
            "spend_by_supplier": top,
            "suppliers": self.by_supplier.len(),
            "spend_without_supplier": self.without_supplier,
            "spend_of_ambiguous_split": self.ambiguous,
        })
    }
}
