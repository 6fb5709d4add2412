//! What an account means: revenue, a purchase of some class, a capital good, another posting, balance.

use std::sync::LazyLock;

use greenheart_model::{AccountRef, ActivityKind, ItemClass, Text};
use greenheart_units::Amount;

/// A range of account codes and what lines on it are.
struct Range {
    from: u16,
    to: u16,
    meaning: Meaning,
}

/// What a line on an account is. `kind` is `None` for the balance sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meaning {
    pub kind: Option<ActivityKind>,
    pub class: ItemClass,
    pub item: Text,
}

impl Meaning {
    pub(super) fn other(item: &str) -> Self {
        Self {
            kind: Some(ActivityKind::OtherPosting),
            class: ItemClass::None,
            item: item.into(),
        }
    }
    fn balance() -> Self {
        Self {
            kind: None,
            class: ItemClass::None,
            item: "".into(),
        }
    }
}

static RANGES: LazyLock<Vec<Range>> =
    LazyLock::new(|| parse_ranges(include_str!("../../../../data/saft/account_classes.csv")));

/// Types of expenditure and income (artskonto) of municipalities and counties, three digits.
static KOSTRA: LazyLock<Vec<Range>> =
    LazyLock::new(|| parse_ranges(include_str!("../../../../data/saft/kostra_classes.csv")));

fn parse_ranges(text: &str) -> Vec<Range> {
    text.lines().skip(1).filter_map(parse_range).collect()
}

fn parse_range(line: &str) -> Option<Range> {
    let mut cells = line.split(';');
    let (from, to) = (cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
    let (kind, class, item) = (cells.next()?, cells.next()?, cells.next()?);
    let meaning = Meaning {
        kind: kind.parse().ok(),
        class: class.parse().ok()?,
        item: item.into(),
    };
    Some(Range { from, to, meaning })
}

/// An account of the file.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub reference: AccountRef,
    pub meaning: Meaning,
    /// Closing less opening balance, debit positive; `None` when the file states neither.
    pub movement: Option<Amount>,
    /// Sum of the lines, debit positive.
    pub posted: Amount,
    /// The account is not in the file's master data.
    pub unlisted: bool,
}

/// An account while its element is being read.
#[derive(Debug, Default)]
pub(super) struct AccountDraft {
    pub id: String,
    pub description: String,
    pub standard: String,
    pub category: String,
    pub code: String,
    pub opening: Option<Amount>,
    pub closing: Option<Amount>,
}

impl AccountDraft {
    pub(super) fn build(&self) -> Account {
        let code = if self.code.is_empty() {
            &self.standard
        } else {
            &self.code
        };
        let movement = match (self.opening, self.closing) {
            (None, None) => None,
            (opening, closing) => Some(closing.unwrap_or_default() - opening.unwrap_or_default()),
        };
        Account {
            reference: AccountRef {
                id: self.id.as_str().into(),
                grouping_category: self.category.as_str().into(),
                grouping_code: code.as_str().into(),
            },
            meaning: meaning(&self.category, code, &self.id, &self.description),
            movement,
            posted: Amount::ZERO,
            unlisted: false,
        }
    }
}

/// What lines on an account are: by grouping category, then by grouping code or standard account, then
/// by the company's own account number.
///
/// # Source
/// Grouping categories and codes of the Norwegian Tax Administration (`data/saft/SOURCE.md`).
pub(super) fn meaning(category: &str, code: &str, id: &str, description: &str) -> Meaning {
    match category {
        "salgsinntekt" => return sale("revenue.sales"),
        "annenDriftsinntekt" => return sale("revenue.other"),
        "loennskostnad" => return Meaning::other("payroll"),
        "finansinntekt" | "finanskostnad" | "resultatkomponentForIFRSForetak" => return Meaning::other("finance"),
        "skattekostnad" => return Meaning::other("tax"),
        "resultatDisponeringForSAF-T" => return Meaning::other("appropriation"),
        "egenkapital"
        | "kortsiktigGjeld"
        | "langsiktigGjeld"
        | "balanseverdiForOmloepsmiddel"
        | "balanseverdiForBankOgForsikringseiendel"
        | "gjeldInnenBankOgForsikring"
        | "endringIEgenkapitalInnenBankOgForsikring" => return Meaning::balance(),
        banking if banking.starts_with("bankOgForsikring") => return Meaning::other("banking"),
        kostra if kostra.starts_with("KA_") => return of_kostra(code, description),
        _ => {}
    }
    let Some(number) = number_of(code, id) else {
        return Meaning::other("unmapped");
    };
    refine_energy(in_ranges(&RANGES, number), description)
}

fn in_ranges(ranges: &[Range], number: u16) -> Meaning {
    let found = ranges.iter().find(|range| (range.from..=range.to).contains(&number));
    found.map_or_else(|| Meaning::other("unmapped"), |range| range.meaning.clone())
}

/// Three digits are an art; two and four are the balance sheet.
fn of_kostra(code: &str, description: &str) -> Meaning {
    match code.trim().parse::<u16>() {
        Ok(number) if code.trim().len() == 3 => refine_energy(in_ranges(&KOSTRA, number), description),
        Ok(_) => Meaning::balance(),
        Err(_) => Meaning::other("unmapped"),
    }
}

/// The four digits that say most: those of the code, or, where the code is one of two digits (standard accounts
/// before 1.30), those of the company's own account when it begins alike.
fn number_of(code: &str, id: &str) -> Option<u16> {
    let code = code.trim();
    if code.len() == 2 && id.len() >= 4 && id.starts_with(code) {
        return four_digits(id).or_else(|| four_digits(code));
    }
    four_digits(code).or_else(|| four_digits(id))
}

fn sale(item: &str) -> Meaning {
    Meaning {
        kind: Some(ActivityKind::Sale),
        class: ItemClass::Revenue,
        item: item.into(),
    }
}

/// `30` is 3000, `3000` is itself, `30001` is 3000.
fn four_digits(code: &str) -> Option<u16> {
    let digits: String = code.trim().chars().take_while(char::is_ascii_digit).take(4).collect();
    match digits.len() {
        2 => digits.parse::<u16>().ok().map(|number| number * 100),
        3 => digits.parse::<u16>().ok().map(|number| number * 10),
        4 => digits.parse().ok(),
        _ => None,
    }
}

/// The chart of accounts lumps energy together; the account's own name often says which it is.
fn refine_energy(meaning: Meaning, description: &str) -> Meaning {
    if !matches!(meaning.class, ItemClass::StationaryFuel | ItemClass::Electricity) {
        return meaning;
    }
    let name = description.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let (class, item) = if says(&["fjernvarme", "district heat", "damp", "steam"]) {
        (ItemClass::Heat, "purchase.heat")
    } else if says(&["strøm", "elektr", "electri", "kraft", "nettleie"]) {
        (ItemClass::Electricity, "purchase.electricity")
    } else if says(&[
        "gass", "olje", "propan", "brensel", "flis", "pellets", "fuel", "gas", "oil",
    ]) {
        (ItemClass::StationaryFuel, "purchase.fuel")
    } else {
        return meaning;
    };
    Meaning {
        class,
        item: item.into(),
        ..meaning
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_mean_what_the_lists_say() {
        // category, code, account, description, kind, class
        for (category, code, id, description, kind, class) in [
            ("salgsinntekt", "3000", "3000", "", "sale", ItemClass::Revenue),
            ("salgsinntekt", "3300", "3310", "Særavgift", "sale", ItemClass::Revenue),
            ("", "30", "3000", "", "sale", ItemClass::Revenue),
            ("", "", "3900", "", "sale", ItemClass::Revenue),
            ("annenDriftskostnad", "6100", "6100", "", "purchase", ItemClass::Freight),
            (
                "annenDriftskostnad",
                "6200",
                "6205",
                "Strøm produksjon",
                "purchase",
                ItemClass::Electricity,
            ),
            (
                "annenDriftskostnad",
                "6200",
                "6210",
                "Propan",
                "purchase",
                ItemClass::StationaryFuel,
            ),
            (
                "annenDriftskostnad",
                "6340",
                "6340",
                "Lys, varme",
                "purchase",
                ItemClass::Electricity,
            ),
            (
                "annenDriftskostnad",
                "6340",
                "6341",
                "Fjernvarme",
                "purchase",
                ItemClass::Heat,
            ),
            (
                "annenDriftskostnad",
                "6395",
                "6395",
                "",
                "purchase",
                ItemClass::WasteService,
            ),
            (
                "annenDriftskostnad",
                "7000",
                "7000",
                "",
                "purchase",
                ItemClass::VehicleFuel,
            ),
            ("annenDriftskostnad", "7165", "7140", "", "purchase", ItemClass::Travel),
            ("varekostnad", "4005", "4300", "", "purchase", ItemClass::Goods),
            ("varekostnad", "4500", "4500", "", "purchase", ItemClass::Services),
            ("loennskostnad", "5000", "5000", "", "other_posting", ItemClass::None),
            (
                "annenDriftskostnad",
                "6000",
                "6010",
                "",
                "other_posting",
                ItemClass::None,
            ),
            (
                "balanseverdiForAnleggsmiddel",
                "1200",
                "1250",
                "",
                "capital_good",
                ItemClass::Capital,
            ),
            ("", "88", "8800", "", "other_posting", ItemClass::None),
            ("", "63", "6340", "", "purchase", ItemClass::Electricity),
            ("", "63", "9999", "", "purchase", ItemClass::Services),
            ("RF-1167", "6340", "6340", "", "purchase", ItemClass::Electricity),
            ("KS", "300", "3000", "", "sale", ItemClass::Revenue),
            ("KA_K", "180", "11800", "", "purchase", ItemClass::Electricity),
            ("KA_K", "181", "11810", "", "purchase", ItemClass::Heat),
            ("KA_F", "650", "16500", "", "sale", ItemClass::Revenue),
            ("KA_K", "010", "10100", "", "other_posting", ItemClass::None),
            (
                "bankOgForsikringsinntekt",
                "1.11.0.00",
                "3000",
                "",
                "other_posting",
                ItemClass::None,
            ),
            ("", "", "ABC", "", "other_posting", ItemClass::None),
        ] {
            let found = meaning(category, code, id, description);
            assert_eq!(
                (found.kind.map(ActivityKind::name), found.class),
                (Some(kind), class),
                "{category} {code} {id}"
            );
        }
        for (category, code) in [
            ("kortsiktigGjeld", "2400"),
            ("egenkapital", "2000"),
            ("", "15"),
            ("", "1920"),
            ("KA_K", "35"),
            ("gjeldInnenBankOgForsikring", "6.10.0.00"),
        ] {
            assert_eq!(meaning(category, code, code, "").kind, None, "{code}");
        }
    }

    #[test]
    fn the_ranges_are_whole() {
        for (ranges, first, after) in [(&RANGES, 1000, 9000), (&KOSTRA, 10, 1000)] {
            let mut next = first;
            for range in ranges.iter() {
                assert_eq!(range.from, next);
                next = range.to + 1;
            }
            assert_eq!(next, after);
        }
    }
}
