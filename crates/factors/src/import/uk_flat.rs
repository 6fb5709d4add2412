//! The UK flat file: one row for each gas, with up to four levels of names.

use std::collections::HashMap;

use greenheart_model::{FactorSet, FindingLog};

use super::grid::{self, Grid, cell};
use super::uk::{self, Row};
use super::{ImportError, Options, Source, year_in};
use crate::exact::Exact;

/// Where the columns are.
struct Layout {
    header: usize,
    levels: [usize; 4],
    text: usize,
    unit: usize,
    gas: usize,
    value: usize,
    year: Option<i16>,
}

/// The header of a flat file in a sheet, when there is one.
fn layout(grid: &Grid) -> Option<Layout> {
    let header = (0..grid.rows.len().min(40)).find(|row| {
        grid.columns(*row, ["Level 1", "Level 2", "Column Text", "UOM"])
            .is_some()
    })?;
    let levels = grid.columns(header, ["Level 1", "Level 2", "Level 3", "Level 4"])?;
    let [text, unit] = grid.columns(header, ["Column Text", "UOM"])?;
    let cells = &grid.rows[header];
    let value = cells
        .iter()
        .position(|cell| cell.to_lowercase().contains("conversion factor"))?;
    let gas = grid
        .columns(header, ["GHG/Unit"])
        .or_else(|| grid.columns(header, ["GHG"]))
        .map(|[gas]| gas)?;
    Some(Layout {
        header,
        levels,
        text,
        unit,
        gas,
        value,
        year: year_in(&cells[value]),
    })
}

/// Whether a sheet is a flat file of the UK factors.
pub(super) fn is(grid: &Grid) -> bool {
    layout(grid).is_some()
}

pub(super) fn read(source: &Source<'_>, options: &Options) -> Result<(FactorSet, FindingLog), ImportError> {
    let grids = grid::read(source)?;
    let found = grids.iter().find_map(|grid| layout(grid).map(|layout| (grid, layout)));
    let (sheet, layout) = found.ok_or_else(|| ImportError::Missing("a sheet with the levels of a flat file".into()))?;
    let year = options.year.or(layout.year).or_else(|| year_in(source.file));
    let year = year.ok_or(ImportError::NoYear)?;
    let rows = rows(sheet, &layout);
    let (weights, known) = uk::weights(year, methane(&rows).as_deref());
    let edition = uk::edition(year, weights, "flat file");
    let version = options.version.clone().unwrap_or_else(|| format!("uk-flat-{year}"));
    let mut maker = uk::begin(edition, known, options, source.file)?;
    uk::add_all(&mut maker, &rows, weights);
    maker.finish(&version)
}

/// What a kg of methane weighs, from the table of gases.
fn methane(rows: &[Row]) -> Option<String> {
    let row = rows
        .iter()
        .find(|row| row.category == "Refrigerant & other" && row.name == "Methane")?;
    row.total?.rate(crate::exact::Ratio::ONE).map(|rate| rate.to_string())
}

/// The rows of one figure, whose gases stand below each other, as one.
fn rows(grid: &Grid, layout: &Layout) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut by_key: HashMap<[String; 6], usize> = HashMap::new();
    for (index, cells) in grid.rows.iter().enumerate().skip(layout.header + 1) {
        let Some(value) = Exact::parse(cell(cells, layout.value)) else {
            continue;
        };
        let [one, two, three, four] = layout.levels.map(|column| cell(cells, column).to_owned());
        let (text, unit) = (cell(cells, layout.text), cell(cells, layout.unit));
        let name = [three.as_str(), &four]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>();
        let (name, group) = (name.join(" "), group(text));
        let key = [one, two, name, group, unit.to_owned(), String::new()];
        let at = *by_key.entry(key.clone()).or_insert_with(|| {
            let [category, activity, name, group, unit, _] = key;
            rows.push(Row {
                category,
                activity,
                name,
                group,
                unit,
                at: index + 1,
                cited: format!("sheet \"{}\", row {}", grid.name, index + 1),
                ..Row::default()
            });
            rows.len() - 1
        });
        let gas = cell(cells, layout.gas).to_lowercase().replace(' ', "");
        let row = &mut rows[at];
        match gas.as_str() {
            "kgco2e" => row.total = Some(value),
            "kgco2" | "kgco2eofco2" | "kgco2eofco2perunit" => row.co2 = Some(value),
            "kgch4" | "kgco2eofch4" | "kgco2eofch4perunit" => row.ch4 = Some(value),
            "kgn2o" | "kgco2eofn2o" | "kgco2eofn2operunit" => row.n2o = Some(value),
            _ => {}
        }
    }
    rows
}

/// The column heading; what only repeats the unit is none.
fn group(text: &str) -> String {
    let plain = text.to_lowercase();
    if plain.starts_with("energy -") || matches!(plain.as_str(), "volume" | "tonnes" | "none") {
        return String::new();
    }
    text.to_owned()
}
