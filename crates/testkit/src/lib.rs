//! What tests share: fixed clocks, official samples when they are there, databases of their own.
//!
//! For: dev-dependencies only. Not for: anything that ships.

mod builders;
mod measure;
mod postgres;

use std::path::{Path, PathBuf};

pub use builders::{activity, entry};
pub use measure::cpu_ms;
pub use postgres::Postgres;

/// The folder of official samples beside the checkout, when it is there. Says so when it is absent,
/// so that a passing run cannot hide that nothing was looked at.
pub fn shared(relative: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("../shared").join(relative);
    if path.exists() {
        return path.canonicalize().ok();
    }
    eprintln!("absent: the official samples `{relative}`; this test looked at nothing but our own fixtures");
    None
}

/// A file or folder of the repository.
pub fn repository(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(relative)
}
