//! Circular exchange on the wire, and its readings.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use greenheart_app::Actor;
use greenheart_app::circular as app;
use greenheart_app::circular::word_of;
use greenheart_model::MemberId;

use super::problem::ApiError;
use super::reads::{Answer, Asked, Cut, List, Whose, asked};
use super::schema::wire;
use crate::Pages;

wire! {
    /// A stream as whoever asks may see it.
    pub struct Stream {
        /// Its identifier; `null` where its holder shows a band only.
        pub id: Option<String>,
        /// Whose; `null` in a band.
        pub member: Option<String>,
        /// `offer` or `want`.
        pub direction: String,
        /// `material`, `residue`, `water`, `heat`, `electricity` or `gas`.
        pub kind: String,
        /// In words.
        pub text: String,
        /// Code of the list of waste.
        pub waste_code: Option<String>,
        /// In a year, base units; `null` where only a band is shown or nothing is known.
        pub yearly: Option<String>,
        /// Base unit.
        pub unit: Option<String>,
        /// How much, roughly.
        pub band: String,
        /// `inferred`, `confirmed`, `denied` or `withdrawn`; only where the whole is shown.
        pub standing: Option<String>,
        /// Who may see it; only to the holder and those who lead.
        pub visibility: Option<String>,
    }
}

impl From<&app::StreamLine> for Stream {
    fn from(line: &app::StreamLine) -> Self {
        Self {
            id: line.id.clone(),
            member: line.member.as_ref().map(ToString::to_string),
            direction: word_of(&line.direction),
            kind: word_of(&line.kind),
            text: line.text.clone(),
            waste_code: line.waste_code.map(|code| code.to_string()),
            yearly: line.yearly.map(|amount| amount.to_string()),
            unit: line.unit.clone(),
            band: word_of(&line.band),
            standing: line.standing.as_ref().map(word_of),
            visibility: line.visibility.as_ref().map(word_of),
        }
    }
}

wire! {
    /// A partner suggested for a stream.
    pub struct CircularSuggestion {
        /// The offer; `null` where its holder shows a band only.
        pub offer: Option<String>,
        /// Who gives; `null` in a band.
        pub giver: Option<String>,
        /// Who might take it.
        pub taker: String,
        /// The want that it could meet.
        pub want: Option<String>,
        /// Place in the order for its stream, from 1.
        pub rank: u64,
        /// Kinds of evidence that speak for it, the strongest first.
        pub reasons: Vec<String>,
        /// The known case that it resembles, and where that is described.
        pub resembles: Option<String>,
        /// `property: pass`, `fail` or `unknown`, with why or the missing test.
        pub limits: Vec<String>,
        /// The offer is a guess that nobody has confirmed.
        pub inferred: bool,
        /// Something known rules it out.
        pub ruled_out: bool,
        /// Rules to look into.
        pub flags: Vec<String>,
        /// Waste law applies, and no route is open before somebody has answered its conditions.
        pub waste_law_applies: bool,
    }
}

impl From<&app::SuggestionLine> for CircularSuggestion {
    fn from(line: &app::SuggestionLine) -> Self {
        Self {
            offer: line.offer.clone(),
            giver: line.giver.as_ref().map(ToString::to_string),
            taker: line.taker.to_string(),
            want: line.want.clone(),
            rank: line.rank as u64,
            reasons: line
                .reasons
                .iter()
                .filter(|(_, adds)| *adds > 0.0)
                .map(|(reason, _)| word_of(reason))
                .collect(),
            resembles: line
                .resembles
                .as_ref()
                .map(|(name, source, _)| format!("{name} ({source})")),
            limits: line
                .limits
                .iter()
                .map(|limit| {
                    format!("{}: {} {}", limit.property, word_of(&limit.state), limit.detail)
                        .trim_end()
                        .to_owned()
                })
                .collect(),
            inferred: line.inferred,
            ruled_out: line.ruled_out,
            flags: line.gate.flags.iter().map(word_of).collect(),
            waste_law_applies: line.gate.applies,
        }
    }
}

wire! {
    /// One exchange of the best network.
    pub struct NetworkExchange {
        /// The offer.
        pub offer: String,
        /// The want.
        pub want: String,
        /// Who gives.
        pub giver: String,
        /// Who takes.
        pub taker: String,
        /// t a year.
        pub tonnes: String,
        /// By road.
        pub km: String,
        /// NOK a year against today.
        pub net_value_nok: String,
        /// kg CO2e a year less than today.
        pub co2e_saved_kg: String,
    }
}

wire! {
    /// What a network comes to in a year.
    pub struct NetworkTotals {
        /// Tonnes exchanged.
        pub tonnes: String,
        /// NOK against today.
        pub net_value_nok: String,
        /// kg CO2e less than today.
        pub co2e_saved_kg: String,
        /// Tonnes of primary material replaced.
        pub primary_t: String,
        /// Relative gap between the objective and the certified bound.
        pub gap: String,
        /// The gap is closed.
        pub proven: bool,
    }
}

wire! {
    /// The best network as it was designed last; for those who lead.
    pub struct Network {
        /// Snapshot of the ledger.
        pub snapshot: String,
        /// One network, or the front from the cheapest to the cleanest.
        pub points: Vec<NetworkTotals>,
        /// The exchanges of the first.
        pub exchanges: Vec<NetworkExchange>,
        /// What it rests on: `name = value unit (source)`.
        pub assumptions: Vec<String>,
    }
}

impl From<&app::NetworkView> for Network {
    fn from(view: &app::NetworkView) -> Self {
        let exchange = |lane: &app::NetworkLane| NetworkExchange {
            offer: lane.offer.clone(),
            want: lane.want.clone(),
            giver: lane.giver.to_string(),
            taker: lane.taker.to_string(),
            tonnes: lane.tonnes.to_string(),
            km: lane.km.to_string(),
            net_value_nok: lane.net_value_nok.to_string(),
            co2e_saved_kg: lane.co2e_saved_kg.to_string(),
        };
        let totals = |point: &app::NetworkPoint| NetworkTotals {
            tonnes: point.tonnes.to_string(),
            net_value_nok: point.net_value_nok.to_string(),
            co2e_saved_kg: point.co2e_saved_kg.to_string(),
            primary_t: point.primary_t.to_string(),
            gap: point.gap.to_string(),
            proven: point.proven,
        };
        Self {
            snapshot: view.snapshot.clone(),
            points: view.points.iter().map(totals).collect(),
            exchanges: view.lanes.iter().map(exchange).collect(),
            assumptions: view
                .assumptions
                .iter()
                .map(|one| format!("{} = {} {} ({})", one.name, one.value, one.unit, one.source))
                .collect(),
        }
    }
}

wire! {
    /// An exchange on the board.
    pub struct Exchange {
        /// Its identifier.
        pub id: String,
        /// The offer.
        pub offer: String,
        /// Who gives.
        pub giver: String,
        /// Who takes.
        pub taker: String,
        /// `idea`, `contacted`, `tested`, `permit`, `contract`, `delivering` or `ended`.
        pub stage: String,
        /// Who sees to it.
        pub owner: String,
        /// `overdue` or `stale`.
        pub alarm: Option<String>,
        /// Promised t a year.
        pub promised_t: String,
        /// t that both ends' records agree on within 5 %.
        pub realised_t: String,
    }
}

impl From<&app::BoardLine> for Exchange {
    fn from(line: &app::BoardLine) -> Self {
        Self {
            id: line.id.clone(),
            offer: line.offer.clone(),
            giver: line.giver.to_string(),
            taker: line.taker.to_string(),
            stage: word_of(&line.stage),
            owner: line.owner.clone(),
            alarm: line.alarm.as_ref().map(|(alarm, _)| alarm.clone()),
            promised_t: line.promised.0.to_string(),
            realised_t: line.realised.tonnes.to_string(),
        }
    }
}

/// Streams that whoever asks may see.
pub async fn streams(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Whose>,
) -> Answer<List<Stream>> {
    let (member, cut) = asked(query)?.cut();
    let query = app::StreamQuery { member, closed: false };
    let lines = pages.app.streams(&actor, &query).await?;
    // Bands have no identifier; their place in the order is what tells them apart.
    let keyed: Vec<_> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| (line.id.clone().unwrap_or_else(|| format!("~{at:06}")), line))
        .collect();
    Ok(Json(cut.of(
        keyed,
        |(key, _)| key.clone(),
        |(_, line)| Stream::from(*line),
    )?))
}

/// Partners suggested for the streams that whoever asks sees in whole.
pub async fn suggestions(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Whose>,
) -> Answer<List<CircularSuggestion>> {
    let (member, cut): (Option<MemberId>, Cut) = asked(query)?.cut();
    let request = app::MatchRequest {
        member,
        ..app::MatchRequest::default()
    };
    let lines = pages.app.matches(&actor, &request).await?;
    let keyed: Vec<_> = lines.iter().enumerate().collect();
    let list = cut.of(
        keyed,
        |(at, _)| format!("{at:08}"),
        |(_, line)| CircularSuggestion::from(*line),
    )?;
    Ok(Json(list))
}

/// The network that was designed last.
pub async fn network(State(pages): State<Arc<Pages>>, Extension(actor): Extension<Actor>) -> Answer<Network> {
    let view = pages.app.last_network(&actor).await?.ok_or(ApiError::NoPage)?;
    Ok(Json((&view).into()))
}

/// The board.
pub async fn board(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Whose>,
) -> Answer<List<Exchange>> {
    let (member, cut) = asked(query)?.cut();
    let lines = pages
        .app
        .board(&actor, &app::BoardRequest { member, ended: true })
        .await?;
    Ok(Json(cut.of(
        lines,
        |line| line.id.clone(),
        |line| Exchange::from(line),
    )?))
}
