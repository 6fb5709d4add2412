/// Where a lane starts or ends, by number in the region's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A source.
    Source(usize),
    /// A conversion plant.
    Plant(usize),
    /// A place where streams of one material mix.
    Pool(usize),
    /// A receiver.
    Receiver(usize),
}

/// Somebody with something over.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionSource {
    /// Material, by number.
    pub commodity: usize,
    /// Units in each period.
    pub available: Vec<f64>,
    /// NOK per unit asked by the giver; negative when the giver pays to be rid of it.
    pub price: f64,
    /// NOK per unit that nobody takes (today's gate fee).
    pub disposal_cost: f64,
    /// kg CO2e per unit that nobody takes.
    pub disposal_co2e: f64,
    /// One figure per property.
    pub quality: Vec<f64>,
}

/// Somebody who wants something, and buys it virgin when nothing else comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Receiver {
    /// What it can use, by number.
    pub takes: Vec<usize>,
    /// Units in each period.
    pub wanted: Vec<f64>,
    /// NOK per unit of virgin material.
    pub virgin_cost: f64,
    /// kg CO2e per unit of virgin material.
    pub virgin_co2e: f64,
    /// Units of primary material in a unit of virgin material.
    pub virgin_primary: f64,
    /// One figure per property of the virgin material.
    pub virgin_quality: Vec<f64>,
    /// Most of each property in the blend of all that comes, virgin material included; infinite without limit.
    pub limits: Vec<f64>,
}

/// What a plant can take in, and what it makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Intake {
    /// Material, by number.
    pub commodity: usize,
    /// Units of each of the plant's outputs from a unit of this.
    pub yields: Vec<f64>,
    /// NOK per unit taken in, energy included.
    pub cost: f64,
    /// kg CO2e per unit taken in, energy included.
    pub co2e: f64,
}

/// What a plant makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Material, by number.
    pub commodity: usize,
    /// One figure per property, whatever it was made of: what the plant answers for.
    pub quality: Vec<f64>,
    /// NOK per unit that nobody takes.
    pub rest_cost: f64,
    /// kg CO2e per unit that nobody takes.
    pub rest_co2e: f64,
}

/// A plant that may be built: sorting, drying, shredding, biogas, a heat pump.
#[derive(Debug, Clone, PartialEq)]
pub struct Plant {
    /// What it can take in.
    pub takes: Vec<Intake>,
    /// What it makes.
    pub outputs: Vec<Output>,
    /// Most of each property in the blend of all it takes in; infinite without limit.
    pub limits: Vec<f64>,
    /// Most units taken in, all together, in a period.
    pub capacity: f64,
    /// In each period nothing, or at least so many units taken in.
    pub least: f64,
    /// NOK over the whole horizon when it is built; counts against the budget.
    pub investment: f64,
}

/// A place where streams of one material mix, so that whatever leaves is the same blend. Nothing stays from one period to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// Material, by number.
    pub commodity: usize,
    /// Most units through it in a period.
    pub capacity: f64,
}

/// A way between two places.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// Source, plant or pool.
    pub from: Place,
    /// Plant, pool or receiver.
    pub to: Place,
    /// Material, by number.
    pub commodity: usize,
    /// NOK per unit sent.
    pub cost: f64,
    /// kg CO2e per unit sent.
    pub co2e: f64,
    /// Units that count at the other end for a unit sent: less than one for heat that is lost on the way.
    pub arrives: f64,
    /// Most units sent in a period.
    pub capacity: f64,
    /// NOK over the whole horizon when it is used at all (contract, permit, test, pipe); counts against the budget.
    pub fixed: f64,
    /// In each period nothing, or at least this many units.
    pub minimum_lot: f64,
    /// Units in each period that are signed already.
    pub contracted: f64,
}

/// The region as the design sees it. A commodity has a unit of its own: tonnes of a material, MWh of heat, m³ of water.
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
    /// Pools.
    pub pools: Vec<Pool>,
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
    /// Units of primary material.
    pub primary: f64,
}

/// What to make small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objective {
    /// NOK; its opposite, against today, is the net value.
    Cost,
    /// kg CO2e.
    Co2e,
    /// Units of primary material.
    Primary,
}

/// Something that cannot be kept together with the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// No blend that may come there meets this limit in this period.
    Limit {
        /// Receiver or plant.
        place: Place,
        /// Which property.
        property: usize,
        /// Which period.
        period: usize,
    },
    /// What is signed cannot be delivered in this period.
    Contract {
        /// Which lane.
        lane: usize,
        /// Which period.
        period: usize,
    },
    /// What is signed and opened costs more than the budget.
    Budget,
    /// The total cannot be brought under its cap.
    Cap(Objective),
}

impl std::fmt::Display for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Limit {
                place,
                property,
                period,
            } => {
                let (what, index) = match place {
                    Place::Source(index) => ("source", index),
                    Place::Plant(index) => ("plant", index),
                    Place::Pool(index) => ("pool", index),
                    Place::Receiver(index) => ("receiver", index),
                };
                write!(
                    f,
                    "no blend meets the limit of property {property} at {what} {index} in period {period}"
                )
            }
            Self::Contract { lane, period } => {
                write!(
                    f,
                    "what is signed for lane {lane} cannot be delivered in period {period}"
                )
            }
            Self::Budget => f.write_str("what must be opened costs more than the budget"),
            Self::Cap(objective) => write!(f, "the cap on {objective:?} cannot be kept"),
        }
    }
}

/// Why there is no network.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RegionError {
    /// A list with another length than the region's periods, properties or outputs.
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
    /// Contracts, limits, caps and budget contradict each other; these would have to give way.
    #[error("no network keeps the contracts, quality limits, caps and budget at once: {}", said(.0))]
    Infeasible(Vec<Conflict>),
    /// The program behind the network failed or ran out of time before any network was found.
    #[error("no network was found: {0}")]
    NotFound(String),
    /// The programs behind the network failed.
    #[error(transparent)]
    Program(#[from] greenheart_milp::MilpError),
}

fn said(conflicts: &[Conflict]) -> String {
    let words: Vec<String> = conflicts.iter().map(ToString::to_string).collect();
    words.join("; ")
}

impl Region {
    /// Property figures of what a place gives of a material; of a pool they depend on what went in.
    pub(super) fn quality(&self, from: Place, commodity: usize) -> &[f64] {
        match from {
            Place::Source(place) => &self.sources[place].quality,
            Place::Plant(place) => {
                let mut outputs = self.plants[place].outputs.iter();
                let output = outputs.find(|output| output.commodity == commodity);
                output.map_or(&[], |output| &output.quality)
            }
            Place::Pool(_) | Place::Receiver(_) => &[],
        }
    }

    /// What today comes to: everything over is disposed of, everything wanted is virgin, nothing is exchanged.
    pub fn today(&self) -> Totals {
        let mut totals = Totals::default();
        for source in &self.sources {
            let units: f64 = source.available.iter().sum();
            totals.cost += units * source.disposal_cost;
            totals.co2e += units * source.disposal_co2e;
        }
        for receiver in &self.receivers {
            let units: f64 = receiver.wanted.iter().sum();
            totals.cost += units * receiver.virgin_cost;
            totals.co2e += units * receiver.virgin_co2e;
            totals.primary += units * receiver.virgin_primary;
        }
        totals
    }
}
