//! Writing the official CO2 properties into a member's own outgoing invoice.

use std::collections::BTreeMap;
use std::ops::Range;

use greenheart_units::{Amount, Rounding};
use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};

/// What is to be written on one line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineCo2 {
    /// kg CO2e per invoiced unit, from raw material to the gate (A1 to A3).
    pub factor: Amount,
    /// Where the factor comes from.
    pub source: FactorSource,
    /// Invoiced units to units of the source, where they differ: 10 for pieces of ten kilograms.
    pub calculation_rate: Option<Amount>,
    /// Unit of the source (Recommendation 20), where it differs from that of the line.
    pub calculation_unit: Option<String>,
    /// Link to the declaration or database.
    pub link: Option<String>,
}

/// Who made the factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorSource {
    /// The seller.
    Internal,
    /// A third party's database or declaration.
    Database,
}

/// Why an invoice could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The text is not a well-formed invoice.
    #[error("the invoice cannot be read: {0}")]
    Malformed(String),
    /// No line has this number.
    #[error("the invoice has no line `{0}`")]
    NoSuchLine(String),
    /// The line states no quantity that the factor could be multiplied with.
    #[error("line `{0}` has no quantity")]
    NoQuantity(String),
    /// The result does not fit the scale of amounts.
    #[error("the CO2 of line `{0}` is too large")]
    TooLarge(String),
}

/// The names of the properties, in the order in which they are written.
const NAMES: [&str; 6] = [
    "EmissionFactor",
    "NetEmissionQuantity",
    "EmissionFactorSource",
    "EmissionFactorCalculationRate",
    "EmissionFactorCalculationUnit",
    "CO2EmissionFactorSource",
];

/// Elements that the schema of UBL places behind the item properties.
const BEHIND: [&str; 6] = [
    "ManufacturerParty",
    "InformationContentProviderParty",
    "OriginAddress",
    "ItemInstance",
    "Certificate",
    "Dimension",
];

/// The invoice with the CO2 of `lines` (by line number) as item properties; everything else stays byte by byte. Earlier
/// values of the same properties on these lines are replaced. `NetEmissionQuantity` is the invoiced quantity times the
/// factor; the base quantity of the price does not matter.
///
/// # Units
/// kg CO2e per invoiced unit, and kg CO2e of the line.
/// # Errors
/// [`WriteError`] when the text is no invoice, or a line is missing or has no quantity.
/// # Source
/// Definition of CO2 emission data fields in `AdditionalItemProperty` for EHF Billing (anskaffelser.dev, 2026-01-21).
pub fn write_co2(invoice: &str, lines: &BTreeMap<String, LineCo2>) -> Result<String, WriteError> {
    let found = find_lines(invoice)?;
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for (id, co2) in lines {
        let line = found
            .iter()
            .find(|line| line.id == *id)
            .ok_or_else(|| WriteError::NoSuchLine(id.clone()))?;
        for earlier in &line.earlier {
            edits.push((earlier.clone(), String::new()));
        }
        edits.push((line.insert_at..line.insert_at, properties(line, co2)?));
    }
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let (mut written, mut at) = (String::with_capacity(invoice.len() + 1024 * lines.len()), 0);
    for (range, text) in edits {
        written.push_str(&invoice[at..range.start]);
        written.push_str(&text);
        at = range.end;
    }
    written.push_str(&invoice[at..]);
    Ok(written)
}

/// A line of an invoice, as whoever puts CO2 on it needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    /// Its number, as [`write_co2`] takes it.
    pub id: String,
    /// The seller's number and the GTIN of what is sold, as far as stated.
    pub articles: Vec<String>,
    /// Its name.
    pub name: String,
}

/// The lines of an invoice or a credit note.
///
/// # Errors
/// [`WriteError::Malformed`] when the text is no invoice.
pub fn invoice_lines(invoice: &str) -> Result<Vec<InvoiceLine>, WriteError> {
    let lines = find_lines(invoice)?.into_iter();
    Ok(lines
        .map(|line| InvoiceLine {
            id: line.id,
            articles: line.articles,
            name: line.name,
        })
        .collect())
}

/// A line, where its properties go, and how the invoice spells its prefixes.
#[derive(Debug, Default)]
struct Found {
    id: String,
    quantity: Option<Amount>,
    insert_at: usize,
    earlier: Vec<Range<usize>>,
    articles: Vec<String>,
    name: String,
    /// Prefix with colon of aggregates (`cac:`) and of basic components (`cbc:`).
    aggregate: String,
    basic: String,
}

fn find_lines(invoice: &str) -> Result<Vec<Found>, WriteError> {
    let mut reader = Reader::from_str(invoice);
    reader.config_mut().expand_empty_elements = true;
    let mut finder = Finder::default();
    loop {
        let before = position(&reader)?;
        let event = reader
            .read_event()
            .map_err(|error| WriteError::Malformed(error.to_string()))?;
        match event {
            Event::Start(start) => finder.start(&start, before),
            Event::Text(piece) => finder.text.push_str(&piece.xml10_content()),
            Event::End(_) => finder.end(before..position(&reader)?),
            Event::DocType(_) => return Err(WriteError::Malformed("the invoice has a DOCTYPE".into())),
            Event::Eof if finder.path.is_empty() && !finder.lines.is_empty() => return Ok(finder.lines),
            Event::Eof => {
                return Err(WriteError::Malformed(
                    "there is no whole invoice with lines in it".into(),
                ));
            }
            _ => {}
        }
    }
}

#[derive(Default)]
struct Finder {
    lines: Vec<Found>,
    path: Vec<String>,
    line: Found,
    text: String,
    /// Where the property at hand begins, and its name.
    property: (usize, String),
}

impl Finder {
    fn start(&mut self, element: &BytesStart<'_>, at: usize) {
        let local = element.local_name().as_ref().to_owned();
        let prefix = element
            .name()
            .as_ref()
            .strip_suffix(&*local)
            .unwrap_or_default()
            .to_owned();
        self.path.push(local);
        self.text.clear();
        let line = &mut self.line;
        match inside(&self.path).as_slice() {
            ["line"] => {
                *line = Found {
                    aggregate: prefix,
                    ..Found::default()
                }
            }
            ["line", "ID"] => line.basic = prefix,
            ["line", "Item", "AdditionalItemProperty"] => self.property = (at, String::new()),
            ["line", "Item", name] if line.insert_at == 0 && BEHIND.contains(name) => line.insert_at = at,
            _ => {}
        }
    }

    fn end(&mut self, tag: Range<usize>) {
        let (line, text) = (&mut self.line, self.text.trim());
        match inside(&self.path).as_slice() {
            ["line"] => self.lines.push(std::mem::take(line)),
            ["line", "ID"] => text.clone_into(&mut line.id),
            ["line", "Item", "Name"] => text.clone_into(&mut line.name),
            [
                "line",
                "Item",
                "SellersItemIdentification" | "StandardItemIdentification",
                "ID",
            ] => {
                line.articles.push(text.to_owned());
            }
            ["line", "InvoicedQuantity" | "CreditedQuantity"] => line.quantity = text.parse().ok(),
            ["line", "Item", "AdditionalItemProperty", "Name"] => text.clone_into(&mut self.property.1),
            ["line", "Item", "AdditionalItemProperty"] if NAMES.contains(&self.property.1.as_str()) => {
                line.earlier.push(self.property.0..tag.end);
            }
            ["line", "Item"] if line.insert_at == 0 => line.insert_at = tag.start,
            _ => {}
        }
        self.path.pop();
        self.text.clear();
    }
}

fn position(reader: &Reader<&[u8]>) -> Result<usize, WriteError> {
    usize::try_from(reader.buffer_position()).map_err(|error| WriteError::Malformed(error.to_string()))
}

/// The path from a line downwards, the line itself as `line`.
fn inside(path: &[String]) -> Vec<&str> {
    let Some(at) = path
        .iter()
        .position(|name| name == "InvoiceLine" || name == "CreditNoteLine")
    else {
        return Vec::new();
    };
    std::iter::once("line")
        .chain(path[at + 1..].iter().map(String::as_str))
        .collect()
}

fn properties(line: &Found, co2: &LineCo2) -> Result<String, WriteError> {
    let quantity = line.quantity.ok_or_else(|| WriteError::NoQuantity(line.id.clone()))?;
    let net = co2
        .factor
        .to_rate()
        .and_then(|factor| quantity.times(factor, Rounding::HalfEven))
        .map_err(|_| WriteError::TooLarge(line.id.clone()))?;
    let source = match co2.source {
        FactorSource::Internal => "Internal",
        FactorSource::Database => "Database",
    };
    let values = [
        Some(co2.factor.to_string()),
        Some(net.to_string()),
        Some(source.to_owned()),
        co2.calculation_rate.map(|rate| rate.to_string()),
        co2.calculation_unit.clone(),
        co2.link.clone(),
    ];
    let (a, b) = (&line.aggregate, &line.basic);
    let property = |(name, value): (&str, Option<String>)| {
        let value = value?;
        let inside = format!("<{b}Name>{name}</{b}Name><{b}Value>{}</{b}Value>", escape(&value));
        Some(format!(
            "<{a}AdditionalItemProperty>{inside}</{a}AdditionalItemProperty>"
        ))
    };
    let written: Vec<String> = NAMES.into_iter().zip(values).filter_map(property).collect();
    Ok(written.concat())
}
