//! Signatures of tokens (RFC 7515, 7517, 7518): RS256 and ES256, by the keys that a provider publishes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Bytes of a token at most.
const TOKEN_BYTES: usize = 64 << 10;

/// Why a token does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no token of three parts.
    #[error("it is no signed token")]
    Form,
    /// It is signed in a way that is not taken, such as not at all.
    #[error("it is signed by `{0}`, which is not taken")]
    Algorithm(String),
    /// No published key has signed it.
    #[error("no published key has signed it")]
    Key,
    /// The signature does not hold.
    #[error("the signature does not hold")]
    Signature,
    /// A claim does not hold.
    #[error("the claim `{0}` does not hold")]
    Claim(&'static str),
}

/// The keys of a provider.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct KeySet {
    keys: Vec<Key>,
}

#[derive(Debug, Clone, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    #[serde(default)]
    crit: Vec<String>,
}

impl KeySet {
    /// The claims of a token that one of the keys has signed.
    ///
    /// # Errors
    /// [`TokenError`]; [`TokenError::Key`] when the keys may have changed since they were read.
    pub fn open<T: DeserializeOwned>(&self, token: &str) -> Result<T, TokenError> {
        let mut parts = token.split('.');
        let (Some(head), Some(body), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenError::Form);
        };
        if token.len() > TOKEN_BYTES {
            return Err(TokenError::Form);
        }
        let known: Head = json(head)?;
        // An extension that must be understood is not.
        if !known.crit.is_empty() {
            return Err(TokenError::Form);
        }
        let signed = &token.as_bytes()[..head.len() + 1 + body.len()];
        let signature = decoded(signature)?;
        self.check(&known, signed, &signature)?;
        json(body)
    }

    fn check(&self, head: &Head, signed: &[u8], signature: &[u8]) -> Result<(), TokenError> {
        let kind = match head.alg.as_str() {
            "RS256" => "RSA",
            "ES256" => "EC",
            other => return Err(TokenError::Algorithm(other.to_owned())),
        };
        let fits = |key: &&Key| {
            key.kty == kind
                && key.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
                && key.alg.as_deref().is_none_or(|alg| alg == head.alg)
                && (head.kid.is_none() || head.kid == key.kid)
        };
        let mut result = Err(TokenError::Key);
        for key in self.keys.iter().filter(fits) {
            result = key.verify(signed, signature);
            if result.is_ok() {
                return Ok(());
            }
        }
        result
    }
}

impl Key {
    fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), TokenError> {
        let part = |text: &Option<String>| decoded(text.as_deref().ok_or(TokenError::Key)?);
        let held = if self.kty == "RSA" {
            let key = RsaPublicKeyComponents {
                n: part(&self.n)?,
                e: part(&self.e)?,
            };
            key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
        } else {
            if self.crv.as_deref() != Some("P-256") {
                return Err(TokenError::Key);
            }
            let mut point = vec![4];
            point.extend(part(&self.x)?);
            point.extend(part(&self.y)?);
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
        };
        held.map_err(|_| TokenError::Signature)
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Form)
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, TokenError> {
    serde_json::from_slice(&decoded(text)?).map_err(|_| TokenError::Form)
}
