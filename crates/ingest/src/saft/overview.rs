//! What a person wants to see of an accounting file before it counts.

use std::collections::BTreeMap;

use greenheart_model::{Activity, ActivityKind, Month, OrgNo, Period, Text};
use greenheart_units::{Amount, Currency};
use serde_json::{Value, json};

use super::accounts::Account;
use super::totals::Totals;

/// Suppliers shown.
const TOP: usize = 20;
/// Revenue accounts shown.
const MOST_ACCOUNTS: usize = 500;
/// Standard tax codes of sales abroad, and of purchases from abroad (import of goods and of services).
const EXPORT: &str = "52";
/// Every standard tax code (Norwegian Tax Administration, list of standard tax codes).
const STANDARD_TAX_CODES: &[&str] = &[
    "0", "1", "11", "12", "13", "14", "15", "20", "21", "22", "3", "31", "32", "33", "5", "51", "52", "6", "7", "81",
    "82", "83", "84", "85", "86", "87", "88", "89", "91", "92",
];

pub(super) fn is_standard_tax_code(code: &str) -> bool {
    STANDARD_TAX_CODES.contains(&code)
}

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
    by_account: BTreeMap<Text, Amount>,
    revenue_total: Amount,
    export: Amount,
    /// Sales lines that state a tax code: without any, export is not zero but unknown.
    taxed_sales: u64,
    purchases: Amount,
    imported: Amount,
    taxed_purchases: u64,
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
        let Some(account) = &activity.account else { return };
        let grouping = account.grouping_code.clone();
        *self.by_account.entry(account.id.clone()).or_default() += amount;
        *self
            .revenue
            .entry((activity.period.booking_month(), grouping))
            .or_default() += amount;
        self.revenue_total += amount;
        self.taxed_sales += u64::from(!tax.is_empty());
        if tax == EXPORT {
            self.export += amount;
        }
    }

    fn add_purchase(&mut self, activity: &Activity, amount: Amount, tax: &str) {
        self.purchases += amount;
        *self.by_class.entry(activity.class.name()).or_default() += amount;
        self.taxed_purchases += u64::from(!tax.is_empty());
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
        currency: Currency,
        accounts: &[Account],
    ) -> Value {
        let known = |count: u64, amount: Amount| (count > 0).then_some(amount);
        let export = known(self.taxed_sales, self.export);
        let imported = known(self.taxed_purchases, self.imported);
        let mut by_account: Vec<Value> = self
            .by_account
            .iter()
            .map(|(id, amount)| revenue_account(id, *amount, accounts))
            .collect();
        by_account.truncate(MOST_ACCOUNTS);
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
            "currency": currency,
            "debit": totals.debit,
            "credit": totals.credit,
            "revenue": self.revenue_total,
            "revenue_by_account": by_account,
            "revenue_by_month": months,
            "export": export,
            "export_share": export.and_then(|export| export.ratio(self.revenue_total)),
            "purchases": self.purchases,
            "purchases_by_class": self.by_class,
            "imported": imported,
            "import_share": imported.and_then(|imported| imported.ratio(self.purchases)),
            "spend_by_supplier": top,
            "suppliers": self.by_supplier.len(),
            "spend_without_supplier": self.without_supplier,
            "spend_of_ambiguous_split": self.ambiguous,
        })
    }
}

/// A revenue account with what it is mapped to and the net credit of its lines.
fn revenue_account(id: &Text, amount: Amount, accounts: &[Account]) -> Value {
    let account = accounts.iter().find(|account| account.reference.id == *id);
    json!({
        "account": id,
        "grouping_category": account.map(|account| &account.reference.grouping_category),
        "grouping_code": account.map(|account| &account.reference.grouping_code),
        "item": account.map(|account| &account.meaning.item),
        "nok": amount,
    })
}
