//! The readings of the account in depth.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use greenheart_app::{Actor, ChangeRequest, YearQuery};
use greenheart_model::{MemberId, Scope2Basis};
use serde::Deserialize;

use super::problem::ApiError;
use super::reads::{Answer, Asked, Cut, List, asked};
use super::wire_account::{Change, Consolidated, Flow, OpenArticle, Owed, Product, Told};
use crate::Pages;

/// Which change.
#[derive(Debug, Default, Deserialize)]
pub struct Between {
    /// Earlier year; the base year when absent.
    from: Option<i16>,
    /// Later year; the last one that has ended when absent.
    to: Option<i16>,
    /// One member; the cluster when absent, one's own member for those of a member.
    member: Option<String>,
    /// `location` (default) or `market`.
    basis: Option<String>,
}

fn basis(text: Option<&str>) -> Result<Option<Scope2Basis>, ApiError> {
    match text {
        None | Some("location") => Ok(None),
        Some("market") => Ok(Some(Scope2Basis::Market)),
        Some(other) => Err(ApiError::Query(format!("`basis` is location or market, not `{other}`"))),
    }
}

/// Why an account changed.
pub async fn change(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Between>,
) -> Answer<Change> {
    let between = asked(query)?;
    let years = pages.app.account_years(&actor).await?;
    let request = ChangeRequest {
        from: between.from.or(years.first().copied()).unwrap_or_default(),
        to: between.to.or(years.last().copied()).unwrap_or_default(),
        member: between.member.map(MemberId::new).or_else(|| actor.member().cloned()),
        gwp: None,
        basis: basis(between.basis.as_deref())?,
        at: None,
        published: None,
    };
    let view = pages.app.change(&actor, &request).await?;
    Ok(Json((&view).into()))
}

/// Which account of the cluster.
#[derive(Debug, Default, Deserialize)]
pub struct OfYear {
    /// Calendar year; the last one that has ended when absent.
    year: Option<i16>,
    /// `location` (default) or `market`.
    basis: Option<String>,
    /// Things at most: 1 to 500, by default 100.
    limit: Option<usize>,
    /// `next` of the part before.
    cursor: Option<String>,
}

impl OfYear {
    fn query(&self) -> Result<YearQuery, ApiError> {
        Ok(YearQuery {
            year: self.year,
            gwp: None,
            basis: basis(self.basis.as_deref())?,
            at: None,
        })
    }

    fn cut(self) -> Cut {
        Cut::new(self.limit, self.cursor)
    }
}

/// The cluster's account without double counting.
pub async fn consolidated(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<OfYear>,
) -> Answer<Consolidated> {
    let view = pages.app.consolidate(&actor, &asked(query)?.query()?).await?;
    Ok(Json((&view).into()))
}

/// What products carry.
pub async fn products(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<OfYear>,
) -> Answer<List<Product>> {
    let of_year = asked(query)?;
    let view = pages.app.products(&actor, &of_year.query()?).await?;
    let year = view.year;
    let key = |line: &greenheart_app::ProductLine| line.member.to_string();
    Ok(Json(
        of_year.cut().of(view.products, key, |line| Product::of(year, line))?,
    ))
}

/// Trade between members.
pub async fn flows(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<OfYear>,
) -> Answer<List<Flow>> {
    let of_year = asked(query)?;
    let view = pages.app.flows(&actor, of_year.year).await?;
    let key = |flow: &greenheart_app::Flow| format!("{}/{}/{}", flow.seller, flow.buyer, flow.month);
    Ok(Json(of_year.cut().of(view.flows, key, |flow| Flow::from(flow))?))
}

/// Who owes what.
pub async fn campaign(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<OfYear>,
) -> Answer<List<Owed>> {
    let of_year = asked(query)?;
    let campaign = pages.app.campaign(&actor, of_year.year).await?;
    let lines: Vec<_> = campaign.owed.into_iter().enumerate().collect();
    let key = |(at, owed): &(usize, greenheart_app::Owed)| format!("{}/{}/{at:06}", owed.member, owed.kind);
    Ok(Json(of_year.cut().of(lines, key, |(_, owed)| Owed::from(owed))?))
}

/// Of which member.
#[derive(Debug, Default, Deserialize)]
pub struct Whose {
    /// One member; all that whoever asks may see when absent.
    member: Option<String>,
    /// Things at most: 1 to 500, by default 100.
    limit: Option<usize>,
    /// `next` of the part before.
    cursor: Option<String>,
}

/// How complete the data are.
pub async fn completeness(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Whose>,
) -> Answer<List<Told>> {
    let whose = asked(query)?;
    let member = whose.member.map(MemberId::new);
    let found = pages.app.completeness(&actor, member.as_ref()).await?;
    let key = |told: &greenheart_app::ToldMonths| format!("{}/{}/{}", told.member, told.kind, told.year);
    let cut = Cut::new(whose.limit, whose.cursor);
    Ok(Json(cut.of(found.told, key, |told| Told::from(told))?))
}

/// Articles that count as nothing yet, of one member.
pub async fn articles(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Whose>,
) -> Answer<List<OpenArticle>> {
    let whose = asked(query)?;
    let member = whose.member.map(MemberId::new).or_else(|| actor.member().cloned());
    let Some(member) = member else {
        return Err(ApiError::Query("`member` names whose articles".into()));
    };
    let open = pages.app.open_articles(&actor, Some(&member)).await?;
    let key = |line: &greenheart_app::OpenArticle| {
        let key = &line.suggestion.article.key;
        format!("{}/{}/{}", key.seller, key.article, key.unit)
    };
    let cut = Cut::new(whose.limit, whose.cursor);
    Ok(Json(cut.of(open, key, |line| OpenArticle::from(line))?))
}
