//! Import factors derived from EXIOBASE: kg of each gas per dollar by region and sector.

use std::collections::BTreeMap;

use greenheart_model::{FactorSet, FindingLog, Severity};

use super::epa_spend::{spend, weigh};
use super::grid::{self, Grid, cell};
use super::make::{Draft, Edition, Maker, Weights};
use super::{ImportError, Options, Source, two_digits};
use crate::country;
use crate::exact::Exact;

const COLUMNS: [&str; 6] = [
    "Sector",
    "Year",
    "ReferenceCurrency",
    "Flowable",
    "FlowAmount",
    "PriceType",
];

/// Whether a table is one of these.
pub(super) fn is(grid: &Grid) -> bool {
    grid.columns(0, COLUMNS).is_some()
}

pub(super) fn read(source: &Source<'_>, options: &Options) -> Result<(FactorSet, FindingLog), ImportError> {
    let grids = grid::read(source)?;
    let grid = grids.first().filter(|grid| is(grid));
    let grid = grid.ok_or_else(|| ImportError::Missing("the columns of the import factors".into()))?;
    let [sector, year_at, currency, flow, amount, price] = grid.columns(0, COLUMNS).unwrap_or_default();
    let region_at = grid.columns(0, ["Region"]).map(|[at]| at);
    let year = grid
        .at(1, year_at)
        .parse()
        .ok()
        .or(options.year)
        .ok_or(ImportError::NoYear)?;
    let edition = Edition {
        prefix: format!("exio{}", two_digits(year)),
        family: "bea",
        title: format!("Import emission factors derived from EXIOBASE 3, {year}"),
        licence: "CC-BY-SA-4.0",
        year,
        gwp: Weights::AR5.set,
    };
    let (per, rate) = spend(&options.rates, grid.at(1, currency), year)?;
    let mut maker = Maker::new(edition, options, source.file)?;
    let mut rows: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (row, cells) in grid.rows.iter().enumerate().skip(1) {
        let region = region_at.map_or("", |at| cell(cells, at));
        let key = (cell(cells, sector).to_owned(), region.to_owned());
        rows.entry(key).or_default().push(row);
    }
    for ((sector, region), rows) in &rows {
        let mut gases = Vec::new();
        for &row in rows {
            match (weigh(grid.at(row, flow)), Exact::parse(grid.at(row, amount))) {
                (Some((gas, ratio)), Some(figure)) => gases.push((gas, figure, ratio)),
                _ => maker.skip(row + 1, "Flowable", "an unknown gas, or no number"),
            }
        }
        let at = rows[0];
        let of = if region.is_empty() { "all imports to US" } else { region };
        maker.add(&Draft {
            path: vec!["spend", sector, region],
            words: ["spend", sector, ""],
            name: format!("BEA sector {sector}, imports from {of}, per NOK of {year}"),
            aspect: "spend",
            gases,
            per,
            region: place(region),
            data_year: year,
            one_year: false,
            pedigree: [3, 4, 2, 4, 3],
            cited: format!("sector {sector}, region {of}, row {}", at + 1),
            remark: format!(
                "{} prices, without trade margins; converted at {rate}",
                grid.at(at, price).to_lowercase()
            ),
            row: at + 1,
        });
    }
    let detail = "figures are in basic prices: what is bought costs more, by taxes and margins".to_owned();
    maker.note("factor.basic_price", Severity::Note, 0, "PriceType", detail);
    let version = options
        .version
        .clone()
        .unwrap_or_else(|| format!("exiobase-imports-{year}"));
    maker.finish(&version)
}

/// Regions of the table: countries by code, and groups of them.
fn place(region: &str) -> &'static str {
    match region {
        "EU" => "EU",
        "APAC" | "ROW" | "" => "GLO",
        code => country::code(code).unwrap_or("GLO"),
    }
}
