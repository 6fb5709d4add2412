//! One encrypted folder of source files per member.
//!
//! For: keeping the bytes a member handed over, packed and sealed, so that every figure can be followed back to them,
//! and so that destroying one key destroys them all. Addresses are content hashes keyed by the
//! member's own key: equal files of two members have unrelated addresses, and neither can learn of
//! the other's.
//! Not for: knowing what the bytes mean, or who may see them.
//! Start with [`Vault::put`] and [`Vault::open_file`].

mod key;
mod stream;

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

pub use key::{KeyError, MemberKey, WrappedKey};
pub use stream::Opened;

/// A fail-point: called with the name of each step of a write before the next one begins.
pub type Steps<'a> = &'a (dyn Fn(&'static str) -> io::Result<()> + Sync);

/// The encrypted source files of an installation.
#[derive(Debug, Clone)]
pub struct Vault {
    folder: PathBuf,
}

/// A stored file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where it lies: `member/ab/abcdef…`.
    pub address: String,
    /// SHA-256 of the plain bytes, hexadecimal.
    pub sha256: String,
    /// Length of the plain bytes.
    pub size: u64,
}

/// Why the vault failed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The disk failed or is full.
    #[error("the vault cannot be used")]
    Io(#[from] io::Error),
    /// The address is not one of ours.
    #[error("`{0}` is not an address of the vault")]
    Address(String),
    /// No file lies there.
    #[error("`{0}` is not in the vault")]
    Absent(String),
}

impl Vault {
    /// The vault in `folder`, which is made when absent.
    pub fn open(folder: &Path) -> Result<Self, VaultError> {
        fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Hash and address that `plain` has, without storing it. The reader is left at its start.
    pub fn address_of(member: &str, key: &MemberKey, plain: &mut (impl Read + Seek)) -> Result<Stored, VaultError> {
        check_name(member)?;
        plain.rewind()?;
        let mut sha = Sha256::new();
        let mut keyed = blake3::Hasher::new_keyed(&key.derive("address"));
        let mut buffer = vec![0_u8; 1 << 16];
        let mut size = 0_u64;
        loop {
            let read = plain.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            sha.update(&buffer[..read]);
            keyed.update(&buffer[..read]);
            size += read as u64;
        }
        plain.rewind()?;
        let content = keyed.finalize().to_hex();
        Ok(Stored {
            address: format!("{member}/{}/{content}", &content.as_str()[..2]),
            sha256: hex::encode(sha.finalize()),
            size,
        })
    }

    /// Stores the bytes of `plain` for `member`. Putting the same bytes again changes nothing.
    ///
    /// The file is written to a temporary name, synced, renamed and its folder synced, with `steps`
    /// called in between; a failure at any point leaves the vault as it was, or with an orphan.
    pub fn put(
        &self,
        member: &str,
        key: &MemberKey,
        plain: &mut (impl Read + Seek),
        steps: Steps<'_>,
    ) -> Result<Stored, VaultError> {
        let stored = Self::address_of(member, key, plain)?;
        let path = self.path(&stored.address)?;
        if path.exists() {
            return Ok(stored);
        }
        let parent = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent)?;
        let temp = path.with_extension(format!("{}.tmp", std::process::id()));
        let written = write_encrypted(&temp, key, &stored.address, plain, steps).and_then(|()| {
            fs::rename(&temp, &path)?;
            steps("vault.rename")?;
            File::open(parent)?.sync_all()?;
            steps("vault.dirsync")
        });
        if let Err(error) = written {
            // The temporary file is worthless; that it may not be removable either changes nothing, doctor finds it.
            fs::remove_file(&temp).ok();
            return Err(error.into());
        }
        Ok(stored)
    }

    /// The plain bytes at `address`, decrypted and authenticated while they are read. A file that was
    /// cut, reordered or altered ends in an error, never in a short read.
    pub fn open_file(&self, key: &MemberKey, address: &str) -> Result<Opened<File>, VaultError> {
        let path = self.path(address)?;
        match File::open(path) {
            Ok(file) => Ok(Opened::new(file, &key.derive(address))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(VaultError::Absent(address.to_owned())),
            Err(error) => Err(error.into()),
        }
    }

    /// Every address in the vault, and leftovers of interrupted writes (`true`), sorted.
    pub fn list(&self) -> Result<Vec<(String, bool)>, VaultError> {
        let mut found = Vec::new();
        for member in folders(&self.folder)? {
            for prefix in folders(&member)? {
                for entry in fs::read_dir(&prefix)? {
                    let path = entry?.path();
                    let relative = path
                        .strip_prefix(&self.folder)
                        .unwrap_or(&path)
                        .to_string_lossy()
                        .into_owned();
                    found.push((relative, path.extension().is_some()));
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Removes one file; an absent one is fine.
    pub fn remove(&self, address: &str) -> Result<(), VaultError> {
        // Leftovers are removed by the same door, hence the looser check.
        if address.split('/').any(|part| part.is_empty() || part == "..") {
            return Err(VaultError::Address(address.to_owned()));
        }
        match fs::remove_file(self.folder.join(address)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Where an address lies on disk.
    pub fn path(&self, address: &str) -> Result<PathBuf, VaultError> {
        let wrong = || VaultError::Address(address.to_owned());
        let parts: Vec<&str> = address.split('/').collect();
        let [member, prefix, content] = parts[..] else {
            return Err(wrong());
        };
        check_name(member).map_err(|_| wrong())?;
        let hexadecimal = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !hexadecimal(prefix, 2) || !hexadecimal(content, 64) {
            return Err(wrong());
        }
        Ok(self.folder.join(member).join(prefix).join(content))
    }
}

fn write_encrypted(
    temp: &Path,
    key: &MemberKey,
    address: &str,
    plain: &mut impl Read,
    steps: Steps<'_>,
) -> io::Result<()> {
    let mut file = io::BufWriter::new(File::create(temp)?);
    steps("vault.temp")?;
    stream::encrypt(plain, &key.derive(address), &mut file)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    steps("vault.fsync")
}

/// A member name that is safe as a folder.
fn check_name(member: &str) -> Result<(), VaultError> {
    let safe = !member.is_empty()
        && member
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if safe {
        Ok(())
    } else {
        Err(VaultError::Address(member.to_owned()))
    }
}

fn folders(parent: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(parent)? {
        let path = entry?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[expect(clippy::unnecessary_wraps, reason = "fail-points have one shape")]
    fn no_steps(_: &'static str) -> io::Result<()> {
        Ok(())
    }

    fn vault() -> (tempfile::TempDir, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path()).unwrap();
        (folder, vault)
    }

    fn read(vault: &Vault, key: &MemberKey, address: &str) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        vault.open_file(key, address).unwrap().read_to_end(&mut plain)?;
        Ok(plain)
    }

    /// Bytes that do not pack, the same in every run.
    fn noise(size: usize) -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            u8::try_from(state >> 56).unwrap()
        };
        std::iter::repeat_with(next).take(size).collect()
    }

    #[test]
    fn what_repeats_lies_packed_and_files_from_before_are_read() {
        let (_folder, vault) = vault();
        let key = MemberKey::new([1; 32]);
        let plain = b"2024-03-31;4300;Innkj\xf8p;1 250,00\n".repeat(20_000);
        let stored = vault.put("m1", &key, &mut Cursor::new(&plain), &no_steps).unwrap();
        let path = vault.path(&stored.address).unwrap();
        assert!(fs::metadata(&path).unwrap().len() * 10 < stored.size);
        assert_eq!(read(&vault, &key, &stored.address).unwrap(), plain);
        for plain in [plain.clone(), Vec::new(), noise(stream::CHUNK + 1)] {
            let stored = Vault::address_of("m1", &key, &mut Cursor::new(&plain)).unwrap();
            let path = vault.path(&stored.address).unwrap();
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let mut sealed = Vec::new();
            stream::encrypt_plain(&mut Cursor::new(&plain), &key.derive(&stored.address), &mut sealed).unwrap();
            fs::write(&path, sealed).unwrap();
            assert_eq!(read(&vault, &key, &stored.address).unwrap(), plain);
        }
    }

    #[test]
    fn sizes_around_the_chunk_come_back() {
        let (_folder, vault) = vault();
        let key = MemberKey::new([1; 32]);
        for size in [
            0,
            1,
            stream::CHUNK - 1,
            stream::CHUNK,
            stream::CHUNK + 1,
            2 * stream::CHUNK,
            200_000,
        ] {
            let plain = noise(size);
            let stored = vault.put("m1", &key, &mut Cursor::new(&plain), &no_steps).unwrap();
            assert_eq!(stored.size, size as u64);
            assert_eq!(read(&vault, &key, &stored.address).unwrap(), plain, "{size}");
            assert_eq!(
                vault.put("m1", &key, &mut Cursor::new(&plain), &no_steps).unwrap(),
                stored
            );
        }
    }

    #[test]
    fn equal_bytes_of_two_members_are_unrelated() {
        let (_folder, vault) = vault();
        let (one, two) = (MemberKey::new([1; 32]), MemberKey::new([2; 32]));
        let mut bytes = Cursor::new(b"the same file".to_vec());
        let a = vault.put("m1", &one, &mut bytes, &no_steps).unwrap();
        let b = vault.put("m2", &two, &mut bytes, &no_steps).unwrap();
        assert_eq!(a.sha256, b.sha256);
        assert_ne!(a.address.split('/').next_back(), b.address.split('/').next_back());
        let cipher = |stored: &Stored| fs::read(vault.path(&stored.address).unwrap()).unwrap();
        assert_ne!(cipher(&a), cipher(&b));
        assert!(
            read(&vault, &two, &a.address).is_err(),
            "the other member's key opens nothing"
        );
    }

    #[test]
    fn tampering_is_noticed() {
        let (_folder, vault) = vault();
        let key = MemberKey::new([1; 32]);
        let plain = noise(3 * stream::CHUNK);
        let stored = vault.put("m1", &key, &mut Cursor::new(&plain), &no_steps).unwrap();
        let path = vault.path(&stored.address).unwrap();
        let good = fs::read(&path).unwrap();
        let (mark, sealed) = (8, stream::CHUNK + stream::TAG);
        let (one, two, three) = (mark + sealed, mark + 2 * sealed, mark + 3 * sealed);
        let mut flipped = good.clone();
        flipped[one + 3] ^= 1;
        let swapped = [&good[..mark], &good[one..two], &good[mark..one], &good[two..]].concat();
        assert!(good.len() > three);
        for bad in [
            flipped,
            swapped,
            good[..two].to_vec(),
            good[..three].to_vec(),
            good[mark..].to_vec(),
            good[..good.len() - 1].to_vec(),
            Vec::new(),
        ] {
            fs::write(&path, &bad).unwrap();
            assert!(read(&vault, &key, &stored.address).is_err());
        }
    }

    #[test]
    fn a_failing_step_leaves_no_file_that_counts() {
        for step in ["vault.temp", "vault.fsync"] {
            let (_folder, vault) = vault();
            let key = MemberKey::new([1; 32]);
            let fail = move |at: &'static str| {
                if at == step {
                    Err(io::Error::from(io::ErrorKind::StorageFull))
                } else {
                    Ok(())
                }
            };
            assert!(vault.put("m1", &key, &mut Cursor::new(b"x"), &fail).is_err(), "{step}");
            assert_eq!(vault.list().unwrap(), [], "{step}");
        }
    }

    #[test]
    fn addresses_stay_inside() {
        let (_folder, vault) = vault();
        for bad in ["", "m1", "../x/aa/b", "m1/aa/zz", "m1/../..", "m 1/aa/00"] {
            assert!(vault.path(bad).is_err(), "{bad}");
        }
        assert!(vault.remove("m1/../../etc").is_err());
        assert!(
            vault
                .put("../m", &MemberKey::new([0; 32]), &mut Cursor::new(b""), &no_steps)
                .is_err()
        );
    }
}
