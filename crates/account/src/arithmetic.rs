//! Exact steps that the books need and `Amount` alone does not offer.

use greenheart_model::GasMasses;
use greenheart_units::{Amount, DecimalError, Rounding};

/// `value * numerator / denominator`, rounded once, half to even.
///
/// # Errors
/// Overflow of the exact product after cancelling, and a denominator of zero.
pub(crate) fn scale(value: Amount, numerator: i128, denominator: i128) -> Result<Amount, DecimalError> {
    if denominator == 0 {
        return Err(DecimalError::Overflow);
    }
    let (numerator, denominator) = if denominator < 0 {
        let negated = numerator.checked_neg().zip(denominator.checked_neg());
        negated.ok_or(DecimalError::Overflow)?
    } else {
        (numerator, denominator)
    };
    let common = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
    let (numerator, denominator) = (divide_exactly(numerator, common), divide_exactly(denominator, common));
    let common = gcd(value.mantissa().unsigned_abs(), denominator.unsigned_abs());
    let (mantissa, denominator) = (
        divide_exactly(value.mantissa(), common),
        divide_exactly(denominator, common),
    );
    let product = mantissa.checked_mul(numerator).ok_or(DecimalError::Overflow)?;
    Ok(Amount::from_mantissa(Rounding::HalfEven.divide(product, denominator)))
}

/// The difference, checked.
pub(crate) fn minus(a: Amount, b: Amount) -> Result<Amount, DecimalError> {
    let difference = a.mantissa().checked_sub(b.mantissa());
    difference.map(Amount::from_mantissa).ok_or(DecimalError::Overflow)
}

/// Every gas through `step`.
pub(crate) fn each_gas(
    gases: &GasMasses,
    step: impl Fn(Amount) -> Result<Amount, DecimalError>,
) -> Result<GasMasses, DecimalError> {
    Ok(GasMasses {
        co2: step(gases.co2)?,
        ch4_fossil: step(gases.ch4_fossil)?,
        ch4_biogenic: step(gases.ch4_biogenic)?,
        n2o: step(gases.n2o)?,
        co2_biogenic: step(gases.co2_biogenic)?,
        co2e_other: step(gases.co2e_other)?,
    })
}

/// The difference by gas.
pub(crate) fn minus_gases(a: &GasMasses, b: &GasMasses) -> Result<GasMasses, DecimalError> {
    Ok(GasMasses {
        co2: minus(a.co2, b.co2)?,
        ch4_fossil: minus(a.ch4_fossil, b.ch4_fossil)?,
        ch4_biogenic: minus(a.ch4_biogenic, b.ch4_biogenic)?,
        n2o: minus(a.n2o, b.n2o)?,
        co2_biogenic: minus(a.co2_biogenic, b.co2_biogenic)?,
        co2e_other: minus(a.co2e_other, b.co2e_other)?,
    })
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// `value / divisor` where nothing is left over; a divisor beyond `i128` leaves the value as it is.
fn divide_exactly(value: i128, divisor: u128) -> i128 {
    i128::try_from(divisor).map_or(value, |divisor| value / divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: i128, numerator: i128, denominator: i128, expect: Result<i128, DecimalError>) {
        let found = scale(Amount::from_mantissa(value), numerator, denominator);
        assert_eq!(
            found.map(Amount::mantissa),
            expect,
            "{value} * {numerator} / {denominator}"
        );
    }

    #[test]
    fn scales_exactly() {
        check(100, 1, 3, Ok(33));
        check(25, 1, 10, Ok(2));
        check(-100, 2, 3, Ok(-67));
        check(100, -2, -4, Ok(50));
        check(i128::MAX, 7, 7, Ok(i128::MAX));
        check(10_i128.pow(30), 10_i128.pow(20), 10_i128.pow(21), Ok(10_i128.pow(29)));
        check(1, 1, 0, Err(DecimalError::Overflow));
        check(i128::MAX, 3, 2, Err(DecimalError::Overflow));
        check(0, 5, 7, Ok(0));
    }
}
