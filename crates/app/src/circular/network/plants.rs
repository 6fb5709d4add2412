//! Plants, pools, pumps and pipes that the region has or could build: a file of the cluster, checked as it is read.
//!
//! The file is described in `docs/guide/circular.md`. Amounts are strings, so that no reader turns them into floats.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_circular::text::Concepts;
use greenheart_model::Coordinates;
use greenheart_units::Amount;
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError};

/// Where the catalogue keeps the file.
const KEY: &str = "circular.plants";
/// Most plants and pools together.
const MOST: usize = 200;

/// What the region has or could build.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlantBook {
    /// Plants that turn one thing into another.
    #[serde(default)]
    pub plants: Vec<PlantEntry>,
    /// Places where streams of one material mix.
    #[serde(default)]
    pub pools: Vec<PoolEntry>,
    /// Heat pumps, where surplus heat is not hot enough.
    #[serde(default)]
    pub heat_pumps: Option<PumpTerms>,
    /// Pipes for heat, water and gas; without them nothing of those moves.
    #[serde(default)]
    pub pipes: Option<PipeTerms>,
    /// What energy costs.
    #[serde(default)]
    pub energy: EnergyPrices,
}

/// A plant that stands or could be built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlantEntry {
    /// Its name.
    pub name: String,
    /// Where, degrees north.
    pub latitude: String,
    /// Degrees east.
    pub longitude: String,
    /// Most taken in in a month: t, MWh of heat and gas, or thousand m³ of water.
    pub capacity_month: Amount,
    /// In a month nothing, or at least so much.
    #[serde(default)]
    pub least_month: Amount,
    /// NOK a year when it runs at all: annuity of what it costs to build, staff, upkeep.
    pub nok_year: Amount,
    /// What it can take in.
    pub takes: Vec<IntakeEntry>,
    /// What it makes.
    pub makes: Vec<OutputEntry>,
    /// Most of each property in the blend of all it takes in.
    #[serde(default)]
    pub limits: BTreeMap<String, Amount>,
    /// Where these figures come from.
    pub source: String,
}

/// What a plant can take in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeEntry {
    /// Material of the glossary.
    pub material: String,
    /// NOK per unit taken in, energy left out.
    #[serde(default)]
    pub nok: Amount,
    /// kg CO2e per unit taken in, energy left out.
    #[serde(default)]
    pub kg_co2e: Amount,
    /// kWh of power per unit taken in.
    #[serde(default)]
    pub electricity_kwh: Amount,
    /// kWh of heat per unit taken in.
    #[serde(default)]
    pub heat_kwh: Amount,
    /// Units of each thing made from a unit of this.
    pub yields: BTreeMap<String, Amount>,
}

/// What a plant makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputEntry {
    /// Material of the glossary.
    pub material: String,
    /// Most of each property that it answers for.
    #[serde(default)]
    pub properties: BTreeMap<String, Amount>,
    /// NOK per unit that nobody takes.
    #[serde(default)]
    pub rest_nok: Amount,
    /// kg CO2e per unit that nobody takes.
    #[serde(default)]
    pub rest_kg_co2e: Amount,
}

/// A place where streams mix, so that whatever leaves is the same blend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolEntry {
    /// Its name.
    pub name: String,
    /// Where, degrees north.
    pub latitude: String,
    /// Degrees east.
    pub longitude: String,
    /// Material of the glossary.
    pub material: String,
    /// Most through it in a month.
    pub capacity_month: Amount,
}

/// What heat pumps can do and cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PumpTerms {
    /// Share of the greatest possible coefficient of performance, 0 to 1.
    pub carnot_share: Amount,
    /// Most K between source and sink.
    pub most_lift_k: Amount,
    /// NOK a year for a kW of heat out.
    pub nok_year_per_kw: Amount,
    /// Where these figures come from.
    pub source: String,
}

/// What pipes cost and lose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipeTerms {
    /// NOK a year for a metre.
    pub nok_year_per_m: Amount,
    /// Share of the heat lost on a km.
    #[serde(default)]
    pub loss_per_km: Amount,
    /// Temperature difference that an exchanger needs, K.
    #[serde(default = "approach")]
    pub approach_k: Amount,
    /// Farthest, km.
    pub most_km: Amount,
    /// Where these figures come from.
    pub source: String,
}

fn approach() -> Amount {
    Amount::from_integer(5)
}

/// What energy costs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnergyPrices {
    /// NOK for a kWh of power.
    #[serde(default)]
    pub electricity_nok_kwh: Option<Amount>,
    /// NOK for a kWh of heat.
    #[serde(default)]
    pub heat_nok_kwh: Option<Amount>,
}

/// What a thousand base units of a material are called.
pub fn unit_of(material: &str) -> &'static str {
    match super::super::infer::kind_of(super::super::Direction::Offer, material) {
        super::super::StreamKind::Heat | super::super::StreamKind::Electricity => "MWh",
        super::super::StreamKind::Gas => "MWh",
        super::super::StreamKind::Water => "1000 m3",
        super::super::StreamKind::Material | super::super::StreamKind::Residue => "t",
    }
}

impl PlantBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// The first thing that is wrong, with the name of the plant.
    pub fn read(text: &str) -> Result<Self, AppError> {
        let book: Self = serde_json::from_str(text).map_err(|error| {
            AppError::input(
                format!("the file of plants cannot be read: {error}"),
                "see docs/guide/circular.md for its form",
            )
        })?;
        book.check()?;
        Ok(book)
    }

    fn check(&self) -> Result<(), AppError> {
        if self.plants.len() + self.pools.len() > MOST {
            return Err(AppError::input(
                format!("there are more than {MOST} plants and pools"),
                "leave out those that nobody would build",
            ));
        }
        let mut names = BTreeSet::new();
        let all = self.plants.iter().map(|plant| &plant.name);
        for name in all.chain(self.pools.iter().map(|pool| &pool.name)) {
            if name.trim().is_empty() || !names.insert(name) {
                return Err(wrong(name, "it has no name, or that of another one"));
            }
        }
        self.plants.iter().try_for_each(|plant| plant.check(&self.energy))?;
        self.pools.iter().try_for_each(PoolEntry::check)?;
        if let Some(pumps) = &self.heat_pumps {
            let share = pumps.carnot_share;
            let fine = share > Amount::ZERO && share <= Amount::from_integer(1);
            if !fine || negative(&[pumps.most_lift_k, pumps.nok_year_per_kw]) || pumps.source.trim().is_empty() {
                return Err(wrong(
                    "heat_pumps",
                    "the share is above 0 and at most 1, the rest not below zero, with a source",
                ));
            }
            if self.energy.electricity_nok_kwh.is_none() {
                return Err(wrong("heat_pumps", "the price of power is missing"));
            }
        }
        if let Some(pipes) = &self.pipes {
            let numbers = [pipes.nok_year_per_m, pipes.loss_per_km, pipes.approach_k, pipes.most_km];
            if negative(&numbers) || pipes.loss_per_km > Amount::from_integer(1) || pipes.source.trim().is_empty() {
                return Err(wrong(
                    "pipes",
                    "its figures are not below zero, the loss at most 1, with a source",
                ));
            }
        }
        let prices = [self.energy.electricity_nok_kwh, self.energy.heat_nok_kwh];
        if negative(&prices.into_iter().flatten().collect::<Vec<_>>()) {
            return Err(wrong("energy", "a price is below zero"));
        }
        Ok(())
    }
}

impl PlantEntry {
    /// Where it stands; checked when the file was read.
    pub(super) fn place(&self) -> Option<Coordinates> {
        Coordinates::parse(&self.latitude, &self.longitude).ok()
    }

    fn check(&self, energy: &EnergyPrices) -> Result<(), AppError> {
        let wrong = |why: &str| Err(wrong(&self.name, why));
        if self.place().is_none() {
            return wrong("its place is none");
        }
        if negative(&[self.capacity_month, self.least_month, self.nok_year]) || self.least_month > self.capacity_month {
            return wrong(
                "its capacity, least load and yearly cost are not below zero, and the least not above the most",
            );
        }
        if self.takes.is_empty() || self.makes.is_empty() || self.source.trim().is_empty() {
            return wrong("it needs something to take in, something to make, and a source for its figures");
        }
        let mut made = BTreeSet::new();
        for output in &self.makes {
            known(&self.name, &output.material)?;
            if !made.insert(output.material.as_str()) {
                return wrong("it makes the same thing twice");
            }
        }
        let mut taken = BTreeSet::new();
        for intake in &self.takes {
            known(&self.name, &intake.material)?;
            if !taken.insert(intake.material.as_str()) {
                return wrong("it takes the same thing twice");
            }
            let numbers = [intake.electricity_kwh, intake.heat_kwh];
            let yields: Vec<Amount> = intake.yields.values().copied().collect();
            if negative(&numbers) || negative(&yields) || yields.is_empty() {
                return wrong("its energy and yields are not below zero, and each thing taken in yields something");
            }
            if let Some(other) = intake.yields.keys().find(|name| !made.contains(name.as_str())) {
                return wrong(&format!("`{other}` is yielded and not made"));
            }
            let mass = |name: &str| unit_of(name) == "t";
            let same: Amount = intake
                .yields
                .iter()
                .filter(|(name, _)| mass(name))
                .map(|(_, share)| *share)
                .sum();
            if mass(&intake.material) && same > Amount::from_integer(1) {
                return wrong("more tonnes come out than go in");
            }
            let priced = (intake.electricity_kwh.is_zero() || energy.electricity_nok_kwh.is_some())
                && (intake.heat_kwh.is_zero() || energy.heat_nok_kwh.is_some());
            if !priced {
                return wrong("it needs energy whose price is missing");
            }
        }
        Ok(())
    }
}

impl PoolEntry {
    pub(super) fn place(&self) -> Option<Coordinates> {
        Coordinates::parse(&self.latitude, &self.longitude).ok()
    }

    fn check(&self) -> Result<(), AppError> {
        known(&self.name, &self.material)?;
        if self.place().is_none() || self.capacity_month.is_negative() {
            return Err(wrong(&self.name, "its place is none, or its capacity below zero"));
        }
        Ok(())
    }
}

fn known(name: &str, material: &str) -> Result<(), AppError> {
    if Concepts::list().iter().any(|concept| concept.name == material) {
        return Ok(());
    }
    Err(wrong(name, &format!("`{material}` is no material of the glossary")))
}

fn negative(amounts: &[Amount]) -> bool {
    amounts.iter().any(|amount| amount.is_negative())
}

fn wrong(name: &str, why: &str) -> AppError {
    AppError::input(
        format!("`{name}`: {why}"),
        "see docs/guide/circular.md for the form of the file",
    )
}

impl App {
    /// The plants of the region: for those who lead.
    ///
    /// # Errors
    /// Of rights and catalogue.
    pub async fn plants(&self, actor: &Actor) -> Result<PlantBook, AppError> {
        self.allowed(actor, actor.may_administer(), "circular.plants", None)
            .await?;
        self.plant_book().await
    }

    /// Takes in the file of plants in place of the last one.
    ///
    /// # Errors
    /// Of rights, and what is wrong with the file.
    pub async fn put_plants(&self, actor: &Actor, text: &str) -> Result<PlantBook, AppError> {
        self.allowed(actor, actor.may_administer(), "circular.put_plants", None)
            .await?;
        let book = PlantBook::read(text)?;
        let kept = serde_json::to_string(&book).map_err(|error| AppError::Damaged(error.to_string()))?;
        self.store.put_setting(KEY, &kept).await?;
        let found = format!("{} plants, {} pools", book.plants.len(), book.pools.len());
        self.note(actor, "circular.put_plants", None, &found, "done").await?;
        Ok(book)
    }

    pub(super) async fn plant_book(&self) -> Result<PlantBook, AppError> {
        match self.store.setting(KEY).await?.filter(|text| !text.is_empty()) {
            None => Ok(PlantBook::default()),
            Some(text) => serde_json::from_str(&text).map_err(|error| AppError::Damaged(format!("plants: {error}"))),
        }
    }
}
