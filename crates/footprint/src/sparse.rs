//! A square matrix of few entries, stored row by row.

/// One coefficient: row, column, value.
pub type Entry = (usize, usize, f64);

/// Square sparse matrix in compressed rows. Columns within a row ascend; an entry appears once.
#[derive(Debug, Clone, PartialEq)]
pub struct RowMatrix {
    starts: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

/// Why entries make no matrix.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MatrixError {
    /// A row or column lies outside the matrix.
    #[error("entry ({row}, {column}) lies outside a matrix of {size} rows")]
    Outside {
        /// Row of the entry.
        row: usize,
        /// Column of the entry.
        column: usize,
        /// Number of rows.
        size: usize,
    },
    /// A value is infinite or not a number.
    #[error("entry ({row}, {column}) is {value}, not a finite number")]
    NotFinite {
        /// Row of the entry.
        row: usize,
        /// Column of the entry.
        column: usize,
        /// What stood there.
        value: f64,
    },
    /// More rows or entries than 32 bits can count.
    #[error("{0} rows or entries are more than this matrix can hold")]
    TooLarge(usize),
}

impl RowMatrix {
    /// A matrix of `size` rows. Entries at the same place add up, in the order of `entries`.
    pub fn from_entries(size: usize, mut entries: Vec<Entry>) -> Result<Self, MatrixError> {
        let most = u32::MAX as usize;
        if size >= most || entries.len() >= most {
            return Err(MatrixError::TooLarge(size.max(entries.len())));
        }
        for &(row, column, value) in &entries {
            if row >= size || column >= size {
                return Err(MatrixError::Outside { row, column, size });
            }
            if !value.is_finite() {
                return Err(MatrixError::NotFinite { row, column, value });
            }
        }
        entries.sort_by_key(|&(row, column, _)| (row, column));
        entries.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            if same {
                kept.2 += next.2;
            }
            same
        });
        Ok(Self::from_sorted(size, &entries))
    }

    fn from_sorted(size: usize, entries: &[Entry]) -> Self {
        let mut starts = vec![0_u32; size + 1];
        for &(row, ..) in entries {
            starts[row + 1] += 1;
        }
        for row in 0..size {
            starts[row + 1] += starts[row];
        }
        Self {
            starts,
            columns: entries.iter().map(|&(_, column, _)| index(column)).collect(),
            values: entries.iter().map(|&(.., value)| value).collect(),
        }
    }

    /// Number of rows.
    pub fn size(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of stored entries.
    pub fn entry_count(&self) -> usize {
        self.values.len()
    }

    /// Columns and values of one row, by column.
    pub fn row(&self, row: usize) -> (&[u32], &[f64]) {
        let range = self.range(row);
        (&self.columns[range.clone()], &self.values[range])
    }

    /// Where in [`Self::values`] the entries of a row lie.
    pub fn range(&self, row: usize) -> std::ops::Range<usize> {
        self.starts[row] as usize..self.starts[row + 1] as usize
    }

    /// All values, row after row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The values, to be replaced in place by others for the same places.
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// Entries row after row.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        (0..self.size()).flat_map(|row| {
            let (columns, values) = self.row(row);
            columns
                .iter()
                .zip(values)
                .map(move |(&column, &value)| (row, column as usize, value))
        })
    }

    /// Rows and columns exchanged.
    pub fn transposed(&self) -> Self {
        let mut entries: Vec<Entry> = self
            .entries()
            .map(|(row, column, value)| (column, row, value))
            .collect();
        entries.sort_by_key(|&(row, column, _)| (row, column));
        Self::from_sorted(self.size(), &entries)
    }

    /// Whether no entry is negative.
    pub fn is_nonnegative(&self) -> bool {
        self.values.iter().all(|&value| value >= 0.0)
    }

    /// Row `row` times `vector`.
    pub fn row_times(&self, row: usize, vector: &[f64]) -> f64 {
        let (columns, values) = self.row(row);
        let mut sum = 0.0;
        for (&column, &value) in columns.iter().zip(values) {
            sum += value * vector[column as usize];
        }
        sum
    }

    /// The matrix times `vector`.
    pub fn times(&self, vector: &[f64]) -> Vec<f64> {
        (0..self.size()).map(|row| self.row_times(row, vector)).collect()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "from_entries refuses sizes beyond 32 bits"
)]
fn index(column: usize) -> u32 {
    column as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_add_up_and_transpose() {
        let matrix = RowMatrix::from_entries(3, vec![(2, 0, 1.0), (0, 1, 2.0), (2, 0, 0.5)]).expect("valid");
        assert_eq!(matrix.entry_count(), 2);
        assert_eq!(matrix.times(&[1.0, 10.0, 100.0]), [20.0, 0.0, 1.5]);
        assert_eq!(matrix.transposed().times(&[1.0, 10.0, 100.0]), [150.0, 2.0, 0.0]);
        assert_eq!(matrix.transposed().transposed(), matrix);
    }

    #[test]
    fn bad_entries_are_named() {
        assert_eq!(
            RowMatrix::from_entries(1, vec![(0, 1, 1.0)]),
            Err(MatrixError::Outside {
                row: 0,
                column: 1,
                size: 1
            })
        );
        assert!(matches!(
            RowMatrix::from_entries(1, vec![(0, 0, f64::NAN)]),
            Err(MatrixError::NotFinite { .. })
        ));
    }
}
