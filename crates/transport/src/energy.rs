//! Energy carriers and what using them emits.

use std::iter::Sum;
use std::ops::{Add, Mul};

use crate::TransportError;
use crate::error::not_negative;

/// Emissions split as the standard splits them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Emissions {
    /// Operation, tank-to-wheel, kgCO2e.
    pub ttw_kg: f64,
    /// Energy provision, well-to-tank, kgCO2e.
    pub wtt_kg: f64,
}

impl Emissions {
    /// Well-to-wheel, kgCO2e.
    pub fn wtw_kg(self) -> f64 {
        self.ttw_kg + self.wtt_kg
    }
}

impl Add for Emissions {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            ttw_kg: self.ttw_kg + other.ttw_kg,
            wtt_kg: self.wtt_kg + other.wtt_kg,
        }
    }
}
impl Mul<f64> for Emissions {
    type Output = Self;
    fn mul(self, by: f64) -> Self {
        Self {
            ttw_kg: self.ttw_kg * by,
            wtt_kg: self.wtt_kg * by,
        }
    }
}
impl Sum for Emissions {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), Add::add)
    }
}

/// A carrier's emissions for each unit of it, g: per MJ, kWh, litre or whatever the amount is counted in.
/// Biogenic CO2 is zero in both parts; electricity is the location's consumption mix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carrier {
    ttw_g: f64,
    wtt_g: f64,
}

impl Carrier {
    /// From tank-to-wheel and well-to-tank.
    pub fn new(ttw_g: f64, wtt_g: f64) -> Result<Self, TransportError> {
        Ok(Self {
            ttw_g: not_negative("tank-to-wheel", ttw_g)?,
            wtt_g: not_negative("well-to-tank", wtt_g)?,
        })
    }

    /// From tank-to-wheel and well-to-wheel.
    pub fn from_well_to_wheel(ttw_g: f64, wtw_g: f64) -> Result<Self, TransportError> {
        if ttw_g > wtw_g {
            return Err(TransportError::MoreThanAll { ttw: ttw_g, wtw: wtw_g });
        }
        Self::new(ttw_g, wtw_g - ttw_g)
    }

    /// Emissions of using `amount` units.
    pub fn used(self, amount: f64) -> Result<Emissions, TransportError> {
        let amount = not_negative("energy used", amount)?;
        Ok(Emissions {
            ttw_kg: self.ttw_g * amount / 1000.0,
            wtt_kg: self.wtt_g * amount / 1000.0,
        })
    }

    /// The same carrier counted per litre, given MJ per kg and kg per litre.
    pub fn per_litre(self, lhv_mj_per_kg: f64, density_kg_per_l: f64) -> Self {
        let mj = lhv_mj_per_kg * density_kg_per_l;
        Self {
            ttw_g: self.ttw_g * mj,
            wtt_g: self.wtt_g * mj,
        }
    }
}

/// A refrigerant that leaks, in operation (tank-to-wheel).
///
/// # Units
/// `refilled_kg`: what was put back, the mass balance of the standard; `gwp`: kg CO2e per kg over 100 years.
pub fn refrigerant_leak(refilled_kg: f64, gwp: f64) -> Result<Emissions, TransportError> {
    Ok(Emissions {
        ttw_kg: not_negative("refrigerant refilled", refilled_kg)? * not_negative("warming potential", gwp)?,
        wtt_kg: 0.0,
    })
}

/// What leaked in a year when nobody weighed it: charge times yearly loss.
///
/// # Source
/// EN ISO 14083:2023 annex I gives 5.5 kg and 32.5 % for a refrigerated truck, and 50 % as the cautious loss.
pub fn default_leak_kg(charge_kg: f64, yearly_loss: f64) -> Result<f64, TransportError> {
    Ok(positive_charge(charge_kg)? * not_negative("yearly loss", yearly_loss)?)
}

fn positive_charge(charge_kg: f64) -> Result<f64, TransportError> {
    crate::error::positive("refrigerant charge", charge_kg)
}

/// Yearly refill from rates that held for some months each: kg a month and months.
pub fn refill_kg(rates: &[(f64, f64)]) -> Result<f64, TransportError> {
    rates.iter().try_fold(0.0, |sum, &(kg_per_month, months)| {
        Ok(sum + not_negative("refill", kg_per_month)? * not_negative("months", months)?)
    })
}
