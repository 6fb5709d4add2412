//! One row of a waste report as one activity.

use std::collections::BTreeMap;

use greenheart_model::{
    Activity, ActivityKind, Counterparty, Identifiers, ItemClass, RowPlace, SiteId, Text, Treatment, WasteCode,
};
use greenheart_units::{Amount, Currency, Dimension, Reading, Unit};

use super::codes::{self, Hazard, Jurisdiction, hazard};
use super::columns::Columns;
use super::{FINDINGS, Options};
use crate::tables::{GridRow, default_waste_item, find_item_for, normalise, treatment};
use crate::text::{bounded, shortened};
use crate::told::tell;
use crate::weights::Weights;
use crate::{ReadError, Sink};

/// What is known across the rows of a set.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub rows: u64,
    pub unusable: u64,
    pub mass_kg: Amount,
    pub since_total: Amount,
    pub by_treatment: BTreeMap<&'static str, Amount>,
    pub hazardous_kg: Amount,
    pub without_mass: u64,
    /// Weights by item, for what is usual.
    pub weights: Weights,
    unit_told: bool,
}

/// The row being read.
pub(super) struct Reader<'r, 'g, 's> {
    pub row: &'r mut GridRow<'g, 's>,
    pub columns: &'r Columns,
    pub options: &'r Options,
    pub tally: &'r mut Tally,
    pub file: &'r Text,
    pub position: u16,
}

pub(super) fn note(sink: &mut dyn Sink, file: &Text, code: &'static str, row: u64, field: &str, detail: String) {
    tell(sink, FINDINGS, code, (file, row, field), detail);
}

impl Reader<'_, '_, '_> {
    fn note(&mut self, code: &'static str, field: &str, detail: String) {
        let (number, file) = (self.row.number, self.file);
        note(self.row.sink(), file, code, number, field, detail);
    }

    fn unusable(&mut self, why: &str) {
        self.tally.unusable += 1;
        self.note("waste.row_unusable", "", why.to_owned());
    }

    /// Reads the row and gives it to the sink.
    pub(super) fn read(&mut self) -> Result<(), ReadError> {
        if self.row.is_total() {
            self.total();
            return Ok(());
        }
        if self.is_of_another() {
            return Ok(());
        }
        let Some(period) = self.period() else { return Ok(()) };
        let (code, number) = (self.code(), self.number());
        let named = self.row.text(self.columns.item);
        let (reading, raw) = self.weight();
        if reading.is_none() && raw.is_none() {
            self.unusable("no weight");
            return Ok(());
        }
        let item = self.item(named.as_deref(), number.as_deref(), code);
        self.check_hazard(code, number.as_deref());
        let treatment = self.treatment();
        let amount = self.amount();
        self.count(&item, reading, treatment, code, number.as_deref());
        self.tally.rows += 1;
        let activity = Activity {
            row_no: self.tally.rows,
            place: RowPlace {
                file: self.position,
                row: self.row.number,
            },
            kind: ActivityKind::Waste,
            class: ItemClass::WasteService,
            item,
            site: self.site(),
            period,
            quantity: reading,
            raw_quantity: raw,
            amount,
            currency: Currency::NOK,
            counterparty: self.receiver(),
            account: None,
            tax_code: None,
            waste_code: code,
            treatment: Some(treatment),
            primary_permille: None,
            dry_permille: None,
            supplier_co2e: None,
            ambiguous_split: false,
            carriage: None,
            identifiers: Identifiers {
                document: self.row.text(self.columns.document).map(|text| bounded(&text).into()),
                classification: number.map(|number| format!("ns9431:{number}").into()),
                ..Identifiers::default()
            },
        };
        Ok(self.row.sink().activity(activity)?)
    }

    fn is_of_another(&mut self) -> bool {
        let Some(own) = self.options.expected_org else {
            return false;
        };
        let stated = self.row.text(self.columns.owner_org);
        let other = stated
            .and_then(|text| text.parse().ok())
            .is_some_and(|number: greenheart_model::OrgNo| number != own);
        if other {
            self.tally.unusable += 1;
            self.note("waste.other_company", "", String::new());
        }
        other
    }

    fn period(&mut self) -> Option<greenheart_model::Period> {
        let years = &self.options.limits.years;
        let found = self.row.period(self.columns.from, self.columns.to);
        let usable =
            found.filter(|period| years.contains(&period.from().year()) && years.contains(&period.to().year()));
        if usable.is_none() {
            self.note(
                "waste.date",
                "date",
                found.map(|period| period.to_string()).unwrap_or_default(),
            );
            self.unusable("no usable date");
        }
        usable
    }

    fn code(&mut self) -> Option<WasteCode> {
        let text = self.row.text(self.columns.code)?;
        let Ok(code) = text.parse::<WasteCode>() else {
            self.note("waste.code", "code", format!("`{}`", shortened(&text)));
            return None;
        };
        let own = self.options.jurisdiction;
        let other = match own {
            Jurisdiction::Norway => Jurisdiction::EuropeanUnion,
            Jurisdiction::EuropeanUnion => Jurisdiction::Norway,
        };
        match (hazard(code, own), hazard(code, other)) {
            (Some(_), _) => {}
            (None, Some(_)) => self.note("waste.code_elsewhere", "code", code.to_string()),
            (None, None) => self.note("waste.code_unknown", "code", code.to_string()),
        }
        Some(code)
    }

    fn number(&mut self) -> Option<String> {
        let text = self.row.text(self.columns.number)?;
        let number = codes::number(&text);
        if number.is_none() {
            self.note("waste.number", "number", format!("`{}`", shortened(&text)));
        }
        number
    }

    /// By the member's own list, the name, the number, the code; else the text as it stood.
    fn item(&mut self, named: Option<&str>, number: Option<&str>, code: Option<WasteCode>) -> Text {
        let own = number.and_then(|number| self.options.numbers.get(number));
        if let Some(own) = own {
            return own.as_str().into();
        }
        let by_name = named
            .and_then(|name| find_item_for(ActivityKind::Waste, name))
            .filter(|item| item.kind == ActivityKind::Waste);
        if let Some(item) = by_name {
            return item.key.into();
        }
        if let Some(item) = number.and_then(codes::item_of_number) {
            return item.into();
        }
        if let Some(number) = number {
            self.note("waste.number_unknown", "number", number.to_owned());
        }
        if let Some(item) = code.and_then(default_waste_item) {
            return item.key.into();
        }
        if code.is_some_and(|code| hazard(code, self.options.jurisdiction).is_some_and(Hazard::is_hazardous)) {
            return "hazardous_waste".into();
        }
        if named.is_some() {
            self.note("waste.item_unknown", "item", named.map(shortened).unwrap_or_default());
        }
        named.map_or_else(|| "mixed_waste".into(), |name| bounded(name).into())
    }

    /// Weight in base units, or as it stood.
    fn weight(&mut self) -> (Option<Reading>, Option<Text>) {
        let stood = self.row.text(self.columns.weight);
        let (value, own_unit) = match self.row.number(self.columns.weight) {
            None => return (None, None),
            Some(Ok(found)) => found,
            Some(Err(error)) => {
                self.note("waste.weight", "weight", error.to_string());
                return (None, None);
            }
        };
        let unit_text = if own_unit.is_empty() {
            self.row
                .text(self.columns.unit)
                .or_else(|| self.columns.header_unit.clone())
        } else {
            Some(own_unit)
        };
        if unit_text.is_none() && !self.tally.unit_told {
            self.tally.unit_told = true;
            self.note("waste.unit_assumed", "unit", String::new());
        }
        let unit_text = unit_text.unwrap_or_else(|| "kg".to_owned());
        let raw = || -> Option<Text> {
            let value = stood.as_deref().unwrap_or_default();
            Some(bounded(&format!("{value} {unit_text}")).into())
        };
        let converted = Unit::find(&unit_text).and_then(|unit| Reading::of(value, unit));
        let reading = match converted {
            Ok(reading)
                if matches!(
                    reading.dimension,
                    Dimension::Mass | Dimension::Volume | Dimension::Count
                ) =>
            {
                reading
            }
            _ => {
                self.note("waste.unit", "unit", format!("`{}`", shortened(&unit_text)));
                return (None, raw());
            }
        };
        if reading.value.is_negative() {
            self.note("waste.negative", "weight", reading.to_string());
            return (None, raw());
        }
        if reading.dimension != Dimension::Mass {
            self.tally.without_mass += 1;
            self.note("waste.no_mass", "unit", reading.to_string());
        }
        (Some(reading), None)
    }

    fn check_hazard(&mut self, code: Option<WasteCode>, number: Option<&str>) {
        let listed = code
            .and_then(|code| hazard(code, self.options.jurisdiction))
            .map(Hazard::is_hazardous);
        let stated = self.row.text(self.columns.hazardous).and_then(|text| yes_or_no(&text));
        let numbered = number.map(codes::is_hazardous_number);
        let claims = [listed, stated, numbered];
        if claims.contains(&Some(true)) && claims.contains(&Some(false)) {
            let shown = |claim: Option<bool>| match claim {
                Some(true) => "hazardous",
                Some(false) => "not hazardous",
                None => "silent",
            };
            let detail = format!(
                "list: {}, report: {}, number: {}",
                shown(listed),
                shown(stated),
                shown(numbered)
            );
            self.note("waste.hazard_differs", "hazardous", detail);
        }
    }

    fn treatment(&mut self) -> Treatment {
        let Some(text) = self.row.text(self.columns.treatment) else {
            self.note("waste.treatment_missing", "treatment", String::new());
            return Treatment::Unknown;
        };
        treatment(&text).unwrap_or_else(|| {
            self.note(
                "waste.treatment_unknown",
                "treatment",
                format!("`{}`", shortened(&text)),
            );
            Treatment::Unknown
        })
    }

    fn amount(&mut self) -> Option<Amount> {
        match self.row.number(self.columns.amount)? {
            Ok((amount, _)) => Some(amount),
            Err(error) => {
                self.note("waste.amount", "amount", error.to_string());
                None
            }
        }
    }

    fn receiver(&mut self) -> Option<Counterparty> {
        self.row.party(self.columns.receiver_org, self.columns.receiver)
    }

    fn site(&mut self) -> Option<SiteId> {
        let text = self.row.text(self.columns.site)?;
        let plain = normalise(&text);
        let known = self.options.sites.iter().find(|site| {
            site.id.as_str() == text
                || normalise(&site.name) == plain
                || site.sub_unit.is_some_and(|number| text.parse() == Ok(number))
        });
        known.map(|site| site.id.clone())
    }

    /// A sum over the rows since the last one, in the unit of the column.
    fn total(&mut self) {
        let (Some(Ok((stated, own_unit))), since) = (
            self.row.number(self.columns.weight),
            std::mem::take(&mut self.tally.since_total),
        ) else {
            return;
        };
        let unit = if own_unit.is_empty() {
            self.row
                .text(self.columns.unit)
                .or_else(|| self.columns.header_unit.clone())
        } else {
            Some(own_unit)
        };
        let unit = unit.unwrap_or_else(|| "kg".to_owned());
        let stated = Unit::find(&unit).and_then(|unit| unit.to_base_of(Dimension::Mass, stated));
        // A last row over sums of their own adds everything up once more.
        if let Ok(stated) = stated
            && (stated - since).abs() > Amount::ONE
            && (stated - self.tally.mass_kg).abs() > Amount::ONE
        {
            let detail = format!("the report states {stated} kg, its rows give {since} kg");
            self.note("waste.total", "weight", detail);
        }
    }

    fn count(
        &mut self,
        item: &Text,
        reading: Option<Reading>,
        treatment: Treatment,
        code: Option<WasteCode>,
        number: Option<&str>,
    ) {
        let Some(mass) = reading.filter(|reading| reading.dimension == Dimension::Mass) else {
            return;
        };
        let kg = mass.value;
        self.tally.mass_kg += kg;
        self.tally.since_total += kg;
        *self.tally.by_treatment.entry(treatment.name()).or_default() += kg;
        let hazardous = code
            .and_then(|code| hazard(code, self.options.jurisdiction))
            .is_some_and(Hazard::is_hazardous)
            || number.is_some_and(codes::is_hazardous_number);
        if hazardous {
            self.tally.hazardous_kg += kg;
        }
        self.tally.weights.note(item, kg, self.row.number);
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    match normalise(text).as_str() {
        "ja" | "yes" | "j" | "y" | "true" | "1" | "x" | "farlig" => Some(true),
        "nei" | "no" | "n" | "false" | "0" | "ikke farlig" => Some(false),
        _ => None,
    }
}
