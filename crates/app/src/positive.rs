//! Whether the cluster is climate-positive, and whether it pays its way after a carbon price.
//!
//! Removals stand in a ledger of their own and are never taken off the account: the predicate sets the two side by
//! side, gross, in the same year and panel.

use std::collections::BTreeMap;

use greenheart_account::panel_value_added;
use greenheart_footprint::positive::{Removals, climate_positive, value_added_after_carbon};
use greenheart_model::{GwpSet, Ref, Scope, Scope2Basis, Status};
use greenheart_units::{Amount, Co2e, Currency, Money};
use serde::{Deserialize, Serialize};

use crate::consolidate::Account;
use crate::{Actor, App, AppError, YearQuery};

/// What is removed for good: stored as rock, underground or as char. Everything else is shown and never counted.
const DURABLE: [&str; 4] = ["ccs", "direct_air_capture", "mineralisation", "biochar"];

/// Durable removals, gross.
pub(crate) const DURABLE_KG: &str = "durable_removals_kg";
/// Shown, never counted.
pub(crate) const NOT_DURABLE_KG: &str = "not_durable_kg";

/// What the verdict needs beside the ledger, kg CO2e and NOK.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PositiveRequest {
    /// Which account.
    pub query: YearQuery,
    /// Emissions of the removals themselves.
    pub life_cycle_kg: Amount,
    /// Caused elsewhere by them.
    pub leakage_kg: Amount,
    /// Lost again in the year.
    pub reversals_kg: Amount,
    /// Sold, or claimed by somebody else.
    pub claimed_elsewhere_kg: Amount,
    /// Price of carbon, NOK a tonne, with the name of its path.
    pub price: Option<CarbonPrice>,
}

/// A price of carbon and what value added it is taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarbonPrice {
    /// Name of the path.
    pub path: String,
    /// NOK a tonne of CO2e.
    pub nok_per_t: Amount,
    /// Value added of the panel, NOK; by the books of its members when nobody states it.
    pub value_added_nok: Option<Amount>,
    /// Carbon cost that it has paid already, NOK.
    pub paid_nok: Amount,
}

/// The verdict with the gross figures that must be shown beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositiveView {
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Calendar year.
    pub year: i16,
    /// GWP set.
    pub gwp: GwpSet,
    /// Account of bought energy.
    pub basis: Scope2Basis,
    /// Whether counted removals are at least the consolidated account; `None` while rows wait for a factor.
    pub climate_positive: Option<bool>,
    /// Whether value added stays positive after the price; `None` without a price.
    pub pays_its_way: Option<bool>,
    /// Account, removals and what was taken off them.
    pub figures: Vec<PositiveFigure>,
    /// The price that was asked with.
    pub price: Option<CarbonPrice>,
}

/// A figure of the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositiveFigure {
    /// Opens to its reason; absent for what the asker stated and what is a difference of the others.
    pub reference: Option<Ref>,
    /// Stable name, its last word the unit.
    pub name: String,
    /// Value.
    pub value: Amount,
    /// Unit.
    pub unit: String,
}

impl App {
    /// Sets durable removals beside the consolidated account of a year. It follows every batch, so it is for those
    /// who lead.
    ///
    /// # Errors
    /// [`AppError::Input`] for a negative part and for flows that cannot be consolidated.
    pub async fn climate_positive(&self, actor: &Actor, request: &PositiveRequest) -> Result<PositiveView, AppError> {
        self.allowed(actor, actor.may_administer(), "positive", None).await?;
        let account = self.account(actor, &request.query).await?;
        let (durable, not_durable) = removed(&account)?;
        let consolidated = account.made.consolidated.value;
        let removals = Removals {
            durable_gross: Co2e::new(durable),
            life_cycle: Co2e::new(request.life_cycle_kg),
            leakage: Co2e::new(request.leakage_kg),
            reversals: Co2e::new(request.reversals_kg),
            claimed_elsewhere: Co2e::new(request.claimed_elsewhere_kg),
            not_durable: Co2e::new(not_durable),
        };
        let verdict = climate_positive(consolidated, &removals)
            .map_err(|error| AppError::input(error.to_string(), "state every part as a positive amount"))?;
        let kg = |name: &str, value: Amount| figure(&account, name, value, "kgCO2e");
        let mut figures = vec![
            kg("consolidated_kg", consolidated.amount()),
            kg(DURABLE_KG, durable),
            kg("life_cycle_kg", request.life_cycle_kg),
            kg("leakage_kg", request.leakage_kg),
            kg("reversals_kg", request.reversals_kg),
            kg("claimed_elsewhere_kg", request.claimed_elsewhere_kg),
            kg("counted_removals_kg", verdict.counted.amount()),
            kg("margin_kg", verdict.margin.amount()),
            kg(NOT_DURABLE_KG, not_durable),
        ];
        let mut pays_its_way = None;
        if let Some(price) = &request.price {
            let value_added = match price.value_added_nok {
                Some(stated) => stated,
                None => self.value_added(&account, &mut figures).await?,
            };
            let left = after_price(&account, price, value_added)?;
            pays_its_way = Some(left > Amount::ZERO);
            figures.push(figure(&account, "value_added_after_carbon_nok", left, "NOK"));
        }
        self.note(actor, "positive", None, &account.snapshot.name(), "done")
            .await?;
        Ok(PositiveView {
            snapshot: account.snapshot.name(),
            year: account.year,
            gwp: account.config.gwp,
            basis: account.config.scope2,
            // An account with holes may be too low: it can deny, never confirm.
            climate_positive: match (verdict.climate_positive, account.made.status()) {
                (false, _) => Some(false),
                (true, Status::Complete) => Some(true),
                (true, _) => None,
            },
            pays_its_way,
            figures,
            price: request.price.clone(),
        })
    }

    /// Value added of the panel by the books, with what it is the difference of.
    async fn value_added(&self, account: &Account, figures: &mut Vec<PositiveFigure>) -> Result<Amount, AppError> {
        let year = account.year;
        let found = self
            .with_goal_inputs(&account.snapshot, &account.config, |inputs| {
                panel_value_added(inputs, year)
            })
            .await??;
        figures.push(figure(account, "operating_revenue_nok", found.revenue_nok, "NOK"));
        figures.push(figure(account, "bought_nok", found.bought_nok, "NOK"));
        figures.push(figure(account, "value_added_nok", found.value_added_nok, "NOK"));
        Ok(found.value_added_nok)
    }
}

fn figure(account: &Account, name: &str, value: Amount, unit: &str) -> PositiveFigure {
    let opens = ["consolidated_kg", DURABLE_KG, NOT_DURABLE_KG].contains(&name);
    PositiveFigure {
        reference: opens.then(|| account.reference(&format!("total/{name}"))),
        name: name.into(),
        value,
        unit: unit.into(),
    }
}

/// Whether a line of the removals ledger is stored for good.
pub(crate) fn is_durable(line: &str) -> bool {
    DURABLE.contains(&line)
}

/// Removals of the panel by line: durable, and what is shown alone, kg CO2.
pub(crate) fn removed(account: &Account) -> Result<(Amount, Amount), AppError> {
    let mut by_durability: BTreeMap<bool, Amount> = BTreeMap::new();
    for line in account.lines.years.iter().flatten() {
        if line.scope == Scope::Removal {
            let slot = by_durability.entry(is_durable(&line.line)).or_default();
            *slot = slot.checked_add(line.co2e_kg)?;
        }
    }
    let of = |durable: bool| by_durability.get(&durable).copied().unwrap_or_default();
    Ok((of(true), of(false)))
}

/// Value added less the price of scope 1 and of bought power and heat, NOK.
fn after_price(account: &Account, price: &CarbonPrice, value_added: Amount) -> Result<Amount, AppError> {
    let mut scopes = Amount::ZERO;
    let panel = &account.lines.panel;
    for line in account.lines.years.iter().flatten() {
        if matches!(line.scope, Scope::One | Scope::Two) && !line.is_internal(panel) {
            scopes = scopes.checked_add(line.co2e_kg)?;
        }
    }
    let nok = |amount| Money {
        amount,
        currency: Currency::NOK,
    };
    let left = value_added_after_carbon(
        nok(value_added),
        Co2e::new(scopes),
        nok(price.nok_per_t),
        nok(price.paid_nok),
    );
    let left = left.map_err(|error| AppError::input(error.to_string(), "look at scope 1 and 2 of the panel"))?;
    Ok(left.amount)
}
