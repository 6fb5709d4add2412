//! The industries themselves.

use super::{Kind, Lever, Need, Per, Sector, Trade, Unit};
use crate::deals::Vat;
use crate::economy::Index;
use greenheart_model::Role;

pub(super) const WOOD_CODE: &str = "03 01 05";
pub(super) const RECYCLED: (&str, &str) = ("materialgjenvinning", "recycling");
pub(super) const BURNT: (&str, &str) = ("energiutnyttelse", "energy recovery");
pub(super) const DEPOSITED: (&str, &str) = ("deponi", "landfill");

/// Wood ready for use, some 450 kg a cubic metre, from twice its volume of fresh logs.
pub(super) static SAWMILL: Sector = Sector {
    role: Role::Industry,
    nace: "16.100",
    item: "sawn_timber",
    product: ("Skurlast", "Sawn timber"),
    unit: Unit::Kilogram,
    price: 6.9,
    index: Index::Wood,
    dry: 830,
    vat: Vat::High,
    season: [80, 82, 92, 86, 90, 92, 48, 86, 92, 94, 90, 68],
    needs: &[
        Need::material("wood", ("Sagtømmer gran og furu", "Saw logs"), 3.6, 0.74, Index::Wood)
            .dry(500)
            .invoices(8.0),
        Need::material(
            "plastic",
            ("Emballasjefolie", "Wrapping film"),
            0.003,
            23.0,
            Index::General,
        )
        .secondary(850)
        .dry(1000)
        .from(&[Trade::PlasticPack], 0.5),
        Need::material(
            "components",
            ("Sagblad og slitedeler", "Saw blades and wear parts"),
            0.0007,
            145.0,
            Index::Metal,
        )
        .from(&[Trade::Metal], 0.4)
        .imported(0.3),
        Need::power(0.19),
        Need::fuel(
            Kind::VehicleFuel,
            "diesel_untaxed",
            ("Anleggsdiesel", "Untaxed diesel"),
            0.0045,
            13.5,
            Lever::LeaveFossil,
        ),
        Need::fuel(
            Kind::VehicleFuel,
            "hvo100",
            ("HVO100", "HVO100"),
            0.0045,
            19.5,
            Lever::EnterRenewable,
        ),
        Need::waste(
            "wood_waste",
            ("Treavfall til forbrenning", "Wood waste, burnt"),
            WOOD_CODE,
            BURNT,
            0.022,
            0.35,
            Lever::LeaveLoss,
        ),
        Need::waste(
            "wood_waste",
            ("Treavfall til gjenvinning", "Wood waste, recycled"),
            WOOD_CODE,
            RECYCLED,
            0.022,
            0.1,
            Lever::EnterRecycling,
        ),
        Need::road(0.21),
    ],
};

/// Boards of chips, sawdust and returned wood, bound with resin.
pub(super) static PANELS: Sector = Sector {
    role: Role::Industry,
    nace: "16.210",
    item: "particle_board",
    product: ("Sponplater", "Particle board"),
    unit: Unit::Kilogram,
    price: 5.2,
    index: Index::Wood,
    dry: 930,
    vat: Vat::High,
    season: [84, 86, 94, 84, 88, 90, 46, 86, 94, 96, 90, 62],
    needs: &[
        Need::material(
            "wood",
            ("Celluloseflis og sagflis", "Chips and sawdust"),
            1.72,
            0.5,
            Index::Wood,
        )
        .moved_by(Lever::LeavePrimary)
        .from(&[Trade::Sawmill], 0.38)
        .dry(500)
        .invoices(5.0),
        Need::material(
            "wood",
            ("Gjenvunnet trevirke, kvernet", "Reclaimed wood, shredded"),
            1.1,
            0.28,
            Index::Wood,
        )
        .moved_by(Lever::EnterSecondary)
        .secondary(0)
        .dry(800),
        Need::material(
            "chemicals",
            ("Lim og herder", "Resin and hardener"),
            0.085,
            9.4,
            Index::General,
        )
        .imported(0.6)
        .dry(650),
        Need::material("paper", ("Melaminpapir", "Decor paper"), 0.008, 26.0, Index::Wood)
            .imported(0.8)
            .secondary(900)
            .dry(940),
        Need::material(
            "components",
            ("Slitedeler og verktøy", "Wear parts and tools"),
            0.0006,
            150.0,
            Index::Metal,
        )
        .from(&[Trade::Metal], 0.35)
        .imported(0.3),
        Need::power(0.33),
        Need::fuel(
            Kind::StationaryFuel,
            "lpg",
            ("Propan", "Propane"),
            0.011,
            7.8,
            Lever::LeaveFossil,
        ),
        Need::fuel(
            Kind::VehicleFuel,
            "diesel_untaxed",
            ("Anleggsdiesel", "Untaxed diesel"),
            0.0024,
            13.5,
            Lever::LeaveFossil,
        ),
        Need::fuel(
            Kind::VehicleFuel,
            "hvo100",
            ("HVO100", "HVO100"),
            0.0024,
            19.5,
            Lever::EnterRenewable,
        ),
        Need::waste(
            "wood_waste",
            ("Plateavkapp til forbrenning", "Board offcuts, burnt"),
            WOOD_CODE,
            BURNT,
            0.034,
            0.3,
            Lever::LeaveLoss,
        ),
        Need::waste(
            "wood_waste",
            ("Plateavkapp til gjenvinning", "Board offcuts, recycled"),
            WOOD_CODE,
            RECYCLED,
            0.034,
            0.1,
            Lever::EnterRecycling,
        ),
        Need::road(0.34),
    ],
};

/// Dry mortar and screed in sacks and bulk.
pub(super) static MORTAR: Sector = Sector {
    role: Role::Industry,
    nace: "23.640",
    item: "concrete",
    product: ("Tørrmørtel", "Dry mortar"),
    unit: Unit::Kilogram,
    price: 2.15,
    index: Index::Mineral,
    dry: 1000,
    vat: Vat::High,
    season: [52, 58, 78, 92, 104, 106, 70, 104, 106, 100, 80, 50],
    needs: &[
        Need::material("cement", ("Sement", "Cement"), 0.19, 1.4, Index::Mineral)
            .dry(1000)
            .invoices(6.0),
        Need::material(
            "aggregates",
            ("Sand og tilslag", "Sand and aggregates"),
            0.84,
            0.17,
            Index::Mineral,
        )
        .moved_by(Lever::LeavePrimary)
        .dry(970)
        .invoices(6.0),
        Need::material(
            "aggregates",
            ("Resirkulert tilslag", "Recycled aggregates"),
            0.84,
            0.15,
            Index::Mineral,
        )
        .moved_by(Lever::EnterSecondary)
        .secondary(0)
        .dry(970),
        Need::material("lime", ("Kalk", "Lime"), 0.02, 2.4, Index::Mineral).dry(1000),
        Need::material(
            "chemicals",
            ("Tilsetningsstoffer", "Admixtures"),
            0.003,
            34.0,
            Index::General,
        )
        .imported(0.8)
        .dry(1000),
        Need::material("paper", ("Papirsekker", "Paper sacks"), 0.004, 19.0, Index::Wood)
            .secondary(900)
            .dry(940),
        Need::material("pallets", ("Paller", "Pallets"), 0.016, 5.2, Index::Wood)
            .from(&[Trade::Sawmill], 0.8)
            .dry(850),
        Need::material(
            "components",
            ("Slitedeler blander", "Mixer wear parts"),
            0.0003,
            150.0,
            Index::Metal,
        )
        .from(&[Trade::Metal], 0.6),
        Need::power(0.024),
        Need::fuel(
            Kind::StationaryFuel,
            "lpg",
            ("Propan", "Propane"),
            0.0068,
            7.8,
            Lever::LeaveFossil,
        ),
        Need::fuel(
            Kind::StationaryFuel,
            "bio_oil",
            ("Bioolje", "Bio-oil"),
            0.0048,
            14.0,
            Lever::EnterRenewable,
        ),
        Need::fuel(
            Kind::VehicleFuel,
            "diesel_untaxed",
            ("Anleggsdiesel", "Untaxed diesel"),
            0.0014,
            13.5,
            Lever::LeaveFossil,
        ),
        Need::waste(
            "concrete_waste",
            ("Mørtelrester til deponi", "Mortar residue, deposited"),
            "10 13 14",
            DEPOSITED,
            0.012,
            0.55,
            Lever::LeaveLoss,
        ),
        Need::waste(
            "concrete_waste",
            ("Mørtelrester til gjenvinning", "Mortar residue, recycled"),
            "10 13 14",
            RECYCLED,
            0.012,
            0.3,
            Lever::EnterRecycling,
        ),
        Need::road(0.088),
    ],
};

/// Turned and milled parts of steel and aluminium.
pub(super) static METAL: Sector = Sector {
    role: Role::Industry,
    nace: "25.620",
    item: "product",
    product: ("Maskinerte deler", "Machined parts"),
    unit: Unit::Kilogram,
    price: 96.0,
    index: Index::General,
    dry: 1000,
    vat: Vat::High,
    season: [86, 86, 94, 84, 88, 88, 46, 86, 92, 94, 92, 64],
    needs: &[
        Need::material(
            "steel",
            ("Stål, stang og plate", "Steel bars and plate"),
            1.24,
            15.5,
            Index::Metal,
        )
        .imported(0.45)
        .secondary(780)
        .dry(1000)
        .invoices(5.0),
        Need::material(
            "aluminium",
            ("Aluminium, emner", "Aluminium blanks"),
            0.17,
            43.0,
            Index::Metal,
        )
        .imported(0.4)
        .secondary(620)
        .dry(1000)
        .from(&[Trade::Aluminium], 0.25),
        Need::material(
            "components",
            ("Innkjøpte deler", "Bought-in parts"),
            0.09,
            98.0,
            Index::General,
        )
        .imported(0.4)
        .invoices(5.0),
        Need::material(
            "lubricants",
            ("Skjærevæske og olje", "Cutting fluid and oil"),
            0.018,
            39.0,
            Index::Fuel,
        )
        .dry(1000),
        Need::material(
            "pallets",
            ("Paller og kasser", "Pallets and crates"),
            0.05,
            5.6,
            Index::Wood,
        )
        .from(&[Trade::Sawmill], 0.7)
        .dry(850),
        Need::power(2.1),
        Need::fuel(
            Kind::StationaryFuel,
            "lpg",
            ("Propan", "Propane"),
            0.03,
            8.4,
            Lever::LeaveFossil,
        ),
        Need::fuel(
            Kind::VehicleFuel,
            "diesel",
            ("Diesel", "Diesel"),
            0.012,
            17.0,
            Lever::LeaveFossil,
        ),
        Need::waste(
            "metal_waste",
            ("Stålspon og avkapp", "Steel turnings and offcuts"),
            "12 01 01",
            RECYCLED,
            0.3,
            0.12,
            Lever::Material,
        ),
        Need::waste(
            "aluminium_waste",
            ("Aluminiumspon", "Aluminium turnings"),
            "12 01 03",
            RECYCLED,
            0.06,
            0.12,
            Lever::Material,
        ),
        Need::waste(
            "hazardous_waste",
            ("Brukt skjærevæske", "Spent cutting fluid"),
            "12 01 09*",
            BURNT,
            0.02,
            5.5,
            Lever::Material,
        ),
        Need::road(0.26),
    ],
};

/// Potatoes and vegetables, peeled, cooked and packed.
pub(super) static FOOD: Sector = Sector {
    role: Role::Industry,
    nace: "10.310",
    item: "product",
    product: ("Bearbeidede poteter og grønnsaker", "Processed potatoes and vegetables"),
    unit: Unit::Kilogram,
    price: 33.0,
    index: Index::Food,
    dry: 240,
    vat: Vat::Middle,
    season: [76, 74, 84, 80, 84, 82, 70, 84, 94, 96, 92, 84],
    needs: &[
        Need::material(
            "food_raw",
            ("Poteter og grønnsaker", "Potatoes and vegetables"),
            1.55,
            9.4,
            Index::Food,
        )
        .imported(0.12)
        .dry(220)
        .invoices(8.0),
        Need::material(
            "cardboard",
            ("Kartong og esker", "Cartons and boxes"),
            0.05,
            16.5,
            Index::Wood,
        )
        .secondary(400)
        .dry(930)
        .from(&[Trade::Cardboard], 0.5),
        Need::material(
            "plastic",
            ("Folie og poser", "Film and bags"),
            0.024,
            31.0,
            Index::General,
        )
        .imported(0.4)
        .secondary(950)
        .dry(1000)
        .from(&[Trade::PlasticPack], 0.35),
        Need::material("pallets", ("Paller", "Pallets"), 0.028, 5.2, Index::Wood)
            .from(&[Trade::Sawmill], 0.6)
            .dry(850),
        Need::water(0.0045),
        Need::heat(0.12),
        Need::power(0.74),
        Need::fuel(
            Kind::StationaryFuel,
            "lpg",
            ("Propan", "Propane"),
            0.042,
            7.8,
            Lever::LeaveFossil,
        ),
        Need::fuel(
            Kind::VehicleFuel,
            "diesel",
            ("Diesel", "Diesel"),
            0.004,
            17.0,
            Lever::LeaveFossil,
        ),
        Need::waste(
            "organic_waste",
            ("Skrell og matavfall til forbrenning", "Peel and food waste, burnt"),
            "02 03 04",
            BURNT,
            0.055,
            0.9,
            Lever::LeaveLoss,
        ),
        Need::waste(
            "organic_waste",
            ("Skrell og matavfall til biogass", "Peel and food waste, digested"),
            "02 03 04",
            ("biologisk behandling", "biological treatment"),
            0.055,
            0.5,
            Lever::EnterRecycling,
        ),
        Need {
            per: Per::Output(0.006),
            ..Need::waste(
                "plastic_waste",
                ("Plastfolie", "Plastic film"),
                "15 01 02",
                RECYCLED,
                0.006,
                0.8,
                Lever::Steady,
            )
        },
        Need::road(0.2),
    ],
};
