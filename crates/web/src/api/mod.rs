//! The JSON API, `/api/v1`: for reading, all that the pages show. The document at `/api/v1/openapi.json` is made of the same
//! types and snapshotted in a test.
//!
//! Design: one address for one verb, read only; decimals are strings, so that no reader rounds them; every error is
//! `application/problem+json`; lists are cut by an opaque cursor; every answer has an `ETag`. Whoever asks is found by a
//! bearer token or by the session of a page, and may see here what the pages show them.

mod document;
mod problem;
mod reads;
mod reads_account;
mod schema;
mod wire;
mod wire_account;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use crate::Pages;
use crate::visitor;
use problem::ApiError;

/// Bytes of an answer at most.
const ANSWER_BYTES: usize = 64 << 20;

/// Every address of the API.
pub fn router(pages: Arc<Pages>) -> Router<Arc<Pages>> {
    document::READINGS
        .iter()
        .fold(Router::new(), |router, reading| {
            router.route(reading.address, (reading.handler)())
        })
        .route("/openapi.json", get(document))
        .fallback(|| async { ApiError::NoPage })
        .layer(from_fn_with_state(pages, guard))
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
    request.extensions_mut().insert(asker);
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
