//! Quantities that cannot be confused, and the numbers and units found in files.
//!
//! For: exact decimals at the two fixed scales of the ledger ([`Amount`], [`Rate`]), quantities and
//! factors typed by what they measure ([`Quantity`], [`Factor`]), reading numbers and units as
//! Norwegian and English files write them ([`parse_number`], [`Unit`]).
//! Not for: anything that knows of members, files or emission rules.
//! Start with [`Amount`], then [`Quantity`], then [`Unit`].
#![deny(clippy::float_arithmetic)]

mod decimal;
mod money;
mod number;
mod quantity;
mod unit;

pub use decimal::{Amount, DecimalError, Multiplier, Rate, Rounding};
pub use money::{Currency, Money};
pub use number::{DecimalMark, NumberError, parse_number, parse_number_with};
pub use quantity::{
    Area, Basis, Co2e, Count, Dimension, Energy, Factor, FreightWork, Length, Mass, PassengerWork, Quantity, Time,
    Volume, kind,
};
pub use unit::{Reading, Unit, UnitError, parse_reading};
