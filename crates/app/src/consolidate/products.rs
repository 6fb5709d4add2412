//! Product footprints of members, and how they are known.

use std::collections::BTreeMap;
use std::sync::Arc;

use greenheart_account::BoundaryLine;
use greenheart_footprint::consolidate::consolidate;
use greenheart_model::{GwpSet, MemberId, Method, Ref, Scope, Scope2Basis, Status};
use greenheart_units::{Amount, Rate};
use serde::{Deserialize, Serialize};

use super::{Account, Sight, YearQuery, kg, panel_flows, refused, share};
use crate::{Actor, App, AppError};

/// Product footprints that an actor may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductsView {
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Calendar year.
    pub year: i16,
    /// GWP set.
    pub gwp: GwpSet,
    /// Account of bought energy.
    pub basis: Scope2Basis,
    /// How a member's emissions are shared over its sales: `value`.
    pub allocation: String,
    /// Whether rows behind them wait for a factor.
    pub status: Status,
    /// By member.
    pub products: Vec<ProductLine>,
}

/// What a member's products carry, cradle to gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductLine {
    /// Opens to its reason.
    pub reference: Ref,
    /// Whose.
    pub member: MemberId,
    /// Output, in `unit`.
    pub output: Amount,
    /// `NOK`, or `pcs` of a year that has no revenue.
    pub unit: String,
    /// kg CO2e per unit.
    pub kg_per_unit: Rate,
    /// kg CO2e of the whole output.
    pub total_kg: Amount,
    /// Of it scope 1 and what was bought from outside by the member itself.
    pub own_kg: Amount,
    /// Of it carried by deliveries from members.
    pub from_members_kg: Amount,
    /// Share measured or calculated from activities, along the whole chain inside the cluster.
    pub activity_share: Rate,
    /// Share of suppliers' own figures.
    pub supplier_share: Rate,
    /// Share of spend.
    pub spend_share: Rate,
    /// Share that rests on primary data: gas measured, fuel of own plant metered.
    pub primary_share: Rate,
}

impl App {
    /// Footprints of the products of members that the actor may read.
    pub async fn products(&self, actor: &Actor, query: &YearQuery) -> Result<ProductsView, AppError> {
        self.allowed(actor, actor.is_of_the_cluster(), "products", None).await?;
        let account = self.account(actor, query).await?;
        let readable = self.readable_members(actor).await?;
        let sees = Sight::of(actor, &readable);
        let lines = self.product_lines(&account).await?;
        let products = lines.iter().filter(|line| sees.member(&line.member));
        let products: Vec<ProductLine> = products.cloned().collect();
        self.note_looks(actor, products.iter().map(|line| &line.member), "products")
            .await?;
        self.note(actor, "products", None, &account.snapshot.name(), "done")
            .await?;
        Ok(ProductsView {
            snapshot: account.snapshot.name(),
            year: account.year,
            gwp: account.config.gwp,
            basis: account.config.scope2,
            allocation: "value".into(),
            status: account.made.status(),
            products,
        })
    }

    /// Every product of an account.
    pub(crate) async fn product_lines(&self, account: &Account) -> Result<Arc<Vec<ProductLine>>, AppError> {
        let key = (
            account.snapshot.seq,
            account.generation,
            account.digest.clone(),
            account.year,
        );
        self.cache.products.of(key, async { product_lines(account) }).await
    }
}

/// Every product with its shares. A share travels along deliveries as the emissions do, so it is found by
/// consolidating that part of the emissions alone.
fn product_lines(account: &Account) -> Result<Vec<ProductLine>, AppError> {
    let spend = carried(account, &|line| line.method == Method::Spend)?;
    let supplier = carried(account, &|line| line.method == Method::SupplierSpecific)?;
    let primary = carried(account, &is_primary)?;
    let own: BTreeMap<&MemberId, Amount> = account
        .made
        .members
        .iter()
        .map(|part| (&part.member, part.own.amount()))
        .collect();
    let line = |product: &greenheart_footprint::consolidate::ProductFootprint| {
        let member = &product.id.member;
        let total = kg(product.total);
        let of = |part: &BTreeMap<MemberId, Amount>| share(part.get(member).copied().unwrap_or_default(), total);
        let (supplier_share, spend_share) = (of(&supplier), of(&spend));
        let own_kg = own.get(member).copied().unwrap_or_default();
        ProductLine {
            reference: account.reference(&format!("product/{member}")),
            member: member.clone(),
            output: product.output.value,
            unit: product.output.dimension.base_unit().into(),
            kg_per_unit: product.per_unit.value,
            total_kg: total,
            own_kg,
            from_members_kg: total - own_kg,
            activity_share: if total.is_zero() {
                Rate::ZERO
            } else {
                Rate::ONE - supplier_share - spend_share
            },
            supplier_share,
            spend_share,
            primary_share: of(&primary),
        }
    };
    Ok(account.made.products.iter().map(line).collect())
}

/// Primary is what was measured as gas and what own plant burnt by the meter. A physical quantity times an average
/// factor of somebody else's production is not.
fn is_primary(line: &BoundaryLine) -> bool {
    line.method == Method::Measured || (line.scope == Scope::One && line.method == Method::Activity)
}

fn carried(account: &Account, counts: &dyn Fn(&BoundaryLine) -> bool) -> Result<BTreeMap<MemberId, Amount>, AppError> {
    let lines = account.lines.years.first().map(Vec::as_slice).unwrap_or_default();
    let flows = panel_flows(&account.lines.panel, lines, counts)?;
    let made = consolidate(&flows.flows).map_err(|error| refused(account.year, &error))?;
    Ok(made
        .products
        .iter()
        .map(|product| (product.id.member.clone(), kg(product.total)))
        .collect())
}
