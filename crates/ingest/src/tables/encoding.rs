//! How the bytes of a text file are to be understood, seen from the bytes themselves.

use std::borrow::Cow;
use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::{ReadError, Stopped};

/// An encoding of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with or without a mark at the start.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, low byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Windows-1252, which ISO-8859-1 is a part of.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// ISO-8859-15, told from Windows-1252 by a euro sign where that has a currency sign.
    #[serde(rename = "iso-8859-15")]
    Iso8859_15,
}

/// What the bytes of a whole file look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextProfile {
    pub encoding: Encoding,
    /// Bytes of a mark at the start.
    pub mark_bytes: u64,
    /// Bytes that are zero in a file that is not UTF-16.
    pub nul_bytes: u64,
    /// Some of the file is UTF-8 beyond ASCII and some of it cannot be.
    pub mixed: bool,
}

impl Encoding {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
            Self::Iso8859_15 => "iso-8859-15",
        }
    }

    pub(super) const fn is_utf16(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }

    fn codec(self) -> &'static encoding_rs::Encoding {
        match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Windows1252 => encoding_rs::WINDOWS_1252,
            Self::Iso8859_15 => encoding_rs::ISO_8859_15,
        }
    }

    /// The text of one cell. In a UTF-8 file a cell that is not UTF-8 is read as Windows-1252.
    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 | Self::Utf16Le | Self::Utf16Be => match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
            },
            Self::Windows1252 | Self::Iso8859_15 => self.codec().decode_without_bom_handling(bytes).0,
        }
    }
}

/// Looks at all bytes once, in bounded memory; `tick` is asked every 64 kB whether to go on.
pub(super) fn profile(
    reader: &mut dyn Read,
    tick: &mut dyn FnMut() -> Result<(), Stopped>,
) -> Result<TextProfile, ReadError> {
    let mut scan = Scan::default();
    let mut buffer = vec![0_u8; 64 << 10];
    loop {
        tick()?;
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            return Ok(scan.finish());
        }
        scan.take(&buffer[..read]);
    }
}

#[derive(Default)]
struct Scan {
    head: Vec<u8>,
    at: u64,
    nul_even: u64,
    nul_odd: u64,
    /// Bytes still missing of a UTF-8 sequence, and whether any sequence was whole or broken.
    pending: u8,
    whole: u64,
    broken: u64,
    c1: u64,
    euro_15: u64,
}

impl Scan {
    fn take(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.head.len() < 4 {
                self.head.push(byte);
            }
            if byte == 0 {
                *(if self.at.is_multiple_of(2) {
                    &mut self.nul_even
                } else {
                    &mut self.nul_odd
                }) += 1;
            }
            self.c1 += u64::from((0x80..=0x9f).contains(&byte));
            self.euro_15 += u64::from(byte == 0xa4);
            self.step(byte);
            self.at += 1;
        }
    }

    /// Counts whole and broken UTF-8 sequences by their first bytes; overlong forms count as whole,
    /// since the decoding of each cell is strict anyway.
    fn step(&mut self, byte: u8) {
        if self.pending > 0 {
            if (0x80..=0xbf).contains(&byte) {
                self.pending -= 1;
                self.whole += u64::from(self.pending == 0);
                return;
            }
            self.broken += 1;
        }
        self.pending = match byte {
            0xc2..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            _ => 0,
        };
        self.broken += u64::from(byte >= 0x80 && self.pending == 0);
    }

    fn finish(self) -> TextProfile {
        let plain = |encoding, mark_bytes| TextProfile {
            encoding,
            mark_bytes,
            nul_bytes: 0,
            mixed: false,
        };
        match self.head.as_slice() {
            [0xff, 0xfe, ..] => return plain(Encoding::Utf16Le, 2),
            [0xfe, 0xff, ..] => return plain(Encoding::Utf16Be, 2),
            _ => {}
        }
        let third = self.at / 6;
        if self.nul_odd > third && self.nul_even * 20 < self.nul_odd {
            return plain(Encoding::Utf16Le, 0);
        }
        if self.nul_even > third && self.nul_odd * 20 < self.nul_even {
            return plain(Encoding::Utf16Be, 0);
        }
        let mark_bytes = if self.head.starts_with(&[0xef, 0xbb, 0xbf]) {
            3
        } else {
            0
        };
        let broken = self.broken + u64::from(self.pending > 0);
        let whole = self.whole - u64::from(mark_bytes > 0);
        let encoding = match (broken, whole, mark_bytes) {
            (0, _, _) | (_, _, 3) => Encoding::Utf8,
            (_, 1.., _) if whole >= broken => Encoding::Utf8,
            _ if self.c1 == 0 && self.euro_15 > 0 => Encoding::Iso8859_15,
            _ => Encoding::Windows1252,
        };
        TextProfile {
            encoding,
            mark_bytes,
            nul_bytes: self.nul_even + self.nul_odd,
            mixed: encoding == Encoding::Utf8 && broken > 0,
        }
    }
}

/// Turns UTF-16 into UTF-8 while reading.
pub(super) struct Utf16Reader<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Utf16Reader<R> {
    pub fn new(inner: R, encoding: Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.codec().new_decoder_without_bom_handling(),
            input: vec![0; 16 << 10],
            output: Vec::new(),
            at: 0,
            ended: false,
        }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        let read = self.inner.read(&mut self.input)?;
        self.ended = read == 0;
        self.at = 0;
        let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(64 << 10);
        self.output.resize(room, 0);
        let (_, _, written, _) = self
            .decoder
            .decode_to_utf8(&self.input[..read], &mut self.output, self.ended);
        self.output.truncate(written);
        Ok(())
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.output.len() && !self.ended {
            self.fill()?;
        }
        let rest = &self.output[self.at..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}
