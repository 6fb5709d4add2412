//! The register as a table: written with suggestions, filled in by a person, and read again.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use greenheart_model::{Date, Period, Text};
use greenheart_units::{Rate, Rounding};

use super::{Article, ArticleKey, Dated, Open, Register, Suggestion, Use};

/// The columns, in order. Those after `confirmed` are for people and are not read.
const COLUMNS: [&str; 16] = [
    "seller",
    "article",
    "unit",
    "from",
    "name",
    "item",
    "use",
    "kg_per_unit",
    "dry_percent",
    "primary_percent",
    "evidence",
    "confirmed",
    "lines",
    "quantity",
    "nok",
    "open",
];
/// Columns that are read.
const READ: usize = 12;

/// The table cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The columns are not those that were written.
    #[error("the first line must be `{expected}`")]
    Columns {
        /// The line that was expected.
        expected: String,
    },
    /// The text is no table.
    #[error("line {line} is no row of the table")]
    Form {
        /// The line, from 1.
        line: u64,
    },
}

/// A row that is confirmed but cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, `{column}`: `{text}` is not {expected}")]
pub struct RowError {
    /// The line, from 1.
    pub line: u64,
    /// The column.
    pub column: &'static str,
    /// What stands there.
    pub text: String,
    /// What should.
    pub expected: &'static str,
}

/// The register and suggestions as a table: `;` between columns, decimal comma, UTF-8. Confirmed articles say `yes`; a
/// person writes it behind the suggestions that are right, and `no` behind what shall be confirmed no more.
pub fn write_table(register: &Register, suggestions: &[Suggestion]) -> String {
    let mut text = format!("{}\n", COLUMNS.join(";"));
    let of: BTreeMap<&ArticleKey, &Suggestion> = suggestions.iter().map(|found| (&found.article.key, found)).collect();
    for suggestion in suggestions.iter().filter(|found| !found.confirmed) {
        row(&mut text, &suggestion.article, "", &facts(suggestion));
    }
    for article in register.articles() {
        let known = of.get(&article.key).map(|found| facts(found)).unwrap_or_default();
        row(&mut text, article, "yes", &known);
    }
    text
}

/// What the invoices say of an article, for whoever fills in the table.
fn facts(suggestion: &Suggestion) -> [String; 4] {
    let open: Vec<&str> = suggestion.open.iter().map(|open| Open::name(*open)).collect();
    let quantity = suggestion.quantity.map(|quantity| comma(&quantity.to_string()));
    [
        suggestion.lines.to_string(),
        quantity.unwrap_or_default(),
        comma(&suggestion.amount_nok.to_fixed(2)),
        open.join(" "),
    ]
}

fn row(text: &mut String, article: &Article, confirmed: &str, facts: &[String; 4]) {
    let percent = |permille: Option<u16>| permille.map(percent).unwrap_or_default();
    let rate = article
        .kg_per_unit
        .map(|rate| comma(&rate.to_string()))
        .unwrap_or_default();
    let from = article.from.map(|day| day.to_string()).unwrap_or_default();
    let (dry, primary) = (percent(article.dry_permille), percent(article.primary_permille));
    let cells = [
        &*article.key.seller,
        &*article.key.article,
        &*article.key.unit,
        &from,
        &*article.name,
        &*article.item,
        article.use_as.name(),
        &rate,
        &dry,
        &primary,
        &*article.evidence,
        confirmed,
    ];
    let written: Vec<String> = cells
        .into_iter()
        .chain(facts.iter().map(String::as_str))
        .map(quoted)
        .collect();
    let _ = writeln!(text, "{}", written.join(";"));
}

fn comma(number: &str) -> String {
    number.replace('.', ",")
}

fn percent(permille: u16) -> String {
    match permille % 10 {
        0 => (permille / 10).to_string(),
        tenth => format!("{},{tenth}", permille / 10),
    }
}

/// A cell; a spreadsheet must not take a name for a formula.
fn quoted(cell: &str) -> String {
    let number = cell
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b',' | b'.'));
    let runs = matches!(cell.chars().next(), Some('=' | '+' | '-' | '@' | '\t' | '\r')) && !number;
    let text = if runs { format!("'{cell}") } else { cell.to_owned() };
    if text.contains([';', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

/// What a person wrote into a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    /// Confirmed.
    pub articles: Vec<Article>,
    /// Confirmed no more.
    pub removed: Vec<Dated>,
    /// Confirmed, but unusable.
    pub errors: Vec<RowError>,
}

/// Reads a table that [`write_table`] wrote and a person filled in.
///
/// # Errors
/// [`TableError`] when it is not such a table.
pub fn read_table(text: &str) -> Result<Filled, TableError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| TableError::Form {
            line: error.position().map_or(0, csv::Position::line),
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.iter().map(str::to_owned).collect()));
    }
    read_rows(&rows)
}

/// The same from the cells of a table, wherever they stood: each row with its line, from 1.
///
/// # Errors
/// [`TableError`] when it is not such a table.
pub fn read_rows(rows: &[(u64, Vec<String>)]) -> Result<Filled, TableError> {
    let mut filled = Filled::default();
    let mut head = true;
    for (line, cells) in rows {
        let cells: Vec<&str> = (0..READ)
            .map(|at| cells.get(at).map(|cell| cell.trim()).unwrap_or_default())
            .collect();
        if std::mem::take(&mut head) {
            if !cells
                .iter()
                .zip(COLUMNS)
                .all(|(cell, name)| cell.eq_ignore_ascii_case(name))
            {
                return Err(not_the_columns());
            }
        } else if is_yes(cells[11]) {
            match article(&cells, *line) {
                Ok(article) => filled.articles.push(article),
                Err(error) => filled.errors.push(error),
            }
        } else if is_no(cells[11]) {
            match from(&cells, *line) {
                Ok(from) => filled.removed.push((key(&cells), from)),
                Err(error) => filled.errors.push(error),
            }
        }
    }
    if head { Err(not_the_columns()) } else { Ok(filled) }
}

fn not_the_columns() -> TableError {
    TableError::Columns {
        expected: COLUMNS.join(";"),
    }
}

fn is_no(cell: &str) -> bool {
    matches!(cell.to_lowercase().as_str(), "no" | "nei" | "n" | "0" | "false")
}

fn text(cell: &str) -> Text {
    cell.strip_prefix('\'').unwrap_or(cell).into()
}

fn key(cells: &[&str]) -> ArticleKey {
    ArticleKey {
        seller: text(cells[0]),
        article: text(cells[1]),
        unit: text(cells[2]),
    }
}

fn is_yes(cell: &str) -> bool {
    matches!(
        cell.to_lowercase().as_str(),
        "yes" | "ja" | "y" | "j" | "x" | "1" | "true"
    )
}

fn wrong(cells: &[&str], line: u64, at: usize, expected: &'static str) -> RowError {
    RowError {
        line,
        column: COLUMNS[at],
        text: cells[at].chars().take(60).collect(),
        expected,
    }
}

/// The first day that a row holds: a day, or a year or month as its first day.
fn from(cells: &[&str], line: u64) -> Result<Option<Date>, RowError> {
    match cells[3] {
        "" => Ok(None),
        text => text
            .parse::<Period>()
            .map(|period| Some(period.from()))
            .map_err(|_| wrong(cells, line, 3, "a day, month or year, as 2025-07-01, 2025-07 or 2025")),
    }
}

fn article(cells: &[&str], line: u64) -> Result<Article, RowError> {
    let wrong = |at, expected| wrong(cells, line, at, expected);
    let use_as = use_of(&cells[6].to_lowercase());
    let kg_per_unit = match cells[7] {
        "" => None,
        number => {
            let rate = Rate::parse_rounded(
                &number.replace([' ', '\u{a0}'], "").replace(',', "."),
                Rounding::HalfEven,
            );
            let rate = rate.ok().filter(|rate| !rate.is_negative() && !rate.is_zero());
            Some(rate.ok_or_else(|| wrong(7, "a number of kg above zero"))?)
        }
    };
    let share = |at: usize| match cells[at] {
        "" => Ok(None),
        number => permille(number)
            .map(Some)
            .ok_or_else(|| wrong(at, "a percentage from 0 to 100")),
    };
    if cells[1].is_empty() {
        return Err(wrong(1, "the number or name of an article"));
    }
    if cells[5].is_empty() {
        return Err(wrong(5, "an item"));
    }
    Ok(Article {
        key: key(cells),
        from: from(cells, line)?,
        name: text(cells[4]),
        item: text(cells[5]),
        use_as: use_as.ok_or_else(|| wrong(6, "one of input, packaging, fuel, resale, consumable, not_material"))?,
        kg_per_unit,
        dry_permille: share(8)?,
        primary_permille: share(9)?,
        evidence: text(cells[10]),
    })
}

/// A use by its name; what is no material, in the words that people have for it.
fn use_of(cell: &str) -> Option<Use> {
    match cell {
        "not material" | "ikke materiale" | "ikke_materiale" | "tjeneste" | "service" => Some(Use::NotMaterial),
        name => Use::from_name(name),
    }
}

fn permille(text: &str) -> Option<u16> {
    let plain = text.trim_end_matches('%').trim().replace(',', ".");
    let number = greenheart_units::Amount::parse_rounded(&plain, Rounding::HalfEven).ok()?;
    let thousandths = number.mantissa() / (greenheart_units::Amount::ONE_MANTISSA / 10);
    u16::try_from(thousandths)
        .ok()
        .filter(|share| *share <= 1000 && !number.is_negative())
}
