//! What the goals are computed from.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_model::{BatchId, Category, CoverageKind, GwpSet, Member, MemberId, Period, Scope2Basis, Site};
use greenheart_units::{Amount, Rate};
use serde::{Deserialize, Serialize};

use super::books::ClusterBooks;
use crate::{CarbonPath, PriceIndex};

/// One of the three goals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Goal 1: total operating revenue, NOK.
    Revenue,
    /// Goal 2: CO2e, kg.
    Co2e,
    /// Goal 3: resource draw, kg.
    ResourceDraw,
}

impl Goal {
    /// The three, in order.
    pub const ALL: [Self; 3] = [Self::Revenue, Self::Co2e, Self::ResourceDraw];
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Revenue => "revenue",
            Self::Co2e => "co2e",
            Self::ResourceDraw => "resource_draw",
        }
    }
    /// Unit of its headline.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Revenue => "NOK",
            Self::Co2e => "kgCO2e",
            Self::ResourceDraw => "kg",
        }
    }
}

/// Choices of a cluster. There is no `Default`: [`GoalConfig::standard`] names the published ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalConfig {
    /// Base year.
    pub base_year: i16,
    /// Goal year.
    pub goal_year: i16,
    /// Last year to report on: the last one that has ended.
    pub last_year: i16,
    /// GWP set.
    pub gwp: GwpSet,
    /// Account of bought energy in the headline.
    pub scope2: Scope2Basis,
    /// Scope 3 categories inside the boundary of goal 2.
    pub categories: BTreeSet<Category>,
    /// Change from base to goal year, as a signed share: `0.10`, `-0.20`, `-0.15`.
    pub targets: BTreeMap<Goal, Rate>,
    /// Coverage kinds that a member needs for all twelve months, by goal.
    pub required: BTreeMap<Goal, BTreeSet<CoverageKind>>,
    /// Share of revenue or employees under which a goal is not assessable.
    pub least_coverage: Rate,
    /// Share of spend above which goal 2 is indicative.
    pub most_spend: Rate,
    /// Share of NOK without a factor above which goal 2 is indicative.
    pub most_unbound: Rate,
    /// Index for constant prices; without it the headline of goal 1 is missing.
    pub price_index: Option<PriceIndex>,
    /// Path of carbon prices, for what is left of value added after them; without it that figure is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carbon_price: Option<CarbonPath>,
    /// Estimates whose time is over: nothing is told by them, so that a year that rests on them is open again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub expired: BTreeSet<BatchId>,
}

impl GoalConfig {
    /// The published choices for a base year: five years, +10 % / -20 % / -15 %, AR6, location-based,
    /// categories 1 to 7 and 9, coverage 70 %, spend 40 %.
    pub fn standard(base_year: i16, last_year: i16) -> Self {
        use CoverageKind::{Accounts, Energy, Materials, Waste};
        let percent = |percent: i128| Rate::from_mantissa(percent * Rate::ONE_MANTISSA / 100);
        Self {
            base_year,
            goal_year: base_year.saturating_add(5),
            last_year,
            gwp: GwpSet::Ar6,
            scope2: Scope2Basis::Location,
            categories: [1, 2, 3, 4, 5, 6, 7, 9].into(),
            targets: [
                (Goal::Revenue, percent(10)),
                (Goal::Co2e, percent(-20)),
                (Goal::ResourceDraw, percent(-15)),
            ]
            .into(),
            required: [
                (Goal::Revenue, [Accounts].into()),
                (Goal::Co2e, [Accounts, Energy].into()),
                (Goal::ResourceDraw, [Materials, Waste].into()),
            ]
            .into(),
            least_coverage: percent(70),
            most_spend: percent(40),
            most_unbound: percent(5),
            price_index: None,
            carbon_price: None,
            expired: BTreeSet::new(),
        }
    }
}

/// What a member has told completely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberCoverage {
    /// Whose.
    pub member: MemberId,
    /// Of what.
    pub kind: CoverageKind,
    /// When.
    pub period: Period,
}

/// What a figure about a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureKind {
    /// Operating revenue of the year in NOK from a public source, for members without accounts here.
    RevenueNok,
    /// Value added of the year in NOK.
    ValueAddedNok,
    /// People employed.
    Employees,
}

/// A figure about a member that is not summed from entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberFigure {
    /// Whose.
    pub member: MemberId,
    /// Calendar year.
    pub year: i16,
    /// What.
    pub kind: FigureKind,
    /// How much.
    pub value: Amount,
    /// Where it comes from.
    pub source: String,
}

/// Everything the goals are computed from.
#[derive(Debug, Clone)]
pub struct GoalInputs<'a> {
    /// Choices of the cluster.
    pub config: &'a GoalConfig,
    /// Snapshot that the sums belong to; printed in every derivation.
    pub snapshot: &'a str,
    /// Every member, also those that have left.
    pub members: &'a [Member],
    /// Their sites.
    pub sites: &'a [Site],
    /// What each member has told completely.
    pub coverage: &'a [MemberCoverage],
    /// Books of the snapshot inside the boundary, under the GWP set of the choices.
    pub books: &'a ClusterBooks,
    /// Figures from elsewhere.
    pub figures: &'a [MemberFigure],
}
