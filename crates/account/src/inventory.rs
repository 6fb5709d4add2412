//! The inventory of a year by member, scope, category, line and method.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_model::{Category, GwpSet, MemberId, Method, Scope, Scope2Basis, SumKey, SumValues};
use greenheart_units::{Amount, DecimalError, Rate};
use serde::{Deserialize, Serialize};

use crate::{MemberSums, Reconciled};

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
    let basis = match query.basis {
        Scope2Basis::Market => Scope2Basis::Market,
        Scope2Basis::Location | Scope2Basis::Both => Scope2Basis::Location,
    };
    let members = || {
        let asked = |own: &&MemberSums| query.members.as_ref().is_none_or(|wanted| wanted.contains(&own.member));
        reconciled.members().filter(asked)
    };
    let asked = |key: &SumKey| key.month.year() == query.year && (key.basis == Scope2Basis::Both || key.basis == basis);
    let mut lines: BTreeMap<Line, SumValues> = BTreeMap::new();
    for (key, values) in members()
        .flat_map(|own| &own.sums)
        .filter(|(key, _)| asked(key) && key.scope != Scope::None)
    {
        let line = (
            key.member.clone(),
            key.scope,
            key.category,
            key.line.to_string(),
            key.method,
        );
        let slot = lines.entry(line).or_default();
        *slot = slot.checked_add(values)?;
    }
    let mut inventory = Inventory::empty(query, basis);
    let mut by_spend = Amount::ZERO;
    for ((member, scope, category, line, method), values) in lines {
        let co2e = values.gases.co2e(query.gwp)?;
        let unbound = method == Method::Unbound;
        if unbound {
            inventory.unbound_rows += values.rows;
            inventory.unbound_nok = inventory.unbound_nok.checked_add(values.amount_nok)?;
        }
        if method == Method::Spend {
            by_spend = by_spend.checked_add(co2e)?;
        }
        let total = match scope {
            Scope::One => &mut inventory.scope1_co2e_kg,
            Scope::Two => &mut inventory.scope2_co2e_kg,
            Scope::Three => &mut inventory.scope3_co2e_kg,
            Scope::Removal | Scope::None => &mut inventory.removals_co2_kg,
        };
        *total = total.checked_add(co2e)?;
        inventory.biogenic_co2_kg = inventory.biogenic_co2_kg.checked_add(values.gases.co2_biogenic)?;
        inventory.rows.push(InventoryRow {
            member,
            scope,
            category,
            line,
            method,
            co2e_kg: (!unbound).then_some(co2e),
            biogenic_co2_kg: values.gases.co2_biogenic,
            amount_nok: values.amount_nok,
            energy_kwh: values.energy_kwh,
            mass_kg: values.mass_kg,
            rows: values.rows,
        });
    }
    let scopes = [
        inventory.scope1_co2e_kg,
        inventory.scope2_co2e_kg,
        inventory.scope3_co2e_kg,
    ];
    for scope in scopes {
        inventory.total_co2e_kg = inventory.total_co2e_kg.checked_add(scope)?;
    }
    inventory.spend_share = by_spend.ratio(inventory.total_co2e_kg);
    for displaced in members()
        .flat_map(|own| &own.displaced)
        .filter(|displaced| asked(&displaced.key))
    {
        inventory.displaced_nok = inventory.displaced_nok.checked_add(displaced.values.amount_nok)?;
    }
    Ok(inventory)
}

type Line = (MemberId, Scope, Category, String, Method);

impl Inventory {
    fn empty(query: &InventoryQuery, basis: Scope2Basis) -> Self {
        let zero = Amount::ZERO;
        Self {
            year: query.year,
            gwp: query.gwp,
            basis,
            rows: Vec::new(),
            scope1_co2e_kg: zero,
            scope2_co2e_kg: zero,
            scope3_co2e_kg: zero,
            total_co2e_kg: zero,
            spend_share: None,
            unbound_rows: 0,
            unbound_nok: zero,
            biogenic_co2_kg: zero,
            removals_co2_kg: zero,
            displaced_nok: zero,
        }
    }
}
