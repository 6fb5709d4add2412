//! Who invoiced whom for what in a month. Buyer and seller of one invoice both come here.

use greenheart_model::Month;

use crate::account::Account;
use crate::num::{Ore, ore, real, split, whole};
use crate::outside::{CUSTOMERS, FOREIGN_CUSTOMERS, Outside};
use crate::plan::{Cluster, Company, Link, Party, customers};
use crate::rng::Rng;
use crate::sector::{Kind, Need, Per, Unit};

/// How an invoice is taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Vat {
    /// 25 %.
    High,
    /// 15 %, food.
    Middle,
    /// Outside the tax.
    Nothing,
    /// Goods from abroad: the buyer reckons the tax.
    ImportGoods,
    /// Services from abroad: so too.
    ImportServices,
    /// To abroad.
    Export,
}

/// What an invoice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// A need of the buyer, by position.
    Need(u8),
    /// The seller's product.
    Product,
}

/// One invoice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deal {
    pub(crate) seller: Party,
    pub(crate) buyer: Party,
    pub(crate) what: What,
    pub(crate) month: Month,
    pub(crate) day: i8,
    /// Unique for the seller.
    pub(crate) number: u64,
    /// In the unit of the need or product; zero where only money counts.
    pub(crate) quantity: i64,
    /// Without VAT.
    pub(crate) net: Ore,
    pub(crate) vat: Vat,
    /// Account of the buyer's books.
    pub(crate) account: Account,
}

/// Shares of the year in which heat and light are wanted, thousandths.
const WINTER: [u16; 12] = [118, 108, 100, 84, 70, 60, 52, 60, 70, 84, 94, 100];

impl Cluster {
    pub(crate) fn company(&self, at: u16) -> &Company {
        &self.companies[usize::from(at)]
    }

    fn rng(&self, what: u64, company: u16, key: &[u64]) -> Rng {
        let mut full = vec![what, u64::from(company)];
        full.extend_from_slice(key);
        Rng::keyed(self.options.seed, &full)
    }

    /// Units of product made in a month.
    pub(crate) fn output(&self, company: &Company, month: Month) -> f64 {
        let season = f64::from(company.sector.season[month_at(month)]) / 1000.0;
        let mut rng = self.rng(10, company.at, &[month_key(month)]);
        company.output * company.volume(&self.options, month.year()) * season * rng.around(0.05)
    }

    /// Units of a need in a month, from all suppliers.
    pub(crate) fn needed(&self, company: &Company, number: u8, month: Month) -> f64 {
        let need = company.needs[usize::from(number)];
        let year = month.year();
        let mut rng = self.rng(11, company.at, &[number.into(), month_key(month)]);
        let base = match need.per {
            Per::Output(units) if matches!(need.kind, Kind::Electricity | Kind::Heat) => {
                // Half of the power runs machines, half light, air and heat.
                let whole_year = company.output * company.volume(&self.options, year);
                let winter = f64::from(WINTER[month_at(month)]) / 1000.0;
                units * (0.65 * self.output(company, month) + 0.35 * whole_year * winter)
            }
            Per::Output(units) => units * self.output(company, month),
            Per::Revenue(share) => {
                share * company.output * company.sector.price * company.volume(&self.options, year) / 12.0
            }
            Per::Person(units) => units * f64::from(company.seat.employees) / 12.0,
        };
        base * company.lever(&self.options, need.lever, year) * rng.around(0.06)
    }

    /// What a member buys in a month.
    pub(crate) fn purchases(&self, company: &Company, month: Month) -> Vec<Deal> {
        let mut deals = Vec::new();
        for number in 0..company.needs.len() {
            let number = u8::try_from(number).unwrap_or(u8::MAX);
            deals.extend(self.deals_of_need(company, number, month));
        }
        deals
    }

    /// What a member buys of one need in a month.
    pub(crate) fn deals_of_need(&self, company: &Company, number: u8, month: Month) -> Vec<Deal> {
        let mut deals = Vec::new();
        for source in 0..company.sources[usize::from(number)].len() {
            self.need_deals(company, number, source, month, &mut deals);
        }
        deals
    }

    /// What a member sells in a month: to members what they need, the rest of its output to others.
    pub(crate) fn sales(&self, company: &Company, month: Month) -> Vec<Deal> {
        let mut deals = Vec::new();
        for link in &self.links[usize::from(company.at)] {
            self.link_deals(*link, month, &mut deals);
        }
        let to_members: Ore = deals.iter().map(|deal| deal.net).sum();
        let year = month.year();
        let mut rng = self.rng(12, company.at, &[month_key(month)]);
        let price = company.price(year);
        let total = ore(self.output(company, month) * price * rng.around(0.02));
        let abroad = whole(real(total) * company.seat.export * rng.around(0.1));
        let home = (total - abroad - to_members).max(0);
        self.product_deals(company, month, home, false, &mut deals);
        self.product_deals(company, month, abroad, true, &mut deals);
        deals
    }

    fn link_deals(&self, link: Link, month: Month, deals: &mut Vec<Deal>) {
        let buyer = self.company(link.buyer);
        self.need_deals(buyer, link.need, usize::from(link.source), month, deals);
    }

    /// The invoices of one supplier for one need.
    fn need_deals(&self, company: &Company, number: u8, source: usize, month: Month, deals: &mut Vec<Deal>) {
        let need = company.needs[usize::from(number)];
        let from = company.sources[usize::from(number)][source];
        let key = [number.into(), source as u64, month_key(month)];
        let mut rng = self.rng(13, company.at, &key);
        let count = invoice_count(need.invoices, volume_of_invoices(company), &mut rng);
        if count == 0 {
            return;
        }
        // What is bought less than once a month comes in larger portions.
        let portion = need.invoices.min(1.0);
        let units = self.needed(company, number, month) * from.weight / portion;
        let price = need.price * need.index.level(month.year()) * rng.around(0.03);
        let (quantity, net) = match need.unit {
            Unit::Krone => (0, ore(units * price)),
            _ => (whole(units), ore(real(whole(units)) * price)),
        };
        if net == 0 {
            return;
        }
        let weights: Vec<f64> = (0..count).map(|_| rng.around(0.5)).collect();
        let quantities = split(quantity, &weights);
        for (part, (net, quantity)) in split(net, &weights).into_iter().zip(quantities).enumerate() {
            deals.push(Deal {
                seller: from.party,
                buyer: Party::Member(company.at),
                what: What::Need(number),
                month,
                day: i8::try_from(rng.between(1, 28)).unwrap_or(1),
                number: invoice_number(month, company.at, u64::from(number) * 8 + source as u64, part as u64),
                quantity,
                net,
                vat: purchase_vat(need, from.party),
                account: cost_account(need, from.party),
            });
        }
    }

    /// Sales of the product to outside customers at home or abroad.
    fn product_deals(&self, company: &Company, month: Month, total: Ore, foreign: bool, deals: &mut Vec<Deal>) {
        let (home, abroad) = customers(company);
        let count = if foreign { abroad } else { home };
        let mut rng = self.rng(14 + u64::from(foreign), company.at, &[month_key(month)]);
        let mut chosen: Vec<(u16, f64)> = Vec::new();
        for customer in 0..count {
            // A few customers carry most of the sales; not everyone buys every month.
            if customer < 3 || rng.chance(650) {
                chosen.push((customer, rng.around(0.4) / f64::from(customer + 2)));
            }
        }
        let weights: Vec<f64> = chosen.iter().map(|(_, weight)| *weight).collect();
        let price = company.price(month.year());
        for ((customer, _), amount) in chosen.iter().zip(split(total, &weights)) {
            let parts = 1 + rng.below(if *customer < 3 { 3 } else { 1 });
            let shares: Vec<f64> = (0..parts).map(|_| rng.around(0.5)).collect();
            for (part, net) in split(amount, &shares).into_iter().enumerate() {
                if net == 0 {
                    continue;
                }
                deals.push(Deal {
                    seller: Party::Member(company.at),
                    buyer: Party::Outside(customer_of(company.at, *customer, foreign)),
                    what: What::Product,
                    month,
                    day: i8::try_from(rng.between(1, 28)).unwrap_or(1),
                    number: invoice_number(month, 900 + u16::from(foreign), (*customer).into(), part as u64),
                    quantity: whole(real(net) / 100.0 / price),
                    net,
                    vat: if foreign { Vat::Export } else { company.sector.vat },
                    account: Account::Goods,
                });
            }
        }
    }
}

/// Larger companies get more invoices for the same thing.
fn volume_of_invoices(company: &Company) -> f64 {
    (0.25 + f64::from(company.seat.employees) / 420.0).min(1.5)
}

fn invoice_count(a_month: f64, volume: f64, rng: &mut Rng) -> usize {
    if a_month < 1.0 {
        return usize::from(rng.unit() < a_month);
    }
    let expected = (a_month * volume).max(1.0);
    let more = rng.unit() < expected.fract();
    usize::try_from(whole(expected.floor())).unwrap_or(1) + usize::from(more)
}

/// Year, month, other side, series, part: a number that only this invoice of its seller has.
fn invoice_number(month: Month, other: u16, series: u64, part: u64) -> u64 {
    let date = u64::from(month.year().unsigned_abs() % 100) * 100 + u64::from(month.month().unsigned_abs());
    ((date * 1_000 + u64::from(other)) * 1_000 + series) * 100 + part
}

fn customer_of(company: u16, customer: u16, foreign: bool) -> Outside {
    // Neighbouring books overlap, so that members share customers.
    let at = company * 23 + customer;
    if foreign {
        Outside::ForeignCustomer(at % FOREIGN_CUSTOMERS)
    } else {
        Outside::Customer(at % CUSTOMERS)
    }
}

fn purchase_vat(need: &Need, seller: Party) -> Vat {
    let foreign = matches!(seller, Party::Outside(outside) if outside.is_foreign());
    match (foreign, need.kind, need.item) {
        (true, Kind::Service, _) => Vat::ImportServices,
        (true, ..) => Vat::ImportGoods,
        (false, _, "food_raw") => Vat::Middle,
        (false, _, "flight_km") => Vat::Nothing,
        (false, ..) if need.account == Account::Insurance => Vat::Nothing,
        _ => Vat::High,
    }
}

fn cost_account(need: &Need, seller: Party) -> Account {
    let foreign = matches!(seller, Party::Outside(outside) if outside.is_foreign());
    if foreign && need.account == Account::Goods {
        return Account::GoodsAbroad;
    }
    need.account
}

/// 0 to 11.
pub(crate) fn month_at(month: Month) -> usize {
    usize::from(month.month().unsigned_abs().saturating_sub(1)).min(11)
}

fn month_key(month: Month) -> u64 {
    u64::from(month.index().unsigned_abs())
}
