//! What each member adds to what goals are summed from, for whoever decides which of the sums may be shown.

use std::collections::BTreeSet;

use greenheart_model::{Category, MemberId, Scope, Scope2Basis};
use greenheart_units::{Amount, DecimalError};

use super::books::{BookRow, is_revenue};
use super::config::{FigureKind, Goal, GoalInputs};
use super::panel::Books;
use crate::line::part;

/// Operating revenue, NOK of its year.
pub const REVENUE: &str = "revenue";
/// Own combustion, kg CO2e.
pub const SCOPE1: &str = "co2e.scope1";
/// Bought energy, kg CO2e; `.members` behind it when it came from the panel.
pub const SCOPE2: &str = "co2e.scope2";
/// Everything else bought that goal 2 names, kg CO2e; `.members` behind it when it came from the panel.
pub const SCOPE3: &str = "co2e.scope3";
/// Behind the name of what was bought from the panel: goal 2 leaves it out.
pub const FROM_MEMBERS: &str = ".members";
/// Primary material from outside the panel, kg, by line.
pub const PRIMARY: &str = "primary.";
/// Waste lost, kg, by line.
pub const LOST: &str = "lost.";

/// What one member adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPart {
    /// Who.
    pub member: MemberId,
    /// Of what.
    pub name: String,
    /// How much, in the unit of the name.
    pub value: Amount,
}

/// How large a member of the boundary is: what the coverage of a goal is computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberSize {
    /// Who.
    pub member: MemberId,
    /// Whether it is in the panel.
    pub in_panel: bool,
    /// Revenue, NOK; `None` is unknown.
    pub revenue: Option<Amount>,
    /// Employees; `None` is unknown.
    pub employees: Option<Amount>,
}

/// A goal's panel of a year that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelYear {
    /// Which goal.
    pub goal: Goal,
    /// Calendar year.
    pub year: i16,
    /// What the panel adds in that year.
    pub now: Vec<MemberPart>,
    /// What the same panel adds in the base year.
    pub base: Vec<MemberPart>,
    /// The boundary.
    pub sizes: Vec<MemberSize>,
}

/// What every panel of the three goals is made of, from the base year to the last year that has ended.
///
/// # Errors
/// Overflow of a sum.
pub fn panel_years(inputs: &GoalInputs<'_>) -> Result<Vec<PanelYear>, DecimalError> {
    let books = Books::open(inputs);
    let config = inputs.config;
    let mut found = Vec::new();
    for goal in Goal::ALL {
        for year in config.base_year..=config.last_year {
            let panel = books.panel(goal, year);
            let mut sizes = Vec::with_capacity(panel.boundary.len());
            for member in &panel.boundary {
                sizes.push(MemberSize {
                    in_panel: panel.members.contains(member),
                    revenue: books.size(member, year, FigureKind::RevenueNok)?,
                    employees: books.size(member, year, FigureKind::Employees)?,
                    member: member.clone(),
                });
            }
            let parts = |year| parts(inputs, &books, goal, &panel.members, year);
            found.push(PanelYear {
                goal,
                year,
                now: parts(year)?,
                base: parts(config.base_year)?,
                sizes,
            });
        }
    }
    Ok(found)
}

fn parts(
    inputs: &GoalInputs<'_>,
    books: &Books<'_>,
    goal: Goal,
    panel: &BTreeSet<MemberId>,
    year: i16,
) -> Result<Vec<MemberPart>, DecimalError> {
    let mut found = Vec::new();
    for member in panel {
        let mut own: std::collections::BTreeMap<String, Amount> = std::collections::BTreeMap::new();
        for row in books.rows(member, year) {
            let added = match goal {
                Goal::Revenue => is_revenue(&row.key).then(|| (REVENUE.to_owned(), row.values.amount_nok)),
                Goal::Co2e => emitted(inputs, row, panel)?,
                Goal::ResourceDraw => drawn(row, panel),
            };
            if let Some((name, value)) = added {
                let slot = own.entry(name).or_default();
                *slot = slot.checked_add(value)?;
            }
        }
        found.extend(own.into_iter().map(|(name, value)| MemberPart {
            member: member.clone(),
            name,
            value,
        }));
    }
    Ok(found)
}

fn is_from(row: &BookRow, panel: &BTreeSet<MemberId>) -> bool {
    row.key.counterparty.as_ref().is_some_and(|other| panel.contains(other))
}

fn emitted(
    inputs: &GoalInputs<'_>,
    row: &BookRow,
    panel: &BTreeSet<MemberId>,
) -> Result<Option<(String, Amount)>, DecimalError> {
    let key = &row.key;
    if key.basis != Scope2Basis::Both && key.basis != inputs.config.scope2 {
        return Ok(None);
    }
    let counted = |category: &Category| inputs.config.categories.contains(category);
    let name = match key.scope {
        Scope::One => SCOPE1,
        Scope::Two => SCOPE2,
        Scope::Three if counted(&key.category) => SCOPE3,
        Scope::Three | Scope::Removal | Scope::None => return Ok(None),
    };
    // Own combustion is never eliminated, whoever sold the fuel.
    let internal = key.scope != Scope::One && is_from(row, panel);
    let behind = if internal { FROM_MEMBERS } else { "" };
    Ok(Some((format!("{name}{behind}"), row.co2e()?)))
}

fn drawn(row: &BookRow, panel: &BTreeSet<MemberId>) -> Option<(String, Amount)> {
    let begins = match &*row.key.material_part {
        part::PRIMARY_INPUT if !is_from(row, panel) => PRIMARY,
        part::WASTE_LOST => LOST,
        _ => return None,
    };
    Some((format!("{begins}{}", row.key.line), row.values.mass_kg))
}
