//! The next introductions to make: exchanges of the best network that nobody follows yet, then the likeliest suggestions.

use std::collections::BTreeSet;

use greenheart_units::{Amount, Rounding};
use serde::{Deserialize, Serialize};

use super::board::BoardRequest;
use super::matching::{MatchRequest, SuggestionLine};
use super::network::NetworkLane;
use crate::{Actor, App, AppError};

/// Introductions at most.
const MOST: usize = 50;

/// Two members to bring together, and why it would work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntroductionLine {
    /// The exchange of the best network, when it is one.
    pub lane: Option<NetworkLane>,
    /// The suggestion with its reasons, limits and the question of law; missing where only the network knows of it.
    pub suggestion: Option<SuggestionLine>,
    /// Promised in a year, units of the exchange.
    pub tonnes: Amount,
}

impl App {
    /// The next introductions to make, at most so many: for those who lead.
    ///
    /// # Errors
    /// Of rights and catalogue.
    pub async fn introductions(&self, actor: &Actor, most: usize) -> Result<Vec<IntroductionLine>, AppError> {
        self.allowed(actor, actor.may_administer(), "circular.introductions", None)
            .await?;
        let view = self.last_network(actor).await?;
        let request = BoardRequest {
            ended: true,
            ..BoardRequest::default()
        };
        let followed: BTreeSet<(String, String)> = self
            .board(actor, &request)
            .await?
            .into_iter()
            .map(|line| (line.offer, line.taker.to_string()))
            .collect();
        let suggestions = self.matches(actor, &MatchRequest::default()).await?;
        let lanes = view.map(|view| view.lanes).unwrap_or_default();
        Ok(choose(lanes, suggestions, &followed, most.min(MOST)))
    }
}

fn choose(
    lanes: Vec<NetworkLane>,
    suggestions: Vec<SuggestionLine>,
    followed: &BTreeSet<(String, String)>,
    most: usize,
) -> Vec<IntroductionLine> {
    let on_board = |offer: &str, taker: &str| followed.contains(&(offer.to_owned(), taker.to_owned()));
    let mut offers: BTreeSet<String> = BTreeSet::new();
    let mut all: Vec<IntroductionLine> = Vec::new();
    for lane in lanes {
        if on_board(&lane.offer, lane.taker.as_str()) {
            continue;
        }
        let found = suggestions
            .iter()
            .find(|one| one.offer.as_deref() == Some(&*lane.offer) && one.taker == lane.taker);
        offers.insert(lane.offer.clone());
        all.push(IntroductionLine {
            suggestion: found.cloned(),
            tonnes: lane.tonnes,
            lane: Some(lane),
        });
    }
    let mut fresh = suggestions;
    // Who asks for it comes first, then what is confirmed, then who would take most.
    fresh.sort_by_key(|one| std::cmp::Reverse((one.want.is_some(), !one.inferred, one.yearly_kg)));
    for one in fresh {
        let Some(offer) = one.offer.clone() else { continue };
        // Only the first of each offer: the others are its alternatives.
        let counts = one.rank == 1 && !one.ruled_out && !one.already && !on_board(&offer, one.taker.as_str());
        if all.len() >= most || !counts || !offers.insert(offer) {
            continue;
        }
        let kg = one.yearly_kg.unwrap_or_default();
        all.push(IntroductionLine {
            lane: None,
            tonnes: Amount::from_mantissa(Rounding::HalfEven.divide(kg.mantissa(), 1_000)),
            suggestion: Some(one),
        });
    }
    all.truncate(most);
    all
}
