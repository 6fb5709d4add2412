//! Emissions of transport chains by EN ISO 14083.
//!
//! For: chains of legs and hubs ([`chain`]), intensities of operation and hub categories ([`operation`], [`hub`]), fair
//! shares of rounds ([`round`]), distances ([`distance`]), and which scope a transport belongs to ([`scope`]). What a row of
//! a freight list puts into the books is exact ([`books`]).
//! Not for: choosing routes, prices, storage, factors of a country: those come in with their source.
//! Start with [`chain::calculate`].
//!
//! Conventions: kg CO2e over 100 years, tonnes, kilometres, MJ. Energy is well-to-wheel with tank-to-wheel shown:
//! tank-to-wheel is the operation, the rest is energy provision. Freight work rests on the shortest feasible or
//! great-circle distance; a driven distance is adjusted to it first, and every intensity says on which it stands.

pub mod books;
pub mod chain;
pub mod distance;
pub mod energy;
pub mod error;
pub mod hub;
pub mod log;
pub mod operation;
pub mod round;
pub mod scope;

pub use error::TransportError;
