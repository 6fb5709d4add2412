//! Totals: as the file states them, and as its lines give them.

use greenheart_model::{ControlTotal, Coverage, CoverageKind, Period, Severity};
use greenheart_units::Amount;

use super::state::State;
use super::tag::Tag;
use crate::Summary;

/// Totals, stated and computed.
#[derive(Debug, Default)]
pub(super) struct Totals {
    stated_entries: Vec<Amount>,
    stated_debit: Vec<Amount>,
    stated_credit: Vec<Amount>,
    pub transactions: u64,
    pub lines: u64,
    pub debit: Amount,
    pub credit: Amount,
}

impl State<'_> {
    pub(super) fn end_in_totals(&mut self, tag: Tag, text: &str) {
        if !matches!(tag, Tag::NumberOfEntries | Tag::TotalDebit | Tag::TotalCredit) {
            return;
        }
        // One of each stands in each part; a file that repeats them for ever is not kept.
        if self.totals.stated_entries.len() > self.options.limits.archive_entries {
            return;
        }
        let number = self.amount(text, "total");
        let totals = &mut self.totals;
        match tag {
            Tag::NumberOfEntries => totals.stated_entries.push(number),
            Tag::TotalDebit => totals.stated_debit.push(number),
            _ => totals.stated_credit.push(number),
        }
    }

    /// Checks the totals and sums up.
    pub(super) fn finish(mut self) -> Summary {
        self.transaction.id.clear();
        if self.totals.lines == 0 {
            self.note(
                "saft.no_entries",
                Severity::Warning,
                "GeneralLedgerEntries",
                String::new(),
            );
        }
        let control_totals = self.control_totals();
        for total in control_totals.iter().filter(|total| !total.holds()) {
            let stated = total.stated.unwrap_or_default();
            let detail = format!(
                "{}: the file states {stated}, its lines give {}",
                total.name, total.computed
            );
            self.note("saft.control_total", Severity::Warning, &total.name, detail);
        }
        if self.totals.debit != self.totals.credit {
            let detail = format!("debit {} and credit {}", self.totals.debit, self.totals.credit);
            self.note("saft.unbalanced", Severity::Warning, "GeneralLedgerEntries", detail);
        }
        self.check_balances();
        let coverage = self.coverage();
        let overview = self
            .overview
            .json(&self.totals, self.org_no, coverage, self.currency, &self.account_list);
        Summary {
            org_no: self.org_no,
            coverage: coverage
                .map(|period| Coverage {
                    kind: CoverageKind::Accounts,
                    period,
                })
                .into_iter()
                .collect(),
            control_totals,
            rows: self.rows,
            overview,
        }
    }

    fn control_totals(&self) -> Vec<ControlTotal> {
        let whole = |count: u64| Amount::from_integer(i64::try_from(count).unwrap_or(i64::MAX));
        let totals = &self.totals;
        // Some systems count lines instead of transactions; either agrees with itself.
        let transactions = whole(totals.transactions);
        let stated_entries = stated(&totals.stated_entries, transactions);
        let entries = if stated_entries == Some(whole(totals.lines)) {
            whole(totals.lines)
        } else {
            transactions
        };
        let total = |name: &str, stated: Option<Amount>, computed| ControlTotal {
            name: name.into(),
            stated,
            computed,
        };
        vec![
            total("number_of_entries", stated_entries, entries),
            total("total_debit", stated(&totals.stated_debit, totals.debit), totals.debit),
            total(
                "total_credit",
                stated(&totals.stated_credit, totals.credit),
                totals.credit,
            ),
        ]
    }

    /// Profit-and-loss accounts move by their lines, if the file covers the period of its balances.
    fn check_balances(&mut self) {
        let mut wrong = Vec::new();
        for account in &self.account_list {
            let Some(movement) = account.movement else { continue };
            if account.meaning.kind.is_some() && !account.unlisted && movement != account.posted {
                wrong.push(format!(
                    "account `{}`: the balances move by {movement}, its lines by {}",
                    account.reference.id, account.posted
                ));
            }
        }
        for detail in wrong {
            self.note("saft.account_balance", Severity::Warning, "Account", detail);
        }
    }

    fn coverage(&mut self) -> Option<Period> {
        if self.selection.is_none() && self.hull.is_some() {
            self.note("saft.selection", Severity::Warning, "SelectionCriteria", String::new());
        }
        self.selection.or(self.hull)
    }
}

/// In a split export each part states its own total or that of the whole.
fn stated(parts: &[Amount], computed: Amount) -> Option<Amount> {
    let sum = parts.iter().copied().sum();
    match parts {
        [] => None,
        _ if sum == computed => Some(sum),
        _ => parts.iter().copied().find(|part| *part == computed).or(Some(sum)),
    }
}
