//! GHG Protocol, emission factors from cross-sector tools: tables of gases on one sheet for each activity.

use std::collections::HashMap;

use greenheart_model::{FactorSet, FindingLog, Gas, Pedigree};

use super::epa_hub::is_biogenic;
use super::gas_table::{self, Line};
use super::grid::{self, Grid};
use super::make::{Draft, Edition, Gases, Maker, Weights};
use super::{ImportError, Options, Source, year_in};
use crate::catalogue::slug;
use crate::country;
use crate::unit;

/// Whether a workbook is the cross-sector tool.
pub(super) fn is(grids: &[Grid]) -> bool {
    let has = |name: &str| grids.iter().any(|grid| grid.name.trim() == name);
    has("Stationary Combustion") && has("Mobile Combustion - Fuel Use")
}

struct Subject {
    category: &'static str,
    aspect: &'static str,
    pedigree: Pedigree,
}

fn subject(sheet: &str) -> Option<Subject> {
    let (category, aspect, pedigree) = match sheet.trim() {
        "Stationary Combustion" => ("stationary combustion", "combustion", [2, 2, 3, 2, 2]),
        "Mobile Combustion - Fuel Use" => ("mobile combustion", "combustion", [2, 2, 3, 2, 2]),
        "Mobile Combustion - Distance" => ("distance", "transport", [2, 3, 3, 2, 3]),
        "Mobile Combustion - Freight" => ("freight", "transport", [2, 3, 3, 2, 3]),
        "Mobile Combustion - Public" => ("passenger transport", "travel", [2, 3, 3, 2, 3]),
        sheet if sheet.starts_with("Electricity") => ("electricity", "location", [1, 2, 2, 2, 2]),
        _ => return None,
    };
    Some(Subject {
        category,
        aspect,
        pedigree,
    })
}

/// Rows of several tables that describe the same thing, with their gases together.
struct Merged {
    region: &'static str,
    names: Vec<String>,
    section: String,
    unit: String,
    year: Option<i16>,
    gases: Gases,
    row: usize,
}

pub(super) fn read(source: &Source<'_>, options: &Options) -> Result<(FactorSet, FindingLog), ImportError> {
    let grids = grid::read(source)?;
    let stated = grids
        .iter()
        .flat_map(|grid| grid.rows.iter().flatten())
        .find_map(|cell| modified(cell));
    let year = options
        .year
        .or(stated)
        .or_else(|| year_in(source.file))
        .ok_or(ImportError::NoYear)?;
    let edition = Edition {
        prefix: format!("ghgp{}", super::two_digits(year)),
        family: "ghgp",
        title: format!("GHG Protocol, Emission Factors from Cross-Sector Tools, {year}"),
        licence: "GHG Protocol, free use with citation",
        year,
        gwp: Weights::AR5.set,
    };
    let mut maker = Maker::new(edition, options, source.file)?;
    for grid in &grids {
        let Some(subject) = subject(&grid.name) else { continue };
        for merged in merge(&mut maker, grid, &subject) {
            add(&mut maker, grid, &subject, &merged);
        }
    }
    let version = options
        .version
        .clone()
        .unwrap_or_else(|| format!("ghg-protocol-{year}"));
    maker.finish(&version)
}

/// The year of `This tool was last modified in March 2024`.
fn modified(cell: &str) -> Option<i16> {
    let plain = cell.to_lowercase();
    plain.contains("last modified").then(|| year_in(cell)).flatten()
}

fn merge(maker: &mut Maker<'_>, grid: &Grid, subject: &Subject) -> Vec<Merged> {
    let mut all: Vec<Merged> = Vec::new();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    let (lines, unread) = gas_table::lines(grid);
    for row in unread {
        maker.skip(row, "", "no figures");
    }
    for line in lines {
        let Some((region, names, year)) = place(&line, subject) else {
            maker.skip(
                line.row,
                "Region",
                &format!("no region is known for `{}`", line.names.join(", ")),
            );
            continue;
        };
        let mut key = vec![region.to_owned(), year.map(|year| year.to_string()).unwrap_or_default()];
        key.extend(names.iter().map(|name| slug(name)));
        key.push(slug(&line.unit));
        let at = *by_key.entry(key.join("/")).or_insert_with(|| {
            all.push(Merged {
                region,
                names,
                section: line.section.clone(),
                unit: line.unit.clone(),
                year,
                gases: Vec::new(),
                row: line.row,
            });
            all.len() - 1
        });
        let known = all[at].gases.clone();
        let fresh = line
            .gases
            .iter()
            .filter(|(gas, ..)| known.iter().all(|(known, ..)| known != gas));
        all[at].gases.extend(fresh);
    }
    all
}

/// Region, remaining names and year of a line.
fn place(line: &Line, subject: &Subject) -> Option<(&'static str, Vec<String>, Option<i16>)> {
    match subject.category {
        "stationary combustion" => {
            let fuel = line
                .names
                .last()
                .map(|name| name.split('/').next().unwrap_or(name).trim().to_owned());
            let whole = line.names.last()?;
            let fuel = fuel
                .filter(|_| whole.starts_with("Motor gasoline"))
                .unwrap_or_else(|| whole.clone());
            Some(("GLO", vec![fuel], None))
        }
        "electricity" => electricity(line),
        _ => {
            let (region, rest) = line.names.split_first()?;
            let region = country::code(gas_table::without_mark(region))?;
            Some((region, rest.to_vec(), None))
        }
    }
}

/// Tables of a country by year, and of its grids in a year.
fn electricity(line: &Line) -> Option<(&'static str, Vec<String>, Option<i16>)> {
    let title = line.title.to_lowercase();
    let countries = [
        ("chinese", "CN"),
        ("china", "CN"),
        ("taiwan", "TW"),
        ("brazil", "BR"),
        ("thailand", "TH"),
        ("uk", "GB"),
        ("u.k.", "GB"),
        ("united kingdom", "GB"),
        ("us regional", "US"),
    ];
    let (_, region) = countries.into_iter().find(|(word, _)| title.contains(word))?;
    let stated = line.names.last().and_then(|name| year_in(name));
    let year = stated.or_else(|| year_in(&line.title))?;
    let names = if stated.is_some() {
        vec!["Electricity".to_owned()]
    } else {
        line.names.clone()
    };
    Some((region, names, Some(year)))
}

/// The sheet of vehicles by distance has lorries and cars.
fn aspect(subject: &Subject, name: &str) -> &'static str {
    let freight = ["HGV", "Truck", "Vans", "Freight"]
        .iter()
        .any(|word| name.contains(word));
    if subject.category == "distance" && !freight {
        "travel"
    } else {
        subject.aspect
    }
}

fn add(maker: &mut Maker<'_>, grid: &Grid, subject: &Subject, merged: &Merged) {
    let Some(per) = unit::find(&merged.unit) else {
        maker.skip(merged.row, "unit", &format!("the unit `{}` is not known", merged.unit));
        return;
    };
    let name = merged.names.join(", ");
    let biogenic = is_biogenic(&name) || name.starts_with("Wood") || name == "Charcoal";
    let gases = merged.gases.iter().map(|(gas, figure, mass)| {
        let gas = match gas {
            Gas::Co2 if biogenic => Gas::Co2Biogenic,
            Gas::Ch4Fossil if biogenic => Gas::Ch4Biogenic,
            other => *other,
        };
        (gas, *figure, *mass)
    });
    let gases: Vec<_> = gases.collect();
    let has_co2 = gases
        .iter()
        .any(|(gas, ..)| matches!(gas, Gas::Co2 | Gas::Co2Biogenic | Gas::Co2eOther));
    let year = merged.year.map(|year| year.to_string()).unwrap_or_default();
    let path: Vec<&str> = [subject.category, merged.region]
        .into_iter()
        .chain(merged.names.iter().map(String::as_str))
        .chain([year.as_str(), per.name])
        .collect();
    let remark = match (has_co2, gases.len()) {
        (false, _) => "methane and nitrous oxide only",
        (true, 1) => "carbon dioxide only",
        _ if subject.category == "stationary combustion" => {
            "CH4 and N2O are those of commercial and institutional boilers"
        }
        _ => "",
    };
    let cited = format!("sheet \"{}\", row {}", grid.name.trim(), merged.row);
    let section = if merged.section.is_empty() {
        String::new()
    } else {
        format!(", {}", merged.section)
    };
    maker.add(&Draft {
        path,
        words: [subject.category, &name, ""],
        name: format!("{name} ({}{section})", subject.category),
        aspect: if has_co2 { aspect(subject, &name) } else { "partial" },
        gases,
        per,
        region: merged.region,
        data_year: merged.year.unwrap_or(maker.edition.year),
        one_year: subject.aspect == "location",
        pedigree: subject.pedigree,
        cited,
        remark: remark.to_owned(),
        row: merged.row,
    });
}
