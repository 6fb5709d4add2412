use greenheart_milp::{Program, Row, Terms, Var};

use super::problem::{Place, Region};

/// The program of a region and where its columns are. Costs are kept apart per objective, so that one can be capped while
/// another is minimised.
pub(super) struct Formulation {
    pub program: Program,
    /// `[lane][period]`, tonnes.
    pub flow: Vec<Vec<Var>>,
    /// `[receiver][period]`, tonnes.
    pub virgin: Vec<Vec<Var>>,
    /// `[plant]`, 0 or 1.
    pub built: Vec<Var>,
    /// `[lane]`, 0 or 1; only of lanes with a fixed cost.
    pub opened: Vec<Option<Var>>,
    pub cost: Terms,
    pub co2e: Terms,
    pub primary: Terms,
}

impl Formulation {
    pub fn new(region: &Region) -> Self {
        let mut program = Program::new();
        let periods = region.periods;
        let flow = region
            .lanes
            .iter()
            .map(|lane| {
                (0..periods)
                    .map(|_| program.continuous(0.0, lane.contracted, lane.capacity))
                    .collect()
            })
            .collect();
        let virgin = region.receivers.iter().map(|receiver| {
            let wanted = receiver.wanted.iter();
            wanted.map(|most| program.continuous(0.0, 0.0, *most)).collect()
        });
        let virgin = virgin.collect();
        let built = region.plants.iter().map(|_| program.binary(0.0)).collect();
        let opened = region
            .lanes
            .iter()
            .map(|lane| (lane.fixed > 0.0).then(|| program.binary(0.0)))
            .collect();
        let mut build = Self {
            program,
            flow,
            virgin,
            built,
            opened,
            cost: Terms::new(),
            co2e: Terms::new(),
            primary: Terms::new(),
        };
        for period in 0..periods {
            build.sources(region, period);
            build.receivers(region, period);
            build.plants(region, period);
            build.lanes(region, period);
        }
        build.investments(region);
        build
    }

    fn where_lanes(&self, region: &Region, period: usize, wanted: impl Fn(&super::Lane) -> bool) -> Vec<(usize, Var)> {
        let lanes = region.lanes.iter().enumerate().filter(|(_, lane)| wanted(lane));
        lanes.map(|(index, _)| (index, self.flow[index][period])).collect()
    }

    fn charge(&mut self, var: Var, cost: f64, co2e: f64) {
        self.cost.push((var, cost));
        self.co2e.push((var, co2e));
    }

    /// `sum of lanes out + disposed = available`.
    fn sources(&mut self, region: &Region, period: usize) {
        for (index, source) in region.sources.iter().enumerate() {
            let available = source.available[period];
            let disposed = self.program.continuous(0.0, 0.0, available);
            let mut terms = vec![(disposed, 1.0)];
            for (_, var) in self.where_lanes(region, period, |lane| lane.from == Place::Source(index)) {
                terms.push((var, 1.0));
                self.charge(var, source.price, 0.0);
            }
            self.program.row(Row::equal(available, terms));
            self.charge(disposed, source.disposal_cost, source.disposal_co2e);
        }
    }

    /// `sum of lanes in + virgin = wanted`, and `sum (quality - limit) · tonnes <= 0` for each property with a limit.
    fn receivers(&mut self, region: &Region, period: usize) {
        for (index, receiver) in region.receivers.iter().enumerate() {
            let virgin = self.virgin[index][period];
            let lanes = self.where_lanes(region, period, |lane| lane.to == Place::Receiver(index));
            let mut terms: Terms = lanes.iter().map(|(_, var)| (*var, 1.0)).collect();
            terms.push((virgin, 1.0));
            self.program.row(Row::equal(receiver.wanted[period], terms));
            self.charge(virgin, receiver.virgin_cost, receiver.virgin_co2e);
            self.primary.push((virgin, receiver.virgin_primary));
            for (property, limit) in receiver
                .limits
                .iter()
                .enumerate()
                .filter(|(_, limit)| limit.is_finite())
            {
                let over = |(lane, var): &(usize, Var)| {
                    let lane = &region.lanes[*lane];
                    (*var, region.quality(lane.from, lane.commodity)[property] - limit)
                };
                let mut terms: Terms = lanes.iter().map(over).collect();
                terms.push((virgin, receiver.virgin_quality[property] - limit));
                self.program.row(Row::at_most(0.0, terms));
            }
        }
    }

    /// `input <= capacity · built`; `shipped + rest = yield · input` for each output.
    fn plants(&mut self, region: &Region, period: usize) {
        for (index, plant) in region.plants.iter().enumerate() {
            let input = self.where_lanes(region, period, |lane| lane.to == Place::Plant(index));
            for (_, var) in &input {
                self.charge(*var, plant.cost, plant.co2e);
            }
            let mut terms: Terms = input.iter().map(|(_, var)| (*var, 1.0)).collect();
            terms.push((self.built[index], -plant.capacity));
            self.program.row(Row::at_most(0.0, terms));
            for output in &plant.outputs {
                let rest = self.program.continuous(0.0, 0.0, f64::INFINITY);
                self.charge(rest, plant.rest_cost, plant.rest_co2e);
                let shipped =
                    |lane: &super::Lane| lane.from == Place::Plant(index) && lane.commodity == output.commodity;
                let shipped = self.where_lanes(region, period, shipped);
                let mut terms: Terms = shipped.iter().map(|(_, var)| (*var, 1.0)).collect();
                terms.push((rest, 1.0));
                terms.extend(input.iter().map(|(_, var)| (*var, -output.yield_share)));
                self.program.row(Row::equal(0.0, terms));
            }
        }
    }

    /// `tonnes <= capacity · opened`; nothing or at least the minimum lot.
    fn lanes(&mut self, region: &Region, period: usize) {
        for (index, lane) in region.lanes.iter().enumerate() {
            let var = self.flow[index][period];
            self.charge(var, lane.cost, lane.co2e);
            if let Some(opened) = self.opened[index] {
                self.program
                    .row(Row::at_most(0.0, vec![(var, 1.0), (opened, -lane.capacity)]));
            }
            if lane.minimum_lot > lane.contracted {
                let runs = self.program.binary(0.0);
                self.program
                    .row(Row::at_most(0.0, vec![(var, 1.0), (runs, -lane.capacity)]));
                self.program
                    .row(Row::at_least(0.0, vec![(var, 1.0), (runs, -lane.minimum_lot)]));
            }
        }
    }

    /// `sum of investments and fixed costs <= budget`; fixed costs of lanes with a contract are sunk but counted.
    fn investments(&mut self, region: &Region) {
        let plants = self
            .built
            .iter()
            .zip(&region.plants)
            .map(|(built, plant)| (*built, plant.investment));
        let lanes = self.opened.iter().zip(&region.lanes);
        let lanes = lanes.filter_map(|(opened, lane)| opened.map(|opened| (opened, lane.fixed)));
        let terms: Terms = plants.chain(lanes).collect();
        self.cost.extend(terms.iter().copied());
        if region.budget.is_finite() && !terms.is_empty() {
            self.program.row(Row::at_most(region.budget, terms));
        }
    }
}

/// Terms with each column once.
pub(super) fn merged(terms: &Terms) -> Terms {
    let mut sorted = terms.clone();
    sorted.sort_by_key(|(var, _)| *var);
    let mut once = Terms::with_capacity(sorted.len());
    for (var, factor) in sorted {
        match once.last_mut() {
            Some((last, sum)) if *last == var => *sum += factor,
            _ => once.push((var, factor)),
        }
    }
    once
}
