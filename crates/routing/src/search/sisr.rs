//! Ruin and recreate: strings of neighbouring tours are taken out and put back greedily with blinks.
//!
//! # Source
//! Christiaens and Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems", Transportation
//! Science 54 (2020). Ours prices only tours near the job, may change a tour's vehicle kind, and takes shipments whole.

use super::insert::{Best, Scan, ScanFn, scan_for};
use super::model::{Model, NONE};
use super::pairs::{PairBuffers, scan_pair};
use super::rng::Rng;
use super::route::Route;
use super::settings::Settings;
use super::state::State;

/// Every leg of a tour.
pub(crate) const ALL: (usize, usize) = (0, usize::MAX);

/// Buffers of the ruin and recreate step.
#[derive(Debug)]
pub(crate) struct Sisr {
    scan: ScanFn,
    /// Leads taken out.
    removed: Vec<u32>,
    /// `[route]`: last visit that looked at it.
    seen: Vec<u64>,
    /// `[route]`: the kind with which the job may fit, of routes looked at in this visit.
    fits: Vec<Option<(u32, f64)>>,
    visit: u64,
    /// `[kind]`: tours of one stop, by node; infinite when impossible.
    single: Vec<f64>,
    buffer: Vec<u32>,
    pairs: PairBuffers,
    keys: Vec<(f64, u32)>,
    scratch: Route,
}

impl Sisr {
    pub(crate) fn new(model: &Model) -> Self {
        let mut sisr = Self {
            scan: scan_for(model.has),
            removed: Vec::new(),
            seen: Vec::new(),
            fits: Vec::new(),
            visit: 0,
            single: vec![f64::INFINITY; model.kinds.len() * model.n],
            buffer: Vec::new(),
            pairs: PairBuffers::default(),
            keys: Vec::new(),
            scratch: Route::default(),
        };
        for kind in 0..model.kinds.len() {
            for &lead in &model.leads {
                sisr.single[kind * model.n + lead as usize] = sisr.alone(model, kind, lead);
            }
        }
        sisr
    }

    /// Objective of a tour of the kind with this job alone.
    fn alone(&mut self, model: &Model, kind: usize, lead: u32) -> f64 {
        let of = &model.kinds[kind];
        let node = &model.nodes[lead as usize];
        let route = &mut self.scratch;
        route.kind = u32::try_from(kind).unwrap_or(NONE);
        route.slot = NONE;
        route.seq.clear();
        route.seq.extend([of.start, lead]);
        if node.partner != NONE {
            route.seq.push(node.partner);
        }
        route.seq.push(of.end);
        route.refresh(model);
        if route.feasible(model) {
            route.cost - route.moved
        } else {
            f64::INFINITY
        }
    }

    /// Whether some vehicle could do the job alone.
    pub(crate) fn possible(&self, model: &Model, lead: u32) -> bool {
        let there = |kind: &usize| model.kinds[*kind].count > 0;
        (0..model.kinds.len())
            .filter(there)
            .any(|kind| self.single[kind * model.n + lead as usize].is_finite())
    }

    /// One ruin and recreate step; false when it was broken off because the plan would cost more than `limit`.
    pub(crate) fn step(
        &mut self,
        model: &Model,
        state: &mut State,
        settings: &Settings,
        limit: f64,
        rng: &mut Rng,
    ) -> bool {
        self.removed.clear();
        self.ruin(model, state, settings, rng);
        self.retry_absent(state, settings, rng);
        self.recreate(model, state, settings, limit, rng)
    }

    /// Puts every job that is left out where it is cheapest.
    pub(crate) fn fill(&mut self, model: &Model, state: &mut State, settings: &Settings, rng: &mut Rng) {
        self.removed.clear();
        self.removed.extend(&state.absent);
        self.recreate(model, state, settings, f64::INFINITY, rng);
    }

    fn ruin(&mut self, model: &Model, state: &mut State, settings: &Settings, rng: &mut Rng) {
        if model.n == 0 || state.active == 0 {
            return;
        }
        let average = as_f64(state.assigned) / as_f64(state.active);
        let longest = settings.max_string.min(average).max(1.0);
        let strings = 4.0 * settings.removed / (1.0 + longest) - 1.0;
        let strings = (rng.unit() * strings.max(0.0) + 1.0).floor();
        let seed = u32::try_from(rng.below(model.n)).unwrap_or(0);
        let mut ruined = 0.0;
        self.visit += 1;
        self.ruin_at(model, state, seed, longest, settings, rng, &mut ruined);
        for &node in model.near(seed) {
            if ruined >= strings {
                break;
            }
            self.ruin_at(model, state, node, longest, settings, rng, &mut ruined);
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one step of the ruin, kept apart from its loop"
    )]
    fn ruin_at(
        &mut self,
        model: &Model,
        state: &mut State,
        node: u32,
        longest: f64,
        settings: &Settings,
        rng: &mut Rng,
        ruined: &mut f64,
    ) {
        let id = state.of[node as usize];
        if id == NONE || !self.look(id) {
            return;
        }
        let len = state.routes[id as usize].len();
        let most = as_f64(len).min(longest);
        let length = to_usize(rng.unit() * most + 1.0).min(len);
        let at = state.at[node as usize] as usize;
        self.mark_string(model, state, id, at, length, settings, rng);
        state.drop_unmarked(model, id);
        if model.backhaul_needs_linehaul {
            self.drop_backhauls(model, state, id);
        }
        *ruined += 1.0;
    }

    /// Takes out a string of `length` nodes around position `at`, perhaps sparing some in its middle.
    #[expect(
        clippy::too_many_arguments,
        reason = "one step of the ruin, kept apart from its loop"
    )]
    fn mark_string(
        &mut self,
        model: &Model,
        state: &mut State,
        id: u32,
        at: usize,
        length: usize,
        settings: &Settings,
        rng: &mut Rng,
    ) {
        let len = state.routes[id as usize].len();
        let mut spared = 0;
        if length > 1 && length < len && rng.chance(settings.split) {
            spared = 1;
            while length + spared < len && !rng.chance(settings.split_depth) {
                spared += 1;
            }
        }
        let window = length + spared;
        let low = (at + 1).saturating_sub(window).max(1);
        let high = at.min(len + 1 - window);
        let start = low + rng.below(high + 1 - low);
        let skip = start + 1 + rng.below(length.max(2) - 1);
        for position in start..start + window {
            if spared > 0 && position >= skip && position < skip + spared {
                continue;
            }
            let node = state.routes[id as usize].seq[position];
            self.take_out(model, state, node);
        }
    }

    pub(crate) fn take_out(&mut self, model: &Model, state: &mut State, node: u32) {
        if state.of[node as usize] == NONE {
            return;
        }
        let lead = model.nodes[node as usize].lead;
        let partner = model.nodes[lead as usize].partner;
        state.of[lead as usize] = NONE;
        if partner != NONE {
            state.of[partner as usize] = NONE;
        }
        self.removed.push(lead);
        state.leave_out(model, lead);
    }

    fn drop_backhauls(&mut self, model: &Model, state: &mut State, id: u32) {
        let route = &state.routes[id as usize];
        if route.is_empty() || route.first_back > 1 {
            return;
        }
        while let Some(&node) = state.routes[id as usize]
            .nodes()
            .iter()
            .find(|&&node| state.of[node as usize] != NONE)
        {
            self.take_out(model, state, node);
        }
        state.drop_unmarked(model, id);
    }

    /// True the first time in this visit.
    fn look(&mut self, id: u32) -> bool {
        let slot = id as usize;
        if slot >= self.seen.len() {
            self.seen.resize(slot + 1, 0);
        }
        let first = self.seen[slot] != self.visit;
        self.seen[slot] = self.visit;
        first
    }

    /// Jobs left out earlier get another chance, some of them when there are many.
    fn retry_absent(&mut self, state: &State, settings: &Settings, rng: &mut Rng) {
        let taken = self.removed.len();
        let earlier = state.absent.len() - taken;
        if earlier <= settings.retries {
            self.removed.extend(&state.absent[..earlier]);
        } else {
            let from = rng.below(earlier);
            let chosen = (0..settings.retries).map(|k| state.absent[(from + k) % earlier]);
            self.removed.extend(chosen);
        }
    }

    fn recreate(&mut self, model: &Model, state: &mut State, settings: &Settings, limit: f64, rng: &mut Rng) -> bool {
        let mut removed = std::mem::take(&mut self.removed);
        self.sort(model, state, &mut removed, rng);
        let mut within = true;
        for &lead in &removed {
            let best = self.cheapest_under(limit - state.cost, model, state, lead, settings, rng);
            if best.found() && best.cost < model.nodes[lead as usize].absence {
                state.insert(model, lead, &best);
            } else if limit.is_finite() {
                within = false;
                break;
            }
        }
        self.removed = removed;
        within
    }

    fn sort(&mut self, model: &Model, state: &State, removed: &mut [u32], rng: &mut Rng) {
        let depot = |lead: u32| model.dist(model.kinds[0].net, model.kinds[0].start, lead);
        let node = |lead: u32| &model.nodes[lead as usize];
        let load = |lead: u32| model.deliver(lead)[0] + model.collect(lead)[0];
        let windows = if model.has.windows { 6 } else { 0 };
        let draw = rng.below(11 + windows);
        if draw < 4 {
            rng.shuffle(removed);
            return;
        }
        let key = |lead: u32| match draw {
            4..=7 => -load(lead),
            8..=9 => -depot(lead),
            10 => depot(lead),
            11..=12 => node(lead).close - node(lead).open,
            13..=14 => node(lead).open,
            _ => -node(lead).close,
        };
        let _ = state;
        self.keys.clear();
        self.keys.extend(removed.iter().map(|&lead| (key(lead), lead)));
        self.keys.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (slot, entry) in removed.iter_mut().zip(&self.keys) {
            *slot = entry.1;
        }
    }

    /// The cheapest place on the tours near the job, or on a tour of its own.
    pub(crate) fn cheapest(
        &mut self,
        model: &Model,
        state: &State,
        lead: u32,
        settings: &Settings,
        rng: &mut Rng,
    ) -> Best {
        self.cheapest_under(f64::INFINITY, model, state, lead, settings, rng)
    }

    /// The same, when it costs less than `most`; nothing otherwise.
    fn cheapest_under(
        &mut self,
        most: f64,
        model: &Model,
        state: &State,
        lead: u32,
        settings: &Settings,
        rng: &mut Rng,
    ) -> Best {
        let mut best = Best::none();
        best.cost = most;
        self.visit += 1;
        let long = state.assigned > settings.long * state.active && model.nodes[lead as usize].partner == NONE;
        let near = model.near(lead);
        for &node in &near[..settings.near.min(near.len())] {
            let id = state.of[node as usize];
            if id == NONE {
                continue;
            }
            if long {
                self.try_beside(model, state, id, node, lead, settings, rng, &mut best);
            } else if self.look(id) {
                self.try_route(model, state, id, ALL, lead, settings, rng, &mut best);
            }
        }
        self.try_near_partner(model, state, lead, settings, rng, &mut best);
        let lost = most.is_finite() && !best.placed();
        if long && !best.placed() {
            self.visit += 1;
        }
        if !best.placed() && !lost {
            for id in 0..state.routes.len() {
                let id = u32::try_from(id).unwrap_or(NONE);
                if !state.routes[id as usize].is_empty() && self.look(id) {
                    self.try_route(model, state, id, ALL, lead, settings, rng, &mut best);
                }
            }
        }
        self.try_alone(model, state, lead, &mut best, settings, rng);
        if best.placed() { best } else { Best::none() }
    }

    /// The legs beside a stop of a long tour, and the first time its first and last leg.
    #[expect(clippy::too_many_arguments, reason = "everything one trial looks at")]
    fn try_beside(
        &mut self,
        model: &Model,
        state: &State,
        id: u32,
        node: u32,
        lead: u32,
        settings: &Settings,
        rng: &mut Rng,
        best: &mut Best,
    ) {
        let route = &state.routes[id as usize];
        let first = self.look(id);
        if first {
            let fit = fit(model, state, route, lead);
            self.fits.resize(self.seen.len(), None);
            self.fits[id as usize] = fit;
        }
        let Some(fit) = self.fits[id as usize] else { return };
        let (at, last) = (state.at[node as usize] as usize, route.len());
        self.price_legs(model, route, id, (at - 1, at + 1), lead, fit, settings.blink, rng, best);
        if first {
            for leg in [0, last] {
                self.price_legs(model, route, id, (leg, leg + 1), lead, fit, settings.blink, rng, best);
            }
        }
    }

    /// The tours near the delivery of a shipment.
    fn try_near_partner(
        &mut self,
        model: &Model,
        state: &State,
        lead: u32,
        settings: &Settings,
        rng: &mut Rng,
        best: &mut Best,
    ) {
        let partner = model.nodes[lead as usize].partner;
        if partner == NONE {
            return;
        }
        let near = model.near(partner);
        for &node in &near[..settings.near.min(near.len())] {
            let id = state.of[node as usize];
            if id != NONE && self.look(id) {
                self.try_route(model, state, id, ALL, lead, settings, rng, best);
            }
        }
    }

    fn try_alone(&self, model: &Model, state: &State, lead: u32, best: &mut Best, settings: &Settings, rng: &mut Rng) {
        for kind in 0..model.kinds.len() {
            let cost = self.single[kind * model.n + lead as usize] + model.moved(lead, NONE);
            if cost < best.cost && state.available(model, kind) && !rng.chance(settings.blink) {
                *best = Best {
                    cost,
                    route: NONE,
                    kind: u32::try_from(kind).unwrap_or(NONE),
                    leg: 0,
                    second: 0,
                };
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "everything one trial looks at")]
    fn try_route(
        &mut self,
        model: &Model,
        state: &State,
        id: u32,
        legs: (usize, usize),
        lead: u32,
        settings: &Settings,
        rng: &mut Rng,
        best: &mut Best,
    ) {
        let route = &state.routes[id as usize];
        self.price_on(model, state, route, id, legs, lead, settings.blink, rng, best);
    }

    /// Looks for a cheaper place of the job on the given legs of a tour, which need not be that of the plan.
    #[expect(clippy::too_many_arguments, reason = "everything one trial looks at")]
    pub(crate) fn price_on(
        &mut self,
        model: &Model,
        state: &State,
        route: &Route,
        id: u32,
        legs: (usize, usize),
        lead: u32,
        blink: f64,
        rng: &mut Rng,
        best: &mut Best,
    ) {
        if let Some(fit) = fit(model, state, route, lead) {
            self.price_legs(model, route, id, legs, lead, fit, blink, rng, best);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "everything one trial looks at")]
    fn price_legs(
        &mut self,
        model: &Model,
        route: &Route,
        id: u32,
        legs: (usize, usize),
        lead: u32,
        (kind_id, extra): (u32, f64),
        blink: f64,
        rng: &mut Rng,
        best: &mut Best,
    ) {
        let moved = model.moved(lead, id);
        let scan = Scan {
            model,
            route,
            id,
            kind_id,
            extra: extra + moved,
            moved,
            legs: (legs.0, legs.1.min(route.leg.len())),
            blink,
        };
        if model.nodes[lead as usize].partner == NONE {
            (self.scan)(&scan, lead, best, rng, &mut self.buffer);
        } else {
            scan_pair(&scan, lead, best, rng, &mut self.pairs);
        }
    }
}

/// The kind with which the job may fit the tour, beside the goods on it.
fn fit(model: &Model, state: &State, route: &Route, lead: u32) -> Option<(u32, f64)> {
    if model.nodes[lead as usize].conflicts & route.goods != 0 {
        return None;
    }
    fitting_kind(model, state, route, lead)
}

/// The tour's own kind when the job may fit, else the cheapest kind of the family that is free and large enough, with
/// what the change costs.
fn fitting_kind(model: &Model, state: &State, route: &Route, lead: u32) -> Option<(u32, f64)> {
    let node = &model.nodes[lead as usize];
    let kind = &model.kinds[route.kind as usize];
    if node.skills & !kind.skills != 0 {
        return None;
    }
    if model.kinds.len() == 1 {
        let full = !model.has.two_sided && route.total + load(model, lead, 0) > kind.capacity[0] + super::model::EPS;
        return (!full).then_some((route.kind, 0.0));
    }
    let fits = |capacity: &[f64]| {
        (0..model.dims).all(|d| route.peak[d] + load(model, lead, d) <= capacity[d] + super::model::EPS)
    };
    if fits(&kind.capacity) {
        return Some((route.kind, 0.0));
    }
    let mut best = model.has.two_sided.then_some((route.kind, 0.0));
    for (id, other) in model.kinds.iter().enumerate() {
        if other.family != kind.family || !fits(&other.capacity) || !state.available(model, id) {
            continue;
        }
        let extra =
            other.price(route.dist, route.time, route.load_dist) - kind.price(route.dist, route.time, route.load_dist);
        if best.is_none_or(|(own, cost)| own == route.kind || extra < cost) {
            best = Some((u32::try_from(id).unwrap_or(NONE), extra));
        }
    }
    best
}

fn load(model: &Model, lead: u32, d: usize) -> f64 {
    model.amount[lead as usize * model.dims + d]
}

#[expect(clippy::cast_precision_loss, reason = "counts of stops")]
fn as_f64(value: usize) -> f64 {
    value as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small positive number"
)]
fn to_usize(value: f64) -> usize {
    value as usize
}
