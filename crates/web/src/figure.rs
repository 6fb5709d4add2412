//! A figure as typed data: rows and columns with units, links to reasons and a source. The chart, the table beside it and
//! the files to take away are all made of it, so that they cannot differ.

use greenheart_units::{Amount, Rate, Rounding};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::{Value, json};

use crate::chart::Svg;
use crate::numbers;
use crate::shown::Shown;
use crate::words::{Tongue, Words};

/// How it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Columns are lines over the rows.
    Lines,
    /// Columns lie on top of each other, a bar for each row.
    Stacked,
    /// Every cell is a field.
    Heat,
    /// The first column as lying bars.
    Bars,
    /// Rows are places.
    Map,
    /// The first row and those of its group are sums, the others steps from one to the next.
    Waterfall,
    /// Rows are flows; drawn where the page is made.
    Flows,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Stacked => "stacked",
            Self::Heat => "heat",
            Self::Bars => "bars",
            Self::Map => "map",
            Self::Waterfall => "waterfall",
            Self::Flows => "flows",
        }
    }
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Stable name.
    pub key: String,
    /// As people read it.
    pub label: String,
    /// Drawn as something to hold against, not as something found.
    pub dashed: bool,
    /// Drawn as a forecast: only its ends are known.
    pub band: bool,
    /// What the legend says, where it stands for several columns.
    pub legend: Option<String>,
}

impl Column {
    /// Something found.
    pub fn new(key: &str, label: String) -> Self {
        Self {
            key: key.to_owned(),
            label,
            dashed: false,
            band: false,
            legend: None,
        }
    }
}

/// A value with its reason.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// In the figure's unit; `None` is missing.
    pub value: Option<Amount>,
    /// Words in place of a number.
    pub text: Option<String>,
    /// Where it is explained.
    pub why: Option<String>,
}

impl Cell {
    /// A number with its reason.
    pub fn of(value: Option<Amount>, why: Option<String>) -> Self {
        Self { value, why, text: None }
    }

    /// Words.
    pub fn words(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::default()
        }
    }
}

/// A row.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is of.
    pub label: String,
    /// Number of its colour, from 1.
    pub group: u8,
    /// Where it leads.
    pub why: Option<String>,
    /// One for each column.
    pub cells: Vec<Cell>,
}

/// A figure.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its address without the ending and with what it was asked with: `completeness?year=2024`.
    pub name: String,
    /// How it is drawn.
    pub kind: Kind,
    /// What it is of.
    pub title: String,
    /// How to read it.
    pub about: String,
    /// Unit of every number.
    pub unit: String,
    /// Decimals of its numbers on the page.
    pub decimals: u32,
    /// What the rows are.
    pub rows_are: String,
    /// Where its numbers come from: snapshot and rule.
    pub source: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Row>,
    /// What is drawn without a script.
    pub plain: Option<Svg>,
}

/// Where a figure is taken away that is too long to draw on its page.
pub struct Take {
    /// As [`Figure::name`].
    pub name: String,
}

impl Take {
    /// Its address with an ending: `csv` or `xlsx`.
    pub fn address(&self, ending: &str) -> String {
        address(&self.name, ending)
    }
}

fn address(name: &str, ending: &str) -> String {
    let (name, query) = name.split_once('?').unwrap_or((name, ""));
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/figures/{name}.{ending}{mark}{query}")
}

impl Figure {
    /// Its address with an ending: `json`, `csv` or `xlsx`.
    pub fn address(&self, ending: &str) -> String {
        address(&self.name, ending)
    }

    /// Whether it stands drawn on the page, so that no script draws it.
    pub fn is_drawn(&self) -> bool {
        self.kind == Kind::Flows
    }

    /// Whether it is a map.
    pub fn is_map(&self) -> bool {
        self.kind == Kind::Map
    }

    /// A cell in the table on the page.
    pub fn shown(&self, cell: &Cell, words: &Words) -> Shown {
        let text = match (&cell.value, &cell.text) {
            (Some(value), _) => numbers::number(*value, self.decimals, words.tongue),
            (None, Some(text)) => {
                return Shown {
                    text: text.clone(),
                    href: cell.why.clone(),
                };
            }
            (None, None) => words.text("missing"),
        };
        Shown {
            text,
            href: cell.why.clone().filter(|_| cell.value.is_some()),
        }
    }

    /// What a script draws.
    pub fn json(&self) -> Value {
        let row = |row: &Row| {
            let cells: Vec<Value> = row
                .cells
                .iter()
                .map(
                    |cell| json!({ "value": cell.value.map(Amount::to_model_f64), "text": cell.text, "why": cell.why }),
                )
                .collect();
            json!({ "label": row.label, "group": row.group, "why": row.why, "cells": cells })
        };
        let column = |column: &Column| json!({ "key": column.key, "label": column.label, "dashed": column.dashed, "band": column.band, "legend": column.legend });
        json!({
            "kind": self.kind.name(),
            "title": self.title,
            "unit": self.unit,
            "source": self.source,
            "columns": self.columns.iter().map(column).collect::<Vec<_>>(),
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
        })
    }

    /// A table of text, as the spreadsheet programs of each language open it.
    ///
    /// # Errors
    /// When a row cannot be written.
    pub fn csv(&self, words: &Words) -> Result<Vec<u8>, csv::Error> {
        let delimiter = if words.tongue == Tongue::Nb { b';' } else { b',' };
        let mut out = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_writer(vec![0xef, 0xbb, 0xbf]);
        out.write_record(self.head().iter().map(|text| harmless(text)))?;
        for row in &self.rows {
            let cells = row.cells.iter().map(|cell| match (&cell.value, &cell.text) {
                (Some(value), _) => match words.tongue {
                    Tongue::Nb => value.to_string().replace('.', ","),
                    Tongue::En => value.to_string(),
                },
                (None, Some(text)) => harmless(text),
                (None, None) => String::new(),
            });
            out.write_record(std::iter::once(harmless(&row.label)).chain(cells))?;
        }
        for (name, text) in self.particulars(words) {
            out.write_record([harmless(&name), harmless(&text)])?;
        }
        out.into_inner().map_err(|error| error.into_error().into())
    }

    /// A workbook: numbers are numbers, and text is never a formula.
    ///
    /// # Errors
    /// When the workbook cannot be made.
    pub fn xlsx(&self, words: &Words) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let bold = Format::new().set_bold();
        let sheet = book.add_worksheet();
        for (at, text) in (0u16..).zip(self.head()) {
            sheet.write_string_with_format(0, at, text, &bold)?;
        }
        for (at, row) in (1u32..).zip(&self.rows) {
            sheet.write_string(at, 0, &row.label)?;
            for (column, cell) in (1u16..).zip(&row.cells) {
                match (&cell.value, &cell.text) {
                    (Some(value), _) => drop(sheet.write_number(at, column, value.to_model_f64())?),
                    (None, Some(text)) => drop(sheet.write_string(at, column, text)?),
                    (None, None) => {}
                }
            }
        }
        sheet.set_column_width(0, 36)?;
        let about = book.add_worksheet();
        for (at, (name, text)) in (0u32..).zip(self.particulars(words)) {
            about.write_string_with_format(at, 0, name, &bold)?;
            about.write_string(at, 1, text)?;
        }
        about.set_column_width(0, 18)?.set_column_width(1, 90)?;
        book.save_to_buffer()
    }

    fn head(&self) -> Vec<String> {
        let unit = if self.unit.is_empty() {
            String::new()
        } else {
            format!(" ({})", self.unit)
        };
        let columns = self.columns.iter().map(|column| format!("{}{unit}", column.label));
        std::iter::once(self.rows_are.clone()).chain(columns).collect()
    }

    fn particulars(&self, words: &Words) -> Vec<(String, String)> {
        vec![
            (words.text("figure"), self.title.clone()),
            (words.text("about"), self.about.clone()),
            (words.text("source"), self.source.clone()),
        ]
    }
}

/// Text that a spreadsheet would take for a formula is marked as text.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A share as percent.
pub fn percent(share: Rate) -> Amount {
    // A rate has twelve decimals and an amount six; a percent is a hundredth.
    Amount::from_mantissa(Rounding::HalfEven.divide(share.mantissa(), 10_000))
}

/// Kilograms as tonnes.
pub fn tonnes(kg: Amount) -> Amount {
    Amount::from_mantissa(Rounding::HalfEven.divide(kg.mantissa(), 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure() -> Figure {
        Figure {
            name: "x?year=2024".into(),
            kind: Kind::Bars,
            title: "Ting".into(),
            about: "+ om".into(),
            unit: "t".into(),
            decimals: 1,
            rows_are: "Medlem".into(),
            source: "s1".into(),
            columns: vec![Column::new("kg", "Sum".into()), Column::new("at", "Note".into())],
            rows: vec![Row {
                label: "=HYPERLINK(\"x\")".into(),
                group: 1,
                why: None,
                cells: vec![Cell::of("-1234.5".parse().ok(), None), Cell::words("@cmd")],
            }],
            plain: None,
        }
    }

    #[test]
    fn a_name_is_never_a_formula_and_a_number_stays_one() {
        let norwegian = String::from_utf8(figure().csv(Words::of(Tongue::Nb)).unwrap()).unwrap();
        assert!(
            norwegian.starts_with("\u{feff}Medlem;Sum (t);Note (t)\n"),
            "{norwegian}"
        );
        assert!(norwegian.contains("'=HYPERLINK"), "{norwegian}");
        assert!(norwegian.contains(";-1234,5;'@cmd\n"), "{norwegian}");
        let english = String::from_utf8(figure().csv(Words::of(Tongue::En)).unwrap()).unwrap();
        assert!(english.contains(",-1234.5,'@cmd\n"), "{english}");
        assert!(english.contains("'+ om"), "{english}");
    }

    #[test]
    fn a_workbook_holds_no_formula() {
        let bytes = figure().xlsx(Words::of(Tongue::Nb)).unwrap();
        assert!(bytes.starts_with(b"PK"));
        assert!(!bytes.windows(3).any(|window| window == b"<f>"));
    }

    #[test]
    fn shares_and_tonnes() {
        assert_eq!(percent("-0.2".parse().unwrap()), Amount::from_integer(-20));
        assert_eq!(tonnes(Amount::from_integer(1_500)).to_string(), "1.5");
    }

    #[test]
    fn addresses_keep_what_was_asked() {
        assert_eq!(figure().address("csv"), "/figures/x.csv?year=2024");
    }
}
