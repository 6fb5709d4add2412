//! Goal 3: primary material and waste lost.

use greenheart_units::{Amount, DecimalError, Rate, Rounding};

use super::{At, Figure, Made, step};
use crate::arithmetic::scale;
use crate::goals::open::{OpenShare, OpenSums};
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
        let open = OpenShare::of((&now.open, now.primary), (&base.open, base.primary))?;
        self.open_gaps(&now.open, gaps)?;
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
        beside.extend(self.open_figures(&now.open, &base.open)?);
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
            indicative: without > 0 || open.worst() > self.inputs.config.most_unbound,
            spend_share: None,
            open: Some(open),
            activity,
            beside,
            steps,
        })
    }

    /// What has no mass yet, of the panel and of each member of whom it is a part worth asking for.
    fn open_gaps(&self, now: &OpenSums, gaps: &mut Vec<Gap>) -> Result<(), DecimalError> {
        let says = |open: &OpenSums| -> Result<Option<String>, DecimalError> {
            let share = open.share()?.filter(|share| *share > Rate::ZERO);
            Ok(share.map(|share| format!("{} % of the goods bought, by value, has no mass yet", tenths(share))))
        };
        let Some(all) = says(now)? else { return Ok(()) };
        let (open, booked) = (now.open_nok.to_fixed(0), now.booked_nok.to_fixed(0));
        let detail = format!(
            "{all}: {open} NOK in {} lines nobody confirmed, {booked} NOK only in the books",
            now.open_rows
        );
        gaps.push(self.gap("goal.open_goods", detail));
        for member in self.panel {
            let own = OpenSums::of(self.books, &[member.clone()].into(), self.year)?;
            if own.share()?.is_none_or(|share| share < NAMED_FROM) {
                continue;
            }
            if let Some(detail) = says(&own)? {
                gaps.push(Gap {
                    member: Some(member.clone()),
                    ..self.gap("goal.open_goods", detail)
                });
            }
        }
        Ok(())
    }

    fn open_figures(&self, now: &OpenSums, base: &OpenSums) -> Result<Vec<Figure>, DecimalError> {
        let share = |open: &OpenSums| -> Result<Option<Amount>, DecimalError> {
            let share = open.share()?;
            Ok(share.map(|share| Amount::from_mantissa(Rounding::HalfEven.divide(share.mantissa(), 1_000_000))))
        };
        let open = [("material_part", part::OPEN_INPUT)];
        let figure = |name: &str, unit: &str, value, says: &str| self.figure(name, unit, value, says, &open);
        Ok(vec![
            figure(
                "goods_bought_nok",
                "NOK",
                Some(now.bought_nok),
                "goods bought, by the books or by the documents where these say more",
            ),
            figure(
                "open_goods_nok",
                "NOK",
                Some(now.open_nok),
                "goods on invoices that nobody has said the mass of",
            ),
            figure(
                "open_goods_kg",
                "kg",
                Some(now.open_kg),
                "of these, what is counted in kg and not confirmed",
            ),
            figure(
                "booked_goods_nok",
                "NOK",
                Some(now.booked_nok),
                "goods that only the books tell of",
            ),
            figure(
                "goods_without_mass_share",
                "share",
                share(now)?,
                "goods without a mass over goods bought",
            ),
            figure(
                "goods_without_mass_base_share",
                "share",
                share(base)?,
                "the same in the base year",
            ),
        ])
    }
}

/// A share in percent with one decimal.
/// A member is named from one percent of its goods without a mass; its rest counts in the panel's.
const NAMED_FROM: Rate = Rate::from_mantissa(Rate::ONE_MANTISSA / 100);

fn tenths(share: Rate) -> String {
    let tenths = Rounding::HalfEven.divide(share.mantissa() * 1000, Rate::ONE_MANTISSA);
    format!("{}.{}", tenths / 10, tenths % 10)
}
