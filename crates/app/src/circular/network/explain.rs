//! What a solved network says to a person: each exchange with its share, the totals, what they rest on.

use std::collections::BTreeMap;

use greenheart_circular::legal::Gate;
use greenheart_circular::stream::{LimitOutcome, check_limits};
use greenheart_model::MemberId;
use greenheart_model::waste_list::Jurisdiction;
use greenheart_network::region::{Place, RegionSolution};
use greenheart_units::Amount;

use super::super::facts::{decimal, share};
use super::super::matching::{GateView, LimitLine, LimitState, purpose};
use super::build::{Design, Way};
use super::{Assumption, GroundWork, NetworkLane, NetworkPoint, NetworkRequest, NetworkView, solve};
use crate::AppError;

/// Less than this in a year is the solver's dust, t.
const DUST: f64 = 1e-3;
/// Exchanges for which the network is solved again without them.
const ASKED_WITHOUT: usize = 5;

pub(super) fn view(
    ground: &GroundWork,
    design: &Design,
    request: &NetworkRequest,
    solutions: &[RegionSolution],
    names: &BTreeMap<MemberId, String>,
) -> NetworkView {
    let mut lanes: Vec<NetworkLane> = Vec::new();
    if let Some(first) = solutions.first() {
        for (at, flow) in first.network.flow.iter().enumerate() {
            if flow.iter().sum::<f64>() > DUST {
                lanes.extend(lane(ground, design, first, at, names));
            }
        }
    }
    lanes.sort_by(|a, b| {
        b.net_value_nok
            .cmp(&a.net_value_nok)
            .then(a.offer.cmp(&b.offer))
            .then(a.want.cmp(&b.want))
    });
    NetworkView {
        request: request.clone(),
        snapshot: String::new(),
        at_ms: 0,
        points: solutions.iter().map(point).collect(),
        lanes,
        offers: design.offers.len(),
        wants: design.wants.len(),
        assumptions: assumptions(ground, design, request),
        factors: design.factors.iter().cloned().collect(),
        left_out: design.left_out.clone(),
    }
}

/// The way that a lane of the region stands for.
fn way_of(design: &Design, at: usize) -> Option<&Way> {
    let lane = design.region.lanes.get(at)?;
    let (Place::Source(offer), Place::Receiver(want)) = (lane.from, lane.to) else {
        return None;
    };
    design.ways.iter().find(|way| way.offer == offer && way.want == want)
}

fn lane(
    ground: &GroundWork,
    design: &Design,
    solution: &RegionSolution,
    at: usize,
    names: &BTreeMap<MemberId, String>,
) -> Option<NetworkLane> {
    let way = way_of(design, at)?;
    let lane = &design.region.lanes[at];
    let (from, to) = (&design.offers[way.offer], &design.wants[way.want]);
    let (giver, taker) = (&ground.kept[from.at].stream, &ground.kept[to.at].stream);
    let flow = &solution.network.flow[at];
    let tonnes: f64 = flow.iter().sum();
    let fixed = if solution.network.opened[at] { lane.fixed } else { 0.0 };
    let name = |member: &MemberId| names.get(member).cloned().unwrap_or_default();
    let gate = Gate::new(
        giver,
        purpose(giver, taker.codes.nace.as_ref()),
        Jurisdiction::Norway,
        false,
    );
    Some(NetworkLane {
        offer: giver.id.to_string(),
        offer_text: giver.text.clone(),
        want: taker.id.to_string(),
        want_text: taker.text.clone(),
        giver_name: name(&giver.member),
        giver: giver.member.clone(),
        taker_name: name(&taker.member),
        taker: taker.member.clone(),
        material: from.material.to_owned(),
        tonnes: decimal(tonnes),
        months: flow.iter().copied().map(decimal).collect(),
        km: decimal(way.km).rounded(1, greenheart_units::Rounding::HalfEven),
        net_value_nok: decimal(tonnes * (from.nok + to.nok - lane.cost) - fixed),
        co2e_saved_kg: decimal(tonnes * (from.co2e + to.co2e - lane.co2e)),
        primary_t: decimal(tonnes),
        missed_nok: None,
        process: way.source.clone(),
        contracted: way.contracted,
        limits: check_limits(giver, taker)
            .into_iter()
            .map(|result| {
                let (state, detail) = match result.outcome {
                    LimitOutcome::Pass => (LimitState::Pass, String::new()),
                    LimitOutcome::Fail { why } => (LimitState::Fail, why),
                    LimitOutcome::Unknown { test } => (LimitState::Unknown, test.to_owned()),
                };
                LimitLine {
                    property: result.property,
                    state,
                    detail,
                }
            })
            .collect(),
        gate: GateView::of(&gate),
    })
}

fn point(solution: &RegionSolution) -> NetworkPoint {
    let carried: Vec<f64> = solution
        .network
        .flow
        .iter()
        .map(|flow| flow.iter().sum::<f64>())
        .collect();
    NetworkPoint {
        tonnes: decimal(carried.iter().sum()),
        exchanges: carried.iter().filter(|tonnes| **tonnes > DUST).count(),
        net_value_nok: decimal(solution.net_value()),
        co2e_saved_kg: decimal(solution.today.co2e - solution.totals.co2e),
        primary_t: decimal(solution.today.primary - solution.totals.primary),
        gap: share(solution.gap),
        proven: solution.proven,
    }
}

/// For the most valuable exchanges: what the whole would lose without each of them, the others settled anew.
pub(super) fn missed(view: &mut NetworkView, design: &Design, request: &NetworkRequest) -> Result<(), AppError> {
    let Some(whole) = view.points.first().map(|point| point.net_value_nok) else {
        return Ok(());
    };
    if request.objective != super::NetworkObjective::NetValue {
        return Ok(());
    }
    let kept: Vec<(usize, usize)> = view
        .lanes
        .iter()
        .take(ASKED_WITHOUT)
        .filter_map(|lane| Some((place(&view.lanes, lane)?, at_of(design, lane)?)))
        .collect();
    for (line, at) in kept {
        let mut region = design.region.clone();
        if region.lanes[at].contracted > 0.0 {
            continue;
        }
        (region.lanes[at].capacity, region.lanes[at].minimum_lot) = (0.0, 0.0);
        let without = solve(&region, request)?;
        let value = without
            .first()
            .map_or(Amount::ZERO, |solution| decimal(solution.net_value()));
        view.lanes[line].missed_nok = Some(whole - value);
    }
    Ok(())
}

fn place(lanes: &[NetworkLane], lane: &NetworkLane) -> Option<usize> {
    lanes
        .iter()
        .position(|one| one.offer == lane.offer && one.want == lane.want)
}

/// The lane of the region that carries what a line of the answer says.
fn at_of(design: &Design, line: &NetworkLane) -> Option<usize> {
    (0..design.region.lanes.len()).find(|at| {
        way_of(design, *at).is_some_and(|way| {
            design.ids.get(way.offer).is_some_and(|id| *id == line.offer)
                && design.want_ids.get(way.want).is_some_and(|id| *id == line.want)
        })
    })
}

fn assumptions(ground: &GroundWork, design: &Design, request: &NetworkRequest) -> Vec<Assumption> {
    let one = |name: &str, value: String, unit: &str, source: &str| Assumption {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        source: source.to_owned(),
    };
    let mut all = vec![
        one("road_factor", request.road_factor.to_string(), "", "stated"),
        one(
            "transport_cost",
            request.transport_nok_per_tkm.to_string(),
            "NOK/tkm",
            "stated",
        ),
        one(
            "transport_co2e",
            decimal(design.road.per_unit).to_string(),
            "kg CO2e/tkm",
            &design.road.says,
        ),
        one("fixed_cost", request.fixed_nok.to_string(), "NOK", "stated"),
        one("minimum_lot", request.minimum_lot_t.to_string(), "t", "stated"),
        one("factor_set", ground.facts.version().to_owned(), "", "ledger"),
    ];
    if let Some(budget) = request.budget_nok {
        all.push(one("budget", budget.to_string(), "NOK", "stated"));
    }
    all
}
