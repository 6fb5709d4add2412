//! Writes a SAF-T Financial 1.30 file of about the given size in megabytes to standard output, for benches.
//!
//! The books are invented and the same on every run: purchases with a payable line, sales at home and abroad,
//! payments, in the proportions of a trading company. The totals in the file are right.

use std::io::{BufWriter, Write};

use anyhow::Context;

const ACCOUNTS: &[(&str, &str, &str)] = &[
    ("1500", "Kundefordringer", "balanseverdiForOmloepsmiddel"),
    ("1920", "Bank", "balanseverdiForOmloepsmiddel"),
    ("2400", "Leverandørgjeld", "kortsiktigGjeld"),
    ("2700", "Utgående merverdiavgift", "kortsiktigGjeld"),
    ("2710", "Inngående merverdiavgift", "kortsiktigGjeld"),
    ("3000", "Salgsinntekt, avgiftspliktig", "salgsinntekt"),
    ("3100", "Salgsinntekt, avgiftsfri", "salgsinntekt"),
    ("4005", "Varekostnad", "varekostnad"),
    ("6100", "Frakt", "annenDriftskostnad"),
    ("6340", "Lys, varme", "annenDriftskostnad"),
    ("7000", "Drivstoff", "annenDriftskostnad"),
];
const SUPPLIERS: u64 = 4_000;
const CUSTOMERS: u64 = 12_000;
/// Bytes of one transaction, near enough.
const TRANSACTION_BYTES: u64 = 2_330;

fn main() -> anyhow::Result<()> {
    let megabytes: u64 = std::env::args()
        .nth(1)
        .context("usage: saft_generate MEGABYTES > file.xml")?
        .parse()?;
    let transactions = (megabytes * 1_000_000 / TRANSACTION_BYTES).max(3);
    let out = &mut BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    header(out)?;
    masters(out)?;
    entries(out, transactions)?;
    writeln!(out, "</AuditFile>")?;
    out.flush()?;
    Ok(())
}

fn header(out: &mut impl Write) -> std::io::Result<()> {
    write!(
        out,
        r#"<?xml version="1.0" encoding="UTF-8"?>
<AuditFile xmlns="urn:StandardAuditFile-Taxation-Financial:NO" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <Header>
    <AuditFileVersion>1.30</AuditFileVersion>
    <AuditFileCountry>NO</AuditFileCountry>
    <AuditFileDateCreated>2026-01-15</AuditFileDateCreated>
    <SoftwareCompanyName>GreenHeart</SoftwareCompanyName>
    <SoftwareID>saft_generate</SoftwareID>
    <SoftwareVersion>1</SoftwareVersion>
    <Company>
      <RegistrationNumber>999999999</RegistrationNumber>
      <Name>Oppdiktet Handel AS</Name>
      <Address><City>Kongsvinger</City><PostalCode>2211</PostalCode><Country>NO</Country></Address>
    </Company>
    <DefaultCurrencyCode>NOK</DefaultCurrencyCode>
    <SelectionCriteria>
      <PeriodStart>1</PeriodStart><PeriodStartYear>2025</PeriodStartYear>
      <PeriodEnd>12</PeriodEnd><PeriodEndYear>2025</PeriodEndYear>
    </SelectionCriteria>
    <TaxAccountingBasis>A</TaxAccountingBasis>
  </Header>
"#
    )
}

fn masters(out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "  <MasterFiles>\n    <GeneralLedgerAccounts>")?;
    for (id, name, category) in ACCOUNTS {
        writeln!(
            out,
            "      <Account><AccountID>{id}</AccountID><AccountDescription>{name}</AccountDescription>\
             <GroupingCategory>{category}</GroupingCategory><GroupingCode>{id}</GroupingCode>\
             <AccountType>GL</AccountType></Account>"
        )?;
    }
    writeln!(out, "    </GeneralLedgerAccounts>\n    <Customers>")?;
    for id in 1..=CUSTOMERS {
        party(out, "Customer", id, "Kunde")?;
    }
    writeln!(out, "    </Customers>\n    <Suppliers>")?;
    for id in 1..=SUPPLIERS {
        party(out, "Supplier", id, "Leverandør")?;
    }
    writeln!(
        out,
        "    </Suppliers>\n    <TaxTable>\n      <TaxTableEntry><TaxType>MVA</TaxType>"
    )?;
    for code in ["0", "1", "3", "52"] {
        writeln!(
            out,
            "        <TaxCodeDetails><TaxCode>{code}</TaxCode><Country>NO</Country>\
             <StandardTaxCode>{code}</StandardTaxCode><BaseRate>100</BaseRate></TaxCodeDetails>"
        )?;
    }
    writeln!(out, "      </TaxTableEntry>\n    </TaxTable>\n  </MasterFiles>")
}

fn party(out: &mut impl Write, element: &str, id: u64, name: &str) -> std::io::Result<()> {
    writeln!(
        out,
        "      <{element}><Name>{name} {id} AS</Name><Address><StreetName>Storgata</StreetName><City>Grue</City>\
         <PostalCode>2260</PostalCode><Country>NO</Country></Address><{element}ID>{id}</{element}ID></{element}>"
    )
}

fn entries(out: &mut impl Write, transactions: u64) -> std::io::Result<()> {
    let total: u64 = (0..transactions).map(gross).sum();
    writeln!(
        out,
        "  <GeneralLedgerEntries>\n    <NumberOfEntries>{transactions}</NumberOfEntries>\n    \
         <TotalDebit>{0}</TotalDebit>\n    <TotalCredit>{0}</TotalCredit>\n    <Journal>\n      \
         <JournalID>1</JournalID>\n      <Description>Bilag</Description>\n      <Type>GL</Type>",
        kroner(total)
    )?;
    for at in 0..transactions {
        transaction(out, at)?;
    }
    writeln!(out, "    </Journal>\n  </GeneralLedgerEntries>")
}

/// Gross amount of a transaction in øre, a multiple of 125 so that 25 % VAT is whole.
fn gross(at: u64) -> u64 {
    (at * 7_919 % 9_973 + 1) * 125
}

fn kroner(ore: u64) -> String {
    format!("{}.{:02}", ore / 100, ore % 100)
}

fn transaction(out: &mut impl Write, at: u64) -> std::io::Result<()> {
    let (month, day) = (at % 12 + 1, at % 28 + 1);
    let date = format!("2025-{month:02}-{day:02}");
    writeln!(
        out,
        "      <Transaction>\n        <TransactionID>{id}</TransactionID>\n        <Period>{month}</Period>\n        \
         <PeriodYear>2025</PeriodYear>\n        <TransactionDate>{date}</TransactionDate>\n        \
         <SourceID>bruker</SourceID>\n        <VoucherType>Faktura</VoucherType>\n        \
         <Description>Bilag nummer {id}</Description>\n        <SystemEntryDate>{date}</SystemEntryDate>\n        \
         <GLPostingDate>{date}</GLPostingDate>",
        id = at + 1
    )?;
    let (gross, number) = (gross(at), at * 3);
    let net = gross / 5 * 4;
    let cost = ["4005", "6100", "6340", "7000"][usize::try_from(at / 3 % 4).unwrap_or(0)];
    let (supplier, customer) = (at % SUPPLIERS + 1, at % CUSTOMERS + 1);
    match at % 3 {
        0 => {
            line(out, number, cost, "", "Debit", net, "1")?;
            line(out, number + 1, "2710", "", "Debit", gross - net, "")?;
            let party = format!("<SupplierID>{supplier}</SupplierID>");
            line(out, number + 2, "2400", &party, "Credit", gross, "")?;
        }
        1 => {
            let party = format!("<CustomerID>{customer}</CustomerID>");
            line(out, number, "1500", &party, "Debit", gross, "")?;
            line(out, number + 1, "3000", "", "Credit", net, "3")?;
            line(out, number + 2, "2700", "", "Credit", gross - net, "")?;
        }
        _ => {
            let party = format!("<CustomerID>{customer}</CustomerID>");
            line(out, number, "1500", &party, "Debit", gross, "")?;
            line(out, number + 1, "3100", "", "Credit", net, "52")?;
            line(out, number + 2, "3100", "", "Credit", gross - net, "52")?;
        }
    }
    writeln!(out, "      </Transaction>")
}

fn line(
    out: &mut impl Write,
    number: u64,
    account: &str,
    party: &str,
    side: &str,
    ore: u64,
    tax_code: &str,
) -> std::io::Result<()> {
    writeln!(
        out,
        "        <Line>\n          <RecordID>{number}</RecordID>\n          <AccountID>{account}</AccountID>\n          \
         <Analysis>\n            <AnalysisType>A</AnalysisType>\n            <AnalysisID>{}</AnalysisID>\n          \
         </Analysis>\n          <SourceDocumentID>{number}</SourceDocumentID>",
        number % 40 + 100
    )?;
    if !party.is_empty() {
        writeln!(out, "          {party}")?;
    }
    writeln!(
        out,
        "          <Description>Oppdiktet postering &amp; linje {number}</Description>\n          <{side}Amount>\n            \
         <Amount>{}</Amount>\n          </{side}Amount>",
        kroner(ore)
    )?;
    if !tax_code.is_empty() {
        writeln!(
            out,
            "          <TaxInformation>\n            <TaxType>MVA</TaxType>\n            <TaxCode>{tax_code}</TaxCode>\n            \
             <TaxPercentage>25</TaxPercentage>\n            <TaxBase>{base}</TaxBase>\n            <{side}TaxAmount>\n              \
             <Amount>{tax}</Amount>\n            </{side}TaxAmount>\n          </TaxInformation>",
            base = kroner(ore),
            tax = kroner(ore / 4)
        )?;
    }
    writeln!(out, "        </Line>")
}
