//! Writing XML: a buffer, escaping, and elements on one line.

use std::io::{self, Write};

use crate::num::{Ore, push_date, push_int, push_money};

/// Bytes gathered before they go out.
const FULL: usize = 64 << 10;

/// A buffered writer of elements.
pub(crate) struct Xml<'a> {
    buffer: Vec<u8>,
    out: &'a mut dyn Write,
}

impl<'a> Xml<'a> {
    pub(crate) fn new(out: &'a mut dyn Write) -> Self {
        let mut buffer = Vec::with_capacity(FULL + 4096);
        buffer.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        Self { buffer, out }
    }

    /// Markup as it stands.
    pub(crate) fn raw(&mut self, markup: &str) {
        self.buffer.extend_from_slice(markup.as_bytes());
    }

    /// Text with the characters escaped that have a meaning in XML.
    pub(crate) fn text(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                b'&' => self.raw("&amp;"),
                b'<' => self.raw("&lt;"),
                b'>' => self.raw("&gt;"),
                b'"' => self.raw("&quot;"),
                other => self.buffer.push(other),
            }
        }
    }

    fn wrapped(&mut self, name: &str, fill: impl FnOnce(&mut Self)) {
        self.buffer.push(b'<');
        self.raw(name);
        self.buffer.push(b'>');
        fill(self);
        self.raw("</");
        self.raw(name);
        self.buffer.push(b'>');
    }

    /// `<name>text</name>`
    pub(crate) fn element(&mut self, name: &str, text: &str) {
        self.wrapped(name, |xml| xml.text(text));
    }

    /// `<name>12</name>`
    pub(crate) fn int(&mut self, name: &str, value: i64) {
        self.wrapped(name, |xml| push_int(&mut xml.buffer, value));
    }

    /// `<name>12.50</name>`
    pub(crate) fn money(&mut self, name: &str, amount: Ore) {
        self.wrapped(name, |xml| push_money(&mut xml.buffer, amount));
    }

    /// `<name>2024-03-01</name>`
    pub(crate) fn date(&mut self, name: &str, date: greenheart_model::Date) {
        self.wrapped(name, |xml| push_date(&mut xml.buffer, date));
    }

    /// The buffer, for what has no element of its own.
    pub(crate) const fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Lets the buffer go out when it is full.
    pub(crate) fn breathe(&mut self) -> io::Result<()> {
        if self.buffer.len() >= FULL {
            self.flush()?;
        }
        Ok(())
    }

    /// Lets everything go out.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}
