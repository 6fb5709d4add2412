//! Emission factors and the sets they are published in.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use greenheart_units::{Basis, Dimension, Rate};
use serde::{Deserialize, Serialize};

use crate::activity::named_enum;
use crate::{Date, FactorId, Text};

named_enum!(
    /// A greenhouse gas as factors state it.
    Gas {
        /// Fossil carbon dioxide.
        Co2 => "co2",
        /// Fossil methane.
        Ch4Fossil => "ch4_fossil",
        /// Biogenic methane.
        Ch4Biogenic => "ch4_biogenic",
        /// Nitrous oxide.
        N2o => "n2o",
        /// Biogenic carbon dioxide.
        Co2Biogenic => "co2_biogenic",
        /// Anything known only as CO2e.
        Co2eOther => "co2e_other",
    }
);

named_enum!(
    /// A published set of global warming potentials over 100 years.
    GwpSet {
        /// IPCC Fourth Assessment Report.
        Ar4 => "ar4",
        /// IPCC Fifth Assessment Report, without climate-carbon feedback.
        Ar5 => "ar5",
        /// IPCC Sixth Assessment Report.
        Ar6 => "ar6",
    }
);

/// Potentials of the gases that are kept by mass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Potentials {
    /// Fossil methane.
    pub ch4_fossil: Rate,
    /// Biogenic methane.
    pub ch4_biogenic: Rate,
    /// Nitrous oxide.
    pub n2o: Rate,
}

impl GwpSet {
    /// kg CO2e per kg over 100 years.
    ///
    /// # Source
    /// AR4 WGI table 2.14 (CH4 25, N2O 298); AR5 WGI table 8.A.1 (CH4 28, fossil 30, N2O 265); AR6 WGI
    /// table 7.15 (CH4 fossil 29.8, non-fossil 27.0, N2O 273).
    pub const fn potentials(self) -> Potentials {
        const fn tenths(tenths: i128) -> Rate {
            Rate::from_mantissa(tenths * Rate::ONE_MANTISSA / 10)
        }
        let (fossil, biogenic, n2o) = match self {
            Self::Ar4 => (250, 250, 2980),
            Self::Ar5 => (300, 280, 2650),
            Self::Ar6 => (298, 270, 2730),
        };
        Potentials {
            ch4_fossil: tenths(fossil),
            ch4_biogenic: tenths(biogenic),
            n2o: tenths(n2o),
        }
    }
}

/// What one unit of a factor is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FactorBasis {
    /// Gases are per base unit of this.
    pub dimension: Dimension,
    /// On this basis.
    pub basis: Basis,
}

/// Pedigree scores, 1 (best) to 5, in the order reliability, completeness, temporal, geographical and
/// technological correlation.
pub type Pedigree = [u8; 5];

/// One version of one factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// Identifier, unique over all versions.
    pub id: FactorId,
    /// Item of the catalogue it is for, such as `diesel`.
    pub item: Text,
    /// What it describes beyond the item: `combustion`, `location`, `market`, `upstream`, `landfill`, `spend`.
    pub aspect: Text,
    /// Name in English.
    pub name_en: Text,
    /// Name in Norwegian bokmål.
    pub name_nb: Text,
    /// kg of each gas per base unit of the basis.
    pub gases: BTreeMap<Gas, Rate>,
    /// What it is per.
    pub per: FactorBasis,
    /// ISO 3166 country, or `EU`, `GLO`.
    pub region: Text,
    /// Year the data describe.
    pub data_year: i16,
    /// When it was published.
    pub published: Date,
    /// First day it applies.
    pub valid_from: Date,
    /// Last day it applies; open when `None`.
    pub valid_to: Option<Date>,
    /// When it was entered in the set.
    pub entered: Date,
    /// GWP set of gases known only as CO2e.
    pub gwp: GwpSet,
    /// Quality scores.
    pub pedigree: Pedigree,
    /// Publication with table or page.
    pub citation: Text,
    /// Licence.
    pub licence: Text,
    /// Remarks that must follow the figure, such as a foreign proxy; empty when none.
    pub remark: Text,
}

/// A named, immutable version of a set of factors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorSet {
    /// Name and version, such as `greenheart-2026.1`.
    pub version: String,
    factors: Vec<Factor>,
}

/// Why a factor set was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactorSetError {
    /// The same identifier twice.
    #[error("the factor `{0}` stands twice in the set")]
    Duplicate(FactorId),
}

impl FactorSet {
    /// A set of factors with distinct identifiers, sorted by them.
    pub fn new(version: impl Into<String>, mut factors: Vec<Factor>) -> Result<Self, FactorSetError> {
        factors.sort_by(|a, b| a.id.cmp(&b.id));
        if let Some(pair) = factors.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(FactorSetError::Duplicate(pair[0].id.clone()));
        }
        Ok(Self {
            version: version.into(),
            factors,
        })
    }

    /// Every factor, by identifier.
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// The factor with this identifier.
    pub fn get(&self, id: &FactorId) -> Option<&Factor> {
        self.factors
            .binary_search_by(|factor| factor.id.cmp(id))
            .ok()
            .map(|at| &self.factors[at])
    }
}
