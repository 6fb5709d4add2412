//! Walking an XML text element by element, with bounds, for the readers that know what the elements mean.

use std::io::Read;

use quick_xml::Reader;
use quick_xml::errors::Error as XmlError;
use quick_xml::events::{BytesStart, Event};

use crate::archive::{self, Guard};
use crate::{Limits, ReadError};

/// Progress is told this often.
const STRIDE: u64 = 1 << 20;

/// Elements that mean something to a reader, by their local names; all others are `Other`.
macro_rules! tags {
    ($($name:ident),* $(,)?) => {
        /// An element by its local name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Tag { $($name,)* Other }
        impl Tag {
            pub(super) fn of(local_name: &str) -> Self {
                match local_name { $(stringify!($name) => Self::$name,)* _ => Self::Other }
            }
        }
    };
}
pub(crate) use tags;

/// What can be wrong with a text as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// There is no element in it, or it is not XML at all.
    NotXml,
    /// It passes a limit of size.
    TooLarge,
    /// It declares or names entities of its own.
    Doctype,
    /// It ends in the middle.
    Truncated,
    /// It is not well-formed.
    Malformed,
    /// Its bytes are not in the encoding that it states.
    Encoding,
    /// The archive that it lies in is damaged.
    Archive,
}

/// What to do with an element that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Read what is in it.
    Into,
    /// Pass over what is in it.
    Skip,
    /// The rest of the text does not matter.
    Stop,
}

/// A reader of elements. `path` holds the tags from the outermost element to the one at hand.
pub(crate) trait Handler {
    /// An element by its meaning.
    type Tag: Copy;

    fn limits(&self) -> &Limits;
    fn tag(local_name: &str) -> Self::Tag;
    /// Whether the text directly inside an element is wanted.
    fn has_text(tag: Self::Tag) -> bool;
    fn start(&mut self, path: &[Self::Tag], element: &BytesStart<'_>) -> Result<Next, ReadError>;
    fn end(&mut self, path: &[Self::Tag], text: &str) -> Result<(), ReadError>;
    fn progress(&mut self, bytes_read: u64) -> Result<(), ReadError>;
    /// Gives the finding of a refusal, and the error to return.
    fn refuse(&mut self, problem: Problem, detail: &str) -> ReadError;
}

/// Walks a text from its start to its end.
///
/// # Errors
/// What the handler makes of a problem or returns itself; [`ReadError::Io`] when the medium fails.
pub(crate) fn walk<H: Handler>(reader: &mut dyn Read, handler: &mut H) -> Result<(), ReadError> {
    let (utf8, _encoding) = archive::utf8(reader)?;
    let mut xml = Reader::from_reader(Guard::new(utf8, handler.limits().text_bytes));
    xml.config_mut().expand_empty_elements = true;
    let (mut buffer, mut text) = (Vec::with_capacity(4096), String::new());
    let mut path: Vec<H::Tag> = Vec::with_capacity(16);
    // Length of the path at which a part begins that is passed over.
    let mut skipped: Option<usize> = None;
    let (mut told, mut seen_root) = (0, false);
    loop {
        buffer.clear();
        xml.get_mut().next_piece();
        let event = match xml.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(error) => return Err(fault(&error, xml.buffer_position(), seen_root, handler)),
        };
        match event {
            Event::Start(start) => {
                seen_root = true;
                if path.len() >= handler.limits().depth {
                    return Err(handler.refuse(Problem::TooLarge, "elements are nested too deeply"));
                }
                path.push(H::tag(start.local_name().as_ref()));
                text.clear();
                if skipped.is_some() {
                    continue;
                }
                match handler.start(&path, &start)? {
                    Next::Into => {}
                    Next::Skip => skipped = Some(path.len()),
                    Next::Stop => return Ok(()),
                }
            }
            Event::Text(piece) if wanted::<H>(&path, skipped) => text.push_str(&piece.xml10_content()),
            Event::CData(piece) if wanted::<H>(&path, skipped) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) => match resolve(&reference) {
                Some(character) if wanted::<H>(&path, skipped) => text.push(character),
                Some(_) => {}
                None => {
                    let detail = format!("`&{};` is not an entity of XML", &*reference);
                    return Err(handler.refuse(Problem::Doctype, &detail));
                }
            },
            Event::End(_) => {
                match skipped {
                    Some(depth) if depth == path.len() => skipped = None,
                    Some(_) => {}
                    None => handler.end(&path, text.trim())?,
                }
                path.pop();
                text.clear();
            }
            Event::DocType(_) => return Err(handler.refuse(Problem::Doctype, "the file has a DOCTYPE")),
            Event::Eof => break,
            _ => {}
        }
        // Comments may cut one text into any number of pieces.
        if text.len() > handler.limits().text_bytes {
            return Err(handler.refuse(Problem::TooLarge, "a text is longer than allowed"));
        }
        let read = xml.get_mut().read;
        if read - told >= STRIDE {
            told = read;
            handler.progress(read)?;
        }
    }
    if !path.is_empty() {
        return Err(handler.refuse(Problem::Truncated, "the file ends before its last element does"));
    }
    if !seen_root {
        return Err(handler.refuse(Problem::NotXml, "there is no XML element in it"));
    }
    Ok(())
}

/// The value of an attribute, without its prefix.
pub(crate) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element
        .attributes()
        .flatten()
        .find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.value.trim().to_owned())
}

fn wanted<H: Handler>(path: &[H::Tag], skipped: Option<usize>) -> bool {
    skipped.is_none() && path.last().is_some_and(|tag| H::has_text(*tag))
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character);
    }
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

fn fault<H: Handler>(error: &XmlError, position: u64, seen_root: bool, handler: &mut H) -> ReadError {
    let near = |inner: &dyn std::fmt::Display| format!("near byte {position}: {inner}");
    match error {
        XmlError::Io(inner) => match archive::limit_passed(inner) {
            Some(limit) => handler.refuse(Problem::TooLarge, &limit.0),
            None if matches!(
                inner.kind(),
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof
            ) =>
            {
                handler.refuse(Problem::Archive, &inner.to_string())
            }
            None => ReadError::Io(std::io::Error::new(inner.kind(), inner.to_string())),
        },
        XmlError::Encoding(inner) => {
            let detail = format!("{}; many such files are Windows-1252", near(inner));
            handler.refuse(Problem::Encoding, &detail)
        }
        XmlError::Syntax(inner) if !seen_root => handler.refuse(Problem::NotXml, &near(inner)),
        XmlError::Syntax(inner) => handler.refuse(Problem::Truncated, &near(inner)),
        other => handler.refuse(Problem::Malformed, &near(other)),
    }
}
