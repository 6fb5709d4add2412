//! The way back from floats into the books: rounded, with the tolerance stated.

use greenheart_units::{Amount, Co2e, Rate};

/// A computed value, rounded, and how far it can be from the exact answer to the same input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounded<T> {
    /// Rounded half away from zero to the decimal place of the tolerance.
    pub value: T,
    /// The exact answer lies within this of `value`.
    pub tolerance: T,
}

/// A computed value that no decimal of ours can hold.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the computed value {0:e} does not fit the decimals of the ledger")]
pub struct TooLarge(pub f64);

impl Rounded<Co2e> {
    /// `kg` kgCO2e known to within `error`.
    pub fn kg(kg: f64, error: f64) -> Result<Self, TooLarge> {
        let (value, tolerance) = mantissas(kg, error, Amount::SCALE)?;
        Ok(Self {
            value: Co2e::new(Amount::from_mantissa(value)),
            tolerance: Co2e::new(Amount::from_mantissa(tolerance)),
        })
    }
}

impl Rounded<Rate> {
    /// `rate` known to within `error`.
    pub fn rate(rate: f64, error: f64) -> Result<Self, TooLarge> {
        let (value, tolerance) = mantissas(rate, error, Rate::SCALE)?;
        Ok(Self {
            value: Rate::from_mantissa(value),
            tolerance: Rate::from_mantissa(tolerance),
        })
    }
}

/// Rounds to the smallest power of ten that is at least the error and the last decimal kept; the tolerance
/// is the error plus what rounding took, again in whole last decimals.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the named way back: range checked, and the tolerance covers what floats cannot hold"
)]
fn mantissas(value: f64, error: f64, scale: u32) -> Result<(i128, i128), TooLarge> {
    // Floats hold about 15.9 digits: what a decimal shows beyond them is noise.
    let error = error + value.abs() * f64::EPSILON;
    let mut step = 1_i128;
    let unit = 10_f64.powi(scale.cast_signed());
    while (step as f64) < error * unit && step < i128::MAX / 10 {
        step *= 10;
    }
    let scaled = value * unit;
    // 2^126 keeps sums of many values within reach.
    if !(scaled.is_finite() && scaled.abs() < 8.5e37 && error.is_finite()) {
        return Err(TooLarge(value));
    }
    let rounded = (scaled / step as f64).round() as i128 * step;
    let off = (rounded as f64 - scaled).abs() + error * unit;
    Ok((rounded, off.ceil() as i128))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_to_the_place_of_the_error() {
        let check = |kg: f64, error: f64, value: &str, tolerance: &str| {
            let rounded = Rounded::kg(kg, error).expect("fits");
            assert_eq!(rounded.value.amount().to_string(), value);
            assert_eq!(rounded.tolerance.amount().to_string(), tolerance);
        };
        check(9_900_000.000_000_4, 0.0, "9900000", "0.000001");
        check(1_234.567_89, 0.03, "1234.6", "0.062111");
        check(-0.25, 0.0, "-0.25", "0.000001");
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        for bad in [f64::NAN, f64::INFINITY, 1e35] {
            assert!(Rounded::kg(bad, 0.0).is_err(), "{bad}");
        }
        assert!(Rounded::kg(1.0, f64::INFINITY).is_err());
    }
}
