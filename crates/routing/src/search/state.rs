//! The current plan of a search: tours, jobs left out, and a journal that takes back what an iteration did.

use super::insert::Best;
use super::model::{Model, NONE};
use super::route::Route;

/// Tours and jobs left out.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub routes: Vec<Route>,
    /// `[node]`: its tour, or `NONE`.
    pub of: Vec<u32>,
    /// `[node]`: its position on the tour; stale when `of` is `NONE`.
    pub at: Vec<u32>,
    /// `[kind]`: tours in use.
    pub used: Vec<usize>,
    /// Tours in use.
    pub active: usize,
    /// Tours allowed, whatever the kinds have.
    pub most: usize,
    /// Nodes on tours.
    pub assigned: usize,
    /// Leads of jobs left out.
    pub absent: Vec<u32>,
    /// `[lead]`: position in `absent`, or `NONE`.
    absent_at: Vec<u32>,
    /// `[lead]`: how often the job was left out, for jobs that must be done.
    pub weight: Vec<f64>,
    /// Objective of the tours and of optional jobs left out.
    pub cost: f64,
    /// Sum of the weights of jobs left out that must be done.
    pub missing: f64,
    /// How many jobs are left out that must be done.
    pub lacking: usize,
    free: Vec<u32>,
    journal: Journal,
}

#[derive(Debug, Clone, Default)]
struct Journal {
    saved: Vec<(u32, Route)>,
    /// How many entries of `saved` belong to this iteration; the rest are buffers.
    len: usize,
    /// `[route]`: iteration in which it was saved.
    stamp: Vec<u64>,
    iteration: u64,
    /// Leads that left or joined the absent, in order.
    moves: Vec<u32>,
    cost: f64,
    missing: f64,
    lacking: usize,
}

impl State {
    /// Every job left out.
    pub(crate) fn new(model: &Model) -> Self {
        let mut state = Self {
            routes: Vec::new(),
            of: vec![NONE; model.n],
            at: vec![0; model.n],
            used: vec![0; model.kinds.len()],
            active: 0,
            most: usize::MAX,
            assigned: 0,
            absent: Vec::new(),
            absent_at: vec![NONE; model.n],
            weight: vec![1.0; model.n],
            cost: 0.0,
            missing: 0.0,
            lacking: 0,
            free: Vec::new(),
            journal: Journal::default(),
        };
        for &lead in &model.leads {
            state.leave_out(model, lead);
        }
        state.begin();
        state
    }

    /// Starts an iteration: what was done before stays.
    pub(crate) fn begin(&mut self) {
        self.journal.len = 0;
        self.journal.iteration += 1;
        self.journal.moves.clear();
        self.journal.cost = self.cost;
        self.journal.missing = self.missing;
        self.journal.lacking = self.lacking;
    }

    /// How many tours changed since [`State::begin`].
    pub(crate) fn touched_len(&self) -> usize {
        self.journal.len
    }

    pub(crate) fn touched_at(&self, index: usize) -> u32 {
        self.journal.saved[index].0
    }

    /// Objective and missing weight before the iteration.
    pub(crate) fn before(&self) -> (f64, f64) {
        (self.journal.missing, self.journal.cost)
    }

    /// Takes everything back since [`State::begin`].
    pub(crate) fn undo(&mut self) {
        for index in 0..self.journal.len {
            let (id, _) = self.journal.saved[index];
            for &node in self.routes[id as usize].nodes() {
                self.of[node as usize] = NONE;
            }
        }
        for index in 0..self.journal.len {
            let id = self.journal.saved[index].0;
            let slot = id as usize;
            self.account(slot, false);
            std::mem::swap(&mut self.routes[slot], &mut self.journal.saved[index].1);
            self.account(slot, true);
            for &node in self.routes[slot].nodes() {
                self.of[node as usize] = id;
            }
            self.number(slot);
            if self.routes[slot].is_empty() {
                self.free.push(id);
            }
        }
        while let Some(lead) = self.journal.moves.pop() {
            if self.absent_at[lead as usize] == NONE {
                self.mark_absent(lead);
            } else {
                self.unmark_absent(lead);
            }
        }
        self.cost = self.journal.cost;
        self.missing = self.journal.missing;
        self.lacking = self.journal.lacking;
        self.journal.len = 0;
    }

    /// Counts a tour in or out of the sums that depend on whether it is used.
    fn account(&mut self, slot: usize, add: bool) {
        let route = &self.routes[slot];
        if route.is_empty() {
            return;
        }
        let (kind, len) = (route.kind as usize, route.len());
        if add {
            self.used[kind] += 1;
            self.active += 1;
            self.assigned += len;
        } else {
            self.used[kind] -= 1;
            self.active -= 1;
            self.assigned -= len;
        }
    }

    /// Notes the positions of the tour's nodes.
    fn number(&mut self, slot: usize) {
        for (position, &node) in (1u32..).zip(self.routes[slot].nodes()) {
            self.at[node as usize] = position;
        }
    }

    /// Keeps a copy of the tour unless this iteration has one.
    fn save(&mut self, slot: usize) {
        let journal = &mut self.journal;
        journal.stamp.resize(self.routes.len().max(journal.stamp.len()), 0);
        if journal.stamp[slot] == journal.iteration {
            return;
        }
        journal.stamp[slot] = journal.iteration;
        let id = u32::try_from(slot).unwrap_or(NONE);
        if journal.len == journal.saved.len() {
            journal.saved.push((id, Route::default()));
        }
        let entry = &mut journal.saved[journal.len];
        entry.0 = id;
        entry.1.copy_from(&self.routes[slot]);
        journal.len += 1;
    }

    /// Changes one tour; sums, counts and the journal follow.
    pub(crate) fn change(&mut self, model: &Model, id: u32, edit: impl FnOnce(&mut Route, &[u32])) {
        let slot = id as usize;
        self.save(slot);
        self.account(slot, false);
        self.cost -= self.routes[slot].cost;
        edit(&mut self.routes[slot], &self.of);
        self.routes[slot].refresh(model);
        self.cost += self.routes[slot].cost;
        self.number(slot);
        self.account(slot, true);
        if self.routes[slot].is_empty() {
            self.free.push(id);
        }
    }

    /// Makes the tour the owner of its nodes.
    pub(crate) fn own(&mut self, id: u32) {
        for &node in self.routes[id as usize].nodes() {
            self.of[node as usize] = id;
        }
    }

    /// An empty tour of the kind.
    pub(crate) fn open(&mut self, model: &Model, kind: u32) -> u32 {
        while let Some(id) = self.free.pop() {
            if self.routes[id as usize].is_empty() {
                self.change(model, id, |route, _| route.clear(model, kind));
                // An empty tour went back to the free list by the change.
                self.free.pop();
                return id;
            }
        }
        self.push(model, kind)
    }

    /// One more slot with an empty tour.
    fn push(&mut self, model: &Model, kind: u32) -> u32 {
        let id = u32::try_from(self.routes.len()).unwrap_or(NONE);
        let mut route = Route {
            slot: id,
            ..Route::default()
        };
        route.clear(model, kind);
        self.routes.push(route);
        self.save(id as usize);
        id
    }

    /// Puts a job where the scan found it cheapest.
    pub(crate) fn insert(&mut self, model: &Model, lead: u32, best: &Best) {
        let id = if best.route == NONE {
            self.open(model, best.kind)
        } else {
            best.route
        };
        let partner = model.nodes[lead as usize].partner;
        self.change(model, id, |route, _| {
            if route.kind != best.kind {
                route.kind = best.kind;
                let kind = &model.kinds[best.kind as usize];
                let last = route.seq.len() - 1;
                route.seq[0] = kind.start;
                route.seq[last] = kind.end;
            }
            if partner != NONE {
                route.seq.insert(best.second + 1, partner);
            }
            route.seq.insert(best.leg + 1, lead);
        });
        self.of[lead as usize] = id;
        if partner != NONE {
            self.of[partner as usize] = id;
        }
        self.take_in(model, lead);
    }

    /// Puts a whole tour in behind the others; its jobs must be absent. Without nodes it only takes up a number.
    pub(crate) fn append(&mut self, model: &Model, kind: u32, nodes: &[u32]) {
        let id = self.push(model, kind);
        if nodes.is_empty() {
            self.free.push(id);
            return;
        }
        self.change(model, id, |route, _| {
            let end = route.seq.pop();
            route.seq.extend_from_slice(nodes);
            route.seq.extend(end);
        });
        for &node in nodes {
            self.of[node as usize] = id;
            if model.nodes[node as usize].lead == node {
                self.take_in(model, node);
            }
        }
    }

    /// Takes nodes whose `of` is `NONE` off the tour.
    pub(crate) fn drop_unmarked(&mut self, model: &Model, id: u32) {
        self.change(model, id, |route, of| {
            let last = route.seq.len() - 1;
            let mut at = 0;
            route.seq.retain(|&node| {
                let keep = at == 0 || at == last || of[node as usize] != NONE;
                at += 1;
                keep
            });
        });
    }

    /// Declares a job left out; its nodes must be off the tours.
    pub(crate) fn leave_out(&mut self, model: &Model, lead: u32) {
        self.journal.moves.push(lead);
        self.mark_absent(lead);
        let absence = model.nodes[lead as usize].absence;
        if absence.is_finite() {
            self.cost += absence;
        } else {
            self.missing += self.weight[lead as usize];
            self.lacking += 1;
        }
    }

    /// Makes a job that must be done, and is left out, weigh more.
    pub(crate) fn weigh(&mut self, lead: u32) {
        self.weight[lead as usize] += 1.0;
        self.missing += 1.0;
    }

    fn take_in(&mut self, model: &Model, lead: u32) {
        if self.absent_at[lead as usize] == NONE {
            return;
        }
        self.journal.moves.push(lead);
        self.unmark_absent(lead);
        let absence = model.nodes[lead as usize].absence;
        if absence.is_finite() {
            self.cost -= absence;
        } else {
            self.missing -= self.weight[lead as usize];
            self.lacking -= 1;
        }
    }

    fn mark_absent(&mut self, lead: u32) {
        self.absent_at[lead as usize] = u32::try_from(self.absent.len()).unwrap_or(NONE);
        self.absent.push(lead);
    }

    fn unmark_absent(&mut self, lead: u32) {
        let at = self.absent_at[lead as usize] as usize;
        self.absent.swap_remove(at);
        if let Some(&moved) = self.absent.get(at) {
            self.absent_at[moved as usize] = u32::try_from(at).unwrap_or(NONE);
        }
        self.absent_at[lead as usize] = NONE;
    }

    /// Whether the kind still has a vehicle.
    pub(crate) fn available(&self, model: &Model, kind: usize) -> bool {
        self.active < self.most && self.used[kind] < model.kinds[kind].count
    }

    /// Sums the objective anew, so that rounding does not creep.
    pub(crate) fn recount(&mut self, model: &Model) {
        self.cost = self.routes.iter().map(|route| route.cost).sum();
        self.missing = 0.0;
        for &lead in &self.absent {
            let absence = model.nodes[lead as usize].absence;
            if absence.is_finite() {
                self.cost += absence;
            } else {
                self.missing += self.weight[lead as usize];
            }
        }
    }
}
