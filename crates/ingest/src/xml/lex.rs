//! Cutting a text into tags and pieces of text, without copying them.
//!
//! It does what the readers need of XML 1.0 and no more: names are not checked letter by letter, attributes are looked
//! at when somebody asks, and a document type is refused. That is several times faster than a parser for everything;
//! a test compares its events with those of one.

use std::io::Read;

use memchr::{memchr, memchr2, memmem};

/// Why a text cannot be cut on.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The text ends in the middle of a tag, comment or section.
    Truncated,
    /// A tag is broken, or ends another element than the last one begun.
    Malformed(String),
    /// The bytes are not UTF-8.
    Encoding(String),
    /// One tag or piece of text is longer than allowed.
    TooLarge(usize),
    /// There is a document type.
    Doctype,
    /// The medium failed.
    Io(std::io::Error),
}

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'t> {
    /// An element begins; `empty` when it also ends.
    Start { element: Element<'t>, empty: bool },
    /// An element ends.
    End,
    /// Text as it stands, with references.
    Text(&'t [u8]),
    /// Text of a section, without references.
    Section(&'t [u8]),
    /// The text is over.
    Over,
}

/// The tag that begins an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element<'t> {
    name: &'t [u8],
    inside: &'t [u8],
}

/// Text that was checked when it was read.
fn utf8(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

impl<'t> Element<'t> {
    /// The prefix of its name.
    pub(crate) fn prefix(&self) -> Option<&'t str> {
        memchr(b':', self.name).map(|at| utf8(&self.name[..at]))
    }

    fn local_bytes(&self) -> &'t [u8] {
        memchr(b':', self.name).map_or(self.name, |at| &self.name[at + 1..])
    }

    /// Its name without prefix.
    pub(crate) fn local(&self) -> &'t str {
        utf8(self.local_bytes())
    }

    /// Its attributes: names with prefix, and values as they stand.
    pub(crate) fn attributes(&self) -> Attributes<'t> {
        Attributes(self.inside)
    }

    /// The value of an attribute, by its name without prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'t str> {
        if self.inside.is_empty() {
            return None;
        }
        self.attributes()
            .find(|(key, _)| key.rsplit_once(':').map_or(*key, |(_, local)| local) == name)
            .map(|(_, value)| value.trim())
    }
}

/// Attributes one after the other; ends at the first that is broken.
pub(crate) struct Attributes<'t>(&'t [u8]);

impl<'t> Iterator for Attributes<'t> {
    type Item = (&'t str, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.trim_ascii_start();
        let equals = memchr(b'=', rest)?;
        let (name, value) = (rest[..equals].trim_ascii(), rest[equals + 1..].trim_ascii_start());
        let quote = value.first().copied().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let end = memchr(quote, &value[1..])?;
        self.0 = &value[end + 2..];
        Some((utf8(name), utf8(&value[1..=end])))
    }
}

/// What each local name means, found by a hash of a few of its bytes.
pub(crate) struct Names<T> {
    slots: Vec<Option<(&'static [u8], T)>>,
    other: T,
}

const SLOTS: usize = 1024;

impl<T: Copy> Names<T> {
    pub(crate) fn new(names: &[(&'static str, T)], other: T) -> Self {
        let mut slots = vec![None; SLOTS];
        for (name, tag) in names {
            let mut at = slot(name.as_bytes());
            while slots[at].is_some() {
                at = (at + 1) % SLOTS;
            }
            slots[at] = Some((name.as_bytes(), *tag));
        }
        Self { slots, other }
    }

    pub(crate) fn of(&self, element: &Element<'_>) -> T {
        let name = element.local_bytes();
        let mut at = slot(name);
        while let Some((known, tag)) = self.slots[at] {
            if known == name {
                return tag;
            }
            at = (at + 1) % SLOTS;
        }
        self.other
    }
}

fn slot(name: &[u8]) -> usize {
    let byte = |at: usize| name.get(at).copied().map_or(0, usize::from);
    let (length, middle) = (name.len(), name.len() / 2);
    (length * 37 + byte(0) * 3 + byte(middle) * 59 + byte(middle / 2) * 11 + byte(length.wrapping_sub(1)) * 131) % SLOTS
}

/// Cuts a text into tokens. Holds one token at a time, at most `limit` bytes long.
pub(crate) struct Lexer<R> {
    reader: R,
    buffer: Vec<u8>,
    /// What of the buffer is not used yet.
    from: usize,
    to: usize,
    /// Up to here the buffer is known to be UTF-8.
    checked: usize,
    over: bool,
    limit: usize,
    /// Bytes before the buffer.
    before: u64,
    /// Names of the elements that are open, one after the other, and where each begins.
    open: Vec<u8>,
    starts: Vec<usize>,
}

const CHUNK: usize = 64 << 10;

impl<R: Read> Lexer<R> {
    pub(crate) fn new(reader: R, limit: usize) -> Self {
        Self {
            reader,
            buffer: vec![0; 2 * CHUNK],
            from: 0,
            to: 0,
            checked: 0,
            over: false,
            limit,
            before: 0,
            open: Vec::new(),
            starts: Vec::new(),
        }
    }

    /// Bytes used so far.
    pub(crate) fn position(&self) -> u64 {
        self.before + self.from as u64
    }

    /// How many elements are open.
    pub(crate) fn depth(&self) -> usize {
        self.starts.len()
    }

    /// The next token.
    pub(crate) fn next(&mut self) -> Result<Token<'_>, Fault> {
        loop {
            if self.from == self.to && !self.fill()? {
                return Ok(Token::Over);
            }
            if self.buffer[self.from] != b'<' {
                return self.text();
            }
            while self.to - self.from < 2 {
                if !self.fill()? {
                    return Err(Fault::Truncated);
                }
            }
            match self.buffer[self.from + 1] {
                b'/' => return self.end(),
                b'?' => {
                    let length = self.until(b"?>", 2)?;
                    self.from += length;
                }
                b'!' => {
                    if let Some((from, to)) = self.declaration()? {
                        return Ok(Token::Section(&self.buffer[from..to]));
                    }
                }
                _ => return self.start(),
            }
        }
    }

    /// Reads more behind what is there; `false` when there is no more.
    fn fill(&mut self) -> Result<bool, Fault> {
        if self.over {
            return Ok(false);
        }
        if self.from > 0 {
            self.buffer.copy_within(self.from..self.to, 0);
            self.before += self.from as u64;
            self.to -= self.from;
            self.checked -= self.from;
            self.from = 0;
        }
        if self.to > self.limit {
            return Err(Fault::TooLarge(self.limit));
        }
        if self.to + CHUNK > self.buffer.len() {
            let longer = self.buffer.len() * 2;
            self.buffer.resize(longer, 0);
        }
        let end = self.to + CHUNK;
        let read = loop {
            match self.reader.read(&mut self.buffer[self.to..end]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                other => break other.map_err(Fault::Io)?,
            }
        };
        self.to += read;
        self.over = read == 0;
        self.check()?;
        Ok(read > 0)
    }

    /// Checks that what was read is UTF-8; the last character may be cut.
    fn check(&mut self) -> Result<(), Fault> {
        match std::str::from_utf8(&self.buffer[self.checked..self.to]) {
            Ok(_) => self.checked = self.to,
            Err(error) if error.error_len().is_none() && !self.over => self.checked += error.valid_up_to(),
            Err(error) => {
                let at = self.before + (self.checked + error.valid_up_to()) as u64;
                return Err(Fault::Encoding(format!("near byte {at}: not UTF-8")));
            }
        }
        Ok(())
    }

    fn text(&mut self) -> Result<Token<'_>, Fault> {
        let mut looked = 0;
        let length = loop {
            if let Some(at) = memchr(b'<', &self.buffer[self.from + looked..self.to]) {
                break looked + at;
            }
            looked = self.to - self.from;
            if !self.fill()? {
                break looked;
            }
        };
        let from = self.from;
        self.from += length;
        Ok(Token::Text(&self.buffer[from..from + length]))
    }

    /// Length up to and with `mark`, looked for from `skip` bytes on.
    fn until(&mut self, mark: &[u8], skip: usize) -> Result<usize, Fault> {
        let mut looked = skip;
        loop {
            let held = self.to - self.from;
            if held > looked
                && let Some(at) = memmem::find(&self.buffer[self.from + looked..self.to], mark)
            {
                return Ok(looked + at + mark.len());
            }
            looked = skip.max(held.saturating_sub(mark.len() - 1));
            if !self.fill()? {
                return Err(Fault::Truncated);
            }
        }
    }

    /// Passes over a comment; gives the place of the text of a section.
    fn declaration(&mut self) -> Result<Option<(usize, usize)>, Fault> {
        while self.to - self.from < 9 {
            if !self.fill()? {
                break;
            }
        }
        let head = &self.buffer[self.from..self.to];
        if head.starts_with(b"<!--") {
            let length = self.until(b"-->", 4)?;
            self.from += length;
            return Ok(None);
        }
        if head.starts_with(b"<![CDATA[") {
            let length = self.until(b"]]>", 9)?;
            let from = self.from + 9;
            self.from += length;
            return Ok(Some((from, self.from - 3)));
        }
        if head.len() < 9 && (b"<![CDATA[".starts_with(head) || b"<!DOCTYPE".starts_with(head)) {
            return Err(Fault::Truncated);
        }
        Err(Fault::Doctype)
    }

    /// Length of a tag with its end: the first `>` that no quotes hold.
    fn tag(&mut self) -> Result<usize, Fault> {
        let mut looked = 1;
        loop {
            let held = &self.buffer[self.from..self.to];
            if let Some(at) = memchr(b'>', &held[looked..]) {
                let length = looked + at + 1;
                match memchr2(b'"', b'\'', &held[..length]) {
                    None => return Ok(length),
                    Some(_) => match quoted_end(held) {
                        Some(length) => return Ok(length),
                        None => looked = 1,
                    },
                }
            } else {
                looked = held.len();
            }
            if !self.fill()? {
                return Err(Fault::Truncated);
            }
        }
    }

    fn start(&mut self) -> Result<Token<'_>, Fault> {
        let length = self.tag()?;
        let (from, mut to) = (self.from + 1, self.from + length - 1);
        self.from += length;
        let empty = to > from && self.buffer[to - 1] == b'/';
        to -= usize::from(empty);
        let inside = &self.buffer[from..to];
        let name = inside
            .iter()
            .position(u8::is_ascii_whitespace)
            .map_or(inside, |end| &inside[..end]);
        if name.is_empty() || memchr2(b'<', b'=', name).is_some() {
            return Err(Fault::Malformed(format!(
                "near byte {}: a tag without a name",
                self.position()
            )));
        }
        if !empty {
            self.starts.push(self.open.len());
            self.open.extend_from_slice(name);
        }
        let element = Element {
            name,
            inside: &inside[name.len()..],
        };
        Ok(Token::Start { element, empty })
    }

    fn end(&mut self) -> Result<Token<'_>, Fault> {
        let length = self.until(b">", 2)?;
        let name = self.buffer[self.from + 2..self.from + length - 1].trim_ascii_end();
        let matches = self.starts.last().is_some_and(|start| self.open[*start..] == *name);
        if !matches {
            let detail = format!("near byte {}: `</{}>` ends nothing", self.position(), utf8(name));
            return Err(Fault::Malformed(detail));
        }
        self.open.truncate(self.starts.pop().unwrap_or_default());
        self.from += length;
        Ok(Token::End)
    }
}

/// Length up to the first `>` outside quotes; `None` when the tag goes on behind what is held.
fn quoted_end(held: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in held.iter().enumerate().skip(1) {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, b'>') => return Some(at + 1),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}
