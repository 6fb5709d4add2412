//! The page of findings, made from the tables of the readers.

use greenheart_ingest::{ehf, meters, reduced, saft, shipments, tables, waste};
use greenheart_model::Severity;

type Findings = &'static [(&'static str, Severity, &'static str, &'static str)];

/// Readers in the order of the page, with their tables.
pub const READERS: [(&str, Findings); 7] = [
    ("Accounting files", saft::FINDINGS),
    ("Reduced accounts", reduced::FINDINGS),
    ("Invoices and deliveries", ehf::FINDINGS),
    ("Meters", meters::FINDINGS),
    ("Waste reports", waste::FINDINGS),
    ("Freight lists", shipments::FINDINGS),
    ("Plain tables", tables::FINDINGS),
];

/// `docs/guide/findings.md`.
pub fn page() -> String {
    let mut page = vec![String::from(
        "# What readers find\n\n\
         Made from the readers' own tables (`cargo run -p greenheart-ingest --example findings`); a test compares them.\n\n\
         An **error** blocks the file, a **warning** means that rows are missing or rest on an assumption, a **note** is good to\n\
         know. The first hundred of each code are kept with their place, and the number of all.\n",
    )];
    for (title, findings) in READERS {
        page.push(format!("\n## {title}\n"));
        for (code, severity, en, nb) in findings {
            page.push(format!("\n**`{code}`** ({severity}) {en}\n*{nb}*\n"));
        }
    }
    page.concat()
}
