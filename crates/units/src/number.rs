//! Numbers as people and programs write them in Norwegian and English files.

use crate::{Amount, DecimalError, Rounding};

/// Which character separates the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// `1 250,5` or `1.250,5`: Norwegian.
    Comma,
    /// `1,250.5`: English.
    Point,
}

/// What is wrong with a written number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing stands there.
    #[error("the number is empty")]
    Empty,
    /// It is not a number in either convention.
    #[error("`{0}` is not a number")]
    NotANumber(String),
    /// `1.250` or `1,250`: a thousand or one and a quarter, and nothing around it says which.
    #[error("`{0}` can be read in two ways; say which decimal mark the column uses")]
    Ambiguous(String),
    /// It does not fit the ledger's scale.
    #[error("`{0}` is too large")]
    TooLarge(String),
}

/// Reads a number whose decimal mark must be inferred from the number itself.
///
/// Blanks of any kind (U+0020, U+00A0, U+202F, U+2009), apostrophes and underscores group
/// thousands; U+2212 and a trailing or bracketing minus negate. A lone mark followed by exactly
/// three digits is [`NumberError::Ambiguous`].
pub fn parse_number(text: &str) -> Result<Amount, NumberError> {
    let plain = strip(text)?;
    let (points, commas) = (plain.matches('.').count(), plain.matches(',').count());
    let mark = match (points, commas) {
        (0, 0) => DecimalMark::Point,
        (_, 0) if points > 1 => DecimalMark::Comma,
        (0, _) if commas > 1 => DecimalMark::Point,
        (_, 0) | (0, _) => lone_mark(&plain, text)?,
        _ if plain.rfind('.') > plain.rfind(',') => DecimalMark::Point,
        _ => DecimalMark::Comma,
    };
    finish(&plain, mark, text)
}

/// Reads a number whose decimal mark is known, as in a column with a saved mapping.
pub fn parse_number_with(text: &str, mark: DecimalMark) -> Result<Amount, NumberError> {
    finish(&strip(text)?, mark, text)
}

fn lone_mark(plain: &str, text: &str) -> Result<DecimalMark, NumberError> {
    let at = plain.find(['.', ',']).unwrap_or(0);
    let (before, after) = (&plain[..at], &plain[at + 1..]);
    let digits_before = before.trim_start_matches('-');
    let groups = after.len() == 3 && (1..=3).contains(&digits_before.len()) && digits_before != "0";
    match (groups, plain.as_bytes()[at]) {
        (true, _) => Err(NumberError::Ambiguous(text.to_owned())),
        (false, b',') => Ok(DecimalMark::Comma),
        (false, _) => Ok(DecimalMark::Point),
    }
}

/// The number with a plain leading minus and without grouping blanks.
fn strip(text: &str) -> Result<String, NumberError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(NumberError::Empty);
    }
    let not_a_number = || NumberError::NotANumber(text.to_owned());
    let (bracketed, inner) = match trimmed.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (true, inner),
        None => (false, trimmed),
    };
    let mut plain = String::with_capacity(inner.len());
    let mut minuses = usize::from(bracketed);
    for (at, character) in inner.char_indices() {
        match character {
            '0'..='9' | '.' | ',' => plain.push(character),
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}' | '_' => {}
            '-' | '\u{2212}' | '\u{2013}' if at == 0 || at + character.len_utf8() == inner.len() => minuses += 1,
            '+' if at == 0 => {}
            _ => return Err(not_a_number()),
        }
    }
    if minuses > 1 || !plain.contains(|c: char| c.is_ascii_digit()) {
        return Err(not_a_number());
    }
    if minuses == 1 {
        plain.insert(0, '-');
    }
    Ok(plain)
}

fn finish(plain: &str, mark: DecimalMark, text: &str) -> Result<Amount, NumberError> {
    let not_a_number = || NumberError::NotANumber(text.to_owned());
    let (group, decimal) = match mark {
        DecimalMark::Comma => ('.', ','),
        DecimalMark::Point => (',', '.'),
    };
    let (whole, decimals) = plain.split_once(decimal).unwrap_or((plain, ""));
    if decimals.contains([group, decimal]) || !well_grouped(whole, group) {
        return Err(not_a_number());
    }
    let whole: String = whole.chars().filter(|c| *c != group).collect();
    let number = if decimals.is_empty() {
        whole
    } else {
        format!("{whole}.{decimals}")
    };
    Amount::parse_rounded(&number, Rounding::HalfEven).map_err(|error| match error {
        DecimalError::Overflow => NumberError::TooLarge(text.to_owned()),
        _ => not_a_number(),
    })
}

/// Every group after the first has three digits.
fn well_grouped(whole: &str, group: char) -> bool {
    whole.split(group).skip(1).all(|digits| digits.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_norwegian_and_english() {
        for (text, value) in [
            ("1 250,5", "1250.5"),
            ("1\u{a0}250,50", "1250.5"),
            ("1\u{202f}250\u{202f}000,25", "1250000.25"),
            ("1.250,5", "1250.5"),
            ("1,250.5", "1250.5"),
            ("1.250.000", "1250000"),
            ("1,250,000", "1250000"),
            ("\u{2212}12,5", "-12.5"),
            ("12,5-", "-12.5"),
            ("(12,5)", "-12.5"),
            ("1'250.5", "1250.5"),
            ("0,125", "0.125"),
            ("0.125", "0.125"),
            ("-0,125", "-0.125"),
            ("1250.125", "1250.125"),
            ("2,3", "2.3"),
            ("007", "7"),
            (" 42 ", "42"),
            (",5", "0.5"),
        ] {
            assert_eq!(
                parse_number(text).map(|n| n.to_string()),
                Ok(value.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn says_when_a_number_has_two_readings() {
        for text in ["1.250", "1,250", "-12.345", "999,999"] {
            assert_eq!(parse_number(text), Err(NumberError::Ambiguous(text.into())), "{text}");
        }
        assert_eq!(
            parse_number_with("1.250", DecimalMark::Comma),
            Ok(Amount::from_integer(1250))
        );
        assert_eq!(
            parse_number_with("1.250", DecimalMark::Point).map(|n| n.to_string()),
            Ok("1.25".into())
        );
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "abc", "1,2,3", "1.2.3", "12-5", "--5", "1,25,000", "=1+1", "5 kWh", "∞", ".",
        ] {
            assert!(matches!(parse_number(text), Err(NumberError::NotANumber(_))), "{text}");
        }
        assert_eq!(parse_number("  "), Err(NumberError::Empty));
        assert_eq!(
            parse_number(&"9".repeat(60)),
            Err(NumberError::TooLarge("9".repeat(60)))
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,30}") {
            let _ = parse_number(&text);
            let _ = parse_number_with(&text, DecimalMark::Comma);
        }
    }
}
