//! Who is there: session, language and form token, found out once for each request.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use greenheart_app::{Actor, App, AppError, Capacity, Scope};

use crate::error::{PageError, Told, ask_to_log_in};
use crate::pages::{Chrome, ErrorPage};
use crate::words::{Tongue, Words};
use crate::{Pages, pages};

/// Name of the cookie with the session.
const SESSION: &str = "gh_session";
/// Name of the cookie that ties a form to a visitor who has not logged in.
const VISIT: &str = "gh_visit";
/// Name of the cookie of a login that waits for its code.
const PENDING: &str = "gh_pending";
/// Name of the cookie with the chosen language.
pub const LANGUAGE: &str = "gh_language";

/// Whoever asks for a page.
#[derive(Clone)]
pub struct Visitor {
    /// Who, and in which capacity.
    pub actor: Actor,
    /// Messages of their language.
    pub words: &'static Words,
    /// What their forms carry.
    pub form_token: String,
    /// Path and query, to come back to.
    pub address: String,
    /// Name of the cluster.
    pub cluster: String,
    /// The cluster is invented.
    pub fictional: bool,
    /// The secret of the session.
    pub session: Option<String>,
    /// The secret of the browser: of the session, else of the visit.
    pub visit: String,
}

impl Visitor {
    /// Whether nobody has logged in.
    pub fn is_public(&self) -> bool {
        self.actor.capacity == Capacity::Public
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Finds out who is there, answers, and turns what went wrong into a page in their language.
pub async fn welcome(State(pages): State<Arc<Pages>>, mut request: Request, next: Next) -> Response {
    let (uri, method) = (request.uri().clone(), request.method().clone());
    let (visitor, new_visit) = match recognise(&pages.app, request.headers().clone(), &uri).await {
        Ok(found) => found,
        Err(error) => return plain(&PageError::App(error).tell()),
    };
    request.extensions_mut().insert(visitor.clone());
    let mut response = next.run(request).await;
    if let Some(told) = response.extensions_mut().remove::<Told>() {
        response = match ask_to_log_in(&visitor, &uri) {
            Some(login) if told.status == StatusCode::FORBIDDEN && method == Method::GET => login,
            _ => error_page(&visitor, &logged_out(&visitor, &uri, told)),
        };
    }
    if let Some(visit) = new_visit {
        add_cookie(response.headers_mut(), &cookie(VISIT, &visit, None, pages.secure));
    }
    let kept = response.headers().contains_key(header::CACHE_CONTROL);
    if !kept {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Who asks the API: the bearer of a token, the session of a page, or anyone. `None` when a token does not hold.
pub async fn asker(app: &App, headers: &HeaderMap) -> Result<Option<Asker>, AppError> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .map(|value| value.to_str().unwrap_or_default());
    if let Some(bearer) = bearer {
        return match bearer.strip_prefix("Bearer ") {
            Some(token) => Ok(app.api_token(token).await?.map(|bearer| Asker {
                actor: bearer.actor,
                scopes: Some(bearer.scopes),
            })),
            None => Ok(None),
        };
    }
    let actor = match cookie_value(headers, SESSION) {
        Some(session) => app.session(&session).await?,
        None => None,
    };
    Ok(Some(Asker {
        actor: actor.unwrap_or_else(anybody),
        scopes: None,
    }))
}

/// Whoever asks the API.
pub struct Asker {
    /// Who.
    pub actor: Actor,
    /// What the token is for; `None` without a token.
    pub scopes: Option<BTreeSet<Scope>>,
}

fn anybody() -> Actor {
    Actor {
        name: "public".into(),
        capacity: Capacity::Public,
    }
}

async fn recognise(app: &App, headers: HeaderMap, uri: &Uri) -> Result<(Visitor, Option<String>), AppError> {
    let session = cookie_value(&headers, SESSION);
    let actor = match &session {
        Some(token) => app.session(token).await?,
        None => None,
    };
    let (session, visit, new_visit) = match (&actor, session) {
        (Some(_), Some(session)) => (Some(session.clone()), session, None),
        _ => match cookie_value(&headers, VISIT) {
            Some(visit) if visit.len() == 64 => (None, visit, None),
            _ => {
                let visit = app.secret()?;
                (None, visit.clone(), Some(visit))
            }
        },
    };
    let settings = app.settings().await?;
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let tongue = cookie_value(&headers, LANGUAGE)
        .and_then(|code| Tongue::of(&code))
        .unwrap_or_else(|| Tongue::accepted(accepted));
    let visitor = Visitor {
        actor: actor.unwrap_or_else(anybody),
        words: Words::of(tongue),
        form_token: app.form_token(&visit),
        address: uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        cluster: settings.name,
        fictional: settings.fictional,
        session,
        visit,
    };
    Ok((visitor, new_visit))
}

/// A form of somebody whose session has ended says so, and where to go on. The form of the login itself is only old.
fn logged_out(visitor: &Visitor, uri: &Uri, told: Told) -> Told {
    let over = visitor.is_public() && told.key == "error-stale-form" && !uri.path().starts_with("/login");
    Told {
        key: if over { "error-session-over" } else { told.key },
        ..told
    }
}

fn error_page(visitor: &Visitor, told: &Told) -> Response {
    let page = ErrorPage {
        c: Chrome::new(visitor, ""),
        key: told.key,
        detail: told.detail.clone(),
    };
    match pages::render(&page) {
        Ok(html) => (told.status, html).into_response(),
        Err(_) => plain(told),
    }
}

fn plain(told: &Told) -> Response {
    (told.status, Words::of(Tongue::En).text(told.key)).into_response()
}

/// The cookie of a session.
pub fn session_cookie(token: &str, seconds: i64, secure: bool) -> String {
    cookie(SESSION, token, Some(seconds), secure)
}

/// The cookie of a login that waits for its code.
pub fn pending_cookie(secret: &str, seconds: i64, secure: bool) -> String {
    cookie(PENDING, secret, Some(seconds), secure)
}

/// The login that waits for its code.
pub fn pending(headers: &HeaderMap) -> Option<String> {
    cookie_value(headers, PENDING)
}

/// A cookie that scripts cannot read and other sites do not send.
pub fn cookie(name: &str, value: &str, seconds: Option<i64>, secure: bool) -> String {
    let age = seconds
        .map(|seconds| format!("; Max-Age={seconds}"))
        .unwrap_or_default();
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}")
}

/// Adds a cookie to an answer.
pub fn add_cookie(headers: &mut HeaderMap, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}

fn cookie_value(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// What every answer carries: nothing is loaded from elsewhere, only our own files run, nobody frames it. The images of
/// style sheets stand in them as `data:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self'; style-src 'self'; \
                      img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Adds the headers that protect.
pub async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    response
}
