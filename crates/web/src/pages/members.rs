//! Members, their sites, and who may see what of them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::{AppError, InventoryRequest, MemberLine, MemberRequest, SiteRequest};
use greenheart_model::{Coordinates, GwpSet, MemberId, Role, Scope2Basis, Site, SiteId, Visibility};
use serde::Deserialize;

use super::overview::{self, Ranked};
use super::{Chrome, Page, figures, render};
use crate::Pages;
use crate::error::PageError;
use crate::figure::Figure;
use crate::forms::Checked;
use crate::shown::encoded;
use crate::visitor::Visitor;
use crate::words::Words;
use crate::{numbers, places};

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
        figure: figures::sites(&pages, &visitor).await?,
        c: Chrome::new(&visitor, "members"),
    })
}

fn line(found: &MemberLine, sites: &[Site], visitor: &Visitor) -> Line {
    let (member, words) = (&found.member, visitor.words);
    Line {
        id: member.id.to_string(),
        name: member.name.clone(),
        role: words.text(&format!("role-{}", member.role)),
        nace: member
            .nace
            .as_ref()
            .map(|code| industry(&code.to_string(), words))
            .unwrap_or_default(),
        employees: member
            .employees
            .map_or_else(String::new, |count| numbers::count(count.into(), words.tongue)),
        sites: sites.iter().filter(|site| site.member == member.id).count(),
        visibility: visibility_text(found.visibility, words),
        readable: visitor.actor.may_read(&member.id, found.visibility).is_ok(),
        own: visitor.actor.member() == Some(&member.id),
    }
}

/// An industry code with what its division makes: `16.100 sawn wood and wood goods`.
fn industry(code: &str, words: &Words) -> String {
    match words.known("sector", code.get(..2).unwrap_or(code)) {
        Some(name) => format!("{code} {name}"),
        None => code.to_owned(),
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
    /// The account of the last year, where it may be seen and is there.
    account: Option<Account>,
    ranked: Vec<Ranked>,
    figures: Vec<Figure>,
    sites: Vec<(Site, String)>,
    levels: Vec<(&'static str, String, bool)>,
    may_choose: bool,
    may_add_site: bool,
}

/// The emissions of a year in short.
struct Account {
    year: i16,
    /// Name, text and address of each sum.
    totals: Vec<(&'static str, String, String)>,
    note: Option<String>,
}

async fn account_of(pages: &Pages, visitor: &Visitor, member: &MemberId) -> Result<Option<Account>, PageError> {
    let request = InventoryRequest {
        year: None,
        member: Some(member.clone()),
        basis: Scope2Basis::Location,
        gwp: GwpSet::Ar6,
    };
    let answer = match pages.app.inventory(&visitor.actor, &request).await {
        Ok(answer) => answer,
        // Nothing was handed in yet; the page says so.
        Err(AppError::Input { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let totals = &answer.totals;
    let here = format!("/inventory?member={}&year={}", encoded(member.as_str()), totals.year);
    let sum = |key, kg, scope| {
        let text = numbers::readable(kg, "kgCO2e", visitor.words.tongue);
        (key, text, format!("{here}{scope}#lines"))
    };
    let spend = totals
        .spend_share
        .map(|share| numbers::percent(share, visitor.words.tongue));
    Ok(Some(Account {
        year: totals.year,
        totals: vec![
            sum("total-all", totals.total_co2e_kg, ""),
            sum("total-scope-1", totals.scope1_co2e_kg, "&scope=1"),
            sum("total-scope-2", totals.scope2_co2e_kg, "&scope=2"),
            sum("total-scope-3", totals.scope3_co2e_kg, "&scope=3"),
        ],
        note: spend.map(|share| visitor.words.with("inventory-spend", &[("share", &share)])),
    }))
}

/// One member: its account in short for those who may see it, and what everybody in the cluster may know.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Path(id): Path<String>) -> Page {
    let members = pages.app.members(&visitor.actor).await?;
    let sites = pages.app.sites(&visitor.actor).await?;
    let found = members
        .iter()
        .find(|line| line.member.id.as_str() == id)
        .ok_or(PageError::NoPage)?;
    let own = visitor.actor.administers(&found.member.id);
    let member = &found.member.id;
    let (mut account, mut ranked, mut shown) = (None, Vec::new(), Vec::new());
    if visitor.actor.may_read(member, found.visibility).is_ok() {
        account = account_of(&pages, &visitor, member).await?;
    }
    if account.is_some() {
        ranked = overview::of(&pages, &visitor, Some(member)).await?;
        let asked = figures::Asked::of(member.as_str());
        shown.extend(figures::scopes(&pages, &visitor, &asked).await?);
        shown.extend(figures::completeness(&pages, &visitor, &asked).await?);
    }
    render(&MemberPage {
        line: line(found, &sites, &visitor),
        account,
        ranked,
        figures: shown,
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
        sites: sites
            .into_iter()
            .filter(|site| site.member.as_str() == id)
            .map(|site| {
                let place = site.municipality.as_deref().map(places::municipality);
                (site, place.unwrap_or_default())
            })
            .collect(),
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
