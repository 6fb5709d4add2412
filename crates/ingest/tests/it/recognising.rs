//! Which reader a file is for.

use greenheart_ingest::{Format, Limits, recognise};

use crate::kit::{source, zipped};

fn of(bytes: impl Into<Vec<u8>>) -> Option<Format> {
    let mut source = source("a", 0, bytes.into());
    recognise(&mut source, &Limits::default()).expect("memory does not fail")
}

#[test]
fn every_fixture_finds_its_reader() {
    let fixture = |name: &str| {
        std::fs::read(greenheart_testkit::repository(&format!(
            "crates/ingest/tests/fixtures/{name}"
        )))
        .expect("a fixture")
    };
    for (name, format) in [
        ("saft/small-1.30.xml", Format::Saft),
        ("reduced/small.csv", Format::Reduced),
        ("ehf/goods.xml", Format::Ehf),
        ("ehf/power.xml", Format::Ehf),
        ("ehf/delivery.xml", Format::Ehf),
        ("meters/elhub.csv", Format::Meters),
        ("meters/portal.csv", Format::Meters),
        ("waste/report.csv", Format::Waste),
        ("shipments/list.csv", Format::Shipments),
        ("tables/energy.csv", Format::Table),
    ] {
        let bytes = fixture(name);
        assert_eq!(of(bytes.clone()), Some(format), "{name}");
        let inside = format!("folder/{}", name.rsplit('/').next().unwrap_or(name));
        let packed = of(zipped(&[("read me.txt", b"hello"), (&inside, &bytes)]));
        let expected = matches!(format, Format::Saft | Format::Ehf | Format::Meters).then_some(format);
        assert_eq!(packed, expected, "{name} in an archive");
    }
}

#[test]
fn templates_are_general_tables() {
    for template in greenheart_ingest::tables::templates() {
        assert_eq!(of(template.csv_nb), Some(Format::Table), "{}", template.kind);
        assert_eq!(of(template.csv_en), Some(Format::Table), "{}", template.kind);
    }
}

#[test]
fn what_nobody_reads() {
    for bytes in ["", "<html/>", "<?xml version=\"1.0\"?><Order/>", "%PDF-1.7"] {
        assert_eq!(of(bytes), None, "{bytes}");
    }
    assert_eq!(of(zipped(&[("a.pdf", b"%PDF")])), None);
    assert_eq!(of(b"PK\x03\x04 broken".to_vec()), None);
}

#[test]
fn official_samples_find_their_reader() {
    let Some(folder) = greenheart_testkit::shared("data/norway") else {
        return;
    };
    for (name, format) in [
        (
            "saft/ExampleFile_SAF-T_Financial_888888888_20180228235959_v1.10.xml",
            Some(Format::Saft),
        ),
        ("saft/Eksempelfil_fra_xmlSpy_v1.30.xml", Some(Format::Saft)),
        ("ehf/norway/ehf-2-faktura-1.xml", Some(Format::Ehf)),
        (
            "ehf/norway/EHF_AdvancedDespatchAdvice_Example_full.xml",
            Some(Format::Ehf),
        ),
        ("ehf/norway/EHF_Catalogue_Example.xml", None),
        ("saft/naeringsspesifikasjon.csv", Some(Format::Table)),
        ("saft/Standard_Tax_Codes.xml", None),
    ] {
        assert_eq!(
            of(std::fs::read(folder.join(name)).expect("a sample")),
            format,
            "{name}"
        );
    }
}
