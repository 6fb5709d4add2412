//! The items of the catalogue, and which item a publication means by its own words.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The catalogue of items: `key;kind;class;dimensions;name_nb;name_en;synonyms`.
const ITEMS: &str = include_str!("../../../data/items/items.csv");

/// What publications call our items: `family;category;name;group;item`.
const NAMES: &str = include_str!("../../../data/factors/names.csv");

/// An item by the words people use for it.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) name_nb: String,
    pub(crate) synonyms: Vec<String>,
}

/// Lower case, letters and digits in words joined by `-`.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        let letter = match letter {
            'å' | 'ä' | 'á' | 'à' => 'a',
            'ø' | 'ö' | 'ô' => 'o',
            'é' | 'è' => 'e',
            'ü' => 'u',
            other => other,
        };
        if letter == 'æ' {
            slug.push_str("ae");
        } else if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if letter == '>' {
            slug.push_str("-over-");
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_matches('-').replace("--", "-");
    slug.chars().take(160).collect()
}

/// Every item by key.
pub(crate) fn items() -> &'static HashMap<String, Item> {
    static ALL: OnceLock<HashMap<String, Item>> = OnceLock::new();
    ALL.get_or_init(|| {
        rows(ITEMS, 7)
            .map(|row| {
                let mut synonyms: Vec<String> = row[6].split('|').map(str::to_owned).collect();
                synonyms.push(row[5].clone());
                let item = Item {
                    name_nb: row[4].clone(),
                    synonyms,
                };
                (row[0].clone(), item)
            })
            .collect()
    })
}

/// The rows of a built-in table after its header, each with `columns` fields.
fn rows(table: &'static str, columns: usize) -> impl Iterator<Item = Vec<String>> {
    let lines = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.filter_map(move |line| {
        let fields: Vec<String> = line.split(';').map(str::to_owned).collect();
        (fields.len() == columns).then_some(fields)
    })
}

type Key = (String, String, String, String);

fn names() -> &'static HashMap<Key, Vec<String>> {
    static ALL: OnceLock<HashMap<Key, Vec<String>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: HashMap<Key, Vec<String>> = HashMap::new();
        for row in rows(NAMES, 5) {
            let key = (row[0].clone(), slug(&row[1]), slug(&row[2]), slug(&row[3]));
            all.entry(key).or_default().push(row[4].clone());
        }
        all
    })
}

/// Items that `family` of publications means by `name` in `category`, under the column heading `group`;
/// a table row without a heading holds for every heading. Empty when it is none of ours.
pub(crate) fn meant(family: &str, category: &str, name: &str, group: &str) -> &'static [String] {
    let key = |group: &str| (family.to_owned(), slug(category), slug(name), slug(group));
    let found = names().get(&key(group)).or_else(|| names().get(&key("")));
    found.map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_whole_and_name_known_items() {
        assert!(items().len() > 100);
        let names = NAMES.lines().filter(|line| !line.starts_with('#')).count() - 1;
        let known: usize = super::names().values().map(Vec::len).sum();
        assert_eq!(names, known, "a row of names.csv has other than five fields");
        for item in super::names().values().flatten() {
            assert!(item.starts_with("class.") || items().contains_key(item), "{item}");
        }
    }

    #[test]
    fn slugs_are_plain() {
        assert_eq!(
            slug("WTT- HGV (>3.5 – 7.5 t) Ærlig Ø"),
            "wtt-hgv-over-3-5-7-5-t-aerlig-o"
        );
        assert_eq!(slug("--"), "");
    }
}
