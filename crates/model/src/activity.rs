//! Something that happened, as one row of one file claims it.

use std::fmt;
use std::str::FromStr;

use greenheart_units::{Amount, Currency, Reading};
use serde::{Deserialize, Serialize};

use crate::{Carriage, OrgNo, Period, SiteId, Text, WasteCode};

macro_rules! named_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The stable name, as in files, columns and options.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
        impl FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|value| value.name() == text).ok_or_else(|| {
                    let names: Vec<&str> = Self::ALL.iter().map(|value| value.name()).collect();
                    format!("`{text}` is none of {}", names.join(", "))
                })
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(crate) use named_enum;

named_enum!(
    /// What kind of thing happened.
    ActivityKind {
        /// Fuel burnt on site or in own vehicles.
        Fuel => "fuel",
        /// Power bought.
        Electricity => "electricity",
        /// District heat, steam or cooling bought.
        Heat => "heat",
        /// Refrigerant or other gas lost.
        Refrigerant => "refrigerant",
        /// Emission of a process, stated as gas.
        ProcessEmission => "process_emission",
        /// Goods and services bought.
        Purchase => "purchase",
        /// Machines and buildings bought.
        CapitalGood => "capital_good",
        /// Goods carried by others.
        Transport => "transport",
        /// Waste handed over.
        Waste => "waste",
        /// Business travel.
        Travel => "travel",
        /// Commuting.
        Commuting => "commuting",
        /// Material taken into production.
        MaterialInput => "material_input",
        /// Product made.
        ProductOutput => "product_output",
        /// Revenue.
        Sale => "sale",
        /// Durable removal of CO2.
        Removal => "removal",
        /// A posting that is none of the above (payroll, depreciation, interest); kept so that nothing is dropped.
        OtherPosting => "other_posting",
    }
);

named_enum!(
    /// Classes in which spend and measurement describe the same thing: measured power explains spend
    /// on power. Reconciliation works per member, class and month.
    ItemClass {
        /// Power.
        Electricity => "electricity",
        /// District heat.
        Heat => "heat",
        /// Fuel for heat and processes.
        StationaryFuel => "stationary_fuel",
        /// Fuel for own vehicles.
        VehicleFuel => "vehicle_fuel",
        /// Refrigerants.
        Refrigerant => "refrigerant",
        /// Process emissions.
        Process => "process",
        /// Freight in and out.
        Freight => "freight",
        /// Waste and water services.
        WasteService => "waste_service",
        /// Raw material, components, packaging.
        Goods => "goods",
        /// Services, rent, repair and everything else bought.
        Services => "services",
        /// Machines and buildings.
        Capital => "capital",
        /// Business travel.
        Travel => "travel",
        /// Commuting.
        Commuting => "commuting",
        /// Revenue.
        Revenue => "revenue",
        /// Removals.
        Removal => "removal",
        /// Neither bought nor sold: payroll, depreciation, interest, tax.
        None => "none",
    }
);

named_enum!(
    /// What became of waste.
    Treatment {
        /// Used again as it is.
        Reuse => "reuse",
        /// Made into material again, within the region or elsewhere.
        Recycling => "recycling",
        /// Composted or digested.
        Biological => "biological",
        /// Burnt with energy recovery.
        EnergyRecovery => "energy_recovery",
        /// Burnt without.
        Incineration => "incineration",
        /// Used as filling.
        Backfill => "backfill",
        /// Deposited.
        Landfill => "landfill",
        /// Not stated: counts as lost.
        Unknown => "unknown",
    }
);

impl Treatment {
    /// Whether the material is lost to production (goal 3, `W`).
    pub const fn is_lost(self) -> bool {
        !matches!(self, Self::Reuse | Self::Recycling | Self::Biological)
    }
}

/// Where in the files of its batch a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub struct RowPlace {
    /// Position of the file in the batch, from 0.
    pub file: u16,
    /// Line of text, row of the sheet or ordinal of the journal line, from 1.
    pub row: u64,
}

/// Who was on the other side.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub struct Counterparty {
    /// Its organisation number, when the file states a valid one.
    pub org_no: Option<OrgNo>,
    /// The member's own number for it.
    pub local_id: Option<Text>,
    /// Its name, kept only where it is the name of a company.
    pub name: Option<Text>,
    /// ISO 3166 code of its country.
    pub country: Option<Text>,
}

/// An account of the books and what it is mapped to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AccountRef {
    /// The company's own account.
    pub id: Text,
    /// Grouping category (`salgsinntekt`) or empty.
    pub grouping_category: Text,
    /// Grouping code (`3000`) or standard account (`30`).
    pub grouping_code: Text,
}

/// What names a row outside of its file: the same on both sides of a trade, and in every file about the same thing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub struct Identifiers {
    /// Number of the invoice, despatch advice, consignment or waste declaration.
    pub document: Option<Text>,
    /// What was measured or moved: a metering point, a vehicle, a container.
    pub object: Option<Text>,
    /// The article, as its seller names it: `gtin:7038010000010`, else the seller's own number.
    pub article: Option<Text>,
    /// The article's name on the document.
    pub name: Option<Text>,
    /// The article's class in a public list: `unspsc:15101505`, `cpv:09134100`, `cn:27102011`.
    pub classification: Option<Text>,
}

/// A Norwegian standard tax code (`3`, `52`), as the tax table of the file maps it.
pub type TaxCode = Text;

/// One row of evidence. What the file does not say is `None`, never zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Ordinal in its batch, from 1; with the batch it identifies the row for ever.
    pub row_no: u64,
    /// Where it stands in the source.
    pub place: RowPlace,
    /// What kind of thing it is.
    pub kind: ActivityKind,
    /// Class for reconciliation between sources.
    pub class: ItemClass,
    /// What it is of: a key of the item catalogue (`diesel`, `electricity`, `steel.primary`) or, when
    /// none matches, the text as it stood.
    pub item: Text,
    /// Where it happened, when not the legal entity as a whole.
    pub site: Option<SiteId>,
    /// When.
    pub period: Period,
    /// How much, in base units.
    pub quantity: Option<Reading>,
    /// Quantity and unit as they stood, when they could not be converted.
    pub raw_quantity: Option<Text>,
    /// What it cost or brought, without VAT; costs and revenue both positive, credits negative.
    pub amount: Option<Amount>,
    /// Currency of `amount`.
    pub currency: Currency,
    /// The other side.
    pub counterparty: Option<Counterparty>,
    /// Account, for rows from the books.
    pub account: Option<AccountRef>,
    /// Standard tax code, for rows from the books.
    pub tax_code: Option<TaxCode>,
    /// Code of the waste.
    pub waste_code: Option<WasteCode>,
    /// What became of the waste.
    pub treatment: Option<Treatment>,
    /// Share of primary material in thousandths; `None` is unknown and counts as primary.
    pub primary_permille: Option<u16>,
    /// Dry content in thousandths.
    pub dry_permille: Option<u16>,
    /// kg CO2e stated by the supplier for this row.
    pub supplier_co2e: Option<Amount>,
    /// Several suppliers stood behind one cost line, and the split between them is an assumption.
    pub ambiguous_split: bool,
    /// Names that other files know it by.
    pub identifiers: Identifiers,
    /// How goods were carried, for freight.
    #[serde(default)]
    pub carriage: Option<Box<Carriage>>,
}
