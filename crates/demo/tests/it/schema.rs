//! Against the official schemas, where they and a validator are there.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use greenheart_demo::{FileKind, files};
use greenheart_testkit::shared;

use super::kit::{bytes, small};

/// Reads lines of `schema<TAB>file` and prints one line for each file that is not valid.
const VALIDATE: &str = "
import sys
from lxml import etree
schemas = {}
for line in sys.stdin:
    schema, name = line.rstrip('\\n').split('\\t')
    if schema not in schemas:
        schemas[schema] = etree.XMLSchema(etree.parse(schema))
    try:
        schemas[schema].assertValid(etree.parse(name))
    except etree.DocumentInvalid as wrong:
        print(name, wrong)
";

#[test]
fn accounts_are_valid_by_the_official_schemas() {
    let Some(folder) = shared("data/norway/saft") else {
        return;
    };
    let Some(python) = python() else {
        eprintln!("absent: Python with lxml; nothing was validated. Install `python3-lxml`.");
        return;
    };
    let temporary = tempfile::tempdir().expect("a folder");
    let clusters = [small(), greenheart_demo::plan(&greenheart_demo::Options::full(1, 2025))];
    let mut list = String::new();
    let safts = clusters[..]
        .iter()
        .zip([1, 37])
        .flat_map(|(cluster, step)| files(cluster).filter(|file| file.kind == FileKind::Saft).step_by(step));
    for (at, file) in safts.enumerate() {
        let path = temporary.path().join(format!("{at}.xml"));
        std::fs::write(&path, bytes(&file)).expect("written");
        let version = if file.year < 2025 { "1.20" } else { "1.30" };
        let schema = folder.join(format!("Norwegian_SAF-T_Financial_Schema_v_{version}.xsd"));
        writeln!(list, "{}\t{}", schema.display(), path.display()).expect("memory takes everything");
    }
    let input = temporary.path().join("list");
    std::fs::write(&input, list).expect("written");
    let output = Command::new(python)
        .args(["-c", VALIDATE])
        .stdin(std::fs::File::open(input).expect("the list"))
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "not valid");
}

/// A Python that has lxml: the one of the system, or the one of an active environment.
fn python() -> Option<&'static str> {
    ["python3", "/usr/bin/python3"].into_iter().find(|python| {
        let mut command = Command::new(python);
        command
            .args(["-c", "import lxml"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
}
