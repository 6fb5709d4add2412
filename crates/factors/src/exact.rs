//! Published numbers, exact until they are rounded once into a rate.

use greenheart_units::{Rate, Rounding};

/// Digits of a number; more is not a published figure.
const MOST_DIGITS: usize = 30;
/// Decimals of a number; smaller is nothing.
const MOST_SCALE: u32 = 36;

/// A decimal as it stood: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exact {
    mantissa: i128,
    scale: u32,
}

/// A fraction of whole numbers by which a published figure is multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ratio {
    pub(crate) num: i128,
    pub(crate) den: i128,
}

impl Ratio {
    pub(crate) const ONE: Self = Self { num: 1, den: 1 };

    pub(crate) const fn new(num: i128, den: i128) -> Self {
        Self { num, den }
    }

    /// Both one after the other; `None` when it grows too large.
    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let (num, den) = (self.num.checked_mul(other.num)?, self.den.checked_mul(other.den)?);
        let shared = gcd(num.unsigned_abs(), den.unsigned_abs());
        let shared = i128::try_from(shared.max(1)).ok()?;
        Some(Self::new(num / shared, den / shared))
    }

    /// The ratio that undoes this one.
    pub(crate) const fn inverse(self) -> Self {
        Self::new(self.den, self.num)
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Exact {
    pub(crate) const ZERO: Self = Self { mantissa: 0, scale: 0 };

    /// Reads `-12.5`, `1,234.5`, `4.57e-09`; `None` when it is no number. Spaces around it are nothing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (body, exponent) = match text.split_once(['e', 'E']) {
            Some((body, exponent)) => (body, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, body) = match body.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, body.strip_prefix('+').unwrap_or(body)),
        };
        let (whole, decimals) = body.split_once('.').unwrap_or((body, ""));
        let whole = grouped(whole)?;
        if whole.is_empty() && decimals.is_empty() {
            return None;
        }
        let digits = format!("{whole}{decimals}");
        let digits = digits.trim_start_matches('0');
        if digits.len() > MOST_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mantissa = if digits.is_empty() {
            0
        } else {
            digits.parse::<i128>().ok()?
        };
        let signed = if negative { -mantissa } else { mantissa };
        Self::shifted(signed, i64::try_from(decimals.len()).ok()? - i64::from(exponent))
    }

    /// `mantissa` with the decimal point `scale` places to the left, which may be negative.
    fn shifted(mantissa: i128, scale: i64) -> Option<Self> {
        if mantissa == 0 {
            return Some(Self::ZERO);
        }
        if let Ok(scale) = u32::try_from(scale) {
            return (scale <= MOST_SCALE).then_some(Self { mantissa, scale });
        }
        let up = u32::try_from(scale.checked_neg()?)
            .ok()
            .filter(|up| *up <= MOST_SCALE)?;
        let mantissa = mantissa.checked_mul(10_i128.checked_pow(up)?)?;
        Some(Self { mantissa, scale: 0 })
    }

    /// Times a ratio, rounded once, half to even; `None` when it does not fit.
    pub(crate) fn rate(self, ratio: Ratio) -> Option<Rate> {
        if ratio.den <= 0 {
            return None;
        }
        let mut num = self.mantissa.checked_mul(ratio.num)?;
        let mut den = ratio.den;
        let scale = self.scale;
        if scale <= Rate::SCALE {
            num = num.checked_mul(10_i128.checked_pow(Rate::SCALE - scale)?)?;
        } else {
            den = den.checked_mul(10_i128.checked_pow(scale - Rate::SCALE)?)?;
        }
        Some(Rate::from_mantissa(Rounding::HalfEven.divide(num, den)))
    }
}

/// The digits of a whole part, without the commas of thousands; `None` for a misplaced comma.
fn grouped(whole: &str) -> Option<String> {
    if !whole.contains(',') {
        return Some(whole.to_owned());
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len()) && groups.clone().all(|group| group.len() == 3);
    fits.then(|| std::iter::once(first).chain(groups).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_publications_write() {
        let rate = |text: &str, ratio| Exact::parse(text).and_then(|e| e.rate(ratio)).map(|r| r.to_string());
        assert_eq!(rate("4.57e-09", Ratio::ONE).as_deref(), Some("0.00000000457"));
        assert_eq!(rate("1,234.5", Ratio::new(1, 1000)).as_deref(), Some("1.2345"));
        assert_eq!(rate(" 0 ", Ratio::ONE).as_deref(), Some("0"));
        assert_eq!(rate("-2", Ratio::new(1, 3)).as_deref(), Some("-0.666666666667"));
        assert_eq!(rate("12e3", Ratio::new(1, 1000)).as_deref(), Some("12"));
        for wrong in ["", "-", "NA", "1,23", "1.2.3", "1e", "9e99", "..", "1e-80"] {
            assert_eq!(Exact::parse(wrong), None, "{wrong}");
        }
        assert_eq!(rate("1", Ratio::new(1, 0)), None);
        assert_eq!(rate("99999999999999999999999999", Ratio::new(1 << 60, 1)), None);
    }
}
