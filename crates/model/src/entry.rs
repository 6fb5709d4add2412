//! An activity bound to a factor.

use std::fmt;
use std::str::FromStr;

use greenheart_units::{Amount, Rate, Rounding};
use serde::{Deserialize, Serialize};

use crate::activity::named_enum;
use crate::{FactorId, GwpSet, ItemClass, MemberId, Month, SiteId};

named_enum!(
    /// Scope of the GHG Protocol.
    Scope {
        /// Own combustion, processes and leaks.
        One => "1",
        /// Bought power, heat and steam.
        Two => "2",
        /// Everything else.
        Three => "3",
        /// Removals: a ledger of their own.
        Removal => "removal",
        /// Not an emission: revenue, material, output.
        None => "none",
    }
);

/// Category of scope 3 (1 to 15); 0 outside scope 3.
pub type Category = u8;

named_enum!(
    /// How a figure came about, best first.
    Method {
        /// Metered or weighed gas.
        Measured => "measured",
        /// The supplier's own figure.
        SupplierSpecific => "supplier_specific",
        /// A physical quantity times a factor.
        Activity => "activity",
        /// Money times a factor.
        Spend => "spend",
        /// No factor was found; the row waits, and the figure says so.
        Unbound => "unbound",
        /// No emission is asked for.
        NotApplicable => "not_applicable",
    }
);

named_enum!(
    /// Which of the two accounts of bought energy an entry belongs to.
    Scope2Basis {
        /// Both, as everything but bought energy.
        Both => "both",
        /// Location-based only.
        Location => "location",
        /// Market-based only.
        Market => "market",
    }
);

/// Mass of each gas, in kg. Kept apart so that the GWP set is chosen when asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GasMasses {
    /// Fossil CO2, kg.
    pub co2: Amount,
    /// Fossil methane, kg.
    pub ch4_fossil: Amount,
    /// Methane of biogenic origin, kg.
    pub ch4_biogenic: Amount,
    /// Nitrous oxide, kg.
    pub n2o: Amount,
    /// Biogenic CO2, kg: outside the scopes.
    pub co2_biogenic: Amount,
    /// Other gases, and factors published only as CO2e: kg CO2e under the factor's own GWP set.
    pub co2e_other: Amount,
}

impl GasMasses {
    /// kg CO2e under `gwp`: CO2 + CH4 and N2O by their potentials + what is only known as CO2e.
    /// Biogenic CO2 stays outside.
    ///
    /// # Errors
    /// Overflow of the exact product.
    pub fn co2e(&self, gwp: GwpSet) -> Result<Amount, greenheart_units::DecimalError> {
        let potentials = gwp.potentials();
        let times = |mass: Amount, potential: Rate| mass.times(potential, Rounding::HalfEven);
        self.co2
            .checked_add(times(self.ch4_fossil, potentials.ch4_fossil)?)?
            .checked_add(times(self.ch4_biogenic, potentials.ch4_biogenic)?)?
            .checked_add(times(self.n2o, potentials.n2o)?)?
            .checked_add(self.co2e_other)
    }

    /// The sum by gas.
    pub fn checked_add(&self, other: &Self) -> Result<Self, greenheart_units::DecimalError> {
        Ok(Self {
            co2: self.co2.checked_add(other.co2)?,
            ch4_fossil: self.ch4_fossil.checked_add(other.ch4_fossil)?,
            ch4_biogenic: self.ch4_biogenic.checked_add(other.ch4_biogenic)?,
            n2o: self.n2o.checked_add(other.n2o)?,
            co2_biogenic: self.co2_biogenic.checked_add(other.co2_biogenic)?,
            co2e_other: self.co2e_other.checked_add(other.co2e_other)?,
        })
    }
}

/// One activity bound to one factor version. Never changed: re-binding writes a new generation.
///
/// Bought energy makes two entries, one for each [`Scope2Basis`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Row of the activity in its batch.
    pub row_no: u64,
    /// Site, when not the legal entity as a whole.
    pub site: Option<SiteId>,
    /// Month it is booked in.
    pub month: Month,
    /// Scope.
    pub scope: Scope,
    /// Scope 3 category or 0.
    pub category: Category,
    /// Class for reconciliation.
    pub class: ItemClass,
    /// Reporting line: what a person reads in a table, such as `diesel`, `revenue.export`, `steel`.
    pub line: crate::Text,
    /// How.
    pub method: Method,
    /// Which account of bought energy.
    pub basis: Scope2Basis,
    /// Factor used; `None` when unbound or none is asked for.
    pub factor: Option<FactorId>,
    /// Rule that made it, such as `purchase.spend@1`.
    pub rule: crate::Text,
    /// The member on the other side, when it is one of the cluster.
    pub counterparty: Option<MemberId>,
    /// Gases in kg.
    pub gases: GasMasses,
    /// NOK behind the activity; `None` is unknown.
    pub amount_nok: Option<Amount>,
    /// kg of material behind the activity (goal 3), on the basis that the rule names.
    pub mass_kg: Option<Amount>,
    /// Which part of the material account `mass_kg` belongs to: `primary_input`, `secondary_input`,
    /// `waste_lost`, `waste_recirculated`, `output`, or empty.
    pub material_part: crate::Text,
    /// Energy behind the activity in kWh.
    pub energy_kwh: Option<Amount>,
}
