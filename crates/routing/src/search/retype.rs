//! Which vehicle drives a tour: after a step each touched tour takes the cheapest free kind, or swaps with another tour.

use super::model::{Model, NONE};
use super::rng::Rng;
use super::route::Route;
use super::state::State;

/// Gives touched tours better kinds; `scratch` is a buffer.
pub(crate) fn improve(model: &Model, state: &mut State, rng: &mut Rng, scratch: &mut Route) {
    for index in 0..state.touched_len() {
        let id = state.touched_at(index);
        if state.routes[id as usize].is_empty() {
            continue;
        }
        retype(model, state, id, scratch);
        if state.active > 1 {
            swap(model, state, id, rng, scratch);
        }
    }
}

fn retype(model: &Model, state: &mut State, id: u32, scratch: &mut Route) {
    let route = &state.routes[id as usize];
    let mut best = (route.cost - 1e-9, NONE);
    for kind in 0..model.kinds.len() {
        if kind == route.kind as usize || !state.available(model, kind) {
            continue;
        }
        let cost = price(model, route, kind, best.0, scratch);
        if cost < best.0 {
            best = (cost, u32::try_from(kind).unwrap_or(NONE));
        }
    }
    if best.1 != NONE {
        state.change(model, id, |route, _| set_kind(model, route, best.1));
    }
}

/// Exchanges the kinds of this tour and some other when both together get cheaper.
fn swap(model: &Model, state: &mut State, id: u32, rng: &mut Rng, scratch: &mut Route) {
    let other = rng.below(state.routes.len());
    let (a, b) = (&state.routes[id as usize], &state.routes[other]);
    if b.is_empty() || a.kind == b.kind {
        return;
    }
    let now = a.cost + b.cost - 1e-9;
    if floor(model, a, b.kind as usize) + floor(model, b, a.kind as usize) >= now {
        return;
    }
    let first = price(model, a, b.kind as usize, now, scratch);
    if first >= now {
        return;
    }
    let second = price(model, b, a.kind as usize, now - first, scratch);
    if first + second < now {
        let (of_a, of_b) = (a.kind, b.kind);
        state.change(model, id, |route, _| set_kind(model, route, of_b));
        state.change(model, u32::try_from(other).unwrap_or(NONE), |route, _| {
            set_kind(model, route, of_a);
        });
    }
}

fn set_kind(model: &Model, route: &mut Route, kind: u32) {
    let of = &model.kinds[kind as usize];
    let last = route.seq.len() - 1;
    route.kind = kind;
    route.seq[0] = of.start;
    route.seq[last] = of.end;
}

/// What the tour would cost with another kind; infinite when it cannot have it or it costs more than `limit` at least.
fn price(model: &Model, route: &Route, kind: usize, limit: f64, changed: &mut Route) -> f64 {
    let (own, other) = (&model.kinds[route.kind as usize], &model.kinds[kind]);
    if route.skills & !other.skills != 0 {
        return f64::INFINITY;
    }
    if own.family == other.family {
        return route.price_as(model, other);
    }
    if floor(model, route, kind) >= limit {
        return f64::INFINITY;
    }
    changed.seq.clone_from(&route.seq);
    changed.slot = route.slot;
    set_kind(model, changed, u32::try_from(kind).unwrap_or(NONE));
    changed.refresh(model);
    if changed.feasible(model) {
        changed.cost
    } else {
        f64::INFINITY
    }
}

/// What the tour costs with another kind at least: fixed cost and distance.
fn floor(model: &Model, route: &Route, kind: usize) -> f64 {
    let (own, other) = (&model.kinds[route.kind as usize], &model.kinds[kind]);
    if own.net != other.net {
        return 0.0;
    }
    let (first, last) = (route.seq[1], route.seq[route.seq.len() - 2]);
    let legs = model.dist(other.net, other.start, first) + model.dist(other.net, last, other.end);
    let inner = route.dist - route.leg[0] - route.leg[route.leg.len() - 1];
    other.fixed + other.per_dist * (inner + legs)
}
