//! Whole øre, kilograms and kilowatt hours, and the one place where plans in floats become whole.

use greenheart_model::Date;

/// Hundredths of a krone.
pub(crate) type Ore = i64;

/// The nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "plans stay far below 2^53")]
pub(crate) fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// A whole number for planning with.
#[expect(clippy::cast_precision_loss, reason = "plans stay far below 2^53")]
pub(crate) const fn real(value: i64) -> f64 {
    value as f64
}

/// Øre of so many kroner.
pub(crate) fn ore(kroner: f64) -> Ore {
    whole(kroner * 100.0)
}

/// `amount * permille / 1000`, a half away from zero.
pub(crate) const fn permille(amount: i64, permille: i64) -> i64 {
    let product = amount * permille;
    (product + 500 * product.signum()) / 1000
}

/// `total` in parts by weight, exactly: cumulative shares, the last part takes what is left.
pub(crate) fn split(total: i64, weights: &[f64]) -> Vec<i64> {
    let sum: f64 = weights.iter().sum();
    let (mut seen, mut given) = (0.0, 0);
    let mut parts = Vec::with_capacity(weights.len());
    for (at, weight) in weights.iter().enumerate() {
        seen += weight;
        let until = if at + 1 == weights.len() || sum <= 0.0 {
            total
        } else {
            whole(real(total) * seen / sum)
        };
        parts.push(until - given);
        given = until;
    }
    parts
}

/// Appends a whole number.
pub(crate) fn push_int(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    push_unsigned(out, value.unsigned_abs(), 1);
}

/// Appends a number of at least `width` digits.
pub(crate) fn push_unsigned(out: &mut Vec<u8>, value: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let (mut rest, mut at) = (value, digits.len());
    while rest > 0 || digits.len() - at < width {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends a number kept in units of ten to the power of minus `decimals`, with all of them.
pub(crate) fn push_fixed(out: &mut Vec<u8>, value: i64, decimals: u32, mark: u8) {
    if value < 0 {
        out.push(b'-');
    }
    let one = 10_u64.pow(decimals);
    push_unsigned(out, value.unsigned_abs() / one, 1);
    if decimals > 0 {
        out.push(mark);
        push_unsigned(out, value.unsigned_abs() % one, decimals as usize);
    }
}

/// Appends `31.01.2024`, as Norwegians write a date.
pub(crate) fn push_day_first(out: &mut Vec<u8>, date: Date) {
    push_unsigned(out, date.day().unsigned_abs().into(), 2);
    out.push(b'.');
    push_unsigned(out, date.month().unsigned_abs().into(), 2);
    out.push(b'.');
    push_unsigned(out, date.year().unsigned_abs().into(), 4);
}

/// Appends `2024-01-31`.
pub(crate) fn push_date(out: &mut Vec<u8>, date: Date) {
    push_unsigned(out, date.year().unsigned_abs().into(), 4);
    out.push(b'-');
    push_unsigned(out, date.month().unsigned_abs().into(), 2);
    out.push(b'-');
    push_unsigned(out, date.day().unsigned_abs().into(), 2);
}

/// Appends kroner and øre with a point.
pub(crate) fn push_money(out: &mut Vec<u8>, amount: Ore) {
    push_fixed(out, amount, 2, b'.');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up() {
        for total in [0, 1, 99, 1_000_003, -77] {
            let parts = split(total, &[1.0, 0.3, 2.7]);
            assert_eq!(parts.iter().sum::<i64>(), total);
        }
        assert_eq!(split(10, &[0.0, 0.0]), [10, 0]);
    }

    #[test]
    fn numbers_as_text() {
        let shown = |value, decimals, mark| {
            let mut out = Vec::new();
            push_fixed(&mut out, value, decimals, mark);
            String::from_utf8(out).expect("digits")
        };
        assert_eq!(shown(-5, 2, b'.'), "-0.05");
        assert_eq!(shown(123_456, 3, b','), "123,456");
        assert_eq!(shown(0, 0, b','), "0");
    }

    #[test]
    fn shares_round_a_half_away_from_zero() {
        assert_eq!(permille(1002, 250), 251);
        assert_eq!(permille(-1002, 250), -251);
    }
}
