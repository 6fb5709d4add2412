//! Numbers, shares and times as people of each language write them.

use greenheart_units::{Amount, Rate, Rounding};

use crate::words::Tongue;

/// A number with thousands apart and the decimal mark of the language.
pub fn number(amount: Amount, decimals: u32, tongue: Tongue) -> String {
    spell(&amount.rounded(decimals, Rounding::HalfEven).to_fixed(decimals), tongue)
}

/// A share as percent with one decimal, rounded half to even once.
pub fn percent(share: Rate, tongue: Tongue) -> String {
    let tenths = Rounding::HalfEven.divide(share.mantissa(), Rate::ONE_MANTISSA / 1_000);
    let amount = Amount::from_mantissa(tenths * (Amount::ONE_MANTISSA / 10));
    format!("{}\u{a0}%", spell(&amount.to_fixed(1), tongue))
}

/// A share in percentage points, without a unit.
pub fn points(share: Rate, tongue: Tongue) -> String {
    percent(share, tongue).trim_end_matches(['\u{a0}', '%']).to_owned()
}

/// A change as percent, with its sign.
pub fn change(share: Rate, tongue: Tongue) -> String {
    let sign = if share > Rate::ZERO { "+" } else { "" };
    format!("{sign}{}", percent(share, tongue))
}

/// A figure in the unit that people read: million kroner, tonnes, MWh.
pub fn readable(amount: Amount, unit: &str, tongue: Tongue) -> String {
    let large = |limit: i64| amount.abs() >= Amount::from_integer(limit);
    let (divisor, decimals, shown) = match unit {
        "NOK" if large(1_000_000) => (1_000_000, 1, "MNOK"),
        "kgCO2e" if large(1_000) => (1_000, if large(100_000) { 0 } else { 1 }, "t CO₂e"),
        "kgCO2e" => (1, 1, "kg CO₂e"),
        "kg" if large(1_000) => (1_000, if large(100_000) { 0 } else { 1 }, "t"),
        "kWh" if large(10_000) => (1_000, 0, "MWh"),
        "NOK" | "kWh" => (1, 0, unit),
        "share" => {
            return amount
                .to_rate()
                .map_or_else(|_| amount.to_string(), |rate| percent(rate, tongue));
        }
        other => (1, 2, other),
    };
    let scaled = Amount::from_mantissa(Rounding::HalfEven.divide(amount.mantissa(), divisor));
    format!("{}\u{a0}{shown}", number(scaled, decimals, tongue))
}

/// A count.
pub fn count(value: u64, tongue: Tongue) -> String {
    spell(&value.to_string(), tongue)
}

/// A time in UTC, to the minute.
pub fn time(at_ms: i64, tongue: Tongue) -> String {
    let Ok(timestamp) = jiff::Timestamp::from_millisecond(at_ms) else {
        return String::new();
    };
    let at = jiff::tz::Offset::UTC.to_datetime(timestamp);
    let (year, month, day, hour, minute) = (at.year(), at.month(), at.day(), at.hour(), at.minute());
    match tongue {
        Tongue::Nb => format!("{day:02}.{month:02}.{year} {hour:02}:{minute:02} UTC"),
        Tongue::En => format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02} UTC"),
    }
}

fn spell(fixed: &str, tongue: Tongue) -> String {
    let (gap, mark) = match tongue {
        Tongue::Nb => ("\u{a0}", ","),
        Tongue::En => (",", "."),
    };
    let (sign, digits) = fixed.strip_prefix('-').map_or(("", fixed), |rest| ("\u{2212}", rest));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let first = whole.len() % 3;
    let mut groups: Vec<&str> = Vec::new();
    if first > 0 {
        groups.push(&whole[..first]);
    }
    groups.extend((first..whole.len()).step_by(3).map(|at| &whole[at..at + 3]));
    let point = if decimals.is_empty() { "" } else { mark };
    format!("{sign}{}{point}{decimals}", groups.join(gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_both_languages() {
        let amount: Amount = "-1234567.891".parse().unwrap();
        assert_eq!(number(amount, 2, Tongue::En), "\u{2212}1,234,567.89");
        assert_eq!(number(amount, 2, Tongue::Nb), "\u{2212}1\u{a0}234\u{a0}567,89");
        for (value, unit, expect) in [
            (2_316_338, "NOK", "2.3\u{a0}MNOK"),
            (316_338, "NOK", "316,338\u{a0}NOK"),
            (15_151, "kgCO2e", "15.2\u{a0}t CO₂e"),
            (151, "kgCO2e", "151.0\u{a0}kg CO₂e"),
            (276_572_300, "kg", "276,572\u{a0}t"),
            (12_000, "kWh", "12\u{a0}MWh"),
        ] {
            assert_eq!(readable(Amount::from_integer(value), unit, Tongue::En), expect);
        }
    }

    #[test]
    fn shares_and_times() {
        assert_eq!(percent("0.4235".parse().unwrap(), Tongue::En), "42.4\u{a0}%");
        assert_eq!(change("0.1".parse().unwrap(), Tongue::Nb), "+10,0\u{a0}%");
        assert_eq!(change("-0.298".parse().unwrap(), Tongue::Nb), "\u{2212}29,8\u{a0}%");
        assert_eq!(time(0, Tongue::Nb), "01.01.1970 00:00 UTC");
        assert_eq!(count(1_234_567, Tongue::En), "1,234,567");
    }
}
