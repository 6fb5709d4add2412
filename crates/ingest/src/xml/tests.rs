//! The walk against another parser: quick-xml, which is slower and knows everything.

use std::io::Cursor;

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::lex::{Lexer, Token};
use super::*;

/// Events as lines: `<name`, `text`, `>`. Neighbouring texts are one.
fn ours(bytes: &[u8]) -> Option<Vec<String>> {
    let mut lexer = Lexer::new(Cursor::new(bytes), 1 << 20);
    let (mut events, mut text) = (Vec::new(), String::new());
    let flush = |text: &mut String, events: &mut Vec<String>| {
        if !text.is_empty() {
            events.push(std::mem::take(text));
        }
    };
    loop {
        match lexer.next().ok()? {
            Token::Start { element, empty } => {
                flush(&mut text, &mut events);
                let attributes: Vec<String> = element.attributes().map(|(k, v)| format!("{k}={v}")).collect();
                events.push(format!("<{} {}", element.local(), attributes.join(" ")));
                events.extend(empty.then(|| ">".to_owned()));
            }
            Token::End => {
                flush(&mut text, &mut events);
                events.push(">".to_owned());
            }
            Token::Text(piece) => push_resolved(&mut text, std::str::from_utf8(piece).ok()?, true).ok()?,
            Token::Section(piece) => push_resolved(&mut text, std::str::from_utf8(piece).ok()?, false).ok()?,
            Token::Over => {
                flush(&mut text, &mut events);
                return (lexer.depth() == 0).then_some(events);
            }
        }
    }
}

fn theirs(bytes: &[u8]) -> Option<Vec<String>> {
    let mut reader = Reader::from_reader(Cursor::new(bytes));
    reader.config_mut().expand_empty_elements = true;
    let (mut events, mut text, mut buffer, mut depth) = (Vec::new(), String::new(), Vec::new(), 0_usize);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(start) => {
                if !text.is_empty() {
                    events.push(std::mem::take(&mut text));
                }
                let attributes: Vec<String> = start
                    .attributes()
                    .map_while(Result::ok)
                    .map(|a| format!("{}={}", a.key.as_ref(), &*a.value))
                    .collect();
                events.push(format!("<{} {}", start.local_name().as_ref(), attributes.join(" ")));
                depth += 1;
            }
            Event::End(_) => {
                if !text.is_empty() {
                    events.push(std::mem::take(&mut text));
                }
                events.push(">".to_owned());
                depth -= 1;
            }
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            Event::CData(piece) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(character)) => character,
                    _ => resolve(&reference)?,
                };
                text.push(resolved);
            }
            Event::DocType(_) => return None,
            Event::Eof => {
                if !text.is_empty() {
                    events.push(text);
                }
                return (depth == 0).then_some(events);
            }
            _ => {}
        }
    }
}

#[test]
fn the_same_events_as_another_parser() {
    for text in [
        "<a/>",
        "<a b='1' c = \"x>y\"><p:d>1 &amp; 2&#10;</p:d><!-- <e> --><![CDATA[<f> & ]]></a>",
        "<?xml version=\"1.0\"?>\r\n<a>\r\nline\r</a>\n",
        "<a><b></b><b />text<c>ø&#xE6;</c></a>",
        "<a\n  x=\"1\"\n></a >",
        "text before <a/>",
        "<a><!-- one --><!-- two -->x<!---->y</a>",
    ] {
        let found = ours(text.as_bytes());
        assert!(found.is_some(), "{text}");
        assert_eq!(found, theirs(text.as_bytes()), "{text}");
    }
    for broken in [
        "<a>",
        "<a></b>",
        "</a>",
        "<a",
        "<a b=\"",
        "<!DOCTYPE a><a/>",
        "<a>&b;</a>",
        "<a>&amp</a>",
        "< a/>",
        "<a><![CDATA[</a>",
    ] {
        assert_eq!(ours(broken.as_bytes()), None, "{broken}");
    }
}

#[test]
fn tokens_may_be_cut_anywhere_by_the_buffer() {
    // Longer than the first buffer, with tags at every offset around its end.
    for length in (128 << 10) - 40..(128 << 10) + 4 {
        let text = format!("<a>{}<b c=\"d>e\">ø</b><![CDATA[x]]><!-- y --></a>", "z".repeat(length));
        let events = ours(text.as_bytes()).expect("well-formed");
        assert_eq!(events.len(), 7, "{length}");
        assert_eq!(events[2..4], ["<b c=d>e", "ø"], "{length}");
    }
    assert!(ours("<a>".repeat(10).as_bytes()).is_none());
    let long = format!("<a>{}</a>", "z".repeat(2 << 20));
    assert!(ours(long.as_bytes()).is_none(), "longer than allowed");
}

const SEEDS: &[&str] = &[
    include_str!("../../tests/fixtures/saft/small-1.30.xml"),
    include_str!("../../tests/fixtures/ehf/goods.xml"),
    include_str!("../../tests/fixtures/ehf/power.xml"),
];

#[test]
fn the_same_events_on_our_files() {
    for seed in SEEDS {
        assert_eq!(ours(seed.as_bytes()), theirs(seed.as_bytes()));
    }
}

/// Events without attributes: what is left of broken ones is nobody's to say.
fn names(events: Vec<String>) -> Vec<String> {
    let name = |event: String| match event.strip_prefix('<') {
        Some(tag) => tag.split(' ').next().map(|name| format!("<{name}")).unwrap_or_default(),
        None => event,
    };
    events.into_iter().map(name).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    /// Where both take a damaged text, they see the same in it.
    #[test]
    fn the_same_events_on_damaged_texts(
        seed in 0..SEEDS.len(),
        at in any::<prop::sample::Index>(),
        piece in prop::sample::select(vec!["<", ">", "&", "/", "\"", "'", "<!--", "-->", "<![CDATA[", "]]>", "=", " ", "</", "<x>", "&#65;", "?>", "<?"]),
        cut in 0_usize..4,
    ) {
        let text = SEEDS[seed];
        let mut at = at.index(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let mut end = (at + cut).min(text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        let damaged = format!("{}{piece}{}", &text[..at], &text[end..]);
        if let (Some(ours), Some(theirs)) = (ours(damaged.as_bytes()), theirs(damaged.as_bytes())) {
            prop_assert_eq!(names(ours), names(theirs));
        }
    }
}
