//! Fewer vehicles: one tour is closed, and its jobs are fitted into the others by throwing out jobs that are easier to
//! place.
//!
//! A job that found no place anywhere counts how often that happened. It may then push up to two jobs off some tour,
//! those whose counts sum to the least; between such pushes, ruin and recreate steps shake the tours.
//!
//! # Source
//! Nagata and Bräysy, "A powerful route minimization heuristic for the vehicle routing problem with time windows",
//! Operations Research Letters 37 (2009); for shipments Nagata and Kobayashi, "Guided ejection search for the pickup and
//! delivery problem with time windows", EvoCOP 2010. Ours shakes with string removals instead of random moves.

use super::anneal::{Annealer, Snapshot};
use super::insert::Best;
use super::model::{Model, NONE};
use super::rng::Rng;
use super::route::Route;
use super::sisr::{ALL, Sisr};
use super::state::State;

/// Jobs of one tour that may leave it two at a time; on longer tours those with the lowest counts.
const COUPLES: usize = 14;

/// The cheapest push found so far: the job goes on `at`, and `out` leaves that tour.
#[derive(Debug, Clone, Copy)]
struct Push {
    weight: f64,
    out: [u32; 2],
    at: Best,
}

impl Push {
    fn none() -> Self {
        Self {
            weight: f64::INFINITY,
            out: [NONE; 2],
            at: Best::none(),
        }
    }
}

/// Buffers of the pushes.
#[derive(Debug, Default)]
struct Pusher {
    /// Leads of a tour, lowest count first.
    leads: Vec<u32>,
    order: Vec<u32>,
    scratch: Route,
}

/// Closes tours as long as the budget lasts and the loads leave hope. Does nothing while jobs lack a place.
pub(crate) fn reduce(
    annealer: &mut Annealer,
    until: f64,
    used: &dyn Fn(u64) -> f64,
    incumbent: &mut dyn FnMut(usize, f64),
) {
    let mut pusher = Pusher::default();
    let fewest = fewest(annealer.model);
    if annealer.state.lacking > 0 {
        return;
    }
    let settings = annealer.settings;
    if annealer.state.assigned > settings.long * annealer.state.active {
        annealer.settings.retries = settings.fleet_retries;
    } else {
        annealer.settings.push_near = 0;
    }
    while annealer.state.active > fewest {
        close(annealer);
        if !fit(annealer, &mut pusher, until, used) {
            go_back(annealer);
            break;
        }
        annealer.state.recount(annealer.model);
        annealer.best = Snapshot::of(&annealer.state);
        incumbent(annealer.best.lacking, annealer.best.cost);
    }
    annealer.state.most = usize::MAX;
    annealer.settings = settings;
}

/// No fewer vehicles than the loads need: what the depot sends out, over the largest payload.
fn fewest(model: &Model) -> usize {
    let bound = |d: usize| {
        let sent: f64 = model
            .leads
            .iter()
            .map(|&lead| must(model, lead) * model.deliver(lead)[d])
            .sum();
        let largest = model.kinds.iter().map(|kind| kind.capacity[d]).fold(0.0, f64::max);
        let share = if largest > 0.0 {
            (sent / largest - 1e-9).ceil()
        } else {
            0.0
        };
        // Counts of vehicles are small; anything odd ends as no bound at all.
        (0..=model.leads.len())
            .find(|&count| as_f64(count) >= share)
            .unwrap_or(0)
    };
    (0..model.dims).map(bound).max().unwrap_or(1).max(1)
}

fn must(model: &Model, lead: u32) -> f64 {
    if model.nodes[lead as usize].absence.is_infinite() {
        1.0
    } else {
        0.0
    }
}

/// Takes the tour apart whose jobs were left out least often, and lowers the number of tours allowed.
fn close(annealer: &mut Annealer) {
    let (model, state) = (annealer.model, &mut annealer.state);
    let mut least = (f64::INFINITY, NONE);
    for (id, route) in (0u32..).zip(&state.routes) {
        let weight: f64 = route.nodes().iter().map(|&node| state.weight[node as usize]).sum();
        if !route.is_empty() && weight < least.0 {
            least = (weight, id);
        }
    }
    if least.1 == NONE {
        return;
    }
    state.begin();
    while let Some(&node) = state.routes[least.1 as usize]
        .nodes()
        .iter()
        .find(|&&node| state.of[node as usize] != NONE)
    {
        annealer.sisr.take_out(model, state, node);
    }
    state.drop_unmarked(model, least.1);
    state.most = state.active;
}

/// Pushes and shakes until every job that must be done has a place; false when the budget ended first.
fn fit(annealer: &mut Annealer, pusher: &mut Pusher, until: f64, used: &dyn Fn(u64) -> f64) -> bool {
    let heat = annealer.first_heat() * annealer.settings.heat * annealer.unit;
    while annealer.state.lacking > 0 {
        let now = used(annealer.iterations);
        if now >= until || !now.is_finite() {
            return false;
        }
        annealer.state.begin();
        let Some(lead) = last_missing(annealer.model, &annealer.state) else {
            break;
        };
        place_or_push(annealer, pusher, lead);
        for _ in 0..annealer.settings.shakes {
            if annealer.state.lacking == 0 {
                break;
            }
            annealer.shake(heat);
        }
    }
    true
}

/// The job that was left out last among those that must be done.
fn last_missing(model: &Model, state: &State) -> Option<u32> {
    let must = |lead: &&u32| model.nodes[**lead as usize].absence.is_infinite();
    state.absent.iter().rev().find(must).copied()
}

fn place_or_push(annealer: &mut Annealer, pusher: &mut Pusher, lead: u32) {
    annealer.iterations += 1;
    let (model, state) = (annealer.model, &mut annealer.state);
    let best = annealer
        .sisr
        .cheapest(model, state, lead, &annealer.settings, &mut annealer.rng);
    if best.found() {
        state.insert(model, lead, &best);
        return;
    }
    state.weigh(lead);
    let near = annealer.settings.push_near;
    let push = pusher.cheapest(model, state, &mut annealer.sisr, lead, near, &mut annealer.rng);
    if push.at.found() {
        let id = push.at.route;
        for &out in push.out.iter().filter(|&&out| out != NONE) {
            annealer.sisr.take_out(model, state, out);
        }
        state.drop_unmarked(model, id);
        state.insert(model, lead, &push.at);
    }
}

impl Pusher {
    /// The push that throws out the jobs that were left out least often so far.
    fn cheapest(
        &mut self,
        model: &Model,
        state: &State,
        sisr: &mut Sisr,
        lead: u32,
        near: usize,
        rng: &mut Rng,
    ) -> Push {
        let mut best = Push::none();
        let near = self.order(model, state, lead, near, rng);
        for index in 0..self.order.len() {
            if index == near && best.at.found() {
                break;
            }
            let id = self.order[index];
            self.list(model, state, id, rng);
            self.singles(model, state, sisr, id, lead, &mut best, rng);
            self.couples(model, state, sisr, id, lead, &mut best, rng);
        }
        best
    }

    /// Lists the tours, those near the job's stops first, otherwise in random order; says how many are near.
    fn order(&mut self, model: &Model, state: &State, lead: u32, near: usize, rng: &mut Rng) -> usize {
        self.order.clear();
        let stops = [lead, model.nodes[lead as usize].partner];
        for &stop in stops.iter().filter(|&&stop| stop != NONE) {
            for &node in model.near(stop).iter().take(near) {
                let id = state.of[node as usize];
                if id != NONE && !self.order.contains(&id) {
                    self.order.push(id);
                }
            }
        }
        let near = self.order.len();
        for (id, route) in (0u32..).zip(&state.routes) {
            if !route.is_empty() && !self.order[..near].contains(&id) {
                self.order.push(id);
            }
        }
        rng.shuffle(&mut self.order[..near]);
        rng.shuffle(&mut self.order[near..]);
        near
    }

    /// The tour's jobs, lowest count first, equal counts in random order.
    fn list(&mut self, model: &Model, state: &State, id: u32, rng: &mut Rng) {
        self.leads.clear();
        let nodes = state.routes[id as usize].nodes().iter();
        self.leads
            .extend(nodes.filter(|&&node| model.nodes[node as usize].lead == node));
        rng.shuffle(&mut self.leads);
        let weight = |lead: u32| state.weight[lead as usize];
        self.leads.sort_unstable_by(|&a, &b| weight(a).total_cmp(&weight(b)));
    }

    #[expect(clippy::too_many_arguments, reason = "everything one trial looks at")]
    fn singles(
        &mut self,
        model: &Model,
        state: &State,
        sisr: &mut Sisr,
        id: u32,
        lead: u32,
        best: &mut Push,
        rng: &mut Rng,
    ) {
        for index in 0..self.leads.len() {
            let out = self.leads[index];
            let weight = state.weight[out as usize];
            if weight >= best.weight {
                return;
            }
            self.trial(model, state, sisr, id, lead, (weight, [out, NONE]), best, rng);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "everything one trial looks at")]
    fn couples(
        &mut self,
        model: &Model,
        state: &State,
        sisr: &mut Sisr,
        id: u32,
        lead: u32,
        best: &mut Push,
        rng: &mut Rng,
    ) {
        let many = self.leads.len().min(COUPLES);
        for first in 0..many {
            for second in first + 1..many {
                let out = [self.leads[first], self.leads[second]];
                let weight = state.weight[out[0] as usize] + state.weight[out[1] as usize];
                if weight >= best.weight {
                    break;
                }
                self.trial(model, state, sisr, id, lead, (weight, out), best, rng);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "everything one trial looks at")]
    fn trial(
        &mut self,
        model: &Model,
        state: &State,
        sisr: &mut Sisr,
        id: u32,
        lead: u32,
        (weight, out): (f64, [u32; 2]),
        best: &mut Push,
        rng: &mut Rng,
    ) {
        let route = &state.routes[id as usize];
        let scratch = &mut self.scratch;
        scratch.kind = route.kind;
        scratch.slot = route.slot;
        scratch.seq.clear();
        scratch.seq.extend(route.seq.iter().filter(|&&place| {
            let lead = model.nodes.get(place as usize).map(|node| node.lead);
            lead.is_none_or(|lead| !out.contains(&lead))
        }));
        scratch.refresh(model);
        if !scratch.feasible(model) {
            return;
        }
        let mut at = Best::none();
        sisr.price_on(model, state, scratch, id, ALL, lead, 0.0, rng, &mut at);
        if at.found() {
            *best = Push { weight, out, at };
        }
    }
}

/// Takes up the best plan again.
fn go_back(annealer: &mut Annealer) {
    let tours = std::mem::take(&mut annealer.best.tours);
    annealer.begin_with(&tours);
}

fn as_f64(value: usize) -> f64 {
    u32::try_from(value).map_or(f64::INFINITY, f64::from)
}
