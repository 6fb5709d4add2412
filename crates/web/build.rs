//! Bundles what the pages load, by `ui/build.mjs`. Needs Node.js, and the packages that `scripts/prepare` keeps in the
//! cache; no network.
#![expect(
    clippy::disallowed_methods,
    reason = "the environment is how cargo tells a build script what to do"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

fn main() -> ExitCode {
    match bundle() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("cargo::error={problem}");
            ExitCode::FAILURE
        }
    }
}

fn bundle() -> Result<(), String> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(|error| error.to_string())?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|error| error.to_string())?).join("ui");
    for part in ["ui/src", "ui/build.mjs", "ui/package-lock.json", "assets"] {
        println!("cargo::rerun-if-changed={}", here.join(part).display());
    }
    println!("cargo::rerun-if-env-changed=GREENHEART_NODE_MODULES");
    let modules = modules(&here)?;
    println!("cargo::rerun-if-changed={}", modules.join(".complete").display());
    let output = Command::new("node")
        .arg(here.join("ui/build.mjs"))
        .args([&modules, &out])
        .output()
        .map_err(|error| {
            format!("Node.js bundles the pages and does not start ({error}); run `scripts/prepare build`")
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).replace('\n', " | ");
    Err(format!("`ui/build.mjs` failed: {said}"))
}

/// Where `scripts/prepare` keeps the packages of this lock file.
fn modules(here: &Path) -> Result<PathBuf, String> {
    if let Ok(path) = env::var("GREENHEART_NODE_MODULES") {
        return Ok(path.into());
    }
    let lock = fs::read(here.join("ui/package-lock.json")).map_err(|error| format!("ui/package-lock.json: {error}"))?;
    let cache = match (env::var("XDG_CACHE_HOME"), env::var("HOME")) {
        (Ok(cache), _) if !cache.is_empty() => PathBuf::from(cache),
        (_, Ok(home)) => Path::new(&home).join(".cache"),
        _ => return Err("neither XDG_CACHE_HOME nor HOME is set".into()),
    };
    let modules = cache.join(format!("greenheart/node-{}/node_modules", checksum(&lock)));
    if modules.join(".complete").exists() {
        Ok(modules)
    } else {
        Err("the packages of the pages are not there; run `scripts/prepare build` once, with network".into())
    }
}

/// As `cksum` prints it, so that the script finds the same folder: the POSIX checksum of bytes and length.
fn checksum(bytes: &[u8]) -> u32 {
    let mut length = Vec::new();
    let mut rest = bytes.len();
    while rest > 0 {
        length.push(u8::try_from(rest & 0xff).unwrap_or_default());
        rest >>= 8;
    }
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ (u32::from(*byte) << 24), |sum, _| {
            if sum & 0x8000_0000 == 0 {
                sum << 1
            } else {
                (sum << 1) ^ 0x04c1_1db7
            }
        })
    };
    !bytes.iter().chain(&length).fold(0, step)
}
