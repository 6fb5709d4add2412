//! The program as a person or a script meets it: exit codes, output, kill -9, a full disk.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use greenheart_demo::{Options, files, plan};
use serde_json::Value;

#[path = "it/route.rs"]
mod route;

struct Program {
    folder: tempfile::TempDir,
    data: PathBuf,
}

impl Program {
    /// An installation with one member of the demonstration cluster.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        Self::at(folder, data)
    }

    fn at(folder: tempfile::TempDir, data: PathBuf) -> Self {
        let program = Self { folder, data };
        program.succeeds(&["init", "--name", "Test"]);
        program.succeeds(&["member", "add", &program.member(), "--name", "Fictional AS"]);
        program
    }

    fn member(&self) -> String {
        plan(&Options::small(7, 2025)).members().next().unwrap().id.to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_greenheart"));
        command
            .arg("--data")
            .arg(&self.data)
            .args(arguments)
            .env_remove("GREENHEART_DATA")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.succeeds(&[arguments, &["--format", "json"]].concat())).unwrap()
    }

    fn exit(&self, arguments: &[&str]) -> i32 {
        self.run(arguments).status.code().unwrap()
    }

    /// A file of the member, by the ending of its path.
    fn file(&self, year: i16, ending: &str) -> String {
        let cluster = plan(&Options::small(7, 2025));
        let member = self.member();
        let file = files(&cluster)
            .find(|file| file.member.as_str() == member && file.year == year && file.path.ends_with(ending));
        let file = file.unwrap();
        let path = self.folder.path().join(format!("{year}-{ending}"));
        let mut bytes = Vec::new();
        file.write_to(&mut bytes).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    fn is_whole(&self) {
        let report = self.json(&["ledger", "verify"]);
        assert_eq!(report["problems"], Value::Array(vec![]));
    }
}

/// From two streams to a designed network, a split and the board, by worker processes, as tables, JSON and CSV.
#[test]
fn two_companies_exchange() {
    let program = Program::new();
    let (one, other) = (program.member(), "999999999");
    program.succeeds(&["member", "add", other, "--name", "Annen AS", "--nace", "16.210"]);
    for (member, id, place) in [(&*one, "a", "60.2"), (other, "b", "60.3")] {
        let site = [
            "site",
            "add",
            member,
            id,
            "--name",
            id,
            "--latitude",
            place,
            "--longitude",
            "12.0",
        ];
        program.succeeds(&site);
    }
    let add = |member: &str, direction: &str, kind: &str, more: &[&str]| {
        let base = [
            "circular",
            "streams",
            "add",
            "--member",
            member,
            "--direction",
            direction,
            "--kind",
            kind,
        ];
        let words = ["--text", "treflis", "--visible", "facilitator"];
        program.json(&[&base[..], &words, more].concat())["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let offer = add(&one, "offer", "residue", &["--yearly", "120 t", "--price", "-300"]);
    let want = add(other, "want", "material", &["--yearly", "500 t", "--price", "600"]);
    let wrong = [
        "circular", "streams", "add", "--member", &one, "--text", "x", "--yearly", "5 MWh",
    ];
    assert_eq!(program.exit(&wrong), 2, "a residue is not counted in MWh");

    let suggested = program.json(&["circular", "match", "--stream", &offer]);
    assert_eq!(
        (&suggested[0]["taker"], &suggested[0]["want"]),
        (&Value::from(other), &Value::from(&*want))
    );
    let view = program.json(&["circular", "network", "--as", "facilitator"]);
    assert_eq!(view["lanes"][0]["tonnes"], "120", "{view:#}");
    assert_eq!(view["points"][0]["proven"], true);
    let last = program.json(&["circular", "network", "--last", "--as", "facilitator"]);
    assert_eq!(last, view);
    assert_eq!(
        program.json(&["circular", "split", "--as", "facilitator"])["groups"][0]["stable"],
        true
    );
    assert_eq!(
        program.exit(&["circular", "network", "--as", &format!("admin:{one}")]),
        5
    );

    let start = [
        "circular", "board", "start", &offer, "--taker", other, "--want", &want, "--owner", "Kari", "--tonnes", "120",
    ];
    let id = program.json(&start)["id"].as_str().unwrap().to_owned();
    assert_eq!(
        program.json(&["circular", "board", "go", &id, "contacted"])["stage"],
        "contacted"
    );
    assert_eq!(program.exit(&["circular", "board", "go", &id, "delivering"]), 2);
    let csv = program.succeeds(&["circular", "board", "list", "--format", "csv"]);
    assert!(csv.starts_with("exchange,circular-what,giver"), "{csv}");
    let norwegian = program.succeeds(&["circular", "streams", "list", "--lang", "nb"]);
    assert!(
        norwegian.contains("bekreftet") && norwegian.contains("har til overs"),
        "{norwegian}"
    );
    program.is_whole();
}

#[test]
fn a_company_hands_in_less_and_types_the_rest() {
    let program = Program::new();
    let (member, books) = (program.member(), program.file(2023, "saft.xml"));
    let reduced = program.folder.path().join("reduced.csv").display().to_string();
    let leaves = program.json(&["extract", &books, "--out", &reduced]);
    assert!(leaves["rows"].as_array().unwrap().len() > 10);
    assert!(leaves["dropped"]["names"].as_u64().unwrap() > 0);
    program.succeeds(&["import", &reduced]);
    let kinds = |campaign: &Value| -> Vec<String> {
        let owed = campaign["owed"].as_array().unwrap().iter();
        owed.map(|owed| format!("{} {}", owed["kind"].as_str().unwrap(), owed["state"].as_str().unwrap()))
            .collect()
    };
    let campaign = program.json(&["campaign", "--year", "2023"]);
    assert_eq!(
        kinds(&campaign),
        ["energy missing", "waste missing", "materials missing"]
    );
    let typed = [
        "enter",
        &member,
        "electricity",
        "2023",
        "--item",
        "electricity",
        "--quantity",
        "1 250,5",
        "--unit",
        "MWh",
    ];
    assert_eq!(program.exit(&typed), 2, "a figure rests on something");
    let why = ["--evidence", "the bills", "--estimate-until", "2190-01-01"];
    let report = program.json(&[&typed[..], &why].concat());
    assert_eq!(report["sets"][0]["outcome"], "imported");
    let campaign = program.json(&["campaign", "--year", "2023"]);
    assert_eq!(
        kinds(&campaign),
        ["energy estimated", "waste missing", "materials missing"]
    );
    let letters = program.succeeds(&["campaign", "--year", "2023", "--reminders", "--due", "2024-03-01"]);
    assert!(
        letters.contains(&member) && letters.contains("Waste") && !letters.contains("Energy"),
        "{letters}"
    );
    assert_eq!(program.exit(&["--as", "public", "campaign"]), 5);
    assert_eq!(program.json(&["articles", "list", &member])["version"], 0);
    let table = program.folder.path().join("articles.csv").display().to_string();
    program.succeeds(&["articles", "export", &member, &table]);
    assert_eq!(
        program.json(&["articles", "import", &member, &table])["changes"]["added"],
        0
    );
    assert_eq!(
        program.exit(&["articles", "import", &member, &books]),
        2,
        "books are no register"
    );
    assert_eq!(program.json(&["flows", "--year", "2023"])["year"], 2023);
    program.is_whole();
}

#[test]
fn exit_codes_are_stable() {
    let program = Program::new();
    let member = program.member();
    let books = program.file(2023, "saft.xml");
    let empty = program.folder.path().join("empty.xml").display().to_string();
    std::fs::write(&empty, "").unwrap();
    assert_eq!(program.exit(&["import", &empty, "--member", &member]), 3);
    assert_eq!(program.exit(&["import", &books]), 0);
    assert_eq!(
        program.exit(&["import", &books]),
        0,
        "the same bytes again are no error"
    );
    let text = std::fs::read_to_string(&books)
        .unwrap()
        .replacen("</AuditFile>", "\n</AuditFile>", 1);
    let other = program.folder.path().join("other.xml").display().to_string();
    std::fs::write(&other, text.replace("</n1:AuditFile>", "\n</n1:AuditFile>")).unwrap();
    let changed = std::fs::read(&other).unwrap() != std::fs::read(&books).unwrap();
    assert!(changed, "the copy differs by a blank");
    assert_eq!(program.exit(&["import", &other]), 4);
    assert_eq!(program.exit(&["import", &other, "--supersede"]), 0);
    assert_eq!(
        program.exit(&["--as", "public", "batches"]),
        0,
        "nobody's batches are an empty list"
    );
    assert_eq!(program.exit(&["--as", "public", "ledger", "verify"]), 5);
    assert_eq!(program.exit(&["why", "batch:b-0"]), 6);
    assert_eq!(program.exit(&["why", "nonsense"]), 2);
    assert_eq!(program.exit(&["import", "/no/such/file"]), 2);
    assert_eq!(program.exit(&["--set", "import.tail_row=1", "goals"]), 2);
    let mut elsewhere = Command::new(env!("CARGO_BIN_EXE_greenheart"));
    let absent = elsewhere.args(["--data", "/no/such/folder", "goals"]).output().unwrap();
    assert_eq!(absent.status.code(), Some(7));
    assert_eq!(program.exit(&["no-such-command"]), 2);
    std::fs::write(
        program.data.join("format.json"),
        r#"{"format":99,"written_by":"greenheart 99"}"#,
    )
    .unwrap();
    let refused = program.run(&["goals"]);
    assert_eq!(refused.status.code(), Some(7));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("99"));
}

#[test]
fn one_accounting_file_becomes_one_explained_goal_figure() {
    let program = Program::new();
    let member = program.member();
    program.succeeds(&[
        "site",
        "add",
        &member,
        "yard",
        "--name",
        "Kongsvinger",
        "--latitude",
        "60.19",
        "--longitude",
        "12.0",
    ]);
    let imported = program.json(&["import", &program.file(2023, "saft.xml")]);
    let revenue = imported["sets"][0]["overview"]["revenue"].as_str().unwrap().to_owned();
    let goals = program.json(&["goals"]);
    let year = &goals["goals"][0]["years"][0];
    assert_eq!(goals["goals"][0]["goal"], "revenue");
    assert_eq!(year["status"], "on_track");
    let value: f64 = year["value"]["value"].as_str().unwrap().parse().unwrap();
    let books: f64 = revenue.parse().unwrap();
    assert!(
        value > 0.0 && value <= books,
        "operating revenue without grants, {value}, is not more than the books' {books}"
    );
    let reference = year["value"]["reference"].as_str().unwrap();
    let mut answer = program.json(&["why", reference]);
    for _ in 0..4 {
        let next = answer["sections"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|s| s["parts"].as_array().unwrap())
            .find_map(|part| {
                part["reference"]
                    .as_str()
                    .filter(|reference| !reference.starts_with("factor:"))
                    .map(str::to_owned)
            });
        let Some(next) = next else { break };
        answer = program.json(&["why", &next]);
    }
    let files = answer["sections"]
        .as_array()
        .unwrap()
        .iter()
        .find(|section| section["heading"] == "files")
        .unwrap();
    assert_eq!(files["parts"][0]["label"], "2023-saft.xml");
    for language in ["nb", "en"] {
        let shown = program.succeeds(&["goals", "--lang", language]);
        assert!(
            shown.contains(if language == "nb" { "Mållinje" } else { "Target line" }),
            "{shown}"
        );
    }
}

#[test]
fn the_official_sample_states_its_known_totals() {
    let sample = "data/norway/saft/ExampleFile_SAF-T_Financial_888888888_20180228235959_v1.10.xml";
    let Some(sample) = greenheart_testkit::shared(sample) else {
        return;
    };
    let program = Program::new();
    program.succeeds(&["member", "add", "888888888", "--name", "Sample AS"]);
    program.succeeds(&["site", "add", "888888888", "office", "--name", "Office"]);
    let sample = sample.display().to_string();
    let report = program.json(&["import", &sample, "--coverage", "accounts:2017"]);
    let overview = &report["sets"][0]["overview"];
    for (field, expect) in [
        ("revenue", "2316338"),
        ("debit", "9487049.35"),
        ("credit", "9487049.35"),
    ] {
        assert_eq!(overview[field], expect, "{field}");
    }
    assert_eq!(overview["transactions"], 53);
    let goals = program.json(&["goals", "--base-year", "2017"]);
    assert_eq!(goals["goals"][0]["years"][0]["value"]["value"], "2316338");
}

/// A worker or its parent dies at any moment, two hundred times: the ledger is whole, nothing is lost or doubled.
#[test]
fn kill_nine_two_hundred_times_leaves_a_whole_ledger() {
    const ROUNDS: u32 = 200;
    let program = Program::new();
    let member = program.member();
    let (first, second) = (program.file(2023, "saft.xml"), program.file(2024, "saft.xml"));
    program.succeeds(&["import", &first]);
    let mut random = 0x2545_f491_u32;
    let mut killed = 0;
    // How long to wait at most: shorter after an import that got away, longer after one that was hit, so that a fast
    // machine and a slow one are hit about as often, and at every moment.
    let mut span_us = 260_000_u64;
    for round in 0..ROUNDS {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let delay = Duration::from_micros(u64::from(random >> 8) % span_us);
        let mut child = program
            .command(&["import", &second])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(delay);
        kill_tree(child.id(), round % 2 == 0);
        let ended = child.wait().unwrap();
        killed += u32::from(!ended.success());
        span_us = if ended.success() {
            (span_us * 3 / 4).max(1_000)
        } else {
            (span_us * 9 / 8).min(2_000_000)
        };
        if round % 10 == 0 {
            program.is_whole();
        }
        let visible = program.json(&["batches"]);
        let count = visible.as_array().unwrap().len();
        assert!((1..=2).contains(&count), "round {round}: {count} batches count");
        if count == 2 {
            let newest = visible[1]["id"].as_str().unwrap();
            program.succeeds(&["withdraw", newest, "--reason", "next round"]);
        }
    }
    assert!(killed > ROUNDS / 4, "only {killed} of {ROUNDS} imports were hit");
    program.is_whole();
    program.succeeds(&["import", &second, "--member", &member]);
    assert_eq!(program.json(&["batches"]).as_array().unwrap().len(), 2);
    program.succeeds(&["doctor", "--fix"]);
    program.is_whole();
}

/// Kills the worker, or first its parent and then the worker.
fn kill_tree(parent: u32, worker_only: bool) {
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    // A worker is a child of any thread of its parent.
    let mut pids: Vec<String> = children.split_whitespace().map(str::to_owned).collect();
    for task in std::fs::read_dir(format!("/proc/{parent}/task"))
        .into_iter()
        .flatten()
        .flatten()
    {
        let children = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        pids.extend(children.split_whitespace().map(str::to_owned));
    }
    if !worker_only || pids.is_empty() {
        pids.insert(0, parent.to_string());
    }
    for pid in pids {
        Command::new("kill")
            .args(["-9", &pid])
            .stderr(Stdio::null())
            .status()
            .unwrap();
    }
}

/// A disk of a few megabytes that is really full. Only where a test may mount one.
#[test]
fn a_full_disk_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().join("small");
    std::fs::create_dir(&small).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=12m", "tmpfs"])
        .arg(&small)
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        eprintln!("absent: the right to mount a small disk; the fail-points stand for a full one");
        return;
    }
    let guard = Mount(small.clone());
    let program = Program::at(folder, small.join("data"));
    let (first, second) = (program.file(2023, "saft.xml"), program.file(2024, "saft.xml"));
    program.succeeds(&["import", &first]);
    let before = program.json(&["batches"]);
    // What is left is filled up, byte by byte at the end.
    let filler = small.join("filler");
    for size in ["1M", "64K", "4K", "512"] {
        let arguments = format!(
            "if=/dev/zero of={} oflag=append conv=notrunc bs={size}",
            filler.display()
        );
        Command::new("dd")
            .args(arguments.split(' '))
            .stderr(Stdio::null())
            .status()
            .unwrap();
    }
    let refused = program.run(&["import", &second]);
    assert!(!refused.status.success(), "a full disk takes nothing in");
    std::fs::remove_file(&filler).unwrap();
    program.is_whole();
    assert_eq!(program.json(&["batches"]), before);
    program.succeeds(&["import", &second]);
    program.is_whole();
    drop(guard);
}

struct Mount(PathBuf);

impl Drop for Mount {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

/// The data folder of this version, as it was once written, opens and still says what it said.
#[test]
fn the_frozen_data_folder_opens() {
    let cases = greenheart_testkit::repository("cases/data-folders");
    let mut opened = 0;
    for case in std::fs::read_dir(&cases).unwrap().flatten() {
        let work = tempfile::tempdir().unwrap();
        copy(&case.path().join("data"), &work.path().join("data"));
        let run = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_greenheart"));
            let output = command
                .arg("--data")
                .arg(work.path().join("data"))
                .args(arguments)
                .args(["--format", "json"])
                .output()
                .unwrap();
            assert!(
                output.status.success(),
                "{arguments:?}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            serde_json::from_slice::<Value>(&output.stdout).unwrap()
        };
        // Whatever format it has, it is brought to today's once, and then there is nothing left to do.
        let plan = run(&["upgrade", "--dry-run"]);
        let behind = plan["program_catalogue_format"].as_i64().unwrap() - plan["catalogue_format"].as_i64().unwrap();
        assert_eq!(
            plan["steps"].as_array().unwrap().len(),
            usize::try_from(behind).unwrap()
        );
        assert_eq!(run(&["upgrade"])["done"], behind > 0);
        assert_eq!(run(&["upgrade", "--dry-run"])["steps"], Value::Array(vec![]));
        assert_eq!(run(&["ledger", "verify"])["problems"], Value::Array(vec![]));
        let blessed: Value =
            serde_json::from_str(&std::fs::read_to_string(case.path().join("inventory.json")).unwrap()).unwrap();
        // Later releases add fields and never change those that stood.
        let found = run(&["inventory", "--year", "2023"]);
        for (field, value) in blessed.as_object().unwrap() {
            assert_eq!(found[field], *value, "{field}");
        }
        opened += 1;
    }
    assert!(opened > 0, "`cases/data-folders` holds none");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
