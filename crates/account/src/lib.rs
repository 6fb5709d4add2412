//! The account: from activities to entries, and from sums of entries to the three goals.
//!
//! For: the shipped factors ([`shipped`]), binding activities to them ([`Binder`]), letting the better
//! evidence explain the spend on the same thing ([`reconcile`]), the inventory of a year
//! ([`inventory`]), the three goals ([`goals`]), and the register of what bought articles weigh and are for
//! ([`articles`]).
//! Not for: storage, files, clocks, floats; readers and sums are arguments.
//! Start with [`Binder::post`], then [`reconcile`], then [`goals`].
#![deny(clippy::float_arithmetic)]

pub mod articles;
pub mod metering;

mod arithmetic;
mod bind;
mod flows;
mod freight;
mod goals;
mod inventory;
mod line;
mod price;
mod reconcile;

pub use bind::{Binder, ExchangeRates, MemberDirectory, Options, company_name};
pub use flows::{Flow, Side, Sighting, flows};
pub use freight::{FreightLog, freight_log};
pub use goals::{
    Boundary, BoundaryLine, ClusterBooks, CoverageShare, Figure, FigureKind, Gap, Goal, GoalConfig, GoalInputs,
    GoalReport, GoalSeries, GoalStatus, GoalYear, MemberBooks, MemberCoverage, MemberFigure, MemberMaterials,
    MemberPart, MemberSize, OpenGoods, OpenLine, PanelLines, PanelMaterials, PanelValueAdded, PanelYear, goals,
    open_goods, panel_lines, panel_materials, panel_value_added, panel_years, parts as goal_parts,
};
pub use greenheart_factors::{FactorFileError, SHIPPED_VERSION, parse, plausibility, shipped, write};
pub use inventory::{Inventory, InventoryQuery, InventoryRow, inventory};
pub use line::part;
pub use price::{CarbonPath, PriceFileError, PriceIndex};
pub use reconcile::{Displaced, MemberSums, Reconciled, reconcile, reconcile_member};
