//! Keys of members, and how they lie in the catalogue.

use chacha20poly1305::aead::Aead;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

/// The key of one member. Whoever has it can read the member's files; destroying it erases them.
#[derive(Clone)]
pub struct MemberKey([u8; 32]);

/// A member key sealed under the master key, as text for the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey(pub String);

/// A wrapped key does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key of the member cannot be opened with this installation's master key")]
pub struct KeyError;

impl MemberKey {
    /// A key of 32 random bytes, which the caller draws.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key of one purpose or file.
    pub(crate) fn derive(&self, purpose: &str) -> [u8; 32] {
        *blake3::keyed_hash(&self.0, purpose.as_bytes()).as_bytes()
    }

    /// Seals the key under `master` for `member`, with 24 random bytes that the caller draws.
    pub fn wrap(&self, master: &[u8; 32], member: &str, nonce: [u8; 24]) -> Result<WrappedKey, KeyError> {
        let payload = chacha20poly1305::aead::Payload {
            msg: &self.0,
            aad: member.as_bytes(),
        };
        let sealed = cipher(master)
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| KeyError)?;
        Ok(WrappedKey(hex::encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Opens a sealed key.
    pub fn unwrap(master: &[u8; 32], member: &str, wrapped: &WrappedKey) -> Result<Self, KeyError> {
        let bytes = hex::decode(&wrapped.0).map_err(|_| KeyError)?;
        let (nonce, sealed) = bytes.split_at_checked(24).ok_or(KeyError)?;
        let payload = chacha20poly1305::aead::Payload {
            msg: sealed,
            aad: member.as_bytes(),
        };
        let plain = cipher(master)
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| KeyError)?;
        plain.try_into().map(Self).map_err(|_| KeyError)
    }
}

fn cipher(master: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(master.into())
}

impl std::fmt::Debug for MemberKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemberKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_for_its_member_only() {
        let key = MemberKey::new([5; 32]);
        let wrapped = key.wrap(&[1; 32], "m1", [9; 24]).unwrap();
        assert_eq!(MemberKey::unwrap(&[1; 32], "m1", &wrapped).unwrap().0, key.0);
        assert!(MemberKey::unwrap(&[2; 32], "m1", &wrapped).is_err());
        assert!(MemberKey::unwrap(&[1; 32], "m2", &wrapped).is_err());
        assert!(MemberKey::unwrap(&[1; 32], "m1", &WrappedKey("00".into())).is_err());
        assert_eq!(format!("{key:?}"), "MemberKey(…)");
    }
}
