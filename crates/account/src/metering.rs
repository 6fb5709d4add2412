//! One reading of a metering point is one fact, in however many files it stands: the meter's own export, the invoice
//! of the grid company, that of the seller of the power.

mod handover;

use std::collections::{BTreeMap, BTreeSet};

use greenheart_model::{Activity, ActivityKind, BatchId, Date, ItemClass, Period, Text};
use greenheart_units::{Amount, DecimalError, Dimension};
use serde::{Deserialize, Serialize};

use crate::arithmetic::minus;

pub use handover::{Handover, Holding, Kept, cut, handovers, holdings, kept};

/// The item of rows that another file tells better.
pub const TOLD_BETTER: &str = "metered_elsewhere";

/// What was measured, and when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Measured {
    /// The metering point.
    pub object: Text,
    /// Power, heat, own generation.
    pub item: Text,
    /// Of these days.
    pub period: Period,
}

/// A row of a batch that tells of a metering point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterClaim {
    /// The batch.
    pub batch: BatchId,
    /// How good its kind of file is: a meter's export before an invoice before a table.
    pub rank: u8,
    /// What it tells of.
    pub measured: Measured,
    /// How much.
    pub kwh: Amount,
}

impl Measured {
    /// What a row tells of; `None` when it names no metering point or no energy.
    pub fn of(activity: &Activity) -> Option<(Self, Amount)> {
        let energy = activity
            .quantity
            .filter(|reading| reading.dimension == Dimension::Energy)?;
        if !matches!(activity.kind, ActivityKind::Electricity | ActivityKind::Heat) {
            return None;
        }
        let measured = Self {
            object: activity.identifiers.object.clone()?,
            item: activity.item.clone(),
            period: activity.period,
        };
        Some((measured, energy.value))
    }
}

/// What each batch tells that another one tells better (rule `metering@1`): a row gives way when the rows of better
/// files leave none of its days open. Among files of one rank the one whose batch comes first stands. What is told in
/// part only stays, on both sides.
///
/// # Units
/// Days; kWh are not compared, see [`differences`].
pub fn told_better(claims: &[MeterClaim]) -> BTreeMap<BatchId, BTreeSet<Measured>> {
    let mut better: BTreeMap<BatchId, BTreeSet<Measured>> = BTreeMap::new();
    for claims in by_object(claims).values() {
        let mut told = Days::default();
        for own in best_first(claims) {
            for claim in own.iter().filter(|claim| told.cover(claim.measured.period)) {
                let given_way = better.entry(claim.batch.clone()).or_default();
                given_way.insert(claim.measured.clone());
            }
            // Rows of one file never displace each other, so that its days count for those behind it only.
            for claim in own {
                told.add(claim.measured.period);
            }
        }
    }
    better
}

/// The claims of each batch together, the best batch first.
fn best_first<'c>(claims: &[&'c MeterClaim]) -> impl Iterator<Item = Vec<&'c MeterClaim>> {
    let mut of_batch: BTreeMap<&BatchId, Vec<&MeterClaim>> = BTreeMap::new();
    for claim in claims {
        of_batch.entry(&claim.batch).or_default().push(claim);
    }
    let rank = |own: &[&MeterClaim]| own.iter().map(|claim| claim.rank).max();
    let mut batches: Vec<_> = of_batch.into_values().collect();
    // Stable: within one rank the order of batches stays.
    batches.sort_by_key(|own| std::cmp::Reverse(rank(own)));
    batches.into_iter()
}

/// A set of days, as unbroken stretches: the first day of each with its last.
#[derive(Default)]
struct Days(BTreeMap<Date, Date>);

impl Days {
    /// Whether no day of a period is missing.
    fn cover(&self, period: Period) -> bool {
        let before = self.0.range(..=period.from()).next_back();
        before.is_some_and(|(_, last)| *last >= period.to())
    }

    /// The stretches, in their order.
    fn stretches(&self) -> Vec<Period> {
        let stretch = |(from, to): (&Date, &Date)| Period::new(*from, *to).ok();
        self.0.iter().filter_map(stretch).collect()
    }

    fn add(&mut self, period: Period) {
        let (mut from, mut to) = (period.from(), period.to());
        // Stretches that begin before the day after the period join it, unless they end before the day in front of it.
        let reach = to.tomorrow().unwrap_or(to);
        while let Some((&first, &last)) = self.0.range(..=reach).next_back() {
            if last.tomorrow().is_ok_and(|after| after < from) {
                break;
            }
            self.0.remove(&first);
            from = from.min(first);
            to = to.max(last);
        }
        self.0.insert(from, to);
    }
}

/// Two files that tell of the same days of a metering point, and not the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Of what, in the file that stands.
    pub measured: Measured,
    /// kWh in the file that stands.
    pub kwh: Amount,
    /// The file that stands.
    pub batch: BatchId,
    /// kWh in the other one.
    pub other_kwh: Amount,
    /// The other one.
    pub other: BatchId,
}

/// Where two batches tell of exactly the same days of a metering point and differ by more than `permille`.
///
/// # Units
/// kWh.
/// # Errors
/// Overflow of a sum.
pub fn differences(claims: &[MeterClaim], permille: u16) -> Result<Vec<Difference>, DecimalError> {
    let mut totals: BTreeMap<&Measured, BTreeMap<(u8, &BatchId), Amount>> = BTreeMap::new();
    for claim in claims {
        // The better file comes first; day and night of one invoice are one amount.
        let slot = totals.entry(&claim.measured).or_default();
        let slot = slot.entry((u8::MAX - claim.rank, &claim.batch)).or_default();
        *slot = slot.checked_add(claim.kwh)?;
    }
    let mut found = Vec::new();
    for (measured, told) in totals {
        let mut told = told.into_iter();
        let Some(((_, batch), kwh)) = told.next() else { continue };
        for ((_, other), other_kwh) in told {
            let apart = minus(kwh, other_kwh)?.abs().mantissa().saturating_mul(1000);
            if apart > kwh.abs().mantissa().saturating_mul(permille.into()) {
                found.push(Difference {
                    measured: measured.clone(),
                    kwh,
                    batch: batch.clone(),
                    other_kwh,
                    other: other.clone(),
                });
            }
        }
    }
    Ok(found)
}

/// A row that another file tells better: it keeps its money and its place, and counts for nothing.
pub fn give_way(activity: &Activity) -> Activity {
    Activity {
        kind: ActivityKind::OtherPosting,
        class: ItemClass::None,
        item: TOLD_BETTER.into(),
        quantity: None,
        supplier_co2e: None,
        ..activity.clone()
    }
}

fn by_object(claims: &[MeterClaim]) -> BTreeMap<(&Text, &Text), Vec<&MeterClaim>> {
    let mut grouped: BTreeMap<(&Text, &Text), Vec<&MeterClaim>> = BTreeMap::new();
    for claim in claims {
        let key = (&claim.measured.object, &claim.measured.item);
        grouped.entry(key).or_default().push(claim);
    }
    grouped
}

/// Whether these periods leave no day of `whole` open.
pub fn covers(periods: impl IntoIterator<Item = Period>, whole: Period) -> bool {
    let mut told = Days::default();
    for period in periods {
        told.add(period);
    }
    told.cover(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(batch: &str, rank: u8, object: &str, period: &str, kwh: i64) -> MeterClaim {
        MeterClaim {
            batch: BatchId::new(batch),
            rank,
            measured: Measured {
                object: object.into(),
                item: "electricity".into(),
                period: period.parse().expect("a period"),
            },
            kwh: Amount::from_integer(kwh),
        }
    }

    /// Rows that give way, as `batch object period`.
    fn check(claims: &[MeterClaim], expect: &[&str]) {
        let found = told_better(claims);
        let shown: Vec<String> = found
            .iter()
            .flat_map(|(batch, rows)| {
                rows.iter()
                    .map(move |row| format!("{batch} {} {}", row.object, row.period))
            })
            .collect();
        assert_eq!(shown, expect);
    }

    #[test]
    fn the_meter_stands_and_the_invoice_gives_way() {
        let meter = claim("m", 3, "707", "2025-01", 1000);
        let invoice = claim("i", 2, "707", "2025-01", 1001);
        check(&[meter.clone(), invoice.clone()], &["i 707 2025-01-01..2025-01-31"]);
        // Another metering point, another month, half a month: nothing gives way.
        check(&[meter.clone(), claim("i", 2, "708", "2025-01", 1)], &[]);
        check(&[meter.clone(), claim("i", 2, "707", "2025-02", 1)], &[]);
        check(&[claim("m", 3, "707", "2025-01-01..2025-01-30", 1), invoice], &[]);
        // An invoice of a quarter gives way to three months of the meter, and not to two.
        let months = ["2025-01", "2025-02", "2025-03"].map(|month| claim("m", 3, "707", month, 1));
        let quarter = claim("i", 2, "707", "2025-01-01..2025-03-31", 3);
        let with = |months: &[MeterClaim]| [months, std::slice::from_ref(&quarter)].concat();
        check(&with(&months), &["i 707 2025-01-01..2025-03-31"]);
        check(&with(&months[..2]), &[]);
        // The grid company and the seller both invoice it: one stands. Two rows of one file never displace each other.
        check(
            &[claim("a", 2, "707", "2025-01", 5), claim("b", 2, "707", "2025-01", 5)],
            &["b 707 2025-01-01..2025-01-31"],
        );
        check(
            &[claim("a", 2, "707", "2025-01", 5), claim("a", 2, "707", "2025-01", 6)],
            &[],
        );
    }

    /// Days from 1 January 2025 on, against a set of them one by one.
    #[test]
    fn stretches_are_sets_of_days() {
        proptest::proptest!(|(spans in proptest::collection::vec((0_i8..28, 0_i8..6), 0..12), whole in (0_i8..28, 0_i8..6))| {
            let period = |(from, length): (i8, i8)| {
                let to = (from + length).min(27);
                Period::new(Date::constant(2025, 1, from + 1), Date::constant(2025, 1, to + 1)).expect("a period")
            };
            let days: BTreeSet<Date> = spans.iter().flat_map(|span| {
                let (from, to) = (period(*span).from(), period(*span).to());
                std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(move |day| *day <= to)
            }).collect();
            let whole = period(whole);
            let open = std::iter::successors(Some(whole.from()), |day| day.tomorrow().ok())
                .take_while(|day| *day <= whole.to())
                .any(|day| !days.contains(&day));
            proptest::prop_assert_eq!(covers(spans.into_iter().map(period), whole), !open);
        });
    }

    #[test]
    fn what_differs_is_told() {
        let day_and_night = [
            claim("i", 2, "707", "2025-01", 600),
            claim("i", 2, "707", "2025-01", 430),
        ];
        let all = [&day_and_night[..], &[claim("m", 3, "707", "2025-01", 1000)]].concat();
        let found = differences(&all, 20).expect("no overflow");
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].batch.as_str(), found[0].kwh, found[0].other_kwh),
            ("m", Amount::from_integer(1000), Amount::from_integer(1030))
        );
        assert_eq!(differences(&all, 30), Ok(Vec::new()));
    }
}
