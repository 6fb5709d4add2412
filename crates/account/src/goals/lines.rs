//! The lines that goal 2 is summed from, for whoever asks more of them than their sum: consolidation by
//! footprints, decomposition of a change, uncertainty.

use std::collections::BTreeSet;

use greenheart_model::{Category, ItemClass, MemberId, Method, Scope, Scope2Basis, Text};
use greenheart_units::{Amount, DecimalError};

use super::books::{BookRow, is_revenue};
use super::config::{Goal, GoalInputs};
use super::panel::Books;

/// A line of a panel member inside the boundary: the sum of a year's months and sites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundaryLine {
    /// Whose.
    pub member: MemberId,
    /// The member on the other side, when it is one of the cluster.
    pub counterparty: Option<MemberId>,
    /// Scope; `None` for revenue and material.
    pub scope: Scope,
    /// Scope 3 category or 0.
    pub category: Category,
    /// Class for reconciliation.
    pub class: ItemClass,
    /// How.
    pub method: Method,
    /// Reporting line.
    pub line: Text,
    /// Part of the material account.
    pub material_part: Text,
    /// Whether its CO2e is part of goal 2 before elimination.
    pub counted: bool,
    /// Whether its NOK is operating revenue.
    pub revenue: bool,
    /// kg CO2e.
    pub co2e_kg: Amount,
    /// NOK, over the rows that state it.
    pub amount_nok: Amount,
    /// kWh.
    pub energy_kwh: Amount,
    /// kg of material.
    pub mass_kg: Amount,
    /// Rows of the material account without a mass.
    pub rows_without_mass: u64,
    /// Rows.
    pub rows: u64,
}

impl BoundaryLine {
    /// Whether it was bought from a member of `panel`, so that the seller's own account covers it. Own combustion
    /// stays with whoever burns.
    pub fn is_internal(&self, panel: &BTreeSet<MemberId>) -> bool {
        self.scope != Scope::One && self.counterparty.as_ref().is_some_and(|other| panel.contains(other))
    }
}

/// A panel, and its lines in the asked years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelLines {
    /// Members in the panel of goal 2 in every asked panel year.
    pub panel: BTreeSet<MemberId>,
    /// Lines of each year, in the order asked for; members in their order.
    pub years: Vec<Vec<BoundaryLine>>,
}

/// Lines of goal 2 in `years`, on the account of bought energy that the configuration names, of the members that are
/// in the panel of each of `panel_years`. The panel of a year is that of the goal: complete in the base year too.
///
/// # Errors
/// Overflow of a sum.
pub fn panel_lines(inputs: &GoalInputs<'_>, panel_years: &[i16], years: &[i16]) -> Result<PanelLines, DecimalError> {
    let books = Books::open(inputs);
    let of_year = |year: &i16| books.panel(Goal::Co2e, *year).members;
    let panel = panel_years
        .iter()
        .map(of_year)
        .reduce(|known, next| known.intersection(&next).cloned().collect())
        .unwrap_or_default();
    let lines = |year: &i16| -> Result<Vec<BoundaryLine>, DecimalError> {
        let rows = panel.iter().flat_map(|member| books.rows(member, *year));
        rows.filter(|row| row.key.basis == Scope2Basis::Both || row.key.basis == basis(inputs))
            .map(|row| line(row, inputs))
            .collect()
    };
    let years = years.iter().map(lines).collect::<Result<_, _>>()?;
    Ok(PanelLines { panel, years })
}

fn basis(inputs: &GoalInputs<'_>) -> Scope2Basis {
    if inputs.config.scope2 == Scope2Basis::Market {
        Scope2Basis::Market
    } else {
        Scope2Basis::Location
    }
}

fn line(row: &BookRow, inputs: &GoalInputs<'_>) -> Result<BoundaryLine, DecimalError> {
    let (key, values) = (&row.key, &row.values);
    Ok(BoundaryLine {
        member: key.member.clone(),
        counterparty: key.counterparty.clone(),
        scope: key.scope,
        category: key.category,
        class: key.class,
        method: key.method,
        line: key.line.clone(),
        material_part: key.material_part.clone(),
        counted: match key.scope {
            Scope::One | Scope::Two => true,
            Scope::Three => inputs.config.categories.contains(&key.category),
            Scope::Removal | Scope::None => false,
        },
        revenue: is_revenue(key),
        co2e_kg: row.co2e()?,
        amount_nok: values.amount_nok,
        energy_kwh: values.energy_kwh,
        mass_kg: values.mass_kg,
        rows_without_mass: values.rows_without_mass,
        rows: values.rows,
    })
}
