//! The official examples, where they are at hand: each parses with the totals that it states.

use greenheart_ingest::ehf::Options;
use greenheart_ingest::{Collected, Summary};
use greenheart_model::ControlTotal;

use super::{read_set, total};

fn read_file(folder: &std::path::Path, name: &str) -> (Summary, Collected) {
    let bytes = std::fs::read(folder.join(name)).expect("a sample");
    let (result, sink) = read_set(vec![bytes], &Options::default());
    (
        result.unwrap_or_else(|error| panic!("{name}: {error} {:?}", sink.findings)),
        sink,
    )
}

#[test]
fn official_invoices_give_the_totals_they_state() {
    let Some(folder) = greenheart_testkit::shared("data/norway/ehf") else {
        return;
    };
    for (name, lines, without_tax) in [
        ("norway/Norwegian-example-1.xml", "1436.5", "1436.5"),
        ("norway/ehf-2-faktura-1.xml", "1436.5", "1436.5"),
        ("norway/forward-billing-nettleie-business.xml", "1234.71", "1234.71"),
        ("norway/forward-billing-nettleie-consumer.xml", "1234.71", "1234.71"),
        (
            "norway/Invoice_EHF3.0_forward-billing-nettleie-consumer_v2.0.xml",
            "1234.71",
            "1234.71",
        ),
        (
            "norway/Creditnote_EHF3.0_forward-billing-nettleie-consumer_v2.0.xml",
            "1234.71",
            "-1234.71",
        ),
        (
            "norway/Creditnote_EHF3.0_forward-billing-nettleie-corporate_v2.0.xml",
            "1234.71",
            "-1234.71",
        ),
        ("peppol/Allowance-example.xml", "5900", "5900"),
        ("peppol/Vat-category-S.xml", "6900", "7000"),
        ("peppol/base-creditnote-correction.xml", "1300", "-1325"),
        ("peppol/base-example.xml", "1300", "1325"),
        ("peppol/sales-order-example.xml", "1300", "1325"),
        ("peppol/vat-category-E.xml", "1200", "1200"),
        ("peppol/vat-category-O.xml", "3200", "3200"),
        ("peppol/vat-category-Z.xml", "1200", "1200"),
    ] {
        let (summary, sink) = read_file(&folder, name);
        assert!(
            summary.control_totals.iter().all(ControlTotal::holds),
            "{name}: {:?}",
            summary.control_totals
        );
        assert_eq!(summary.control_totals[0].computed.to_string(), lines, "{name}");
        assert_eq!(total(&sink.activities).to_string(), without_tax, "{name}");
        assert_eq!(
            sink.findings.count("ehf.control_total"),
            0,
            "{name}: {:?}",
            sink.findings
        );
    }
}

#[test]
fn official_grid_bills_give_their_kilowatt_hours() {
    let Some(folder) = greenheart_testkit::shared("data/norway/ehf") else {
        return;
    };
    for (name, meter, kwh) in [
        ("norway/forward-billing-nettleie-business.xml", "008003762", "2561"),
        (
            "norway/Invoice_EHF3.0_forward-billing-nettleie-consumer_v2.0.xml",
            "707057500011223344",
            "2561",
        ),
        (
            "norway/Creditnote_EHF3.0_forward-billing-nettleie-consumer_v2.0.xml",
            "707057500011223344",
            "-2561",
        ),
    ] {
        let (summary, sink) = read_file(&folder, name);
        assert_eq!(
            summary.overview["metering_points"],
            serde_json::json!([{ "metering_point": meter, "period": "2019-03-01..2019-04-30", "kwh": kwh }]),
            "{name}"
        );
        assert_eq!(sink.activities.len(), 1, "{name}");
        assert!(!format!("{:?}", sink.activities).contains("Nordmann"), "{name}");
    }
}

#[test]
fn official_despatch_advices_give_their_fuel_and_co2() {
    let Some(folder) = greenheart_testkit::shared("data/norway/ehf") else {
        return;
    };
    let (summary, sink) = read_file(&folder, "norway/EHF_AdvancedDespatchAdvice_Example_full.xml");
    let delivery = &summary.overview["deliveries"][0];
    assert_eq!(delivery["fuel"][0]["item"].as_str(), Some("hvo100"));
    assert_eq!(delivery["fuel"][0]["quantity"]["value"].as_str(), Some("0.1156"), "m3");
    // 2.8 milligrams, which the sample states and no lorry achieves.
    assert_eq!(delivery["co2e_kg"].as_str(), Some("0.000003"));
    assert_eq!(sink.findings.count("ehf.co2_implausible"), 1);
    assert_eq!(delivery["mass_kg"].as_str(), Some("1030"));
    let (_, sink) = read_file(&folder, "norway/EHF_DespatchAdvice_Example.xml");
    assert_eq!(
        (sink.activities.len(), sink.findings.count("ehf.unit")),
        (1, 2),
        "{:?}",
        sink.findings
    );
}

#[test]
fn official_catalogues_are_told_apart() {
    let Some(folder) = greenheart_testkit::shared("data/norway/ehf") else {
        return;
    };
    for name in ["norway/EHF_Catalogue_Example.xml", "norway/EHF_Catalogue_usecase3.xml"] {
        super::refused(std::fs::read(folder.join(name)).expect("a sample"), "ehf.not_ehf");
    }
}
