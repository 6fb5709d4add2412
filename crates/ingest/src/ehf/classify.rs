//! What a line is of: by the codes of public lists, by words in its name, by its unit.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use greenheart_model::{ActivityKind, ItemClass, Text};
use greenheart_units::{Dimension, Reading};

use super::document::Line;
use super::services::service_in;
use crate::tables::{Item, find_item, find_item_in};

/// What a line is.
#[derive(Debug, Clone)]
pub(super) struct Meaning {
    pub kind: ActivityKind,
    pub class: ItemClass,
    pub item: Text,
}

/// Class and item by list and prefix.
type Codes = BTreeMap<(&'static str, &'static str), (ItemClass, &'static str)>;

/// Class and, where it is sure, item of the first digits of a code.
static CODES: LazyLock<Codes> = LazyLock::new(|| {
    include_str!("../../../../data/items/classifications.csv")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(';');
            let (list, prefix) = (cells.next()?, cells.next()?);
            Some(((list, prefix), (cells.next()?.parse().ok()?, cells.next()?)))
        })
        .collect()
});

/// Our name of a code list: its code in UNCL 7143, or its plain name as EHF 2 has it.
fn list_of(list_id: &str) -> Option<&'static str> {
    Some(match list_id {
        "TST" | "UNSPSC" | "MP" => "unspsc",
        "STI" | "CPV" => "cpv",
        "TSP" | "CN" | "HS" => "cn",
        _ => return None,
    })
}

/// The first classification in a list we know, as `unspsc:15101505`.
pub(super) fn classification(line: &Line) -> Option<(&'static str, String)> {
    line.classes.iter().find_map(|(list, code)| {
        let list = list_of(list)?;
        let digits: String = code
            .chars()
            .take_while(|c| !matches!(c, '-'))
            .filter(char::is_ascii_digit)
            .collect();
        (digits.len() >= 2).then_some((list, digits))
    })
}

fn by_code(line: &Line) -> Option<(ItemClass, &'static str)> {
    let (list, digits) = classification(line)?;
    (1..=digits.len())
        .rev()
        .find_map(|length| CODES.get(&(list, digits.get(..length)?)).copied())
}

/// What the line is. `reading` is its quantity where the unit is known.
pub(super) fn meaning(line: &Line, reading: Option<&Reading>) -> Meaning {
    let measured = reading.map(|reading| reading.dimension);
    // Without a code the words decide: invoices count services in pieces too.
    let service = service_in(&line.name, measured);
    let coded = by_code(line).or(service);
    let is_service = coded.is_some_and(|(class, _)| class == ItemClass::WasteService);
    // Sawdust, film and tyres are bought as often as they are thrown away.
    let thrown_away = |item: &&Item| item.kind != ActivityKind::Waste || is_service || says_waste(&line.name);
    let named = find_item_in(&line.name).filter(thrown_away);
    let by_code_item = coded.and_then(|(_, item)| find_item(item));
    // A name says what it is more exactly than a class, unless they contradict each other.
    let item = match (named, coded) {
        (Some(item), Some((class, _))) if class != item.class && by_code_item.is_some() => by_code_item,
        (Some(item), _) => Some(item),
        (None, _) => by_code_item,
    };
    let class = item.map(|item| item.class).or(coded.map(|(class, _)| class));
    let class = class
        .filter(|class| *class != ItemClass::None)
        .unwrap_or_else(|| class_of_unit(measured));
    // What a service is called may name a person; what class it is of says enough.
    let unnamed = matches!(class, ItemClass::Services | ItemClass::Travel);
    let text = match item {
        Some(item) => item.key,
        None if unnamed => "services",
        None => line.name.as_str(),
    };
    Meaning {
        kind: kind_of(item, class, measured),
        class,
        item: text.into(),
    }
}

/// Parts of words of lines about getting rid of something.
const WASTE_WORDS: [&str; 17] = [
    "avfall",
    "waste",
    "skrap",
    "scrap",
    "retur",
    "tømming",
    "deponi",
    "landfill",
    "disposal",
    "gjenvinning",
    "slam",
    "sludge",
    "avløp",
    "sewage",
    "weee",
    "spillolje",
    "rivemasse",
];

fn says_waste(name: &str) -> bool {
    let name = name.to_lowercase();
    WASTE_WORDS.iter().any(|word| name.contains(word))
}

/// A physical kind only where what was measured fits it; else it is a purchase of its class.
fn kind_of(item: Option<&Item>, class: ItemClass, measured: Option<Dimension>) -> ActivityKind {
    let fits =
        |kind: ActivityKind, allowed: &[Dimension]| measured.filter(|found| allowed.contains(found)).map(|_| kind);
    let physical = match class {
        ItemClass::Electricity => fits(ActivityKind::Electricity, &[Dimension::Energy]),
        ItemClass::Heat => fits(ActivityKind::Heat, &[Dimension::Energy]),
        ItemClass::StationaryFuel | ItemClass::VehicleFuel if item.is_some() => fits(
            ActivityKind::Fuel,
            &[Dimension::Volume, Dimension::Mass, Dimension::Energy],
        ),
        ItemClass::Freight => fits(ActivityKind::Transport, &[Dimension::FreightWork]),
        ItemClass::WasteService if item.is_some_and(|item| item.kind == ActivityKind::Waste) => {
            fits(ActivityKind::Waste, &[Dimension::Mass])
        }
        ItemClass::Travel => fits(ActivityKind::Travel, &[Dimension::Length, Dimension::PassengerWork]),
        ItemClass::Capital => Some(ActivityKind::CapitalGood),
        _ => None,
    };
    physical.unwrap_or(ActivityKind::Purchase)
}

/// Goods are weighed, measured and counted; time is a service.
fn class_of_unit(measured: Option<Dimension>) -> ItemClass {
    match measured {
        Some(Dimension::Energy) => ItemClass::Electricity,
        Some(Dimension::FreightWork) => ItemClass::Freight,
        Some(Dimension::PassengerWork) => ItemClass::Travel,
        Some(Dimension::Time) | None => ItemClass::Services,
        Some(_) => ItemClass::Goods,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use greenheart_units::Amount;

    fn line(name: &str, classes: &[(&str, &str)]) -> Line {
        Line {
            name: name.into(),
            classes: classes.iter().map(|(l, c)| ((*l).into(), (*c).into())).collect(),
            ..Line::default()
        }
    }

    #[test]
    fn every_code_leads_to_a_class_and_a_known_item() {
        let lines = include_str!("../../../../data/items/classifications.csv")
            .lines()
            .count();
        assert_eq!(CODES.len() + 1, lines, "a line is broken or stands twice");
        for ((list, prefix), (_, item)) in CODES.iter() {
            assert!(
                item.is_empty() || find_item(item).is_some(),
                "{list} {prefix}: no item `{item}`"
            );
        }
    }

    #[test]
    fn lines_by_name_code_and_unit() {
        let of = |dimension| Reading::new(Amount::ONE, dimension);
        for (line, measured, kind, item) in [
            (
                line("Autodiesel B7, 500 l", &[]),
                Some(Dimension::Volume),
                ActivityKind::Fuel,
                "diesel",
            ),
            (
                line("Levering", &[("TST", "15101505")]),
                Some(Dimension::Volume),
                ActivityKind::Fuel,
                "diesel",
            ),
            (
                line("Levering", &[("STI", "09134220-5")]),
                Some(Dimension::Count),
                ActivityKind::Purchase,
                "diesel",
            ),
            (
                line("Stålplater 10 mm", &[]),
                Some(Dimension::Mass),
                ActivityKind::Purchase,
                "steel",
            ),
            (
                line("Restavfall", &[]),
                Some(Dimension::Mass),
                ActivityKind::Waste,
                "mixed_waste",
            ),
            (
                line("Celluloseflis og sagflis", &[]),
                Some(Dimension::Mass),
                ActivityKind::Purchase,
                "Celluloseflis og sagflis",
            ),
            (
                line("Sagflis", &[("TST", "76121500")]),
                Some(Dimension::Mass),
                ActivityKind::Waste,
                "wood_waste",
            ),
            (
                line("Dekk til truck", &[]),
                Some(Dimension::Mass),
                ActivityKind::Purchase,
                "Dekk til truck",
            ),
            (
                line("Tømming restavfall", &[]),
                Some(Dimension::Count),
                ActivityKind::Purchase,
                "mixed_waste",
            ),
            (
                line("Laptop", &[("MP", "43211503")]),
                Some(Dimension::Count),
                ActivityKind::CapitalGood,
                "ict_equipment",
            ),
            (
                line("Timer konsulent", &[]),
                Some(Dimension::Time),
                ActivityKind::Purchase,
                "services",
            ),
            (
                line("Fjernvarme januar", &[]),
                Some(Dimension::Energy),
                ActivityKind::Heat,
                "district_heat",
            ),
            (
                line("Spesialdel X-17", &[]),
                Some(Dimension::Count),
                ActivityKind::Purchase,
                "Spesialdel X-17",
            ),
        ] {
            let found = meaning(&line, measured.map(of).as_ref());
            assert_eq!((found.kind, &*found.item), (kind, item), "{}", line.name);
        }
    }
}
