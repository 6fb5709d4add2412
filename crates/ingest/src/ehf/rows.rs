//! From an invoice to activities.

use greenheart_model::{
    Activity, ActivityKind, Counterparty, CoverageKind, Date, Identifiers, ItemClass, Period, RowPlace, Text,
};
use greenheart_units::{Amount, Currency, Dimension, Reading, Rounding, Unit};

use super::classify::{Meaning, classification, meaning};
use super::document::{Charge, Document, Kind, Line, Party, Span};
use super::energy::{Bill, Earlier, Family, bills, family, is_power_charge};
use super::set::{Direction, Set};
use crate::ReadError;
use crate::tables::find_item;
use crate::text::company_name;

/// A line, understood.
#[derive(Debug)]
pub(super) struct Row {
    pub ordinal: u64,
    pub meaning: Meaning,
    pub period: Period,
    pub reading: Option<Reading>,
    raw: Option<Text>,
    /// Without VAT, signed.
    pub amount: Option<Amount>,
    currency: Currency,
    pub meter: Option<Text>,
    pub family: Family,
    co2e: Option<Amount>,
    identifiers: Identifiers,
}

impl Row {
    pub fn kwh(&self) -> Option<Amount> {
        self.reading
            .filter(|reading| reading.dimension == Dimension::Energy)
            .map(|reading| reading.value)
    }
}

/// What a row of this kind is evidence of; purchases are covered by the books.
pub(super) fn coverage_of(activity: &Activity) -> Option<CoverageKind> {
    activity.quantity?;
    Some(match activity.kind {
        ActivityKind::Electricity | ActivityKind::Heat | ActivityKind::Fuel => CoverageKind::Energy,
        ActivityKind::Transport => CoverageKind::Transport,
        ActivityKind::Waste => CoverageKind::Waste,
        _ => return None,
    })
}

/// The other side, with nothing personal.
pub(super) fn counterparty(party: &Party) -> Counterparty {
    let text = |text: &str| -> Option<Text> { (!text.is_empty()).then(|| text.into()) };
    let org_no = party.org_no();
    Counterparty {
        org_no,
        local_id: if org_no.is_none() {
            text(&party.other_number)
        } else {
            None
        },
        name: company_name(&party.name),
        country: text(&party.country),
    }
}

impl Set<'_> {
    /// An invoice or credit note of the member.
    pub(super) fn invoice(&mut self, mut document: Document, direction: Direction) -> Result<(), ReadError> {
        let first = document.lines.first().map_or(0, |line| line.ordinal);
        let Some(currency) = self.currency(&document, first) else {
            return Ok(());
        };
        self.check_totals(&mut document, currency, first);
        let sign = self.sign(&document, first);
        let other = match direction {
            Direction::Incoming => counterparty(&document.supplier),
            Direction::Outgoing => counterparty(&document.customer),
        };
        self.overview.document(&document, direction == Direction::Incoming);
        let mut rows = Vec::with_capacity(document.lines.len());
        for line in &document.lines {
            if let Some(row) = self.row(line, &document, sign, currency) {
                rows.push(row);
            }
        }
        for charge in &document.charges {
            if let Some(row) = self.charge(charge, &document, sign, currency, &rows) {
                rows.push(row);
            }
        }
        if direction == Direction::Outgoing {
            for row in rows {
                self.give_sold(row, &other)?;
            }
            return Ok(());
        }
        let (taken, bills) = bills(&rows);
        if taken.len() > bills.len() {
            let detail = format!("{} lines, {} metering points and periods", taken.len(), bills.len());
            self.note("ehf.energy_lines", first, "", detail);
        }
        for bill in bills {
            self.give_bill(&rows[bill.first], &bill, &other)?;
        }
        for (at, row) in rows.into_iter().enumerate() {
            if !taken.contains(&at) {
                self.give(row, other.clone())?;
            }
        }
        Ok(())
    }

    fn currency(&mut self, document: &Document, row: u64) -> Option<Currency> {
        let stated = document.currency.as_str();
        match stated.parse() {
            Ok(currency) => Some(currency),
            Err(_) if stated.is_empty() => {
                self.note("ehf.currency", row, "DocumentCurrencyCode", "none is stated".into());
                Some(Currency::NOK)
            }
            Err(_) => {
                self.note("ehf.currency", row, "DocumentCurrencyCode", format!("`{stated}`"));
                None
            }
        }
    }

    /// Credit notes state what is given back as positive; a correcting invoice states it as negative itself.
    fn sign(&mut self, document: &Document, row: u64) -> i128 {
        if document.kind == Kind::CreditNote {
            return -1;
        }
        if matches!(document.type_code.as_str(), "381" | "396" | "81" | "83") {
            let total: Amount = document.lines.iter().filter_map(|line| line.amount).sum();
            self.note("ehf.type_code", row, "InvoiceTypeCode", document.type_code.clone());
            return if total.is_negative() { 1 } else { -1 };
        }
        1
    }

    fn row(&mut self, line: &Line, document: &Document, sign: i128, currency: Currency) -> Option<Row> {
        let period = self.period(line, document)?;
        self.check_price(line);
        let (reading, raw) = self.quantity(line, sign);
        let mut meaning = meaning(line, reading.as_ref());
        let meter = line.meter.clone().or_else(|| document.meter.clone());
        let metered = meter.is_some() || document.type_code == "82";
        if metered && meaning.class != ItemClass::Heat && is_power_charge(&line.name) {
            meaning.class = ItemClass::Electricity;
        }
        if line.currency.is_some_and(|own| own != currency) {
            let detail = format!(
                "{} on a line of a document in {currency}",
                line.currency.unwrap_or(currency)
            );
            self.note("ehf.currency_mixed", line.ordinal, "LineExtensionAmount", detail);
        }
        if line.amount.is_none() {
            self.note("ehf.no_amount", line.ordinal, "LineExtensionAmount", line.name.clone());
        }
        Some(Row {
            ordinal: line.ordinal,
            period,
            reading,
            raw,
            amount: line.amount.map(|amount| signed(amount, sign)),
            currency: line.currency.unwrap_or(currency),
            family: family(&line.name),
            co2e: self.co2e(line).map(|co2e| signed(co2e, sign)),
            identifiers: identifiers(line, document, meter.clone(), &meaning),
            meter,
            meaning,
        })
    }

    /// The quantity in base units, or as it stood.
    fn quantity(&mut self, line: &Line, sign: i128) -> (Option<Reading>, Option<Text>) {
        let Some(quantity) = line.quantity else {
            return (None, None);
        };
        let quantity = signed(quantity, sign);
        let raw = || -> Option<Text> { Some(format!("{quantity} {}", line.unit).trim_end().into()) };
        let converted = unit_of(&line.unit).map(|unit| Reading::of(quantity, unit));
        match converted {
            Some(Ok(reading)) if reading.dimension != Dimension::Money => (Some(reading), None),
            Some(Ok(_)) => (None, raw()),
            Some(Err(error)) => {
                self.note("ehf.unit", line.ordinal, "unitCode", error.to_string());
                (None, raw())
            }
            None => {
                let detail = format!("`{}`", line.unit);
                self.note("ehf.unit_unknown", line.ordinal, "unitCode", detail);
                (None, raw())
            }
        }
    }

    /// When a line counts: its own period, else that of the document, else the day of delivery or issue.
    fn period(&mut self, line: &Line, document: &Document) -> Option<Period> {
        let day = line.delivered.or(document.delivered).or(document.issued);
        let of = |span: Span| match (span.from, span.to) {
            (Some(from), Some(to)) => Some((from, to)),
            (Some(one), None) | (None, Some(one)) => Some((one, one)),
            (None, None) => None,
        };
        let stated = of(line.period).or_else(|| of(document.period));
        let Some((from, to)) = stated.or_else(|| day.map(|day| (day, day))) else {
            self.note(
                "ehf.no_date",
                line.ordinal,
                "IssueDate",
                format!("document `{}`", document.id),
            );
            return None;
        };
        let Ok(period) = Period::new(from, to) else {
            self.note(
                "ehf.date",
                line.ordinal,
                "InvoicePeriod",
                format!("from {from} to {to}"),
            );
            return day.map(Period::day);
        };
        Some(self.inclusive(period, line))
    }

    /// Bills of energy often state as their end the day on which the next period begins. Whole months and counted
    /// days show it.
    fn inclusive(&mut self, period: Period, line: &Line) -> Period {
        let (from, to) = (period.from(), period.to());
        let Some(before) = to.yesterday().ok().filter(|before| *before >= from) else {
            return period;
        };
        let whole_months = from.day() == 1 && to.day() == 1;
        let days: i32 = days_between(from, to);
        let counted = line.unit == "DAY" && line.quantity == Some(Amount::from_integer(days.into()));
        if !whole_months && !counted {
            return period;
        }
        self.note("ehf.period_end", line.ordinal, "EndDate", period.to_string());
        Period::new(from, before).unwrap_or(period)
    }

    /// kg CO2e of the line by the official properties: as stated, else factor times quantity.
    fn co2e(&mut self, line: &Line) -> Option<Amount> {
        let computed = line
            .co2
            .factor
            .zip(line.quantity)
            .and_then(|(factor, quantity)| quantity.times(factor.to_rate().ok()?, Rounding::HalfEven).ok());
        let stated = line.co2.net.or(computed)?;
        if let (Some(net), Some(computed)) = (line.co2.net, computed) {
            let slack = Amount::from_mantissa(10_000.max(net.mantissa().abs() / 100));
            if (net - computed).abs() > slack {
                let detail = format!("the line states {net} kg, factor times quantity is {computed} kg");
                self.note("ehf.co2_differs", line.ordinal, "NetEmissionQuantity", detail);
            }
        }
        self.overview.co2_line(stated, &line.co2.source);
        Some(stated)
    }

    /// A charge or allowance of the document, as a row beside its lines.
    fn charge(
        &mut self,
        charge: &Charge,
        document: &Document,
        sign: i128,
        currency: Currency,
        rows: &[Row],
    ) -> Option<Row> {
        if charge.amount.is_zero() {
            return None;
        }
        let reason = charge.reason.to_lowercase();
        // UNCL 7161: FC freight service, DL delivery.
        let is_freight = charge.added
            && (matches!(charge.code.as_str(), "FC" | "DL") || reason.contains("frakt") || reason.contains("freight"));
        let meaning = if is_freight {
            Meaning {
                kind: ActivityKind::Purchase,
                class: ItemClass::Freight,
                item: "freight".into(),
            }
        } else {
            let of = rows.first().map(|row| &row.meaning);
            Meaning {
                kind: ActivityKind::Purchase,
                class: of.map_or(ItemClass::Services, |meaning| meaning.class),
                item: of.map_or_else(|| charge.reason.as_str().into(), |meaning| meaning.item.clone()),
            }
        };
        let plain = Line {
            ordinal: rows.first().map_or(0, |row| row.ordinal),
            ..Line::default()
        };
        let period = rows
            .first()
            .map(|row| row.period)
            .or_else(|| self.period(&plain, document))?;
        let identifiers = identifiers(&plain, document, None, &meaning);
        Some(Row {
            ordinal: plain.ordinal,
            meter: rows.first().and_then(|row| row.meter.clone()),
            meaning,
            period,
            reading: None,
            raw: None,
            amount: Some(signed(charge.signed(), sign)),
            currency,
            family: Family::Tax,
            co2e: None,
            identifiers,
        })
    }

    fn give(&mut self, row: Row, other: Counterparty) -> Result<(), ReadError> {
        let activity = self.activity(row, other);
        self.emit(activity)
    }

    /// What the member sold: revenue is told by the books, so that a line of its own invoice is kept as what it is,
    /// the seller's side of a flow.
    fn give_sold(&mut self, mut row: Row, other: &Counterparty) -> Result<(), ReadError> {
        row.meaning.kind = ActivityKind::OtherPosting;
        row.meaning.class = ItemClass::Revenue;
        self.give(row, other.clone())
    }

    fn give_bill(&mut self, row: &Row, bill: &Bill, other: &Counterparty) -> Result<(), ReadError> {
        if let Some(differing) = bill.differing {
            let detail = format!("{} kWh and {differing} kWh for the same period", bill.kwh);
            self.note("ehf.energy_differs", row.ordinal, "InvoicedQuantity", detail);
        }
        let seller = other.org_no.map_or_else(
            || other.local_id.as_deref().unwrap_or_default().to_owned(),
            |number| number.to_string(),
        );
        let earlier = row.meter.as_ref().filter(|_| !bill.kwh.is_negative()).map(|meter| {
            let most = self.options.limits.master_records;
            self.claims.claim(meter, &seller, bill.family, row.period, most)
        });
        let kwh = match earlier {
            Some(Earlier::OtherSeller) => {
                let detail = format!("metering point {}", row.meter.as_deref().unwrap_or_default());
                self.note("ehf.energy_repeated", row.ordinal, "InvoicedQuantity", detail);
                None
            }
            Some(Earlier::SameSeller) => {
                let detail = format!("metering point {}", row.meter.as_deref().unwrap_or_default());
                self.note("ehf.energy_overlap", row.ordinal, "InvoicePeriod", detail);
                Some(bill.kwh)
            }
            Some(Earlier::No) | None => Some(bill.kwh),
        };
        if let Some(kwh) = kwh {
            self.overview.metered(row.meter.as_ref(), row.period, kwh);
        }
        let mut activity = self.activity_of(row, other.clone());
        let (kind, usual) = match row.meaning.class {
            ItemClass::Heat => (ActivityKind::Heat, "district_heat"),
            _ => (ActivityKind::Electricity, "electricity"),
        };
        activity.kind = kind;
        if find_item(&activity.item).is_none_or(|item| item.kind != kind) {
            activity.item = usual.into();
        }
        activity.quantity = kwh.map(|kwh| Reading::new(kwh, Dimension::Energy));
        activity.raw_quantity = kwh.is_none().then(|| format!("{} kWh", bill.kwh).into());
        activity.amount = Some(bill.amount);
        self.emit(activity)
    }

    fn activity(&self, row: Row, other: Counterparty) -> Activity {
        self.activity_of(&row, other)
    }

    fn activity_of(&self, row: &Row, other: Counterparty) -> Activity {
        let is_waste = row.meaning.kind == ActivityKind::Waste;
        Activity {
            row_no: 0,
            place: RowPlace {
                file: self.position,
                row: row.ordinal,
            },
            kind: row.meaning.kind,
            class: row.meaning.class,
            item: row.meaning.item.clone(),
            site: None,
            period: row.period,
            quantity: row.reading,
            raw_quantity: row.raw.clone(),
            amount: row.amount,
            currency: row.currency,
            counterparty: Some(other),
            account: None,
            tax_code: None,
            waste_code: None,
            treatment: is_waste.then_some(greenheart_model::Treatment::Unknown),
            primary_permille: None,
            dry_permille: None,
            supplier_co2e: row.co2e,
            ambiguous_split: false,
            carriage: None,
            identifiers: row.identifiers.clone(),
        }
    }
}

fn signed(amount: Amount, sign: i128) -> Amount {
    Amount::from_mantissa(amount.mantissa() * sign)
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// A unit by its code in Recommendation 20 or 21, or by a symbol that senders use instead. `ST` and the like are codes
/// of other things than the symbols they look like.
fn unit_of(code: &str) -> Option<&'static Unit> {
    const NOT_SYMBOLS: &[&str] = &["ST", "PR", "SET", "BX", "RO", "PK", "GT"];
    // Packages of every sort (Recommendation 21) count as pieces.
    if code.len() >= 3 && code.starts_with('X') && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
        return Unit::find("XPP").ok();
    }
    if NOT_SYMBOLS.contains(&code) {
        return Unit::all().find(|unit| unit.code == code);
    }
    Unit::find(code).ok()
}

fn identifiers(line: &Line, document: &Document, meter: Option<Text>, meaning: &Meaning) -> Identifiers {
    let text = |text: &str| -> Option<Text> { (!text.is_empty()).then(|| text.into()) };
    let article = if line.gtin.is_empty() {
        text(&line.seller_id)
    } else {
        Some(format!("gtin:{}", line.gtin).into())
    };
    Identifiers {
        document: text(&document.id),
        object: meter,
        article,
        // What a service is called may name a person; goods do not.
        name: match meaning.class {
            ItemClass::Services | ItemClass::Travel => None,
            _ => text(&line.name),
        },
        classification: classification(line).map(|(list, code)| format!("{list}:{code}").into()),
    }
}
