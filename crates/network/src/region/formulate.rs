use greenheart_milp::{Program, Row, Terms, Var};

use super::pools::{Boxes, Mixing};
use super::problem::{Conflict, Lane, Place, Region, Totals};

/// The program of a region and where its columns are. Costs are kept apart per objective, so that one can be capped while
/// another is minimised.
pub(super) struct Formulation {
    pub program: Program,
    /// `[lane][period]`, units sent.
    pub flow: Vec<Vec<Var>>,
    /// `[receiver][period]`, units.
    pub virgin: Vec<Vec<Var>>,
    /// `[plant]`, 0 or 1.
    pub built: Vec<Var>,
    /// `[lane]`, 0 or 1; only of lanes with a fixed cost.
    pub opened: Vec<Option<Var>>,
    pub cost: Terms,
    pub co2e: Terms,
    pub primary: Terms,
    /// What mixes in pools.
    pub mixing: Mixing,
    /// Rows `sum <= …` that may be why nothing is feasible, with the size of what they limit.
    pub soft: Vec<(usize, Conflict, f64)>,
}

impl Formulation {
    /// The whole program; shares of pools stay within `boxes`.
    pub fn new(region: &Region, boxes: &Boxes) -> Self {
        let mut program = Program::new();
        let periods = region.periods;
        let flow: Vec<Vec<Var>> = region
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
        let mixing = Mixing::new(region, boxes, &flow, &mut program);
        let mut build = Self {
            program,
            flow,
            virgin,
            built,
            opened,
            cost: Terms::new(),
            co2e: Terms::new(),
            primary: Terms::new(),
            mixing,
            soft: Vec::new(),
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

    fn lanes_where<'a>(region: &'a Region, wanted: impl Fn(&Lane) -> bool + 'a) -> impl Iterator<Item = usize> + 'a {
        (0..region.lanes.len()).filter(move |lane| wanted(&region.lanes[*lane]))
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
            for lane in Self::lanes_where(region, |lane| lane.from == Place::Source(index)) {
                let var = self.flow[lane][period];
                terms.push((var, 1.0));
                self.charge(var, source.price, 0.0);
            }
            self.program.row(Row::equal(available, terms));
            self.charge(disposed, source.disposal_cost, source.disposal_co2e);
        }
    }

    /// `sum of what arrives + virgin = wanted`, and the limits of the blend.
    fn receivers(&mut self, region: &Region, period: usize) {
        for (index, receiver) in region.receivers.iter().enumerate() {
            let place = Place::Receiver(index);
            let virgin = self.virgin[index][period];
            let mut terms = self.arriving(region, place, period);
            terms.push((virgin, 1.0));
            self.program.row(Row::equal(receiver.wanted[period], terms));
            self.charge(virgin, receiver.virgin_cost, receiver.virgin_co2e);
            self.primary.push((virgin, receiver.virgin_primary));
            let fallback = (virgin, receiver.virgin_quality.as_slice());
            let size = receiver.wanted[period];
            self.limits(region, place, period, &receiver.limits, Some(fallback), size);
        }
    }

    /// Units that arrive at a place, by lane.
    fn arriving(&self, region: &Region, place: Place, period: usize) -> Terms {
        Self::lanes_where(region, |lane| lane.to == place)
            .map(|lane| (self.flow[lane][period], region.lanes[lane].arrives))
            .collect()
    }

    /// `sum (quality - limit) · units <= 0` for each property with a limit; of a pool, what each of its feeds makes of the draw.
    fn limits(
        &mut self,
        region: &Region,
        place: Place,
        period: usize,
        limits: &[f64],
        fallback: Option<(Var, &[f64])>,
        size: f64,
    ) {
        let here: Vec<usize> = Self::lanes_where(region, |lane| lane.to == place).collect();
        for (property, limit) in limits.iter().enumerate().filter(|(_, limit)| limit.is_finite()) {
            let mut terms = Terms::new();
            for lane in &here {
                let way = &region.lanes[*lane];
                if let Place::Pool(_) = way.from {
                    for (feed, part) in self.mixing.parts_of(*lane, period) {
                        let from = &region.lanes[feed];
                        let quality = region.quality(from.from, from.commodity)[property];
                        terms.push((part, way.arrives * (quality - limit)));
                    }
                } else {
                    let quality = region.quality(way.from, way.commodity)[property];
                    terms.push((self.flow[*lane][period], way.arrives * (quality - limit)));
                }
            }
            terms.extend(fallback.map(|(var, quality)| (var, quality[property] - limit)));
            if terms.is_empty() {
                continue;
            }
            let row = self.program.row(Row::at_most(0.0, terms));
            let conflict = Conflict::Limit {
                place,
                property,
                period,
            };
            self.soft.push((row, conflict, size.max(1.0) * limit.abs().max(1.0)));
        }
    }

    /// `input <= capacity · built`, nothing or at least the least load; `shipped + rest = sum of yield · input` for each output.
    fn plants(&mut self, region: &Region, period: usize) {
        for (index, plant) in region.plants.iter().enumerate() {
            let place = Place::Plant(index);
            let mut input = self.arriving(region, place, period);
            for lane in Self::lanes_where(region, |lane| lane.to == place) {
                let way = &region.lanes[lane];
                let intake = plant.takes.iter().find(|intake| intake.commodity == way.commodity);
                let (cost, co2e) = intake.map_or((0.0, 0.0), |intake| (intake.cost, intake.co2e));
                self.charge(self.flow[lane][period], cost * way.arrives, co2e * way.arrives);
            }
            if plant.least > 0.0 {
                let runs = self.program.binary(0.0);
                let with = |factor: f64| input.iter().copied().chain([(runs, factor)]).collect();
                self.program.row(Row::at_most(0.0, with(-plant.capacity)));
                self.program.row(Row::at_least(0.0, with(-plant.least)));
            }
            input.push((self.built[index], -plant.capacity));
            self.program.row(Row::at_most(0.0, input));
            self.limits(region, place, period, &plant.limits, None, plant.capacity);
            for at in 0..plant.outputs.len() {
                self.output(region, index, at, period);
            }
        }
    }

    fn output(&mut self, region: &Region, index: usize, at: usize, period: usize) {
        let (plant, place) = (&region.plants[index], Place::Plant(index));
        let output = &plant.outputs[at];
        let rest = self.program.continuous(0.0, 0.0, f64::INFINITY);
        self.charge(rest, output.rest_cost, output.rest_co2e);
        let mut terms = vec![(rest, 1.0)];
        let shipped = |lane: &Lane| lane.from == place && lane.commodity == output.commodity;
        terms.extend(Self::lanes_where(region, shipped).map(|lane| (self.flow[lane][period], 1.0)));
        for lane in Self::lanes_where(region, |lane| lane.to == place) {
            let way = &region.lanes[lane];
            let intake = plant.takes.iter().find(|intake| intake.commodity == way.commodity);
            let made = intake.map_or(0.0, |intake| intake.yields[at]) * way.arrives;
            terms.push((self.flow[lane][period], -made));
        }
        // A lane from a plant to itself would be there twice.
        self.program.row(Row::equal(0.0, merged(&terms)));
    }

    /// `units <= capacity · opened`; nothing or at least the minimum lot.
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
            let row = self.program.row(Row::at_most(region.budget, terms));
            self.soft.push((row, Conflict::Budget, region.budget.max(1.0)));
        }
    }

    /// The totals, each with every column once.
    pub fn totals(&self) -> [Terms; 3] {
        [merged(&self.cost), merged(&self.co2e), merged(&self.primary)]
    }

    /// `total <= cap` for each total with a cap.
    pub fn cap(&mut self, lists: &[Terms; 3], caps: &Totals) {
        use super::problem::Objective::{Co2e, Cost, Primary};
        let most = [(Cost, caps.cost), (Co2e, caps.co2e), (Primary, caps.primary)];
        for (terms, (objective, most)) in lists.iter().zip(most) {
            if most.is_finite() && !terms.is_empty() {
                let row = self.program.row(Row::at_most(most, terms.clone()));
                self.soft.push((row, Conflict::Cap(objective), most.abs().max(1.0)));
            }
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
