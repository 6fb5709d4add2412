//! The readings of one metering point, added up by month, with what is needed to see gaps and copies.

use std::collections::BTreeMap;

use greenheart_model::{RowPlace, Text};

use super::time::{Minutes, civil, days, local, to_local};

/// Which way energy flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Direction {
    /// Into the site.
    Import,
    /// Out of it.
    Export,
}

impl Direction {
    /// The direction that words in a cell, header or file name say.
    pub(super) fn of_words(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        if says(&["export", "eksport", "production", "produksjon", "innmating", "produced"]) {
            Some(Self::Export)
        } else if says(&["import", "consumption", "forbruk", "uttak", "consumed"]) {
            Some(Self::Import)
        } else {
            None
        }
    }
}

/// A quarter of an hour, the finest that is settled.
const QUARTER: Minutes = 15;

/// One month of a metering point.
#[derive(Debug)]
pub(super) struct MonthData {
    /// Start of the month and of the next, UTC.
    pub start: Minutes,
    pub end: Minutes,
    /// Sum in millionths of a kilowatt-hour.
    pub sum: i128,
    /// Quarter of the month at which each reading begins, with a digest of its value, in order.
    readings: Vec<(u16, u16)>,
    /// Sum of the lengths of readings that state one, in quarters; none does when it is zero.
    stated_quarters: u64,
    pub place: RowPlace,
}

/// What became of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Added {
    /// It counts.
    Yes,
    /// The same reading was there.
    Copy,
    /// Another value was there for the same time; that one counts.
    Differs,
}

/// A metering point, a direction and what is metered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub meter: Text,
    pub direction: Direction,
    pub item: Text,
}

/// All readings of a key.
#[derive(Debug, Default)]
pub(super) struct Series {
    pub months: BTreeMap<i64, MonthData>,
    /// States of the register: when, and millionths of a kilowatt-hour.
    pub register: Vec<(Minutes, i64, RowPlace)>,
    /// Month used last.
    last: Option<i64>,
}

/// Months since year 0 of a moment, in local time.
pub(super) fn month_of(utc: Minutes) -> i64 {
    let (year, month, _) = civil(to_local(utc).div_euclid(1440));
    year * 12 + month - 1
}

/// Start of a month, UTC.
pub(super) fn month_start(month: i64) -> Minutes {
    let (year, of_year) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    local(year, days(year, of_year, 1) * 1440).first()
}

impl Series {
    /// Whether a reading of this start is there.
    pub(super) fn has(&self, start: Minutes) -> bool {
        self.months
            .get(&month_of(start))
            .is_some_and(|month| month.find(start).is_ok())
    }

    /// Adds a reading that begins at `start` and lasts for `minutes`, if it says so.
    pub(super) fn add(&mut self, start: Minutes, minutes: Option<Minutes>, value: i128, place: RowPlace) -> Added {
        let month = match self
            .last
            .and_then(|last| self.months.get(&last).map(|data| (last, data)))
        {
            Some((last, data)) if (data.start..data.end).contains(&start) => last,
            _ => month_of(start),
        };
        self.last = Some(month);
        self.month(month, place).add(start, minutes, value)
    }

    fn month(&mut self, month: i64, place: RowPlace) -> &mut MonthData {
        self.months.entry(month).or_insert_with(|| MonthData {
            start: month_start(month),
            end: month_start(month + 1),
            sum: 0,
            readings: Vec::new(),
            stated_quarters: 0,
            place,
        })
    }

    /// Adds what a register counted in a month.
    pub(super) fn spread_into(&mut self, month: i64, value: i128, place: RowPlace) {
        self.month(month, place).sum += value;
    }
}

impl MonthData {
    fn slot(&self, at: Minutes) -> u16 {
        u16::try_from((at - self.start).div_euclid(QUARTER)).unwrap_or(u16::MAX)
    }

    fn find(&self, start: Minutes) -> Result<usize, usize> {
        let slot = self.slot(start);
        match self.readings.last() {
            Some((last, _)) if *last < slot => Err(self.readings.len()),
            _ => self.readings.binary_search_by_key(&slot, |(slot, _)| *slot),
        }
    }

    fn add(&mut self, start: Minutes, minutes: Option<Minutes>, value: i128) -> Added {
        let digest = digest(value);
        match self.find(start) {
            Ok(at) if self.readings[at].1 == digest => Added::Copy,
            Ok(_) => Added::Differs,
            Err(at) => {
                self.readings.insert(at, (self.slot(start), digest));
                let quarters = minutes.unwrap_or(0).div_euclid(QUARTER);
                self.stated_quarters += u64::try_from(quarters).unwrap_or(0);
                self.sum += value;
                Added::Yes
            }
        }
    }

    pub(super) fn count(&self) -> usize {
        self.readings.len()
    }

    /// Quarters between the starts of neighbours that occur most often; the length stated, when there is one reading.
    pub(super) fn step(&self) -> u16 {
        let mut counts: BTreeMap<u16, u32> = BTreeMap::new();
        for pair in self.readings.windows(2) {
            *counts.entry(pair[1].0 - pair[0].0).or_default() += 1;
        }
        let common = counts
            .iter()
            .max_by_key(|(step, count)| (**count, u16::MAX - **step))
            .map(|(step, _)| *step);
        let stated = self.stated_quarters / (self.readings.len().max(1) as u64);
        common.or_else(|| u16::try_from(stated).ok()).unwrap_or(0).max(1)
    }

    /// Stretches without readings inside the month: from, to (UTC) and how many readings are missing. Days of 23 and
    /// 25 hours are no gaps.
    pub(super) fn gaps(&self, step: u16) -> Vec<(Minutes, Minutes, u64)> {
        let slack = if step >= 96 { 4 } else { 0 };
        let length = u32::from(self.slot(self.end));
        let mut gaps = Vec::new();
        let mut covered: u32 = 0;
        let ends = self.readings.iter().map(|(slot, _)| u32::from(*slot)).chain([length]);
        for slot in ends {
            if slot > covered + slack {
                let at = |quarters: u32| self.start + Minutes::from(quarters) * QUARTER;
                let missing = u64::from((slot - covered).div_ceil(u32::from(step)));
                gaps.push((at(covered), at(slot), missing));
            }
            covered = slot + u32::from(step);
        }
        gaps
    }

    /// First and last moment with readings, UTC.
    pub(super) fn span(&self, step: u16) -> (Minutes, Minutes) {
        let at = |slot: u16| self.start + Minutes::from(slot) * QUARTER;
        let (first, last) = (self.readings.first(), self.readings.last());
        let end = last.map_or(self.start, |(slot, _)| at(*slot) + Minutes::from(step) * QUARTER);
        (first.map_or(self.start, |(slot, _)| at(*slot)), end.min(self.end))
    }
}

/// Two bytes of a value, to tell a copy from a contradiction.
fn digest(value: i128) -> u16 {
    let mixed = value
        .cast_unsigned()
        .wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_0C95_1F2D_4E6B);
    (mixed >> 112) as u16
}
