//! Files of the pages, embedded in the program; their addresses carry their version, so they may be kept for ever.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A file as it is, and compressed.
pub struct File {
    name: &'static str,
    kind: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

/// One constant for each file, written by `ui/build.mjs`: one that is missing does not compile.
mod built {
    use super::File;
    include!(concat!(env!("OUT_DIR"), "/ui/table.rs"));
}

impl File {
    /// Its address.
    pub fn address(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// The style sheet of every page.
pub fn style() -> String {
    built::STYLE.address()
}

/// The script of every page.
pub fn script() -> String {
    built::APP.address()
}

/// The mark.
pub fn mark() -> String {
    built::MARK.address()
}

/// Gives a file.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = built::FILES.iter().find(|file| file.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let takes = |encoding: &str| accepted.split(',').any(|one| one.trim() == encoding);
    let fixed = [
        (header::CONTENT_TYPE, file.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ];
    if takes("br") {
        (fixed, [(header::CONTENT_ENCODING, "br")], file.brotli).into_response()
    } else if takes("gzip") {
        (fixed, [(header::CONTENT_ENCODING, "gzip")], file.gzip).into_response()
    } else {
        (fixed, file.plain).into_response()
    }
}
