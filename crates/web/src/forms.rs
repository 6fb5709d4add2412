//! Forms: each carries the token of its session, so that only pages of ours can send it.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use crate::error::PageError;
use crate::visitor::Visitor;

/// Name of the field with the token.
pub const TOKEN: &str = "form_token";

/// The fields of a form whose token holds, and who sent it.
pub struct Checked<T> {
    /// Whoever sent it.
    pub visitor: Visitor,
    /// Its fields.
    pub fields: T,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Checked<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, state)
            .await
            .map_err(|_| PageError::StaleForm)?;
        came_from_here(&parts.headers)?;
        let request = Request::from_parts(parts, body);
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| PageError::TooLarge)?;
        let token: Token = serde_urlencoded::from_bytes(&bytes).map_err(|_| PageError::StaleForm)?;
        check_token(&visitor, &token.form_token)?;
        let fields = serde_urlencoded::from_bytes(&bytes).map_err(|_| PageError::Form("error-form"))?;
        Ok(Self { visitor, fields })
    }
}

#[derive(serde::Deserialize)]
struct Token {
    form_token: String,
}

/// A form without fields of its own.
#[derive(serde::Deserialize)]
pub struct Nothing {}

/// Whether the token belongs to this session.
pub fn check_token(visitor: &Visitor, token: &str) -> Result<(), PageError> {
    let same: bool = token.as_bytes().ct_eq(visitor.form_token.as_bytes()).into();
    if same { Ok(()) } else { Err(PageError::StaleForm) }
}

/// A browser says which site a form was sent from; what it says must be us.
pub fn came_from_here(headers: &HeaderMap) -> Result<(), PageError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(PageError::StaleForm);
    }
    let host = text(header::HOST.as_str()).unwrap_or_default();
    match text(header::ORIGIN.as_str()).map(|origin| origin.split_once("://").map_or("", |(_, host)| host)) {
        Some(origin) if origin != host => Err(PageError::StaleForm),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_other_sites_are_refused() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            headers
        };
        for (pairs, fine) in [
            (vec![("host", "a:1")], true),
            (vec![("host", "a:1"), ("origin", "http://a:1")], true),
            (vec![("host", "a:1"), ("origin", "http://b:1")], false),
            (vec![("host", "a:1"), ("origin", "null")], false),
            (vec![("host", "a:1"), ("sec-fetch-site", "same-origin")], true),
            (vec![("host", "a:1"), ("sec-fetch-site", "cross-site")], false),
            (vec![("host", "a:1"), ("sec-fetch-site", "same-site")], false),
        ] {
            assert_eq!(came_from_here(&headers(&pairs)).is_ok(), fine, "{pairs:?}");
        }
    }
}
