//! The fuzz targets over a corpus and seeded mutations of it. A thousand for each here on every run; `make fuzz` runs
//! longer.

mod engine;
#[path = "../../../../../fuzz/src/lib.rs"]
#[allow(dead_code, reason = "the targets are also named one by one, for libFuzzer")]
mod targets;

#[test]
fn no_mutation_of_the_corpus_panics() {
    for (name, body) in targets::TARGETS {
        engine::run(name, *body, 1_000);
    }
}
