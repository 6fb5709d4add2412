//! CO2 properties written into an invoice are read back, and nothing else changes.

use std::collections::BTreeMap;

use greenheart_ingest::ehf::{FactorSource, LineCo2, WriteError, write_co2};

use super::{DELIVERY, GOODS, POWER, read_one};

fn co2(factor: &str) -> LineCo2 {
    LineCo2 {
        factor: factor.parse().expect("a factor"),
        source: FactorSource::Database,
        calculation_rate: Some("10".parse().expect("a rate")),
        calculation_unit: Some("KGM".into()),
        link: Some("https://example.org/epd?a=1&b=2".into()),
    }
}

fn lines(of: &[(&str, &str)]) -> BTreeMap<String, LineCo2> {
    of.iter().map(|(id, factor)| ((*id).to_owned(), co2(factor))).collect()
}

#[test]
fn what_is_written_is_read_back() {
    let written = write_co2(GOODS, &lines(&[("1", "1900"), ("2", "3.2")])).unwrap();
    let (_, sink) = read_one(written.clone());
    let found: Vec<_> = sink
        .activities
        .iter()
        .map(|row| row.supplier_co2e.map(|c| c.to_string()))
        .collect();
    assert_eq!(found, [Some("4750".into()), Some("1600".into()), None]);
    assert_eq!(sink.findings.count("ehf.co2_differs"), 0);
    assert_eq!(
        written.matches("EmissionFactor<").count(),
        2,
        "the earlier value is replaced"
    );
    assert!(written.contains("a=1&amp;b=2"));
    // Written again it is the same text.
    assert_eq!(
        write_co2(&written, &lines(&[("1", "1900"), ("2", "3.2")])).unwrap(),
        written
    );
    // Nothing else changed.
    let start = GOODS.find("<cac:AdditionalItemProperty>").unwrap();
    assert_eq!(written[..start], GOODS[..start]);
    assert_eq!(
        written[written.rfind("</cac:Item>").unwrap()..],
        GOODS[GOODS.rfind("</cac:Item>").unwrap()..]
    );
}

#[test]
fn prefixes_and_the_order_of_the_schema_are_kept() {
    let with_certificate = POWER.replace(
        "<b:Name>Energiledd dag</b:Name>",
        "<b:Name>Energiledd dag</b:Name><a:Certificate><b:ID>1</b:ID></a:Certificate>",
    );
    let written = write_co2(&with_certificate, &lines(&[("1", "0.011")])).unwrap();
    let (property, certificate) = (
        written.find("<a:AdditionalItemProperty><b:Name>EmissionFactor"),
        written.find("<a:Certificate>"),
    );
    assert!(property.is_some() && property < certificate);
    assert!(written.contains("<b:Value>6.6</b:Value>"));
}

#[test]
fn what_cannot_be_written_is_told() {
    assert_eq!(
        write_co2(GOODS, &lines(&[("9", "1")])),
        Err(WriteError::NoSuchLine("9".into()))
    );
    let bare = GOODS.replace("<cbc:InvoicedQuantity unitCode=\"LTR\">500</cbc:InvoicedQuantity>", "");
    assert_eq!(
        write_co2(&bare, &lines(&[("2", "1")])),
        Err(WriteError::NoQuantity("2".into()))
    );
    for broken in ["", "<Invoice>", DELIVERY, &GOODS[..1000]] {
        assert!(
            matches!(write_co2(broken, &lines(&[])), Err(WriteError::Malformed(_))),
            "{broken}"
        );
    }
}

#[test]
fn official_invoices_can_carry_co2() {
    let Some(folder) = greenheart_testkit::shared("data/norway/ehf") else {
        return;
    };
    for name in [
        "norway/Norwegian-example-1.xml",
        "peppol/base-example.xml",
        "norway/Creditnote_EHF3.0_forward-billing-nettleie-corporate_v2.0.xml",
    ] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let written = write_co2(&text, &lines(&[("1", "0.5")])).unwrap();
        assert_eq!(written.matches(">NetEmissionQuantity<").count(), 1, "{name}");
        let (summary, _) = super::read_set(vec![written.into_bytes()], &greenheart_ingest::ehf::Options::default());
        assert_eq!(summary.unwrap().overview["lines_with_co2"].as_u64(), Some(1), "{name}");
    }
}
