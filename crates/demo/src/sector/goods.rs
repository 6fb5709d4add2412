//! More industries that make goods.

use greenheart_model::Role;

use super::industry::{BURNT, DEPOSITED, RECYCLED, WOOD_CODE};
use super::{Kind, Lever, Need, Sector, Trade, Unit};
use crate::deals::Vat;
use crate::economy::Index;

const EVEN: [u16; 12] = [86, 86, 92, 84, 86, 88, 52, 86, 92, 92, 90, 66];
const BUILDING: [u16; 12] = [62, 68, 84, 90, 98, 100, 62, 98, 100, 98, 84, 56];

const ANHYDROUS: u16 = 1000;

/// A trade that makes goods by the kilogram.
const fn goods(
    nace: &'static str,
    item: &'static str,
    product: (&'static str, &'static str),
    price: f64,
    index: Index,
    needs: &'static [Need],
) -> Sector {
    Sector {
        role: Role::Industry,
        nace,
        item,
        product,
        unit: Unit::Kilogram,
        price,
        index,
        dry: ANHYDROUS,
        vat: Vat::High,
        season: EVEN,
        needs,
    }
}

/// Windows, doors, glued beams, elements of wood.
#[rustfmt::skip]
pub(super) static JOINERY: Sector = Sector {
    season: BUILDING,
    ..goods("16.230", "product", ("Vinduer, dører og elementer", "Windows, doors and elements"), 44.0, Index::General, &[
        Need::material("sawn_timber", ("Justert skurlast", "Sized timber"), 1.1, 7.6, Index::Wood).from(&[Trade::Sawmill], 0.45).dry(830).invoices(5.0),
        Need::material("particle_board", ("Sponplater", "Particle board"), 0.22, 5.9, Index::Wood).from(&[Trade::Panels], 0.4).dry(930),
        Need::material("glass", ("Isolerglass", "Insulating glass"), 0.24, 19.0, Index::Mineral).from(&[Trade::Glass], 0.35).imported(0.3).dry(ANHYDROUS),
        Need::material("paint", ("Maling og beis", "Paint and stain"), 0.016, 72.0, Index::General).imported(0.3),
        Need::material("components", ("Hengsler og beslag", "Hinges and fittings"), 0.018, 110.0, Index::Metal).from(&[Trade::Metal], 0.25).imported(0.5),
        Need::material("plastic", ("Emballasjefolie", "Wrapping film"), 0.006, 25.0, Index::General).from(&[Trade::PlasticPack], 0.5).secondary(850).dry(ANHYDROUS),
        Need::power(0.62),
        Need::heat(0.36),
        Need::fuel(Kind::VehicleFuel, "diesel", ("Diesel", "Diesel"), 0.006, 17.0, Lever::LeaveFossil),
        Need::waste("wood_waste", ("Kapp og spon til forbrenning", "Offcuts, burnt"), WOOD_CODE, BURNT, 0.15, 0.3, Lever::LeaveLoss),
        Need::waste("wood_waste", ("Kapp og spon til gjenvinning", "Offcuts, recycled"), WOOD_CODE, RECYCLED, 0.15, 0.1, Lever::EnterRecycling),
        Need::waste("glass_waste", ("Glasskapp", "Glass cullet"), "10 11 12", RECYCLED, 0.012, 0.6, Lever::Material),
        Need::road(0.24),
    ])
};

/// Boxes of corrugated board.
#[rustfmt::skip]
pub(super) static CARDBOARD: Sector = goods(
    "17.210", "cardboard", ("Bølgepappesker", "Corrugated boxes"), 16.0, Index::Wood, &[
        Need::material("paper", ("Liner og fluting", "Liner and fluting"), 1.09, 7.6, Index::Wood).imported(0.7).secondary(420).dry(930).invoices(4.0),
        Need::material("chemicals", ("Stivelse og trykkfarge", "Starch and ink"), 0.03, 17.0, Index::General).imported(0.4),
        Need::material("pallets", ("Paller", "Pallets"), 0.03, 5.2, Index::Wood).from(&[Trade::Sawmill], 0.6).dry(850),
        Need::power(0.3),
        Need::heat(0.18),
        Need::fuel(Kind::StationaryFuel, "lpg", ("Propan", "Propane"), 0.018, 7.8, Lever::LeaveFossil),
        Need::waste("paper_waste", ("Produksjonskapp", "Production offcuts"), "19 12 01", RECYCLED, 0.075, 0.1, Lever::Material),
        Need::road(0.2),
    ],
);

/// Film, pots and trays.
#[rustfmt::skip]
pub(super) static PLASTIC_PACK: Sector = goods(
    "22.220", "plastic", ("Plastemballasje", "Plastic packaging"), 31.0, Index::General, &[
        Need::material("pe", ("Polyetylen, granulat", "Polyethylene pellets"), 0.74, 14.5, Index::Fuel).imported(0.85).secondary(880).dry(ANHYDROUS).invoices(4.0),
        Need::material("pp", ("Polypropylen, granulat", "Polypropylene pellets"), 0.31, 15.0, Index::Fuel).imported(0.85).secondary(920).dry(ANHYDROUS),
        Need::material("cardboard", ("Esker", "Boxes"), 0.04, 17.0, Index::Wood).from(&[Trade::Cardboard], 0.6).secondary(400).dry(930),
        Need::power(1.05),
        Need::fuel(Kind::VehicleFuel, "diesel", ("Diesel", "Diesel"), 0.004, 17.0, Lever::LeaveFossil),
        Need::waste("plastic_waste", ("Plastkapp til forbrenning", "Plastic offcuts, burnt"), "07 02 13", BURNT, 0.05, 1.6, Lever::LeaveLoss),
        Need::waste("plastic_waste", ("Plastkapp til gjenvinning", "Plastic offcuts, recycled"), "07 02 13", RECYCLED, 0.05, 0.4, Lever::EnterRecycling),
        Need::road(0.3),
    ],
);

/// Insulating, toughened and blown glass.
#[rustfmt::skip]
pub(super) static GLASS: Sector = Sector {
    season: BUILDING,
    ..goods("23.120", "glass", ("Isolerglass og glassvarer", "Insulating glass and glassware"), 19.5, Index::Mineral, &[
        Need::material("glass", ("Planglass", "Flat glass"), 0.92, 6.8, Index::Mineral).imported(0.9).dry(ANHYDROUS).invoices(3.0),
        Need::material("glass", ("Glasskår", "Cullet"), 0.3, 1.4, Index::Mineral).moved_by(Lever::EnterSecondary).secondary(0).dry(ANHYDROUS),
        Need::material("aggregates", ("Kvartssand", "Quartz sand"), 0.2, 1.1, Index::Mineral).dry(ANHYDROUS),
        Need::material("components", ("Avstandslister", "Spacers"), 0.02, 92.0, Index::Metal).imported(0.6),
        Need::power(0.95),
        Need::fuel(Kind::StationaryFuel, "lpg", ("Propan", "Propane"), 0.09, 7.8, Lever::LeaveFossil),
        Need::waste("glass_waste", ("Glassavfall til deponi", "Glass waste, deposited"), "10 11 12", DEPOSITED, 0.09, 1.2, Lever::LeaveLoss),
        Need::waste("glass_waste", ("Glassavfall til gjenvinning", "Glass waste, recycled"), "10 11 12", RECYCLED, 0.09, 0.5, Lever::EnterRecycling),
        Need::road(0.26),
    ])
};

/// Ingots from scrap and some primary metal.
#[rustfmt::skip]
pub(super) static ALUMINIUM: Sector = goods(
    "24.420", "aluminium_secondary", ("Omsmeltet aluminium", "Remelted aluminium"), 29.5, Index::Metal, &[
        Need::material("aluminium_secondary", ("Aluminiumskrap", "Aluminium scrap"), 0.9, 19.5, Index::Metal).imported(0.55).secondary(0).dry(ANHYDROUS).invoices(6.0),
        Need::material("aluminium", ("Primæraluminium", "Primary aluminium"), 0.16, 26.0, Index::Metal).imported(0.2).dry(ANHYDROUS),
        Need::material("chemicals", ("Salt og legeringer", "Salt and alloys"), 0.03, 21.0, Index::General).imported(0.6).dry(ANHYDROUS),
        Need::power(0.55),
        Need::fuel(Kind::StationaryFuel, "lpg", ("Propan", "Propane"), 0.105, 7.0, Lever::LeaveFossil),
        Need::fuel(Kind::VehicleFuel, "diesel", ("Diesel", "Diesel"), 0.003, 17.0, Lever::LeaveFossil),
        Need::waste("aluminium_waste", ("Dross til gjenvinning", "Dross, recycled"), "10 03 16", RECYCLED, 0.05, 0.4, Lever::EnterRecycling),
        Need::waste("aluminium_waste", ("Dross til deponi", "Dross, deposited"), "10 03 16", DEPOSITED, 0.05, 2.4, Lever::LeaveLoss),
        Need::road(0.42),
    ],
);

/// Cranes, sorting lines, switchboards.
#[rustfmt::skip]
pub(super) static MACHINERY: Sector = goods(
    "28.290", "product", ("Maskiner og utstyr", "Machines and equipment"), 185.0, Index::General, &[
        Need::material("steel", ("Stålprofiler og plate", "Steel sections and plate"), 0.82, 17.0, Index::Metal).imported(0.3).secondary(760).dry(ANHYDROUS).invoices(4.0),
        Need::material("components", ("Maskinerte deler", "Machined parts"), 0.24, 105.0, Index::General).from(&[Trade::Metal], 0.35).imported(0.35).invoices(6.0),
        Need::material("electronics", ("Styring og elektronikk", "Controls and electronics"), 0.014, 980.0, Index::General).imported(0.6).dry(ANHYDROUS).invoices(3.0),
        Need::material("aluminium", ("Aluminiumsprofiler", "Aluminium sections"), 0.06, 46.0, Index::Metal).from(&[Trade::Aluminium], 0.2).secondary(620).dry(ANHYDROUS),
        Need::power(1.1),
        Need::heat(0.8),
        Need::fuel(Kind::VehicleFuel, "diesel", ("Diesel", "Diesel"), 0.03, 17.0, Lever::LeaveFossil),
        Need::waste("metal_waste", ("Stålskrap", "Steel scrap"), "12 01 01", RECYCLED, 0.11, 0.12, Lever::Material),
        Need::waste("plastic_waste", ("Emballasjeplast", "Packaging plastic"), "15 01 02", BURNT, 0.012, 1.4, Lever::LeaveLoss),
        Need::road(0.4),
    ],
);

/// Walls, floors, kerbs and ready mix.
#[rustfmt::skip]
pub(super) static CONCRETE: Sector = Sector {
    season: BUILDING,
    ..goods("23.610", "concrete", ("Betongelementer", "Concrete elements"), 2.4, Index::Mineral, &[
        Need::material("cement", ("Sement", "Cement"), 0.15, 1.4, Index::Mineral).dry(ANHYDROUS).invoices(6.0),
        Need::material("aggregates", ("Pukk og sand", "Crushed stone and sand"), 0.82, 0.16, Index::Mineral).moved_by(Lever::LeavePrimary).dry(970).invoices(6.0),
        Need::material("aggregates", ("Resirkulert tilslag", "Recycled aggregates"), 0.82, 0.14, Index::Mineral).moved_by(Lever::EnterSecondary).secondary(0).dry(970),
        Need::material("steel", ("Armering", "Reinforcement"), 0.026, 12.5, Index::Metal).secondary(120).dry(ANHYDROUS).invoices(4.0),
        Need::material("sawn_timber", ("Forskaling", "Formwork"), 0.005, 7.4, Index::Wood).from(&[Trade::Sawmill], 0.7).dry(830),
        Need::material("components", ("Innstøpningsgods", "Cast-in parts"), 0.0012, 88.0, Index::Metal).from(&[Trade::Metal], 0.4),
        Need::power(0.028),
        Need::heat(0.012),
        Need::fuel(Kind::VehicleFuel, "diesel_untaxed", ("Anleggsdiesel", "Untaxed diesel"), 0.0019, 13.5, Lever::LeaveFossil),
        Need::fuel(Kind::VehicleFuel, "hvo100", ("HVO100", "HVO100"), 0.0019, 19.5, Lever::EnterRenewable),
        Need::waste("concrete_waste", ("Betongrester til deponi", "Concrete residue, deposited"), "17 01 01", DEPOSITED, 0.022, 0.5, Lever::LeaveLoss),
        Need::waste("concrete_waste", ("Betongrester til gjenvinning", "Concrete residue, recycled"), "17 01 01", RECYCLED, 0.022, 0.2, Lever::EnterRecycling),
        Need::road(0.062),
    ])
};
