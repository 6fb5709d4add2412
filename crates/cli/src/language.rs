//! Norwegian bokmål and English, by Fluent.

use greenheart_web::Messages;

/// Which language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Tongue {
    /// Norwegian bokmål.
    Nb,
    /// English.
    En,
}

/// The messages of one language.
pub struct Language {
    messages: Messages,
    /// Which.
    pub tongue: Tongue,
}

const NB: &str = concat!(
    include_str!("../locales/nb.ftl"),
    include_str!("../locales/circular.nb.ftl")
);
const EN: &str = concat!(
    include_str!("../locales/en.ftl"),
    include_str!("../locales/circular.en.ftl")
);

impl Language {
    /// The messages of `tongue`.
    pub fn new(tongue: Tongue) -> Self {
        let (source, code) = match tongue {
            Tongue::Nb => (NB, "nb"),
            Tongue::En => (EN, "en"),
        };
        Self {
            messages: Messages::read(code, source),
            tongue,
        }
    }

    /// The message with this key; the key itself when there is none.
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The message with its places filled.
    pub fn with(&self, key: &str, places: &[(&str, &str)]) -> String {
        self.messages.find(key, places).unwrap_or_else(|| key.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_everything() {
        let keys = Messages::keys(NB);
        assert!(keys.len() > 300, "{}", keys.len());
        assert_eq!(keys, Messages::keys(EN));
    }

    #[test]
    fn places_are_filled() {
        let english = Language::new(Tongue::En);
        assert_eq!(english.with("imported-rows", &[("rows", "5")]), "5 rows taken in");
        assert_eq!(english.text("no-such-key"), "no-such-key");
    }
}
