//! The header: whose books, which version, which period.

use greenheart_model::{Month, OrgNo, Period, Severity};
use greenheart_units::Currency;

use super::document::Pass;
use super::state::State;
use super::tag::Tag;
use crate::ReadError;
use crate::text::parse_date;

/// The header, as it stands.
#[derive(Debug, Default)]
pub(super) struct Header {
    version: String,
    country: String,
    number: String,
    /// Number from a tax registration, for a header without a usable registration number.
    tax_number: String,
    name: String,
    currency: String,
    from: (String, String),
    to: (String, String),
    dates: (String, String),
}

impl Header {
    /// Takes the text of an element.
    pub(super) fn take(&mut self, parent: Tag, tag: Tag, text: &str) {
        let field = match (parent, tag) {
            (Tag::Header, Tag::AuditFileVersion) => &mut self.version,
            (Tag::Header, Tag::AuditFileCountry) => &mut self.country,
            (Tag::Header, Tag::DefaultCurrencyCode) => &mut self.currency,
            (Tag::Company, Tag::RegistrationNumber) => &mut self.number,
            (Tag::TaxRegistration, Tag::TaxRegistrationNumber) => &mut self.tax_number,
            (Tag::Company, Tag::Name) => &mut self.name,
            (Tag::SelectionCriteria, Tag::PeriodStart) => &mut self.from.1,
            (Tag::SelectionCriteria, Tag::PeriodStartYear) => &mut self.from.0,
            (Tag::SelectionCriteria, Tag::PeriodEnd) => &mut self.to.1,
            (Tag::SelectionCriteria, Tag::PeriodEndYear) => &mut self.to.0,
            (Tag::SelectionCriteria, Tag::SelectionStartDate) => &mut self.dates.0,
            (Tag::SelectionCriteria, Tag::SelectionEndDate) => &mut self.dates.1,
            _ => return,
        };
        text.clone_into(field);
    }

    /// The company's number: its registration number, else that of its tax registration.
    fn org_no(&self) -> Option<OrgNo> {
        self.number.parse().or_else(|_| self.tax_number.parse()).ok()
    }

    /// The period that the export states, by dates or by accounting periods (13 and above belong to the
    /// last month, 0 to the first).
    fn selection(&self) -> Option<Period> {
        if let (Some(from), Some(to)) = (parse_date(&self.dates.0), parse_date(&self.dates.1)) {
            return Period::new(from, to).ok();
        }
        let month = |(year, month): &(String, String)| {
            Month::new(
                year.parse().ok()?,
                month.parse::<i16>().ok()?.clamp(1, 12).try_into().ok()?,
            )
        };
        let (from, to) = (month(&self.from)?, month(&self.to)?);
        Period::new(from.period().from(), to.period().to()).ok()
    }
}

impl State<'_> {
    /// The header of a document is complete. Every part of a split export repeats it, and a second walk
    /// meets it again.
    pub(super) fn end_header(&mut self, pass: Pass) -> Result<(), ReadError> {
        let header = std::mem::take(&mut self.header);
        self.seen_header = true;
        let number = header.org_no();
        if pass != Pass::Entries {
            self.note_header(&header, number);
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
        self.selection = match (self.selection, header.selection()) {
            (Some(known), Some(found)) => Some(known.hull(found)),
            (known, found) => known.or(found),
        };
        self.overview.company = header.name;
        self.overview.version = header.version;
        Ok(())
    }

    fn note_header(&mut self, header: &Header, number: Option<OrgNo>) {
        let version = &header.version;
        let code = match version.as_str() {
            "1.0" | "1.00" | "1.1" | "1.10" | "1.2" | "1.20" | "1.3" | "1.30" => None,
            known if known.starts_with('2') => Some("saft.version_draft"),
            _ => Some("saft.version"),
        };
        if let Some(code) = code {
            let detail = format!("version `{version}`");
            self.note(code, Severity::Warning, "AuditFileVersion", detail);
        }
        if !matches!(header.country.as_str(), "" | "NO" | "SJ") {
            let detail = format!("country `{}`", header.country);
            self.note("saft.country", Severity::Warning, "AuditFileCountry", detail);
        }
        if number.is_none() {
            let detail = format!("`{}` is not an organisation number", header.number);
            self.note(
                "saft.company_number",
                Severity::Warning,
                "Company/RegistrationNumber",
                detail,
            );
        }
        if !header.currency.is_empty() && header.currency.parse::<Currency>().is_err() {
            let detail = format!("`{}`", header.currency);
            self.note("saft.currency", Severity::Warning, "DefaultCurrencyCode", detail);
        }
    }

    /// Master data or entries begin; only now does it matter whose they are.
    pub(super) fn need_header(&mut self) -> Result<(), ReadError> {
        if self.seen_header {
            return Ok(());
        }
        self.refuse_here("saft.header", "nothing says whose books these are")
    }
}
