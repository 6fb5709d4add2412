//! Where a yearly figure is heading when nothing is done but what is done already.
//!
//! The method is a random walk with drift on logarithms: what has been seen are yearly changes, and the years to come draw
//! theirs from the same lot. It is meant for three to ten yearly values, where anything with more parameters would fit noise.

use std::f64::consts::PI;

use greenheart_units::Rate;

use crate::{Rounded, TooLarge};

/// Fewest yearly changes from which a spread can be told.
pub const LEAST_CHANGES: usize = 2;

/// Why there is no forecast.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ForecastError {
    /// One change says nothing of how much changes differ.
    #[error("{0} yearly changes are known, and a spread needs two")]
    TooFew(usize),
    /// Logarithms need values above zero.
    #[error("the value of {year} is {value}, and must be above zero")]
    NotPositive {
        /// Which year.
        year: i16,
        /// Its value.
        value: f64,
    },
    /// The asked year is no later than the last known one.
    #[error("{0} has been seen already")]
    Over(i16),
}

/// A value to come: lognormal about the drift, with the heavier tails of few observations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Logarithm of the median.
    location: f64,
    /// Standard error of the logarithm.
    scale: f64,
    /// Degrees of freedom of the t distribution.
    freedom: u32,
    /// Mean yearly change of the logarithm.
    pub drift: f64,
    /// Standard deviation of yearly changes of the logarithm.
    pub spread: f64,
    /// Yearly changes it rests on.
    pub changes: usize,
}

/// Forecasts the value of `year` from `observed`, pairs of year and value in the order of years. Years between two observations
/// that are missing are bridged by the mean change; the last observation is where the way begins.
///
/// With `n` changes of mean `m` and standard deviation `s`, `h` years ahead: median `ln v + h m`, standard error
/// `s sqrt(h + h^2 / n)` (the years to come, and how well `m` is known), t distribution of `n - 1` degrees.
///
/// # Errors
/// [`ForecastError`].
/// # Source
/// R. J. Hyndman, G. Athanasopoulos, Forecasting: Principles and Practice, 3rd edition (2021), section 5.2, drift method; the
/// spread of the drift as for a sample mean.
pub fn forecast(observed: &[(i16, f64)], year: i16) -> Result<Forecast, ForecastError> {
    for &(year, value) in observed {
        if !(value.is_finite() && value > 0.0) {
            return Err(ForecastError::NotPositive { year, value });
        }
    }
    let changes: Vec<f64> = observed
        .windows(2)
        .filter(|pair| pair[1].0 > pair[0].0)
        .map(|pair| (pair[1].1 / pair[0].1).ln() / f64::from(pair[1].0 - pair[0].0))
        .collect();
    let Some(&(last, value)) = observed.last().filter(|_| changes.len() >= LEAST_CHANGES) else {
        return Err(ForecastError::TooFew(changes.len()));
    };
    if year <= last {
        return Err(ForecastError::Over(year));
    }
    let (count, ahead) = (count(changes.len()), f64::from(year - last));
    let drift = changes.iter().sum::<f64>() / count;
    let squares: f64 = changes.iter().map(|change| (change - drift).powi(2)).sum();
    let spread = (squares / (count - 1.0)).sqrt();
    Ok(Forecast {
        location: value.ln() + ahead * drift,
        scale: spread * (ahead + ahead * ahead / count).sqrt(),
        freedom: u32::try_from(changes.len() - 1).unwrap_or(u32::MAX),
        drift,
        spread,
        changes: changes.len(),
    })
}

fn count(changes: usize) -> f64 {
    f64::from(u32::try_from(changes).unwrap_or(u32::MAX))
}

/// P5, median and P95 of a value to come, rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// One in twenty is lower.
    pub p5: Rate,
    /// The median.
    pub p50: Rate,
    /// One in twenty is higher.
    pub p95: Rate,
}

/// A forecast claims no more digits than this.
const CLAIMED: f64 = 1e-6;

impl Forecast {
    /// The band of a value that is a share of something.
    ///
    /// # Errors
    /// When a bound does not fit: a spread so wide says nothing.
    pub fn band(&self) -> Result<Band, TooLarge> {
        let rate = |share: f64| Rounded::<Rate>::rate(self.quantile(share), CLAIMED).map(|rounded| rounded.value);
        Ok(Band {
            p5: rate(0.05)?,
            p50: rate(0.5)?,
            p95: rate(0.95)?,
        })
    }

    /// Probability that the value is at least (`upwards`) or at most `limit`.
    pub fn reaches(&self, limit: Rate, upwards: bool) -> Result<Rate, TooLarge> {
        let below = self.at_most(limit.to_model_f64());
        let probability = if upwards { 1.0 - below } else { below };
        Rounded::<Rate>::rate(probability, CLAIMED).map(|rounded| rounded.value)
    }

    /// The value that is not exceeded with probability `share`, which lies between 0 and 1.
    pub fn quantile(&self, share: f64) -> f64 {
        (self.location + self.scale * t_quantile(share, self.freedom)).exp()
    }

    /// Probability that the value is at most `limit`.
    pub fn at_most(&self, limit: f64) -> f64 {
        if limit <= 0.0 {
            return 0.0;
        }
        let off = limit.ln() - self.location;
        if self.scale > 0.0 {
            return t_distribution(off / self.scale, self.freedom);
        }
        // Every year changed alike: the value is certain as far as the past tells.
        f64::from(u8::from(off >= 0.0))
    }
}

/// Distribution function of Student's t for whole degrees of freedom.
///
/// # Source
/// M. Abramowitz, I. Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4.
pub fn t_distribution(t: f64, freedom: u32) -> f64 {
    let root = f64::from(freedom.max(1)).sqrt();
    let angle = (t / root).atan();
    let (sine, cosine) = angle.sin_cos();
    let square = cosine * cosine;
    let odd = freedom.max(1) % 2 == 1;
    // 1 + 2/3 c^2 + (2 4)/(3 5) c^4 ... for odd, 1 + 1/2 c^2 + (1 3)/(2 4) c^4 ... for even degrees.
    let (mut term, mut sum) = (1.0, 0.0);
    let mut at = if odd { 3 } else { 2 };
    while at <= freedom {
        sum += term;
        term *= square * f64::from(at - 1) / f64::from(at);
        at += 2;
    }
    let within = if odd {
        2.0 / PI * (angle + sine * cosine * sum)
    } else {
        sine * sum
    };
    f64::midpoint(1.0, within)
}

/// The quantile of Student's t, by halving; exact to the last digits of a float.
fn t_quantile(share: f64, freedom: u32) -> f64 {
    let (mut low, mut high) = (-1e6, 1e6);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if t_distribution(middle, freedom) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(got: f64, expected: f64, within: f64) {
        assert!((got - expected).abs() <= within, "{got}, expected {expected}");
    }

    /// Percentage points of the t distribution as every table prints them.
    #[test]
    fn the_t_distribution_of_the_tables() {
        for (freedom, t) in [
            (1, 6.313_752),
            (2, 2.919_986),
            (3, 2.353_363),
            (4, 2.131_847),
            (5, 2.015_048),
            (30, 1.697_261),
        ] {
            close(t_distribution(t, freedom), 0.95, 1e-6);
            close(t_distribution(-t, freedom), 0.05, 1e-6);
            close(t_quantile(0.95, freedom), t, 1e-5);
        }
        close(t_distribution(0.0, 7), 0.5, 1e-15);
    }

    #[test]
    fn a_steady_way_goes_on() {
        let steady = [(2019, 100.0), (2020, 95.0), (2021, 90.25)];
        let found = forecast(&steady, 2023).expect("a forecast");
        close(found.quantile(0.5), 90.25 * 0.95 * 0.95, 1e-9);
        close(found.drift.exp(), 0.95, 1e-12);
        assert!(found.spread < 1e-12);
        close(found.at_most(82.0), 1.0, 1e-6);
        close(found.at_most(81.0), 0.0, 1e-6);
    }

    /// Changes of ln 1.1 and ln 0.9: mean -0.005025, deviation 0.1418956; two years ahead the error is that times 2.
    #[test]
    fn by_hand() {
        let observed = [(2019, 100.0), (2020, 110.0), (2021, 99.0)];
        let found = forecast(&observed, 2023).expect("a forecast");
        close(found.quantile(0.5), 99.0 * 0.99, 1e-9);
        close(found.spread, 0.141_895_6, 1e-6);
        close(found.scale, 0.141_895_6 * 2.0, 1e-6);
        close(found.at_most(99.0 * 0.99), 0.5, 1e-12);
        close(
            found.quantile(0.95) / found.quantile(0.5),
            (0.283_791_2_f64 * 6.313_752).exp(),
            1e-4,
        );
        close(found.at_most(found.quantile(0.2)), 0.2, 1e-9);
    }

    #[test]
    fn a_missing_year_is_bridged() {
        let with = forecast(&[(2019, 100.0), (2021, 121.0), (2022, 133.1)], 2023).expect("a forecast");
        close(with.quantile(0.5), 146.41, 1e-9);
    }

    #[test]
    fn what_cannot_be_told_is_refused() {
        assert_eq!(
            forecast(&[(2019, 1.0), (2020, 1.0)], 2023),
            Err(ForecastError::TooFew(1))
        );
        assert_eq!(forecast(&[], 2023), Err(ForecastError::TooFew(0)));
        let seen = [(2019, 1.0), (2020, 1.0), (2021, 1.0)];
        assert_eq!(forecast(&seen, 2021), Err(ForecastError::Over(2021)));
        let zero = [(2019, 1.0), (2020, 0.0), (2021, 1.0)];
        assert!(matches!(
            forecast(&zero, 2023),
            Err(ForecastError::NotPositive { year: 2020, .. })
        ));
        assert!(forecast(&[(2019, f64::NAN), (2020, 1.0), (2021, 1.0)], 2023).is_err());
    }
}
