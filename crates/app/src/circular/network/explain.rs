//! What a solved network says to a person: each exchange with its share, the totals, what they rest on.

use std::collections::BTreeMap;

use greenheart_circular::legal::Gate;
use greenheart_circular::stream::{LimitOutcome, check_limits};
use greenheart_model::MemberId;
use greenheart_model::waste_list::Jurisdiction;
use greenheart_network::region::RegionSolution;
use greenheart_units::Amount;

use super::super::facts::{decimal, share};
use super::super::matching::{GateView, LimitLine, LimitState, purpose};
use super::build::{Design, End};
use super::plants::unit_of;
use super::ways::{Spot, Way};
use super::{
    Assumption, GroundWork, NetworkLane, NetworkLeg, NetworkPlant, NetworkPoint, NetworkRequest, NetworkView, solve,
};
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
    let mut legs: Vec<NetworkLeg> = Vec::new();
    if let Some(first) = solutions.first() {
        for (at, flow) in first.network.flow.iter().enumerate() {
            let sent: f64 = flow.iter().sum();
            if sent > DUST {
                let direct = lane(ground, design, first, at, names);
                if direct.is_none() {
                    legs.push(leg(ground, design, at, sent, names));
                }
                lanes.extend(direct);
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
        points: solutions.iter().map(|solution| point(design, solution)).collect(),
        plants: solutions.first().map(|first| plants(design, first)).unwrap_or_default(),
        lanes,
        legs,
        offers: design.offers.len(),
        wants: design.wants.len(),
        assumptions: assumptions(ground, design, request),
        factors: design.factors.iter().cloned().collect(),
        left_out: design.left_out.clone(),
    }
}

/// What a commodity is called: heat of any temperature is surplus heat.
fn material_of(way: &Way) -> &str {
    if way.material.starts_with("heat@") {
        "waste_heat"
    } else {
        &way.material
    }
}

fn leg(ground: &GroundWork, design: &Design, at: usize, sent: f64, names: &BTreeMap<MemberId, String>) -> NetworkLeg {
    let way = &design.ways[at];
    let member = |end: &End| {
        let stream = &ground.kept[end.at].stream;
        let name = names.get(&stream.member).cloned().unwrap_or_default();
        (name, Some(stream.member.clone()), Some(stream.id.to_string()))
    };
    let who = |spot: Spot| match spot {
        Spot::Offer(at) => member(&design.offers[at]),
        Spot::Want(at) => member(&design.wants[at]),
        Spot::Plant(at) => (design.plants[at].clone(), None, None),
        Spot::Pool(at) => (design.pools[at].clone(), None, None),
    };
    let ((from, from_member, from_stream), (to, to_member, to_stream)) = (who(way.from), who(way.to));
    NetworkLeg {
        from,
        from_member,
        from_stream,
        to,
        to_member,
        to_stream,
        material: material_of(way).to_owned(),
        unit: unit_of(material_of(way)).to_owned(),
        amount: decimal(sent),
        km: decimal(way.km).rounded(1, greenheart_units::Rounding::HalfEven),
        process: way.source.clone(),
    }
}

/// Plants, pumps and pools that something goes into.
fn plants(design: &Design, solution: &RegionSolution) -> Vec<NetworkPlant> {
    let taken = |spot: Spot| -> f64 {
        let ways = design.ways.iter().zip(&design.region.lanes).zip(&solution.network.flow);
        ways.filter(|((way, _), _)| way.to == spot)
            .map(|((_, lane), flow)| lane.arrives * flow.iter().sum::<f64>())
            .sum()
    };
    let of_plants = design.region.plants.iter().enumerate().map(|(at, plant)| {
        (
            &design.plants[at],
            taken(Spot::Plant(at)),
            plant.capacity,
            plant.investment,
        )
    });
    let of_pools = design.region.pools.iter().enumerate();
    let of_pools = of_pools.map(|(at, pool)| (&design.pools[at], taken(Spot::Pool(at)), pool.capacity, 0.0));
    let used = of_plants.chain(of_pools).filter(|(_, taken, ..)| *taken > DUST);
    used.map(|(name, taken, capacity, nok)| NetworkPlant {
        name: name.clone(),
        taken: decimal(taken),
        capacity: decimal(capacity * super::build::MONTHS as f64),
        nok_year: decimal(nok),
    })
    .collect()
}

fn lane(
    ground: &GroundWork,
    design: &Design,
    solution: &RegionSolution,
    at: usize,
    names: &BTreeMap<MemberId, String>,
) -> Option<NetworkLane> {
    let way = &design.ways[at];
    let (Spot::Offer(offer), Spot::Want(want)) = (way.from, way.to) else {
        return None;
    };
    let lane = &design.region.lanes[at];
    let (from, to) = (&design.offers[offer], &design.wants[want]);
    let (giver, taker) = (&ground.kept[from.at].stream, &ground.kept[to.at].stream);
    let flow = &solution.network.flow[at];
    let sent: f64 = flow.iter().sum();
    let arrived = sent * lane.arrives;
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
        material: material_of(way).to_owned(),
        unit: unit_of(material_of(way)).to_owned(),
        tonnes: decimal(arrived),
        months: flow.iter().copied().map(decimal).collect(),
        km: decimal(way.km).rounded(1, greenheart_units::Rounding::HalfEven),
        net_value_nok: decimal(sent * (from.nok - lane.cost) + arrived * to.nok - fixed),
        co2e_saved_kg: decimal(sent * (from.co2e - lane.co2e) + arrived * to.co2e),
        primary_t: decimal(if to.is_mass() { arrived } else { 0.0 }),
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

fn point(design: &Design, solution: &RegionSolution) -> NetworkPoint {
    let (mut tonnes, mut mwh, mut water, mut exchanges) = (0.0, 0.0, 0.0, 0);
    for ((way, lane), flow) in design.ways.iter().zip(&design.region.lanes).zip(&solution.network.flow) {
        let arrived = flow.iter().sum::<f64>() * lane.arrives;
        if !matches!(way.to, Spot::Want(_)) || arrived <= DUST {
            continue;
        }
        exchanges += 1;
        match unit_of(material_of(way)) {
            "t" => tonnes += arrived,
            "MWh" => mwh += arrived,
            _ => water += arrived,
        }
    }
    NetworkPoint {
        tonnes: decimal(tonnes),
        exchanges,
        net_value_nok: decimal(solution.net_value()),
        co2e_saved_kg: decimal(solution.today.co2e - solution.totals.co2e),
        primary_t: decimal(solution.today.primary - solution.totals.primary),
        mwh: decimal(mwh),
        thousand_m3: decimal(water),
        plants: plants(design, solution).len(),
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
        let without = solve(design, &region, request)?;
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
    let id = |list: &[String], at: usize, wanted: &str| list.get(at).is_some_and(|id| id == wanted);
    design.ways.iter().position(|way| match (way.from, way.to) {
        (Spot::Offer(offer), Spot::Want(want)) => {
            id(&design.ids, offer, &line.offer) && id(&design.want_ids, want, &line.want)
        }
        _ => false,
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
    let book = &ground.book;
    all.extend(
        book.plants
            .iter()
            .map(|plant| one("plant", plant.name.clone(), "", &plant.source)),
    );
    if let Some(pipes) = &book.pipes {
        all.push(one(
            "pipe_cost",
            pipes.nok_year_per_m.to_string(),
            "NOK/m",
            &pipes.source,
        ));
        all.push(one("pipe_loss", pipes.loss_per_km.to_string(), "1/km", &pipes.source));
    }
    if let Some(pumps) = &book.heat_pumps {
        all.push(one("pump_share", pumps.carnot_share.to_string(), "", &pumps.source));
    }
    let energy = [
        ("electricity_price", book.energy.electricity_nok_kwh),
        ("heat_price", book.energy.heat_nok_kwh),
    ];
    for (name, price) in energy {
        all.extend(price.map(|price| one(name, price.to_string(), "NOK/kWh", "stated")));
    }
    if !book.plants.is_empty() || book.heat_pumps.is_some() || book.pipes.is_some() {
        for (name, factor) in [("electricity_co2e", &design.power), ("heat_co2e", &design.heat)] {
            all.extend(
                factor
                    .iter()
                    .map(|factor| one(name, decimal(factor.per_unit).to_string(), "kg CO2e/kWh", &factor.says)),
            );
        }
    }
    if let Some(budget) = request.budget_nok {
        all.push(one("budget", budget.to_string(), "NOK", "stated"));
    }
    all
}
