//! Whether any mix of offers keeps a want's limits.

use super::{Property, Stream};

/// The answer, with its proof or its witness.
#[derive(Debug, Clone, PartialEq)]
pub enum Blend {
    /// These shares of the offers, summing to 1, keep every limit.
    Possible(Vec<f64>),
    /// No mix does. Names the limits that no single offer keeps, when that is enough to see it.
    Impossible {
        /// Limits that no offer keeps.
        property: Vec<String>,
    },
    /// Some offer lacks a measurement of this property, so it cannot be said.
    Unknown(String),
}

/// Looks for a mix of `offers` that keeps the limits of `want` whose values blend by mass. The worse end of each measured range
/// counts, so that a mix found keeps the limits whatever a delivery holds.
///
/// Solves `sum share = 1, sum share_i * high_i <= upper, sum share_i * low_i >= lower, share >= 0` by the simplex method with
/// Bland's rule, which always ends.
pub fn blend(want: &Stream, offers: &[&Stream]) -> Blend {
    let mut rows: Vec<(String, Vec<f64>, f64)> = Vec::new();
    for limit in want.properties.iter().filter(|limit| limit.blends) {
        for upper in [true, false] {
            let Some(end) = (if upper { limit.upper } else { limit.lower }) else {
                continue;
            };
            let mut row = Vec::with_capacity(offers.len());
            for offer in offers {
                let found = offer
                    .properties
                    .iter()
                    .find(|property| property.name == limit.name && property.unit == limit.unit);
                match found.and_then(|property: &Property| if upper { property.upper } else { property.lower }) {
                    Some(value) => row.push(value.to_model_f64()),
                    None => return Blend::Unknown(limit.name.clone()),
                }
            }
            let sign = if upper { 1.0 } else { -1.0 };
            for value in &mut row {
                *value *= sign;
            }
            rows.push((limit.name.clone(), row, sign * end.to_model_f64()));
        }
    }
    if offers.is_empty() {
        return Blend::Impossible { property: Vec::new() };
    }
    let alone: Vec<String> = rows
        .iter()
        .filter(|(_, row, end)| row.iter().all(|value| value > end))
        .map(|(name, ..)| name.clone())
        .collect();
    if !alone.is_empty() {
        return Blend::Impossible { property: alone };
    }
    feasible(&rows, offers.len()).map_or(Blend::Impossible { property: Vec::new() }, Blend::Possible)
}

/// Minimises the largest excess over the limits; feasible when that is not positive. The tableau has the shares, the excess `t`
/// (shifted to be non-negative) and a slack for each row.
fn feasible(rows: &[(String, Vec<f64>, f64)], offers: usize) -> Option<Vec<f64>> {
    if rows.is_empty() {
        return Some((0..offers).map(|at| if at == 0 { 1.0 } else { 0.0 }).collect());
    }
    // Scaled so that tolerances mean the same in every row.
    let scale = |row: &[f64], end: f64| {
        row.iter()
            .chain([&end])
            .fold(1e-12_f64, |most, value| most.max(value.abs()))
    };
    // With share_0 = 1 - the others: row_0 + sum (row_i - row_0) share_i - t <= end, and sum share_i <= 1.
    let free = offers - 1;
    let width = free + 1 + rows.len() + 1;
    let mut tableau: Vec<Vec<f64>> = Vec::with_capacity(rows.len() + 2);
    for (at, (_, row, end)) in rows.iter().enumerate() {
        let scale = scale(row, *end);
        let mut line: Vec<f64> = row[1..].iter().map(|value| (value - row[0]) / scale).collect();
        line.push(-1.0);
        line.extend((0..=rows.len()).map(|slack| if slack == at { 1.0 } else { 0.0 }));
        line.push((end - row[0]) / scale);
        tableau.push(line);
    }
    let mut whole = vec![1.0; free];
    whole.push(0.0);
    whole.extend((0..=rows.len()).map(|slack| if slack == rows.len() { 1.0 } else { 0.0 }));
    whole.push(1.0);
    tableau.push(whole);
    let mut basis: Vec<usize> = (0..=rows.len()).map(|slack| free + 1 + slack).collect();
    let mut cost = vec![0.0; width + 1];
    cost[free] = 1.0;
    // First pivot: let `t` take up the largest excess; afterwards every right-hand side is non-negative.
    let worst = (0..rows.len()).min_by(|a, b| tableau[*a][width].total_cmp(&tableau[*b][width]))?;
    if tableau[worst][width] < 0.0 {
        pivot(&mut tableau, &mut cost, &mut basis, worst, free);
    }
    while let Some(enters) = (0..width).find(|column| cost[*column] < -1e-11) {
        let ratio = |line: usize| tableau[line][width] / tableau[line][enters];
        let leaves = (0..tableau.len())
            .filter(|line| tableau[*line][enters] > 1e-11)
            .min_by(|a, b| ratio(*a).total_cmp(&ratio(*b)).then(basis[*a].cmp(&basis[*b])))?;
        pivot(&mut tableau, &mut cost, &mut basis, leaves, enters);
    }
    let value = |column: usize| {
        basis
            .iter()
            .position(|basic| *basic == column)
            .map_or(0.0, |line| tableau[line][width])
    };
    if value(free) > 1e-9 {
        return None;
    }
    let others: Vec<f64> = (0..free).map(value).collect();
    let first = 1.0 - others.iter().sum::<f64>();
    Some(std::iter::once(first).chain(others).collect())
}

fn pivot(tableau: &mut [Vec<f64>], cost: &mut [f64], basis: &mut [usize], line: usize, column: usize) {
    let by = tableau[line][column];
    tableau[line].iter_mut().for_each(|value| *value /= by);
    let source = tableau[line].clone();
    let clear = |target: &mut [f64]| {
        let factor = target[column];
        if factor != 0.0 {
            target
                .iter_mut()
                .zip(&source)
                .for_each(|(value, from)| *value -= factor * from);
        }
    };
    tableau
        .iter_mut()
        .enumerate()
        .filter(|(at, _)| *at != line)
        .for_each(|(_, row)| clear(row));
    clear(cost);
    basis[line] = column;
}
