//! Annealing over ruin and recreate steps, with the best plan kept aside.

use super::fleet;
use super::model::{Model, NONE};
use super::race;
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

    pub(crate) fn beats(&self, other: &Self) -> bool {
        (self.lacking, self.cost) < (other.lacking, other.cost)
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
    /// Whether every job must be done and putting one in never makes the plan cheaper, as far as roads keep to the triangle
    /// inequality: a step is then lost as soon as what is back costs too much.
    only_grows: bool,
    /// How much hotter than other problems this one starts: long tours need it.
    pub heat: f64,
}

/// How the temperature falls: between which shares of the budget, and from how many average legs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cooling {
    pub from: f64,
    pub to: f64,
    pub hot: f64,
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
        // Above zero, so that temperatures are numbers where all distances are zero.
        let unit = ((state.cost - fixed - absent) / as_f64(legs)).max(1e-9);
        let best = Snapshot::of(&state);
        let length = as_f64(state.assigned) / as_f64(state.active.max(1));
        Self {
            heat: (length / settings.warm).powf(1.5).clamp(1.0, 16.0),
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
            only_grows: model.one_price() && model.nodes.iter().all(|node| node.absence.is_infinite()),
        }
    }

    /// Takes up these tours instead of its own; everything else is put in greedily.
    pub(crate) fn begin_with(&mut self, tours: &[(u32, Vec<u32>)]) {
        let mut state = State::new(self.model);
        for (kind, nodes) in tours {
            adopt(self.model, &mut state, *kind, nodes);
        }
        self.sisr.fill(self.model, &mut state, &self.settings, &mut self.rng);
        state.begin();
        state.recount(self.model);
        self.state = state;
        self.best = Snapshot::of(&self.state);
    }

    /// The whole search: fewer vehicles first when that is asked for, then annealing with what is
    /// left of the budget. Without a plan to start from, where long tours begin is tried out.
    pub(crate) fn search(
        &mut self,
        fresh: bool,
        until: f64,
        used: &dyn Fn(u64) -> f64,
        incumbent: &mut dyn FnMut(usize, f64),
    ) {
        self.fewer(until, used, incumbent);
        let long = self.heat > 1.0 && fresh && !self.model.vehicles_first;
        let raced = long.then(|| race::choose(self, until, used, incumbent)).flatten();
        let hot = raced.unwrap_or_else(|| self.first_heat());
        let cooling = Cooling {
            from: used(self.iterations),
            to: until,
            hot,
        };
        self.run(cooling, until, used, incumbent);
    }

    /// The first temperature, in average legs.
    pub(crate) fn first_heat(&self) -> f64 {
        self.settings.hot * self.heat
    }

    /// Uses fewer vehicles, when that is asked for, within its share of what is left until `until`.
    pub(crate) fn fewer(&mut self, until: f64, used: &dyn Fn(u64) -> f64, incumbent: &mut dyn FnMut(usize, f64)) {
        if self.model.vehicles_first {
            let begin = used(self.iterations);
            fleet::reduce(self, begin + self.settings.fleet * (until - begin), used, incumbent);
        }
    }

    /// Runs until `used` (share of the budget, by iterations so far) reaches `until`.
    pub(crate) fn run(
        &mut self,
        cooling: Cooling,
        until: f64,
        used: &dyn Fn(u64) -> f64,
        incumbent: &mut dyn FnMut(usize, f64),
    ) {
        loop {
            let now = used(self.iterations);
            if now >= until || !now.is_finite() || self.model.n == 0 {
                break;
            }
            let share = ((now - cooling.from) / (cooling.to - cooling.from)).clamp(0.0, 1.0);
            let temperature = self.temperature(cooling.hot, share);
            let before = (self.best.lacking, self.best.cost);
            for _ in 0..LOOK {
                self.iterate(temperature);
            }
            if (self.best.lacking, self.best.cost) < before {
                incumbent(self.best.lacking, self.best.cost);
            }
        }
    }

    /// Falls geometrically to where plans still change but get no worse on the whole, and then faster to where they freeze.
    fn temperature(&self, hot: f64, share: f64) -> f64 {
        let settings = &self.settings;
        let (knee, cold) = (settings.knee, settings.cold);
        let slow = 1.0 - settings.quench;
        let fall = if share < slow {
            hot * (knee / hot).powf(share / slow)
        } else {
            knee * (cold / knee).powf((share - slow) / settings.quench)
        };
        fall * self.unit
    }

    /// The plan it has now, which need not be the best.
    pub(crate) fn standing(&self) -> Snapshot {
        Snapshot::of(&self.state)
    }

    fn iterate(&mut self, temperature: f64) {
        if self.shake(temperature) {
            self.note();
        }
        self.weigh_absent();
        for _ in 0..self.often(self.settings.tails) {
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

    /// Short tours are searched well by steps of ruin and recreate; exchanges are proposed the more often the longer tours are.
    fn often(&self, most: usize) -> usize {
        let full = self.settings.full * self.state.active.max(1);
        (most * self.state.assigned.min(full)).div_ceil(full)
    }

    /// Proposes exchanges of strings, where no shipment can be torn apart.
    fn exchange_strings(&mut self, temperature: f64) {
        if self.model.has.pairs {
            return;
        }
        for _ in 0..self.often(self.settings.strings) {
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
        let (missing, cost) = self.state.before();
        let threshold = cost - temperature * (1.0 - self.rng.unit()).ln();
        let limit = if self.only_grows && missing < 1e-9 {
            // Another depot may take a little off in the end.
            threshold + if self.model.kinds.len() > 1 { self.unit } else { 0.0 }
        } else {
            f64::INFINITY
        };
        let (model, state) = (self.model, &mut self.state);
        if !self.sisr.step(model, state, &self.settings, limit, &mut self.rng) {
            state.undo();
            return false;
        }
        if self.model.kinds.len() > 1 {
            retype::improve(self.model, &mut self.state, &mut self.rng, &mut self.scratch);
        }
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
