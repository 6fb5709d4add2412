//! The elements that mean something to us.

use crate::xml::tags;

tags!(
    AuditFile,
    Header,
    AuditFileVersion,
    AuditFileCountry,
    Company,
    RegistrationNumber,
    Name,
    DefaultCurrencyCode,
    SelectionCriteria,
    PeriodStart,
    PeriodStartYear,
    PeriodEnd,
    PeriodEndYear,
    SelectionStartDate,
    SelectionEndDate,
    MasterFiles,
    GeneralLedgerAccounts,
    Account,
    AccountID,
    AccountDescription,
    StandardAccountID,
    GroupingCategory,
    GroupingCode,
    OpeningDebitBalance,
    OpeningCreditBalance,
    ClosingDebitBalance,
    ClosingCreditBalance,
    Customers,
    Customer,
    CustomerID,
    Suppliers,
    Supplier,
    SupplierID,
    Address,
    Country,
    TaxRegistration,
    TaxRegistrationNumber,
    TaxCodeDetails,
    TaxCode,
    StandardTaxCode,
    GeneralLedgerEntries,
    NumberOfEntries,
    TotalDebit,
    TotalCredit,
    Journal,
    Transaction,
    TransactionID,
    Period,
    PeriodYear,
    TransactionDate,
    Line,
    RecordID,
    DebitAmount,
    CreditAmount,
    Amount,
    TaxInformation,
    TaxBase,
    SourceDocuments,
);

impl Tag {
    /// Elements whose text is wanted.
    pub(super) const fn has_text(self) -> bool {
        !matches!(
            self,
            Self::Other
                | Self::AuditFile
                | Self::Header
                | Self::Company
                | Self::SelectionCriteria
                | Self::MasterFiles
                | Self::GeneralLedgerAccounts
                | Self::Customers
                | Self::Suppliers
                | Self::Account
                | Self::Customer
                | Self::Supplier
                | Self::Address
                | Self::TaxRegistration
                | Self::TaxCodeDetails
                | Self::GeneralLedgerEntries
                | Self::Journal
                | Self::Transaction
                | Self::Line
                | Self::DebitAmount
                | Self::CreditAmount
                | Self::TaxInformation
                | Self::SourceDocuments
        )
    }
}
