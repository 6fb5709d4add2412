//! What a member's list of shipments tells beside the freight it is billed for: goods that customers fetch, and
//! deliveries with its own lorry.

use greenheart_model::Date;

use crate::plan::{Cluster, Company};
use crate::rng::Rng;

/// Who pays for a delivery without a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payer {
    /// The customer, who sends a lorry.
    Customer,
    /// Nobody: the member's own lorry.
    Own,
}

/// A consignment that no freight bill is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) number: u64,
    pub(crate) day: Date,
    pub(crate) payer: Payer,
    pub(crate) kg: i64,
    /// Kilometres: on the shortest way for customers, as driven for the own lorry.
    pub(crate) km: i64,
    pub(crate) to: &'static str,
}

/// The deliveries of a year without a bill, by day.
pub(crate) fn of_year(cluster: &Cluster, company: &Company, year: i16) -> Vec<Delivery> {
    let mut all = Vec::new();
    for month in 1..=12_i8 {
        let key = [
            81,
            company.at.into(),
            year.unsigned_abs().into(),
            u64::from(month.unsigned_abs()),
        ];
        let mut rng = Rng::keyed(cluster.options.seed, &key);
        for at in 0..rng.between(1, 4) {
            let payer = if rng.chance(500) { Payer::Customer } else { Payer::Own };
            let far = if payer == Payer::Customer { 420 } else { 120 };
            let number = u64::from(year.unsigned_abs()) * 1_000 + u64::from(month.unsigned_abs()) * 10 + at;
            all.push(Delivery {
                number,
                day: Date::constant(year, month, i8::try_from(rng.between(1, 28)).unwrap_or(1)),
                payer,
                kg: i64::try_from(rng.between(400, 18_000)).unwrap_or(400),
                km: 15 + i64::try_from(rng.below(far)).unwrap_or(0),
                to: crate::lists::destination(&mut rng),
            });
        }
    }
    all
}

/// Freight work of the deliveries of a year for a payer, kilogram-kilometres as their list states them.
pub(crate) fn work(cluster: &Cluster, company: &Company, year: i16, payer: Payer) -> i64 {
    let own = of_year(cluster, company, year);
    let of_payer = own.iter().filter(|delivery| delivery.payer == payer);
    of_payer.map(|delivery| delivery.kg * delivery.km).sum()
}
