//! One power or heat bill bills the same kilowatt-hours several times: for the grid, for the energy, for the tax.
//! They count once for each metering point and period.

use std::collections::BTreeMap;

use greenheart_model::{ItemClass, Period, Text};
use greenheart_units::Amount;

use super::rows::Row;

/// What a line of a bill pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    /// The grid.
    Grid,
    /// The energy itself.
    Energy,
    /// Taxes and surcharges by the kilowatt-hour.
    Tax,
}

/// What a line of a power or heat bill pays for, by the words in its name.
pub(super) fn family(name: &str) -> Family {
    let lower = name.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&[
        "avgift",
        "enova",
        "påslag",
        "elsertifikat",
        "sertifikat",
        "tax",
        "surcharge",
        "moms",
        "opprinnelse",
    ]) {
        Family::Tax
    } else if says(&[
        "nettleie",
        "energiledd",
        "overføring",
        "nett ",
        "nettledd",
        "kapasitet",
        "grid",
        "network",
    ]) {
        Family::Grid
    } else {
        Family::Energy
    }
}

/// Whether a line of a metered bill is a charge for power that is not by the kilowatt-hour.
pub(super) fn is_power_charge(name: &str) -> bool {
    let lower = name.to_lowercase();
    [
        "nettleie",
        "fastledd",
        "fastbeløp",
        "energiledd",
        "effekt",
        "kapasitetsledd",
        "strøm",
        "elektr",
        "kraft",
        "forbruksavgift",
        "elavgift",
        "enova",
        "grid",
        "electric",
        "månedsbeløp",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// Kilowatt-hours of one metering point and period, with all that the bill charges for them.
#[derive(Debug)]
pub(super) struct Bill {
    pub first: usize,
    pub family: Family,
    pub kwh: Amount,
    pub amount: Amount,
    /// kWh of the other families, where they differ by more than a hundredth.
    pub differing: Option<Amount>,
}

/// Groups the lines of bills among `rows`: indexes of lines that were taken, and the bills they make.
///
/// Lines of a class and metering point without kilowatt-hours (fixed and capacity charges) go to the bills of the same
/// class and metering point in proportion to their kilowatt-hours.
pub(super) fn bills(rows: &[Row]) -> (Vec<usize>, Vec<Bill>) {
    type Key = (ItemClass, Option<Text>);
    let mut groups: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        if matches!(row.meaning.class, ItemClass::Electricity | ItemClass::Heat) {
            groups
                .entry((row.meaning.class, row.meter.clone()))
                .or_default()
                .push(at);
        }
    }
    let (mut taken, mut made) = (Vec::new(), Vec::new());
    for members in groups.into_values() {
        let mut periods: BTreeMap<Period, Vec<usize>> = BTreeMap::new();
        for at in members.iter().copied().filter(|at| rows[*at].kwh().is_some()) {
            periods.entry(rows[at].period).or_default().push(at);
        }
        if periods.is_empty() {
            continue;
        }
        let mut bills: Vec<Bill> = periods.values().map(|lines| bill(rows, lines)).collect();
        let fixed: Amount = members
            .iter()
            .filter(|at| rows[**at].kwh().is_none())
            .filter_map(|at| rows[*at].amount)
            .sum();
        share(fixed, &mut bills);
        taken.extend(members);
        made.extend(bills);
    }
    (taken, made)
}

fn bill(rows: &[Row], lines: &[usize]) -> Bill {
    let mut by_family: BTreeMap<Family, Amount> = BTreeMap::new();
    for at in lines {
        *by_family.entry(rows[*at].family).or_default() += rows[*at].kwh().unwrap_or_default();
    }
    let largest = |families: &[Family]| {
        let mut best: Option<(Family, Amount)> = None;
        for family in families {
            if let Some(kwh) = by_family.get(family)
                && best.is_none_or(|(_, most)| kwh.abs() > most.abs())
            {
                best = Some((*family, *kwh));
            }
        }
        best
    };
    let (family, kwh) = largest(&[Family::Grid, Family::Energy])
        .or_else(|| largest(&[Family::Tax]))
        .unwrap_or((Family::Energy, Amount::ZERO));
    let hundredth = kwh.abs().mantissa() / 100;
    let differing = by_family
        .iter()
        .filter(|(other, _)| **other != Family::Tax)
        .map(|(_, other)| *other)
        .find(|other| (other.abs() - kwh.abs()).mantissa().abs() > hundredth);
    Bill {
        first: lines
            .iter()
            .copied()
            .find(|at| rows[*at].family == family)
            .unwrap_or(lines[0]),
        family,
        kwh,
        amount: lines.iter().filter_map(|at| rows[*at].amount).sum(),
        differing,
    }
}

/// Adds `amount` to the bills in exact shares by their kilowatt-hours.
fn share(amount: Amount, bills: &mut [Bill]) {
    let whole: i128 = bills.iter().map(|bill| bill.kwh.mantissa().abs()).sum();
    let (mut seen, mut given) = (0_i128, 0_i128);
    let count = i128::try_from(bills.len()).unwrap_or(1);
    for bill in bills {
        let (part, of) = if whole == 0 {
            (1, count)
        } else {
            (bill.kwh.mantissa().abs(), whole)
        };
        seen += part;
        // Cumulative shares: rounding never adds up, and the last one takes what is left.
        let until = amount.mantissa().checked_mul(seen).map_or(0, |product| product / of);
        bill.amount += Amount::from_mantissa(until - given);
        given = until;
    }
}

/// Kilowatt-hours that documents of the set have claimed: by metering point, from whom and for when.
#[derive(Debug, Default)]
pub(super) struct Claims(BTreeMap<Text, Vec<Claim>>);

#[derive(Debug)]
struct Claim {
    seller: String,
    family: Family,
    period: Period,
}

/// Whether kilowatt-hours were claimed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Earlier {
    /// Nobody did.
    No,
    /// Another seller did for the same time: grid and energy are billed apart.
    OtherSeller,
    /// The same seller did, for some of the same days.
    SameSeller,
}

impl Claims {
    /// Claims the kilowatt-hours of a metering point and period for a seller.
    pub(super) fn claim(&mut self, meter: &Text, seller: &str, family: Family, period: Period, most: usize) -> Earlier {
        if self.0.len() >= most && !self.0.contains_key(meter) {
            return Earlier::No;
        }
        let known = self.0.entry(meter.clone()).or_default();
        let overlapping = known.iter().filter(|claim| claim.period.overlaps(period));
        let mut result = Earlier::No;
        for claim in overlapping {
            if claim.seller != seller && claim.family != family {
                return Earlier::OtherSeller;
            }
            result = Earlier::SameSeller;
        }
        if known.len() < 1_000 {
            known.push(Claim {
                seller: seller.to_owned(),
                family,
                period,
            });
        }
        result
    }
}
