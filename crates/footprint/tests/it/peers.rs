//! Tables of others, larger than fixtures: looked for beside the checkout, and said to be absent when they are.

use std::io::Read;
use std::path::Path;

use greenheart_footprint::solve::{SolveOptions, solve, solve_with_gain_check};
use greenheart_footprint::sparse::RowMatrix;
use greenheart_testkit::shared;

use crate::support::close;

/// The test system of pymrio (6 regions, 8 sectors) to the accounts that pymrio 0.7.0 makes of it.
#[test]
fn the_pymrio_test_system() {
    let Some(folder) = shared("data/accounting/mrio_pymrio_test") else {
        return;
    };
    let flows = table(&folder.join("trade_flows_Z.txt"), 3);
    let demand = table(&folder.join("finald_demand_Y.txt"), 3);
    let emissions = table(&folder.join("emissions.txt"), 3);
    let of_demand = table(&folder.join("FDemissions.txt"), 3);
    let expected: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("expected_pymrio.json")).expect("text"))
            .expect("JSON");
    let size = flows.len();
    let sum = |row: &[f64]| row.iter().sum::<f64>();
    let output: Vec<f64> = (0..size).map(|i| sum(&flows[i]) + sum(&demand[i])).collect();
    let entries = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
    // Row j of the adjoint: what a unit of product j takes of each product i.
    let adjoint = entries
        .filter(|&(i, j)| flows[i][j] != 0.0)
        .map(|(i, j)| (j, i, flows[i][j] / output[j]));
    let adjoint = RowMatrix::from_entries(size, adjoint.collect()).expect("valid");
    for (kind, name) in ["('emission_type1', 'air')", "('emission_type2', 'water')"]
        .iter()
        .enumerate()
    {
        let own: Vec<f64> = emissions[kind].iter().zip(&output).map(|(kg, x)| kg / x).collect();
        let (answer, _) = solve_with_gain_check(&adjoint, &own, &SolveOptions::ACCOUNT).expect("solves");
        let (mut consumed, mut produced) = (0.0, 0.0);
        for region in 0..6 {
            let columns = region * 7..region * 7 + 7;
            let households: f64 = sum(&of_demand[kind][columns.clone()]);
            let bought: f64 = (0..size)
                .map(|i| answer.values[i] * sum(&demand[i][columns.clone()]))
                .sum();
            let made = sum(&emissions[kind][region * 8..region * 8 + 8]);
            let place = format!("reg{}", region + 1);
            close(bought + households, number(&expected["D_cba_reg"][&place][*name]), 1e-9);
            close(made + households, number(&expected["D_pba_reg"][&place][*name]), 1e-9);
            consumed += bought + households;
            produced += made + households;
        }
        close(consumed, produced, 1e-12);
    }
}

/// The 405 commodities of the United States in 2012, a real loop, against elimination written for this test.
#[test]
fn the_bea_table_against_a_dense_solution() {
    let Some(path) = shared("data/accounting/bea_io/bea2012_A_commodity.npz") else {
        return;
    };
    let (matrix, demand, output) = read_npz(&path);
    assert_eq!((matrix.size(), matrix.entry_count()), (405, 88_708));
    let rhs: Vec<f64> = (0..405_u16).map(|i| 1.0 + f64::from(i % 17)).collect();
    for system in [matrix.transposed(), matrix.clone()] {
        let answer = solve(&system, &rhs, None, &SolveOptions::ACCOUNT).expect("solves");
        for (got, expected) in answer.values.iter().zip(eliminate(&system, &rhs)) {
            close(*got, expected, 1e-9);
        }
    }
    // The published output of the large commodities, from published final demand.
    let answer = solve(&matrix, &demand, None, &SolveOptions::ACCOUNT).expect("solves");
    for (got, published) in answer.values.iter().zip(&output).filter(|(_, q)| **q > 1000.0) {
        close(*got, *published, 1.1e-3);
    }
}

/// Gauss-Jordan elimination of `(I - M) x = b` with partial pivoting: nothing shared with the crate but the input.
fn eliminate(matrix: &RowMatrix, rhs: &[f64]) -> Vec<f64> {
    let size = matrix.size();
    let mut rows = vec![vec![0.0; size + 1]; size];
    for (at, row) in rows.iter_mut().enumerate() {
        row[at] = 1.0;
        row[size] = rhs[at];
    }
    for (row, column, value) in matrix.entries() {
        rows[row][column] -= value;
    }
    for at in 0..size {
        let pivot = (at..size)
            .max_by(|&a, &b| rows[a][at].abs().total_cmp(&rows[b][at].abs()))
            .expect("rows");
        rows.swap(at, pivot);
        let own = rows[at].clone();
        for (other, row) in rows.iter_mut().enumerate() {
            if other != at && row[at] != 0.0 {
                let factor = row[at] / own[at];
                for (value, known) in row.iter_mut().zip(&own) {
                    *value -= factor * known;
                }
            }
        }
    }
    (0..size).map(|at| rows[at][size] / rows[at][at]).collect()
}

/// The numbers of a tab-separated table behind its labels; rows without numbers are headings.
fn table(path: &Path, labels: usize) -> Vec<Vec<f64>> {
    let text = std::fs::read_to_string(path).expect("text");
    let rows = text.lines().map(|line| {
        line.split('\t')
            .skip(labels)
            .map(str::parse)
            .collect::<Result<Vec<f64>, _>>()
    });
    rows.filter_map(Result::ok).filter(|row| !row.is_empty()).collect()
}

fn number(value: &serde_json::Value) -> f64 {
    value.as_f64().expect("a number")
}

/// Arrays of floats as NumPy saves them: the coefficients row by row, final demand and output.
fn read_npz(path: &Path) -> (RowMatrix, Vec<f64>, Vec<f64>) {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).expect("opens")).expect("an archive");
    let mut part = |name: &str| -> Vec<f64> {
        let mut bytes = Vec::new();
        archive
            .by_name(name)
            .expect("a part")
            .read_to_end(&mut bytes)
            .expect("reads");
        let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]])) + 10;
        let kind = String::from_utf8_lossy(&bytes[10..header]);
        assert!(
            kind.contains("<f8") && kind.contains("'fortran_order': False"),
            "{kind}"
        );
        let eights = bytes[header..].chunks_exact(8);
        eights
            .map(|eight| f64::from_le_bytes(eight.try_into().expect("eight bytes")))
            .collect()
    };
    let (coefficients, demand, output) = (part("A.npy"), part("y.npy"), part("q.npy"));
    let size = demand.len();
    let entries = coefficients.iter().enumerate().filter(|(_, value)| **value != 0.0);
    let entries = entries.map(|(at, &value)| (at / size, at % size, value)).collect();
    (RowMatrix::from_entries(size, entries).expect("valid"), demand, output)
}
