//! Every code that this reader reports, what it means, and what to do.

use greenheart_model::Severity::{self, Error, Note, Warning};

/// Code, severity, meaning and remedy in English, and in Norwegian bokmål.
pub const FINDINGS: &[(&str, Severity, &str, &str)] = &[
    (
        "saft.empty",
        Error,
        "The file has no content. Export it again.",
        "Filen er tom. Eksporter den på nytt.",
    ),
    (
        "saft.not_saft",
        Error,
        "This is not a SAF-T Financial file. Look for the export named SAF-T Financial (SAF-T Regnskap) in the accounting system.",
        "Dette er ikke en SAF-T Regnskap-fil. Se etter eksporten SAF-T Regnskap i regnskapssystemet.",
    ),
    (
        "saft.truncated",
        Error,
        "The file ends in the middle. Copy or export it again.",
        "Filen slutter midt i. Kopier eller eksporter den på nytt.",
    ),
    (
        "saft.malformed",
        Error,
        "The XML is broken at the place named.",
        "XML-en er ødelagt på stedet som er oppgitt.",
    ),
    (
        "saft.encoding",
        Error,
        "The bytes are not in the encoding that the file states.",
        "Tegnene er ikke i tegnsettet som filen oppgir.",
    ),
    (
        "saft.doctype",
        Error,
        "The file declares its own entities, which SAF-T does not, and which can hide an attack. It is not read.",
        "Filen erklærer egne entiteter. Det gjør ikke SAF-T, og det kan skjule et angrep. Den leses ikke.",
    ),
    (
        "saft.too_large",
        Error,
        "The content passes a limit of size.",
        "Innholdet går over en størrelsesgrense.",
    ),
    (
        "saft.archive",
        Error,
        "The archive cannot be read.",
        "Arkivet kan ikke leses.",
    ),
    (
        "saft.other_company",
        Error,
        "The file belongs to another organisation number than the one it was handed in for.",
        "Filen tilhører et annet organisasjonsnummer enn det den ble levert for.",
    ),
    (
        "saft.parts_differ",
        Error,
        "The files belong to different companies and cannot be one set. Import them one at a time.",
        "Filene tilhører ulike foretak og kan ikke være ett sett. Importer dem hver for seg.",
    ),
    (
        "saft.company_number",
        Warning,
        "The organisation number in the header is not valid.",
        "Organisasjonsnummeret i hodet er ikke gyldig.",
    ),
    (
        "saft.namespace",
        Warning,
        "The file lacks the namespace of SAF-T Financial. It is read by the names of its elements.",
        "Filen mangler navnerommet til SAF-T Regnskap. Den leses etter elementnavn.",
    ),
    (
        "saft.version",
        Warning,
        "The version of the file is not known.",
        "Filens versjon er ikke kjent.",
    ),
    (
        "saft.version_draft",
        Warning,
        "The file follows the draft of version 2.0. What it shares with 1.30 is read; source documents are not.",
        "Filen følger utkastet til versjon 2.0. Det som er felles med 1.30 leses; kildedokumenter leses ikke.",
    ),
    (
        "saft.selection",
        Warning,
        "The header does not state the period of the export; the period of its lines is used.",
        "Hodet oppgir ikke perioden for eksporten; perioden til linjene brukes.",
    ),
    (
        "saft.control_total",
        Warning,
        "A total that the file states differs from the sum of its lines. Lines may be missing: export again.",
        "En sum som filen oppgir, avviker fra summen av linjene. Linjer kan mangle: eksporter på nytt.",
    ),
    (
        "saft.unbalanced",
        Warning,
        "Debit and credit of the file differ.",
        "Debet og kredit i filen er ikke like.",
    ),
    (
        "saft.account_balance",
        Warning,
        "The lines on an account do not add up to closing less opening balance. The export may cover part of the period.",
        "Linjene på en konto summerer ikke til utgående minus inngående saldo. Eksporten kan dekke deler av perioden.",
    ),
    (
        "saft.amount",
        Error,
        "An amount is not a number. The totals of the file cannot be trusted.",
        "Et beløp er ikke et tall. Summene i filen er ikke til å stole på.",
    ),
    (
        "saft.date",
        Warning,
        "A transaction has no usable date. Its lines count in the control totals and in nothing else.",
        "Et bilag har ingen brukbar dato. Linjene teller i kontrollsummene og ikke ellers.",
    ),
    (
        "saft.outside_selection",
        Note,
        "A transaction is dated outside the period of the export. It is booked by its date.",
        "Et bilag er datert utenfor eksportens periode. Det føres etter sin dato.",
    ),
    (
        "saft.account_unlisted",
        Warning,
        "Lines stand on an account that the file does not list; it is read by its number.",
        "Linjer står på en konto som filen ikke lister; den leses etter nummeret.",
    ),
    (
        "saft.account_duplicate",
        Warning,
        "An account is listed twice; the first listing counts.",
        "En konto er listet to ganger; den første gjelder.",
    ),
    (
        "saft.account_unmapped",
        Warning,
        "An account is mapped to nothing we know; its lines are kept as other postings.",
        "En konto er ikke knyttet til noe vi kjenner; linjene beholdes som andre posteringer.",
    ),
    (
        "saft.supplier_split",
        Note,
        "A transaction has several suppliers; its cost is split by what each is owed, and marked.",
        "Et bilag har flere leverandører; kostnaden er delt etter hva hver har til gode, og merket.",
    ),
    (
        "saft.transaction_large",
        Warning,
        "A transaction has too many lines to join suppliers to costs; its lines are kept without supplier.",
        "Et bilag har for mange linjer til å knytte leverandør til kostnad; linjene beholdes uten leverandør.",
    ),
    (
        "saft.master_large",
        Error,
        "The file lists more accounts, suppliers, customers or tax codes than any company has.",
        "Filen lister flere kontoer, leverandører, kunder eller avgiftskoder enn noe foretak har.",
    ),
    (
        "saft.no_entries",
        Warning,
        "The file has no journal lines.",
        "Filen har ingen posteringer.",
    ),
];
