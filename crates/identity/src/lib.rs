//! Proofs of who somebody is: one-time codes, and identities that another provider vouches for.
//!
//! For: time-based codes (RFC 6238), and the relying party of OpenID Connect: discovery, the authorization code flow
//! with PKCE, signatures and claims of ID tokens, over a small HTTPS client of its own.
//! Not for: accounts, sessions, storage, pages; secrets and the time are arguments.
//! Start with [`totp`] and [`oidc::Provider`].

mod base32;
mod http;
mod jwt;
pub mod oidc;
pub mod totp;

pub use http::{FetchError, Http};
pub use jwt::{KeySet, TokenError};
