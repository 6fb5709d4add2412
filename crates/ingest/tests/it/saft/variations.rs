//! What the schemas allow and programs do, one small file each.

use greenheart_ingest::saft::Options;
use greenheart_ingest::{Collected, Summary};
use greenheart_model::{ActivityKind, Status};

use super::{amounts, read_one, read_parts};

const ACCOUNTS: &str = "\
    <Account><AccountID>1920</AccountID><StandardAccountID>19</StandardAccountID></Account>\
    <Account><AccountID>2400</AccountID><StandardAccountID>24</StandardAccountID></Account>\
    <Account><AccountID>3000</AccountID><StandardAccountID>30</StandardAccountID></Account>\
    <Account><AccountID>4300</AccountID><StandardAccountID>43</StandardAccountID></Account>\
    <Account><AccountID>6340</AccountID><StandardAccountID>63</StandardAccountID></Account>\
    <Account><AccountID>8800</AccountID><StandardAccountID>88</StandardAccountID></Account>";
const CODES: &str = "<TaxTable><TaxTableEntry><TaxType>MVA</TaxType>\
    <TaxCodeDetails><TaxCode>U</TaxCode><StandardTaxCode>52</StandardTaxCode></TaxCodeDetails>\
    <TaxCodeDetails><TaxCode>H</TaxCode><StandardTaxCode>3</StandardTaxCode></TaxCodeDetails>\
    <TaxCodeDetails><TaxCode>I</TaxCode><StandardTaxCode>81</StandardTaxCode></TaxCodeDetails>\
    </TaxTableEntry></TaxTable>";

/// A file of 2024 with these master data and entries.
fn file(masters: &str, entries: &str) -> String {
    format!(
        "<AuditFile xmlns=\"urn:StandardAuditFile-Taxation-Financial:NO\"><Header><AuditFileVersion>1.20</AuditFileVersion>\
         <AuditFileCountry>NO</AuditFileCountry><Company><RegistrationNumber>999999999</RegistrationNumber>\
         <Name>Liten AS</Name></Company><DefaultCurrencyCode>NOK</DefaultCurrencyCode><SelectionCriteria>\
         <SelectionStartDate>2024-01-01</SelectionStartDate><SelectionEndDate>2024-12-31</SelectionEndDate>\
         </SelectionCriteria></Header><MasterFiles><GeneralLedgerAccounts>{ACCOUNTS}</GeneralLedgerAccounts>{masters}\
         </MasterFiles><GeneralLedgerEntries>{entries}</GeneralLedgerEntries></AuditFile>"
    )
}

fn transaction(head: &str, lines: &[(&str, &str)]) -> String {
    let lines = lines
        .iter()
        .map(|(account, rest)| format!("<Line><RecordID>1</RecordID><AccountID>{account}</AccountID>{rest}</Line>"))
        .collect::<Vec<_>>()
        .concat();
    format!("<Journal><Transaction><TransactionID>T</TransactionID>{head}{lines}</Transaction></Journal>")
}

fn debit(amount: &str) -> String {
    format!("<DebitAmount><Amount>{amount}</Amount></DebitAmount>")
}

fn credit(amount: &str) -> String {
    format!("<CreditAmount><Amount>{amount}</Amount></CreditAmount>")
}

const MAY: &str = "<Period>5</Period><PeriodYear>2024</PeriodYear><TransactionDate>2024-05-06</TransactionDate>";

fn sale_with(rest: &str) -> String {
    transaction(
        MAY,
        &[("1920", &debit("100")), ("3000", &format!("{}{rest}", credit("100")))],
    )
}

fn read(masters: &str, entries: &str) -> (Summary, Collected) {
    let (result, sink) = read_one(file(masters, entries));
    (result.expect("it can be read"), sink)
}

#[test]
fn standard_accounts_of_two_digits_are_refined_by_the_own_number() {
    let entries = transaction(MAY, &[("6340", &debit("50")), ("1920", &credit("50"))]);
    let (_, sink) = read("", &entries);
    assert_eq!(&*sink.activities[0].item, "purchase.electricity");
    assert_eq!(sink.findings.status(), Status::Complete, "{:?}", sink.findings);
}

#[test]
fn tax_codes() {
    let tax = |code: &str, base: &str| {
        let base = if base.is_empty() {
            String::new()
        } else {
            format!("<TaxBase>{base}</TaxBase>")
        };
        format!(
            "<TaxInformation><TaxCode>{code}</TaxCode>{base}<DebitTaxAmount><Amount>9</Amount></DebitTaxAmount></TaxInformation>"
        )
    };
    for (masters, rest, code, export, finding) in [
        (CODES, tax("U", ""), Some("52"), Some("100"), None),
        (
            CODES,
            tax("H", "10") + &tax("U", "90"),
            Some("52"),
            Some("100"),
            Some("saft.tax_codes_several"),
        ),
        (
            CODES,
            tax("H", "90") + &tax("U", "10"),
            Some("3"),
            Some("0"),
            Some("saft.tax_codes_several"),
        ),
        (CODES, tax("U", "") + &tax("U", ""), Some("52"), Some("100"), None),
        (CODES, tax("Q", ""), None, None, Some("saft.tax_code_unlisted")),
        ("", tax("52", ""), Some("52"), Some("100"), Some("saft.tax_table")),
        ("", tax("U25", ""), None, None, Some("saft.tax_code_unlisted")),
        (CODES, String::new(), None, None, None),
    ] {
        let (summary, sink) = read(masters, &sale_with(&rest));
        assert_eq!(sink.activities[0].tax_code.as_deref(), code, "{rest}");
        assert_eq!(
            summary.overview["export"].as_str(),
            export,
            "{rest}: missing is not zero"
        );
        let found: Vec<&str> = sink.findings.counts().map(|(code, ..)| code).collect();
        assert_eq!(found, finding.into_iter().collect::<Vec<_>>(), "{rest}");
    }
    let purchase = format!("{}{}", debit("80"), tax("I", "80"));
    let entries = transaction(MAY, &[("4300", &purchase), ("1920", &credit("80"))]);
    assert_eq!(read(CODES, &entries).0.overview["import_share"].as_str(), Some("1"));
}

/// Amounts of analysis, of tax and in foreign currency are not amounts of the line; the elements of 1.10 and of
/// 1.30 are named differently.
#[test]
fn only_the_amount_of_the_line_counts() {
    for rest in [
        "<Analysis><AnalysisType>A</AnalysisType><AnalysisID>1</AnalysisID><AnalysisAmount><Amount>7</Amount></AnalysisAmount></Analysis>",
        "<Analysis><AnalysisType>A</AnalysisType><AnalysisID>1</AnalysisID><DebitAnalysisAmount><Amount>7</Amount></DebitAnalysisAmount></Analysis>",
        "<TaxInformation><TaxCode>H</TaxCode><TaxAmount><Amount>7</Amount></TaxAmount></TaxInformation>",
        "<TaxInformation><TaxCode>H</TaxCode><CreditTaxAmount><Amount>7</Amount></CreditTaxAmount></TaxInformation>",
        "<Quantity>7</Quantity><ReferenceNumber>7</ReferenceNumber><OwnerID>7</OwnerID>",
    ] {
        let (summary, sink) = read(CODES, &sale_with(rest));
        assert_eq!(amounts(&sink, ActivityKind::Sale), ["100"], "{rest}");
        assert_eq!(summary.overview["credit"].as_str(), Some("100"), "{rest}");
    }
    let foreign = "<CreditAmount><Amount>100</Amount><CurrencyCode>EUR</CurrencyCode>\
                   <CurrencyAmount>8.70</CurrencyAmount><ExchangeRate>11.49425287</ExchangeRate></CreditAmount>";
    let (_, sink) = read("", &transaction(MAY, &[("1920", &debit("100")), ("3000", foreign)]));
    assert_eq!(
        (amounts(&sink, ActivityKind::Sale), sink.activities[0].currency.code()),
        (vec!["100".into()], "NOK")
    );
    let (summary, sink) = read_one(file("", &sale_with("")).replace(">NOK<", ">EUR<"));
    assert_eq!(sink.activities[0].currency.code(), "EUR");
    assert_eq!(summary.unwrap().overview["currency"].as_str(), Some("EUR"));
}

#[test]
fn a_negative_debit_is_a_credit() {
    let entries = transaction(MAY, &[("4300", &debit("-25.5")), ("2400", &debit("25.5"))]);
    let (summary, sink) = read("", &entries);
    assert_eq!(amounts(&sink, ActivityKind::Purchase), ["-25.5"]);
    assert_eq!(summary.overview["debit"].as_str(), Some("0"));
}

#[test]
fn dates_outside_the_export_follow_the_accounting_period() {
    for (head, period, finding) in [
        (MAY.to_owned(), "2024-05-06..2024-05-06", 0),
        // Dated in the year before, accounted in January.
        (MAY.replace("2024-05-06", "2023-12-30"), "2024-05-01..2024-05-31", 1),
        // Both outside: the date is what there is.
        (MAY.replace("2024", "2022"), "2022-05-06..2022-05-06", 1),
        // Period 13 closes the year.
        (
            "<Period>13</Period><PeriodYear>2024</PeriodYear>".to_owned(),
            "2024-12-01..2024-12-31",
            0,
        ),
        (
            "<Period>0</Period><PeriodYear>2024</PeriodYear>".to_owned(),
            "2024-01-01..2024-01-31",
            0,
        ),
        (
            "<Period>05</Period><PeriodYear>2024</PeriodYear><TransactionDate>2024-05-06+02:00</TransactionDate>"
                .to_owned(),
            "2024-05-06..2024-05-06",
            0,
        ),
    ] {
        let entries = transaction(&head, &[("1920", &debit("1")), ("3000", &credit("1"))]);
        let (_, sink) = read("", &entries);
        assert_eq!(sink.activities[0].period.to_string(), period, "{head}");
        assert_eq!(sink.findings.count("saft.outside_selection"), finding, "{head}");
    }
}

#[test]
fn closing_the_year_undoes_no_sale() {
    let sale = transaction(MAY, &[("1920", &debit("100")), ("3000", &credit("100"))]);
    let december = "<Period>13</Period><PeriodYear>2024</PeriodYear><TransactionDate>2024-12-31</TransactionDate>";
    let close = transaction(december, &[("3000", &debit("100")), ("8800", &credit("100"))]);
    let (summary, sink) = read("", &(sale.clone() + &close));
    assert_eq!(amounts(&sink, ActivityKind::Sale), ["100"]);
    assert_eq!(summary.overview["revenue"].as_str(), Some("100"));
    assert_eq!(sink.findings.count("saft.closing_entry"), 1);
    // A correction in the same month, against the appropriation, that does not empty the account is a correction.
    let correct = transaction(december, &[("3000", &debit("40")), ("8800", &credit("40"))]);
    let (_, sink) = read("", &(sale + &correct));
    assert_eq!(amounts(&sink, ActivityKind::Sale), ["100", "-40"]);
}

#[test]
fn balance_accounts_of_parties_and_owners_are_not_theirs() {
    let masters = format!(
        "<Suppliers><Supplier><RegistrationNumber>923609016</RegistrationNumber><Name>Lev AS</Name>\
         <Address><Country>SE</Country><AddressType>PostalAddress</AddressType></Address>\
         <Contact><ContactPerson><FirstName>Kari</FirstName><LastName>AS</LastName></ContactPerson></Contact>\
         <BankAccount><IBANNumber>NO1</IBANNumber></BankAccount><SupplierID>7</SupplierID>\
         <BalanceAccount><AccountID>2400</AccountID><OpeningCreditBalance>1</OpeningCreditBalance>\
         <ClosingCreditBalance>2</ClosingCreditBalance></BalanceAccount></Supplier></Suppliers>\
         <Owners><Owner><RegistrationNumber>888888888</RegistrationNumber><OwnerID>7</OwnerID></Owner></Owners>\
         <Assets><Asset><AssetID>1</AssetID><AccountID>1250</AccountID><Supplier><SupplierName>X AS</SupplierName>\
         <SupplierID>7</SupplierID></Supplier></Asset></Assets>{CODES}"
    );
    let payable = format!("<SupplierID>7</SupplierID>{}", credit("10"));
    let (_, sink) = read(
        &masters,
        &transaction(MAY, &[("4300", &debit("10")), ("2400", &payable)]),
    );
    let party = sink.activities[0].counterparty.clone().expect("a supplier");
    assert_eq!(
        (
            party.org_no.map(|n| n.to_string()),
            party.name.as_deref(),
            party.country.as_deref()
        ),
        (Some("923609016".into()), Some("Lev AS"), Some("SE"))
    );
    assert_eq!(sink.findings.status(), Status::Complete, "{:?}", sink.findings);
}

/// A supplier that is not listed is still told apart from others; a listing after it fills it in.
#[test]
fn an_unlisted_supplier_keeps_its_number() {
    let payable = format!("<SupplierID>77</SupplierID>{}", credit("10"));
    let (summary, sink) = read("", &transaction(MAY, &[("4300", &debit("10")), ("2400", &payable)]));
    assert_eq!(
        sink.activities[0]
            .counterparty
            .as_ref()
            .and_then(|p| p.local_id.as_deref()),
        Some("77")
    );
    assert_eq!(summary.overview["spend_without_supplier"].as_str(), Some("0"));
}

#[test]
fn wrong_structures_are_told() {
    let unbalanced = transaction(MAY, &[("1920", &debit("1")), ("3000", &credit("2"))]);
    let (_, sink) = read("", &unbalanced);
    assert_eq!(sink.findings.count("saft.transaction_unbalanced"), 1);
    let no_account = "<Journal><Transaction><TransactionDate>2024-01-01</TransactionDate><Line><DebitAmount><Amount>5</Amount></DebitAmount></Line></Transaction></Journal>";
    let (summary, sink) = read("", no_account);
    assert_eq!(
        (sink.findings.count("saft.account_unlisted"), summary.rows),
        (1, 1),
        "nothing is dropped"
    );
    let absurd = transaction(
        MAY,
        &[("1920", &debit("1e30")), ("3000", &credit("99999999999999999999"))],
    );
    let (_, sink) = read("", &absurd);
    assert_eq!(
        (sink.findings.count("saft.amount"), sink.findings.status()),
        (2, Status::Blocked)
    );
    let headless = file("", &sale_with(""));
    let cut = headless.find("<Header>").unwrap()..headless.find("<MasterFiles>").unwrap();
    let headless = headless.replace(&headless[cut], "");
    super::refused(headless, "saft.header");
    let (_, sink) = read_one(file("", &sale_with("")).replace("Country>NO<", "Country>DK<"));
    assert_eq!(sink.findings.count("saft.country"), 1);
    let (_, sink) = read_one(file("", &sale_with("")).replace(">NOK<", ">kroner<"));
    assert_eq!(sink.findings.count("saft.currency"), 1);
    let pieces = "<!-- -->x".repeat(1 << 18);
    super::refused(
        file("", "").replace("Liten AS", &format!("{}{pieces}", "y".repeat(900_000))),
        "saft.too_large",
    );
}

#[test]
fn the_number_may_stand_in_the_tax_registration() {
    let text = file("", &sale_with("")).replace(
        "<RegistrationNumber>999999999</RegistrationNumber><Name>Liten AS</Name>",
        "<Name>Liten AS</Name><TaxRegistration><TaxRegistrationNumber>NO999999999MVA</TaxRegistrationNumber></TaxRegistration>",
    );
    let (summary, sink) = read_one(text);
    assert_eq!(summary.unwrap().org_no.map(|n| n.to_string()), Some("999999999".into()));
    assert_eq!(sink.findings.status(), Status::Complete);
}

#[test]
fn source_documents_are_named_and_passed_over() {
    let documents = "<SourceDocuments><SalesInvoices><Invoice><Line><AccountID>9999</AccountID><CustomerID>1</CustomerID>\
        <DebitAmount><Amount>5</Amount></DebitAmount></Line></Invoice></SalesInvoices></SourceDocuments></AuditFile>";
    let (summary, sink) = read_one(file("", &sale_with("")).replace("</AuditFile>", documents));
    assert_eq!(sink.findings.count("saft.version_draft"), 1);
    assert_eq!(sink.findings.count("saft.account_unlisted"), 0);
    assert_eq!(summary.unwrap().overview["debit"].as_str(), Some("100"));
}

/// What each part of a split export repeats is told once.
#[test]
fn parts_are_told_once() {
    let part = file("", &sale_with("")).replace(">1.20<", ">7.7<");
    let (_, sink) = read_parts(vec![part.clone().into(), part.into()], &Options::default());
    assert_eq!(sink.findings.count("saft.version"), 2, "{:?}", sink.findings);
}

#[test]
fn the_overview_says_which_accounts_are_revenue() {
    let (summary, _) = read(CODES, &sale_with(""));
    assert_eq!(
        summary.overview["revenue_by_account"],
        serde_json::json!([{ "account": "3000", "grouping_category": "", "grouping_code": "30", "item": "revenue.sales", "nok": "100" }])
    );
    assert_eq!(
        summary.overview["revenue_by_month"],
        serde_json::json!([{ "month": "2024-05", "grouping": "30", "nok": "100" }])
    );
}
