//! Partial sums: decoding, adding up, totals, and the goals after one more batch.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use greenheart_account::{
    Boundary, ClusterBooks, GoalConfig, GoalInputs, MemberBooks, MemberCoverage, MemberSums, PriceIndex, goals,
    reconcile, reconcile_member,
};
use greenheart_ledger::PartialSums;
use greenheart_model::{CoverageKind, Date, Entry, Member, MemberId, Membership, OrgNo, Period, Role};
use greenheart_testkit::cpu_ms;
use greenheart_units::Rate;

use super::rows::{FIRST_YEAR, Maker, Random, member};

/// Rows of a batch: a year of a company of middle size.
const ROWS: u64 = 17_000;
/// Runs of each measurement.
const RUNS: u8 = 9;

/// Measures a cluster of `members` with one batch for each of `years`.
pub fn run(members: u64, years: i16) -> anyhow::Result<()> {
    let encoded = batches(members, years)?;
    let bytes: usize = encoded.iter().map(Vec::len).sum();
    let decode = || {
        encoded
            .iter()
            .map(|bytes| PartialSums::decode(bytes))
            .collect::<Result<Vec<_>, _>>()
    };
    let (decode_ms, decoded) = timed(decode);
    let decoded = decoded?;
    let keys: usize = decoded.iter().map(|sums| sums.rows().len()).sum();

    let (totals_ms, totals) = timed(|| PartialSums::totals(&decoded));
    let (sum_ms, merged) = timed(|| PartialSums::sum(&decoded));
    let merged = merged?;
    let (reconcile_ms, reconciled) = timed(|| reconcile(&merged));
    let reconciled = reconciled?;
    let (known, coverage) = (known(members), coverage(members, years));
    let config = GoalConfig {
        price_index: Some(prices()),
        ..GoalConfig::standard(FIRST_YEAR, FIRST_YEAR + years - 1)
    };
    let boundary = Boundary::of(&[], &[]);
    let open = |own: &MemberSums| MemberBooks::open(own, &boundary, config.gwp).map(Arc::new);
    let books = reconciled.members().map(open).collect::<Result<Vec<_>, _>>()?;
    let cluster = ClusterBooks::new(books.clone());
    let inputs = GoalInputs {
        config: &config,
        snapshot: "s1",
        members: &known,
        sites: &[],
        coverage: &coverage,
        books: &cluster,
        figures: &[],
    };
    let (goals_ms, report) = timed(|| goals(&inputs));
    let report = report?;
    let shown: Vec<String> = report
        .goals
        .iter()
        .filter_map(|series| series.years.last())
        .map(|year| {
            year.value
                .value
                .map_or_else(|| "missing".into(), |value| value.to_string())
        })
        .collect();
    // All that is left to do when one more batch was committed: the others of its member are decoded, the other
    // members' books open already.
    let last = encoded.last().map(Vec::as_slice).unwrap_or_default();
    let own_batches = usize::try_from(years)?.min(decoded.len());
    let after_batch = || -> anyhow::Result<_> {
        let newest = PartialSums::decode(last)?;
        let others = &decoded[decoded.len() - own_batches..decoded.len().saturating_sub(1)];
        let own = reconcile_member(member(members - 1), PartialSums::sum(others.iter().chain([&newest]))?)?;
        let others = books.iter().take(books.len().saturating_sub(1)).cloned();
        let again = ClusterBooks::new(others.chain([open(&own)?]).collect());
        Ok(goals(&GoalInputs {
            books: &again,
            ..inputs.clone()
        })?)
    };
    let (after_batch_ms, again) = timed(after_batch);
    let after_batch_cpu_ms = cpu(after_batch);
    let totals_cpu_ms = cpu(|| PartialSums::totals(&decoded));
    anyhow::ensure!(
        again? == report,
        "the goals after one more batch are others than those of all batches"
    );
    println!(
        "batches {} bytes {bytes} keys {keys} merged {} totals {} goals {}",
        encoded.len(),
        merged.len(),
        totals?.len(),
        shown.join(" ")
    );
    for (name, ms) in [
        ("decode_all_ms", decode_ms),
        ("totals_ms", totals_ms),
        ("totals_cpu_ms", totals_cpu_ms),
        ("sum_all_ms", sum_ms),
        ("reconcile_ms", reconcile_ms),
        ("goals_ms", goals_ms),
        ("after_batch_ms", after_batch_ms),
        ("after_batch_cpu_ms", after_batch_cpu_ms),
    ] {
        println!("figure {name} {ms}");
    }
    Ok(())
}

/// Milliseconds of the shortest of several runs, and what the last one gave.
#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn timed<T>(work: impl Fn() -> T) -> (String, T) {
    let (mut best, mut made) = (u128::MAX, None);
    for _ in 0..RUNS {
        let begun = Instant::now();
        made = Some(work());
        best = best.min(begun.elapsed().as_micros());
    }
    (shown_ms(best), made.expect("it ran"))
}

/// CPU milliseconds of a run, over several; not disturbed by what else the machine does.
fn cpu<T>(work: impl Fn() -> T) -> String {
    let before = cpu_ms().unwrap_or_default();
    for _ in 0..RUNS {
        std::hint::black_box(work());
    }
    let used = u128::from(cpu_ms().unwrap_or_default() - before);
    shown_ms(used * 1000 / u128::from(RUNS))
}

fn shown_ms(micros: u128) -> String {
    format!("{}.{:02}", micros / 1000, micros % 1000 / 10)
}

fn batches(members: u64, years: i16) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut maker = Maker::new();
    let mut encoded = Vec::new();
    for at in 0..members {
        maker.turn = usize::try_from(at)?;
        for year in FIRST_YEAR..FIRST_YEAR + years {
            let mut random = Random(at * 1_000 + u64::try_from(year)?);
            let row = |row: u64| {
                let month = i8::try_from(row * 12 / ROWS).unwrap_or_default() + 1;
                maker.entry(&mut random, row + 1, year, month)
            };
            let entries: Vec<Entry> = (0..ROWS).map(row).collect();
            let mut sums = PartialSums::default();
            sums.add(&member(at), &entries)?;
            encoded.push(sums.encode());
        }
    }
    Ok(encoded)
}

fn known(members: u64) -> Vec<Member> {
    let numbers = (910_000_000_u32..).filter_map(|number| number.to_string().parse::<OrgNo>().ok());
    let known = |(at, org_no): (u64, OrgNo)| Member {
        id: member(at),
        org_no,
        name: format!("Oppdiktet {at} AS"),
        nace: None,
        role: Role::Industry,
        membership: Membership {
            joined: Date::constant(2000, 1, 1),
            left: None,
        },
        employees: Some(50),
        fictional: true,
    };
    (0..members).zip(numbers).map(known).collect()
}

fn coverage(members: u64, years: i16) -> Vec<MemberCoverage> {
    let one = |member: &MemberId, kind, year| MemberCoverage {
        member: member.clone(),
        kind,
        period: Period::year(year),
    };
    let mut all = Vec::new();
    for member in (0..members).map(member) {
        for kind in CoverageKind::ALL {
            all.extend((FIRST_YEAR..FIRST_YEAR + years).map(|year| one(&member, *kind, year)));
        }
    }
    all
}

fn prices() -> PriceIndex {
    let level = |year: i16| (year, Rate::from_integer(100 + 3 * i64::from(year - FIRST_YEAR)));
    let by_year: BTreeMap<i16, Rate> = (FIRST_YEAR..FIRST_YEAR + 20).map(level).collect();
    PriceIndex {
        name: "bench".into(),
        source: "invented".into(),
        by_year,
    }
}
