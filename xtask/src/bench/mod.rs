//! `cargo xtask bench [AREA …]`: our programs and their peers, measured in turn on this machine.
//!
//! `areas` is the table of what is measured. Every program is run once to warm up and to compare results, then
//! all programs of a comparison in turn, so that a change of the machine's load meets all of them; the median
//! counts. `docs/benchmarks.md` is rewritten section by section: what was not measured now stays as it was.

mod areas;
mod measure;
mod report;
mod routing;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use areas::{AREAS, Area, Comparison, Program};
use measure::{Run, run_once};

/// Folders that programs are given.
struct Places {
    root: PathBuf,
    data: PathBuf,
    target: PathBuf,
    python: PathBuf,
}

/// Medians of one program.
struct Measured {
    name: String,
    median: Run,
    /// Figures that the program printed about itself, in their order.
    figures: Vec<(String, f64)>,
}

/// One comparison: ours first, then the peers.
struct Outcome {
    comparison: &'static Comparison,
    programs: Vec<Measured>,
    /// What ours printed as its result.
    result: String,
    /// Programs whose result is another one.
    unequal: Vec<String>,
    absent: Vec<String>,
}

/// Measures the named areas, or all.
pub fn run(root: &Path, wanted: &[String]) -> Result<()> {
    let names: Vec<&str> = AREAS.iter().map(|area| area.name).chain([routing::NAME]).collect();
    for name in wanted {
        if !names.contains(&name.as_str()) {
            bail!("there is no area `{name}`; hint: one of {}", names.join(", "));
        }
    }
    let places = Places::find(root)?;
    for area in AREAS {
        if wanted.is_empty() || wanted.iter().any(|name| name == area.name) {
            let outcomes = area.measure(&places)?;
            report::write(root, &places.python, area, &outcomes)?;
            eprintln!("{}: written to docs/benchmarks.md", area.name);
        }
    }
    if wanted.is_empty() || wanted.iter().any(|name| name == routing::NAME) {
        routing::measure(&places)?;
    }
    Ok(())
}

impl Places {
    fn find(root: &Path) -> Result<Self> {
        let cache = match std::env::var_os("XDG_CACHE_HOME") {
            Some(cache) => PathBuf::from(cache),
            None => PathBuf::from(std::env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?)
                .join(".cache"),
        }
        .join("greenheart");
        let data = cache.join("bench-data");
        std::fs::create_dir_all(&data)?;
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Ok(Self {
            root: root.to_owned(),
            data,
            target,
            python: cache.join("bench-venv/bin/python"),
        })
    }

    /// A word of a command with its placeholders filled in.
    fn fill(&self, word: &str) -> String {
        word.replace("{data}", &self.data.to_string_lossy())
            .replace("{greenheart}", &self.greenheart())
            .replace("{bench}", &self.root.join("bench").to_string_lossy())
    }

    fn greenheart(&self) -> String {
        self.target.join("release/greenheart").to_string_lossy().into_owned()
    }

    fn command(&self, program: &Program, words: &[&str]) -> Vec<String> {
        let first = match program {
            Program::Example { name, .. } => vec![
                self.target
                    .join("release/examples")
                    .join(name)
                    .to_string_lossy()
                    .into_owned(),
            ],
            Program::Greenheart => vec![self.greenheart()],
            Program::Node { script } => vec![
                "node".to_owned(),
                self.root.join("bench").join(script).to_string_lossy().into_owned(),
            ],
            Program::Python { script, .. } => vec![
                self.python.to_string_lossy().into_owned(),
                self.root.join("bench").join(script).to_string_lossy().into_owned(),
            ],
        };
        first
            .into_iter()
            .chain(words.iter().map(|word| self.fill(word)))
            .collect()
    }
}

impl Area {
    fn measure(&'static self, places: &Places) -> Result<Vec<Outcome>> {
        let mut outcomes = Vec::new();
        for comparison in self.comparisons {
            comparison.build(places)?;
            comparison.generate(places)?;
            outcomes.push(comparison.measure(places)?);
        }
        Ok(outcomes)
    }
}

impl Comparison {
    fn build(&self, places: &Places) -> Result<()> {
        let generator = self.generator.as_ref().map(|generator| &generator.program);
        for program in generator
            .into_iter()
            .chain(self.programs.iter().map(|(program, _)| program))
        {
            let (kind, name, package) = match program {
                Program::Example { name, package } => ("--example", *name, *package),
                Program::Greenheart | Program::Node { .. } => ("--bin", "greenheart", "greenheart-cli"),
                Program::Python { .. } => continue,
            };
            eprintln!("building {name}");
            let done = std::process::Command::new("cargo")
                // The whole workspace is selected so that features are those of every other build.
                .args(["build", "-q", "--release", "--locked", "--workspace", kind, name])
                .current_dir(&places.root)
                .status()?;
            if !done.success() {
                bail!("`{name}` of `{package}` does not build");
            }
        }
        Ok(())
    }

    fn generate(&self, places: &Places) -> Result<()> {
        let Some(generator) = &self.generator else {
            return Ok(());
        };
        let made = PathBuf::from(places.fill(generator.makes));
        if made.exists() {
            return Ok(());
        }
        eprintln!("generating {}", made.display());
        let command = places.command(&generator.program, generator.words);
        measure::make(&command, &made, generator.to_stdout).with_context(|| format!("generating {}", made.display()))
    }

    fn measure(&'static self, places: &Places) -> Result<Outcome> {
        let (mut present, mut absent) = (Vec::new(), Vec::new());
        for (program, words) in self.programs {
            let there = match program {
                Program::Example { .. } | Program::Greenheart | Program::Node { .. } => true,
                Program::Python { script, .. } => {
                    places.python.exists() && places.root.join("bench").join(script).exists()
                }
            };
            if there {
                present.push((program, words));
            } else {
                absent.push(program.shown().to_owned());
            }
        }
        eprintln!("{}", self.what);
        let (mut results, mut runs) = (Vec::new(), vec![Vec::new(); present.len()]);
        for (at, (program, words)) in present.iter().enumerate() {
            let mut command = places.command(program, words);
            if self.compares_tables {
                command.push(table(places, at).to_string_lossy().into_owned());
            }
            results.push(run_once(&command)?.result);
        }
        for turn in 1..=self.runs {
            for (at, (program, words)) in present.iter().enumerate() {
                runs[at].push(run_once(&places.command(program, words))?);
            }
            eprint!("\r  run {turn} of {}", self.runs);
        }
        eprintln!();
        let mut unequal = Vec::new();
        for (at, (program, _)) in present.iter().enumerate().skip(1) {
            let same_table =
                !self.compares_tables || std::fs::read(table(places, 0))? == std::fs::read(table(places, at))?;
            if results[at] != results[0] || !same_table {
                unequal.push(program.shown().to_owned());
            }
        }
        let programs = present
            .iter()
            .zip(&runs)
            .map(|((program, _), runs)| Measured {
                name: program.shown().to_owned(),
                median: measure::median(runs),
                figures: measure::median_figures(runs),
            })
            .collect();
        let result = results.into_iter().next().unwrap_or_default();
        Ok(Outcome {
            comparison: self,
            programs,
            result,
            unequal,
            absent,
        })
    }
}

fn table(places: &Places, at: usize) -> PathBuf {
    places.data.join(format!("table-{at}.csv"))
}
