//! Messages in Norwegian bokmål and English. A page says nothing that is not here.

use std::sync::LazyLock;

use crate::messages::Messages;

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
    messages: Messages,
    /// Which.
    pub tongue: Tongue,
}

const NB: &str = concat!(
    include_str!("../locales/nb.ftl"),
    "\n",
    include_str!("../locales/nb-account.ftl"),
    "\n",
    include_str!("../locales/nb-front.ftl"),
    "\n",
    include_str!("../locales/nb-nace.ftl"),
    "\n",
    include_str!("../locales/circular.nb.ftl")
);
const EN: &str = concat!(
    include_str!("../locales/en.ftl"),
    "\n",
    include_str!("../locales/en-account.ftl"),
    "\n",
    include_str!("../locales/en-front.ftl"),
    "\n",
    include_str!("../locales/en-nace.ftl"),
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
        Self {
            messages: Messages::read(tongue.code(), source),
            tongue,
        }
    }

    /// The message, when there is one.
    pub fn find(&self, key: &str, places: &[(&str, &str)]) -> Option<String> {
        self.messages.find(key, places)
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

    #[test]
    fn both_languages_say_everything() {
        let keys = Messages::keys(NB);
        assert!(keys.len() > 500, "{}", keys.len());
        assert_eq!(keys, Messages::keys(EN));
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
