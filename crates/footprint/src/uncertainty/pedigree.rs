//! From five scores to the spread of a lognormal distribution.
//!
//! # Source
//! Factors: R. Frischknecht, N. Jungbluth (eds.), Overview and Methodology, ecoinvent report 1 (2007), tables 7.2
//! to 7.4, as carried by brightway-lca/pedigree_matrix (BSD-3-Clause); empirical set: A. Ciroth, S. Muller,
//! B. Weidema, P. Lesage, Int. J. Life Cycle Assess. 21 (2016) 1338-1348.

use greenheart_model::Pedigree;

/// Which factors the scores stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PedigreeSet {
    /// The expert estimates that most databases used.
    Expert,
    /// The factors that were later measured.
    Empirical,
}

/// Reliability, completeness, temporal, geographical and technological correlation, scores 1 to 5.
type Factors = [[f64; 5]; 5];

const EXPERT: Factors = [
    [1.0, 1.05, 1.1, 1.2, 1.5],
    [1.0, 1.02, 1.05, 1.1, 1.2],
    [1.0, 1.03, 1.1, 1.2, 1.5],
    [1.0, 1.01, 1.02, 1.02, 1.1],
    [1.0, 1.0, 1.2, 1.5, 2.0],
];
const EMPIRICAL: Factors = [
    [1.0, 1.54, 1.61, 1.69, 1.69],
    [1.0, 1.03, 1.04, 1.08, 1.08],
    [1.0, 1.03, 1.1, 1.19, 1.29],
    [1.0, 1.04, 1.08, 1.11, 1.11],
    [1.0, 1.18, 1.65, 2.08, 2.8],
];

/// Scores or a basic factor outside what the matrix knows.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PedigreeError {
    /// A score is not 1 to 5.
    #[error("pedigree score {0} is not 1 to 5")]
    Score(u8),
    /// The basic uncertainty factor is below one.
    #[error("a basic uncertainty factor of {0} is below one")]
    Basic(f64),
}

/// `sigma`, the standard deviation of the logarithm, for pedigree scores and a basic factor (1.05 for energy,
/// materials and CO2, 1.5 for methane of combustion, 2 for transport, 3 for infrastructure).
///
/// `exp(2 sigma)` is the squared geometric standard deviation, between whose inverse and itself 95 % of values lie.
pub fn sigma(scores: Pedigree, basic: f64, set: PedigreeSet) -> Result<f64, PedigreeError> {
    if basic.is_nan() || basic < 1.0 {
        return Err(PedigreeError::Basic(basic));
    }
    let factors = match set {
        PedigreeSet::Expert => &EXPERT,
        PedigreeSet::Empirical => &EMPIRICAL,
    };
    let mut sum = basic.ln().powi(2);
    for (row, score) in factors.iter().zip(scores) {
        let factor = usize::from(score).checked_sub(1).and_then(|at| row.get(at));
        sum += factor.ok_or(PedigreeError::Score(score))?.ln().powi(2);
    }
    Ok(sum.sqrt() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_give_the_published_spread() {
        for (scores, basic, spread) in [
            ([1, 1, 1, 1, 1], 1.05, 1.05),
            ([2, 3, 1, 2, 1], 1.05, 1.088_815_959_955_969_2),
            ([4, 5, 5, 5, 4], 1.5, 2.125_846_061_212_347_8),
            ([3, 2, 2, 2, 3], 2.0, 2.062_620_492_502_909_5),
        ] {
            let sigma = sigma(scores, basic, PedigreeSet::Expert).expect("known scores");
            assert!(((2.0 * sigma).exp() - spread).abs() < 1e-12, "{scores:?}");
        }
        assert_eq!(sigma([1; 5], 1.0, PedigreeSet::Empirical), Ok(0.0));
        let alone = sigma([2, 1, 1, 1, 1], 1.0, PedigreeSet::Empirical).expect("known scores");
        assert!(((2.0 * alone).exp() - 1.54).abs() < 1e-12);
    }

    #[test]
    fn what_the_matrix_does_not_know_is_an_error() {
        assert_eq!(
            sigma([0, 1, 1, 1, 1], 1.05, PedigreeSet::Expert),
            Err(PedigreeError::Score(0))
        );
        assert_eq!(
            sigma([1, 1, 1, 1, 6], 1.05, PedigreeSet::Expert),
            Err(PedigreeError::Score(6))
        );
        assert_eq!(sigma([1; 5], 0.9, PedigreeSet::Expert), Err(PedigreeError::Basic(0.9)));
    }
}
