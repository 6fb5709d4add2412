//! What one row becomes.

use super::{codes, read_as, read_text};
use greenheart_ingest::tables::{DateOrder, Field, Mapping, Options};
use greenheart_model::Status;
use greenheart_units::DecimalMark;
use proptest::prelude::*;

/// Reads one row of energy or waste and shows it as `item quantity raw | codes`.
fn check(row: &str, expect: &str) {
    let text = format!("Type;Vare;Periode;Mengde;Enhet;Beløp;Tørrstoff (%);Behandling\n{row}\n");
    let (sink, _) = read_text(&text);
    let shown = sink.activities.first().map_or("-".to_owned(), |activity| {
        let quantity = activity.quantity.map(|q| q.to_string()).unwrap_or_default();
        let raw = activity
            .raw_quantity
            .as_deref()
            .map(|raw| format!("raw[{raw}]"))
            .unwrap_or_default();
        format!("{} {quantity}{raw}", activity.item)
    });
    assert_eq!(format!("{shown} | {}", codes(&sink).join(" ")), expect, "{row}");
}

#[test]
fn rows_and_what_they_become() {
    check("el;;2024-01;12,5;MWh;;;", "electricity 12500 kWh | ");
    check("el;;2024-01;12,5 MWh;;;;", "electricity 12500 kWh | ");
    check("el;;2024-01;12;kg;;;", "electricity raw[12 kg] | table.unit_dimension");
    check(
        "el;;2024-01;12;sekker;;;",
        "electricity raw[12 sekker] | table.unit_unknown",
    );
    check("el;;2024-01;12;;;;", "electricity raw[12] | table.unit_missing");
    check("el;;2024-01;mye;kWh;;;", "electricity raw[mye kWh] | table.number");
    check("el;;2024-01;-5;kWh;;;", "electricity raw[-5 kWh] | table.negative");
    check("el;;2024-01;-5;kWh;-9;;", "electricity -5 kWh | ");
    check("el;;2024-01;=1+1;kWh;9;;", "electricity  | table.formula");
    check(
        "el;;i fjor;5;kWh;;;",
        "- | table.date table.row_unusable table.rows_none",
    );
    check("el;;1812;5;kWh;;;", "- | table.date table.row_unusable table.rows_none");
    check(
        "el;;1950;5;kWh;;;",
        "- | table.date_range table.row_unusable table.rows_none",
    );
    check(
        "magi;;2024;5;kWh;;;",
        "- | table.kind_unknown table.row_unusable table.rows_none",
    );
    check("el;;2024;;;;;", "- | table.row_unusable table.rows_none");
    check("brensel;Autodiesel;2024;1000;l;;;", "diesel 1 m3 | ");
    check(
        "brensel;Rakettbensin X;2024;1000;l;;;",
        "Rakettbensin X 1 m3 | table.item_unknown",
    );
    check(";diesel;2024;1000;l;;;", "diesel 1 m3 | ");
    check("avfall;trevirke;2024;2;tonn;;85;R3", "wood_waste 2000 kg | ");
    check(
        "avfall;trevirke;2024;2;tonn;;185;trolldom",
        "wood_waste 2000 kg | table.percent table.treatment_unknown",
    );
    check(
        "avfall;trevirke;2024;2;tonn;;0,3;R3",
        "wood_waste 2000 kg | table.percent_fraction",
    );
    check("kjøp;tjenester;2024;500;kr;;;", "services  | ");
    check(
        "el;;2024;5;kWh;1;2;3;4",
        "- | table.row_long table.row_unusable table.rows_none",
    );
}

#[test]
fn an_ambiguous_column_asks_for_its_mark() {
    let text = "Dato;Type;Mengde;Enhet\n2024-01-01;el;1.250;kWh\n2024-02-01;el;2.500;kWh\n";
    let (sink, _) = read_text(text);
    assert_eq!(sink.findings.status(), Status::Blocked);
    assert!(codes(&sink).contains(&"table.decimal_ambiguous"));
    assert!(
        sink.activities
            .iter()
            .all(|a| a.quantity.is_none() && a.raw_quantity.is_some())
    );
    for (mark, kwh) in [(DecimalMark::Comma, "1250 kWh"), (DecimalMark::Point, "1.25 kWh")] {
        let mapping = Mapping {
            decimal_mark: Some(mark),
            ..Mapping::default()
        };
        let (sink, _) = read_as("a.csv", text.as_bytes(), &mapping, &Options::default());
        assert_eq!(sink.activities[0].quantity.map(|q| q.to_string()).as_deref(), Some(kwh));
        assert_eq!(sink.findings.status(), Status::Complete);
    }
}

#[test]
fn an_ambiguous_date_asks_for_its_order() {
    let text = "Dato;Type;Mengde;Enhet\n03/04/2024;el;1;kWh\n";
    assert!(codes(&read_text(text).0).contains(&"table.date_ambiguous"));
    let mapping = Mapping {
        date_order: Some(DateOrder::MonthFirst),
        ..Mapping::default()
    };
    let (sink, _) = read_as("a.csv", text.as_bytes(), &mapping, &Options::default());
    assert_eq!(sink.activities[0].period.from().to_string(), "2024-03-04");
    let (sink, _) = read_text(&format!("{text}31/12/2024;el;1;kWh\n"));
    assert_eq!(sink.activities[0].period.from().to_string(), "2024-04-03");
}

#[test]
fn rows_of_another_company_are_not_taken() {
    let options = Options {
        expected_org: "987654325".parse().ok(),
        ..Options::default()
    };
    let head = "Orgnr;Dato;Type;Mengde;Enhet\n";
    let (own, other) = ("987654325;2024-01-01;el;1;kWh\n", "888888888;2024-01-01;el;1;kWh\n");
    let read = |text: String| read_as("a.csv", text.as_bytes(), &Mapping::default(), &options);
    let (sink, result) = read(format!("{head}{own}{other}"));
    assert!(result.is_ok() && sink.activities.len() == 1);
    assert_eq!(codes(&sink), ["table.other_company"]);
    let (sink, result) = read(format!("{head}{other}"));
    assert!(result.is_err() && sink.activities.is_empty());
    assert_eq!(codes(&sink), ["table.only_other_company", "table.other_company"]);
}

#[test]
fn a_mapping_survives_json_and_names_columns() {
    let json = r#"{"version":1,"name":"meter@1","kind":"electricity","columns":{"date":"Når","quantity":3},
        "fixed":{"unit":"MWh","item":"strøm"},"decimal_mark":"comma","header_row":2,
        "coverage":[{"kind":"energy","period":"2024-01-01..2024-12-31"}]}"#;
    let mapping: Mapping = serde_json::from_str(json).expect("a mapping");
    assert_eq!(mapping.fixed[&Field::Unit], "MWh");
    let again: Mapping = serde_json::from_str(&serde_json::to_string(&mapping).expect("JSON")).expect("a mapping");
    assert_eq!(again, mapping);
    let text = "Tittel,,\nNår,Hva,X\n2024-05-01,noe,\"1.250,5\"\n";
    let (sink, result) = read_as("a.csv", text.as_bytes(), &mapping, &Options::default());
    assert_eq!(
        sink.activities[0].quantity.map(|q| q.to_string()).as_deref(),
        Some("1250500 kWh")
    );
    assert_eq!(result.expect("it reads").coverage, mapping.coverage);
    let newer = Mapping { version: 99, ..mapping };
    assert!(
        codes(&read_as("a.csv", text.as_bytes(), &newer, &Options::default()).0).contains(&"table.mapping_version")
    );
}

/// The same three numbers, written as one of the conventions.
fn written(rows: &[(u16, u16)], delimiter: char, comma: bool, encoding: u8) -> Vec<u8> {
    let mut text = ["Måned", "Energibærer", "Mengde", "Enhet"].join(&delimiter.to_string()) + "\n";
    for (at, (whole, cents)) in rows.iter().enumerate() {
        let mark = if comma { ',' } else { '.' };
        let number = format!("\"{whole}{mark}{cents:02}\"");
        let month = format!("2024-{:02}", at % 12 + 1);
        text += &[month.as_str(), "strøm", &number, "kWh\n"].join(&delimiter.to_string());
    }
    let latin = |text: &str| {
        text.chars()
            .map(|c| u8::try_from(u32::from(c)).expect("latin"))
            .collect()
    };
    match encoding {
        0 => text.into_bytes(),
        1 => [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat(),
        2 => latin(&text),
        3 => [
            vec![0xff, 0xfe],
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ]
        .concat(),
        _ => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_way_of_writing_gives_the_same(rows in proptest::collection::vec((0_u16..9999, 0_u16..100), 1..15)) {
        let plain = read_as("a.csv", &written(&rows, ';', true, 0), &Mapping::default(), &Options::default()).0;
        prop_assert_eq!(plain.activities.len(), rows.len());
        for delimiter in [';', ',', '\t', '|'] {
            for comma in [true, false] {
                for encoding in 0..5 {
                    let bytes = written(&rows, delimiter, comma, encoding);
                    let sink = read_as("a.csv", &bytes, &Mapping::default(), &Options::default()).0;
                    prop_assert_eq!(&sink.activities, &plain.activities, "{} {} {}", delimiter, comma, encoding);
                }
            }
        }
    }
}
