use crate::MilpError;

/// A column of a [`Program`], by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Var(pub(crate) usize);

impl Var {
    /// Place of the column in [`crate::Answer::values`].
    pub fn index(self) -> usize {
        self.0
    }
}

/// The left side of a row: each column at most once.
pub type Terms = Vec<(Var, f64)>;

/// A row `lower <= sum of terms <= upper`; infinities leave a side open.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Least value of the sum.
    pub lower: f64,
    /// Greatest value of the sum.
    pub upper: f64,
    /// Columns and their coefficients.
    pub terms: Terms,
}

impl Row {
    /// `sum <= upper`.
    pub fn at_most(upper: f64, terms: Terms) -> Self {
        Self {
            lower: f64::NEG_INFINITY,
            upper,
            terms,
        }
    }

    /// `sum >= lower`.
    pub fn at_least(lower: f64, terms: Terms) -> Self {
        Self {
            lower,
            upper: f64::INFINITY,
            terms,
        }
    }

    /// `sum = value`.
    pub fn equal(value: f64, terms: Terms) -> Self {
        Self {
            lower: value,
            upper: value,
            terms,
        }
    }

    /// By how much `values` break the row; zero when they keep it.
    pub fn violation(&self, values: &[f64]) -> f64 {
        let sum: f64 = self.terms.iter().map(|(var, factor)| factor * values[var.0]).sum();
        (self.lower - sum).max(sum - self.upper).max(0.0)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub cost: f64,
    pub lower: f64,
    pub upper: f64,
    pub integer: bool,
}

/// A program to be minimised: `min cost · x` over rows and bounds, some columns whole numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Program {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

impl Program {
    /// An empty program.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column of real numbers.
    pub fn continuous(&mut self, cost: f64, lower: f64, upper: f64) -> Var {
        self.column(cost, lower, upper, false)
    }

    /// Adds a column of whole numbers.
    pub fn integer(&mut self, cost: f64, lower: f64, upper: f64) -> Var {
        self.column(cost, lower, upper, true)
    }

    /// Adds a column that is 0 or 1.
    pub fn binary(&mut self, cost: f64) -> Var {
        self.integer(cost, 0.0, 1.0)
    }

    fn column(&mut self, cost: f64, lower: f64, upper: f64, integer: bool) -> Var {
        self.columns.push(Column {
            cost,
            lower,
            upper,
            integer,
        });
        Var(self.columns.len() - 1)
    }

    /// Adds a row and returns its place in [`crate::Answer::duals`].
    pub fn row(&mut self, row: Row) -> usize {
        self.rows.push(row);
        self.rows.len() - 1
    }

    /// Adds a column to a row that does not hold it yet.
    pub fn term(&mut self, row: usize, var: Var, factor: f64) {
        self.rows[row].terms.push((var, factor));
    }

    /// Narrows or widens the bounds of a column.
    pub fn bound(&mut self, var: Var, lower: f64, upper: f64) {
        self.columns[var.0].lower = lower;
        self.columns[var.0].upper = upper;
    }

    /// Bounds of a column.
    pub fn bounds(&self, var: Var) -> (f64, f64) {
        (self.columns[var.0].lower, self.columns[var.0].upper)
    }

    /// Sets the cost of a column.
    pub fn cost(&mut self, var: Var, cost: f64) {
        self.columns[var.0].cost = cost;
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Objective of `values`.
    pub fn objective(&self, values: &[f64]) -> f64 {
        self.columns.iter().zip(values).map(|(c, value)| c.cost * value).sum()
    }

    /// The same program with every column a real number.
    pub fn relaxed(&self) -> Self {
        let mut relaxed = self.clone();
        for column in &mut relaxed.columns {
            column.integer = false;
        }
        relaxed
    }

    /// Whether some column must be whole.
    pub fn has_integers(&self) -> bool {
        self.columns.iter().any(|column| column.integer)
    }

    /// The largest amount by which `values` break a row, a bound or a whole number.
    ///
    /// Shares nothing with the solver, so that an answer can be checked.
    pub fn violation(&self, values: &[f64]) -> f64 {
        let columns = self.columns.iter().zip(values).map(|(column, value)| {
            let whole = if column.integer {
                (value - value.round()).abs()
            } else {
                0.0
            };
            whole.max(column.lower - value).max(value - column.upper)
        });
        let rows = self.rows.iter().map(|row| row.violation(values));
        columns.chain(rows).fold(0.0, f64::max)
    }

    pub(crate) fn check(&self) -> Result<(), MilpError> {
        for (index, column) in self.columns.iter().enumerate() {
            check_bounds("column", index, column.lower, column.upper)?;
            if !column.cost.is_finite() {
                return Err(bad("column", index, format!("cost {}", column.cost)));
            }
        }
        self.rows
            .iter()
            .enumerate()
            .try_for_each(|(index, row)| check_row(index, row, self.columns.len()))
    }
}

pub(crate) fn check_row(index: usize, row: &Row, columns: usize) -> Result<(), MilpError> {
    check_bounds("row", index, row.lower, row.upper)?;
    for (var, factor) in &row.terms {
        if !factor.is_finite() || var.0 >= columns {
            return Err(bad("row", index, format!("coefficient {factor} of column {}", var.0)));
        }
    }
    Ok(())
}

fn check_bounds(what: &'static str, index: usize, lower: f64, upper: f64) -> Result<(), MilpError> {
    if lower <= upper && lower < f64::INFINITY && upper > f64::NEG_INFINITY {
        return Ok(());
    }
    Err(bad(what, index, format!("bounds {lower} to {upper}")))
}

fn bad(what: &'static str, index: usize, detail: String) -> MilpError {
    MilpError::BadNumber { what, index, detail }
}
