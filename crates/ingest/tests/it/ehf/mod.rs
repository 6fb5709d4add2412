//! EHF and Peppol documents.

use greenheart_ingest::ehf::{FINDINGS, Options, looks_like, peek, read};
use greenheart_ingest::{Collected, Limits, ReadError, Source, Summary};
use greenheart_model::{Activity, ActivityKind, ItemClass, Status};
use greenheart_units::Amount;

use crate::kit::{source, zipped};

mod official;
mod writing;

const GOODS: &str = include_str!("../../fixtures/ehf/goods.xml");
const POWER: &str = include_str!("../../fixtures/ehf/power.xml");
const DELIVERY: &str = include_str!("../../fixtures/ehf/delivery.xml");
const OWN: &str = "999999999";

fn options() -> Options {
    Options {
        expected_org: Some(OWN.parse().expect("a number")),
        ..Options::default()
    }
}

fn read_set(files: Vec<Vec<u8>>, options: &Options) -> (Result<Summary, ReadError>, Collected) {
    let mut sources: Vec<Source<'_>> = (0..)
        .zip(files)
        .map(|(at, bytes)| source(&format!("{at}.xml"), at, bytes))
        .collect();
    let mut sink = Collected::default();
    let result = read(&mut sources, options, &mut sink);
    for finding in sink.findings.kept() {
        assert!(
            FINDINGS.iter().any(|(code, ..)| *code == &*finding.code),
            "`{}` is not documented",
            finding.code
        );
    }
    if let Ok(summary) = &result {
        assert_eq!(summary.rows, sink.activities.len() as u64);
        assert!(sink.activities.iter().zip(1..).all(|(row, at)| row.row_no == at));
    }
    (result, sink)
}

fn read_one(text: impl Into<Vec<u8>>) -> (Summary, Collected) {
    let (result, sink) = read_set(vec![text.into()], &options());
    (
        result.unwrap_or_else(|error| panic!("{error}: {:?}", sink.findings)),
        sink,
    )
}

fn refused(bytes: impl Into<Vec<u8>>, expect: &str) {
    let (result, sink) = read_set(vec![bytes.into()], &options());
    assert!(
        matches!(result, Err(ReadError::Refused { code }) if code == expect),
        "{expect}: {result:?}"
    );
    assert_eq!(sink.findings.status(), Status::Blocked, "{expect}");
}

fn total(rows: &[Activity]) -> Amount {
    rows.iter().filter_map(|row| row.amount).sum()
}

#[test]
fn lines_become_rows_with_what_names_them() {
    let (summary, sink) = read_one(GOODS);
    assert_eq!(
        sink.findings.counts().map(|(code, ..)| code).collect::<Vec<_>>(),
        ["ehf.coverage_assumed"]
    );
    let [steel, diesel, freight] = sink.activities.as_slice() else {
        panic!("{:?}", sink.activities)
    };
    assert_eq!(
        (steel.kind, steel.class, &*steel.item),
        (ActivityKind::Purchase, ItemClass::Goods, "steel")
    );
    assert_eq!(steel.quantity.map(|q| q.to_string()), Some("2500 kg".into()));
    assert_eq!(steel.supplier_co2e.map(|c| c.to_string()), Some("4550".into()));
    assert_eq!(
        steel.period.to_string(),
        "2025-03-07..2025-03-07",
        "the day of delivery"
    );
    assert_eq!(steel.identifiers.document.as_deref(), Some("F-100"));
    assert_eq!(steel.identifiers.article.as_deref(), Some("gtin:7038010000010"));
    assert_eq!(steel.identifiers.name.as_deref(), Some("Stålplater 10 mm"));
    assert_eq!(steel.identifiers.classification.as_deref(), Some("cn:72085120"));
    let seller = steel.counterparty.clone().unwrap();
    assert_eq!(
        (seller.org_no.map(|n| n.to_string()).as_deref(), seller.name.as_deref()),
        (Some("923609016"), Some("Oppdiktet Stål AS"))
    );
    assert_eq!((diesel.kind, &*diesel.item), (ActivityKind::Fuel, "diesel"));
    assert_eq!(diesel.quantity.map(|q| q.to_string()), Some("0.5 m3".into()));
    assert_eq!(
        (freight.class, freight.amount.map(|a| a.to_string())),
        (ItemClass::Freight, Some("350".into()))
    );
    assert_eq!(
        summary.control_totals[0].stated.map(|a| a.to_string()),
        Some("31500".into())
    );
    assert!(summary.control_totals.iter().all(greenheart_model::ControlTotal::holds));
    assert_eq!(total(&sink.activities).to_string(), "31850");
    assert_eq!(summary.overview["stated_co2e_kg"].as_str(), Some("4550"));
}

/// The same content in other clothes gives the same rows.
#[test]
fn clothes_do_not_matter() {
    let (_, expected) = read_one(GOODS);
    let body = GOODS.trim_start_matches("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    let enveloped = format!(
        "<StandardBusinessDocument xmlns=\"http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader\">\
         <StandardBusinessDocumentHeader><Sender><Identifier>0192:1</Identifier></Sender></StandardBusinessDocumentHeader>\
         {body}</StandardBusinessDocument>"
    );
    let attachment = "QUJD".repeat(2 << 20);
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(body.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for (name, bytes) in [
        ("envelope", enveloped.into_bytes()),
        (
            "prefix",
            GOODS
                .replace("cac:", "x:")
                .replace("cbc:", "y:")
                .replace(":cac=", ":x=")
                .replace(":cbc=", ":y=")
                .into_bytes(),
        ),
        (
            "byte-order mark",
            format!("\u{feff}{}", GOODS.replace('\n', "\r\n")).into_bytes(),
        ),
        ("UTF-16", utf16),
        (
            "attachment of eight megabytes",
            GOODS.replace(">QUJD<", &format!(">{attachment}<")).into_bytes(),
        ),
        (
            "long note",
            GOODS
                .replace(
                    "<cbc:ID>F-100",
                    &format!("<cbc:Note>{}</cbc:Note><cbc:ID>F-100", "ø".repeat(200_000)),
                )
                .into_bytes(),
        ),
        (
            "zip",
            zipped(&[("mappe/a.xml", GOODS.as_bytes()), ("mappe/a.pdf", b"%PDF")]),
        ),
        (
            "scheme of EHF 2",
            GOODS
                .replace("\"0192\"", "\"NO:ORGNR\"")
                .replace("0160", "GTIN")
                .replace("\"TST\"", "\"UNSPSC\"")
                .into_bytes(),
        ),
    ] {
        let (result, sink) = read_set(vec![bytes], &options());
        assert!(result.is_ok(), "{name}: {:?}", sink.findings);
        assert_eq!(sink.activities, expected.activities, "{name}");
    }
    assert!(looks_like(&GOODS.as_bytes()[..300]) && !looks_like(b"<AuditFile>"));
    assert_eq!(
        peek(&mut source("a.xml", 0, GOODS.into()), &Limits::default()),
        (Some("923609016".parse().unwrap()), Some(OWN.parse().unwrap()))
    );
}

#[test]
fn a_power_bill_counts_its_kilowatt_hours_once() {
    let (summary, sink) = read_one(POWER);
    let [row] = sink.activities.as_slice() else {
        panic!("{:?}", sink.activities)
    };
    assert_eq!((row.kind, &*row.item), (ActivityKind::Electricity, "electricity"));
    assert_eq!(
        row.quantity.map(|q| q.to_string()),
        Some("1000 kWh".into()),
        "day and night, not the tax"
    );
    assert_eq!(
        row.amount.map(|a| a.to_string()),
        Some("1100".into()),
        "with the fixed charge and the tax"
    );
    assert_eq!(
        row.period.to_string(),
        "2025-01-01..2025-01-31",
        "the end is the first day of the next period"
    );
    assert_eq!(row.identifiers.object.as_deref(), Some("707057500000000012"));
    assert_eq!(
        summary.overview["metering_points"],
        serde_json::json!([{ "metering_point": "707057500000000012", "period": "2025-01-01..2025-01-31", "kwh": "1000" }])
    );
    assert_eq!(summary.coverage[0].period.to_string(), "2025-01-01..2025-01-31");

    // Grid and power are billed apart: one of them counts.
    let energy = POWER
        .replace("811143758", "987654325")
        .replace("Energiledd dag", "Strøm spotpris dag")
        .replace("Energiledd natt", "Strøm spotpris natt");
    let (_, sink) = read_set(vec![POWER.into(), energy.into()], &options());
    let kwh: Vec<_> = sink
        .activities
        .iter()
        .map(|row| row.quantity.map(|q| q.to_string()))
        .collect();
    assert_eq!(kwh, [Some("1000 kWh".into()), None]);
    assert_eq!(sink.findings.count("ehf.energy_repeated"), 1);
    assert_eq!(total(&sink.activities).to_string(), "2200");

    // The same seller twice for the same days is told.
    let (_, sink) = read_set(vec![POWER.into(), POWER.replace(">N-7<", ">N-8<").into()], &options());
    assert_eq!(sink.findings.count("ehf.energy_overlap"), 1);
}

#[test]
fn credit_notes_count_down() {
    let credit = GOODS
        .replace("Invoice", "CreditNote")
        .replace("InvoicedQuantity", "CreditedQuantity")
        .replace("CreditNotedQuantity", "CreditedQuantity")
        .replace(">F-100<", ">K-1<")
        .replace("<cac:AccountingSupplierParty>", "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>F-100</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference><cac:AccountingSupplierParty>");
    let (_, sink) = read_set(vec![GOODS.into(), credit.clone().into()], &options());
    assert_eq!(total(&sink.activities), Amount::ZERO);
    let co2e: Amount = sink.activities.iter().filter_map(|row| row.supplier_co2e).sum();
    assert_eq!(co2e, Amount::ZERO);
    assert_eq!(sink.findings.count("ehf.credit_without_invoice"), 0);
    let (_, sink) = read_one(credit.clone());
    assert_eq!(
        (
            sink.findings.count("ehf.credit_without_invoice"),
            sink.findings.status()
        ),
        (1, Status::Complete)
    );
    let (_, sink) = read_one(credit.replace("BillingReference", "Other"));
    assert_eq!(sink.findings.count("ehf.credit_alone"), 1);
    // A correcting invoice states negative numbers itself.
    let (_, sink) = read_one(GOODS.replace(">25000.00<", ">-25000.00<").replace(">2.5<", ">-2.5<"));
    assert_eq!(
        sink.activities[0].quantity.map(|q| q.to_string()),
        Some("-2500 kg".into())
    );
    let (_, sink) = read_one(GOODS.replace(">380<", ">381<"));
    assert_eq!(
        (
            sink.findings.count("ehf.type_code"),
            total(&sink.activities).to_string()
        ),
        (1, "-31850".into())
    );
}

#[test]
fn own_invoices_are_the_sellers_side() {
    let options = Options {
        expected_org: Some("923609016".parse().unwrap()),
        ..Options::default()
    };
    let (result, sink) = read_set(vec![GOODS.into()], &options);
    assert!(result.is_ok());
    assert!(sink.activities.iter().all(|row| row.kind == ActivityKind::OtherPosting));
    assert_eq!(
        sink.activities[0]
            .counterparty
            .as_ref()
            .and_then(|c| c.org_no)
            .map(|n| n.to_string()),
        Some(OWN.into())
    );
    assert_eq!(result.unwrap().overview["outgoing"].as_u64(), Some(1));
}

#[test]
fn what_is_wrong_is_found() {
    for (from, to, code, status) in [
        (">31500.00<", ">31600.00<", "ehf.control_total", Status::Partial),
        (">31850.00<", ">31900.00<", "ehf.control_total", Status::Partial),
        (
            "unitCode=\"TNE\">2.5",
            "unitCode=\"ZZ9\">2.5",
            "ehf.unit_unknown",
            Status::Partial,
        ),
        (">13<", ">14<", "ehf.line_amount", Status::Complete),
        (">4550<", ">455<", "ehf.co2_differs", Status::Partial),
        (">4550<", ">mye<", "ehf.co2_value", Status::Partial),
        (">25000.00<", ">25.000,00<", "ehf.amount", Status::Partial),
        (">NOK<", ">EUR<", "ehf.currency_mixed", Status::Partial),
        (">NOK<", "><", "ehf.currency", Status::Partial),
        (">2025-03-07<", ">2205-03-07<", "ehf.date", Status::Partial),
        (">F-100<", "><", "ehf.no_number", Status::Partial),
        (
            " xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"\n    xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\"\n    xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"",
            "",
            "ehf.namespace",
            Status::Partial,
        ),
    ] {
        assert!(GOODS.contains(from), "{from}");
        let (_, sink) = read_one(GOODS.replacen(from, to, 1));
        assert!(sink.findings.count(code) > 0, "{code}: {:?}", sink.findings);
        assert_eq!(sink.findings.status(), status, "{code}");
    }
    let gross = GOODS
        .replace(">25000.00<", ">31250.00<")
        .replace(">6500.00<", ">8125.00<");
    let gross = gross
        .replace(">31850.00<", ">31500.00<")
        .replace(">39812.50<", ">39375.00<")
        .replace(">350.00<", ">0.00<");
    let (_, sink) = read_one(gross);
    assert_eq!(sink.findings.count("ehf.tax_included"), 1, "{:?}", sink.findings);
    assert_eq!(total(&sink.activities).to_string(), "31500");
}

#[test]
fn one_bad_file_does_not_stop_the_others() {
    let other = GOODS.replace(OWN, "888888888").replace(">F-100<", ">F-101<");
    let differs = GOODS.replace(">6500.00<", ">6501.00<");
    let (result, sink) = read_set(
        vec![
            GOODS.into(),
            b"not xml".to_vec(),
            GOODS.as_bytes()[..900].to_vec(),
            other.into(),
            GOODS.into(),
            differs.into(),
            Vec::new(),
            POWER.into(),
        ],
        &options(),
    );
    assert_eq!(result.unwrap().rows, 4);
    assert_eq!(sink.findings.status(), Status::Partial);
    for code in [
        "ehf.not_ehf",
        "ehf.truncated",
        "ehf.other_company",
        "ehf.duplicate",
        "ehf.duplicate_differs",
        "ehf.empty",
    ] {
        assert_eq!(sink.findings.count(code), 1, "{code}: {:?}", sink.findings);
    }
    assert_eq!(sink.activities[3].place.file, 7);
    assert!(
        !format!("{:?}", sink.findings).contains("888888888"),
        "another company's number is not shown"
    );
    let (result, _) = read_set(vec![b"a".to_vec(), b"b".to_vec()], &options());
    assert!(matches!(result, Err(ReadError::Refused { code: "ehf.nothing" })));
}

#[test]
fn hostile_and_broken_files_are_refused_with_a_reason() {
    refused("", "ehf.empty");
    refused("hello", "ehf.not_ehf");
    refused("<html><body/></html>", "ehf.not_ehf");
    refused("<AuditFile xmlns=\"urn:x\"><Invoice/></AuditFile>", "ehf.not_ehf");
    refused(&GOODS[..GOODS.len() / 2], "ehf.truncated");
    refused(GOODS.replace("</cac:Delivery>", "</cac:Leveranse>"), "ehf.malformed");
    refused(
        GOODS.replacen("?>", "?><!DOCTYPE a [<!ENTITY a \"aaaa\">]>", 1),
        "ehf.doctype",
    );
    refused(GOODS.replacen("&amp;", "&lol;", 1), "ehf.doctype");
    refused(GOODS.replace(OWN, "888888888"), "ehf.other_company");
    refused(b"PK\x03\x04 broken".to_vec(), "ehf.nothing");
    refused(zipped(&[("a.pdf", b"x"), ("b.zip", b"PK")]), "ehf.nothing");
    let bomb = format!("{GOODS}{}", " ".repeat(64 << 20));
    refused(zipped(&[("a.xml", bomb.as_bytes())]), "ehf.nothing");
    let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
    refused(deep, "ehf.too_large");
    let limits = Limits {
        transaction_lines: 1,
        ..Limits::default()
    };
    let (result, sink) = read_set(vec![GOODS.into()], &Options { limits, ..options() });
    assert!(
        matches!(result, Err(ReadError::Refused { code: "ehf.too_large" })),
        "{:?}",
        sink.findings
    );
}

#[test]
fn names_of_persons_are_not_kept() {
    let text = GOODS.replace("Oppdiktet Stål AS", "Ola Nordmann");
    let text = text.replace("Autodiesel, levert", "Konsulent Kari Nordmann");
    let text = text
        .replace("15101505", "80101500")
        .replace("unitCode=\"LTR\"", "unitCode=\"HUR\"");
    let (_, sink) = read_one(text);
    assert!(!format!("{:?}", sink.activities).contains("Nordmann"));
}

#[test]
fn a_despatch_advice_gives_fuel_and_co2() {
    let (summary, sink) = read_one(DELIVERY);
    let [row] = sink.activities.as_slice() else {
        panic!("{:?}", sink.activities)
    };
    assert_eq!((row.kind, &*row.item), (ActivityKind::Transport, "road_freight"));
    assert_eq!(row.period.to_string(), "2025-03-31..2025-03-31");
    assert_eq!(row.supplier_co2e.map(|c| c.to_string()), Some("6.5".into()));
    assert_eq!(row.quantity.map(|q| q.to_string()), Some("1030 kg".into()));
    assert_eq!(
        row.counterparty.as_ref().and_then(|c| c.org_no).map(|n| n.to_string()),
        Some("888888888".into())
    );
    let delivery = &summary.overview["deliveries"][0];
    assert_eq!(delivery["fuel"][0]["item"].as_str(), Some("hvo100"));
    assert_eq!(delivery["fuel"][0]["quantity"]["value"].as_str(), Some("0.02"));
    let (_, sink) = read_one(DELIVERY.replace("unitCode=\"KGM\">6.5", "unitCode=\"GRM\">6.5"));
    assert_eq!(sink.findings.count("ehf.co2_implausible"), 1);
    let (_, sink) = read_one(DELIVERY.replace("unitCode=\"KGM\">1030", "unitCode=\"C62\">1"));
    assert_eq!(sink.findings.count("ehf.unit"), 1);
    assert_eq!(sink.activities[0].quantity, None);
}

#[test]
fn a_stated_coverage_counts() {
    let coverage = greenheart_model::Coverage {
        kind: greenheart_model::CoverageKind::Energy,
        period: "2025".parse().unwrap(),
    };
    let options = Options {
        coverage: Some(vec![coverage]),
        ..options()
    };
    let (result, sink) = read_set(vec![GOODS.into()], &options);
    assert_eq!(result.unwrap().coverage, [coverage]);
    assert_eq!(sink.findings.status(), Status::Complete);
}
