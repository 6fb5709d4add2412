//! What a company of each industry takes in, makes and throws away.
//!
//! Intensities are orders of magnitude that people of the trade would recognise, chosen for this
//! demonstration; they are assumptions, not measurements. Prices are those of 2022 without VAT.

mod common;
mod goods;
mod industry;
mod services;

use crate::account::Account;
use crate::deals::Vat;
use crate::economy::Index;
use greenheart_model::Role;

pub(crate) use common::COMMON;

/// The industry of a trade.
pub(crate) const fn sector(trade: Trade) -> &'static Sector {
    match trade {
        Trade::Sawmill => &industry::SAWMILL,
        Trade::Panels => &industry::PANELS,
        Trade::Mortar => &industry::MORTAR,
        Trade::Metal => &industry::METAL,
        Trade::Food => &industry::FOOD,
        Trade::Joinery => &goods::JOINERY,
        Trade::Cardboard => &goods::CARDBOARD,
        Trade::PlasticPack => &goods::PLASTIC_PACK,
        Trade::Glass => &goods::GLASS,
        Trade::Aluminium => &goods::ALUMINIUM,
        Trade::Machinery => &goods::MACHINERY,
        Trade::Concrete => &goods::CONCRETE,
        Trade::Haulage => &services::HAULAGE,
        Trade::Waste => &services::WASTE,
        Trade::Water => &services::WATER,
        Trade::Heat => &services::HEAT,
        Trade::Power => &services::POWER,
        Trade::Construction => &services::CONSTRUCTION,
        Trade::Bank => &services::BANK,
        Trade::Municipality => &services::MUNICIPALITY,
        Trade::Region => &services::REGION,
        Trade::Research => &services::RESEARCH,
    }
}

/// An industry of the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trade {
    Sawmill,
    Panels,
    Joinery,
    Cardboard,
    PlasticPack,
    Food,
    Mortar,
    Glass,
    Aluminium,
    Metal,
    Machinery,
    Concrete,
    Haulage,
    Waste,
    Water,
    Heat,
    Power,
    Construction,
    Bank,
    Municipality,
    Region,
    Research,
}

/// Units as they stand in files. Quantities are whole numbers of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Kilograms, written as tonnes.
    Kilogram,
    /// Kilowatt hours.
    KilowattHour,
    /// Litres.
    Litre,
    /// Cubic metres.
    CubicMetre,
    /// Tonne-kilometres.
    TonneKilometre,
    /// Money only.
    Krone,
}

/// What kind of thing is bought; decides the table it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Material,
    Electricity,
    /// District heat.
    Heat,
    /// Fuel for heat and processes.
    StationaryFuel,
    /// Fuel for vehicles and machines.
    VehicleFuel,
    Waste,
    Freight,
    /// Bought with money only; stands in the accounts alone.
    Service,
    Capital,
}

/// What a need grows with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Per {
    /// Units per unit of product.
    Output(f64),
    /// Units per NOK of revenue at prices of 2022.
    Revenue(f64),
    /// Units per person and year.
    Person(f64),
}

/// How a need changes over the years, at a rate that each company has for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lever {
    /// It follows its driver.
    Steady,
    /// Power and heat are used better.
    Energy,
    /// Material is used better.
    Material,
    /// Freight is loaded better.
    Freight,
    /// Diesel and gas make way for renewable fuel.
    LeaveFossil,
    /// … which takes over.
    EnterRenewable,
    /// Material from nature makes way for material used before.
    LeavePrimary,
    /// … which takes over.
    EnterSecondary,
    /// Waste is sorted away from loss.
    LeaveLoss,
    /// … and becomes material.
    EnterRecycling,
}

/// Something bought regularly.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    pub(crate) kind: Kind,
    /// Key of the item catalogue.
    pub(crate) item: &'static str,
    /// Norwegian and English name on invoices.
    pub(crate) name: (&'static str, &'static str),
    pub(crate) per: Per,
    pub(crate) unit: Unit,
    /// NOK per unit, prices of 2022.
    pub(crate) price: f64,
    pub(crate) index: Index,
    pub(crate) account: Account,
    pub(crate) lever: Lever,
    /// Trades of members that may supply it.
    pub(crate) from: &'static [Trade],
    /// Share bought from such a member, where there is one.
    pub(crate) from_members: f64,
    /// Share bought abroad.
    pub(crate) imported: f64,
    /// Invoices a month and supplier.
    pub(crate) invoices: f64,
    /// Share of primary material in the first year, thousandths.
    pub(crate) primary: u16,
    /// Dry content, thousandths; zero when it is not stated.
    pub(crate) dry: u16,
    /// Code of the waste and the words for its treatment, Norwegian and English.
    pub(crate) waste: Option<(&'static str, &'static str, &'static str)>,
}

impl Need {
    const fn new(kind: Kind, item: &'static str, name: (&'static str, &'static str), per: Per) -> Self {
        Self {
            kind,
            item,
            name,
            per,
            unit: Unit::Kilogram,
            price: 1.0,
            index: Index::General,
            account: Account::Goods,
            lever: Lever::Steady,
            from: &[],
            from_members: 0.0,
            imported: 0.0,
            invoices: 1.0,
            primary: 1000,
            dry: 0,
            waste: None,
        }
    }

    /// Kilograms of material per unit of product.
    const fn material(
        item: &'static str,
        name: (&'static str, &'static str),
        per_unit: f64,
        price: f64,
        index: Index,
    ) -> Self {
        Self {
            price,
            index,
            lever: Lever::Material,
            invoices: 3.0,
            ..Self::new(Kind::Material, item, name, Per::Output(per_unit))
        }
    }

    /// Money for something that no table tells of: a share of revenue.
    const fn service(item: &'static str, name: (&'static str, &'static str), share: f64, account: Account) -> Self {
        Self {
            unit: Unit::Krone,
            account,
            ..Self::new(Kind::Service, item, name, Per::Revenue(share))
        }
    }

    /// Kilograms of waste per unit of product.
    const fn waste(
        item: &'static str,
        name: (&'static str, &'static str),
        code: &'static str,
        treatment: (&'static str, &'static str),
        per_unit: f64,
        price: f64,
        lever: Lever,
    ) -> Self {
        Self {
            price,
            account: Account::WasteAndWater,
            lever,
            from: &[Trade::Waste],
            from_members: 0.65,
            waste: Some((code, treatment.0, treatment.1)),
            ..Self::new(Kind::Waste, item, name, Per::Output(per_unit))
        }
    }

    /// Litres of fuel per unit of product.
    const fn fuel(
        kind: Kind,
        item: &'static str,
        name: (&'static str, &'static str),
        per_unit: f64,
        price: f64,
        lever: Lever,
    ) -> Self {
        Self {
            unit: Unit::Litre,
            price,
            index: Index::Fuel,
            account: if matches!(kind, Kind::VehicleFuel) {
                Account::VehicleFuel
            } else {
                Account::ProcessFuel
            },
            lever,
            invoices: 2.0,
            ..Self::new(kind, item, name, Per::Output(per_unit))
        }
    }

    /// Kilowatt hours per unit of product.
    const fn power(per_unit: f64) -> Self {
        Self {
            unit: Unit::KilowattHour,
            price: 1.12,
            index: Index::Power,
            account: Account::Power,
            lever: Lever::Energy,
            from: &[Trade::Power],
            from_members: 0.4,
            ..Self::new(
                Kind::Electricity,
                "electricity",
                ("Elektrisk kraft og nettleie", "Electric power and grid rent"),
                Per::Output(per_unit),
            )
        }
    }

    /// Tonne-kilometres of outbound road freight per unit of product.
    const fn road(per_unit: f64) -> Self {
        Self {
            unit: Unit::TonneKilometre,
            price: 1.25,
            index: Index::Fuel,
            account: Account::Freight,
            lever: Lever::Freight,
            from: &[Trade::Haulage],
            from_members: 0.55,
            invoices: 3.0,
            ..Self::new(
                Kind::Freight,
                "road_freight",
                ("Veitransport", "Road freight"),
                Per::Output(per_unit),
            )
        }
    }

    /// Kilowatt hours of district heat per unit of product.
    const fn heat(per_unit: f64) -> Self {
        Self {
            unit: Unit::KilowattHour,
            price: 0.86,
            index: Index::General,
            account: Account::Heat,
            lever: Lever::Energy,
            from: &[Trade::Heat],
            from_members: 0.9,
            ..Self::new(
                Kind::Heat,
                "district_heat",
                ("Fjernvarme", "District heat"),
                Per::Output(per_unit),
            )
        }
    }

    /// Cubic metres of water per unit of product.
    const fn water(per_unit: f64) -> Self {
        Self {
            unit: Unit::CubicMetre,
            account: Account::WasteAndWater,
            lever: Lever::Energy,
            from: &[Trade::Water],
            from_members: 0.9,
            invoices: 1.0,
            ..Self::material(
                "water",
                ("Kommunalt vann", "Municipal water"),
                per_unit,
                24.0,
                Index::General,
            )
        }
    }

    const fn from(mut self, trades: &'static [Trade], share: f64) -> Self {
        self.from = trades;
        self.from_members = share;
        self
    }
    const fn imported(mut self, share: f64) -> Self {
        self.imported = share;
        self
    }
    const fn secondary(mut self, primary_permille: u16) -> Self {
        self.primary = primary_permille;
        self
    }
    const fn moved_by(mut self, lever: Lever) -> Self {
        self.lever = lever;
        self
    }
    const fn dry(mut self, permille: u16) -> Self {
        self.dry = permille;
        self
    }
    const fn invoices(mut self, a_month: f64) -> Self {
        self.invoices = a_month;
        self
    }
}

/// What an industry makes, and all it needs.
#[derive(Debug)]
pub(crate) struct Sector {
    pub(crate) role: Role,
    pub(crate) nace: &'static str,
    /// Key of the item catalogue for the product, and its names.
    pub(crate) item: &'static str,
    pub(crate) product: (&'static str, &'static str),
    pub(crate) unit: Unit,
    /// NOK per unit of product, prices of 2022.
    pub(crate) price: f64,
    pub(crate) index: Index,
    /// Dry content of the product, thousandths.
    pub(crate) dry: u16,
    /// How sales at home are taxed.
    pub(crate) vat: Vat,
    /// Share of the year by month, thousandths.
    pub(crate) season: [u16; 12],
    pub(crate) needs: &'static [Need],
}
