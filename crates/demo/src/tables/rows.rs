//! The rows of a table: one for each month, need, supplier and site.

use std::collections::BTreeMap;

use greenheart_model::{Month, OrgNo};

use super::{Row, TableKind};
use crate::deals::What;
use crate::num::{Ore, split, whole};
use crate::plan::{Cluster, Company, Party};
use crate::sector::{Kind, Need, Unit};

/// All rows of a table, by month.
pub(super) fn rows(cluster: &Cluster, company: &Company, year: i16, kind: TableKind) -> Vec<Row> {
    let mut rows = Vec::new();
    let missing = cluster.missing_months(company, year, kind);
    let told = (1..=12).filter(|number| !missing.contains(number));
    for month in told.filter_map(|number| Month::new(year, number)) {
        for ((need, seller), (quantity, amount)) in bought(cluster, company, month, kind) {
            let need = company.needs[usize::from(need)];
            let row = need_row(cluster, company, need, seller, month);
            by_site(company, &row, quantity, Some(amount), &mut rows);
        }
        if kind == TableKind::Materials && company.makes_goods() {
            let made = whole(cluster.output(company, month));
            by_site(company, &output_row(company, month), made, None, &mut rows);
        }
    }
    rows
}

/// Quantity and money of the month by need and supplier.
fn bought(cluster: &Cluster, company: &Company, month: Month, kind: TableKind) -> BTreeMap<(u8, Party), (i64, Ore)> {
    let mut sums: BTreeMap<(u8, Party), (i64, Ore)> = BTreeMap::new();
    for deal in cluster.purchases(company, month) {
        let What::Need(number) = deal.what else { continue };
        let need = company.needs[usize::from(number)];
        if table_of(need.kind) == Some(kind) && cluster.in_table(company, need, deal.seller, month.year()) {
            let slot = sums.entry((number, deal.seller)).or_default();
            slot.0 += deal.quantity;
            slot.1 += deal.net;
        }
    }
    sums
}

/// The table that tells of a need; services and machines stand in the accounts alone.
pub(crate) const fn table_of(kind: Kind) -> Option<TableKind> {
    match kind {
        Kind::Electricity | Kind::Heat | Kind::StationaryFuel | Kind::VehicleFuel => Some(TableKind::Energy),
        Kind::Material => Some(TableKind::Materials),
        Kind::Waste => Some(TableKind::Waste),
        Kind::Freight => Some(TableKind::Transport),
        Kind::Service | Kind::Capital => None,
    }
}

/// One row for each site, by its share; the amounts add up to the whole.
fn by_site(company: &Company, row: &Row, quantity: i64, amount: Option<Ore>, rows: &mut Vec<Row>) {
    let shares = company.site_shares();
    let quantities = split(quantity, &shares);
    let amounts = amount.map(|amount| split(amount, &shares));
    for (at, quantity) in quantities.into_iter().enumerate() {
        let mut own = row.clone();
        own.quantity = quantity;
        own.amount = amounts.as_ref().map(|amounts| amounts[at]);
        own.site = company.sites.get(at).and_then(|site| site.sub_unit);
        rows.push(own);
    }
}

fn need_row(cluster: &Cluster, company: &Company, need: &Need, seller: Party, month: Month) -> Row {
    let kind = match need.kind {
        Kind::Electricity => ("elektrisitet", "electricity"),
        Kind::Heat => ("varme", "heat"),
        Kind::StationaryFuel | Kind::VehicleFuel => ("brensel", "fuel"),
        Kind::Waste => ("avfall", "waste"),
        Kind::Freight => ("transport", "transport"),
        Kind::Material | Kind::Service | Kind::Capital => ("materiale inn", "material input"),
    };
    let fuel_use = match need.kind {
        Kind::StationaryFuel => Some(("stasjonær", "stationary")),
        Kind::VehicleFuel => Some(("kjøretøy", "vehicle")),
        _ => None,
    };
    let card = cluster.card_seen_by(company, seller);
    let is_material = need.kind == Kind::Material && need.unit == Unit::Kilogram;
    Row {
        kind,
        item: need.item,
        fuel_use,
        waste: need.waste,
        primary_permille: is_material.then(|| company.primary(&cluster.options, need, month.year())),
        dry_permille: (need.dry > 0).then_some(need.dry),
        party: Some((card.org_no, card.name, card.country)),
        note: need.name,
        ..empty_row(need.item, need.unit, month)
    }
}

fn output_row(company: &Company, month: Month) -> Row {
    Row {
        kind: ("produkt ut", "product output"),
        dry_permille: Some(company.sector.dry),
        note: company.sector.product,
        ..empty_row(company.sector.item, company.sector.unit, month)
    }
}

fn empty_row(item: &'static str, unit: Unit, month: Month) -> Row {
    let period = month.period();
    Row {
        kind: ("", ""),
        item,
        fuel_use: None,
        waste: None,
        site: None::<OrgNo>,
        from: period.from(),
        to: period.to(),
        quantity: 0,
        unit,
        primary_permille: None,
        dry_permille: None,
        amount: None,
        party: None,
        note: ("", ""),
    }
}
