//! What an explanation says, in the language of its reader. The verb answers in plain words and codes that a program can
//! read; here each piece of them is said as people say it.

use greenheart_units::{Amount, Rounding};

use crate::numbers;
use crate::shown::item_of_catalogue;
use crate::words::Words;

/// A title or a label: pieces apart by ` · `.
pub fn label(text: &str, words: &Words) -> String {
    if let Some(known) = words.known("label", text) {
        return known;
    }
    // A line of revenue has no scope and no method; saying so says nothing.
    let says = |one: &&str| !matches!(*one, "scope none" | "not_applicable");
    let pieces = text.split(" · ").filter(says).filter_map(|one| piece(one, words));
    pieces.collect::<Vec<_>>().join(" · ")
}

/// A value that is words: codes, numbers with their unit, counts.
pub fn value(text: &str, words: &Words) -> String {
    if let Some((stated, computed)) = text
        .split_once("; the file states ")
        .map(|(computed, stated)| (stated, computed))
    {
        let computed = number(computed, words).unwrap_or_else(|| computed.to_owned());
        return match stated {
            "none" => words.with("total-not-stated", &[("computed", &computed)]),
            stated => {
                let stated = number(stated, words).unwrap_or_else(|| stated.to_owned());
                words.with("total-differs", &[("computed", &computed), ("stated", &stated)])
            }
        };
    }
    if let Some(stated) = text.strip_suffix(", as the file states") {
        let stated = number(stated, words).unwrap_or_else(|| stated.to_owned());
        return words.with("total-as-stated", &[("stated", &stated)]);
    }
    if let Some((count, severity)) = text.split_once(" × ")
        && let Some(severity) = words.find(&format!("severity-{severity}"), &[])
    {
        return format!("{count} × {severity}");
    }
    if let Some((size, hash)) = text.split_once(" bytes, sha256 ") {
        let size = size
            .parse()
            .map_or_else(|_| size.to_owned(), |size| numbers::count(size, words.tongue));
        return words.with("file-size", &[("size", &size), ("hash", hash)]);
    }
    let parts: Vec<String> = text
        .split(", ")
        .map(|one| covered(one, words).unwrap_or_else(|| one.to_owned()))
        .collect();
    match parts.as_slice() {
        [one] => piece(one, words).unwrap_or_default(),
        _ => parts.join(", "),
    }
}

/// What of a gap its heading does not say.
pub fn gap(detail: &str, words: &Words) -> String {
    let Some((before, rest)) = detail.split_once(": ") else {
        return match detail.strip_suffix(" has not ended") {
            Some(year) => words.with("gap-says-not-over", &[("year", year)]),
            None => gap_says(detail, words),
        };
    };
    match words.find(&format!("coverage-{before}"), &[]) {
        Some(kind) => format!("{kind}: {rest}"),
        None => format!("{before}: {}", gap_says(rest, words)),
    }
}

fn gap_says(text: &str, words: &Words) -> String {
    if let Some((rows, nok)) = text
        .strip_suffix(" NOK wait for a factor, here or in the base year")
        .and_then(|rest| rest.split_once(" rows of "))
    {
        let nok = nok
            .parse()
            .map_or_else(|_| nok.to_owned(), |nok| numbers::readable(nok, "NOK", words.tongue));
        return words.with("gap-says-unbound", &[("rows", &counted(rows, words)), ("nok", &nok)]);
    }
    for (ending, key) in [
        (" rows of revenue state no NOK", "gap-says-without-nok"),
        (
            " rows of material state no mass, here or in the base year",
            "gap-says-without-mass",
        ),
    ] {
        if let Some(rows) = text.strip_suffix(ending) {
            return words.with(key, &[("rows", &counted(rows, words))]);
        }
    }
    let key = match text {
        "more than the tolerated share rests on spend" => "gap-says-spend",
        "no price index reaches it, so constant prices are missing" => "gap-says-index",
        "rows of the entity as a whole, sites outside, and no key" => "gap-says-key",
        "its size is not known, so neither is the panel's share" => "gap-says-size",
        other => {
            return match other.strip_prefix("no member is complete in ") {
                Some(years) => words.with("gap-says-nobody", &[("years", &years.replace(" and ", ", "))]),
                None => other.to_owned(),
            };
        }
    };
    words.text(key)
}

fn counted(number: &str, words: &Words) -> String {
    number
        .parse()
        .map_or_else(|_| number.to_owned(), |count| numbers::count(count, words.tongue))
}

/// A piece; `None` when it says nothing, such as that there is no category.
fn piece(text: &str, words: &Words) -> Option<String> {
    if let Some(category) = text.strip_prefix("category ") {
        return match category {
            "0" => None,
            category => Some(
                words
                    .find(&format!("category-{category}"), &[])
                    .unwrap_or_else(|| text.to_owned()),
            ),
        };
    }
    if let Some(scope) = text.strip_prefix("scope ") {
        return Some(
            words
                .find(&format!("scope-{scope}"), &[])
                .unwrap_or_else(|| text.to_owned()),
        );
    }
    Some(
        sentence(text, words)
            .or_else(|| number(text, words))
            .or_else(|| named(text, words))
            .unwrap_or_else(|| text.to_owned()),
    )
}

/// What has a place in it.
fn sentence(text: &str, words: &Words) -> Option<String> {
    if let Some(rows) = text.strip_suffix(" rows") {
        let count = numbers::count(rows.parse().ok()?, words.tongue);
        return Some(words.with("rows-count", &[("count", &count)]));
    }
    if let Some(batch) = text.strip_prefix("superseded by ") {
        return Some(words.with("state-superseded-by", &[("batch", batch)]));
    }
    if let Some(reason) = text.strip_prefix("withdrawn: ") {
        return Some(words.with("state-withdrawn", &[("reason", reason)]));
    }
    if let Some((month, nok)) = text.split_once(": better evidence") {
        let better = words.text("better-evidence");
        let nok = nok.strip_prefix(" of ").and_then(|nok| number(nok, words));
        return Some(nok.map_or_else(
            || format!("{month}: {better}"),
            |nok| format!("{month}: {better}, {nok}"),
        ));
    }
    match text {
        "counts" => Some(words.text("state-visible")),
        "erased" => Some(words.text("state-erased")),
        "no factor" => Some(words.text("method-unbound")),
        _ => None,
    }
}

/// A number with its unit, or alone.
fn number(text: &str, words: &Words) -> Option<String> {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    // A year, a month and an account are no amounts.
    let amount: Amount = number
        .parse()
        .ok()
        .filter(|_| !unit.is_empty() || number.contains('.'))?;
    let decimals = (0..=Amount::SCALE)
        .find(|decimals| amount.rounded(*decimals, Rounding::HalfEven) == amount)
        .unwrap_or(Amount::SCALE);
    let spelled = numbers::number(amount, decimals, words.tongue);
    Some(if unit.is_empty() {
        spelled
    } else {
        format!("{spelled}\u{a0}{unit}")
    })
}

/// `accounts 2024`: a kind of data and its period.
fn covered(text: &str, words: &Words) -> Option<String> {
    let (kind, period) = text.split_once(' ')?;
    Some(format!("{} {period}", words.find(&format!("coverage-{kind}"), &[])?))
}

/// What a code is called, whatever it is a code of.
fn named(text: &str, words: &Words) -> Option<String> {
    if let Some((reader, version)) = text.split_once('@') {
        let known = words.known("reader", reader);
        return known.map(|name| format!("{name} ({reader}@{version})"));
    }
    ["method", "kind", "line", "item", "status", "label"]
        .iter()
        .find_map(|family| words.known(family, text))
        .or_else(|| item_of_catalogue(text, words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Tongue;

    #[test]
    fn gaps_are_said_in_the_language_of_the_reader() {
        let words = Words::of(Tongue::Nb);
        for (text, expect) in [
            ("energy: 2024-03, 2024-04", "energi: 2024-03, 2024-04"),
            (
                "2025: 72 rows of 5248965.82 NOK wait for a factor, here or in the base year",
                "2025: 72 rader på 5,2\u{a0}MNOK venter på en utslippsfaktor, i dette året eller i basisåret",
            ),
            ("2026 has not ended", "2026 er ikke over"),
            (
                "no member is complete in 2023 and 2025",
                "ingen medlemmer har alt for 2023, 2025",
            ),
        ] {
            assert_eq!(gap(text, words), expect, "{text}");
        }
    }

    #[test]
    fn a_line_of_revenue_is_named() {
        let words = Words::of(Tongue::En);
        assert_eq!(
            label("310000108 · revenue.domestic · scope none · not_applicable", words),
            "310000108 · sales in Norway"
        );
    }

    #[test]
    fn pieces_are_said_in_the_language_of_the_reader() {
        let words = Words::of(Tongue::Nb);
        for (text, expect) in [
            ("2025-10 · 242744.66 NOK", "2025-10 · 242\u{a0}744,66\u{a0}NOK"),
            ("fuel.combustion@1 · 12 rows", "fuel.combustion@1 · 12 rader"),
            (
                "scope 1 · category 0 · activity · 2025",
                "omfang 1 · etter mengde · 2025",
            ),
            ("310000000 · scope 2 · spend", "310000000 · omfang 2 · etter beløp"),
            (
                "saft@1 · 310000000 · 1250 rows · counts",
                "SAF-T Regnskap (saft@1) · 310000000 · 1\u{a0}250 rader · teller",
            ),
            ("no such thing", "no such thing"),
        ] {
            assert_eq!(label(text, words), expect, "{text}");
        }
    }

    #[test]
    fn values_are_too() {
        let words = Words::of(Tongue::En);
        for (text, expect) in [
            ("1200.5, as the file states", "1,200.5, as the file states"),
            ("3 × warning", "3 × Warning"),
            ("accounts 2024, energy 2024-03", "accounts 2024, energy 2024-03"),
            ("2024", "2024"),
            ("31.12.2024", "31.12.2024"),
        ] {
            assert_eq!(value(text, words), expect, "{text}");
        }
        let norwegian = value("accounts 2024, energy 2024-03", Words::of(Tongue::Nb));
        assert_eq!(norwegian, "regnskap 2024, energi 2024-03");
    }
}
