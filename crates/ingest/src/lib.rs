//! Readers: bytes in, activities and findings into a sink.
//!
//! For: the files companies already have. Each reader takes `Read + Seek`, streams, and never holds
//! more than its [`Limits`] allow. Nothing unmatched is dropped: what a reader does not understand
//! becomes a finding with a stable code and a place.
//! Not for: storing anything, knowing factors, or deciding what a row means for a goal.
//! Start with [`Sink`] and [`recognise`], then [`saft::read`], [`ehf::read`] and [`tables::read`].
#![deny(clippy::float_arithmetic)]

mod archive;
mod coverage;
mod recognise;
mod sink;
mod source;
mod text;
mod told;
mod weights;
mod xml;

pub mod ehf;
pub mod meters;
pub mod reduced;
pub mod saft;
pub mod shipments;
pub mod tables;
pub mod waste;

/// Names of the entries of a zip archive; `None` when it is none, is damaged, or passes a limit.
pub fn archive_names(reader: &mut dyn ReadSeek, limits: &Limits) -> Option<Vec<String>> {
    archive::entries(reader, limits).ok()
}

pub use archive::is_left_by_a_computer;
pub use recognise::{Format, recognise};
pub use sink::{Collected, ReadError, Sink, Stopped, Summary};
pub use source::{Limits, ReadSeek, Source};
pub use weights::Weights;
