//! Whether a document agrees with itself.

use greenheart_units::{Amount, Currency, Rounding};

use super::document::{Document, Line};
use super::set::Set;

/// Slack of a sum: half a cent for each line, at least one cent.
fn slack(lines: usize) -> Amount {
    let cents = i128::try_from(lines / 2 + 1).unwrap_or(1);
    Amount::from_mantissa(cents * 10_000)
}

fn near(one: Amount, other: Amount, lines: usize) -> bool {
    (one - other).abs() <= slack(lines)
}

impl Set<'_> {
    /// Compares the lines with the totals that the document states. Lines that include VAT are brought to their net
    /// amounts, where that makes the totals agree.
    pub(super) fn check_totals(&mut self, document: &mut Document, currency: Currency, row: u64) {
        let count = document.lines.len();
        let summed: Amount = document.lines.iter().filter_map(|line| line.amount).sum();
        let charges: Amount = document.charges.iter().map(super::document::Charge::signed).sum();
        let stated = document
            .totals
            .lines
            .or_else(|| document.totals.without_tax.map(|without| without - charges));
        let entry = self.totals.entry(currency).or_default();
        entry.1 += summed;
        if let Some(stated) = stated {
            entry.0 = Some(entry.0.unwrap_or(Amount::ZERO) + stated);
        }
        let Some(stated) = stated else {
            let detail = format!("document `{}`", document.id);
            self.note("ehf.no_totals", row, "LegalMonetaryTotal", detail);
            return;
        };
        let with_tax = document.totals.with_tax.map(|with| with - charges);
        if bring_to_net(document, summed, with_tax) {
            self.note(
                "ehf.tax_included",
                row,
                "LineExtensionAmount",
                format!("document `{}`", document.id),
            );
            return;
        }
        if !near(summed, stated, count) {
            let detail = format!("document `{}` states {stated}, its lines give {summed}", document.id);
            self.note("ehf.control_total", row, "LineExtensionAmount", detail);
        }
        if let Some(without) = document.totals.without_tax
            && !near(stated + charges, without, count)
        {
            let detail = format!("{stated} and charges of {charges} are not {without}");
            self.note("ehf.control_total", row, "TaxExclusiveAmount", detail);
        }
    }

    /// Whether quantity times price, by the base quantity of the price, is the amount of the line.
    pub(super) fn check_price(&mut self, line: &Line) {
        let Some(expected) = expected(line) else { return };
        let amount = line.amount.unwrap_or_default();
        let hundredth = Amount::from_mantissa(20_000.max(amount.mantissa().abs() / 100));
        if (expected - amount).abs() > hundredth {
            let detail = format!("quantity times price is {expected}, the line says {amount}");
            self.note("ehf.line_amount", line.ordinal, "LineExtensionAmount", detail);
        }
    }
}

/// Brings lines that include VAT to their net amounts; says whether it did.
fn bring_to_net(document: &mut Document, summed: Amount, with_tax: Option<Amount>) -> bool {
    let Some(without) = document.totals.without_tax else {
        return false;
    };
    let count = document.lines.len();
    let gross =
        with_tax.is_some_and(|with| with != without && near(summed, with, count) && !near(summed, without, count));
    if !gross {
        return false;
    }
    let net: Vec<Option<Amount>> = document.lines.iter().map(without_tax).collect();
    let total: Amount = net.iter().flatten().copied().sum();
    if !near(total, without, count) {
        return false;
    }
    for (line, net) in document.lines.iter_mut().zip(net) {
        line.amount = net;
    }
    true
}

fn without_tax(line: &Line) -> Option<Amount> {
    let percent = line.tax_percent.unwrap_or_default();
    let gross = line.amount?.mantissa().checked_mul(100 * Amount::ONE_MANTISSA)?;
    let divisor = 100 * Amount::ONE_MANTISSA + percent.mantissa();
    (divisor > 0).then(|| {
        Amount::from_mantissa(Rounding::HalfAwayFromZero.divide(gross, divisor)).rounded(2, Rounding::HalfAwayFromZero)
    })
}

/// `quantity * price / base quantity`, with the charges of the line.
fn expected(line: &Line) -> Option<Amount> {
    let (quantity, price) = (line.quantity?, line.price?);
    let per = line.price_per.filter(|per| !per.is_zero()).unwrap_or(Amount::ONE);
    let product = quantity.mantissa().checked_mul(price.mantissa())?;
    let divided = Rounding::HalfAwayFromZero.divide(product, per.mantissa().abs());
    Some(Amount::from_mantissa(divided) + line.charges)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Option<Amount> {
        text.parse().ok()
    }

    #[test]
    fn price_is_per_base_quantity() {
        // The fixed charge of a grid bill: 1024 NOK for 365 days, 61 of them.
        let line = Line {
            quantity: amount("61"),
            price: amount("1024"),
            price_per: amount("365"),
            ..Line::default()
        };
        assert_eq!(expected(&line).map(|e| e.to_fixed(2)), Some("171.13".into()));
        let absurd = Line {
            quantity: amount("1000000000000000"),
            price: amount("1000000000000000"),
            price_per: amount("0"),
            ..Line::default()
        };
        assert!(expected(&absurd).is_none(), "beyond what can be compared");
    }

    #[test]
    fn net_of_tax() {
        let line = Line {
            amount: amount("125"),
            tax_percent: amount("25"),
            ..Line::default()
        };
        assert_eq!(without_tax(&line), amount("100"));
    }
}
