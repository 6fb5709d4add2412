//! Norwegian bokmål and English, by Fluent.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

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
    bundle: FluentBundle<FluentResource>,
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
        // A message file that does not parse still gives the messages that do; a test holds both files to account.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
        let mut bundle = FluentBundle::new_concurrent(vec![code.parse().unwrap_or_default()]);
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { bundle, tongue }
    }

    /// The message with this key; the key itself when there is none.
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The message with its places filled.
    pub fn with(&self, key: &str, places: &[(&str, &str)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut arguments = FluentArgs::new();
        for (name, value) in places {
            arguments.set(*name, *value);
        }
        let mut errors = Vec::new();
        self.bundle
            .format_pattern(pattern, Some(&arguments), &mut errors)
            .into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(source: &str) -> BTreeSet<&str> {
        source
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
            .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim()))
            .collect()
    }

    #[test]
    fn both_languages_say_everything() {
        assert!(FluentResource::try_new(NB.to_owned()).is_ok());
        assert!(FluentResource::try_new(EN.to_owned()).is_ok());
        assert_eq!(keys(NB), keys(EN));
    }

    #[test]
    fn places_are_filled() {
        let english = Language::new(Tongue::En);
        assert_eq!(english.with("imported-rows", &[("rows", "5")]), "5 rows taken in");
        assert_eq!(english.text("no-such-key"), "no-such-key");
    }
}
