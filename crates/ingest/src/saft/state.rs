//! What is known while reading: header, master data, the current transaction, totals.

use std::collections::HashMap;

use greenheart_model::{Counterparty, OrgNo, Period, Place, Severity, Text};
use greenheart_units::{Amount, Currency, Rounding};

use super::accounts::{Account, AccountDraft};
use super::document::Pass;
use super::header::Header;
use super::masters::Parties;
use super::overview::Overview;
use super::tag::Tag;
use super::totals::Totals;
use super::transaction::{Line, Transaction};
use super::{Options, finding};
use crate::text::{bounded, parse_date, shortened};
use crate::{ReadError, Sink};

pub(super) struct State<'a> {
    pub options: &'a Options,
    pub sink: &'a mut dyn Sink,
    pub seen_header: bool,
    pub file: Text,
    pub position: u16,
    pub header: Header,
    pub org_no: Option<OrgNo>,
    pub currency: Currency,
    pub selection: Option<Period>,
    // Looked up by text a million times, never iterated: hashing is safe here.
    pub accounts: HashMap<Text, usize>,
    pub account_list: Vec<Account>,
    pub suppliers: Parties,
    pub customers: Parties,
    pub tax_codes: HashMap<String, Text>,
    /// No part listed a tax code.
    pub tax_table_empty: bool,
    pub account: AccountDraft,
    pub party: Counterparty,
    pub last_country: Option<Text>,
    pub tax: (String, String),
    pub transaction: Transaction,
    line: Line,
    pub totals: Totals,
    pub rows: u64,
    pub line_ordinal: u64,
    pub hull: Option<Period>,
    pub overview: Overview,
}

impl<'a> State<'a> {
    pub(super) fn new(options: &'a Options, sink: &'a mut dyn Sink) -> Self {
        Self {
            options,
            sink,
            seen_header: false,
            file: "".into(),
            position: 0,
            header: Header::default(),
            org_no: None,
            currency: Currency::NOK,
            selection: None,
            accounts: HashMap::new(),
            account_list: Vec::new(),
            suppliers: Parties::default(),
            customers: Parties::default(),
            tax_codes: HashMap::new(),
            tax_table_empty: true,
            account: AccountDraft::default(),
            party: Counterparty::default(),
            last_country: None,
            tax: Default::default(),
            transaction: Transaction::default(),
            line: Line::default(),
            totals: Totals::default(),
            rows: 0,
            line_ordinal: 0,
            hull: None,
            overview: Overview::default(),
        }
    }

    pub(super) fn begin_document(&mut self, file: &str, entry: Option<&str>, position: u16) {
        self.file = match entry {
            Some(entry) => format!("{file}/{}", entry.rsplit('/').next().unwrap_or(entry)).into(),
            None => file.into(),
        };
        self.position = position;
        self.seen_header = false;
        self.header = Header::default();
    }

    /// Whose file it is, once the header has been read.
    pub(super) fn org_no(&self) -> Option<OrgNo> {
        self.org_no
    }

    pub(super) fn progress(&mut self, read: u64) -> Result<(), ReadError> {
        Ok(self.sink.progress(read)?)
    }

    /// Reports why nothing can be used.
    pub(super) fn refuse<T>(&mut self, code: &'static str, file: &str, detail: &str) -> Result<T, ReadError> {
        let place = Place {
            file: file.into(),
            ..Place::default()
        };
        self.sink
            .finding(finding(code, Severity::Error, place, detail.to_owned()));
        Err(ReadError::Refused { code })
    }

    pub(super) fn refuse_here<T>(&mut self, code: &'static str, detail: &str) -> Result<T, ReadError> {
        Err(self.refusal(code, detail))
    }

    /// Reports why nothing can be used, at the current place.
    pub(super) fn refusal(&mut self, code: &'static str, detail: &str) -> ReadError {
        let place = self.place("");
        self.sink
            .finding(finding(code, Severity::Error, place, detail.to_owned()));
        ReadError::Refused { code }
    }

    pub(super) fn note(&mut self, code: &'static str, severity: Severity, field: &str, detail: String) {
        let place = self.place(field);
        self.sink.finding(finding(code, severity, place, detail));
    }

    /// The current journal line and transaction.
    fn place(&self, field: &str) -> Place {
        let field = match (self.transaction.id.is_empty(), field.is_empty()) {
            (true, _) => field.to_owned(),
            (false, true) => format!("transaction {}", self.transaction.id),
            (false, false) => format!("transaction {} {field}", self.transaction.id),
        };
        Place {
            file: self.file.clone(),
            row: self.line_ordinal,
            field: field.into(),
        }
    }

    pub(super) fn root(&mut self, has_namespace: bool, pass: Pass) {
        if !has_namespace && pass != Pass::Entries {
            self.note(
                "saft.namespace",
                Severity::Warning,
                "AuditFile",
                "no namespace declaration".into(),
            );
        }
    }

    pub(super) fn start(&mut self, tag: Tag) -> Result<(), ReadError> {
        match tag {
            Tag::Account => self.account = AccountDraft::default(),
            Tag::Supplier | Tag::Customer => self.party = Counterparty::default(),
            Tag::TaxCodeDetails => self.tax = Default::default(),
            Tag::MasterFiles => self.need_header()?,
            Tag::GeneralLedgerEntries => {
                self.need_header()?;
                self.tax_table_empty = self.tax_codes.is_empty();
            }
            Tag::Transaction => self.transaction.begin(),
            Tag::Line => {
                self.line_ordinal += 1;
                self.line.begin(self.line_ordinal);
            }
            Tag::TaxInformation => self.line.begin_tax(),
            _ => {}
        }
        Ok(())
    }

    /// Source documents are in every schema but in use only with the draft of 2.0; what they hold is in the
    /// ledger already.
    pub(super) fn skip_source_documents(&mut self) {
        let detail = "source documents are not read".to_owned();
        self.note("saft.version_draft", Severity::Warning, "SourceDocuments", detail);
    }

    pub(super) fn end(
        &mut self,
        tag: Tag,
        parent: Tag,
        grandparent: Tag,
        text: &str,
        pass: Pass,
    ) -> Result<(), ReadError> {
        match parent {
            Tag::Line | Tag::DebitAmount | Tag::CreditAmount | Tag::TaxInformation | Tag::Transaction => {
                self.end_in_entries(tag, parent, grandparent, text)?;
            }
            Tag::Journal if tag == Tag::Transaction => self.end_transaction()?,
            Tag::GeneralLedgerEntries => self.end_in_totals(tag, text),
            Tag::Header | Tag::Company | Tag::SelectionCriteria => self.header.take(parent, tag, bounded(text)),
            Tag::TaxRegistration if grandparent == Tag::Company => self.header.take(parent, tag, bounded(text)),
            Tag::AuditFile if tag == Tag::Header => self.end_header(pass)?,
            // The second walk over a split export has the master data already.
            _ if pass != Pass::Entries => self.end_in_master(tag, parent, grandparent, text)?,
            _ => {}
        }
        Ok(())
    }

    fn end_in_entries(&mut self, tag: Tag, parent: Tag, grandparent: Tag, text: &str) -> Result<(), ReadError> {
        match (parent, tag) {
            (Tag::Line, Tag::AccountID) => self.line.account = self.account_index(text),
            (Tag::Line, Tag::SupplierID) => self.line.supplier = self.supplier_key(text),
            (Tag::Line, Tag::CustomerID) => self.line.customer = self.customer_key(text),
            (Tag::DebitAmount, Tag::Amount) if grandparent == Tag::Line => {
                let amount = self.amount(text, "DebitAmount");
                self.line.net += amount;
                self.totals.debit += amount;
            }
            (Tag::CreditAmount, Tag::Amount) if grandparent == Tag::Line => {
                let amount = self.amount(text, "CreditAmount");
                self.line.net -= amount;
                self.totals.credit += amount;
            }
            (Tag::TaxInformation, Tag::TaxCode) => self.line.tax_code = self.standard_tax_code(text),
            (Tag::TaxInformation, Tag::TaxBase) => self.line.tax_base = self.amount(text, "TaxBase").abs(),
            (Tag::Line, Tag::TaxInformation) => self.end_tax(),
            (Tag::Transaction, Tag::Line) => self.end_line()?,
            (Tag::Transaction, Tag::TransactionID) => bounded(text).clone_into(&mut self.transaction.id),
            (Tag::Transaction, Tag::Period) => self.transaction.period = text.parse().ok(),
            (Tag::Transaction, Tag::PeriodYear) => self.transaction.year = text.parse().ok(),
            (Tag::Transaction, Tag::TransactionDate) => self.transaction.date = parse_date(text),
            _ => {}
        }
        Ok(())
    }

    fn end_tax(&mut self) {
        if self.line.end_tax() {
            let detail = "the one with the larger base counts".to_owned();
            self.note("saft.tax_codes_several", Severity::Note, "TaxInformation", detail);
        }
    }

    fn end_line(&mut self) -> Result<(), ReadError> {
        self.totals.lines += 1;
        if self.line.account.is_none() {
            self.line.account = self.account_index("");
        }
        if let Some(account) = self.line.account {
            self.account_list[account].posted += self.line.net;
        }
        self.transaction.net += self.line.net;
        self.transaction.lines.push(std::mem::take(&mut self.line));
        if self.transaction.lines.len() >= self.options.limits.transaction_lines {
            self.transaction.too_large = true;
            self.flush_transaction()?;
        }
        Ok(())
    }

    fn end_transaction(&mut self) -> Result<(), ReadError> {
        self.totals.transactions += 1;
        if !self.transaction.net.is_zero() {
            let detail = format!("debit less credit is {}", self.transaction.net);
            self.note("saft.transaction_unbalanced", Severity::Warning, "", detail);
        }
        self.flush_transaction()?;
        self.transaction.id.clear();
        Ok(())
    }

    pub(super) fn account(&self, index: usize) -> &Account {
        &self.account_list[index]
    }

    /// An amount as SAF-T writes it: at most eighteen digits. Anything else is an error of the file, and
    /// counts as zero.
    pub(super) fn amount(&mut self, text: &str, field: &str) -> Amount {
        const LARGEST: Amount = Amount::from_integer(1_000_000_000_000_000_000);
        match Amount::parse_rounded(text, Rounding::HalfAwayFromZero) {
            Ok(amount) if amount <= LARGEST && amount >= -LARGEST => amount,
            _ => {
                self.note("saft.amount", Severity::Error, field, format!("`{}`", shortened(text)));
                Amount::ZERO
            }
        }
    }
}
