/// Where a lane starts or ends, by number in the region's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A source.
    Source(usize),
    /// A conversion plant.
    Plant(usize),
    /// A receiver.
    Receiver(usize),
}

/// Somebody with something over.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionSource {
    /// Material, by number.
    pub commodity: usize,
    /// Tonnes in each period.
    pub available: Vec<f64>,
    /// NOK per tonne asked by the giver; negative when the giver pays to be rid of it.
    pub price: f64,
    /// NOK per tonne that nobody takes (today's gate fee).
    pub disposal_cost: f64,
    /// kg CO2e per tonne that nobody takes.
    pub disposal_co2e: f64,
    /// One figure per property.
    pub quality: Vec<f64>,
}

/// Somebody who wants something, and buys it virgin when nothing else comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Receiver {
    /// Material, by number.
    pub commodity: usize,
    /// Tonnes in each period.
    pub wanted: Vec<f64>,
    /// NOK per tonne of virgin material.
    pub virgin_cost: f64,
    /// kg CO2e per tonne of virgin material.
    pub virgin_co2e: f64,
    /// Tonnes of primary material in a tonne of virgin material.
    pub virgin_primary: f64,
    /// One figure per property of the virgin material.
    pub virgin_quality: Vec<f64>,
    /// Most of each property in the blend of all that comes, virgin material included; infinite without limit.
    pub limits: Vec<f64>,
}

/// What a plant makes of a tonne.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Material, by number.
    pub commodity: usize,
    /// Tonnes per tonne of input.
    pub yield_share: f64,
    /// One figure per property.
    pub quality: Vec<f64>,
}

/// A plant that may be built: sorting, drying, shredding, biogas.
#[derive(Debug, Clone, PartialEq)]
pub struct Plant {
    /// Material it takes in, by number.
    pub commodity: usize,
    /// What it makes.
    pub outputs: Vec<Output>,
    /// Most tonnes of input in a period.
    pub capacity: f64,
    /// NOK over the whole horizon when it is built; counts against the budget.
    pub investment: f64,
    /// NOK per tonne of input, energy included.
    pub cost: f64,
    /// kg CO2e per tonne of input, energy included.
    pub co2e: f64,
    /// NOK per tonne of output that nobody takes.
    pub rest_cost: f64,
    /// kg CO2e per tonne of output that nobody takes.
    pub rest_co2e: f64,
}

/// A way between two places.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// Source or plant.
    pub from: Place,
    /// Plant or receiver.
    pub to: Place,
    /// Material, by number.
    pub commodity: usize,
    /// NOK per tonne.
    pub cost: f64,
    /// kg CO2e per tonne.
    pub co2e: f64,
    /// Most tonnes in a period.
    pub capacity: f64,
    /// NOK over the whole horizon when it is used at all (contract, permit, test); counts against the budget.
    pub fixed: f64,
    /// In each period nothing, or at least this many tonnes.
    pub minimum_lot: f64,
    /// Tonnes in each period that are signed already.
    pub contracted: f64,
}

/// The region as the design sees it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Region {
    /// Number of periods.
    pub periods: usize,
    /// Number of properties.
    pub properties: usize,
    /// Sources.
    pub sources: Vec<RegionSource>,
    /// Receivers.
    pub receivers: Vec<Receiver>,
    /// Plants.
    pub plants: Vec<Plant>,
    /// Lanes.
    pub lanes: Vec<Lane>,
    /// Most NOK for plants and fixed costs of lanes; infinite without limit.
    pub budget: f64,
}

/// What a network comes to over the whole horizon.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// NOK: materials, virgin material, transport, plants, disposal.
    pub cost: f64,
    /// kg CO2e of the same.
    pub co2e: f64,
    /// Tonnes of primary material.
    pub primary: f64,
}

/// Why there is no network.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RegionError {
    /// A list with another length than the region's periods or properties.
    #[error("{what} {index} has a list of the wrong length")]
    Length {
        /// Kind of thing.
        what: &'static str,
        /// Which.
        index: usize,
    },
    /// A number that is negative where it must not be, or none.
    #[error("{what} {index} has a number that cannot be used")]
    BadNumber {
        /// Kind of thing.
        what: &'static str,
        /// Which.
        index: usize,
    },
    /// A lane to a place that is not there, or between places that do not handle its material.
    #[error("lane {index} does not fit its ends: {what}")]
    Lane {
        /// What is wrong.
        what: &'static str,
        /// Which.
        index: usize,
    },
    /// Contracts, limits, caps and budget contradict each other.
    #[error("no network keeps the contracts, quality limits, caps and budget at once")]
    Infeasible,
    /// The program behind the network failed or ran out of time before any network was found.
    #[error("no network was found: {0}")]
    NotFound(String),
    /// The programs behind the network failed.
    #[error(transparent)]
    Program(#[from] greenheart_milp::MilpError),
}

impl Region {
    /// Checks lengths, numbers and ends; every function of this module does so first.
    pub fn check(&self) -> Result<(), RegionError> {
        for (index, source) in self.sources.iter().enumerate() {
            let what = "source";
            self.lengths(what, index, &source.available, &[&source.quality])?;
            let free = [source.price, source.disposal_cost, source.disposal_co2e];
            numbers(what, index, &source.available, &free)?;
        }
        for (index, receiver) in self.receivers.iter().enumerate() {
            let what = "receiver";
            self.lengths(
                what,
                index,
                &receiver.wanted,
                &[&receiver.virgin_quality, &receiver.limits],
            )?;
            let free = [receiver.virgin_cost, receiver.virgin_co2e, receiver.virgin_primary];
            numbers(what, index, &receiver.wanted, &free)?;
            if receiver.limits.iter().any(|limit| limit.is_nan()) {
                return Err(RegionError::BadNumber { what, index });
            }
        }
        for (index, plant) in self.plants.iter().enumerate() {
            let what = "plant";
            if plant
                .outputs
                .iter()
                .any(|output| output.quality.len() != self.properties)
            {
                return Err(RegionError::Length { what, index });
            }
            let mut positive = vec![plant.capacity, plant.investment];
            positive.extend(plant.outputs.iter().map(|output| output.yield_share));
            numbers(
                what,
                index,
                &positive,
                &[plant.cost, plant.co2e, plant.rest_cost, plant.rest_co2e],
            )?;
        }
        (0..self.lanes.len()).try_for_each(|index| self.check_lane(index))?;
        if self.budget.is_nan() || self.budget < 0.0 {
            return Err(RegionError::BadNumber {
                what: "budget",
                index: 0,
            });
        }
        Ok(())
    }

    fn lengths(
        &self,
        what: &'static str,
        index: usize,
        periods: &[f64],
        properties: &[&Vec<f64>],
    ) -> Result<(), RegionError> {
        let fits = periods.len() == self.periods && properties.iter().all(|list| list.len() == self.properties);
        if fits {
            Ok(())
        } else {
            Err(RegionError::Length { what, index })
        }
    }

    fn check_lane(&self, index: usize) -> Result<(), RegionError> {
        let lane = &self.lanes[index];
        let wrong = |what| Err(RegionError::Lane { what, index });
        let gives = match lane.from {
            Place::Source(place) => self.sources.get(place).map(|source| source.commodity == lane.commodity),
            Place::Plant(place) => {
                let plant = self.plants.get(place);
                plant.map(|plant| plant.outputs.iter().any(|output| output.commodity == lane.commodity))
            }
            Place::Receiver(_) => return wrong("it starts at a receiver"),
        };
        let takes = match lane.to {
            Place::Plant(place) => self.plants.get(place).map(|plant| plant.commodity == lane.commodity),
            Place::Receiver(place) => self
                .receivers
                .get(place)
                .map(|receiver| receiver.commodity == lane.commodity),
            Place::Source(_) => return wrong("it ends at a source"),
        };
        match (gives, takes) {
            (None, _) | (_, None) => return wrong("an end is not there"),
            (Some(true), Some(true)) => {}
            _ => return wrong("an end does not handle the material"),
        }
        if lane.contracted > lane.capacity || lane.minimum_lot > lane.capacity {
            return wrong("more is signed or least than it can carry");
        }
        let positive = [lane.capacity, lane.fixed, lane.minimum_lot, lane.contracted];
        numbers("lane", index, &positive, &[lane.cost, lane.co2e])
    }

    /// Property figures of what a place gives of a material.
    pub(super) fn quality(&self, from: Place, commodity: usize) -> &[f64] {
        match from {
            Place::Source(place) => &self.sources[place].quality,
            Place::Plant(place) => {
                let mut outputs = self.plants[place].outputs.iter();
                let output = outputs.find(|output| output.commodity == commodity);
                output.map_or(&[], |output| &output.quality)
            }
            Place::Receiver(place) => &self.receivers[place].virgin_quality,
        }
    }

    /// What today comes to: everything over is disposed of, everything wanted is virgin, nothing is exchanged.
    pub fn today(&self) -> Totals {
        let mut totals = Totals::default();
        for source in &self.sources {
            let tonnes: f64 = source.available.iter().sum();
            totals.cost += tonnes * source.disposal_cost;
            totals.co2e += tonnes * source.disposal_co2e;
        }
        for receiver in &self.receivers {
            let tonnes: f64 = receiver.wanted.iter().sum();
            totals.cost += tonnes * receiver.virgin_cost;
            totals.co2e += tonnes * receiver.virgin_co2e;
            totals.primary += tonnes * receiver.virgin_primary;
        }
        totals
    }
}

fn numbers(what: &'static str, index: usize, positive: &[f64], free: &[f64]) -> Result<(), RegionError> {
    let fine = positive.iter().all(|n| n.is_finite() && *n >= 0.0) && free.iter().all(|n| n.is_finite());
    if fine {
        Ok(())
    } else {
        Err(RegionError::BadNumber { what, index })
    }
}
