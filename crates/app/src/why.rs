//! Why a figure is what it is: from a goal to its lines, from a line to factors and rows, from a row to its file.

mod account;
mod change;
mod freight;
mod outlook;
mod parts;

use std::collections::{BTreeMap, BTreeSet};

use greenheart_account::{Figure, Goal, GoalYear, InventoryQuery, InventoryRow, inventory, part};
use greenheart_ledger::{Filter, Kind};
use greenheart_model::{
    BatchId, Category, Derivation, FactorId, GwpSet, MemberId, Method, Ref, Scope, Scope2Basis, Step, SumKey, SumValues,
};
use greenheart_store::BatchState;
use greenheart_units::Amount;
use serde::{Deserialize, Serialize};

use parts::{activity_parts, batch_parts, control_parts, entry_part, finding_parts, made_part, total_parts};

use crate::figures::{line_name, restrict};
use crate::snapshot::Snapshot;
use crate::{Actor, App, AppError, FactorLine, FigureView};

/// Rows shown below a line; the totals above them are of all.
const ROWS_SHOWN: usize = 20;

/// What a reference opens to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What was asked for.
    pub reference: Ref,
    /// What it is.
    pub title: String,
    /// Its value, when it is a figure; `None` is missing.
    pub value: Option<Amount>,
    /// Unit of the value.
    pub unit: String,
    /// Rule, source, snapshot, steps.
    pub derivation: Option<Derivation>,
    /// What it is made of, each part with the reference that opens it.
    pub sections: Vec<WhySection>,
}

/// A list of parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhySection {
    /// Key of its heading: `lines`, `members`, `pairs`, `effects`, `factors`, `rows`, `displaced`, `fields`, `calculation`, `entries`, `files`, `findings`, `totals`.
    pub heading: String,
    /// Its parts.
    pub parts: Vec<Part>,
    /// Parts that are not shown, for lack of room.
    pub more: u64,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What.
    pub label: String,
    /// How much or which, as text.
    pub value: String,
    /// Unit, when it is a number.
    pub unit: String,
    /// Opens it.
    pub reference: Option<Ref>,
}

impl Part {
    fn new(label: impl Into<String>, value: impl Into<String>, unit: &str) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            unit: unit.into(),
            reference: None,
        }
    }

    fn with(mut self, reference: Ref) -> Self {
        self.reference = Some(reference);
        self
    }
}

fn section(heading: &str, parts: Vec<Part>) -> WhySection {
    WhySection {
        heading: heading.into(),
        parts,
        more: 0,
    }
}

impl App {
    /// Opens a reference.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such thing or it is not for this actor; which of both is not said.
    pub async fn why(&self, actor: &Actor, reference: &Ref) -> Result<Answer, AppError> {
        match reference {
            Ref::Figure(name) => match name.split_once('/') {
                Some(("goal", rest)) => self.why_goal(actor, reference, rest).await,
                Some(("line", rest)) => self.why_line(actor, reference, rest).await,
                Some(("account", rest)) => self.why_account(actor, reference, rest).await,
                Some(("change", rest)) => self.why_change(actor, reference, rest).await,
                Some(("outlook", rest)) => self.why_outlook(actor, reference, rest).await,
                Some(("circularity", rest)) => self.why_circularity(actor, reference, rest).await,
                _ => Err(unknown(reference)),
            },
            Ref::Row(batch, row) => self.why_row(actor, reference, batch, *row).await,
            Ref::Batch(batch) => self.why_batch(actor, reference, batch).await,
            Ref::Factor(factor) => self.why_factor(actor, reference, factor).await,
        }
    }

    /// `co2e/2024/co2e_value_kg@s12/1a2b3c`.
    async fn why_goal(&self, actor: &Actor, reference: &Ref, text: &str) -> Result<Answer, AppError> {
        let asked = GoalRef::parse(text).ok_or_else(|| unknown(reference))?;
        let config = self.config_of(&asked.digest).await.map_err(|_| unknown(reference))?;
        if !actor.leads() {
            self.is_released(actor, reference).await?;
        }
        let snapshot = self.snapshot(Some(asked.seq)).await?;
        let report = self.goal_report(&snapshot, &config).await?;
        let year = report
            .goals
            .iter()
            .filter(|series| series.goal == asked.goal)
            .flat_map(|series| &series.years)
            .find(|year| year.year == asked.year)
            .ok_or_else(|| unknown(reference))?;
        let figure = figure_of(year, &asked.name).ok_or_else(|| unknown(reference))?;
        let readable = self.readable_members(actor).await?;
        let of_year = if asked.name.contains("_base_") {
            config.base_year
        } else {
            asked.year
        };
        let query = InventoryQuery {
            year: of_year,
            gwp: config.gwp,
            basis: config.scope2,
            members: None,
        };
        let lines = goal_lines(&snapshot, asked.goal, year, &query, &config.categories)?;
        let sections = vec![line_section(lines, &readable, &snapshot, &query, asked.goal.unit())];
        self.note_looks(
            actor,
            year.panel.iter().filter(|member| readable.contains(member)),
            "why",
        )
        .await?;
        Ok(Answer {
            reference: reference.clone(),
            title: figure.name.clone(),
            value: figure.value,
            unit: figure.unit.clone(),
            derivation: Some(with_panel(figure, year, actor.leads())),
            sections,
        })
    }

    /// Whether a goal figure stands in the release as this actor sees it.
    async fn is_released(&self, actor: &Actor, reference: &Ref) -> Result<(), AppError> {
        let view = self.released().await.map_err(|_| unknown(reference))?;
        for year in view.goals.iter().flat_map(|goal| &goal.years) {
            let mut year = year.clone();
            restrict(&mut year, actor);
            let shown = [&year.value, &year.base, &year.target, &year.estimate_rest];
            let stands = |figure: &&FigureView| figure.value.is_some() && figure.reference == *reference;
            if !year.withheld && shown.iter().any(stands) {
                return Ok(());
            }
        }
        Err(unknown(reference))
    }

    /// `2024/MEMBER/2/0/METHOD/LINE@s12/location/ar6`.
    async fn why_line(&self, actor: &Actor, reference: &Ref, text: &str) -> Result<Answer, AppError> {
        let asked = LineRef::parse(text).ok_or_else(|| unknown(reference))?;
        self.may_look(actor, &asked.member, "why")
            .await
            .map_err(|error| hide(error, reference))?;
        let snapshot = self.snapshot(Some(asked.seq)).await?;
        let mine = |key: &SumKey| asked.holds(key);
        let rows: Vec<&(SumKey, SumValues)> = snapshot.reconciled.sums().filter(|(key, _)| mine(key)).collect();
        if rows.is_empty() && !snapshot.reconciled.displaced().any(|displaced| mine(&displaced.key)) {
            return Err(unknown(reference));
        }
        let mut sum = SumValues::default();
        for (_, values) in &rows {
            sum = sum.checked_add(values)?;
        }
        let co2e = sum.gases.co2e(asked.gwp)?;
        let mut sections = vec![section("totals", total_parts(&sum))];
        let displaced = Self::displaced_parts(&snapshot, &asked)?;
        if !displaced.is_empty() {
            sections.push(section("displaced", displaced));
        }
        sections.extend(self.factor_and_row_sections(&snapshot, &asked).await?);
        Ok(Answer {
            reference: reference.clone(),
            title: format!(
                "{} · scope {} · category {} · {} · {}",
                asked.line, asked.scope, asked.category, asked.method, asked.year
            ),
            value: (asked.method != Method::Unbound).then_some(co2e),
            unit: "kgCO2e".into(),
            derivation: Some(asked.derivation(&snapshot)),
            sections,
        })
    }

    fn displaced_parts(snapshot: &Snapshot, asked: &LineRef) -> Result<Vec<Part>, AppError> {
        let mut parts = Vec::new();
        for displaced in snapshot
            .reconciled
            .displaced()
            .filter(|displaced| asked.holds(&displaced.key))
        {
            let label = match displaced.evidence_nok {
                Some(nok) => format!("{}: better evidence of {nok} NOK", displaced.key.month),
                None => format!("{}: better evidence", displaced.key.month),
            };
            let co2e = displaced.values.gases.co2e(asked.gwp)?;
            parts.push(Part::new(
                label,
                format!("{} NOK, {co2e} kgCO2e", displaced.values.amount_nok),
                "taken out of spend",
            ));
        }
        Ok(parts)
    }

    async fn factor_and_row_sections(&self, snapshot: &Snapshot, asked: &LineRef) -> Result<Vec<WhySection>, AppError> {
        let visible = self.store.visible_of(&asked.member, snapshot.seq).await?;
        let wanted: Vec<(BatchId, i64)> = visible
            .iter()
            .map(|batch| (batch.batch.id.clone(), batch.generation))
            .collect();
        let sources = self.sources(Kind::Entries, &wanted).await?;
        let filter = asked.filter();
        let (mut factors, mut all) = (Vec::new(), 0);
        for total in self.ledger.by_factor(&sources, &filter).await? {
            all += total.rows;
            let co2e = total.gases.co2e(asked.gwp)?;
            let label = format!("{} · {} rows", total.rule, total.rows);
            factors.push(match total.factor {
                Some(factor) => Part::new(label, co2e.to_string(), "kgCO2e").with(Ref::Factor(factor)),
                None => Part::new(label, "no factor", ""),
            });
        }
        let largest = self.ledger.largest_entries(&sources, &filter, ROWS_SHOWN + 1).await?;
        let more = u64::from(largest.len() > ROWS_SHOWN);
        let rows = largest
            .iter()
            .take(ROWS_SHOWN)
            .map(|row| entry_part(row, asked.gwp))
            .collect::<Result<_, _>>()?;
        let mut rows = section("rows", rows);
        rows.more = if more > 0 {
            all.saturating_sub(ROWS_SHOWN as u64)
        } else {
            0
        };
        Ok(vec![section("factors", factors), rows])
    }

    async fn why_row(&self, actor: &Actor, reference: &Ref, id: &BatchId, row: u64) -> Result<Answer, AppError> {
        let summary = self.batch_for(actor, id).await.map_err(|_| unknown(reference))?;
        let Some(batch) = summary.batch else {
            return Err(unknown(reference));
        };
        let filter = Filter::row(id, row);
        let sources = self.sources(Kind::Activities, &[(id.clone(), 0)]).await?;
        let found = self.ledger.activities(&sources, &filter, 1).await?;
        let activity = found.into_iter().next().ok_or_else(|| unknown(reference))?.activity;
        let name = match batch.files.get(usize::from(activity.place.file)) {
            Some(file) => self.store.file_name(file).await?,
            None => None,
        };
        let place = Part::new(
            "file and row",
            format!("{}, row {}", name.as_deref().unwrap_or("(erased)"), activity.place.row),
            "",
        )
        .with(Ref::Batch(id.clone()));
        let mut fields = vec![place];
        fields.extend(activity_parts(&activity));
        let generation = self.generation_of(id).await?;
        let sources = self.sources(Kind::Entries, &[(id.clone(), generation)]).await?;
        let made = self.ledger.entries(&sources, &filter, 50).await?;
        let entries = made.iter().map(made_part).collect::<Result<_, _>>()?;
        if actor.is_stranger_to(&batch.member) {
            self.note(actor, "why", Some(&batch.member), &reference.to_string(), "done")
                .await?;
        }
        let mut sections = vec![section("fields", fields), section("entries", entries)];
        let own = self.member(&batch.member).await.ok().map(|member| member.org_no);
        let calculation = freight::calculation(&activity, own, &made);
        if !calculation.is_empty() {
            sections.insert(1, section("calculation", calculation));
        }
        Ok(Answer {
            reference: reference.clone(),
            title: format!("{} · {} · {}", activity.kind, activity.item, activity.period),
            value: None,
            unit: String::new(),
            derivation: None,
            sections,
        })
    }

    async fn generation_of(&self, id: &BatchId) -> Result<i64, AppError> {
        Ok(self.store.last_generation(id).await?.unwrap_or(1))
    }

    async fn why_batch(&self, actor: &Actor, reference: &Ref, id: &BatchId) -> Result<Answer, AppError> {
        let summary = self.batch_for(actor, id).await.map_err(|_| unknown(reference))?;
        let Some(batch) = summary.batch else {
            return Err(unknown(reference));
        };
        let state = match &summary.state {
            BatchState::Visible => "counts".to_owned(),
            BatchState::SupersededBy(by) => format!("superseded by {by}"),
            BatchState::Withdrawn(reason) => format!("withdrawn: {reason}"),
            BatchState::Erased => "erased".to_owned(),
        };
        let files = self.store.files().await?;
        let file_parts = batch
            .files
            .iter()
            .filter_map(|id| files.iter().find(|file| file.id == *id))
            .map(|file| Part::new(&file.name, format!("{} bytes, sha256 {}", file.size, file.sha256), ""));
        if actor.is_stranger_to(&batch.member) {
            self.note(actor, "why", Some(&batch.member), &reference.to_string(), "done")
                .await?;
        }
        Ok(Answer {
            reference: reference.clone(),
            title: format!("{} · {} · {} rows · {state}", batch.importer, batch.member, batch.rows),
            value: None,
            unit: String::new(),
            derivation: None,
            sections: vec![
                section("files", file_parts.collect()),
                section("fields", batch_parts(&batch, summary.committed_seq)),
                section("totals", control_parts(&batch)),
                section("findings", finding_parts(&batch)),
            ],
        })
    }

    async fn why_factor(&self, actor: &Actor, reference: &Ref, id: &FactorId) -> Result<Answer, AppError> {
        let set = self.set_with(id).await?.ok_or_else(|| unknown(reference))?;
        let factor = set.get(id).ok_or_else(|| unknown(reference))?;
        let line = FactorLine::from(factor);
        self.note(actor, "why", None, &reference.to_string(), "done").await?;
        let mut fields: Vec<Part> = line
            .gases
            .iter()
            .map(|(gas, rate)| Part::new(gas.name(), rate.to_string(), &format!("kg per {}", line.per)))
            .collect();
        for (label, value) in [
            ("set", set.version.clone()),
            ("item", line.item),
            ("aspect", line.aspect),
            ("region", line.region),
            ("data year", line.data_year.to_string()),
            ("GWP set", factor.gwp.to_string()),
            ("citation", line.citation),
            ("licence", line.licence),
            ("remark", line.remark),
        ] {
            if !value.is_empty() {
                fields.push(Part::new(label, value, ""));
            }
        }
        Ok(Answer {
            reference: reference.clone(),
            title: line.name_en,
            value: None,
            unit: String::new(),
            derivation: None,
            sections: vec![section("fields", fields)],
        })
    }
}

/// A goal figure, as its reference names it.
struct GoalRef {
    goal: Goal,
    year: i16,
    name: String,
    seq: i64,
    digest: String,
}

impl GoalRef {
    fn parse(text: &str) -> Option<Self> {
        let (what, at) = text.split_once("@s")?;
        let [goal, year, name] = what.split('/').collect::<Vec<_>>()[..] else {
            return None;
        };
        let (seq, digest) = at.split_once('/')?;
        Some(Self {
            goal: Goal::ALL.into_iter().find(|known| known.name() == goal)?,
            year: year.parse().ok()?,
            name: name.to_owned(),
            seq: seq.parse().ok()?,
            digest: digest.to_owned(),
        })
    }
}

/// A line of an inventory, as its reference names it.
struct LineRef {
    year: i16,
    member: MemberId,
    scope: Scope,
    category: Category,
    method: Method,
    line: String,
    seq: i64,
    basis: Scope2Basis,
    gwp: GwpSet,
}

impl LineRef {
    fn parse(text: &str) -> Option<Self> {
        let (what, at) = text.rsplit_once("@s")?;
        let mut what = what.splitn(6, '/');
        let mut at = at.split('/');
        Some(Self {
            year: what.next()?.parse().ok()?,
            member: MemberId::new(what.next()?),
            scope: what.next()?.parse().ok()?,
            category: what.next()?.parse().ok()?,
            method: what.next()?.parse().ok()?,
            line: what.next()?.to_owned(),
            seq: at.next()?.parse().ok()?,
            basis: at.next()?.parse().ok()?,
            gwp: at.next()?.parse().ok()?,
        })
    }

    fn holds(&self, key: &SumKey) -> bool {
        key.member == self.member
            && key.month.year() == self.year
            && key.scope == self.scope
            && key.category == self.category
            && key.method == self.method
            && *key.line == *self.line
            && (key.basis == Scope2Basis::Both || key.basis == self.basis)
    }

    fn filter(&self) -> Filter {
        Filter::default()
            .with("member", self.member.as_str())
            .with("year", self.year.to_string())
            .with("scope", self.scope.name())
            .with("category", self.category.to_string())
            .with("method", self.method.name())
            .with("line", &*self.line)
            .with_any("basis", &[Scope2Basis::Both.name(), self.basis.name()])
    }

    fn derivation(&self, snapshot: &Snapshot) -> Derivation {
        Derivation {
            rule: "inventory@1".into(),
            says: "sum of the entries of this line, after better evidence took out the spend that it explains".into(),
            source: "docs/concepts/inventory.md; GHG Protocol Corporate Standard, ch. 4".into(),
            snapshot: snapshot.name(),
            filter: [
                ("member", self.member.to_string()),
                ("year", self.year.to_string()),
                ("scope", self.scope.to_string()),
                ("category", self.category.to_string()),
                ("line", self.line.clone()),
                ("method", self.method.to_string()),
                ("basis", self.basis.to_string()),
                ("gwp", self.gwp.to_string()),
            ]
            .map(|(key, value)| (key.to_owned(), value))
            .into(),
            steps: Vec::new(),
            rounding: "products half to even at six decimals when posted; sums exact".into(),
        }
    }
}

fn unknown(reference: &Ref) -> AppError {
    AppError::NotFound {
        what: "reference",
        id: reference.to_string(),
    }
}

/// A refusal becomes an absence: a reference must not tell whether the thing is there.
fn hide(error: AppError, reference: &Ref) -> AppError {
    match error {
        AppError::Denied(_) | AppError::NotFound { .. } => unknown(reference),
        other => other,
    }
}

fn figure_of<'a>(year: &'a GoalYear, name: &str) -> Option<&'a Figure> {
    [&year.value, &year.base, &year.target, &year.estimate_rest]
        .into_iter()
        .chain(&year.beside)
        .find(|figure| figure.name == name)
}

/// The steps are sums that no release has judged, so they are for those who lead.
fn with_panel(figure: &Figure, year: &GoalYear, with_steps: bool) -> Derivation {
    let mut why = figure.why.clone();
    if !with_steps {
        why.steps.clear();
    }
    why.steps.push(Step {
        label: "panel".into(),
        value: format!(
            "{} of {} members in the boundary",
            year.coverage.panel_members, year.coverage.boundary_members
        ),
        refs: Vec::new(),
    });
    why
}

/// Member, scope, category, method and line.
type LineId = (MemberId, Scope, Category, Method, String);

/// Lines of the panel that the goal is summed from, with what each adds, in the goal's unit.
fn goal_lines(
    snapshot: &Snapshot,
    goal: Goal,
    year: &GoalYear,
    query: &InventoryQuery,
    categories: &BTreeSet<Category>,
) -> Result<Vec<(InventoryRow, Amount)>, AppError> {
    let panel: BTreeSet<MemberId> = year.panel.iter().cloned().collect();
    if goal == Goal::Co2e {
        let query = InventoryQuery {
            members: Some(panel),
            ..query.clone()
        };
        let rows = inventory(&snapshot.reconciled, &query)?.rows;
        let counted = |row: &InventoryRow| match row.scope {
            Scope::One | Scope::Two => true,
            Scope::Three => categories.contains(&row.category),
            Scope::Removal | Scope::None => false,
        };
        return Ok(rows
            .into_iter()
            .filter(counted)
            .map(|row| {
                let adds = row.co2e_kg.unwrap_or_default();
                (row, adds)
            })
            .collect());
    }
    let adds = |key: &SumKey, values: &SumValues| {
        if goal == Goal::Revenue {
            return (key.line.starts_with("revenue.") && &*key.line != "revenue.grant").then_some(values.amount_nok);
        }
        let from_panel = key.counterparty.as_ref().is_some_and(|other| panel.contains(other));
        let counts =
            &*key.material_part == part::WASTE_LOST || (&*key.material_part == part::PRIMARY_INPUT && !from_panel);
        counts.then_some(values.mass_kg)
    };
    let mut lines: BTreeMap<LineId, (SumValues, Amount)> = BTreeMap::new();
    for (key, values) in snapshot.reconciled.sums() {
        let here = panel.contains(&key.member) && key.month.year() == query.year && key.basis != Scope2Basis::Market;
        let Some(adds) = adds(key, values).filter(|_| here) else {
            continue;
        };
        let id = (
            key.member.clone(),
            key.scope,
            key.category,
            key.method,
            key.line.to_string(),
        );
        let slot = lines.entry(id).or_default();
        slot.0 = slot.0.checked_add(values)?;
        slot.1 = slot.1.checked_add(adds)?;
    }
    lines
        .into_iter()
        .map(|((member, scope, category, method, line), (values, adds))| {
            let row = InventoryRow {
                member,
                scope,
                category,
                line,
                method,
                co2e_kg: Some(values.gases.co2e(query.gwp)?),
                biogenic_co2_kg: values.gases.co2_biogenic,
                amount_nok: values.amount_nok,
                energy_kwh: values.energy_kwh,
                mass_kg: values.mass_kg,
                rows: values.rows,
            };
            Ok((row, adds))
        })
        .collect()
}

/// The readable members' lines, the largest first, and the rest as one part without names.
fn line_section(
    lines: Vec<(InventoryRow, Amount)>,
    readable: &BTreeSet<MemberId>,
    snapshot: &Snapshot,
    query: &InventoryQuery,
    unit: &str,
) -> WhySection {
    let (mut shown, hidden): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(row, _)| readable.contains(&row.member));
    shown.sort_by(|a, b| {
        b.1.cmp(&a.1)
            .then_with(|| a.0.member.cmp(&b.0.member))
            .then_with(|| a.0.line.cmp(&b.0.line))
    });
    let mut parts: Vec<Part> = shown
        .iter()
        .map(|(row, adds)| {
            let label = format!("{} · {} · scope {} · {}", row.member, row.line, row.scope, row.method);
            let name = line_name(row, query.year, snapshot.seq, query.basis, query.gwp);
            Part::new(label, adds.to_string(), unit).with(Ref::Figure(name))
        })
        .collect();
    if !hidden.is_empty() {
        // Neither how many nor how much: the total less what is shown would be that of the others.
        parts.push(Part::new("members that are not shown by name", "", ""));
    }
    section("lines", parts)
}
