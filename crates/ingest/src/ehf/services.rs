//! Lines that are services by their words: cleaning, rent, advice, freight. Invoices count them in pieces, as they do goods.

use std::sync::LazyLock;

use greenheart_model::ItemClass;
use greenheart_units::Dimension;

/// Where in a word a sign stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Whole,
    Begin,
    End,
}

struct Sign {
    text: &'static str,
    place: Place,
    class: ItemClass,
    item: &'static str,
}

static SIGNS: LazyLock<Vec<Sign>> = LazyLock::new(|| {
    include_str!("../../../../data/items/services.csv")
        .lines()
        .skip(1)
        .filter_map(sign)
        .collect()
});

fn sign(line: &'static str) -> Option<Sign> {
    let mut cells = line.split(';');
    let (text, place) = (cells.next()?, cells.next()?);
    let place = match place {
        "whole" => Place::Whole,
        "begin" => Place::Begin,
        "end" => Place::End,
        _ => return None,
    };
    Some(Sign {
        text,
        place,
        class: cells.next()?.parse().ok()?,
        item: cells.next()?,
    })
}

/// Class and item of a service that a name tells of. What is weighed, or measured by volume or energy, is none.
pub(super) fn service_in(name: &str, measured: Option<Dimension>) -> Option<(ItemClass, &'static str)> {
    if !matches!(measured, None | Some(Dimension::Count | Dimension::Time)) {
        return None;
    }
    let name = name.to_lowercase();
    name.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .find_map(|word| SIGNS.iter().find(|sign| sign.is_in(word)))
        .map(|sign| (sign.class, sign.item))
}

impl Sign {
    fn is_in(&self, word: &str) -> bool {
        match self.place {
            Place::Whole => word == self.text,
            Place::Begin => word.starts_with(self.text),
            Place::End => word.ends_with(self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::find_item;

    #[test]
    fn the_list_is_whole() {
        let lines = include_str!("../../../../data/items/services.csv").lines().count();
        assert_eq!(SIGNS.len() + 1, lines, "a line is broken");
        for sign in SIGNS.iter() {
            assert!(find_item(sign.item).is_some(), "{}: no item `{}`", sign.text, sign.item);
        }
    }

    #[test]
    fn services_and_goods_by_name() {
        let count = Some(Dimension::Count);
        for (name, measured, class) in [
            ("Renhold uke 12", count, Some(ItemClass::Services)),
            ("Leie av lokaler og utstyr", count, Some(ItemClass::Services)),
            ("Liftleie", count, Some(ItemClass::Services)),
            ("Konsulentbistand", None, Some(ItemClass::Services)),
            ("Programvare og IT-drift", count, Some(ItemClass::Services)),
            ("Fakturagebyr", count, Some(ItemClass::Services)),
            ("Office rent", count, Some(ItemClass::Services)),
            ("Returfrakt", count, Some(ItemClass::Freight)),
            ("Containertransport", count, Some(ItemClass::Freight)),
            ("Rengjøringsmiddel 5 l", count, None),
            ("Arbeidsklær", count, None),
            ("Transportbånd", count, None),
            ("Verktøy og driftsmateriell", count, None),
            ("Leie", Some(Dimension::Mass), None),
            ("Stålplate 10 mm", count, None),
        ] {
            assert_eq!(service_in(name, measured).map(|(class, _)| class), class, "{name}");
        }
    }
}
