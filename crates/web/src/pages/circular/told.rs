//! What the pages of circular exchange say of a stream and of a suggestion.

use greenheart_app::circular::{LimitState, NetworkLane, SuggestionLine, in_one_language, word_of};
use greenheart_model::{Ref, WasteCode, waste_list};
use greenheart_units::{Amount, parse_number};

use crate::error::PageError;
use crate::numbers;
use crate::shown::why;
use crate::words::{Tongue, Words};

/// Reasons that a page names.
const REASONS: usize = 3;

/// A suggestion in words.
#[derive(Default)]
pub struct Suggested {
    pub offer: String,
    pub what: String,
    pub giver: String,
    pub taker: String,
    pub taker_id: String,
    pub want: String,
    pub want_text: String,
    pub reasons: Vec<String>,
    pub distance: String,
    pub quantity: String,
    pub limits: Vec<String>,
    pub resembles: String,
    pub law: Vec<String>,
    pub ruled_out: bool,
    pub inferred: bool,
}

/// A suggestion for the page.
pub fn suggested(one: &SuggestionLine, words: &Words) -> Suggested {
    let mut reasons: Vec<String> = Vec::new();
    reasons.extend(one.want.as_ref().map(|_| words.text("reason-want")));
    let adding = one.reasons.iter().filter(|(_, adds)| *adds > 0.0).take(REASONS);
    reasons.extend(adding.map(|(reason, _)| words.name("reason", &word_of(reason))));
    reasons.extend(one.already.then(|| words.text("reason-already")));
    Suggested {
        offer: one.offer.clone().unwrap_or_default(),
        what: called(&one.offer_text, words),
        giver: one
            .giver_name
            .clone()
            .unwrap_or_else(|| words.text("circular-somebody")),
        taker: one.taker_name.clone(),
        taker_id: one.taker.to_string(),
        want: one.want.clone().unwrap_or_default(),
        want_text: one
            .want_text
            .as_ref()
            .map(|text| called(text, words))
            .unwrap_or_default(),
        reasons,
        distance: match one.distance_km {
            Some(km) => {
                let km = whole(km, words);
                let key = if one.too_far {
                    "circular-too-far"
                } else {
                    "circular-distance"
                };
                words.with(key, &[("km", &km)])
            }
            None => String::new(),
        },
        quantity: match one.quantity {
            Some((of_offer, of_want, months)) => words.with(
                "circular-fit",
                &[
                    ("offer", &percent(of_offer)),
                    ("want", &percent(of_want)),
                    ("months", &months.to_string()),
                ],
            ),
            None => String::new(),
        },
        limits: one
            .limits
            .iter()
            .map(|limit| {
                let state = words.name("limit", &word_of(&limit.state));
                match limit.state {
                    LimitState::Pass => format!("{}: {state}", limit.property),
                    LimitState::Fail | LimitState::Unknown => format!("{}: {state} ({})", limit.property, limit.detail),
                }
            })
            .collect(),
        resembles: one
            .resembles
            .as_ref()
            .map(|(name, source, _)| words.with("circular-resembles", &[("name", name), ("source", source)]))
            .unwrap_or_default(),
        law: law(&one.gate, words),
        ruled_out: one.ruled_out,
        inferred: one.inferred,
    }
}

/// An exchange of the network that no suggestion tells of.
pub fn of_lane(lane: &NetworkLane, words: &Words) -> Suggested {
    Suggested {
        offer: lane.offer.clone(),
        what: called(&lane.offer_text, words),
        giver: lane.giver_name.clone(),
        taker: lane.taker_name.clone(),
        taker_id: lane.taker.to_string(),
        want: lane.want.clone(),
        want_text: called(&lane.want_text, words),
        reasons: vec![words.text("reason-process")],
        distance: words.with(
            "circular-distance",
            &[("km", &numbers::number(lane.km, 0, words.tongue))],
        ),
        quantity: String::new(),
        limits: Vec::new(),
        resembles: String::new(),
        law: law(&lane.gate, words),
        ruled_out: false,
        inferred: false,
    }
}

/// Rows of the ledger with the address of each one's reason.
pub fn linked(rows: &[String]) -> Vec<(String, String)> {
    let linked = rows.iter().filter_map(|row| {
        let reference: Ref = row.parse().ok()?;
        Some((why(&reference), row.rsplit('/').next().unwrap_or_default().to_owned()))
    });
    linked.collect()
}

/// What the law asks, in words.
pub fn law(gate: &greenheart_app::circular::GateView, words: &Words) -> Vec<String> {
    if !gate.applies {
        return vec![words.text("law-not-waste")];
    }
    let mut said = vec![match gate.open {
        Some(route) => words.name("route", &word_of(&route)),
        None => words.text("law-waste-until-shown"),
    }];
    said.extend(gate.flags.iter().map(|flag| words.name("flag", &word_of(flag))));
    said
}

/// What a stream is: its words, and the name of its code in the reader's language.
pub fn what(text: &str, code: Option<WasteCode>, words: &Words) -> String {
    match code {
        Some(code) => format!("{} ({code})", code_name(code, words)),
        None => called(text, words),
    }
}

/// The words of a stream, in the reader's language where they are a name of ours.
pub fn called(text: &str, words: &Words) -> String {
    in_one_language(text, words.tongue == Tongue::Nb).to_owned()
}

/// The name of a waste code in the reader's language.
pub fn code_name(code: WasteCode, words: &Words) -> String {
    let name = waste_list::name(code.as_str());
    name.map_or_else(String::new, |name| match words.tongue {
        Tongue::Nb => name.norwegian.to_owned(),
        Tongue::En => name.english.to_owned(),
    })
}

fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

fn whole(km: f64, words: &Words) -> String {
    let text = format!("{km:.0}");
    text.parse::<Amount>()
        .map_or(text, |amount| numbers::number(amount, 0, words.tongue))
}

/// A number as people of either language write it.
pub fn amount(text: &str) -> Result<Amount, PageError> {
    parse_number(text.trim()).map_err(|_| PageError::Form("form-number"))
}

/// The same, or nothing.
pub fn optional_amount(text: &str) -> Result<Option<Amount>, PageError> {
    match text.trim() {
        "" => Ok(None),
        text => amount(text).map(Some),
    }
}
