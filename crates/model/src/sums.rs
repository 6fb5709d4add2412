//! Additive sums of entries: the only thing that a page adds up.

use serde::{Deserialize, Serialize};

use greenheart_units::{Amount, DecimalError};

use crate::{Category, Entry, GasMasses, ItemClass, MemberId, Method, Month, Scope, Scope2Basis, SiteId, Text};

/// The dimensions of a partial sum. Every total of the system is a sum over rows of this shape.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SumKey {
    /// Whose.
    pub member: MemberId,
    /// Where, when not the legal entity as a whole.
    pub site: Option<SiteId>,
    /// When.
    pub month: Month,
    /// Scope.
    pub scope: Scope,
    /// Scope 3 category or 0.
    pub category: Category,
    /// Class for reconciliation.
    pub class: ItemClass,
    /// How.
    pub method: Method,
    /// Which account of bought energy.
    pub basis: Scope2Basis,
    /// The member on the other side, when it is one of the cluster.
    pub counterparty: Option<MemberId>,
    /// Reporting line.
    pub line: Text,
    /// Part of the material account.
    pub material_part: Text,
}

impl SumKey {
    /// The dimensions of an entry of `member`.
    pub fn of(member: &MemberId, entry: &Entry) -> Self {
        Self {
            member: member.clone(),
            site: entry.site.clone(),
            month: entry.month,
            scope: entry.scope,
            category: entry.category,
            class: entry.class,
            method: entry.method,
            basis: entry.basis,
            counterparty: entry.counterparty.clone(),
            line: entry.line.clone(),
            material_part: entry.material_part.clone(),
        }
    }
}

/// What is summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SumValues {
    /// kg of each gas.
    pub gases: GasMasses,
    /// NOK, over the rows that state it.
    pub amount_nok: Amount,
    /// Rows that do not state NOK.
    pub rows_without_amount: u64,
    /// kg of material.
    pub mass_kg: Amount,
    /// Rows of the material account without a mass.
    pub rows_without_mass: u64,
    /// kWh.
    pub energy_kwh: Amount,
    /// Rows.
    pub rows: u64,
}

impl SumValues {
    /// The values of one entry.
    pub fn of(entry: &Entry) -> Self {
        Self {
            gases: entry.gases,
            amount_nok: entry.amount_nok.unwrap_or_default(),
            rows_without_amount: u64::from(entry.amount_nok.is_none()),
            mass_kg: entry.mass_kg.unwrap_or_default(),
            rows_without_mass: u64::from(entry.mass_kg.is_none() && !entry.material_part.is_empty()),
            energy_kwh: entry.energy_kwh.unwrap_or_default(),
            rows: 1,
        }
    }

    /// The sum of both.
    pub fn checked_add(&self, other: &Self) -> Result<Self, DecimalError> {
        Ok(Self {
            gases: self.gases.checked_add(&other.gases)?,
            amount_nok: self.amount_nok.checked_add(other.amount_nok)?,
            rows_without_amount: self.rows_without_amount + other.rows_without_amount,
            mass_kg: self.mass_kg.checked_add(other.mass_kg)?,
            rows_without_mass: self.rows_without_mass + other.rows_without_mass,
            energy_kwh: self.energy_kwh.checked_add(other.energy_kwh)?,
            rows: self.rows + other.rows,
        })
    }
}
