//! A set of documents: what is known across them, and where their rows and findings go.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use greenheart_model::{Activity, CoverageKind, Month, OrgNo, Severity, Text};
use greenheart_units::{Amount, Currency};

use super::document::{Document, Kind};
use super::energy::Claims;
use super::overview::Overview;
use super::{FINDINGS, Options};
use crate::told::{finding, severity_of};
use crate::{ReadError, Sink};

/// Which way a document went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// The member buys or receives.
    Incoming,
    /// The member sells or sends.
    Outgoing,
}

pub(super) struct Set<'a> {
    pub options: &'a Options,
    pub sink: &'a mut dyn Sink,
    pub file: Text,
    pub position: u16,
    /// Lines seen in the current file.
    pub ordinal: u64,
    pub rows: u64,
    /// One document only: what is wrong with it is wrong with everything.
    pub single: bool,
    pub refusal: Option<&'static str>,
    /// Bytes of the files before the current one.
    pub bytes_before: u64,
    pub bytes_here: u64,
    /// Numbers of documents seen, by seller, with a digest of what they said. Never iterated.
    seen: HashMap<(String, Kind, String), u64>,
    /// Credit notes and the invoice that each names, checked at the end.
    credits: Vec<(Text, String, String)>,
    pub claims: Claims,
    pub months: BTreeMap<CoverageKind, Vec<Month>>,
    /// By currency: lines as stated and as summed.
    pub totals: BTreeMap<Currency, (Option<Amount>, Amount)>,
    pub overview: Overview,
    pub owners: Vec<OrgNo>,
    pub first_seller: Option<OrgNo>,
}

impl<'a> Set<'a> {
    pub(super) fn new(options: &'a Options, sink: &'a mut dyn Sink, single: bool) -> Self {
        Self {
            options,
            sink,
            file: "".into(),
            position: 0,
            ordinal: 0,
            rows: 0,
            single,
            refusal: None,
            bytes_before: 0,
            bytes_here: 0,
            seen: HashMap::new(),
            credits: Vec::new(),
            claims: Claims::default(),
            months: BTreeMap::new(),
            totals: BTreeMap::new(),
            overview: Overview::default(),
            owners: Vec::new(),
            first_seller: None,
        }
    }

    pub(super) fn progress(&mut self, bytes_read: u64) -> Result<(), ReadError> {
        self.bytes_here = bytes_read;
        Ok(self.sink.progress(self.bytes_before + bytes_read)?)
    }

    /// Notes a finding at a line of the current file; 0 is the document.
    pub(super) fn note(&mut self, code: &'static str, row: u64, field: &str, detail: String) {
        let severity = severity_of(FINDINGS, code);
        self.note_as(code, severity, row, field, detail);
    }

    fn note_as(&mut self, code: &'static str, severity: Severity, row: u64, field: &str, detail: String) {
        self.sink
            .finding(finding(code, severity, &self.file, row, field, detail));
    }

    /// Notes why the current document cannot be used. Among others it is passed over; alone it is the file.
    pub(super) fn refuse(&mut self, code: &'static str, detail: &str) -> ReadError {
        let severity = if self.single {
            Severity::Error
        } else {
            Severity::Warning
        };
        self.note_as(code, severity, 0, "", detail.to_owned());
        self.refusal = Some(code);
        self.overview.refused += 1;
        ReadError::Refused { code }
    }

    /// A whole document has been read.
    pub(super) fn document(&mut self, document: Document) -> Result<(), ReadError> {
        let place = document.lines.first().map_or(0, |line| line.ordinal);
        if document.too_many_lines {
            let most = self.options.limits.transaction_lines;
            return Err(self.refuse("ehf.too_large", &format!("more than {most} lines")));
        }
        let Some(direction) = self.direction(&document, place)? else {
            return Ok(());
        };
        if document.kind != Kind::DespatchAdvice && self.is_repeated(&document, place) {
            return Ok(());
        }
        match document.kind {
            Kind::DespatchAdvice => self.despatch(&document, direction),
            Kind::Invoice | Kind::CreditNote => self.invoice(document, direction),
        }
    }

    /// Which way the document goes for the member; `None` when it concerns others.
    fn direction(&mut self, document: &Document, place: u64) -> Result<Option<Direction>, ReadError> {
        let (supplier, customer) = (&document.supplier, &document.customer);
        let Some(own) = self.options.expected_org else {
            if self.first_seller.is_none() {
                self.first_seller = supplier.org_no();
            }
            if let Some(owner) = customer.org_no()
                && !self.owners.contains(&owner)
                && self.owners.len() < 100
            {
                self.owners.push(owner);
            }
            return Ok(Some(Direction::Incoming));
        };
        if customer.is(own) {
            return Ok(Some(Direction::Incoming));
        }
        if supplier.is(own) {
            return Ok(Some(Direction::Outgoing));
        }
        if customer.org_no().is_none() && customer.other_number.is_empty() {
            self.note("ehf.no_buyer", place, "AccountingCustomerParty", document.id.clone());
            return Ok(Some(Direction::Incoming));
        }
        // The numbers that do stand there are not repeated: who asks may not know of them.
        if self.single {
            return Err(self.refuse("ehf.other_company", &format!("document `{}`", document.id)));
        }
        self.note("ehf.other_company", place, "", format!("document `{}`", document.id));
        self.overview.of_others += 1;
        Ok(None)
    }

    /// Whether a document of this number was there before. The first counts.
    fn is_repeated(&mut self, document: &Document, place: u64) -> bool {
        let seller = document.supplier.org_no().map_or_else(
            || format!("{} {}", document.supplier.other_number, document.supplier.name),
            |number| number.to_string(),
        );
        if document.id.is_empty() {
            self.note("ehf.no_number", place, "ID", String::new());
            return false;
        }
        let key = (seller.clone(), document.kind, document.id.clone());
        let digest = digest(document);
        if let Some(first) = self.seen.get(&key).copied() {
            let code = if first == digest {
                "ehf.duplicate"
            } else {
                "ehf.duplicate_differs"
            };
            self.note(code, place, "ID", format!("document `{}`", document.id));
            self.overview.repeated += 1;
            return true;
        }
        if self.seen.len() < self.options.limits.master_records {
            self.seen.insert(key, digest);
        }
        if document.kind == Kind::CreditNote {
            match &document.credits {
                Some(invoice) if self.credits.len() < self.options.limits.master_records => {
                    self.credits.push((self.file.clone(), seller, invoice.clone()));
                }
                Some(_) => {}
                None => self.note("ehf.credit_alone", place, "BillingReference", document.id.clone()),
            }
        }
        false
    }

    /// Credit notes whose invoice is not in the set.
    pub(super) fn check_credits(&mut self) {
        for (file, seller, invoice) in std::mem::take(&mut self.credits) {
            if !self.seen.contains_key(&(seller, Kind::Invoice, invoice.clone())) {
                self.file = file;
                let detail = format!("invoice `{invoice}`");
                self.note("ehf.credit_without_invoice", 0, "BillingReference", detail);
            }
        }
    }

    /// Gives a row to the sink.
    pub(super) fn emit(&mut self, mut activity: Activity) -> Result<(), ReadError> {
        self.rows += 1;
        activity.row_no = self.rows;
        self.overview.add(&activity);
        let kind = super::rows::coverage_of(&activity);
        if let Some(kind) = kind {
            crate::coverage::touch(self.months.entry(kind).or_default(), activity.period);
        }
        Ok(self.sink.activity(activity)?)
    }
}

/// What a document says, in one number: enough to tell a copy from another document of the same number.
fn digest(document: &Document) -> u64 {
    let mut hasher = DefaultHasher::new();
    document.issued.map(|date| date.to_string()).hash(&mut hasher);
    document.currency.hash(&mut hasher);
    for line in &document.lines {
        (&line.id, line.quantity, &line.unit, line.amount, &line.name).hash(&mut hasher);
    }
    document.totals.with_tax.hash(&mut hasher);
    hasher.finish()
}
