//! The contract of the ledger: rows come back as they went in, sums agree with rows, what is not
//! visible is never returned.
#![allow(
    clippy::unwrap_used,
    clippy::unnecessary_wraps,
    reason = "a test may stop at once, and fail-points have one shape"
)]

use greenheart_ledger::{
    ActivityRow, Dimension, EntryRow, Filter, Kind, Ledger, Limits, PartialSums, SegmentDescriptor, SegmentProblem,
    SegmentWriter, Sources, SpoolWriter, decode_activities, decode_entries, encode_activities, encode_entries,
};
use greenheart_model::{
    AccountRef, BatchId, Counterparty, FactorId, GasMasses, MemberId, Month, Scope, Scope2Basis, SiteId, SumValues,
};
use greenheart_testkit::{activity, entry};
use greenheart_units::{Amount, Dimension as Measure, Reading};
use proptest::prelude::*;

fn no_steps(_: &'static str) -> std::io::Result<()> {
    Ok(())
}

fn ledger(folder: &std::path::Path) -> Ledger {
    let limits = Limits {
        memory_bytes: 256 << 20,
        spill_bytes: 1 << 30,
        threads: 2,
    };
    Ledger::open(&folder.join("segments"), &folder.join("spill"), limits).unwrap()
}

fn activity_row(batch: &str, row_no: u64) -> ActivityRow {
    ActivityRow {
        batch: BatchId::new(batch),
        member: MemberId::new("m1"),
        activity: activity(row_no),
    }
}

fn entry_row(batch: &str, generation: i64, row_no: u64) -> EntryRow {
    EntryRow {
        batch: BatchId::new(batch),
        generation,
        member: MemberId::new("m1"),
        entry: entry(row_no),
    }
}

/// An activity with something in every column.
fn full_activity() -> ActivityRow {
    let mut row = activity_row("b1", 7);
    let a = &mut row.activity;
    a.site = Some(SiteId::new("s1"));
    a.quantity = Some(Reading::new("12.345678".parse().unwrap(), Measure::Energy));
    a.raw_quantity = Some("3 KOLLI".into());
    a.amount = Some("-0.000001".parse().unwrap());
    a.counterparty = Some(Counterparty {
        org_no: Some("888888888".parse().unwrap()),
        local_id: Some("1001".into()),
        name: Some("Øst 'AS'".into()),
        country: Some("SE".into()),
    });
    a.account = Some(AccountRef {
        id: "4005".into(),
        grouping_category: "varekostnad".into(),
        grouping_code: "4005".into(),
    });
    a.tax_code = Some("52".into());
    a.waste_code = Some("17 02 01".parse().unwrap());
    a.treatment = Some(greenheart_model::Treatment::Recycling);
    a.primary_permille = Some(300);
    a.dry_permille = Some(850);
    a.supplier_co2e = Some(Amount::ONE);
    a.ambiguous_split = true;
    a.identifiers = greenheart_model::Identifiers {
        document: Some("2024-17".into()),
        object: Some("707057500011223344".into()),
        article: Some("gtin:7038010000010".into()),
        name: Some("Autodiesel".into()),
        classification: Some("unspsc:15101505".into()),
    };
    a.carriage = Some(Box::new(greenheart_model::Carriage {
        kind: greenheart_model::ElementKind::Leg,
        element: Some(2),
        arrangement: Some(greenheart_model::Arrangement::PaidByOthers),
        mass_kg: Some("180.5".parse().unwrap()),
        km: Some("40".parse().unwrap()),
        basis: greenheart_model::DistanceBasis::Driven,
        stated_tkm: None,
        load_permille: Some(600),
        empty_permille: None,
        fuel: Some(greenheart_model::CarriageFuel {
            item: "hvo100".into(),
            quantity: Reading::new("0.03".parse().unwrap(), Measure::Volume),
        }),
    }));
    row
}

fn write(ledger: &Ledger, kind: Kind, fill: impl FnOnce(&mut SegmentWriter)) -> SegmentDescriptor {
    let mut writer = SegmentWriter::new(ledger.folder(), kind, MemberId::new("m1"), "test");
    fill(&mut writer);
    writer.finish(&no_steps).unwrap().unwrap()
}

#[test]
fn chunks_come_back_as_they_went_in() {
    let rows = vec![activity_row("b1", 1), full_activity()];
    assert_eq!(decode_activities(&encode_activities(&rows).unwrap()).unwrap(), rows);
    let mut full = entry_row("b1", 2, 9);
    full.entry.site = Some(SiteId::new("s1"));
    full.entry.factor = Some(FactorId::new("f1"));
    full.entry.counterparty = Some(MemberId::new("m2"));
    full.entry.mass_kg = Some(Amount::ONE);
    full.entry.energy_kwh = Some(Amount::ZERO);
    full.entry.amount_nok = None;
    full.entry.material_part = "waste_lost".into();
    let rows = vec![entry_row("b1", 1, 1), full];
    assert_eq!(decode_entries(&encode_entries(&rows).unwrap()).unwrap(), rows);
    assert!(decode_entries(b"rubbish").is_err());
}

#[test]
fn an_amount_that_does_not_fit_is_an_error_not_a_wrap() {
    let mut row = activity_row("b1", 1);
    row.activity.amount = Some(Amount::from_mantissa(10_i128.pow(18)));
    assert!(encode_activities(&[row]).is_err());
}

#[test]
fn a_spool_gives_back_every_row_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    let mut spool = SpoolWriter::create(&path).unwrap();
    for row_no in 1..=20_000 {
        spool.push(activity_row("b1", row_no)).unwrap();
    }
    let rows: Vec<ActivityRow> = spool.read().unwrap().flat_map(Result::unwrap).collect();
    assert_eq!(rows.len(), 20_000);
    assert_eq!(rows[19_999], activity_row("b1", 20_000));
    drop(spool);
    assert!(!path.exists());
}

#[tokio::test]
async fn queries_see_segments_and_tail_but_only_what_is_visible() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path());
    let segment = write(&ledger, Kind::Entries, |writer| {
        let rows: Vec<EntryRow> = (1..=10).map(|row| entry_row("b1", 1, row)).collect();
        writer.entries(&rows).unwrap();
        writer
            .entries(&[entry_row("b1", 2, 1), entry_row("withdrawn", 1, 1)])
            .unwrap();
    });
    assert_eq!(segment.rows, 12);
    let tail = encode_entries(&[entry_row("b3", 1, 1), entry_row("hidden", 1, 1)]).unwrap();
    let sources = Sources {
        segments: vec![segment.file_name.clone()],
        tail: vec![tail],
        visible: vec![(BatchId::new("b1"), 1), (BatchId::new("b3"), 1)],
    };
    let rows = ledger.entries(&sources, &Filter::default(), 100).await.unwrap();
    assert_eq!(rows.len(), 11);
    let one = ledger
        .entries(&sources, &Filter::row(&BatchId::new("b1"), 4), 100)
        .await
        .unwrap();
    assert_eq!(one, [entry_row("b1", 1, 4)]);
    let totals = ledger
        .totals(&sources, &[Dimension::Scope, Dimension::Year], &Filter::default())
        .await
        .unwrap();
    assert_eq!(totals.len(), 1);
    assert_eq!(
        (&*totals[0].key[0], &*totals[0].key[1], totals[0].rows),
        ("3", "2024", 11)
    );
    assert_eq!(totals[0].gases.co2, Amount::from_integer(11));
    let filter = Filter::default().with("year", "2023");
    assert_eq!(ledger.totals(&sources, &[Dimension::Scope], &filter).await.unwrap(), []);
    let factors = ledger
        .by_factor(&sources, &Filter::default().with("line", "purchase.goods"))
        .await
        .unwrap();
    assert_eq!((factors.len(), factors[0].rows), (1, 11));
    let hostile = Filter::default().with("line", "' or 1=1 --");
    assert_eq!(ledger.entries(&sources, &hostile, 100).await.unwrap(), []);
    assert_eq!(
        ledger
            .entries(&Sources::default(), &Filter::default(), 9)
            .await
            .unwrap(),
        []
    );
}

/// What is wholly visible is read without a look at each row; what is so in part, row by row; and the tail.
#[tokio::test]
async fn totals_of_whole_segments_parts_and_tail_are_those_of_the_rows() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path());
    let row = |batch: &str, generation, row_no: u64| {
        let mut row = entry_row(batch, generation, row_no);
        row.member = MemberId::new(format!("m{}", row_no % 3));
        row.entry.scope = [Scope::One, Scope::Two, Scope::Three][usize::try_from(row_no % 2).unwrap()];
        row.entry.month = Month::new(2020 + i16::try_from(row_no % 5).unwrap(), 12).unwrap();
        row.entry.gases.co2 =
            Amount::from_mantissa(i128::from(row_no) * if row_no.is_multiple_of(7) { -1 } else { 999_999_999 });
        row.entry.gases.n2o = Amount::from_mantissa(i128::from(row_no % 2));
        row
    };
    let rows = |batch: &str, generation| (1..=200).map(|at| row(batch, generation, at)).collect::<Vec<_>>();
    let whole = write(&ledger, Kind::Entries, |writer| writer.entries(&rows("b1", 1)).unwrap());
    let part = write(&ledger, Kind::Entries, |writer| {
        writer.entries(&rows("b2", 1)).unwrap();
        writer.entries(&rows("b2", 2)).unwrap();
        writer.entries(&rows("withdrawn", 1)).unwrap();
    });
    let sources = Sources {
        segments: vec![whole.file_name, part.file_name],
        tail: vec![
            encode_entries(&rows("b3", 1)).unwrap(),
            encode_entries(&rows("hidden", 1)).unwrap(),
        ],
        visible: vec![
            (BatchId::new("b1"), 1),
            (BatchId::new("b2"), 2),
            (BatchId::new("b3"), 1),
        ],
    };
    let mut expected = std::collections::BTreeMap::new();
    for row in ["b1", "b2", "b3"].iter().flat_map(|batch| rows(batch, 1)) {
        let entry = row.entry;
        let key = [
            row.member.to_string(),
            entry.scope.to_string(),
            entry.month.year().to_string(),
        ];
        let (gases, count): &mut (GasMasses, u64) = expected.entry(key).or_default();
        *gases = gases.checked_add(&entry.gases).unwrap();
        *count += 1;
    }
    let dimensions = [Dimension::Member, Dimension::Scope, Dimension::Year];
    let totals = ledger.totals(&sources, &dimensions, &Filter::default()).await.unwrap();
    let found: Vec<_> = totals
        .iter()
        .map(|total| ([0, 1, 2].map(|at| total.key[at].to_string()), (total.gases, total.rows)))
        .collect();
    assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
    let all = ledger.totals(&sources, &[], &Filter::default()).await.unwrap();
    assert_eq!((all.len(), all[0].rows), (1, 600));
    let year = Filter::default().with("year", "2021").with("category", "1");
    let in_year = ledger.totals(&sources, &[Dimension::Year], &year).await.unwrap();
    assert_eq!((in_year.len(), &*in_year[0].key[0], in_year[0].rows), (1, "2021", 120));
    for nothing in [("year", "02021"), ("category", "x"), ("month", "")] {
        let filter = Filter::default().with(nothing.0, nothing.1);
        assert_eq!(ledger.totals(&sources, &[], &filter).await.unwrap(), [], "{nothing:?}");
    }
}

#[tokio::test]
async fn activities_come_back_from_a_segment() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path());
    let rows = vec![activity_row("b1", 1), full_activity()];
    let segment = write(&ledger, Kind::Activities, |writer| writer.activities(&rows).unwrap());
    let sources = Sources {
        segments: vec![segment.file_name],
        tail: vec![encode_activities(&[activity_row("b1", 9)]).unwrap()],
        visible: vec![(BatchId::new("b1"), 0)],
    };
    let found = ledger
        .activities(&sources, &Filter::default(), usize::MAX >> 1)
        .await
        .unwrap();
    assert_eq!(found, [rows[0].clone(), rows[1].clone(), activity_row("b1", 9)]);
}

#[test]
fn a_segment_that_was_touched_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path());
    let segment = write(&ledger, Kind::Entries, |writer| {
        writer.entries(&[entry_row("b1", 1, 1)]).unwrap();
    });
    assert_eq!(ledger.verify(&segment), []);
    let mut wrong = segment.clone();
    wrong.batches[0].2 = 2;
    assert!(matches!(
        ledger.verify(&wrong)[..],
        [SegmentProblem::Rows {
            expected: 2,
            found: 1,
            ..
        }]
    ));
    let path = ledger.folder().join(&segment.file_name);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(ledger.verify(&segment)[..], [SegmentProblem::Altered(_)]));
    std::fs::remove_file(path).unwrap();
    assert!(matches!(ledger.verify(&segment)[..], [SegmentProblem::Missing(_)]));
}

#[test]
fn a_failing_step_leaves_an_orphan_at_most() {
    for step in ["segment.temp", "segment.fsync"] {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(folder.path());
        let mut writer = SegmentWriter::new(ledger.folder(), Kind::Entries, MemberId::new("m1"), "test");
        writer.entries(&[entry_row("b1", 1, 1)]).unwrap();
        let fail = move |at: &'static str| {
            if at == step {
                Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
            } else {
                Ok(())
            }
        };
        assert!(writer.finish(&fail).is_err());
        assert_eq!(std::fs::read_dir(ledger.folder()).unwrap().count(), 0, "{step}");
    }
}

fn sums(entries: &[greenheart_model::Entry]) -> PartialSums {
    let mut sums = PartialSums::default();
    sums.add(&MemberId::new("m1"), entries).unwrap();
    sums
}

fn any_entry() -> impl Strategy<Value = greenheart_model::Entry> {
    let amount = (-1_000_000_000_000_i64..1_000_000_000_000).prop_map(|m| Amount::from_mantissa(m.into()));
    (
        1..5_i8,
        0..3_usize,
        amount,
        proptest::option::of(0..2_u8),
        any::<bool>(),
    )
        .prop_map(|(month, scope, co2, other, market)| {
            let mut made = entry(1);
            made.month = Month::new(2024, month).expect("a month");
            made.scope = [Scope::One, Scope::Two, Scope::Three][scope];
            made.gases = GasMasses {
                co2,
                n2o: co2,
                ..GasMasses::default()
            };
            made.counterparty = other.map(|other| MemberId::new(format!("m{other}")));
            made.basis = if market { Scope2Basis::Market } else { Scope2Basis::Both };
            made
        })
}

proptest! {
    #[test]
    fn any_split_of_the_entries_gives_the_same_sums(
        entries in proptest::collection::vec(any_entry(), 0..60), at in 0..60_usize
    ) {
        let at = at.min(entries.len());
        let whole = sums(&entries);
        let mut parts = sums(&entries[..at]);
        parts.merge(&sums(&entries[at..])).expect("no overflow");
        prop_assert_eq!(&parts, &whole);
        prop_assert_eq!(&PartialSums::decode(&whole.encode()).expect("decodes"), &whole);
        let total: Amount = whole.rows().map(|(_, values)| values.gases.co2).sum();
        prop_assert_eq!(total, entries.iter().map(|entry| entry.gases.co2).sum());
        let rows: u64 = whole.rows().map(|(_, values): (_, &SumValues)| values.rows).sum();
        prop_assert_eq!(rows, entries.len() as u64);
    }

    #[test]
    fn adding_up_at_once_is_merging_one_by_one(
        parts in proptest::collection::vec((0..3_u8, proptest::collection::vec(any_entry(), 0..20)), 0..8)
    ) {
        let parts: Vec<PartialSums> = parts
            .iter()
            .map(|(member, entries)| {
                let mut sums = PartialSums::default();
                sums.add(&MemberId::new(format!("m{member}")), entries).expect("no overflow");
                sums
            })
            .collect();
        let mut merged = PartialSums::default();
        for part in &parts {
            merged.merge(part).expect("no overflow");
        }
        // Totals by the plainest way there is.
        let mut expected = std::collections::BTreeMap::new();
        for (key, values) in merged.rows() {
            let place = (key.member.clone(), key.scope, key.category, key.month.year());
            let (gases, rows): &mut (GasMasses, u64) = expected.entry(place).or_default();
            *gases = gases.checked_add(&values.gases).expect("no overflow");
            *rows += values.rows;
        }
        let totals = PartialSums::totals(&parts).expect("no overflow");
        let found: Vec<_> = totals
            .into_iter()
            .map(|total| ((total.member, total.scope, total.category, total.year), (total.gases, total.rows)))
            .collect();
        prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(PartialSums::sum(&parts).expect("no overflow"), merged.into_rows());
    }

    #[test]
    fn damaged_sums_are_an_error_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut bytes = bytes;
        if let Some(first) = bytes.first_mut() {
            *first = 1;
        }
        let _ = PartialSums::decode(&bytes);
    }
}
