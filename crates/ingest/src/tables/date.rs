//! Days, months, quarters and years as people write them.

use greenheart_model::{Date, Month, Period};

use super::mapping::DateOrder;

/// What one date says about the order of day and month in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OrderVote {
    Says(DateOrder),
    /// Both orders give a date, and not the same.
    Either,
    /// Not a date of this form, or the same day in both orders.
    Nothing,
}

/// Hears one cell on the order of day and month. Points mean day first, as Norwegian law and habit
/// have it; slashes and hyphens leave it open.
pub(super) fn order_vote(text: &str) -> OrderVote {
    let Some((first, second, _, separator)) = three_numbers(without_time(text)) else {
        return OrderVote::Nothing;
    };
    if separator == '.' || first > 31 {
        return OrderVote::Nothing;
    }
    match (first > 12, second > 12) {
        (true, _) => OrderVote::Says(DateOrder::DayFirst),
        (_, true) => OrderVote::Says(DateOrder::MonthFirst),
        _ if first == second => OrderVote::Nothing,
        _ => OrderVote::Either,
    }
}

/// The period that a cell names; `None` when it names none.
pub(super) fn period(text: &str, order: Option<DateOrder>) -> Option<Period> {
    let text = text.trim();
    for separator in ["..", " - ", " – ", " til ", " to "] {
        if let Some((from, to)) = text.split_once(separator) {
            return Period::new(single(from, order)?.from(), single(to, order)?.to()).ok();
        }
    }
    single(text, order)
}

/// The month of a cell that may rely on a year beside it: `3`, `03`, `mars`, `2024-03`.
pub(super) fn month_of(text: &str, year: Option<i16>, order: Option<DateOrder>) -> Option<Period> {
    let plain = text.trim().to_lowercase();
    if let Some(year) = year
        && let Some(number) = month_number(&plain).or_else(|| plain.parse().ok())
    {
        return Month::new(year, number).map(Month::period);
    }
    period(text, order)
}

/// A year of four digits.
pub(super) fn year_of(text: &str) -> Option<i16> {
    let year: i16 = text.trim().parse().ok()?;
    (1900..=2200).contains(&year).then_some(year)
}

fn single(text: &str, order: Option<DateOrder>) -> Option<Period> {
    let text = text.trim();
    if let Some(year) = year_of(text) {
        return Some(Period::year(year));
    }
    let day = without_time(text);
    digits_only(day)
        .or_else(|| written_day(day, order))
        .or_else(|| month_and_year(text))
        .or_else(|| quarter(text))
}

/// `20240131` and `202401`.
fn digits_only(text: &str) -> Option<Period> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year: i16 = text.get(..4)?.parse().ok()?;
    let month: i8 = text.get(4..6)?.parse().ok()?;
    match text.len() {
        6 => Month::new(year, month).map(Month::period),
        8 => day(year, month, text.get(6..)?.parse().ok()?),
        _ => None,
    }
}

fn written_day(text: &str, order: Option<DateOrder>) -> Option<Period> {
    let (first, second, third, separator) = three_numbers(text)?;
    if first > 31 {
        return day(
            i16::try_from(first).ok()?,
            i8::try_from(second).ok()?,
            i8::try_from(third).ok()?,
        );
    }
    let year = i16::try_from(if third < 100 { third + 2000 } else { third }).ok()?;
    let (first, second) = (i8::try_from(first).ok()?, i8::try_from(second).ok()?);
    match (separator, order) {
        ('.', _) | (_, Some(DateOrder::DayFirst)) => day(year, second, first),
        (_, Some(DateOrder::MonthFirst)) => day(year, first, second),
        (_, None) if first == second || second > 12 => day(year, first, second),
        (_, None) if first > 12 => day(year, second, first),
        (_, None) => None,
    }
}

fn day(year: i16, month: i8, day: i8) -> Option<Period> {
    if !(1900..=2200).contains(&year) {
        return None;
    }
    Date::new(year, month, day).ok().map(Period::day)
}

/// Three numbers with one separator between them.
fn three_numbers(text: &str) -> Option<(u16, u16, u16, char)> {
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '.' | '/' | '-') {
        return None;
    }
    let mut parts = text.split(separator);
    let mut next = || {
        parts
            .next()
            .filter(|p| (1..=4).contains(&p.len()))
            .and_then(|p| p.parse::<u16>().ok())
    };
    let numbers = (next()?, next()?, next()?, separator);
    parts.next().is_none().then_some(numbers)
}

/// `2024-03`, `03.2024`, `mars 2024`, `Mar-24`.
fn month_and_year(text: &str) -> Option<Period> {
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower
        .split([' ', '.', '/', '-'])
        .filter(|part| !part.is_empty())
        .collect();
    let [first, second] = parts.try_into().ok()?;
    let of = |month: &str, year: &str| {
        let named = month_number(month);
        let number = named.or_else(|| month.parse().ok())?;
        let year = year_of(year).or_else(|| {
            let short: i16 = year.parse().ok().filter(|_| named.is_some() && year.len() == 2)?;
            Some(2000 + short)
        })?;
        Month::new(year, number).map(Month::period)
    };
    of(first, second).or_else(|| of(second, first))
}

/// `Q1 2024`, `2024K1`, `1. kvartal 2024`.
fn quarter(text: &str) -> Option<Period> {
    let lower = text
        .to_lowercase()
        .replace("kvartal", "q")
        .replace("quarter", "q")
        .replace('k', "q");
    let digits = |part: &str| part.trim_matches([' ', '.', '-', '/']).to_owned();
    let (before, after) = lower.split_once('q')?;
    let (before, after) = (digits(before), digits(after));
    let pieces: Vec<&str> = after.split([' ', '-', '/']).filter(|part| !part.is_empty()).collect();
    let (number, year) = match (before.as_str(), pieces.as_slice()) {
        ("", [number, year]) => ((*number).to_owned(), (*year).to_owned()),
        (before, [only]) if before.len() == 4 => ((*only).to_owned(), before.to_owned()),
        (before, [only]) => (before.to_owned(), (*only).to_owned()),
        _ => return None,
    };
    let number: i8 = number.parse().ok().filter(|n| (1..=4).contains(n))?;
    let year = year_of(&year)?;
    let first = Month::new(year, number * 3 - 2)?.period();
    Some(first.hull(Month::new(year, number * 3)?.period()))
}

/// The day of a date with a time behind it.
fn without_time(text: &str) -> &str {
    let text = text.trim();
    match text.split_once(['T', ' ']) {
        Some((day, rest)) if rest.contains(':') && rest.starts_with(|c: char| c.is_ascii_digit()) => day,
        _ => text,
    }
}

fn month_number(text: &str) -> Option<i8> {
    const NAMES: [&[&str]; 12] = [
        &["jan", "januar", "january"],
        &["feb", "februar", "february"],
        &["mar", "mars", "march"],
        &["apr", "april"],
        &["mai", "may"],
        &["jun", "juni", "june"],
        &["jul", "juli", "july"],
        &["aug", "august"],
        &["sep", "sept", "september"],
        &["okt", "oktober", "oct", "october"],
        &["nov", "november"],
        &["des", "desember", "dec", "december"],
    ];
    let at = NAMES
        .iter()
        .position(|names| names.contains(&text.trim_end_matches('.')))?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let found = period(text, None).map_or("none".to_owned(), |p| p.to_string());
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn periods_as_people_write_them() {
        check("2024", "2024-01-01..2024-12-31");
        check("2024-02", "2024-02-01..2024-02-29");
        check("02.2024", "2024-02-01..2024-02-29");
        check("202402", "2024-02-01..2024-02-29");
        check("mars 2024", "2024-03-01..2024-03-31");
        check("Mar-24", "2024-03-01..2024-03-31");
        check("31.01.2024", "2024-01-31..2024-01-31");
        check("1.2.24", "2024-02-01..2024-02-01");
        check("20240131", "2024-01-31..2024-01-31");
        check("2024-01-31T13:00:00+01:00", "2024-01-31..2024-01-31");
        check("31.01.2024 13:00", "2024-01-31..2024-01-31");
        check("31/01/2024", "2024-01-31..2024-01-31");
        check("01/31/2024", "2024-01-31..2024-01-31");
        check("03/04/2024", "none");
        check("Q1 2024", "2024-01-01..2024-03-31");
        check("2024K4", "2024-10-01..2024-12-31");
        check("1. kvartal 2024", "2024-01-01..2024-03-31");
        check("01.01.2024 - 31.03.2024", "2024-01-01..2024-03-31");
        check("2024-01-01..2024-06-30", "2024-01-01..2024-06-30");
        for bad in [
            "",
            "30.02.2024",
            "2024-13",
            "i går",
            "9999999999",
            "q",
            "Q5 2024",
            "1",
            "0.5",
            "-",
            "æøå",
        ] {
            check(bad, "none");
        }
    }

    #[test]
    fn order_is_heard_from_the_column() {
        assert_eq!(order_vote("03/04/2024"), OrderVote::Either);
        assert_eq!(order_vote("31/12/2024"), OrderVote::Says(DateOrder::DayFirst));
        assert_eq!(order_vote("12/31/2024"), OrderVote::Says(DateOrder::MonthFirst));
        assert_eq!(order_vote("03.04.2024"), OrderVote::Nothing);
        assert_eq!(order_vote("2024-03-04"), OrderVote::Nothing);
        assert_eq!(month_of("mars", Some(2024), None), period("2024-03", None));
        assert_eq!(month_of("3", Some(2024), None), period("2024-03", None));
    }
}
