//! USEEIO model exports: a matrix of multipliers (indicator by sector) with its two lists.

use greenheart_model::{FactorSet, FindingLog, Gas, Severity};
use serde_json::Value;

use super::epa_spend::spend;
use super::grid;
use super::make::{Draft, Edition, Maker, Weights};
use super::{ImportError, Options, Source, two_digits};
use crate::exact::{Exact, Ratio};

/// The year whose prices the model's dollars have: what the published 2.0.1 models are in.
const DOLLARS: i16 = 2012;

fn named<'s, 'b>(sources: &'s [Source<'b>], names: &[&str]) -> Option<&'s Source<'b>> {
    let base = |file: &str| file.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    names
        .iter()
        .find_map(|name| sources.iter().find(|source| base(source.file) == *name))
}

/// Whether the files are a model export: at least its sectors, its indicators and a matrix.
pub(super) fn is(sources: &[Source<'_>]) -> bool {
    [&["sectors.json"][..], &["indicators.json"], &["n.json", "n_d.json"]]
        .iter()
        .all(|names| named(sources, names).is_some())
}

fn json(source: &Source<'_>) -> Result<Vec<Value>, ImportError> {
    let value: Value = serde_json::from_str(&grid::text(source))
        .map_err(|error| ImportError::Damaged(format!("{}: {error}", source.file)))?;
    match value {
        Value::Array(items) => Ok(items),
        _ => Err(ImportError::Damaged(format!("{}: no list", source.file))),
    }
}

pub(super) fn read(sources: &[Source<'_>], options: &Options) -> Result<(FactorSet, FindingLog), ImportError> {
    let find = |names: &[&str]| {
        let found = named(sources, names);
        found.ok_or_else(|| ImportError::Missing(format!("the file {} of the model", names[0])))
    };
    let matrix_file = find(&["n.json", "n_d.json"])?;
    let sectors = json(find(&["sectors.json"])?)?;
    let indicators = json(find(&["indicators.json"])?)?;
    let row = gases_row(&indicators)?;
    let matrix = json(matrix_file)?;
    let row = matrix.get(row).and_then(Value::as_array);
    let row = row.ok_or_else(|| ImportError::Missing("the row of greenhouse gases".into()))?;
    if row.len() != sectors.len() {
        let detail = format!("{} sectors, but {} columns", sectors.len(), row.len());
        return Err(ImportError::Damaged(detail));
    }
    let year = options.year.unwrap_or(DOLLARS);
    let domestic = matrix_file.file.to_lowercase().ends_with("n_d.json");
    let which = if domestic { "domestic part" } else { "with imports" };
    let edition = Edition {
        prefix: format!("useeio{}", two_digits(year)),
        family: "bea",
        title: format!("US EPA USEEIO model export, total multipliers, {which}, {year} USD"),
        licence: "CC0-1.0 (US EPA)",
        year,
        gwp: Weights::AR5.set,
    };
    let (per, rate) = spend(&options.rates, "USD", year)?;
    let mut maker = Maker::new(edition, options, matrix_file.file)?;
    let detail = "the export does not name its potentials; entered as AR5".to_owned();
    maker.note("factor.gwp_assumed", Severity::Note, 0, "", detail);
    if options.year.is_none() {
        let detail = format!("the dollars are taken as those of {DOLLARS}");
        maker.note("factor.price_year_assumed", Severity::Note, 0, "", detail);
    }
    for (index, (sector, figure)) in sectors.iter().zip(row).enumerate() {
        let text = |key: &str| sector.get(key).and_then(Value::as_str).unwrap_or_default();
        let (code, name) = (text("code"), text("name"));
        let Some(figure) = Exact::parse(&figure.to_string()) else {
            maker.skip(index + 1, "GHG", "no number");
            continue;
        };
        maker.add(&Draft {
            path: vec!["spend", code],
            words: ["spend", code, ""],
            name: format!("{name} ({code}), per NOK of {year}"),
            aspect: "spend",
            gases: vec![(Gas::Co2eOther, figure, Ratio::ONE)],
            per,
            region: "US",
            data_year: year,
            one_year: false,
            pedigree: [3, 4, 4, 4, 3],
            cited: format!("{code} {name}, column {}", index + 1),
            remark: format!("producer prices; converted at {rate}"),
            row: index + 1,
        });
    }
    let version = options.version.clone().unwrap_or_else(|| format!("useeio-{year}"));
    maker.finish(&version)
}

/// Where the matrix has greenhouse gases: the indicator with the code GHG, by its index.
fn gases_row(indicators: &[Value]) -> Result<usize, ImportError> {
    let ghg = indicators
        .iter()
        .position(|indicator| indicator.get("code").and_then(Value::as_str) == Some("GHG"));
    let at = ghg.ok_or_else(|| ImportError::Missing("the indicator GHG".into()))?;
    let index = indicators[at].get("index").and_then(Value::as_u64);
    Ok(index.and_then(|index| usize::try_from(index).ok()).unwrap_or(at))
}
