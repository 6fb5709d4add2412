//! Files of the pages, embedded in the program; their addresses carry their version, so they may be kept for ever.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

const STYLE: &str = include_str!("../assets/style.css");
const MARK: &str = include_str!("../assets/mark.svg");

/// The address of the style sheet; a change of it is a change of the address.
pub fn style() -> String {
    format!("/assets/style-{:08x}.css", checksum(STYLE))
}

/// The address of the mark.
pub fn mark() -> String {
    format!("/assets/mark-{:08x}.svg", checksum(MARK))
}

/// Gives a file.
pub async fn serve(Path(file): Path<String>) -> Response {
    let asked = format!("/assets/{file}");
    let (kind, content) = if asked == style() {
        ("text/css; charset=utf-8", STYLE)
    } else if asked == mark() {
        ("image/svg+xml", MARK)
    } else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, content).into_response()
}

/// FNV-1a: tells versions apart, protects nothing.
fn checksum(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
