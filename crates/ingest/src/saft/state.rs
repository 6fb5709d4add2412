//! What is known while reading: header, master data, the current transaction, totals.

use std::collections::HashMap;

use greenheart_model::{ControlTotal, Coverage, CoverageKind, Date, Month, OrgNo, Period, Place, Severity, Text};
use greenheart_units::{Amount, Currency, Rounding};

use super::accounts::{Account, AccountDraft, meaning};
use super::document::Pass;
use super::overview::Overview;
use super::tag::Tag;
use super::transaction::{Line, Transaction};
use super::{Options, finding};
use crate::{ReadError, Sink, Summary};

/// A supplier or customer, with nothing personal.
#[derive(Debug, Clone, Default)]
pub(super) struct Party {
    pub id: String,
    pub org_no: Option<OrgNo>,
    pub name: Option<Text>,
    pub country: Option<Text>,
}

/// The header, as it stands.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub version: String,
    pub number: String,
    pub name: String,
    pub currency: String,
    pub from: (String, String),
    pub to: (String, String),
    pub dates: (String, String),
}

/// Totals, stated and computed.
#[derive(Debug, Default)]
pub(super) struct Totals {
    stated_entries: Vec<Amount>,
    stated_debit: Vec<Amount>,
    stated_credit: Vec<Amount>,
    pub transactions: u64,
    pub lines: u64,
    debit: Amount,
    credit: Amount,
}

pub(super) struct State<'a> {
    pub options: &'a Options,
    pub sink: &'a mut dyn Sink,
    pub seen_root: bool,
    pub file: Text,
    pub position: u16,
    header: Header,
    org_no: Option<OrgNo>,
    pub currency: Currency,
    pub selection: Option<Period>,
    // Looked up by text a million times, never iterated: hashing is safe here.
    accounts: HashMap<Text, usize>,
    account_list: Vec<Account>,
    pub parties: HashMap<Text, Party>,
    pub tax_codes: HashMap<String, Text>,
    account: AccountDraft,
    party: Party,
    tax: (String, String),
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
            seen_root: false,
            file: "".into(),
            position: 0,
            header: Header::default(),
            org_no: None,
            currency: Currency::NOK,
            selection: None,
            accounts: HashMap::new(),
            account_list: Vec::new(),
            parties: HashMap::new(),
            tax_codes: HashMap::new(),
            account: AccountDraft::default(),
            party: Party::default(),
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
        self.seen_root = false;
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
        let place = self.place("");
        self.sink
            .finding(finding(code, Severity::Error, place, detail.to_owned()));
        Err(ReadError::Refused { code })
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

    pub(super) fn root(&mut self, has_namespace: bool) {
        self.seen_root = true;
        if !has_namespace {
            self.note(
                "saft.namespace",
                Severity::Warning,
                "AuditFile",
                "no namespace declaration".into(),
            );
        }
    }

    pub(super) fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Account => self.account = AccountDraft::default(),
            Tag::Supplier | Tag::Customer => self.party = Party::default(),
            Tag::TaxCodeDetails => self.tax = Default::default(),
            Tag::Transaction => self.transaction.begin(),
            // Source documents came with the draft of 2.0.
            Tag::SourceDocuments => {
                self.note(
                    "saft.version_draft",
                    Severity::Warning,
                    "SourceDocuments",
                    "source documents are not read".into(),
                );
            }
            Tag::Line => {
                self.line_ordinal += 1;
                self.line.begin(self.line_ordinal);
            }
            _ => {}
        }
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
            Tag::Header | Tag::Company | Tag::SelectionCriteria => self.end_in_header(tag, parent, text),
            Tag::AuditFile if tag == Tag::Header => self.end_header()?,
            // The second walk over a split export has the master data already.
            _ if pass != Pass::Entries => self.end_in_master(tag, parent, grandparent, text)?,
            _ => {}
        }
        Ok(())
    }

    fn end_in_entries(&mut self, tag: Tag, parent: Tag, grandparent: Tag, text: &str) -> Result<(), ReadError> {
        match (parent, tag) {
            (Tag::Line, Tag::AccountID) => self.line.account = self.account_index(text),
            (Tag::Line, Tag::SupplierID) => self.line.supplier = self.party_key("s", text),
            (Tag::Line, Tag::CustomerID) => self.line.customer = self.party_key("c", text),
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
            (Tag::TaxInformation, Tag::TaxCode) if self.line.tax.is_none() => {
                self.line.tax = self.tax_codes.get(text).cloned();
            }
            (Tag::Transaction, Tag::Line) => self.end_line()?,
            (Tag::Transaction, Tag::TransactionID) => text.clone_into(&mut self.transaction.id),
            (Tag::Transaction, Tag::Period) => self.transaction.period = text.parse().ok(),
            (Tag::Transaction, Tag::PeriodYear) => self.transaction.year = text.parse().ok(),
            (Tag::Transaction, Tag::TransactionDate) => self.transaction.date = parse_date(text),
            _ => {}
        }
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), ReadError> {
        self.totals.lines += 1;
        if let Some(account) = self.line.account {
            self.account_list[account].posted += self.line.net;
        }
        self.transaction.lines.push(self.line.clone());
        if self.transaction.lines.len() >= self.options.limits.transaction_lines {
            self.transaction.too_large = true;
            self.flush_transaction()?;
        }
        Ok(())
    }

    fn end_transaction(&mut self) -> Result<(), ReadError> {
        self.totals.transactions += 1;
        self.flush_transaction()?;
        self.transaction.id.clear();
        Ok(())
    }

    pub(super) fn account(&self, index: usize) -> &Account {
        &self.account_list[index]
    }

    fn party_key(&mut self, kind: &str, id: &str) -> Option<Text> {
        if id.is_empty() {
            return None;
        }
        // One allocation for each party, not for each line.
        let key = format!("{kind}{id}");
        if let Some((known, _)) = self.parties.get_key_value(key.as_str()) {
            return Some(known.clone());
        }
        let known: Text = key.into();
        if self.parties.len() < self.options.limits.master_records {
            self.parties.insert(
                known.clone(),
                Party {
                    id: id.to_owned(),
                    ..Party::default()
                },
            );
        }
        Some(known)
    }

    fn account_index(&mut self, id: &str) -> Option<usize> {
        if let Some(index) = self.accounts.get(id) {
            return Some(*index);
        }
        if self.account_list.len() >= self.options.limits.master_records {
            return None;
        }
        let draft = AccountDraft {
            id: id.to_owned(),
            ..AccountDraft::default()
        };
        let mut account = draft.build();
        account.meaning = meaning("", "", id, "");
        account.unlisted = true;
        self.note(
            "saft.account_unlisted",
            Severity::Warning,
            "AccountID",
            format!("account `{id}`"),
        );
        Some(self.add_account(account))
    }

    fn add_account(&mut self, account: Account) -> usize {
        let index = self.account_list.len();
        self.accounts.insert(account.reference.id.clone(), index);
        self.account_list.push(account);
        index
    }

    fn end_in_master(&mut self, tag: Tag, parent: Tag, grandparent: Tag, text: &str) -> Result<(), ReadError> {
        match (parent, tag) {
            (Tag::Account, Tag::AccountID) => text.clone_into(&mut self.account.id),
            (Tag::Account, Tag::AccountDescription) => text.clone_into(&mut self.account.description),
            (Tag::Account, Tag::StandardAccountID) => text.clone_into(&mut self.account.standard),
            (Tag::Account, Tag::GroupingCategory) => text.clone_into(&mut self.account.category),
            (Tag::Account, Tag::GroupingCode) => text.clone_into(&mut self.account.code),
            (Tag::Account, Tag::OpeningDebitBalance) => self.account.opening = Some(self.amount(text, "balance")),
            (Tag::Account, Tag::OpeningCreditBalance) => self.account.opening = Some(-self.amount(text, "balance")),
            (Tag::Account, Tag::ClosingDebitBalance) => self.account.closing = Some(self.amount(text, "balance")),
            (Tag::Account, Tag::ClosingCreditBalance) => self.account.closing = Some(-self.amount(text, "balance")),
            (_, Tag::Account) => self.end_account()?,
            (Tag::Supplier, Tag::SupplierID) | (Tag::Customer, Tag::CustomerID) => text.clone_into(&mut self.party.id),
            (Tag::Supplier | Tag::Customer, Tag::RegistrationNumber) => self.party.org_no = text.parse().ok(),
            (Tag::Supplier | Tag::Customer, Tag::Name) => self.party.name = company_name(text),
            (Tag::TaxRegistration, Tag::TaxRegistrationNumber) if self.party.org_no.is_none() => {
                self.party.org_no = text.parse().ok();
            }
            (Tag::Address, Tag::Country) if matches!(grandparent, Tag::Supplier | Tag::Customer) => {
                self.party.country.get_or_insert_with(|| text.into());
            }
            (_, Tag::Supplier) => self.end_party("s")?,
            (_, Tag::Customer) => self.end_party("c")?,
            (Tag::TaxCodeDetails, Tag::TaxCode) => text.clone_into(&mut self.tax.0),
            (Tag::TaxCodeDetails, Tag::StandardTaxCode) => text.clone_into(&mut self.tax.1),
            (_, Tag::TaxCodeDetails) => {
                let (own, standard) = std::mem::take(&mut self.tax);
                self.check_master(self.tax_codes.len())?;
                self.tax_codes.entry(own).or_insert_with(|| standard.into());
            }
            _ => {}
        }
        Ok(())
    }

    fn check_master(&mut self, count: usize) -> Result<(), ReadError> {
        if count >= self.options.limits.master_records {
            return self.refuse_here("saft.master_large", &format!("more than {count} records"));
        }
        Ok(())
    }

    fn end_account(&mut self) -> Result<(), ReadError> {
        self.check_master(self.account_list.len())?;
        if self.accounts.contains_key(self.account.id.as_str()) {
            let detail = format!("account `{}`", self.account.id);
            self.note("saft.account_duplicate", Severity::Warning, "AccountID", detail);
            return Ok(());
        }
        let account = self.account.build();
        if &*account.meaning.item == "unmapped" {
            let detail = format!(
                "account `{}` with grouping `{}` `{}`",
                account.reference.id, account.reference.grouping_category, account.reference.grouping_code
            );
            self.note("saft.account_unmapped", Severity::Warning, "Account", detail);
        }
        self.add_account(account);
        Ok(())
    }

    fn end_party(&mut self, kind: &str) -> Result<(), ReadError> {
        self.check_master(self.parties.len())?;
        let party = std::mem::take(&mut self.party);
        self.parties
            .entry(format!("{kind}{}", party.id).into())
            .or_insert(party);
        Ok(())
    }

    fn end_in_header(&mut self, tag: Tag, parent: Tag, text: &str) {
        let header = &mut self.header;
        let field = match (parent, tag) {
            (Tag::Header, Tag::AuditFileVersion) => &mut header.version,
            (Tag::Header, Tag::DefaultCurrencyCode) => &mut header.currency,
            (Tag::Company, Tag::RegistrationNumber) => &mut header.number,
            (Tag::Company, Tag::Name) => &mut header.name,
            (Tag::SelectionCriteria, Tag::PeriodStart) => &mut header.from.1,
            (Tag::SelectionCriteria, Tag::PeriodStartYear) => &mut header.from.0,
            (Tag::SelectionCriteria, Tag::PeriodEnd) => &mut header.to.1,
            (Tag::SelectionCriteria, Tag::PeriodEndYear) => &mut header.to.0,
            (Tag::SelectionCriteria, Tag::SelectionStartDate) => &mut header.dates.0,
            (Tag::SelectionCriteria, Tag::SelectionEndDate) => &mut header.dates.1,
            _ => return,
        };
        text.clone_into(field);
    }

    fn end_header(&mut self) -> Result<(), ReadError> {
        let header = std::mem::take(&mut self.header);
        match header.version.as_str() {
            "1.0" | "1.00" | "1.1" | "1.10" | "1.2" | "1.20" | "1.3" | "1.30" => {}
            version if version.starts_with('2') => {
                self.note(
                    "saft.version_draft",
                    Severity::Warning,
                    "AuditFileVersion",
                    format!("version `{version}`"),
                );
            }
            version => self.note(
                "saft.version",
                Severity::Warning,
                "AuditFileVersion",
                format!("version `{version}`"),
            ),
        }
        let number = header.number.parse::<OrgNo>().ok();
        if number.is_none() {
            let detail = format!("`{}` is not an organisation number", header.number);
            self.note(
                "saft.company_number",
                Severity::Warning,
                "Company/RegistrationNumber",
                detail,
            );
        }
        if self.options.expected_org.is_some() && number != self.options.expected_org {
            // The number that does stand there is not repeated: who asks may not know of it.
            return self.refuse_here(
                "saft.other_company",
                "the file was handed in for another organisation number",
            );
        }
        if self.org_no.is_some() && number != self.org_no {
            return self.refuse_here("saft.parts_differ", "the parts name different companies");
        }
        self.org_no = number;
        self.currency = header.currency.parse().unwrap_or(Currency::NOK);
        self.selection = match (self.selection, selection(&header)) {
            (Some(known), Some(found)) => Some(known.hull(found)),
            (known, found) => known.or(found),
        };
        self.overview.company = header.name;
        self.overview.version = header.version;
        Ok(())
    }

    fn end_in_totals(&mut self, tag: Tag, text: &str) {
        match tag {
            Tag::NumberOfEntries => {
                let number = self.amount(text, "NumberOfEntries");
                self.totals.stated_entries.push(number);
            }
            Tag::TotalDebit => {
                let number = self.amount(text, "TotalDebit");
                self.totals.stated_debit.push(number);
            }
            Tag::TotalCredit => {
                let number = self.amount(text, "TotalCredit");
                self.totals.stated_credit.push(number);
            }
            _ => {}
        }
    }

    /// An amount as SAF-T writes it. Anything else is an error of the file, and counts as zero.
    fn amount(&mut self, text: &str, field: &str) -> Amount {
        if let Ok(amount) = Amount::parse_rounded(text, Rounding::HalfAwayFromZero) {
            return amount;
        }
        self.note("saft.amount", Severity::Error, field, format!("`{}`", shortened(text)));
        Amount::ZERO
    }

    /// Checks the totals and sums up.
    pub(super) fn finish(mut self) -> Summary {
        self.transaction.id.clear();
        if self.totals.lines == 0 {
            self.note(
                "saft.no_entries",
                Severity::Warning,
                "GeneralLedgerEntries",
                String::new(),
            );
        }
        let control_totals = self.control_totals();
        for total in control_totals.iter().filter(|total| !total.holds()) {
            let stated = total.stated.unwrap_or_default();
            let detail = format!(
                "{}: the file states {stated}, its lines give {}",
                total.name, total.computed
            );
            self.note("saft.control_total", Severity::Warning, &total.name, detail);
        }
        if self.totals.debit != self.totals.credit {
            let detail = format!("debit {} and credit {}", self.totals.debit, self.totals.credit);
            self.note("saft.unbalanced", Severity::Warning, "GeneralLedgerEntries", detail);
        }
        self.check_balances();
        let coverage = self.coverage();
        let overview = self.overview.json(
            &self.totals,
            self.org_no,
            coverage,
            self.totals.debit,
            self.totals.credit,
        );
        Summary {
            org_no: self.org_no,
            coverage: coverage
                .map(|period| Coverage {
                    kind: CoverageKind::Accounts,
                    period,
                })
                .into_iter()
                .collect(),
            control_totals,
            rows: self.rows,
            overview,
        }
    }

    fn control_totals(&self) -> Vec<ControlTotal> {
        let whole = |count: u64| Amount::from_integer(i64::try_from(count).unwrap_or(i64::MAX));
        let totals = &self.totals;
        // Some systems count lines instead of transactions; either agrees with itself.
        let transactions = whole(totals.transactions);
        let stated_entries = stated(&totals.stated_entries, transactions);
        let entries = if stated_entries == Some(whole(totals.lines)) {
            whole(totals.lines)
        } else {
            transactions
        };
        let total = |name: &str, stated: Option<Amount>, computed| ControlTotal {
            name: name.into(),
            stated,
            computed,
        };
        vec![
            total("number_of_entries", stated_entries, entries),
            total("total_debit", stated(&totals.stated_debit, totals.debit), totals.debit),
            total(
                "total_credit",
                stated(&totals.stated_credit, totals.credit),
                totals.credit,
            ),
        ]
    }

    /// Profit-and-loss accounts move by their lines, if the file covers the period of its balances.
    fn check_balances(&mut self) {
        let mut wrong = Vec::new();
        for account in &self.account_list {
            let Some(movement) = account.movement else { continue };
            if account.meaning.kind.is_some() && !account.unlisted && movement != account.posted {
                wrong.push(format!(
                    "account `{}`: the balances move by {movement}, its lines by {}",
                    account.reference.id, account.posted
                ));
            }
        }
        for detail in wrong {
            self.note("saft.account_balance", Severity::Warning, "Account", detail);
        }
    }

    fn coverage(&mut self) -> Option<Period> {
        if self.selection.is_none() && self.hull.is_some() {
            self.note("saft.selection", Severity::Warning, "SelectionCriteria", String::new());
        }
        self.selection.or(self.hull)
    }
}

/// In a split export each part states its own total or that of the whole.
fn stated(parts: &[Amount], computed: Amount) -> Option<Amount> {
    let sum = parts.iter().copied().sum();
    match parts {
        [] => None,
        _ if sum == computed => Some(sum),
        _ => parts.iter().copied().find(|part| *part == computed).or(Some(sum)),
    }
}

fn selection(header: &Header) -> Option<Period> {
    if let (Some(from), Some(to)) = (parse_date(&header.dates.0), parse_date(&header.dates.1)) {
        return Period::new(from, to).ok();
    }
    let month =
        |(year, month): &(String, String)| Month::new(year.parse().ok()?, month.parse::<i8>().ok()?.clamp(1, 12));
    let (from, to) = (month(&header.from)?, month(&header.to)?);
    Period::new(from.period().from(), to.period().to()).ok()
}

/// `2024-03-01`, also with a time or zone behind it.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        bytes[range].iter().try_fold(0_i16, |sum, byte| {
            byte.is_ascii_digit().then(|| sum * 10 + i16::from(byte - b'0'))
        })
    };
    Date::new(
        number(0..4)?,
        i8::try_from(number(5..7)?).ok()?,
        i8::try_from(number(8..10)?).ok()?,
    )
    .ok()
}

/// The name, if it is one of a company: names of sole traders are personal data and are not kept.
fn company_name(name: &str) -> Option<Text> {
    const FORMS: &[&str] = &[
        "as",
        "asa",
        "sa",
        "ans",
        "da",
        "ba",
        "hf",
        "kf",
        "iks",
        "nuf",
        "sf",
        "fkf",
        "brl",
        "ab",
        "oy",
        "oyj",
        "a/s",
        "aps",
        "gmbh",
        "ag",
        "kg",
        "ltd",
        "limited",
        "plc",
        "inc",
        "llc",
        "bv",
        "nv",
        "sarl",
        "srl",
        "spa",
        "kommune",
        "fylkeskommune",
        "university",
        "universitet",
    ];
    let lower = name.to_lowercase();
    let is_company = lower
        .split(|c: char| c.is_whitespace() || c == ',')
        .any(|word| FORMS.contains(&word.trim_matches('.')) || FORMS.contains(&word.replace('.', "").as_str()));
    is_company.then(|| name.into())
}

/// At most forty characters of a text, for a finding.
fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_names_are_not_kept() {
        for company in [
            "Bank AS",
            "Sågverk AB",
            "Meyer GmbH",
            "Grue kommune",
            "Dansk A/S",
            "Smith Ltd.",
        ] {
            assert!(company_name(company).is_some(), "{company}");
        }
        for person in ["Ola Nordmann", "Kari Snekker", "Hans Asbjørnsen", ""] {
            assert!(company_name(person).is_none(), "{person}");
        }
    }

    #[test]
    fn dates_with_and_without_time() {
        assert_eq!(
            parse_date("2024-02-29").map(|d| d.to_string()),
            Some("2024-02-29".into())
        );
        assert_eq!(
            parse_date("2024-02-29T10:00:00Z").map(|d| d.to_string()),
            Some("2024-02-29".into())
        );
        for bad in ["", "2023-02-29", "20240229", "2024-2-9", "ååååååååååå"] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
    }
}
