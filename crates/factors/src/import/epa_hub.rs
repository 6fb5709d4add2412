//! The US EPA emission factors hub: one sheet of numbered tables.

use greenheart_model::{FactorSet, FindingLog, Gas, Pedigree, Treatment};

use super::gas_table::{self, Line};
use super::grid::{self, Grid};
use super::make::{Draft, Edition, Maker, Weights};
use super::{ImportError, Options, Source, two_digits, year_in};
use crate::unit;

/// Whether a sheet is the hub.
pub(super) fn is(grid: &Grid) -> bool {
    let title = "emission factors for greenhouse gas inventories";
    grid.rows
        .iter()
        .take(12)
        .flatten()
        .any(|cell| cell.trim().to_lowercase().starts_with(title))
}

/// What a table is about: words for the catalogue, and what its factors describe.
struct Subject {
    category: &'static str,
    aspect: &'static str,
    pedigree: Pedigree,
}

fn subject(title: &str) -> Option<Subject> {
    let title = title.to_lowercase();
    let about = |words: &str| title.contains(words);
    let (category, aspect, pedigree) = if about("stationary combustion") {
        ("stationary combustion", "combustion", [2, 2, 2, 4, 1])
    } else if about("mobile combustion co2") {
        ("mobile combustion", "combustion", [2, 2, 2, 4, 1])
    } else if about("mobile combustion ch4") {
        (
            "mobile combustion, methane and nitrous oxide",
            "partial",
            [2, 3, 3, 4, 2],
        )
    } else if about("electricity") {
        ("electricity", "location", [1, 2, 2, 4, 2])
    } else if about("steam and heat") {
        ("steam and heat", "heat", [2, 3, 2, 4, 3])
    } else if about("transportation and distribution") {
        ("transport", "transport", [2, 3, 2, 4, 3])
    } else if about("waste") {
        ("waste", "waste", [2, 3, 2, 4, 3])
    } else if about("travel") {
        ("travel", "travel", [2, 3, 2, 4, 3])
    } else if about("global warming potential") {
        ("potentials", "leak", [1, 1, 1, 2, 1])
    } else {
        return None;
    };
    Some(Subject {
        category,
        aspect,
        pedigree,
    })
}

pub(super) fn read(source: &Source<'_>, options: &Options) -> Result<(FactorSet, FindingLog), ImportError> {
    let grids = grid::read(source)?;
    let grid = grids.iter().find(|grid| is(grid));
    let grid = grid.ok_or_else(|| ImportError::Missing("the sheet of the hub".into()))?;
    let year = options
        .year
        .or_else(|| year_in(source.file))
        .or_else(|| modified(grid))
        .ok_or(ImportError::NoYear)?;
    let edition = Edition {
        prefix: format!("epa{}", two_digits(year)),
        family: "epa_hub",
        title: format!("US EPA, Emission Factors for Greenhouse Gas Inventories (hub) {year}"),
        licence: "public domain (US EPA)",
        year,
        gwp: methane(grid).unwrap_or(Weights::AR5).set,
    };
    let mut maker = Maker::new(edition, options, source.file)?;
    // What stands before the first table are the potentials, which are read above.
    let (lines, unread) = gas_table::lines(grid);
    for row in unread {
        maker.skip(row, "", "no figures");
    }
    for line in lines.iter().filter(|line| !line.title.is_empty()) {
        match subject(&line.title) {
            Some(subject) => add(&mut maker, line, &subject),
            None => maker.skip(
                line.row,
                "",
                &format!("no kind of factor is known for `{}`", line.title),
            ),
        }
    }
    let version = options.version.clone().unwrap_or_else(|| format!("epa-hub-{year}"));
    maker.finish(&version)
}

/// The year of `Last Modified: 26 March 2020`, which older editions have above their tables.
fn modified(grid: &Grid) -> Option<i16> {
    let mut cells = grid.rows.iter().take(14).flatten();
    cells
        .find(|cell| cell.to_lowercase().contains("modified"))
        .and_then(|cell| year_in(cell))
}

/// What the hub's own list of potentials says of methane.
fn methane(grid: &Grid) -> Option<Weights> {
    let rows = grid.rows.iter().take(14);
    let mut pairs = rows.flat_map(|cells| cells.windows(2));
    pairs
        .find(|pair| pair[0].trim() == "CH4")
        .and_then(|pair| Weights::by_methane(&pair[1]))
}

fn add(maker: &mut Maker<'_>, line: &Line, subject: &Subject) {
    let Some(per) = unit::find(&line.unit) else {
        maker.skip(line.row, "unit", &format!("the unit `{}` is not known", line.unit));
        return;
    };
    let name = line.names.join(", ");
    let biogenic = is_biogenic(&line.section) || is_biogenic(&name);
    let gases = line.gases.iter().map(|(gas, figure, mass)| {
        let gas = match gas {
            Gas::Co2 if biogenic => Gas::Co2Biogenic,
            Gas::Ch4Fossil if biogenic => Gas::Ch4Biogenic,
            other => *other,
        };
        (gas, *figure, *mass)
    });
    let aspect = if subject.aspect == "waste" {
        treatment(&line.group).name()
    } else {
        subject.aspect
    };
    let group = if line.group.is_empty() {
        String::new()
    } else {
        format!(", {}", line.group.to_lowercase())
    };
    let only_co2 = subject.category == "mobile combustion";
    maker.add(&Draft {
        path: vec![subject.category, &name, &line.group, per.name],
        words: [
            subject.category,
            &name,
            if subject.category == "transport" {
                &line.unit
            } else {
                ""
            },
        ],
        name: format!("{name}{group} ({})", subject.category),
        aspect,
        gases: gases.collect(),
        per,
        region: "US",
        data_year: maker.edition.year,
        one_year: aspect == "location",
        pedigree: subject.pedigree,
        cited: format!("{}, row {}", title(&line.title), line.row),
        remark: if only_co2 {
            "carbon dioxide only".to_owned()
        } else {
            String::new()
        },
        row: line.row,
    });
}

/// The number and a short form of the name of a table.
fn title(title: &str) -> String {
    let plain = title.split_whitespace().collect::<Vec<_>>().join(" ");
    plain.chars().take(80).collect()
}

pub(super) fn is_biogenic(words: &str) -> bool {
    let words = words.to_lowercase();
    [
        "biomass",
        "biodiesel",
        "ethanol",
        "biogas",
        "biogasoline",
        "biofuel",
        "landfill gas",
        "sludge gas",
    ]
    .iter()
    .any(|word| words.contains(word))
        && !words.contains("non biomass")
        && !words.contains("ethanol/gasoline")
        && !words.contains("biodiesel/diesel")
        && !words.contains("methanol")
}

fn treatment(group: &str) -> Treatment {
    let group = group.to_lowercase();
    let about = |words: &str| group.contains(words);
    if about("recycled") {
        Treatment::Recycling
    } else if about("landfilled") {
        Treatment::Landfill
    } else if about("combusted") {
        Treatment::EnergyRecovery
    } else if about("composted") || about("digested") {
        Treatment::Biological
    } else {
        Treatment::Unknown
    }
}
