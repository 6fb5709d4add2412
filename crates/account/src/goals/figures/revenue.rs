//! Goal 1: operating revenue of the panel.

use greenheart_model::Step;
use greenheart_units::{Amount, DecimalError, Rate, Rounding};

use super::{At, Figure, Made, step};
use crate::arithmetic::minus;
use crate::goals::config::FigureKind;
use crate::goals::report::Gap;
use crate::goals::terms::Revenue;

impl At<'_> {
    pub(super) fn revenue(&self, gaps: &mut Vec<Gap>) -> Result<Made, DecimalError> {
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
            open: None,
            activity: None,
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

    /// As somebody states it, else revenue less what is bought, by the books, which are complete in this panel.
    fn value_added(&self) -> Result<Option<Amount>, DecimalError> {
        let mut sum = Amount::ZERO;
        for member in self.panel {
            let stated = self.books.figure(member, self.year, FigureKind::ValueAddedNok);
            let value = match stated {
                Some(stated) => stated,
                None => self.books.value_added(member, self.year)?.left()?,
            };
            sum = sum.checked_add(value)?;
        }
        Ok(Some(sum))
    }

    /// Revenue of the panel in prices of the base year, and its revenue in that year; `None` without an index or revenue.
    pub(super) fn real_revenue(&self) -> Result<Option<(Amount, Amount)>, DecimalError> {
        let now = Revenue::of(self.books, self.panel, self.year)?.nominal;
        let base = Revenue::of(self.books, self.panel, self.base_year())?.nominal;
        let real = self.in_base_prices(now)?;
        Ok(real.map(|real| (real, base)).filter(|(_, base)| *base > Amount::ZERO))
    }

    /// What the panel did, and did in the base year, beside a goal that depends on it.
    pub(super) fn activity_figures(
        &self,
        activity: Option<(Amount, Amount)>,
        name: &str,
        word: &str,
        unit: &str,
        says: &str,
    ) -> Vec<Figure> {
        let Some((now, base)) = activity else {
            return Vec::new();
        };
        vec![
            self.figure(&format!("{name}_{word}"), unit, Some(now), says, &[]),
            self.figure(&format!("{name}_base_{word}"), unit, Some(base), says, &[]),
        ]
    }
}
