//! What went wrong, as `application/problem+json` (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use greenheart_app::{AppError, Scope};

use super::schema::wire;
use crate::error::PageError;

wire! {
    /// What a failed request answers.
    pub struct Problem {
        /// Stable name of the kind of problem, such as `about:blank#not-found`.
        pub r#type: String,
        /// It in a sentence.
        pub title: String,
        /// HTTP status.
        pub status: u16,
        /// What happened, and what to do.
        pub detail: Option<String>,
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum ApiError {
    /// A verb refused or failed.
    App(AppError),
    /// There is no such address.
    NoPage,
    /// The token does not hold.
    Token,
    /// The token is for something else.
    Scope(Scope),
    /// What was asked cannot be read.
    Query(String),
    /// The answer is too long.
    TooLarge,
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl ApiError {
    fn problem(self) -> Problem {
        let problem = |status: StatusCode, name: &str, title: &str, detail: Option<String>| Problem {
            r#type: format!("about:blank#{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail,
        };
        let told = match self {
            Self::Token => return problem(StatusCode::UNAUTHORIZED, "token", "this token does not hold", None),
            Self::Scope(needed) => {
                let detail = format!("it needs the scope `{needed}`");
                return problem(
                    StatusCode::FORBIDDEN,
                    "scope",
                    "this token is for something else",
                    Some(detail),
                );
            }
            Self::Query(detail) => {
                return problem(
                    StatusCode::BAD_REQUEST,
                    "query",
                    "the question cannot be read",
                    Some(detail),
                );
            }
            Self::NoPage => PageError::NoPage.tell(),
            Self::TooLarge => PageError::TooLarge.tell(),
            Self::App(error) => PageError::App(error).tell(),
        };
        let (name, title) = match told.status {
            StatusCode::FORBIDDEN => ("denied", "this is not for whoever asks"),
            StatusCode::NOT_FOUND => ("not-found", "there is nothing here, or it is not for whoever asks"),
            StatusCode::UNPROCESSABLE_ENTITY => ("input", "it cannot be done as asked"),
            StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "the answer is too long; ask for less"),
            _ => ("internal", "something failed here"),
        };
        let detail = (!told.detail.is_empty()).then(|| told.detail.join("; "));
        problem(told.status, name, title, detail)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(problem)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if status == StatusCode::UNAUTHORIZED {
            let how = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
        }
        response
    }
}
