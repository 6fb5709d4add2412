//! Product footprints of members, and how they are known.

use std::collections::BTreeMap;
use std::sync::Arc;

use greenheart_account::{BoundaryLine, part};
use greenheart_footprint::consolidate::{ProductId, consolidate};
use greenheart_footprint::product::{Allocation, AllocationError, CoProduct, allocate};
use greenheart_model::{GwpSet, MemberId, Method, Ref, Scope, Scope2Basis, Status, Text};
use greenheart_units::{Amount, Co2e, Rate};
use serde::{Deserialize, Serialize};

use super::{Account, ENERGY, QualityLine, Sight, YearQuery, kg, panel_flows, product_name, refused, share};
use crate::{Actor, App, AppError};

/// What a plant burns, shared over the kilowatt hours it sells.
const BY_ENERGY: &str = "energy";

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
    /// How a member's emissions are shared over its sales: `value`; a plant's energy is shared by the kilowatt hour.
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
    /// `year` for all it sells together, `energy` for what a plant sells by the kilowatt hour.
    pub product: String,
    /// How its emissions are shared over its sales: `value` or `energy`.
    pub allocation: String,
    /// Output, in `unit`.
    pub output: Amount,
    /// `NOK`, `kWh`, or `pcs` of a year that has no revenue.
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
    /// Quality of the data, 1 good to 5 poor; `None` where nothing of it is rated.
    #[serde(default)]
    pub quality: Option<QualityLine>,
    /// The same by mass, for products that the member states by mass.
    #[serde(default)]
    pub made: Vec<MadeLine>,
}

/// What one named product carries by its share of the mass made: what a customer who buys by the kilogram asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeLine {
    /// Opens to its reason.
    pub reference: Ref,
    /// Name of the product.
    pub name: String,
    /// Mass made, kg.
    pub mass_kg: Amount,
    /// kg CO2e of all of it.
    pub total_kg: Amount,
    /// kg CO2e per kg.
    pub kg_per_kg: Rate,
    /// `mass`.
    pub allocation: String,
}

impl App {
    /// Footprints of the products of members that the actor may read.
    pub async fn products(&self, actor: &Actor, query: &YearQuery) -> Result<ProductsView, AppError> {
        self.allowed(actor, actor.is_of_the_cluster(), "products", None).await?;
        let account = self.account(actor, query).await?;
        let readable = self.readable_members(actor).await?;
        let sees = Sight::of(actor, &readable);
        let lines = self.product_lines(&account).await?;
        let qualities = self.qualities(&account).await?;
        let products = lines.iter().filter(|line| sees.member(&line.member));
        let products: Vec<ProductLine> = products
            .map(|line| ProductLine {
                quality: qualities.get(&line.id()).copied(),
                ..line.clone()
            })
            .collect();
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
        let make = async { product_lines(account) };
        self.cache.products.of(account.key(), make).await
    }
}

impl ProductLine {
    pub(crate) fn id(&self) -> ProductId {
        ProductId::new(self.member.as_str(), &self.product)
    }
}

/// Every product with its shares. A share travels along deliveries as the emissions do, so it is found by
/// consolidating that part of the emissions alone.
fn product_lines(account: &Account) -> Result<Vec<ProductLine>, AppError> {
    let spend = carried(account, &|line| line.method == Method::Spend)?;
    let supplier = carried(account, &|line| line.method == Method::SupplierSpecific)?;
    let primary = carried(account, &is_primary)?;
    let own: BTreeMap<&ProductId, Amount> = account
        .flows
        .products
        .iter()
        .map(|product| (&product.id, (product.direct + product.upstream).amount()))
        .collect();
    let mut made = made(account)?;
    let mut lines = Vec::with_capacity(account.made.products.len());
    for product in &account.made.products {
        let id = &product.id;
        let total = kg(product.total);
        let of = |part: &BTreeMap<ProductId, Amount>| share(part.get(id).copied().unwrap_or_default(), total);
        let (supplier_share, spend_share) = (of(&supplier), of(&spend));
        let own_kg = own.get(id).copied().unwrap_or_default();
        let energy = &*id.name == ENERGY;
        lines.push(ProductLine {
            reference: account.reference(&product_name(id)),
            member: id.member.clone(),
            product: id.name.to_string(),
            allocation: if energy { BY_ENERGY } else { Allocation::Value.name() }.into(),
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
            quality: None,
            made: if energy {
                Vec::new()
            } else {
                by_mass(account, id, total, made.remove(&id.member).unwrap_or_default())?
            },
        });
    }
    Ok(lines)
}

/// What each member states to have made, by name: kg, `None` for a name of which a row states no mass.
type Made = BTreeMap<MemberId, BTreeMap<Text, Option<Amount>>>;

fn made(account: &Account) -> Result<Made, AppError> {
    let mut made = Made::new();
    for line in account.year_lines() {
        // Energy is no mass that is missing.
        if &*line.material_part != part::OUTPUT || line.energy_kwh > Amount::ZERO {
            continue;
        }
        let of_member = made.entry(line.member.clone()).or_default();
        let known = of_member.entry(line.line.clone()).or_insert(Some(Amount::ZERO));
        *known = match *known {
            Some(mass) if line.rows_without_mass == 0 => Some(mass.checked_add(line.mass_kg)?),
            _ => None,
        };
    }
    Ok(made)
}

/// A member's year shared over its named products by mass; nothing where a product has none.
fn by_mass(
    account: &Account,
    id: &ProductId,
    total: Amount,
    made: BTreeMap<Text, Option<Amount>>,
) -> Result<Vec<MadeLine>, AppError> {
    let products: Vec<CoProduct> = made
        .into_iter()
        .map(|(name, mass_kg)| CoProduct {
            name,
            measured: None,
            mass_kg,
            value: None,
        })
        .collect();
    let parts = match allocate(Co2e::new(total), Allocation::Mass, &products) {
        Ok(parts) => parts,
        Err(AllocationError::TooLarge) => return Err(AppError::Damaged(AllocationError::TooLarge.to_string())),
        // Nothing is stated by mass, or not for every product: by value alone, then.
        Err(_) => return Ok(Vec::new()),
    };
    let lines = products.iter().zip(parts).filter_map(|(product, part)| {
        let mass_kg = product.mass_kg?;
        Some(MadeLine {
            reference: account.reference(&format!("product/{}/made/{}", id.member, product.name)),
            name: product.name.to_string(),
            mass_kg,
            total_kg: part.amount(),
            kg_per_kg: part.amount().ratio(mass_kg)?,
            allocation: Allocation::Mass.name().into(),
        })
    });
    Ok(lines.collect())
}

/// Primary is what was measured as gas and what own plant burnt by the meter. A physical quantity times an average
/// factor of somebody else's production is not.
fn is_primary(line: &BoundaryLine) -> bool {
    line.method == Method::Measured || (line.scope == Scope::One && line.method == Method::Activity)
}

fn carried(account: &Account, counts: &dyn Fn(&BoundaryLine) -> bool) -> Result<BTreeMap<ProductId, Amount>, AppError> {
    let part = |line: &BoundaryLine| Ok(if counts(line) { line.co2e_kg } else { Amount::ZERO });
    let flows = panel_flows(account.panel(), account.year_lines(), &part)?;
    let made = consolidate(&flows.flows).map_err(|error| refused(account.year, &error))?;
    Ok(made
        .products
        .iter()
        .map(|product| (product.id.clone(), kg(product.total)))
        .collect())
}
