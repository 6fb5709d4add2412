//! The rules of posting. Each names itself (`fuel.combustion@1`) on the entries it makes.
//!
//! # Source
//! GHG Protocol Corporate Standard (scopes), Scope 2 Guidance (two accounts of bought energy), Scope 3
//! Standard, table 5.4 (categories); EN ISO 14083 (freight well to wheel).

mod freight;
mod material;

use greenheart_model::{ActivityKind, Entry, ItemClass, Method, Scope, Scope2Basis, Severity, Treatment};
use greenheart_units::{Amount, Dimension, Reading};

use super::draft::Row;
use super::index::Aspect;
use crate::line;

impl Row<'_> {
    /// One activity to its entries.
    pub(crate) fn post(mut self) {
        match self.activity.kind {
            ActivityKind::Sale => self.sale(),
            ActivityKind::Electricity => self.electricity(),
            ActivityKind::Heat => self.heat(),
            ActivityKind::Fuel => self.fuel(),
            ActivityKind::Refrigerant => self.refrigerant(),
            ActivityKind::ProcessEmission => self.process(),
            ActivityKind::Purchase | ActivityKind::CapitalGood => self.purchase(),
            ActivityKind::MaterialInput => self.material(),
            ActivityKind::Transport => self.freight(),
            ActivityKind::Waste => self.waste(),
            ActivityKind::Travel | ActivityKind::Commuting => self.travel(),
            ActivityKind::ProductOutput => self.output(),
            ActivityKind::Removal => self.removal(),
            ActivityKind::OtherPosting => self.other(),
        }
    }

    /// Operating revenue. Tax code 52 is sale abroad; grants (standard account 34) are shown apart.
    fn sale(&mut self) {
        let account = self.activity.account.as_ref();
        let grant = account.is_some_and(|a| a.grouping_code.starts_with("34"));
        let other = account.is_some_and(|a| a.grouping_category.eq_ignore_ascii_case("annenDriftsinntekt"));
        let abroad = self.activity.tax_code.as_deref() == Some("52") || self.sold_abroad();
        let line = match (grant, abroad, other) {
            (true, ..) => line::REVENUE_GRANT,
            (_, true, _) => line::REVENUE_EXPORT,
            (.., true) => line::REVENUE_OTHER,
            _ => line::REVENUE_DOMESTIC,
        };
        let mut entry = self.entry(Scope::None, 0, "sale@1");
        entry.line = self.name(line);
        entry.class = ItemClass::Revenue;
        self.push(entry);
    }

    /// A sale outside the books, which has no tax code, to a customer in another country than Norway.
    fn sold_abroad(&self) -> bool {
        let country = self
            .activity
            .counterparty
            .as_ref()
            .and_then(|other| other.country.as_deref());
        !self.is_booked()
            && self.activity.tax_code.is_none()
            && country.is_some_and(|c| !c.is_empty() && !c.eq_ignore_ascii_case("NO"))
    }

    /// Bought power: one entry for each account of scope 2. A supplier's own figure speaks for the
    /// market-based account only. Own generation buys nothing.
    fn electricity(&mut self) {
        let Some(reading) = self.reading(Dimension::Energy) else {
            let entry = self.entry(Scope::Two, 0, "unbound@1");
            return self.unbound(entry, "no energy is stated");
        };
        if self.item() == "electricity_own" {
            let mut entry = self.entry(Scope::None, 0, "electricity.own@1");
            entry.energy_kwh = Some(reading.value);
            return self.push(entry);
        }
        for (basis, aspect, rule) in [
            (Scope2Basis::Location, Aspect::Location, "electricity.location@1"),
            (Scope2Basis::Market, Aspect::Market, "electricity.market@1"),
        ] {
            let mut entry = self.entry(Scope::Two, 0, rule);
            entry.basis = basis;
            entry.energy_kwh = Some(reading.value);
            let supplier = self.activity.supplier_co2e.filter(|_| basis == Scope2Basis::Market);
            match (supplier, self.find(self.item(), aspect, &reading)) {
                (Some(stated), _) => {
                    entry.rule = self.name("electricity.supplier@1");
                    self.stated(entry, stated);
                }
                (None, Some(found)) => {
                    let entry = self.bound(entry, Method::Activity, found.factor, reading.value);
                    self.push(entry);
                }
                (None, None) => self.unbound(entry, "no grid factor"),
            }
        }
        self.upstream(3, &reading);
    }

    /// Bought heat and steam. Surplus heat is burden-free at the user (one published rule per cluster).
    fn heat(&mut self) {
        let mut entry = self.entry(Scope::Two, 0, "heat@1");
        let reading = self.activity.quantity;
        entry.energy_kwh = self.reading(Dimension::Energy).map(|reading| reading.value);
        if self.item() == "waste_heat" && reading.is_some() && self.activity.supplier_co2e.is_none() {
            entry.rule = self.name("heat.surplus@1");
            return self.push(entry);
        }
        self.physical(entry, Aspect::Heat, reading, 3);
    }

    /// Fuel burnt in own plant and vehicles; biogenic CO2 outside the scopes, upstream in category 3.
    /// A waste code marks own residues burnt for own heat: neither lost nor recirculated (goal 3).
    fn fuel(&mut self) {
        let mut entry = self.entry(Scope::One, 0, "fuel.combustion@1");
        entry.energy_kwh = self.reading(Dimension::Energy).map(|reading| reading.value);
        if self.activity.waste_code.is_some() {
            entry.material_part = self.name(line::part::OWN_RESIDUE_FUEL);
            entry.mass_kg = self.dry_mass();
        }
        self.physical(entry, Aspect::Combustion, self.activity.quantity, 3);
    }

    fn refrigerant(&mut self) {
        let entry = self.entry(Scope::One, 0, "refrigerant@1");
        self.physical(entry, Aspect::Leak, self.reading(Dimension::Mass), 3);
    }

    /// A gas stated as gas is measured: no factor stands between.
    fn process(&mut self) {
        let mut entry = self.entry(Scope::One, 0, "process@1");
        let Some(reading) = self.activity.quantity else {
            return self.unbound(entry, "no gas is stated");
        };
        let gases = &mut entry.gases;
        match (reading.dimension, self.item()) {
            (Dimension::Co2e, _) => gases.co2e_other = reading.value,
            (Dimension::Mass, "co2_process") => gases.co2 = reading.value,
            (Dimension::Mass, "ch4_process") => gases.ch4_fossil = reading.value,
            (Dimension::Mass, "n2o_process") => gases.n2o = reading.value,
            _ => return self.unbound(entry, "the gas is not one of co2_process, ch4_process, n2o_process"),
        }
        entry.method = Method::Measured;
        self.push(entry);
    }

    /// What is bought: by the supplier's figure, else by mass where a material factor exists, else by
    /// spend on the item, else by spend on its class.
    fn purchase(&mut self) {
        let (scope, category) = place_of(self.activity.class, self.activity.kind);
        let entry = self.entry(scope, category, "purchase.physical@1");
        if let Some(stated) = self.activity.supplier_co2e {
            return self.stated(entry, stated);
        }
        if let Some(reading) = self.reading(Dimension::Mass)
            && let Some(found) = self.find(self.item(), Aspect::Primary, &reading)
        {
            let entry = self.bound(entry, Method::Activity, found.factor, reading.value);
            return self.push(entry);
        }
        self.spend(entry);
    }

    fn travel(&mut self) {
        let category = if self.activity.kind == ActivityKind::Commuting {
            7
        } else {
            6
        };
        let entry = self.entry(Scope::Three, category, "travel@1");
        self.physical(entry, Aspect::Travel, self.activity.quantity, category);
    }

    /// Durable removal, in a ledger of its own. Mass counts as CO2 only for items that are CO2.
    fn removal(&mut self) {
        let mut entry = self.entry(Scope::Removal, 0, "removal@1");
        let is_gas = matches!(self.item(), "ccs" | "direct_air_capture" | "mineralisation");
        match self.activity.quantity {
            Some(reading)
                if reading.dimension == Dimension::Co2e || (is_gas && reading.dimension == Dimension::Mass) =>
            {
                entry.gases.co2 = reading.value;
                entry.method = Method::Measured;
                self.push(entry);
            }
            _ => self.unbound(entry, "the CO2 durably removed is not stated"),
        }
    }

    /// What is made: mass for goal 3, and kilowatt hours, along which the emissions of a plant that sells energy travel.
    fn output(&mut self) {
        let mut entry = self.entry(Scope::None, 0, "output@2");
        entry.energy_kwh = self.reading(Dimension::Energy).map(|reading| reading.value);
        entry.mass_kg = self.reading(Dimension::Mass).map(|reading| reading.value);
        entry.material_part = self.name(line::part::OUTPUT);
        self.push(entry);
    }

    /// Payroll, depreciation, interest: kept so that nothing is dropped.
    fn other(&mut self) {
        let mut entry = self.entry(Scope::None, 0, "other@1");
        entry.line = self.name("other");
        self.push(entry);
    }

    /// By the supplier's figure, else by a physical quantity, else by spend.
    fn physical(&mut self, entry: Entry, aspect: Aspect, reading: Option<Reading>, upstream: u8) {
        if let Some(stated) = self.activity.supplier_co2e {
            return self.stated(entry, stated);
        }
        let found = reading.and_then(|reading| Some((reading, self.find(self.item(), aspect, &reading)?)));
        let Some((reading, found)) = found else {
            return self.spend(entry);
        };
        let entry = self.bound(entry, Method::Activity, found.factor, reading.value);
        self.push(entry);
        self.upstream(upstream, &reading);
    }

    /// The supplier's own figure for this row, kg CO2e under the supplier's GWP set.
    fn stated(&mut self, mut entry: Entry, co2e: Amount) {
        if &*entry.rule != "electricity.supplier@1" {
            entry.rule = self.name("supplier@1");
        }
        entry.gases.co2e_other = co2e;
        entry.method = Method::SupplierSpecific;
        self.push(entry);
    }

    /// What happens before the fuel, power or heat arrives, where a factor exists. Its NOK stands on
    /// the entry beside it.
    fn upstream(&mut self, category: u8, reading: &Reading) {
        if let Some(found) = self.find(self.item(), Aspect::Upstream, reading) {
            let mut entry = self.entry(Scope::Three, category, "upstream@1");
            entry.amount_nok = Some(Amount::ZERO);
            let entry = self.bound(entry, Method::Activity, found.factor, reading.value);
            self.push(entry);
        }
    }

    /// By money (rule `purchase.spend@1`): NOK in the price year of the factor times kg per NOK. There
    /// is no spend factor for energy: a krone does not say how much was burnt, so the row waits.
    fn spend(&mut self, mut entry: Entry) {
        if entry.scope != Scope::Three {
            return self.unbound(entry, "money alone does not say how much was emitted");
        }
        let Some(amount) = self.amount_nok else {
            return self.unbound(entry, "neither a quantity with a factor nor NOK");
        };
        let money = Reading::new(amount, Dimension::Money);
        let texts = &self.binder.texts;
        let class_item = texts.class_item(self.activity.class);
        let found = match self.find(self.item(), Aspect::Spend, &money) {
            Some(found) => Some(found),
            None => self.find(class_item, Aspect::Spend, &money),
        };
        let Some(found) = found else {
            return self.unbound(entry, "no spend factor for its class");
        };
        entry.rule = self.name("purchase.spend@1");
        let deflated = self.in_prices_of(amount, found.factor.data_year);
        let entry = self.bound(entry, Method::Spend, found.factor, deflated);
        self.push(entry);
    }

    /// `amount` in prices of `year`; as it stands, and said so, when the index does not reach.
    fn in_prices_of(&mut self, amount: Amount, year: i16) -> Amount {
        let own_year = self.month().year();
        let index = self.binder.options.price_index.as_ref();
        let converted = index.and_then(|index| index.convert(amount, own_year, year).ok().flatten());
        if converted.is_none() && own_year != year {
            self.note("factor.price_year", Severity::Note, || {
                format!("no price index from {own_year} to {year}; NOK of {own_year} are used as they stand")
            });
        }
        converted.unwrap_or(amount)
    }

    /// Waste: category 5 by treatment (rule `waste@1`). Burnt at home for own heat, it is neither lost
    /// nor recirculated.
    fn waste(&mut self) {
        let treatment = self.activity.treatment.unwrap_or(Treatment::Unknown);
        let mut entry = self.entry(Scope::Three, 5, "waste@1");
        if self.binder_has(Aspect::Service) {
            return self.physical(entry, Aspect::Service, self.activity.quantity, 5);
        }
        let burnt = matches!(treatment, Treatment::EnergyRecovery | Treatment::Incineration);
        let number = self.activity.counterparty.as_ref().and_then(|other| other.org_no);
        if burnt && number.is_some() && number == self.own {
            return self.own_residue();
        }
        if treatment.is_lost() {
            entry.material_part = self.name(line::part::WASTE_LOST);
        } else {
            entry.material_part = self.name(line::part::WASTE_RECIRCULATED);
        }
        // A row of the books knows no kilograms and claims none; only a waste record does.
        if self.is_booked() {
            entry.material_part = "".into();
        }
        entry.mass_kg = self.dry_mass();
        self.physical(entry, Aspect::Treated(treatment), self.reading(Dimension::Mass), 5);
    }

    /// Residues burnt at home: nobody carries or treats them. What the burning emits is told by a fuel row.
    fn own_residue(&mut self) {
        let mut entry = self.entry(Scope::None, 0, "waste.own_residue@1");
        entry.material_part = self.name(line::part::OWN_RESIDUE_FUEL);
        entry.mass_kg = self.dry_mass();
        self.push(entry);
    }

    pub(super) fn binder_has(&self, aspect: Aspect) -> bool {
        self.factors.is_some_and(|factors| factors.has(aspect))
    }
}

/// Scope and category of what is bought, by class.
fn place_of(class: ItemClass, kind: ActivityKind) -> (Scope, u8) {
    match class {
        _ if kind == ActivityKind::CapitalGood => (Scope::Three, 2),
        ItemClass::Electricity | ItemClass::Heat => (Scope::Two, 0),
        ItemClass::StationaryFuel | ItemClass::VehicleFuel | ItemClass::Refrigerant | ItemClass::Process => {
            (Scope::One, 0)
        }
        ItemClass::Capital => (Scope::Three, 2),
        ItemClass::Freight => (Scope::Three, 4),
        ItemClass::WasteService => (Scope::Three, 5),
        ItemClass::Travel => (Scope::Three, 6),
        ItemClass::Commuting => (Scope::Three, 7),
        ItemClass::Goods | ItemClass::Services | ItemClass::None | ItemClass::Revenue | ItemClass::Removal => {
            (Scope::Three, 1)
        }
    }
}
