//! Why goal 2's account, or a member's, changed between two years: effects that add up exactly.

mod chains;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use greenheart_account::{BoundaryLine, GoalConfig};
use greenheart_footprint::decompose::{Decomposition, Effect, Identity, decompose};
use greenheart_model::{GwpSet, ItemClass, Member, MemberId, Method, Ref, Scope2Basis, Text};
use greenheart_units::{Amount, Co2e};
use serde::{Deserialize, Serialize};

use crate::figures::digest_of;
use crate::snapshot::Snapshot;
use crate::{Actor, App, AppError};
use chains::{Chains, Whole, Year, chains};

/// What stands before the name of a member's part of the cluster's change.
pub(crate) const MEMBER_OF: &str = "cluster~";
/// What stands before the name of a sector's part of it.
pub(crate) const SECTOR_OF: &str = "sector~";
/// In place of a chain: the years themselves.
pub(crate) const TOTAL: &str = "total";
/// Members of a sector under which its effects would be those of one of them.
const FEWEST: usize = 3;
/// The sectors of too few members, together.
const OTHERS: &str = "others";

/// Which change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRequest {
    /// Earlier year.
    pub from: i16,
    /// Later year.
    pub to: i16,
    /// One member; the cluster when absent.
    pub member: Option<MemberId>,
    /// GWP set, when other than AR6.
    pub gwp: Option<GwpSet>,
    /// Account of bought energy, when other than location-based.
    pub basis: Option<Scope2Basis>,
    /// Snapshot, when other than today's.
    pub at: Option<i64>,
    /// Snapshot in which the earlier year was published, when other than that of the question.
    pub published: Option<i64>,
}

/// A change and its effects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Earlier year.
    pub from: i16,
    /// Later year.
    pub to: i16,
    /// GWP set.
    pub gwp: GwpSet,
    /// Account of bought energy.
    pub basis: Scope2Basis,
    /// Whose account: a member's own, or the cluster's, each tonne once.
    pub member: Option<MemberId>,
    /// Members complete in both years.
    pub panel_members: u32,
    /// The earlier year as published, kg CO2e.
    pub before_kg: Amount,
    /// Opens the earlier year to its reason.
    pub before: Ref,
    /// Opens the later year to its reason.
    pub after: Ref,
    /// The later year, kg CO2e.
    pub after_kg: Amount,
    /// Data and method first; they add up to `after - before` exactly.
    pub effects: Vec<EffectLine>,
    /// The same by sector (NACE division); sectors of too few members stand together.
    pub sectors: Vec<EffectLine>,
    /// The same by member, for members that the actor may read.
    pub members: Vec<EffectLine>,
    /// Classes of readable members whose method changed between the years.
    pub method_changes: Vec<MethodChange>,
}

/// One effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectLine {
    /// Opens to its reason.
    pub reference: Ref,
    /// Sector or member; empty for the whole.
    pub of: String,
    /// Which chain; empty for data and method.
    pub identity: String,
    /// Which link.
    pub effect: String,
    /// kg CO2e; negative where it reduced.
    pub change_kg: Amount,
}

/// A class of a member that is known in another way than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodChange {
    /// Whose.
    pub member: MemberId,
    /// What.
    pub class: ItemClass,
}

/// What an explanation follows from.
#[derive(PartialEq, Eq)]
pub(crate) struct ExplainedKey {
    seq: i64,
    generation: i64,
    choices: String,
    years: (i16, i16),
    member: Option<MemberId>,
    published: Option<i64>,
}

/// A decomposition with what it was made from.
pub(crate) struct Explained {
    pub(crate) snapshot: Snapshot,
    pub(crate) config: GoalConfig,
    pub(crate) digest: String,
    pub(crate) found: Decomposition,
    panel: BTreeSet<MemberId>,
    moved: BTreeSet<(MemberId, ItemClass)>,
    sectors: BTreeMap<MemberId, Text>,
}

impl App {
    /// Decomposes the change between two years. The cluster's is for those who lead; a member's for whoever may read
    /// the member, with the member's own output as activity, so that nothing of the others shows in it.
    ///
    /// # Errors
    /// [`AppError::Input`] for a year without a complete panel and for years in the wrong order.
    pub async fn change(&self, actor: &Actor, request: &ChangeRequest) -> Result<ChangeView, AppError> {
        match &request.member {
            Some(member) => self.may_look(actor, member, "change").await?,
            None => self.allowed(actor, actor.may_administer(), "change", None).await?,
        }
        let explained = self.explain_change(request).await?;
        let readable = self.readable_members(actor).await?;
        let reference =
            |of: &str, identity: Option<Identity>, effect: &str| explained.reference(request, of, identity, effect);
        let whole = request.member.as_ref().map_or("cluster", MemberId::as_str);
        let effects = explained.found.by_effect();
        let (mut sectors, mut members) = (Vec::new(), Vec::new());
        if request.member.is_none() {
            sectors = explained.by_sector(request, &readable);
            for ((member, identity, effect), change) in explained.found.by_member() {
                if readable.contains(member) {
                    let opens = reference(&format!("{MEMBER_OF}{member}"), identity, effect);
                    members.push(effect_line(opens, member.as_str(), identity, effect, change));
                }
            }
            self.note_looks(
                actor,
                explained.panel.iter().filter(|member| readable.contains(member)),
                "change",
            )
            .await?;
        }
        let subject = format!("{} {}-{}", explained.snapshot.name(), request.from, request.to);
        self.note(actor, "change", request.member.as_ref(), &subject, "done")
            .await?;
        Ok(ChangeView {
            snapshot: explained.snapshot.name(),
            from: request.from,
            to: request.to,
            gwp: explained.config.gwp,
            basis: explained.config.scope2,
            member: request.member.clone(),
            panel_members: u32::try_from(explained.panel.len()).unwrap_or(u32::MAX),
            before_kg: explained.found.before.amount(),
            before: explained.year_reference(request, whole, "before"),
            after: explained.year_reference(request, whole, "after"),
            after_kg: explained.found.after.amount(),
            effects: effects
                .into_iter()
                .map(|((identity, effect), change)| {
                    effect_line(reference(whole, identity, effect), "", identity, effect, change)
                })
                .collect(),
            sectors,
            members,
            method_changes: explained
                .moved
                .iter()
                .filter(|(member, _)| readable.contains(member))
                .map(|(member, class)| MethodChange {
                    member: member.clone(),
                    class: *class,
                })
                .collect(),
        })
    }

    /// The decomposition that a request asks for, without asking who may see it.
    pub(crate) async fn explain_change(&self, request: &ChangeRequest) -> Result<Arc<Explained>, AppError> {
        if request.from >= request.to {
            return Err(AppError::input(
                format!("{} is not before {}", request.from, request.to),
                "give the earlier year with --from and the later with --to",
            ));
        }
        let snapshot = self.snapshot(request.at).await?;
        let config = self.cluster_config(snapshot.seq, request.gwp, request.basis).await?;
        self.explain_change_of(request, snapshot, config).await
    }

    /// The same under a configuration that is known.
    pub(crate) async fn explain_change_of(
        &self,
        request: &ChangeRequest,
        snapshot: Snapshot,
        config: GoalConfig,
    ) -> Result<Arc<Explained>, AppError> {
        let key = ExplainedKey {
            seq: snapshot.seq,
            generation: self.directory().await?.generation,
            choices: digest_of(&config)?.0,
            years: (request.from, request.to),
            member: request.member.clone(),
            published: request.published,
        };
        self.cache
            .changes
            .of(key, Box::pin(self.make_explanation(request, snapshot, config)))
            .await
    }

    async fn make_explanation(
        &self,
        request: &ChangeRequest,
        snapshot: Snapshot,
        config: GoalConfig,
    ) -> Result<Explained, AppError> {
        let years = [request.from, request.to];
        let mut lines = self.panel_lines(&snapshot, &config, &years, &years).await?;
        if let Some(member) = &request.member {
            lines.panel.retain(|other| other == member);
        }
        let panel = lines.panel;
        if panel.is_empty() {
            return Err(AppError::input(
                format!("nobody asked for is complete in {} and {}", request.from, request.to),
                "`greenheart goals` says who lacks what",
            ));
        }
        let alone = request.member.is_some();
        let (after, before) = (
            lines.years.pop().unwrap_or_default(),
            lines.years.pop().unwrap_or_default(),
        );
        let before = self
            .year_of(&snapshot, &config, request.from, &panel, alone, before)
            .await?;
        let after = self
            .year_of(&snapshot, &config, request.to, &panel, alone, after)
            .await?;
        let published = match request.published {
            Some(seq) => self.published(seq, request, &config, &panel, alone).await?,
            None => BTreeMap::new(),
        };
        let sectors = sectors(&self.store.members().await?);
        let whole = if alone { Whole::Member } else { Whole::Cluster };
        let Chains {
            lines,
            restatements,
            moved,
        } = chains(&before, &after, whole, &sectors, &published)?;
        let found = decompose(&lines, &restatements).map_err(|error| {
            AppError::input(
                format!("the change cannot be explained: {error}"),
                "look at the lines of both years with `greenheart inventory`",
            )
        })?;
        let digest = self.keep_config(&config).await?;
        Ok(Explained {
            snapshot,
            config,
            digest,
            found,
            panel,
            moved,
            sectors,
        })
    }

    /// What the chains of a year need, in kroner of the base year.
    async fn year_of(
        &self,
        snapshot: &Snapshot,
        config: &GoalConfig,
        year: i16,
        panel: &BTreeSet<MemberId>,
        alone: bool,
        lines: Vec<BoundaryLine>,
    ) -> Result<Year, AppError> {
        let index = config.price_index.as_ref();
        let constant = |nok: Amount| -> Result<Amount, AppError> {
            let converted = index
                .map(|index| index.convert(nok, year, config.base_year))
                .transpose()?;
            Ok(converted.flatten().unwrap_or(nok))
        };
        let mut made = Year::default();
        for mut line in lines {
            if !panel.contains(&line.member) {
                continue;
            }
            line.amount_nok = constant(line.amount_nok)?;
            if line.revenue {
                let slot = made.output.entry(line.member.clone()).or_default();
                *slot = slot.checked_add(line.amount_nok)?;
            }
            // Alone, a member's account holds what it bought from members too.
            let taken = line.counted && line.method != Method::Unbound && (alone || !line.is_internal(panel));
            if taken {
                made.lines.push(line);
            }
        }
        let directory = self.directory().await?;
        let books = self.books(&directory, snapshot, config.gwp)?;
        for member in panel {
            for (class, nok) in books.booked(member, year) {
                made.booked.insert((member.clone(), *class), constant(*nok)?);
            }
        }
        made.tonne_km = self.freight_of(snapshot, panel, year).await?;
        Ok(made)
    }

    /// The earlier year of each member as it stood in an older snapshot.
    async fn published(
        &self,
        seq: i64,
        request: &ChangeRequest,
        config: &GoalConfig,
        panel: &BTreeSet<MemberId>,
        alone: bool,
    ) -> Result<BTreeMap<MemberId, Amount>, AppError> {
        let then = self.snapshot(Some(seq)).await?;
        let lines = self
            .panel_lines(&then, config, &[request.from], &[request.from])
            .await?;
        let mut published = BTreeMap::new();
        for line in lines.years.into_iter().flatten() {
            if line.counted && panel.contains(&line.member) && (alone || !line.is_internal(panel)) {
                let slot = published.entry(line.member).or_insert(Amount::ZERO);
                *slot = slot.checked_add(line.co2e_kg)?;
            }
        }
        Ok(published)
    }
}

impl Explained {
    pub(crate) fn reference(&self, request: &ChangeRequest, of: &str, identity: Option<Identity>, effect: &str) -> Ref {
        self.named(request, of, identity.map_or("data", Identity::name), effect)
    }

    fn year_reference(&self, request: &ChangeRequest, of: &str, which: &str) -> Ref {
        self.named(request, of, TOTAL, which)
    }

    fn named(&self, request: &ChangeRequest, of: &str, identity: &str, effect: &str) -> Ref {
        let (from, to, seq) = (request.from, request.to, self.snapshot.seq);
        let published = request.published.map_or_else(String::new, |seq| format!("/s{seq}"));
        let digest = &self.digest;
        Ref::Figure(format!(
            "change/{from}/{to}/{of}/{identity}/{effect}@s{seq}/{digest}{published}"
        ))
    }

    /// Effects behind one figure, the largest first.
    pub(crate) fn behind(&self, identity: &str, effect: &str) -> Vec<&Effect> {
        let mut behind: Vec<&Effect> = self
            .found
            .effects
            .iter()
            .filter(|part| part.effect == effect && part.identity.map_or("data", Identity::name) == identity)
            .collect();
        behind.sort_by(|a, b| {
            b.change
                .amount()
                .abs()
                .cmp(&a.change.amount().abs())
                .then_with(|| (&a.member, &a.item).cmp(&(&b.member, &b.item)))
        });
        behind
    }

    /// Members complete in both years.
    pub(crate) fn panel_size(&self) -> usize {
        self.panel.len()
    }

    /// The name that a member's sector is shown under.
    pub(crate) fn shown_sector(&self, hidden: &BTreeSet<&str>, member: &MemberId) -> String {
        let sector = self.sectors.get(member).map_or("", |sector| &**sector);
        if hidden.contains(sector) { OTHERS } else { sector }.to_owned()
    }

    /// Sectors that stand together as others: those whose members are too few, and not all readable; when together they
    /// are still too few, the smallest other sector joins them, since the whole less the rest would tell.
    pub(crate) fn hidden_sectors(&self, readable: &BTreeSet<MemberId>) -> BTreeSet<&str> {
        let mut members: BTreeMap<&str, Vec<&MemberId>> = BTreeMap::new();
        for member in &self.panel {
            let sector = self.sectors.get(member).map_or("", |sector| &**sector);
            members.entry(sector).or_default().push(member);
        }
        let open = |members: &[&MemberId]| members.iter().all(|member| readable.contains(*member));
        let mut hidden: BTreeSet<&str> = members
            .iter()
            .filter(|(_, own)| own.len() < FEWEST && !open(own))
            .map(|(sector, _)| *sector)
            .collect();
        let count = |hidden: &BTreeSet<&str>| hidden.iter().map(|sector| members[sector].len()).sum::<usize>();
        while !hidden.is_empty() && count(&hidden) < FEWEST && hidden.len() < members.len() {
            let shown = members.iter().filter(|(sector, _)| !hidden.contains(*sector));
            let Some((smallest, _)) = shown.min_by_key(|(_, own)| own.len()) else {
                break;
            };
            hidden.insert(smallest);
        }
        hidden
    }

    /// Effects by sector.
    fn by_sector(&self, request: &ChangeRequest, readable: &BTreeSet<MemberId>) -> Vec<EffectLine> {
        let hidden = self.hidden_sectors(readable);
        let mut sums: BTreeMap<(&str, Option<Identity>, &'static str), Co2e> = BTreeMap::new();
        for ((sector, identity, effect), change) in self.found.by_sector() {
            let shown = if hidden.contains(sector) { OTHERS } else { sector };
            *sums.entry((shown, identity, effect)).or_insert(Co2e::ZERO) += change;
        }
        sums.into_iter()
            .map(|((sector, identity, effect), change)| {
                let opens = self.reference(request, &format!("{SECTOR_OF}{sector}"), identity, effect);
                effect_line(opens, sector, identity, effect, change)
            })
            .collect()
    }
}

fn effect_line(reference: Ref, of: &str, identity: Option<Identity>, effect: &str, change: Co2e) -> EffectLine {
    EffectLine {
        reference,
        of: of.into(),
        identity: identity.map_or("", Identity::name).into(),
        effect: effect.into(),
        change_kg: change.amount(),
    }
}

/// NACE division of each member; without one, its role.
fn sectors(members: &[Member]) -> BTreeMap<MemberId, Text> {
    let sector = |member: &Member| match &member.nace {
        Some(nace) => Text::from(nace.to_string().chars().take(2).collect::<String>()),
        None => Text::from(member.role.name()),
    };
    members
        .iter()
        .map(|member| (member.id.clone(), sector(member)))
        .collect()
}
