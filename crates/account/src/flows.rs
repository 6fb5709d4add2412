//! Flows between members, recognised from both sides: one trade has one identity, whoever reports it.

use std::collections::BTreeMap;

use greenheart_model::{MemberId, Month};
use greenheart_units::{Amount, DecimalError};
use serde::{Deserialize, Serialize};

/// Which side of a trade somebody tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Its own sale.
    Sold,
    /// Its own purchase.
    Bought,
}

/// What one member tells of a trade with another one: a booking, or the bookings of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Who tells.
    pub reporter: MemberId,
    /// Of which side.
    pub side: Side,
    /// The other member.
    pub other: MemberId,
    /// When it is booked.
    pub month: Month,
    /// NOK without VAT.
    pub nok: Amount,
}

/// One flow: what a member delivered to another one in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Who delivered.
    pub seller: MemberId,
    /// To whom.
    pub buyer: MemberId,
    /// The seller's month; the buyer's, where only the buyer tells.
    pub month: Month,
    /// NOK that both tell of in this month.
    pub both_nok: Amount,
    /// NOK that both tell of, which the buyer books in the month after or before.
    pub shifted_nok: Amount,
    /// NOK that only the seller tells of.
    pub seller_only_nok: Amount,
    /// NOK that only the buyer tells of.
    pub buyer_only_nok: Amount,
}

impl Flow {
    /// NOK that both sides tell of.
    pub fn recognised_nok(&self) -> Amount {
        self.both_nok + self.shifted_nok
    }
}

/// Recognises flows from what both sides tell (rule `flows@1`). For each pair of members and month first amounts that
/// are equal to the øre, then equal ones that the buyer books a month later or earlier, then what is left of the month
/// as a sum, then what is left of it in the month after. Credits pass with their sign. Nothing is matched twice: the
/// parts of all flows add up to what either side tells.
///
/// # Units
/// NOK without VAT.
/// # Errors
/// Overflow of a sum.
pub fn flows(sightings: &[Sighting]) -> Result<Vec<Flow>, DecimalError> {
    let mut pairs: BTreeMap<(&MemberId, &MemberId), Pair> = BTreeMap::new();
    for sighting in sightings {
        let key = match sighting.side {
            Side::Sold => (&sighting.reporter, &sighting.other),
            Side::Bought => (&sighting.other, &sighting.reporter),
        };
        let months = pairs.entry(key).or_default();
        let month = months.entry(sighting.month).or_default();
        match sighting.side {
            Side::Sold => month.sold.push(sighting.nok),
            Side::Bought => month.bought.push(sighting.nok),
        }
    }
    let mut found = Vec::new();
    for ((seller, buyer), mut months) in pairs {
        recognise(&mut months)?;
        for (month, told) in months {
            found.push(Flow {
                seller: seller.clone(),
                buyer: buyer.clone(),
                month,
                both_nok: told.both,
                shifted_nok: told.shifted,
                seller_only_nok: sum(&told.sold)?,
                buyer_only_nok: sum(&told.bought)?,
            });
        }
    }
    Ok(found)
}

type Pair = BTreeMap<Month, Told>;

/// What is told of a month and not yet matched, and what was.
#[derive(Default)]
struct Told {
    sold: Vec<Amount>,
    bought: Vec<Amount>,
    both: Amount,
    shifted: Amount,
}

fn recognise(months: &mut Pair) -> Result<(), DecimalError> {
    let all: Vec<Month> = months.keys().copied().collect();
    for told in months.values_mut() {
        let equal = take_equal(&mut told.sold, &mut told.bought)?;
        told.both = told.both.checked_add(equal)?;
    }
    for month in &all {
        for other in [month.next(), before(*month)] {
            shift(months, *month, other, take_equal)?;
        }
    }
    for told in months.values_mut() {
        let rest = take_common(&mut told.sold, &mut told.bought)?;
        told.both = told.both.checked_add(rest)?;
    }
    for month in &all {
        shift(months, *month, month.next(), take_common)?;
    }
    Ok(())
}

/// Matches the seller's rest of a month with the buyer's rest of another one.
fn shift(
    months: &mut Pair,
    month: Month,
    other: Month,
    take: fn(&mut Vec<Amount>, &mut Vec<Amount>) -> Result<Amount, DecimalError>,
) -> Result<(), DecimalError> {
    let Some(late) = months.get_mut(&other) else {
        return Ok(());
    };
    let mut bought = std::mem::take(&mut late.bought);
    if let Some(told) = months.get_mut(&month) {
        let found = take(&mut told.sold, &mut bought)?;
        told.shifted = told.shifted.checked_add(found)?;
    }
    if let Some(late) = months.get_mut(&other) {
        late.bought = bought;
    }
    Ok(())
}

fn before(month: Month) -> Month {
    let (year, number) = if month.month() == 1 {
        (month.year() - 1, 12)
    } else {
        (month.year(), month.month() - 1)
    };
    Month::new(year, number).unwrap_or(month)
}

/// Takes out what stands on both sides to the øre.
fn take_equal(sold: &mut Vec<Amount>, bought: &mut Vec<Amount>) -> Result<Amount, DecimalError> {
    sold.sort_unstable();
    bought.sort_unstable();
    let (mut left_sold, mut left_bought, mut found) = (Vec::new(), Vec::new(), Amount::ZERO);
    let (mut sales, mut purchases) = (sold.drain(..).peekable(), bought.drain(..).peekable());
    loop {
        match (sales.peek().copied(), purchases.peek().copied()) {
            (Some(sale), Some(purchase)) if sale == purchase => {
                found = found.checked_add(sale)?;
                sales.next();
                purchases.next();
            }
            (Some(sale), Some(purchase)) if sale < purchase => left_sold.extend(sales.next()),
            (_, Some(_)) => left_bought.extend(purchases.next()),
            (Some(_), None) => left_sold.extend(sales.next()),
            (None, None) => break,
        }
    }
    drop((sales, purchases));
    *sold = left_sold;
    *bought = left_bought;
    Ok(found)
}

/// Takes out what both sums have in common; sums of different sign have nothing.
fn take_common(sold: &mut Vec<Amount>, bought: &mut Vec<Amount>) -> Result<Amount, DecimalError> {
    let (sales, purchases) = (sum(sold)?, sum(bought)?);
    let common = if sales > Amount::ZERO && purchases > Amount::ZERO {
        sales.min(purchases)
    } else if sales < Amount::ZERO && purchases < Amount::ZERO {
        sales.max(purchases)
    } else {
        return Ok(Amount::ZERO);
    };
    *sold = rest(sales, common)?;
    *bought = rest(purchases, common)?;
    Ok(common)
}

fn rest(whole: Amount, part: Amount) -> Result<Vec<Amount>, DecimalError> {
    let left = crate::arithmetic::minus(whole, part)?;
    Ok(if left.is_zero() { Vec::new() } else { vec![left] })
}

fn sum(amounts: &[Amount]) -> Result<Amount, DecimalError> {
    amounts.iter().try_fold(Amount::ZERO, |sum, nok| sum.checked_add(*nok))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(side: Side, month: &str, nok: i64) -> Sighting {
        let (seller, buyer) = (MemberId::new("S"), MemberId::new("B"));
        let (reporter, other) = if side == Side::Sold {
            (seller, buyer)
        } else {
            (buyer, seller)
        };
        Sighting {
            reporter,
            side,
            other,
            month: month.parse().expect("a month"),
            nok: Amount::from_integer(nok),
        }
    }

    /// Sales and purchases by month (`month:amount`), and each flow as `month both shifted seller-only buyer-only`.
    fn check(sold: &str, bought: &str, expect: &[&str]) {
        let side = |text: &str, side| -> Vec<Sighting> {
            let parts = text
                .split_whitespace()
                .map(|part| part.split_once(':').expect("a pair"));
            parts
                .map(|(month, nok)| told(side, &format!("2024-{month}"), nok.parse().expect("NOK")))
                .collect()
        };
        let all = [side(sold, Side::Sold), side(bought, Side::Bought)].concat();
        let found: Vec<String> = flows(&all)
            .expect("no overflow")
            .iter()
            .map(|f| {
                format!(
                    "{} {} {} {} {}",
                    f.month, f.both_nok, f.shifted_nok, f.seller_only_nok, f.buyer_only_nok
                )
            })
            .collect();
        assert_eq!(found, expect, "{sold} / {bought}");
    }

    #[test]
    fn both_sides_are_one_flow() {
        check("01:100 01:50", "01:50 01:100", &["2024-01 150 0 0 0"]);
        check("01:100", "02:100", &["2024-01 0 100 0 0", "2024-02 0 0 0 0"]);
        check("02:100", "01:100", &["2024-01 0 0 0 0", "2024-02 0 100 0 0"]);
        // The buyer books 40 of January late; each month also has something in common.
        check(
            "01:100 02:70",
            "01:60 02:110",
            &["2024-01 60 40 0 0", "2024-02 70 0 0 0"],
        );
        check("01:100", "", &["2024-01 0 0 100 0"]);
        check("", "01:100", &["2024-01 0 0 0 100"]);
        check("01:100 01:-20", "01:100", &["2024-01 100 0 -20 0"]);
        check(
            "01:100 02:-20",
            "01:100 02:-20",
            &["2024-01 100 0 0 0", "2024-02 -20 0 0 0"],
        );
        check("01:100", "03:100", &["2024-01 0 0 100 0", "2024-03 0 0 0 100"]);
    }

    proptest! {
        /// Whatever is told, the parts add up to it on both sides, and order does not matter.
        #[test]
        fn nothing_is_lost_and_nothing_is_matched_twice(
            told_of in proptest::collection::vec((any::<bool>(), 1_i8..=12, -50_i64..200), 0..40)
        ) {
            let mut all: Vec<Sighting> = told_of
                .iter()
                .map(|(sold, month, nok)| {
                    told(if *sold { Side::Sold } else { Side::Bought }, &format!("2024-{month:02}"), *nok)
                })
                .collect();
            let found = flows(&all).expect("no overflow");
            let total = |side| -> Amount { all.iter().filter(|s| s.side == side).map(|s| s.nok).sum() };
            let both: Amount = found.iter().map(Flow::recognised_nok).sum();
            prop_assert_eq!(both + found.iter().map(|f| f.seller_only_nok).sum::<Amount>(), total(Side::Sold));
            prop_assert_eq!(both + found.iter().map(|f| f.buyer_only_nok).sum::<Amount>(), total(Side::Bought));
            all.reverse();
            prop_assert_eq!(flows(&all).expect("no overflow"), found);
        }
    }
}
