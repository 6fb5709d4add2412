//! No member sells more to members than it can: what is too much comes from outside.

use super::{Company, Options, Party};
use crate::sector::{Need, Per, Unit};

/// Share of a company's sales at home that members may take.
const MOST: f64 = 0.6;

/// Lowers the weights of members who would be asked for more than they make.
pub(super) fn keep(options: &Options, companies: &mut [Company]) {
    let mut asked = vec![0.0; companies.len()];
    for buyer in companies.iter() {
        for (need, sources) in buyer.needs.iter().zip(&buyer.sources) {
            for source in sources {
                if let Party::Member(seller) = source.party {
                    asked[usize::from(seller)] += source.weight * yearly(options, buyer, need);
                }
            }
        }
    }
    let shares: Vec<f64> = companies
        .iter()
        .zip(asked)
        .map(|(seller, asked)| {
            let home = seller.output * seller.price(options.first_year) * (1.0 - seller.seat.export);
            (home * MOST / asked.max(1.0)).min(1.0)
        })
        .collect();
    let all = companies.iter_mut().flat_map(|company| &mut company.sources);
    // What has one supplier only, as a metering point has, stays with it.
    for source in all.filter(|sources| sources.len() > 1) {
        let mut moved = 0.0;
        for own in source.iter_mut() {
            if let Party::Member(seller) = own.party {
                let kept = own.weight * shares[usize::from(seller)];
                moved += own.weight - kept;
                own.weight = kept;
            }
        }
        // The last of several sources is always one outside.
        if let Some(last) = source.last_mut() {
            last.weight += moved;
        }
    }
}

/// NOK that a need costs in the first year.
fn yearly(options: &Options, company: &Company, need: &Need) -> f64 {
    let units = match need.per {
        Per::Output(units) => units * company.output,
        Per::Revenue(share) => share * company.output * company.sector.price,
        Per::Person(units) => units * f64::from(company.seat.employees),
    };
    let price = if need.unit == Unit::Krone { 1.0 } else { need.price };
    units * company.lever(options, need.lever, options.first_year) * price * need.index.level(options.first_year)
}
