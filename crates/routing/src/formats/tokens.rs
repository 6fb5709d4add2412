//! Numbers in lines.

use super::FormatError;

/// The numbers of a line; `None` when some word is not one.
pub(super) fn numbers(line: &str) -> Option<Vec<f64>> {
    line.split_whitespace()
        .map(|word| word.parse::<f64>().ok().filter(|value| value.is_finite()))
        .collect()
}

/// One line of numbers, with its place in the file.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub line: usize,
    pub values: Vec<f64>,
}

impl Row {
    /// # Errors
    /// When some word is not a number.
    pub(super) fn parse(line: usize, text: &str) -> Result<Self, FormatError> {
        match numbers(text) {
            Some(values) => Ok(Self { line, values }),
            None => Err(at(line, format!("`{}` is not a row of numbers", shorten(text)))),
        }
    }

    /// # Errors
    /// When the row is too short.
    pub(super) fn get(&self, column: usize, name: &str) -> Result<f64, FormatError> {
        let value = self.values.get(column).copied();
        value.ok_or_else(|| at(self.line, format!("column {} (`{name}`) is missing", column + 1)))
    }

    /// # Errors
    /// When it is missing, negative, not whole or too large.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked just before"
    )]
    pub(super) fn index(&self, column: usize, name: &str) -> Result<usize, FormatError> {
        let value = self.get(column, name)?;
        if !(0.0..=1.0e9).contains(&value) || value.fract() != 0.0 {
            return Err(at(self.line, format!("`{name}` is {value}, a whole number wanted")));
        }
        Ok(value as usize)
    }
}

/// An error on a line.
pub(super) fn at(line: usize, what: impl Into<String>) -> FormatError {
    FormatError::Line {
        line,
        what: what.into(),
    }
}

/// At most forty characters.
pub(super) fn shorten(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= 40 {
        text.to_owned()
    } else {
        text.chars().take(39).chain(['…']).collect()
    }
}

/// The lines that hold something, counted from one.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty())
}
