//! Logging in and out.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::AppError;
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::error::PageError;
use crate::forms::{Checked, Nothing};
use crate::visitor::{Visitor, add_cookie, session_cookie};
use crate::{DemoLogin, Pages};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    c: Chrome,
    to: &'a str,
    name: &'a str,
    failed: Option<&'static str>,
    demo_logins: &'a [DemoLogin],
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub struct Asked {
    to: Option<String>,
}

/// The form.
pub async fn form(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    render(&LoginPage {
        c: Chrome::new(&visitor, "login"),
        to: own_address(asked.to.as_deref()),
        name: "",
        failed: None,
        demo_logins: &pages.demo_logins,
    })
}

/// What the form sends.
#[derive(Deserialize)]
pub struct LoginForm {
    name: String,
    password: String,
    #[serde(default)]
    to: String,
}

/// Logs in, or shows the form again.
pub async fn log_in(State(pages): State<Arc<Pages>>, form: Checked<LoginForm>) -> Result<Response, PageError> {
    let LoginForm { name, password, to } = &form.fields;
    let to = own_address(Some(to));
    let failed = match pages.app.log_in(name.trim(), password).await {
        Ok(logged_in) => {
            if let Some(old) = &form.visitor.session {
                pages.app.log_out(old).await?;
            }
            let mut response = Redirect::to(to).into_response();
            let cookie = session_cookie(&logged_in.token, logged_in.seconds, pages.secure);
            add_cookie(response.headers_mut(), &cookie);
            return Ok(response);
        }
        Err(AppError::Input { .. }) => (StatusCode::UNPROCESSABLE_ENTITY, "login-wrong"),
        Err(AppError::TooOften) => (StatusCode::TOO_MANY_REQUESTS, "error-too-often"),
        Err(error) => return Err(error.into()),
    };
    let page = render(&LoginPage {
        c: Chrome::new(&form.visitor, "login"),
        to,
        name,
        failed: Some(failed.1),
        demo_logins: &pages.demo_logins,
    })?;
    Ok((failed.0, page).into_response())
}

/// Ends the session.
pub async fn log_out(State(pages): State<Arc<Pages>>, form: Checked<Nothing>) -> Result<Response, PageError> {
    let Nothing {} = form.fields;
    if let Some(session) = &form.visitor.session {
        pages.app.log_out(session).await?;
    }
    let mut response = Redirect::to("/").into_response();
    add_cookie(response.headers_mut(), &session_cookie("", 0, pages.secure));
    Ok(response)
}

/// An address of ours: a path, and nothing that a browser could read as another site.
pub fn own_address(asked: Option<&str>) -> &str {
    let asked = asked.unwrap_or("/");
    let ours = asked.starts_with('/')
        && !asked.starts_with("//")
        && !asked.contains(['\\', '\r', '\n', '\t'])
        && asked.is_ascii();
    if ours { asked } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own_address;

    #[test]
    fn only_our_own_addresses() {
        for (asked, expect) in [
            (Some("/batches?all=1"), "/batches?all=1"),
            (Some("//evil.example"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("https://evil.example"), "/"),
            (Some("/a\r\nSet-Cookie: x"), "/"),
            (Some(""), "/"),
            (None, "/"),
        ] {
            assert_eq!(own_address(asked), expect, "{asked:?}");
        }
    }
}
