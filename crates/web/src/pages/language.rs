//! The choice of language, kept for a year.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::error::PageError;
use crate::visitor::{LANGUAGE, add_cookie, cookie};
use crate::words::Tongue;
use crate::{Pages, pages::login::own_address};

const YEAR_SECONDS: i64 = 365 * 24 * 3_600;

/// Where to go on.
#[derive(Deserialize)]
pub struct Back {
    to: Option<String>,
}

/// Chooses a language and comes back.
pub async fn switch(
    State(pages): State<Arc<Pages>>,
    Path(code): Path<String>,
    Query(back): Query<Back>,
) -> Result<Response, PageError> {
    let tongue = Tongue::of(&code).ok_or(PageError::NoPage)?;
    let mut response = Redirect::to(own_address(back.to.as_deref())).into_response();
    add_cookie(
        response.headers_mut(),
        &cookie(LANGUAGE, tongue.code(), Some(YEAR_SECONDS), pages.secure),
    );
    Ok(response)
}
