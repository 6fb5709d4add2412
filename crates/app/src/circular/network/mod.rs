//! The best network for the region: what should go from whom to whom, what that is worth, and how sure it is.
//!
//! Built from streams that somebody has confirmed; guesses only on request. Boundary: what is lost today is over, what is primary today
//! can be replaced; what is recycled already stays where it goes. Distances are great circles times a stated road factor.

mod build;
mod explain;

use std::collections::BTreeMap;
use std::sync::Arc;

use greenheart_milp::Limits;
use greenheart_model::{FactorId, MemberId, Text, Treatment, WasteCode};
use greenheart_network::region::{
    Caps, Objective, Region, RegionError, RegionSolution, check_region, pareto, solve_region,
};
use greenheart_units::{Amount, Rate};
use serde::{Deserialize, Serialize};

use super::LimitLine;
use super::facts::Facts;
use super::kept::Kept;
use super::seen::{Sight, streams_of};
use crate::jobs::{Progress, Work};
use crate::{Actor, App, AppError};

pub(super) use build::{Design, Ground};

/// Points of a Pareto front.
const POINTS: u32 = 6;

/// What to make good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum NetworkObjective {
    /// NOK against today.
    #[default]
    NetValue,
    /// kg CO2e.
    Co2e,
    /// Tonnes of primary material.
    Primary,
    /// Networks from the cheapest to the one with the least CO2e.
    Pareto,
}

/// How to design the network. Every figure here is an assumption that is shown beside the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkRequest {
    /// What to make good.
    pub objective: NetworkObjective,
    /// Road distance over great circle.
    pub road_factor: Rate,
    /// NOK per tonne-kilometre, loading included.
    pub transport_nok_per_tkm: Amount,
    /// NOK in a year for each exchange that is not signed yet: contract, test, permit, follow-up.
    pub fixed_nok: Amount,
    /// Most NOK in a year for all of those.
    pub budget_nok: Option<Amount>,
    /// In a month nothing, or at least so many tonnes.
    pub minimum_lot_t: Amount,
    /// Farthest, km by road.
    pub max_km: Option<u32>,
    /// Also guesses that nobody has confirmed.
    pub include_inferred: bool,
    /// Seconds that the solver may take.
    pub seconds: u32,
}

impl Default for NetworkRequest {
    /// A road factor of 1.3, and prices that are ours until the cluster states its own.
    fn default() -> Self {
        Self {
            objective: NetworkObjective::NetValue,
            road_factor: Rate::from_mantissa(Rate::ONE_MANTISSA * 13 / 10),
            transport_nok_per_tkm: Amount::from_integer(2),
            fixed_nok: Amount::from_integer(20_000),
            budget_nok: None,
            minimum_lot_t: Amount::ZERO,
            max_km: None,
            include_inferred: false,
            seconds: 20,
        }
    }
}

/// A figure that the answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumption {
    /// Stable name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// Where it comes from: a factor's citation, or `stated`.
    pub source: String,
}

/// A stream or a pair that the design does not use, or uses with a gap, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The stream.
    pub stream: String,
    /// Whose.
    pub member: MemberId,
    /// In words.
    pub text: String,
    /// The other end, when it is about a pair.
    pub other: Option<MemberId>,
    /// Stable name of the reason.
    pub reason: String,
    /// Which property, treatment or distance.
    pub detail: String,
}

impl LeftOut {
    fn new(kept: &Kept, reason: &str, detail: &str) -> Self {
        Self {
            stream: kept.stream.id.to_string(),
            member: kept.stream.member.clone(),
            text: kept.stream.text.clone(),
            other: None,
            reason: reason.to_owned(),
            detail: detail.to_owned(),
        }
    }

    fn between(giver: &Kept, taker: &Kept, reason: &str, detail: &str) -> Self {
        Self {
            other: Some(taker.stream.member.clone()),
            ..Self::new(giver, reason, detail)
        }
    }
}

/// One exchange of the best network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkLane {
    /// The offer.
    pub offer: String,
    /// What it is, in words.
    pub offer_text: String,
    /// The want.
    pub want: String,
    /// What that is, in words.
    pub want_text: String,
    /// Who gives.
    pub giver: MemberId,
    /// Its name.
    pub giver_name: String,
    /// Who takes.
    pub taker: MemberId,
    /// Its name.
    pub taker_name: String,
    /// Material of the glossary.
    pub material: String,
    /// In a year, t.
    pub tonnes: Amount,
    /// By calendar month, t.
    pub months: Vec<Amount>,
    /// By road, km.
    pub km: Amount,
    /// NOK in a year against today, transport and fixed cost deducted.
    pub net_value_nok: Amount,
    /// kg CO2e in a year less than today, transport deducted.
    pub co2e_saved_kg: Amount,
    /// Tonnes of primary material replaced in a year.
    pub primary_t: Amount,
    /// NOK a year that the whole network would lose without this exchange, the others settled anew.
    pub missed_nok: Option<Amount>,
    /// Where the process is described; empty where the taker asks for the material itself.
    pub process: String,
    /// It is signed already.
    pub contracted: bool,
    /// Limits of the taker.
    pub limits: Vec<LimitLine>,
    /// The question of waste law.
    pub gate: super::GateView,
}

/// What a network comes to in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkPoint {
    /// Tonnes exchanged.
    pub tonnes: Amount,
    /// Exchanges.
    pub exchanges: usize,
    /// NOK against today.
    pub net_value_nok: Amount,
    /// kg CO2e less than today.
    pub co2e_saved_kg: Amount,
    /// Tonnes of primary material replaced.
    pub primary_t: Amount,
    /// Relative gap between the objective and the bound that is certified.
    pub gap: Rate,
    /// The gap is closed.
    pub proven: bool,
}

/// The best network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkView {
    /// As asked.
    pub request: NetworkRequest,
    /// Where the ledger stood.
    pub snapshot: String,
    /// When, ms since 1970.
    pub at_ms: i64,
    /// One network, or the front from the cheapest to the cleanest.
    pub points: Vec<NetworkPoint>,
    /// The exchanges of the first, largest value first.
    pub lanes: Vec<NetworkLane>,
    /// Offers in the design.
    pub offers: usize,
    /// Wants in the design.
    pub wants: usize,
    /// What the answer rests on.
    pub assumptions: Vec<Assumption>,
    /// Factors used.
    pub factors: Vec<FactorId>,
    /// What was left out, or used with a gap.
    pub left_out: Vec<LeftOut>,
}

/// Part of what flows today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodayFlow {
    /// Who gives it off.
    pub giver: MemberId,
    /// Its name.
    pub giver_name: String,
    /// Who takes it, as the reports name it.
    pub receiver: Option<Text>,
    /// The receiver, when it is a member.
    pub receiver_member: Option<MemberId>,
    /// What it is, in words.
    pub text: String,
    /// Its waste code.
    pub waste_code: Option<WasteCode>,
    /// What becomes of it.
    pub treatment: Treatment,
    /// kg in the year.
    pub kg: Amount,
    /// NOK in the year.
    pub nok: Option<Amount>,
    /// Which year.
    pub year: Option<i16>,
}

impl App {
    /// What is left over today and where it goes, of the streams that the actor sees in whole; the largest first.
    pub async fn today_flows(&self, actor: &Actor) -> Result<Vec<TodayFlow>, AppError> {
        self.allowed(actor, actor.may_exchange(), "circular.streams", None)
            .await?;
        let kept = self.kept_streams(None).await?;
        let all = streams_of(&kept);
        let sight = Sight::of(actor);
        let names = self.names().await?;
        let inside = |one: &&Kept| {
            let own = actor.leads() || actor.member() == Some(&one.stream.member);
            one.is_open() && own && sight.whole(&one.stream, &all)
        };
        let mut flows: Vec<TodayFlow> = Vec::new();
        for one in kept.iter().filter(inside) {
            flows.extend(one.today.iter().map(|fate| TodayFlow {
                giver: one.stream.member.clone(),
                giver_name: names.get(&one.stream.member).cloned().unwrap_or_default(),
                receiver: fate.receiver.clone(),
                receiver_member: fate.receiver_member.clone(),
                text: one.stream.text.clone(),
                waste_code: one.stream.codes.waste,
                treatment: fate.treatment,
                kg: fate.kg,
                nok: fate.nok,
                year: one.year,
            }));
        }
        flows.sort_by(|a, b| b.kg.cmp(&a.kg).then(a.giver.cmp(&b.giver)).then(a.text.cmp(&b.text)));
        self.note_looks(actor, flows.iter().map(|flow| &flow.giver), "circular.streams")
            .await?;
        Ok(flows)
    }

    /// Designs the best network of the streams that the actor sees in whole: for those who lead.
    ///
    /// # Errors
    /// Of rights; when contracts, limits and budget contradict each other; when the time is over before any network is found.
    pub async fn network(
        &self,
        actor: &Actor,
        request: &NetworkRequest,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<NetworkView, AppError> {
        self.allowed(actor, actor.may_administer(), "circular.network", None)
            .await?;
        check_request(request)?;
        let work = Work::Network {
            actor: actor.clone(),
            request: Box::new(request.clone()),
        };
        self.run(&work, tell).await?;
        let view = self.kept_network(actor).await?;
        view.ok_or_else(|| AppError::Damaged("the worker kept no network".into()))
    }

    /// Begins the same beside the request that asked for it; the answer is what [`App::last_network`] gives afterwards.
    pub async fn start_network(self: &Arc<Self>, actor: &Actor, request: &NetworkRequest) -> Result<String, AppError> {
        self.allowed(actor, actor.may_administer(), "circular.network", None)
            .await?;
        check_request(request)?;
        let work = Work::Network {
            actor: actor.clone(),
            request: Box::new(request.clone()),
        };
        self.start(work).await
    }

    /// The network that was designed last for somebody in the actor's capacity, while every stream of it may still be seen.
    pub async fn last_network(&self, actor: &Actor) -> Result<Option<NetworkView>, AppError> {
        self.allowed(actor, actor.may_administer(), "circular.network", None)
            .await?;
        let Some(view) = self.kept_network(actor).await? else {
            return Ok(None);
        };
        let kept = self.kept_streams(None).await?;
        let all = streams_of(&kept);
        let sight = Sight::of(actor);
        let still = |id: &str| {
            let found = kept.iter().find(|one| &*one.stream.id.0 == id);
            found.is_some_and(|one| one.is_open() && sight.whole(&one.stream, &all))
        };
        let holds = view.lanes.iter().all(|lane| still(&lane.offer) && still(&lane.want))
            && view.left_out.iter().all(|one| still(&one.stream));
        Ok(holds.then_some(view))
    }

    async fn kept_network(&self, actor: &Actor) -> Result<Option<NetworkView>, AppError> {
        let text = self.store.setting(&last_key(&actor.capacity.to_string())).await?;
        let text = text.filter(|text| !text.is_empty());
        let view = text.as_deref().map(serde_json::from_str).transpose();
        view.map_err(|error| AppError::Damaged(format!("the last network: {error}")))
    }

    /// Forgets the networks that were designed: a member leaves, and its name with it.
    pub(crate) async fn forget_networks(&self) -> Result<(), AppError> {
        for capacity in ["operator", "facilitator"] {
            let key = last_key(capacity);
            if self.store.setting(&key).await?.is_some() {
                self.store.put_setting(&key, "").await?;
            }
        }
        Ok(())
    }

    /// Streams, contracts and factors that a design is made of.
    pub(super) async fn ground(&self, actor: &Actor, include_inferred: bool) -> Result<GroundWork, AppError> {
        let kept = self.kept_streams(None).await?;
        let all = streams_of(&kept);
        let sight = Sight::of(actor);
        let usable = (0..kept.len())
            .filter(|at| {
                let one = &kept[*at];
                one.is_open() && (include_inferred || !one.is_inferred()) && sight.whole(&one.stream, &all)
            })
            .collect();
        Ok(GroundWork {
            usable,
            kept,
            signed: self.signed_tonnes().await?,
            facts: Facts::new(self.current_factors().await?),
        })
    }
}

/// What a design is made of.
pub(super) struct GroundWork {
    pub kept: Vec<Kept>,
    pub usable: Vec<usize>,
    pub signed: BTreeMap<(String, String), f64>,
    pub facts: Facts,
}

impl GroundWork {
    pub(super) fn design(&self, request: &NetworkRequest) -> Result<Design, AppError> {
        Design::new(&Ground {
            kept: &self.kept,
            usable: self.usable.clone(),
            signed: self.signed.clone(),
            facts: &self.facts,
            request,
        })
    }
}

/// The worker's side of [`App::network`]. The answer is kept for those in the actor's capacity, and the job's own result, which outlives
/// a member, names nobody.
pub(crate) async fn solve_in_worker(app: &App, actor: &Actor, request: &NetworkRequest) -> Result<String, AppError> {
    app.allowed(actor, actor.may_administer(), "circular.network", None)
        .await?;
    let ground = app.ground(actor, request.include_inferred).await?;
    let design = ground.design(request)?;
    let solutions = tokio::task::block_in_place(|| solve(&design.region, request))?;
    let names = app.names().await?;
    let mut view = explain::view(&ground, &design, request, &solutions, &names);
    tokio::task::block_in_place(|| explain::missed(&mut view, &design, request))?;
    view.at_ms = app.now_ms();
    view.snapshot = format!("s{}", app.store.head().await?.seq);
    let text = serde_json::to_string(&view).map_err(|error| AppError::Damaged(error.to_string()))?;
    app.store
        .put_setting(&last_key(&actor.capacity.to_string()), &text)
        .await?;
    app.note(actor, "circular.network", None, &view.snapshot, "done")
        .await?;
    let looked = view.lanes.iter().flat_map(|lane| [&lane.giver, &lane.taker]);
    app.note_looks(actor, looked, "circular.network").await?;
    Ok(view.snapshot)
}

/// The networks asked for, each checked by code that the solver does not share.
pub(super) fn solve(region: &Region, request: &NetworkRequest) -> Result<Vec<RegionSolution>, AppError> {
    let limits = Limits::seconds(f64::from(request.seconds));
    let objective = match request.objective {
        NetworkObjective::NetValue => Some(Objective::Cost),
        NetworkObjective::Co2e => Some(Objective::Co2e),
        NetworkObjective::Primary => Some(Objective::Primary),
        NetworkObjective::Pareto => None,
    };
    let solutions = match objective {
        Some(objective) => vec![solve_region(region, objective, &Caps::NONE, &limits).map_err(region_error)?],
        None => pareto(region, POINTS, &limits).map_err(region_error)?,
    };
    for solution in &solutions {
        let wrong = check_region(region, &solution.network, &solution.totals);
        if let Some(first) = wrong.first() {
            return Err(AppError::Damaged(format!(
                "the designed network does not hold: {first}"
            )));
        }
    }
    Ok(solutions)
}

pub(super) fn region_error(error: RegionError) -> AppError {
    match error {
        RegionError::Infeasible => AppError::input(
            "contracts, limits and budget contradict each other",
            "raise the budget, lower the least lot, or end a contract that cannot be kept",
        ),
        RegionError::NotFound(why) => AppError::input(
            format!("no network was found in the time given ({why})"),
            "give the solver more seconds",
        ),
        other => AppError::Damaged(other.to_string()),
    }
}

fn check_request(request: &NetworkRequest) -> Result<(), AppError> {
    let wrong = request.road_factor < Rate::ONE
        || request.transport_nok_per_tkm.is_negative()
        || request.fixed_nok.is_negative()
        || request.minimum_lot_t.is_negative()
        || request.budget_nok.is_some_and(Amount::is_negative)
        || !(1..=600).contains(&request.seconds);
    if wrong {
        return Err(AppError::input(
            "an assumption is outside what is possible",
            "the road factor is at least 1, money and tonnes are not below zero, the time is 1 to 600 s",
        ));
    }
    Ok(())
}

/// Who leads sees what members showed it, the operator everything, so that each has an answer of its own.
fn last_key(capacity: &str) -> String {
    format!("circular.network.{capacity}")
}
