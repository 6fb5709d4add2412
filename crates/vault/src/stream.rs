//! Encryption in chunks: each is sealed with its number and whether it is the last, so that a cut or
//! reordered file does not open. (STREAM construction, Hoang, Reyhanitabar, Rogaway and Vizár 2015.)
//!
//! What is sealed is the zstd frame of the plain bytes, behind [`PACKED`]; files from before lack the mark and hold the plain
//! bytes themselves.

use std::io::{self, BufReader, Cursor, Read, Write};

use chacha20poly1305::aead::stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};

/// Plain bytes in a chunk.
pub(crate) const CHUNK: usize = 64 * 1024;
/// Bytes that sealing adds to a chunk.
pub(crate) const TAG: usize = 16;

// Every key seals exactly one file, so that the nonce may be constant; the plain and the packed bytes of a file differ, and so do
// their nonces.
const NONCE_OF_PLAIN: [u8; 19] = [0; 19];
const NONCE_OF_PACKED: [u8; 19] = [1; 19];

/// How a file with packed bytes begins. One written before begins so once in 2⁶⁴.
const PACKED: &[u8; 8] = b"GHVAULT2";

/// Journals and invoices shrink to a tenth at the lowest level, which costs less than sealing and writing the rest.
const LEVEL: i32 = 1;

/// Packs and seals all of `plain` under `key`.
pub(crate) fn encrypt(plain: &mut impl Read, key: &[u8; 32], out: &mut impl Write) -> io::Result<()> {
    out.write_all(PACKED)?;
    let mut packed = zstd::stream::read::Encoder::new(plain, LEVEL)?;
    seal(&mut packed, key, &NONCE_OF_PACKED, out)
}

/// As files were written before: the plain bytes, sealed.
#[cfg(test)]
pub(crate) fn encrypt_plain(plain: &mut impl Read, key: &[u8; 32], out: &mut impl Write) -> io::Result<()> {
    seal(plain, key, &NONCE_OF_PLAIN, out)
}

fn seal(plain: &mut impl Read, key: &[u8; 32], nonce: &[u8; 19], out: &mut impl Write) -> io::Result<()> {
    let mut encryptor = EncryptorBE32::from_aead(XChaCha20Poly1305::new(key.into()), nonce.into());
    let mut chunk = read_chunk(plain, CHUNK)?;
    loop {
        let next = read_chunk(plain, CHUNK)?;
        if next.is_empty() {
            let sealed = encryptor.encrypt_last(chunk.as_slice()).map_err(|_| failed())?;
            return out.write_all(&sealed);
        }
        let sealed = encryptor.encrypt_next(chunk.as_slice()).map_err(|_| failed())?;
        out.write_all(&sealed)?;
        chunk = next;
    }
}

fn failed() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the stored file does not authenticate; it was altered or cut",
    )
}

/// Up to `limit` bytes; fewer only at the end.
fn read_chunk(reader: &mut impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(limit);
    reader.take(limit as u64).read_to_end(&mut chunk)?;
    Ok(chunk)
}

/// Reads sealed bytes as plain ones.
pub struct Opened<R: Read>(Form<R>);

enum Form<R: Read> {
    Plain(Unsealed<io::Chain<Cursor<Vec<u8>>, R>>),
    Packed(Box<zstd::stream::read::Decoder<'static, BufReader<Unsealed<R>>>>),
}

impl<R: Read> Opened<R> {
    pub(crate) fn new(mut sealed: R, key: &[u8; 32]) -> io::Result<Self> {
        let begins = read_chunk(&mut sealed, PACKED.len())?;
        if begins == PACKED {
            let unsealed = BufReader::with_capacity(CHUNK, Unsealed::new(sealed, key, &NONCE_OF_PACKED));
            let decoder = zstd::stream::read::Decoder::with_buffer(unsealed)?;
            return Ok(Self(Form::Packed(Box::new(decoder))));
        }
        let whole = Cursor::new(begins).chain(sealed);
        Ok(Self(Form::Plain(Unsealed::new(whole, key, &NONCE_OF_PLAIN))))
    }
}

impl<R: Read> Read for Opened<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Form::Plain(plain) => plain.read(buffer),
            Form::Packed(packed) => packed.read(buffer),
        }
    }
}

/// Reads sealed bytes as what was sealed.
struct Unsealed<R> {
    sealed: R,
    decryptor: Option<DecryptorBE32<XChaCha20Poly1305>>,
    ahead: Option<Vec<u8>>,
    plain: Vec<u8>,
    at: usize,
}

impl<R: Read> Unsealed<R> {
    fn new(sealed: R, key: &[u8; 32], nonce: &[u8; 19]) -> Self {
        let decryptor = DecryptorBE32::from_aead(XChaCha20Poly1305::new(key.into()), nonce.into());
        Self {
            sealed,
            decryptor: Some(decryptor),
            ahead: None,
            plain: Vec::new(),
            at: 0,
        }
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        let chunk = match self.ahead.take() {
            Some(chunk) => chunk,
            None => read_chunk(&mut self.sealed, CHUNK + TAG)?,
        };
        let next = read_chunk(&mut self.sealed, CHUNK + TAG)?;
        let Some(mut decryptor) = self.decryptor.take() else {
            return Ok(());
        };
        self.at = 0;
        if next.is_empty() {
            self.plain = decryptor.decrypt_last(chunk.as_slice()).map_err(|_| failed())?;
        } else {
            self.plain = decryptor.decrypt_next(chunk.as_slice()).map_err(|_| failed())?;
            self.ahead = Some(next);
            self.decryptor = Some(decryptor);
        }
        Ok(())
    }
}

impl<R: Read> Read for Unsealed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.plain.len() && self.decryptor.is_some() {
            self.next_chunk()?;
        }
        let count = buffer.len().min(self.plain.len() - self.at);
        buffer[..count].copy_from_slice(&self.plain[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
