//! Trades that carry, treat, supply, build, lend and administer.

use greenheart_model::Role;

use super::industry::{BURNT, DEPOSITED, RECYCLED};
use super::{Kind, Lever, Need, Sector, Trade, Unit};
use crate::account::Account;
use crate::deals::Vat;
use crate::economy::Index;

const EVEN: [u16; 12] = [84, 83, 86, 83, 84, 84, 76, 83, 85, 86, 84, 82];
const COLD: [u16; 12] = [150, 132, 118, 86, 52, 28, 18, 24, 50, 86, 118, 138];
const POWER_YEAR: [u16; 12] = [112, 104, 98, 84, 70, 62, 56, 62, 72, 84, 94, 102];
const BUILDING: [u16; 12] = [66, 70, 84, 90, 96, 98, 64, 94, 98, 98, 86, 56];

/// A trade without goods of its own.
const fn service(
    role: Role,
    nace: &'static str,
    product: (&'static str, &'static str),
    unit: Unit,
    price: f64,
    needs: &'static [Need],
) -> Sector {
    Sector {
        role,
        nace,
        item: "services",
        product,
        unit,
        price,
        index: Index::General,
        dry: 1000,
        vat: Vat::High,
        season: EVEN,
        needs,
    }
}

/// Lorries, by the tonne-kilometre.
#[rustfmt::skip]
pub(super) static HAULAGE: Sector = service(
    Role::Logistics, "49.410", ("Godstransport på vei", "Road freight"), Unit::TonneKilometre, 1.25, &[
        Need::fuel(Kind::VehicleFuel, "diesel", ("Diesel", "Diesel"), 0.0155, 16.5, Lever::LeaveFossil).invoices(5.0),
        Need::fuel(Kind::VehicleFuel, "hvo100", ("HVO100", "HVO100"), 0.0155, 20.0, Lever::EnterRenewable),
        Need::material("rubber", ("Dekk", "Tyres"), 0.00016, 62.0, Index::General).imported(0.2).secondary(880).dry(1000),
        Need::material("lubricants", ("Smøreolje og AdBlue", "Oil and AdBlue"), 0.0004, 16.0, Index::Fuel).dry(1000),
        Need::service("services", ("Bom, ferge og leid transport", "Tolls and hired freight"), 0.11, Account::HiredLabour).invoices(4.0),
        Need::power(0.0022),
        Need::waste("tyre_waste", ("Kasserte dekk", "Worn tyres"), "16 01 03", RECYCLED, 0.00012, 1.1, Lever::Steady),
    ],
);

/// Collection and sorting, by the kilogram.
#[rustfmt::skip]
pub(super) static WASTE: Sector = service(
    Role::Waste, "38.110", ("Avfallstjenester", "Waste services"), Unit::Kilogram, 1.8, &[
        Need::fuel(Kind::VehicleFuel, "diesel", ("Diesel", "Diesel"), 0.0062, 16.5, Lever::LeaveFossil).invoices(4.0),
        Need::fuel(Kind::VehicleFuel, "hvo100", ("HVO100", "HVO100"), 0.0062, 20.0, Lever::EnterRenewable),
        Need::material("plastic", ("Sekker og beholdere", "Bags and bins"), 0.0012, 28.0, Index::General).from(&[Trade::PlasticPack], 0.5).secondary(700).dry(1000),
        Need::material("components", ("Slitedeler kvern", "Shredder parts"), 0.0004, 120.0, Index::Metal).from(&[Trade::Metal], 0.5),
        Need::service("services", ("Behandling hos andre", "Treatment by others"), 0.3, Account::WasteAndWater).invoices(3.0),
        Need::power(0.021),
        Need::road(0.09),
    ],
);

/// Water, by the cubic metre.
#[rustfmt::skip]
pub(super) static WATER: Sector = service(
    Role::Water, "36.000", ("Vannforsyning", "Water supply"), Unit::CubicMetre, 24.0, &[
        Need::material("chemicals", ("Fellingskjemikalier", "Coagulants"), 0.07, 4.6, Index::General).dry(1000),
        Need::material("pe", ("Rør og deler", "Pipes and parts"), 0.02, 34.0, Index::General).secondary(950).dry(1000),
        Need::power(0.62),
        Need::fuel(Kind::VehicleFuel, "diesel", ("Diesel", "Diesel"), 0.012, 17.0, Lever::LeaveFossil),
    ],
);

/// District heat from chips, by the kilowatt hour.
#[rustfmt::skip]
pub(super) static HEAT: Sector = Sector {
    season: COLD,
    ..service(Role::Energy, "35.300", ("Fjernvarme", "District heat"), Unit::KilowattHour, 0.86, &[
        Need { unit: Unit::Kilogram, index: Index::Wood, lever: Lever::Energy, ..Need::fuel(Kind::StationaryFuel, "wood_chips", ("Brenselsflis", "Fuel chips"), 0.36, 0.62, Lever::Energy) }.from(&[Trade::Sawmill], 0.5),
        Need::fuel(Kind::StationaryFuel, "lpg", ("Propan, spisslast", "Propane, peak load"), 0.006, 8.0, Lever::LeaveFossil),
        Need::fuel(Kind::StationaryFuel, "bio_oil", ("Bioolje, spisslast", "Bio-oil, peak load"), 0.004, 14.0, Lever::EnterRenewable),
        Need::material("chemicals", ("Vannbehandling", "Water treatment"), 0.0001, 30.0, Index::General).dry(1000),
        Need::power(0.028),
        Need::waste("ash", ("Bunnaske", "Bottom ash"), "10 01 01", DEPOSITED, 0.005, 1.5, Lever::Steady),
    ])
};

/// Power with the grid, by the kilowatt hour: river plants and the market.
#[rustfmt::skip]
pub(super) static POWER: Sector = Sector {
    season: POWER_YEAR,
    index: Index::Power,
    ..service(Role::Energy, "35.140", ("Elektrisk kraft", "Electric power"), Unit::KilowattHour, 1.12, &[
        Need { price: 0.72, from: &[], ..Need::power(0.7) },
        Need::material("copper", ("Kabel og ledning", "Cable and wire"), 0.0003, 92.0, Index::Metal).imported(0.4).secondary(650).dry(1000),
        Need::material("concrete", ("Fundamenter", "Foundations"), 0.0015, 2.6, Index::Mineral).from(&[Trade::Concrete], 0.6).dry(1000),
        Need::fuel(Kind::VehicleFuel, "diesel", ("Diesel", "Diesel"), 0.0006, 17.0, Lever::LeaveFossil),
        Need::service("services", ("Linjebygging", "Line works"), 0.05, Account::Maintenance).from(&[Trade::Construction], 0.4),
    ])
};

/// Building and civil works, by the krone.
#[rustfmt::skip]
pub(super) static CONSTRUCTION: Sector = Sector {
    season: BUILDING,
    ..service(Role::Construction, "41.200", ("Bygging", "Building"), Unit::Krone, 1.0, &[
        Need::material("concrete", ("Betong og elementer", "Concrete and elements"), 0.026, 2.45, Index::Mineral).from(&[Trade::Concrete], 0.5).dry(1000).invoices(5.0),
        Need::material("sawn_timber", ("Trelast", "Timber"), 0.0048, 7.9, Index::Wood).from(&[Trade::Sawmill], 0.45).dry(830).invoices(5.0),
        Need::material("components", ("Vinduer og dører", "Windows and doors"), 0.0008, 46.0, Index::General).from(&[Trade::Joinery], 0.5),
        Need::material("particle_board", ("Gulvplater", "Floor boards"), 0.0016, 6.0, Index::Wood).from(&[Trade::Panels], 0.4).dry(930),
        Need::material("steel", ("Stål", "Steel"), 0.0018, 17.0, Index::Metal).secondary(500).dry(1000),
        Need::material("gypsum", ("Gipsplater", "Plasterboard"), 0.0028, 4.2, Index::Mineral).secondary(850).dry(1000),
        Need::material("mineral_wool", ("Isolasjon", "Insulation"), 0.0006, 29.0, Index::Mineral).secondary(600).dry(1000),
        Need::service("services", ("Underentreprenører", "Subcontractors"), 0.26, Account::HiredLabour).invoices(6.0),
        Need::fuel(Kind::VehicleFuel, "diesel_untaxed", ("Anleggsdiesel", "Untaxed diesel"), 0.0013, 13.5, Lever::LeaveFossil),
        Need::fuel(Kind::VehicleFuel, "hvo100", ("HVO100", "HVO100"), 0.0013, 19.5, Lever::EnterRenewable),
        Need::power(0.0025),
        Need::waste("construction_waste", ("Blandet byggavfall", "Mixed construction waste"), "17 09 04", BURNT, 0.0024, 2.2, Lever::LeaveLoss),
        Need::waste("construction_waste", ("Sortert byggavfall", "Sorted construction waste"), "17 09 04", RECYCLED, 0.0024, 0.9, Lever::EnterRecycling),
        Need::road(0.011),
    ])
};

const PAPER: Need = Need::material("paper", ("Kontorpapir", "Office paper"), 0.000_02, 21.0, Index::Wood)
    .secondary(800)
    .dry(940)
    .invoices(1.0);

/// A bank: outside the revenue goal.
#[rustfmt::skip]
pub(super) static BANK: Sector = Sector {
    vat: Vat::Nothing,
    ..service(Role::Finance, "64.190", ("Banktjenester", "Banking"), Unit::Krone, 1.0, &[
        PAPER,
        Need::power(0.0042),
        Need::heat(0.002),
    ])
};

/// A municipality: schools, care, roads.
#[rustfmt::skip]
pub(super) static MUNICIPALITY: Sector = Sector {
    vat: Vat::Nothing,
    ..service(Role::Public, "84.110", ("Kommunale tjenester", "Municipal services"), Unit::Krone, 1.0, &[
        PAPER,
        Need::material("food_raw", ("Matvarer", "Food"), 0.0005, 46.0, Index::Food).from(&[Trade::Food], 0.3).dry(350).invoices(4.0),
        Need::service("services", ("Bygg- og anleggsarbeid", "Building works"), 0.08, Account::Buildings).from(&[Trade::Construction], 0.5).invoices(3.0),
        Need::power(0.017),
        Need::heat(0.011),
        Need::fuel(Kind::VehicleFuel, "diesel", ("Diesel", "Diesel"), 0.0003, 17.0, Lever::LeaveFossil),
    ])
};

/// A council of municipalities.
#[rustfmt::skip]
pub(super) static REGION: Sector = Sector {
    vat: Vat::Nothing,
    ..service(Role::Public, "84.130", ("Regionale tjenester", "Regional services"), Unit::Krone, 1.0, &[
        PAPER,
        Need::power(0.005),
    ])
};

/// A research centre.
#[rustfmt::skip]
pub(super) static RESEARCH: Sector = service(
    Role::Research, "72.190", ("Forskning og prøving", "Research and testing"), Unit::Krone, 1.0, &[
        PAPER,
        Need::material("chemicals", ("Laboratorierekvisita", "Laboratory supplies"), 0.0004, 60.0, Index::General).imported(0.5),
        Need::power(0.014),
        Need::heat(0.006),
    ],
);

#[cfg(test)]
mod tests {
    use super::super::{Trade, sector};
    use super::*;

    #[test]
    fn a_year_has_a_thousand_parts() {
        use Trade as T;
        for trade in [
            T::Sawmill,
            T::Panels,
            T::Joinery,
            T::Cardboard,
            T::PlasticPack,
            T::Food,
            T::Mortar,
            T::Glass,
            T::Aluminium,
            T::Metal,
            T::Machinery,
            T::Concrete,
            T::Haulage,
            T::Waste,
            T::Water,
            T::Heat,
            T::Power,
            T::Construction,
            T::Bank,
            T::Municipality,
            T::Region,
            T::Research,
        ] {
            let sum: u16 = sector(trade).season.iter().sum();
            assert_eq!(sum, 1000, "{trade:?}");
        }
        assert!(BURNT.0 != DEPOSITED.0);
    }
}
