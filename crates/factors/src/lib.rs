//! The factor library: sets of emission factors as files, and questions about them.
//!
//! For: the built-in set ([`shipped`]), our own table format ([`parse`], [`write()`]), publications of
//! others ([`import`]), finding a factor by words ([`search`]), setting two editions side by side
//! ([`compare`]), what looks wrong ([`check`]), the closest stand-in ([`substitute`]), counts ([`counts`]).
//! Not for: binding activities (the account), storage, files, clocks, floats.
//! Start with [`import`], then [`search`].
#![deny(clippy::float_arithmetic)]

mod catalogue;
mod check;
mod compare;
mod country;
mod counts;
mod exact;
mod import;
mod layer;
mod own;
mod rates;
mod search;
mod substitute;
mod unit;

pub use check::{check, plausibility};
pub use compare::{Change, Comparison, Field, compare};
pub use country::distance;
pub use counts::{Count, Group, counts};
pub use import::{ImportError, Imported, Kind, Options, Source, import, sniff};
pub use layer::{Layered, Part, lay_over};
pub use own::{FactorFileError, SHIPPED_VERSION, parse, shipped, write};
pub use rates::{CurrencyRates, RateFileError};
pub use search::{Hit, Index, search};
pub use substitute::{Substitute, Wanted, substitute};
