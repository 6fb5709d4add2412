//! The sealed truth: what really happened, for tests that hold the program's figures against it.

use std::collections::BTreeMap;

use greenheart_model::Month;
use serde_json::{Value, json};

use crate::deals::{Vat, What};
use crate::deliveries::{Payer, work};
use crate::num::{Ore, real, whole};
use crate::plan::{Cluster, Company, Party};
use crate::sector::{Kind, Unit};
use crate::tables::TableKind;

/// Revenue, purchases, energy, materials, waste and flows between members, by member and year.
///
/// # Units
/// NOK as decimal text, kilograms, kilowatt hours, litres, cubic metres and tonne-kilometres as whole
/// numbers. Everything is that of the legal entity as a whole, before any boundary.
pub fn truth(cluster: &Cluster) -> Value {
    let members: BTreeMap<String, Value> = cluster
        .companies
        .iter()
        .map(|company| (company.member.org_no.to_string(), member(cluster, company)))
        .collect();
    json!({
        "fictional": true,
        "seed": cluster.options.seed,
        "first_year": cluster.options.first_year,
        "last_year": cluster.options.last_year,
        "members": members,
        "flows": flows(cluster),
    })
}

fn member(cluster: &Cluster, company: &Company) -> Value {
    let years: BTreeMap<String, Value> = cluster
        .years()
        .map(|year| (year.to_string(), member_year(cluster, company, year)))
        .collect();
    json!({ "name": company.member.name, "employees": company.member.employees, "years": years, "share_in_boundary": company.seat.share_here.unwrap_or(1.0) })
}

fn member_year(cluster: &Cluster, company: &Company, year: i16) -> Value {
    let (mut revenue, mut export, mut to_members, mut output) = (0, 0, 0, 0.0);
    let mut bought: BTreeMap<String, (i64, Ore)> = BTreeMap::new();
    let mut primary_kg = 0.0;
    for month in months(year) {
        output += cluster.output(company, month);
        for deal in cluster.sales(company, month) {
            revenue += deal.net;
            export += if deal.vat == Vat::Export { deal.net } else { 0 };
            to_members += if matches!(deal.buyer, Party::Member(_)) {
                deal.net
            } else {
                0
            };
        }
        for deal in cluster.purchases(company, month) {
            let What::Need(number) = deal.what else { continue };
            let need = company.needs[usize::from(number)];
            let treatment = need.waste.map_or(String::new(), |(_, _, en)| format!(":{en}"));
            let slot = bought
                .entry(format!("{}:{}{treatment}", group(need.kind), need.item))
                .or_default();
            slot.0 += deal.quantity;
            slot.1 += deal.net;
            let outside = !matches!(deal.seller, Party::Member(_));
            if outside && need.kind == Kind::Material && need.unit == Unit::Kilogram {
                let dry = if need.dry > 0 {
                    f64::from(need.dry) / 1000.0
                } else {
                    1.0
                };
                let primary = f64::from(company.primary(&cluster.options, need, year)) / 1000.0;
                primary_kg += real(deal.quantity) * dry * primary;
            }
        }
    }
    let items: BTreeMap<String, Value> = bought
        .into_iter()
        .map(|(name, (quantity, net))| (name, json!({ "quantity": quantity, "nok": nok(net) })))
        .collect();
    json!({
        "revenue_nok": nok(revenue),
        "export_nok": nok(export),
        "to_members_nok": nok(to_members),
        "output_units": whole(output),
        "primary_dry_kg_from_outside": whole(primary_kg),
        "bought": items,
        "deliveries_kg_km": deliveries(cluster, company, year),
        "missing_months": missing(cluster, company, year),
    })
}

/// Deliveries without a bill that a list of shipments tells, kilogram-kilometres: on the shortest way for customers, as
/// driven for the own lorry.
fn deliveries(cluster: &Cluster, company: &Company, year: i16) -> Value {
    if !cluster.shipments_listed(company) {
        return json!({ "customers": 0, "own_driven": 0 });
    }
    json!({
        "customers": work(cluster, company, year, Payer::Customer),
        "own_driven": work(cluster, company, year, Payer::Own),
    })
}

/// Months that the member's tables leave out, by table.
fn missing(cluster: &Cluster, company: &Company, year: i16) -> BTreeMap<&'static str, Vec<i8>> {
    let told = TableKind::ALL
        .into_iter()
        .filter(|kind| cluster.has_table(company, *kind, year));
    told.map(|kind| {
        (
            kind.coverage().name(),
            cluster.missing_months(company, year, kind).collect(),
        )
    })
    .filter(|(_, months): &(_, Vec<i8>)| !months.is_empty())
    .collect()
}

fn flows(cluster: &Cluster) -> Vec<Value> {
    let mut sums: BTreeMap<(u16, u16, &str, i16), (i64, Ore)> = BTreeMap::new();
    for company in &cluster.companies {
        for month in cluster.years().flat_map(months) {
            for deal in cluster.purchases(company, month) {
                let (Party::Member(seller), What::Need(number)) = (deal.seller, deal.what) else {
                    continue;
                };
                let item = company.needs[usize::from(number)].item;
                let slot = sums.entry((seller, company.at, item, month.year())).or_default();
                slot.0 += deal.quantity;
                slot.1 += deal.net;
            }
        }
    }
    let number = |at: u16| cluster.company(at).member.org_no.to_string();
    sums.into_iter()
        .map(|((seller, buyer, item, year), (quantity, net))| {
            json!({
                "seller": number(seller), "buyer": number(buyer), "item": item, "year": year,
                "quantity": quantity, "nok": nok(net),
            })
        })
        .collect()
}

fn months(year: i16) -> impl Iterator<Item = Month> {
    (1..=12).filter_map(move |number| Month::new(year, number))
}

const fn group(kind: Kind) -> &'static str {
    match kind {
        Kind::Material => "material",
        Kind::Electricity | Kind::Heat | Kind::StationaryFuel | Kind::VehicleFuel => "energy",
        Kind::Waste => "waste",
        Kind::Freight => "freight",
        Kind::Service => "service",
        Kind::Capital => "capital",
    }
}

fn nok(amount: Ore) -> String {
    let mut text = Vec::new();
    crate::num::push_money(&mut text, amount);
    String::from_utf8(text).unwrap_or_default()
}
