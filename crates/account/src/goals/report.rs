//! What the goals say.

use greenheart_model::{Derivation, MemberId};
use greenheart_units::{Amount, Rate};
use serde::{Deserialize, Serialize};

use super::config::{Goal, GoalConfig};

/// The three goals of one snapshot. Amounts are decimal strings; the last word of a figure's name is
/// its unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalReport {
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Choices that it was computed with.
    pub config: GoalConfig,
    /// `revenue`, `co2e`, `resource_draw`.
    pub goals: Vec<GoalSeries>,
}

/// One goal, year by year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalSeries {
    /// Which.
    pub goal: Goal,
    /// Unit of the headline: `NOK` in prices of the base year, `kgCO2e` or `kg`.
    pub unit: String,
    /// Signed change from base to goal year.
    pub target_change: Rate,
    /// From the base year to the goal year.
    pub years: Vec<GoalYear>,
}

/// How a goal stands in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalStatus {
    /// On the target line or better.
    OnTrack,
    /// Short of the target line.
    Behind,
    /// There is a figure, but too much of it rests on spend or waits for a factor or a mass, or it would not hold with what waits.
    Indicative,
    /// The panel covers too little of the boundary.
    NotAssessable,
    /// There is no figure.
    Missing,
}

impl GoalStatus {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnTrack => "on_track",
            Self::Behind => "behind",
            Self::Indicative => "indicative",
            Self::NotAssessable => "not_assessable",
            Self::Missing => "missing",
        }
    }
}

/// A goal in one year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalYear {
    /// Calendar year.
    pub year: i16,
    /// How it stands.
    pub status: GoalStatus,
    /// The headline, on the panel.
    pub value: Figure,
    /// The same panel in the base year (restated base).
    pub base: Figure,
    /// The target line in this year.
    pub target: Figure,
    /// `value / base - 1`.
    pub change: Option<Rate>,
    /// What the panel did over what it did in the base year: revenue in prices of the base year for goal 2, tonnes of product
    /// for goal 3. `None` where it is not known, and for goal 1.
    #[serde(default)]
    pub activity: Option<Rate>,
    /// Share of the boundary that the panel covers.
    pub coverage: CoverageShare,
    /// Members with a complete base year and a complete year.
    pub panel: Vec<MemberId>,
    /// Estimate for members of the boundary outside the panel: a bar of its own.
    pub estimate_rest: Figure,
    /// Share of goal 2 that rests on spend.
    pub spend_share: Option<Rate>,
    /// Figures beside the headline, by name.
    pub beside: Vec<Figure>,
    /// What is missing, and who lacks it.
    pub gaps: Vec<Gap>,
}

/// A figure and why it is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Stable name; its last word is the unit, such as `co2e_consolidated_location_kg`.
    pub name: String,
    /// `None` is missing, never zero.
    pub value: Option<Amount>,
    /// Unit.
    pub unit: String,
    /// Why. The references of its steps are left for whoever knows the snapshot.
    pub why: Derivation,
}

/// Share of the boundary that the panel covers in a year; `None` is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageShare {
    /// Of revenue.
    pub revenue: Option<Rate>,
    /// Of employees.
    pub employees: Option<Rate>,
    /// Goal 3: share of the goods that the panel bought, by value, of which it is known what they weigh or that they are no
    /// material; the lower of the year and the base year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchases: Option<Rate>,
    /// Members in the panel.
    pub panel_members: u32,
    /// Members in the boundary.
    pub boundary_members: u32,
}

/// Something missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// Stable code, such as `goal.coverage_missing`.
    pub code: String,
    /// Whose; `None` for the cluster as a whole.
    pub member: Option<MemberId>,
    /// The particulars.
    pub detail: String,
}
