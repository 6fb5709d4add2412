//! The UK full and condensed sets: a workbook with blocks of tables on one sheet for each kind of activity.

use greenheart_model::{FactorSet, FindingLog};

use super::grid::{self, Grid, cell};
use super::uk::{self, Row};
use super::{ImportError, Options, Source, year_in};
use crate::exact::Exact;

/// A heading row of a block: where the names, the unit and the figures stand.
struct Block {
    /// First column of names; they end where the unit stands.
    names: usize,
    unit: usize,
    year: Option<usize>,
    figures: Vec<Figure>,
}

/// One column of figures.
struct Figure {
    column: usize,
    group: String,
    part: Part,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Total,
    Co2,
    Ch4,
    N2o,
}

fn part(heading: &str) -> Option<Part> {
    let plain: String = heading.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    Some(match plain.as_str() {
        "kgco2e" | "kgco2eperunit" => Part::Total,
        "kgco2eofco2perunit" | "kgco2perunit" | "kgco2" => Part::Co2,
        "kgco2eofch4perunit" | "kgch4perunit" | "kgch4" => Part::Ch4,
        "kgco2eofn2operunit" | "kgn2operunit" | "kgn2o" => Part::N2o,
        _ => return None,
    })
}

/// The block that begins at a row, when the row is a heading.
fn block(grid: &Grid, row: usize) -> Option<Block> {
    let cells = grid.rows.get(row)?;
    // Some editions leave the first column empty.
    let names = cells
        .iter()
        .take(4)
        .position(|cell| cell.trim().eq_ignore_ascii_case("activity"))?;
    let unit = cells.iter().position(|cell| cell.trim().eq_ignore_ascii_case("unit"))?;
    let year = cells.iter().position(|cell| cell.trim().eq_ignore_ascii_case("year"));
    // Headings over columns leave the columns of names empty; anything else above is another matter.
    let above = row.checked_sub(1).map_or(&[][..], |above| &grid.rows[above]);
    let above = if (0..=unit).all(|column| cell(above, column).is_empty()) {
        above
    } else {
        &[]
    };
    let mut group = String::new();
    let mut figures = Vec::new();
    for (column, heading) in cells.iter().enumerate().skip(unit + 1) {
        let over = cell(above, column);
        if !over.is_empty() && over.len() < 80 {
            over.clone_into(&mut group);
        }
        if let Some(part) = part(heading) {
            let group = group.clone();
            figures.push(Figure { column, group, part });
        }
    }
    (!figures.is_empty()).then_some(Block {
        names,
        unit,
        year,
        figures,
    })
}

/// Whether a workbook is a UK set laid out by sheets.
pub(super) fn is(grids: &[Grid]) -> bool {
    let begins = |cell: &String| cell.trim().starts_with("UK Government GHG Conversion Factors");
    let title = |grid: &Grid| grid.rows.iter().take(3).flatten().any(begins);
    grids
        .iter()
        .any(|grid| title(grid) && (0..grid.rows.len()).any(|row| block(grid, row).is_some()))
}

pub(super) fn read(source: &Source<'_>, options: &Options) -> Result<(FactorSet, FindingLog), ImportError> {
    let grids = grid::read(source)?;
    let year = options
        .year
        .or_else(|| stated(&grids, "Year:").and_then(|text| year_in(&text)));
    let year = year.or_else(|| year_in(source.file)).ok_or(ImportError::NoYear)?;
    let number = stated(&grids, "Version:").unwrap_or_else(|| "not stated".to_owned());
    let rows: Vec<Row> = grids.iter().flat_map(rows).collect();
    let (weights, known) = uk::weights(year, methane(&rows).as_deref());
    let edition = uk::edition(year, weights, &format!("full set v{number} (DESNZ)"));
    let version = options.version.clone().unwrap_or_else(|| format!("uk-full-{year}"));
    let mut maker = uk::begin(edition, known, options, source.file)?;
    uk::add_all(&mut maker, &rows, weights);
    maker.finish(&version)
}

/// What stands to the right of a label in the first rows of any sheet.
fn stated(grids: &[Grid], label: &str) -> Option<String> {
    for grid in grids {
        for cells in grid.rows.iter().take(12) {
            let Some(at) = cells.iter().position(|cell| cell.trim() == label) else {
                continue;
            };
            if let Some(value) = cells[at + 1..]
                .iter()
                .map(|cell| cell.trim())
                .find(|cell| !cell.is_empty())
            {
                return Some(value.to_owned());
            }
        }
    }
    None
}

fn methane(rows: &[Row]) -> Option<String> {
    let row = rows
        .iter()
        .find(|row| row.category == "Refrigerant & other" && row.name == "Methane")?;
    row.total?.rate(crate::exact::Ratio::ONE).map(|rate| rate.to_string())
}

/// Every row of every block of a sheet, one for each heading over its columns.
fn rows(grid: &Grid) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < grid.rows.len() {
        let Some(block) = block(grid, at) else {
            at += 1;
            continue;
        };
        let mut names = vec![String::new(); block.unit.saturating_sub(block.names)];
        at += 1;
        while at < grid.rows.len() && !cell(&grid.rows[at], block.unit).is_empty() {
            if self::block(grid, at).is_some() {
                break;
            }
            carry(&mut names, grid.rows[at].get(block.names..).unwrap_or_default());
            gather(grid, &block, &names, at, &mut rows);
            at += 1;
        }
    }
    rows
}

/// Fills names down: a new name on the left begins anew what stands to its right.
fn carry(names: &mut [String], cells: &[String]) {
    for at in 0..names.len() {
        let here = cell(cells, at);
        if here.is_empty() || here == names[at] {
            continue;
        }
        here.clone_into(&mut names[at]);
        for right in &mut names[at + 1..] {
            right.clear();
        }
    }
}

fn gather(grid: &Grid, block: &Block, names: &[String], at: usize, rows: &mut Vec<Row>) {
    let cells = &grid.rows[at];
    let totals_only = block
        .figures
        .iter()
        .any(|figure| figure.group.to_lowercase().starts_with("total emissions"));
    let mut groups: Vec<&str> = Vec::new();
    for figure in &block.figures {
        if !groups.contains(&figure.group.as_str()) {
            groups.push(&figure.group);
        }
    }
    for group in groups {
        if totals_only && !group.to_lowercase().starts_with("total emissions") {
            continue;
        }
        let value = |part| {
            let mut columns = block
                .figures
                .iter()
                .filter(|figure| figure.group == group && figure.part == part);
            columns.find_map(|figure| Exact::parse(cell(cells, figure.column)))
        };
        let row = Row {
            category: grid.name.trim().to_owned(),
            activity: names.first().cloned().unwrap_or_default(),
            name: named(names),
            group: if totals_only { String::new() } else { group.to_owned() },
            unit: cell(cells, block.unit).to_owned(),
            total: value(Part::Total),
            co2: value(Part::Co2),
            ch4: value(Part::Ch4),
            n2o: value(Part::N2o),
            year: block.year.and_then(|column| year_in(cell(cells, column))),
            at: at + 1,
            cited: format!("sheet \"{}\", row {}", grid.name.trim(), at + 1),
        };
        if row.total.is_some() || row.co2.is_some() {
            rows.push(row);
        }
    }
}

/// The names after the activity, or the activity where it stands alone.
fn named(names: &[String]) -> String {
    let rest: Vec<&str> = names
        .iter()
        .skip(1)
        .map(String::as_str)
        .filter(|name| !name.is_empty())
        .collect();
    if rest.is_empty() {
        return names.first().cloned().unwrap_or_default();
    }
    rest.join(" ")
}
