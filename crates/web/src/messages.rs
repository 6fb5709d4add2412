//! Messages of one language, by Fluent: for the pages and for the command line alike.

use std::collections::BTreeSet;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

/// The messages of one language.
pub struct Messages(FluentBundle<FluentResource>);

impl Messages {
    /// Those of a message file in the language of `code`.
    pub fn read(code: &str, source: &str) -> Self {
        // A file that does not parse still gives the messages that do; a test holds every file to account.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
        let mut bundle = FluentBundle::new_concurrent(vec![code.parse().unwrap_or_default()]);
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self(bundle)
    }

    /// The message with its places filled, when there is one.
    pub fn find(&self, key: &str, places: &[(&str, &str)]) -> Option<String> {
        let pattern = self.0.get_message(key)?.value()?;
        let mut arguments = FluentArgs::new();
        for (name, value) in places {
            arguments.set(*name, *value);
        }
        let text = self.0.format_pattern(pattern, Some(&arguments), &mut Vec::new());
        Some(text.into_owned())
    }

    /// The keys of a message file; none when it does not parse.
    pub fn keys(source: &str) -> BTreeSet<&str> {
        if FluentResource::try_new(source.to_owned()).is_err() {
            return BTreeSet::new();
        }
        source
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
            .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim()))
            .collect()
    }
}
