//! Times of readings: Norwegian local time, or with their offset, as minutes since 1970 in UTC.

use std::sync::LazyLock;

/// Minutes since 1970-01-01 00:00.
pub(super) type Minutes = i64;

/// What a written time names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// One moment, in UTC.
    One(Minutes),
    /// The hour that comes twice when summer time ends: in summer and in winter time, in UTC.
    Twice(Minutes, Minutes),
    /// An hour that summer time leaves out; in winter time, in UTC.
    Never(Minutes),
}

impl Moment {
    /// The moment, the first of two.
    pub fn first(self) -> Minutes {
        match self {
            Self::One(at) | Self::Twice(at, _) | Self::Never(at) => at,
        }
    }
}

/// Days since 1970-01-01 of a civil date (proleptic Gregorian).
pub(super) fn days(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

const FIRST_YEAR: i64 = 1980;

/// Start and end of summer time by year, in local minutes: from the last Sunday of March at 02:00 to the last
/// Sunday of October at 03:00.
///
/// # Source
/// Directive 2000/84/EC, in Norway FOR-2007-11-30-1335.
static SUMMER: LazyLock<Vec<(Minutes, Minutes)>> = LazyLock::new(|| {
    (FIRST_YEAR..2200)
        .map(|year| {
            let last_sunday = |month| {
                let last = days(year, month, 31);
                // 1970-01-01 was a Thursday.
                last - (last + 4).rem_euclid(7)
            };
            (last_sunday(3) * 1440 + 120, last_sunday(10) * 1440 + 180)
        })
        .collect()
});

/// A local Norwegian time as a moment.
pub(super) fn local(year: i64, minutes: Minutes) -> Moment {
    let index = usize::try_from(year - FIRST_YEAR).unwrap_or(usize::MAX);
    let Some((start, end)) = SUMMER.get(index).copied() else {
        return Moment::One(minutes - 60);
    };
    if minutes < start || minutes >= end {
        Moment::One(minutes - 60)
    } else if minutes < start + 60 {
        Moment::Never(minutes - 60)
    } else if minutes >= end - 60 {
        Moment::Twice(minutes - 120, minutes - 60)
    } else {
        Moment::One(minutes - 120)
    }
}

/// Local minutes of a moment in UTC.
pub(super) fn to_local(utc: Minutes) -> Minutes {
    let winter = utc + 60;
    let year = civil(winter.div_euclid(1440)).0;
    let index = usize::try_from(year - FIRST_YEAR).unwrap_or(usize::MAX);
    match SUMMER.get(index) {
        Some((start, end)) if winter >= *start && utc + 120 < *end => utc + 120,
        _ => winter,
    }
}

/// Year, month and day of days since 1970-01-01.
pub(super) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted - era * 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// A time as files write it, with the year it names: `31.01.2024 23:00`, `2024-01-31T23:00:00+01:00`, a day alone.
pub(super) fn parse(text: &str) -> Option<(i64, Moment)> {
    let bytes = text.trim().as_bytes();
    let (year, month, day, rest) = date(bytes)?;
    if !(1..=12).contains(&month) || day < 1 || day > month_length(year, month) {
        return None;
    }
    let start = days(year, month, day) * 1440;
    let (minutes, rest) = clock(rest)?;
    let at = start + minutes;
    match rest {
        [] => Some((year, local(year, at))),
        _ => Some((year, Moment::One(at - offset(rest)?))),
    }
}

/// A day with a clock time from another column: `13:00`, `13`, `13-14`, `13:00-14:00`.
pub(super) fn parse_with_clock(day: &str, clock_text: &str) -> Option<(i64, Moment)> {
    let (year, month, date_day, rest) = date(day.trim().as_bytes())?;
    if !rest.is_empty() && clock(rest).is_none() {
        return None;
    }
    if !(1..=12).contains(&month) || date_day < 1 || date_day > month_length(year, month) {
        return None;
    }
    let text = clock_text.trim();
    let text = text.split(['-', '–']).next().unwrap_or(text).trim();
    let minutes = match text.split_once([':', '.']) {
        Some((hour, minute)) => hour.parse::<i64>().ok()? * 60 + minute.get(..2)?.parse::<i64>().ok()?,
        None => text.parse::<i64>().ok()? * 60,
    };
    let at = days(year, month, date_day) * 1440 + minutes;
    (0..1440).contains(&minutes).then(|| (year, local(year, at)))
}

pub(super) fn month_length(year: i64, month: i64) -> i64 {
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days(next_year, next, 1) - days(year, month, 1)
}

fn number(bytes: &[u8]) -> Option<i64> {
    let digit = |sum: i64, byte: &u8| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0'));
    if bytes.is_empty() || bytes.len() > 4 {
        return None;
    }
    bytes.iter().try_fold(0, digit)
}

/// Year, month, day and what follows.
fn date(bytes: &[u8]) -> Option<(i64, i64, i64, &[u8])> {
    let (head, rest) = bytes.split_at_checked(10)?;
    let is_mark = |at: usize| matches!(head[at], b'-' | b'/' | b'.');
    let (year, month, day) = if is_mark(4) && is_mark(7) {
        (&head[..4], &head[5..7], &head[8..])
    } else if is_mark(2) && is_mark(5) {
        (&head[6..], &head[3..5], &head[..2])
    } else {
        return None;
    };
    Some((number(year)?, number(month)?, number(day)?, rest))
}

/// Minutes after midnight and what follows; seconds must be whole minutes.
fn clock(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let rest = match bytes {
        [] => return Some((0, bytes)),
        [b' ' | b'T', rest @ ..] => rest,
        _ => return None,
    };
    let ([h0, h1, b':' | b'.', m0, m1, rest @ ..] | [h0, h1, m0, m1, rest @ ..]) = rest else {
        return None;
    };
    let (hour, minute) = (number(&[*h0, *h1])?, number(&[*m0, *m1])?);
    let rest = match rest {
        [b':', b'0'..=b'5', b'0'..=b'9', rest @ ..] => rest,
        other => other,
    };
    let rest = match rest {
        [b'.', fraction @ ..] => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            &fraction[digits..]
        }
        other => other,
    };
    (hour < 24 && minute < 60).then_some((hour * 60 + minute, rest))
}

/// Minutes ahead of UTC: `Z`, `+01:00`, `+0100`, `+01`.
fn offset(bytes: &[u8]) -> Option<i64> {
    let (sign, rest) = match bytes {
        [b'Z'] => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest {
        [h0, h1] => (number(&[*h0, *h1])?, 0),
        [h0, h1, m0, m1] | [h0, h1, b':', m0, m1] => (number(&[*h0, *h1])?, number(&[*m0, *m1])?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Minutes {
        match parse(text) {
            Some((_, Moment::One(at))) => at,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn times_in_every_spelling() {
        let winter = at("2024-01-15T11:00Z");
        for text in [
            "15.01.2024 12:00",
            "15.01.2024 12:00:00",
            "15/01/2024 12.00",
            "2024-01-15 12:00",
            "2024-01-15T12:00:00.000+01:00",
            "2024-01-15T12:00:00+0100",
            "2024-01-15T06:00-05",
        ] {
            assert_eq!(at(text), winter, "{text}");
        }
        assert_eq!(at("15.07.2024 12:00"), at("2024-07-15T10:00Z"), "summer time");
        assert_eq!(at("15.01.2024"), at("2024-01-14T23:00Z"));
        for bad in [
            "",
            "15.13.2024 12:00",
            "30.02.2024",
            "15.01.2024 25:00",
            "15.01.24",
            "i går",
            "2024-01-15T12:00+99:00",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(parse_with_clock("15.01.2024", "12-13"), parse("15.01.2024 12:00"));
        assert_eq!(parse_with_clock("15.01.2024", "7"), parse("15.01.2024 07:00"));
        assert_eq!(parse_with_clock("15.01.2024", "24"), None);
    }

    #[test]
    fn the_hours_that_come_twice_or_never() {
        assert_eq!(
            parse("27.10.2024 02:30").map(|(_, m)| m),
            Some(Moment::Twice(at("2024-10-27T00:30Z"), at("2024-10-27T01:30Z")))
        );
        assert!(matches!(parse("31.03.2024 02:00"), Some((_, Moment::Never(_)))));
        assert_eq!(at("31.03.2024 03:00") - at("31.03.2024 01:00"), 60);
        assert_eq!(at("27.10.2024 03:00") - at("27.10.2024 01:00"), 180);
    }

    #[test]
    fn days_and_dates_are_inverse() {
        for day in [-1000, 0, 19_000, 19_782, 20_000, 47_482] {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
        }
        assert_eq!(civil(0), (1970, 1, 1));
        for text in [
            "2024-01-31T22:59Z",
            "2024-03-31T00:59Z",
            "2024-03-31T01:00Z",
            "2024-10-27T00:59Z",
            "2024-10-27T01:00Z",
        ] {
            let utc = at(text);
            let back = local(2024, to_local(utc));
            assert!(
                matches!(back, Moment::One(found) if found == utc)
                    || matches!(back, Moment::Twice(a, b) if a == utc || b == utc),
                "{text}: {back:?}"
            );
        }
    }
}
