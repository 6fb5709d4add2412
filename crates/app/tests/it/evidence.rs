//! One fact, several pieces of evidence: a meter's export, the invoices for it, and the books.

use std::fmt::Write as _;
use std::path::PathBuf;

use greenheart_app::{App, InventoryRequest, OnOverlap, Outcome};
use greenheart_model::{GwpSet, MemberId, Scope, Scope2Basis};
use greenheart_units::Amount;

use super::kit::{Kit, operator};

/// 1000 kWh in January 2025 at metering point 707057500000000012.
const INVOICE: &str = include_str!("../../../ingest/tests/fixtures/ehf/power.xml");

fn written(kit: &Kit, name: &str, text: &str) -> PathBuf {
    let path = kit.folder.path().join(name);
    std::fs::write(&path, text).expect("written");
    path
}

/// The export of the same meter: `kwh` in each hour of January.
fn meter(kit: &Kit, kwh: &str) -> PathBuf {
    meter_from(kit, 1, kwh)
}

/// The same from a day of January on.
fn meter_from(kit: &Kit, first: u32, kwh: &str) -> PathBuf {
    let mut text = "Maaler-Id,Tidspunkt,Verdi,Retning,Energikilde\n".to_owned();
    for (day, hour) in (first..=31).flat_map(|day| (0..24).map(move |hour| (day, hour))) {
        let _ = writeln!(
            text,
            "707057500000000012,2025-01-{day:02}T{hour:02}:00:00+01:00,{kwh},IMPORT,Elektrisitet"
        );
    }
    written(kit, &format!("meter-{first}.csv"), &text)
}

/// kWh and kg CO2e of scope 2, and NOK of power that only the books tell of.
async fn power(app: &App, member: &MemberId) -> (Amount, Amount, Amount) {
    let request = InventoryRequest {
        year: Some(2025),
        member: Some(member.clone()),
        basis: Scope2Basis::Location,
        gwp: GwpSet::Ar6,
    };
    let answer = app.inventory(&operator(), &request).await.expect("an inventory");
    let (mut kwh, mut co2e, mut spend) = (Amount::ZERO, Amount::ZERO, Amount::ZERO);
    for row in answer
        .lines
        .iter()
        .map(|line| &line.row)
        .filter(|row| row.scope == Scope::Two)
    {
        if row.line.starts_with("spend.") {
            spend += row.amount_nok;
        } else {
            kwh += row.energy_kwh;
            co2e += row.co2e_kg.unwrap_or_default();
        }
    }
    (kwh, co2e, spend)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meter_its_invoice_and_the_books_are_one_fact() {
    let (alone, kit) = (Kit::empty().await, Kit::empty().await);
    let member = kit.members()[0].clone();
    alone
        .import(vec![meter(&alone, "1.25")], Some(&member), OnOverlap::Ask)
        .await;
    let by_meter = power(&alone.app, &member).await;
    assert_eq!(by_meter.0.to_string(), "930");

    let invoice = written(&kit, "power.xml", &INVOICE.replace("999999999", member.as_str()));
    let first = kit.import(vec![invoice], Some(&member), OnOverlap::Ask).await;
    assert_eq!(first.sets[0].outcome, Outcome::Imported, "{:?}", first.sets[0].findings);
    assert_eq!(power(&kit.app, &member).await.0.to_string(), "1000");

    let second = kit
        .import(vec![meter(&kit, "1.25")], Some(&member), OnOverlap::Add)
        .await;
    let findings = &second.sets[0].findings;
    assert_eq!(
        (
            findings.count("metering.told_better"),
            findings.count("metering.differs")
        ),
        (1, 1),
        "{findings:?}"
    );
    assert_eq!(
        power(&kit.app, &member).await,
        by_meter,
        "the meter stands, whichever came first"
    );

    // The seller of the power invoices the same days in a folder of its own.
    let seller = INVOICE
        .replace("999999999", member.as_str())
        .replace("811143758", "987654325");
    kit.import(
        vec![written(&kit, "seller.xml", &seller)],
        Some(&member),
        OnOverlap::Add,
    )
    .await;
    assert_eq!(power(&kit.app, &member).await, by_meter);

    // The books tell of January too, and of the months that nothing measured.
    alone
        .import(vec![alone.books(&member, 2025)], None, OnOverlap::Ask)
        .await;
    kit.import(vec![kit.books(&member, 2025)], None, OnOverlap::Ask).await;
    let with_books = power(&kit.app, &member).await;
    assert_eq!(with_books, power(&alone.app, &member).await);
    assert!(!with_books.2.is_zero() && with_books.0 == by_meter.0);

    // Posting everything again changes nothing; without the meter one invoice stands, and not two.
    kit.app.repost(&operator(), false, &mut |_| {}).await.expect("posted");
    assert_eq!(power(&kit.app, &member).await, with_books);
    let batch = second.sets[0].batch.clone().expect("a batch");
    kit.app.withdraw(&operator(), &batch, "test").await.expect("withdrawn");
    assert_eq!(power(&kit.app, &member).await.0.to_string(), "1000");
    kit.is_whole().await;
}

/// The old holder's export goes on to the end of the month, the new one's begins on the fifteenth.
#[tokio::test(flavor = "multi_thread")]
async fn a_metering_point_that_passes_to_another_member_counts_each_day_once() {
    let of = |found: &greenheart_model::FindingLog, code: &str| found.count(code);
    for old_first in [true, false] {
        let kit = Kit::empty().await;
        let (old, new) = (kit.members()[0].clone(), kit.members()[1].clone());
        let (whole, rest) = (meter(&kit, "1.25"), meter_from(&kit, 15, "1.25"));
        let mut order = vec![(&old, whole), (&new, rest)];
        if !old_first {
            order.reverse();
        }
        let mut last = None;
        for (member, file) in order {
            let mut report = kit.import(vec![file], Some(member), OnOverlap::Ask).await;
            last = report.sets.pop();
        }
        let last = last.expect("a set");
        let told = if old_first {
            "metering.another_had_it"
        } else {
            "metering.another_has_it"
        };
        assert_eq!(of(&last.findings, told), 1, "{:?}", last.findings);
        let said = format!("{:?}", last.findings);
        let other = if old_first { &old } else { &new };
        assert!(
            !said.contains(other.as_str()),
            "who the other one is stays with the other one: {said}"
        );
        // 31 days of 30 kWh: fourteen for the old holder, seventeen for the new one.
        let kwh = (
            power(&kit.app, &old).await.0.to_string(),
            power(&kit.app, &new).await.0.to_string(),
        );
        assert_eq!(kwh, ("420".to_owned(), "510".to_owned()), "{said}");
        kit.app.repost(&operator(), false, &mut |_| {}).await.expect("posted");
        assert_eq!(power(&kit.app, &old).await.0.to_string(), "420");
        // Without the other file every day is the old holder's again.
        let batches = kit.app.batches(&operator(), Some(&new), false).await.expect("batches");
        let batch = batches.first().expect("a batch").id.clone();
        kit.app.withdraw(&operator(), &batch, "test").await.expect("withdrawn");
        assert_eq!(power(&kit.app, &old).await.0.to_string(), "930");
        kit.is_whole().await;
    }
}

/// A report in tonnes under a header of kilograms: every row of it is alike, so that only what came before tells.
#[tokio::test(flavor = "multi_thread")]
async fn waste_in_tonnes_called_kilograms_is_told_by_earlier_reports() {
    let kit = Kit::empty().await;
    let member = kit.members()[0].clone();
    let report = |month: u32, weights: &[&str]| {
        let mut text = "Dato;Avfallstype;EAL;Vekt (kg);Behandling\n".to_owned();
        for (day, kg) in (1..).zip(weights) {
            let _ = writeln!(text, "{day:02}.{month:02}.2025;Restavfall;20 03 01;{kg};R1");
        }
        written(&kit, &format!("avfall-{month}.csv"), &text)
    };
    let usual = report(1, &["2400", "2600", "1900", "3100", "2500", "2800"]);
    let tonnes = report(2, &["2,4", "2,6", "1,9", "3,1"]);
    let right = report(3, &["2200", "400", "9000"]);
    let mut told = Vec::new();
    for file in [usual, tonnes, right] {
        let report = kit.import(vec![file], Some(&member), OnOverlap::Ask).await;
        assert_eq!(
            report.sets[0].outcome,
            Outcome::Imported,
            "{:?}",
            report.sets[0].findings
        );
        told.push(report.sets[0].findings.count("waste.implausible"));
    }
    assert_eq!(told, [0, 1, 0]);
}
