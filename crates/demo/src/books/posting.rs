//! Posting a year, month by month.

use std::collections::BTreeMap;

use greenheart_model::{Date, Month};

use super::{Balances, Books, Journal, Line, Open, Says, Tax, Voucher, gross, vat_of};
use crate::account::Account;
use crate::deals::{Deal, Vat};
use crate::economy::Index;
use crate::num::{Ore, ore, permille, real, whole};
use crate::plan::{Cluster, Company, Party};
use crate::rng::Rng;

/// Gross of the invoices that are open at the end of a December: sales and purchases.
pub(super) fn open_in(cluster: &Cluster, company: &Company, december: Month) -> (Ore, Ore) {
    let desk = Desk {
        cluster,
        company,
        year: december.year(),
        vouchers: Vec::new(),
        lines: Vec::new(),
        balances: [0; Account::COUNT],
    };
    let deals = desk.first_deals(december);
    let sum = |deals: &[Deal]| deals.iter().map(gross).sum();
    (sum(&deals.sales), sum(&deals.purchases))
}

/// Posts all vouchers of a year on these opening balances.
pub(super) fn post(cluster: &Cluster, company: &Company, year: i16, opening: &Balances) -> Books {
    let mut desk = Desk {
        cluster,
        company,
        year,
        vouchers: Vec::new(),
        lines: Vec::new(),
        balances: *opening,
    };
    let mut last = Month::new(year - 1, 12).map_or_else(Deals::default, |month| desk.first_deals(month));
    let first = last.clone();
    for number in 1..=12 {
        let Some(month) = Month::new(year, number) else {
            continue;
        };
        let deals = desk.deals(month, &last);
        desk.month(month, &deals, &last);
        last = deals;
    }
    desk.close_year();
    let mut vouchers = desk.vouchers;
    vouchers.sort_by_key(|voucher| voucher.date);
    Books {
        vouchers,
        lines: desk.lines,
        opening: *opening,
        closing: desk.balances,
        customers: open_items(&first.sales, &last.sales, |deal| deal.buyer),
        suppliers: open_items(&first.purchases, &last.purchases, |deal| deal.seller),
    }
}

#[derive(Clone, Default)]
struct Deals {
    sales: Vec<Deal>,
    /// Invoices that are booked in this month.
    purchases: Vec<Deal>,
    /// Invoices of this month that are booked in the next.
    late: Vec<Deal>,
}

/// Everyone invoiced in December stands open over the turn of the year; the rest has paid.
fn open_items(before: &[Deal], now: &[Deal], party: impl Fn(&Deal) -> Party) -> Vec<Open> {
    let mut open: BTreeMap<Party, (Ore, Ore)> = BTreeMap::new();
    for deal in before {
        open.entry(party(deal)).or_default().0 += gross(deal);
    }
    for deal in now {
        open.entry(party(deal)).or_default().1 += gross(deal);
    }
    open.into_iter()
        .map(|(party, (opening, closing))| Open {
            party,
            opening,
            closing,
        })
        .collect()
}

struct Desk<'a> {
    cluster: &'a Cluster,
    company: &'a Company,
    year: i16,
    vouchers: Vec<Voucher>,
    lines: Vec<Line>,
    balances: Balances,
}

impl Desk<'_> {
    /// What is booked in a month: its own invoices but for those that come late, and the late ones of the last.
    fn deals(&self, month: Month, last: &Deals) -> Deals {
        let all = self.cluster.purchases(self.company, month);
        let (late, mut purchases): (Vec<Deal>, Vec<Deal>) = all.into_iter().partition(|deal| self.cluster.late(deal));
        purchases.extend(last.late.iter().map(|deal| Deal { month, ..*deal }));
        Deals {
            sales: self.cluster.sales(self.company, month),
            purchases,
            late,
        }
    }

    /// What is booked in the December before the year.
    fn first_deals(&self, month: Month) -> Deals {
        let before = Month::new(month.year(), month.month() - 1).map_or_else(Vec::new, |before| {
            let mut late = self.cluster.purchases(self.company, before);
            late.retain(|deal| self.cluster.late(deal));
            late
        });
        let last = Deals {
            late: before,
            ..Deals::default()
        };
        self.deals(month, &last)
    }

    fn balance(&self, account: Account) -> Ore {
        self.balances[account.at()]
    }

    /// Posts one voucher; lines of zero are left out.
    fn voucher(&mut self, journal: Journal, date: Date, says: Says, lines: &[Line]) {
        let first = self.lines.len();
        for line in lines.iter().filter(|line| line.net != 0) {
            self.balances[line.account.at()] += line.net;
            self.lines.push(*line);
        }
        if self.lines.len() > first {
            self.vouchers.push(Voucher {
                journal,
                date,
                says,
                first,
                last: self.lines.len(),
            });
        }
    }

    fn month(&mut self, month: Month, deals: &Deals, last: &Deals) {
        self.settle_public(month);
        self.receive(month, &last.sales);
        self.pay(month, &last.purchases);
        self.payroll(month);
        for deal in &deals.sales {
            self.sale(deal);
        }
        for deal in &deals.purchases {
            self.purchase(deal);
        }
        self.grant(month);
        self.depreciate(month);
        if month.month() % 3 == 0 {
            self.interest(month);
        }
        if month.month() % 2 == 0 {
            self.settle_vat(month);
        }
        self.keep_liquid(month);
    }

    fn sale(&mut self, deal: &Deal) {
        let tax = vat_of(deal);
        let (sales, vat) = match deal.vat {
            Vat::Export => (Account::SalesExempt, Account::VatOut),
            Vat::Middle => (Account::Sales, Account::VatOutMiddle),
            _ => (Account::Sales, Account::VatOut),
        };
        let says = Says::Invoice(deal.number);
        let lines = [
            line(Account::Receivables, gross(deal), says).of(deal.buyer),
            line(sales, -deal.net, says).taxed(deal.vat.sales_code(), deal.vat.percent(), tax),
            line(vat, -tax, says),
        ];
        self.voucher(Journal::Sales, date(deal.month, deal.day), says, &lines);
    }

    fn purchase(&mut self, deal: &Deal) {
        let tax = vat_of(deal);
        let says = Says::Invoice(deal.number);
        let import = matches!(deal.vat, Vat::ImportGoods | Vat::ImportServices);
        let (percent, reckoned) = if import {
            (25, permille(deal.net, 250))
        } else {
            (deal.vat.percent(), tax)
        };
        let vat = if deal.vat == Vat::Middle {
            Account::VatInMiddle
        } else {
            Account::VatIn
        };
        let mut lines = vec![
            line(deal.account, deal.net, says).taxed(deal.vat.purchase_code(), percent, reckoned),
            line(vat, tax, says),
        ];
        if import {
            lines.push(line(Account::VatInImport, reckoned, says));
            lines.push(line(Account::VatOutImport, -reckoned, says));
        }
        lines.push(line(Account::Payables, -gross(deal), says).of(deal.seller));
        self.voucher(Journal::Purchases, date(deal.month, deal.day), says, &lines);
    }

    /// Customers pay what they were invoiced in the month before, each invoice by itself.
    fn receive(&mut self, month: Month, invoices: &[Deal]) {
        for deal in invoices {
            let says = Says::Payment(deal.number);
            let lines = [
                line(Account::Bank, gross(deal), says),
                line(Account::Receivables, -gross(deal), says).of(deal.buyer),
            ];
            self.voucher(Journal::Bank, date(month, deal.day), says, &lines);
        }
    }

    /// Suppliers are paid once a month, all their invoices together.
    fn pay(&mut self, month: Month, invoices: &[Deal]) {
        let mut due: BTreeMap<Party, (Ore, u64)> = BTreeMap::new();
        for deal in invoices {
            let slot = due.entry(deal.seller).or_insert((0, deal.number));
            slot.0 += gross(deal);
        }
        for (party, (amount, number)) in due {
            let says = Says::Payment(number);
            let day = 10 + i8::try_from(party.id() % 15).unwrap_or(0);
            let lines = [
                line(Account::Payables, amount, says).of(party),
                line(Account::Bank, -amount, says),
            ];
            self.voucher(Journal::Bank, date(month, day), says, &lines);
        }
    }

    fn payroll(&mut self, month: Month) {
        let mut rng = Rng::keyed(
            self.cluster.options.seed,
            &[20, self.company.at.into(), month.index().unsigned_abs().into()],
        );
        let people = f64::from(self.company.seat.employees);
        let wages = ore(people * 610_000.0 / 12.0 * Index::Wage.level(self.year) * rng.around(0.02));
        let withheld = permille(wages, 295);
        let says = Says::Text("Lønnskjøring");
        let holiday = permille(wages, 120);
        let social = permille(wages + holiday, 141);
        let pension = permille(wages, 35);
        let lines = [
            line(Account::Wages, wages, says),
            line(Account::WithheldTax, -withheld, says),
            line(Account::HolidayCost, holiday, says),
            line(Account::HolidayPay, -holiday, says),
            line(Account::Social, social, says),
            line(Account::SocialDue, -social, says),
            line(Account::Pension, pension, says),
            line(Account::Bank, withheld - wages - pension, says),
        ];
        self.voucher(Journal::Payroll, date(month, 20), says, &lines);
    }

    /// Withheld tax and social contributions every second month, VAT of the term before last, income tax
    /// in February, holiday pay in June.
    fn settle_public(&mut self, month: Month) {
        let number = month.month();
        if number % 2 == 1 {
            self.clear(Account::WithheldTax, date(month, 15), "Forskuddstrekk betalt");
            self.clear(Account::SocialDue, date(month, 15), "Arbeidsgiveravgift betalt");
        } else {
            self.clear(Account::VatSettlement, date(month, 10), "Merverdiavgift betalt");
        }
        if number == 2 {
            self.clear(Account::TaxDue, date(month, 15), "Skatt betalt");
        }
        if number == 6 {
            self.clear(Account::HolidayPay, date(month, 25), "Feriepenger utbetalt");
        }
    }

    /// Pays what an account owes, or takes in what it is owed.
    fn clear(&mut self, account: Account, day: Date, text: &'static str) {
        let owed = self.balance(account);
        let says = Says::Text(text);
        let lines = [line(account, -owed, says), line(Account::Bank, owed, says)];
        self.voucher(Journal::Bank, day, says, &lines);
    }

    /// At the end of a term the VAT accounts are emptied into the settlement.
    fn settle_vat(&mut self, month: Month) {
        let says = Says::Text("Oppgjør merverdiavgift");
        let accounts = [
            Account::VatOut,
            Account::VatOutMiddle,
            Account::VatOutImport,
            Account::VatIn,
            Account::VatInMiddle,
            Account::VatInImport,
        ];
        let mut lines: Vec<Line> = accounts
            .into_iter()
            .map(|account| line(account, -self.balance(account), says))
            .collect();
        let owed = -lines.iter().map(|line| line.net).sum::<Ore>();
        lines.push(line(Account::VatSettlement, owed, says));
        self.voucher(Journal::General, last_day(month), says, &lines);
    }

    /// Public support, which is income and never revenue of the goal: one company in three, every other year.
    fn grant(&mut self, month: Month) {
        if month.month() != 10 || !(self.company.at + self.year.unsigned_abs()).is_multiple_of(3) {
            return;
        }
        let says = Says::Text("Tilskudd til energitiltak");
        let amount = ore(self.company.output * self.company.sector.price * 0.002);
        let lines = [
            line(Account::Bank, amount, says),
            line(Account::Grants, -amount, says).taxed("7", 0, 0),
        ];
        self.voucher(Journal::General, date(month, 18), says, &lines);
    }

    fn depreciate(&mut self, month: Month) {
        let says = Says::Text("Avskrivninger");
        let buildings = self.balance(Account::PlantBuildings) / 400;
        let machines = self.balance(Account::Machines) / 110;
        let lines = [
            line(Account::Depreciation, buildings + machines, says),
            line(Account::PlantBuildings, -buildings, says),
            line(Account::Machines, -machines, says),
        ];
        self.voucher(Journal::General, last_day(month), says, &lines);
    }

    fn interest(&mut self, month: Month) {
        let says = Says::Text("Renter på lån");
        let amount = permille(-self.balance(Account::Loans), 13);
        let lines = [
            line(Account::Interest, amount, says),
            line(Account::Bank, -amount, says),
        ];
        self.voucher(Journal::Bank, last_day(month), says, &lines);
    }

    /// Draws on the bank when the account runs dry, pays back and out when it is full.
    fn keep_liquid(&mut self, month: Month) {
        let revenue = ore(self.company.output * self.company.sector.price);
        let (bank, loans) = (self.balance(Account::Bank), -self.balance(Account::Loans));
        let round = 50_000_000;
        if bank < 0 {
            let amount = (-bank / round + 1) * round;
            let says = Says::Text("Trekk på lån");
            let lines = [line(Account::Bank, amount, says), line(Account::Loans, -amount, says)];
            self.voucher(Journal::Bank, last_day(month), says, &lines);
        } else if bank > revenue / 7 && month.month() == 6 {
            let spare = (bank - revenue / 10) / round * round;
            let back = spare.min(loans / 4 / round * round);
            let says = Says::Text("Avdrag og utbytte");
            let lines = [
                line(Account::Loans, back, says),
                line(Account::Equity, spare - back, says),
                line(Account::Bank, -spare, says),
            ];
            self.voucher(Journal::Bank, last_day(month), says, &lines);
        }
    }

    /// Tax on the year's result, then the result goes to equity.
    fn close_year(&mut self) {
        let Some(december) = Month::new(self.year, 12) else {
            return;
        };
        let says = Says::Text("Årsoppgjør");
        let profit = -self.result();
        if profit > 0 {
            let tax = whole(real(profit) * 0.22);
            let lines = [line(Account::IncomeTax, tax, says), line(Account::TaxDue, -tax, says)];
            self.voucher(Journal::General, last_day(december), says, &lines);
        }
        let profit = -self.result();
        let lines = [
            line(Account::Result, profit, says),
            line(Account::Equity, -profit, says),
        ];
        self.voucher(Journal::General, last_day(december), says, &lines);
    }

    /// Debit less credit of the profit-and-loss accounts.
    fn result(&self) -> Ore {
        self.balances[Account::Sales.at()..].iter().sum()
    }
}

const fn line(account: Account, net: Ore, says: Says) -> Line {
    Line {
        account,
        net,
        party: None,
        tax: None,
        says,
    }
}

impl Line {
    const fn of(mut self, party: Party) -> Self {
        self.party = Some(party);
        self
    }

    const fn taxed(mut self, code: &'static str, percent: i64, amount: Ore) -> Self {
        self.tax = Some(Tax { code, percent, amount });
        self
    }
}

fn date(month: Month, day: i8) -> Date {
    Date::constant(month.year(), month.month(), day.clamp(1, 28))
}

fn last_day(month: Month) -> Date {
    month.period().to()
}
