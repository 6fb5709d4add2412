//! A metering point that passes from one member to another: whose which days are, so that none counts twice.

use std::collections::BTreeMap;

use greenheart_model::{Activity, Date, MemberId, Period, Text};
use greenheart_units::{Amount, Rate, Rounding};
use serde::{Deserialize, Serialize};

use super::{Days, MeterClaim};

/// Digits of the number of a metering point (GSRN). Other names of meters are only unique with one member.
const DIGITS: usize = 18;

/// Days that a member's files tell of a metering point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Whose files.
    pub member: MemberId,
    /// The metering point.
    pub object: Text,
    /// Power, heat, own generation.
    pub item: Text,
    /// Unbroken stretches, in their order; there is at least one.
    pub told: Vec<Period>,
}

/// A metering point that two members tell of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// The metering point.
    pub object: Text,
    /// Power, heat, own generation.
    pub item: Text,
    /// Days that the member tells, from the first to the last.
    pub own: Period,
    /// The other member.
    pub other: MemberId,
    /// Days that the other one tells.
    pub others: Period,
    /// Days that both tell; empty where one took over from the other.
    pub both: Vec<Period>,
    /// The days that both tell count for the other member.
    pub counts_elsewhere: bool,
}

/// What is left of a row when a part of its days counts for another member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kept {
    /// Every day.
    All,
    /// `days` of `of` days, within `period`.
    Part {
        /// From the first to the last day that is kept.
        period: Period,
        /// Days kept.
        days: u32,
        /// Days of the row.
        of: u32,
    },
    /// No day.
    Nothing,
}

/// What the files of a member tell of metering points that others may tell of too.
pub fn holdings(member: &MemberId, claims: &[MeterClaim]) -> Vec<Holding> {
    let mut days: BTreeMap<(&Text, &Text), Days> = BTreeMap::new();
    for claim in claims.iter().filter(|claim| is_number(&claim.measured.object)) {
        let key = (&claim.measured.object, &claim.measured.item);
        days.entry(key).or_default().add(claim.measured.period);
    }
    days.into_iter()
        .map(|((object, item), days)| Holding {
            member: member.clone(),
            object: object.clone(),
            item: item.clone(),
            told: days.stretches(),
        })
        .collect()
}

fn is_number(object: &str) -> bool {
    object.len() == DIGITS && object.bytes().all(|byte| byte.is_ascii_digit())
}

impl Holding {
    fn whole(&self) -> Option<Period> {
        let (first, last) = (self.told.first()?, self.told.last()?);
        Some(first.hull(*last))
    }

    /// Whether days that both tell count for `self` (rule `metering.handover@1`): they are those of the member whose files begin
    /// later, because it moved in; where both begin on the same day, of the first by number, until a person says otherwise.
    fn comes_before(&self, other: &Self) -> bool {
        let begins = |holding: &Self| holding.told.first().map(|told| told.from());
        (begins(other), &self.member) < (begins(self), &other.member)
    }
}

/// Metering points of a member that other members tell of too.
pub fn handovers(own: &[Holding], others: &[Holding]) -> Vec<Handover> {
    let mut found = Vec::new();
    for own in own {
        let same =
            |other: &&Holding| other.object == own.object && other.item == own.item && other.member != own.member;
        for other in others.iter().filter(same) {
            let (Some(told), Some(others)) = (own.whole(), other.whole()) else {
                continue;
            };
            found.push(Handover {
                object: own.object.clone(),
                item: own.item.clone(),
                own: told,
                other: other.member.clone(),
                others,
                both: in_both(&own.told, &other.told),
                counts_elsewhere: other.comes_before(own),
            });
        }
    }
    found
}

fn in_both(one: &[Period], other: &[Period]) -> Vec<Period> {
    let mut both = Days::default();
    for (a, b) in one.iter().flat_map(|a| other.iter().map(move |b| (a, b))) {
        if let Ok(shared) = Period::new(a.from().max(b.from()), a.to().min(b.to())) {
            both.add(shared);
        }
    }
    both.stretches()
}

/// What a row of days keeps when `elsewhere` counts for another member.
pub fn kept(row: Period, elsewhere: &[Period]) -> Kept {
    if !elsewhere.iter().any(|gone| gone.overlaps(row)) {
        return Kept::All;
    }
    let is_gone = |day: Date| elsewhere.iter().any(|gone| gone.contains(Period::day(day)));
    let (mut of, mut days, mut hull) = (0, 0, None::<Period>);
    let mut next = Some(row.from());
    while let Some(day) = next.filter(|day| *day <= row.to()) {
        of += 1;
        if !is_gone(day) {
            days += 1;
            hull = Some(hull.map_or(Period::day(day), |hull| hull.hull(Period::day(day))));
        }
        next = day.tomorrow().ok();
    }
    match hull {
        None => Kept::Nothing,
        Some(_) if days == of => Kept::All,
        Some(period) => Kept::Part { period, days, of },
    }
}

/// A row of which only some days are the member's: its energy by days, its money as it is.
pub fn cut(activity: &Activity, period: Period, days: u32, of: u32) -> Activity {
    let share = |amount: Amount| {
        let part = Amount::from_integer(days.into()).ratio(Amount::from_integer(of.into()));
        amount
            .times(part.unwrap_or(Rate::ZERO), Rounding::HalfEven)
            .unwrap_or(amount)
    };
    let mut cut = activity.clone();
    cut.period = period;
    if let Some(reading) = &mut cut.quantity {
        reading.value = share(reading.value);
    }
    cut.supplier_co2e = cut.supplier_co2e.map(share);
    cut
}

#[cfg(test)]
mod tests {
    use greenheart_model::BatchId;

    use super::super::Measured;
    use super::*;

    fn claims(object: &str, periods: &[&str]) -> Vec<MeterClaim> {
        let one = |period: &&str| MeterClaim {
            batch: BatchId::new("b"),
            rank: 3,
            measured: Measured {
                object: object.into(),
                item: "electricity".into(),
                period: period.parse().expect("a period"),
            },
            kwh: Amount::ONE,
        };
        periods.iter().map(one).collect()
    }

    const POINT: &str = "707057500000000001";

    fn of(member: &str, periods: &[&str]) -> Vec<Holding> {
        holdings(&MemberId::new(member), &claims(POINT, periods))
    }

    fn period(text: &str) -> Period {
        text.parse().expect("a period")
    }

    #[test]
    fn whoever_moves_in_has_the_days_from_then_on() {
        // The old holder's export goes on to the end of the year; the new one begins in the middle of July.
        let old = of("a", &["2024"]);
        let new = of("b", &["2024-07-15..2024-12-31"]);
        let seen = handovers(&old, &new);
        assert_eq!(seen[0].both, [period("2024-07-15..2024-12-31")]);
        assert!(seen[0].counts_elsewhere && !handovers(&new, &old)[0].counts_elsewhere);
        let gone = &seen[0].both;
        assert_eq!(kept(period("2024-06"), gone), Kept::All);
        assert_eq!(kept(period("2024-08"), gone), Kept::Nothing);
        let july = kept(period("2024-07"), gone);
        let part = Kept::Part {
            period: period("2024-07-01..2024-07-14"),
            days: 14,
            of: 31,
        };
        assert_eq!(july, part);
        // Back again in the autumn: what only the old one tells stays with it.
        let short = of("b", &["2024-07", "2024-08"]);
        assert_eq!(kept(period("2024-10"), &handovers(&old, &short)[0].both), Kept::All);
    }

    #[test]
    fn one_after_the_other_shares_no_day_and_names_are_not_numbers() {
        let seen = handovers(
            &of("a", &["2024-01-01..2024-06-30"]),
            &of("b", &["2024-07-01..2024-12-31"]),
        );
        assert_eq!((seen.len(), seen[0].both.len()), (1, 0));
        assert!(holdings(&MemberId::new("a"), &claims("hovedmåler", &["2024"])).is_empty());
        let same = handovers(&of("b", &["2024"]), &of("a", &["2024"]));
        assert!(
            same[0].counts_elsewhere,
            "one of the two, and the same one from both sides"
        );
    }

    #[test]
    fn energy_is_divided_by_days() {
        let mut row = greenheart_testkit::activity(1);
        row.quantity = Some(greenheart_units::Reading::new(
            Amount::from_integer(3_100),
            greenheart_units::Dimension::Energy,
        ));
        let row = cut(&row, period("2024-07-01..2024-07-14"), 14, 31);
        assert_eq!(row.quantity.expect("kWh").value.to_fixed(3), "1400.000");
    }
}
