//! Exports of meters.

use greenheart_ingest::meters::{FINDINGS, Options, looks_like, read};
use greenheart_ingest::{Collected, Limits, ReadError, Source, Summary};
use greenheart_model::{ActivityKind, Status};

use crate::kit::{source, zipped};

const ELHUB: &str = include_str!("../../fixtures/meters/elhub.csv");
const PORTAL: &str = include_str!("../../fixtures/meters/portal.csv");
const ELHUB_NAME: &str = "Måleverdier_707057500000000012_CONSUMPTION_2024-01.csv";

fn read_files(files: Vec<(&str, Vec<u8>)>, options: &Options) -> (Result<Summary, ReadError>, Collected) {
    let mut sources: Vec<Source<'_>> = (0..)
        .zip(files)
        .map(|(at, (name, bytes))| source(name, at, bytes))
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

fn read_one(name: &str, bytes: impl Into<Vec<u8>>) -> (Summary, Collected) {
    let (result, sink) = read_files(vec![(name, bytes.into())], &Options::default());
    (
        result.unwrap_or_else(|error| panic!("{error}: {:?}", sink.findings)),
        sink,
    )
}

fn refused(bytes: impl Into<Vec<u8>>, expect: &str) {
    let (result, sink) = read_files(vec![("a.csv", bytes.into())], &Options::default());
    assert!(
        matches!(result, Err(ReadError::Refused { code }) if code == expect),
        "{expect}: {result:?}"
    );
    assert_eq!(sink.findings.status(), Status::Blocked);
}

/// Readings from one local time to another, of one kilowatt-hour each, as Elhub writes them.
fn year_of_hours(year: i16, step_minutes: i64) -> String {
    let zone = |utc: calendar::Utc| utc.local();
    let mut text = String::from("Fra;Til;KWH 60 Forbruk;Kvalitet\n");
    let (mut at, end) = (calendar::Utc::new_year(year), calendar::Utc::new_year(year + 1));
    while at.0 < end.0 {
        let next = calendar::Utc(at.0 + step_minutes);
        text.extend([zone(at), ";".into(), zone(next), ";1;Målt\n".into()]);
        at = next;
    }
    text
}

/// An independent calendar for the tests: UTC minutes to Norwegian local time by the rule of the directive, day by day.
mod calendar {
    #[derive(Clone, Copy)]
    pub struct Utc(pub i64);

    impl Utc {
        /// Local midnight of the first of January, in minutes since 2000-01-01 00:00 UTC.
        pub fn new_year(year: i16) -> Self {
            let days: i64 = (2000..i64::from(year)).map(|y| if leap(y) { 366 } else { 365 }).sum();
            Self(days * 1440 - 60)
        }

        pub fn local(self) -> String {
            let summer = is_summer(self.0);
            let local = self.0 + if summer { 120 } else { 60 };
            let (year, month, day) = date(local.div_euclid(1440));
            let minutes = local.rem_euclid(1440);
            format!("{day:02}.{month:02}.{year} {:02}:{:02}", minutes / 60, minutes % 60)
        }
    }

    fn leap(year: i64) -> bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    fn lengths(year: i64) -> [i64; 12] {
        [
            31,
            if leap(year) { 29 } else { 28 },
            31,
            30,
            31,
            30,
            31,
            31,
            30,
            31,
            30,
            31,
        ]
    }

    fn date(mut days: i64) -> (i64, usize, i64) {
        let mut year = 2000;
        while days >= if leap(year) { 366 } else { 365 } {
            days -= if leap(year) { 366 } else { 365 };
            year += 1;
        }
        for (month, length) in lengths(year).into_iter().enumerate() {
            if days < length {
                return (year, month + 1, days + 1);
            }
            days -= length;
        }
        unreachable!("a day lies in a month")
    }

    /// Summer time begins and ends at 01:00 UTC on the last Sundays of March and October.
    fn is_summer(utc: i64) -> bool {
        let days = utc.div_euclid(1440);
        let (_, month, day) = date(days);
        // 2000-01-01 was a Saturday; Sunday is 0.
        let is_sunday = |of_month: &i64| (days - day + of_month + 6) % 7 == 0;
        let sunday = (25..=31).rev().find(is_sunday).expect("a week has a Sunday");
        let begun = day > sunday || (day == sunday && utc.rem_euclid(1440) >= 60);
        matches!(month, 4..=9) || (month == 3 && begun) || (month == 10 && !begun)
    }
}

#[test]
fn an_export_of_elhub() {
    assert!(looks_like(ELHUB.as_bytes()) && looks_like(PORTAL.as_bytes()));
    for other in [
        "Fra;Til;Vare;Mengde;Enhet\n2024-01-01;2024-01-31;diesel;1;l\n",
        "<Invoice/>",
        "a;b\n1;2\n",
    ] {
        assert!(!looks_like(other.as_bytes()), "{other}");
    }
    let (summary, sink) = read_one(ELHUB_NAME, ELHUB);
    let [row] = sink.activities.as_slice() else {
        panic!("{:?}", sink.activities)
    };
    assert_eq!((row.kind, &*row.item), (ActivityKind::Electricity, "electricity"));
    assert_eq!(row.quantity.map(|q| q.to_string()), Some("4 kWh".into()));
    assert_eq!(row.identifiers.object.as_deref(), Some("707057500000000012"));
    assert_eq!(row.period.to_string(), "2024-01-01..2024-01-01");
    assert_eq!(sink.findings.count("meters.estimated"), 1);
    assert_eq!(summary.overview["kwh"].as_str(), Some("4"));
    assert!(summary.coverage.is_empty(), "three hours are no month");
}

#[test]
fn a_year_of_hours_and_quarters_is_whole() {
    for (step, count) in [(60, 8784), (15, 35_136)] {
        let (summary, sink) = read_one(ELHUB_NAME, year_of_hours(2024, step));
        assert_eq!(sink.activities.len(), 12);
        let total: i128 = sink
            .activities
            .iter()
            .filter_map(|row| row.quantity)
            .map(|q| q.value.mantissa())
            .sum();
        assert_eq!(
            total,
            count * 1_000_000,
            "a leap year, with one hour twice and one never"
        );
        assert_eq!(
            sink.findings.counts().map(|(code, ..)| code).collect::<Vec<_>>(),
            ["meters.coverage_assumed"]
        );
        assert_eq!(summary.coverage[0].period.to_string(), "2024-01-01..2024-12-31");
        let march = sink.activities[2]
            .quantity
            .map(|q| q.value.mantissa() / 1_000_000 * i128::from(step) / 60);
        let october = sink.activities[9]
            .quantity
            .map(|q| q.value.mantissa() / 1_000_000 * i128::from(step) / 60);
        assert_eq!((march, october), (Some(31 * 24 - 1), Some(31 * 24 + 1)));
    }
}

#[test]
fn the_same_readings_in_other_clothes() {
    let (_, expected) = read_one(ELHUB_NAME, ELHUB);
    let expected = expected.activities[0].quantity;
    let from_only = "Tidspunkt\tForbruk (kWh)\n2024-01-01 00:00\t1.5\n2024-01-01 01:00\t2.25\n2024-01-01 02:00\t0.25\n";
    let clock = "Målepunkt;Dato;Time;Verdi;Enhet\n707057500000000012;01.01.2024;00-01;1,5;kWh\n707057500000000012;01.01.2024;01-02;2,25;kWh\n707057500000000012;01.01.2024;02-03;0,25;kWh\n";
    let wide = "Tid;707057500000000012\n01.01.2024 00:00;1,5\n01.01.2024 01:00;2,25\n01.01.2024 02:00;0,25\n";
    let mwh = "Tid;Verdi;Enhet;Målepunkt\n01.01.2024 00:00;0,0015;MWh;1\n01.01.2024 01:00;0,00225;MWh;1\n01.01.2024 02:00;0,00025;MWh;1\n";
    let register = "Tid;Målerstand (kWh)\n01.01.2024 00:00;100\n01.01.2024 02:00;103,75\n01.01.2024 03:00;104\n";
    for (name, bytes) in [
        ("quoted", ELHUB.replace("1,5", "\"1,5\"").into_bytes()),
        ("Windows-1252", encoding_rs::WINDOWS_1252.encode(ELHUB).0.into_owned()),
        (
            "byte-order mark",
            format!("\u{feff}{}", ELHUB.replace('\n', "\r\n")).into_bytes(),
        ),
        (
            "title above",
            format!("Måleverdier for Liten AS\n\n{ELHUB}").into_bytes(),
        ),
        (
            "zip",
            zipped(&[
                ("a/Måleverdier_707057500000000012.csv", ELHUB.as_bytes()),
                ("les meg.pdf", b"x"),
            ]),
        ),
        ("start only", from_only.into()),
        ("day and hour", clock.into()),
        ("wide", wide.into()),
        ("MWh", mwh.into()),
        ("register", register.into()),
        ("workbook", workbook()),
    ] {
        let (_, sink) = read_one("Måler 707057500000000012", bytes);
        assert_eq!(sink.activities.len(), 1, "{name}: {:?}", sink.activities);
        assert_eq!(sink.activities[0].quantity, expected, "{name}");
    }
}

fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let format = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy hh:mm");
    let sheet = book.add_worksheet();
    for (column, header) in (0..).zip(["Tid", "Forbruk (kWh)"]) {
        sheet.write_string(0, column, header).expect("a header");
    }
    for (row, value) in (0..).zip([1.5, 2.25, 0.25]) {
        let moment = rust_xlsxwriter::ExcelDateTime::from_ymd(2024, 1, 1)
            .and_then(|day| day.and_hms(row, 0, 0))
            .expect("a moment");
        let row = u32::from(row) + 1;
        sheet
            .write_datetime_with_format(row, 0, &moment, &format)
            .expect("a time");
        sheet.write_number(row, 1, value).expect("a value");
    }
    book.save_to_buffer().expect("a workbook")
}

#[test]
fn directions_and_carriers_are_told_apart() {
    let (summary, sink) = read_one("portal.csv", PORTAL);
    let rows: Vec<_> = sink
        .activities
        .iter()
        .map(|row| {
            (
                row.kind,
                row.item.to_string(),
                row.quantity.map(|q| q.to_string()).unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            (ActivityKind::Electricity, "electricity".into(), "1.5 kWh".into()),
            (
                ActivityKind::OtherPosting,
                "electricity_export".into(),
                "0.5 kWh".into()
            ),
            (ActivityKind::Heat, "district_heat".into(), "7 kWh".into()),
        ]
    );
    assert_eq!(summary.overview["metering_points"].as_array().map(Vec::len), Some(3));
}

#[test]
fn what_is_wrong_is_found() {
    let year = year_of_hours(2024, 60);
    let lines: Vec<&str> = year.lines().collect();
    let without = |from: usize, to: usize| [&lines[..from], &lines[to..]].concat().join("\n");
    let (_, sink) = read_one(ELHUB_NAME, without(2000, 2010));
    assert_eq!(sink.findings.count("meters.gap"), 1);
    let gap = sink
        .findings
        .kept()
        .find(|f| &*f.code == "meters.gap")
        .map(|f| f.detail.clone())
        .unwrap_or_default();
    assert!(
        gap.contains("10 readings from 2024-03-24 07:00 to 2024-03-24 17:00"),
        "{gap}"
    );
    let (summary, sink) = read_one(ELHUB_NAME, without(1000, 6000));
    assert!(
        sink.findings.count("meters.gap") >= 2,
        "also months without any reading"
    );
    assert_eq!(summary.coverage.len(), 2);
    // A metering point that changes hands in the middle of the year.
    let (summary, sink) = read_one(ELHUB_NAME, lines[..4000].join("\n"));
    assert_eq!(
        (
            sink.findings.count("meters.partial_month"),
            sink.findings.count("meters.gap")
        ),
        (1, 0)
    );
    assert_eq!(summary.coverage[0].period.to_string(), "2024-01-01..2024-05-31");
    // The same file twice, and a contradiction.
    let contradiction = ELHUB.replace("2,25", "9");
    let (result, sink) = read_files(
        vec![
            (ELHUB_NAME, ELHUB.into()),
            (ELHUB_NAME, ELHUB.into()),
            (ELHUB_NAME, contradiction.into()),
        ],
        &Options::default(),
    );
    assert!(result.is_ok());
    assert_eq!(
        (
            sink.findings.count("meters.duplicate"),
            sink.findings.count("meters.duplicate_differs")
        ),
        (5, 1)
    );
    assert_eq!(sink.activities[0].quantity.map(|q| q.to_string()), Some("4 kWh".into()));
    for (from, to, code) in [
        ("2,25", "to", "meters.value"),
        ("2,25", "-2,25", "meters.negative"),
        ("01.01.2024 01:00;", "31.02.2024 01:00;", "meters.time"),
        ("01.01.2024 01:00;", "31.03.2024 02:30;", "meters.no_such_hour"),
        ("KWH 60 ", "", "meters.unit_assumed"),
    ] {
        let (_, sink) = read_one(ELHUB_NAME, ELHUB.replace(from, to));
        assert_eq!(sink.findings.count(code), 1, "{code}: {:?}", sink.findings);
    }
    let (_, sink) = read_one("export.csv", ELHUB);
    assert_eq!(sink.findings.count("meters.meter_unknown"), 1);
    let (_, sink) = read_one(
        "a.csv",
        "Tid;Målerstand;Målepunkt\n01.01.2024 00:00;100\n02.01.2024 00:00;110\n03.01.2024 00:00;5\n05.03.2024 00:00;25\n",
    );
    assert_eq!(
        (
            sink.findings.count("meters.reset"),
            sink.findings.count("meters.register_split")
        ),
        (1, 1)
    );
    let total: i128 = sink
        .activities
        .iter()
        .filter_map(|row| row.quantity)
        .map(|q| q.value.mantissa())
        .sum();
    assert_eq!(total, 30_000_000);
}

#[test]
fn hostile_and_broken_files_are_refused_with_a_reason() {
    refused("", "meters.empty");
    refused("hello\nworld\n", "meters.not_meters");
    refused("Fra;Til;KWH 60 Forbruk\n", "meters.nothing");
    refused("x".repeat(3 << 20), "meters.too_large");
    refused(b"PK\x03\x04 broken".to_vec(), "meters.archive");
    let limits = Limits {
        master_records: 20,
        ..Limits::default()
    };
    let (result, sink) = read_files(
        vec![(ELHUB_NAME, year_of_hours(2024, 60).into())],
        &Options {
            limits,
            ..Options::default()
        },
    );
    assert!(
        matches!(
            result,
            Err(ReadError::Refused {
                code: "meters.too_many"
            })
        ),
        "{:?}",
        sink.findings
    );
    let (result, sink) = read_files(
        vec![("a.csv", b"nothing".to_vec()), (ELHUB_NAME, ELHUB.into())],
        &Options::default(),
    );
    assert!(result.is_ok() && sink.findings.status() == Status::Partial);
}
