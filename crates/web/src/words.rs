//! Messages in Norwegian bokmål and English. A page says nothing that is not here.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

/// Which language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Norwegian bokmål.
    Nb,
    /// English.
    En,
}

impl Tongue {
    /// The code of `<html lang>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::En => "en",
        }
    }

    /// By its code.
    pub fn of(code: &str) -> Option<Self> {
        match code {
            "nb" | "no" | "nn" => Some(Self::Nb),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The first language of `Accept-Language` that is spoken here; bokmål when there is none.
    pub fn accepted(header: &str) -> Self {
        let mut codes = header
            .split(',')
            .filter_map(|one| one.split([';', '-']).next().map(str::trim));
        codes.find_map(Self::of).unwrap_or(Self::Nb)
    }
}

/// The messages of one language.
pub struct Words {
    bundle: FluentBundle<FluentResource>,
    /// Which.
    pub tongue: Tongue,
}

const NB: &str = concat!(
    include_str!("../locales/nb.ftl"),
    "\n",
    include_str!("../locales/nb-account.ftl"),
    "\n",
    include_str!("../locales/circular.nb.ftl")
);
const EN: &str = concat!(
    include_str!("../locales/en.ftl"),
    "\n",
    include_str!("../locales/en-account.ftl"),
    "\n",
    include_str!("../locales/circular.en.ftl")
);

static NORWEGIAN: LazyLock<Words> = LazyLock::new(|| Words::read(Tongue::Nb, NB));
static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::read(Tongue::En, EN));

impl Words {
    /// The messages of `tongue`.
    pub fn of(tongue: Tongue) -> &'static Self {
        match tongue {
            Tongue::Nb => &NORWEGIAN,
            Tongue::En => &ENGLISH,
        }
    }

    fn read(tongue: Tongue, source: &str) -> Self {
        // A file that does not parse still gives the messages that do; a test holds both files to account.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
        let mut bundle = FluentBundle::new_concurrent(vec![tongue.code().parse().unwrap_or_default()]);
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { bundle, tongue }
    }

    /// The message, when there is one.
    pub fn find(&self, key: &str, places: &[(&str, &str)]) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut arguments = FluentArgs::new();
        for (name, value) in places {
            arguments.set(*name, *value);
        }
        Some(
            self.bundle
                .format_pattern(pattern, Some(&arguments), &mut Vec::new())
                .into_owned(),
        )
    }

    /// The message with its places filled; a key that is missing shows as `⟨key⟩`, which a test looks for.
    pub fn with(&self, key: &str, places: &[(&str, &str)]) -> String {
        self.find(key, places).unwrap_or_else(|| format!("⟨{key}⟩"))
    }

    /// The message.
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// What a code of the ledger is called: its message, else the code with spaces.
    pub fn name(&self, family: &str, code: &str) -> String {
        self.known(family, code)
            .unwrap_or_else(|| code.replace(['_', '.'], " "))
    }

    /// What a code of the ledger is called, when there is a message for it.
    pub fn known(&self, family: &str, code: &str) -> Option<String> {
        let key: String = code
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_lowercase()
                } else {
                    '_'
                }
            })
            .collect();
        self.find(&format!("{family}-{key}"), &[])
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
    fn the_language_that_a_browser_asks_for() {
        for (header, expect) in [
            ("", Tongue::Nb),
            ("nb-NO,nb;q=0.9,en;q=0.8", Tongue::Nb),
            ("en-GB,en;q=0.9", Tongue::En),
            ("de, en;q=0.5", Tongue::En),
            ("nn", Tongue::Nb),
            ("fr", Tongue::Nb),
        ] {
            assert_eq!(Tongue::accepted(header), expect, "{header}");
        }
    }

    #[test]
    fn a_code_without_a_message_is_still_readable() {
        assert_eq!(Words::of(Tongue::En).name("line", "spend.odd_thing"), "spend odd thing");
    }
}
