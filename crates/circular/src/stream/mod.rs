//! What a site has too much of, or needs.

mod blend;
mod check;
mod cn;
mod limits;

pub use blend::{Blend, blend};
pub use check::{FINDINGS, check};
pub use cn::CnCode;
pub use limits::{LimitOutcome, LimitResult, Property, check_limits, missing_test};

use std::fmt;

use greenheart_model::waste_list::Jurisdiction;
use greenheart_model::{Coordinates, Date, MemberId, Nace, SiteId, Text, Visibility, WasteCode};
use greenheart_units::{Amount, Basis, Dimension};
use serde::{Deserialize, Serialize};

/// A stream's identifier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StreamId(pub Text);

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which way it would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The site has it to spare.
    Offer,
    /// The site needs it.
    Want,
}

/// What it is, physically. Whether a residue is waste or a by-product is a question of law, answered per exchange by
/// [`crate::legal`], never by the stream itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A product or raw material.
    Material,
    /// What is left over from making something else.
    Residue,
    /// Water of any quality.
    Water,
    /// Heat or cold carried by a medium.
    Heat,
    /// Electric power.
    Electricity,
    /// A gas, as fuel or raw material.
    Gas,
}

impl Kind {
    /// The dimensions that a quantity of it may be given in.
    pub const fn dimensions(self) -> &'static [Dimension] {
        match self {
            Self::Material | Self::Residue => &[Dimension::Mass, Dimension::Volume, Dimension::Count],
            Self::Water => &[Dimension::Volume, Dimension::Mass],
            Self::Heat | Self::Electricity => &[Dimension::Energy],
            Self::Gas => &[Dimension::Mass, Dimension::Volume, Dimension::Energy],
        }
    }
}

/// What carries heat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// Liquid water.
    Water,
    /// Steam.
    Steam,
    /// Air or flue gas.
    Gas,
    /// Thermal oil.
    Oil,
}

/// How hot, and how much when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeatProfile {
    /// What carries it.
    pub medium: Medium,
    /// Temperature on the way out (offer) or needed (want), °C.
    pub supply_c: Amount,
    /// Temperature on the way back, °C, where there is one.
    pub return_c: Option<Amount>,
    /// Mean power by calendar month, January first, kW; missing is missing.
    pub power_kw: [Option<Amount>; 12],
}

/// The public codes of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Codes {
    /// Code of the list of waste (EAL).
    pub waste: Option<WasteCode>,
    /// Whose list; hazard flags differ between countries.
    pub jurisdiction: Jurisdiction,
    /// Code of the Combined Nomenclature, for products.
    pub cn: Option<CnCode>,
    /// Industry of the holder.
    pub nace: Option<Nace>,
}

/// Quantities by calendar month in the base unit of a dimension (kg, m³, kWh, pieces).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantities {
    /// What is counted.
    pub dimension: Dimension,
    /// Wet, dry, or as the unit says.
    pub basis: Basis,
    /// January first; missing is missing.
    pub months: [Option<Amount>; 12],
}

impl Quantities {
    /// The same in every month.
    pub const fn steady(dimension: Dimension, basis: Basis, monthly: Amount) -> Self {
        Self {
            dimension,
            basis,
            months: [Some(monthly); 12],
        }
    }

    /// Sum of the months given, and how many those are.
    pub fn known(&self) -> (Amount, usize) {
        let known = self.months.iter().flatten();
        (known.clone().copied().sum(), known.count())
    }
}

/// What the taker pays for a base unit; below zero the giver pays, a gate fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Price {
    /// NOK per base unit of the quantity.
    pub nok_per_unit: Amount,
}

/// What somebody can show of the quality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its title: analysis, data sheet, declaration.
    pub title: String,
    /// When it was made.
    pub dated: Date,
    /// Where it lies: a file of the holder's vault.
    pub reference: String,
}

/// What an inferred stream was inferred from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Waste reports: rows of the ledger.
    WasteReports(Vec<String>),
    /// Purchases: rows of the ledger.
    Purchases(Vec<String>),
    /// What the trade usually has.
    SectorProfile(String),
}

/// Whether it is known or guessed. A guess stays marked as one until the holder answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Guessed.
    Inferred(Source),
    /// The holder says so.
    Confirmed {
        /// Who.
        by: String,
        /// When.
        on: Date,
    },
    /// The holder says no: kept, so that it is not guessed again.
    Denied {
        /// Who.
        by: String,
        /// When.
        on: Date,
    },
    /// No longer there.
    Withdrawn {
        /// When.
        on: Date,
    },
}

/// Why a standing cannot change as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StandingError {
    /// It was withdrawn.
    #[error("stream `{0}` is withdrawn")]
    Withdrawn(StreamId),
    /// A contract still counts on it.
    #[error("stream `{stream}` is in contract `{contract}`; end that first")]
    InContract {
        /// Which stream.
        stream: StreamId,
        /// Which contract.
        contract: String,
    },
}

/// Something a site has too much of, or needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// Its identifier.
    pub id: StreamId,
    /// Whose it is.
    pub member: MemberId,
    /// Where it arises or is needed.
    pub site: SiteId,
    /// Where that lies.
    pub place: Option<Coordinates>,
    /// Offer or want.
    pub direction: Direction,
    /// What it is.
    pub kind: Kind,
    /// Its codes.
    pub codes: Codes,
    /// What it is in the holder's words, Norwegian or English.
    pub text: String,
    /// An offer's measured ranges, or a want's limits.
    pub properties: Vec<Property>,
    /// For heat.
    pub heat: Option<HeatProfile>,
    /// How much when.
    pub quantities: Option<Quantities>,
    /// What the taker would pay.
    pub price: Option<Price>,
    /// Farthest it may come from or go, km.
    pub max_distance_km: Option<u32>,
    /// What can be shown of its quality.
    pub documents: Vec<Document>,
    /// Who may see it.
    pub visibility: Visibility,
    /// The partners meant by [`Visibility::NamedPartners`].
    pub partners: Vec<MemberId>,
    /// Known or guessed.
    pub standing: Standing,
}

impl Stream {
    /// The holder says that it is right.
    pub fn confirm(&mut self, by: String, on: Date) -> Result<(), StandingError> {
        self.answer(Standing::Confirmed { by, on })
    }

    /// The holder says that it does not have this.
    pub fn deny(&mut self, by: String, on: Date) -> Result<(), StandingError> {
        self.answer(Standing::Denied { by, on })
    }

    fn answer(&mut self, standing: Standing) -> Result<(), StandingError> {
        if matches!(self.standing, Standing::Withdrawn { .. }) {
            return Err(StandingError::Withdrawn(self.id.clone()));
        }
        self.standing = standing;
        Ok(())
    }

    /// Takes it back, unless one of the `contracts` in force counts on it.
    pub fn withdraw(&mut self, on: Date, contracts: &[(String, StreamId)]) -> Result<(), StandingError> {
        if let Some((contract, stream)) = contracts.iter().find(|(_, stream)| *stream == self.id) {
            return Err(StandingError::InContract {
                stream: stream.clone(),
                contract: contract.clone(),
            });
        }
        self.standing = Standing::Withdrawn { on };
        Ok(())
    }

    /// Whether it may be matched: neither denied nor withdrawn.
    pub const fn is_open(&self) -> bool {
        matches!(self.standing, Standing::Inferred(_) | Standing::Confirmed { .. })
    }
}
