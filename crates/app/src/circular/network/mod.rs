//! The best network for the region: what should go from whom to whom, what that is worth, and how sure it is.
//!
//! Built from streams that somebody has confirmed; guesses only on request. Boundary: what is lost today is over, what is primary today
//! can be replaced; what is recycled already stays where it goes. Distances are great circles times a stated road factor.

mod build;
mod explain;
mod plants;
mod region;
mod ways;

use std::collections::BTreeMap;
use std::sync::Arc;

use greenheart_milp::Limits;
use greenheart_model::{FactorId, MemberId, Text, Treatment, WasteCode};
use greenheart_network::region::{
    Caps, Conflict, Objective, Place, Region, RegionError, RegionSolution, check_region, pareto, solve_region,
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
pub use plants::{EnergyPrices, IntakeEntry, OutputEntry, PipeTerms, PlantBook, PlantEntry, PoolEntry, PumpTerms};
pub(super) use ways::Spot;

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
    /// `t`, `MWh` or `1000 m3`: what the amounts are counted in.
    #[serde(default = "tonnes")]
    pub unit: String,
    /// In a year, units: what arrives.
    pub tonnes: Amount,
    /// By calendar month, units sent.
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

fn tonnes() -> String {
    "t".to_owned()
}

/// A way of the best network that leads to or from a plant or a pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkLeg {
    /// Who or which plant gives.
    pub from: String,
    /// The member, where it is one.
    pub from_member: Option<MemberId>,
    /// Its stream, where it is a member.
    pub from_stream: Option<String>,
    /// Who or which plant takes.
    pub to: String,
    /// The member, where it is one.
    pub to_member: Option<MemberId>,
    /// Its stream, where it is a member.
    pub to_stream: Option<String>,
    /// What travels, as the glossary names it.
    pub material: String,
    /// Its unit.
    pub unit: String,
    /// Sent in a year, units.
    pub amount: Amount,
    /// By road or pipe, km.
    pub km: Amount,
    /// Where the process is described.
    pub process: String,
}

/// A plant, pump or pool that the best network uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkPlant {
    /// Its name.
    pub name: String,
    /// Taken in in a year, units.
    pub taken: Amount,
    /// Most that it could take in in a year.
    pub capacity: Amount,
    /// NOK a year for building or running it at all.
    pub nok_year: Amount,
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
    /// MWh of heat and gas that arrive.
    #[serde(default)]
    pub mwh: Amount,
    /// Thousand m³ of water that arrive.
    #[serde(default)]
    pub thousand_m3: Amount,
    /// Plants, pumps and pools in use.
    #[serde(default)]
    pub plants: usize,
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
    /// Its ways to and from plants and pools.
    #[serde(default)]
    pub legs: Vec<NetworkLeg>,
    /// Its plants, pumps and pools.
    #[serde(default)]
    pub plants: Vec<NetworkPlant>,
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
        let ends = |leg: &NetworkLeg| {
            [&leg.from_stream, &leg.to_stream]
                .into_iter()
                .flatten()
                .all(|id| still(id))
        };
        let holds = view.lanes.iter().all(|lane| still(&lane.offer) && still(&lane.want))
            && view.legs.iter().all(ends)
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
            book: self.plant_book().await?,
        })
    }
}

/// Whose streams a network names.
fn members_of(view: &NetworkView) -> Vec<&MemberId> {
    let mut all: Vec<&MemberId> = Vec::new();
    for lane in &view.lanes {
        all.extend([&lane.giver, &lane.taker]);
    }
    for leg in &view.legs {
        all.extend(leg.from_member.iter().chain(&leg.to_member));
    }
    all
}

/// What a design is made of.
pub(super) struct GroundWork {
    pub kept: Vec<Kept>,
    pub usable: Vec<usize>,
    pub signed: BTreeMap<(String, String), f64>,
    pub facts: Facts,
    pub book: PlantBook,
}

impl GroundWork {
    pub(super) fn design(&self, request: &NetworkRequest) -> Result<Design, AppError> {
        Design::new(&Ground {
            kept: &self.kept,
            usable: self.usable.clone(),
            signed: self.signed.clone(),
            facts: &self.facts,
            request,
            book: &self.book,
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
    let solutions = tokio::task::block_in_place(|| solve(&design, &design.region, request))?;
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
    app.note_looks(actor, members_of(&view).into_iter(), "circular.network")
        .await?;
    Ok(view.snapshot)
}

/// The networks asked for, each checked by code that the solver does not share.
pub(super) fn solve(
    design: &Design,
    region: &Region,
    request: &NetworkRequest,
) -> Result<Vec<RegionSolution>, AppError> {
    let region_error = |error| region_error(design, error);
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

fn region_error(design: &Design, error: RegionError) -> AppError {
    match error {
        RegionError::Infeasible(conflicts) => {
            let said: Vec<String> = conflicts.iter().take(5).map(|one| said(design, one)).collect();
            let why = if said.is_empty() {
                String::new()
            } else {
                format!(": {}", said.join("; "))
            };
            AppError::input(
                format!("contracts, limits and budget contradict each other{why}"),
                "raise the budget or the limit, lower the least lot, or end a contract that cannot be kept",
            )
        }
        RegionError::NotFound(why) => AppError::input(
            format!("no network was found in the time given ({why})"),
            "give the solver more seconds",
        ),
        other => AppError::Damaged(other.to_string()),
    }
}

/// A conflict with the names that people know.
fn said(design: &Design, conflict: &Conflict) -> String {
    let of = |list: &[String], at: usize| list.get(at).cloned().unwrap_or_default();
    let month = |period: usize| period + 1;
    match *conflict {
        Conflict::Limit {
            place,
            property,
            period,
        } => {
            let place = match place {
                Place::Receiver(at) => format!("want `{}`", of(&design.want_ids, at)),
                Place::Plant(at) => format!("plant `{}`", of(&design.plants, at)),
                Place::Pool(at) => format!("pool `{}`", of(&design.pools, at)),
                Place::Source(at) => format!("offer `{}`", of(&design.ids, at)),
            };
            let name = of(&design.properties, property);
            format!(
                "no blend meets the limit of `{name}` at {place} in month {}",
                month(period)
            )
        }
        Conflict::Contract { lane, period } => {
            let ends = design.ways.get(lane).map(|way| (way.from, way.to));
            let (offer, want) = match ends {
                Some((Spot::Offer(offer), Spot::Want(want))) => (of(&design.ids, offer), of(&design.want_ids, want)),
                _ => (String::new(), String::new()),
            };
            format!(
                "the contract of offer `{offer}` with want `{want}` cannot be kept in month {}",
                month(period)
            )
        }
        Conflict::Budget => "what is signed costs more than the budget".to_owned(),
        Conflict::Cap(_) => "a cap cannot be kept".to_owned(),
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
