//! What each member gets of the gain of the best network, so that nobody does better without the others.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_model::MemberId;
use greenheart_network::region::Region;
use greenheart_sharing::{
    Coalition, Game, Sampling, SharingError, Table, nucleolus, objections, shapley, shapley_sampled, stability,
    stand_alone,
};
use greenheart_units::Amount;
use serde::{Deserialize, Serialize};

use super::facts::decimal;
use super::network::{Design, NetworkObjective, NetworkRequest, Spot, solve};
use crate::{Actor, App, AppError};

/// Up to so many members every coalition is worked out.
const EXACT: usize = 8;
/// Orders of arrival that are looked at beyond.
const ORDERS: u32 = 64;
/// Coalitions named that would leave.
const NAMED: usize = 5;

/// What one member gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareLine {
    /// Which.
    pub member: MemberId,
    /// Its name.
    pub name: String,
    /// Alone it gains so much, NOK a year.
    pub alone_nok: Amount,
    /// The average of what it adds over all orders of arrival (Shapley), NOK a year.
    pub shapley_nok: Amount,
    /// Half the width of the 95 % confidence interval of that; zero when exact.
    pub shapley_half_width_nok: Amount,
    /// The split whose worst-off coalition is as little short as can be (nucleolus); `None` for larger groups.
    pub nucleolus_nok: Option<Amount>,
}

/// Members that depend on each other, and how their gain is split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitGroup {
    /// Gain of all of them together, NOK a year.
    pub total_nok: Amount,
    /// What each gets.
    pub shares: Vec<ShareLine>,
    /// Some split keeps everybody: the nucleolus is one. `None` where that was not worked out.
    pub stable: Option<bool>,
    /// What the worst-off coalition lacks in the best split of all, NOK a year, when no split keeps everybody.
    pub least_short_nok: Amount,
    /// Who would leave under the Shapley split, and what they lack.
    pub leavers: Vec<(Vec<String>, Amount)>,
    /// Whose claims cannot all be met at once, when no split keeps everybody.
    pub conflict: Vec<Vec<String>>,
}

/// A split of the gain of the best network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitView {
    /// Groups without exchanges between them, the largest gain first.
    pub groups: Vec<SplitGroup>,
    /// Gain of the whole network, NOK a year.
    pub total_nok: Amount,
}

impl App {
    /// Splits the gain of the best network between the members in it: for those who lead.
    pub async fn split(&self, actor: &Actor, request: &NetworkRequest) -> Result<SplitView, AppError> {
        self.allowed(actor, actor.may_administer(), "circular.split", None)
            .await?;
        let request = NetworkRequest {
            objective: NetworkObjective::NetValue,
            ..request.clone()
        };
        let ground = self.ground(actor, request.include_inferred).await?;
        let design = ground.design(&request)?;
        let holder = |at: usize| ground.kept[at].stream.member.clone();
        let ends = Ends {
            giver: design.offers.iter().map(|end| holder(end.at)).collect(),
            taker: design.wants.iter().map(|end| holder(end.at)).collect(),
        };
        let names = self.names().await?;
        let view = tokio::task::block_in_place(|| split(&design, &ends, &request, &names))?;
        self.note(actor, "circular.split", None, "", "done").await?;
        Ok(view)
    }
}

/// Whose the ends of the design are.
struct Ends {
    giver: Vec<MemberId>,
    taker: Vec<MemberId>,
}

impl Ends {
    /// The member at a spot; nobody owns a plant or a pool of the region.
    fn of(&self, spot: Spot) -> Option<&MemberId> {
        match spot {
            Spot::Offer(at) => self.giver.get(at),
            Spot::Want(at) => self.taker.get(at),
            Spot::Plant(_) | Spot::Pool(_) => None,
        }
    }
}

fn split(
    design: &Design,
    ends: &Ends,
    request: &NetworkRequest,
    names: &BTreeMap<MemberId, String>,
) -> Result<SplitView, AppError> {
    let solved = solve(design, &design.region, request)?;
    let Some(best) = solved.first() else {
        return Err(AppError::Damaged("the network has no answer".into()));
    };
    let mut used: Vec<Vec<MemberId>> = Vec::new();
    let mut shared: BTreeMap<Spot, Vec<MemberId>> = BTreeMap::new();
    for (at, way) in design.ways.iter().enumerate() {
        if best.network.flow[at].iter().sum::<f64>() <= 1e-3 {
            continue;
        }
        match (ends.of(way.from), ends.of(way.to)) {
            (Some(giver), Some(taker)) => used.push(vec![giver.clone(), taker.clone()]),
            // Whoever uses a plant or a pool depends on all others who do.
            (Some(member), None) => shared.entry(way.to).or_default().push(member.clone()),
            (None, Some(member)) => shared.entry(way.from).or_default().push(member.clone()),
            (None, None) => {}
        }
    }
    used.extend(shared.into_values());
    // A budget that all share ties everybody together.
    let groups = groups(&used, request.budget_nok.is_some());
    let mut lines = Vec::new();
    for members in groups {
        lines.push(group(design, ends, request, &members, names)?);
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.total_nok));
    Ok(SplitView {
        groups: lines,
        total_nok: decimal(best.net_value()),
    })
}

/// Members connected by exchanges, in order.
fn groups(used: &[Vec<MemberId>], together: bool) -> Vec<Vec<MemberId>> {
    let mut groups: Vec<BTreeSet<MemberId>> = Vec::new();
    for members in used {
        let pair: BTreeSet<MemberId> = members.iter().cloned().collect();
        let (mut joined, apart): (Vec<_>, Vec<_>) = std::mem::take(&mut groups)
            .into_iter()
            .partition(|group| together || !group.is_disjoint(&pair));
        joined.push(pair);
        groups = apart;
        groups.push(joined.into_iter().flatten().collect());
    }
    groups.into_iter().map(|group| group.into_iter().collect()).collect()
}

/// What coalitions of a group gain: the best network of their own streams.
struct Exchange<'a> {
    design: &'a Design,
    ends: &'a Ends,
    request: &'a NetworkRequest,
    members: &'a [MemberId],
}

impl Game for Exchange<'_> {
    fn players(&self) -> usize {
        self.members.len()
    }

    fn value(&self, coalition: Coalition) -> Result<f64, SharingError> {
        let inside: BTreeSet<&MemberId> = coalition.members().filter_map(|at| self.members.get(at)).collect();
        let mut region = self.design.region.clone();
        let mut any = false;
        for (lane, way) in region.lanes.iter_mut().zip(&self.design.ways) {
            let has = |spot: Spot| self.ends.of(spot).is_none_or(|member| inside.contains(member));
            if has(way.from) && has(way.to) {
                any = true;
            } else {
                (lane.capacity, lane.minimum_lot, lane.contracted) = (0.0, 0.0, 0.0);
            }
        }
        if !any {
            return Ok(0.0);
        }
        value_of(self.design, &region, self.request).map_err(|reason| SharingError::NoValue { coalition, reason })
    }
}

fn value_of(design: &Design, region: &Region, request: &NetworkRequest) -> Result<f64, String> {
    let solved = solve(design, region, request).map_err(|error| error.to_string())?;
    Ok(solved
        .first()
        .map_or(0.0, greenheart_network::region::RegionSolution::net_value))
}

fn group(
    design: &Design,
    ends: &Ends,
    request: &NetworkRequest,
    members: &[MemberId],
    names: &BTreeMap<MemberId, String>,
) -> Result<SplitGroup, AppError> {
    let game = Exchange {
        design,
        ends,
        request,
        members,
    };
    let name = |at: usize| {
        members
            .get(at)
            .and_then(|member| names.get(member))
            .cloned()
            .unwrap_or_default()
    };
    let named = |coalition: Coalition| {
        coalition
            .members()
            .take_while(|at| *at < members.len())
            .map(name)
            .collect()
    };
    if members.len() > EXACT {
        return sampled(&game, members, &name);
    }
    let table = Table::of(&game).map_err(sharing_error)?;
    let alone = stand_alone(&table).map_err(sharing_error)?;
    let sampling = Sampling {
        seed: 1,
        permutations: ORDERS,
    };
    let shapley = shapley(&table, sampling).map_err(sharing_error)?;
    let nucleolus = nucleolus(&table).map_err(sharing_error)?;
    let judged = stability(&table, &nucleolus.shares).map_err(sharing_error)?;
    let leavers = objections(&table, &shapley.shares, NAMED).map_err(sharing_error)?;
    Ok(SplitGroup {
        total_nok: decimal(table.at(Coalition::all(members.len()))),
        shares: (0..members.len())
            .map(|at| ShareLine {
                member: members[at].clone(),
                name: name(at),
                alone_nok: decimal(alone[at]),
                shapley_nok: decimal(shapley.shares[at]),
                shapley_half_width_nok: decimal(shapley.half_widths[at]),
                nucleolus_nok: Some(decimal(nucleolus.shares[at])),
            })
            .collect(),
        stable: Some(!judged.core_is_empty),
        least_short_nok: decimal(judged.least_short),
        leavers: leavers
            .iter()
            .map(|one| (named(one.coalition), decimal(one.short())))
            .collect(),
        conflict: judged.conflict.into_iter().map(named).collect(),
    })
}

/// Larger groups: the Shapley value by random orders, with its interval; whether a split keeps everybody is left open.
fn sampled(game: &Exchange<'_>, members: &[MemberId], name: &dyn Fn(usize) -> String) -> Result<SplitGroup, AppError> {
    let remembered = Remembered {
        game,
        known: std::cell::RefCell::default(),
    };
    let sampling = Sampling {
        seed: 1,
        permutations: ORDERS,
    };
    let shapley = shapley_sampled(&remembered, sampling).map_err(sharing_error)?;
    let alone = stand_alone(&remembered).map_err(sharing_error)?;
    let total = remembered.value(Coalition::all(members.len())).map_err(sharing_error)?;
    Ok(SplitGroup {
        total_nok: decimal(total),
        shares: (0..members.len())
            .map(|at| ShareLine {
                member: members[at].clone(),
                name: name(at),
                alone_nok: decimal(alone[at]),
                shapley_nok: decimal(shapley.shares[at]),
                shapley_half_width_nok: decimal(shapley.half_widths[at]),
                nucleolus_nok: None,
            })
            .collect(),
        stable: None,
        least_short_nok: Amount::ZERO,
        leavers: Vec::new(),
        conflict: Vec::new(),
    })
}

/// Random orders ask for the same coalitions again.
struct Remembered<'a> {
    game: &'a Exchange<'a>,
    known: std::cell::RefCell<BTreeMap<Coalition, f64>>,
}

impl Game for Remembered<'_> {
    fn players(&self) -> usize {
        self.game.players()
    }

    fn value(&self, coalition: Coalition) -> Result<f64, SharingError> {
        if let Some(value) = self.known.borrow().get(&coalition) {
            return Ok(*value);
        }
        let value = self.game.value(coalition)?;
        self.known.borrow_mut().insert(coalition, value);
        Ok(value)
    }
}

fn sharing_error(error: SharingError) -> AppError {
    AppError::Damaged(format!("the split: {error}"))
}
