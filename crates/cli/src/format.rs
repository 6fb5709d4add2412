//! Numbers as people of each language write them. JSON and CSV keep the exact decimals.

use greenheart_units::{Amount, Rate, Rounding};

use crate::language::{Language, Tongue};

/// A number with thousands apart and the decimal mark of the language.
pub fn number(amount: Amount, decimals: u32, language: &Language) -> String {
    spelled(
        &amount.rounded(decimals, Rounding::HalfEven).to_fixed(decimals),
        language.tongue,
    )
}

/// A rate with so many decimals.
pub fn rate(rate: Rate, decimals: u32, language: &Language) -> String {
    let amount =
        Amount::from_mantissa(Rounding::HalfEven.divide(rate.mantissa(), Rate::ONE_MANTISSA / Amount::ONE_MANTISSA));
    number(amount, decimals, language)
}

/// kg CO2e per unit as people read it: tonnes a million kroner, grams a kilowatt hour, kilograms a tonne.
pub fn intensity(kg_per_unit: Rate, unit: &str, language: &Language) -> String {
    let (times, shown) = match unit {
        "NOK" => (1000, "t/MNOK"),
        "kWh" => (1000, "g/kWh"),
        "kg" => (1000, "kg/t"),
        other => (1, other),
    };
    let scaled = Rate::from_mantissa(kg_per_unit.mantissa().saturating_mul(times));
    let text = rate(scaled, 2, language);
    if times == 1 {
        format!("{text} kg/{shown}")
    } else {
        format!("{text} {shown}")
    }
}

/// A share as percent with one decimal.
pub fn percent(share: Rate, language: &Language) -> String {
    let hundred = share.times(Rate::from_mantissa(100 * Rate::ONE_MANTISSA), Rounding::HalfEven);
    match hundred {
        Ok(percent) => format!("{}\u{a0}%", spelled(&percent.to_fixed(1), language.tongue)),
        Err(_) => share.to_string(),
    }
}

/// A signed share as percent.
pub fn signed_percent(share: Rate, language: &Language) -> String {
    let text = percent(share, language);
    if share > Rate::ZERO { format!("+{text}") } else { text }
}

fn spelled(fixed: &str, tongue: Tongue) -> String {
    let (thousands, mark, minus) = match tongue {
        Tongue::Nb => ('\u{a0}', ',', "\u{2212}"),
        Tongue::En => (',', '.', "-"),
    };
    let (sign, digits) = fixed.strip_prefix('-').map_or(("", fixed), |rest| (minus, rest));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(thousands);
        }
        grouped.push(digit);
    }
    if decimals.is_empty() {
        format!("{sign}{grouped}")
    } else {
        format!("{sign}{grouped}{mark}{decimals}")
    }
}

/// A figure in the unit people read: million kroner, tonnes.
pub fn readable(amount: Amount, unit: &str, language: &Language) -> String {
    let (divisor, decimals, shown) = match unit {
        "NOK" => (1_000_000, 2, "MNOK"),
        "kgCO2e" => (1_000, 1, "tCO2e"),
        "kg" => (1_000, 1, "t"),
        other => (1, 2, other),
    };
    let scaled = Amount::from_mantissa(Rounding::HalfEven.divide(amount.mantissa(), divisor));
    format!("{} {shown}", number(scaled, decimals, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_both_languages() {
        let (english, norwegian) = (Language::new(Tongue::En), Language::new(Tongue::Nb));
        let amount: Amount = "-1234567.891".parse().expect("a number");
        assert_eq!(number(amount, 2, &english), "-1,234,567.89");
        assert_eq!(number(amount, 2, &norwegian), "\u{2212}1\u{a0}234\u{a0}567,89");
        assert_eq!(readable(Amount::from_integer(2_316_338), "NOK", &english), "2.32 MNOK");
        assert_eq!(readable(Amount::from_integer(15_151), "kgCO2e", &english), "15.2 tCO2e");
        let per = |text: &str, unit| intensity(text.parse().expect("a rate"), unit, &english);
        assert_eq!(per("0.0035", "NOK"), "3.50 t/MNOK");
        assert_eq!(per("0.012345", "kWh"), "12.34 g/kWh");
        assert_eq!(per("1.5", "kg"), "1,500.00 kg/t");
        assert_eq!(per("12", "pcs"), "12.00 kg/pcs");
        assert_eq!(percent("0.4235".parse().expect("a rate"), &english), "42.4\u{a0}%");
        assert_eq!(
            signed_percent("0.1".parse().expect("a rate"), &norwegian),
            "+10,0\u{a0}%"
        );
    }
}
