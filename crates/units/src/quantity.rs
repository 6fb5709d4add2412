//! Quantities typed by what they measure.

use std::fmt;
use std::iter::Sum;
use std::marker::PhantomData;
use std::ops::{Add, AddAssign, Neg, Sub};

use serde::{Deserialize, Serialize};

use crate::{Amount, DecimalError, Rate, Rounding};

/// What a unit measures. The base unit of each is the one the ledger stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// kg
    Mass,
    /// kWh
    Energy,
    /// m³
    Volume,
    /// km
    Length,
    /// tonne-kilometres
    FreightWork,
    /// passenger-kilometres
    PassengerWork,
    /// m²
    Area,
    /// pieces
    Count,
    /// hours
    Time,
    /// NOK and other currencies
    Money,
    /// kg CO2e: never a mass
    Co2e,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 11] = [
        Self::Mass,
        Self::Energy,
        Self::Volume,
        Self::Length,
        Self::FreightWork,
        Self::PassengerWork,
        Self::Area,
        Self::Count,
        Self::Time,
        Self::Money,
        Self::Co2e,
    ];

    /// The stable name, as in files and columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mass => "mass",
            Self::Energy => "energy",
            Self::Volume => "volume",
            Self::Length => "length",
            Self::FreightWork => "freight_work",
            Self::PassengerWork => "passenger_work",
            Self::Area => "area",
            Self::Count => "count",
            Self::Time => "time",
            Self::Money => "money",
            Self::Co2e => "co2e",
        }
    }

    /// The dimension called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.name() == name)
    }

    /// The symbol of the base unit.
    pub const fn base_unit(self) -> &'static str {
        match self {
            Self::Mass => "kg",
            Self::Energy => "kWh",
            Self::Volume => "m3",
            Self::Length => "km",
            Self::FreightWork => "tkm",
            Self::PassengerWork => "pkm",
            Self::Area => "m2",
            Self::Count => "pcs",
            Self::Time => "h",
            Self::Money => "NOK",
            Self::Co2e => "kgCO2e",
        }
    }
}

/// The basis on which a quantity or factor is given, where the unit alone does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The unit says enough.
    #[default]
    Plain,
    /// Energy on net (lower) calorific value.
    NetCalorific,
    /// Energy on gross (higher) calorific value.
    GrossCalorific,
    /// Mass as received, water included.
    Wet,
    /// Mass of dry matter.
    Dry,
    /// Gas volume at 0 °C and 1.01325 bar.
    NormalVolume,
}

impl Basis {
    /// Every basis.
    pub const ALL: [Self; 6] = [
        Self::Plain,
        Self::NetCalorific,
        Self::GrossCalorific,
        Self::Wet,
        Self::Dry,
        Self::NormalVolume,
    ];

    /// The stable name, as in files and columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::NetCalorific => "net_calorific",
            Self::GrossCalorific => "gross_calorific",
            Self::Wet => "wet",
            Self::Dry => "dry",
            Self::NormalVolume => "normal_volume",
        }
    }

    /// The basis called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.name() == name)
    }
}

/// Markers, one for each kind of quantity.
pub mod kind {
    macro_rules! kinds {
        ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
            $(
                $(#[$doc])*
                #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
                pub enum $name {}
                impl Kind for $name {
                    const DIMENSION: crate::Dimension = crate::Dimension::$name;
                }
            )*
        };
    }

    /// Ties a marker to its dimension.
    pub trait Kind {
        /// What is measured.
        const DIMENSION: crate::Dimension;
    }

    kinds!(
        /// kg
        Mass,
        /// kWh
        Energy,
        /// m³
        Volume,
        /// km
        Length,
        /// t·km
        FreightWork,
        /// passenger·km
        PassengerWork,
        /// m²
        Area,
        /// pieces
        Count,
        /// hours
        Time,
        /// NOK
        Money,
        /// kg CO2e
        Co2e,
    );
}

/// So much of kind `K`, exact, in the kind's base unit.
pub struct Quantity<K>(Amount, PhantomData<K>);

/// Mass in kg.
pub type Mass = Quantity<kind::Mass>;
/// Energy in kWh.
pub type Energy = Quantity<kind::Energy>;
/// Volume in m³.
pub type Volume = Quantity<kind::Volume>;
/// Distance in km.
pub type Length = Quantity<kind::Length>;
/// Freight work in tonne-kilometres.
pub type FreightWork = Quantity<kind::FreightWork>;
/// Passenger work in passenger-kilometres.
pub type PassengerWork = Quantity<kind::PassengerWork>;
/// Area in m².
pub type Area = Quantity<kind::Area>;
/// Pieces.
pub type Count = Quantity<kind::Count>;
/// Hours.
pub type Time = Quantity<kind::Time>;
/// Greenhouse gas in kg CO2e; it has the dimension of mass and must never add to one.
pub type Co2e = Quantity<kind::Co2e>;

impl<K> Quantity<K> {
    /// Nothing.
    pub const ZERO: Self = Self(Amount::ZERO, PhantomData);

    /// An amount in the base unit of `K`.
    pub const fn new(amount: Amount) -> Self {
        Self(amount, PhantomData)
    }

    /// The amount in the base unit.
    pub const fn amount(self) -> Amount {
        self.0
    }
}

impl Energy {
    /// Whole kilowatt-hours.
    pub const fn kwh(value: i64) -> Self {
        Self::new(Amount::from_integer(value))
    }
    /// Whole megawatt-hours.
    pub const fn mwh(value: i64) -> Self {
        Self::new(Amount::from_integer(value * 1000))
    }
}

impl Mass {
    /// Whole kilograms.
    pub const fn kg(value: i64) -> Self {
        Self::new(Amount::from_integer(value))
    }
    /// Whole tonnes.
    pub const fn tonnes(value: i64) -> Self {
        Self::new(Amount::from_integer(value * 1000))
    }
}

impl<K> Clone for Quantity<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Quantity<K> {}
impl<K> PartialEq for Quantity<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Quantity<K> {}
impl<K> PartialOrd for Quantity<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Quantity<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Default for Quantity<K> {
    fn default() -> Self {
        Self::ZERO
    }
}
impl<K> Add for Quantity<K> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.0 + other.0)
    }
}
impl<K> Sub for Quantity<K> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.0 - other.0)
    }
}
impl<K> Neg for Quantity<K> {
    type Output = Self;
    fn neg(self) -> Self {
        Self::new(-self.0)
    }
}
impl<K> AddAssign for Quantity<K> {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl<K> Sum for Quantity<K> {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::ZERO, Add::add)
    }
}
impl<K: kind::Kind> fmt::Display for Quantity<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, K::DIMENSION.base_unit())
    }
}
impl<K: kind::Kind> fmt::Debug for Quantity<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// So much `N` per base unit of `D`, as in kg CO2e per kWh.
///
/// ```compile_fail
/// use greenheart_units::{Amount, Co2e, Mass};
/// let confused = Mass::new(Amount::ONE) + Co2e::new(Amount::ONE);
/// ```
pub struct Factor<N, D>(Rate, PhantomData<(N, D)>);

impl<N, D> Factor<N, D> {
    /// A rate in base units of `N` per base unit of `D`.
    pub const fn new(rate: Rate) -> Self {
        Self(rate, PhantomData)
    }

    /// The rate.
    pub const fn rate(self) -> Rate {
        self.0
    }

    /// The quantity of `N` that goes with `quantity`, rounded half to even.
    pub fn of(self, quantity: Quantity<D>) -> Result<Quantity<N>, DecimalError> {
        quantity.0.times(self.0, Rounding::HalfEven).map(Quantity::new)
    }
}
impl<N, D> Clone for Factor<N, D> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<N, D> Copy for Factor<N, D> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_turns_one_kind_into_another() {
        let gas: Factor<kind::Co2e, kind::Energy> = Factor::new("0.202".parse().expect("a rate"));
        let emitted = gas.of(Energy::mwh(12)).expect("it fits");
        assert_eq!(emitted.to_string(), "2424 kgCO2e");
    }

    #[test]
    fn names_round_trip() {
        assert!(
            Dimension::ALL
                .iter()
                .all(|d| Dimension::from_name(d.name()) == Some(*d))
        );
        assert!(Basis::ALL.iter().all(|b| Basis::from_name(b.name()) == Some(*b)));
    }
}
