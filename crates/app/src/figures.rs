//! The three goals and the inventory, with a reference on every figure.
//!
//! A reference names what it is of, so that it can be opened at any time: `fig:goal/co2e/2024/co2e_value_kg@s12/1a2b…`
//! is that figure in snapshot 12 under the choices with that digest, which the catalogue keeps;
//! `fig:line/2024/MEMBER/2/0/METHOD/LINE@s12/location/ar6` is a line of an inventory.

use std::collections::BTreeSet;
use std::sync::Arc;

use greenheart_account::{
    Boundary, ClusterBooks, CoverageShare, Figure, Gap, Goal, GoalConfig, GoalInputs, GoalReport, GoalStatus, GoalYear,
    Inventory, InventoryQuery, InventoryRow, MemberBooks, MemberSums, Reconciled, goals, inventory,
};
use greenheart_model::{CoverageKind, Date, GwpSet, MemberId, Ref, Scope2Basis};
use greenheart_units::{Amount, Rate};
use serde::{Deserialize, Serialize};

use crate::outlook::{Outlook, outlook};
use crate::release::RELEASE;
use crate::snapshot::Snapshot;
use crate::standing::Directory;
use crate::{Actor, App, AppError};

/// Contributors besides the reader that a total needs before somebody outside the lead sees it.
const CONTRIBUTORS: u32 = 3;

/// Which goals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GoalQuery {
    /// Base year, when other than the cluster's.
    pub base_year: Option<i16>,
    /// GWP set, when other than AR6.
    pub gwp: Option<GwpSet>,
    /// Snapshot, when other than today's.
    pub at: Option<i64>,
}

/// A figure with its reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureView {
    /// Opens to its reason.
    pub reference: Ref,
    /// Stable name, its last word the unit.
    pub name: String,
    /// `None` is missing, never zero.
    pub value: Option<Amount>,
    /// Unit.
    pub unit: String,
}

/// The three goals as an actor may see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalsView {
    /// Name of the cluster.
    pub cluster: String,
    /// The cluster is invented.
    pub fictional: bool,
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Base year.
    pub base_year: i16,
    /// Goal year.
    pub goal_year: i16,
    /// GWP set.
    pub gwp: GwpSet,
    /// Index of constant prices, when there is one.
    pub price_index: Option<String>,
    /// `revenue`, `co2e`, `resource_draw`.
    pub goals: Vec<GoalView>,
}

/// One goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalView {
    /// Which.
    pub goal: Goal,
    /// Unit of the headline.
    pub unit: String,
    /// Signed change from base to goal year.
    pub target_change: Rate,
    /// From the base year to the goal year.
    pub years: Vec<GoalYearView>,
    /// Where it is heading; for those who lead.
    #[serde(default)]
    pub outlook: Option<Outlook>,
}

/// One goal in one year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalYearView {
    /// Calendar year.
    pub year: i16,
    /// How it stands.
    pub status: GoalStatus,
    /// Too few contribute for this reader: the figures are kept back.
    pub withheld: bool,
    /// The headline, on the panel.
    pub value: FigureView,
    /// The same panel in the base year.
    pub base: FigureView,
    /// The target line.
    pub target: FigureView,
    /// `value / base - 1`.
    pub change: Option<Rate>,
    /// What the panel did over what it did in the base year; for those who lead.
    #[serde(default)]
    pub activity: Option<Rate>,
    /// Share of the boundary that the panel covers.
    pub coverage: CoverageShare,
    /// Estimate for members outside the panel.
    pub estimate_rest: FigureView,
    /// Share of goal 2 that rests on spend.
    pub spend_share: Option<Rate>,
    /// Figures beside the headline.
    pub beside: Vec<FigureView>,
    /// What is missing, and who lacks it.
    pub gaps: Vec<Gap>,
}

/// Which inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryRequest {
    /// Calendar year; the last one with rows when absent.
    pub year: Option<i16>,
    /// One member; all that the actor may see when absent.
    pub member: Option<MemberId>,
    /// Account of bought energy.
    pub basis: Scope2Basis,
    /// GWP set.
    pub gwp: GwpSet,
}

/// A line of an inventory with its reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventoryLine {
    /// Opens to its reason.
    pub reference: Ref,
    /// The line.
    #[serde(flatten)]
    pub row: InventoryRow,
}

/// An inventory of the members that the actor may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventoryAnswer {
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Members it is of.
    pub members: Vec<MemberId>,
    /// Lines, by member, scope, category, line and method.
    pub lines: Vec<InventoryLine>,
    /// Totals; its own rows are in `lines`.
    pub totals: Inventory,
}

impl App {
    /// The three goals by year: live for those who lead, for everybody else the last release.
    ///
    /// A total that is followed from batch to batch would tell what one member handed in; a release is fixed.
    pub async fn goals(&self, actor: &Actor, query: &GoalQuery) -> Result<GoalsView, AppError> {
        if !actor.leads() {
            let mut view = GoalsView::clone(&*self.released().await?);
            for goal in &mut view.goals {
                goal.outlook = None;
                goal.years.iter_mut().for_each(|year| restrict(year, actor));
            }
            self.note(actor, "goals", None, &view.snapshot, "done").await?;
            return Ok(view);
        }
        let view = self.live_goals(query).await?;
        self.note(actor, "goals", None, &view.snapshot, "done").await?;
        Ok(GoalsView::clone(&view))
    }

    /// The last release.
    pub(crate) async fn released(&self) -> Result<Arc<GoalsView>, AppError> {
        let generation = self.standing().await?.generation;
        self.cache.released.of(generation, self.read_release()).await
    }

    async fn read_release(&self) -> Result<GoalsView, AppError> {
        let text = self.store.setting(RELEASE).await?.ok_or_else(|| {
            AppError::input(
                "no goals have been released yet",
                "the facilitator releases them with `greenheart goals --release`",
            )
        })?;
        serde_json::from_str(&text).map_err(|error| AppError::Damaged(format!("the release of the goals: {error}")))
    }

    /// The goals as they stand; what they follow from is their key.
    pub(crate) async fn live_goals(&self, query: &GoalQuery) -> Result<Arc<GoalsView>, AppError> {
        let snapshot = self.snapshot(query.at).await?;
        let generation = self.directory().await?.generation;
        let key = GoalKey {
            seq: snapshot.seq,
            generation,
            today: self.surroundings.clock.today(),
            base_year: query.base_year,
            gwp: query.gwp,
        };
        self.cache.goals.of(key, self.goals_at(snapshot, query)).await
    }

    async fn goals_at(&self, snapshot: Snapshot, query: &GoalQuery) -> Result<GoalsView, AppError> {
        let settings = self.settings().await?;
        let base_year = match query.base_year.or(settings.base_year) {
            Some(year) => year,
            None => self.first_year(snapshot.seq).await?,
        };
        if !(1900..=2190).contains(&base_year) {
            return Err(AppError::input(
                format!("{base_year} cannot be a base year"),
                "choose a year with complete accounts",
            ));
        }
        let mut config = self.goal_config(&settings, base_year)?;
        config.gwp = query.gwp.unwrap_or(config.gwp);
        config.expired = self.expired_estimates().await?;
        let digest = self.keep_config(&config).await?;
        let report = self.goal_report(&snapshot, &config).await?;
        Ok(GoalsView {
            cluster: settings.name,
            fictional: settings.fictional,
            snapshot: snapshot.name(),
            base_year,
            goal_year: config.goal_year,
            gwp: config.gwp,
            price_index: config
                .price_index
                .as_ref()
                .map(|index| format!("{} ({})", index.name, index.source)),
            goals: report
                .goals
                .iter()
                .map(|series| goal_view(series, snapshot.seq, &digest))
                .collect(),
        })
    }

    /// The goals at a snapshot under a configuration.
    pub(crate) async fn goal_report(
        &self,
        snapshot: &Snapshot,
        config: &GoalConfig,
    ) -> Result<Arc<GoalReport>, AppError> {
        let generation = self.directory().await?.generation;
        let key = (snapshot.seq, generation, digest_of(config)?.0);
        let report = async { Ok(self.with_goal_inputs(snapshot, config, goals).await??) };
        self.cache.reports.of(key, report).await
    }

    /// Gives `compute` what goals are computed from at a snapshot.
    pub(crate) async fn with_goal_inputs<T>(
        &self,
        snapshot: &Snapshot,
        config: &GoalConfig,
        compute: impl FnOnce(&GoalInputs<'_>) -> T,
    ) -> Result<T, AppError> {
        let directory = self.directory().await?;
        let coverage = Box::pin(self.coverage(snapshot.seq, &config.expired)).await?;
        let books = self.books(&directory, snapshot, config.gwp)?;
        Ok(compute(&GoalInputs {
            config,
            snapshot: &snapshot.name(),
            members: &directory.members,
            sites: &directory.sites,
            coverage: &coverage,
            books: &books,
            figures: &[],
        }))
    }

    /// The books of a snapshot: opened anew is only the member that changed.
    pub(crate) fn books(
        &self,
        directory: &Directory,
        snapshot: &Snapshot,
        gwp: GwpSet,
    ) -> Result<ClusterBooks, AppError> {
        let boundary = Boundary::of(&directory.sites, &directory.keys);
        let open = |sums: &Arc<MemberSums>| -> Result<Arc<MemberBooks>, AppError> {
            if let Some(kept) = self.cache.books(sums, directory.generation, gwp) {
                return Ok(kept);
            }
            let opened = Arc::new(MemberBooks::open(sums, &boundary, gwp)?);
            self.cache
                .keep_books(sums, directory.generation, gwp, Arc::clone(&opened));
            Ok(opened)
        };
        let members = snapshot.reconciled.kept().iter().map(open);
        Ok(ClusterBooks::new(members.collect::<Result<_, _>>()?))
    }

    /// The first year that accounts cover, else that anything covers.
    pub(crate) async fn first_year(&self, seq: i64) -> Result<i16, AppError> {
        let coverage = Box::pin(self.coverage(seq, &BTreeSet::new())).await?;
        let year = |accounts: bool| {
            let wanted = coverage
                .iter()
                .filter(|coverage| !accounts || coverage.kind == CoverageKind::Accounts);
            wanted.map(|coverage| coverage.period.from().year()).min()
        };
        year(true).or_else(|| year(false)).ok_or_else(|| {
            AppError::input(
                "there is nothing to compute goals from yet",
                "take in accounting files with `greenheart import FILE…`",
            )
        })
    }

    /// Keeps choices under their digest, so that a figure can be opened under the same ones for ever.
    pub(crate) async fn keep_config(&self, config: &GoalConfig) -> Result<String, AppError> {
        let (digest, text) = digest_of(config)?;
        if !self.cache.has_choices(&digest) {
            self.store.add_figures(&[(digest.clone(), text)]).await?;
            self.cache.keep_choices(&digest);
        }
        Ok(digest)
    }

    /// Choices kept under a digest.
    pub(crate) async fn config_of(&self, digest: &str) -> Result<GoalConfig, AppError> {
        let text = self.store.figure(digest).await?;
        let text = text.ok_or_else(|| AppError::NotFound {
            what: "figure",
            id: digest.to_owned(),
        })?;
        serde_json::from_str(&text).map_err(|error| AppError::Damaged(format!("choices `{digest}`: {error}")))
    }

    /// The inventory of a year.
    pub async fn inventory(&self, actor: &Actor, request: &InventoryRequest) -> Result<InventoryAnswer, AppError> {
        let members = match &request.member {
            Some(member) => {
                self.may_look(actor, member, "inventory").await?;
                BTreeSet::from([member.clone()])
            }
            None => self.readable_members(actor).await?,
        };
        let snapshot = self.snapshot(None).await?;
        let answer = self.inventory_of(&snapshot, request, members).await?;
        if request.member.is_none() {
            self.note_looks(actor, answer.lines.iter().map(|line| &line.row.member), "inventory")
                .await?;
        }
        Ok(InventoryAnswer::clone(&answer))
    }

    /// The inventory of a set of members at a snapshot.
    pub(crate) async fn inventory_of(
        &self,
        snapshot: &Snapshot,
        request: &InventoryRequest,
        members: BTreeSet<MemberId>,
    ) -> Result<Arc<InventoryAnswer>, AppError> {
        let key = InventoryKey {
            seq: snapshot.seq,
            this_year: self.surroundings.clock.today().year(),
            year: request.year,
            basis: request.basis,
            gwp: request.gwp,
            members: members.clone(),
        };
        let answer = async { self.take_inventory(snapshot, request, members) };
        self.cache.inventories.of(key, answer).await
    }

    fn take_inventory(
        &self,
        snapshot: &Snapshot,
        request: &InventoryRequest,
        members: BTreeSet<MemberId>,
    ) -> Result<InventoryAnswer, AppError> {
        let year = request.year.or_else(|| self.last_year(&snapshot.reconciled, &members));
        let year = year.ok_or_else(|| {
            AppError::input(
                "there is nothing to take inventory of yet",
                "take in files with `greenheart import FILE…`",
            )
        })?;
        let query = InventoryQuery {
            year,
            gwp: request.gwp,
            basis: request.basis,
            members: Some(members.clone()),
        };
        let mut totals = inventory(&snapshot.reconciled, &query)?;
        let rows = std::mem::take(&mut totals.rows);
        let lines: Vec<InventoryLine> = rows
            .into_iter()
            .map(|row| InventoryLine {
                reference: line_reference(&row, snapshot.seq, &query),
                row,
            })
            .collect();
        Ok(InventoryAnswer {
            snapshot: snapshot.name(),
            members: members.into_iter().collect(),
            lines,
            totals,
        })
    }

    pub(crate) async fn readable_members(&self, actor: &Actor) -> Result<BTreeSet<MemberId>, AppError> {
        Ok(self.directory().await?.readable(actor))
    }

    /// The last year that has ended and has rows, else the last that has rows.
    fn last_year(&self, reconciled: &Reconciled, members: &BTreeSet<MemberId>) -> Option<i16> {
        let ended = self.surroundings.clock.today().year() - 1;
        let years: BTreeSet<i16> = reconciled
            .sums()
            .filter(|(key, _)| members.contains(&key.member))
            .map(|(key, _)| key.month.year())
            .collect();
        years.range(..=ended).next_back().or(years.last()).copied()
    }
}

/// What the goals of a view follow from.
#[derive(PartialEq, Eq)]
pub(crate) struct GoalKey {
    seq: i64,
    generation: i64,
    /// Estimates run out by the day.
    today: Date,
    base_year: Option<i16>,
    gwp: Option<GwpSet>,
}

/// What an inventory follows from.
#[derive(PartialEq, Eq)]
pub(crate) struct InventoryKey {
    seq: i64,
    this_year: i16,
    year: Option<i16>,
    basis: Scope2Basis,
    gwp: GwpSet,
    members: BTreeSet<MemberId>,
}

/// Digest and text of choices.
pub(crate) fn digest_of(config: &GoalConfig) -> Result<(String, String), AppError> {
    let text = serde_json::to_string(config).map_err(|error| AppError::Damaged(error.to_string()))?;
    let digest = blake3::hash(text.as_bytes()).to_hex()[..12].to_owned();
    Ok((digest, text))
}

fn goal_view(series: &greenheart_account::GoalSeries, seq: i64, digest: &str) -> GoalView {
    GoalView {
        goal: series.goal,
        unit: series.unit.clone(),
        target_change: series.target_change,
        years: series
            .years
            .iter()
            .map(|year| year_view(series.goal, year, seq, digest))
            .collect(),
        outlook: outlook(series, seq, digest),
    }
}

fn year_view(goal: Goal, year: &GoalYear, seq: i64, digest: &str) -> GoalYearView {
    let view = |figure: &Figure| FigureView {
        reference: Ref::Figure(format!(
            "goal/{}/{}/{}@s{seq}/{digest}",
            goal.name(),
            year.year,
            figure.name
        )),
        name: figure.name.clone(),
        value: figure.value,
        unit: figure.unit.clone(),
    };
    GoalYearView {
        year: year.year,
        status: year.status,
        withheld: false,
        value: view(&year.value),
        base: view(&year.base),
        target: view(&year.target),
        change: year.change,
        activity: year.activity,
        coverage: year.coverage,
        estimate_rest: view(&year.estimate_rest),
        spend_share: year.spend_share,
        beside: year.beside.iter().map(view).collect(),
        gaps: year.gaps.clone(),
    }
}

/// What somebody outside the lead sees: the totals that members consent to, when enough contribute, and
/// what concerns the reader's own data.
pub(crate) fn restrict(year: &mut GoalYearView, actor: &Actor) {
    year.beside.clear();
    year.spend_share = None;
    year.coverage.purchases = None;
    year.activity = None;
    year.gaps.retain(|gap| match &gap.member {
        Some(member) => actor.member() == Some(member),
        None => gap.code == "goal.year_not_over" || gap.code == "goal.no_panel",
    });
    let besides_reader = year
        .coverage
        .panel_members
        .saturating_sub(u32::from(actor.member().is_some()));
    if besides_reader < CONTRIBUTORS {
        year.withheld |= year.value.value.is_some();
        for figure in [
            &mut year.value,
            &mut year.base,
            &mut year.target,
            &mut year.estimate_rest,
        ] {
            figure.value = None;
        }
        year.change = None;
        year.status = GoalStatus::Missing;
        year.coverage.revenue = None;
        year.coverage.employees = None;
    }
}

fn line_reference(row: &InventoryRow, seq: i64, query: &InventoryQuery) -> Ref {
    Ref::Figure(line_name(row, query.year, seq, query.basis, query.gwp))
}

/// Name of an inventory line as its reference carries it.
pub(crate) fn line_name(row: &InventoryRow, year: i16, seq: i64, basis: Scope2Basis, gwp: GwpSet) -> String {
    let InventoryRow {
        member,
        scope,
        category,
        line,
        method,
        ..
    } = row;
    format!("line/{year}/{member}/{scope}/{category}/{method}/{line}@s{seq}/{basis}/{gwp}")
}
