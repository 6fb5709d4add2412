//! A row of a file, read from its bytes.

use std::collections::BTreeMap;
use std::path::Path;

use greenheart_ingest::{Collected, Limits, Source, tables};
use greenheart_model::MemberId;
use sha2::{Digest, Sha256};

use super::factors::{cells, number};

/// A row as it stood.
#[derive(Debug)]
pub enum SourceRow {
    /// A line of a journal.
    Journal {
        account: String,
        code: String,
        category: String,
        /// What the company calls the account.
        name: String,
        /// Debit less credit, in hundredths of a krone.
        net: i128,
        day: String,
        /// The transaction empties accounts into the result of the year.
        closing: bool,
    },
    /// A row of a table: cells by English heading.
    Table {
        kind: String,
        cells: BTreeMap<String, String>,
    },
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl SourceRow {
    /// Row `at` of a file, from 1.
    pub fn read(path: &Path, at: u64, _member: &MemberId) -> Self {
        let name = path.file_name().expect("a name").to_string_lossy();
        if name.ends_with(".xml") {
            let text = std::fs::read_to_string(path).expect("text");
            return journal(&text, usize::try_from(at).expect("small"));
        }
        if name.ends_with(".xlsx") {
            return workbook(path, at);
        }
        let bytes = std::fs::read(path).expect("bytes");
        let text = String::from_utf8(bytes).expect("UTF-8");
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
        let heading = lines.iter().find(|line| !line.starts_with('#')).expect("a heading");
        let comma = if heading.contains(';') { ';' } else { ',' };
        let row = lines[usize::try_from(at).expect("small") - 1];
        let decimal = if comma == ';' { ',' } else { '.' };
        table(&cells(heading, comma), &cells(row, comma), decimal)
    }

    /// What kind of row it is, in English.
    pub fn kind(&self) -> &str {
        match self {
            Self::Journal { .. } => "journal",
            Self::Table { kind, .. } => kind,
        }
    }
}

/// Cells of a workbook come through the library that opens it; what they mean is said here.
fn workbook(path: &Path, at: u64) -> SourceRow {
    let file = std::fs::File::open(path).expect("a file");
    let size = file.metadata().expect("known").len();
    let mut source = Source {
        name: "table.xlsx".into(),
        position: 0,
        size,
        reader: Box::new(std::io::BufReader::new(file)),
    };
    let rows = tables::text_rows(&mut source, &Limits::default(), &mut Collected::default()).expect("rows");
    let heading = rows
        .iter()
        .find(|(_, row)| !row[0].starts_with('#'))
        .expect("a heading");
    let (_, row) = rows.iter().find(|(number, _)| *number == at).expect("the row");
    table(&heading.1, row, '.')
}

/// Norwegian headings and words in English.
const WORDS: [(&str, &str); 31] = [
    ("Type", "Kind"),
    ("Vare", "Item"),
    ("Behandling", "Treatment"),
    ("Til", "To"),
    ("Mengde", "Quantity"),
    ("Enhet", "Unit"),
    ("Primærandel (%)", "Primary share (%)"),
    ("Tørrstoff (%)", "Dry content (%)"),
    ("Beløp", "Amount"),
    ("Motpart orgnr", "Counterparty org no"),
    ("elektrisitet", "electricity"),
    ("varme", "heat"),
    ("brensel", "fuel"),
    ("avfall", "waste"),
    ("materiale inn", "material"),
    ("material input", "material"),
    ("produkt ut", "product output"),
    ("tonn", "t"),
    ("liter", "l"),
    ("m³", "m3"),
    ("ombruk", "reuse"),
    ("materialgjenvinning", "recycling"),
    ("biologisk behandling", "biological"),
    ("biological treatment", "biological"),
    ("energiutnyttelse", "energy recovery"),
    ("energigjenvinning", "energy recovery"),
    ("forbrenning", "incineration"),
    ("deponi", "landfill"),
    ("utfylling", "backfill"),
    ("kompostering", "biological"),
    ("gjenvinning", "recycling"),
];

fn english(word: &str) -> String {
    let known = WORDS.iter().find(|(norwegian, _)| *norwegian == word);
    known.map_or(word, |(_, english)| english).to_owned()
}

fn table(heading: &[String], row: &[String], decimal: char) -> SourceRow {
    let mut found = BTreeMap::new();
    for (head, cell) in heading.iter().zip(row) {
        let name = english(head);
        let numeric = matches!(
            name.as_str(),
            "Quantity" | "Amount" | "Primary share (%)" | "Dry content (%)"
        );
        let value = if numeric && decimal == ',' {
            cell.replace(',', ".")
        } else {
            english(cell)
        };
        found.insert(name, value);
    }
    SourceRow::Table {
        kind: found["Kind"].clone(),
        cells: found,
    }
}

/// What stands between `<name>` and `</name>`.
fn inner<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let from = text.find(&open)? + open.len();
    let length = text[from..].find(&close)?;
    Some(&text[from..from + length])
}

fn journal(text: &str, at: usize) -> SourceRow {
    let from = text.match_indices("<Line>").nth(at - 1).expect("the line").0;
    let line = inner(&text[from..], "Line").expect("closed");
    let money = |name: &str| {
        let side = inner(line, name).and_then(|side| inner(side, "Amount"));
        side.map_or(0, |amount| number(amount, 2))
    };
    let begun = text[..from].rfind("<Transaction>").expect("a transaction");
    let transaction = inner(&text[begun..], "Transaction").expect("closed");
    let account = inner(line, "AccountID").expect("an account");
    let listed = format!("<AccountID>{account}</AccountID>");
    let master = &text[text.find(&listed).expect("a listed account")..];
    let master = &master[..master.find("</Account>").expect("closed")];
    SourceRow::Journal {
        account: account.to_owned(),
        code: inner(master, "GroupingCode").unwrap_or_default().to_owned(),
        category: inner(master, "GroupingCategory").unwrap_or_default().to_owned(),
        name: inner(master, "AccountDescription").unwrap_or_default().to_lowercase(),
        net: money("DebitAmount") - money("CreditAmount"),
        day: inner(transaction, "TransactionDate").expect("a day").to_owned(),
        closing: transaction.contains("<AccountID>8800</AccountID>"),
    }
}
