//! Dates, months and periods. No clock: today is an argument.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A calendar date.
pub type Date = jiff::civil::Date;

/// Why a period was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// The text has not the form of a date, month or period.
    #[error("`{0}` is not a date, month or period such as `2024-03-01`, `2024-03` or `2024-01-01..2024-12-31`")]
    Form(String),
    /// It ends before it begins.
    #[error("the period ends on {to}, before it begins on {from}")]
    Backwards {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
}

/// A calendar month.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month of `year` and `month` (1 to 12); `None` when there is no such month.
    pub fn new(year: i16, month: i8) -> Option<Self> {
        ((1..=12).contains(&month) && (1900..=2200).contains(&year)).then_some(Self { year, month })
    }
    /// The month a date lies in.
    pub fn of(date: Date) -> Self {
        Self {
            year: date.year(),
            month: date.month(),
        }
    }
    /// The year.
    pub const fn year(self) -> i16 {
        self.year
    }
    /// 1 to 12.
    pub const fn month(self) -> i8 {
        self.month
    }
    /// Months since year 0, for arithmetic.
    pub fn index(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month) - 1
    }
    /// The month that follows.
    pub fn next(self) -> Self {
        if self.month == 12 {
            Self {
                year: self.year + 1,
                month: 1,
            }
        } else {
            Self {
                month: self.month + 1,
                ..self
            }
        }
    }
    /// From the first to the last day.
    pub fn period(self) -> Period {
        let from = Date::constant(self.year, self.month, 1);
        Period {
            from,
            to: from.last_of_month(),
        }
    }
}

impl FromStr for Month {
    type Err = PeriodError;
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let form = || PeriodError::Form(text.to_owned());
        let (year, month) = text.trim().split_once('-').ok_or_else(form)?;
        let (year, month) = (year.parse().map_err(|_| form())?, month.parse().map_err(|_| form())?);
        Self::new(year, month).ok_or_else(form)
    }
}
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}
impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// From the first to the last day, both included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    from: Date,
    to: Date,
}

impl Period {
    /// The period between two days.
    pub fn new(from: Date, to: Date) -> Result<Self, PeriodError> {
        if to < from {
            Err(PeriodError::Backwards { from, to })
        } else {
            Ok(Self { from, to })
        }
    }
    /// One day.
    pub const fn day(date: Date) -> Self {
        Self { from: date, to: date }
    }
    /// A calendar year.
    pub fn year(year: i16) -> Self {
        Self {
            from: Date::constant(year, 1, 1),
            to: Date::constant(year, 12, 31),
        }
    }
    /// First day.
    pub const fn from(self) -> Date {
        self.from
    }
    /// Last day.
    pub const fn to(self) -> Date {
        self.to
    }
    /// Whether both share a day.
    pub fn overlaps(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }
    /// Whether `other` lies inside.
    pub fn contains(self, other: Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }
    /// The smallest period over both.
    pub fn hull(self, other: Self) -> Self {
        Self {
            from: self.from.min(other.from),
            to: self.to.max(other.to),
        }
    }
    /// The month of the last day: where an amount is booked that its file does not split.
    pub fn booking_month(self) -> Month {
        Month::of(self.to)
    }
    /// The months it touches, in order.
    pub fn months(self) -> impl Iterator<Item = Month> {
        let last = Month::of(self.to);
        std::iter::successors(Some(Month::of(self.from)), |month| Some(month.next())).take_while(move |m| *m <= last)
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    /// Accepts `2024`, `2024-03`, `2024-03-01` and `2024-01-01..2024-12-31`.
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let form = || PeriodError::Form(text.to_owned());
        let trimmed = text.trim();
        if let Some((from, to)) = trimmed.split_once("..") {
            return Self::new(from.parse().map_err(|_| form())?, to.parse().map_err(|_| form())?);
        }
        if let Ok(year) = trimmed.parse::<i16>() {
            return if (1900..=2200).contains(&year) {
                Ok(Self::year(year))
            } else {
                Err(form())
            };
        }
        if let Ok(month) = trimmed.parse::<Month>() {
            return Ok(month.period());
        }
        trimmed.parse().map(Self::day).map_err(|_| form())
    }
}
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}
impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_in_every_spelling() {
        for (text, shown) in [
            ("2024", "2024-01-01..2024-12-31"),
            ("2024-02", "2024-02-01..2024-02-29"),
            ("2024-02-03", "2024-02-03..2024-02-03"),
            ("2024-01-01..2024-06-30", "2024-01-01..2024-06-30"),
        ] {
            assert_eq!(
                text.parse::<Period>().map(|p| p.to_string()),
                Ok(shown.into()),
                "{text}"
            );
        }
        for bad in [
            "",
            "2024-13",
            "2024-02-30",
            "99999",
            "2024-06-01..2024-01-01",
            "yesterday",
        ] {
            assert!(bad.parse::<Period>().is_err(), "{bad}");
        }
    }

    #[test]
    fn months_of_a_period() {
        let period: Period = "2023-11-15..2024-02-01".parse().expect("a period");
        let months: Vec<String> = period.months().map(|m| m.to_string()).collect();
        assert_eq!(months, ["2023-11", "2023-12", "2024-01", "2024-02"]);
        assert!(period.overlaps("2024-02".parse().expect("a month")));
        assert!(!period.overlaps("2024-03".parse().expect("a month")));
    }
}
