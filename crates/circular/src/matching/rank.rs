//! The ranking and its explanation.

use greenheart_model::MemberId;

use super::case::{Case, Firm, FirmView};
use super::features::{Matcher, Reason, TakerLikeness};
use super::fit::{DistanceFit, QuantityFit, distance_fit, quantity_fit};
use super::learn::Weights;
use crate::stream::{LimitOutcome, LimitResult, Stream, check_limits};

/// Somebody who might take a stream, with what it says it wants, if it says.
#[derive(Debug, Clone, Copy)]
pub struct Taker<'a> {
    /// The firm.
    pub firm: &'a Firm,
    /// Its want that this could meet.
    pub want: Option<&'a Stream>,
}

/// A known case and how like it is.
#[derive(Debug, Clone)]
pub struct Known<'a> {
    /// The case.
    pub case: &'a Case,
    /// 0 to 1.
    pub likeness: f64,
}

/// A taker suggested for a stream, with everything that a person needs to judge it.
#[derive(Debug, Clone)]
pub struct Suggestion<'a> {
    /// Who.
    pub member: MemberId,
    /// Log-odds up to a constant of the question: for ordering, not a probability.
    pub score: f64,
    /// What each kind of evidence adds, largest first; those that add nothing are left out.
    pub reasons: Vec<(Reason, f64)>,
    /// The known case that it resembles most.
    pub resembles: Option<Known<'a>>,
    /// Each limit of the want: passes, fails, or unknown with the missing test.
    pub limits: Vec<LimitResult>,
    /// Distance against the limits of both.
    pub distance: DistanceFit,
    /// Months against months.
    pub quantity: QuantityFit,
    /// The stream is a guess that nobody has confirmed.
    pub inferred: bool,
}

impl Suggestion<'_> {
    /// Whether something known rules it out: a limit that fails or a distance too far. It is still shown, last.
    pub fn is_ruled_out(&self) -> bool {
        let failed = |limit: &LimitResult| matches!(limit.outcome, LimitOutcome::Fail { .. });
        self.limits.iter().any(failed) || matches!(self.distance, DistanceFit::TooFar { .. })
    }

    /// The tests that would settle what is unknown.
    pub fn missing_tests(&self) -> Vec<&'static str> {
        self.limits
            .iter()
            .filter_map(|limit| match limit.outcome {
                LimitOutcome::Unknown { test } => Some(test),
                _ => None,
            })
            .collect()
    }
}

/// What a taker says of itself and wants, read once for many offers.
#[derive(Debug, Clone)]
pub struct ReadTaker {
    firm: FirmView,
    like: TakerLikeness,
}

impl<'a> Matcher<'a> {
    /// Reads a taker. What a firm asks for is part of what it says of itself.
    pub fn read_taker(&self, taker: &Taker<'_>) -> ReadTaker {
        let wanted = taker.want.map_or("", |want| want.text.as_str());
        let firm = self
            .reader
            .firm(taker.firm.nace.as_ref(), &format!("{} {wanted}", taker.firm.text));
        ReadTaker {
            like: self.taker_likeness(&firm),
            firm,
        }
    }

    /// Ranks takers of an offer: those that nothing known rules out first, each part by score, ties by member. The offer's own
    /// member is left out, and so is everybody when the offer was denied or withdrawn.
    pub fn rank(&self, offer: &Stream, takers: &[Taker<'_>], weights: &Weights) -> Vec<Suggestion<'a>> {
        let read: Vec<ReadTaker> = takers.iter().map(|taker| self.read_taker(taker)).collect();
        let pairs: Vec<(Taker<'_>, &ReadTaker)> = takers.iter().copied().zip(&read).collect();
        self.rank_read(offer, &pairs, weights)
    }

    /// The same with takers that were read before.
    pub fn rank_read(
        &self,
        offer: &Stream,
        takers: &[(Taker<'_>, &ReadTaker)],
        weights: &Weights,
    ) -> Vec<Suggestion<'a>> {
        if !offer.is_open() {
            return Vec::new();
        }
        let stream = self.reader.read(offer);
        let likeness = self.likeness(&stream);
        let others = takers.iter().filter(|(taker, _)| taker.firm.member != offer.member);
        let mut ranked: Vec<Suggestion<'a>> = others
            .map(|(taker, read)| {
                let features = self.evidence(
                    &self.tally(&likeness, &read.like, 0..self.cases.len()),
                    &stream,
                    &read.firm,
                );
                let mut reasons: Vec<(Reason, f64)> = Reason::ALL
                    .into_iter()
                    .zip(features.iter().zip(weights.0).map(|(value, weight)| value * weight))
                    .filter(|(_, adds)| adds.abs() > 1e-9)
                    .collect();
                reasons.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                Suggestion {
                    member: taker.firm.member.clone(),
                    score: weights.score(&features),
                    reasons,
                    resembles: self
                        .nearest_case(&likeness, &read.like)
                        .map(|(case, likeness)| Known { case, likeness }),
                    limits: taker.want.map_or_else(Vec::new, |want| check_limits(offer, want)),
                    distance: distance_fit(offer, taker.firm.place, taker.want),
                    quantity: quantity_fit(
                        offer.quantities.as_ref(),
                        taker.want.and_then(|want| want.quantities.as_ref()),
                    ),
                    inferred: matches!(offer.standing, crate::stream::Standing::Inferred(_)),
                }
            })
            .collect();
        ranked.sort_by(|a, b| {
            a.is_ruled_out()
                .cmp(&b.is_ruled_out())
                .then(b.score.total_cmp(&a.score))
                .then(a.member.cmp(&b.member))
        });
        ranked
    }
}
