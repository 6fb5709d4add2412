//! SAF-T Financial 1.20 (years before 2025) and 1.30 (from 2025 on).
//!
//! # Source
//! Norwegian SAF-T Financial data, schemas 1.20 and 1.30, Norwegian Tax Administration.

use std::io::{self, Write};

use greenheart_model::Date;

use crate::account::{Account, Entry};
use crate::books::{Books, Journal, Line, Open, Says, Voucher};
use crate::num::Ore;
use crate::place::REGION;
use crate::plan::{Cluster, Company, Party};
use crate::xml::Xml;

/// First year of version 1.30.
const NEWER: i16 = 2025;

const JOURNALS: [(Journal, &str, &str, &str); 5] = [
    (Journal::Sales, "UF", "Utgående fakturaer", "AR"),
    (Journal::Purchases, "IF", "Inngående fakturaer", "AP"),
    (Journal::Bank, "BA", "Bank", "GL"),
    (Journal::Payroll, "LO", "Lønn", "GL"),
    (Journal::General, "HB", "Hovedbok", "GL"),
];

/// Tax codes of the file, each its own standard code: code, name, percent.
const TAX_CODES: [(&str, &str, &str); 10] = [
    ("0", "Ingen mva-behandling (anskaffelser)", "0"),
    ("1", "Inngående mva, høy sats", "25"),
    ("11", "Inngående mva, middels sats", "15"),
    ("3", "Utgående mva, høy sats", "25"),
    ("31", "Utgående mva, middels sats", "15"),
    ("52", "Utførsel", "0"),
    ("6", "Omsetning utenfor merverdiavgiftsloven", "0"),
    ("7", "Inntekter utenfor mva", "0"),
    ("81", "Innførsel av varer, høy sats", "25"),
    ("86", "Tjenester fra utlandet, høy sats", "25"),
];

/// Writes the accounting file of a company-year.
pub(crate) fn write(cluster: &Cluster, company: &Company, year: i16, out: &mut dyn Write) -> io::Result<()> {
    let books = cluster.books(company, year);
    let mut file = File {
        cluster,
        company,
        year,
        newer: year >= NEWER,
        xml: Xml::new(out),
    };
    file.xml
        .raw("<AuditFile xmlns=\"urn:StandardAuditFile-Taxation-Financial:NO\">\n");
    file.header();
    file.master(&books)?;
    file.entries(&books)?;
    file.xml.raw("</AuditFile>\n");
    file.xml.flush()
}

struct File<'a> {
    cluster: &'a Cluster,
    company: &'a Company,
    year: i16,
    newer: bool,
    xml: Xml<'a>,
}

impl File<'_> {
    fn header(&mut self) {
        let member = &self.company.member;
        let xml = &mut self.xml;
        xml.raw("<Header>");
        xml.element("AuditFileVersion", if self.newer { "1.30" } else { "1.20" });
        xml.element("AuditFileCountry", "NO");
        xml.date("AuditFileDateCreated", Date::constant(self.year + 1, 2, 15));
        xml.element("SoftwareCompanyName", "GreenHeart demo (fiktiv)");
        xml.element("SoftwareID", "greenheart-demo");
        xml.element("SoftwareVersion", "1");
        xml.raw("<Company>");
        xml.element("RegistrationNumber", member.org_no.as_str());
        xml.element("Name", &member.name);
        let place = &REGION[self.company.seat.place % REGION.len()];
        xml.raw("<Address>");
        xml.element("StreetName", self.company.seat.street);
        xml.element("City", place.city);
        xml.element("PostalCode", place.postcode);
        xml.raw("<Country>NO</Country><AddressType>StreetAddress</AddressType></Address>");
        xml.raw("<Contact><ContactPerson><FirstName>Fiktiv</FirstName><LastName>Kontakt</LastName></ContactPerson>");
        xml.raw("<Telephone>00000000</Telephone></Contact><TaxRegistration>");
        xml.element("TaxRegistrationNumber", &format!("{}MVA", member.org_no));
        xml.raw("<TaxAuthority>Skatteetaten</TaxAuthority></TaxRegistration></Company>");
        xml.raw("<DefaultCurrencyCode>NOK</DefaultCurrencyCode><SelectionCriteria><PeriodStart>1</PeriodStart>");
        xml.int("PeriodStartYear", self.year.into());
        xml.raw("<PeriodEnd>12</PeriodEnd>");
        xml.int("PeriodEndYear", self.year.into());
        xml.raw("</SelectionCriteria><HeaderComment>Fiktive data / fictional data</HeaderComment>");
        xml.raw("<TaxAccountingBasis>A</TaxAccountingBasis></Header>\n");
    }

    fn master(&mut self, books: &Books) -> io::Result<()> {
        self.xml.raw("<MasterFiles><GeneralLedgerAccounts>\n");
        for (at, entry) in Account::chart().iter().enumerate() {
            self.account(entry, books.opening[at], books.closing[at]);
        }
        self.xml.raw("</GeneralLedgerAccounts>\n<Customers>\n");
        for open in &books.customers {
            self.party("Customer", "1500", open, open.opening, open.closing);
            self.xml.breathe()?;
        }
        self.xml.raw("</Customers>\n<Suppliers>\n");
        for open in &books.suppliers {
            self.party("Supplier", "2400", open, -open.opening, -open.closing);
            self.xml.breathe()?;
        }
        self.xml
            .raw("</Suppliers>\n<TaxTable><TaxTableEntry><TaxType>MVA</TaxType>");
        self.xml.raw("<Description>Merverdiavgift</Description>\n");
        for (code, name, percent) in TAX_CODES {
            self.xml.raw("<TaxCodeDetails>");
            self.xml.element("TaxCode", code);
            self.xml.element("Description", name);
            self.xml.element("TaxPercentage", percent);
            self.xml.raw("<Country>NO</Country>");
            self.xml.element("StandardTaxCode", code);
            self.xml.raw("<BaseRate>100</BaseRate></TaxCodeDetails>\n");
        }
        self.xml.raw("</TaxTableEntry></TaxTable></MasterFiles>\n");
        Ok(())
    }

    fn account(&mut self, entry: &Entry, opening: Ore, closing: Ore) {
        let xml = &mut self.xml;
        xml.raw("<Account>");
        xml.element("AccountID", entry.number);
        xml.element("AccountDescription", entry.name);
        if self.newer || self.company.at % 2 == 1 {
            xml.element("GroupingCategory", entry.category);
            xml.element("GroupingCode", entry.code);
        } else {
            xml.element("StandardAccountID", entry.number);
        }
        xml.raw("<AccountType>GL</AccountType>");
        balance(xml, "Opening", opening);
        balance(xml, "Closing", closing);
        xml.raw("</Account>\n");
    }

    fn party(&mut self, kind: &str, account: &str, open: &Open, opening: Ore, closing: Ore) {
        let card = self.cluster.card_seen_by(self.company, open.party);
        let xml = &mut self.xml;
        xml.raw("<");
        xml.raw(kind);
        xml.raw(">");
        if let Some(number) = card.org_no {
            xml.element("RegistrationNumber", number.as_str());
        }
        xml.element("Name", &card.name);
        xml.raw("<Address>");
        xml.element("City", &card.city);
        xml.element("PostalCode", &card.postcode);
        xml.element("Country", card.country);
        xml.raw("</Address>");
        xml.int(
            if kind == "Customer" { "CustomerID" } else { "SupplierID" },
            open.party.id().into(),
        );
        if self.newer {
            xml.raw("<BalanceAccount>");
        }
        xml.element("AccountID", account);
        balance(xml, "Opening", opening);
        balance(xml, "Closing", closing);
        if self.newer {
            xml.raw("</BalanceAccount>");
        }
        xml.raw("</");
        xml.raw(kind);
        xml.raw(">\n");
    }

    fn entries(&mut self, books: &Books) -> io::Result<()> {
        let debit: Ore = books.lines.iter().map(|line| line.net.max(0)).sum();
        let credit: Ore = books.lines.iter().map(|line| (-line.net).max(0)).sum();
        self.xml.raw("<GeneralLedgerEntries>");
        self.xml.int(
            "NumberOfEntries",
            i64::try_from(books.vouchers.len()).unwrap_or(i64::MAX),
        );
        self.xml.money("TotalDebit", debit);
        self.xml.money("TotalCredit", credit);
        for (journal, id, name, kind) in JOURNALS {
            self.xml.raw("\n<Journal>");
            self.xml.element("JournalID", id);
            self.xml.element("Description", name);
            self.xml.element("Type", kind);
            let vouchers = books.vouchers.iter().filter(|voucher| voucher.journal == journal);
            for (ordinal, voucher) in vouchers.enumerate() {
                self.transaction(books, voucher, id, ordinal + 1);
                self.xml.breathe()?;
            }
            self.xml.raw("</Journal>");
        }
        self.xml.raw("</GeneralLedgerEntries>\n");
        Ok(())
    }

    fn transaction(&mut self, books: &Books, voucher: &Voucher, journal: &str, ordinal: usize) {
        self.xml.raw("\n<Transaction><TransactionID>");
        self.xml.raw(journal);
        crate::num::push_unsigned(self.xml.bytes(), ordinal as u64, 6);
        self.xml.raw("</TransactionID>");
        self.xml.int("Period", voucher.date.month().into());
        self.xml.int("PeriodYear", self.year.into());
        self.xml.date("TransactionDate", voucher.date);
        self.says("Description", voucher.says);
        self.xml.date("SystemEntryDate", voucher.date);
        self.xml.date("GLPostingDate", voucher.date);
        for (at, line) in books.lines[voucher.first..voucher.last].iter().enumerate() {
            self.line(line, at + 1);
        }
        self.xml.raw("</Transaction>");
    }

    fn line(&mut self, line: &Line, record: usize) {
        let xml = &mut self.xml;
        xml.raw("<Line>");
        xml.int("RecordID", i64::try_from(record).unwrap_or(0));
        xml.element("AccountID", line.account.entry().number);
        if let Some(party) = line.party {
            let name = if line.account == Account::Receivables {
                "CustomerID"
            } else {
                "SupplierID"
            };
            xml.int(name, party.id().into());
        }
        self.says("Description", line.says);
        let debit = line.net >= 0;
        let xml = &mut self.xml;
        let side = if debit { "DebitAmount" } else { "CreditAmount" };
        amount(xml, side, line.net.abs());
        let Some(tax) = line.tax else {
            return xml.raw("</Line>");
        };
        xml.raw("<TaxInformation><TaxType>MVA</TaxType>");
        xml.element("TaxCode", tax.code);
        xml.int("TaxPercentage", tax.percent);
        xml.raw("<Country>NO</Country>");
        xml.money("TaxBase", line.net.abs());
        let side = match (self.newer, debit) {
            (false, _) => "TaxAmount",
            (true, true) => "DebitTaxAmount",
            (true, false) => "CreditTaxAmount",
        };
        amount(xml, side, tax.amount.abs());
        xml.raw("</TaxInformation></Line>");
    }

    fn says(&mut self, name: &str, says: Says) {
        let xml = &mut self.xml;
        match says {
            Says::Text(text) => xml.element(name, text),
            Says::Invoice(number) => numbered(xml, name, "Faktura ", number),
            Says::Payment(number) => numbered(xml, name, "Betaling faktura ", number),
        }
    }
}

fn numbered(xml: &mut Xml<'_>, name: &str, text: &str, number: u64) {
    xml.raw("<");
    xml.raw(name);
    xml.raw(">");
    xml.raw(text);
    crate::num::push_unsigned(xml.bytes(), number, 1);
    xml.raw("</");
    xml.raw(name);
    xml.raw(">");
}

fn amount(xml: &mut Xml<'_>, name: &str, amount: Ore) {
    xml.raw("<");
    xml.raw(name);
    xml.raw(">");
    xml.money("Amount", amount);
    xml.raw("</");
    xml.raw(name);
    xml.raw(">");
}

/// `OpeningDebitBalance` and its three siblings.
fn balance(xml: &mut Xml<'_>, when: &str, balance: Ore) {
    let name = match (when, balance >= 0) {
        ("Opening", true) => "OpeningDebitBalance",
        ("Opening", false) => "OpeningCreditBalance",
        (_, true) => "ClosingDebitBalance",
        (_, false) => "ClosingCreditBalance",
    };
    xml.money(name, balance.abs());
}

impl Cluster {
    /// How a party stands in the master files.
    pub(crate) fn card(&self, party: Party) -> crate::outside::Card {
        match party {
            Party::Outside(outside) => outside.card(),
            Party::Member(at) => {
                let company = self.company(at);
                let place = &REGION[company.seat.place % REGION.len()];
                crate::outside::Card {
                    name: company.member.name.clone(),
                    org_no: Some(company.member.org_no),
                    postcode: place.postcode.to_owned(),
                    city: place.city.to_owned(),
                    country: "NO",
                }
            }
        }
    }
}
