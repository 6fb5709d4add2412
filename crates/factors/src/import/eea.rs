//! European Environment Agency: g CO2 per kWh of electricity generated, by country and year.

use greenheart_model::{FactorSet, FindingLog, Gas};

use super::grid::{self, Grid, cell};
use super::make::{Draft, Edition, Maker, Weights};
use super::{ImportError, Options, Source};
use crate::country;
use crate::exact::{Exact, Ratio};
use crate::unit;

/// What editions of the table called their columns: year, country, g CO2 per kWh.
const NAMES: [&[&str]; 3] = [
    &["date:year", "date:number", "year:number", "year", "date"],
    &[
        "member state:text",
        "ugeo:text",
        "geo:text",
        "country:text",
        "member state",
    ],
    &["index:number", "obsvalue:number", "value:number", "obs_value:number"],
];

fn layout(grid: &Grid) -> Option<[usize; 3]> {
    let header = grid.rows.first()?;
    let mut at = [0; 3];
    for (place, names) in at.iter_mut().zip(NAMES) {
        *place = header
            .iter()
            .position(|cell| names.contains(&cell.trim().to_lowercase().as_str()))?;
    }
    Some(at)
}

/// Whether a table is one of these.
pub(super) fn is(grid: &Grid) -> bool {
    layout(grid).is_some()
}

pub(super) fn read(source: &Source<'_>, options: &Options) -> Result<(FactorSet, FindingLog), ImportError> {
    let grids = grid::read(source)?;
    let found = grids
        .first()
        .and_then(|grid| layout(grid).map(|columns| (grid, columns)));
    let (grid, [year, place, index]) =
        found.ok_or_else(|| ImportError::Missing("the columns year, country and index".into()))?;
    let stated = grid
        .rows
        .iter()
        .skip(1)
        .filter(|cells| Exact::parse(cell(cells, index)).is_some());
    let years = stated.filter_map(|cells| cell(cells, year).parse::<i16>().ok());
    let last = years
        .filter(|year| (1900..=2100).contains(year))
        .max()
        .ok_or(ImportError::NoYear)?;
    let edition = Edition {
        prefix: "eea".to_owned(),
        family: "eea",
        title: format!("European Environment Agency, CO2 emission intensity of electricity generation, to {last}"),
        licence: "CC-BY-4.0",
        year: last,
        gwp: Weights::AR5.set,
    };
    let mut maker = Maker::new(edition, options, source.file)?;
    let Some(per) = unit::find("kWh") else {
        return Err(ImportError::Empty);
    };
    for (row, cells) in grid.rows.iter().enumerate().skip(1) {
        let (stated, name, text) = (cell(cells, year), cell(cells, place), cell(cells, index));
        if matches!(text, "" | "None" | "NA") {
            continue;
        }
        let (Ok(data_year), Some(figure)) = (stated.parse::<i16>(), Exact::parse(text)) else {
            maker.skip(row + 1, "index:number", "no year or no number");
            continue;
        };
        let Some(region) = country::code(name) else {
            maker.skip(row + 1, "country", &format!("the country `{name}` is not known"));
            continue;
        };
        maker.add(&Draft {
            path: vec!["electricity", name, stated],
            words: ["electricity", "electricity", ""],
            name: format!("Electricity generated in {name}, {data_year}"),
            aspect: "location",
            gases: vec![(Gas::Co2, figure, Ratio::new(1, 1000))],
            per,
            region,
            data_year,
            one_year: true,
            pedigree: [1, 2, 1, 1, 3],
            cited: format!("{name} {data_year}, row {}", row + 1),
            remark: "generation in the country, without trade across its border; CO2 only".to_owned(),
            row: row + 1,
        });
    }
    let version = options
        .version
        .clone()
        .unwrap_or_else(|| format!("eea-electricity-{last}"));
    maker.finish(&version)
}
