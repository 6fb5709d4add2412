//! The JSON API, `/api/v1`: for reading, all that the pages show. The document at `/api/v1/openapi.json` is made of the same
//! types and snapshotted in a test.
//!
//! Design: one address for one verb; tokens of their own scope hand in files, everything else reads; decimals are strings, so that no reader rounds them; every error is
//! `application/problem+json`; lists are cut by an opaque cursor; every answer has an `ETag`. Whoever asks is found by a
//! bearer token or by the session of a page, and may see here what the pages show them.

mod circular;
mod document;
mod imports;
mod problem;
mod reads;
mod reads_account;
mod reads_cluster;
mod schema;
mod wire;
mod wire_account;
mod wire_cluster;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

use greenheart_app::Scope;
use tower_http::timeout::TimeoutLayer;

use crate::routes::{PATIENCE, UPLOAD_BYTES, UPLOAD_PATIENCE};
use crate::{Pages, visitor};
use problem::ApiError;

/// Bytes of an answer at most.
const ANSWER_BYTES: usize = 64 << 20;

/// Every address of the API.
pub fn router(pages: Arc<Pages>) -> Router<Arc<Pages>> {
    let patience = |time| TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time);
    let readings = document::READINGS.iter().fold(Router::new(), |router, reading| {
        router.route(reading.address, (reading.handler)())
    });
    let uploads = Router::new()
        .route("/imports", post(imports::begin))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES))
        .layer(patience(UPLOAD_PATIENCE));
    readings
        .route("/imports/{job}/confirm", post(imports::confirm))
        .route("/openapi.json", get(document))
        .layer(patience(PATIENCE))
        .merge(uploads)
        .fallback(|| async { ApiError::NoPage })
        .layer(from_fn_with_state(pages, guard))
}

/// Whoever asks came with a token: a session of a page, which the browser sends by itself, changes nothing here.
#[derive(Clone, Copy)]
pub struct ByToken;

impl<S: Sync> FromRequestParts<S> for ByToken {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().copied().ok_or(ApiError::Token)
    }
}

async fn document() -> Response {
    Json(document::document()).into_response()
}

/// Finds out who asks, and answers only what has changed since.
async fn guard(State(pages): State<Arc<Pages>>, mut request: Request, next: Next) -> Response {
    let asker = match visitor::asker(&pages.app, request.headers()).await {
        Ok(Some(asker)) => asker,
        Ok(None) => return ApiError::Token.into_response(),
        Err(error) => return ApiError::from(error).into_response(),
    };
    let needed = if request.method() == Method::GET {
        Scope::Read
    } else {
        Scope::Import
    };
    if asker.scopes.as_ref().is_some_and(|scopes| !scopes.contains(&needed)) {
        return ApiError::Scope(needed).into_response();
    }
    if asker.scopes.is_some() {
        request.extensions_mut().insert(ByToken);
    }
    request.extensions_mut().insert(asker.actor);
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    tagged(next.run(request).await, known.as_ref()).await
}

async fn tagged(response: Response, known: Option<&HeaderValue>) -> Response {
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER_BYTES).await else {
        return ApiError::TooLarge.into_response();
    };
    let tag = format!("\"{:016x}\"", checksum(&bytes));
    let same = known
        .and_then(|known| known.to_str().ok())
        .is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    parts
        .headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if same {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// FNV-1a: tells answers apart, protects nothing.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
