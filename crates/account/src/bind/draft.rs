//! The row at hand: what every rule needs of it, and how an entry is begun.

use std::collections::HashMap;

use greenheart_model::{
    Activity, Entry, Finding, FindingLog, GasMasses, ItemClass, MemberId, Method, Month, OrgNo, Place, Scope,
    Scope2Basis, Severity, Text,
};
use greenheart_units::{Amount, Currency, Dimension, Reading, Rounding};

use super::Binder;
use super::index::{Aspect, Found, ItemFactors, Ready};
use super::quick::Quick;
use crate::line::{self, SPEND_PREFIX};

/// Texts that stand on many entries, allocated once.
#[derive(Debug)]
pub(crate) struct Texts {
    empty: Text,
    spend: Vec<Text>,
    class_items: Vec<Text>,
    pub(crate) unmatched: Text,
    names: HashMap<&'static str, Text, Quick>,
}

/// Rule names, lines and parts that entries carry.
const NAMES: [&str; 34] = [
    "electricity.location@1",
    "electricity.market@1",
    "electricity.supplier@1",
    "electricity.own@1",
    "heat@1",
    "heat.surplus@1",
    "fuel.combustion@1",
    "upstream@1",
    "refrigerant@1",
    "process@1",
    "purchase.spend@1",
    "purchase.physical@1",
    "material@1",
    "transport@2",
    "transport.modelled@1",
    "transport.fuel@1",
    "transport.hub@1",
    "waste@1",
    "waste.own_residue@1",
    "travel@1",
    "service@1",
    "removal@1",
    "supplier@1",
    "sale@1",
    "output@2",
    "other@1",
    line::REVENUE_DOMESTIC,
    line::REVENUE_EXPORT,
    line::REVENUE_OTHER,
    line::REVENUE_GRANT,
    "purchase.foreign@1",
    "other",
    "unbound@1",
    "own_residue",
];

impl Texts {
    pub(crate) fn new() -> Self {
        let parts = [
            line::part::PRIMARY_INPUT,
            line::part::SECONDARY_INPUT,
            line::part::WASTE_LOST,
            line::part::WASTE_RECIRCULATED,
            line::part::OWN_RESIDUE_FUEL,
            line::part::OPEN_INPUT,
            line::part::OUTPUT,
        ];
        Self {
            empty: "".into(),
            spend: ItemClass::ALL
                .iter()
                .map(|class| format!("{SPEND_PREFIX}{class}").into())
                .collect(),
            class_items: ItemClass::ALL
                .iter()
                .map(|class| format!("class.{class}").into())
                .collect(),
            unmatched: "unmatched".into(),
            names: NAMES.iter().chain(&parts).map(|name| (*name, (*name).into())).collect(),
        }
    }
    /// The shared text of a name; names outside the table are allocated.
    pub(crate) fn name(&self, name: &str) -> Text {
        self.names.get(name).cloned().unwrap_or_else(|| name.into())
    }
    fn spend_line(&self, class: ItemClass) -> Text {
        self.spend[class as usize].clone()
    }
    pub(crate) fn class_item(&self, class: ItemClass) -> &str {
        &self.class_items[class as usize]
    }
}

/// Longest item text that becomes a reporting line of its own.
const LONGEST_LINE: usize = 64;

/// One activity on its way to its entries.
pub(crate) struct Row<'a> {
    pub(crate) binder: &'a Binder,
    pub(crate) own: Option<OrgNo>,
    pub(crate) activity: &'a Activity,
    pub(crate) amount_nok: Option<Amount>,
    out: &'a mut Vec<Entry>,
    findings: &'a mut FindingLog,
    counterparty: Option<MemberId>,
    /// The factors of the row's own item.
    pub(crate) factors: Option<&'a ItemFactors>,
}

impl<'a> Row<'a> {
    pub(crate) fn new(
        binder: &'a Binder,
        own: Option<OrgNo>,
        activity: &'a Activity,
        out: &'a mut Vec<Entry>,
        findings: &'a mut FindingLog,
    ) -> Self {
        let other = activity.counterparty.as_ref();
        let counterparty = other
            .and_then(|other| binder.members.member_like(other, activity.period))
            .filter(|member| own.is_none() || binder.members.number_of(member) != own)
            .cloned();
        let mut row = Self {
            binder,
            own,
            activity,
            amount_nok: None,
            out,
            findings,
            counterparty,
            factors: binder.index.item(&activity.item),
        };
        row.amount_nok = row.in_kroner();
        row
    }

    /// The row's money in NOK. A currency without a rate leaves it unknown, with a finding.
    fn in_kroner(&mut self) -> Option<Amount> {
        let amount = self.activity.amount?;
        let currency = self.activity.currency;
        if currency == Currency::NOK {
            return Some(amount);
        }
        let year = self.month().year();
        let rate = self.binder.options.rates.get(&(currency, year)).copied();
        let converted = rate.and_then(|rate| amount.times(rate, Rounding::HalfEven).ok());
        if converted.is_none() {
            self.note("posting.no_rate", Severity::Warning, || {
                format!("no NOK rate for {currency} in {year}")
            });
        }
        converted
    }

    pub(crate) fn month(&self) -> Month {
        self.activity.period.booking_month()
    }

    /// Whether the row comes from the books and so may describe what better evidence also describes.
    pub(crate) fn is_booked(&self) -> bool {
        self.activity.account.is_some()
    }

    pub(crate) fn item(&self) -> &'a str {
        &self.activity.item
    }

    pub(crate) fn reading(&self, dimension: Dimension) -> Option<Reading> {
        self.activity.quantity.filter(|reading| reading.dimension == dimension)
    }

    /// The factor for a reading of this row, with findings for what had to be assumed.
    pub(crate) fn find(&mut self, item: &str, aspect: Aspect, reading: &Reading) -> Option<Found<'a>> {
        let factors = if std::ptr::eq(item, self.item()) {
            self.factors
        } else {
            self.binder.index.item(item)
        };
        let found = factors?.find(aspect, reading, self.activity.period.to())?;
        if found.other_year {
            let (year, id) = (self.month().year(), &found.factor.id);
            self.note("factor.nearest_year", Severity::Note, || {
                format!(
                    "no factor for {item} in {year}; the nearest, {id} of {}, is used",
                    found.factor.data_year
                )
            });
        }
        if found.other_region {
            let id = &found.factor.id;
            // Prices differ more from country to country than tonnes do.
            let code = if aspect == Aspect::Spend {
                "factor.country_mismatch"
            } else {
                "factor.other_region"
            };
            self.note(code, Severity::Note, || format!("{item}: {id} is of another country"));
        }
        if found.basis_assumed {
            self.note("factor.basis_assumed", Severity::Note, || {
                format!("{item}: energy without a basis is read as net calorific value")
            });
        }
        Some(found)
    }

    /// An entry with the row's dimensions, its NOK, and nothing bound yet.
    pub(crate) fn entry(&self, scope: Scope, category: u8, rule: &str) -> Entry {
        Entry {
            row_no: self.activity.row_no,
            site: self.activity.site.clone(),
            month: self.month(),
            scope,
            category,
            class: self.activity.class,
            line: self.line(),
            method: Method::NotApplicable,
            basis: Scope2Basis::Both,
            factor: None,
            rule: self.name(rule),
            counterparty: self.counterparty.clone(),
            gases: GasMasses::default(),
            amount_nok: self.amount_nok,
            mass_kg: None,
            material_part: self.binder.texts.empty.clone(),
            energy_kwh: None,
        }
    }

    pub(crate) fn name(&self, name: &str) -> Text {
        self.binder.texts.name(name)
    }

    /// Rows from the books read `spend.<class>`, others their item.
    fn line(&self) -> Text {
        if self.is_booked() {
            self.binder.texts.spend_line(self.activity.class)
        } else if self.activity.item.is_empty() || self.activity.item.len() > LONGEST_LINE {
            self.binder.texts.unmatched.clone()
        } else {
            self.activity.item.clone()
        }
    }

    /// Binds `entry` to `quantity` of `factor`; a product that does not fit leaves it unbound.
    pub(crate) fn bound(&mut self, mut entry: Entry, method: Method, factor: &Ready, quantity: Amount) -> Entry {
        if let Ok(gases) = factor.emit(quantity) {
            entry.gases = gases;
            entry.method = method;
            entry.factor = Some(factor.id.clone());
        } else {
            self.note("posting.overflow", Severity::Error, || {
                format!("{quantity} times {} does not fit", factor.id)
            });
            entry.method = Method::Unbound;
        }
        entry
    }

    /// Keeps the row, counted and waiting for a factor.
    pub(crate) fn unbound(&mut self, mut entry: Entry, lacks: &str) {
        entry.method = Method::Unbound;
        let (item, kind) = (self.item(), self.activity.kind);
        self.note("factor.none", Severity::Warning, || {
            format!("{kind} `{}`: {lacks}", item.chars().take(80).collect::<String>())
        });
        self.push(entry);
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        self.out.push(entry);
    }

    /// Notes a finding; only those that are kept in full are made.
    pub(crate) fn note(&mut self, code: &'static str, severity: Severity, detail: impl FnOnce() -> String) {
        if self.findings.again(code) {
            return;
        }
        let row = self.activity.place.row;
        self.findings.push(Finding {
            code: self.name(code),
            severity,
            place: Place {
                file: self.binder.texts.empty.clone(),
                row,
                field: self.binder.texts.empty.clone(),
            },
            detail: detail(),
        });
    }
}
