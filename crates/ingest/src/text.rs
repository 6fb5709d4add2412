//! Texts of a file: dates, names, and how much of them is kept.

use greenheart_model::{Date, Text};

/// Longest identifier or name that the schemas allow (`SAFlongtextType`).
pub(crate) const LONGEST: usize = 256;

/// The text, cut at the longest that the schemas allow.
pub(crate) fn bounded(text: &str) -> &str {
    if text.len() <= LONGEST {
        return text;
    }
    text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end])
}

/// At most forty characters of a text, for a finding.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

/// `2024-03-01`, also with a time or zone behind it.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        bytes[range].iter().try_fold(0_i16, |sum, byte| {
            byte.is_ascii_digit().then(|| sum * 10 + i16::from(byte - b'0'))
        })
    };
    Date::new(
        number(0..4)?,
        i8::try_from(number(5..7)?).ok()?,
        i8::try_from(number(8..10)?).ok()?,
    )
    .ok()
}

/// The name, if it is one of a company: names of sole traders are personal data and are not kept.
pub(crate) fn company_name(name: &str) -> Option<Text> {
    const FORMS: &[&str] = &[
        "as",
        "asa",
        "sa",
        "ans",
        "da",
        "ba",
        "hf",
        "kf",
        "iks",
        "nuf",
        "sf",
        "fkf",
        "brl",
        "ab",
        "oy",
        "oyj",
        "a/s",
        "aps",
        "gmbh",
        "ag",
        "kg",
        "ltd",
        "limited",
        "plc",
        "inc",
        "llc",
        "bv",
        "nv",
        "sarl",
        "srl",
        "spa",
        "ks",
        "se",
        "kommune",
        "fylkeskommune",
        "university",
        "universitet",
    ];
    let lower = name.to_lowercase();
    // The form stands behind the name (`Da Silva` is a person), but for a few old names that begin with it.
    let is_form =
        |word: &str| FORMS.contains(&word.trim_matches('.')) || FORMS.contains(&word.replace('.', "").as_str());
    let is_company = lower
        .split(|c: char| c.is_whitespace() || c == ',')
        .enumerate()
        .any(|(at, word)| is_form(word) && (at > 0 || matches!(word, "as" | "a/s")));
    is_company.then(|| name.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_names_are_not_kept() {
        for company in [
            "Bank AS",
            "Sågverk AB",
            "Meyer GmbH",
            "Grue kommune",
            "Dansk A/S",
            "Smith Ltd.",
        ] {
            assert!(company_name(company).is_some(), "{company}");
        }
        for person in ["Ola Nordmann", "Kari Snekker", "Hans Asbjørnsen", ""] {
            assert!(company_name(person).is_none(), "{person}");
        }
    }

    #[test]
    fn dates_with_and_without_time() {
        assert_eq!(
            parse_date("2024-02-29").map(|d| d.to_string()),
            Some("2024-02-29".into())
        );
        assert_eq!(
            parse_date("2024-02-29T10:00:00Z").map(|d| d.to_string()),
            Some("2024-02-29".into())
        );
        for bad in ["", "2023-02-29", "20240229", "2024-2-9", "ååååååååååå"] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
    }
}
