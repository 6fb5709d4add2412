//! Goal 2: the consolidated account of the panel and what stands beside it.

use greenheart_model::{Scope2Basis, Step};
use greenheart_units::{Amount, DecimalError};

use super::{At, Figure, Made, step};
use crate::arithmetic::minus;
use crate::goals::report::Gap;
use crate::goals::terms::Co2e;

impl At<'_> {
    pub(super) fn co2e(&self, gaps: &mut Vec<Gap>) -> Result<Made, DecimalError> {
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
            let nok = head.unbound_nok.checked_add(head_base.unbound_nok)?.to_fixed(0);
            gaps.push(self.gap(
                "goal.unbound",
                format!("{unbound} rows of {nok} NOK wait for a factor, here or in the base year"),
            ));
        }
        let waiting = [head, head_base]
            .iter()
            .any(|terms| terms.too_much_unbound(config.most_unbound));
        let activity = self.real_revenue()?;
        let kg = |name, value, says| self.figure(name, "kgCO2e", value, says, &[]);
        let mut beside = vec![
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
                "co2e_location_base_kg",
                Some(base.consolidated()?),
                "consolidated, location-based, base year",
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
        beside.extend(self.activity_figures(
            activity,
            "panel_revenue",
            "nok",
            "NOK",
            "revenue in prices of the base year",
        ));
        beside.extend(self.after_carbon_price(head)?);
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
            open: None,
            activity,
            beside,
            steps,
        })
    }

    /// Value added of the panel, and what a carbon price leaves of it (rule `value_added_after_carbon@1`): nothing without a path of
    /// prices. What is paid already is in no book by itself and is not taken off the cost, so that what is left is never too much.
    fn after_carbon_price(&self, head: &Co2e) -> Result<Vec<Figure>, DecimalError> {
        let Some(path) = &self.inputs.config.carbon_price else {
            return Ok(Vec::new());
        };
        let mut added = Amount::ZERO;
        for member in self.panel {
            added = added.checked_add(self.books.value_added(member, self.year)?.left()?)?;
        }
        let cost = path.cost(head.priced, self.year)?;
        let left = cost.map(|cost| minus(added, cost)).transpose()?;
        let named = format!("{} ({})", path.name, path.source);
        let filter = [("price_path", &*named)];
        let nok = |name, value, says| self.figure(name, "NOK", value, says, &filter);
        let mut figures = vec![
            nok(
                "panel_value_added_nok",
                Some(added),
                "revenue without grants less goods and services bought, kroner of the year",
            ),
            nok(
                "carbon_cost_nok",
                cost,
                "scope 1, and scope 2 from outside the panel, at the price of the year",
            ),
            nok(
                "value_added_after_carbon_nok",
                left,
                "value added less the carbon cost; what is paid already is not known and not taken off the cost",
            ),
        ];
        for figure in &mut figures {
            figure.why.steps = vec![
                step("value added", added, "NOK"),
                step("scope 1 and scope 2 from outside the panel", head.priced, "kgCO2e"),
            ];
            if let Some(price) = path.nok_per_t.get(&self.year) {
                figure.why.steps.push(step("price", *price, "NOK/t"));
            }
            figure
                .why
                .steps
                .extend(cost.map(|cost| step("carbon cost", cost, "NOK")));
        }
        Ok(figures)
    }
}
