//! Incomplete factorisation without fill, ILU(0), of `I - M`.

use crate::sparse::RowMatrix;

/// Lower and upper factor on the places of `I - M`, or only its diagonal where a pivot vanishes (Jacobi).
pub(super) struct Incomplete {
    starts: Vec<usize>,
    diagonal: Vec<usize>,
    columns: Vec<usize>,
    values: Vec<f64>,
}

impl Incomplete {
    /// Factorises `I - M`.
    pub(super) fn of(matrix: &RowMatrix) -> Self {
        let mut factors = Self::pattern(matrix);
        if !factors.factorise() {
            factors = Self::jacobi(matrix);
        }
        factors
    }

    fn pattern(matrix: &RowMatrix) -> Self {
        let size = matrix.size();
        let mut factors = Self {
            starts: vec![0],
            diagonal: Vec::with_capacity(size),
            columns: Vec::with_capacity(matrix.entry_count() + size),
            values: Vec::with_capacity(matrix.entry_count() + size),
        };
        for row in 0..size {
            let (columns, values) = matrix.row(row);
            let before = columns.partition_point(|&column| (column as usize) < row);
            let own = columns.get(before).is_some_and(|&column| column as usize == row);
            let after = before + usize::from(own);
            for at in 0..before {
                factors.push(columns[at] as usize, -values[at]);
            }
            factors.diagonal.push(factors.columns.len());
            factors.push(row, 1.0 - if own { values[before] } else { 0.0 });
            for at in after..columns.len() {
                factors.push(columns[at] as usize, -values[at]);
            }
            factors.starts.push(factors.columns.len());
        }
        factors
    }

    fn jacobi(matrix: &RowMatrix) -> Self {
        let size = matrix.size();
        let diagonal = |row: usize| {
            let (columns, values) = matrix.row(row);
            let own = columns.binary_search_by(|&column| (column as usize).cmp(&row));
            1.0 - own.map_or(0.0, |at| values[at])
        };
        Self {
            starts: (0..=size).collect(),
            diagonal: (0..size).collect(),
            columns: (0..size).collect(),
            values: (0..size).map(|row| usable(diagonal(row)).unwrap_or(1.0)).collect(),
        }
    }

    fn push(&mut self, column: usize, value: f64) {
        self.columns.push(column);
        self.values.push(value);
    }

    /// The row-by-row variant (IKJ); false when a pivot is not usable.
    fn factorise(&mut self) -> bool {
        let size = self.diagonal.len();
        let mut place = vec![usize::MAX; size];
        for row in 0..size {
            let range = self.starts[row]..self.starts[row + 1];
            for at in range.clone() {
                place[self.columns[at]] = at;
            }
            for at in self.starts[row]..self.diagonal[row] {
                let above = self.columns[at];
                let multiplier = self.values[at] / self.values[self.diagonal[above]];
                self.values[at] = multiplier;
                for from in self.diagonal[above] + 1..self.starts[above + 1] {
                    let to = place[self.columns[from]];
                    if to != usize::MAX {
                        self.values[to] -= multiplier * self.values[from];
                    }
                }
            }
            for at in range {
                place[self.columns[at]] = usize::MAX;
            }
            if usable(self.values[self.diagonal[row]]).is_none() {
                return false;
            }
        }
        true
    }

    /// Solves with the factors, in place.
    pub(super) fn apply(&self, vector: &mut [f64]) {
        let size = self.diagonal.len();
        for row in 0..size {
            let mut sum = vector[row];
            for at in self.starts[row]..self.diagonal[row] {
                sum -= self.values[at] * vector[self.columns[at]];
            }
            vector[row] = sum;
        }
        for row in (0..size).rev() {
            let mut sum = vector[row];
            for at in self.diagonal[row] + 1..self.starts[row + 1] {
                sum -= self.values[at] * vector[self.columns[at]];
            }
            vector[row] = sum / self.values[self.diagonal[row]];
        }
    }
}

fn usable(pivot: f64) -> Option<f64> {
    (pivot.is_finite() && pivot.abs() > 1e-12).then_some(pivot)
}
