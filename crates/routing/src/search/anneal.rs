//! Annealing over ruin and recreate steps, with the best plan kept aside.

use super::fleet;
use super::model::{Model, NONE};
use super::retype;
use super::rng::Rng;
use super::route::Route;
use super::settings::Settings;
use super::sisr::Sisr;
use super::state::State;
use super::strings::Strings;
use super::tails::Tails;

/// The best plan so far, as sequences of nodes by tour slot.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    /// `[slot]`: kind and nodes; empty slots have no nodes.
    pub tours: Vec<(u32, Vec<u32>)>,
    pub cost: f64,
    /// Jobs left out that must be done.
    pub lacking: usize,
    changed: Vec<u32>,
    is_changed: Vec<bool>,
}

impl Snapshot {
    pub(crate) fn of(state: &State) -> Self {
        let tours = state
            .routes
            .iter()
            .map(|route| (route.kind, route.nodes().to_vec()))
            .collect();
        Self {
            tours,
            cost: state.cost,
            lacking: state.lacking,
            changed: Vec::new(),
            is_changed: vec![false; state.routes.len()],
        }
    }

    fn better(&self, state: &State) -> bool {
        (state.lacking, state.cost + 1e-9) < (self.lacking, self.cost)
    }

    fn note(&mut self, slot: u32) {
        let at = slot as usize;
        if at >= self.is_changed.len() {
            self.is_changed.resize(at + 1, false);
            self.tours.resize(at + 1, (0, Vec::new()));
        }
        if !self.is_changed[at] {
            self.is_changed[at] = true;
            self.changed.push(slot);
        }
    }

    fn take(&mut self, state: &State) {
        while let Some(slot) = self.changed.pop() {
            let at = slot as usize;
            self.is_changed[at] = false;
            let (kind, nodes) = &mut self.tours[at];
            *kind = state.routes[at].kind;
            nodes.clear();
            nodes.extend_from_slice(state.routes[at].nodes());
        }
        self.cost = state.cost;
        self.lacking = state.lacking;
    }
}

/// One search with its plan, its best plan and its buffers.
#[derive(Debug)]
pub(crate) struct Annealer<'m> {
    pub model: &'m Model,
    pub state: State,
    pub best: Snapshot,
    pub sisr: Sisr,
    tails: Tails,
    strings: Strings,
    scratch: Route,
    pub rng: Rng,
    pub settings: Settings,
    /// Average objective per leg: the unit of temperature.
    pub unit: f64,
    pub iterations: u64,
}

/// How many steps pass between two looks at the budget.
const LOOK: u64 = 16;

impl<'m> Annealer<'m> {
    /// Starts from the given tours (kind and nodes); everything else is put in greedily.
    pub(crate) fn new(model: &'m Model, tours: &[(u32, Vec<u32>)], settings: Settings, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let mut state = State::new(model);
        for (kind, nodes) in tours {
            adopt(model, &mut state, *kind, nodes);
        }
        let mut sisr = Sisr::new(model);
        sisr.fill(model, &mut state, &settings, &mut rng);
        state.begin();
        state.recount(model);
        let legs = (state.assigned + state.active).max(1);
        let fixed: f64 = state
            .routes
            .iter()
            .filter(|r| !r.is_empty())
            .map(|r| model.kinds[r.kind as usize].fixed)
            .sum();
        let absent: f64 = state
            .absent
            .iter()
            .map(|&l| model.nodes[l as usize].absence)
            .filter(|a| a.is_finite())
            .sum();
        let unit = (state.cost - fixed - absent).max(0.0) / as_f64(legs);
        let best = Snapshot::of(&state);
        Self {
            model,
            state,
            best,
            sisr,
            tails: Tails::default(),
            strings: Strings::default(),
            scratch: Route::default(),
            rng,
            settings,
            unit,
            iterations: 0,
        }
    }

    /// The whole search: fewer vehicles first when that is asked for, then annealing with what is
    /// left of the budget.
    pub(crate) fn search(&mut self, until: f64, used: &dyn Fn(u64) -> f64, incumbent: &mut dyn FnMut(usize, f64)) {
        self.fewer(until, used, incumbent);
        let cooling = (used(self.iterations), until);
        self.run(cooling, until, used, incumbent);
    }

    /// Uses fewer vehicles, when that is asked for, within its share of what is left until `until`.
    pub(crate) fn fewer(&mut self, until: f64, used: &dyn Fn(u64) -> f64, incumbent: &mut dyn FnMut(usize, f64)) {
        if self.model.vehicles_first {
            let begin = used(self.iterations);
            fleet::reduce(self, begin + self.settings.fleet * (until - begin), used, incumbent);
        }
    }

    /// Runs until `used` (share of the budget, by iterations so far) reaches `until`; the temperature falls from the first
    /// share of `cooling` to the last.
    pub(crate) fn run(
        &mut self,
        cooling: (f64, f64),
        until: f64,
        used: &dyn Fn(u64) -> f64,
        incumbent: &mut dyn FnMut(usize, f64),
    ) {
        let (hot, cold) = (
            self.settings.hot * self.unit * self.hotter(),
            self.settings.cold * self.unit,
        );
        loop {
            let now = used(self.iterations);
            if now >= until || !now.is_finite() || self.model.n == 0 {
                break;
            }
            let share = ((now - cooling.0) / (cooling.1 - cooling.0)).clamp(0.0, 1.0);
            let temperature = hot * (cold / hot).powf(share);
            let before = (self.best.lacking, self.best.cost);
            for _ in 0..LOOK {
                self.iterate(temperature);
            }
            if (self.best.lacking, self.best.cost) < before {
                incumbent(self.best.lacking, self.best.cost);
            }
        }
    }

    /// The plan it has now, which need not be the best.
    pub(crate) fn standing(&self) -> Snapshot {
        Snapshot::of(&self.state)
    }

    /// How much hotter long tours start.
    pub(crate) fn hotter(&self) -> f64 {
        let length = as_f64(self.state.assigned) / as_f64(self.state.active.max(1));
        (length / self.settings.warm).powf(1.5).clamp(1.0, 16.0)
    }

    fn iterate(&mut self, temperature: f64) {
        if self.shake(temperature) {
            self.note();
        }
        self.weigh_absent();
        for _ in 0..self.settings.tails {
            let slack = -temperature * (1.0 - self.rng.unit()).ln();
            self.state.begin();
            let near = self.settings.tails_near;
            if self
                .tails
                .propose(self.model, &mut self.state, near, slack, &mut self.rng)
            {
                self.note();
            }
        }
        self.exchange_strings(temperature);
    }

    /// Proposes exchanges of strings, where no shipment can be torn apart.
    fn exchange_strings(&mut self, temperature: f64) {
        if self.model.has.pairs {
            return;
        }
        for _ in 0..self.settings.strings {
            let (model, settings) = (self.model, &self.settings);
            let state = &mut self.state;
            if self.strings.propose(model, state, settings, temperature, &mut self.rng) {
                self.note();
            }
        }
    }

    /// Remembers what changed, and the plan when it is the best.
    fn note(&mut self) {
        for index in 0..self.state.touched_len() {
            self.best.note(self.state.touched_at(index));
        }
        if self.best.better(&self.state) {
            self.best.take(&self.state);
        }
    }

    /// One ruin and recreate step; false when it was taken back.
    pub(crate) fn shake(&mut self, temperature: f64) -> bool {
        self.iterations += 1;
        self.state.begin();
        self.sisr
            .step(self.model, &mut self.state, &self.settings, &mut self.rng);
        if self.model.kinds.len() > 1 {
            retype::improve(self.model, &mut self.state, &mut self.rng, &mut self.scratch);
        }
        let (missing, cost) = self.state.before();
        let threshold = cost - temperature * (1.0 - self.rng.unit()).ln();
        let fewer = self.state.missing < missing - 1e-9;
        let same = self.state.missing <= missing + 1e-9;
        let taken = fewer || (same && self.state.cost < threshold);
        if !taken {
            self.state.undo();
        }
        taken
    }

    /// Jobs that must be done weigh more the longer they are left out.
    fn weigh_absent(&mut self) {
        for index in 0..self.state.absent.len().min(64) {
            let lead = self.state.absent[index];
            if self.model.nodes[lead as usize].absence.is_infinite() {
                self.state.weigh(lead);
            }
        }
    }
}

/// Puts a tour into an empty plan when it is feasible; otherwise its number stays with an empty tour.
pub(crate) fn adopt(model: &Model, state: &mut State, kind: u32, nodes: &[u32]) {
    let fits = state.available(model, kind as usize) && feasible(model, state, kind, nodes);
    state.append(model, kind, if fits { nodes } else { &[] });
}

fn feasible(model: &Model, state: &State, kind: u32, nodes: &[u32]) -> bool {
    let of = &model.kinds[kind as usize];
    let mut route = Route {
        kind,
        ..Route::default()
    };
    route.seq.push(of.start);
    route.seq.extend_from_slice(nodes);
    route.seq.push(of.end);
    route.refresh(model);
    let whole = |&node: &u32| {
        let partner = model.nodes[node as usize].partner;
        state.of[node as usize] == NONE && (partner == NONE || nodes.contains(&partner))
    };
    route.feasible(model) && nodes.iter().all(whole)
}

fn as_f64(value: usize) -> f64 {
    u32::try_from(value).map_or(f64::INFINITY, f64::from)
}
