//! Binding rows that are posted already to other factors: activities are read from a segment, each is bound to the
//! factor of its item and day, and the entries are written as a segment, as `greenheart factors rebind` does.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;
use greenheart_account::{Binder, MemberDirectory, Options};
use greenheart_ledger::{ActivityRow, Filter, Kind, Ledger, Limits, SegmentWriter, Sources};
use greenheart_model::{
    Activity, ActivityKind, BatchId, Date, Factor, FactorBasis, FactorId, FactorSet, FindingLog, Gas, GwpSet,
    Identifiers, ItemClass, MemberId, Period, RowPlace, Text,
};
use greenheart_testkit::cpu_ms;
use greenheart_units::{Amount, Basis, Currency, Dimension, Rate, Reading};

use super::rows::{FIRST_YEAR, Random, YEARS};

const ITEMS: u64 = 208;
/// A factor holds for a quarter of a year.
const QUARTERS: i16 = YEARS * 4;
const CHUNK_ROWS: usize = 16_384;

/// Writes `rows` activities to `folder/segments`, and the factors to `folder/factors.csv`.
pub fn generate(folder: &Path, rows: u64) -> anyhow::Result<()> {
    let segments = folder.join("segments");
    if segments.exists() {
        std::fs::remove_dir_all(&segments)?;
    }
    std::fs::create_dir_all(&segments)?;
    let mut writer = SegmentWriter::new(&segments, Kind::Activities, member(), "bench");
    let items: Vec<Text> = (0..ITEMS).map(item).collect();
    let mut random = Random(7);
    let mut chunk = Vec::with_capacity(CHUNK_ROWS);
    for row_no in 1..=rows {
        chunk.push(ActivityRow {
            batch: batch(),
            member: member(),
            activity: activity(row_no, &items, &mut random),
        });
        if chunk.len() == CHUNK_ROWS {
            writer.activities(&chunk)?;
            chunk.clear();
        }
    }
    writer.activities(&chunk)?;
    let segment = writer.finish(&|_| Ok(()))?.context("nothing was written")?;
    std::fs::write(folder.join("activities.txt"), &segment.file_name)?;
    std::fs::write(folder.join("factors.csv"), table(&factors()?))?;
    println!("rows {} bytes {}", segment.rows, segment.bytes);
    Ok(())
}

/// Binds what [`generate`] wrote and writes the entries to `folder/bound`.
pub fn run(folder: &Path) -> anyhow::Result<()> {
    let file = std::fs::read_to_string(folder.join("activities.txt")).context("there is nothing generated here")?;
    let bound = folder.join("bound");
    std::fs::create_dir_all(&bound)?;
    let factors = FactorSet::new("bench", factors()?)?;
    let before = cpu_ms();
    let binder = Binder::new(&factors, &MemberDirectory::default(), &Options::default());
    let ledger = ledger(&folder.join("segments"))?;
    let sources = Sources {
        segments: vec![file],
        tail: Vec::new(),
        visible: vec![(batch(), 0)],
    };
    let mut writer = SegmentWriter::new(&bound, Kind::Entries, member(), "bench");
    let (mut made, mut findings) = (Vec::new(), FindingLog::default());
    let (batch, member) = (batch(), member());
    ledger.each_activity(&sources, &mut |rows| {
        made.clear();
        binder.post(&member, rows.iter().map(|row| &row.activity), &mut made, &mut findings);
        writer.posting((&batch, 2, &member), &made)
    })?;
    let segment = writer.finish(&|_| Ok(()))?.context("nothing was written")?;
    let after = cpu_ms();
    check(&bound, &segment.file_name)?;
    println!("figure bytes {}", segment.bytes);
    std::fs::remove_file(bound.join(&segment.file_name))?;
    if let Some((before, after)) = before.zip(after) {
        println!("work_cpu_ms {}", after - before);
    }
    Ok(())
}

/// Prints what was written, from the file.
fn check(folder: &Path, file: &str) -> anyhow::Result<()> {
    let sources = Sources {
        segments: vec![file.to_owned()],
        tail: Vec::new(),
        visible: vec![(batch(), 2)],
    };
    let ledger = ledger(folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let totals = runtime.block_on(ledger.totals(&sources, &[], &Filter::default()))?;
    let total = totals.first().context("no totals")?;
    let gases = &total.gases;
    println!(
        "rows {} co2 {} ch4_fossil {} n2o {}",
        total.rows,
        gases.co2.to_fixed(6),
        gases.ch4_fossil.to_fixed(6),
        gases.n2o.to_fixed(6)
    );
    Ok(())
}

fn ledger(folder: &Path) -> anyhow::Result<Ledger> {
    let limits = Limits {
        memory_bytes: 1 << 30,
        spill_bytes: 1 << 30,
        threads: 2,
    };
    Ok(Ledger::open(folder, &folder.join("spill"), limits)?)
}

fn member() -> MemberId {
    MemberId::new("910000004")
}

fn batch() -> BatchId {
    BatchId::new("b-910000004-bench")
}

fn item(number: u64) -> Text {
    format!("material_{number:03}").into()
}

fn activity(row_no: u64, items: &[Text], random: &mut Random) -> Activity {
    let below = |random: &mut Random, bound: u64| i64::try_from(random.below(bound)).unwrap_or_default();
    let small = |value: i64| i8::try_from(value).unwrap_or_default();
    let item = &items[usize::try_from(random.below(ITEMS)).unwrap_or_default()];
    let year = FIRST_YEAR + i16::from(small(below(random, 6)));
    let day = Date::constant(year, small(below(random, 12)) + 1, small(below(random, 28)) + 1);
    // Whole grams, so that a product with a rate of three decimals is exact everywhere.
    let grams = 1 + below(random, 50_000_000);
    Activity {
        row_no,
        place: RowPlace { file: 0, row: row_no },
        kind: ActivityKind::MaterialInput,
        class: ItemClass::Goods,
        item: item.clone(),
        site: None,
        period: Period::day(day),
        quantity: Some(Reading {
            value: Amount::from_mantissa(i128::from(grams) * 1_000),
            dimension: Dimension::Mass,
            basis: Basis::Plain,
        }),
        raw_quantity: None,
        amount: Some(Amount::from_mantissa(i128::from(grams) * 21_000)),
        currency: Currency::NOK,
        counterparty: None,
        account: None,
        tax_code: None,
        waste_code: None,
        treatment: None,
        primary_permille: Some(1000),
        dry_permille: None,
        supplier_co2e: None,
        ambiguous_split: false,
        carriage: None,
        identifiers: Identifiers::default(),
    }
}

fn factors() -> anyhow::Result<Vec<Factor>> {
    let mut factors = Vec::new();
    for number in 0..ITEMS {
        for quarter in 0..QUARTERS {
            factors.push(factor(number, quarter)?);
        }
    }
    Ok(factors)
}

fn factor(number: u64, quarter: i16) -> anyhow::Result<Factor> {
    let first = |quarter: i16| {
        Ok::<_, anyhow::Error>(Date::new(
            FIRST_YEAR + quarter / 4,
            i8::try_from(quarter % 4 * 3 + 1)?,
            1,
        )?)
    };
    let thousandths = |times: i64| {
        let size = i64::try_from(number)? * 13 + i64::from(quarter) * times + 100;
        anyhow::Ok(Rate::from_mantissa(i128::from(size) * (Rate::ONE_MANTISSA / 1000)))
    };
    let from = first(quarter)?;
    Ok(Factor {
        id: FactorId::new(format!("material_{number:03}-{quarter:02}")),
        item: item(number),
        aspect: "primary".into(),
        name_en: "invented".into(),
        name_nb: "oppdiktet".into(),
        gases: [
            (Gas::Co2, thousandths(7)?),
            (Gas::Ch4Fossil, thousandths(1)?),
            (Gas::N2o, thousandths(2)?),
        ]
        .into(),
        per: FactorBasis {
            dimension: Dimension::Mass,
            basis: Basis::Plain,
        },
        region: "NO".into(),
        data_year: from.year(),
        published: from,
        valid_from: from,
        valid_to: Some(first(quarter + 1)?.yesterday()?),
        entered: from,
        gwp: GwpSet::Ar6,
        pedigree: [1; 5],
        citation: "invented".into(),
        licence: "invented".into(),
        remark: "".into(),
    })
}

/// The factors for the peers.
fn table(factors: &[Factor]) -> String {
    let mut text = String::from("item,valid_from,valid_to,id,co2,ch4_fossil,n2o\n");
    for factor in factors {
        let rate = |gas| factor.gases.get(&gas).map(ToString::to_string).unwrap_or_default();
        let until = factor.valid_to.map(|day| day.to_string()).unwrap_or_default();
        let (co2, methane, nitrous) = (rate(Gas::Co2), rate(Gas::Ch4Fossil), rate(Gas::N2o));
        let (item, from, id) = (&factor.item, factor.valid_from, &factor.id);
        let _ = writeln!(text, "{item},{from},{until},{id},{co2},{methane},{nitrous}");
    }
    text
}
