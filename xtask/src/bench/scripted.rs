//! Areas that a script of `bench/` measures: it keeps its results, so that an interrupted run goes on; here the program is built and the
//! section of the report is written.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Places, report};

/// An area that a script measures.
pub struct Scripted {
    /// As it is called on the command line.
    pub name: &'static str,
    /// Heading.
    pub title: &'static str,
    /// Package and example that are measured.
    pub program: (&'static str, &'static str),
    /// The script, below `bench/`.
    pub script: &'static str,
    /// Folder of `../shared/data` with the instances.
    pub instances: &'static str,
    /// Where the published sets are described.
    pub described: &'static str,
    /// Choices of the caller, each an environment variable and the option of the script it becomes.
    pub choices: &'static [(&'static str, &'static str)],
}

/// Every one of them.
pub const SCRIPTED: &[Scripted] = &[
    Scripted {
        name: "routing",
        title: "Routing",
        program: ("greenheart-routing", "route"),
        script: "routing/run.py",
        instances: "routing",
        described: "bench/routing/panel.json",
        choices: &[
            ("SEEDS", "--seeds"),
            ("BUDGET", "--seconds"),
            ("FAMILIES", "--families"),
            ("SOLVERS", "--solvers"),
        ],
    },
    Scripted {
        name: "circular",
        title: "Exchange networks",
        program: ("greenheart-network", "network"),
        script: "network/run.py",
        instances: "circular",
        described: "bench/network/run.py",
        choices: &[("GROUPS", "--groups"), ("BUDGET", "--seconds")],
    },
];

impl Scripted {
    /// Measures and writes the section; says so when the instances are not there.
    pub fn measure(&self, places: &Places) -> Result<()> {
        let data = places.root.join("../shared/data").join(self.instances);
        if !data.is_dir() {
            eprintln!(
                "{}: no instances in {}; the published sets are described in {}",
                self.name,
                data.display(),
                self.described
            );
            return Ok(());
        }
        self.build(&places.root)?;
        let text = places.data.join(format!("{}.md", self.name));
        let mut command = Command::new(&places.python);
        command
            .arg(places.root.join("bench").join(self.script))
            .arg("--data")
            .arg(&data)
            .arg("--binary")
            .arg(places.target.join("release/examples").join(self.program.1))
            .arg("--cache")
            .arg(places.data.join(format!("{}.jsonl", self.name)))
            .arg("--report")
            .arg(&text);
        for (variable, option) in self.choices {
            if let Some(value) = std::env::var_os(variable) {
                command.arg(option).arg(value);
            }
        }
        let done = command
            .status()
            .with_context(|| format!("running bench/{}", self.script))?;
        if !done.success() {
            bail!(
                "bench/{} did not end well; run it again, finished results are kept",
                self.script
            );
        }
        let body = std::fs::read_to_string(&text).with_context(|| format!("reading {}", text.display()))?;
        let section = format!("## {}\n\n{}\n\n{body}", self.title, report::machine(&places.python));
        report::write_section(&places.root, self.name, &section)?;
        eprintln!("{}: written to docs/benchmarks.md", self.name);
        Ok(())
    }

    fn build(&self, root: &Path) -> Result<()> {
        let (package, example) = self.program;
        eprintln!("building {example}");
        let done = Command::new("cargo")
            .args([
                "build",
                "-q",
                "--release",
                "--locked",
                "-p",
                package,
                "--example",
                example,
            ])
            .current_dir(root)
            .status()?;
        if !done.success() {
            bail!("the example `{example}` of {package} does not build");
        }
        Ok(())
    }
}
