//! The solver on published systems, steep loops and systems without an answer.

use greenheart_footprint::solve::{Method, SolveError, SolveOptions, solve, solve_with_gain_check};
use greenheart_footprint::sparse::RowMatrix;

use crate::support::close;

fn matrix(rows: &[&[f64]]) -> RowMatrix {
    let entries = rows.iter().enumerate().flat_map(|(row, values)| {
        let filled = values.iter().enumerate().filter(|(_, value)| **value != 0.0);
        filled.map(move |(column, &value)| (row, column, value))
    });
    RowMatrix::from_entries(rows.len(), entries.collect()).expect("valid")
}

/// R. E. Miller, P. D. Blair, Input-Output Analysis (2009), the two-sector example of chapter 2.
#[test]
fn miller_and_blair_two_sectors() {
    let coefficients = matrix(&[&[0.15, 0.25], &[0.2, 0.05]]);
    let answer = solve(&coefficients, &[600.0, 1500.0], None, &SolveOptions::ACCOUNT).expect("solves");
    close(answer.values[0], 1_247.524_752_475_247_4, 1e-12);
    close(answer.values[1], 1_841.584_158_415_841_6, 1e-12);
    for (unit, column) in [
        ([1.0, 0.0], [1.254_125_41, 0.264_026_4]),
        ([0.0, 1.0], [0.330_033_0, 1.122_112_21]),
    ] {
        let inverse = solve(&coefficients, &unit, None, &SolveOptions::ACCOUNT).expect("solves");
        for (got, expected) in inverse.values.iter().zip(column) {
            close(*got, expected, 1e-7);
        }
    }
}

/// R. Heijungs, S. Suh (2002), the fuel and electricity example: technology [-2 100; 10 0], so `I - M` is not
/// diagonally dominant and Gauss-Seidel cannot settle it.
#[test]
fn heijungs_and_suh_needs_the_second_method() {
    let technology = matrix(&[&[3.0, -100.0], &[-10.0, 1.0]]);
    let answer = solve(&technology, &[0.0, 1000.0], None, &SolveOptions::ACCOUNT).expect("solves");
    assert_ne!(answer.method, Method::GaussSeidel);
    close(answer.values[0], 100.0, 1e-12);
    close(answer.values[1], 2.0, 1e-12);
    let interventions = [[1.0, 10.0], [0.1, 2.0], [0.0, -50.0]];
    for (row, expected) in interventions.iter().zip([120.0, 14.0, -100.0]) {
        close(row[0] * answer.values[0] + row[1] * answer.values[1], expected, 1e-12);
    }
}

/// A chain of 400 links that takes 1 - 1e-9 of itself going round.
#[test]
fn steep_loops_are_solved_to_the_same_residual() {
    let size = 400_u16;
    let entries = (0..size).map(|row| {
        let gain = if row == 0 { 1.0 - 1e-9 } else { 1.0 };
        (usize::from(row), usize::from((row + 1) % size), gain)
    });
    let ring = RowMatrix::from_entries(usize::from(size), entries.collect()).expect("valid");
    let rhs = vec![1.0; usize::from(size)];
    let (answer, bound) = solve_with_gain_check(&ring, &rhs, &SolveOptions::ACCOUNT).expect("solves");
    assert!(answer.residual <= 1e-13);
    assert!(bound.gain_at_most < 1.0);
    close(answer.values[0], 400.0 / 1e-9, 1e-5);
}

#[test]
fn a_gain_of_one_or_more_is_an_error_even_where_factorisation_returns_numbers() {
    for gain in [1.0, 1.000_001, 2.0, 50.0] {
        let ring = matrix(&[&[0.0, gain, 0.0], &[1.0, 0.0, 0.0], &[0.1, 0.0, 0.2]]);
        let error = solve_with_gain_check(&ring, &[1.0, 1.0, 1.0], &SolveOptions::ACCOUNT).expect_err("gain");
        assert!(matches!(error, SolveError::Gain { row: 0 | 1 }), "{gain}: {error:?}");
        // Nothing is emitted on the loop: its numbers would look fine.
        let quiet = solve_with_gain_check(&ring, &[0.0, 0.0, 1.0], &SolveOptions::ACCOUNT);
        assert!(matches!(quiet, Err(SolveError::Gain { .. })), "{gain}: {quiet:?}");
    }
}

#[test]
fn singular_and_malformed_systems_are_errors() {
    let singular = matrix(&[&[1.0, 0.0], &[0.0, 0.5]]);
    let answer = solve(&singular, &[1.0, 1.0], None, &SolveOptions::ACCOUNT);
    assert!(matches!(answer, Err(SolveError::NotConverged { .. })), "{answer:?}");
    let plain = matrix(&[&[0.5]]);
    assert_eq!(
        solve(&plain, &[1.0, 2.0], None, &SolveOptions::ACCOUNT),
        Err(SolveError::Length { size: 1, got: 2 })
    );
    assert!(matches!(
        solve(&plain, &[f64::NAN], None, &SolveOptions::ACCOUNT),
        Err(SolveError::NotFinite { row: 0, .. })
    ));
}

#[test]
fn a_product_that_carries_nothing_carries_zero() {
    let chain = matrix(&[&[0.0, 0.5], &[0.0, 0.0]]);
    let answer = solve(&chain, &[0.0, 0.0], None, &SolveOptions::ACCOUNT).expect("solves");
    assert_eq!(answer.values, [0.0, 0.0]);
}
