//! The cluster's account without double counting, by product footprints.
//!
//! The goal's headline is the right-hand side of the identity `sum p y = sum D + U`; this is the left-hand side,
//! with the footprints and pairs between. A pair is for its two parties and for those who lead; a member's own
//! products are for those who may read the member; totals that follow every batch are for those who lead.

mod doubt;
mod flows;
mod products;
mod what_if;

use std::collections::BTreeSet;
use std::sync::Arc;

use greenheart_account::{BoundaryLine, Gap, GoalConfig, PanelLines, panel_lines};
use greenheart_footprint::Rounded;
use greenheart_footprint::consolidate::{
    ClusterFlows, Consolidated, ConsolidationError, MemberPart, Pair, consolidate,
};
use greenheart_footprint::solve::Method;
use greenheart_model::{GwpSet, Member, MemberId, Ref, Role, Scope2Basis, Status};
use greenheart_units::{Amount, Co2e, Rate};
use serde::{Deserialize, Serialize};

use crate::cache::AccountKey;
use crate::figures::digest_of;
use crate::snapshot::Snapshot;
use crate::standing::Directory;
use crate::{Actor, App, AppError, FigureView};

pub use doubt::{AccountSpread, ProductSpread, QualityLine, TotalSpread};
pub(crate) use doubt::{Qualities, product_name};
pub(crate) use flows::{ENERGY, PRODUCT, Panel, PanelFlows, all, panel_flows};
pub use products::{MadeLine, ProductLine, ProductsView};
pub use what_if::{PairChangeLine, ProductChangeLine, WhatIfRequest, WhatIfView};

/// Which account of the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct YearQuery {
    /// Calendar year; the last one that has ended when absent.
    pub year: Option<i16>,
    /// GWP set, when other than AR6.
    pub gwp: Option<GwpSet>,
    /// Account of bought energy, when other than location-based.
    pub basis: Option<Scope2Basis>,
    /// Snapshot, when other than today's.
    pub at: Option<i64>,
}

/// The consolidated account as an actor may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsolidatedView {
    /// Name of the cluster.
    pub cluster: String,
    /// The cluster is invented.
    pub fictional: bool,
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Calendar year.
    pub year: i16,
    /// GWP set.
    pub gwp: GwpSet,
    /// Account of bought energy.
    pub basis: Scope2Basis,
    /// How a member's emissions are shared over its sales: `value`.
    pub allocation: String,
    /// Members of the panel.
    pub panel_members: u32,
    /// `reported = gross + revaluation`, `gross = consolidated + elimination`; empty for those who do not lead.
    pub totals: Vec<FigureView>,
    /// Whether rows behind it wait for a factor, or deliveries for the buyer's word.
    pub status: Status,
    /// How the footprints were found; absent for those who do not lead.
    pub solution: Option<SolutionView>,
    /// Parts of the members that the actor may read.
    pub members: Vec<MemberPartLine>,
    /// Deliveries that the actor may see: all for those who lead, else its own.
    pub pairs: Vec<PairLine>,
    /// `consolidate.*`: all for those who lead, else its own.
    pub findings: Vec<Gap>,
}

/// How an account was solved and how far it can be off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SolutionView {
    /// Method that gave the accepted answer.
    pub method: String,
    /// Its passes or steps.
    pub steps: usize,
    /// Componentwise backward error of the answer, as text.
    pub residual: String,
    /// No loop feeds back more than this share of what it takes, as text.
    pub gain_at_most: String,
    /// The consolidated account lies within this of the exact answer, kg CO2e.
    pub tolerance_kg: Amount,
}

/// A member's part of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberPartLine {
    /// Opens to its reason.
    pub reference: Ref,
    /// Who.
    pub member: MemberId,
    /// Scope 1 and what was bought from outside, kg CO2e.
    pub own_kg: Amount,
    /// What it booked for purchases from members, kg CO2e.
    pub reported_purchases_kg: Amount,
    /// What its whole output carries, kg CO2e.
    pub gross_kg: Amount,
    /// What left the cluster with it, kg CO2e.
    pub exported_kg: Amount,
    /// After sale, kg CO2e.
    pub after_sale_kg: Amount,
}

/// A delivery between two members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairLine {
    /// Opens to its reason.
    pub reference: Ref,
    /// Who sold.
    pub seller: MemberId,
    /// Who bought.
    pub buyer: MemberId,
    /// How much was delivered, in `unit`.
    pub quantity: Amount,
    /// `NOK`, or `pcs` of a year that has no revenue.
    pub unit: String,
    /// What it carries, and elimination takes out, kg CO2e.
    pub carried_kg: Amount,
    /// What the buyer's account says instead, kg CO2e.
    pub reported_kg: Option<Amount>,
}

/// An account with what it was made from.
pub(crate) struct Account {
    generation: i64,
    pub(crate) snapshot: Snapshot,
    pub(crate) config: GoalConfig,
    pub(crate) digest: String,
    pub(crate) year: i16,
    pub(crate) lines: PanelLines,
    /// Members whose trade is energy.
    plants: BTreeSet<MemberId>,
    pub(crate) flows: ClusterFlows,
    pub(crate) made: Consolidated,
    pub(crate) findings: Vec<Gap>,
}

impl App {
    /// The consolidated account of a year, with its pairs and members' parts.
    ///
    /// # Errors
    /// [`AppError::Input`] when the flows cannot be consolidated; only those who lead are told whose they are.
    pub async fn consolidate(&self, actor: &Actor, query: &YearQuery) -> Result<ConsolidatedView, AppError> {
        self.allowed(actor, actor.is_of_the_cluster(), "consolidate", None)
            .await?;
        let account = self.account(actor, query).await?;
        let settings = self.settings().await?;
        let readable = self.readable_members(actor).await?;
        let sees = Sight::of(actor, &readable);
        let name = |what: &str| account.reference(what);
        let members: Vec<MemberPartLine> = account
            .made
            .members
            .iter()
            .filter(|part| sees.member(&part.member))
            .map(|part| part_line(part, name(&format!("member/{}", part.member))))
            .collect();
        let pairs: Vec<PairLine> = account
            .made
            .pairs
            .iter()
            .filter(|pair| sees.pair(pair))
            .map(|pair| pair_line(pair, &account))
            .collect();
        let looked = members
            .iter()
            .map(|part| &part.member)
            .chain(pairs.iter().flat_map(|pair| [&pair.seller, &pair.buyer]));
        self.note_looks(actor, looked, "consolidate").await?;
        self.note(actor, "consolidate", None, &account.snapshot.name(), "done")
            .await?;
        Ok(ConsolidatedView {
            cluster: settings.name,
            fictional: settings.fictional,
            snapshot: account.snapshot.name(),
            year: account.year,
            gwp: account.config.gwp,
            basis: account.config.scope2,
            allocation: "value".into(),
            panel_members: u32::try_from(account.lines.panel.len()).unwrap_or(u32::MAX),
            totals: if sees.leads { account.totals() } else { Vec::new() },
            status: account.made.status(),
            solution: sees.leads.then(|| account.solution()),
            members,
            pairs,
            findings: account
                .findings
                .iter()
                .filter(|gap| sees.leads || gap.member.as_ref() == actor.member())
                .cloned()
                .collect(),
        })
    }

    /// The account that `query` asks for. An error that names members is kept from those who do not lead.
    pub(crate) async fn account(&self, actor: &Actor, query: &YearQuery) -> Result<Arc<Account>, AppError> {
        let snapshot = self.snapshot(query.at).await?;
        let config = self.cluster_config(snapshot.seq, query.gwp, query.basis).await?;
        let year = query.year.unwrap_or(config.last_year);
        let made = self.account_of(snapshot, config, year).await;
        made.map_err(|error| match error {
            AppError::Input { .. } if !actor.leads() => AppError::input(
                format!("the flows of {year} cannot be consolidated"),
                "the facilitator sees which flows are in the way",
            ),
            other => other,
        })
    }

    /// The account of `year` at a snapshot under a configuration.
    pub(crate) async fn account_of(
        &self,
        snapshot: Snapshot,
        config: GoalConfig,
        year: i16,
    ) -> Result<Arc<Account>, AppError> {
        let directory = self.directory().await?;
        let key = (snapshot.seq, directory.generation, digest_of(&config)?.0, year);
        self.cache
            .accounts
            .of(key, Box::pin(self.make_account(&directory, snapshot, config, year)))
            .await
    }

    async fn make_account(
        &self,
        directory: &Directory,
        snapshot: Snapshot,
        config: GoalConfig,
        year: i16,
    ) -> Result<Account, AppError> {
        let lines = self.panel_lines(&snapshot, &config, &[year], &[year]).await?;
        let of_year = lines.years.first().map(Vec::as_slice).unwrap_or_default();
        let plants = plants(directory);
        let panel = Panel {
            members: &lines.panel,
            plants: &plants,
        };
        let PanelFlows { flows, findings } = panel_flows(panel, of_year, &all)?;
        let made = consolidate(&flows).map_err(|error| refused(year, &error))?;
        let digest = self.keep_config(&config).await?;
        Ok(Account {
            generation: directory.generation,
            snapshot,
            config,
            digest,
            year,
            plants,
            flows,
            made,
            findings,
            lines,
        })
    }

    /// Lines of goal 2 in `years`, of the members in the panel of each of `panel_years`.
    pub(crate) async fn panel_lines(
        &self,
        snapshot: &Snapshot,
        config: &GoalConfig,
        panel_years: &[i16],
        years: &[i16],
    ) -> Result<PanelLines, AppError> {
        let lines = self
            .with_goal_inputs(snapshot, config, |inputs| panel_lines(inputs, panel_years, years))
            .await?;
        Ok(lines?)
    }

    /// The cluster's choices at a snapshot.
    pub(crate) async fn cluster_config(
        &self,
        seq: i64,
        gwp: Option<GwpSet>,
        basis: Option<Scope2Basis>,
    ) -> Result<GoalConfig, AppError> {
        let settings = self.settings().await?;
        let base_year = match settings.base_year {
            Some(year) => year,
            None => self.first_year(seq).await?,
        };
        let mut config = self.goal_config(&settings, base_year)?;
        config.gwp = gwp.unwrap_or(config.gwp);
        config.expired = self.expired_estimates().await?;
        if basis == Some(Scope2Basis::Market) {
            config.scope2 = Scope2Basis::Market;
        }
        Ok(config)
    }
}

/// Whose figures an actor sees in an account of the cluster.
pub(crate) struct Sight<'a> {
    pub(crate) leads: bool,
    own: Option<&'a MemberId>,
    readable: &'a BTreeSet<MemberId>,
}

impl<'a> Sight<'a> {
    pub(crate) fn of(actor: &'a Actor, readable: &'a BTreeSet<MemberId>) -> Self {
        Self {
            leads: actor.leads(),
            own: actor.member(),
            readable,
        }
    }

    /// What belongs to one member alone.
    pub(crate) fn member(&self, member: &MemberId) -> bool {
        self.readable.contains(member)
    }

    /// A pair: its two parties and those who lead, whatever the parties open to others.
    pub(crate) fn pair(&self, pair: &Pair) -> bool {
        let party = |member: &MemberId| self.own == Some(member);
        self.leads || party(&pair.product.member) || party(&pair.into.member)
    }
}

/// Members that recover energy from waste or make it for sale.
fn plants(directory: &Directory) -> BTreeSet<MemberId> {
    let sells_energy = |member: &&Member| matches!(member.role, Role::Waste | Role::Energy);
    let members = directory.members.iter().filter(sells_energy);
    members.map(|member| member.id.clone()).collect()
}

impl Account {
    /// What it follows from.
    pub(crate) fn key(&self) -> AccountKey {
        (self.snapshot.seq, self.generation, self.digest.clone(), self.year)
    }

    /// Whose flows it is of.
    pub(crate) fn panel(&self) -> Panel<'_> {
        Panel {
            members: &self.lines.panel,
            plants: &self.plants,
        }
    }

    /// Lines of its year.
    pub(crate) fn year_lines(&self) -> &[BoundaryLine] {
        self.lines.years.first().map(Vec::as_slice).unwrap_or_default()
    }

    /// The reference of a part of this account.
    pub(crate) fn reference(&self, what: &str) -> Ref {
        let (year, seq, digest) = (self.year, self.snapshot.seq, &self.digest);
        Ref::Figure(format!("account/{year}/{what}@s{seq}/{digest}"))
    }

    /// The reference of a delivery: by seller and buyer, and by its name when it is energy that a plant sells.
    pub(crate) fn pair_reference(&self, pair: &Pair) -> Ref {
        let (seller, buyer) = (&pair.product.member, &pair.into.member);
        if &*pair.product.name == ENERGY {
            return self.reference(&format!("pair/{seller}/{buyer}/{ENERGY}"));
        }
        self.reference(&format!("pair/{seller}/{buyer}"))
    }

    /// The totals, from what members report to what is counted once.
    pub(crate) fn totals(&self) -> Vec<FigureView> {
        let made = &self.made;
        [
            ("reported_kg", made.reported),
            ("revaluation_kg", made.revaluation.value),
            ("gross_kg", made.gross.value),
            ("elimination_kg", made.elimination.value),
            ("consolidated_kg", made.consolidated.value),
            ("after_sale_kg", made.after_sale),
        ]
        .map(|(name, value)| FigureView {
            reference: self.reference(&format!("total/{name}")),
            name: name.into(),
            value: Some(value.amount()),
            unit: "kgCO2e".into(),
        })
        .into()
    }

    pub(crate) fn solution(&self) -> SolutionView {
        let evidence = &self.made.evidence;
        SolutionView {
            method: match evidence.method {
                Method::GaussSeidel => "Gauss-Seidel",
                Method::Gmres => "GMRES",
                Method::DenseLu => "LU",
            }
            .into(),
            steps: evidence.steps,
            residual: format!("{:.1e}", evidence.residual),
            gain_at_most: format!("{:.4}", evidence.gain_at_most),
            tolerance_kg: self.made.consolidated.tolerance.amount(),
        }
    }
}

pub(crate) fn part_line(part: &MemberPart, reference: Ref) -> MemberPartLine {
    MemberPartLine {
        reference,
        member: part.member.clone(),
        own_kg: part.own.amount(),
        reported_purchases_kg: part.reported_purchases.amount(),
        gross_kg: part.gross.amount(),
        exported_kg: part.exported.amount(),
        after_sale_kg: part.after_sale.amount(),
    }
}

pub(crate) fn pair_line(pair: &Pair, account: &Account) -> PairLine {
    let (seller, buyer) = (&pair.product.member, &pair.into.member);
    PairLine {
        reference: account.pair_reference(pair),
        seller: seller.clone(),
        buyer: buyer.clone(),
        quantity: pair.quantity.value,
        unit: pair.quantity.dimension.base_unit().into(),
        carried_kg: kg(pair.carried),
        reported_kg: pair.reported.map(Co2e::amount),
    }
}

pub(crate) fn kg(value: Rounded<Co2e>) -> Amount {
    value.value.amount()
}

/// `part / whole`, zero where there is nothing.
pub(crate) fn share(part: Amount, whole: Amount) -> Rate {
    part.ratio(whole).unwrap_or_default()
}

/// Why there is no account, as the input's fault that it is.
pub(crate) fn refused(year: i16, error: &ConsolidationError) -> AppError {
    let hint = match error {
        ConsolidationError::Empty => "no member is complete in the year; `greenheart goals` says who lacks what",
        ConsolidationError::Gain(_) => "look at what the members on the loop booked as sold to each other",
        _ => "look at what is named with `greenheart inventory`",
    };
    AppError::input(format!("the flows of {year} cannot be consolidated: {error}"), hint)
}
