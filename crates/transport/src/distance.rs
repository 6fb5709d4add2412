//! Distances the standard allows, and the way to them from driven kilometres.

use crate::TransportError;
use crate::error::{not_negative, positive};

/// How goods move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Trucks and vans.
    Road,
    /// Trains.
    Rail,
    /// Seagoing ships.
    Sea,
    /// River and canal barges.
    InlandWaterway,
    /// Aircraft.
    Air,
    /// Pipelines.
    Pipeline,
    /// Cable cars.
    Cable,
}

impl Mode {
    /// The stable name, as in files and columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Road => "road",
            Self::Rail => "rail",
            Self::Sea => "sea",
            Self::InlandWaterway => "inland_waterway",
            Self::Air => "air",
            Self::Pipeline => "pipeline",
            Self::Cable => "cable",
        }
    }

    /// How much longer the way actually taken is, where nothing better is known.
    ///
    /// # Source
    /// EN ISO 14083:2023 distance adjustment factors: road 5 %, sea 15 %, air 95 km, others none.
    pub const fn adjustment(self) -> Adjustment {
        match self {
            Self::Road => Adjustment::Factor(1.05),
            Self::Sea => Adjustment::Factor(1.15),
            Self::Air => Adjustment::Extra(95.0),
            Self::Rail | Self::InlandWaterway | Self::Pipeline | Self::Cable => Adjustment::Factor(1.0),
        }
    }

    /// The same in thousandths, for decimals; for air, where kilometres are added, a thousand.
    pub const fn adjustment_permille(self) -> i64 {
        match self {
            Self::Road => 1050,
            Self::Sea => 1150,
            Self::Rail | Self::InlandWaterway | Self::Pipeline | Self::Cable | Self::Air => 1000,
        }
    }

    /// Kilometres of road for a kilometre of great circle, in thousandths, where the road is not known; `None` for modes
    /// for which no such figure is general enough. It is not the standard's distance adjustment factor.
    pub const fn detour_permille(self) -> Option<i128> {
        match self {
            Self::Road => Some(1300),
            _ => None,
        }
    }
}

/// The distance adjustment from the standard's distance to the actual one. It is not the detour factor of straight
/// lines on roads (about 1.3), which turns a great circle into a road.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Adjustment {
    /// Actual is so many times the standard's distance.
    Factor(f64),
    /// Actual is so many kilometres more, on each leg.
    Extra(f64),
}

impl Adjustment {
    /// The actual distance of one leg.
    pub fn actual_km(self, standard_km: f64) -> f64 {
        match self {
            Self::Factor(factor) => standard_km * factor,
            Self::Extra(km) => standard_km + km,
        }
    }

    /// The standard's distance of one leg.
    pub fn standard_km(self, actual_km: f64) -> Result<f64, TransportError> {
        let km = match self {
            Self::Factor(factor) => actual_km / positive("distance adjustment factor", factor)?,
            Self::Extra(km) => actual_km - km,
        };
        not_negative("distance", km)
    }
}

/// On which distance freight work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DistanceKind {
    /// The shortest way the vehicle can take in practice.
    ShortestFeasible,
    /// The great circle.
    GreatCircle,
}

/// On which distance an intensity stands. Mixing them up moves a road intensity by 5 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IntensityBasis {
    /// Per tonne-kilometre on kilometres actually driven.
    Driven,
    /// Per tonne-kilometre on the standard's distance.
    Standard,
}

/// Great-circle distance between two points, km, on a sphere of the earth's mean radius (6371.0088 km, IUGG).
///
/// # Units
/// Degrees north and east.
pub fn great_circle_km(from: (f64, f64), to: (f64, f64)) -> Result<f64, TransportError> {
    for (latitude, longitude) in [from, to] {
        if !(latitude.abs() <= 90.0 && longitude.abs() <= 180.0) {
            return Err(TransportError::NoPlace { latitude, longitude });
        }
    }
    let (lat1, lat2) = (from.0.to_radians(), to.0.to_radians());
    let (dlat, dlon) = (lat2 - lat1, (to.1 - from.1).to_radians());
    let half = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
    Ok(2.0 * 6_371.008_8 * half.sqrt().min(1.0).asin())
}
