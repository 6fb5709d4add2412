//! The inventory of a year by member, scope, category, line and method.

use std::collections::BTreeSet;

use greenheart_model::{Category, GwpSet, MemberId, Method, Scope, Scope2Basis};
use greenheart_units::{Amount, DecimalError, Rate};
use serde::{Deserialize, Serialize};

use crate::Reconciled;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryQuery {
    /// Calendar year.
    pub year: i16,
    /// GWP set applied to the gases.
    pub gwp: GwpSet,
    /// Account of bought energy: `Location` or `Market`; `Both` is read as `Location`.
    pub basis: Scope2Basis,
    /// Members; all when `None`.
    pub members: Option<BTreeSet<MemberId>>,
}

/// One line of an inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventoryRow {
    /// Whose.
    pub member: MemberId,
    /// Scope.
    pub scope: Scope,
    /// Scope 3 category or 0.
    pub category: Category,
    /// Reporting line.
    pub line: String,
    /// How.
    pub method: Method,
    /// kg CO2e; `None` for rows that no factor was found for.
    pub co2e_kg: Option<Amount>,
    /// kg of biogenic CO2, outside the scopes.
    pub biogenic_co2_kg: Amount,
    /// NOK behind the rows that state it.
    pub amount_nok: Amount,
    /// kWh behind the rows.
    pub energy_kwh: Amount,
    /// kg of material behind the rows.
    pub mass_kg: Amount,
    /// Rows.
    pub rows: u64,
}

/// The inventory of a year. Missing is missing: unbound rows are counted, never zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// Calendar year.
    pub year: i16,
    /// GWP set.
    pub gwp: GwpSet,
    /// Account of bought energy.
    pub basis: Scope2Basis,
    /// Lines, by member, scope, category, line and method.
    pub rows: Vec<InventoryRow>,
    /// Scope 1, kg CO2e.
    pub scope1_co2e_kg: Amount,
    /// Scope 2 on `basis`, kg CO2e.
    pub scope2_co2e_kg: Amount,
    /// Scope 3, kg CO2e.
    pub scope3_co2e_kg: Amount,
    /// Scopes 1 to 3, kg CO2e.
    pub total_co2e_kg: Amount,
    /// Share of the total that rests on spend; `None` when the total is zero.
    pub spend_share: Option<Rate>,
    /// Rows without a factor: what they emit is unknown and not in the total.
    pub unbound_rows: u64,
    /// NOK of those rows, as far as stated.
    pub unbound_nok: Amount,
    /// Biogenic CO2, kg, outside the scopes.
    pub biogenic_co2_kg: Amount,
    /// Durable removals, kg CO2: a ledger of their own, never netted.
    pub removals_co2_kg: Amount,
    /// Spend that better evidence explained, NOK.
    pub displaced_nok: Amount,
}

/// The inventory that the query asks for (rule `inventory@1`).
///
/// # Errors
/// Overflow of a sum.
/// # Source
/// GHG Protocol Corporate Standard, ch. 4 and 9; Scope 2 Guidance, ch. 6; Scope 3 Standard, ch. 5.
pub fn inventory(reconciled: &Reconciled, query: &InventoryQuery) -> Result<Inventory, DecimalError> {
    let _ = (reconciled, query);
    unimplemented!()
}
