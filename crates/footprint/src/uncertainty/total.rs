//! Spread of plain sums and of the change between two of them, where no deliveries stand between.

use std::collections::BTreeMap;

use greenheart_units::{Co2e, Rate};

use super::{Doubt, Quantiles, UncertaintyError, Z95, around, checked_sigma, kg_of};
use crate::Rounded;
use crate::consolidate::ConsolidationError;

/// A term of a sum: its median and what it depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct SumTerm {
    /// Its median, kgCO2e; a credit is negative.
    pub central: Co2e,
    /// What it depends on, as activity and factor.
    pub doubts: Vec<Doubt>,
}

/// A change as a share, with its spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeQuantiles {
    /// From the medians: `after / before - 1`.
    pub central: Rate,
    /// One in twenty is lower.
    pub p5: Rate,
    /// One in twenty is higher.
    pub p95: Rate,
}

/// Spread of the sum of `terms` by first order in logarithms: terms with a source in common move together.
///
/// A sum that is not positive has no logarithm and no spread.
/// # Errors
/// [`UncertaintyError::Sigma`] for an impossible deviation; a sum beyond the decimals.
pub fn total(terms: &[SumTerm]) -> Result<Quantiles, UncertaintyError> {
    let (value, by_source) = sensitivities(terms)?;
    let variance: f64 = by_source.values().map(|part| part * part).sum();
    around((value, variance.sqrt() / value))
}

/// Spread of `after / before - 1`. What both rest on cancels: a factor that is too high is so in both.
///
/// `None` when either sum is not positive.
/// # Errors
/// As [`total`].
pub fn change(before: &[SumTerm], after: &[SumTerm]) -> Result<Option<ChangeQuantiles>, UncertaintyError> {
    let ((start, from), (end, mut to)) = (sensitivities(before)?, sensitivities(after)?);
    if start <= 0.0 || end <= 0.0 {
        return Ok(None);
    }
    for part in to.values_mut() {
        *part /= end;
    }
    for (source, part) in from {
        *to.entry(source).or_insert(0.0) -= part / start;
    }
    let sigma = to.values().map(|part| part * part).sum::<f64>().sqrt();
    let ratio = end / start;
    let rate = |share: f64| -> Result<Rate, UncertaintyError> {
        Ok(Rounded::rate(share, 0.0).map_err(ConsolidationError::from)?.value)
    };
    Ok(Some(ChangeQuantiles {
        central: rate(ratio - 1.0)?,
        p5: rate(ratio * (-Z95 * sigma).exp() - 1.0)?,
        p95: rate(ratio * (Z95 * sigma).exp() - 1.0)?,
    }))
}

/// The sum in kg, and by how many kg it moves for one standard deviation of each source.
fn sensitivities(terms: &[SumTerm]) -> Result<(f64, BTreeMap<&str, f64>), UncertaintyError> {
    let mut value = 0.0;
    let mut by_source: BTreeMap<&str, f64> = BTreeMap::new();
    for term in terms {
        let kg = kg_of(term.central);
        value += kg;
        for doubt in &term.doubts {
            *by_source.entry(&*doubt.source).or_insert(0.0) += kg * checked_sigma(doubt.sigma)?;
        }
    }
    Ok((value, by_source))
}

#[cfg(test)]
mod tests {
    use greenheart_units::Amount;

    use super::*;

    fn term(kg: i64, doubts: &[(&str, f64)]) -> SumTerm {
        SumTerm {
            central: Co2e::new(Amount::from_integer(kg)),
            doubts: doubts
                .iter()
                .map(|(source, sigma)| Doubt {
                    source: (*source).into(),
                    sigma: *sigma,
                })
                .collect(),
        }
    }

    fn sigma(quantiles: &Quantiles) -> f64 {
        let high = quantiles.p95.amount().to_model_f64() / quantiles.central.amount().to_model_f64();
        high.ln() / Z95
    }

    #[test]
    fn one_source_moves_all_its_terms_and_two_average_out() {
        let shared = total(&[term(600, &[("f", 0.1)]), term(400, &[("f", 0.1)])]).expect("a spread");
        assert!((sigma(&shared) - 0.1).abs() < 1e-9);
        let apart = total(&[term(600, &[("f", 0.1)]), term(400, &[("g", 0.1)])]).expect("a spread");
        assert!((sigma(&apart) - 0.1 * 0.52_f64.sqrt()).abs() < 1e-9);
        assert_eq!(shared.central, Co2e::new(Amount::from_integer(1000)));
        assert_eq!(shared.central, shared.p50, "the deterministic value is the median");
        assert!(shared.p5 < shared.p50 && shared.p50 < shared.p95);
    }

    #[test]
    fn what_both_years_rest_on_does_not_blur_their_change() {
        let same = change(&[term(1000, &[("f", 0.5)])], &[term(800, &[("f", 0.5)])]);
        let same = same.expect("a spread").expect("positive");
        assert_eq!((same.p5, same.p95), (same.central, same.central));
        assert_eq!(same.central.to_string(), "-0.2");
        let apart = change(&[term(1000, &[("f", 0.1)])], &[term(800, &[("g", 0.1)])]);
        let apart = apart.expect("a spread").expect("positive");
        assert!(apart.p5 < same.central && same.central < apart.p95);
        assert_eq!(change(&[], &[term(1, &[])]), Ok(None));
    }

    #[test]
    fn impossible_deviations_are_refused() {
        assert_eq!(total(&[term(1, &[("f", -0.1)])]), Err(UncertaintyError::Sigma(-0.1)));
        let nothing = total(&[]).expect("nothing is sure");
        assert_eq!((nothing.central, nothing.p95), (Co2e::ZERO, Co2e::ZERO));
    }
}
