//! Logging in and out: by password, by another provider, and with a code where somebody has turned that on.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::{Admission, AppError, LoggedIn, ProviderAnswer};
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::error::PageError;
use crate::forms::{Checked, Nothing};
use crate::visitor::{Visitor, add_cookie, pending, pending_cookie, session_cookie};
use crate::{DemoLogin, Pages, shown};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    c: Chrome,
    to: &'a str,
    name: &'a str,
    failed: Option<&'static str>,
    demo_logins: &'a [DemoLogin],
    provider: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage<'a> {
    c: Chrome,
    to: &'a str,
    failed: Option<&'static str>,
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub struct Asked {
    to: Option<String>,
}

/// The form.
pub async fn form(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let to = own_address(asked.to.as_deref());
    login_page(&pages, &visitor, to, "", None)
}

fn login_page(pages: &Pages, visitor: &Visitor, to: &str, name: &str, failed: Option<&'static str>) -> Page {
    render(&LoginPage {
        c: Chrome::new(visitor, "login"),
        to,
        name,
        failed,
        demo_logins: &pages.demo_logins,
        provider: pages.app.provider(),
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

/// Logs in, asks for a code, or shows the form again.
pub async fn log_in(State(pages): State<Arc<Pages>>, form: Checked<LoginForm>) -> Result<Response, PageError> {
    let LoginForm { name, password, to } = &form.fields;
    let to = own_address(Some(to));
    let failed = match pages.app.log_in(name.trim(), password).await {
        Ok(admission) => return admitted(&pages, &form.visitor, &admission, to).await,
        Err(error) => refused(error, "login-wrong")?,
    };
    let page = login_page(&pages, &form.visitor, to, name, Some(failed.1))?;
    Ok((failed.0, page).into_response())
}

/// How a refused proof is told; what is no refusal is passed on.
fn refused(error: AppError, key: &'static str) -> Result<(StatusCode, &'static str), PageError> {
    match error {
        AppError::Input { .. } => Ok((StatusCode::UNPROCESSABLE_ENTITY, key)),
        AppError::TooOften => Ok((StatusCode::TOO_MANY_REQUESTS, "error-too-often")),
        error => Err(error.into()),
    }
}

/// Gives the browser its new session, never the one it came with, or the way to the code.
async fn admitted(pages: &Pages, visitor: &Visitor, admission: &Admission, to: &str) -> Result<Response, PageError> {
    match admission {
        Admission::Session(session) => logged_in(pages, visitor, session, to).await,
        Admission::Code(waiting) => {
            let to = shown::encoded(to).replace('/', "%2F");
            let mut response = Redirect::to(&format!("/login/code?to={to}")).into_response();
            let cookie = pending_cookie(&waiting.token, waiting.seconds, pages.secure);
            add_cookie(response.headers_mut(), &cookie);
            Ok(response)
        }
    }
}

async fn logged_in(pages: &Pages, visitor: &Visitor, session: &LoggedIn, to: &str) -> Result<Response, PageError> {
    if let Some(old) = &visitor.session {
        pages.app.log_out(old).await?;
    }
    let mut response = Redirect::to(to).into_response();
    let cookie = session_cookie(&session.token, session.seconds, pages.secure);
    add_cookie(response.headers_mut(), &cookie);
    Ok(response)
}

/// Where a code is asked for.
pub async fn code_form(visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    render(&CodePage {
        c: Chrome::new(&visitor, "login"),
        to: own_address(asked.to.as_deref()),
        failed: None,
    })
}

/// What the form of the code sends.
#[derive(Deserialize)]
pub struct CodeForm {
    code: String,
    #[serde(default)]
    to: String,
}

/// Takes the code.
pub async fn code(
    State(pages): State<Arc<Pages>>,
    headers: HeaderMap,
    form: Checked<CodeForm>,
) -> Result<Response, PageError> {
    let to = own_address(Some(&form.fields.to));
    let waiting = pending(&headers).unwrap_or_default();
    let failed = match pages.app.log_in_with_code(&waiting, &form.fields.code).await {
        Ok(session) => {
            let mut response = logged_in(&pages, &form.visitor, &session, to).await?;
            add_cookie(response.headers_mut(), &pending_cookie("", 0, pages.secure));
            return Ok(response);
        }
        // Its time is over: the password is asked for again.
        Err(AppError::NotFound { .. }) => return Ok(Redirect::to("/login").into_response()),
        Err(error) => refused(error, "code-wrong")?,
    };
    let page = render(&CodePage {
        c: Chrome::new(&form.visitor, "login"),
        to,
        failed: Some(failed.1),
    })?;
    Ok((failed.0, page).into_response())
}

/// The way to the provider.
pub async fn to_provider(
    State(pages): State<Arc<Pages>>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let to = own_address(asked.to.as_deref());
    let address = pages.app.go_to_provider(&visitor.visit, to).await?;
    Ok(Redirect::to(&address).into_response())
}

/// Back from the provider.
pub async fn from_provider(
    State(pages): State<Arc<Pages>>,
    visitor: Visitor,
    Query(answer): Query<ProviderAnswer>,
) -> Result<Response, PageError> {
    let back = pages
        .app
        .back_from_provider(&visitor.actor, &visitor.visit, &answer)
        .await;
    match back {
        Ok(back) => {
            let to = own_address(Some(&back.to)).to_owned();
            match &back.admission {
                Some(admission) => admitted(&pages, &visitor, admission, &to).await,
                None => Ok(Redirect::to(&to).into_response()),
            }
        }
        Err(error) => {
            let (status, key) = refused(error, "provider-refused")?;
            let page = login_page(&pages, &visitor, "/", "", Some(key))?;
            Ok((status, page).into_response())
        }
    }
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
