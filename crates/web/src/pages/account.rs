//! The own account: password, codes, another provider, tokens of programs.

use std::fmt::Write;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::{AppError, CodesState, NewCodes, Scope, TokenLine, TokenRequest};
use qrcodegen::{QrCode, QrCodeEcc};
use serde::Deserialize;

use super::people::check_new;
use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::forms::{Checked, Nothing};
use crate::numbers;
use crate::visitor::Visitor;
use crate::words::Words;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    c: Chrome,
    codes: CodesState,
    setup: Option<Setup>,
    provider: Option<String>,
    linked: bool,
    tokens: Vec<Token>,
    may_import: bool,
    told: Told,
}

/// What is shown once, after a form.
#[derive(Default)]
struct Told {
    failed: Option<&'static str>,
    token: Option<String>,
    recovery: Vec<String>,
    go: Option<String>,
}

/// What an authenticator needs.
struct Setup {
    secret: String,
    uri: String,
    picture: String,
}

struct Token {
    id: String,
    name: String,
    scopes: String,
    made: String,
    until: String,
    used: String,
    ended: bool,
}

/// The own account.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor) -> Page {
    page(&pages, &visitor, Told::default()).await
}

async fn page(pages: &Pages, visitor: &Visitor, told: Told) -> Page {
    let (app, actor) = (&pages.app, &visitor.actor);
    actor.is_of_the_cluster().map_err(AppError::from)?;
    let tokens = app.api_tokens(actor).await?;
    render(&AccountPage {
        codes: app.codes_state(actor).await?,
        setup: app.new_codes(actor).await?.map(setup),
        provider: app.provider().map(ToOwned::to_owned),
        linked: app.is_linked(actor).await?,
        tokens: tokens.iter().map(|one| token(one, visitor.words)).collect(),
        may_import: actor.member().is_some(),
        told,
        c: Chrome::new(visitor, "account"),
    })
}

fn setup(new: NewCodes) -> Setup {
    Setup {
        picture: picture(&new.uri),
        secret: new.secret,
        uri: new.uri,
    }
}

/// A QR code as SVG, dark on light whatever the colours of the page are; empty when the text is too long for one.
fn picture(text: &str) -> String {
    const BORDER: i32 = 4;
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else {
        return String::new();
    };
    let size = code.size() + 2 * BORDER;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + BORDER, y + BORDER);
        }
    }
    format!(
        "<svg class=\"qr\" viewBox=\"0 0 {size} {size}\" width=\"220\" height=\"220\" shape-rendering=\"crispEdges\" \
         aria-hidden=\"true\"><rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    )
}

fn token(one: &TokenLine, words: &Words) -> Token {
    let at = |at_ms| numbers::time(at_ms, words.tongue);
    let scopes: Vec<String> = one
        .scopes
        .iter()
        .map(|scope| words.name("scope-of", scope.name()))
        .collect();
    Token {
        id: one.id.clone(),
        name: one.name.clone(),
        scopes: scopes.join(", "),
        made: at(one.created_at_ms),
        until: at(one.until_ms),
        used: one.used_at_ms.map_or_else(|| words.text("token-never"), at),
        ended: one.ended,
    }
}

/// The old password, and the new one twice.
#[derive(Deserialize)]
pub struct NewPassword {
    old: String,
    password: String,
    again: String,
}

/// Changes the own password; every session ends, this one too.
pub async fn change_password(
    State(pages): State<Arc<Pages>>,
    form: Checked<NewPassword>,
) -> Result<Response, PageError> {
    form.visitor.actor.is_of_the_cluster().map_err(AppError::from)?;
    check_new(&form.fields.password, &form.fields.again)?;
    let changed = pages
        .app
        .change_password(&form.visitor.actor, &form.fields.old, &form.fields.password)
        .await;
    match changed {
        Ok(()) => Ok(Redirect::to("/login").into_response()),
        Err(AppError::Input { .. }) => Err(PageError::Form("password-wrong")),
        Err(error) => Err(error.into()),
    }
}

/// Begins to turn codes on.
pub async fn begin_codes(State(pages): State<Arc<Pages>>, form: Checked<Nothing>) -> Page {
    let Nothing {} = form.fields;
    pages.app.begin_codes(&form.visitor.actor).await?;
    page(&pages, &form.visitor, Told::default()).await
}

/// A code.
#[derive(Deserialize)]
pub struct Code {
    code: String,
}

/// Turns codes on with the first one.
pub async fn confirm_codes(State(pages): State<Arc<Pages>>, form: Checked<Code>) -> Page {
    let told = match pages.app.confirm_codes(&form.visitor.actor, &form.fields.code).await {
        Ok(recovery) => Told {
            recovery,
            ..Told::default()
        },
        Err(error) => wrong_code(error)?,
    };
    page(&pages, &form.visitor, told).await
}

/// Turns codes off with one.
pub async fn codes_off(State(pages): State<Arc<Pages>>, form: Checked<Code>) -> Page {
    let told = match pages.app.turn_off_codes(&form.visitor.actor, &form.fields.code).await {
        Ok(()) => Told::default(),
        Err(error) => wrong_code(error)?,
    };
    page(&pages, &form.visitor, told).await
}

fn wrong_code(error: AppError) -> Result<Told, PageError> {
    match error {
        AppError::Input { .. } => Ok(Told {
            failed: Some("code-wrong"),
            ..Told::default()
        }),
        error => Err(error.into()),
    }
}

/// Begins to tie the account to the provider. The way there is a link, since forms lead nowhere else than here.
pub async fn link(State(pages): State<Arc<Pages>>, form: Checked<Nothing>) -> Page {
    let Nothing {} = form.fields;
    let visitor = &form.visitor;
    let go = pages
        .app
        .link_provider(&visitor.actor, &visitor.visit, "/account")
        .await?;
    let told = Told {
        go: Some(go),
        ..Told::default()
    };
    page(&pages, visitor, told).await
}

/// Unties the account from the provider.
pub async fn unlink(State(pages): State<Arc<Pages>>, form: Checked<Nothing>) -> Result<Response, PageError> {
    let Nothing {} = form.fields;
    pages.app.unlink_provider(&form.visitor.actor).await?;
    Ok(Redirect::to("/account").into_response())
}

/// What token to make.
#[derive(Deserialize)]
pub struct NewToken {
    name: String,
    days: String,
    #[serde(default)]
    read: Option<String>,
    #[serde(default)]
    import: Option<String>,
}

/// Makes a token for a program, and shows it once.
pub async fn make_token(State(pages): State<Arc<Pages>>, form: Checked<NewToken>) -> Page {
    let NewToken {
        name,
        days,
        read,
        import,
    } = form.fields;
    let chosen = [(Scope::Read, read), (Scope::Import, import)];
    let request = TokenRequest {
        name,
        scopes: chosen
            .into_iter()
            .filter_map(|(scope, asked)| asked.map(|_| scope))
            .collect(),
        days: days.trim().parse().unwrap_or_default(),
    };
    let told = match pages.app.create_api_token(&form.visitor.actor, &request).await {
        Ok(secret) => Told {
            token: Some(secret),
            ..Told::default()
        },
        Err(AppError::Input { .. }) => return Err(PageError::Form("token-wrong")),
        Err(error) => return Err(error.into()),
    };
    page(&pages, &form.visitor, told).await
}

/// Takes a token back.
pub async fn revoke_token(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    form: Checked<Nothing>,
) -> Result<Response, PageError> {
    let Nothing {} = form.fields;
    pages.app.revoke_api_token(&form.visitor.actor, &id).await?;
    Ok(Redirect::to("/account").into_response())
}

#[cfg(test)]
mod tests {
    use super::picture;

    #[test]
    fn a_picture_is_drawn_or_left_out() {
        let drawn = picture("otpauth://totp/x:y?secret=MZXW6YTBOI&issuer=x");
        assert!(
            drawn.starts_with("<svg") && drawn.matches("h1v1h-1z").count() > 200,
            "{drawn}"
        );
        assert_eq!(picture(&"x".repeat(5_000)), "");
    }
}
