//! Every code that this reader reports, what it means, and what to do.

use greenheart_model::Severity::{self, Error, Warning};

/// Code, severity, meaning and remedy in English, and in Norwegian bokmål.
pub const FINDINGS: &[(&str, Severity, &str, &str)] = &[
    (
        "reduced.form",
        Error,
        "The file begins like reduced accounts and is not whole. Make it again with `greenheart extract`.",
        "Filen begynner som et redusert regnskap og er ikke hel. Lag den på nytt med `greenheart extract`.",
    ),
    (
        "reduced.other_company",
        Error,
        "The reduced accounts belong to another company.",
        "Det reduserte regnskapet tilhører et annet selskap.",
    ),
    (
        "reduced.row",
        Warning,
        "The row cannot be used; the particulars say why.",
        "Raden kan ikke brukes; detaljene sier hvorfor.",
    ),
    (
        "reduced.total",
        Warning,
        "The rows do not add up to what the file states: something was changed or lost on the way. Make it again with `greenheart extract`.",
        "Radene summerer ikke til det filen oppgir: noe er endret eller tapt på veien. Lag den på nytt med `greenheart extract`.",
    ),
];
