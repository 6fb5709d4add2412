//! Goal 3: primary material and waste lost.

use greenheart_units::{Amount, DecimalError};

use super::{At, Made, step};
use crate::arithmetic::scale;
use crate::goals::report::Gap;
use crate::goals::terms::Materials;
use crate::line::part;

impl At<'_> {
    pub(super) fn resource_draw(&self, gaps: &mut Vec<Gap>) -> Result<Made, DecimalError> {
        let now = Materials::of(self.books, self.panel, self.year)?;
        let base = Materials::of(self.books, self.panel, self.base_year())?;
        let without = now.rows_without_mass + base.rows_without_mass;
        if without > 0 {
            gaps.push(self.gap(
                "goal.rows_without_mass",
                format!("{without} rows of material state no mass, here or in the base year"),
            ));
        }
        let kg = |name: &str, value, says: &str, part: &str| {
            self.figure(name, "kg", Some(value), says, &[("material_part", part)])
        };
        let mut beside = vec![
            kg(
                "primary_input_kg",
                now.primary,
                "P: primary material from outside",
                part::PRIMARY_INPUT,
            ),
            kg(
                "primary_input_base_kg",
                base.primary,
                "P in the base year",
                part::PRIMARY_INPUT,
            ),
            kg("waste_lost_kg", now.lost, "W: waste lost", part::WASTE_LOST),
            kg("waste_lost_base_kg", base.lost, "W in the base year", part::WASTE_LOST),
            kg(
                "recirculated_kg",
                now.recirculated,
                "R: waste that became material again",
                part::WASTE_RECIRCULATED,
            ),
            kg(
                "recirculated_base_kg",
                base.recirculated,
                "R in the base year",
                part::WASTE_RECIRCULATED,
            ),
            kg(
                "secondary_input_kg",
                now.secondary,
                "secondary material taken in",
                part::SECONDARY_INPUT,
            ),
            kg(
                "input_from_members_kg",
                now.from_members,
                "material from members of the panel, not counted in P",
                "",
            ),
            kg(
                "own_residue_fuel_kg",
                now.own_residue,
                "own residues burnt for own heat",
                part::OWN_RESIDUE_FUEL,
            ),
        ];
        for ((name, line), mass) in &now.by_line {
            let filter = [("material_part", *name), ("line", line.as_str())];
            beside.push(self.figure(
                &format!("{name}_{line}_kg"),
                "kg",
                Some(*mass),
                "by material class",
                &filter,
            ));
        }
        let draw = now.draw()?;
        let per_output = if now.output.is_zero() {
            None
        } else {
            Some(scale(
                draw,
                Amount::from_integer(1000).mantissa(),
                now.output.mantissa(),
            )?)
        };
        beside.push(self.figure(
            "resource_draw_per_tonne_output_kg",
            "kg/t",
            per_output,
            "D over tonnes of product",
            &[],
        ));
        let made = (!base.output.is_zero()).then_some((now.output, base.output));
        let activity = match made {
            Some(made) => Some(made),
            None => self.real_revenue()?,
        };
        beside.extend(self.activity_figures(made, "product_output", "kg", "kg", "tonnes of product"));
        let steps = vec![
            step("P", now.primary, "kg"),
            step("plus W", now.lost, "kg"),
            step("P in the base year", base.primary, "kg"),
            step("W in the base year", base.lost, "kg"),
        ];
        Ok(Made {
            value: Some(draw),
            base: Some(base.draw()?),
            indicative: without > 0,
            spend_share: None,
            activity,
            beside,
            steps,
        })
    }
}
