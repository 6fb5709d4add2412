//! Names of reporting lines and of the parts of the material account.

/// Lines of rows from the books that know only money begin with this. Better evidence explains them.
pub(crate) const SPEND_PREFIX: &str = "spend.";

/// Lines of deliveries with own vehicles, calculated from freight lists, begin with this. Fuel that is booked tells the same
/// kilometres better.
pub(crate) const OWN_TRANSPORT_PREFIX: &str = "own_transport.";

/// Revenue inside the country.
pub(crate) const REVENUE_DOMESTIC: &str = "revenue.domestic";
/// Revenue abroad.
pub(crate) const REVENUE_EXPORT: &str = "revenue.export";
/// Other operating revenue.
pub(crate) const REVENUE_OTHER: &str = "revenue.other";
/// Grants: shown, never part of goal 1.
pub(crate) const REVENUE_GRANT: &str = "revenue.grant";

/// Parts of the material account, as `Entry.material_part` holds them.
pub mod part {
    /// Primary material taken in (or of unknown origin), kg.
    pub const PRIMARY_INPUT: &str = "primary_input";
    /// Secondary material taken in, kg.
    pub const SECONDARY_INPUT: &str = "secondary_input";
    /// Waste that is lost to production, kg.
    pub const WASTE_LOST: &str = "waste_lost";
    /// Waste that became material again, kg.
    pub const WASTE_RECIRCULATED: &str = "waste_recirculated";
    /// Own residues burnt for own heat, kg: neither lost nor recirculated.
    pub const OWN_RESIDUE_FUEL: &str = "own_residue_fuel";
    /// Goods bought that nobody has said yet what they are or weigh: what goal 3 lacks. NOK, and kg where they are counted in kg.
    pub const OPEN_INPUT: &str = "open_input";
    /// Product, kg.
    pub const OUTPUT: &str = "output";
}
