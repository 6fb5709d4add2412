//! A file that is open only while it is read: a folder of a hundred thousand invoices is one set.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

/// Bytes read at once.
const CHUNK: u64 = 1 << 18;

/// Reads a file in chunks, opening it for each. Nothing is held once its end is reached.
pub(super) struct LazyFile {
    path: PathBuf,
    size: u64,
    position: u64,
    chunk: Vec<u8>,
    chunk_at: u64,
}

impl LazyFile {
    pub(super) fn new(path: PathBuf, size: u64) -> Self {
        Self {
            path,
            size,
            position: 0,
            chunk: Vec::new(),
            chunk_at: 0,
        }
    }

    /// The bytes at hand from the position on.
    fn at_hand(&self) -> &[u8] {
        let from = self
            .position
            .checked_sub(self.chunk_at)
            .and_then(|from| usize::try_from(from).ok());
        from.and_then(|from| self.chunk.get(from..)).unwrap_or_default()
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.position))?;
        self.chunk.clear();
        self.chunk_at = self.position;
        file.take(CHUNK.min(self.size.saturating_sub(self.position)))
            .read_to_end(&mut self.chunk)?;
        Ok(())
    }
}

impl Read for LazyFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.size {
            self.chunk = Vec::new();
            return Ok(0);
        }
        if self.at_hand().is_empty() {
            self.fill()?;
        }
        let hand = self.at_hand();
        let count = hand.len().min(buffer.len());
        buffer[..count].copy_from_slice(&hand[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for LazyFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::End(offset) => (self.size, offset),
            SeekFrom::Current(offset) => (self.position, offset),
        };
        let target = base.checked_add_signed(offset);
        self.position =
            target.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a position before the start"))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_and_seeks_like_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bytes");
        let bytes: Vec<u8> = (0..=250).cycle().take(700_000).collect();
        std::fs::write(&path, &bytes).expect("written");
        let mut lazy = LazyFile::new(path.clone(), 700_000);
        let mut read = Vec::new();
        lazy.read_to_end(&mut read).expect("read");
        assert_eq!(read, bytes);
        for (to, at) in [
            (SeekFrom::Start(5), 5),
            (SeekFrom::End(-3), 699_997),
            (SeekFrom::Start(262_144), 262_144),
        ] {
            assert_eq!(lazy.seek(to).expect("a position"), at);
            let mut one = [0];
            lazy.read_exact(&mut one).expect("read");
            assert_eq!(one[0], bytes[usize::try_from(at).expect("small")]);
        }
        assert!(lazy.seek(SeekFrom::Current(-1_000_000)).is_err());
        lazy.seek(SeekFrom::Start(800_000)).expect("a position");
        assert_eq!(lazy.read(&mut [0; 4]).expect("the end"), 0);
    }
}
