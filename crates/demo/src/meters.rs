//! Meter readings as Elhub hands them out: one file for each metering point and month, local time.

use std::io::{self, Write};

use greenheart_model::{Date, Month};

use crate::deals::What;
use crate::num::{push_day_first, push_fixed, push_unsigned, split};
use crate::plan::{Cluster, Company};
use crate::rng::Rng;
use crate::sector::Kind;

/// Shares of a working day, thousandths of its busiest hour.
const DAY: [u16; 24] = [
    330, 320, 315, 320, 340, 420, 640, 880, 960, 990, 1000, 985, 940, 975, 970, 900, 760, 620, 540, 480, 440, 400, 370,
    345,
];

/// The number of a metering point: eighteen digits with a check digit (GS1), from a made-up range.
pub(crate) fn metering_point(company: &Company, site: usize) -> String {
    let digits = format!("707057500009{:05}", usize::from(company.at) * 10 + site);
    let weighted = digits.bytes().enumerate();
    let sum: u32 = weighted
        .map(|(at, byte)| u32::from(byte - b'0') * if at % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// `Måleverdier_<metering point>_CONSUMPTION_2024-01.csv`
pub(crate) fn file_name(company: &Company, site: usize, month: Month) -> String {
    format!("Måleverdier_{}_CONSUMPTION_{month}.csv", metering_point(company, site))
}

/// Writes the readings of a site and month; they add up to what was bought, where no hour is missing.
pub(crate) fn write(
    cluster: &Cluster,
    company: &Company,
    site: usize,
    month: Month,
    out: &mut dyn Write,
) -> io::Result<()> {
    let quarters = company.at.is_multiple_of(10) && month.year() >= 2025;
    let slots = slots(month, if quarters { 15 } else { 60 });
    let kwh = kilowatt_hours(cluster, company, site, month);
    let mut rng = Rng::keyed(
        cluster.options.seed,
        &[70, company.at.into(), site as u64, month.index().unsigned_abs().into()],
    );
    let weights: Vec<f64> = slots.iter().map(|slot| slot.weight() * rng.around(0.16)).collect();
    let watt_hours = split(kwh * 1000, &weights);
    let gap = gap(&mut rng, slots.len());
    let mut text = Vec::with_capacity(slots.len() * 44 + 40);
    let header = if quarters {
        "Fra;Til;KWH 15 Forbruk"
    } else {
        "Fra;Til;KWH 60 Forbruk"
    };
    text.extend_from_slice(header.as_bytes());
    for (at, (slot, value)) in slots.iter().zip(watt_hours).enumerate() {
        if gap.contains(&at) {
            continue;
        }
        text.push(b'\n');
        push_time(&mut text, slot.from);
        text.push(b';');
        push_time(&mut text, slot.to);
        text.push(b';');
        push_fixed(&mut text, value, 3, b',');
    }
    text.push(b'\n');
    out.write_all(&text)
}

/// Now and then a few hours were never read.
fn gap(rng: &mut Rng, slots: usize) -> std::ops::Range<usize> {
    if !rng.chance(12) {
        return 0..0;
    }
    let first = usize::try_from(rng.below(slots as u64 - 8)).unwrap_or(0);
    first..first + usize::try_from(rng.between(2, 7)).unwrap_or(2)
}

/// Kilowatt hours of the invoices of the month that belong to a site.
fn kilowatt_hours(cluster: &Cluster, company: &Company, site: usize, month: Month) -> i64 {
    let total: i64 = (0_u8..)
        .zip(&company.needs)
        .filter(|(_, need)| need.kind == Kind::Electricity)
        .flat_map(|(number, _)| cluster.deals_of_need(company, number, month))
        .filter(|deal| matches!(deal.what, What::Need(_)))
        .map(|deal| deal.quantity)
        .sum();
    split(total, &company.site_shares())[site]
}

/// Day and minute of the day, as a clock on the wall shows them.
type Wall = (Date, u16);

struct Slot {
    from: Wall,
    to: Wall,
}

impl Slot {
    /// Relative use: the hour of the day, less at the weekend.
    fn weight(&self) -> f64 {
        let hour = f64::from(DAY[usize::from(self.from.1 / 60) % 24]);
        let weekend = self.from.0.weekday().to_monday_zero_offset() >= 5;
        if weekend { 250.0 + hour * 0.2 } else { hour }
    }
}

/// The slots of a month in local time: in March one hour is missing, in October one comes twice.
fn slots(month: Month, minutes: u16) -> Vec<Slot> {
    let (first, last) = (month.period().from(), month.period().to());
    let changes = matches!(month.month(), 3 | 10).then(|| last_sunday(last));
    let mut starts: Vec<Wall> = Vec::with_capacity(3000);
    for day in 1..=last.day() {
        let date = Date::constant(first.year(), first.month(), day);
        for slot in 0..24 * 60 / minutes {
            let minute = slot * minutes;
            let night = changes == Some(date) && minute / 60 == 2;
            if !(night && month.month() == 3) {
                starts.push((date, minute));
            }
            if night && month.month() == 10 && minute + minutes == 180 {
                // The hour once more, after its first time has ended.
                starts.extend((0..60 / minutes).map(|again| (date, 120 + again * minutes)));
            }
        }
    }
    let end = (last.tomorrow().unwrap_or(last), 0);
    let ends = starts.iter().skip(1).copied().chain([end]);
    starts
        .iter()
        .zip(ends)
        .map(|(from, to)| Slot { from: *from, to })
        .collect()
}

fn last_sunday(last: Date) -> Date {
    let back = last.weekday().to_sunday_zero_offset();
    Date::constant(last.year(), last.month(), last.day() - back)
}

/// `31.01.2024 13:00`
fn push_time(text: &mut Vec<u8>, (date, minute): Wall) {
    push_day_first(text, date);
    text.push(b' ');
    push_unsigned(text, (minute / 60).into(), 2);
    text.push(b':');
    push_unsigned(text, (minute % 60).into(), 2);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_go_forward_and_back() {
        for (year, month, hours) in [
            (2024, 1, 744),
            (2024, 2, 696),
            (2024, 3, 743),
            (2024, 10, 745),
            (2025, 10, 745),
        ] {
            let month = Month::new(year, month).expect("a month");
            assert_eq!(slots(month, 60).len(), hours);
            assert_eq!(slots(month, 15).len(), hours * 4);
        }
        assert_eq!(last_sunday(Date::constant(2024, 3, 31)), Date::constant(2024, 3, 31));
        assert_eq!(last_sunday(Date::constant(2024, 10, 31)), Date::constant(2024, 10, 27));
    }
}
