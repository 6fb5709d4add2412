//! What went wrong, as a status and a page.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::AppError;

use crate::visitor::Visitor;

/// Why there is no page. The page that says so is made where the visitor's language is known.
#[derive(Debug)]
pub enum PageError {
    /// A verb refused or failed.
    App(AppError),
    /// There is no such address.
    NoPage,
    /// A form did not come from a page of this session.
    StaleForm,
    /// A form lacks something, said by this message.
    Form(&'static str),
    /// More was handed in than is taken.
    TooLarge,
    /// A page could not be written.
    Template(askama::Error),
    /// A file to take away could not be written.
    File(Box<dyn std::error::Error + Send + Sync>),
}

impl From<AppError> for PageError {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}
impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Self::Template(error)
    }
}

/// What the page of an error says.
#[derive(Debug, Clone)]
pub struct Told {
    /// Status of the answer.
    pub status: StatusCode,
    /// Message key of the heading.
    pub key: &'static str,
    /// The particulars: what happened, then what to do.
    pub detail: Vec<String>,
}

impl PageError {
    /// Status and words. What is an internal matter goes to the log under a number, which the page shows.
    pub fn tell(&self) -> Told {
        let told = |status, key, detail| Told { status, key, detail };
        match self {
            Self::NoPage => told(StatusCode::NOT_FOUND, "error-not-found", Vec::new()),
            Self::StaleForm => told(StatusCode::FORBIDDEN, "error-stale-form", Vec::new()),
            Self::Form(key) => told(StatusCode::UNPROCESSABLE_ENTITY, key, Vec::new()),
            Self::TooLarge => told(StatusCode::PAYLOAD_TOO_LARGE, "error-too-large", Vec::new()),
            Self::App(error) => match error {
                AppError::Denied(_) => told(StatusCode::FORBIDDEN, "error-denied", Vec::new()),
                AppError::NotFound { .. } => told(StatusCode::NOT_FOUND, "error-not-found", Vec::new()),
                AppError::Input { message, hint } => told(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "error-input",
                    vec![message.clone(), hint.clone()],
                ),
                AppError::TooOften => told(StatusCode::TOO_MANY_REQUESTS, "error-too-often", Vec::new()),
                error if error.is_disk_full() => told(StatusCode::INSUFFICIENT_STORAGE, "error-disk-full", Vec::new()),
                error => internal(error),
            },
            Self::Template(error) => internal(error),
            Self::File(error) => internal(&**error),
        }
    }
}

fn internal(error: &(dyn std::error::Error + 'static)) -> Told {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    tracing::error!(error.number = number, error, "a page failed");
    Told {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        key: "error-internal",
        detail: vec![format!("#{number}")],
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let told = self.tell();
        let mut response = told.status.into_response();
        response.extensions_mut().insert(told);
        response
    }
}

/// Nobody who is not logged in is refused: they are asked to log in first.
pub fn ask_to_log_in(visitor: &Visitor, uri: &Uri) -> Option<Response> {
    let to = uri.path_and_query().map_or("/", |path| path.as_str());
    visitor
        .is_public()
        .then(|| Redirect::to(&format!("/login?to={}", crate::shown::encoded(to).replace('/', "%2F"))).into_response())
}

/// An address that leads nowhere.
pub async fn no_such_page() -> PageError {
    PageError::NoPage
}
