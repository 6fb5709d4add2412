//! Our tooling: `cargo xtask tidy | bless | bench`.
//!
//! For: keeping the architecture true, rewriting blessed outputs, measuring. Not for: anything a user runs.

mod bench;
mod tidy;

use std::path::{Path, PathBuf};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("tidy") => tidy::run(&root()),
        Some("bench") => bench::run(&root(), &arguments.collect::<Vec<_>>()),
        other => anyhow::bail!("unknown task `{}`; use tidy or bench", other.unwrap_or_default()),
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
