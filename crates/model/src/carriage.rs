//! How goods were carried: what one row says of one element of a transport chain.

use std::fmt;
use std::str::FromStr;

use greenheart_units::{Amount, Reading};
use serde::{Deserialize, Serialize};

use crate::Text;
use crate::activity::named_enum;

named_enum!(
    /// On which basis a distance is stated.
    DistanceBasis {
        /// Shortest feasible by road, rail or sea.
        ShortestFeasible => "shortest_feasible",
        /// As the crow flies.
        GreatCircle => "great_circle",
        /// As driven, with detours. Not a transport activity distance (EN ISO 14083): it is adjusted.
        Driven => "driven",
        /// The file does not say; taken as shortest feasible.
        Unstated => "unstated",
    }
);

named_enum!(
    /// Who runs and who pays for a transport.
    Arrangement {
        /// The member's own vehicles.
        Own => "own",
        /// Freight that the member pays for.
        Bought => "bought",
        /// Sold goods that the customer, or somebody else, has fetched or brought at their expense.
        PaidByOthers => "paid_by_others",
    }
);

named_enum!(
    /// What a row of a chain is.
    ElementKind {
        /// A vehicle's leg.
        Leg => "leg",
        /// A terminal, warehouse or port that the goods pass.
        Hub => "hub",
    }
);

/// Fuel or power that a carrier reports for a consignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriageFuel {
    /// Key of the item catalogue, or the text as it stood.
    pub item: Text,
    /// How much, in base units.
    pub quantity: Reading,
}

/// One element of a transport chain, as one row tells it. What is not stated is `None`.
///
/// Elements with the same number of consignment form one chain: its emissions are the sum of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carriage {
    /// Leg or hub.
    pub kind: ElementKind,
    /// Place in the chain, from 1, where the file numbers its legs.
    pub element: Option<u16>,
    /// Who runs and pays for it.
    pub arrangement: Option<Arrangement>,
    /// Goods with their packaging, kg.
    pub mass_kg: Option<Amount>,
    /// Distance, km, on `basis`.
    pub km: Option<Amount>,
    /// Basis of the distance or of the stated freight work.
    pub basis: DistanceBasis,
    /// Freight work as stated, tkm; else it follows from mass and distance.
    pub stated_tkm: Option<Amount>,
    /// Load over payload on loaded kilometres, thousandths.
    pub load_permille: Option<u16>,
    /// Empty kilometres over loaded kilometres, thousandths.
    pub empty_permille: Option<u16>,
    /// Fuel or power, as reported.
    pub fuel: Option<CarriageFuel>,
}
