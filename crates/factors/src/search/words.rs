//! Words of Norwegian and English names, brought to a common form.

/// Words that say nothing about a factor.
const EMPTY: &[&str] = &[
    "og", "i", "av", "til", "fra", "for", "med", "per", "and", "of", "to", "from", "the", "a", "an", "in", "with",
    "en", "et",
];

/// Endings that are taken off, longest first: definite and plural forms, genitives, participles.
const ENDINGS: &[&str] = &[
    "ings", "ingen", "ingene", "ene", "ane", "ens", "ets", "ers", "ing", "ies", "ete", "ede", "er", "en", "et", "ar",
    "es", "ed", "e", "s",
];

/// A word keeps at least this many letters.
const SHORTEST_STEM: usize = 4;

/// The words of a text: lower case, without accents, stems only, in order.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in text.chars().flat_map(char::to_lowercase).chain([' ']) {
        match plain(letter) {
            Some(letters) => word.push_str(letters),
            None if letter.is_alphanumeric() => word.push(letter),
            None => {
                if !word.is_empty() && !EMPTY.contains(&word.as_str()) {
                    words.push(stem(&word).to_owned());
                }
                word.clear();
            }
        }
    }
    words
}

/// How a letter with a mark is written without it.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'å' | 'á' | 'à' | 'ä' => "a",
        'ø' | 'ö' | 'ó' => "o",
        'æ' => "ae",
        'é' | 'è' | 'ê' => "e",
        'ü' => "u",
        '³' => "3",
        '²' => "2",
        _ => return None,
    })
}

/// A word without its ending, when enough is left. Words with digits (`r404a`) stay as they are.
fn stem(word: &str) -> &str {
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        return word;
    }
    let mut endings: Vec<&&str> = ENDINGS.iter().filter(|ending| word.ends_with(**ending)).collect();
    endings.sort_by_key(|ending| std::cmp::Reverse(ending.len()));
    let taken = endings
        .into_iter()
        .find(|ending| word.chars().count() >= ending.len() + SHORTEST_STEM);
    taken.map_or(word, |ending| &word[..word.len() - ending.len()])
}

/// The runs of three letters of a word, with its ends marked.
pub(super) fn trigrams(word: &str) -> Vec<[char; 3]> {
    let letters: Vec<char> = [' ', ' '].into_iter().chain(word.chars()).chain([' ']).collect();
    let mut all: Vec<[char; 3]> = letters.windows(3).map(|run| [run[0], run[1], run[2]]).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether one word becomes the other by one slip: a letter left out, put in, changed, or two swapped; by two
/// in words of eight letters and more. Short words are never near.
pub(super) fn near(one: &str, other: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let allowed = match a.len().min(b.len()) {
        0..=3 => return false,
        4..=7 => 1,
        _ => 2,
    };
    if a.len().abs_diff(b.len()) > allowed || a.len().max(b.len()) > 40 {
        return false;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = changed.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()] <= allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_meet() {
        for (one, other) in [
            ("fjernvarmen", "fjernvarme"),
            ("lastebiler", "lastebil"),
            ("avfallet", "avfall"),
            ("Aluminium", "aluminium"),
            ("Pellets", "pellet"),
            ("flights", "flight"),
            ("kjølemidler", "kjølemidlene"),
        ] {
            assert_eq!(words(one), words(other), "{one}");
        }
        assert_eq!(words("R404A og vann"), ["r404a", "vann"]);
        assert_eq!(words(" ,- "), Vec::<String>::new());
    }

    #[test]
    fn slips_are_near() {
        for (one, other, expect) in [
            ("plsat", "plast", true),
            ("diesl", "diesel", true),
            ("fjernvrame", "fjernvarme", true),
            ("bil", "bol", false),
            ("stal", "glas", false),
            ("aluminium", "aluminum", true),
        ] {
            assert_eq!(near(one, other), expect, "{one} {other}");
        }
    }
}
