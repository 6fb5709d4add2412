//! What one piece weighs, where its name says so.

use greenheart_units::{Amount, Rate, Rounding};

/// kg of one piece by its name: `Sement 25 kg`, `Skruer 500g`, `Olje 12 x 0,5 kg`. `None` when no weight stands in it, or
/// several different ones do.
pub(super) fn of_name(name: &str) -> Option<Rate> {
    let words = words(name);
    let mut found: Option<Rate> = None;
    for (at, word) in words.iter().enumerate() {
        let (number, unit) = split(word);
        let unit = if unit.is_empty() {
            words.get(at + 1).map_or("", String::as_str)
        } else {
            unit
        };
        let Some(kg) = parse(number)
            .zip(kilograms(unit))
            .and_then(|(number, unit)| product(number, unit))
        else {
            continue;
        };
        let kg = product(kg, pieces(&words[..at]))?;
        if found.is_some_and(|earlier| earlier != kg) {
            return None;
        }
        found = Some(kg);
    }
    found.filter(|kg| !kg.is_zero())
}

/// Words in lower case; `12x500g` is `12`, `x`, `500g`.
fn words(name: &str) -> Vec<String> {
    let mut plain = String::with_capacity(name.len());
    let letters: Vec<char> = name.to_lowercase().chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let after_digit = at > 0 && letters[at - 1].is_ascii_digit();
        let before_digit = letters.get(at + 1).is_some_and(char::is_ascii_digit);
        let times = matches!(letter, 'x' | '×' | '*') && (after_digit || before_digit);
        if times {
            plain.push_str(" x ");
        } else if letter.is_alphanumeric() || (matches!(letter, ',' | '.') && after_digit && before_digit) {
            plain.push(*letter);
        } else {
            plain.push(' ');
        }
    }
    plain.split_whitespace().map(str::to_owned).collect()
}

/// Digits, and letters behind them.
fn split(word: &str) -> (&str, &str) {
    let end = word.find(|c: char| c.is_alphabetic()).unwrap_or(word.len());
    word.split_at(end)
}

fn parse(number: &str) -> Option<Rate> {
    if number.is_empty() || number.len() > 9 {
        return None;
    }
    Rate::parse_rounded(&number.replace(',', "."), Rounding::HalfEven).ok()
}

fn kilograms(unit: &str) -> Option<Rate> {
    let milli = match unit {
        "kg" | "kilo" => 1_000,
        "g" | "gr" | "gram" => 1,
        "t" | "tonn" | "tonne" => 1_000_000,
        _ => return None,
    };
    Some(Rate::from_mantissa(Rate::ONE_MANTISSA / 1_000 * milli))
}

/// The number before an `x`: how many are in a pack.
fn pieces(before: &[String]) -> Rate {
    match before {
        [.., count, times] if times == "x" => parse(count).unwrap_or(Rate::ONE),
        _ => Rate::ONE,
    }
}

fn product(one: Rate, other: Rate) -> Option<Rate> {
    one.times(other, Rounding::HalfEven).ok()
}

/// A rate of so many kg for each unit, for quantities of a dimension that is mass already.
pub(super) fn one() -> Rate {
    Amount::ONE.to_rate().unwrap_or(Rate::ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_in_names() {
        for (name, kg) in [
            ("Sement 25 kg sekk", Some("25")),
            ("Skruer 500g", Some("0.5")),
            ("Smøreolje 12 x 0,5 kg", Some("6")),
            ("Brød 20x750 g", Some("15")),
            ("Pukk 1 tonn storsekk", Some("1000")),
            ("Profil 40x40x3 mm", None),
            ("Bolt M12 x 80", None),
            ("Maling 10 l", None),
            ("Blanding 5 kg og 10 kg", None),
            ("Lim 0 kg", None),
            ("Stålplate", None),
        ] {
            assert_eq!(of_name(name).map(|kg| kg.to_string()).as_deref(), kg, "{name}");
        }
    }
}
