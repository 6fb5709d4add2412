//! Names of companies, as different people write the same one.

/// A name without case, signs, the form of the company, and the ways of writing æ, ø and å: names that are equal in
/// this form are the same company as far as a name can tell.
pub fn company_name(name: &str) -> String {
    let lower = name.to_lowercase().replace("a/s", " as ");
    let mut plain = String::with_capacity(lower.len());
    for letter in lower.chars() {
        match letter {
            'å' => plain.push('a'),
            'ø' | 'ö' => plain.push('o'),
            'æ' | 'ä' => plain.push_str("ae"),
            'é' | 'è' => plain.push('e'),
            'ü' => plain.push('u'),
            other if other.is_alphanumeric() => plain.push(other),
            _ => plain.push(' '),
        }
    }
    // Norwegian names without their letters: Aas is Ås.
    let plain = plain.replace("aa", "a");
    let form = |word: &&str| !matches!(*word, "as" | "asa" | "ans" | "da" | "sa" | "ba" | "ab" | "ltd" | "gmbh");
    plain.split_whitespace().filter(form).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::company_name;

    #[test]
    fn spellings_of_one_name_are_equal() {
        for (one, other) in [
            ("Nordås Stål AS", "NORDÅS STÅL AS"),
            ("Nordås Stål AS", "Nordaas Staal A/S"),
            ("Øyer Bær AS", "Oyer Baer"),
            ("Liten & Fiktiv AS", "LITEN  FIKTIV A/S"),
        ] {
            assert_eq!(company_name(one), company_name(other));
        }
        assert_ne!(company_name("Nordås Stål AS"), company_name("Nordås Stein AS"));
        assert_eq!(company_name("AS"), "");
    }
}
