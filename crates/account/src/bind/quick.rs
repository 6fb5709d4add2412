//! Hashing short names of our own lists: items and rules. What is looked up may be anything, what is kept never comes from a file
//! of a member, so that nobody can fill a table with names of one hash.

use std::hash::{BuildHasherDefault, Hasher};

/// Builds [`Words`].
pub(super) type Quick = BuildHasherDefault<Words>;

/// Eight bytes at a time: turned, mixed in and multiplied.
#[derive(Default)]
pub(super) struct Words(u64);

/// The golden ratio as 64 bits, made odd.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for Words {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(ODD);
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(byte)).wrapping_mul(ODD);
    }

    fn finish(&self) -> u64 {
        // The table takes its place from the low bits, which multiplying mixes least.
        self.0 ^ (self.0 >> 32)
    }
}
