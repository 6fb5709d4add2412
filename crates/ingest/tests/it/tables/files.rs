//! Whole files: our fixtures, workbooks, and official tables that nobody wrote for us.

use super::{codes, look, read_as};
use greenheart_ingest::tables::{Encoding, FileKind, Mapping, Options};
use greenheart_model::{CoverageKind, Status};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

#[test]
fn titles_repeated_headers_empty_rows_and_a_total() {
    let bytes = std::fs::read(greenheart_testkit::repository(
        "crates/ingest/tests/fixtures/tables/energy.csv",
    ))
    .expect("our own");
    let (sink, result) = read_as("energy.csv", &bytes, &Mapping::default(), &Options::default());
    let summary = result.expect("it reads");
    assert_eq!(sink.findings.status(), Status::Complete, "{:?}", sink.findings);
    assert_eq!(codes(&sink), ["table.header_repeated"]);
    assert_eq!(summary.rows, 3);
    assert!(
        summary.control_totals.len() == 2 && summary.control_totals.iter().all(greenheart_model::ControlTotal::holds)
    );
    assert_eq!(summary.coverage[0].kind, CoverageKind::Energy);
    assert_eq!(summary.overview["quantity_by_unit"]["kWh"], "1290500");
    let wrong = String::from_utf8(bytes).expect("UTF-8").replace("24000,5", "24000,6");
    let (sink, _) = read_as("energy.csv", wrong.as_bytes(), &Mapping::default(), &Options::default());
    assert_eq!(sink.findings.count("table.control_total"), 1);
    assert_eq!(sink.findings.status(), Status::Blocked);
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    book.add_worksheet()
        .set_name("Skjult")
        .expect("a name")
        .set_hidden(true);
    let sheet = book.add_worksheet();
    sheet.set_name("Strøm").expect("a name");
    sheet
        .merge_range(0, 0, 0, 3, "Strøm 2024", &Format::new())
        .expect("a title");
    for (column, header) in ["Dato", "Type", "Mengde", "Enhet"].into_iter().enumerate() {
        sheet
            .write(1, u16::try_from(column).expect("few"), header)
            .expect("a header");
    }
    let date = ExcelDateTime::from_ymd(2024, 2, 29).expect("a day");
    for row in 2..5 {
        sheet.write_with_format(row, 0, &date, &day).expect("a date");
        sheet.write(row, 1, "el").expect("a kind");
        sheet.write(row, 3, "MWh").expect("a unit");
    }
    sheet.set_row_hidden(2).expect("a hidden row");
    sheet.write(2, 2, 1.25).expect("a number");
    sheet
        .write(3, 2, Formula::new("=1+1").set_result("2"))
        .expect("a formula");
    sheet
        .write(4, 2, Formula::new("=NA()").set_result("#N/A"))
        .expect("an error");
    book.add_worksheet().set_name("Annet").expect("a name");
    book.set_active_sheet_for_tests();
    book.save_to_buffer().expect("a workbook")
}

trait ActiveSheet {
    fn set_active_sheet_for_tests(&mut self);
}
impl ActiveSheet for Workbook {
    /// A hidden first sheet needs another one to be active.
    fn set_active_sheet_for_tests(&mut self) {
        self.worksheet_from_index(1).expect("the second").set_active(true);
    }
}

#[test]
fn a_workbook_with_dates_formulas_errors_and_hidden_sheets() {
    let bytes = workbook();
    let (sink, result) = read_as("a.xlsx", &bytes, &Mapping::default(), &Options::default());
    result.expect("it reads");
    let read: Vec<String> = sink
        .activities
        .iter()
        .map(|a| format!("{} {} {}", a.place.row, a.period.from(), a.quantity.expect("converted")))
        .collect();
    assert_eq!(read, ["3 2024-02-29 1250 kWh", "4 2024-02-29 2000 kWh"]);
    assert_eq!(
        codes(&sink),
        [
            "table.cell_error",
            "table.hidden",
            "table.merged",
            "table.row_unusable",
            "table.sheets_skipped"
        ],
        "a hidden row counts like the others"
    );
    let sniffed = look("a.xlsx", &bytes).expect("a table");
    assert_eq!((sniffed.kind, sniffed.header_row), (FileKind::Xlsx, Some(2)));
    assert_eq!(sniffed.sheet_names, ["Strøm", "Annet"]);
    let mapping = Mapping {
        sheet: Some("Borte".into()),
        ..Mapping::default()
    };
    assert_eq!(
        codes(&read_as("a.xlsx", &bytes, &mapping, &Options::default()).0),
        ["table.sheet_missing"]
    );
    let (sink, _) = read_as("a.csv", &bytes, &Mapping::default(), &Options::default());
    assert!(codes(&sink).contains(&"table.extension"));
}

/// Official tables: kind, encoding, delimiter, header row and number of headers.
#[test]
fn official_tables_are_seen_as_they_are() {
    for (file, delimiter, encoding, header, width) in [
        (
            "norway/waste/EALKoder_avfallsdeklarering_no.csv",
            ';',
            Encoding::Utf8,
            "Nivå",
            5,
        ),
        ("norway/waste/defra_ewc_codes.csv", ',', Encoding::Utf8, "code", 6),
        (
            "norway/geo/postnummer_erikbolstad_latlon.csv",
            '\t',
            Encoding::Utf8,
            "POSTNR",
            14,
        ),
        (
            "norway/saft/General_Ledger_Standard_Accounts_4_character.csv",
            ';',
            Encoding::Windows1252,
            "AccountID",
            3,
        ),
        ("norway/saft/Standard_Tax_Codes.csv", ';', Encoding::Utf8, "Code", 5),
        (
            "norway/facilities/hotmaps_Industrial_Database.csv",
            ';',
            Encoding::Utf8,
            "SiteID",
            18,
        ),
        (
            "factors/eea/2019-RES_proxies_EEA.csv",
            ',',
            Encoding::Utf8,
            "CountryShort",
            7,
        ),
    ] {
        let Some(path) = greenheart_testkit::shared(&format!("data/{file}")) else {
            continue;
        };
        let sniffed = look(file, &std::fs::read(path).expect("readable")).expect("a table");
        assert_eq!(
            (sniffed.delimiter, sniffed.encoding),
            (Some(delimiter), Some(encoding)),
            "{file}"
        );
        assert_eq!(
            sniffed.columns.first().map(|column| column.header.as_str()),
            Some(header),
            "{file}"
        );
        assert_eq!(sniffed.columns.len(), width, "{file}");
    }
    for (file, kind) in [
        ("defra/Conversion_Factors_2020_Flat_file.xlsx", FileKind::Xlsx),
        (
            "defra/conversion-factors-2021-flat-file-automatic-processing.xls",
            FileKind::Xls,
        ),
        ("epa_hub/ghg-emission-factors-hub-2024.xlsx", FileKind::Xlsx),
    ] {
        let Some(path) = greenheart_testkit::shared(&format!("data/factors/{file}")) else {
            continue;
        };
        let bytes = std::fs::read(path).expect("readable");
        let sniffed = look(file, &bytes).expect("a workbook");
        assert!(
            sniffed.kind == kind && !sniffed.first_rows.is_empty(),
            "{file}: {sniffed:?}"
        );
        let (sink, result) = read_as(file, &bytes, &Mapping::default(), &Options::default());
        assert!(
            result.is_err() && sink.activities.is_empty(),
            "{file} is no table of activities"
        );
    }
}
