//! One invoice, credit note or despatch advice, as it stands.

use greenheart_model::{Date, OrgNo, Text};
use greenheart_units::{Amount, Currency};

use crate::text::bounded;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) enum Kind {
    #[default]
    Invoice,
    CreditNote,
    DespatchAdvice,
}

/// A document while it is being read, and after.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub kind: Kind,
    pub customization: String,
    pub id: String,
    pub issued: Option<Date>,
    pub type_code: String,
    pub currency: String,
    pub period: Span,
    pub delivered: Option<Date>,
    /// The document has a billing reference, and to which invoice.
    pub credits: Option<String>,
    /// Metering point that every line is about which names none of its own.
    pub meter: Option<Text>,
    pub supplier: Party,
    pub customer: Party,
    pub charges: Vec<Charge>,
    pub totals: Totals,
    pub lines: Vec<Line>,
    pub shipment: Shipment,
    /// Lines were left out, because there are more than a document may have.
    pub too_many_lines: bool,
}

/// First and last day, as far as stated.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Span {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// The totals that a document states.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub lines: Option<Amount>,
    pub without_tax: Option<Amount>,
    pub with_tax: Option<Amount>,
}

/// A charge or allowance, of the document or of a line.
#[derive(Debug, Default, Clone)]
pub(super) struct Charge {
    /// Charges are true, allowances false.
    pub added: bool,
    pub amount: Amount,
    pub code: String,
    pub reason: String,
}

impl Charge {
    /// Charges count up, allowances down.
    pub fn signed(&self) -> Amount {
        if self.added { self.amount } else { -self.amount }
    }
}

/// A line of an invoice or credit note.
#[derive(Debug, Default, Clone)]
pub(super) struct Line {
    pub ordinal: u64,
    pub id: String,
    pub quantity: Option<Amount>,
    pub unit: String,
    pub amount: Option<Amount>,
    pub currency: Option<Currency>,
    pub period: Span,
    pub delivered: Option<Date>,
    pub meter: Option<Text>,
    pub name: String,
    pub seller_id: String,
    pub gtin: String,
    /// Code lists and codes, as stated.
    pub classes: Vec<(String, String)>,
    pub tax_percent: Option<Amount>,
    pub charges: Amount,
    pub price: Option<Amount>,
    pub price_per: Option<Amount>,
    pub co2: Co2,
}

/// The official properties of CO2 on a line.
#[derive(Debug, Default, Clone)]
pub(super) struct Co2 {
    /// kg CO2e per invoiced unit.
    pub factor: Option<Amount>,
    /// kg CO2e of the line.
    pub net: Option<Amount>,
    /// `Internal` or `Database`.
    pub source: String,
}

/// Seller, buyer, sender or receiver.
#[derive(Debug, Default, Clone)]
pub(super) struct Party {
    legal: Option<OrgNo>,
    endpoint: Option<OrgNo>,
    identification: Option<OrgNo>,
    tax: Option<OrgNo>,
    pub name: String,
    pub country: String,
    pub postcode: String,
    /// A number in another scheme than the Norwegian one, such as a GLN or a foreign company number.
    pub other_number: String,
}

/// Schemes of Norwegian organisation numbers: ISO 6523 0192, and the names of EHF 2.
fn is_norwegian(scheme: &str) -> bool {
    matches!(scheme, "0192" | "NO:ORGNR" | "NO:ORG" | "9908" | "NO:VAT")
}

impl Party {
    /// A number under its scheme. Without a scheme it counts when it is a valid Norwegian number.
    fn number(&mut self, text: &str, scheme: &str) -> Option<OrgNo> {
        let number = text.parse().ok().filter(|_| scheme.is_empty() || is_norwegian(scheme));
        if number.is_none() && self.other_number.is_empty() && !text.eq_ignore_ascii_case("foretaksregisteret") {
            bounded(text).clone_into(&mut self.other_number);
        }
        number
    }

    pub fn set_legal(&mut self, text: &str, scheme: &str) {
        self.legal = self.number(text, scheme).or(self.legal);
    }
    pub fn set_endpoint(&mut self, text: &str, scheme: &str) {
        self.endpoint = self.number(text, scheme).or(self.endpoint);
    }
    pub fn set_identification(&mut self, text: &str, scheme: &str) {
        // Without a scheme it is the customer's number with the seller, whatever it looks like.
        if !scheme.is_empty() {
            self.identification = self.number(text, scheme).or(self.identification);
        }
    }
    pub fn set_tax(&mut self, text: &str) {
        self.tax = text.parse().ok().or(self.tax);
    }

    /// Its organisation number: of the legal entity, else of the endpoint, else as identified, else of the tax
    /// registration. A foreign party has none.
    pub fn org_no(&self) -> Option<OrgNo> {
        self.numbers().next()
    }

    /// Every Norwegian number that it goes by.
    pub fn numbers(&self) -> impl Iterator<Item = OrgNo> {
        let norwegian = matches!(self.country.as_str(), "" | "NO" | "SJ");
        [self.legal, self.endpoint, self.identification, self.tax]
            .into_iter()
            .flatten()
            .filter(move |_| norwegian)
    }

    pub fn is(&self, number: OrgNo) -> bool {
        self.numbers().any(|own| own == number)
    }
}

/// What a despatch advice tells of the carriage.
#[derive(Debug, Default)]
pub(super) struct Shipment {
    pub gross: Option<(Amount, String)>,
    pub net: Option<(Amount, String)>,
    pub volume: Option<(Amount, String)>,
    pub consignment: String,
    pub carrier: Party,
    pub mode: String,
    pub means: String,
    pub from: Place,
    pub to: Place,
    pub despatched: Option<Date>,
    pub services: Vec<Service>,
}

/// Where goods come from or go to.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub postcode: String,
    pub country: String,
}

/// A transportation service that reports fuel and emissions.
#[derive(Debug, Default)]
pub(super) struct Service {
    pub code: String,
    pub fuel: String,
    pub fuel_code: String,
    pub attribute: String,
    pub consumed: Option<(Amount, String)>,
    pub gas: String,
    pub emitted: Option<(Amount, String)>,
}
