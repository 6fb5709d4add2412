//! The factor table, and whole numbers in place of decimals.

use std::collections::BTreeMap;

const FACTORS: &str = include_str!("../../../../../data/factors/greenheart-2026.1.csv");
const PRICES: &str = include_str!("../../../../../data/prices/no-cpi-all-items.csv");

/// A decimal as a whole number of its last decimal: `12.5` at two decimals is 1250.
pub fn number(text: &str, decimals: usize) -> i128 {
    let (minus, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(rest.len() <= decimals, "`{text}` has more than {decimals} decimals");
    let padded = format!("{whole}{rest}{}", "0".repeat(decimals - rest.len()));
    let value: i128 = padded.parse().unwrap_or_else(|_| panic!("`{text}` is no number"));
    if minus { -value } else { value }
}

/// The nearest whole number to a fraction; halfway to the even one.
pub fn nearest(above: i128, below: i128) -> i128 {
    let floor = above.div_euclid(below);
    let twice = 2 * above.rem_euclid(below);
    match twice.cmp(&below) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

/// A line of the factor table.
pub struct Factor {
    id: String,
    item: String,
    aspect: String,
    dimension: String,
    basis: String,
    region: String,
    pub data_year: i32,
    from: String,
    to: String,
    /// Kilograms of each gas for a unit, in 10^-12.
    gases: [i128; 6],
}

impl Factor {
    /// Millionths of a kilogram of each gas for so many millionths of a unit.
    pub fn times(&self, quantity: i128) -> [i128; 6] {
        self.gases.map(|gas| nearest(quantity * gas, 1_000_000_000_000))
    }
}

/// Every factor, and prices by year.
pub struct Table {
    factors: Vec<Factor>,
    prices: BTreeMap<i32, i128>,
}

/// Cells of a line of CSV.
pub fn cells(line: &str, comma: char) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            letter if letter == comma && !quoted => cells.push(std::mem::take(&mut cell)),
            letter => cell.push(letter),
        }
    }
    cells.push(cell);
    cells
}

impl Table {
    pub fn read() -> Self {
        let mut lines = FACTORS.lines();
        let heads = cells(lines.next().expect("a heading"), ',');
        let factors = lines.map(|line| {
            let row = cells(line, ',');
            let cell = |name: &str| {
                let at = heads.iter().position(|head| head == name).expect(name);
                row[at].clone()
            };
            let gas = |name: &str| match cell(name).as_str() {
                "" => 0,
                text => number(text, 12),
            };
            Factor {
                id: cell("id"),
                item: cell("item"),
                aspect: cell("aspect"),
                dimension: cell("dimension"),
                basis: cell("basis"),
                region: cell("region"),
                data_year: cell("data_year").parse().expect("a year"),
                from: cell("valid_from"),
                to: cell("valid_to"),
                gases: ["co2", "ch4_fossil", "ch4_biogenic", "n2o", "co2_biogenic", "co2e_other"].map(gas),
            }
        });
        let prices = PRICES.lines().filter(|line| line.starts_with("20"));
        Self {
            factors: factors.collect(),
            prices: prices
                .map(|line| {
                    let (year, index) = line.split_once(',').expect("two cells");
                    (year.parse().expect("a year"), number(index, 6))
                })
                .collect(),
        }
    }

    pub fn has(&self, item: &str, aspect: &str) -> bool {
        self.factors
            .iter()
            .any(|factor| factor.item == item && factor.aspect == aspect)
    }

    /// The factor for a quantity on a day (`2024-03-31`): Norwegian before the world's before a neighbour's; then valid on the
    /// day or nearest to it; then of the newest data.
    pub fn find(&self, item: &str, aspect: &str, dimension: &str, day: &str) -> Option<&Factor> {
        let year = |date: &str| date[..4].parse::<i32>().expect("a year");
        let fits = |factor: &&Factor| {
            factor.item == item
                && factor.aspect == aspect
                && factor.dimension == dimension
                && (factor.basis == "plain" || factor.basis == "net_calorific")
        };
        let far = |factor: &Factor| match factor.region.as_str() {
            "NO" => 0,
            "GLO" | "EU" => 1,
            "GB" | "SE" | "DK" => 2,
            _ => 3,
        };
        let off = |factor: &Factor| {
            if day < factor.from.as_str() {
                (year(&factor.from) - year(day)).max(1)
            } else if !factor.to.is_empty() && factor.to.as_str() < day {
                (year(day) - year(&factor.to)).max(1)
            } else {
                0
            }
        };
        self.factors.iter().filter(fits).min_by_key(|factor| {
            let inexact = factor.basis != "plain";
            (far(factor), off(factor), inexact, -factor.data_year, factor.id.clone())
        })
    }

    /// Millionths of a krone of one year in kroner of another.
    pub fn in_prices(&self, nok: i128, from: i32, to: i32) -> i128 {
        match (self.prices.get(&from), self.prices.get(&to)) {
            (Some(own), Some(other)) if from != to => nearest(nok * other, *own),
            _ => nok,
        }
    }
}
