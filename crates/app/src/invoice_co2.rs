//! CO2 properties on a member's own outgoing invoices, from a table of its articles. No installation is needed.
//!
//! What a member writes here its customers read as the supplier's own figure, before any factor.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use greenheart_ingest::ehf::{FactorSource, InvoiceLine, LineCo2, invoice_lines, write_co2};
use greenheart_ingest::{Collected, Limits, Source, tables};
use greenheart_units::Amount;
use serde::{Deserialize, Serialize};

use crate::AppError;

/// The columns of the table.
const COLUMNS: [&str; 6] = [
    "article",
    "kg_co2e_per_unit",
    "source",
    "calculation_rate",
    "calculation_unit",
    "link",
];
/// Where an invoice is larger than any invoice.
const MOST_BYTES: u64 = 64 << 20;

/// What was written into an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelledInvoice {
    /// Name of its file.
    pub file: String,
    /// Lines that carry CO2 now, with the article of the table.
    pub labelled: Vec<(String, String)>,
    /// Names of the lines that the table does not know; they stay as they are.
    pub without: Vec<String>,
}

/// kg CO2e of each article that a member sells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SoldCo2(BTreeMap<String, LineCo2>);

impl SoldCo2 {
    /// Reads the table: CSV of any separator, or a workbook.
    ///
    /// # Errors
    /// When it is no such table; the message names row and column.
    pub fn open(path: &Path) -> Result<Self, AppError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let hint = format!("its columns are `{}`; the last three may be empty", COLUMNS.join(";"));
        let bytes = std::fs::read(path).map_err(AppError::io(format!("reading `{}`", path.display())))?;
        let mut source = Source {
            name: name.clone(),
            position: 0,
            size: bytes.len() as u64,
            reader: Box::new(std::io::Cursor::new(bytes)),
        };
        let rows = tables::text_rows(&mut source, &Limits::default(), &mut Collected::default())
            .map_err(|error| AppError::input(format!("`{name}`: {error}"), &*hint))?;
        let mut rows = rows.iter();
        let is_head = |cells: &Vec<String>| {
            COLUMNS
                .iter()
                .zip(cells)
                .take(3)
                .all(|(name, cell)| *name == cell.trim())
        };
        if !rows.next().is_some_and(|(_, cells)| cells.len() >= 3 && is_head(cells)) {
            return Err(AppError::input(
                format!("`{name}` is not a table of CO2 by article"),
                hint,
            ));
        }
        let mut sold = BTreeMap::new();
        for (number, cells) in rows {
            let wrong = |column: &str| AppError::input(format!("`{name}`, row {number}, `{column}`"), &*hint);
            let (article, co2) = read_row(cells).map_err(wrong)?;
            sold.insert(article, co2);
        }
        Ok(Self(sold))
    }

    /// The article of the table that a line is of: by the seller's number or GTIN, else by name.
    fn find(&self, line: &InvoiceLine) -> Option<(&String, &LineCo2)> {
        let mut names = line.articles.iter().chain([&line.name]);
        names.find_map(|name| self.0.get_key_value(name.trim()))
    }
}

/// A row, or the name of the first column that is wrong.
fn read_row(cells: &[String]) -> Result<(String, LineCo2), &'static str> {
    let cell = |at: usize| cells.get(at).map(|cell| cell.trim()).unwrap_or_default();
    let number = |at: usize| -> Result<Amount, &'static str> {
        let plain = cell(at).replace([' ', '\u{a0}'], "").replace(',', ".");
        plain.parse().map_err(|_| COLUMNS[at])
    };
    let given = |at: usize| (!cell(at).is_empty()).then(|| cell(at).to_owned());
    if cell(0).is_empty() {
        return Err(COLUMNS[0]);
    }
    let co2 = LineCo2 {
        factor: number(1)?,
        source: match cell(2).to_lowercase().as_str() {
            "internal" => FactorSource::Internal,
            "database" => FactorSource::Database,
            _ => return Err(COLUMNS[2]),
        },
        calculation_rate: given(3).map(|_| number(3)).transpose()?,
        calculation_unit: given(4),
        link: given(5),
    };
    Ok((cell(0).to_owned(), co2))
}

/// Writes the CO2 of what is sold into invoices, each under its own name into `folder`; the originals stay.
///
/// # Errors
/// When a file is no invoice, or would be overwritten.
pub fn label_invoices(files: &[PathBuf], sold: &SoldCo2, folder: &Path) -> Result<Vec<LabelledInvoice>, AppError> {
    let mut labelled = Vec::new();
    std::fs::create_dir_all(folder).map_err(AppError::io(format!("making `{}`", folder.display())))?;
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let target = folder.join(&name);
        if target.exists() {
            return Err(AppError::input(
                format!("`{}` is there already", target.display()),
                "name an empty folder with `--out`",
            ));
        }
        let size = std::fs::metadata(path)
            .map_err(AppError::io(format!("reading `{name}`")))?
            .len();
        if size > MOST_BYTES {
            return Err(AppError::input(
                format!("`{name}` is too large for an invoice"),
                "name invoices (XML)",
            ));
        }
        let text = std::fs::read_to_string(path).map_err(AppError::io(format!("reading `{name}`")))?;
        let wrong = |error: greenheart_ingest::ehf::WriteError| {
            AppError::input(format!("`{name}`: {error}"), "name EHF or Peppol invoices (XML)")
        };
        let (mut lines, mut report) = (
            BTreeMap::new(),
            LabelledInvoice {
                file: name.clone(),
                labelled: Vec::new(),
                without: Vec::new(),
            },
        );
        for line in invoice_lines(&text).map_err(wrong)? {
            match sold.find(&line) {
                Some((article, co2)) => {
                    report.labelled.push((line.id.clone(), article.clone()));
                    lines.insert(line.id, co2.clone());
                }
                None => report.without.push(line.name),
            }
        }
        let written = write_co2(&text, &lines).map_err(wrong)?;
        std::fs::write(&target, written).map_err(AppError::io(format!("writing `{}`", target.display())))?;
        labelled.push(report);
    }
    Ok(labelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVOICE: &str = include_str!("../../ingest/tests/fixtures/ehf/goods.xml");

    #[test]
    fn articles_of_the_table_get_their_co2_and_others_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let (table, invoice) = (folder.path().join("co2.csv"), folder.path().join("F-100.xml"));
        std::fs::write(
            &table,
            format!(
                "{}\nSP10;1900,5;Database;10;KGM;https://example.org/epd\n",
                COLUMNS.join(";")
            ),
        )
        .expect("written");
        std::fs::write(&invoice, INVOICE).expect("written");
        let sold = SoldCo2::open(&table).expect("the table");
        let out = folder.path().join("out");
        let report = label_invoices(std::slice::from_ref(&invoice), &sold, &out).expect("labelled");
        assert_eq!(report[0].labelled, [("1".to_owned(), "SP10".to_owned())]);
        assert_eq!(report[0].without, ["Autodiesel, levert"]);
        let written = std::fs::read_to_string(out.join("F-100.xml")).expect("read");
        assert!(written.contains("<cbc:Value>4751.25</cbc:Value>"), "2.5 t times 1900.5");
        assert_eq!(
            std::fs::read_to_string(&invoice).expect("read"),
            INVOICE,
            "the original stays"
        );
        assert!(
            label_invoices(&[invoice], &sold, &out).is_err(),
            "nothing is overwritten"
        );
    }

    #[test]
    fn a_wrong_table_says_where() {
        let folder = tempfile::tempdir().expect("a folder");
        let table = folder.path().join("co2.csv");
        let head = COLUMNS.join(";");
        for (text, expect) in [
            ("a;b;c\n".to_owned(), "not a table"),
            (format!("{head}\nSP10;much;Database\n"), "row 2, `kg_co2e_per_unit`"),
            (format!("{head}\nSP10;1;somebody\n"), "row 2, `source`"),
            (format!("{head}\n;1;Internal\n"), "row 2, `article`"),
        ] {
            std::fs::write(&table, &text).expect("written");
            let error = SoldCo2::open(&table).expect_err("wrong").to_string();
            assert!(error.contains(expect), "{expect}: {error}");
        }
    }
}
