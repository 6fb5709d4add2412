//! The area `routing`: not CPU time but the quality of plans after a fixed CPU time. `bench/routing/run.py` measures and keeps its
//! results, so that an interrupted run goes on; here the solver is built and the section of the report is written.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Places, report};

/// As it is called on the command line.
pub const NAME: &str = "routing";

/// Choices of the caller, each an environment variable and the option of the script it becomes.
const CHOICES: &[(&str, &str)] = &[
    ("SEEDS", "--seeds"),
    ("BUDGET", "--seconds"),
    ("FAMILIES", "--families"),
    ("SOLVERS", "--solvers"),
];

/// Measures the panel and writes its section; says so when the instances are not there.
pub fn measure(places: &Places) -> Result<()> {
    let data = places.root.join("../shared/data/routing");
    if !data.is_dir() {
        eprintln!(
            "routing: no instances in {}; the published sets are described in bench/routing/panel.json",
            data.display()
        );
        return Ok(());
    }
    build(&places.root)?;
    let text = places.data.join("routing.md");
    let mut command = Command::new(&places.python);
    command
        .arg(places.root.join("bench/routing/run.py"))
        .arg("--data")
        .arg(&data)
        .arg("--binary")
        .arg(places.target.join("release/examples/route"))
        .arg("--cache")
        .arg(places.data.join("routing.jsonl"))
        .arg("--report")
        .arg(&text);
    for (variable, option) in CHOICES {
        if let Some(value) = std::env::var_os(variable) {
            command.arg(option).arg(value);
        }
    }
    let done = command.status().context("running bench/routing/run.py")?;
    if !done.success() {
        bail!("bench/routing/run.py did not end well; run it again, finished results are kept");
    }
    let body = std::fs::read_to_string(&text).with_context(|| format!("reading {}", text.display()))?;
    let section = format!("## Routing\n\n{}\n\n{body}", report::machine(&places.python));
    report::write_section(&places.root, NAME, &section)?;
    eprintln!("routing: written to docs/benchmarks.md");
    Ok(())
}

fn build(root: &Path) -> Result<()> {
    eprintln!("building route");
    let done = Command::new("cargo")
        .args([
            "build",
            "-q",
            "--release",
            "--locked",
            "-p",
            "greenheart-routing",
            "--example",
            "route",
        ])
        .current_dir(root)
        .status()?;
    if !done.success() {
        bail!("the example `route` of greenheart-routing does not build");
    }
    Ok(())
}
