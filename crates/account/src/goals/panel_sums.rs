//! Material and value added of the panels, for whoever asks more of them than a goal's sum: circularity by member, and whether
//! the cluster pays its way.

use std::collections::BTreeSet;

use greenheart_model::MemberId;
use greenheart_units::{Amount, DecimalError};

use super::config::{Goal, GoalInputs};
use super::panel::Books;
use super::terms::MemberMaterials;

/// Members of the panel of goal 3 in a year, and the material of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelMaterials {
    /// Calendar year.
    pub year: i16,
    /// In the order of members.
    pub members: Vec<MemberMaterials>,
}

/// What came in, went round and was lost in `year`, by member of the panel of goal 3.
///
/// # Errors
/// Overflow of a sum.
pub fn panel_materials(inputs: &GoalInputs<'_>, year: i16) -> Result<PanelMaterials, DecimalError> {
    let books = Books::open(inputs);
    let panel = books.panel(Goal::ResourceDraw, year).members;
    let of = |member: &MemberId| MemberMaterials::of(&books, &panel, member, year);
    Ok(PanelMaterials {
        year,
        members: panel.iter().map(of).collect::<Result<_, _>>()?,
    })
}

/// Value added of a panel in kroner of the year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelValueAdded {
    /// Members in the panel of goal 2.
    pub panel: BTreeSet<MemberId>,
    /// Operating revenue without grants, NOK.
    pub revenue_nok: Amount,
    /// Goods and services bought, by the books, NOK; machines and buildings are no part of it.
    pub bought_nok: Amount,
    /// The difference, NOK.
    pub value_added_nok: Amount,
}

/// Value added of the panel of goal 2 in `year` (rule `value_added@1`): operating revenue without grants less goods and services
/// bought, both from the books, before better evidence takes the place of spend. Payroll, depreciation, interest and
/// investments are no purchases.
///
/// # Errors
/// Overflow of a sum.
/// # Source
/// Statistics Norway, `bearbeidingsverdi`: production value less intermediate consumption, at factor prices without grants.
pub fn panel_value_added(inputs: &GoalInputs<'_>, year: i16) -> Result<PanelValueAdded, DecimalError> {
    let books = Books::open(inputs);
    let panel = books.panel(Goal::Co2e, year).members;
    let (mut revenue_nok, mut bought_nok) = (Amount::ZERO, Amount::ZERO);
    for member in &panel {
        let own = books.value_added(member, year)?;
        revenue_nok = revenue_nok.checked_add(own.revenue)?;
        bought_nok = bought_nok.checked_add(own.bought)?;
    }
    Ok(PanelValueAdded {
        value_added_nok: crate::arithmetic::minus(revenue_nok, bought_nok)?,
        panel,
        revenue_nok,
        bought_nok,
    })
}
