//! The demonstration cluster: a fictional network of companies and the files they would hand in.
//!
//! For: a deterministic plan of members, sites and trade between them ([`plan`]), their accounting files and
//! activity tables by year ([`files`]), and the truth behind them for tests ([`truth`]).
//! Not for: reading any of it back; the importers know nothing of this crate, and it nothing of them.
//!
//! Every company is invented and its name says so with [`MARK`]; organisation numbers begin with 31,
//! which no registered company has. Quantities, prices and intensities are assumptions in the order of magnitude
//! of the trade. Start with [`Options`], then [`plan`], then [`files`].

mod account;
mod books;
mod deals;
mod deliveries;
mod economy;
mod ehf;
mod evidence;
mod files;
mod lists;
mod meters;
mod num;
mod numbers;
mod outside;
mod place;
mod plan;
mod rng;
mod roster;
mod saft;
mod sector;
mod tables;
mod truth;
mod xml;

pub use files::{DemoFile, FileKind, files, files_of};
pub use outside::MARK;
pub use plan::{Cluster, Options, Size, plan};
pub use tables::TableKind;
pub use truth::truth;
