//! Factors of the account for the network: the same library, the same nearest region, the same potentials.

use std::sync::Arc;

use greenheart_model::{Factor, FactorId, FactorSet, Gas, GasMasses, GwpSet, Treatment};
use greenheart_units::{Amount, Basis, Dimension, Rate, Rounding};

use crate::AppError;

/// The country whose factors come first.
const COUNTRY: &str = "NO";

/// kg CO2e per base unit with the factors it was made of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Intensity {
    /// kg CO2e per base unit of the factor's dimension.
    pub per_unit: f64,
    /// Which factors.
    pub factors: Vec<FactorId>,
    /// Where they come from, and what must be said with them.
    pub says: String,
}

/// Looks factors up for the network.
pub(crate) struct Facts {
    set: Arc<FactorSet>,
}

impl Facts {
    pub(crate) fn new(set: Arc<FactorSet>) -> Self {
        Self { set }
    }

    /// Name of the set.
    pub(crate) fn version(&self) -> &str {
        &self.set.version
    }

    /// kg CO2e per tonne-kilometre by road, from well to wheel.
    pub(crate) fn road(&self) -> Result<Option<Intensity>, AppError> {
        let (tank, well) = (
            self.find("road_freight", "transport", Dimension::FreightWork)?,
            self.find("road_freight", "upstream", Dimension::FreightWork)?,
        );
        Ok(match (tank, well) {
            (Some(mut tank), Some(well)) => {
                tank.per_unit += well.per_unit;
                tank.factors.extend(well.factors);
                Some(tank)
            }
            _ => None,
        })
    }

    /// kg CO2e per kg of waste treated so.
    pub(crate) fn waste(&self, item: &str, treatment: Treatment) -> Result<Option<Intensity>, AppError> {
        self.find(item, treatment.name(), Dimension::Mass)
    }

    /// kg CO2e per kg of virgin material; from what is paid for a kg where only spend is known.
    pub(crate) fn virgin(&self, item: &str, nok_per_kg: Option<f64>) -> Result<Option<Intensity>, AppError> {
        if let Some(found) = self.find(item, "primary", Dimension::Mass)? {
            return Ok(Some(found));
        }
        let spend = self.find(item, "spend", Dimension::Money)?;
        Ok(spend.zip(nok_per_kg).map(|(mut spend, nok_per_kg)| {
            spend.per_unit *= nok_per_kg;
            spend
        }))
    }

    /// kg CO2e per kWh of power, where it is used.
    pub(crate) fn electricity(&self) -> Result<Option<Intensity>, AppError> {
        self.find("electricity", "location", Dimension::Energy)
    }

    /// kg CO2e per kWh of district heat.
    pub(crate) fn heat(&self) -> Result<Option<Intensity>, AppError> {
        self.find("district_heat", "heat", Dimension::Energy)
    }

    /// kg CO2e per m³ of water from the mains.
    pub(crate) fn water(&self) -> Result<Option<Intensity>, AppError> {
        self.find("water", "service", Dimension::Volume)
    }

    /// The factor of the nearest region with the newest data.
    fn find(&self, item: &str, aspect: &str, per: Dimension) -> Result<Option<Intensity>, AppError> {
        let fits = |factor: &&Factor| {
            &*factor.item == item
                && &*factor.aspect == aspect
                && factor.per.dimension == per
                && matches!(factor.per.basis, Basis::Plain | Basis::Wet)
        };
        let rank = |factor: &&Factor| (greenheart_factors::distance(&factor.region, COUNTRY), -factor.data_year);
        let Some(factor) = self.set.factors().iter().filter(fits).min_by_key(rank) else {
            return Ok(None);
        };
        Ok(Some(Intensity {
            per_unit: per_unit(factor)?,
            factors: vec![factor.id.clone()],
            says: factor.citation.to_string(),
        }))
    }
}

/// kg CO2e per base unit, AR6.
fn per_unit(factor: &Factor) -> Result<f64, AppError> {
    // A million units, so that the rounding of a posting does not show in a rate.
    let million = Amount::from_integer(1_000_000);
    let mut masses = GasMasses::default();
    for (gas, rate) in &factor.gases {
        *slot(&mut masses, *gas) = million.times(*rate, Rounding::HalfEven)?;
    }
    let co2e = masses.co2e(GwpSet::Ar6)?;
    Ok(co2e.to_model_f64() / Amount::from_integer(1_000_000).to_model_f64())
}

fn slot(masses: &mut GasMasses, gas: Gas) -> &mut Amount {
    match gas {
        Gas::Co2 => &mut masses.co2,
        Gas::Ch4Fossil => &mut masses.ch4_fossil,
        Gas::Ch4Biogenic => &mut masses.ch4_biogenic,
        Gas::N2o => &mut masses.n2o,
        Gas::Co2Biogenic => &mut masses.co2_biogenic,
        Gas::Co2eOther => &mut masses.co2e_other,
    }
}

/// A model's figure as a decimal of the book's scale.
pub(crate) fn decimal(value: f64) -> Amount {
    let text = format!("{value:.6}");
    Amount::parse_rounded(&text, Rounding::HalfEven).unwrap_or_default()
}

/// A share as a decimal.
pub(crate) fn share(value: f64) -> Rate {
    Rate::parse_rounded(&format!("{value:.9}"), Rounding::HalfEven).unwrap_or_default()
}
