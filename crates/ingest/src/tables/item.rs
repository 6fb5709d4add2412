//! The item catalogue: one key for each thing that factors and tables both name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use greenheart_model::{ActivityKind, ItemClass, WasteCode};
use greenheart_units::Dimension;

use super::field::normalise;

/// A thing that activities are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its key, as in [`greenheart_model::Activity::item`].
    pub key: &'static str,
    /// The kind of activity it usually is.
    pub kind: ActivityKind,
    /// Its class for reconciliation.
    pub class: ItemClass,
    /// What may be measured of it.
    pub dimensions: Vec<Dimension>,
    /// Norwegian name.
    pub name_nb: &'static str,
    /// English name.
    pub name_en: &'static str,
    /// Other names.
    pub synonyms: Vec<&'static str>,
}

/// The catalogue of `data/items/items.csv`, in its order.
pub fn items() -> &'static [Item] {
    &CATALOGUE.items
}

static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::new(include_str!("../../../../data/items/items.csv")));

struct Catalogue {
    items: Vec<Item>,
    by_name: BTreeMap<String, usize>,
}

impl Catalogue {
    fn new(text: &'static str) -> Self {
        let items: Vec<Item> = text.lines().skip(1).filter_map(item).collect();
        let mut by_name = BTreeMap::new();
        for (at, item) in items.iter().enumerate() {
            let names = [item.key, item.name_nb, item.name_en];
            for name in names.iter().chain(&item.synonyms) {
                by_name.entry(normalise(name)).or_insert(at);
            }
        }
        Self { items, by_name }
    }
}

fn item(line: &'static str) -> Option<Item> {
    let cells: [&str; 7] = line.split(';').collect::<Vec<_>>().try_into().ok()?;
    let [key, kind, class, dimensions, name_nb, name_en, synonyms] = cells;
    Some(Item {
        key,
        kind: kind.parse().ok()?,
        class: class.parse().ok()?,
        dimensions: dimensions.split('|').filter_map(Dimension::from_name).collect(),
        name_nb,
        name_en,
        synonyms: synonyms.split('|').filter(|name| !name.is_empty()).collect(),
    })
}

/// The item with this key or name in either language, in any case.
pub(crate) fn find(text: &str) -> Option<&'static Item> {
    CATALOGUE.by_name.get(&normalise(text)).map(|at| &CATALOGUE.items[*at])
}

/// Words that are too general to say, inside a longer name, what a thing is.
const GENERAL: &[&str] = &[
    "varer",
    "goods",
    "deler",
    "parts",
    "tjenester",
    "tjeneste",
    "services",
    "leie",
    "produkt",
    "product",
    "produkter",
    "products",
    "utstyr",
    "equipment",
    "maskin",
    "maskiner",
    "machine",
    "machinery",
    "anlegg",
    "bygg",
    "building",
    "road",
    "rail",
    "truck",
    "kull",
    "bil",
    "tog",
    "skip",
    "ship",
    "sea",
    "sjø",
    "vei",
    "air",
    "car",
    "bus",
    "buss",
    "fly",
    "tre",
    "wood",
    "sand",
    "tile",
    "dekk",
    "grus",
    "ved",
    "logs",
    "lim",
    "glue",
    "def",
    "tap water",
    "water",
    "vann",
    "hotel",
    "hotell",
    "gass",
    "heat",
    "varme",
    "el",
    "power",
    "lakk",
    "glass",
    "papir",
    "paper",
    "tegl",
    "pc",
    "metall",
    "plast",
    "plastic",
    "papp",
];

/// The item that a longer text names: the longest name of the catalogue that stands in it as whole words.
pub(crate) fn find_in(text: &str) -> Option<&'static Item> {
    let plain = normalise(text);
    if let Some(exact) = CATALOGUE.by_name.get(&plain) {
        return Some(&CATALOGUE.items[*exact]);
    }
    let words: Vec<&str> = plain
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '/')))
        .filter(|word| !word.is_empty())
        .take(40)
        .collect();
    let mut best: Option<(usize, usize)> = None;
    for from in 0..words.len() {
        for to in from + 1..=words.len().min(from + 4) {
            let name = words[from..to].join(" ");
            let fits = name.chars().count() >= 4 && !GENERAL.contains(&name.as_str());
            if let Some(at) = CATALOGUE.by_name.get(&name).filter(|_| fits)
                && best.is_none_or(|(length, _)| name.len() > length)
            {
                best = Some((name.len(), *at));
            }
        }
    }
    best.map(|(_, at)| &CATALOGUE.items[at])
}

/// The item meant by `text` in a row of `kind`: `wood` handed over as waste is wood waste.
pub(crate) fn find_for(kind: ActivityKind, text: &str) -> Option<&'static Item> {
    let found = find(text);
    if kind == ActivityKind::Waste && found.is_none_or(|item| item.kind != kind) {
        let as_waste = found.and_then(|item| waste_of(item.key)).and_then(find);
        return as_waste.or(found);
    }
    found
}

fn waste_of(key: &str) -> Option<&'static str> {
    Some(match key {
        "wood" | "sawn_timber" | "pallets" | "particle_board" | "plywood" | "wood_chips" => "wood_waste",
        "paper" | "cardboard" => "paper_waste",
        "plastic" | "pe" | "pp" | "pet" | "pvc" | "ps" => "plastic_waste",
        "steel" | "stainless_steel" | "iron" | "copper" | "zinc" => "metal_waste",
        "aluminium" => "aluminium_waste",
        "glass" => "glass_waste",
        "concrete" | "brick" => "concrete_waste",
        "gypsum" => "gypsum_waste",
        "electronics" => "electronic_waste",
        "textiles" => "textile_waste",
        "food_raw" => "organic_waste",
        _ => return None,
    })
}

/// The item of a row that names none, where its kind has an obvious one.
pub(super) fn default_of(kind: ActivityKind, code: Option<WasteCode>) -> Option<&'static Item> {
    let key = match kind {
        ActivityKind::Electricity => "electricity",
        ActivityKind::Heat => "district_heat",
        ActivityKind::Transport => "freight",
        ActivityKind::Waste => return of_waste_code(code?),
        ActivityKind::ProductOutput | ActivityKind::Sale => "product",
        _ => return None,
    };
    find(key)
}

/// The item of the commonest codes of the European list of waste (Decision 2000/532/EC).
pub(crate) fn of_waste_code(code: WasteCode) -> Option<&'static Item> {
    let key = match code.as_str() {
        "150101" | "200101" | "030308" => "paper_waste",
        "150102" | "170203" | "200139" | "120105" => "plastic_waste",
        "150103" | "170201" | "200138" | "030105" | "030101" => "wood_waste",
        "150104" | "200140" | "170405" | "170407" | "170411" | "120101" | "120103" => "metal_waste",
        "170402" => "aluminium_waste",
        "150107" | "170202" | "200102" => "glass_waste",
        "170101" | "170102" | "170107" => "concrete_waste",
        "170802" => "gypsum_waste",
        "200108" | "200201" | "020304" => "organic_waste",
        "160103" => "tyre_waste",
        "200136" | "160214" => "electronic_waste",
        "170904" => "construction_waste",
        "200301" | "150106" => "mixed_waste",
        _ => return None,
    };
    find(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_an_item_and_every_name_leads_to_it() {
        let lines = include_str!("../../../../data/items/items.csv").lines().count();
        assert_eq!(items().len() + 1, lines);
        for item in items() {
            assert!(!item.dimensions.is_empty(), "{}", item.key);
            for name in [item.key, item.name_nb, item.name_en].iter().chain(&item.synonyms) {
                assert_eq!(find(name).map(|found| found.key), Some(item.key), "{name}");
            }
        }
    }

    #[test]
    fn names_in_both_languages() {
        for (kind, text, key) in [
            (ActivityKind::Fuel, "Autodiesel", Some("diesel")),
            (ActivityKind::Fuel, "HVO 100", Some("hvo100")),
            (ActivityKind::Refrigerant, "R-410A", Some("r410a")),
            (ActivityKind::Waste, "Trevirke", Some("wood_waste")),
            (ActivityKind::MaterialInput, "trevirke", Some("wood")),
            (ActivityKind::Waste, "Papp", Some("paper_waste")),
            (ActivityKind::Fuel, "rakettdrivstoff", None),
        ] {
            assert_eq!(find_for(kind, text).map(|item| item.key), key, "{text}");
        }
    }
}
