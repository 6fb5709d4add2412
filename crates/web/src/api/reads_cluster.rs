//! The readings of the cluster itself: sites, people, the trail, factors in use, tried changes.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Path, State};
use greenheart_app::circular::BoardRequest;
use greenheart_app::{Actor, AppError, WhatIfRequest, YearQuery, templates};
use greenheart_model::MemberId;
use greenheart_units::Amount;
use serde::Deserialize;

use super::circular::{Exchange, Stream};
use super::problem::ApiError;
use super::reads::{Answer, Asked, Cut, List, Whose, asked};
use super::wire::Job;
use super::wire_cluster::{
    Article, FactorUse, OwnToken, Person, Rebinding, SealedYear, Site, Template, TodayFlow, Trail, UsedSet, WhatIf,
};
use crate::Pages;

/// Rows of the trail that can be read back.
const TRAIL: i64 = 10_000;

/// Sites of members.
pub async fn sites(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Whose>,
) -> Answer<List<Site>> {
    let (member, cut) = asked(query)?.cut();
    let mut sites = pages.app.sites(&actor).await?;
    sites.retain(|site| member.as_ref().is_none_or(|member| site.member == *member));
    let key = |site: &greenheart_model::Site| format!("{}/{}", site.member, site.id);
    Ok(Json(cut.of(sites, key, |site| Site::from(site))?))
}

/// Accounts of people.
pub async fn people(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    cut: Asked<Cut>,
) -> Answer<List<Person>> {
    let cut = asked(cut)?;
    let people = pages.app.accounts(&actor).await?;
    Ok(Json(cut.of(
        people,
        |line| line.name.clone(),
        |line| Person::from(line),
    )?))
}

/// Tokens of the own account.
pub async fn tokens(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    cut: Asked<Cut>,
) -> Answer<List<OwnToken>> {
    let cut = asked(cut)?;
    let tokens = pages.app.api_tokens(&actor).await?;
    Ok(Json(cut.of(
        tokens,
        |line| line.id.clone(),
        |line| OwnToken::from(line),
    )?))
}

/// Who did and saw what.
pub async fn audit(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Whose>,
) -> Answer<List<Trail>> {
    let (member, cut) = asked(query)?.cut();
    let rows = pages.app.audit(&actor, member.as_ref(), TRAIL).await?;
    // Newest first, and new rows do not move those that were read already.
    let mut counted: Vec<_> = rows.into_iter().rev().enumerate().collect();
    counted.reverse();
    let key = |(at, row): &(usize, greenheart_app::AuditLine)| format!("{:016x}/{at:08x}", i64::MAX - row.at_ms);
    Ok(Json(cut.of(counted, key, |(_, row)| Trail::from(row))?))
}

/// A job that may be followed.
pub async fn job(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer<Job> {
    let found = pages.app.followed_job(&actor, &id).await?;
    Ok(Json((&found.job).into()))
}

/// The register of a member.
pub async fn register(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Whose>,
) -> Answer<List<Article>> {
    let (member, cut) = asked(query)?.cut();
    let Some(member) = member.or_else(|| actor.member().cloned()) else {
        return Err(ApiError::Query("`member` names whose articles".into()));
    };
    let register = pages.app.articles(&actor, &member).await?;
    let articles: Vec<_> = register.register.articles().to_vec();
    let key = |article: &greenheart_app::Article| {
        let from = article.from.map(|day| day.to_string()).unwrap_or_default();
        format!(
            "{}/{}/{}/{from}",
            article.key.seller, article.key.article, article.key.unit
        )
    };
    Ok(Json(cut.of(articles, key, |article| Article::from(article))?))
}

/// Which factors are used.
pub async fn factor_use(State(pages): State<Arc<Pages>>, Extension(actor): Extension<Actor>) -> Answer<FactorUse> {
    let sets = pages.app.factor_sets(&actor).await?;
    let seals = pages.app.sealed_years(&actor).await?;
    let (mut pending, mut accepted) = (None, Vec::new());
    if actor.may_administer().is_ok() {
        let state = pages.app.rebind_state(&actor).await?;
        pending = state.pending.map(|waits| Rebinding::of(&waits.report, None));
        accepted = state
            .accepted
            .iter()
            .map(|done| Rebinding::of(&done.report, Some(&done.by)))
            .collect();
    }
    Ok(Json(FactorUse {
        sets: sets.iter().map(UsedSet::from).collect(),
        seals: seals.iter().map(SealedYear::from).collect(),
        pending,
        accepted,
    }))
}

/// What is tried.
#[derive(Debug, Default, Deserialize)]
pub struct Tried {
    /// Calendar year; the last one that has ended when absent.
    year: Option<i16>,
    /// Whose emissions change; the own member when absent.
    member: Option<String>,
    /// kg CO2e added to its scope 1; negative for a cut.
    direct_kg: Option<String>,
    /// kg CO2e added to what it buys; negative for a cut.
    upstream_kg: Option<String>,
}

/// What a change at one member does.
pub async fn what_if(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Tried>,
) -> Answer<WhatIf> {
    let tried = asked(query)?;
    let member = tried.member.map(MemberId::new).or_else(|| actor.member().cloned());
    let Some(member) = member else {
        actor.may_administer().map_err(AppError::from)?;
        return Err(ApiError::Query("`member` names whose emissions change".into()));
    };
    let request = WhatIfRequest {
        query: YearQuery {
            year: tried.year,
            ..YearQuery::default()
        },
        member,
        direct_kg: kg(tried.direct_kg.as_deref(), "direct_kg")?,
        upstream_kg: kg(tried.upstream_kg.as_deref(), "upstream_kg")?,
    };
    Ok(Json((&pages.app.what_if(&actor, &request).await?).into()))
}

fn kg(text: Option<&str>, name: &str) -> Result<Amount, ApiError> {
    match text {
        None | Some("") => Ok(Amount::ZERO),
        Some(text) => text
            .parse()
            .map_err(|_| ApiError::Query(format!("`{name}` is a decimal number of kilograms"))),
    }
}

/// What is left over today and where it goes.
pub async fn today(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    cut: Asked<Cut>,
) -> Answer<List<TodayFlow>> {
    let cut = asked(cut)?;
    let flows: Vec<_> = pages.app.today_flows(&actor).await?.into_iter().enumerate().collect();
    // The largest first, as they come.
    let key = |(at, _): &(usize, greenheart_app::circular::TodayFlow)| format!("{at:06}");
    Ok(Json(cut.of(flows, key, |(_, flow)| TodayFlow::from(flow))?))
}

/// One stream.
pub async fn stream(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer<Stream> {
    Ok(Json((&pages.app.stream(&actor, &id).await?).into()))
}

/// One exchange.
pub async fn exchange(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer<Exchange> {
    let request = BoardRequest {
        ended: true,
        ..BoardRequest::default()
    };
    let board = pages.app.board(&actor, &request).await?;
    let found = board.iter().find(|line| line.id == id).ok_or(ApiError::NoPage)?;
    Ok(Json(found.into()))
}

/// Tables to fill in.
pub async fn tables(cut: Asked<Cut>) -> Answer<List<Template>> {
    let cut = asked(cut)?;
    let all = templates().iter().map(|template| Template {
        kind: template.kind.name().to_owned(),
        nb: format!("/import/templates/{}", template.file_name("nb")),
        en: format!("/import/templates/{}", template.file_name("en")),
    });
    let say = |one: &Template| Template {
        kind: one.kind.clone(),
        nb: one.nb.clone(),
        en: one.en.clone(),
    };
    Ok(Json(cut.of(all.collect(), |one| one.kind.clone(), say)?))
}
