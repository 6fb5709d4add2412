//! Material taken into production (rule `material@1`): category 1 by mass, split into primary and
//! secondary, and the input side of goal 3.

use greenheart_model::{Entry, ItemClass, Method, Scope, Severity, Text};
use greenheart_units::{Amount, Basis, Dimension, Rate, Reading, Rounding};

use crate::bind::draft::Row;
use crate::bind::index::Aspect;
use crate::line::part;

impl Row<'_> {
    /// Kilograms of dry matter where the dry content is given, else as received.
    pub(crate) fn dry_mass(&self) -> Option<Amount> {
        let reading = self.reading(Dimension::Mass)?;
        match self.activity.dry_permille {
            Some(dry) if reading.basis != Basis::Dry => share(reading.value, dry),
            _ => Some(reading.value),
        }
    }

    /// Emissions rest on the mass as received, the material account on dry matter where given. A share
    /// that nobody states is primary, and flagged.
    pub(super) fn material(&mut self) {
        let entry = self.entry(Scope::Three, 1, "material@1");
        if self.activity.class == ItemClass::WasteService || self.binder_has(Aspect::Service) {
            return self.physical(entry, Aspect::Service, self.activity.quantity, 1);
        }
        let permille = self.primary_permille();
        let Some(reading) = self.reading(Dimension::Mass) else {
            return self.material_without_mass(entry, permille);
        };
        let parts = [
            (Aspect::Primary, part::PRIMARY_INPUT, permille),
            (Aspect::Secondary, part::SECONDARY_INPUT, 1000 - permille),
        ];
        // The second part is what the first leaves, so that the halves always add up.
        let wet = halves(reading.value, permille);
        let dry = self.dry_mass().map(|mass| halves(mass, permille));
        let nok = self.amount_nok.map(|amount| halves(amount, permille));
        let co2e = self.activity.supplier_co2e.map(|stated| halves(stated, permille));
        for (at, (aspect, name, share)) in parts.into_iter().enumerate() {
            if share == 0 {
                continue;
            }
            let mut entry = entry.clone();
            entry.material_part = self.name(name);
            entry.mass_kg = dry.map(|halves| halves[at]);
            entry.amount_nok = nok.map(|halves| halves[at]);
            let reading = Reading {
                value: wet[at],
                ..reading
            };
            self.material_part(entry, aspect, &reading, co2e.map(|halves| halves[at]));
        }
    }

    fn material_part(&mut self, entry: Entry, aspect: Aspect, reading: &Reading, stated: Option<Amount>) {
        if let Some(stated) = stated {
            return self.stated(entry, stated);
        }
        match self.find(self.item(), aspect, reading) {
            Some(found) => {
                let entry = self.bound(entry, Method::Activity, found.factor, reading.value);
                self.push(entry);
            }
            None => self.material_by_spend(entry),
        }
    }

    /// Spend on the part, which may be all that is known; its NOK is the part's own.
    fn material_by_spend(&mut self, entry: Entry) {
        let whole = self.amount_nok;
        self.amount_nok = entry.amount_nok;
        self.spend(entry);
        self.amount_nok = whole;
    }

    fn material_without_mass(&mut self, mut entry: Entry, permille: u16) {
        let name: Text = self.name(if permille == 0 {
            part::SECONDARY_INPUT
        } else {
            part::PRIMARY_INPUT
        });
        entry.material_part = name;
        self.note("material.no_mass", Severity::Warning, || {
            "material input without a mass: goal 3 lacks it".into()
        });
        if let Some(stated) = self.activity.supplier_co2e {
            return self.stated(entry, stated);
        }
        self.spend(entry);
    }

    /// The primary share; an item that is secondary by name is so where nobody says otherwise.
    fn primary_permille(&mut self) -> u16 {
        match self.activity.primary_permille {
            Some(stated) => stated.min(1000),
            None if self.binder_has(Aspect::Secondary) && !self.binder_has(Aspect::Primary) => 0,
            None => {
                self.note("material.primary_assumed", Severity::Note, || {
                    "no primary share is stated: taken as primary".into()
                });
                1000
            }
        }
    }
}

fn share(value: Amount, permille: u16) -> Option<Amount> {
    let rate = Rate::from_mantissa(i128::from(permille) * (Rate::ONE_MANTISSA / 1000));
    value.times(rate, Rounding::HalfEven).ok()
}

/// The part of `permille` and the rest.
fn halves(value: Amount, permille: u16) -> [Amount; 2] {
    let first = share(value, permille).unwrap_or(value);
    [first, value - first]
}
