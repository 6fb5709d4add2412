//! From terms to figures, each with its derivation.

use std::collections::BTreeSet;

use greenheart_model::{Derivation, MemberId, Scope2Basis, Step};
use greenheart_units::{Amount, DecimalError, Rate, Rounding};

use super::config::{FigureKind, Goal, GoalInputs};
use super::panel::Books;
use super::report::{Figure, Gap};
use super::terms::{Co2e, Materials, Revenue};
use crate::arithmetic::{minus, scale};
use crate::line::part;

/// A goal of one panel and year, before its target line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made {
    pub(crate) value: Option<Amount>,
    pub(crate) base: Option<Amount>,
    pub(crate) indicative: bool,
    pub(crate) spend_share: Option<Rate>,
    pub(crate) beside: Vec<Figure>,
    steps: Vec<Step>,
}

/// Sums the goal over the panel in `year` and in the base year.
pub(crate) fn make(
    inputs: &GoalInputs<'_>,
    books: &Books<'_>,
    goal: Goal,
    year: i16,
    panel: &BTreeSet<MemberId>,
    gaps: &mut Vec<Gap>,
) -> Result<Made, DecimalError> {
    if panel.is_empty() {
        return Ok(Made::default());
    }
    let at = At {
        inputs,
        books,
        goal,
        year,
        panel,
    };
    match goal {
        Goal::Revenue => at.revenue(gaps),
        Goal::Co2e => at.co2e(gaps),
        Goal::ResourceDraw => at.resource_draw(gaps),
    }
}

/// The headline's own figures: value, base, target, estimate.
pub(crate) fn headline(
    inputs: &GoalInputs<'_>,
    goal: Goal,
    year: i16,
    name: &str,
    value: Option<Amount>,
    says: &str,
    made: &Made,
) -> Figure {
    let unit = match goal {
        Goal::Revenue => "nok",
        Goal::Co2e | Goal::ResourceDraw => "kg",
    };
    let mut why = why(inputs, goal, year, says);
    why.filter.push(("figure".into(), name.into()));
    why.steps.clone_from(&made.steps);
    Figure {
        name: format!("{}_{name}_{unit}", goal.name()),
        value,
        unit: goal.unit().into(),
        why,
    }
}

fn why(inputs: &GoalInputs<'_>, goal: Goal, year: i16, says: &str) -> Derivation {
    let rule = match goal {
        Goal::Revenue => "operating revenue without grants, gross sum over the panel, in prices of the base year",
        Goal::Co2e => {
            "scope 1 and everything bought from outside the panel, location-based unless configured otherwise"
        }
        Goal::ResourceDraw => "primary material from outside the panel plus waste lost",
    };
    Derivation {
        rule: format!("goal.{}@1", goal.name()),
        says: format!("{says}: {rule}"),
        source: "docs/concepts/goals.md; GHG Protocol Corporate Standard, ch. 3 to 5".into(),
        snapshot: inputs.snapshot.to_owned(),
        filter: vec![("goal".into(), goal.name().into()), ("year".into(), year.to_string())],
        steps: Vec::new(),
        rounding: "sums exact to six decimals; shares and prices half to even, once".into(),
    }
}

struct At<'a> {
    inputs: &'a GoalInputs<'a>,
    books: &'a Books<'a>,
    goal: Goal,
    year: i16,
    panel: &'a BTreeSet<MemberId>,
}

impl At<'_> {
    fn base_year(&self) -> i16 {
        self.inputs.config.base_year
    }

    fn figure(&self, name: &str, unit: &str, value: Option<Amount>, says: &str, filter: &[(&str, &str)]) -> Figure {
        let mut why = why(self.inputs, self.goal, self.year, says);
        says.clone_into(&mut why.says);
        why.filter.extend(
            filter
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned())),
        );
        Figure {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            why,
        }
    }

    fn gap(&self, code: &str, detail: String) -> Gap {
        Gap {
            code: code.to_owned(),
            member: None,
            detail: format!("{}: {detail}", self.year),
        }
    }

    fn revenue(&self, gaps: &mut Vec<Gap>) -> Result<Made, DecimalError> {
        let now = Revenue::of(self.books, self.panel, self.year)?;
        let base = Revenue::of(self.books, self.panel, self.base_year())?;
        let real = self.in_base_prices(now.nominal)?;
        if real.is_none() {
            gaps.push(self.gap(
                "goal.no_price_index",
                "no price index reaches it, so constant prices are missing".into(),
            ));
        }
        let without = now.rows_without_amount + base.rows_without_amount;
        if without > 0 {
            gaps.push(self.gap(
                "goal.rows_without_nok",
                format!("{without} rows of revenue state no NOK"),
            ));
        }
        let nok = |name, value, says, line| self.figure(name, "NOK", Some(value), says, &[("line", line)]);
        let share = |name, value: Option<Rate>, says| {
            let value =
                value.map(|share| Amount::from_mantissa(Rounding::HalfEven.divide(share.mantissa(), 1_000_000)));
            self.figure(name, "share", value, says, &[("line", "revenue.export")])
        };
        let beside = vec![
            nok("revenue_nominal_nok", now.nominal, "in kroner of the year", "revenue.*"),
            nok(
                "revenue_nominal_base_nok",
                base.nominal,
                "in kroner of the base year",
                "revenue.*",
            ),
            nok(
                "revenue_export_nok",
                now.export,
                "sales abroad, kroner of the year",
                "revenue.export",
            ),
            share(
                "revenue_export_share",
                now.export.ratio(now.nominal),
                "export over nominal revenue",
            ),
            nok(
                "revenue_to_members_nok",
                now.to_members,
                "sales between members of the panel",
                "revenue.*",
            ),
            nok(
                "revenue_consolidated_nok",
                minus(now.nominal, now.to_members)?,
                "without sales between members",
                "revenue.*",
            ),
            nok(
                "revenue_grants_nok",
                now.grants,
                "grants: shown, never counted",
                "revenue.grant",
            ),
            self.figure(
                "value_added_nok",
                "NOK",
                self.value_added()?,
                "as stated for every member of the panel",
                &[],
            ),
        ];
        let steps = vec![
            step("nominal revenue", now.nominal, "NOK"),
            step("of which export", now.export, "NOK"),
            step("base year, nominal", base.nominal, "NOK"),
            self.index_step(),
        ];
        // In prices of the base year the base is what it was; without an index nothing can be set beside it.
        let base = real.map(|_| base.nominal);
        Ok(Made {
            value: real,
            base,
            indicative: without > 0,
            spend_share: None,
            beside,
            steps,
        })
    }

    fn in_base_prices(&self, nominal: Amount) -> Result<Option<Amount>, DecimalError> {
        match &self.inputs.config.price_index {
            Some(index) => index.convert(nominal, self.year, self.base_year()),
            None => Ok(None),
        }
    }

    fn index_step(&self) -> Step {
        let index = self.inputs.config.price_index.as_ref();
        let value = index.map_or_else(
            || "missing".to_owned(),
            |index| {
                let at = |year| {
                    index
                        .by_year
                        .get(&year)
                        .map_or_else(|| "missing".into(), Rate::to_string)
                };
                format!(
                    "{} ({}): {} in {}, {} in {}",
                    index.name,
                    index.source,
                    at(self.year),
                    self.year,
                    at(self.base_year()),
                    self.base_year()
                )
            },
        );
        Step {
            label: "price index".into(),
            value,
            refs: Vec::new(),
        }
    }

    fn value_added(&self) -> Result<Option<Amount>, DecimalError> {
        let mut sum = Amount::ZERO;
        for member in self.panel {
            let Some(value) = self.books.figure(member, self.year, FigureKind::ValueAddedNok) else {
                return Ok(None);
            };
            sum = sum.checked_add(value)?;
        }
        Ok(Some(sum))
    }

    fn co2e(&self, gaps: &mut Vec<Gap>) -> Result<Made, DecimalError> {
        let config = self.inputs.config;
        let terms = |year, basis| Co2e::of(self.books, self.panel, year, config, basis);
        let (now, base) = (
            terms(self.year, Scope2Basis::Location)?,
            terms(self.base_year(), Scope2Basis::Location)?,
        );
        let (market, market_base) = (
            terms(self.year, Scope2Basis::Market)?,
            terms(self.base_year(), Scope2Basis::Market)?,
        );
        let (head, head_base) = if config.scope2 == Scope2Basis::Market {
            (&market, &market_base)
        } else {
            (&now, &base)
        };
        let spend_share = head.spend_share()?;
        let base_spend = head_base.spend_share()?;
        let spend = [spend_share, base_spend]
            .into_iter()
            .flatten()
            .any(|share| share > config.most_spend);
        if spend {
            gaps.push(self.gap(
                "goal.spend_share",
                "more than the tolerated share rests on spend".into(),
            ));
        }
        let unbound = head.unbound_rows + head_base.unbound_rows;
        if unbound > 0 {
            let nok = head.unbound_nok.checked_add(head_base.unbound_nok)?;
            gaps.push(self.gap(
                "goal.unbound",
                format!("{unbound} rows of {nok} NOK wait for a factor, here or in the base year"),
            ));
        }
        let waiting = [head, head_base]
            .iter()
            .any(|terms| terms.too_much_unbound(config.most_unbound));
        let kg = |name, value, says| self.figure(name, "kgCO2e", value, says, &[]);
        let beside = vec![
            kg(
                "co2e_plain_kg",
                Some(head.plain()?),
                "the sum of the members' own accounts",
            ),
            kg(
                "co2e_eliminated_kg",
                Some(head.eliminated),
                "bought from members of the panel: the seller's account covers it",
            ),
            kg("co2e_scope1_kg", Some(head.scope1), "scope 1"),
            kg(
                "co2e_scope2_location_kg",
                Some(now.scope2),
                "scope 2, location-based, before elimination",
            ),
            kg(
                "co2e_scope2_market_kg",
                Some(market.scope2),
                "scope 2, market-based, before elimination",
            ),
            kg(
                "co2e_scope3_kg",
                Some(head.scope3),
                "scope 3 in the categories of the boundary, before elimination",
            ),
            kg(
                "co2e_location_kg",
                Some(now.consolidated()?),
                "consolidated, location-based",
            ),
            kg(
                "co2e_market_kg",
                Some(market.consolidated()?),
                "consolidated, market-based",
            ),
            kg(
                "co2e_market_base_kg",
                Some(market_base.consolidated()?),
                "consolidated, market-based, base year",
            ),
            kg(
                "co2e_frozen_grid_kg",
                now.with_grid_of(&base)?,
                "consolidated, with the base year's grid factor",
            ),
            kg(
                "co2e_biogenic_kg",
                Some(head.biogenic),
                "biogenic CO2, outside the scopes",
            ),
            kg(
                "co2e_removals_kg",
                Some(head.removals),
                "durable removals: a ledger of their own, never netted",
            ),
        ];
        let steps = vec![
            step("scope 1", head.scope1, "kgCO2e"),
            step("scope 2", head.scope2, "kgCO2e"),
            step("scope 3", head.scope3, "kgCO2e"),
            step("minus bought from the panel", head.eliminated, "kgCO2e"),
            Step {
                label: "GWP set".into(),
                value: config.gwp.to_string(),
                refs: Vec::new(),
            },
        ];
        Ok(Made {
            value: Some(head.consolidated()?),
            base: Some(head_base.consolidated()?),
            indicative: spend || waiting,
            spend_share,
            beside,
            steps,
        })
    }

    fn resource_draw(&self, gaps: &mut Vec<Gap>) -> Result<Made, DecimalError> {
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
            beside,
            steps,
        })
    }
}

fn step(label: &str, value: Amount, unit: &str) -> Step {
    Step {
        label: label.to_owned(),
        value: format!("{value} {unit}"),
        refs: Vec::new(),
    }
}
