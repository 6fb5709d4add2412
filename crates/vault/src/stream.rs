//! Encryption in chunks: each is sealed with its number and whether it is the last, so that a cut or
//! reordered file does not open. (STREAM construction, Hoang, Reyhanitabar, Rogaway and Vizár 2015.)

use std::io::{self, Read, Write};

use chacha20poly1305::aead::stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};

/// Plain bytes in a chunk.
pub(crate) const CHUNK: usize = 64 * 1024;
/// Bytes that sealing adds to a chunk.
pub(crate) const TAG: usize = 16;

// Every key seals exactly one file, so that the nonce may be constant.
const NONCE: [u8; 19] = [0; 19];

/// Seals all of `plain` under `key`.
pub(crate) fn encrypt(plain: &mut impl Read, key: &[u8; 32], out: &mut impl Write) -> io::Result<()> {
    let mut encryptor = EncryptorBE32::from_aead(XChaCha20Poly1305::new(key.into()), &NONCE.into());
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
pub struct Opened<R> {
    sealed: R,
    decryptor: Option<DecryptorBE32<XChaCha20Poly1305>>,
    ahead: Option<Vec<u8>>,
    plain: Vec<u8>,
    at: usize,
}

impl<R: Read> Opened<R> {
    pub(crate) fn new(sealed: R, key: &[u8; 32]) -> Self {
        let decryptor = DecryptorBE32::from_aead(XChaCha20Poly1305::new(key.into()), &NONCE.into());
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

impl<R: Read> Read for Opened<R> {
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
