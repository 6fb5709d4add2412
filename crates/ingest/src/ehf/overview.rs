//! What a person wants to see of a set of invoices before it counts.

use std::collections::BTreeMap;

use greenheart_model::{Activity, ActivityKind, Period, Text};
use greenheart_units::{Amount, Currency};
use serde_json::{Value, json};

use super::document::{Document, Kind};
use crate::shipments::Consignment;

/// Suppliers, metering points and deliveries shown.
const TOP: usize = 20;
/// Metering points and periods kept.
const MOST_METERS: usize = 20_000;
/// Suppliers kept.
const MOST_SUPPLIERS: usize = 200_000;

#[derive(Debug, Default)]
pub(super) struct Overview {
    invoices: u64,
    credit_notes: u64,
    despatch_advices: u64,
    incoming: u64,
    outgoing: u64,
    pub refused: u64,
    pub of_others: u64,
    pub repeated: u64,
    pub not_read: u64,
    lines: u64,
    by_class: BTreeMap<(&'static str, Currency), Amount>,
    by_supplier: BTreeMap<(Text, Currency), (Option<Text>, Amount)>,
    co2_lines: u64,
    co2_kg: Amount,
    co2_sources: BTreeMap<String, u64>,
    meters: BTreeMap<(Text, Period), Amount>,
    deliveries: Vec<Consignment>,
}

impl Overview {
    pub(super) fn document(&mut self, document: &Document, incoming: bool) {
        match document.kind {
            Kind::Invoice => self.invoices += 1,
            Kind::CreditNote => self.credit_notes += 1,
            Kind::DespatchAdvice => {}
        }
        self.lines += document.lines.len() as u64;
        self.went(incoming);
    }

    pub(super) fn despatch(&mut self, consignment: &Consignment, incoming: bool) {
        self.despatch_advices += 1;
        if self.deliveries.len() < TOP {
            self.deliveries.push(consignment.clone());
        }
        self.went(incoming);
    }

    fn went(&mut self, incoming: bool) {
        if incoming {
            self.incoming += 1;
        } else {
            self.outgoing += 1;
        }
    }

    pub(super) fn co2_line(&mut self, kg: Amount, source: &str) {
        self.co2_lines += 1;
        self.co2_kg += kg;
        if self.co2_sources.len() < TOP {
            *self.co2_sources.entry(source.to_owned()).or_default() += 1;
        }
    }

    pub(super) fn metered(&mut self, meter: Option<&Text>, period: Period, kwh: Amount) {
        let key = (meter.cloned().unwrap_or_else(|| "".into()), period);
        if self.meters.len() < MOST_METERS || self.meters.contains_key(&key) {
            *self.meters.entry(key).or_default() += kwh;
        }
    }

    pub(super) fn add(&mut self, activity: &Activity) {
        let Some(amount) = activity.amount.filter(|_| activity.kind != ActivityKind::OtherPosting) else {
            return;
        };
        *self
            .by_class
            .entry((activity.class.name(), activity.currency))
            .or_default() += amount;
        let Some(other) = &activity.counterparty else { return };
        let id = other
            .org_no
            .map(|number| Text::from(number.to_string()))
            .or_else(|| other.local_id.clone())
            .unwrap_or_else(|| "".into());
        let key = (id, activity.currency);
        if self.by_supplier.len() < MOST_SUPPLIERS || self.by_supplier.contains_key(&key) {
            self.by_supplier
                .entry(key)
                .or_insert_with(|| (other.name.clone(), Amount::ZERO))
                .1 += amount;
        }
    }

    pub(super) fn json(&self) -> Value {
        let by_class: Vec<Value> = self
            .by_class
            .iter()
            .map(|((class, currency), amount)| json!({ "class": class, "currency": currency, "amount": amount }))
            .collect();
        let mut suppliers: Vec<_> = self.by_supplier.iter().collect();
        suppliers.sort_by(|a, b| b.1.1.cmp(&a.1.1).then(a.0.cmp(b.0)));
        let suppliers: Vec<Value> = suppliers
            .into_iter()
            .take(TOP)
            .map(|((id, currency), (name, amount))| {
                json!({ "supplier": id, "name": name, "currency": currency, "amount": amount })
            })
            .collect();
        let meters: Vec<Value> = self
            .meters
            .iter()
            .take(1_000)
            .map(|((meter, period), kwh)| json!({ "metering_point": meter, "period": period, "kwh": kwh }))
            .collect();
        json!({
            "invoices": self.invoices,
            "credit_notes": self.credit_notes,
            "despatch_advices": self.despatch_advices,
            "incoming": self.incoming,
            "outgoing": self.outgoing,
            "refused": self.refused,
            "of_others": self.of_others,
            "repeated": self.repeated,
            "not_read": self.not_read,
            "lines": self.lines,
            "amounts_by_class": by_class,
            "suppliers": self.by_supplier.len(),
            "amounts_by_supplier": suppliers,
            "lines_with_co2": self.co2_lines,
            "stated_co2e_kg": self.co2_kg,
            "co2_sources": self.co2_sources,
            "metering_points": meters,
            "deliveries": self.deliveries,
        })
    }
}
