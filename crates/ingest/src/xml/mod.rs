//! Walking an XML text element by element, with bounds, for the readers that know what the elements mean.

mod lex;

use std::io::Read;

use memchr::memchr2;

use crate::archive;
use crate::{Limits, ReadError};
pub(crate) use lex::{Element, Names};
use lex::{Fault, Lexer, Token};

/// Progress is told this often.
const STRIDE: u64 = 1 << 20;

/// Elements that mean something to a reader, by their local names; all others are `Other`.
macro_rules! tags {
    ($($name:ident),* $(,)?) => {
        /// An element by its local name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Tag { $($name,)* Other }
        impl Tag {
            /// Every name and what it means.
            pub(super) fn names() -> &'static crate::xml::Names<Self> {
                static NAMES: std::sync::LazyLock<crate::xml::Names<Tag>> = std::sync::LazyLock::new(|| {
                    crate::xml::Names::new(&[$((stringify!($name), Tag::$name)),*], Tag::Other)
                });
                &NAMES
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
    type Tag: Copy + 'static;

    fn limits(&self) -> &Limits;
    fn names() -> &'static Names<Self::Tag>;
    /// Whether the text directly inside an element is wanted.
    fn has_text(tag: Self::Tag) -> bool;
    fn start(&mut self, path: &[Self::Tag], element: &Element<'_>) -> Result<Next, ReadError>;
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
    let mut lexer = Lexer::new(utf8, handler.limits().text_bytes);
    let (names, limits) = (H::names(), handler.limits().clone());
    let mut walk = Walk {
        path: Vec::with_capacity(16),
        text: String::new(),
        skipped: None,
        seen_root: false,
    };
    let mut told = 0;
    loop {
        let token = match lexer.next() {
            Ok(token) => token,
            Err(fault) => return Err(walk.fault(fault, handler)),
        };
        match token {
            Token::Start { element, empty } => {
                if walk.path.len() >= limits.depth {
                    return Err(handler.refuse(Problem::TooLarge, "elements are nested too deeply"));
                }
                let tag = names.of(&element);
                if walk.start(tag, &element, handler)? == Next::Stop {
                    return Ok(());
                }
                if empty {
                    walk.end(handler)?;
                }
            }
            Token::End => walk.end(handler)?,
            Token::Text(piece) => walk.text(piece, true, handler)?,
            Token::Section(piece) => walk.text(piece, false, handler)?,
            Token::Over => break,
        }
        // Comments may cut one text into any number of pieces.
        if walk.text.len() > limits.text_bytes {
            return Err(handler.refuse(Problem::TooLarge, "a text is longer than allowed"));
        }
        let read = lexer.position();
        if read - told >= STRIDE {
            told = read;
            handler.progress(read)?;
        }
    }
    if lexer.depth() > 0 {
        return Err(handler.refuse(Problem::Truncated, "the file ends before its last element does"));
    }
    if !walk.seen_root {
        return Err(handler.refuse(Problem::NotXml, "there is no XML element in it"));
    }
    Ok(())
}

/// Where a walk stands.
struct Walk<T> {
    path: Vec<T>,
    /// Text of the element at hand, as far as it was met.
    text: String,
    /// Length of the path at which a part begins that is passed over.
    skipped: Option<usize>,
    seen_root: bool,
}

impl<T: Copy + 'static> Walk<T> {
    fn start<H: Handler<Tag = T>>(
        &mut self,
        tag: T,
        element: &Element<'_>,
        handler: &mut H,
    ) -> Result<Next, ReadError> {
        self.seen_root = true;
        self.path.push(tag);
        self.text.clear();
        if self.skipped.is_some() {
            return Ok(Next::Skip);
        }
        let next = handler.start(&self.path, element)?;
        if next == Next::Skip {
            self.skipped = Some(self.path.len());
        }
        Ok(next)
    }

    fn end<H: Handler<Tag = T>>(&mut self, handler: &mut H) -> Result<(), ReadError> {
        match self.skipped {
            Some(depth) if depth == self.path.len() => self.skipped = None,
            Some(_) => {}
            None => handler.end(&self.path, self.text.trim())?,
        }
        self.path.pop();
        self.text.clear();
        Ok(())
    }

    /// Takes a piece of text, where it is wanted. References are checked everywhere.
    fn text<H: Handler<Tag = T>>(&mut self, piece: &[u8], referring: bool, handler: &mut H) -> Result<(), ReadError> {
        let wanted = self.skipped.is_none() && self.path.last().is_some_and(|tag| H::has_text(*tag));
        let special = memchr2(b'&', b'\r', piece).is_some();
        let to_check = referring && special;
        if !wanted && !to_check {
            return Ok(());
        }
        let Ok(piece) = std::str::from_utf8(piece) else {
            return Err(handler.refuse(Problem::Encoding, "a text is not UTF-8"));
        };
        if !special {
            self.text.push_str(piece);
            return Ok(());
        }
        let before = self.text.len();
        if let Err(reference) = push_resolved(&mut self.text, piece, referring) {
            let detail = format!("`&{};` is not an entity of XML", crate::text::shortened(reference));
            return Err(handler.refuse(Problem::Doctype, &detail));
        }
        if !wanted {
            self.text.truncate(before);
        }
        Ok(())
    }

    fn fault<H: Handler<Tag = T>>(&self, fault: Fault, handler: &mut H) -> ReadError {
        match fault {
            Fault::Truncated if !self.seen_root => {
                handler.refuse(Problem::NotXml, "there is no whole XML element in it")
            }
            Fault::Truncated => handler.refuse(Problem::Truncated, "the file ends in the middle of a tag"),
            Fault::Malformed(detail) => handler.refuse(Problem::Malformed, &detail),
            Fault::Encoding(detail) => {
                let detail = format!("{detail}; many such files are Windows-1252");
                handler.refuse(Problem::Encoding, &detail)
            }
            Fault::TooLarge(limit) => handler.refuse(
                Problem::TooLarge,
                &format!("one text or tag is longer than {limit} bytes"),
            ),
            Fault::Doctype => handler.refuse(Problem::Doctype, "the file has a DOCTYPE"),
            Fault::Io(error) => broken(error, handler),
        }
    }
}

fn broken<H: Handler>(error: std::io::Error, handler: &mut H) -> ReadError {
    if let Some(limit) = archive::limit_passed(&error) {
        let detail = limit.0.clone();
        return handler.refuse(Problem::TooLarge, &detail);
    }
    match error.kind() {
        std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof => {
            handler.refuse(Problem::Archive, &error.to_string())
        }
        _ => ReadError::Io(error),
    }
}

/// Adds a text with its references resolved and its line ends as `\n`; an unknown reference is the error.
fn push_resolved<'p>(text: &mut String, piece: &'p str, referring: bool) -> Result<(), &'p str> {
    let mut rest = piece;
    while let Some(at) = rest.find(['&', '\r']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('\r') {
            text.push('\n');
            rest = after.strip_prefix('\n').unwrap_or(after);
        } else if !referring {
            text.push('&');
            rest = &rest[1..];
        } else {
            let (reference, after) = rest[1..].split_once(';').ok_or(&rest[1..])?;
            text.push(resolve(reference).ok_or(reference)?);
            rest = after;
        }
    }
    text.push_str(rest);
    Ok(())
}

fn resolve(reference: &str) -> Option<char> {
    match reference {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => {}
    }
    let number = reference.strip_prefix('#')?;
    let code = match number.strip_prefix('x') {
        Some(hexadecimal) if !hexadecimal.starts_with('+') => u32::from_str_radix(hexadecimal, 16).ok()?,
        Some(_) => return None,
        None if number.starts_with('+') => return None,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|character| *character != '\0')
}

#[cfg(test)]
mod tests;
