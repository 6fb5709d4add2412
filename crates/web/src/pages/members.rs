//! Members, their sites, and who may see what of them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::{MemberLine, MemberRequest, SiteRequest};
use greenheart_model::{Coordinates, MemberId, Role, Site, SiteId, Visibility};
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::figure::Figure;
use crate::forms::Checked;
use crate::numbers;
use crate::visitor::Visitor;
use crate::words::Words;

/// The levels that can be chosen, from the narrowest.
const LEVELS: [(&str, Visibility); 4] = [
    ("own", Visibility::Own),
    ("facilitator", Visibility::Facilitator),
    ("cluster", Visibility::Cluster),
    ("public", Visibility::Public),
];

#[derive(Template)]
#[template(path = "members.html")]
struct MembersPage {
    c: Chrome,
    lines: Vec<Line>,
    roles: Vec<(String, String)>,
    may_add: bool,
    figure: Figure,
}

struct Line {
    id: String,
    name: String,
    role: String,
    nace: String,
    employees: String,
    sites: usize,
    visibility: String,
    readable: bool,
    own: bool,
}

/// Everyone in the cluster.
pub async fn list(State(pages): State<Arc<Pages>>, visitor: Visitor) -> Page {
    let members = pages.app.members(&visitor.actor).await?;
    let sites = pages.app.sites(&visitor.actor).await?;
    let lines = members.iter().map(|member| line(member, &sites, &visitor));
    render(&MembersPage {
        lines: lines.collect(),
        roles: Role::ALL
            .iter()
            .map(|role| (role.name().to_owned(), visitor.words.text(&format!("role-{role}"))))
            .collect(),
        may_add: visitor.actor.may_administer().is_ok(),
        figure: super::figures::sites(&pages, &visitor).await?,
        c: Chrome::new(&visitor, "members"),
    })
}

fn line(found: &MemberLine, sites: &[Site], visitor: &Visitor) -> Line {
    let (member, words) = (&found.member, visitor.words);
    Line {
        id: member.id.to_string(),
        name: member.name.clone(),
        role: words.text(&format!("role-{}", member.role)),
        nace: member.nace.as_ref().map(ToString::to_string).unwrap_or_default(),
        employees: member
            .employees
            .map_or_else(String::new, |count| numbers::count(count.into(), words.tongue)),
        sites: sites.iter().filter(|site| site.member == member.id).count(),
        visibility: visibility_text(found.visibility, words),
        readable: visitor.actor.may_read(&member.id, found.visibility).is_ok(),
        own: visitor.actor.member() == Some(&member.id),
    }
}

fn visibility_text(visibility: Visibility, words: &Words) -> String {
    let key = match visibility {
        Visibility::Own => "visibility-own",
        Visibility::Facilitator => "visibility-facilitator",
        Visibility::AnonymisedBand => "visibility-anonymised-band",
        Visibility::NamedPartners => "visibility-named-partners",
        Visibility::Cluster => "visibility-cluster",
        Visibility::Public => "visibility-public",
    };
    words.text(key)
}

#[derive(Template)]
#[template(path = "member.html")]
struct MemberPage {
    c: Chrome,
    line: Line,
    joined: String,
    sites: Vec<Site>,
    levels: Vec<(&'static str, String, bool)>,
    may_choose: bool,
    may_add_site: bool,
}

/// One member.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Path(id): Path<String>) -> Page {
    let members = pages.app.members(&visitor.actor).await?;
    let sites = pages.app.sites(&visitor.actor).await?;
    let found = members
        .iter()
        .find(|line| line.member.id.as_str() == id)
        .ok_or(PageError::NoPage)?;
    let own = visitor.actor.administers(&found.member.id);
    render(&MemberPage {
        line: line(found, &sites, &visitor),
        joined: found.member.membership.joined.to_string(),
        levels: LEVELS
            .iter()
            .map(|(name, level)| {
                (
                    *name,
                    visibility_text(*level, visitor.words),
                    *level == found.visibility,
                )
            })
            .collect(),
        may_choose: own || visitor.actor.may_operate().is_ok(),
        may_add_site: own || visitor.actor.may_administer().is_ok(),
        sites: sites.into_iter().filter(|site| site.member.as_str() == id).collect(),
        c: Chrome::new(&visitor, "members"),
    })
}

/// Who may see.
#[derive(Deserialize)]
pub struct Level {
    level: String,
}

/// Chooses who may see a member's named figures.
pub async fn visibility(
    State(pages): State<Arc<Pages>>,
    Path(id): Path<String>,
    form: Checked<Level>,
) -> Result<Response, PageError> {
    let level = LEVELS
        .iter()
        .find(|(name, _)| *name == form.fields.level)
        .ok_or(PageError::Form("error-form"))?;
    let member = MemberId::new(&id);
    pages.app.set_visibility(&form.visitor.actor, &member, level.1).await?;
    Ok(Redirect::to(&format!("/members/{}", crate::shown::encoded(member.as_str()))).into_response())
}

/// A new member.
#[derive(Deserialize)]
pub struct NewMember {
    org_no: String,
    name: String,
    role: String,
    #[serde(default)]
    nace: String,
    #[serde(default)]
    employees: String,
    joined: String,
}

/// Adds a member.
pub async fn add(State(pages): State<Arc<Pages>>, form: Checked<NewMember>) -> Result<Response, PageError> {
    let NewMember {
        org_no,
        name,
        role,
        nace,
        employees,
        joined,
    } = form.fields;
    let actor = &form.visitor.actor;
    actor.may_administer().map_err(greenheart_app::AppError::from)?;
    let org_no = org_no.parse().map_err(|_| PageError::Form("form-org-no"))?;
    let known = pages.app.members(actor).await?;
    if known.iter().any(|line| line.member.org_no == org_no) {
        return Err(PageError::Form("form-member-known"));
    }
    if name.trim().is_empty() {
        return Err(PageError::Form("form-name"));
    }
    let member = MemberRequest {
        org_no,
        name,
        role: role.parse().map_err(|_| PageError::Form("error-form"))?,
        nace: optional(&nace, "form-nace")?,
        employees: optional(&employees, "form-employees")?,
        joined: joined.parse().map_err(|_| PageError::Form("form-date"))?,
        left: None,
        fictional: form.visitor.fictional,
    };
    let added = pages.app.put_member(actor, &member).await?;
    Ok(Redirect::to(&format!("/members/{}", added.id)).into_response())
}

fn optional<T: std::str::FromStr>(text: &str, key: &'static str) -> Result<Option<T>, PageError> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| PageError::Form(key)),
    }
}

/// A new site.
#[derive(Deserialize)]
pub struct NewSite {
    id: String,
    name: String,
    #[serde(default)]
    municipality: String,
    #[serde(default)]
    latitude: String,
    #[serde(default)]
    longitude: String,
    #[serde(default)]
    outside: String,
}

/// Adds a site.
pub async fn add_site(
    State(pages): State<Arc<Pages>>,
    Path(member): Path<String>,
    form: Checked<NewSite>,
) -> Result<Response, PageError> {
    let site = form.fields;
    if site.id.trim().is_empty() || site.name.trim().is_empty() {
        return Err(PageError::Form("form-name"));
    }
    let coordinates = match (site.latitude.trim(), site.longitude.trim()) {
        ("", "") => None,
        (latitude, longitude) => {
            Some(Coordinates::parse(latitude, longitude).map_err(|_| PageError::Form("form-coordinates"))?)
        }
    };
    let request = SiteRequest {
        member: MemberId::new(&member),
        id: SiteId::new(site.id.trim()),
        name: site.name.trim().to_owned(),
        sub_unit: None,
        coordinates,
        municipality: Some(site.municipality.trim().to_owned()).filter(|text| !text.is_empty()),
        in_boundary: site.outside.is_empty(),
    };
    pages.app.put_site(&form.visitor.actor, &request).await?;
    Ok(Redirect::to(&format!("/members/{}", crate::shown::encoded(&member))).into_response())
}
