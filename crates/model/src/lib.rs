//! The nouns of GreenHeart.
//!
//! For: members and sites, activities and the evidence behind them, batches, factors, entries,
//! findings, derivations, and the codes that identify them ([`OrgNo`], [`WasteCode`], [`Nace`]).
//! Not for: reading files, clocks, SQL or HTML; nothing here computes a footprint.
//! Start with [`Activity`], follow it to [`Entry`], then read [`Batch`].
#![deny(clippy::float_arithmetic)]

mod activity;
mod batch;
mod carriage;
mod codes;
mod derivation;
mod entry;
mod factor;
mod finding;
mod ids;
mod member;
mod period;
mod sums;
pub mod waste_list;

pub use activity::{
    AccountRef, Activity, ActivityKind, Counterparty, Identifiers, ItemClass, RowPlace, TaxCode, Treatment,
};
pub use batch::{Batch, ControlTotal, Coverage, CoverageKind, SourceFile};
pub use carriage::{Arrangement, Carriage, CarriageFuel, DistanceBasis, ElementKind};
pub use codes::{CodeError, Coordinates, Nace, OrgNo, WasteCode};
pub use derivation::{Derivation, Derived, Ref, RefError, Step};
pub use entry::{Category, Entry, GasMasses, Method, Scope, Scope2Basis};
pub use factor::{Factor, FactorBasis, FactorSet, FactorSetError, Gas, GwpSet, Pedigree};
pub use finding::{Finding, FindingLog, Place, Severity, Status};
pub use ids::{BatchId, FactorId, FileId, MemberId, SegmentId, SiteId};
pub use member::{BoundaryKey, Member, Membership, Role, Site, Visibility};
pub use period::{Date, Month, Period, PeriodError};
pub use sums::{SumKey, SumValues};

/// Shared text: the same name on a million rows is one allocation.
pub type Text = std::sync::Arc<str>;
