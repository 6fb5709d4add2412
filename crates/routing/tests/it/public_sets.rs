//! The public sets, when they are there: every file is read, solved for a moment and accepted by the checker.

use greenheart_routing::formats::{ReadOptions, read};
use greenheart_routing::{Iterations, Options, check, solve};
use greenheart_testkit::shared;

#[test]
fn every_public_file_is_read_and_solved() {
    let sets = [
        "cvrp_x",
        "ehfmcp_co2_hetfleet",
        "evrptw",
        "hfvrp_x",
        "mdvrp_cordeau",
        "mdvrptw",
        "pdptw_lilim",
        "vrpb_x",
        "vrpmpd_sn",
        "vrpspd_gehring",
        "vrpspd_sn",
        "vrpspdtw_wc",
        "vrptw_gh",
        "vrptw_solomon",
    ];
    for set in sets {
        let Some(folder) = shared(&format!("data/routing/{set}")) else {
            continue;
        };
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        let skipped = |path: &std::path::Path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            path.is_dir() || name == "bks.csv" || name == "SOURCE.txt" || name == "README.md"
        };
        for path in files.iter().filter(|path| !skipped(path)) {
            let text = std::fs::read_to_string(path).unwrap();
            let problem = read(&text, ReadOptions::default()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            if problem.jobs.len() > 400 {
                continue;
            }
            let plan = solve(&problem, &Options::default(), &Iterations(30)).unwrap();
            let report = check(&problem, &plan);
            assert_eq!(report.violations, Vec::<String>::new(), "{}", path.display());
        }
    }
}
