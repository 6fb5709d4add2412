//! Members, their sites, and who may see what.

use std::fmt;
use std::str::FromStr;

use greenheart_units::Rate;
use serde::{Deserialize, Serialize};

use crate::{Coordinates, Date, MemberId, Nace, OrgNo, Period, SiteId};

/// What a member does in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Makes things.
    Industry,
    /// Treats waste.
    Waste,
    /// Sells power or heat.
    Energy,
    /// Sells water.
    Water,
    /// Carries goods.
    Logistics,
    /// Builds.
    Construction,
    /// Lends and insures.
    Finance,
    /// Municipality, county, state.
    Public,
    /// Researches and teaches.
    Research,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 9] = [
        Self::Industry,
        Self::Waste,
        Self::Energy,
        Self::Water,
        Self::Logistics,
        Self::Construction,
        Self::Finance,
        Self::Public,
        Self::Research,
    ];
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Industry => "industry",
            Self::Waste => "waste",
            Self::Energy => "energy",
            Self::Water => "water",
            Self::Logistics => "logistics",
            Self::Construction => "construction",
            Self::Finance => "finance",
            Self::Public => "public",
            Self::Research => "research",
        }
    }
    /// Whether a member of this role counts in the revenue goal: bank, municipality and research do not.
    pub const fn in_revenue_goal(self) -> bool {
        !matches!(self, Self::Finance | Self::Public | Self::Research)
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| {
            format!(
                "`{text}` is not a role; use one of {}",
                Self::ALL.map(Self::name).join(", ")
            )
        })
    }
}
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A legal entity in the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its identifier here: the organisation number where there is one.
    pub id: MemberId,
    /// Its organisation number.
    pub org_no: OrgNo,
    /// Its name.
    pub name: String,
    /// Its industry.
    pub nace: Option<Nace>,
    /// What it does in the cluster.
    pub role: Role,
    /// When it belongs to the cluster.
    pub membership: Membership,
    /// People employed, for coverage; missing is missing.
    pub employees: Option<u32>,
    /// Invented, for a demonstration.
    pub fictional: bool,
}

/// Since when, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// First day.
    pub joined: Date,
    /// Last day, when it has left.
    pub left: Option<Date>,
}

impl Membership {
    /// Whether it holds during the whole period.
    pub fn covers(self, period: Period) -> bool {
        self.joined <= period.from() && self.left.is_none_or(|left| left >= period.to())
    }
}

/// A place where a member works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its identifier here.
    pub id: SiteId,
    /// Whose it is.
    pub member: MemberId,
    /// Its name.
    pub name: String,
    /// Its sub-unit number (underenhet).
    pub sub_unit: Option<OrgNo>,
    /// Where it lies.
    pub coordinates: Option<Coordinates>,
    /// Four-digit municipality number.
    pub municipality: Option<String>,
    /// Whether it lies inside the boundary of the goals.
    pub in_boundary: bool,
}

/// Which share of what a legal entity reports as a whole belongs to its sites inside the boundary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundaryKey {
    /// Whose books it divides.
    pub member: MemberId,
    /// From this day on.
    pub valid_from: Date,
    /// Zero to one.
    pub share: Rate,
    /// What it rests on: payroll, metered energy, revenue by site.
    pub evidence: String,
}

/// Who may see something a member owns. Ordered from the narrowest; the default is [`Visibility::Own`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// The member alone.
    #[default]
    Own,
    /// Also the cluster's facilitator.
    Facilitator,
    /// Others see a band without a name.
    AnonymisedBand,
    /// Named partners.
    NamedPartners,
    /// All members.
    Cluster,
    /// Everyone.
    Public,
}
