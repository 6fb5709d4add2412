//! The relying party of OpenID Connect: the authorization code flow with PKCE.
//!
//! # Source
//! OpenID Connect Core 1.0 (sections 3.1, 3.1.3.7), Discovery 1.0 (section 4), RFC 7636 (PKCE), RFC 9207 (issuer of an
//! answer).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use url::Url;

use crate::http::{FetchError, Http};
use crate::jwt::{KeySet, TokenError};

/// How far two clocks may be apart.
const LEEWAY_S: i64 = 60;

/// Why a provider does not vouch for anybody.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It did not answer.
    #[error("the provider did not answer `{what}`")]
    Fetch {
        /// What was asked.
        what: &'static str,
        /// Why.
        source: FetchError,
    },
    /// Its answer says something else than the protocol.
    #[error("the provider's answer to `{what}` cannot be read: {detail}")]
    Answer {
        /// What was asked.
        what: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The token does not hold.
    #[error("the provider's token does not hold")]
    Token(#[from] TokenError),
}

/// A provider and who we are to it.
#[derive(Clone)]
pub struct Provider {
    /// Its identifier, exactly as it calls itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What proves that it is us; a public client has none.
    pub client_secret: Option<String>,
    /// Where people come back to.
    pub redirect: String,
    /// Asks it.
    pub http: Http,
}

/// What a provider publishes about itself.
#[derive(Debug, Clone, Deserialize)]
pub struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// Secrets of one login.
#[derive(Debug, Clone, Copy)]
pub struct Secrets<'a> {
    /// Comes back with the answer.
    pub state: &'a str,
    /// Stands in the token.
    pub nonce: &'a str,
    /// Proves that whoever redeems the code is whoever asked for it.
    pub verifier: &'a str,
}

/// Whom a provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Claims {
    iss: String,
    /// The person, for good, at this provider.
    pub sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: Option<i64>,
    nbf: Option<i64>,
    nonce: Option<String>,
    email: Option<String>,
    email_verified: Option<Verified>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Some providers write it as a text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Verified {
    Flag(bool),
    Text(String),
}

#[derive(Deserialize)]
struct Redeemed {
    id_token: String,
}

impl Claims {
    /// The e-mail address, when the provider has made sure that it is the person's.
    pub fn verified_email(&self) -> Option<&str> {
        let verified = match &self.email_verified {
            Some(Verified::Flag(flag)) => *flag,
            Some(Verified::Text(text)) => text == "true",
            None => false,
        };
        self.email.as_deref().filter(|email| verified && !email.is_empty())
    }
}

impl Provider {
    /// What the provider publishes about itself.
    ///
    /// # Errors
    /// When it does not answer, or calls itself something else than it is called here.
    pub async fn discover(&self) -> Result<Metadata, ProviderError> {
        let what = "discovery";
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let bytes = self
            .http
            .get(&address)
            .await
            .map_err(|source| ProviderError::Fetch { what, source })?;
        let metadata: Metadata = read(what, &bytes)?;
        if metadata.issuer != self.issuer {
            let detail = format!("it calls itself `{}`", metadata.issuer);
            return Err(ProviderError::Answer { what, detail });
        }
        Ok(metadata)
    }

    /// The keys it signs with.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn keys(&self, metadata: &Metadata) -> Result<KeySet, ProviderError> {
        let what = "keys";
        let bytes = self
            .http
            .get(&metadata.jwks_uri)
            .await
            .map_err(|source| ProviderError::Fetch { what, source })?;
        read(what, &bytes)
    }

    /// Where a person goes to be vouched for.
    ///
    /// # Errors
    /// When the provider's address is none.
    pub fn address(&self, metadata: &Metadata, secrets: Secrets<'_>) -> Result<String, ProviderError> {
        let mut url = Url::parse(&metadata.authorization_endpoint).map_err(|error| ProviderError::Answer {
            what: "discovery",
            detail: error.to_string(),
        })?;
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect),
            ("scope", "openid email"),
            ("state", secrets.state),
            ("nonce", secrets.nonce),
            ("code_challenge", &challenge(secrets.verifier)),
            ("code_challenge_method", "S256"),
        ]);
        Ok(url.into())
    }

    /// Redeems a code for an ID token.
    ///
    /// # Errors
    /// When the provider refuses.
    pub async fn redeem(&self, metadata: &Metadata, code: &str, verifier: &str) -> Result<String, ProviderError> {
        let what = "code";
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect),
            ("client_id", &self.client_id),
            ("code_verifier", verifier),
        ];
        let methods = &metadata.token_endpoint_auth_methods_supported;
        let by_form = !methods.is_empty() && !methods.iter().any(|method| method == "client_secret_basic");
        let mut authorization = None;
        match &self.client_secret {
            Some(secret) if by_form => fields.push(("client_secret", secret)),
            Some(secret) => authorization = Some(basic(&self.client_id, secret)),
            None => {}
        }
        let answer = self
            .http
            .post_form(&metadata.token_endpoint, &fields, authorization.as_deref());
        let bytes = answer.await.map_err(|source| ProviderError::Fetch { what, source })?;
        read::<Redeemed>(what, &bytes).map(|redeemed| redeemed.id_token)
    }

    /// The claims of an ID token that this provider made for us, for this login, and that holds now.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn open(&self, token: &str, keys: &KeySet, nonce: &str, now_ms: i64) -> Result<Claims, TokenError> {
        let claims: Claims = keys.open(token)?;
        let now = now_ms.div_euclid(1_000);
        let (for_us, shared) = match &claims.aud {
            Audience::One(one) => (*one == self.client_id, false),
            Audience::Many(many) => (many.contains(&self.client_id), many.len() > 1),
        };
        let party = match &claims.azp {
            Some(party) => *party == self.client_id,
            None => !shared,
        };
        let same_nonce = claims
            .nonce
            .as_deref()
            .is_some_and(|told| told.as_bytes().ct_eq(nonce.as_bytes()).into());
        for (claim, holds) in [
            ("iss", claims.iss == self.issuer),
            ("aud", for_us),
            ("azp", party),
            ("exp", claims.exp > now - LEEWAY_S),
            ("iat", claims.iat.is_some_and(|made| made <= now + LEEWAY_S)),
            ("nbf", claims.nbf.is_none_or(|from| from <= now + LEEWAY_S)),
            ("nonce", same_nonce),
            ("sub", !claims.sub.is_empty() && claims.sub.len() <= 255),
        ] {
            if !holds {
                return Err(TokenError::Claim(claim));
            }
        }
        Ok(claims)
    }
}

fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

/// Name and password, each written as in a form (RFC 6749, section 2.3.1).
fn basic(name: &str, password: &str) -> String {
    let quoted = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!(
        "Basic {}",
        STANDARD.encode(format!("{}:{}", quoted(name), quoted(password)))
    )
}

fn read<T: serde::de::DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, ProviderError> {
    serde_json::from_slice(bytes).map_err(|error| ProviderError::Answer {
        what,
        detail: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::challenge;

    /// RFC 7636, appendix B.
    #[test]
    fn the_challenge_of_the_standard() {
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
