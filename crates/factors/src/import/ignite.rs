//! Ignite Procurement's activity factors: one row for each activity, region, unit and year.

use greenheart_model::{FactorSet, FindingLog, Gas};

use super::grid::{self, Grid, cell};
use super::make::{Draft, Edition, Maker, Weights};
use super::{ImportError, Options, Source};
use crate::country;
use crate::exact::{Exact, Ratio};
use crate::unit;

const COLUMNS: [&str; 8] = [
    "GHG Scopes and categories L2",
    "Activity L1",
    "Activity L2",
    "Region",
    "Activity unit",
    "Year",
    "Source",
    "Readable unique string",
];

/// Columns of figures, and what each of them is for.
const FIGURES: [(&str, &str); 3] = [
    ("Emission factor [kg CO2e/unit]", ""),
    ("Emission factor (location-based) [kg CO2e/unit]", "location"),
    ("Emission factor (market-based) [kg CO2e/unit]", "market"),
];

/// Whether a table is one of these.
pub(super) fn is(grid: &Grid) -> bool {
    grid.columns(0, COLUMNS).is_some()
}

pub(super) fn read(source: &Source<'_>, options: &Options) -> Result<(FactorSet, FindingLog), ImportError> {
    let grids = grid::read(source)?;
    let grid = grids.first().filter(|grid| is(grid));
    let grid = grid.ok_or_else(|| ImportError::Missing("the columns of the activity factors".into()))?;
    let [category, one, two, region_at, unit_at, year_at, origin, readable] =
        grid.columns(0, COLUMNS).unwrap_or_default();
    let years = grid
        .rows
        .iter()
        .skip(1)
        .filter_map(|cells| cell(cells, year_at).parse::<i16>().ok());
    let last = years
        .filter(|year| (1990..=2100).contains(year))
        .max()
        .ok_or(ImportError::NoYear)?;
    let edition = Edition {
        prefix: "ignite".to_owned(),
        family: "ignite",
        title: "Ignite Procurement, activity-based emission factors".to_owned(),
        licence: "CC-BY-SA-4.0",
        year: last,
        gwp: Weights::AR6.set,
    };
    let mut maker = Maker::new(edition, options, source.file)?;
    for (row, cells) in grid.rows.iter().enumerate().skip(1) {
        let text = |at| cell(cells, at);
        let (Some(per), Ok(data_year)) = (unit::find(text(unit_at)), text(year_at).parse::<i16>()) else {
            maker.skip(
                row + 1,
                "Activity unit",
                &format!("the unit `{}` or the year is not known", text(unit_at)),
            );
            continue;
        };
        let Some(region) = country::code(text(region_at)) else {
            maker.skip(
                row + 1,
                "Region",
                &format!("the region `{}` is not known", text(region_at)),
            );
            continue;
        };
        let name = [text(one), text(two)]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        for (heading, basis) in FIGURES {
            let figure = grid.columns(0, [heading]).and_then(|[at]| Exact::parse(text(at)));
            let Some(figure) = figure else { continue };
            maker.add(&Draft {
                path: vec![text(readable), basis],
                words: [text(category), &name, ""],
                name: if name.is_empty() {
                    text(category).to_owned()
                } else {
                    name.clone()
                },
                aspect: aspect(text(category), basis),
                gases: vec![(Gas::Co2eOther, figure, Ratio::ONE)],
                per,
                region,
                data_year,
                one_year: !basis.is_empty(),
                pedigree: [3, 3, 2, 2, 3],
                cited: format!("{}, row {}", text(origin), row + 1),
                remark: format!("as given by {}", text(origin)),
                row: row + 1,
            });
        }
    }
    let version = options.version.clone().unwrap_or_else(|| format!("ignite-{last}"));
    maker.finish(&version)
}

fn aspect(category: &str, basis: &'static str) -> &'static str {
    match category {
        "Electricity" | "Electric vehicles" if !basis.is_empty() => basis,
        "Direct GHG emissions" => "leak",
        "Fuel combustion" => "combustion",
        "District heating" => "heat",
        "Upstream transportation and distribution" => "transport",
        "Purchased goods and services" => "primary",
        "Waste generated in operations" => "waste",
        _ => "travel",
    }
}
