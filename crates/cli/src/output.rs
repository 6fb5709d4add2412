//! How results leave the program: a table for people, JSON and CSV for programs. Data goes to stdout,
//! talk to stderr.

use std::io::Write;

use comfy_table::{CellAlignment, ContentArrangement, TableComponent, presets};
use serde_json::Value;

use crate::language::Language;

/// The form of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs; documented in `docs/guide/json.md`.
    Json,
    /// For spreadsheets: the first table.
    Csv,
    /// Routes as CVRPLIB writes them; only `route solve` has them.
    Sol,
}

/// A table of texts with headings by message key.
#[derive(Debug, Clone)]
pub struct Table {
    title: String,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug, Clone)]
struct Column {
    key: &'static str,
    right: bool,
}

impl Table {
    /// An empty table. A column whose key begins with `>` holds numbers and is aligned right.
    pub fn new(title: impl Into<String>, columns: &[&'static str]) -> Self {
        let columns = columns
            .iter()
            .map(|key| Column {
                key: key.trim_start_matches('>'),
                right: key.starts_with('>'),
            })
            .collect();
        Self {
            title: title.into(),
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row; it has as many cells as there are columns.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn render(&self, language: &Language) -> String {
        let mut table = comfy_table::Table::new();
        // A line under the headings and none between rows: numbers below each other are what people compare.
        table
            .load_preset(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_style(TableComponent::HeaderLines, '─')
            .set_style(TableComponent::MiddleHeaderIntersections, '─');
        // A column in which nothing stands only pushes the others apart.
        let told = |at: &usize| {
            self.rows
                .iter()
                .any(|row| row.get(*at).is_some_and(|cell| !cell.is_empty()))
        };
        let kept: Vec<usize> = (0..self.columns.len()).filter(told).collect();
        table.set_header(kept.iter().map(|at| language.text(self.columns[*at].key)));
        for row in &self.rows {
            table.add_row(kept.iter().filter_map(|at| row.get(*at)));
        }
        for (place, at) in kept.iter().enumerate() {
            if let (true, Some(shown)) = (self.columns[*at].right, table.column_mut(place)) {
                shown.set_cell_alignment(CellAlignment::Right);
            }
        }
        if self.title.is_empty() {
            table.to_string()
        } else {
            format!("{}\n{table}", self.title)
        }
    }

    fn csv(&self) -> String {
        let line = |cells: Vec<String>| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",");
        let mut lines = vec![line(self.columns.iter().map(|column| column.key.to_owned()).collect())];
        lines.extend(self.rows.iter().map(|row| line(row.clone())));
        lines.join("\n")
    }
}

/// A cell of a CSV file. A text that a spreadsheet would run as a formula is made harmless.
fn quoted(cell: &str) -> String {
    let is_number = cell.parse::<greenheart_units::Amount>().is_ok();
    let harmless = match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') if !is_number => format!("'{cell}"),
        _ => cell.to_owned(),
    };
    if harmless.contains([',', '"', '\n', '\r', ';']) {
        format!("\"{}\"", harmless.replace('"', "\"\""))
    } else {
        harmless
    }
}

/// What a command has to say.
#[derive(Debug, Default)]
pub struct Output {
    /// The result as documented JSON.
    pub json: Value,
    /// The result for people.
    pub tables: Vec<Table>,
    /// Routes as text, when the command has some.
    pub routes: Option<String>,
    /// Sentences after the tables.
    pub notes: Vec<String>,
    /// Exit code when it is not success: the work was done, but its result calls for attention.
    pub exit: Option<crate::exit::Exit>,
}

impl Output {
    /// A result that is serialised as it is.
    pub fn of(result: &impl serde::Serialize) -> anyhow::Result<Self> {
        Ok(Self {
            json: serde_json::to_value(result)?,
            ..Self::default()
        })
    }

    /// Adds a table unless it is empty.
    pub fn table(mut self, table: Table) -> Self {
        if !table.is_empty() {
            self.tables.push(table);
        }
        self
    }

    /// Adds a sentence.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Writes it in the asked form.
    pub fn print(&self, format: Format, language: &Language, out: &mut dyn Write) -> std::io::Result<()> {
        match format {
            Format::Json => writeln!(out, "{:#}", self.json),
            Format::Csv => match self.tables.first() {
                Some(table) => writeln!(out, "{}", table.csv()),
                None => Ok(()),
            },
            Format::Sol => match &self.routes {
                Some(routes) => write!(out, "{routes}"),
                None => Err(std::io::Error::other(
                    "this command has no routes; ask for `--format json`",
                )),
            },
            Format::Table => {
                for table in &self.tables {
                    writeln!(out, "{}\n", table.render(language))?;
                }
                for note in &self.notes {
                    writeln!(out, "{note}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_people_are_spared_empty_columns() {
        let mut table = Table::new("", &["year", ">change", "status"]);
        table.row(["2024".to_owned(), String::new(), "known".to_owned()]);
        let shown = table.render(&Language::new(crate::language::Tongue::En));
        assert!(shown.contains("known") && !shown.contains("Change"), "{shown}");
        assert_eq!(table.csv(), "year,change,status\n2024,,known");
    }

    #[test]
    fn csv_is_harmless_in_a_spreadsheet() {
        for (cell, shown) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-12.5", "-12.5"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("plain", "plain"),
        ] {
            assert_eq!(quoted(cell), shown);
        }
    }
}
