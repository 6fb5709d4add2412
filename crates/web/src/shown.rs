//! A figure on a page: its text, and the link to its reason.

use std::fmt;

use greenheart_app::FigureView;
use greenheart_model::Ref;
use greenheart_units::Amount;

use crate::numbers;
use crate::words::Words;

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
}
