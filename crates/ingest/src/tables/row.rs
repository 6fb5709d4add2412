//! One row of a table as one activity.

use std::collections::BTreeMap;

use greenheart_model::{
    Activity, ActivityKind, Counterparty, Identifiers, ItemClass, OrgNo, Period, RowPlace, SiteId, Text, Treatment,
    WasteCode,
};
use greenheart_units::{Amount, Currency, Dimension, Reading, Unit, UnitError};

use super::cell::{Cell, Row};
use super::column::{Marking, split_number};
use super::field::normalise;
use super::findings::{Report, short};
use super::item::{self, Item};
use super::{DateOrder, Field, Options, date, words};
use crate::text::company_name;

/// How the rows of one file are to be understood, settled before the first is read.
pub(super) struct Plan<'p> {
    pub columns: BTreeMap<Field, usize>,
    pub fixed: BTreeMap<Field, String>,
    pub kind: Option<ActivityKind>,
    pub order: Option<DateOrder>,
    pub markings: BTreeMap<Field, Marking>,
    pub file: u16,
    /// Text, not a workbook.
    pub text_file: bool,
    pub options: &'p Options,
}

/// What became of a row.
pub(super) enum Outcome {
    Given(Box<Activity>),
    Unusable,
    OtherCompany,
}

/// The row being read: plan, cells and where to report.
pub(super) struct Reader<'r, 'p, 's> {
    pub plan: &'r Plan<'p>,
    pub row: &'r Row,
    pub report: &'r mut Report<'s>,
}

/// A quantity in one of its states: converted, kept as it stood, or money that belongs elsewhere.
#[derive(Default)]
struct Measured {
    reading: Option<Reading>,
    raw: Option<Text>,
    money: Option<Amount>,
}

impl Plan<'_> {
    /// The cell of a field, when it has a column.
    pub fn cell<'r>(&self, row: &'r Row, field: Field) -> Option<&'r Cell> {
        self.columns.get(&field).map(|at| row.cell(*at))
    }

    /// The number in a field's column, when there is one.
    pub fn number(&self, row: &Row, field: Field) -> Option<Amount> {
        let cell = self.cell(row, field)?;
        let marking = *self.markings.get(&field)?;
        match cell {
            Cell::Text(text) => marking.text(split_number(text).0).ok(),
            other => marking.number(other).ok(),
        }
    }
}

impl Reader<'_, '_, '_> {
    /// Reads the row; `row_no` is the number it gets when it can be used.
    pub fn read(&mut self, row_no: u64) -> Outcome {
        let Ok(site) = self.owner_and_site() else {
            return Outcome::OtherCompany;
        };
        let named = self.text(Field::Item);
        let Some(kind) = self.kind(named.as_deref()) else {
            return Outcome::Unusable;
        };
        let Some(period) = self.period() else {
            return Outcome::Unusable;
        };
        let waste_code = self.waste_code();
        let item = named
            .as_deref()
            .map_or_else(|| item::default_of(kind, waste_code), |text| item::find_for(kind, text));
        let amount = self.number(Field::Amount);
        let measured = self.quantity(kind, item, amount);
        let amount = amount.or(measured.money);
        if measured.reading.is_none() && measured.raw.is_none() && amount.is_none() {
            return self.unusable("neither a quantity nor an amount");
        }
        self.note_item(named.as_deref(), item);
        let (amount, currency) = self.currency(amount);
        Outcome::Given(Box::new(Activity {
            row_no,
            place: RowPlace {
                file: self.plan.file,
                row: self.row.number,
            },
            kind,
            class: self.class(kind, item),
            item: item.map_or_else(|| named.as_deref().unwrap_or_default().into(), |item| item.key.into()),
            site,
            period,
            quantity: measured.reading,
            raw_quantity: measured.raw,
            amount,
            currency,
            counterparty: self.counterparty(kind),
            account: None,
            tax_code: None,
            waste_code,
            treatment: self.treatment(kind),
            primary_permille: self.permille(Field::PrimaryShare),
            dry_permille: self.permille(Field::DryContent),
            supplier_co2e: self.number(Field::SupplierCo2e),
            ambiguous_split: false,
            carriage: None,
            identifiers: Identifiers::default(),
        }))
    }

    fn unusable(&mut self, why: &str) -> Outcome {
        self.note("table.row_unusable", None, why);
        Outcome::Unusable
    }

    fn note(&mut self, code: &'static str, field: Option<Field>, detail: impl Into<String>) {
        self.report
            .note(code, self.row.number, field.map_or("", Field::name), detail);
    }

    /// The text of a field: its cell, else its fixed value. Formulas and errors are reported, and empty.
    fn text(&mut self, field: Field) -> Option<String> {
        let cell = self.plan.cell(self.row, field).unwrap_or(&Cell::Empty);
        if cell.is_formula() {
            self.note("table.formula", Some(field), short(&cell.to_string()));
            return None;
        }
        match cell {
            Cell::Empty => self.plan.fixed.get(&field).cloned(),
            Cell::Error(error) => {
                self.note("table.cell_error", Some(field), error.clone());
                None
            }
            other => Some(other.to_string()),
        }
    }

    fn kind(&mut self, named_item: Option<&str>) -> Option<ActivityKind> {
        if let Some(text) = self.text(Field::Kind) {
            let kind = words::kind(&text);
            if kind.is_none() {
                self.note("table.kind_unknown", Some(Field::Kind), short(&text));
                self.unusable("its kind is not known");
            }
            return kind;
        }
        let kind = self
            .plan
            .kind
            .or_else(|| named_item.and_then(item::find).map(|item| item.kind));
        if kind.is_none() {
            self.unusable("nothing says what kind of activity it is");
        }
        kind
    }

    fn period(&mut self) -> Option<Period> {
        let order = self.plan.order;
        let mut texts = BTreeMap::new();
        for field in Field::TIMES {
            if let Some(text) = self.text(field) {
                texts.insert(field, text);
            }
        }
        let of = |field: &Field| texts.get(field).map(|text| date::period(text, order));
        let year = texts.get(&Field::Year).and_then(|text| date::year_of(text));
        let month = texts.get(&Field::Month).map(|text| date::month_of(text, year, order));
        let span = match (of(&Field::From), of(&Field::To)) {
            (Some(from), Some(to)) => Some(
                from.zip(to)
                    .and_then(|(from, to)| Period::new(from.from(), to.to()).ok()),
            ),
            (one, other) => one.or(other),
        };
        let found = span
            .or_else(|| of(&Field::Period))
            .or(month)
            .or_else(|| of(&Field::Date))
            .or_else(|| of(&Field::Year));
        let Some(found) = found else {
            self.unusable("nothing says when it was");
            return None;
        };
        let shown = short(&texts.values().map(String::as_str).collect::<Vec<_>>().join(" "));
        let Some(period) = found else {
            self.note("table.date", None, shown);
            self.unusable("its date cannot be understood");
            return None;
        };
        let years = &self.plan.options.limits.years;
        if !years.contains(&period.from().year()) || !years.contains(&period.to().year()) {
            self.note("table.date_range", None, shown);
            self.unusable("its date is out of range");
            return None;
        }
        if period.months().nth(12).is_some() {
            self.note("table.period_long", None, period.to_string());
        }
        Some(period)
    }

    /// The number of a field; what is no number is reported and missing.
    fn number(&mut self, field: Field) -> Option<Amount> {
        let text = self.text(field)?;
        let typed = matches!(self.plan.cell(self.row, field), Some(Cell::Number(_)));
        let cell = if typed {
            Cell::Number(text.clone())
        } else {
            Cell::Text(text.clone())
        };
        let marking = self.plan.markings.get(&field).copied().unwrap_or(Marking::Mixed);
        match marking.number(&cell) {
            Ok(number) => Some(number),
            Err(error) => {
                self.note("table.number", Some(field), short(&error.to_string()));
                None
            }
        }
    }

    fn quantity(&mut self, kind: ActivityKind, item: Option<&Item>, amount: Option<Amount>) -> Measured {
        let Some(text) = self.text(Field::Quantity) else {
            return Measured::default();
        };
        let typed = matches!(self.plan.cell(self.row, Field::Quantity), Some(Cell::Number(_)));
        let (number, written_unit) = if typed {
            (text.as_str(), "")
        } else {
            split_number(&text)
        };
        let unit_text = self.text(Field::Unit).filter(|_| written_unit.is_empty());
        let unit_text = unit_text.or_else(|| (!written_unit.is_empty()).then(|| written_unit.to_owned()));
        let kept = [
            text.as_str(),
            unit_text.as_deref().filter(|u| !text.ends_with(u)).unwrap_or_default(),
        ];
        let raw = Measured {
            raw: Some(short(kept.join(" ").trim()).as_str().into()),
            ..Measured::default()
        };
        let cell = if typed {
            Cell::Number(number.to_owned())
        } else {
            Cell::Text(number.to_owned())
        };
        let marking = self
            .plan
            .markings
            .get(&Field::Quantity)
            .copied()
            .unwrap_or(Marking::Mixed);
        let value = match marking.number(&cell) {
            Ok(value) => value,
            Err(error) => {
                self.note("table.number", Some(Field::Quantity), short(&error.to_string()));
                return raw;
            }
        };
        let Some(unit_text) = unit_text else {
            self.note("table.unit_missing", Some(Field::Unit), short(&text));
            return raw;
        };
        let converted = Unit::find(&unit_text).and_then(|unit| Reading::of(value, unit));
        let reading = match converted {
            Ok(reading) => reading,
            Err(error) => {
                let code = if matches!(error, UnitError::Unknown(_)) {
                    "table.unit_unknown"
                } else {
                    "table.too_large"
                };
                self.note(code, Some(Field::Unit), short(&error.to_string()));
                return raw;
            }
        };
        self.fitting(kind, item, amount, reading, &unit_text, raw)
    }

    /// A reading that fits the kind and item it is of; otherwise it stays raw.
    fn fitting(
        &mut self,
        kind: ActivityKind,
        item: Option<&Item>,
        amount: Option<Amount>,
        reading: Reading,
        unit: &str,
        raw: Measured,
    ) -> Measured {
        if reading.dimension == Dimension::Money {
            let money = (amount.is_none() && allows(kind, item, Dimension::Money)).then_some(reading.value);
            if money.is_some() {
                return Measured {
                    money,
                    ..Measured::default()
                };
            }
        }
        if reading.dimension == Dimension::Money || !allows(kind, item, reading.dimension) {
            let detail = format!(
                "`{}` measures {}, which {kind} is not",
                short(unit),
                reading.dimension.name()
            );
            self.note("table.unit_dimension", Some(Field::Unit), detail);
            return raw;
        }
        if reading.value.is_negative() && !may_be_negative(kind) && !amount.is_some_and(Amount::is_negative) {
            self.note("table.negative", Some(Field::Quantity), reading.to_string());
            return raw;
        }
        Measured {
            reading: Some(reading),
            ..Measured::default()
        }
    }

    fn note_item(&mut self, named: Option<&str>, item: Option<&Item>) {
        match (named, item) {
            (Some(text), None) => self.note("table.item_unknown", Some(Field::Item), short(text)),
            (None, None) => self.note("table.item_missing", Some(Field::Item), ""),
            _ => {}
        }
    }

    /// The class for reconciliation: by use for fuel, by item where that is of the kind, else by kind.
    fn class(&mut self, kind: ActivityKind, item: Option<&Item>) -> ItemClass {
        if kind == ActivityKind::Fuel
            && let Some(text) = self.text(Field::Use)
        {
            match words::fuel_use(&text) {
                Some(class) => return class,
                None => self.note("table.use_unknown", Some(Field::Use), short(&text)),
            }
        }
        match (kind, item) {
            (ActivityKind::Fuel | ActivityKind::Purchase | ActivityKind::MaterialInput, Some(item)) => match item.class
            {
                ItemClass::None => words::class_of(kind),
                class => class,
            },
            _ => words::class_of(kind),
        }
    }

    fn currency(&mut self, amount: Option<Amount>) -> (Option<Amount>, Currency) {
        let Some(text) = self.text(Field::Currency) else {
            return (amount, Currency::NOK);
        };
        if matches!(normalise(&text).as_str(), "kr" | "kroner") {
            return (amount, Currency::NOK);
        }
        match text.parse() {
            Ok(currency) => (amount, currency),
            Err(_) if amount.is_none() => (None, Currency::NOK),
            Err(_) => {
                self.note("table.currency", Some(Field::Currency), short(&text));
                (None, Currency::NOK)
            }
        }
    }

    fn waste_code(&mut self) -> Option<WasteCode> {
        let text = self.text(Field::WasteCode)?;
        text.parse()
            .map_err(|_| self.note("table.waste_code", Some(Field::WasteCode), short(&text)))
            .ok()
    }

    fn treatment(&mut self, kind: ActivityKind) -> Option<Treatment> {
        if self.text(Field::Hazardous).is_some() {
            self.note("table.hazardous_ignored", Some(Field::Hazardous), "");
        }
        let Some(text) = self.text(Field::Treatment) else {
            return (kind == ActivityKind::Waste).then_some(Treatment::Unknown);
        };
        let found = words::treatment(&text);
        if found.is_none() {
            self.note("table.treatment_unknown", Some(Field::Treatment), short(&text));
        }
        found.or(Some(Treatment::Unknown))
    }

    /// A percentage as thousandths.
    fn permille(&mut self, field: Field) -> Option<u16> {
        let text = self.text(field)?;
        let number = text.trim_end_matches('%').trim();
        let typed = matches!(self.plan.cell(self.row, field), Some(Cell::Number(_)));
        let cell = if typed {
            Cell::Number(number.to_owned())
        } else {
            Cell::Text(number.to_owned())
        };
        let marking = self.plan.markings.get(&field).copied().unwrap_or(Marking::Mixed);
        let percent = match marking.number(&cell) {
            Ok(percent) => percent,
            Err(error) => {
                self.note("table.number", Some(field), short(&error.to_string()));
                return None;
            }
        };
        if percent.is_negative() || percent > Amount::from_integer(100) {
            self.note("table.percent", Some(field), short(&text));
            return None;
        }
        if !percent.is_zero() && percent <= Amount::ONE && !text.ends_with('%') {
            self.note("table.percent_fraction", Some(field), short(&text));
            return None;
        }
        let tenth = Amount::ONE_MANTISSA / 10;
        u16::try_from(greenheart_units::Rounding::HalfEven.divide(percent.mantissa(), tenth)).ok()
    }

    fn counterparty(&mut self, kind: ActivityKind) -> Option<Counterparty> {
        let org_no = self.text(Field::CounterpartyOrg).and_then(|text| {
            text.parse::<OrgNo>()
                .map_err(|_| self.note("table.org_no", Some(Field::CounterpartyOrg), short(&text)))
                .ok()
        });
        let name = self
            .text(Field::CounterpartyName)
            .and_then(|name| self.company_name(kind, name, org_no.is_some()));
        let country = self
            .text(Field::CounterpartyCountry)
            .and_then(|text| self.country(&text));
        if org_no.is_none() && name.is_none() && country.is_none() {
            return None;
        }
        Some(Counterparty {
            org_no,
            local_id: None,
            name,
            country,
        })
    }

    /// A name that is surely a company's: names of persons have no place in the ledger.
    fn company_name(&mut self, kind: ActivityKind, name: String, registered: bool) -> Option<Text> {
        let travel = matches!(kind, ActivityKind::Travel | ActivityKind::Commuting);
        if registered || (!travel && company_name(&name).is_some()) {
            return Some(name.as_str().into());
        }
        self.note("table.name_dropped", Some(Field::CounterpartyName), "");
        None
    }

    fn country(&mut self, text: &str) -> Option<Text> {
        let code = match normalise(text).as_str() {
            "norge" | "norway" => "NO".to_owned(),
            "sverige" | "sweden" => "SE".to_owned(),
            "danmark" | "denmark" => "DK".to_owned(),
            "finland" => "FI".to_owned(),
            "tyskland" | "germany" => "DE".to_owned(),
            "kina" | "china" => "CN".to_owned(),
            other => other.to_uppercase(),
        };
        if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            return Some(code.as_str().into());
        }
        self.note("table.country", Some(Field::CounterpartyCountry), short(text));
        None
    }

    /// The site; an error when the row states another company than the expected one.
    fn owner_and_site(&mut self) -> Result<Option<SiteId>, ()> {
        let options = self.plan.options;
        let mut site = None;
        if let (Some(text), Some(expected)) = (self.text(Field::OrgNo), options.expected_org) {
            match text.parse::<OrgNo>() {
                Ok(org) if org == expected => {}
                Ok(org) => {
                    let Some(known) = options.sites.iter().find(|known| known.sub_unit == Some(org)) else {
                        self.note("table.other_company", Some(Field::OrgNo), org.to_string());
                        return Err(());
                    };
                    site = Some(known.id.clone());
                }
                Err(_) => self.note("table.org_no", Some(Field::OrgNo), short(&text)),
            }
        }
        let Some(text) = self.text(Field::Site) else {
            return Ok(site);
        };
        let org: Option<OrgNo> = text.parse().ok();
        let named = normalise(&text);
        let found = options.sites.iter().find(|known| {
            known.id.as_str() == text || normalise(&known.name) == named || (org.is_some() && known.sub_unit == org)
        });
        if found.is_none() {
            self.note("table.site_unknown", Some(Field::Site), short(&text));
        }
        Ok(found.map(|known| known.id.clone()).or(site))
    }
}

fn allows(kind: ActivityKind, item: Option<&Item>, dimension: Dimension) -> bool {
    use Dimension as D;
    if let Some(item) = item.filter(|item| item.kind == kind) {
        return item.dimensions.contains(&dimension);
    }
    match kind {
        ActivityKind::Electricity => matches!(dimension, D::Energy | D::Money),
        ActivityKind::Heat => matches!(dimension, D::Energy | D::Mass | D::Money),
        ActivityKind::Fuel => matches!(dimension, D::Energy | D::Mass | D::Volume | D::Money),
        ActivityKind::Refrigerant => dimension == D::Mass,
        ActivityKind::ProcessEmission | ActivityKind::Removal => matches!(dimension, D::Mass | D::Co2e),
        ActivityKind::Transport => matches!(dimension, D::FreightWork | D::Length | D::Mass | D::Money),
        ActivityKind::Waste => matches!(dimension, D::Mass | D::Volume | D::Count | D::Money),
        ActivityKind::Travel | ActivityKind::Commuting => {
            matches!(dimension, D::Length | D::PassengerWork | D::Count | D::Money)
        }
        _ => dimension != D::Co2e,
    }
}

/// Returns and corrections of stock are below zero; what is burnt or thrown away is not.
const fn may_be_negative(kind: ActivityKind) -> bool {
    matches!(
        kind,
        ActivityKind::Purchase
            | ActivityKind::CapitalGood
            | ActivityKind::MaterialInput
            | ActivityKind::ProductOutput
            | ActivityKind::Sale
    )
}
