//! From XML to documents.

use std::io::Read;

use greenheart_model::Date;
use greenheart_units::{Amount, Rounding};

use super::document::{Charge, Document, Kind, Line, Party, Place, Service, Shipment, Span};
use super::set::Set;
use super::tag::Tag;
use crate::text::{bounded, parse_date, shortened};
use crate::xml::{self, Element, Handler, Names, Next, Problem};
use crate::{Limits, ReadError};

/// Charges and classifications kept of one document or line; more is not told apart from an attack.
const MOST_PARTS: usize = 1_000;

/// Reads every document of one text into the set. What is wrong with the text is noted there; says whether it
/// could be read.
pub(super) fn read(reader: &mut dyn Read, set: &mut Set<'_>) -> Result<(), ReadError> {
    let mut parser = Parser {
        set,
        base: 0,
        document: None,
        line: Line::default(),
        charge: Charge::default(),
        property: String::new(),
        unit: String::new(),
        root: String::new(),
        namespaces: Namespaces::default(),
        found: 0,
    };
    xml::walk(reader, &mut parser)?;
    if parser.found == 0 {
        let root = std::mem::take(&mut parser.root);
        return Err(parser
            .set
            .refuse("ehf.not_ehf", &format!("its outermost element is `{root}`")));
    }
    Ok(())
}

#[derive(Default)]
struct Namespaces {
    ubl: bool,
    other: bool,
}

struct Parser<'p, 's> {
    set: &'p mut Set<'s>,
    /// Depth of the document's own element, from 0.
    base: usize,
    document: Option<Box<Document>>,
    line: Line,
    charge: Charge,
    /// Name of the item property at hand.
    property: String,
    /// Unit, currency or scheme of the element at hand.
    unit: String,
    root: String,
    namespaces: Namespaces,
    found: u64,
}

impl Handler for Parser<'_, '_> {
    type Tag = Tag;

    fn limits(&self) -> &Limits {
        &self.set.options.limits
    }

    fn names() -> &'static Names<Tag> {
        Tag::names()
    }

    fn has_text(tag: Tag) -> bool {
        tag.has_text()
    }

    fn start(&mut self, path: &[Tag], element: &Element<'_>) -> Result<Next, ReadError> {
        let Some(tag) = path.last().copied() else {
            return Ok(Next::Into);
        };
        if self.document.is_none() {
            return Ok(self.outside(tag, path.len(), element));
        }
        match tag {
            Tag::InvoiceLine | Tag::CreditNoteLine => {
                self.set.ordinal += 1;
                self.line = Line {
                    ordinal: self.set.ordinal,
                    ..Line::default()
                };
            }
            Tag::AllowanceCharge => self.charge = Charge::default(),
            Tag::AdditionalItemProperty => self.property.clear(),
            Tag::OriginalDespatchTransportationService => {
                if let Some(document) = &mut self.document
                    && document.shipment.services.len() < MOST_PARTS
                {
                    document.shipment.services.push(Service::default());
                }
            }
            _ => {}
        }
        self.unit.clear();
        if let Some(name) = tag.attribute()
            && let Some(value) = element.attribute(name)
        {
            value.clone_into(&mut self.unit);
        }
        Ok(Next::Into)
    }

    fn end(&mut self, path: &[Tag], text: &str) -> Result<(), ReadError> {
        if self.document.is_none() {
            return Ok(());
        }
        let inside = &path[self.base..];
        if inside.len() == 1 {
            if let Some(document) = self.document.take() {
                self.set.document(*document)?;
            }
            return Ok(());
        }
        self.take(&inside[1..], text);
        Ok(())
    }

    fn progress(&mut self, bytes_read: u64) -> Result<(), ReadError> {
        self.set.progress(bytes_read)
    }

    fn refuse(&mut self, problem: Problem, detail: &str) -> ReadError {
        let code = match problem {
            Problem::NotXml => "ehf.not_ehf",
            Problem::TooLarge => "ehf.too_large",
            Problem::Doctype => "ehf.doctype",
            Problem::Truncated => "ehf.truncated",
            Problem::Malformed => "ehf.malformed",
            Problem::Encoding => "ehf.encoding",
            Problem::Archive => "ehf.archive",
        };
        self.set.refuse(code, detail)
    }
}

impl Parser<'_, '_> {
    /// An element around or at the start of a document. Access points wrap documents in envelopes of their own.
    fn outside(&mut self, tag: Tag, depth: usize, element: &Element<'_>) -> Next {
        if self.root.is_empty() {
            bounded(element.local()).clone_into(&mut self.root);
        }
        for (_, value) in element.attributes().filter(|(name, _)| name.starts_with("xmlns")) {
            let ubl = value.contains(":ubl:schema:xsd:");
            self.namespaces.ubl |= ubl;
            self.namespaces.other |= !ubl && depth == 1;
        }
        let kind = match tag {
            Tag::Invoice => Kind::Invoice,
            Tag::CreditNote => Kind::CreditNote,
            Tag::DespatchAdvice => Kind::DespatchAdvice,
            Tag::StandardBusinessDocumentHeader => return Next::Skip,
            _ => return Next::Into,
        };
        // Other formats also have elements of these names.
        if !self.namespaces.ubl && (self.namespaces.other || depth > 1) {
            return Next::Into;
        }
        if !self.namespaces.ubl {
            self.set.note("ehf.namespace", 0, "", String::new());
        }
        self.base = depth - 1;
        self.found += 1;
        self.document = Some(Box::new(Document {
            kind,
            ..Document::default()
        }));
        Next::Into
    }

    /// Takes the text of an element by its path below the document's own element.
    fn take(&mut self, path: &[Tag], text: &str) {
        let Some(mut document) = self.document.take() else {
            return;
        };
        match path {
            [Tag::InvoiceLine | Tag::CreditNoteLine, rest @ ..] => self.in_line(rest, text, &mut document),
            [Tag::AllowanceCharge, rest @ ..] => {
                self.in_charge(rest, text);
                if rest.is_empty() && document.charges.len() < MOST_PARTS {
                    document.charges.push(std::mem::take(&mut self.charge));
                }
            }
            [
                Tag::AccountingSupplierParty | Tag::DespatchSupplierParty,
                Tag::Party,
                rest @ ..,
            ] => {
                in_party(&mut document.supplier, rest, text, &self.unit);
            }
            [
                Tag::AccountingCustomerParty | Tag::DeliveryCustomerParty,
                Tag::Party,
                rest @ ..,
            ] => {
                in_party(&mut document.customer, rest, text, &self.unit);
            }
            [Tag::Shipment, rest @ ..] => self.in_shipment(rest, text, &mut document.shipment),
            [Tag::LegalMonetaryTotal, tag] if tag.has_text() => {
                let amount = self.amount(text, "LegalMonetaryTotal");
                match tag {
                    Tag::LineExtensionAmount => document.totals.lines = amount,
                    Tag::TaxExclusiveAmount => document.totals.without_tax = amount,
                    Tag::TaxInclusiveAmount => document.totals.with_tax = amount,
                    _ => {}
                }
            }
            rest => self.in_head(rest, text, &mut document),
        }
        self.document = Some(document);
    }

    fn in_head(&mut self, path: &[Tag], text: &str, document: &mut Document) {
        let text_of = bounded(text);
        match path {
            [Tag::CustomizationID] => text_of.clone_into(&mut document.customization),
            [Tag::ID] => text_of.clone_into(&mut document.id),
            [Tag::IssueDate] => document.issued = self.date(text, "IssueDate"),
            [Tag::InvoiceTypeCode | Tag::CreditNoteTypeCode] => text_of.clone_into(&mut document.type_code),
            [Tag::DocumentCurrencyCode] => text_of.clone_into(&mut document.currency),
            [Tag::InvoicePeriod, rest @ ..] => self.in_span(rest, text, &mut document.period),
            [Tag::BillingReference, Tag::InvoiceDocumentReference, Tag::ID] => {
                document.credits = Some(text_of.to_owned());
            }
            [Tag::AdditionalDocumentReference, Tag::ID] if self.unit == "AVE" => {
                document.meter = Some(text_of.into());
            }
            [Tag::Delivery, Tag::ActualDeliveryDate] => document.delivered = self.date(text, "ActualDeliveryDate"),
            _ => {}
        }
    }

    fn in_span(&mut self, path: &[Tag], text: &str, span: &mut Span) {
        match path {
            [Tag::StartDate] => span.from = self.date(text, "StartDate"),
            [Tag::EndDate] => span.to = self.date(text, "EndDate"),
            _ => {}
        }
    }

    fn in_charge(&mut self, path: &[Tag], text: &str) {
        match path {
            [Tag::ChargeIndicator] => self.charge.added = matches!(text, "true" | "1"),
            [Tag::Amount] => self.charge.amount = self.amount(text, "AllowanceCharge").unwrap_or_default(),
            [Tag::AllowanceChargeReasonCode] => bounded(text).clone_into(&mut self.charge.code),
            [Tag::AllowanceChargeReason] => bounded(text).clone_into(&mut self.charge.reason),
            _ => {}
        }
    }

    fn in_line(&mut self, path: &[Tag], text: &str, document: &mut Document) {
        match path {
            [] => self.end_line(document),
            [Tag::ID] => bounded(text).clone_into(&mut self.line.id),
            [Tag::InvoicedQuantity | Tag::CreditedQuantity] => {
                self.line.quantity = self.amount(text, "Quantity");
                bounded(&self.unit).clone_into(&mut self.line.unit);
            }
            [Tag::LineExtensionAmount] => {
                self.line.amount = self.amount(text, "LineExtensionAmount");
                self.line.currency = self.unit.parse().ok();
            }
            [Tag::InvoicePeriod, rest @ ..] => {
                let mut span = self.line.period;
                self.in_span(rest, text, &mut span);
                self.line.period = span;
            }
            [Tag::Delivery, Tag::ActualDeliveryDate] => {
                self.line.delivered = self.date(text, "ActualDeliveryDate");
            }
            [Tag::DocumentReference, Tag::ID] if self.unit == "AVE" => self.line.meter = Some(bounded(text).into()),
            [Tag::AllowanceCharge, rest @ ..] => {
                self.in_charge(rest, text);
                if rest.is_empty() {
                    self.line.charges += std::mem::take(&mut self.charge).signed();
                }
            }
            [Tag::Item, rest @ ..] => self.in_item(rest, text),
            [Tag::Price, Tag::PriceAmount] => self.line.price = self.amount(text, "PriceAmount"),
            [Tag::Price, Tag::BaseQuantity] => self.line.price_per = self.amount(text, "BaseQuantity"),
            _ => {}
        }
    }

    fn end_line(&mut self, document: &mut Document) {
        let line = std::mem::take(&mut self.line);
        if document.lines.len() < self.set.options.limits.transaction_lines {
            document.lines.push(line);
        } else {
            document.too_many_lines = true;
        }
    }

    fn in_item(&mut self, path: &[Tag], text: &str) {
        let number = match path {
            [Tag::ClassifiedTaxCategory, Tag::Percent] => self.amount(text, "Percent"),
            _ => None,
        };
        let line = &mut self.line;
        match path {
            [Tag::Name] => bounded(text).clone_into(&mut line.name),
            [Tag::SellersItemIdentification, Tag::ID] => bounded(text).clone_into(&mut line.seller_id),
            [Tag::StandardItemIdentification, Tag::ID] if matches!(&*self.unit, "0160" | "GTIN" | "0088" | "") => {
                bounded(text).clone_into(&mut line.gtin);
            }
            [Tag::CommodityClassification, Tag::ItemClassificationCode] if line.classes.len() < MOST_PARTS => {
                line.classes
                    .push((bounded(&self.unit).to_owned(), bounded(text).to_owned()));
            }
            [Tag::ClassifiedTaxCategory, Tag::Percent] => line.tax_percent = number,
            [Tag::AdditionalItemProperty, Tag::Name] => bounded(text).clone_into(&mut self.property),
            [Tag::AdditionalItemProperty, Tag::Value] => self.item_property(text),
            _ => {}
        }
    }

    /// Name and value stand in this order in the schema.
    fn item_property(&mut self, text: &str) {
        let name = std::mem::take(&mut self.property);
        match name.as_str() {
            "EmissionFactor" => self.line.co2.factor = self.property_number(text, "EmissionFactor"),
            "NetEmissionQuantity" => self.line.co2.net = self.property_number(text, "NetEmissionQuantity"),
            "EmissionFactorSource" => bounded(text).clone_into(&mut self.line.co2.source),
            _ => {}
        }
        self.property = name;
    }

    fn property_number(&mut self, text: &str, field: &str) -> Option<Amount> {
        // Senders write these by hand; a decimal comma cannot be mistaken here.
        let plain = if text.contains('.') {
            text.to_owned()
        } else {
            text.replace(',', ".")
        };
        let number = parse_amount(plain.trim());
        if number.is_none() {
            self.set.note(
                "ehf.co2_value",
                self.line.ordinal,
                field,
                format!("`{}`", shortened(text)),
            );
        }
        number
    }

    fn in_shipment(&mut self, path: &[Tag], text: &str, shipment: &mut Shipment) {
        let unit = bounded(&self.unit).to_owned();
        match path {
            [Tag::GrossWeightMeasure] => shipment.gross = self.amount(text, "GrossWeightMeasure").map(|n| (n, unit)),
            [Tag::NetWeightMeasure] => shipment.net = self.amount(text, "NetWeightMeasure").map(|n| (n, unit)),
            [Tag::GrossVolumeMeasure] => shipment.volume = self.amount(text, "GrossVolumeMeasure").map(|n| (n, unit)),
            [Tag::Consignment, Tag::ID] => bounded(text).clone_into(&mut shipment.consignment),
            [Tag::Consignment, Tag::CarrierParty, rest @ ..] => in_party(&mut shipment.carrier, rest, text, &unit),
            [Tag::Consignment, Tag::OriginalDespatchTransportationService, rest @ ..] => {
                let number = match rest {
                    [.., Tag::Measure | Tag::ValueMeasure] => self.amount(text, "Measure").map(|n| (n, unit)),
                    _ => None,
                };
                if let Some(service) = shipment.services.last_mut() {
                    in_service(service, rest, text, number);
                }
            }
            [Tag::ShipmentStage, Tag::TransportModeCode] => bounded(text).clone_into(&mut shipment.mode),
            [Tag::ShipmentStage, Tag::TransportMeansTypeCode] => bounded(text).clone_into(&mut shipment.means),
            [Tag::Delivery, Tag::Despatch, Tag::ActualDespatchDate] => {
                shipment.despatched = self.date(text, "ActualDespatchDate");
            }
            [Tag::Delivery, Tag::Despatch, Tag::DespatchAddress, rest @ ..] => in_place(&mut shipment.from, rest, text),
            [Tag::Delivery, Tag::DeliveryLocation, Tag::Address, rest @ ..] => in_place(&mut shipment.to, rest, text),
            _ => {}
        }
    }

    fn date(&mut self, text: &str, field: &str) -> Option<Date> {
        let date = parse_date(text).filter(|date| self.set.options.limits.years.contains(&date.year()));
        if date.is_none() {
            let detail = format!("`{}`", shortened(text));
            self.set.note("ehf.date", self.line.ordinal, field, detail);
        }
        date
    }

    fn amount(&mut self, text: &str, field: &str) -> Option<Amount> {
        let amount = parse_amount(text);
        if amount.is_none() {
            let detail = format!("`{}`", shortened(text));
            self.set.note("ehf.amount", self.line.ordinal, field, detail);
        }
        amount
    }
}

/// A number as XML writes it, below what any invoice reaches.
fn parse_amount(text: &str) -> Option<Amount> {
    const LARGEST: Amount = Amount::from_integer(1_000_000_000_000_000);
    let amount = Amount::parse_rounded(text, Rounding::HalfAwayFromZero).ok()?;
    (amount <= LARGEST && amount >= -LARGEST).then_some(amount)
}

fn in_party(party: &mut Party, path: &[Tag], text: &str, scheme: &str) {
    match path {
        [Tag::EndpointID] => party.set_endpoint(text, scheme),
        [Tag::PartyIdentification, Tag::ID] => party.set_identification(text, scheme),
        [Tag::PartyLegalEntity, Tag::CompanyID] => party.set_legal(text, scheme),
        [Tag::PartyTaxScheme, Tag::CompanyID] => party.set_tax(text),
        [Tag::PartyLegalEntity, Tag::RegistrationName] => bounded(text).clone_into(&mut party.name),
        [Tag::PartyName, Tag::Name] if party.name.is_empty() => bounded(text).clone_into(&mut party.name),
        [Tag::PostalAddress, Tag::PostalZone] => bounded(text).clone_into(&mut party.postcode),
        [Tag::PostalAddress, Tag::Country, Tag::IdentificationCode] => bounded(text).clone_into(&mut party.country),
        _ => {}
    }
}

fn in_place(place: &mut Place, path: &[Tag], text: &str) {
    match path {
        [Tag::PostalZone] => bounded(text).clone_into(&mut place.postcode),
        [Tag::Country, Tag::IdentificationCode] => bounded(text).clone_into(&mut place.country),
        _ => {}
    }
}

fn in_service(service: &mut Service, path: &[Tag], text: &str, number: Option<(Amount, String)>) {
    match path {
        [Tag::TransportServiceCode] => bounded(text).clone_into(&mut service.code),
        [Tag::TransportEquipment, Tag::TransportEquipmentTypeCode] => bounded(text).clone_into(&mut service.fuel_code),
        [Tag::TransportEquipment, Tag::Description] => bounded(text).clone_into(&mut service.fuel),
        [Tag::TransportEquipment, Tag::MeasurementDimension, Tag::AttributeID] => {
            bounded(text).clone_into(&mut service.attribute);
        }
        [Tag::TransportEquipment, Tag::MeasurementDimension, Tag::Measure]
            if service.attribute.eq_ignore_ascii_case("FuelConsumption") =>
        {
            service.consumed = number;
        }
        [Tag::EnvironmentalEmission, Tag::EnvironmentalEmissionTypeCode] => bounded(text).clone_into(&mut service.gas),
        [Tag::EnvironmentalEmission, Tag::ValueMeasure] if service.emitted.is_none() => service.emitted = number,
        _ => {}
    }
}
