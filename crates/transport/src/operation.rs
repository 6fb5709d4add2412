//! Operation categories: journeys of one kind over a year, empty runs included, and their intensity.

use crate::TransportError;
use crate::distance::{Adjustment, IntensityBasis, Mode};
use crate::energy::Emissions;
use crate::error::{not_negative, positive};

/// Emissions for each tonne-kilometre, on a stated distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intensity {
    /// kgCO2e per tonne-kilometre.
    pub per_tkm: Emissions,
    /// On which kilometres.
    pub basis: IntensityBasis,
}

impl Intensity {
    /// From grams tank-to-wheel and well-to-wheel.
    pub fn grams(ttw_g: f64, wtw_g: f64, basis: IntensityBasis) -> Result<Self, TransportError> {
        if ttw_g > wtw_g {
            return Err(TransportError::MoreThanAll { ttw: ttw_g, wtw: wtw_g });
        }
        Ok(Self {
            per_tkm: Emissions {
                ttw_kg: not_negative("tank-to-wheel intensity", ttw_g)? / 1000.0,
                wtt_kg: (wtw_g - ttw_g) / 1000.0,
            },
            basis,
        })
    }

    /// The same intensity per tonne-kilometre on the standard's distance.
    ///
    /// An adjustment by extra kilometres depends on the leg, so the driven intensity must be of legs of `standard_km`.
    pub fn on_standard(self, adjustment: Adjustment, standard_km: f64) -> Result<Self, TransportError> {
        if self.basis == IntensityBasis::Standard {
            return Ok(self);
        }
        let km = positive("distance", standard_km)?;
        Ok(Self {
            per_tkm: self.per_tkm * (adjustment.actual_km(km) / km),
            basis: IntensityBasis::Standard,
        })
    }
}

/// A year of transport operations of one kind: whole round trips, loaded and empty.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationCategory {
    /// How.
    pub mode: Mode,
    /// All energy and refrigerant of it.
    pub emissions: Emissions,
    /// Freight work on the standard's distance, tonne-kilometres. Empty runs add none.
    pub work_tkm: f64,
}

impl OperationCategory {
    /// Emissions over freight work.
    ///
    /// # Source
    /// EN ISO 14083:2023: `g = G / T`, with `T` on shortest feasible or great-circle distance even where the fuel
    /// was burnt on a longer way.
    pub fn intensity(&self) -> Result<Intensity, TransportError> {
        let work = positive("freight work", self.work_tkm)?;
        Ok(Intensity {
            per_tkm: self.emissions * (1.0 / work),
            basis: IntensityBasis::Standard,
        })
    }
}

/// Vehicle parameters from which an intensity is modelled where no fuel was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vehicle {
    /// kgCO2e per km, empty.
    pub empty_per_km: Emissions,
    /// kgCO2e per km, fully loaded.
    pub full_per_km: Emissions,
    /// Tonnes that fit.
    pub payload_t: f64,
}

/// How a vehicle is used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Utilisation {
    /// Load over payload on loaded kilometres, 0 to 1.
    pub load_factor: f64,
    /// Empty kilometres over loaded kilometres.
    pub empty_share: f64,
}

impl Vehicle {
    /// Emissions of a kilometre with `load_t` tonnes: a straight line from empty to full.
    pub fn per_km(&self, load_t: f64) -> Result<Emissions, TransportError> {
        let share = not_negative("load", load_t)? / positive("payload", self.payload_t)?;
        if share > 1.0 {
            return Err(TransportError::Negative {
                what: "payload left",
                value: self.payload_t - load_t,
            });
        }
        Ok(self.empty_per_km * (1.0 - share) + self.full_per_km * share)
    }

    /// Intensity on driven kilometres, with the empty runs that belong to the loaded ones.
    pub fn intensity(&self, use_: Utilisation) -> Result<Intensity, TransportError> {
        let load = positive("load factor", use_.load_factor)? * positive("payload", self.payload_t)?;
        let empty = not_negative("empty share", use_.empty_share)?;
        let loaded_km = self.per_km(load)?;
        Ok(Intensity {
            per_tkm: (loaded_km + self.empty_per_km * empty) * (1.0 / load),
            basis: IntensityBasis::Driven,
        })
    }
}
