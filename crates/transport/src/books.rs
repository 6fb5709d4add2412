//! What one element of a chain puts into the books: freight work in exact decimals, and the log of how it came about.
//!
//! Intensities are quotients and live in floats ([`crate::chain`]); the books multiply a published intensity, which is a
//! decimal, with freight work, which is one too. Nothing here is rounded but once, half to even at six decimals.
#![deny(clippy::float_arithmetic)]

use greenheart_units::{Amount, Rounding};

use crate::TransportError;
use crate::distance::{IntensityBasis, Mode};
use crate::log::{CalculationLog, Origin, Parameter};

/// The standard, as the log cites it.
const STANDARD: &str = "EN ISO 14083:2023";
/// Kilograms of a tonne, metres of a kilometre, thousandths of one.
const THOUSAND: i128 = 1000;
/// Kilometres that a flight takes beyond the great circle.
const AIR_EXTRA_KM: i64 = 95;

/// On which basis a row states its distance or freight work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatedBasis {
    /// The shortest way the vehicle can take in practice.
    ShortestFeasible,
    /// The great circle.
    GreatCircle,
    /// Kilometres driven, sailed or flown.
    Driven,
    /// The row does not say.
    Unstated,
}

/// What a row states of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedLeg {
    /// How.
    pub mode: Mode,
    /// Goods with their packaging, kg.
    pub mass_kg: Option<Amount>,
    /// How far, km.
    pub km: Option<Amount>,
    /// On which basis `km` or `tkm` is.
    pub basis: StatedBasis,
    /// Freight work as stated, tkm; it comes before mass and distance.
    pub tkm: Option<Amount>,
}

/// Freight work of a leg.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// Transport activity distance, km, where it follows from the row.
    pub activity_km: Option<Amount>,
    /// Freight work on the transport activity distance, tkm: what an intensity on the standard's distance is multiplied with.
    pub standard_tkm: Amount,
    /// The same work on kilometres driven, tkm: what an intensity per driven kilometre is multiplied with.
    pub driven_tkm: Amount,
    /// Every parameter, in the order of the calculation.
    pub log: CalculationLog<Amount>,
}

impl Carried {
    /// The freight work for an intensity on `basis`, tkm.
    pub const fn for_intensity(&self, basis: IntensityBasis) -> Amount {
        match basis {
            IntensityBasis::Driven => self.driven_tkm,
            IntensityBasis::Standard => self.standard_tkm,
        }
    }
}

/// Brings what a row states of a leg to the standard's freight work (rule `transport.work@1`).
///
/// Driven kilometres are divided by the distance adjustment factor, never taken as they are. A great circle by road is
/// first made a road: by a detour factor, which is not the standard's adjustment factor and is logged as a parameter of its own. By
/// rail and water nothing general says how much longer than the great circle the way is, and there is no figure. The
/// shortest way of an aircraft is the great circle.
///
/// # Errors
/// [`TransportError::Missing`] without mass, distance or freight work; [`TransportError::NoDetour`];
/// [`TransportError::NotPositive`] for nothing to carry; [`TransportError::TooLarge`].
/// # Source
/// EN ISO 14083:2023: transport activity is freight mass times shortest feasible or great-circle distance; distance
/// adjustment factors.
pub fn carried(leg: &StatedLeg) -> Result<Carried, TransportError> {
    let mut log = Log::default();
    let way = Way::of(leg.mode, leg.basis)?;
    if let Some(tkm) = leg.tkm {
        return from_work(leg, &way, tkm, log);
    }
    let mass = above_zero("mass", leg.mass_kg.ok_or(TransportError::Missing("mass"))?)?;
    let km = above_zero("distance", leg.km.ok_or(TransportError::Missing("distance"))?)?;
    log.stated("mass", mass, "kg")?;
    log.distance(leg, &way, km)?;
    let (standard, driven) = way.kilometres(km)?;
    log.adjusted(&way, &standard)?;
    let work = |km: &Kilometres| km.times(mass, THOUSAND);
    log.finish(standard.rounded()?.into(), work(&standard)?, work(&driven)?)
}

/// The freight work is stated itself.
fn from_work(leg: &StatedLeg, way: &Way, tkm: Amount, mut log: Log) -> Result<Carried, TransportError> {
    let tkm = above_zero("freight work", tkm)?;
    if leg.mode == Mode::Air && way.driven {
        // Kilometres are added for each leg, and how many there were is not in the work.
        return Err(TransportError::Missing("distance"));
    }
    log.distance_of_work(leg, way, tkm)?;
    let (standard, driven) = way.work(tkm)?;
    log.adjusted(way, &standard)?;
    log.finish(None, standard.rounded()?, driven.rounded()?)
}

/// The way from a stated distance to the standard's and to the driven one.
struct Way {
    mode: Mode,
    driven: bool,
    /// Road kilometres for a kilometre of great circle, thousandths.
    detour_permille: Option<i128>,
}

/// Kilometres, or freight work, as an exact fraction of a decimal's mantissa.
struct Kilometres {
    mantissa: i128,
    divisor: i128,
}

impl Kilometres {
    fn times(&self, by: Amount, divisor: i128) -> Result<Amount, TransportError> {
        let product = self.mantissa.checked_mul(by.mantissa());
        let divisor = self.divisor.checked_mul(divisor * Amount::ONE_MANTISSA);
        let (product, divisor) = product.zip(divisor).ok_or(TransportError::TooLarge)?;
        Ok(Amount::from_mantissa(Rounding::HalfEven.divide(product, divisor)))
    }

    fn rounded(&self) -> Result<Amount, TransportError> {
        let rounded = Rounding::HalfEven.divide(self.mantissa, self.divisor);
        above_zero("distance", Amount::from_mantissa(rounded))
    }
}

impl Way {
    fn of(mode: Mode, basis: StatedBasis) -> Result<Self, TransportError> {
        let great_circle = basis == StatedBasis::GreatCircle && mode != Mode::Air;
        Ok(Self {
            mode,
            driven: basis == StatedBasis::Driven,
            detour_permille: if great_circle {
                let detour = mode.detour_permille();
                Some(detour.ok_or(TransportError::NoDetour { mode: mode.name() })?)
            } else {
                None
            },
        })
    }

    /// Standard and driven kilometres.
    fn kilometres(&self, km: Amount) -> Result<(Kilometres, Kilometres), TransportError> {
        if self.mode != Mode::Air {
            return self.work(km);
        }
        let extra = Amount::from_integer(AIR_EXTRA_KM).mantissa();
        let extra = if self.driven { -extra } else { extra };
        let other = km.mantissa().checked_add(extra).ok_or(TransportError::TooLarge)?;
        let (stated, other) = (whole(km.mantissa()), whole(other));
        Ok(if self.driven { (other, stated) } else { (stated, other) })
    }

    /// Standard and driven freight work, or kilometres where the adjustment is a factor.
    fn work(&self, stated: Amount) -> Result<(Kilometres, Kilometres), TransportError> {
        let factor = i128::from(self.mode.adjustment_permille());
        let times = |by: i128| stated.mantissa().checked_mul(by).ok_or(TransportError::TooLarge);
        if self.driven {
            let standard = Kilometres {
                mantissa: times(THOUSAND)?,
                divisor: factor,
            };
            return Ok((standard, whole(stated.mantissa())));
        }
        let detour = self.detour_permille.unwrap_or(THOUSAND);
        let standard = Kilometres {
            mantissa: times(detour)?,
            divisor: THOUSAND,
        };
        let driven = Kilometres {
            mantissa: times(detour * factor)?,
            divisor: THOUSAND * THOUSAND,
        };
        Ok((standard, driven))
    }
}

const fn whole(mantissa: i128) -> Kilometres {
    Kilometres { mantissa, divisor: 1 }
}

fn above_zero(what: &'static str, value: Amount) -> Result<Amount, TransportError> {
    if value > Amount::ZERO {
        return Ok(value);
    }
    Err(TransportError::NotPositive {
        what,
        value: value.to_model_f64(),
    })
}

#[derive(Default)]
struct Log(CalculationLog<Amount>);

impl Log {
    fn note(
        &mut self,
        name: &str,
        value: Amount,
        unit: &'static str,
        origin: Origin,
        source: &str,
    ) -> Result<(), TransportError> {
        self.0.note(Parameter {
            name: name.to_owned(),
            value,
            unit,
            origin,
            source: source.to_owned(),
        })
    }

    fn stated(&mut self, name: &str, value: Amount, unit: &'static str) -> Result<(), TransportError> {
        self.note(name, value, unit, Origin::Primary, "the row")
    }

    fn assumed(&mut self, name: &str, permille: i128, because: &str, source: &str) -> Result<(), TransportError> {
        let origin = Origin::Default {
            because: because.to_owned(),
        };
        let value = Amount::from_mantissa(permille * (Amount::ONE_MANTISSA / THOUSAND));
        self.note(name, value, "", origin, source)
    }

    /// The distance as stated, with its basis in its name.
    fn distance(&mut self, leg: &StatedLeg, way: &Way, km: Amount) -> Result<(), TransportError> {
        let name = format!("distance, {}", way.basis(leg.basis));
        self.note(&name, km, "km", basis_origin(leg.basis), "the row")
    }

    fn distance_of_work(&mut self, leg: &StatedLeg, way: &Way, tkm: Amount) -> Result<(), TransportError> {
        let name = format!("freight work, {}", way.basis(leg.basis));
        self.note(&name, tkm, "tkm", basis_origin(leg.basis), "the row")
    }

    /// What turns the stated distance into the standard's and the driven one.
    fn adjusted(&mut self, way: &Way, standard: &Kilometres) -> Result<(), TransportError> {
        if let Some(detour) = way.detour_permille {
            let because = "the row states a great circle, and no road";
            self.assumed("detour of roads", detour, because, "docs/concepts/transport.md")?;
        }
        if way.mode == Mode::Air {
            let extra = Amount::from_integer(AIR_EXTRA_KM);
            let origin = Origin::Default {
                because: "the way flown is not measured beside the great circle".to_owned(),
            };
            self.note("distance adjustment", extra, "km", origin, STANDARD)?;
        } else {
            let because = "no measured way stands beside the shortest one";
            let factor = i128::from(way.mode.adjustment_permille());
            self.assumed("distance adjustment factor", factor, because, STANDARD)?;
        }
        if way.driven || way.detour_permille.is_some() {
            let origin = Origin::Modelled {
                because: "the row states another distance".to_owned(),
            };
            let (name, unit) = ("on the standard's distance", "km or tkm");
            self.note(name, standard.rounded()?, unit, origin, STANDARD)?;
        }
        Ok(())
    }

    fn finish(
        mut self,
        activity_km: Option<Amount>,
        standard_tkm: Amount,
        driven_tkm: Amount,
    ) -> Result<Carried, TransportError> {
        let computed = || Origin::Modelled {
            because: "mass times distance".to_owned(),
        };
        self.note("freight work", standard_tkm, "tkm", computed(), STANDARD)?;
        Ok(Carried {
            activity_km,
            standard_tkm: above_zero("freight work", standard_tkm)?,
            driven_tkm,
            log: self.0,
        })
    }
}

impl Way {
    fn basis(&self, basis: StatedBasis) -> &'static str {
        match basis {
            StatedBasis::Driven => "driven",
            _ if self.mode == Mode::Air => "great circle",
            StatedBasis::GreatCircle => "great circle",
            StatedBasis::ShortestFeasible | StatedBasis::Unstated => "shortest feasible",
        }
    }
}

fn basis_origin(basis: StatedBasis) -> Origin {
    if basis == StatedBasis::Unstated {
        return Origin::Default {
            because: "the row does not say on which distance it stands".to_owned(),
        };
    }
    Origin::Primary
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leg(mode: Mode, mass: &str, km: &str, basis: StatedBasis) -> StatedLeg {
        let of = |text: &str| (!text.is_empty()).then(|| text.parse().expect("a number"));
        StatedLeg {
            mode,
            mass_kg: of(mass),
            km: of(km),
            basis,
            tkm: None,
        }
    }

    #[track_caller]
    fn check(leg: &StatedLeg, standard: &str, driven: &str, counts: [usize; 3]) {
        let found = carried(leg).expect("carried");
        assert_eq!(
            (found.standard_tkm.to_string(), found.driven_tkm.to_string()),
            (standard.to_owned(), driven.to_owned())
        );
        assert_eq!(found.log.counts(), counts, "{:?}", found.log);
    }

    #[test]
    fn a_distance_is_never_taken_for_another() {
        use StatedBasis::{Driven, GreatCircle, ShortestFeasible, Unstated};
        check(
            &leg(Mode::Road, "2500", "100", ShortestFeasible),
            "250",
            "262.5",
            [2, 1, 1],
        );
        check(&leg(Mode::Road, "2500", "105", Driven), "250", "262.5", [2, 2, 1]);
        // 107 km driven are 101.904762 km; the driven work is not rounded on the way there and back.
        check(&leg(Mode::Road, "1000", "107", Driven), "101.904762", "107", [2, 2, 1]);
        check(&leg(Mode::Road, "2500", "100", Unstated), "250", "262.5", [1, 1, 2]);
        check(&leg(Mode::Road, "1000", "100", GreatCircle), "130", "136.5", [2, 2, 2]);
        check(&leg(Mode::Sea, "1000", "115", Driven), "100", "115", [2, 2, 1]);
        check(&leg(Mode::Rail, "1000", "100", Driven), "100", "100", [2, 2, 1]);
        check(
            &leg(Mode::Air, "1000", "500", ShortestFeasible),
            "500",
            "595",
            [2, 1, 1],
        );
        check(&leg(Mode::Air, "1000", "595", Driven), "500", "595", [2, 2, 1]);
        let mut stated = leg(Mode::Road, "", "", Unstated);
        stated.tkm = Some(Amount::from_integer(1000));
        check(&stated, "1000", "1050", [0, 1, 2]);
        stated.basis = Driven;
        check(&stated, "952.380952", "1000", [1, 2, 1]);
    }

    #[test]
    fn what_is_missing_has_a_name() {
        use StatedBasis::{Driven, GreatCircle, ShortestFeasible};
        let refused = |leg: StatedLeg| carried(&leg).expect_err("refused");
        assert_eq!(
            refused(leg(Mode::Road, "2500", "", ShortestFeasible)),
            TransportError::Missing("distance")
        );
        assert_eq!(
            refused(leg(Mode::Road, "", "100", ShortestFeasible)),
            TransportError::Missing("mass")
        );
        assert_eq!(
            refused(leg(Mode::Rail, "2500", "100", GreatCircle)),
            TransportError::NoDetour { mode: "rail" }
        );
        for (mass, km) in [("0", "100"), ("-1", "100"), ("1", "0")] {
            let error = refused(leg(Mode::Road, mass, km, ShortestFeasible));
            assert!(matches!(error, TransportError::NotPositive { .. }), "{error}");
        }
        let short = refused(leg(Mode::Air, "1", "40", Driven));
        assert!(matches!(short, TransportError::NotPositive { .. }), "{short}");
        let mut huge = leg(Mode::Road, "1", "1", ShortestFeasible);
        huge.mass_kg = Some(Amount::from_mantissa(i128::MAX));
        assert_eq!(refused(huge), TransportError::TooLarge);
        let mut flown = leg(Mode::Air, "", "", Driven);
        flown.tkm = Some(Amount::ONE);
        assert_eq!(refused(flown), TransportError::Missing("distance"));
    }
}
