//! Runs every fuzz target over ROUNDS seeded mutations of its corpus, for machines without libFuzzer.

use anyhow::Context;

#[path = "../tests/it/mutations/engine.rs"]
#[allow(dead_code, reason = "only the run is needed here")]
mod engine;
#[path = "../../../fuzz/src/lib.rs"]
#[allow(dead_code, reason = "the targets are also named one by one, for libFuzzer")]
mod targets;

fn main() -> anyhow::Result<()> {
    let rounds = std::env::args().nth(1).context("usage: mutations ROUNDS")?.parse()?;
    for (name, body) in targets::TARGETS {
        engine::run(name, *body, rounds);
        println!("{name}: {rounds} mutations, none panicked");
    }
    Ok(())
}
