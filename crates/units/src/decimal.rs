//! Exact decimals at the ledger's two fixed scales.
//!
//! Every stored kg, kWh and NOK is an [`Amount`] (six decimals, the column type Decimal(18,6));
//! every factor is a [`Rate`] (twelve decimals, Decimal(28,12)). Both are an `i128` mantissa, so
//! that sums of billions of rows stay exact; a product is rounded once, by a named [`Rounding`].

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What went wrong with a decimal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// The text is not a plain decimal number such as `-12.5`.
    #[error("`{0}` is not a decimal number")]
    NotANumber(String),
    /// The number has more decimals than the scale keeps.
    #[error("`{text}` has more than {scale} decimals")]
    TooPrecise {
        /// The text as it stood.
        text: String,
        /// The decimals that the scale keeps.
        scale: u32,
    },
    /// The result does not fit.
    #[error("the number is too large")]
    Overflow,
}

/// How a result is brought back to its scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest, a tie to the even digit. The rounding of every posted entry.
    HalfEven,
    /// To the nearest, a tie away from zero. How accounts round money.
    HalfAwayFromZero,
    /// Towards zero.
    Truncate,
}

impl Rounding {
    /// Divides `value` by the positive `divisor`, rounding the result.
    ///
    /// # Panics
    /// When `divisor` is not positive: that is a mistake in the program.
    pub fn divide(self, value: i128, divisor: i128) -> i128 {
        assert!(divisor > 0, "a rounding divisor is positive");
        // One division: a second one for the rest would cost as much again.
        let quotient = value / divisor;
        let rest = value - quotient * divisor;
        let distance = rest.unsigned_abs();
        let half = divisor.unsigned_abs() - distance;
        let away = match self {
            Self::Truncate => false,
            Self::HalfAwayFromZero => distance >= half,
            Self::HalfEven => distance > half || (distance == half && quotient % 2 != 0),
        };
        quotient + i128::from(away) * value.signum()
    }
}

macro_rules! fixed_decimal {
    ($(#[$doc:meta])* $name:ident, $scale:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i128);

        impl $name {
            /// Zero.
            pub const ZERO: Self = Self(0);
            /// Decimals kept.
            pub const SCALE: u32 = $scale;
            /// The mantissa of one.
            pub const ONE_MANTISSA: i128 = 10_i128.pow($scale);
            /// One.
            pub const ONE: Self = Self(Self::ONE_MANTISSA);

            /// The number whose mantissa at this scale is `mantissa`.
            pub const fn from_mantissa(mantissa: i128) -> Self {
                Self(mantissa)
            }

            /// The mantissa: the number times ten to the power of [`Self::SCALE`].
            pub const fn mantissa(self) -> i128 {
                self.0
            }

            /// A whole number.
            pub const fn from_integer(value: i64) -> Self {
                Self(value as i128 * Self::ONE_MANTISSA)
            }

            /// Whether the number is zero.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// Whether the number is below zero.
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }

            /// The number without its sign.
            pub const fn abs(self) -> Self {
                Self(self.0.abs())
            }

            /// The sum, or [`DecimalError::Overflow`].
            pub fn checked_add(self, other: Self) -> Result<Self, DecimalError> {
                self.0.checked_add(other.0).map(Self).ok_or(DecimalError::Overflow)
            }

            /// Reads a plain decimal (`-12.5`, `1e-3`), rounding what exceeds the scale.
            pub fn parse_rounded(text: &str, rounding: Rounding) -> Result<Self, DecimalError> {
                parse_mantissa(text, Self::SCALE, Some(rounding)).map(Self)
            }

            /// The share `self / whole`, rounded half to even; `None` when `whole` is zero or the
            /// result does not fit.
            pub fn ratio(self, whole: Self) -> Option<Rate> {
                if whole.0 == 0 {
                    return None;
                }
                let scaled = self.0.checked_mul(Rate::ONE_MANTISSA)?;
                let signed = if whole.0 < 0 { scaled.checked_neg()? } else { scaled };
                Some(Rate::from_mantissa(Rounding::HalfEven.divide(signed, whole.0.abs())))
            }

            /// Rounded to `decimals` (at most the scale), for showing.
            pub fn rounded(self, decimals: u32, rounding: Rounding) -> Self {
                let step = 10_i128.pow(Self::SCALE - decimals.min(Self::SCALE));
                Self(rounding.divide(self.0, step) * step)
            }

            /// The text with exactly `decimals` decimals, rounded half away from zero.
            pub fn to_fixed(self, decimals: u32) -> String {
                let decimals = decimals.min(Self::SCALE);
                let step = 10_i128.pow(Self::SCALE - decimals);
                format_mantissa(Rounding::HalfAwayFromZero.divide(self.0, step), decimals, false)
            }

            /// Crossing, one way, into the floats of the optimisers and of charts.
            #[expect(clippy::cast_precision_loss, clippy::float_arithmetic, reason = "the named one-way crossing into floats")]
            pub fn to_model_f64(self) -> f64 {
                self.0 as f64 / Self::ONE_MANTISSA as f64
            }
        }

        impl FromStr for $name {
            type Err = DecimalError;
            fn from_str(text: &str) -> Result<Self, DecimalError> {
                parse_mantissa(text, Self::SCALE, None).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&format_mantissa(self.0, Self::SCALE, true))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }
        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }
        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }
        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                self.0 -= other.0;
            }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
                items.fold(Self::ZERO, Add::add)
            }
        }

        /// Written as a string, so that no reader turns it into a float.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

fixed_decimal!(
    /// A stored amount of anything: kg, kWh, NOK, pieces. Six decimals, exact.
    Amount,
    6
);
fixed_decimal!(
    /// A factor, share or rate. Twelve decimals, exact.
    Rate,
    12
);

impl Amount {
    /// `self * rate`, rounded once to the scale of amounts.
    ///
    /// # Errors
    /// [`DecimalError::Overflow`] when the exact product does not fit an `i128`.
    pub fn times(self, rate: Rate, rounding: Rounding) -> Result<Self, DecimalError> {
        // Most gases of most rows are none at all.
        if self.0 == 0 {
            return Ok(Self::ZERO);
        }
        let product = self.0.checked_mul(rate.0).ok_or(DecimalError::Overflow)?;
        Ok(Self(rounding.divide(product, Rate::ONE_MANTISSA)))
    }

    /// The same number at the finer scale of rates.
    pub fn to_rate(self) -> Result<Rate, DecimalError> {
        let step = Rate::ONE_MANTISSA / Self::ONE_MANTISSA;
        self.0.checked_mul(step).map(Rate).ok_or(DecimalError::Overflow)
    }
}

impl Rate {
    /// `self * other`, rounded once.
    ///
    /// # Errors
    /// [`DecimalError::Overflow`] when the exact product does not fit an `i128`.
    pub fn times(self, other: Rate, rounding: Rounding) -> Result<Self, DecimalError> {
        let product = self.0.checked_mul(other.0).ok_or(DecimalError::Overflow)?;
        Ok(Self(rounding.divide(product, Self::ONE_MANTISSA)))
    }
}

/// A rate to multiply many amounts by: most rates have few decimals, so that their products fit machine words. Results are
/// those of [`Amount::times`], half to even, to the last digit. It is small, so that many stay in the caches of a processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multiplier(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// The rate without trailing zeros, and the decimals that are left.
    Short { mantissa: i64, decimals: u8 },
    /// A rate with more digits.
    Long(Box<Rate>),
}

const POWERS: [i64; 13] = {
    let mut powers = [1; 13];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

impl Multiplier {
    /// Zero.
    pub const ZERO: Self = Self(Form::Short {
        mantissa: 0,
        decimals: 0,
    });

    /// Prepares a rate.
    pub fn new(rate: Rate) -> Self {
        let (mut mantissa, mut decimals) = (rate.0, 12);
        while decimals > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            decimals -= 1;
        }
        Self(match i64::try_from(mantissa) {
            Ok(mantissa) => Form::Short { mantissa, decimals },
            Err(_) => Form::Long(Box::new(rate)),
        })
    }

    fn rate(&self) -> Rate {
        match &self.0 {
            Form::Short { mantissa, decimals } => {
                let rest = i128::from(POWERS[12 - usize::from(*decimals)]);
                Rate(i128::from(*mantissa) * rest)
            }
            Form::Long(rate) => **rate,
        }
    }

    /// `amount * rate`, rounded once, half to even.
    ///
    /// # Errors
    /// [`DecimalError::Overflow`] when the exact product does not fit an `i128`.
    pub fn times(&self, amount: Amount) -> Result<Amount, DecimalError> {
        if let Form::Short { mantissa, decimals } = &self.0
            && let Ok(value) = i64::try_from(amount.0)
            && let Some(product) = value.checked_mul(*mantissa)
        {
            return Ok(Amount(half_even(product, POWERS[usize::from(*decimals)]).into()));
        }
        amount.times(self.rate(), Rounding::HalfEven)
    }
}

/// `value / divisor`, half to even, of a positive divisor of at most 10¹².
fn half_even(value: i64, divisor: i64) -> i64 {
    let quotient = value / divisor;
    let rest = (value - quotient * divisor).abs();
    let half = divisor - rest;
    let away = rest > half || (rest == half && quotient % 2 != 0);
    quotient + i64::from(away) * value.signum()
}

/// Digits, an optional point, an optional exponent; no blanks, no grouping.
fn parse_mantissa(text: &str, scale: u32, rounding: Option<Rounding>) -> Result<i128, DecimalError> {
    let not_a_number = || DecimalError::NotANumber(text.to_owned());
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().map_err(|_| not_a_number())?),
        None => (text, 0),
    };
    let (negative, digits) = match number.as_bytes().first() {
        Some(b'-') => (true, &number[1..]),
        Some(b'+') => (false, &number[1..]),
        _ => (false, number),
    };
    let mut mantissa: i128 = 0;
    let (mut decimals, mut seen_point, mut seen_digit) = (0_i32, false, false);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                seen_digit = true;
                decimals += i32::from(seen_point);
                mantissa = mantissa
                    .checked_mul(10)
                    .and_then(|m| m.checked_add(i128::from(byte - b'0')))
                    .ok_or(DecimalError::Overflow)?;
            }
            b'.' if !seen_point => seen_point = true,
            _ => return Err(not_a_number()),
        }
    }
    if !seen_digit {
        return Err(not_a_number());
    }
    if mantissa == 0 {
        return Ok(0);
    }
    if negative {
        mantissa = -mantissa;
    }
    shift(
        mantissa,
        i64::from(scale) + i64::from(exponent) - i64::from(decimals),
        rounding,
    )
    .map_err(|e| match e {
        DecimalError::TooPrecise { .. } => DecimalError::TooPrecise {
            text: text.to_owned(),
            scale,
        },
        other => other,
    })
}

/// `mantissa` times ten to the power of `places`.
fn shift(mantissa: i128, places: i64, rounding: Option<Rounding>) -> Result<i128, DecimalError> {
    let power = |n: i64| u32::try_from(n).ok().and_then(|n| 10_i128.checked_pow(n));
    if places >= 0 {
        return power(places)
            .and_then(|p| mantissa.checked_mul(p))
            .ok_or(DecimalError::Overflow);
    }
    let Some(divisor) = power(-places) else {
        return rounding.map(|_| 0).ok_or(DecimalError::TooPrecise {
            text: String::new(),
            scale: 0,
        });
    };
    match rounding {
        Some(rounding) => Ok(rounding.divide(mantissa, divisor)),
        None if mantissa % divisor == 0 => Ok(mantissa / divisor),
        None => Err(DecimalError::TooPrecise {
            text: String::new(),
            scale: 0,
        }),
    }
}

fn format_mantissa(mantissa: i128, scale: u32, trim: bool) -> String {
    let one = 10_u128.pow(scale);
    let magnitude = mantissa.unsigned_abs();
    let sign = if mantissa < 0 { "-" } else { "" };
    let (whole, fraction) = (magnitude / one, magnitude % one);
    let fraction = format!("{fraction:0width$}", width = scale as usize);
    let fraction = if trim {
        fraction.trim_end_matches('0')
    } else {
        &fraction
    };
    if scale == 0 || fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount(text: &str) -> Amount {
        text.parse().expect("a decimal")
    }

    #[test]
    fn reads_and_writes_plain_decimals() {
        for (text, shown) in [
            ("0", "0"),
            ("-12.5", "-12.5"),
            ("2316338.00", "2316338"),
            (".5", "0.5"),
            ("1e3", "1000"),
            ("1.5E-3", "0.0015"),
            ("+7.000000", "7"),
            ("0e99999", "0"),
        ] {
            assert_eq!(amount(text).to_string(), shown, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_a_decimal() {
        for text in ["", "-", ".", "1,5", "1 000", "1.2.3", "abc", "1e", "NaN", "0x10"] {
            assert!(
                matches!(text.parse::<Amount>(), Err(DecimalError::NotANumber(_))),
                "{text}"
            );
        }
        assert!(matches!(
            "0.1234567".parse::<Amount>(),
            Err(DecimalError::TooPrecise { .. })
        ));
        assert_eq!("1e60".parse::<Amount>(), Err(DecimalError::Overflow));
        assert_eq!(
            Amount::parse_rounded("0.12345650000001", Rounding::HalfEven),
            Ok(Amount::from_mantissa(123_457))
        );
        assert_eq!(Amount::parse_rounded("1e-90", Rounding::HalfEven), Ok(Amount::ZERO));
    }

    #[test]
    fn rounds_as_named() {
        for (value, even, away, truncated) in [
            (25, 2, 3, 2),
            (35, 4, 4, 3),
            (-25, -2, -3, -2),
            (24, 2, 2, 2),
            (26, 3, 3, 2),
            (-26, -3, -3, -2),
        ] {
            assert_eq!(Rounding::HalfEven.divide(value, 10), even, "{value} half even");
            assert_eq!(Rounding::HalfAwayFromZero.divide(value, 10), away, "{value} half away");
            assert_eq!(Rounding::Truncate.divide(value, 10), truncated, "{value} truncated");
        }
    }

    proptest! {
        #[test]
        fn a_prepared_rate_multiplies_alike(
            mantissa in prop_oneof![any::<i64>().prop_map(i128::from), -1_000_000_i128..1_000_000, -(1_i128 << 90)..(1_i128 << 90)],
            digits in -1_000_000_000_i128..1_000_000_000,
            zeros in 0_u32..=12,
        ) {
            let rate = Rate::from_mantissa(digits * 10_i128.pow(zeros));
            let amount = Amount::from_mantissa(mantissa);
            prop_assert_eq!(Multiplier::new(rate).times(amount), amount.times(rate, Rounding::HalfEven));
        }
    }

    #[test]
    fn multiplies_once_and_checks() {
        let factor: Rate = "0.000000500001".parse().expect("a rate");
        assert_eq!(
            amount("1000000").times(factor, Rounding::HalfEven),
            Ok(amount("0.500001"))
        );
        let huge = Amount::from_mantissa(i128::MAX / 2);
        assert_eq!(
            huge.times(Rate::from_integer(4), Rounding::HalfEven),
            Err(DecimalError::Overflow)
        );
    }

    #[test]
    fn shares_keep_their_sign() {
        assert_eq!(
            amount("-1").ratio(amount("4")).map(|r| r.to_string()),
            Some("-0.25".into())
        );
        assert_eq!(
            amount("-1").ratio(amount("-4")).map(|r| r.to_string()),
            Some("0.25".into())
        );
        assert_eq!(amount("1").ratio(Amount::ZERO), None);
    }

    proptest! {
        #[test]
        fn rounding_is_to_the_nearest(value in any::<i64>(), scale in any::<i64>(), divisor in 1..i64::MAX) {
            let (value, divisor) = (i128::from(value) * i128::from(scale), i128::from(divisor));
            let off = |rounding: Rounding| value - rounding.divide(value, divisor) * divisor;
            for rounding in [Rounding::HalfEven, Rounding::HalfAwayFromZero] {
                prop_assert!(off(rounding).abs() * 2 <= divisor);
            }
            prop_assert_eq!(off(Rounding::Truncate), value % divisor);
        }

        #[test]
        fn text_round_trips(mantissa in any::<i64>()) {
            let value = Amount::from_mantissa(mantissa.into());
            prop_assert_eq!(value.to_string().parse::<Amount>(), Ok(value));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = text.parse::<Amount>();
            let _ = Rate::parse_rounded(&text, Rounding::HalfEven);
        }
    }
}
