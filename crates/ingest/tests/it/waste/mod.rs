//! Waste reports.

use std::collections::BTreeMap;

use greenheart_ingest::waste::{FINDINGS, Jurisdiction, Options, codes, hazard, looks_like, read};
use greenheart_ingest::{Collected, Limits, ReadError, Summary, tables};
use greenheart_model::{ActivityKind, Status, Treatment};

use crate::kit::source;

const REPORT: &str = include_str!("../../fixtures/waste/report.csv");

fn read_with(name: &str, bytes: impl Into<Vec<u8>>, options: &Options) -> (Result<Summary, ReadError>, Collected) {
    let mut sink = Collected::default();
    let result = read(&mut [source(name, 0, bytes.into())], options, &mut sink);
    for finding in sink.findings.kept() {
        let code = &*finding.code;
        let known = FINDINGS.iter().any(|(known, ..)| *known == code)
            || tables::FINDINGS.iter().any(|(known, ..)| *known == code);
        assert!(known, "`{code}` is not documented");
    }
    (result, sink)
}

fn read_one(bytes: impl Into<Vec<u8>>) -> (Summary, Collected) {
    let (result, sink) = read_with("rapport.csv", bytes, &Options::default());
    (
        result.unwrap_or_else(|error| panic!("{error}: {:?}", sink.findings)),
        sink,
    )
}

fn seen(text: &str) -> bool {
    looks_like(&mut source("a.csv", 0, text.into()), &Limits::default())
}

#[test]
fn a_report_of_a_waste_company() {
    assert!(seen(REPORT));
    for other in [
        "Type;Vare;Avfallskode;Behandling;Fra;Til;Mengde;Enhet\n",
        "a;b\n",
        "",
        "<Invoice/>",
    ] {
        assert!(!seen(other), "{other}");
    }
    let (summary, sink) = read_one(REPORT);
    let rows: Vec<_> = sink
        .activities
        .iter()
        .map(|row| {
            assert_eq!(row.kind, ActivityKind::Waste);
            (
                row.item.to_string(),
                row.quantity.map(|q| q.to_string()).unwrap_or_default(),
                row.waste_code.map(|code| code.to_string()).unwrap_or_default(),
                row.treatment.unwrap_or(Treatment::Unknown),
            )
        })
        .collect();
    let row =
        |item: &str, quantity: &str, code: &str, treatment| (item.into(), quantity.into(), code.into(), treatment);
    assert_eq!(
        rows,
        [
            row("wood_waste", "1250 kg", "17 02 01", Treatment::EnergyRecovery),
            row("paper_waste", "420.5 kg", "15 01 01", Treatment::Recycling),
            row("hazardous_waste", "180 kg", "13 02 05", Treatment::Recycling),
            row("mixed_waste", "2300 kg", "20 03 01", Treatment::EnergyRecovery),
        ]
    );
    let first = &sink.activities[0];
    assert_eq!(first.identifiers.document.as_deref(), Some("V-1"));
    assert_eq!(first.identifiers.classification.as_deref(), Some("ns9431:1141"));
    assert_eq!(
        first.counterparty.as_ref().and_then(|c| c.name.as_deref()),
        Some("Oppdiktet Gjenvinning AS")
    );
    assert_eq!(summary.coverage[0].period.to_string(), "2025-01-01..2025-02-28");
    assert_eq!(summary.overview["kg_hazardous"].as_str(), Some("180"));
    assert_eq!(
        summary.overview["kg_by_treatment"]["energy_recovery"].as_str(),
        Some("3550")
    );
    assert_eq!(
        sink.findings.counts().map(|(code, ..)| code).collect::<Vec<_>>(),
        ["waste.coverage_assumed"]
    );
}

#[test]
fn units_as_they_come() {
    for (from, to, unit) in [
        ("Vekt (kg)", "Vekt (tonn)", "1250000 kg"),
        ("Vekt (kg)", "Nettovekt", "1250 kg"),
        ("1 250;", "1,25 t;", "1250 kg"),
        ("1 250;", "3 m3;", "3 m3"),
    ] {
        let (_, sink) = read_one(REPORT.replace(from, to));
        assert_eq!(
            sink.activities[0].quantity.map(|q| q.to_string()).as_deref(),
            Some(unit),
            "{to}"
        );
    }
    let (_, sink) = read_one(REPORT.replace("Vekt (kg)", "Nettovekt"));
    assert_eq!(sink.findings.count("waste.unit_assumed"), 1);
    let english = "Date,Waste type,EWC code,Net weight,Unit,Treatment code\n2025-03-01,Cardboard,150101,1.5,t,R3\n";
    let (_, sink) = read_one(english);
    assert_eq!(
        sink.activities[0].quantity.map(|q| q.to_string()).as_deref(),
        Some("1500 kg")
    );
}

#[test]
fn what_is_wrong_is_found() {
    for (from, to, code, status) in [
        ("17 02 01", "170", "waste.code", Status::Partial),
        ("17 02 01", "17 99 99", "waste.code_unknown", Status::Partial),
        ("17 02 01", "20 01 32", "waste.code_elsewhere", Status::Complete),
        (
            "Rent trevirke;1141",
            "Noe rart;1299",
            "waste.number_unknown",
            Status::Complete,
        ),
        ("1141", "11", "waste.number", Status::Partial),
        ("R9;Ja", "R9;Nei", "waste.hazard_differs", Status::Partial),
        (
            "7011;13 02 05*",
            "9912;13 02 05*",
            "waste.hazard_differs",
            Status::Partial,
        ),
        (";R9;", ";magi;", "waste.treatment_unknown", Status::Partial),
        (";R9;", ";;", "waste.treatment_missing", Status::Complete),
        ("1 250", "-5", "waste.negative", Status::Partial),
        ("1 250", "mye", "waste.weight", Status::Partial),
        ("03.01.2025", "03.13.2025", "waste.date", Status::Partial),
        ("03.01.2025", "03.01.1899", "waste.date", Status::Partial),
        ("4 150,5", "4 200", "waste.total", Status::Partial),
    ] {
        assert!(REPORT.contains(from), "{from}");
        let (_, sink) = read_one(REPORT.replacen(from, to, 1));
        assert!(sink.findings.count(code) > 0, "{code}: {:?}", sink.findings);
        assert_eq!(sink.findings.status(), status, "{code}");
    }
    let formula = REPORT.replace("Rent trevirke", "=HYPERLINK(\"http://x\")");
    assert_eq!(read_one(formula).1.findings.count("table.formula"), 1);
    let (result, sink) = read_with("a.csv", "a;b\n1;2\n", &Options::default());
    assert!(matches!(
        result,
        Err(ReadError::Refused {
            code: "waste.not_report"
        })
    ));
    assert_eq!(sink.findings.status(), Status::Blocked);
    let header = REPORT
        .lines()
        .nth(2)
        .map(|line| format!("{line}\n"))
        .unwrap_or_default();
    let (result, _) = read_with("a.csv", header, &Options::default());
    assert!(matches!(
        result,
        Err(ReadError::Refused {
            code: "waste.rows_none"
        })
    ));
}

/// Tonnes under a header of kilograms: told by the other rows.
#[test]
fn a_wrong_unit_is_told_by_what_is_usual() {
    let mut text = String::from("Dato;Avfallstype;EAL;Vekt (kg);Behandling\n");
    for day in 1..=9 {
        text.extend([format!("0{day}.03.2025;Restavfall;20 03 01;{};R1\n", 2_000 + day * 10)]);
    }
    text.push_str("10.03.2025;Restavfall;20 03 01;2,4;R1\n");
    let (_, sink) = read_one(text);
    let found: Vec<u64> = sink
        .findings
        .kept()
        .filter(|f| &*f.code == "waste.implausible")
        .map(|f| f.place.row)
        .collect();
    assert_eq!(found, [11]);
}

#[test]
fn lists_and_sites_of_the_member_count() {
    let options = Options {
        numbers: BTreeMap::from([("1299".into(), "paper_waste".into())]),
        expected_org: Some("999999999".parse().expect("a number")),
        ..Options::default()
    };
    let text = "Dato;Orgnr;Avfallsstoffnr;Vekt (kg);Behandling\n01.03.2025;999999999;1299;10;R3\n01.03.2025;888888888;1299;99;R3\n";
    let (result, sink) = read_with("a.csv", text, &options);
    assert!(result.is_ok(), "{:?}", sink.findings);
    assert_eq!(sink.activities.len(), 1);
    assert_eq!(
        (&*sink.activities[0].item, sink.findings.count("waste.other_company")),
        ("paper_waste", 1)
    );
    assert!(!format!("{:?}", sink.findings).contains("888888888"));
}

#[test]
fn the_norwegian_list_is_the_official_one() {
    let Some(folder) = greenheart_testkit::shared("data/norway/waste") else {
        return;
    };
    let text = std::fs::read_to_string(folder.join("EALKoder_avfallsdeklarering_no.csv")).expect("the list");
    let mut official: Vec<(String, bool)> = Vec::new();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.expect("a record");
        if record.get(1).is_some_and(|code| code.len() == 6) && record.get(3) == Some("Ja") {
            official.push((record[1].to_owned(), &record[4] == "Ja"));
        }
    }
    official.sort();
    let ours: Vec<(String, bool)> = codes(Jurisdiction::Norway)
        .map(|code| {
            let found = hazard(code.parse().expect("a code"), Jurisdiction::Norway).expect("listed");
            (code.to_owned(), found.is_hazardous())
        })
        .collect();
    assert_eq!(ours, official);
}
