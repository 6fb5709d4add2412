//! The terms of each goal, summed over a panel and a year.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_model::{ItemClass, MemberId, Method, Scope, Scope2Basis, SumKey};
use greenheart_units::{Amount, DecimalError, Rate};

use super::books::{BookRow, is_revenue};
use super::config::GoalConfig;
use super::open::OpenSums;
use super::panel::Books;
use crate::arithmetic::{minus, scale};
use crate::line::{REVENUE_EXPORT, REVENUE_GRANT, part};

fn add(slot: &mut Amount, value: Amount) -> Result<(), DecimalError> {
    *slot = slot.checked_add(value)?;
    Ok(())
}

fn from_member(key: &SumKey, panel: &BTreeSet<MemberId>) -> bool {
    key.counterparty.as_ref().is_some_and(|other| panel.contains(other))
}

/// Goal 1, NOK of the year.
#[derive(Debug, Clone, Default)]
pub(crate) struct Revenue {
    pub(crate) nominal: Amount,
    pub(crate) export: Amount,
    pub(crate) to_members: Amount,
    pub(crate) grants: Amount,
    pub(crate) rows_without_amount: u64,
}

impl Revenue {
    pub(crate) fn of(books: &Books<'_>, panel: &BTreeSet<MemberId>, year: i16) -> Result<Self, DecimalError> {
        let mut revenue = Self::default();
        for BookRow { key, values, .. } in panel.iter().flat_map(|member| books.rows(member, year)) {
            if &*key.line == REVENUE_GRANT {
                add(&mut revenue.grants, values.amount_nok)?;
            }
            if !is_revenue(key) {
                continue;
            }
            add(&mut revenue.nominal, values.amount_nok)?;
            revenue.rows_without_amount += values.rows_without_amount;
            if &*key.line == REVENUE_EXPORT {
                add(&mut revenue.export, values.amount_nok)?;
            }
            if from_member(key, panel) {
                add(&mut revenue.to_members, values.amount_nok)?;
            }
        }
        Ok(revenue)
    }
}

/// Goal 2, kg CO2e. `eliminated` are entries bought from the panel: the seller's own account covers them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Co2e {
    pub(crate) scope1: Amount,
    pub(crate) scope2: Amount,
    pub(crate) scope3: Amount,
    pub(crate) eliminated: Amount,
    /// Scope 1, and scope 2 from outside the panel: what a carbon price is paid for.
    pub(crate) priced: Amount,
    pub(crate) by_spend: Amount,
    pub(crate) grid: Amount,
    pub(crate) grid_kwh: Amount,
    pub(crate) biogenic: Amount,
    pub(crate) removals: Amount,
    pub(crate) unbound_rows: u64,
    pub(crate) unbound_without_nok: u64,
    pub(crate) unbound_nok: Amount,
    pub(crate) all_nok: Amount,
}

impl Co2e {
    pub(crate) fn of(
        books: &Books<'_>,
        panel: &BTreeSet<MemberId>,
        year: i16,
        config: &GoalConfig,
        basis: Scope2Basis,
    ) -> Result<Self, DecimalError> {
        let mut terms = Self::default();
        for row in panel.iter().flat_map(|member| books.rows(member, year)) {
            if row.key.basis == Scope2Basis::Both || row.key.basis == basis {
                terms.take(row, from_member(&row.key, panel), config)?;
            }
        }
        Ok(terms)
    }

    fn take(&mut self, row: &BookRow, internal: bool, config: &GoalConfig) -> Result<(), DecimalError> {
        let (key, values, co2e) = (&row.key, &row.values, row.co2e()?);
        match key.scope {
            Scope::One => add(&mut self.scope1, co2e)?,
            Scope::Two => add(&mut self.scope2, co2e)?,
            Scope::Three if config.categories.contains(&key.category) => add(&mut self.scope3, co2e)?,
            Scope::Removal => return add(&mut self.removals, co2e),
            Scope::Three | Scope::None => return Ok(()),
        }
        add(&mut self.biogenic, values.gases.co2_biogenic)?;
        add(&mut self.all_nok, values.amount_nok)?;
        if internal {
            // Own combustion is never eliminated, whoever sold the fuel.
            if key.scope != Scope::One {
                return add(&mut self.eliminated, co2e);
            }
        }
        if matches!(key.scope, Scope::One | Scope::Two) {
            add(&mut self.priced, co2e)?;
        }
        if key.method == Method::Unbound {
            self.unbound_rows += values.rows;
            self.unbound_without_nok += values.rows_without_amount;
            add(&mut self.unbound_nok, values.amount_nok)?;
        }
        if key.method == Method::Spend {
            add(&mut self.by_spend, co2e)?;
        }
        if key.scope == Scope::Two && key.class == ItemClass::Electricity && key.method == Method::Activity {
            add(&mut self.grid, co2e)?;
            add(&mut self.grid_kwh, values.energy_kwh)?;
        }
        Ok(())
    }

    pub(crate) fn plain(&self) -> Result<Amount, DecimalError> {
        self.scope1.checked_add(self.scope2)?.checked_add(self.scope3)
    }

    /// Scope 1 and everything bought from outside the panel.
    pub(crate) fn consolidated(&self) -> Result<Amount, DecimalError> {
        minus(self.plain()?, self.eliminated)
    }

    /// The consolidated account with the grid of `base`: its kg CO2e per kWh on this year's kWh. `None`
    /// when power is bought now and none was then.
    pub(crate) fn with_grid_of(&self, base: &Self) -> Result<Option<Amount>, DecimalError> {
        let frozen = if self.grid_kwh.is_zero() {
            self.grid
        } else if base.grid_kwh.is_zero() {
            return Ok(None);
        } else {
            scale(self.grid_kwh, base.grid.mantissa(), base.grid_kwh.mantissa())?
        };
        minus(self.consolidated()?, self.grid)?.checked_add(frozen).map(Some)
    }

    /// Share of the consolidated account that rests on spend.
    pub(crate) fn spend_share(&self) -> Result<Option<Rate>, DecimalError> {
        Ok(self.by_spend.ratio(self.consolidated()?))
    }

    /// Whether more waits for a factor than the cluster tolerates, or nobody can tell how much.
    pub(crate) fn too_much_unbound(&self, most: Rate) -> bool {
        let share = self.unbound_nok.abs().ratio(self.all_nok);
        self.unbound_rows > 0 && (self.unbound_without_nok > 0 || share.is_none_or(|share| share > most))
    }
}

/// Material of one member, kg, dry where stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberMaterials {
    /// Whose.
    pub member: MemberId,
    /// Primary material taken in, from wherever.
    pub primary_kg: Amount,
    /// Secondary material taken in, from wherever.
    pub secondary_kg: Amount,
    /// Of both, from members of the panel.
    pub from_members_kg: Amount,
    /// Waste lost.
    pub lost_kg: Amount,
    /// Waste that became material again.
    pub recirculated_kg: Amount,
    /// Rows that state no mass.
    pub rows_without_mass: u64,
}

impl MemberMaterials {
    pub(crate) fn of(
        books: &Books<'_>,
        panel: &BTreeSet<MemberId>,
        member: &MemberId,
        year: i16,
    ) -> Result<Self, DecimalError> {
        let mut own = Self {
            member: member.clone(),
            primary_kg: Amount::ZERO,
            secondary_kg: Amount::ZERO,
            from_members_kg: Amount::ZERO,
            lost_kg: Amount::ZERO,
            recirculated_kg: Amount::ZERO,
            rows_without_mass: 0,
        };
        for BookRow { key, values, .. } in books.rows(member, year) {
            let (slot, input) = match &*key.material_part {
                part::PRIMARY_INPUT => (&mut own.primary_kg, true),
                part::SECONDARY_INPUT => (&mut own.secondary_kg, true),
                part::WASTE_LOST => (&mut own.lost_kg, false),
                part::WASTE_RECIRCULATED => (&mut own.recirculated_kg, false),
                _ => continue,
            };
            add(slot, values.mass_kg)?;
            own.rows_without_mass += values.rows_without_mass;
            if input && from_member(key, panel) {
                add(&mut own.from_members_kg, values.mass_kg)?;
            }
        }
        Ok(own)
    }
}

/// Goal 3, kg of material.
#[derive(Debug, Clone, Default)]
pub(crate) struct Materials {
    pub(crate) primary: Amount,
    pub(crate) secondary: Amount,
    pub(crate) from_members: Amount,
    pub(crate) lost: Amount,
    pub(crate) recirculated: Amount,
    pub(crate) own_residue: Amount,
    pub(crate) output: Amount,
    pub(crate) rows_without_mass: u64,
    /// What is bought and of which nobody knows the mass.
    pub(crate) open: OpenSums,
    /// kg of `primary_input` and `waste_lost` by line.
    pub(crate) by_line: BTreeMap<(&'static str, String), Amount>,
}

impl Materials {
    pub(crate) fn of(books: &Books<'_>, panel: &BTreeSet<MemberId>, year: i16) -> Result<Self, DecimalError> {
        let mut terms = Self {
            open: OpenSums::of(books, panel, year)?,
            ..Self::default()
        };
        for BookRow { key, values, .. } in panel.iter().flat_map(|member| books.rows(member, year)) {
            let input = matches!(&*key.material_part, part::PRIMARY_INPUT | part::SECONDARY_INPUT);
            let mut line = |name: &'static str| {
                add(
                    terms.by_line.entry((name, key.line.to_string())).or_default(),
                    values.mass_kg,
                )
            };
            let slot = match &*key.material_part {
                _ if input && from_member(key, panel) => &mut terms.from_members,
                part::PRIMARY_INPUT => {
                    line(part::PRIMARY_INPUT)?;
                    &mut terms.primary
                }
                part::SECONDARY_INPUT => &mut terms.secondary,
                part::WASTE_LOST => {
                    line(part::WASTE_LOST)?;
                    &mut terms.lost
                }
                part::WASTE_RECIRCULATED => &mut terms.recirculated,
                part::OWN_RESIDUE_FUEL => &mut terms.own_residue,
                part::OUTPUT => {
                    add(&mut terms.output, values.mass_kg)?;
                    continue;
                }
                _ => continue,
            };
            add(slot, values.mass_kg)?;
            terms.rows_without_mass += values.rows_without_mass;
        }
        Ok(terms)
    }

    /// Our headline index: primary material from outside plus waste lost.
    pub(crate) fn draw(&self) -> Result<Amount, DecimalError> {
        self.primary.checked_add(self.lost)
    }
}
