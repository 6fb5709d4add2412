//! `route` needs no installation: problems and plans are files.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, content: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn run(arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_greenheart"));
        command.arg("route").args(arguments).output().unwrap()
    }

    fn json(arguments: &[&str]) -> Value {
        let output = Self::run(&[arguments, &["--format", "json"]].concat());
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {talk}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// Two stops on either side of the depot; a dear clean vehicle and a cheap dirty one.
fn problem() -> Value {
    let place = |name: &str, x: f64, y: f64| json!({ "name": name, "x": x, "y": y });
    let job = |name: &str| json!({ "name": name, "stop": { "location": name }, "deliver": [1.0] });
    let vehicle = |name: &str, cost: f64, kg: f64| {
        json!({
            "name": name, "capacity": [2.0], "start": "depot", "end": "depot", "cost_per_distance": cost,
            "energy": { "carrier": name, "empty": 1.0, "full": 1.0, "kg_co2e_per_unit": kg },
        })
    };
    json!({
        "locations": [
            place("depot", 0.0, 0.0), place("a", 10.0, 1.0), place("b", 10.0, -1.0), place("c", -10.0, 1.0), place("d", -10.0, -1.0)
        ],
        "jobs": [job("a"), job("b"), job("c"), job("d")],
        "vehicles": [vehicle("cheap", 1.0, 1.0), vehicle("clean", 3.0, 0.1)],
        "objective": { "cost": 1.0, "co2e": 0.0 },
    })
}

/// A plan that drives to both sides twice.
const CROSSED: &str = "Route #1 [cheap]: a c\nRoute #2 [cheap]: b d\nCost 0\n";

/// The jobs of each route, in the order of their names.
fn company(plan: &Value) -> Vec<Vec<String>> {
    let routes = plan["routes"].as_array().unwrap().iter();
    let mut company: Vec<Vec<String>> = routes
        .map(|route| {
            let visits = route["visits"].as_array().unwrap().iter();
            let mut jobs: Vec<String> = visits.map(|visit| visit["job"].as_str().unwrap().to_owned()).collect();
            jobs.sort();
            jobs
        })
        .collect();
    company.sort();
    company
}

#[test]
fn a_kept_plan_changes_only_where_it_pays() {
    let folder = Folder::new();
    let file = folder.write("problem.json", &problem().to_string());
    let today = folder.write("today.sol", CROSSED);
    let solve = |more: &[&str]| Folder::json(&[&["solve", &file, "--time", "0.2"], more].concat());
    let crossed = [["a", "c"], ["b", "d"]];
    let sides = [["a", "b"], ["c", "d"]];
    // Driving each side on its own saves about 36 for two jobs that change places.
    assert_eq!(company(&solve(&["--start", &today])), sides);
    assert_eq!(
        company(&solve(&["--keep-plan", &today, "--change-penalty", "5"])),
        sides
    );
    let kept = solve(&["--keep-plan", &today, "--change-penalty", "100"]);
    assert_eq!(company(&kept), crossed);
    let again = folder.write("kept.json", &kept.to_string());
    let report = Folder::json(&["check", &file, &again]);
    assert_eq!(report["feasible"], true);
    assert!(
        (report["cost"].as_f64().unwrap() - kept["cost"].as_f64().unwrap()).abs() < 1e-6,
        "{report} {kept}"
    );
}

#[test]
fn a_front_goes_from_cheap_to_clean() {
    let folder = Folder::new();
    let file = folder.write("problem.json", &problem().to_string());
    let front = Folder::json(&["solve", &file, "--time", "0.5", "--pareto", "4"]);
    let plans = front["plans"].as_array().unwrap();
    let figures: Vec<(f64, f64)> = plans
        .iter()
        .map(|plan| (plan["cost"].as_f64().unwrap(), plan["co2e_kg"].as_f64().unwrap()))
        .collect();
    assert!(figures.len() >= 2, "{figures:?}");
    for pair in figures.windows(2) {
        assert!(pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1, "{figures:?}");
    }
    let vehicles = |plan: &Value| -> Vec<String> {
        let routes = plan["routes"].as_array().unwrap().iter();
        routes
            .map(|route| route["vehicle"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(vehicles(&plans[0]).iter().all(|name| name == "cheap"));
    assert!(vehicles(&plans[plans.len() - 1]).iter().all(|name| name == "clean"));
}

#[test]
fn choices_that_make_no_sense_are_refused() {
    let folder = Folder::new();
    let file = folder.write("problem.json", &problem().to_string());
    let today = folder.write("today.sol", CROSSED);
    let says = |arguments: &[&str], words: &[&str]| {
        let output = Folder::run(arguments);
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{arguments:?}");
        for word in words {
            assert!(talk.contains(word), "no `{word}` in {talk}");
        }
    };
    says(&["solve", &file, "--change-penalty", "5"], &["--keep-plan"]);
    says(&["solve", &file, "--keep-plan", &today, "--pareto", "3"], &["--pareto"]);
    says(
        &["solve", &file, "--keep-plan", &today, "--change-penalty", "NaN"],
        &["--change-penalty"],
    );
    says(&["solve", &file, "--pareto", "1"], &["1"]);
    says(&["solve", &file, "--time", "0"], &["--time"]);
    let unknown = folder.write("unknown.sol", "Route #1 [cheap]: a e\n");
    says(&["solve", &file, "--keep-plan", &unknown], &["line 1", "`e`"]);
    let mut none = problem();
    none["vehicles"] = json!([]);
    let none = folder.write("none.json", &none.to_string());
    says(&["solve", &none], &["no vehicle types"]);
    let mut heavy = problem();
    heavy["jobs"][1]["deliver"] = json!([9.0]);
    let heavy = folder.write("heavy.json", &heavy.to_string());
    let plan = Folder::json(&["solve", &heavy, "--time", "0.1"]);
    assert_eq!(plan["unassigned"][0]["job"], "b");
    assert!(
        plan["unassigned"][0]["reason"].as_str().unwrap().contains("larger"),
        "{plan}"
    );
}
