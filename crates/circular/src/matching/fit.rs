//! Whether distance and quantities go together.

use greenheart_model::Coordinates;
use greenheart_units::Amount;

use crate::stream::{Quantities, Stream};

/// How far apart, against what both ends accept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DistanceFit {
    /// Within every limit given; km as the crow flies.
    Within(f64),
    /// Too far for one of the two: km, and the tighter limit.
    TooFar {
        /// As the crow flies.
        km: f64,
        /// The tighter limit.
        limit_km: u32,
    },
    /// A place is missing.
    Unknown,
}

/// How the months of an offer and a want go together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum QuantityFit {
    /// Shares of the offer taken up and of the want covered, month by month, 0 to 1, and over how many months.
    Overlap {
        /// Of what is offered.
        of_offer: f64,
        /// Of what is wanted.
        of_want: f64,
        /// Months known at both ends.
        months: usize,
    },
    /// Counted in different dimensions or on different bases.
    Incomparable,
    /// One end says no quantity.
    Unknown,
}

/// Radius of the sphere with the earth's volume, km.
const EARTH_KM: f64 = 6371.0;

/// Great-circle distance, km (haversine).
pub fn distance_km(one: Coordinates, other: Coordinates) -> f64 {
    let radians = |micro: i32| (f64::from(micro) / 1e6).to_radians();
    let (lat1, lat2) = (radians(one.latitude_microdegrees), radians(other.latitude_microdegrees));
    let east = radians(other.longitude_microdegrees) - radians(one.longitude_microdegrees);
    let half = ((lat2 - lat1) / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (east / 2.0).sin().powi(2);
    2.0 * EARTH_KM * half.sqrt().min(1.0).asin()
}

/// Holds the distance against the limits of the offer and, where there is one, the want.
pub fn distance_fit(offer: &Stream, taker: Option<Coordinates>, want: Option<&Stream>) -> DistanceFit {
    let Some((from, to)) = offer.place.zip(taker) else {
        return DistanceFit::Unknown;
    };
    let km = distance_km(from, to);
    let limits = [offer.max_distance_km, want.and_then(|want| want.max_distance_km)];
    match limits.into_iter().flatten().min() {
        Some(limit_km) if km > f64::from(limit_km) => DistanceFit::TooFar { km, limit_km },
        _ => DistanceFit::Within(km),
    }
}

/// Holds the months of an offer against those of a want.
pub fn quantity_fit(offer: Option<&Quantities>, want: Option<&Quantities>) -> QuantityFit {
    let Some((offer, want)) = offer.zip(want) else {
        return QuantityFit::Unknown;
    };
    if (offer.dimension, offer.basis) != (want.dimension, want.basis) {
        return QuantityFit::Incomparable;
    }
    let known = offer
        .months
        .iter()
        .zip(&want.months)
        .filter_map(|(offer, want)| offer.zip(*want));
    let pairs: Vec<(f64, f64)> = known
        .map(|(offer, want): (Amount, Amount)| (offer.to_model_f64(), want.to_model_f64()))
        .collect();
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
    let (offered, wanted) = (sum(&|pair| pair.0), sum(&|pair| pair.1));
    if pairs.is_empty() || offered <= 0.0 || wanted <= 0.0 {
        return QuantityFit::Unknown;
    }
    let moved = sum(&|pair| pair.0.min(pair.1).max(0.0));
    QuantityFit::Overlap {
        of_offer: moved / offered,
        of_want: moved / wanted,
        months: pairs.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use greenheart_units::{Basis, Dimension};

    #[test]
    fn a_degree_of_latitude_is_111_km() {
        let at = |lat: &str| Coordinates::parse(lat, "12").expect("a place");
        assert!((distance_km(at("60"), at("61")) - 111.19).abs() < 0.01);
        assert!(distance_km(at("60"), at("60")).abs() < 1e-9);
    }

    #[test]
    fn summer_heat_does_not_cover_winter_need() {
        let months = |winter: i64, summer: i64| {
            let mut quantities = Quantities::steady(Dimension::Energy, Basis::Plain, Amount::from_integer(winter));
            for month in 4..8 {
                quantities.months[month] = Some(Amount::from_integer(summer));
            }
            quantities
        };
        let fit = quantity_fit(Some(&months(10, 100)), Some(&months(100, 10)));
        // 8 months of 10 and 4 of 10 move: 120 of 480 offered, of 840 wanted.
        let QuantityFit::Overlap {
            of_offer,
            of_want,
            months: 12,
        } = fit
        else {
            panic!("{fit:?}")
        };
        assert!((of_offer - 120.0 / 480.0).abs() < 1e-12 && (of_want - 120.0 / 840.0).abs() < 1e-12);
        let mass = Quantities::steady(Dimension::Mass, Basis::Wet, Amount::ONE);
        assert_eq!(
            quantity_fit(Some(&months(1, 1)), Some(&mass)),
            QuantityFit::Incomparable
        );
        assert_eq!(quantity_fit(None, Some(&mass)), QuantityFit::Unknown);
    }
}
