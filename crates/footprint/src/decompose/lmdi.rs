//! The logarithmic mean Divisia index, version I, on plain numbers.
//!
//! # Source
//! B. W. Ang, Energy Policy 33 (2005) 867-871 and 86 (2015) 233-238; zeros by the analytic limits of
//! B. W. Ang, F. Q. Zhang, K.-H. Choi, Energy 23 (1998) 489-495, table 2 (small substitutes for zero fail:
//! R. Wood, M. Lenzen, Energy Economics 28 (2006) 1326-1334).

/// The logarithmic mean of two positive numbers; zero when either is zero.
pub fn log_mean(a: f64, b: f64) -> f64 {
    if a <= 0.0 || b <= 0.0 {
        return 0.0;
    }
    let ratio = a / b - 1.0;
    if ratio.abs() < 1e-4 {
        // The quotient loses its digits here; L(b(1+r), b) = b (1 + r/2 - r²/12 + r³/24 - …).
        return b * (1.0 + ratio * (0.5 - ratio * (1.0 / 12.0 - ratio / 24.0)));
    }
    (a - b) / (a / b).ln()
}

/// Contribution of each factor to the change of their product, adding up to it.
///
/// `before` and `after` hold the factors of one product, none negative. A factor that appears or vanishes takes the
/// whole change; several that do so together share it equally, as in the limit where they shrink alike.
pub fn additive(before: &[f64], after: &[f64]) -> Vec<f64> {
    let (start, end): (f64, f64) = (before.iter().product(), after.iter().product());
    let mean = log_mean(end, start);
    if mean > 0.0 {
        let logs = before.iter().zip(after).map(|(x, y)| mean * (y / x).ln());
        return logs.collect();
    }
    let turned = |&(x, y): &(&f64, &f64)| if end > 0.0 { *x == 0.0 } else { *y == 0.0 && *x > 0.0 };
    let count = before.iter().zip(after).filter(turned).count();
    if count == 0 {
        return vec![0.0; before.len()];
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful of factors")]
    let part = (end - start) / count as f64;
    before
        .iter()
        .zip(after)
        .map(|pair| if turned(&pair) { part } else { 0.0 })
        .collect()
}

/// Ratio by which each factor changed the sum over `terms` (factors before, factors after); their product is the
/// ratio of the sums. Terms with a zero are not part of the multiplicative form.
pub fn multiplicative(terms: &[(Vec<f64>, Vec<f64>)]) -> Vec<f64> {
    let product = |factors: &[f64]| factors.iter().product::<f64>();
    let (start, end) = terms.iter().fold((0.0, 0.0), |(start, end), (before, after)| {
        (start + product(before), end + product(after))
    });
    let whole = log_mean(end, start);
    let count = terms.first().map_or(0, |(before, _)| before.len());
    let mut logs = vec![0.0; count];
    for (before, after) in terms {
        let weight = log_mean(product(after), product(before)) / whole;
        for (log, (x, y)) in logs.iter_mut().zip(before.iter().zip(after)) {
            *log += weight * (y / x).ln();
        }
    }
    logs.into_iter().map(f64::exp).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_smooth_where_its_arguments_meet() {
        assert!((log_mean(2.0, 2.0) - 2.0).abs() < 1e-15);
        let near = log_mean(1.0 + 0.99e-4, 1.0);
        let quotient = 0.99e-4 / (0.99e-4_f64).ln_1p();
        assert!((near - quotient).abs() < 1e-13, "{near} {quotient}");
    }

    #[test]
    fn zeros_follow_the_analytic_limits() {
        assert_eq!(additive(&[2.0, 0.0, 3.0], &[2.0, 5.0, 3.0]), [0.0, 30.0, 0.0]);
        assert_eq!(additive(&[2.0, 5.0, 3.0], &[4.0, 0.0, 3.0]), [0.0, -30.0, 0.0]);
        assert_eq!(additive(&[0.0, 0.0, 3.0], &[2.0, 5.0, 3.0]), [15.0, 15.0, 0.0]);
        assert_eq!(additive(&[0.0, 1.0], &[0.0, 9.0]), [0.0, 0.0]);
        // The same as shrinking a stand-in for zero, far beyond what a float could hold.
        let small = additive(&[2.0, 1e-300, 3.0], &[2.0, 5.0, 3.0]);
        assert!((small[1] - 30.0).abs() < 1e-9);
    }
}
