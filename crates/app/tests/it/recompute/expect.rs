//! What a row must become, in the words of the concept pages.

use super::factors::{Factor, Table, nearest, number};
use super::rows::SourceRow;

const ACCOUNTS: &str = include_str!("../../../../../data/saft/account_classes.csv");

/// One entry, in millionths.
#[derive(Debug, PartialEq, Eq, Clone)]
pub struct Expected {
    pub scope: String,
    pub category: u8,
    pub basis: String,
    pub part: String,
    pub gases: [i128; 6],
    pub nok: Option<i128>,
    pub mass: Option<i128>,
    pub energy: Option<i128>,
}

fn entry(scope: &str, category: u8, nok: Option<i128>) -> Expected {
    Expected {
        scope: scope.into(),
        category,
        basis: "both".into(),
        part: String::new(),
        gases: [0; 6],
        nok,
        mass: None,
        energy: None,
    }
}

/// Every entry that a row of a member must make.
pub fn entries(row: &SourceRow, own: &str, factors: &Table) -> Vec<Expected> {
    match row {
        SourceRow::Journal {
            account,
            code,
            category,
            name,
            net,
            day,
            closing,
        } => {
            let number = if code.is_empty() { account } else { code };
            vec![booked((number, name), category, (net * 10_000, *closing), day, factors)]
        }
        SourceRow::Table { kind, cells } => {
            let cell = |name: &str| cells.get(name).map(String::as_str).unwrap_or_default();
            let optional = |name: &str, decimals| {
                Some(cell(name))
                    .filter(|text| !text.is_empty())
                    .map(|text| number(text, decimals))
            };
            let quantity = optional("Quantity", 6).expect("a quantity");
            let (dimension, millionths) = match cell("Unit") {
                "t" => ("mass", quantity * 1000),
                "kg" => ("mass", quantity),
                "kWh" => ("energy", quantity),
                "l" => ("volume", nearest(quantity, 1000)),
                "m3" => ("volume", quantity),
                "tkm" => ("freight_work", quantity),
                other => panic!("`{other}` is no unit of the demonstration"),
            };
            let table_row = TableRow {
                item: cell("Item"),
                nok: optional("Amount", 6),
                day: day(cell("To")),
                dimension,
                quantity: millionths,
                primary: optional("Primary share (%)", 1),
                dry: optional("Dry content (%)", 1),
                factors,
            };
            match kind.as_str() {
                "electricity" => table_row.electricity(),
                "heat" => table_row.one("2", 0, "heat", 3),
                "fuel" => table_row.one("1", 0, "combustion", 3),
                "material" => table_row.material(),
                "product output" => table_row.output(),
                "waste" => table_row.waste(cell("Treatment"), cell("Counterparty org no") == own),
                "transport" => table_row.transport(),
                other => panic!("`{other}` is no kind of the demonstration"),
            }
        }
    }
}

/// `31.03.2024` or `2024-03-31` as the latter.
fn day(text: &str) -> String {
    match text.split('.').collect::<Vec<_>>()[..] {
        [day, month, year] => format!("{year}-{month}-{day}"),
        _ => text[..10].to_owned(),
    }
}

/// A line of the books: revenue, other postings, or spend.
fn booked(
    (number, name): (&str, &str),
    category: &str,
    (net, closing): (i128, bool),
    day: &str,
    factors: &Table,
) -> Expected {
    let income = matches!(category, "salgsinntekt" | "annenDriftsinntekt");
    let plain = matches!(
        category,
        "loennskostnad" | "finansinntekt" | "finanskostnad" | "skattekostnad" | "resultatDisponeringForSAF-T"
    );
    let number_of: u16 = number[..4].parse().expect("four digits");
    let range = ACCOUNTS.lines().skip(1).map(|line| line.split(';').collect::<Vec<_>>());
    let range = range
        .into_iter()
        .find(|cells| (cells[0].parse().expect("a code")..=cells[1].parse().expect("a code")).contains(&number_of));
    let range = range.expect("every account has a meaning");
    let (kind, mut class, item) = (range[2], range[3], range[4]);
    // The chart lumps energy together; the company's own name for the account says which it is.
    if matches!(class, "electricity" | "stationary_fuel") {
        let of_name = [
            ("fjernvarme", "heat"),
            ("kraft", "electricity"),
            ("gass", "stationary_fuel"),
        ];
        let known = of_name.iter().find(|(word, _)| name.contains(word));
        class = known.map_or(class, |(_, class)| class);
    }
    if closing || plain || kind == "other_posting" {
        return entry("none", 0, Some(net));
    }
    if income || kind == "sale" {
        return entry("none", 0, Some(-net));
    }
    let (scope, category) = match (kind, class) {
        ("capital_good", _) => ("3", 2),
        (_, "electricity" | "heat") => ("2", 0),
        (_, "stationary_fuel" | "vehicle_fuel") => ("1", 0),
        (_, "freight") => ("3", 4),
        (_, "waste_service") => ("3", 5),
        (_, "travel") => ("3", 6),
        _ => ("3", 1),
    };
    let mut made = entry(scope, category, Some(net));
    if scope == "3" {
        made.gases = spend(item, class, net, day, factors);
    }
    made
}

/// Kroner times a factor in prices of its year.
fn spend(item: &str, class: &str, nok: i128, day: &str, factors: &Table) -> [i128; 6] {
    let of_class = format!("class.{class}");
    let found = factors
        .find(item, "spend", "money", day)
        .or_else(|| factors.find(&of_class, "spend", "money", day));
    found.map_or([0; 6], |factor| {
        let year = day[..4].parse().expect("a year");
        factor.times(factors.in_prices(nok, year, factor.data_year))
    })
}

struct TableRow<'a> {
    item: &'a str,
    nok: Option<i128>,
    day: String,
    dimension: &'static str,
    quantity: i128,
    /// Thousandths.
    primary: Option<i128>,
    dry: Option<i128>,
    factors: &'a Table,
}

impl TableRow<'_> {
    fn find(&self, aspect: &str) -> Option<&Factor> {
        self.factors.find(self.item, aspect, self.dimension, &self.day)
    }

    fn dry_mass(&self) -> Option<i128> {
        let mass = (self.dimension == "mass").then_some(self.quantity)?;
        Some(self.dry.map_or(mass, |dry| nearest(mass * dry, 1000)))
    }

    fn upstream(&self, category: u8) -> Option<Expected> {
        let factor = self.find("upstream")?;
        Some(Expected {
            gases: factor.times(self.quantity),
            ..entry("3", category, Some(0))
        })
    }

    fn electricity(&self) -> Vec<Expected> {
        let account = |basis: &str| Expected {
            basis: basis.into(),
            energy: Some(self.quantity),
            gases: self.find(basis).expect("a grid").times(self.quantity),
            ..entry("2", 0, self.nok)
        };
        let mut made = vec![account("location"), account("market")];
        made.extend(self.upstream(3));
        made
    }

    /// A quantity times a factor and what comes before it; money where there is no factor.
    fn one(&self, scope: &str, category: u8, aspect: &str, upstream: u8) -> Vec<Expected> {
        let mut made = entry(scope, category, self.nok);
        made.energy = (self.dimension == "energy").then_some(self.quantity);
        match self.find(aspect) {
            Some(factor) => {
                made.gases = factor.times(self.quantity);
                let mut all = vec![made];
                all.extend(self.upstream(upstream));
                all
            }
            None => vec![made],
        }
    }

    fn material(&self) -> Vec<Expected> {
        if self.factors.has(self.item, "service") {
            let mut made = self.one("3", 1, "service", 1);
            made[0].energy = None;
            return made;
        }
        let (primary, secondary) = (
            self.factors.has(self.item, "primary"),
            self.factors.has(self.item, "secondary"),
        );
        let permille = self.primary.unwrap_or(if secondary && !primary { 0 } else { 1000 });
        if self.dimension != "mass" {
            let part = if permille == 0 {
                "secondary_input"
            } else {
                "primary_input"
            };
            return vec![Expected {
                part: part.into(),
                gases: self
                    .nok
                    .map_or([0; 6], |nok| spend(self.item, "goods", nok, &self.day, self.factors)),
                ..entry("3", 1, self.nok)
            }];
        }
        let halves = |whole: i128| {
            let first = nearest(whole * permille, 1000);
            [first, whole - first]
        };
        let (wet, dry) = (halves(self.quantity), self.dry_mass().map(halves));
        let nok = self.nok.map(halves);
        let parts = [
            ("primary", "primary_input", permille),
            ("secondary", "secondary_input", 1000 - permille),
        ];
        let mut made = Vec::new();
        for (at, (aspect, part, share)) in parts.into_iter().enumerate() {
            if share == 0 {
                continue;
            }
            let own = nok.map(|halves| halves[at]);
            made.push(Expected {
                part: part.into(),
                mass: dry.map(|halves| halves[at]),
                gases: match (self.find(aspect), own) {
                    (Some(factor), _) => factor.times(wet[at]),
                    (None, Some(own)) => spend(self.item, "goods", own, &self.day, self.factors),
                    (None, None) => [0; 6],
                },
                ..entry("3", 1, own)
            });
        }
        made
    }

    fn output(&self) -> Vec<Expected> {
        vec![Expected {
            part: "output".into(),
            mass: (self.dimension == "mass").then_some(self.quantity),
            energy: (self.dimension == "energy").then_some(self.quantity),
            ..entry("none", 0, self.nok)
        }]
    }

    fn waste(&self, treatment: &str, own: bool) -> Vec<Expected> {
        let treatment = treatment.replace(' ', "_");
        if own && matches!(treatment.as_str(), "energy_recovery" | "incineration") {
            return vec![Expected {
                part: "own_residue_fuel".into(),
                mass: self.dry_mass(),
                ..entry("none", 0, self.nok)
            }];
        }
        let kept = matches!(treatment.as_str(), "reuse" | "recycling" | "biological");
        let mut made = self.one("3", 5, &treatment, 5);
        if self.find(&treatment).is_none() {
            made[0].gases = self.nok.map_or([0; 6], |nok| {
                spend(self.item, "waste_service", nok, &self.day, self.factors)
            });
        }
        made[0].part = if kept { "waste_recirculated" } else { "waste_lost" }.into();
        made[0].mass = self.dry_mass();
        made
    }

    /// Tonne-kilometres stand on the shortest way; intensities count the kilometres driven, five per cent more by road.
    fn transport(&self) -> Vec<Expected> {
        assert_eq!((self.item, self.dimension), ("road_freight", "freight_work"));
        let driven = nearest(self.quantity * 105, 100);
        let of = |aspect: &str, nok| Expected {
            gases: self.find(aspect).expect("an intensity").times(driven),
            ..entry("3", 4, nok)
        };
        vec![of("transport", self.nok), of("upstream", Some(0))]
    }
}
