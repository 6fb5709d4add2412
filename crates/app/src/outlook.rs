//! Where each goal is heading in the goal year: a baseline that keeps what a krone or a tonne took in the base year, a forecast of
//! the trend, and how likely the target is reached.
//!
//! Methods: `docs/concepts/outlook.md`. Both rest on the yearly ratios of a goal to its own restated base, so that members who
//! come and go do not look like a trend.

use greenheart_account::{Goal, GoalSeries, GoalStatus, GoalYear};
use greenheart_footprint::forecast::{Band, Forecast, ForecastError, forecast};
use greenheart_model::{Derivation, Ref, Step};
use greenheart_units::{Amount, Rate, Rounding};
use serde::{Deserialize, Serialize};

use crate::FigureView;

/// Where a goal is heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// The last year that has ended and has a figure.
    pub last_year: i16,
    /// The year that it looks at.
    pub goal_year: i16,
    /// The target in the goal year.
    pub target: FigureView,
    /// What the goal year would be at the base year's kilograms a krone or a tonne; `None` for goal 1 and where activity is not known.
    pub baseline: Option<OutlookBand>,
    /// What the trend gives.
    pub forecast: Option<OutlookBand>,
    /// Probability that the trend reaches the target, 0 to 1.
    pub probability: Option<FigureView>,
    /// Why something is not there: `outlook.too_few_years`, `outlook.not_assessable`, `outlook.not_positive`, `outlook.year_over`,
    /// `outlook.too_wide`.
    pub missing: Option<String>,
}

/// A figure of a year to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlookBand {
    /// One in twenty is lower.
    pub p5: FigureView,
    /// The median.
    pub p50: FigureView,
    /// One in twenty is higher.
    pub p95: FigureView,
}

/// Figures of an outlook before they have references.
pub(crate) struct Figures<'a> {
    series: &'a GoalSeries,
    ended: Vec<&'a GoalYear>,
    goal_year: &'a GoalYear,
}

impl<'a> Figures<'a> {
    /// The years that an outlook rests on; `None` without one.
    pub(crate) fn of(series: &'a GoalSeries) -> Option<Self> {
        let with_figures = |year: &&GoalYear| year.value.value.is_some() && year.base.value.is_some();
        let ended: Vec<&GoalYear> = series.years.iter().filter(with_figures).collect();
        let goal_year = series.years.last()?;
        ended.last()?;
        Some(Self {
            series,
            ended,
            goal_year,
        })
    }

    fn last(&self) -> &GoalYear {
        self.ended.last().copied().unwrap_or(self.goal_year)
    }

    /// What the panel had in the base year: what a ratio is of.
    fn base(&self) -> Amount {
        self.last().base.value.unwrap_or_default()
    }

    /// Year and ratio to the base year of each ended year.
    fn ratios(&self, of: impl Fn(&GoalYear) -> Option<Rate>) -> Vec<(i16, f64)> {
        let years = self.ended.iter();
        years
            .filter_map(|year| Some((year.year, of(year)?.to_model_f64())))
            .collect()
    }

    fn trend(&self) -> Result<Forecast, &'static str> {
        if matches!(self.last().status, GoalStatus::NotAssessable | GoalStatus::Missing) {
            return Err("outlook.not_assessable");
        }
        let ratio = |year: &GoalYear| year.value.value?.ratio(year.base.value?);
        forecast(&self.ratios(ratio), self.goal_year.year).map_err(code)
    }

    fn activity(&self) -> Result<Forecast, &'static str> {
        forecast(&self.ratios(|year| year.activity), self.goal_year.year).map_err(code)
    }

    /// The target as a ratio to the base.
    fn target_ratio(&self) -> Rate {
        Rate::ONE + self.series.target_change
    }

    fn upwards(&self) -> bool {
        !self.series.target_change.is_negative()
    }
}

const fn code(error: ForecastError) -> &'static str {
    match error {
        ForecastError::TooFew(_) => "outlook.too_few_years",
        ForecastError::NotPositive { .. } => "outlook.not_positive",
        ForecastError::Over(_) => "outlook.year_over",
    }
}

/// The outlook of a goal, with references at this snapshot under these choices.
pub(crate) fn outlook(series: &GoalSeries, seq: i64, digest: &str) -> Option<Outlook> {
    let figures = Figures::of(series)?;
    let trend = figures.trend();
    let view = |name: String, value: Option<Amount>, unit: &str| FigureView {
        reference: Ref::Figure(format!("outlook/{}/{name}@s{seq}/{digest}", series.goal.name())),
        name,
        value,
        unit: unit.into(),
    };
    let word = word(series.goal);
    let band = |kind: &str, forecast: &Forecast| -> Option<OutlookBand> {
        let Band { p5, p50, p95 } = forecast.band().ok()?;
        let of = |name: &str, ratio: Rate| {
            let value = figures.base().times(ratio, Rounding::HalfEven).ok()?;
            Some(view(format!("{kind}_{name}_{word}"), Some(value), &series.unit))
        };
        Some(OutlookBand {
            p5: of("p5", p5)?,
            p50: of("p50", p50)?,
            p95: of("p95", p95)?,
        })
    };
    let baseline = match series.goal {
        Goal::Revenue => None,
        Goal::Co2e | Goal::ResourceDraw => figures.activity().ok().and_then(|found| band("baseline", &found)),
    };
    let forecast = trend.as_ref().ok().and_then(|found| band("forecast", found));
    let probability = trend.as_ref().ok().and_then(|found| {
        let rate = found.reaches(figures.target_ratio(), figures.upwards()).ok()?;
        Some(view("probability_share".into(), Some(share(rate)), "share"))
    });
    let missing = match &trend {
        Err(code) => Some((*code).to_owned()),
        Ok(_) if forecast.is_none() => Some("outlook.too_wide".to_owned()),
        Ok(_) => None,
    };
    Some(Outlook {
        last_year: figures.last().year,
        goal_year: figures.goal_year.year,
        target: view(format!("target_{word}"), figures.goal_year.target.value, &series.unit),
        baseline,
        forecast,
        probability,
        missing,
    })
}

const fn word(goal: Goal) -> &'static str {
    match goal {
        Goal::Revenue => "nok",
        Goal::Co2e | Goal::ResourceDraw => "kg",
    }
}

fn share(rate: Rate) -> Amount {
    Amount::from_mantissa(Rounding::HalfEven.divide(rate.mantissa(), 1_000_000))
}

/// Why a figure of an outlook is what it is; `None` when there is no such figure.
pub(crate) fn reason(series: &GoalSeries, name: &str, (seq, digest): (i64, &str)) -> Option<(FigureView, Derivation)> {
    let made = outlook(series, seq, digest)?;
    let bands = [&made.baseline, &made.forecast];
    let mut shown = vec![&made.target];
    shown.extend(&made.probability);
    for band in bands.into_iter().flatten() {
        shown.extend([&band.p5, &band.p50, &band.p95]);
    }
    let figure = shown.into_iter().find(|figure| figure.name == name)?;
    let figures = Figures::of(series)?;
    let baseline = name.starts_with("baseline_");
    let found = if baseline { figures.activity() } else { figures.trend() };
    let mut steps = vec![step(
        "base year of the panel",
        format!("{} {}", figures.base(), series.unit),
    )];
    for year in &figures.ended {
        let ratio = if baseline {
            year.activity
        } else {
            year.value
                .value
                .zip(year.base.value)
                .and_then(|(value, base)| value.ratio(base))
        };
        if let Some(ratio) = ratio {
            steps.push(step(
                &year.year.to_string(),
                format!("{} of the base year", share(ratio)),
            ));
        }
    }
    if let Ok(found) = found {
        let percent = |logarithm: f64| format!("{:.2} % a year", (logarithm.exp() - 1.0) * 100.0);
        steps.push(step("mean yearly change", percent(found.drift)));
        steps.push(step("deviation of yearly changes", percent(found.spread)));
        steps.push(step("yearly changes", found.changes.to_string()));
    }
    let (rule, says) = match (name.starts_with("target_"), baseline) {
        (true, _) => (
            "outlook.target@1",
            "the end of the straight line from base to goal year",
        ),
        (_, true) => (
            "outlook.baseline@1",
            "what the panel took in the base year times its activity, whose trend goes on to the goal year",
        ),
        (_, false) => (
            "outlook.forecast@1",
            "random walk with drift on the logarithms of the yearly ratio to the restated base; t distribution of the \
             changes seen",
        ),
    };
    let why = Derivation {
        rule: rule.into(),
        says: says.into(),
        source: "docs/concepts/outlook.md; R. J. Hyndman, G. Athanasopoulos, Forecasting: Principles and Practice (2021), 5.2"
            .into(),
        snapshot: format!("s{seq}"),
        filter: vec![
            ("goal".into(), series.goal.name().into()),
            ("year".into(), made.goal_year.to_string()),
            ("figure".into(), name.into()),
        ],
        steps,
        rounding: "ratios to six decimals, half away from zero".into(),
    };
    Some((figure.clone(), why))
}

fn step(label: &str, value: String) -> Step {
    Step {
        label: label.into(),
        value,
        refs: Vec::new(),
    }
}
