//! Master data: accounts, suppliers, customers, tax codes.

use std::collections::HashMap;

use greenheart_model::{Counterparty, Severity, Text};

use super::accounts::{Account, AccountDraft, meaning};
use super::overview::is_standard_tax_code;
use super::state::State;
use super::tag::Tag;
use crate::ReadError;
use crate::text::{bounded, company_name};

/// Suppliers or customers by the member's own number for them, with nothing personal. Looked up by text a
/// million times, never iterated: hashing is safe here.
#[derive(Debug, Default)]
pub(super) struct Parties(HashMap<Text, Counterparty>);

impl Parties {
    /// The shared text of a number; one allocation for each party, not for each line.
    fn key(&mut self, id: &str, limit: usize) -> Option<Text> {
        let id = bounded(id);
        if id.is_empty() {
            return None;
        }
        if let Some((known, _)) = self.0.get_key_value(id) {
            return Some(known.clone());
        }
        let key: Text = id.into();
        let bare = Counterparty {
            local_id: Some(key.clone()),
            ..Counterparty::default()
        };
        if self.0.len() < limit {
            self.0.insert(key.clone(), bare);
        }
        Some(key)
    }

    /// The first listing of a number counts.
    fn add(&mut self, mut party: Counterparty) {
        let Some(key) = party.local_id.take() else { return };
        let known = self.0.entry(key.clone()).or_insert_with(|| party.clone());
        if known.local_id.is_none() || (known.org_no.is_none() && known.name.is_none()) {
            *known = party;
        }
        known.local_id = Some(key);
    }

    pub(super) fn get(&self, key: &str) -> Option<&Counterparty> {
        self.0.get(key)
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

impl State<'_> {
    pub(super) fn end_in_master(
        &mut self,
        tag: Tag,
        parent: Tag,
        grandparent: Tag,
        text: &str,
    ) -> Result<(), ReadError> {
        match (parent, tag) {
            (Tag::Account, Tag::AccountID) => bounded(text).clone_into(&mut self.account.id),
            (Tag::Account, Tag::AccountDescription) => bounded(text).clone_into(&mut self.account.description),
            (Tag::Account, Tag::StandardAccountID) => bounded(text).clone_into(&mut self.account.standard),
            (Tag::Account, Tag::GroupingCategory) => bounded(text).clone_into(&mut self.account.category),
            (Tag::Account, Tag::GroupingCode) => bounded(text).clone_into(&mut self.account.code),
            (Tag::Account, Tag::OpeningDebitBalance) => self.account.opening = Some(self.amount(text, "balance")),
            (Tag::Account, Tag::OpeningCreditBalance) => self.account.opening = Some(-self.amount(text, "balance")),
            (Tag::Account, Tag::ClosingDebitBalance) => self.account.closing = Some(self.amount(text, "balance")),
            (Tag::Account, Tag::ClosingCreditBalance) => self.account.closing = Some(-self.amount(text, "balance")),
            (Tag::GeneralLedgerAccounts, Tag::Account) => self.end_account()?,
            (Tag::Supplier, Tag::SupplierID) | (Tag::Customer, Tag::CustomerID) => {
                self.party.local_id = Some(bounded(text).into());
            }
            (Tag::Supplier | Tag::Customer, Tag::RegistrationNumber) => self.party.org_no = text.parse().ok(),
            (Tag::Supplier | Tag::Customer, Tag::Name) => self.party.name = company_name(bounded(text)),
            (Tag::TaxRegistration, Tag::TaxRegistrationNumber) if self.party.org_no.is_none() => {
                self.party.org_no = text.parse().ok();
            }
            (Tag::Address, Tag::Country)
                if matches!(grandparent, Tag::Supplier | Tag::Customer)
                    && self.party.country.is_none()
                    && !text.is_empty() =>
            {
                self.party.country = Some(self.country(text));
            }
            (Tag::Suppliers | Tag::Customers, _) => self.end_party(parent)?,
            (Tag::TaxCodeDetails, Tag::TaxCode) => bounded(text).clone_into(&mut self.tax.0),
            (Tag::TaxCodeDetails, Tag::StandardTaxCode) => bounded(text).clone_into(&mut self.tax.1),
            (_, Tag::TaxCodeDetails) => self.end_tax_code()?,
            _ => {}
        }
        Ok(())
    }

    /// Countries are few and stand on every party.
    fn country(&mut self, text: &str) -> Text {
        match &self.last_country {
            Some(last) if &**last == text => last.clone(),
            _ => {
                let country: Text = bounded(text).into();
                self.last_country = Some(country.clone());
                country
            }
        }
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

    fn end_party(&mut self, list: Tag) -> Result<(), ReadError> {
        self.check_master(self.suppliers.len() + self.customers.len())?;
        let party = std::mem::take(&mut self.party);
        let parties = if list == Tag::Suppliers {
            &mut self.suppliers
        } else {
            &mut self.customers
        };
        parties.add(party);
        Ok(())
    }

    fn end_tax_code(&mut self) -> Result<(), ReadError> {
        let (own, standard) = std::mem::take(&mut self.tax);
        self.check_master(self.tax_codes.len())?;
        if !standard.is_empty() {
            self.tax_codes.entry(own).or_insert_with(|| standard.into());
        }
        Ok(())
    }

    /// The standard tax code behind a company's own code.
    pub(super) fn standard_tax_code(&mut self, own: &str) -> Option<Text> {
        if let Some(standard) = self.tax_codes.get(own) {
            return Some(standard.clone());
        }
        let own = bounded(own);
        if own.is_empty() || self.tax_codes.len() >= self.options.limits.master_records {
            return None;
        }
        if self.tax_table_empty && is_standard_tax_code(own) {
            self.note("saft.tax_table", Severity::Warning, "TaxTable", format!("code `{own}`"));
            // Listed from now on, so that each code is told once.
            let standard: Text = own.into();
            self.tax_codes.insert(own.to_owned(), standard.clone());
            return Some(standard);
        }
        let detail = format!("tax code `{own}`");
        self.note("saft.tax_code_unlisted", Severity::Warning, "TaxCode", detail);
        None
    }

    pub(super) fn supplier_key(&mut self, id: &str) -> Option<Text> {
        self.suppliers.key(id, self.options.limits.master_records)
    }

    pub(super) fn customer_key(&mut self, id: &str) -> Option<Text> {
        self.customers.key(id, self.options.limits.master_records)
    }

    pub(super) fn account_index(&mut self, id: &str) -> Option<usize> {
        let id = bounded(id);
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
}
