//! Checks that the crate diagram, the licences and the habits of the repository stay true.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Which of our crates each crate may use. ARCHITECTURE.md draws the same picture.
const EDGES: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("model", &["units"]),
    ("ingest", &["transport", "model", "units"]),
    ("factors", &["model", "units"]),
    ("account", &["factors", "transport", "model", "units"]),
    ("footprint", &["model", "units"]),
    ("circular", &["footprint", "model", "units"]),
    ("transport", &["units"]),
    ("routing", &["units"]),
    ("milp", &[]),
    ("sharing", &["milp"]),
    ("network", &["milp"]),
    ("disclosure", &["milp", "model", "units"]),
    ("identity", &[]),
    ("vault", &[]),
    ("ledger", &["model", "units"]),
    ("store", &["model", "units"]),
    ("demo", &["model", "units"]),
    (
        "app",
        &[
            "ingest",
            "factors",
            "account",
            "disclosure",
            "footprint",
            "transport",
            "circular",
            "network",
            "sharing",
            "milp",
            "identity",
            "ledger",
            "store",
            "vault",
            "model",
            "units",
        ],
    ),
    ("web", &["app", "model", "units"]),
    ("cli", &["app", "web", "demo", "routing", "model", "units"]),
    ("testkit", &["model", "units"]),
    ("xtask", &[]),
];

/// Heavy or dangerous libraries, each behind one crate.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("datafusion", &["ledger"]),
    ("sqlx", &["store"]),
    ("faer", &["footprint"]),
    ("highs", &["milp"]),
    ("rust-stemmers", &["circular"]),
    ("quick-xml", &["ingest"]),
    ("calamine", &["ingest", "factors"]),
    ("chacha20poly1305", &["vault"]),
    ("zstd", &["vault"]),
    ("ring", &["identity", "web"]),
    ("hyper", &["identity", "web"]),
    ("tokio-rustls", &["identity"]),
    ("clap", &["cli"]),
    ("axum", &["web"]),
    ("askama", &["web"]),
];

/// Crates that open no file and read no clock, environment or random source.
const PURE: &[&str] = &[
    "units",
    "model",
    "ingest",
    "factors",
    "account",
    "footprint",
    "circular",
    "transport",
    "routing",
    "milp",
    "sharing",
    "network",
    "disclosure",
];
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env::",
    "SystemTime",
    "Instant::now",
    "File::open",
    "getrandom",
];

/// Licences that go with Apache-2.0.
const LICENCES: &[&str] = &[
    "Apache-2.0",
    "MIT",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unlicense",
    "CC0-1.0",
    "0BSD",
    "BSL-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "MPL-2.0",
    "CDLA-Permissive-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "MIT-0",
    "OpenSSL",
    "bzip2-1.0.6",
];

/// Runs every check and reports all that is wrong, not only the first.
pub fn run(root: &Path) -> Result<()> {
    let mut wrong = Vec::new();
    let metadata = metadata(root)?;
    check_edges(&metadata, &mut wrong);
    check_dependencies(&metadata, &mut wrong);
    check_sources(root, &mut wrong)?;
    check_texts(root, &mut wrong)?;
    if wrong.is_empty() {
        println!("tidy: crate edges, dependencies, licences and habits hold");
        return Ok(());
    }
    for line in &wrong {
        eprintln!("tidy: {line}");
    }
    bail!("{} things are not tidy", wrong.len())
}

fn metadata(root: &Path) -> Result<Value> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root)
        .output()
        .context("running cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).context("reading cargo metadata")
}

/// Packages of the workspace by their folder name.
fn our_packages(metadata: &Value) -> BTreeMap<String, &Value> {
    packages(metadata)
        .filter(|package| package["source"].is_null())
        .map(|package| (short(text(&package["name"])).to_owned(), package))
        .collect()
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn short(name: &str) -> &str {
    name.strip_prefix("greenheart-").unwrap_or(name)
}

fn check_edges(metadata: &Value, wrong: &mut Vec<String>) {
    let ours = our_packages(metadata);
    let allowed: BTreeMap<&str, &[&str]> = EDGES.iter().copied().collect();
    for (name, package) in &ours {
        let Some(allowed) = allowed.get(name.as_str()) else {
            wrong.push(format!(
                "crate `{name}` is not in the diagram; add it to EDGES and to ARCHITECTURE.md"
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let target = short(text(&dependency["name"]));
            let dev = text(&dependency["kind"]) == "dev";
            if ours.contains_key(target) && !dev && !allowed.contains(&target) {
                wrong.push(format!("crate `{name}` must not know `{target}`"));
            }
            if target == "testkit" && !dev {
                wrong.push(format!("crate `{name}` uses `testkit` outside its tests"));
            }
        }
    }
}

fn check_dependencies(metadata: &Value, wrong: &mut Vec<String>) {
    let only: BTreeMap<&str, &[&str]> = ONLY_IN.iter().copied().collect();
    for (name, package) in our_packages(metadata) {
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let target = text(&dependency["name"]);
            if only.get(target).is_some_and(|crates| !crates.contains(&name.as_str())) {
                wrong.push(format!(
                    "crate `{name}` names `{target}`, which belongs to {:?}",
                    only[target]
                ));
            }
        }
    }
    for package in packages(metadata) {
        let (name, source) = (text(&package["name"]), text(&package["source"]));
        if !source.is_empty() && !source.starts_with("registry+") {
            wrong.push(format!("dependency `{name}` does not come from the registry"));
        }
        if !licence_is_fine(text(&package["license"])) && !package["license_file"].is_string() {
            wrong.push(format!(
                "dependency `{name}` has the licence `{}`",
                text(&package["license"])
            ));
        }
    }
}

/// Whether one alternative of a licence expression is allowed as a whole.
fn licence_is_fine(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    let allowed: BTreeSet<&str> = LICENCES.iter().copied().collect();
    !plain.trim().is_empty()
        && plain
            .split(" AND ")
            .all(|part| part.split(" OR ").any(|one| allowed.contains(one.trim())))
}

fn check_sources(root: &Path, wrong: &mut Vec<String>) -> Result<()> {
    for krate in std::fs::read_dir(root.join("crates"))? {
        let folder = krate?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let entry = ["src/lib.rs", "src/main.rs"]
            .iter()
            .map(|file| folder.join(file))
            .find(|path| path.exists());
        let opening = entry.map(std::fs::read_to_string).transpose()?.unwrap_or_default();
        if !opening.starts_with("//!") || !opening.contains("//! For:") || !opening.contains("ot for:") {
            wrong.push(format!("crate `{name}` does not open with what it is for and not for"));
        }
        for file in files(&folder.join("src"))? {
            check_source(root, &name, &file, wrong)?;
        }
    }
    Ok(())
}

fn check_source(root: &Path, krate: &str, file: &Path, wrong: &mut Vec<String>) -> Result<()> {
    let source = std::fs::read_to_string(file)?;
    let shown = file.strip_prefix(root).unwrap_or(file).display().to_string();
    if PURE.contains(&krate) {
        for word in IMPURE {
            if source
                .lines()
                .any(|line| line.contains(word) && !line.trim_start().starts_with("//"))
            {
                wrong.push(format!("{shown}: `{krate}` is pure and must not name `{word}`"));
            }
        }
    }
    if source.contains("#[ignore") {
        wrong.push(format!(
            "{shown}: an ignored test; assert today's wrong answer with a note instead"
        ));
    }
    let lines = source.lines().count();
    if lines > 900 {
        wrong.push(format!("{shown}: {lines} lines are more than a person reads at once"));
    }
    Ok(())
}

/// Texts that would tie the repository to one machine.
fn check_texts(root: &Path, wrong: &mut Vec<String>) -> Result<()> {
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output()?;
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    for name in listed
        .split('\0')
        .filter(|name| !name.is_empty() && !name.ends_with("tidy.rs"))
    {
        let Ok(content) = std::fs::read_to_string(root.join(name)) else {
            continue;
        };
        for path in ["/work/", "/root/", "/home/"] {
            if content
                .lines()
                .any(|line| line.contains(&format!(" {path}")) || line.contains(&format!("\"{path}")))
            {
                wrong.push(format!("{name}: names a path of one machine, `{path}`"));
            }
        }
    }
    Ok(())
}

/// Rust files below a folder, sorted.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::licence_is_fine;

    #[test]
    fn licences_are_read_as_expressions() {
        for fine in [
            "MIT",
            "MIT OR Apache-2.0",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "GPL-3.0 OR MIT",
        ] {
            assert!(licence_is_fine(fine), "{fine}");
        }
        for not in ["", "GPL-3.0", "MIT AND GPL-2.0"] {
            assert!(!licence_is_fine(not), "{not}");
        }
    }
}
