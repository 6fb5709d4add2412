//! Accounts of people, and invitations.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::{AccountLine, AppError, Capacity};
use greenheart_model::MemberId;
use serde::Deserialize;

use super::{Chrome, Page, render, role_key};
use crate::Pages;
use crate::error::PageError;
use crate::forms::{Checked, Nothing};
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    c: Chrome,
    lines: Vec<Line>,
    members: Vec<(String, String)>,
    leads: bool,
    invitation: Option<Invitation>,
}

struct Line {
    name: String,
    role: String,
    member: String,
    active: bool,
    disabled: bool,
    codes: bool,
    own: bool,
}

/// A link that is shown once.
struct Invitation {
    name: String,
    link: String,
}

/// The accounts that the visitor administers.
pub async fn list(State(pages): State<Arc<Pages>>, visitor: Visitor) -> Page {
    show(&pages, &visitor, None).await
}

async fn show(pages: &Pages, visitor: &Visitor, invitation: Option<Invitation>) -> Page {
    let accounts = pages.app.accounts(&visitor.actor).await?;
    let members = pages.app.members(&visitor.actor).await?;
    let name_of = |id: &MemberId| {
        let known = members.iter().find(|line| line.member.id == *id);
        known.map_or_else(|| id.to_string(), |line| line.member.name.clone())
    };
    let lines = accounts
        .iter()
        .map(|account| line(account, visitor, &name_of))
        .collect();
    let administered = members
        .iter()
        .filter(|line| visitor.actor.administers(&line.member.id) || visitor.actor.may_administer().is_ok());
    render(&PeoplePage {
        lines,
        members: administered
            .map(|line| (line.member.id.to_string(), line.member.name.clone()))
            .collect(),
        leads: visitor.actor.may_administer().is_ok(),
        invitation,
        c: Chrome::new(visitor, "people"),
    })
}

fn line(account: &AccountLine, visitor: &Visitor, name_of: &dyn Fn(&MemberId) -> String) -> Line {
    let member = match &account.capacity {
        Capacity::MemberAdmin(member) | Capacity::Contributor(member) => name_of(member),
        _ => String::new(),
    };
    Line {
        name: account.name.clone(),
        role: visitor.words.text(role_key(&account.capacity)),
        member,
        active: account.active,
        disabled: account.disabled,
        codes: account.codes,
        own: account.name == visitor.actor.name,
    }
}

/// Whom to invite.
#[derive(Deserialize)]
pub struct NewAccount {
    name: String,
    role: String,
    #[serde(default)]
    member: String,
}

/// Invites somebody, and shows the link once.
pub async fn invite(State(pages): State<Arc<Pages>>, form: Checked<NewAccount>) -> Page {
    let NewAccount { name, role, member } = form.fields;
    let member = MemberId::new(member);
    let capacity = match role.as_str() {
        "facilitator" => Capacity::Facilitator,
        "auditor" => Capacity::Auditor,
        "admin" => Capacity::MemberAdmin(member),
        "contributor" => Capacity::Contributor(member),
        _ => return Err(PageError::Form("error-form")),
    };
    let secret = pages
        .app
        .create_account(&form.visitor.actor, name.trim(), &capacity)
        .await?;
    show(&pages, &form.visitor, Some(invitation_for(name.trim(), &secret))).await
}

/// Invites somebody again, for whoever forgot a password.
pub async fn invite_again(State(pages): State<Arc<Pages>>, Path(name): Path<String>, form: Checked<Nothing>) -> Page {
    let Nothing {} = form.fields;
    let secret = pages.app.invite_again(&form.visitor.actor, &name).await?;
    show(&pages, &form.visitor, Some(invitation_for(&name, &secret))).await
}

fn invitation_for(name: &str, secret: &str) -> Invitation {
    Invitation {
        name: name.to_owned(),
        link: format!("/invitation/{secret}"),
    }
}

/// Whether an account may log in.
#[derive(Deserialize)]
pub struct Disable {
    disabled: String,
}

/// Lets somebody log in, or not.
pub async fn disable(
    State(pages): State<Arc<Pages>>,
    Path(name): Path<String>,
    form: Checked<Disable>,
) -> Result<Response, PageError> {
    let disabled = form.fields.disabled == "yes";
    pages
        .app
        .set_account_disabled(&form.visitor.actor, &name, disabled)
        .await?;
    Ok(Redirect::to("/people").into_response())
}

/// Turns codes off for somebody who has lost them.
pub async fn reset_codes(
    State(pages): State<Arc<Pages>>,
    Path(name): Path<String>,
    form: Checked<Nothing>,
) -> Result<Response, PageError> {
    let Nothing {} = form.fields;
    pages.app.reset_codes(&form.visitor.actor, &name).await?;
    Ok(Redirect::to("/people").into_response())
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    c: Chrome,
    name: String,
    secret: String,
}

/// Where an invited person chooses a password.
pub async fn invitation(State(pages): State<Arc<Pages>>, visitor: Visitor, Path(secret): Path<String>) -> Page {
    let name = pages.app.invitation(&secret).await.map_err(stale)?;
    render(&InvitationPage {
        c: Chrome::new(&visitor, "login"),
        name,
        secret,
    })
}

fn stale(error: AppError) -> PageError {
    match error {
        AppError::Input { .. } => PageError::Form("invitation-stale"),
        error => error.into(),
    }
}

/// The password, twice.
#[derive(Deserialize)]
pub struct Password {
    password: String,
    again: String,
}

/// Takes the password.
pub async fn accept(
    State(pages): State<Arc<Pages>>,
    Path(secret): Path<String>,
    form: Checked<Password>,
) -> Result<Response, PageError> {
    check_new(&form.fields.password, &form.fields.again)?;
    pages
        .app
        .accept_invitation(&secret, &form.fields.password)
        .await
        .map_err(stale)?;
    Ok(Redirect::to("/login").into_response())
}

/// Whether a new password can be one.
pub fn check_new(password: &str, again: &str) -> Result<(), PageError> {
    if password != again {
        return Err(PageError::Form("password-differs"));
    }
    if !(12..=256).contains(&password.chars().count()) {
        return Err(PageError::Form("password-length"));
    }
    Ok(())
}
