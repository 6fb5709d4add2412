//! Invoices and credit notes as Peppol BIS Billing 3.0, with the official CO2 properties where the seller states
//! them, and power with the grid as forward billing.
//!
//! # Source
//! Peppol BIS Billing 3.0 and EHF Forward Billing 3.0 (anskaffelser.dev); UBL 2.1; definition of CO2 emission data
//! fields in `AdditionalItemProperty`.

mod lines;
mod party;

use std::io::{self, Write};

use greenheart_model::{Date, Period};

use crate::deals::{Deal, What};
use crate::meters::metering_point;
use crate::num::{Ore, permille, push_unsigned};
use crate::plan::{Cluster, Company};
use crate::rng::Rng;
use crate::sector::Kind;
use crate::xml::Xml;
use lines::Line;
pub(crate) use lines::{VARIANTS, article};

const BILLING: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
const FORWARD: &str = "#conformant#urn:fdc:anskaffelser.no:2019:ehf:forward-billing:3.0";

/// An invoice, or the credit note that takes a part of it back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document {
    pub(crate) deal: Deal,
    pub(crate) credit: bool,
}

/// Every document behind a deal: now and then more was invoiced than agreed, and the rest credited.
pub(crate) fn documents(cluster: &Cluster, company: &Company, deal: Deal) -> impl Iterator<Item = Document> {
    let credited = too_much(cluster, company, &deal) > 0;
    let documents = [false, true].map(|credit| Document { deal, credit });
    documents.into_iter().take(1 + usize::from(credited))
}

/// Øre that were invoiced and then credited.
fn too_much(cluster: &Cluster, company: &Company, deal: &Deal) -> Ore {
    let mut rng = cluster.dirt(5, company.at, &[deal.number]);
    let is_power = matches!(deal.what, What::Need(at) if company.needs[usize::from(at)].kind == Kind::Electricity);
    if is_power || !rng.chance(16) {
        return 0;
    }
    permille(deal.net, i64::try_from(rng.between(50, 600)).unwrap_or(100))
}

impl Document {
    /// Its number, which is also its file name.
    pub(crate) fn number(&self) -> String {
        let kind = if self.credit { "K" } else { "" };
        format!("{}{kind}", self.deal.number)
    }
}

/// Writes a document that `company` received.
pub(crate) fn write(cluster: &Cluster, company: &Company, document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let deal = &document.deal;
    let What::Need(number) = deal.what else { return Ok(()) };
    let need = company.needs[usize::from(number)];
    let mut paper = Paper {
        cluster,
        company,
        document,
        forward: need.kind == Kind::Electricity,
        xml: Xml::new(out),
    };
    paper.write(&lines::of(cluster, company, document, need));
    paper.xml.flush()
}

struct Paper<'a> {
    cluster: &'a Cluster,
    company: &'a Company,
    document: &'a Document,
    forward: bool,
    xml: Xml<'a>,
}

impl Paper<'_> {
    fn write(&mut self, lines: &[Line]) {
        let root = if self.document.credit { "CreditNote" } else { "Invoice" };
        self.xml.raw(&format!(
            "<{root} xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:{root}-2\" \
             xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
             xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\n"
        ));
        self.head();
        let seller = self.cluster.card(self.document.deal.seller);
        party::write(&mut self.xml, "AccountingSupplierParty", &seller, true);
        let buyer = self.cluster.card(self.document.deal.buyer);
        party::write(&mut self.xml, "AccountingCustomerParty", &buyer, false);
        self.xml
            .raw("<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>");
        self.xml
            .raw("<cac:PayeeFinancialAccount><cbc:ID>NO0000000000000</cbc:ID></cac:PayeeFinancialAccount>");
        self.xml.raw("</cac:PaymentMeans>\n");
        self.totals(lines.iter().map(|line| line.net).sum());
        for (at, line) in (1..).zip(lines) {
            self.line(at, line);
        }
        self.xml.raw(&format!("</{root}>\n"));
    }

    fn issued(&self) -> Date {
        let deal = &self.document.deal;
        let day = if self.document.credit { 28 } else { deal.day };
        Date::constant(deal.month.year(), deal.month.month(), day)
    }

    fn head(&mut self) {
        let forward = if self.forward { FORWARD } else { "" };
        let profile = if self.forward {
            "urn:fdc:anskaffelser.no:2019:ehf:postaward:g3:08:1.0"
        } else {
            "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
        };
        let issued = self.issued();
        let xml = &mut self.xml;
        xml.element("cbc:CustomizationID", &format!("{BILLING}{forward}"));
        xml.element("cbc:ProfileID", profile);
        xml.element("cbc:ID", &self.document.number());
        xml.date("cbc:IssueDate", issued);
        if self.document.credit {
            xml.element("cbc:CreditNoteTypeCode", "381");
        } else {
            let due = self.document.deal.month.next().period().from();
            xml.date("cbc:DueDate", due.last_of_month());
            xml.element("cbc:InvoiceTypeCode", if self.forward { "82" } else { "380" });
        }
        xml.element("cbc:Note", "Fiktiv faktura / fictional invoice");
        xml.element("cbc:DocumentCurrencyCode", "NOK");
        xml.element("cbc:BuyerReference", "demo");
        if self.document.credit {
            xml.raw("<cac:BillingReference><cac:InvoiceDocumentReference>");
            xml.element("cbc:ID", &self.document.deal.number.to_string());
            xml.raw("</cac:InvoiceDocumentReference></cac:BillingReference>");
        }
        if self.forward {
            xml.raw("<cac:AdditionalDocumentReference><cbc:ID schemeID=\"AVE\">");
            xml.text(&metering_point(self.company, 0));
            xml.raw("</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>");
        }
        xml.raw("\n");
    }

    fn totals(&mut self, net: Ore) {
        let tax = permille(net, self.document.deal.vat.percent() * 10);
        let xml = &mut self.xml;
        xml.raw("<cac:TaxTotal>");
        nok(xml, "cbc:TaxAmount", tax);
        xml.raw("<cac:TaxSubtotal>");
        nok(xml, "cbc:TaxableAmount", net);
        nok(xml, "cbc:TaxAmount", tax);
        self.category("cac:TaxCategory");
        let xml = &mut self.xml;
        xml.raw("</cac:TaxSubtotal></cac:TaxTotal>\n<cac:LegalMonetaryTotal>");
        nok(xml, "cbc:LineExtensionAmount", net);
        nok(xml, "cbc:TaxExclusiveAmount", net);
        nok(xml, "cbc:TaxInclusiveAmount", net + tax);
        nok(xml, "cbc:PayableAmount", net + tax);
        xml.raw("</cac:LegalMonetaryTotal>\n");
    }

    fn category(&mut self, name: &str) {
        let percent = self.document.deal.vat.percent();
        let xml = &mut self.xml;
        xml.raw(&format!("<{name}>"));
        xml.element("cbc:ID", if percent > 0 { "S" } else { "E" });
        xml.int("cbc:Percent", percent);
        if percent == 0 && name == "cac:TaxCategory" {
            xml.element("cbc:TaxExemptionReason", "Unntatt merverdiavgift");
        }
        xml.raw(&format!("<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></{name}>"));
    }

    fn line(&mut self, number: i64, line: &Line) {
        let credit = self.document.credit;
        let (name, quantity) = if credit {
            ("cac:CreditNoteLine", "cbc:CreditedQuantity")
        } else {
            ("cac:InvoiceLine", "cbc:InvoicedQuantity")
        };
        let xml = &mut self.xml;
        xml.raw(&format!("<{name}>"));
        xml.int("cbc:ID", number);
        xml.raw(&format!("<{quantity} unitCode=\"{}\">", line.unit));
        crate::num::push_fixed(xml.bytes(), line.quantity, line.decimals, b'.');
        xml.raw(&format!("</{quantity}>"));
        nok(xml, "cbc:LineExtensionAmount", line.net);
        if self.forward {
            period(xml, self.document.deal.month.period());
        }
        xml.raw("<cac:Item>");
        xml.element("cbc:Name", &line.name);
        if let Some(article) = &line.article {
            xml.raw("<cac:SellersItemIdentification>");
            xml.element("cbc:ID", article);
            xml.raw("</cac:SellersItemIdentification>");
        }
        self.category("cac:ClassifiedTaxCategory");
        self.co2(line);
        self.price(line);
        self.xml.raw(&format!("</{name}>\n"));
    }

    /// The official properties, in kg CO2e per invoiced unit and for the line.
    fn co2(&mut self, line: &Line) {
        let Some(grams) = line.grams_per_unit else { return };
        let xml = &mut self.xml;
        let mut property = |name: &str, value: String| {
            xml.raw("<cac:AdditionalItemProperty>");
            xml.element("cbc:Name", name);
            xml.element("cbc:Value", &value);
            xml.raw("</cac:AdditionalItemProperty>");
        };
        let thousandths = |value: i64| {
            let mut text = Vec::new();
            crate::num::push_fixed(&mut text, value, 3, b'.');
            String::from_utf8(text).unwrap_or_default()
        };
        let one = 10_i64.pow(line.decimals);
        property("EmissionFactor", thousandths(grams));
        property("NetEmissionQuantity", thousandths(grams * line.quantity / one));
        property("EmissionFactorSource", "Internal".to_owned());
        if line.unit == "TNE" {
            property("EmissionFactorCalculationRate", "1000".to_owned());
            property("EmissionFactorCalculationUnit", "KGM".to_owned());
        }
    }

    fn price(&mut self, line: &Line) {
        let xml = &mut self.xml;
        xml.raw("</cac:Item><cac:Price><cbc:PriceAmount currencyID=\"NOK\">");
        // Eight decimals, so that quantity times price gives the line to the øre.
        let one = i128::from(10_i64.pow(line.decimals));
        let base = i128::from(line.base.max(1));
        let scaled = i128::from(line.net) * 1_000_000 * one * base / i128::from(line.quantity.max(1));
        crate::num::push_fixed(xml.bytes(), i64::try_from(scaled).unwrap_or(i64::MAX), 8, b'.');
        xml.raw("</cbc:PriceAmount>");
        if line.base > 1 {
            xml.raw(&format!("<cbc:BaseQuantity unitCode=\"{}\">", line.unit));
            push_unsigned(xml.bytes(), line.base.unsigned_abs(), 1);
            xml.raw("</cbc:BaseQuantity>");
        }
        xml.raw("</cac:Price>");
    }
}

fn nok(xml: &mut Xml<'_>, name: &str, amount: Ore) {
    xml.raw(&format!("<{name} currencyID=\"NOK\">"));
    crate::num::push_money(xml.bytes(), amount);
    xml.raw(&format!("</{name}>"));
}

fn period(xml: &mut Xml<'_>, period: Period) {
    xml.raw("<cac:InvoicePeriod>");
    xml.date("cbc:StartDate", period.from());
    xml.date("cbc:EndDate", period.to());
    xml.raw("</cac:InvoicePeriod>");
}

/// A seller states CO2 from 2023 on, or never: a trait of the seller.
fn states_co2(cluster: &Cluster, deal: &Deal) -> bool {
    let mut rng = Rng::keyed(cluster.options.seed, &[60, deal.seller.id().into()]);
    deal.month.year() >= 2023 && rng.chance(420)
}
