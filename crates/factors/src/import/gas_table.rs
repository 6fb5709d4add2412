//! Tables whose headings say gas and unit, as `g CH4 per mmBtu`, `CO2 Factor (kg CO2 / unit)`, `kg CO2/TJ`.

use greenheart_model::Gas;

use super::grid::{Grid, cell};
use super::make::Gases;
use crate::exact::{Exact, Ratio};
use crate::unit;

/// One row of figures for one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Heading of the table, such as `Table 8 Upstream Transportation`.
    pub(super) title: String,
    /// Heading over the rows, such as `Biomass Fuels - Solid`.
    pub(super) section: String,
    pub(super) names: Vec<String>,
    /// Heading over the columns where one gas stands more than once.
    pub(super) group: String,
    pub(super) unit: String,
    /// Each gas with what makes kg of the figure.
    pub(super) gases: Gases,
    /// Row from 1.
    pub(super) row: usize,
}

/// What a heading says about its column.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spec {
    column: usize,
    gas: Gas,
    /// kg per mass unit of the heading; `None` when each row names its own.
    mass: Option<Ratio>,
    /// What it is per; `None` when each row names its own.
    unit: Option<String>,
    group: String,
}

/// Heading over columns, unit and figures.
type Group = (String, String, Gases);

#[derive(Default)]
struct Reading {
    title: String,
    section: String,
    specs: Vec<Spec>,
    unit_columns: Vec<usize>,
    /// Names stand left of this column.
    names_end: usize,
    carried: Vec<String>,
    /// CO2e of a whole table, whose columns the next row names.
    whole: Option<(Option<Ratio>, Option<String>)>,
}

/// Every line of a sheet, and the rows (from 1) that hold something else than figures where figures belong.
pub(super) fn lines(grid: &Grid) -> (Vec<Line>, Vec<usize>) {
    let mut reading = Reading::default();
    let mut lines = Vec::new();
    let mut unread = Vec::new();
    for row in 0..grid.rows.len() {
        if let Some(title) = title(&grid.rows[row]) {
            reading = Reading {
                title,
                ..Reading::default()
            };
            continue;
        }
        if !reading.heading(grid, row) && !reading.row(grid, row, &mut lines) {
            unread.push(row + 1);
        }
    }
    (lines, unread)
}

/// `Table 8` and what it is called, from a row that begins a table.
fn title(cells: &[String]) -> Option<String> {
    let at = cells.iter().position(|cell| {
        let rest = cell.trim().strip_prefix("Table ");
        rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    })?;
    let words = cells[at..]
        .iter()
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty());
    Some(words.collect::<Vec<_>>().join(" "))
}

impl Reading {
    /// Takes a row as headings, when it is one.
    fn heading(&mut self, grid: &Grid, row: usize) -> bool {
        let cells = &grid.rows[row];
        if let Some((mass, unit)) = self.whole.take()
            && cells.iter().any(|cell| cell.trim().eq_ignore_ascii_case("material"))
        {
            self.columns_of_whole(cells, mass, unit.as_deref());
            return true;
        }
        let mut specs: Vec<Spec> = Vec::new();
        for column in 0..cells.len() {
            let Some((gas, mass, unit)) = spec(cell(cells, column)) else {
                continue;
            };
            specs.push(Spec {
                column,
                gas,
                mass,
                unit,
                group: String::new(),
            });
        }
        let words = |column: usize| cell(cells, column).to_lowercase();
        let units: Vec<usize> = (0..cells.len())
            .filter(|column| {
                let word = words(*column).replace('\n', " ");
                matches!(
                    word.trim(),
                    "unit" | "units" | "ef unit" | "unit numerator" | "ef unit numerator"
                )
            })
            .collect();
        if specs.is_empty() {
            if units.is_empty() || self.specs.is_empty() || has_figures(cells, &self.specs) {
                return false;
            }
            self.unit_columns.extend(units);
            return true;
        }
        if specs.len() == 1 && specs[0].gas == Gas::Co2eOther && specs[0].unit.is_some() && cells_in_use(cells) == 1 {
            self.whole = Some((specs[0].mass, specs[0].unit.clone()));
            return true;
        }
        repeated(&mut specs, grid, row);
        let first = specs.first().map_or(0, |spec| spec.column);
        let aside = (0..first).find(|column| words(*column).contains("mmbtu per") || words(*column) == "tj/gg");
        self.names_end = aside.unwrap_or(first);
        self.specs = specs;
        self.unit_columns = units;
        self.carried.clear();
        true
    }

    fn columns_of_whole(&mut self, cells: &[String], mass: Option<Ratio>, unit: Option<&str>) {
        let first = (0..cells.len())
            .find(|column| !cell(cells, *column).is_empty())
            .unwrap_or(0);
        self.names_end = first + 1;
        self.unit_columns.clear();
        self.specs = (first + 1..cells.len())
            .filter(|column| !cell(cells, *column).is_empty())
            .map(|column| Spec {
                column,
                gas: Gas::Co2eOther,
                mass,
                unit: unit.map(str::to_owned),
                group: without_mark(cell(cells, column)).to_owned(),
            })
            .collect();
    }

    /// Takes a row of figures or a heading over rows; false when it holds other words where figures belong.
    fn row(&mut self, grid: &Grid, row: usize, lines: &mut Vec<Line>) -> bool {
        let cells = &grid.rows[row];
        if self.specs.is_empty() {
            return true;
        }
        let names: Vec<&str> = (0..self.names_end).map(|column| cell(cells, column)).collect();
        if !has_figures(cells, &self.specs) {
            if let Some(section) = names.iter().find(|name| !name.is_empty())
                && cells_in_use(cells) == 1
                && section.len() < 100
            {
                (*section).clone_into(&mut self.section);
            }
            let none = |text: &str| matches!(text, "" | "NA" | "N/A" | "-");
            return self.specs.iter().all(|spec| none(cell(cells, spec.column)));
        }
        self.carry(&names);
        let names: Vec<String> = self
            .carried
            .iter()
            .filter(|name| !name.is_empty())
            .map(|name| without_mark(name).to_owned())
            .collect();
        for (group, unit, gases) in self.groups(cells) {
            lines.push(Line {
                title: self.title.clone(),
                section: self.section.clone(),
                names: names.clone(),
                group,
                unit,
                gases,
                row: row + 1,
            });
        }
        true
    }

    /// Fills in what merged cells to the left of the first name leave empty.
    fn carry(&mut self, names: &[&str]) {
        let first = names.iter().position(|name| !name.is_empty()).unwrap_or(names.len());
        self.carried.resize(names.len(), String::new());
        for (carried, name) in self.carried.iter_mut().zip(names).skip(first) {
            (*name).clone_into(carried);
        }
    }

    /// The figures of a row by heading and unit.
    fn groups(&self, cells: &[String]) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for spec in &self.specs {
            let Some(figure) = Exact::parse(cell(cells, spec.column)) else {
                continue;
            };
            let (mass, unit) = match (&spec.mass, &spec.unit) {
                (Some(mass), Some(unit)) => (Some(*mass), unit.clone()),
                (mass, _) => self.named_unit(cells, spec.column, *mass),
            };
            let Some(mass) = mass else { continue };
            let found = groups
                .iter_mut()
                .find(|(group, of, _)| *group == spec.group && *of == unit);
            match found {
                Some((_, _, gases)) => gases.push((spec.gas, figure, mass)),
                None => groups.push((spec.group.clone(), unit, vec![(spec.gas, figure, mass)])),
            }
        }
        groups
    }

    /// The unit that a row states itself, in the nearest unit column to the right, else the nearest at all.
    fn named_unit(&self, cells: &[String], column: usize, mass: Option<Ratio>) -> (Option<Ratio>, String) {
        let right = self.unit_columns.iter().filter(|unit| **unit > column).min();
        let at = right.or_else(|| self.unit_columns.iter().max());
        let text = at.map_or("", |at| cell(cells, *at));
        match text.split_once('/') {
            Some((stated, unit)) => (unit::mass(stated).or(mass), unit.trim().to_owned()),
            None => (mass, text.to_owned()),
        }
    }
}

fn cells_in_use(cells: &[String]) -> usize {
    cells.iter().filter(|cell| !cell.trim().is_empty()).count()
}

fn has_figures(cells: &[String], specs: &[Spec]) -> bool {
    specs
        .iter()
        .any(|spec| Exact::parse(cell(cells, spec.column)).is_some())
}

/// Names the second run of the same gases by the heading above it.
fn repeated(specs: &mut [Spec], grid: &Grid, row: usize) {
    for index in 0..specs.len() {
        let same = |other: &Spec| {
            other.gas == specs[index].gas && other.unit == specs[index].unit && other.mass == specs[index].mass
        };
        if specs[..index].iter().any(same) {
            let column = specs[index].column;
            specs[index].group = above(grid, row, column);
        }
    }
}

/// The nearest heading in the two rows above, at or left of a column.
fn above(grid: &Grid, row: usize, column: usize) -> String {
    let rows = (row.saturating_sub(2)..row).rev();
    let mut words = rows.flat_map(|row| (0..=column).rev().map(move |column| grid.at(row, column)));
    let found = words.find(|text| text.len() > 3 && !text.contains("Factor") || text.contains("Emission Factors"));
    found.unwrap_or("second column").to_owned()
}

/// The gas, mass and unit of a heading.
fn spec(heading: &str) -> Option<(Gas, Option<Ratio>, Option<String>)> {
    let plain = heading.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.is_empty() || plain.len() > 120 {
        return None;
    }
    let lower = plain.to_lowercase();
    if lower.contains("100-year gwp") {
        return Some((Gas::Co2eOther, Some(Ratio::ONE), Some("kg".to_owned())));
    }
    let gas = gas(&lower)?;
    if lower.ends_with(" ef") || lower.ends_with("ef1") {
        return Some((gas, None, None));
    }
    let inside = lower
        .rsplit_once('(')
        .and_then(|(_, rest)| rest.split_once(')'))
        .map(|(inside, _)| inside);
    let ratio = inside
        .filter(|inside| inside.contains('/') || inside.contains(" per "))
        .unwrap_or(&lower);
    let (left, right) = ratio.split_once('/').or_else(|| ratio.split_once(" per "))?;
    let left = left
        .replace("co2e", "")
        .replace("co2", "")
        .replace("ch4", "")
        .replace("n2o", "");
    let words: Vec<&str> = left.split_whitespace().collect();
    let two = words.len().checked_sub(2).map(|from| words[from..].join(" "));
    let one = words.last().copied().unwrap_or_default();
    let mass = two.and_then(|two| unit::mass(&two)).or_else(|| unit::mass(one))?;
    let per = right.trim().trim_end_matches(" material").trim();
    let unit = (per != "unit").then(|| per.to_owned());
    Some((gas, Some(mass), unit))
}

fn gas(heading: &str) -> Option<Gas> {
    if heading.contains("co2e") {
        return Some(Gas::Co2eOther);
    }
    if heading.contains("biogenic co2") {
        return Some(Gas::Co2Biogenic);
    }
    let gases = [("co2", Gas::Co2), ("ch4", Gas::Ch4Fossil), ("n2o", Gas::N2o)];
    gases
        .into_iter()
        .find(|(name, _)| heading.contains(name))
        .map(|(_, gas)| gas)
}

/// A name without the letter or digit of its footnote: `Passenger Car A`, `RecycledA`, `Natural gas4`.
pub(super) fn without_mark(name: &str) -> &str {
    let name = name.trim();
    let mut letters = name.chars().rev();
    let (Some(last), Some(before)) = (letters.next(), letters.next()) else {
        return name;
    };
    let letter = last.is_ascii_uppercase() && last <= 'F' && (before == ' ' || before == ')' || before.is_lowercase());
    let digit = last.is_ascii_digit() && (before.is_lowercase() || before == ')');
    if letter || digit {
        name[..name.len() - 1].trim_end()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: &[&[&str]]) -> Grid {
        let rows = rows
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect());
        Grid {
            name: String::new(),
            rows: rows.collect(),
        }
    }

    #[test]
    fn headings_say_gas_mass_and_unit() {
        let ratio = |num, den| Some(Ratio::new(num, den));
        let unit = |text: &str| Some(text.to_owned());
        let check = |heading, expect| assert_eq!(spec(heading), expect, "{heading}");
        check("g CH4 per mmBtu", Some((Gas::Ch4Fossil, ratio(1, 1000), unit("mmbtu"))));
        check("CO2 Factor \n(kg CO2 / unit)", Some((Gas::Co2, ratio(1, 1), None)));
        check("kg CO2/TJ", Some((Gas::Co2, ratio(1, 1), unit("tj"))));
        check(
            "Emission factor1 tCO2/MWh",
            Some((Gas::Co2, ratio(1000, 1), unit("mwh"))),
        );
        check(
            "Metric Tons CO2e / Short Ton Material",
            Some((Gas::Co2eOther, ratio(1000, 1), unit("short ton"))),
        );
        check("Biogenic CO2 EF", Some((Gas::Co2Biogenic, None, None)));
        check("mmBtu per short ton", None);
        check("Fuel Type", None);
    }

    #[test]
    fn rows_take_their_unit_from_heading_or_cell() {
        let table = grid(&[
            &["Table 2", "Mobile Combustion"],
            &["Fuel", "kg CO2 per unit", "Unit"],
            &["Biomass fuels"],
            &["EthanolA", "5.75", "gallon"],
            &["Table 3", "Waste"],
            &["", "Metric Tons CO2e / Short Ton Material"],
            &["Material", "RecycledA", "LandfilledB"],
            &["Steel Cans", "0.32", "NA"],
            &["Carpet", "0.1 - 0.3", "NA"],
        ]);
        let (lines, unread) = lines(&table);
        assert_eq!(unread, [9]);
        assert_eq!(lines.len(), 2);
        let first = &lines[0];
        assert_eq!(
            (first.section.as_str(), first.unit.as_str(), first.row),
            ("Biomass fuels", "gallon", 4)
        );
        assert_eq!(first.names, ["Ethanol"]);
        assert_eq!(
            (lines[1].group.as_str(), lines[1].unit.as_str()),
            ("Recycled", "short ton")
        );
    }

    #[test]
    fn footnote_marks_go() {
        for (name, plain) in [
            ("Passenger Car A", "Passenger Car"),
            ("Medium- and Heavy-Duty TruckC", "Medium- and Heavy-Duty Truck"),
            ("Natural gas4", "Natural gas"),
            ("RFCM", "RFCM"),
            ("R-404A", "R-404A"),
            ("Fuel oil No. 6", "Fuel oil No. 6"),
        ] {
            assert_eq!(without_mark(name), plain);
        }
    }
}
