//! Each format on a file of a few lines, and what is said about broken ones.

use greenheart_routing::formats::{FormatError, ReadOptions, read, read_solution, write_solution};
use greenheart_routing::{Problem, Task, check};

use crate::kit::{plane, row, solved};

pub(crate) const CVRP: &str = "NAME : tiny\nTYPE : CVRP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 10\n\
    NODE_COORD_SECTION\n1 0 0\n2 3 4\n3 6 8\nDEMAND_SECTION\n1 0\n2 4\n3 5\nDEPOT_SECTION\n1\n-1\nEOF\n";
pub(crate) const RETURNS: &str = "NAME : r\nTYPE : VRPSPD\nDIMENSION : 3\nVEHICLES : 2\nCAPACITY : 9\nDISTANCE : 50\n\
    EDGE_WEIGHT_TYPE : EXACT_2D\nNODE_COORD_SECTION\n1 0 0\n2 3 4\n3 6 8\nPICKUP_AND_DELIVERY_SECTION\n\
    1 0 0 10000000 0 0 0\n2 0 0 10000000 5 2 7\n3 0 10 90 5 3 1\nDEPOT_SECTION\n1\n-1\nEOF\n";
pub(crate) const SOLOMON: &str = "tiny\n\nVEHICLE\nNUMBER CAPACITY\n 5 20\n\nCUSTOMER\nCUST NO. XCOORD. YCOORD. DEMAND READY DUE SERVICE\n\n\
    0 0 0 0 0 100 0\n1 1 1 10 5 50 10\n2 2 2 10 5 60 10\n";
pub(crate) const LILIM: &str = "5 20 1\n0 0 0 0 0 200 0 0 0\n1 0 5 4 0 90 10 0 2\n2 5 5 -4 0 150 10 1 0\n";
pub(crate) const CORDEAU: &str =
    "2 3 2 2\n60 10\n0 20\n1 1 1 0 4 1 2 1 2\n2 9 9 0 5 1 2 1 2\n3 0 0 0 0 0 0\n4 10 10 0 0 0 0\n";
pub(crate) const MILK: &str =
    "Vehicle,Load,Num_v,Ef,Eo\nV1,100,2,0.9,0.5\n,,,,\nNode,coord_x,coord_y,prod,\nP,0,0,0,\nF1,3,4,60,\nF2,6,8,30,\n";
pub(crate) const ELECTRIC: &str = "StringID Type x y demand ReadyTime DueDate ServiceTime\nD0 d 0 0 0 0 500 0\nS0 f 5 0 0 0 500 0\n\
    C1 c 6 0 1 0 400 9\n\nQ Vehicle fuel tank capacity /10/\nC Vehicle load capacity /20/\nr fuel consumption rate /1.0/\n\
    g inverse refueling rate /2/\nv average Velocity /1.0/\n";

fn parse(text: &str) -> Problem {
    read(text, ReadOptions::default()).unwrap()
}

#[test]
fn each_format_is_recognised_and_solved() {
    for (text, jobs, cost) in [
        (CVRP, 2, 20.0),
        (RETURNS, 2, 20.0),
        (SOLOMON, 2, 5.6),
        (LILIM, 1, 10.0 + 50f64.sqrt()),
        (CORDEAU, 2, 4.0 * 2f64.sqrt()),
        (ELECTRIC, 1, 12.0),
    ] {
        let problem = parse(text);
        assert_eq!(problem.jobs.len(), jobs);
        let (_, report) = solved(&problem);
        assert_eq!(report.missing, 0);
        assert!((report.cost - cost).abs() < 1e-9, "{} instead of {cost}", report.cost);
    }
}

#[test]
fn pickups_and_deliveries_are_in_the_right_columns() {
    let problem = parse(RETURNS);
    let Task::Visit { stop, deliver, collect } = &problem.jobs[1].task else {
        panic!("a visit")
    };
    assert_eq!((deliver[0], collect[0], stop.service), (1.0, 3.0, 5.0));
    assert_eq!(stop.windows, [(10.0, 90.0)]);
    assert_eq!(problem.vehicles[0].max_duration, Some(50.0));
    assert_eq!(problem.vehicles[0].count, None, "the set leaves the fleet free");
}

#[test]
fn milk_is_collected_with_the_least_carbon() {
    let (_, report) = solved(&parse(MILK));
    // Far first: 10 empty, 5 with 30 of 100, 5 with 90 of 100.
    let slope = 0.4 / 100.0;
    assert!((report.co2e_kg - (20.0 * 0.5 + slope * (5.0 * 30.0 + 5.0 * 90.0))).abs() < 1e-9);
    let options = ReadOptions {
        free_fleet: true,
        ..ReadOptions::default()
    };
    assert_eq!(read(MILK, options).unwrap().vehicles[0].count, None);
}

#[test]
fn solutions_come_back() {
    let problem = plane(&row(5), 2.0);
    let (plan, report) = solved(&problem);
    let back = read_solution(&problem, &write_solution(&problem, &plan)).unwrap();
    let again = check(&problem, &back);
    assert_eq!((again.violations.len(), again.vehicles), (0, report.vehicles));
    assert!((again.cost - report.cost).abs() < 1e-9);
    let missing = read_solution(&problem, "Route #1: 1 2\nCost 4\n").unwrap();
    assert_eq!(missing.unassigned.len(), 3);
    assert!(
        read_solution(&problem, "Route #1: 77\n")
            .unwrap_err()
            .to_string()
            .contains("`77`")
    );
}

#[test]
fn broken_files_are_refused_by_line() {
    for (text, words) in [
        ("", "not known"),
        ("hello", "not known"),
        (&CVRP.replace("2 3 4", "2 three 4"), "line 8"),
        (&CVRP.replace("DIMENSION : 3", "DIMENSION : 30"), "30 nodes"),
        (
            &CVRP.replace("DIMENSION : 3", "DIMENSION : 99999999999999"),
            "DIMENSION",
        ),
        (&CVRP.replace("EUC_2D", "GEO"), "GEO"),
        (&CVRP.replace("3 5\nDEPOT", "9 5\nDEPOT"), "no number 9"),
        (&CVRP.replace("DEPOT_SECTION\n1", "DEPOT_SECTION\n8"), "no node 8"),
        (&RETURNS.replace("5 2 7", "5 2"), "delivery"),
        (&SOLOMON.replace("1 1 1 10 5", "1 1 1 ten 5"), "line 11"),
        (&LILIM.replace("10 0 2\n", "10 0 7\n"), "no task 7"),
        (&CORDEAU.replace("2 3 2 2", "2 3 9 2"), "promises"),
        (&MILK.replace("V1,100,2", "V1,100,x"), "`x`"),
        (&ELECTRIC.replace("/2/", "/two/"), "between slashes"),
        ("{\"locations\": 3}", "JSON"),
        (
            "{\"locations\": [], \"jobs\": [], \"vehicles\": [{\"name\": \"v\", \"capacity\": [1], \"start\": \"x\"}]}",
            "`x`",
        ),
    ] {
        let error: FormatError = read(text, ReadOptions::default()).unwrap_err();
        assert!(error.to_string().contains(words), "no `{words}` in `{error}`");
    }
}

#[test]
fn the_picture_shows_every_tour_and_escapes_names() {
    let mut problem = plane(&row(5), 2.0);
    problem.name = "<plan> & \"more\"".to_owned();
    let (plan, report) = solved(&problem);
    let svg = greenheart_routing::picture(&problem, &plan);
    assert_eq!(svg.matches("<polyline").count(), report.vehicles);
    assert_eq!(svg.matches("<circle").count(), 5);
    assert!(svg.contains("&lt;plan&gt; &amp; &quot;more&quot;"));
}

#[test]
fn plans_travel_as_json_with_charging() {
    for text in [ELECTRIC, LILIM, RETURNS] {
        let problem = parse(text);
        let (plan, report) = solved(&problem);
        let json = greenheart_routing::formats::plan_to_json(&problem, &plan).unwrap();
        let back = greenheart_routing::formats::plan_from_json(&problem, &json).unwrap();
        assert_eq!(back, plan);
        assert_eq!(check(&problem, &back), report);
        assert!(
            greenheart_routing::formats::plan_from_json(&problem, &json.replace("\"1\"", "\"?\"")).is_err()
                || text == ELECTRIC
        );
    }
}
