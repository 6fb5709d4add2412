//! How readers tell what they found: each has a table of its codes, and a finding takes its severity from there.

use greenheart_model::{Finding, Place, Severity, Text};

use crate::Sink;

/// Code, severity, meaning and remedy in English, and in Norwegian bokmål.
pub(crate) type Codes = [(&'static str, Severity, &'static str, &'static str)];

/// The severity that a table gives a code; an error for a code that is not in it.
pub(crate) fn severity_of(codes: &Codes, code: &str) -> Severity {
    codes
        .iter()
        .find(|(known, ..)| *known == code)
        .map_or(Severity::Error, |(_, severity, ..)| *severity)
}

/// A finding at a row of a file; row 0 is the file, an empty field the row.
pub(crate) fn finding(code: &str, severity: Severity, file: &Text, row: u64, field: &str, detail: String) -> Finding {
    Finding {
        code: code.into(),
        severity,
        place: Place {
            file: file.clone(),
            row,
            field: field.into(),
        },
        detail,
    }
}

/// Gives a finding of a table to the sink.
pub(crate) fn tell(
    sink: &mut dyn Sink,
    codes: &Codes,
    code: &str,
    (file, row, field): (&Text, u64, &str),
    detail: String,
) {
    sink.finding(finding(code, severity_of(codes, code), file, row, field, detail));
}
