//! The reduced file: a head of names and values, then a table; `;` between columns, decimal point, UTF-8.

use std::fmt::Write as _;
use std::io::Read;

use greenheart_model::{
    AccountRef, Activity, ActivityKind, ControlTotal, Counterparty, Coverage, Identifiers, OrgNo, RowPlace,
};
use greenheart_units::{Amount, DecimalError};

use super::{FINDINGS, Options, Reduced, ReducedKey, ReducedRow};
use crate::told::tell;
use crate::{Limits, ReadError, Sink, Source, Summary};

const MARK: &str = "greenheart-reduced";
const FORM: &str = "1";
const COLUMNS: [&str; 14] = [
    "month",
    "account",
    "grouping_category",
    "grouping_code",
    "kind",
    "class",
    "item",
    "tax_code",
    "counterparty",
    "country",
    "split",
    "currency",
    "lines",
    "amount",
];

/// Whether the beginning of a file looks like reduced accounts.
pub fn looks_like(head: &[u8]) -> bool {
    let begins = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    begins.starts_with(MARK.as_bytes())
}

/// Whose file it says it is.
pub fn peek(source: &mut Source<'_>, _limits: &Limits) -> Option<OrgNo> {
    let mut head = Vec::new();
    (&mut source.reader).take(4 << 10).read_to_end(&mut head).ok()?;
    let text = String::from_utf8_lossy(&head);
    text.lines()
        .find_map(|line| line.strip_prefix("member;")?.trim().parse().ok())
}

/// The file that leaves.
///
/// # Errors
/// When the sum of all rows does not fit.
pub fn write(reduced: &Reduced) -> Result<String, DecimalError> {
    let mut text = format!("{MARK};{FORM}\n");
    // Writing to a text cannot fail.
    if let Some(member) = reduced.member {
        let _ = writeln!(text, "member;{member}");
    }
    for coverage in &reduced.coverage {
        let _ = writeln!(text, "covers;{};{}", coverage.kind, coverage.period);
    }
    let mut totals = Totals::default();
    reduced.rows.iter().try_for_each(|row| totals.add(row))?;
    for (name, total) in totals.named() {
        let _ = writeln!(text, "total;{name};{total}");
    }
    let _ = writeln!(text, "{}", COLUMNS.join(";"));
    for row in &reduced.rows {
        let cells = cells(row).map(|cell| quoted(&cell));
        let _ = writeln!(text, "{}", cells.join(";"));
    }
    Ok(text)
}

fn cells(row: &ReducedRow) -> [String; 14] {
    let key = &row.key;
    let text = |text: &Option<greenheart_model::Text>| text.as_deref().unwrap_or_default().to_owned();
    [
        key.month.to_string(),
        key.account.to_string(),
        key.grouping_category.to_string(),
        key.grouping_code.to_string(),
        key.kind.name().to_owned(),
        key.class.name().to_owned(),
        key.item.to_string(),
        text(&key.tax_code),
        key.counterparty.map(|number| number.to_string()).unwrap_or_default(),
        text(&key.country),
        String::from(if key.ambiguous_split { "1" } else { "" }),
        key.currency.to_string(),
        row.lines.to_string(),
        row.amount.to_string(),
    ]
}

fn quoted(cell: &str) -> String {
    if cell.contains([';', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// Rows, and amounts of sales and of everything else, which the reader checks.
#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    rows: u64,
    sales: Amount,
    other: Amount,
    purchases: Amount,
}

impl Totals {
    fn add(&mut self, row: &ReducedRow) -> Result<(), DecimalError> {
        self.rows += 1;
        let slot = if row.key.kind == ActivityKind::Sale {
            &mut self.sales
        } else {
            &mut self.other
        };
        *slot = slot.checked_add(row.amount)?;
        if matches!(row.key.kind, ActivityKind::Purchase | ActivityKind::CapitalGood) {
            self.purchases = self.purchases.checked_add(row.amount)?;
        }
        Ok(())
    }

    fn named(&self) -> [(&'static str, Amount); 3] {
        let rows = Amount::from_integer(i64::try_from(self.rows).unwrap_or(i64::MAX));
        [("rows", rows), ("sales", self.sales), ("other", self.other)]
    }
}

/// Reads reduced accounts.
///
/// # Errors
/// [`ReadError::Refused`] with a finding of severity error when the file cannot be used at all.
pub fn read(source: &mut Source<'_>, options: &Options, sink: &mut dyn Sink) -> Result<Summary, ReadError> {
    let mut reading = Reading {
        file: source.name.as_str().into(),
        options,
        sink,
        summary: Summary::default(),
        stated: Vec::new(),
        totals: Totals::default(),
        in_table: false,
    };
    let mut table = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_reader((&mut source.reader).take(options.limits.unpacked_bytes));
    let mut record = csv::StringRecord::new();
    let (mut number, mut told) = (0_u64, 0_u64);
    loop {
        match table.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) if error.is_io_error() => {
                return Err(ReadError::Io(std::io::Error::other(error)));
            }
            Err(error) => return reading.refuse(number + 1, &error.to_string()),
        }
        let place = record.position().map_or((number + 1, 0), |at| (at.line(), at.byte()));
        number = place.0;
        if place.1 >= told {
            reading.sink.progress(place.1)?;
            told = place.1 + (1 << 20);
        }
        let cells: Vec<&str> = record.iter().map(str::trim).collect();
        reading.line(number, &cells)?;
    }
    reading.finish()
}

struct Reading<'a> {
    file: greenheart_model::Text,
    options: &'a Options,
    sink: &'a mut dyn Sink,
    summary: Summary,
    stated: Vec<(String, Amount)>,
    totals: Totals,
    in_table: bool,
}

impl Reading<'_> {
    fn line(&mut self, number: u64, cells: &[&str]) -> Result<(), ReadError> {
        if self.in_table {
            return self.row(number, cells);
        }
        let first = cells.first().map(|cell| cell.trim_start_matches('\u{feff}'));
        match (first, cells) {
            (Some(MARK), [_, FORM, ..]) if number == 1 => Ok(()),
            _ if number == 1 => self.refuse(number, "another form than 1"),
            (Some("member"), [_, number_of, ..]) => match (number_of.parse::<OrgNo>(), self.options.expected_org) {
                (Ok(stated), Some(expected)) if stated != expected => {
                    self.note("reduced.other_company", number, &stated.to_string());
                    Err(ReadError::Refused {
                        code: "reduced.other_company",
                    })
                }
                (Ok(stated), _) => {
                    self.summary.org_no = Some(stated);
                    Ok(())
                }
                (Err(_), _) => self.refuse(number, "no organisation number"),
            },
            (Some("covers"), [_, kind, period, ..]) => match (kind.parse(), period.parse()) {
                (Ok(kind), Ok(period)) => {
                    self.summary.coverage.push(Coverage { kind, period });
                    Ok(())
                }
                _ => self.refuse(number, "no coverage"),
            },
            (Some("total"), [_, name, total, ..]) => match total.parse() {
                Ok(total) => {
                    self.stated.push(((*name).to_owned(), total));
                    Ok(())
                }
                Err(_) => self.refuse(number, "no total"),
            },
            (Some("month"), _) if cells == COLUMNS => {
                self.in_table = true;
                Ok(())
            }
            _ => self.refuse(number, "neither head nor table"),
        }
    }

    fn row(&mut self, number: u64, cells: &[&str]) -> Result<(), ReadError> {
        if self.summary.rows >= self.options.limits.rows {
            return self.refuse(number, "too many rows");
        }
        let row = match parsed(cells) {
            Ok(row) if self.options.limits.years.contains(&row.key.month.year()) => row,
            Ok(_) => {
                self.note("reduced.row", number, "month");
                return Ok(());
            }
            Err(column) => {
                self.note("reduced.row", number, column);
                return Ok(());
            }
        };
        self.summary.rows += 1;
        let activity = activity(&row, self.summary.rows, number);
        if self.totals.add(&row).is_err() {
            return self.refuse(number, "the sum of the amounts does not fit");
        }
        Ok(self.sink.activity(activity)?)
    }

    fn finish(mut self) -> Result<Summary, ReadError> {
        if !self.in_table {
            return self.refuse(1, "no table");
        }
        for (name, computed) in self.totals.named() {
            let stated = self.stated.iter().find(|(of, _)| of == name).map(|(_, total)| *total);
            let total = ControlTotal {
                name: name.to_owned(),
                stated,
                computed,
            };
            if !total.holds() {
                let shown = stated.unwrap_or_default();
                let detail = format!("{name}: the file states {shown}, its rows give {computed}");
                self.note("reduced.total", 0, &detail);
            }
            self.summary.control_totals.push(total);
        }
        let (revenue, purchases) = (self.totals.sales.to_string(), self.totals.purchases.to_string());
        self.summary.overview = serde_json::json!({ "revenue": revenue, "purchases": purchases });
        Ok(self.summary)
    }

    fn refuse<T>(&mut self, row: u64, detail: &str) -> Result<T, ReadError> {
        self.note("reduced.form", row, detail);
        Err(ReadError::Refused { code: "reduced.form" })
    }

    fn note(&mut self, code: &str, row: u64, detail: &str) {
        let detail = detail.chars().take(120).collect();
        tell(self.sink, FINDINGS, code, (&self.file, row, ""), detail);
    }
}

/// A row, or the name of the first column that is wrong.
fn parsed(cells: &[&str]) -> Result<ReducedRow, &'static str> {
    let cell = |at: usize| cells.get(at).copied().ok_or(COLUMNS[at]);
    let given = |at: usize| cell(at).map(|text| (!text.is_empty()).then(|| text.into()));
    let wrong = |at: usize| COLUMNS[at];
    let counterparty = match cell(8)? {
        "" => None,
        number => Some(number.parse().map_err(|_| wrong(8))?),
    };
    Ok(ReducedRow {
        key: ReducedKey {
            month: cell(0)?.parse().map_err(|_| wrong(0))?,
            account: cell(1)?.into(),
            grouping_category: cell(2)?.into(),
            grouping_code: cell(3)?.into(),
            kind: cell(4)?.parse().map_err(|_| wrong(4))?,
            class: cell(5)?.parse().map_err(|_| wrong(5))?,
            item: cell(6)?.into(),
            tax_code: given(7)?,
            counterparty,
            country: given(9)?,
            ambiguous_split: cell(10)? == "1",
            currency: cell(11)?.parse().map_err(|_| wrong(11))?,
        },
        lines: cell(12)?.parse().map_err(|_| wrong(12))?,
        amount: cell(13)?.parse().map_err(|_| wrong(13))?,
    })
}

fn activity(row: &ReducedRow, row_no: u64, line: u64) -> Activity {
    let key = &row.key;
    let other = Counterparty {
        org_no: key.counterparty,
        country: key.country.clone(),
        ..Counterparty::default()
    };
    Activity {
        row_no,
        place: RowPlace { file: 0, row: line },
        kind: key.kind,
        class: key.class,
        item: key.item.clone(),
        site: None,
        period: key.month.period(),
        quantity: None,
        raw_quantity: None,
        amount: Some(row.amount),
        currency: key.currency,
        counterparty: (other != Counterparty::default()).then_some(other),
        account: Some(AccountRef {
            id: key.account.clone(),
            grouping_category: key.grouping_category.clone(),
            grouping_code: key.grouping_code.clone(),
        }),
        tax_code: key.tax_code.clone(),
        waste_code: None,
        treatment: None,
        primary_permille: None,
        dry_permille: None,
        supplier_co2e: None,
        ambiguous_split: key.ambiguous_split,
        identifiers: Identifiers::default(),
        carriage: None,
    }
}
