use super::problem::{Lane, Place, Region, Totals};
use super::solve::Network;

/// Everything that is wrong with a network and the totals it claims, recomputed from the region.
pub fn check_region(region: &Region, network: &Network, claimed: &Totals) -> Vec<String> {
    let mut audit = Audit {
        region,
        network,
        totals: Totals::default(),
        wrong: Vec::new(),
    };
    audit.lanes();
    audit.investments();
    for period in 0..region.periods {
        audit.sources(period);
        audit.pools(period);
        audit.receivers(period);
        audit.plants(period);
    }
    for (what, is, says) in [
        ("NOK", audit.totals.cost, claimed.cost),
        ("kg CO2e", audit.totals.co2e, claimed.co2e),
        ("units primary", audit.totals.primary, claimed.primary),
    ] {
        if (is - says).abs() > 1e-5 * (1.0 + is.abs()) {
            audit
                .wrong
                .push(format!("the network comes to {is} {what}, not {says}"));
        }
    }
    audit.wrong
}

struct Audit<'a> {
    region: &'a Region,
    network: &'a Network,
    totals: Totals,
    wrong: Vec<String>,
}

impl Audit<'_> {
    fn lanes(&mut self) {
        for (index, lane) in self.region.lanes.iter().enumerate() {
            let units: f64 = self.network.flow[index].iter().sum();
            self.totals.cost += lane.cost * units;
            self.totals.co2e += lane.co2e * units;
            for units in &self.network.flow[index] {
                let small = *units > 1e-6 && *units < lane.minimum_lot - 1e-6;
                if small || *units < lane.contracted - 1e-6 || *units > lane.capacity + 1e-6 {
                    self.wrong.push(format!("lane {index} carries {units}"));
                }
            }
            if !self.network.opened[index] && lane.fixed > 0.0 && units > 1e-6 {
                self.wrong.push(format!("lane {index} is used and not opened"));
            }
        }
    }

    fn investments(&mut self) {
        let mut invested = 0.0;
        for (lane, opened) in self.region.lanes.iter().zip(&self.network.opened) {
            invested += if *opened { lane.fixed } else { 0.0 };
        }
        for (plant, built) in self.region.plants.iter().zip(&self.network.built) {
            invested += if *built { plant.investment } else { 0.0 };
        }
        if invested > self.region.budget + 1e-6 {
            self.wrong.push(format!("{invested} NOK are more than the budget"));
        }
        self.totals.cost += invested;
    }

    /// Lanes that satisfy a condition, with what is sent over them.
    fn over(&self, period: usize, wanted: impl Fn(&Lane) -> bool) -> Vec<(&Lane, f64)> {
        let lanes = self.region.lanes.iter().zip(&self.network.flow);
        lanes
            .filter(|(lane, _)| wanted(lane))
            .map(|(lane, flow)| (lane, flow[period]))
            .collect()
    }

    fn sent(&self, period: usize, wanted: impl Fn(&Lane) -> bool) -> f64 {
        self.over(period, wanted).iter().map(|(_, units)| units).sum()
    }

    fn arrived(&self, period: usize, wanted: impl Fn(&Lane) -> bool) -> f64 {
        let lanes = self.over(period, wanted);
        lanes.iter().map(|(lane, units)| lane.arrives * units).sum()
    }

    fn sources(&mut self, period: usize) {
        for (index, source) in self.region.sources.iter().enumerate() {
            let taken = self.sent(period, |lane| lane.from == Place::Source(index));
            let left = source.available[period] - taken;
            if left < -1e-6 {
                self.wrong
                    .push(format!("source {index} gives {taken} in period {period}"));
            }
            self.totals.cost += source.price * taken + source.disposal_cost * left;
            self.totals.co2e += source.disposal_co2e * left;
        }
    }

    fn pools(&mut self, period: usize) {
        for (index, pool) in self.region.pools.iter().enumerate() {
            let place = Place::Pool(index);
            let (came, went) = (
                self.arrived(period, |lane| lane.to == place),
                self.sent(period, |lane| lane.from == place),
            );
            if (came - went).abs() > 1e-5 * (1.0 + came) || came > pool.capacity + 1e-5 {
                self.wrong
                    .push(format!("pool {index} takes {came} and gives {went} in period {period}"));
            }
        }
    }

    /// A property of what a lane carries: of a pool, the mean of what arrived there in the period.
    fn quality(&self, lane: &Lane, property: usize, period: usize) -> f64 {
        let Place::Pool(_) = lane.from else {
            return self.region.quality(lane.from, lane.commodity)[property];
        };
        let feeds = self.over(period, |feed| feed.to == lane.from);
        let (mut sum, mut all) = (0.0, 0.0);
        for (feed, units) in feeds {
            sum += self.region.quality(feed.from, feed.commodity)[property] * feed.arrives * units;
            all += feed.arrives * units;
        }
        if all > 1e-9 { sum / all } else { 0.0 }
    }

    /// Holds the blend at a place against its limits.
    fn blend(&mut self, place: Place, period: usize, limits: &[f64], fallback: (f64, &[f64])) {
        let total = self.arrived(period, |lane| lane.to == place) + fallback.0;
        for (property, limit) in limits.iter().enumerate().filter(|(_, limit)| limit.is_finite()) {
            let lanes = self.over(period, |lane| lane.to == place);
            let parts = lanes
                .iter()
                .map(|(lane, units)| self.quality(lane, property, period) * lane.arrives * units);
            let virgin = fallback.1.get(property).copied().unwrap_or(0.0);
            let mixed = parts.sum::<f64>() + virgin * fallback.0;
            if mixed > limit * total + 1e-4 * (1.0 + mixed.abs()) {
                self.wrong.push(format!(
                    "{place:?} gets too much of property {property} in period {period}"
                ));
            }
        }
    }

    fn receivers(&mut self, period: usize) {
        for (index, receiver) in self.region.receivers.iter().enumerate() {
            let place = Place::Receiver(index);
            let virgin = self.network.virgin[index][period];
            let total = self.arrived(period, |lane| lane.to == place) + virgin;
            if (total - receiver.wanted[period]).abs() > 1e-5 || virgin < -1e-6 {
                self.wrong
                    .push(format!("receiver {index} gets {total} in period {period}"));
            }
            self.totals.cost += receiver.virgin_cost * virgin;
            self.totals.co2e += receiver.virgin_co2e * virgin;
            self.totals.primary += receiver.virgin_primary * virgin;
            self.blend(place, period, &receiver.limits, (virgin, &receiver.virgin_quality));
        }
    }

    fn plants(&mut self, period: usize) {
        for (index, plant) in self.region.plants.iter().enumerate() {
            let place = Place::Plant(index);
            let input = self.arrived(period, |lane| lane.to == place);
            let most = if self.network.built[index] { plant.capacity } else { 0.0 };
            if input > most + 1e-5 || (input > 1e-6 && input < plant.least - 1e-5) {
                self.wrong.push(format!("plant {index} takes {input} of {most}"));
            }
            self.blend(place, period, &plant.limits, (0.0, &[]));
            let mut made = vec![0.0; plant.outputs.len()];
            for intake in &plant.takes {
                let taken = self.arrived(period, |lane| lane.to == place && lane.commodity == intake.commodity);
                self.totals.cost += intake.cost * taken;
                self.totals.co2e += intake.co2e * taken;
                for (made, share) in made.iter_mut().zip(&intake.yields) {
                    *made += share * taken;
                }
            }
            for (output, made) in plant.outputs.iter().zip(made) {
                let shipped = self.sent(period, |lane| lane.from == place && lane.commodity == output.commodity);
                let rest = made - shipped;
                if rest < -1e-5 {
                    self.wrong
                        .push(format!("plant {index} ships more than it makes in period {period}"));
                }
                self.totals.cost += output.rest_cost * rest;
                self.totals.co2e += output.rest_co2e * rest;
            }
        }
    }
}
