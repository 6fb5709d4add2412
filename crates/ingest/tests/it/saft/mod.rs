//! SAF-T Financial.

use greenheart_ingest::saft::{FINDINGS, Options, looks_like, read};
use greenheart_ingest::{Collected, Limits, ReadError, Source, Summary};
use greenheart_model::{ActivityKind, Status};
use greenheart_units::Amount;
use proptest::prelude::*;

use crate::kit::{source, zipped};

mod variations;

const SMALL: &str = include_str!("../../fixtures/saft/small-1.30.xml");

fn read_parts(parts: Vec<Vec<u8>>, options: &Options) -> (Result<Summary, ReadError>, Collected) {
    let mut sources: Vec<Source<'_>> = (0..)
        .zip(parts)
        .map(|(at, bytes)| source(&format!("part-{at}.xml"), at, bytes))
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
    (result, sink)
}

fn read_one(bytes: impl Into<Vec<u8>>) -> (Result<Summary, ReadError>, Collected) {
    read_parts(vec![bytes.into()], &Options::default())
}

fn amounts(sink: &Collected, kind: ActivityKind) -> Vec<String> {
    let rows = sink.activities.iter().filter(|row| row.kind == kind);
    rows.map(|row| row.amount.unwrap_or_default().to_string()).collect()
}

fn refused(bytes: impl Into<Vec<u8>>, expect: &str) {
    let (result, sink) = read_one(bytes);
    assert!(
        matches!(result, Err(ReadError::Refused { code }) if code == expect),
        "{expect}: {result:?}"
    );
    assert_eq!(sink.findings.count(expect), 1);
    assert_eq!(sink.findings.status(), Status::Blocked);
}

#[test]
fn a_small_file_says_everything_it_holds() {
    let (summary, sink) = read_one(SMALL);
    let summary = summary.unwrap();
    assert_eq!(sink.findings.status(), Status::Complete, "{:?}", sink.findings);
    assert!(summary.control_totals.iter().all(greenheart_model::ControlTotal::holds));
    assert_eq!(summary.coverage[0].period.to_string(), "2025-01-01..2025-12-31");
    assert_eq!(amounts(&sink, ActivityKind::Sale), ["1500.5"]);
    assert_eq!(amounts(&sink, ActivityKind::Purchase), ["100", "200"]);
    assert_eq!(amounts(&sink, ActivityKind::CapitalGood), ["700"]);
    let sale = &sink.activities[0];
    assert_eq!(sale.tax_code.as_deref(), Some("52"));
    assert_eq!(
        sale.counterparty.as_ref().and_then(|c| c.org_no).map(|o| o.to_string()),
        Some("888888888".into())
    );
    let cost = &sink.activities[1];
    assert!(cost.ambiguous_split);
    let supplier = cost.counterparty.clone().unwrap();
    assert_eq!(
        (supplier.local_id.as_deref(), supplier.name),
        (Some("20"), None),
        "a person's name is not kept"
    );
    assert_eq!(
        (summary.rows, summary.overview["revenue"].as_str()),
        (4, Some("1500.5"))
    );
    assert_eq!(summary.overview["export_share"].as_str(), Some("1"));
    assert_eq!(summary.overview["company"].as_str(), Some("Liten & Fiktiv AS"));
}

/// The same content in other clothes gives the same rows.
#[test]
fn clothes_do_not_matter() {
    let (_, expected) = read_one(SMALL);
    let prefixed = SMALL
        .replace("xmlns=", "xmlns:n1=")
        .replace("</", "</n1:")
        .replace('<', "<n1:");
    let prefixed = prefixed.replace("<n1:/n1:", "</n1:").replace("<n1:?xml", "<?xml");
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(SMALL.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let latin = encoding_rs::WINDOWS_1252
        .encode(&SMALL.replace("UTF-8", "windows-1252"))
        .0
        .into_owned();
    for (name, bytes) in [
        ("prefix", prefixed.into_bytes()),
        (
            "byte-order mark and CRLF",
            format!("\u{feff}{}", SMALL.replace('\n', "\r\n")).into_bytes(),
        ),
        ("no blanks", SMALL.replace(['\n'], "").into_bytes()),
        ("UTF-16", utf16),
        ("Windows-1252", latin),
        (
            "zip",
            zipped(&[
                ("folder/a.xml", SMALL.as_bytes()),
                ("readme.txt", b"x"),
                ("__MACOSX/folder/._a.xml", b"x"),
                ("folder/.DS_Store", b"x"),
            ]),
        ),
    ] {
        let (summary, sink) = read_one(bytes);
        assert!(summary.is_ok(), "{name}: {:?}", sink.findings);
        assert_eq!(sink.activities, expected.activities, "{name}");
    }
}

/// A split export: master data in one part only, parts in any order, totals of the whole in each.
#[test]
fn parts_in_any_order_are_one_set() {
    let (_, expected) = read_one(SMALL);
    let cut = SMALL.find("<Transaction><TransactionID>B").unwrap();
    let end = SMALL.find("    </Journal>").unwrap();
    let first = format!("{}{}", &SMALL[..cut], &SMALL[end..]);
    let (masters, masters_end) = (
        SMALL.find("<MasterFiles>").unwrap(),
        SMALL.find("<GeneralLedgerEntries>").unwrap(),
    );
    let second = format!("{}{}", &SMALL[..masters], &SMALL[masters_end..]);
    let second = second.replace(&SMALL[SMALL.find("<Transaction><TransactionID>A").unwrap()..cut], "");
    for parts in [vec![first.clone(), second.clone()], vec![second.clone(), first.clone()]] {
        let (summary, sink) = read_parts(parts.into_iter().map(String::into_bytes).collect(), &Options::default());
        assert!(
            summary
                .unwrap()
                .control_totals
                .iter()
                .all(greenheart_model::ControlTotal::holds)
        );
        assert_eq!(sink.findings.status(), Status::Complete, "{:?}", sink.findings);
        assert_eq!(sink.activities.len(), expected.activities.len());
        let sum = |rows: &[greenheart_model::Activity]| rows.iter().filter_map(|row| row.amount).sum::<Amount>();
        assert_eq!(sum(&sink.activities), sum(&expected.activities));
        assert!(sink.activities.iter().all(|row| row.counterparty.is_some()));
    }
    let other = second.replace("999999999", "888888888");
    let (result, _) = read_parts(vec![first.into_bytes(), other.into_bytes()], &Options::default());
    assert!(matches!(
        result,
        Err(ReadError::Refused {
            code: "saft.parts_differ"
        })
    ));
}

#[test]
fn what_is_wrong_is_found() {
    for (change, code, status) in [
        (
            ("<TotalDebit>2500.50", "<TotalDebit>2500.51"),
            "saft.control_total",
            Status::Partial,
        ),
        (
            ("<NumberOfEntries>3", "<NumberOfEntries>4"),
            "saft.control_total",
            Status::Partial,
        ),
        (
            ("<Amount>300</Amount>", "<Amount>3OO</Amount>"),
            "saft.amount",
            Status::Blocked,
        ),
        (
            ("<Amount>300</Amount>", "<Amount>301</Amount>"),
            "saft.unbalanced",
            Status::Partial,
        ),
        (
            ("<ClosingDebitBalance>300", "<ClosingDebitBalance>400"),
            "saft.account_balance",
            Status::Partial,
        ),
        (
            (
                "<Period>3</Period><PeriodYear>2025</PeriodYear><TransactionDate>2025-03-04",
                "<TransactionDate>0025-03-04",
            ),
            "saft.date",
            Status::Partial,
        ),
        (("2025-03-04", "2024-03-04"), "saft.outside_selection", Status::Complete),
        (
            (
                "<AccountID>4300</AccountID><DebitAmount>",
                "<AccountID>4301</AccountID><DebitAmount>",
            ),
            "saft.account_unlisted",
            Status::Partial,
        ),
        ((">999999999<", ">999999998<"), "saft.company_number", Status::Partial),
        (
            (" xmlns=\"urn:StandardAuditFile-Taxation-Financial:NO\"", ""),
            "saft.namespace",
            Status::Partial,
        ),
        ((">1.30<", ">2.0<"), "saft.version_draft", Status::Partial),
        ((">1.30<", ">9<"), "saft.version", Status::Partial),
        (("<PeriodStart>1</PeriodStart>", ""), "saft.selection", Status::Partial),
        (
            (
                "4300</AccountID><AccountDescription>Varer</AccountDescription><GroupingCategory>varekostnad</GroupingCategory><GroupingCode>4005",
                "Q</AccountID><GroupingCategory>x</GroupingCategory><GroupingCode>zz",
            ),
            "saft.account_unmapped",
            Status::Partial,
        ),
    ] {
        assert!(SMALL.contains(change.0), "{code}");
        let (_, sink) = read_one(SMALL.replacen(change.0, change.1, 1));
        assert!(sink.findings.count(code) > 0, "{code}: {:?}", sink.findings);
        assert_eq!(sink.findings.status(), status, "{code}");
    }
}

#[test]
fn hostile_and_broken_files_are_refused_with_a_reason() {
    refused("", "saft.empty");
    refused("not xml at all", "saft.not_saft");
    refused("<html><body>Logg inn</body></html>", "saft.not_saft");
    refused(&SMALL[..SMALL.len() / 2], "saft.truncated");
    refused(SMALL.replace("</Header>", "</Hodet>"), "saft.malformed");
    refused(
        SMALL.replacen("?>", "?><!DOCTYPE a [<!ENTITY a \"aaaa\">]>", 1),
        "saft.doctype",
    );
    refused(SMALL.replacen("&amp;", "&lol;", 1), "saft.doctype");
    refused(
        encoding_rs::WINDOWS_1252
            .encode(&SMALL.replace("Varer", "Kjøp"))
            .0
            .into_owned(),
        "saft.encoding",
    );
    refused(zipped(&[("a.txt", b"x")]), "saft.archive");
    refused(b"PK\x03\x04 broken".to_vec(), "saft.archive");
    refused(SMALL.replacen("Salg", &"x".repeat(2 << 20), 1), "saft.too_large");
    let deep = format!("<AuditFile>{}{}</AuditFile>", "<a>".repeat(100), "</a>".repeat(100));
    refused(deep, "saft.too_large");
    // A mebibyte of blanks packs a thousandfold.
    let bomb = format!("{}{}", SMALL, " ".repeat(64 << 20));
    refused(zipped(&[("a.xml", bomb.as_bytes())]), "saft.too_large");
}

#[test]
fn limits_bound_what_is_held() {
    let limits = Limits {
        transaction_lines: 2,
        ..Limits::default()
    };
    let (result, sink) = read_parts(
        vec![SMALL.into()],
        &Options {
            limits,
            ..Options::default()
        },
    );
    assert!(result.is_ok());
    assert!(sink.findings.count("saft.transaction_large") > 0);
    assert_eq!(
        amounts(&sink, ActivityKind::Purchase),
        ["300"],
        "kept whole, without supplier"
    );
    let limits = Limits {
        master_records: 2,
        ..Limits::default()
    };
    let (result, _) = read_parts(
        vec![SMALL.into()],
        &Options {
            limits,
            ..Options::default()
        },
    );
    assert!(matches!(
        result,
        Err(ReadError::Refused {
            code: "saft.master_large"
        })
    ));
}

#[test]
fn a_file_of_another_company_is_refused_without_naming_it() {
    let options = Options {
        expected_org: Some("888888888".parse().unwrap()),
        ..Options::default()
    };
    let (result, sink) = read_parts(vec![SMALL.into()], &options);
    assert!(matches!(
        result,
        Err(ReadError::Refused {
            code: "saft.other_company"
        })
    ));
    assert!(!format!("{:?}", sink.findings).contains("999999999"));
}

#[test]
fn a_reader_stops_when_told() {
    let mut sink = Collected {
        stop_after: Some(2),
        ..Collected::default()
    };
    let result = read(&mut [source("a.xml", 0, SMALL.into())], &Options::default(), &mut sink);
    assert!(matches!(result, Err(ReadError::Stopped(_))));
}

#[test]
fn official_samples() {
    let Some(folder) = greenheart_testkit::shared("data/norway/saft") else {
        return;
    };
    let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let bytes = file("ExampleFile_SAF-T_Financial_888888888_20180228235959_v1.10.xml");
    assert!(looks_like(&bytes[..400]));
    let (summary, sink) = read_one(bytes);
    let summary = summary.unwrap();
    assert_eq!(sink.findings.status(), Status::Complete, "{:?}", sink.findings);
    assert_eq!(summary.overview["revenue"].as_str(), Some("2316338"));
    assert_eq!(
        (summary.overview["debit"].as_str(), summary.overview["credit"].as_str()),
        (Some("9487049.35"), Some("9487049.35"))
    );
    assert_eq!(summary.overview["transactions"].as_u64(), Some(53));
    assert_eq!(summary.coverage[0].period.to_string(), "2017-01-01..2017-04-30");
    let revenue: Amount = sink
        .activities
        .iter()
        .filter(|row| row.kind == ActivityKind::Sale)
        .filter_map(|row| row.amount)
        .sum();
    assert_eq!(revenue.to_fixed(2), "2316338.00");

    let (summary, sink) = read_one(file("generated_auditfile_formatted_v_1.30.xml"));
    assert!(
        summary
            .unwrap()
            .control_totals
            .iter()
            .all(greenheart_model::ControlTotal::holds),
        "{:?}",
        sink.findings
    );
    let (result, sink) = read_one(file("Eksempelfil_fra_xmlSpy_v1.30.xml"));
    assert!(result.is_ok());
    assert!(sink.findings.count("saft.namespace") == 1 && sink.findings.count("saft.company_number") == 1);
    let (_, sink) = read_one(file("v2.0_draft_generated_auditfile_with_SourceDocuments.xml"));
    assert!(sink.findings.count("saft.version_draft") == 1, "{:?}", sink.findings);
    refused(file("Standard_Tax_Codes.xml"), "saft.not_saft");
    refused(file("naeringsspesifikasjon.csv"), "saft.not_saft");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_mutation_panics(at in 0..SMALL.len(), byte in any::<u8>(), cut in 0..SMALL.len()) {
        let mut bytes = SMALL.as_bytes().to_vec();
        bytes[at] = byte;
        let _ = read_one(bytes.clone());
        bytes.truncate(cut);
        let _ = read_one(bytes);
    }
}
