//! The readings: each calls one verb and says it in the words of the wire.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Path, Query, State};
use greenheart_app::{Actor, BatchLine, Capacity, GoalQuery, InventoryRequest, explain_finding};
use greenheart_model::{GwpSet, MemberId, Ref, Scope2Basis};
use serde::{Deserialize, Serialize};

use super::problem::ApiError;
use super::wire::{Batch, Factor, Finding, Goals, Inventory, Job, Member, Release, ReleaseLine, Why};
use crate::Pages;

/// What a reading gives.
pub type Answer<T> = Result<Json<T>, ApiError>;
/// What a reading is asked with.
pub type Asked<T> = Result<Query<T>, QueryRejection>;

/// Things on a page of a list.
const LIMIT: usize = 100;
const MOST: usize = 500;

/// Part of a list.
#[derive(Debug, Serialize)]
pub struct List<T> {
    /// The things.
    pub items: Vec<T>,
    /// To ask for what follows; `null` at the end.
    pub next: Option<String>,
}

/// Where in a list.
#[derive(Debug, Default, Deserialize)]
pub struct Cut {
    /// Things at most: 1 to 500, by default 100.
    limit: Option<usize>,
    /// `next` of the part before.
    cursor: Option<String>,
}

impl Cut {
    /// So many at most, after a cursor.
    pub const fn new(limit: Option<usize>, cursor: Option<String>) -> Self {
        Self { limit, cursor }
    }

    /// Things after the cursor. `key` orders the list and is different for each; `say` puts those of the part into words.
    pub fn of<T, U>(
        &self,
        mut all: Vec<T>,
        key: impl Fn(&T) -> String,
        say: impl Fn(&T) -> U,
    ) -> Result<List<U>, ApiError> {
        let limit = self.limit.unwrap_or(LIMIT);
        if !(1..=MOST).contains(&limit) {
            return Err(ApiError::Query(format!("`limit` is 1 to {MOST}")));
        }
        all.sort_by_cached_key(&key);
        let start = match &self.cursor {
            Some(cursor) => all.partition_point(|one| key(one) <= *cursor),
            None => 0,
        };
        let more = all.len() > start.saturating_add(limit);
        let part = &all[start.min(all.len())..start.saturating_add(limit).min(all.len())];
        Ok(List {
            next: part.last().filter(|_| more).map(&key),
            items: part.iter().map(say).collect(),
        })
    }
}

/// The words of an address, or what is wrong with them.
pub fn asked<T>(query: Asked<T>) -> Result<T, ApiError> {
    query
        .map(|Query(query)| query)
        .map_err(|error| ApiError::Query(error.body_text()))
}

/// As whom.
#[derive(Debug, Default, Deserialize)]
pub struct AsWhom {
    /// As everybody sees it.
    #[serde(default)]
    released: bool,
}

/// The three goals.
pub async fn goals(
    State(pages): State<Arc<Pages>>,
    Extension(mut actor): Extension<Actor>,
    query: Asked<AsWhom>,
) -> Answer<Goals> {
    if asked(query)?.released {
        actor.capacity = Capacity::Public;
    }
    let view = pages.app.goals(&actor, &GoalQuery::default()).await?;
    Ok(Json((&view).into()))
}

/// Which inventory.
#[derive(Debug, Default, Deserialize)]
pub struct Which {
    /// Calendar year; the last one with rows when absent.
    year: Option<i16>,
    /// One member; all that whoever asks may see when absent.
    member: Option<String>,
    /// `location` (default) or `market`.
    basis: Option<String>,
}

/// Emissions by scope, category and line.
pub async fn inventory(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Which>,
) -> Answer<Inventory> {
    let which = asked(query)?;
    let basis = match which.basis.as_deref() {
        None | Some("location") => Scope2Basis::Location,
        Some("market") => Scope2Basis::Market,
        Some(other) => return Err(ApiError::Query(format!("`basis` is location or market, not `{other}`"))),
    };
    let request = InventoryRequest {
        year: which.year,
        member: which.member.map(MemberId::new),
        basis,
        gwp: GwpSet::Ar6,
    };
    let answer = pages.app.inventory(&actor, &request).await?;
    Ok(Json((&answer).into()))
}

/// Why a figure, a row, a batch or a factor is what it is.
pub async fn why(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    Path(text): Path<String>,
) -> Answer<Why> {
    let reference: Ref = text.parse().map_err(|_| ApiError::NoPage)?;
    let answer = pages.app.why(&actor, &reference).await?;
    Ok(Json((&answer).into()))
}

/// Who is in the cluster.
pub async fn members(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    cut: Asked<Cut>,
) -> Answer<List<Member>> {
    let cut = asked(cut)?;
    let lines = pages.app.members(&actor).await?;
    Ok(Json(cut.of(
        lines,
        |line| line.member.id.to_string(),
        |line| Member::from(line),
    )?))
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

impl Whose {
    pub(super) fn cut(self) -> (Option<MemberId>, Cut) {
        let cut = Cut {
            limit: self.limit,
            cursor: self.cursor,
        };
        (self.member.map(MemberId::new), cut)
    }
}

/// Which batches.
#[derive(Debug, Default, Deserialize)]
pub struct WhichBatches {
    /// One member; all that whoever asks may see when absent.
    member: Option<String>,
    /// Also those that were replaced or withdrawn.
    #[serde(default)]
    all: bool,
    /// Things at most: 1 to 500, by default 100.
    limit: Option<usize>,
    /// `next` of the part before.
    cursor: Option<String>,
}

/// What was handed in.
pub async fn batches(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<WhichBatches>,
) -> Answer<List<Batch>> {
    let which = asked(query)?;
    let member = which.member.map(MemberId::new);
    let lines = pages.app.batches(&actor, member.as_ref(), which.all).await?;
    let say = |line: &Arc<BatchLine>| Batch::from(&**line);
    let cut = Cut::new(which.limit, which.cursor);
    Ok(Json(cut.of(lines, |line| line.id.to_string(), say)?))
}

/// What was found in what counts.
pub async fn findings(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Whose>,
) -> Answer<List<Finding>> {
    let (member, cut) = asked(query)?.cut();
    let lines = pages.app.batches(&actor, member.as_ref(), false).await?;
    let found = lines
        .iter()
        .flat_map(|line| line.findings.iter().map(move |(code, count)| (line, code, *count)));
    let say = |(line, code, count): &(&Arc<BatchLine>, &String, u64)| Finding {
        batch: line.id.to_string(),
        member: line.member.to_string(),
        code: (*code).clone(),
        count: *count,
        meaning: explain_finding(code).map(|(english, _)| english.to_owned()),
    };
    Ok(Json(cut.of(
        found.collect(),
        |(line, code, _)| format!("{}/{code}", line.id),
        say,
    )?))
}

/// Jobs of the own member, the last thousand.
pub async fn jobs(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    cut: Asked<Cut>,
) -> Answer<List<Job>> {
    let cut = asked(cut)?;
    let jobs = pages.app.jobs(&actor, 1_000).await?;
    Ok(Json(cut.of(jobs, |job| job.id.clone(), |job| Job::from(job))?))
}

/// What to look for.
#[derive(Debug, Default, Deserialize)]
#[expect(clippy::struct_field_names, reason = "it is the name in the address")]
pub struct Search {
    /// Words.
    search: Option<String>,
    /// Things at most: 1 to 500, by default 100.
    limit: Option<usize>,
    /// `next` of the part before.
    cursor: Option<String>,
}

/// The factor library.
pub async fn factors(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    query: Asked<Search>,
) -> Answer<List<Factor>> {
    let Search { search, limit, cursor } = asked(query)?;
    let lines = pages.app.factors(&actor, search.as_deref()).await?;
    let cut = Cut { limit, cursor };
    Ok(Json(cut.of(
        lines,
        |factor| factor.id.to_string(),
        |factor| Factor::from(factor),
    )?))
}

/// Releases, the newest first.
pub async fn releases(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
) -> Answer<List<ReleaseLine>> {
    let lines = pages.app.releases(&actor).await?;
    Ok(Json(List {
        items: lines.iter().map(ReleaseLine::from).collect(),
        next: None,
    }))
}

/// A release.
pub async fn release(
    State(pages): State<Arc<Pages>>,
    Extension(actor): Extension<Actor>,
    Path(number): Path<String>,
) -> Answer<Release> {
    let number = match number.as_str() {
        "last" => None,
        // What is no number is no release.
        other => Some(other.parse().unwrap_or(0)),
    };
    let release = pages.app.release(&actor, number).await?;
    Ok(Json((&release).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_to_its_end_in_parts() {
        let all: Vec<String> = (0..7).rev().map(|n| format!("m-{n}")).collect();
        let mut cut = Cut {
            limit: Some(3),
            cursor: None,
        };
        let mut read = Vec::new();
        loop {
            let part = cut.of(all.clone(), Clone::clone, Clone::clone).unwrap();
            assert!(part.items.len() <= 3);
            read.extend(part.items);
            match part.next {
                Some(next) => cut.cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(read, ["m-0", "m-1", "m-2", "m-3", "m-4", "m-5", "m-6"]);
        cut.limit = Some(0);
        assert!(cut.of(all, Clone::clone, Clone::clone).is_err());
    }
}
