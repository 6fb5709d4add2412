//! A figure on a page: its text, and the link to its reason.

use std::fmt;

use greenheart_app::FigureView;
use greenheart_model::Ref;
use greenheart_units::Amount;

use crate::numbers;
use crate::words::{Tongue, Words};

/// Text that opens to its reason. Renders as HTML, escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// As people read it.
    pub text: String,
    /// Where it is explained; `None` when it is missing, so that there is nothing to explain.
    pub href: Option<String>,
}

impl Shown {
    /// An amount with its reference; missing is missing.
    pub fn amount(value: Option<Amount>, unit: &str, reference: &Ref, words: &Words) -> Self {
        match value {
            Some(value) => Self {
                text: numbers::readable(value, unit, words.tongue),
                href: Some(why(reference)),
            },
            None => Self {
                text: words.text("missing"),
                href: None,
            },
        }
    }

    /// A figure of the goals.
    pub fn figure(figure: &FigureView, words: &Words) -> Self {
        Self::amount(figure.value, &figure.unit, &figure.reference, words)
    }

    /// Another text for the same reason.
    pub fn saying(&self, text: String) -> Self {
        Self {
            text,
            href: self.href.clone(),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = escape(&self.text);
        match &self.href {
            Some(href) => write!(f, "<a class=\"figure\" href=\"{}\">{text}</a>", escape(href)),
            None => write!(f, "<span class=\"missing\">{text}</span>"),
        }
    }
}

// It escapes what it is made of.
impl askama::filters::HtmlSafe for Shown {}

/// The page that explains a reference.
pub fn why(reference: &Ref) -> String {
    format!("/why/{}", encoded(&reference.to_string()))
}

/// Text in an address: what has a meaning there is written as its bytes; `/` stays.
pub fn encoded(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' | b':' | b'@' => {
                out.push(char::from(byte));
            }
            // Writing to a string cannot fail.
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Text in HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// What a figure of the goals is called; of those by material, the part and the material.
pub fn figure_name(name: &str, words: &Words) -> String {
    let by_material = ["primary_input", "waste_lost"].into_iter().find_map(|part| {
        let item = name.strip_prefix(part)?.strip_prefix('_')?.strip_suffix("_kg")?;
        Some(words.with(&format!("figure-{part}-of"), &[("item", &line_name(item, words))]))
    });
    words
        .known("figure", name)
        .or(by_material)
        .unwrap_or_else(|| words.name("figure", name))
}

/// What a reporting line is called; a line that is an item of the catalogue has its name.
pub fn line_name(line: &str, words: &Words) -> String {
    words
        .known("line", line)
        .or_else(|| item_of_catalogue(line, words))
        .unwrap_or_else(|| words.name("line", line))
}

/// What an item of the catalogue is called.
pub fn item_of_catalogue(item: &str, words: &Words) -> Option<String> {
    greenheart_app::item_name(item).map(|(english, norwegian)| match words.tongue {
        Tongue::En => english.to_owned(),
        Tongue::Nb => norwegian.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out() {
        let shown = Shown {
            text: "<b>&".into(),
            href: Some("/why/\"><script>".into()),
        };
        assert_eq!(
            shown.to_string(),
            "<a class=\"figure\" href=\"/why/&quot;&gt;&lt;script&gt;\">&lt;b&gt;&amp;</a>"
        );
        assert_eq!(encoded("fig:line/a b/ø?#%"), "fig:line/a%20b/%C3%B8%3F%23%25");
    }

    #[test]
    fn figures_and_lines_are_named_in_both_languages() {
        let (en, nb) = (Words::of(Tongue::En), Words::of(Tongue::Nb));
        assert_eq!(figure_name("primary_input_kg", en), "Primary material from outside");
        let by_material = "primary_input_glass_kg";
        assert!(figure_name(by_material, en).starts_with("Primary material: "));
        assert!(figure_name(by_material, nb).starts_with("Primært materiale: "));
        assert_ne!(line_name("glass", en), line_name("no_such_thing", en));
        assert_eq!(line_name("no_such_thing", en), "no such thing");
    }
}
