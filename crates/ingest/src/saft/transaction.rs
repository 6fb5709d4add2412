//! From the lines of one transaction to activities.

use greenheart_model::{
    Activity, ActivityKind, Counterparty, Date, Identifiers, Month, Period, RowPlace, Severity, Text,
};
use greenheart_units::Amount;

use super::accounts::{Account, Meaning};
use super::state::State;
use crate::ReadError;

/// A journal line.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub ordinal: u64,
    pub account: Option<usize>,
    pub supplier: Option<Text>,
    pub customer: Option<Text>,
    /// Debit less credit.
    pub net: Amount,
    /// Standard tax code: of several, the one with the largest base.
    pub tax: Option<Text>,
    largest_base: Amount,
    /// The tax information being read.
    pub tax_code: Option<Text>,
    pub tax_base: Amount,
}

impl Line {
    pub(super) fn begin(&mut self, ordinal: u64) {
        *self = Self {
            ordinal,
            ..Self::default()
        };
    }

    pub(super) fn begin_tax(&mut self) {
        (self.tax_code, self.tax_base) = (None, Amount::ZERO);
    }

    /// Takes the tax information that was read; says whether it differs from an earlier one.
    pub(super) fn end_tax(&mut self) -> bool {
        let Some(code) = self.tax_code.take() else { return false };
        let differs = self.tax.as_ref().is_some_and(|tax| *tax != code);
        if self.tax.is_none() || (differs && self.tax_base > self.largest_base) {
            self.tax = Some(code);
            self.largest_base = self.tax_base;
        }
        differs
    }
}

/// The transaction being read.
#[derive(Debug, Default)]
pub(super) struct Transaction {
    pub id: String,
    pub period: Option<i16>,
    pub year: Option<i16>,
    pub date: Option<Date>,
    pub lines: Vec<Line>,
    /// Debit less credit of its lines.
    pub net: Amount,
    /// Lines were given away before its end: nothing can be joined.
    pub too_large: bool,
}

impl Transaction {
    pub(super) fn begin(&mut self) {
        self.id.clear();
        self.lines.clear();
        (self.period, self.year, self.date) = (None, None, None);
        (self.net, self.too_large) = (Amount::ZERO, false);
    }

    /// The month that it is accounted in, for books kept by the calendar year. Periods of closing (13 and
    /// above) belong to the last month, that of opening (0) to the first.
    fn accounting_month(&self) -> Option<Period> {
        let month = self.period?.clamp(1, 12).try_into().ok()?;
        Month::new(self.year?, month).map(Month::period)
    }

    /// Day of the transaction, else its accounting month.
    fn when(&self) -> Option<Period> {
        self.date.map(Period::day).or_else(|| self.accounting_month())
    }
}

/// Parties of a transaction with what each is owed or owes.
struct Parties(Vec<(Text, Amount)>);

impl Parties {
    fn of(lines: &[Line], party: impl Fn(&Line) -> Option<&Text>) -> Self {
        let mut found: Vec<(Text, Amount)> = Vec::new();
        for line in lines {
            let Some(id) = party(line) else { continue };
            match found.iter_mut().find(|(known, _)| known == id) {
                Some((_, sum)) => *sum += line.net,
                None => found.push((id.clone(), line.net)),
            }
        }
        Self(found)
    }

    /// The amount in exact shares by what each party has, the largest remainders first.
    fn split(&self, amount: Amount) -> Vec<(Option<Text>, Amount)> {
        let weights: Vec<i128> = self.0.iter().map(|(_, sum)| sum.mantissa().abs()).collect();
        let total: i128 = weights.iter().sum();
        let (weights, total) = if total == 0 {
            (vec![1; self.0.len()], i128::try_from(self.0.len()).unwrap_or(1))
        } else {
            (weights, total)
        };
        let mut shares: Vec<i128> = Vec::with_capacity(weights.len());
        let mut given = 0;
        let mut seen = 0;
        for weight in weights {
            // Cumulative shares: rounding never adds up, and the last one takes what is left.
            seen += weight;
            let until = proportion(amount.mantissa(), seen, total);
            shares.push(until - given);
            given = until;
        }
        self.0
            .iter()
            .zip(shares)
            .map(|((party, _), share)| (Some(party.clone()), Amount::from_mantissa(share)))
            .collect()
    }
}

/// `amount * part / whole` without overflow: amounts of a journal line are far below 2^90, but files lie.
fn proportion(amount: i128, part: i128, whole: i128) -> i128 {
    match amount.checked_mul(part) {
        Some(product) => product / whole,
        None => amount / whole * part,
    }
}

impl State<'_> {
    /// Gives the lines read so far to the sink.
    pub(super) fn flush_transaction(&mut self) -> Result<(), ReadError> {
        let lines = std::mem::take(&mut self.transaction.lines);
        let result = self.emit(&lines);
        // The buffer is used again for the next transaction.
        self.transaction.lines = lines;
        self.transaction.lines.clear();
        result
    }

    fn emit(&mut self, lines: &[Line]) -> Result<(), ReadError> {
        let Some(period) = self.usable_period() else {
            let count = lines.iter().filter(|line| self.kind_of(line).is_some()).count();
            if count > 0 {
                let detail = format!("{count} lines on accounts that count");
                self.note("saft.date", Severity::Warning, "TransactionDate", detail);
                self.overview.undated += count as u64;
            }
            return Ok(());
        };
        self.hull = Some(self.hull.map_or(period, |hull| hull.hull(period)));
        let joined = !self.transaction.too_large;
        if !joined {
            self.note(
                "saft.transaction_large",
                Severity::Warning,
                "",
                format!("{} lines at once", lines.len()),
            );
        }
        let empty = Parties(Vec::new());
        let suppliers = if joined {
            Parties::of(lines, |line| line.supplier.as_ref())
        } else {
            empty
        };
        let customers = Parties::of(if joined { lines } else { &[] }, |line| line.customer.as_ref());
        let closing = joined && self.closes_accounts(lines);
        if closing {
            self.note("saft.closing_entry", Severity::Note, "", String::new());
        }
        for line in lines {
            let Some(mut kind) = self.kind_of(line) else { continue };
            if closing {
                kind = ActivityKind::OtherPosting;
            }
            // Only additions count as capital goods: depreciation and sales credit the same account, and an
            // opening balance has no supplier.
            if kind == ActivityKind::CapitalGood && (line.net <= Amount::ZERO || suppliers.0.is_empty()) {
                continue;
            }
            let is_sale = kind == ActivityKind::Sale;
            let own = if is_sale { &line.customer } else { &line.supplier };
            let parties = if is_sale { &customers } else { &suppliers };
            let amount = if is_sale { -line.net } else { line.net };
            if own.is_some() || parties.0.len() < 2 || kind == ActivityKind::OtherPosting {
                let party = own
                    .clone()
                    .or_else(|| parties.0.first().map(|(party, _)| party.clone()));
                let party = party.filter(|_| kind != ActivityKind::OtherPosting);
                self.emit_activity(line, kind, period, party, amount, false)?;
                continue;
            }
            self.note(
                "saft.supplier_split",
                Severity::Note,
                "Line",
                format!("{} parties", parties.0.len()),
            );
            for (party, share) in parties.split(amount) {
                self.emit_activity(line, kind, period, party, share, true)?;
            }
        }
        Ok(())
    }

    /// Whether the transaction only empties profit-and-loss accounts into the result of the year. Such an entry
    /// undoes no sale and no purchase: it brings every such account that it touches to zero, against the
    /// accounts of appropriation (88 and 89).
    fn closes_accounts(&self, lines: &[Line]) -> bool {
        let account = |line: &Line| line.account.map(|index| self.account(index));
        let is_result = |account: &Account| {
            let code = &account.reference.grouping_code;
            let number = if code.is_empty() { &account.reference.id } else { code };
            number.starts_with("88") || number.starts_with("89")
        };
        let appropriates = lines.iter().filter_map(account).any(is_result);
        let mut emptied = 0;
        for account in lines.iter().filter_map(account) {
            if matches!(
                account.meaning.kind,
                None | Some(ActivityKind::CapitalGood | ActivityKind::OtherPosting)
            ) {
                continue;
            }
            if !account.posted.is_zero() {
                return false;
            }
            emptied += 1;
        }
        appropriates && emptied > 0
    }

    /// When the transaction counts: on its date, or, when that lies outside the period of the export but its
    /// accounting period inside, in its accounting month, as the company's annual accounts have it.
    fn usable_period(&mut self) -> Option<Period> {
        let mut period = self.transaction.when()?;
        if self.selection.is_some_and(|selection| !selection.overlaps(period)) {
            let shown = period.to().to_string();
            let accounted = self.transaction.accounting_month();
            let inside = accounted.filter(|month| self.selection.is_some_and(|selection| selection.overlaps(*month)));
            period = inside.unwrap_or(period);
            self.note("saft.outside_selection", Severity::Note, "TransactionDate", shown);
        }
        self.options
            .limits
            .years
            .contains(&period.from().year())
            .then_some(period)
    }

    fn kind_of(&self, line: &Line) -> Option<ActivityKind> {
        line.account.and_then(|account| self.account(account).meaning.kind)
    }

    fn emit_activity(
        &mut self,
        line: &Line,
        kind: ActivityKind,
        period: Period,
        party: Option<Text>,
        amount: Amount,
        ambiguous_split: bool,
    ) -> Result<(), ReadError> {
        let Some(index) = line.account else { return Ok(()) };
        let account = self.account(index);
        let (reference, mut meaning) = (account.reference.clone(), account.meaning.clone());
        if kind == ActivityKind::OtherPosting && meaning.kind != Some(kind) {
            meaning = Meaning::other("closing");
        }
        let parties = if kind == ActivityKind::Sale {
            &self.customers
        } else {
            &self.suppliers
        };
        let counterparty = party.map(|key| {
            let bare = || Counterparty {
                local_id: Some(key.clone()),
                ..Counterparty::default()
            };
            parties.get(&key).cloned().unwrap_or_else(bare)
        });
        self.rows += 1;
        let activity = Activity {
            row_no: self.rows,
            place: RowPlace {
                file: self.position,
                row: line.ordinal,
            },
            kind,
            class: meaning.class,
            item: meaning.item,
            site: None,
            period,
            quantity: None,
            raw_quantity: None,
            amount: Some(amount),
            currency: self.currency,
            counterparty,
            account: Some(reference),
            tax_code: line.tax.clone(),
            waste_code: None,
            treatment: None,
            primary_permille: None,
            dry_permille: None,
            supplier_co2e: None,
            ambiguous_split,
            identifiers: Identifiers::default(),
            carriage: None,
        };
        self.overview.add(&activity);
        Ok(self.sink.activity(activity)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_add_up(amount in -1_000_000_000_i64..1_000_000_000, weights in proptest::collection::vec(-50_i64..50, 1..6)) {
            let parties = Parties(
                weights.iter().enumerate().map(|(at, w)| (Text::from(at.to_string()), Amount::from_integer(*w))).collect()
            );
            let amount = Amount::from_mantissa(amount.into());
            let shares = parties.split(amount);
            prop_assert_eq!(shares.len(), weights.len());
            prop_assert_eq!(shares.into_iter().map(|(_, share)| share).sum::<Amount>(), amount);
        }
    }
}
