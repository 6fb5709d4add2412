//! Accounts reduced on the company's own machine.

use greenheart_ingest::reduced::{FINDINGS, Options, Reduced, Reducer, peek, read, write};
use greenheart_ingest::{Collected, Limits, ReadError, Summary, saft};
use greenheart_model::{Activity, ActivityKind, Counterparty, OrgNo};
use greenheart_units::Amount;

use crate::kit::source;

const SMALL: &str = include_str!("../../fixtures/reduced/small.csv");
const BOOKS: &str = include_str!("../../fixtures/saft/small-1.30.xml");

fn read_text(text: &str, expected: Option<&str>) -> (Result<Summary, ReadError>, Collected) {
    let options = Options {
        expected_org: expected.map(|number| number.parse().expect("a number")),
        ..Options::default()
    };
    let mut sink = Collected::default();
    let result = read(&mut source("reduced.csv", 0, text.into()), &options, &mut sink);
    for (code, ..) in sink.findings.counts() {
        assert!(
            FINDINGS.iter().any(|(known, ..)| *known == code),
            "`{code}` is not documented"
        );
    }
    (result, sink)
}

fn full() -> (Summary, Vec<Activity>) {
    let mut sink = Collected::default();
    let summary = saft::read(
        &mut [source("books.xml", 0, BOOKS.into())],
        &saft::Options::default(),
        &mut sink,
    );
    (summary.expect("the books"), sink.activities)
}

fn reduce(member_of: &dyn Fn(&Counterparty) -> Option<OrgNo>) -> Reduced {
    let mut reducer = Reducer::new(member_of);
    let summary = saft::read(
        &mut [source("books.xml", 0, BOOKS.into())],
        &saft::Options::default(),
        &mut reducer,
    );
    reducer.finish(summary.expect("the books"))
}

/// NOK by everything that the account of the cluster asks of a row of the books.
fn sums(rows: &[Activity], member: OrgNo) -> std::collections::BTreeMap<String, Amount> {
    let mut sums = std::collections::BTreeMap::new();
    for row in rows {
        let other = row.counterparty.as_ref();
        let key = format!(
            "{} {:?} {} {} {} {:?} {:?} {:?}",
            row.period.booking_month(),
            row.account,
            row.kind,
            row.class,
            row.item,
            row.tax_code,
            other.and_then(|other| other.org_no).filter(|number| *number == member),
            other.and_then(|other| other.country.clone()),
        );
        *sums.entry(key).or_insert(Amount::ZERO) += row.amount.expect("an amount");
    }
    sums
}

#[test]
fn revenue_and_spend_are_those_of_the_full_file() {
    let (summary, rows) = full();
    let member = rows
        .iter()
        .find_map(|row| row.counterparty.as_ref()?.org_no)
        .expect("somebody with a number");
    let reduced = reduce(&|other| other.org_no.filter(|number| *number == member));
    assert_eq!(reduced.lines, rows.len() as u64);
    assert!(
        reduced.dropped.names > 0 && reduced.dropped.numbers > 0,
        "{:?}",
        reduced.dropped
    );
    let text = write(&reduced).expect("it fits");
    let (again, sink) = read_text(&text, None);
    let again = again.expect("it reads");
    assert_eq!((again.org_no, &again.coverage), (summary.org_no, &summary.coverage));
    assert!(
        again
            .control_totals
            .iter()
            .all(|total| total.stated == Some(total.computed))
    );
    assert_eq!(sums(&sink.activities, member), sums(&rows, member));
    for name in ["revenue", "purchases"] {
        assert_eq!(again.overview[name], summary.overview[name], "{name}");
    }
    // Written again it is the same text.
    assert_eq!(
        write(&Reduced {
            findings: Default::default(),
            ..reduced
        })
        .expect("it fits"),
        text
    );
}

#[test]
fn nothing_personal_leaves() {
    let (_, rows) = full();
    let text = write(&reduce(&|_| None)).expect("it fits");
    for other in rows.iter().filter_map(|row| row.counterparty.as_ref()) {
        let said = [
            other.name.as_deref().map(str::to_owned),
            other.org_no.map(|number| number.to_string()),
        ];
        for word in said.into_iter().flatten() {
            assert!(!text.contains(&word), "`{word}` leaves");
        }
    }
}

#[test]
fn a_small_file_is_read() {
    let (summary, sink) = read_text(SMALL, Some("999999999"));
    let summary = summary.expect("it reads");
    assert_eq!((summary.rows, sink.findings.counts().count()), (4, 0));
    assert_eq!(summary.overview["purchases"], "37500.5");
    let sold = &sink.activities[0];
    assert_eq!(
        (sold.kind, sold.period.to_string().as_str()),
        (ActivityKind::Sale, "2024-01-01..2024-01-31")
    );
    let other = sold.counterparty.as_ref().expect("a member");
    assert_eq!(
        other.org_no.map(|number| number.to_string()).as_deref(),
        Some("923609016")
    );
    assert_eq!(
        peek(&mut source("a", 0, SMALL.into()), &Limits::default()),
        "999999999".parse().ok()
    );
}

#[test]
fn what_was_changed_on_the_way_is_told() {
    let edited = SMALL.replace("NOK;12;7500.5", "NOK;12;9500.5");
    let (summary, sink) = read_text(&edited, None);
    assert!(summary.is_ok());
    assert_eq!(sink.findings.count("reduced.total"), 1);
    let (summary, sink) = read_text(&SMALL.replace("purchase;goods", "purchase;gods"), None);
    assert_eq!(
        (summary.expect("the rest").rows, sink.findings.count("reduced.row")),
        (3, 1)
    );
    for (text, expect) in [
        (SMALL.replace("reduced;1", "reduced;9"), "reduced.form"),
        (SMALL.replace("month;account", "month;konto"), "reduced.form"),
        (
            SMALL.replace("member;999999999", "member;888888888"),
            "reduced.other_company",
        ),
        ("greenheart-reduced;1\n".to_owned(), "reduced.form"),
        (
            SMALL
                .replace(";7500.5", &format!(";{}", "1".repeat(32)))
                .replace(";30000", &format!(";{}", "1".repeat(32))),
            "reduced.form",
        ),
    ] {
        let (result, _) = read_text(&text, Some("999999999"));
        assert!(
            matches!(result, Err(ReadError::Refused { code }) if code == expect),
            "{expect}: {result:?}"
        );
    }
}
