//! Releases: what members see of each other, fixed once and judged before anyone sees it.
//!
//! A release is computed from today's ledger into the declared tables (`tables`), and each cell is judged by the rules
//! of `greenheart_disclosure`, knowing what every earlier release shows. A cell that would give something away together
//! with an earlier release goes on showing what that one showed. The three goals are part of it: what members and the
//! public see of them is what the release lets through (`goals`).

mod goals;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use greenheart_account::panel_years;
use greenheart_disclosure::{Cell, DisclosureError, Judgement, Part, Rules, Verdict, judge_watched};
use greenheart_model::{GwpSet, MemberId};
use greenheart_store::{JobState, ReleaseRow};
use greenheart_units::Amount;
use serde::{Deserialize, Serialize};

use crate::jobs::{Handle, Progress, Work};
use crate::{Actor, App, AppError, GoalQuery, GoalsView};
use tables::Draft;

/// Where the goals of the last release lie.
pub(crate) const RELEASE: &str = "goals.release";

/// A release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its number, from 1 on.
    pub number: i64,
    /// When, in ms since 1970 UTC.
    pub at_ms: i64,
    /// Account that released it.
    pub by: String,
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Base year of the goals.
    pub base_year: i16,
    /// GWP set.
    pub gwp: GwpSet,
    /// Contributors besides the reader that a cell needed.
    pub others: usize,
    /// Percentage of a member's amount that no reader may come within.
    pub percent: u8,
    /// Amounts that were looked at.
    pub amounts: usize,
    /// Linear programs that were solved.
    pub programs: usize,
    /// Amounts that earlier releases alone give away; zero unless an earlier one was made under other rules.
    pub exposed: usize,
    /// The tables.
    pub tables: Vec<ReleasedTable>,
}

/// A release in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseLine {
    /// Its number.
    pub number: i64,
    /// When, in ms since 1970 UTC.
    pub at_ms: i64,
    /// Account that released it.
    pub by: String,
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Cells that show something.
    pub shown: usize,
    /// Cells that are withheld.
    pub withheld: usize,
}

/// A declared table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedTable {
    /// Stable name, such as `co2e_by_sector`.
    pub name: String,
    /// Calendar years.
    pub columns: Vec<i16>,
    /// Rows, a total last.
    pub rows: Vec<ReleasedRow>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedRow {
    /// Stable name, such as `metals` or `total`.
    pub key: String,
    /// Unit of its cells.
    pub unit: String,
    /// A cell for each column.
    pub cells: Vec<ReleasedCell>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedCell {
    /// The sum, when it is shown.
    pub value: Option<Amount>,
    /// Whether it is, and why not.
    pub state: CellState,
    /// The release that it was computed in, when another one than this.
    pub since: Option<i64>,
}

/// Whether a cell is shown, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellState {
    /// Computed in this release.
    Published,
    /// Today's sum would give something away together with an earlier release, so that one's stands.
    Kept,
    /// Nobody contributes.
    Empty,
    /// Too few contribute.
    Few,
    /// One contributor could be estimated by another.
    Dominated,
    /// An amount in it is negative.
    Negative,
    /// It would give away another withheld cell.
    Secondary,
    /// It would give something away together with an earlier release.
    Earlier,
}

impl CellState {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Kept => "kept",
            Self::Empty => "empty",
            Self::Few => "few",
            Self::Dominated => "dominated",
            Self::Negative => "negative",
            Self::Secondary => "secondary",
            Self::Earlier => "earlier",
        }
    }

    /// Whether a sum stands there.
    pub const fn is_shown(self) -> bool {
        matches!(self, Self::Published | Self::Kept)
    }
}

impl From<Verdict> for CellState {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Published => Self::Published,
            Verdict::Empty => Self::Empty,
            Verdict::Few => Self::Few,
            Verdict::Dominated => Self::Dominated,
            Verdict::Negative => Self::Negative,
            Verdict::Secondary => Self::Secondary,
            Verdict::Earlier => Self::Earlier,
        }
    }
}

/// What a member added to a cell, as it is kept: the cell's name, the part's name, the amount.
type KeptPart = (String, String, Amount);

impl App {
    /// Computes a release from today's ledger, judges it against every earlier one, and keeps it. Which tables there are
    /// is fixed: whoever releases chooses neither members nor years nor filters. The work is a job; this waits for it.
    pub async fn compute_release(
        &self,
        actor: &Actor,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<Release, AppError> {
        self.allowed(actor, actor.may_administer(), "release", None).await?;
        let value = self.run(&Work::Release { actor: actor.clone() }, tell).await?;
        let number = value
            .as_i64()
            .ok_or_else(|| AppError::Damaged("the worker named no release".into()))?;
        self.release(actor, Some(number)).await
    }

    /// Begins the same beside the request that asked for it. While one is being computed there is no second one.
    pub async fn start_release(self: &Arc<Self>, actor: &Actor) -> Result<String, AppError> {
        self.allowed(actor, actor.may_administer(), "release", None).await?;
        let open = |job: &greenheart_store::Job| {
            job.kind == "release" && matches!(job.state(), JobState::Waiting | JobState::Running)
        };
        if let Some(job) = self.store.jobs(None, 100).await?.into_iter().find(open) {
            return Ok(job.id);
        }
        self.start(Work::Release { actor: actor.clone() }).await
    }

    /// The worker's side. A release that was kept before its worker died is not made twice.
    pub(crate) async fn release_in_worker(&self, job: &str, actor: &Actor, handle: &Handle) -> Result<i64, AppError> {
        self.allowed(actor, actor.may_administer(), "release", None).await?;
        handle.tell(Progress {
            stage: "goals".into(),
            ..Progress::default()
        });
        let snapshot = self.snapshot(None).await?;
        let again = self.store.job(job).await?.is_some_and(|job| job.attempts > 1);
        let earlier = self.earlier_releases().await?;
        if let Some(last) = earlier.releases.last().filter(|_| again)
            && last.snapshot == snapshot.name()
            && last.by == actor.name
        {
            return Ok(last.number);
        }
        let query = GoalQuery {
            at: Some(snapshot.seq),
            ..GoalQuery::default()
        };
        let view = self.live_goals(&query).await?;
        let settings = self.settings().await?;
        let mut config = self.goal_config(&settings, view.base_year)?;
        config.gwp = view.gwp;
        let panels = self.with_goal_inputs(&snapshot, &config, panel_years).await??;
        let drafts = tables::declared(&panels, &self.store.members().await?);
        let rules = Rules::TOTALS;
        let judged = judged(&drafts, earlier.cells, rules, handle).await?;
        let comparable = |release: &&Release| release.base_year == view.base_year && release.gwp == view.gwp;
        let last = earlier.releases.last().filter(comparable);
        let release = Release {
            number: earlier.releases.last().map_or(1, |release| release.number + 1),
            at_ms: self.now_ms(),
            by: actor.name.clone(),
            snapshot: snapshot.name(),
            base_year: view.base_year,
            gwp: view.gwp,
            others: rules.others,
            percent: rules.percent,
            amounts: judged.amounts,
            programs: judged.programs,
            exposed: judged.exposed,
            tables: released_tables(&drafts, &judged, last)?,
        };
        let before = match last {
            Some(_) => self.released().await.ok(),
            None => None,
        };
        let shown = goals::let_through(&view, before.as_deref(), &release);
        // Somebody may have stopped it a moment ago.
        if self
            .store
            .job(job)
            .await?
            .is_none_or(|job| job.state() != JobState::Running)
        {
            return Err(AppError::Cancelled);
        }
        self.keep_release(&release, &parts_of(&drafts, &judged), &shown).await?;
        let subject = format!("{} {}", release.number, release.snapshot);
        self.note(actor, "release", None, &subject, "done").await?;
        Ok(release.number)
    }

    /// Releases today's goals to members and the public, with the declared tables beside them.
    pub async fn release_goals(&self, actor: &Actor) -> Result<GoalsView, AppError> {
        self.compute_release(actor, &mut |_| {}).await?;
        Ok(GoalsView::clone(&*self.released().await?))
    }

    /// Every release, newest first, for everyone of the cluster.
    pub async fn releases(&self, actor: &Actor) -> Result<Vec<ReleaseLine>, AppError> {
        self.allowed(actor, actor.is_of_the_cluster(), "releases", None).await?;
        let mut lines = Vec::new();
        for row in self.store.releases().await?.iter().rev() {
            let release = read(row)?;
            let cells = release
                .tables
                .iter()
                .flat_map(|table| &table.rows)
                .flat_map(|row| &row.cells);
            let (shown, withheld): (Vec<_>, Vec<_>) = cells
                .filter(|cell| cell.state != CellState::Empty)
                .partition(|cell| cell.state.is_shown());
            lines.push(ReleaseLine {
                number: release.number,
                at_ms: release.at_ms,
                by: release.by,
                snapshot: release.snapshot,
                shown: shown.len(),
                withheld: withheld.len(),
            });
        }
        self.note(actor, "releases", None, "", "done").await?;
        Ok(lines)
    }

    /// A release, the last one without a number: the same for every reader.
    pub async fn release(&self, actor: &Actor, number: Option<i64>) -> Result<Release, AppError> {
        self.allowed(actor, actor.is_of_the_cluster(), "releases", None).await?;
        let row = match number {
            Some(number) => self.store.release(number).await?,
            None => self.store.releases().await?.pop(),
        };
        let release = match row {
            Some(row) => read(&row)?,
            None => {
                return Err(AppError::NotFound {
                    what: "release",
                    id: number.map_or_else(|| "last".to_owned(), |number| number.to_string()),
                });
            }
        };
        self.note(actor, "releases", None, &release.number.to_string(), "done")
            .await?;
        Ok(release)
    }

    async fn keep_release(
        &self,
        release: &Release,
        parts: &BTreeMap<MemberId, Vec<KeptPart>>,
        shown: &GoalsView,
    ) -> Result<(), AppError> {
        let text = |what: Result<String, serde_json::Error>| what.map_err(|error| AppError::Damaged(error.to_string()));
        let row = ReleaseRow {
            number: release.number,
            at_ms: release.at_ms,
            actor: release.by.clone(),
            snapshot: release.snapshot.clone(),
            content: text(serde_json::to_string(release))?,
        };
        let mut kept = Vec::new();
        for (member, parts) in parts {
            kept.push((member.clone(), text(serde_json::to_string(parts))?));
        }
        if !self.store.add_release(&row, &kept).await? {
            return Err(AppError::input(
                "somebody else released at the same time",
                "look at that release first",
            ));
        }
        let text = text(serde_json::to_string(shown))?;
        Ok(self.store.put_setting(RELEASE, &text).await?)
    }

    /// Every earlier release, and its published cells with what each member added.
    async fn earlier_releases(&self) -> Result<EarlierReleases, AppError> {
        let rows = self.store.releases().await?;
        let releases: Vec<Release> = rows.iter().map(read).collect::<Result<_, _>>()?;
        let mut by_cell: BTreeMap<(i64, String), Vec<Part>> = BTreeMap::new();
        for row in self.store.release_parts().await? {
            let parts: Vec<KeptPart> = serde_json::from_str(&row.content)
                .map_err(|error| AppError::Damaged(format!("parts of release {}: {error}", row.number)))?;
            for (cell, name, value) in parts {
                by_cell.entry((row.number, cell)).or_default().push(Part {
                    member: MemberId::new(&row.member),
                    name,
                    value,
                });
            }
        }
        let mut cells = Vec::new();
        for release in &releases {
            for (cell, value) in published(release) {
                let mut parts = by_cell.remove(&(release.number, cell.clone())).unwrap_or_default();
                let sum = parts
                    .iter()
                    .try_fold(Amount::ZERO, |sum, part| sum.checked_add(part.value))?;
                // What is left was added by members that were erased since; it stays hidden as one of its own.
                let rest = Amount::from_mantissa(value.mantissa() - sum.mantissa());
                if !rest.is_zero() {
                    parts.push(Part {
                        member: MemberId::new("erased"),
                        name: format!("{}/{cell}", release.number),
                        value: rest,
                    });
                }
                cells.push(parts);
            }
        }
        Ok(EarlierReleases { releases, cells })
    }
}

/// Judges beside the other work, telling how many amounts were looked at, until somebody stops it.
async fn judged(drafts: &[Draft], known: Vec<Vec<Part>>, rules: Rules, handle: &Handle) -> Result<Judgement, AppError> {
    let cells: Vec<Cell> = cells_of(drafts).map(|(_, cell)| cell.clone()).collect();
    handle.tell(Progress {
        stage: "judge".into(),
        ..Progress::default()
    });
    let handle = handle.clone();
    let judged = tokio::task::spawn_blocking(move || {
        judge_watched(&cells, &known, rules, &mut |amounts| {
            handle.advance(amounts as u64);
            !handle.is_cancelled()
        })
    });
    match judged.await.map_err(|error| AppError::Damaged(error.to_string()))? {
        Ok(judged) => Ok(judged),
        Err(DisclosureError::Stopped) => Err(AppError::Cancelled),
        Err(error) => Err(AppError::Damaged(format!("judging a release: {error}"))),
    }
}

struct EarlierReleases {
    releases: Vec<Release>,
    cells: Vec<Vec<Part>>,
}

fn read(row: &ReleaseRow) -> Result<Release, AppError> {
    serde_json::from_str(&row.content).map_err(|error| AppError::Damaged(format!("release {}: {error}", row.number)))
}

fn cell_name(table: &str, row: &str, year: i16) -> String {
    format!("{table}/{row}/{year}")
}

/// Cells in their order, with their names.
fn cells_of(drafts: &[Draft]) -> impl Iterator<Item = (String, &Cell)> {
    drafts.iter().flat_map(|draft| {
        draft.rows.iter().flat_map(|row| {
            let cells = row.cells.iter();
            cells.map(|(year, cell)| (cell_name(draft.name, &row.key, *year), cell))
        })
    })
}

/// Names and sums of the cells that were computed in a release.
fn published(release: &Release) -> impl Iterator<Item = (String, Amount)> {
    release.tables.iter().flat_map(|table| {
        table.rows.iter().flat_map(|row| {
            let cells = table.columns.iter().zip(&row.cells);
            cells
                .filter(|(_, cell)| cell.state == CellState::Published)
                .filter_map(|(year, cell)| Some((cell_name(&table.name, &row.key, *year), cell.value?)))
        })
    })
}

impl Release {
    /// A cell of a table.
    pub fn cell(&self, table: &str, row: &str, year: i16) -> Option<&ReleasedCell> {
        let table = self.tables.iter().find(|one| one.name == table)?;
        let row = table.rows.iter().find(|one| one.key == row)?;
        let at = table.columns.iter().position(|column| *column == year)?;
        row.cells.get(at)
    }
}

fn released_tables(
    drafts: &[Draft],
    judged: &Judgement,
    last: Option<&Release>,
) -> Result<Vec<ReleasedTable>, AppError> {
    let columns: BTreeSet<i16> = tables::years(drafts);
    let mut verdicts = judged.verdicts.iter();
    let mut found = Vec::new();
    for draft in drafts {
        let mut rows = Vec::new();
        for row in &draft.rows {
            let mut by_year = BTreeMap::new();
            for (year, cell) in &row.cells {
                let verdict = verdicts.next().copied().unwrap_or(Verdict::Secondary);
                let before = last.and_then(|release| release.cell(draft.name, &row.key, *year));
                let since = last.map(|release| release.number);
                by_year.insert(*year, released_cell(verdict, cell.value()?, before, since));
            }
            let empty = ReleasedCell {
                value: None,
                state: CellState::Empty,
                since: None,
            };
            rows.push(ReleasedRow {
                key: row.key.clone(),
                unit: row.unit.to_owned(),
                cells: columns
                    .iter()
                    .map(|year| by_year.remove(year).unwrap_or_else(|| empty.clone()))
                    .collect(),
            });
        }
        found.push(ReleasedTable {
            name: draft.name.to_owned(),
            columns: columns.iter().copied().collect(),
            rows,
        });
    }
    Ok(found)
}

fn released_cell(verdict: Verdict, value: Amount, before: Option<&ReleasedCell>, since: Option<i64>) -> ReleasedCell {
    let state = CellState::from(verdict);
    match before {
        // What was shown is known; showing it again tells nothing.
        Some(before) if !state.is_shown() && before.state.is_shown() => ReleasedCell {
            value: before.value,
            state: CellState::Kept,
            since: before.since.or(since),
        },
        _ => ReleasedCell {
            value: (state == CellState::Published).then_some(value),
            state,
            since: None,
        },
    }
}

/// What each member added to each published cell.
fn parts_of(drafts: &[Draft], judged: &Judgement) -> BTreeMap<MemberId, Vec<KeptPart>> {
    let mut found: BTreeMap<MemberId, Vec<KeptPart>> = BTreeMap::new();
    for ((name, cell), verdict) in cells_of(drafts).zip(&judged.verdicts) {
        if *verdict != Verdict::Published {
            continue;
        }
        for part in cell.parts.iter().filter(|part| !part.value.is_zero()) {
            let own = found.entry(part.member.clone()).or_default();
            own.push((name.clone(), part.name.clone(), part.value));
        }
    }
    found
}
