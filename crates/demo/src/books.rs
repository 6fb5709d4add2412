//! The books of a company-year: vouchers that balance, from invoices, payroll, tax and depreciation.

mod posting;

use greenheart_model::{Date, Month};

use crate::account::{Account, is_result};
use crate::deals::{Deal, Vat};
use crate::num::{Ore, ore, permille};
use crate::plan::{Cluster, Company, Party};

/// Debit less credit of every account, in the order of the chart.
pub(crate) type Balances = [Ore; Account::COUNT];

/// What kind of voucher it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Journal {
    Sales,
    Purchases,
    Bank,
    Payroll,
    General,
}

/// What a voucher or line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    Text(&'static str),
    /// An invoice by its number.
    Invoice(u64),
    Payment(u64),
}

/// A balanced set of lines.
#[derive(Debug, Clone)]
pub(crate) struct Voucher {
    pub(crate) journal: Journal,
    pub(crate) date: Date,
    pub(crate) says: Says,
    /// Lines `first..last` of the books.
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// Tax on a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tax {
    /// Standard tax code.
    pub(crate) code: &'static str,
    pub(crate) percent: i64,
    pub(crate) amount: Ore,
}

/// A line: debit positive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) account: Account,
    pub(crate) net: Ore,
    pub(crate) party: Option<Party>,
    pub(crate) tax: Option<Tax>,
    pub(crate) says: Says,
}

/// What a customer owes or a supplier is owed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Open {
    pub(crate) party: Party,
    pub(crate) opening: Ore,
    pub(crate) closing: Ore,
}

/// A year of a company's accounts.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) vouchers: Vec<Voucher>,
    pub(crate) lines: Vec<Line>,
    pub(crate) opening: Balances,
    pub(crate) closing: Balances,
    pub(crate) customers: Vec<Open>,
    pub(crate) suppliers: Vec<Open>,
}

impl Cluster {
    /// The books of a company in a year.
    pub(crate) fn books(&self, company: &Company, year: i16) -> Books {
        let openings = company.openings.get_or_init(|| self.openings(company));
        let at = usize::try_from(year - self.options.first_year).unwrap_or(0);
        posting::post(self, company, year, &openings[at.min(openings.len() - 1)])
    }

    /// Opening balances of every year.
    fn openings(&self, company: &Company) -> Vec<Balances> {
        let mut all = vec![self.first_opening(company)];
        for year in self.options.first_year..self.options.last_year {
            let books = posting::post(self, company, year, &all[all.len() - 1]);
            all.push(carried(&books.closing));
        }
        all
    }

    /// The first balance sheet: fixed assets, stock and a loan in proportion to the company, the open
    /// invoices of the December before, and equity for the rest.
    fn first_opening(&self, company: &Company) -> Balances {
        let mut balances = [0; Account::COUNT];
        let revenue = company.output * company.sector.price;
        balances[Account::PlantBuildings.at()] = ore(revenue * 0.18).max(0);
        balances[Account::Machines.at()] = ore(revenue * 0.27).max(0);
        balances[Account::Stock.at()] = ore(revenue * 0.09).max(0);
        balances[Account::Bank.at()] = ore(revenue * 0.07).max(0);
        balances[Account::ShareCapital.at()] = -ore((revenue * 0.02).max(30_000.0));
        balances[Account::Loans.at()] = -ore(revenue * 0.2);
        if let Some(december) = Month::new(self.options.first_year - 1, 12) {
            let (sales, purchases) = posting::open_in(self, company, december);
            balances[Account::Receivables.at()] = sales;
            balances[Account::Payables.at()] = -purchases;
        }
        balances[Account::Equity.at()] = -balances.iter().sum::<Ore>();
        balances
    }
}

/// What the next year begins with.
fn carried(closing: &Balances) -> Balances {
    let mut opening = *closing;
    for (at, balance) in opening.iter_mut().enumerate() {
        if is_result(at) {
            *balance = 0;
        }
    }
    opening
}

impl Vat {
    /// Percent that the seller adds.
    pub(crate) const fn percent(self) -> i64 {
        match self {
            Self::High => 25,
            Self::Middle => 15,
            Self::Nothing | Self::ImportGoods | Self::ImportServices | Self::Export => 0,
        }
    }

    /// The standard tax code of a sale.
    pub(crate) const fn sales_code(self) -> &'static str {
        match self {
            Self::Middle => "31",
            Self::Export => "52",
            Self::Nothing => "6",
            _ => "3",
        }
    }

    /// The standard tax code of a purchase.
    pub(crate) const fn purchase_code(self) -> &'static str {
        match self {
            Self::High | Self::Export => "1",
            Self::Middle => "11",
            Self::Nothing => "0",
            Self::ImportGoods => "81",
            Self::ImportServices => "86",
        }
    }
}

/// Tax that stands on an invoice.
pub(crate) const fn vat_of(deal: &Deal) -> Ore {
    permille(deal.net, deal.vat.percent() * 10)
}

/// What is to be paid.
pub(crate) const fn gross(deal: &Deal) -> Ore {
    deal.net + vat_of(deal)
}
