//! Names of municipalities, from the same outlines that the map draws.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static NAMES: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("../assets/outlines.tsv").lines();
    let named = lines.filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut parts = line.split('\t');
        Some((parts.next()?, parts.next()?))
    });
    named.collect()
});

/// A municipality by its number as people call it; the number where it is not known.
pub fn municipality(number: &str) -> String {
    NAMES
        .get(number)
        .map_or_else(|| number.to_owned(), |name| (*name).to_owned())
}

/// The name with its number: two municipalities may have the same name.
pub fn numbered(number: &str) -> String {
    format!("{} ({number})", municipality(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn municipalities_have_names() {
        assert_eq!(municipality("3401"), "Kongsvinger");
        assert_eq!(municipality("9999"), "9999");
    }
}
