//! US EPA supply chain factors: kg per dollar by NAICS, as CO2e or gas by gas.

use std::collections::BTreeMap;

use greenheart_model::{FactorSet, FindingLog, Gas, Severity};

use super::grid::{self, Grid, cell};
use super::make::{Draft, Edition, Gases, Maker, Weights};
use super::{ImportError, Options, Source, two_digits, year_in};
use crate::exact::{Exact, Ratio};
use crate::rates::CurrencyRates;
use crate::unit::{self, Per};

const COLUMNS: [&str; 4] = [
    "GHG",
    "Unit",
    "Reference USEEIO Code",
    "Supply Chain Emission Factors with Margins",
];

/// Whether a table is one of these.
pub(super) fn is(grid: &Grid) -> bool {
    grid.columns(0, COLUMNS).is_some()
}

pub(super) fn read(source: &Source<'_>, options: &Options) -> Result<(FactorSet, FindingLog), ImportError> {
    let grids = grid::read(source)?;
    let grid = grids.first().filter(|grid| is(grid));
    let grid = grid.ok_or_else(|| ImportError::Missing("the columns of the supply chain factors".into()))?;
    let [gas, unit, _, with] = grid.columns(0, COLUMNS).unwrap_or_default();
    let (code, title) = (0, 1);
    let year = year_in(grid.at(1, unit)).or(options.year).ok_or(ImportError::NoYear)?;
    let edition = Edition {
        prefix: format!("us{}", two_digits(year)),
        family: "naics",
        title: format!("US EPA Supply Chain GHG Emission Factors by NAICS, {year} USD, with margins"),
        licence: "public domain (US EPA)",
        year,
        gwp: Weights::AR5.set,
    };
    let (per, rate) = spend(&options.rates, "USD", year)?;
    let mut maker = Maker::new(edition, options, source.file)?;
    let detail = "the table does not name its potentials; those of AR5 give its CO2e from its gases".to_owned();
    maker.note("factor.gwp_assumed", Severity::Note, 0, "", detail);
    for (code, rows) in by_code(grid, code) {
        let gases = gases(&mut maker, grid, &rows, [gas, with]);
        if gases.is_empty() {
            continue;
        }
        let row = rows[0];
        let title = grid.at(row, title);
        maker.add(&Draft {
            path: vec!["spend", &code],
            words: ["spend", &code, ""],
            name: format!("{title} ({code}), per NOK of {year}"),
            aspect: "spend",
            gases,
            per,
            region: "US",
            data_year: year,
            one_year: false,
            pedigree: [3, 4, 2, 4, 3],
            cited: format!("{code} {title}, row {}", row + 1),
            remark: format!("converted at {rate}"),
            row: row + 1,
        });
    }
    let version = options
        .version
        .clone()
        .unwrap_or_else(|| format!("us-epa-spend-{year}"));
    maker.finish(&version)
}

/// Per unit of a currency of a year, as per krone, and the words for the rate that was used.
pub(super) fn spend(rates: &CurrencyRates, currency: &str, year: i16) -> Result<(Per, String), ImportError> {
    let found = rates.ratio(currency, year);
    let (ratio, words) = found.ok_or_else(|| ImportError::Missing(format!("the rate of {currency} in {year}")))?;
    Ok((unit::money(ratio), words))
}

/// Rows by code, in the order of codes.
fn by_code(grid: &Grid, code: usize) -> BTreeMap<String, Vec<usize>> {
    let mut by_code: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (row, cells) in grid.rows.iter().enumerate().skip(1) {
        let code = cell(cells, code);
        if !code.is_empty() {
            by_code.entry(code.to_owned()).or_default().push(row);
        }
    }
    by_code
}

fn gases(maker: &mut Maker<'_>, grid: &Grid, rows: &[usize], [gas, with]: [usize; 2]) -> Gases {
    let mut gases = Vec::new();
    for &row in rows {
        let name = grid.at(row, gas);
        let Some(figure) = Exact::parse(grid.at(row, with)) else {
            maker.skip(row + 1, "Supply Chain Emission Factors with Margins", "no number");
            continue;
        };
        match weigh(name) {
            Some((gas, ratio)) => gases.push((gas, figure, ratio)),
            None => maker.skip(row + 1, "GHG", &format!("the gas `{name}` is not known")),
        }
    }
    gases
}

/// The gas of a name, and what makes kg of it (or kg CO2e of the rarer ones, by their potential in AR5).
pub(super) fn weigh(name: &str) -> Option<(Gas, Ratio)> {
    let potential = |tenths: i128| Some((Gas::Co2eOther, Ratio::new(tenths, 10)));
    match name.trim().to_lowercase().as_str() {
        "carbon dioxide" | "co2" => Some((Gas::Co2, Ratio::ONE)),
        "methane" | "ch4" => Some((Gas::Ch4Fossil, Ratio::ONE)),
        "nitrous oxide" | "n2o" => Some((Gas::N2o, Ratio::ONE)),
        "all ghgs" | "greenhouse gases" | "hfcs and pfcs, unspecified" => Some((Gas::Co2eOther, Ratio::ONE)),
        other => crate::check::potential_ar5(other).and_then(potential),
    }
}
