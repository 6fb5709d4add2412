//! Freight lists.

use greenheart_ingest::shipments::{
    Consignment, DistanceBasis, FINDINGS, Mode, Options, looks_like, read, read_consignments,
};
use greenheart_ingest::{Collected, Limits, ReadError, Summary, tables};
use greenheart_model::{ActivityKind, Status};

use crate::kit::source;

const LIST: &str = include_str!("../../fixtures/shipments/list.csv");

fn read_bytes(bytes: impl Into<Vec<u8>>) -> (Result<Summary, ReadError>, Collected) {
    let mut sink = Collected::default();
    let result = read(
        &mut [source("frakt.csv", 0, bytes.into())],
        &Options::default(),
        &mut sink,
    );
    for finding in sink.findings.kept() {
        let code = &*finding.code;
        let known = FINDINGS.iter().any(|(known, ..)| *known == code)
            || tables::FINDINGS.iter().any(|(known, ..)| *known == code);
        assert!(known, "`{code}` is not documented");
    }
    (result, sink)
}

fn read_one(bytes: impl Into<Vec<u8>>) -> (Summary, Collected) {
    let (result, sink) = read_bytes(bytes);
    (
        result.unwrap_or_else(|error| panic!("{error}: {:?}", sink.findings)),
        sink,
    )
}

fn consignments(text: &str) -> Vec<Consignment> {
    let mut found = Vec::new();
    let result = read_consignments(
        &mut [source("frakt.csv", 0, text.into())],
        &Options::default(),
        &mut Collected::default(),
        &mut |consignment, _, _| {
            found.push(consignment);
            Ok(())
        },
    );
    assert!(result.is_ok(), "{result:?}");
    found
}

#[test]
fn a_freight_list() {
    let seen = |text: &str| looks_like(&mut source("a.csv", 0, text.into()), &Limits::default());
    assert!(seen(LIST));
    assert!(!seen("Type;Vare;Anlegg;Fra;Til;Mengde;Enhet\n") && !seen("") && !seen("<Invoice/>"));
    let (summary, sink) = read_one(LIST);
    let rows: Vec<_> = sink
        .activities
        .iter()
        .map(|row| {
            assert_eq!(row.kind, ActivityKind::Transport);
            (
                row.item.to_string(),
                row.quantity.map(|q| q.to_string()).unwrap_or_default(),
            )
        })
        .collect();
    let row = |item: &str, quantity: &str| (item.to_owned(), quantity.to_owned());
    assert_eq!(
        rows,
        [
            row("road_freight", "250 tkm"),
            row("van_freight", "7.22 tkm"),
            row("road_freight", "22.5 tkm"),
            row("rail_freight", "24000 kg"),
        ]
    );
    assert_eq!(
        sink.activities[0].supplier_co2e.map(|c| c.to_string()),
        Some("9.5".into())
    );
    assert_eq!(sink.activities[0].amount.map(|a| a.to_string()), Some("3200".into()));
    assert_eq!(summary.overview["tkm"].as_str(), Some("279.72"));
    assert_eq!(summary.coverage[0].period.to_string(), "2025-03-01..2025-03-31");
    assert_eq!(
        sink.findings.counts().map(|(code, ..)| code).collect::<Vec<_>>(),
        [
            "shipments.coverage_assumed",
            "shipments.distance_missing",
            "shipments.payer_assumed"
        ]
    );
    let shown = format!("{:?}", sink.activities);
    assert!(
        !shown.contains("Nordmann") && !shown.contains("12345"),
        "persons and plates are not kept"
    );
}

#[test]
fn consignments_keep_what_a_route_needs() {
    let found = consignments(LIST);
    let first = &found[0];
    assert_eq!(
        (first.mode, first.mass_kg.map(|kg| kg.to_string())),
        (Mode::Road, Some("2500".into()))
    );
    assert_eq!(first.distance.map(|d| d.basis), Some(DistanceBasis::ShortestFeasible));
    assert_eq!(
        (first.from.postcode.as_deref(), first.to.postcode.as_deref()),
        (Some("2212"), Some("0581"))
    );
    assert_eq!(
        (&*first.fuel[0].item, first.fuel[0].quantity.to_string()),
        ("hvo100", "0.03 m3".into())
    );
    let driven = LIST.replace("Korteste avstand (km)", "Kjørte km");
    let found = consignments(&driven);
    assert_eq!(
        found[0].freight_work_tkm().map(|tkm| tkm.to_fixed(3)),
        Some("238.095".into()),
        "100 km driven are 95.238 km"
    );
}

#[test]
fn what_is_wrong_is_found() {
    for (from, to, code, status) in [
        ("03.03.2025", "03.13.2025", "shipments.date", Status::Partial),
        ("2 500", "tung", "shipments.number", Status::Partial),
        ("2 500", "-2 500", "shipments.negative", Status::Partial),
        ("2 500", "2 500 l", "shipments.unit", Status::Partial),
        ("2 500", "2 500 000", "shipments.implausible", Status::Partial),
        (
            "S-2;Oppdiktet Frakt AS;Varebil;180,5",
            "S-1;Oppdiktet Frakt AS;Varebil;180,5",
            "shipments.distance_missing",
            Status::Partial,
        ),
        (
            "Korteste avstand",
            "Avstand",
            "shipments.distance_unstated",
            Status::Partial,
        ),
        (
            "Korteste avstand",
            "Kjørt avstand",
            "shipments.distance_driven",
            Status::Partial,
        ),
        ("Vekt (kg)", "Vekt", "shipments.unit_assumed", Status::Partial),
        (
            "04.03.2025;S-2;Oppdiktet Frakt AS;Varebil;180,5",
            "03.03.2025;S-1;Oppdiktet Frakt AS;Varebil;2 500",
            "shipments.duplicate",
            Status::Partial,
        ),
    ] {
        assert!(LIST.contains(from), "{from}");
        let (_, sink) = read_one(LIST.replacen(from, to, 1));
        assert!(sink.findings.count(code) > 0, "{code}: {:?}", sink.findings);
        assert_eq!(sink.findings.status(), status, "{code}");
    }
    let (result, _) = read_bytes("a;b\n1;2\n");
    assert!(matches!(
        result,
        Err(ReadError::Refused {
            code: "shipments.not_shipments"
        })
    ));
    let header = LIST.lines().next().map(|line| format!("{line}\n")).unwrap_or_default();
    let (result, sink) = read_bytes(header);
    assert!(matches!(
        result,
        Err(ReadError::Refused {
            code: "shipments.rows_none"
        })
    ));
    assert_eq!(sink.findings.status(), Status::Blocked);
}
