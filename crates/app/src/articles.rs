//! The article register of a member: suggested from its invoices, confirmed by a person, put to use by posting again.
//!
//! Every version of a register is kept with the member and goes with it into a backup and out with its erasure. A
//! posting names the version it was made with, so that what still waits for a newer one is known.

mod read;

use std::collections::BTreeMap;

use greenheart_account::articles::{Changes, Filled, Register, Suggester, Suggestion, write_table};
use greenheart_account::part;
use greenheart_ledger::{Filter, Kind};
use greenheart_model::{Activity, ActivityKind, Finding, FindingLog, GwpSet, MemberId, Place, Scope2Basis, Severity};
use greenheart_store::VisibleBatch;
use greenheart_units::{Amount, Rate};
use serde::{Deserialize, Serialize};

use crate::import::Posted;
use crate::jobs::{Handle, Progress, Work};
use crate::{Actor, App, AppError};

pub(crate) use read::read_file;

/// Rows read at a time.
const PORTION: u64 = 50_000;

/// A register with the number of its version; 0 is nobody's confirmation yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ArticleRegister {
    /// Counts up with every change.
    pub version: i64,
    /// What is confirmed.
    pub register: Register,
}

/// Articles that count as nothing yet, by weight of effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenArticle {
    /// Whose.
    pub member: MemberId,
    /// The article with what is proposed and what is open.
    pub suggestion: Suggestion,
    /// Its share of the NOK of all open articles in the list.
    pub share: Option<Rate>,
}

/// What a register changes in a year of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleEffect {
    /// Calendar year.
    pub year: i16,
    /// kg of material taken in, primary and secondary, as it stood; of the invoices concerned.
    pub before_material_kg: Amount,
    /// As it stands, or would.
    pub after_material_kg: Amount,
    /// kg CO2e, location-based, AR6, of the same invoices.
    pub before_co2e_kg: Amount,
    /// As it stands, or would.
    pub after_co2e_kg: Amount,
}

/// What a filled-in table did, or would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArticlesReport {
    /// Nothing was stored, on request.
    pub dry_run: bool,
    /// Whose register.
    pub member: MemberId,
    /// Its version afterwards.
    pub version: i64,
    /// In articles.
    pub changes: Changes,
    /// Rows that are confirmed but cannot be used.
    pub findings: FindingLog,
    /// Import sets posted again.
    pub batches: u64,
    /// By year, only where something differs.
    pub effects: Vec<ArticleEffect>,
    /// Where the ledger stands now.
    pub snapshot: String,
}

impl ArticleRegister {
    /// How a posting says what it was made with.
    pub(crate) fn label(&self, factor_set: &str) -> String {
        match self.version {
            0 => factor_set.to_owned(),
            version => format!("{factor_set} + articles@{version}"),
        }
    }

    /// Activities as what they are by the register; `None` when it knows none of them.
    pub(crate) fn resolve(&self, activities: &[&Activity]) -> Option<Vec<Activity>> {
        use greenheart_account::articles::Resolved;
        if self.register.articles().is_empty() {
            return None;
        }
        let mut any = false;
        let resolved = activities
            .iter()
            .map(|activity| match self.register.resolve(activity) {
                Resolved::As(known) => {
                    any = true;
                    *known
                }
                Resolved::NoMass | Resolved::Unknown => Activity::clone(activity),
            })
            .collect();
        any.then_some(resolved)
    }

    fn is_in(&self, posting: &str) -> bool {
        let made_with = posting.rsplit_once(" + articles@").map(|(_, version)| version);
        made_with.unwrap_or("0") == self.version.to_string()
    }
}

/// The factor set in what a posting says it was made with; behind it stand what metering points and articles it knew.
pub(crate) fn factor_set_of(posting: &str) -> &str {
    posting.split_once(" + ").map_or(posting, |(set, _)| set)
}

impl App {
    /// The register of a member.
    pub async fn articles(&self, actor: &Actor, member: &MemberId) -> Result<ArticleRegister, AppError> {
        self.may_look(actor, member, "articles").await?;
        self.register(member).await
    }

    /// Articles of a member's invoices that count as nothing yet, with proposals, by weight of effect.
    pub async fn suggest_articles(&self, actor: &Actor, member: &MemberId) -> Result<Vec<Suggestion>, AppError> {
        self.may_look(actor, member, "articles.suggest").await?;
        self.suggestions(member, &self.register(member).await?).await
    }

    /// The register and the proposals as a table for a person to fill in.
    pub async fn export_articles(&self, actor: &Actor, member: &MemberId) -> Result<String, AppError> {
        self.may_look(actor, member, "articles.export").await?;
        let register = self.register(member).await?;
        let suggestions = self.suggestions(member, &register).await?;
        Ok(write_table(&register.register, &suggestions))
    }

    /// What still counts as nothing at the members that the actor may see, or at one, by weight of effect.
    pub async fn open_articles(&self, actor: &Actor, member: Option<&MemberId>) -> Result<Vec<OpenArticle>, AppError> {
        let members = match member {
            Some(member) => {
                self.may_look(actor, member, "articles.open").await?;
                vec![member.clone()]
            }
            None => self.readable_members(actor).await?.into_iter().collect(),
        };
        let mut open = Vec::new();
        for member in &members {
            let register = self.register(member).await?;
            let found = self.suggestions(member, &register).await?;
            open.extend(found.into_iter().map(|suggestion| OpenArticle {
                member: member.clone(),
                suggestion,
                share: None,
            }));
        }
        if member.is_none() {
            self.note_looks(actor, open.iter().map(|line| &line.member), "articles.open")
                .await?;
        }
        let weight = |line: &OpenArticle| line.suggestion.amount_nok.abs();
        let total = open
            .iter()
            .try_fold(Amount::ZERO, |sum, line| sum.checked_add(weight(line)))?;
        for line in &mut open {
            line.share = weight(line).ratio(total);
        }
        open.sort_by(|a, b| {
            let key = |line: &OpenArticle| (line.member.clone(), line.suggestion.article.key.clone());
            weight(b).cmp(&weight(a)).then_with(|| key(a).cmp(&key(b)))
        });
        Ok(open)
    }

    /// Takes in a filled-in table and posts the member's invoices again by it; with `dry_run` only says what would
    /// come of it.
    ///
    /// # Errors
    /// When the file is no such table, or of rights, disk and catalogue. A row that cannot be used is a finding.
    pub async fn import_articles(
        &self,
        actor: &Actor,
        member: &MemberId,
        file: &std::path::Path,
        dry_run: bool,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<ArticlesReport, AppError> {
        self.allowed(actor, actor.may_write(member), "articles.import", Some(member))
            .await?;
        self.member(member).await?;
        let work = Work::Articles {
            actor: actor.clone(),
            member: member.clone(),
            file: file.to_owned(),
            dry_run,
        };
        let value = self.run(&work, tell).await?;
        serde_json::from_value(value).map_err(|error| AppError::Damaged(format!("the report of the worker: {error}")))
    }

    /// The worker's side of [`App::import_articles`], and of a register among the files of an import.
    pub(crate) async fn take_in_articles(
        &self,
        job: &str,
        actor: &Actor,
        member: &MemberId,
        file: &std::path::Path,
        dry_run: bool,
        handle: &Handle,
    ) -> Result<ArticlesReport, AppError> {
        self.allowed(actor, actor.may_write(member), "articles.import", Some(member))
            .await?;
        let filled = tokio::task::block_in_place(|| read_file(file, &self.read_limits()))?;
        let old = self.register(member).await?;
        let (register, changes) = old.register.with(&filled);
        let version = old.version + i64::from(!changes.is_none());
        let new = ArticleRegister { version, register };
        if !dry_run && !changes.is_none() {
            self.keep_register(member, &new.register).await?;
        }
        let mut report = ArticlesReport {
            dry_run,
            member: member.clone(),
            version,
            changes,
            findings: row_findings(&filled, file),
            batches: 0,
            effects: Vec::new(),
            snapshot: format!("s{}", self.store.head().await?.seq),
        };
        self.post_by_register(job, actor, &new, handle, &mut report).await?;
        if !dry_run {
            let outcome = format!("articles@{version}");
            self.note(actor, "articles.import", Some(member), &outcome, "done")
                .await?;
        }
        Ok(report)
    }

    /// Posts again what was made with another version of the register. A run that was cut short is made good by the
    /// next one.
    async fn post_by_register(
        &self,
        job: &str,
        actor: &Actor,
        register: &ArticleRegister,
        handle: &Handle,
        report: &mut ArticlesReport,
    ) -> Result<(), AppError> {
        let head = self.store.head().await?.seq;
        let visible = self.store.visible_of(&report.member, head).await?;
        let stale: Vec<&VisibleBatch> = visible
            .iter()
            .filter(|batch| names_articles(batch) && !register.is_in(&batch.factor_set))
            .collect();
        let metering = self.metering(&visible).await?;
        let binders = self.binders().await?;
        let (mut effects, mut all) = (BTreeMap::new(), Vec::new());
        for (at, batch) in stale.iter().enumerate() {
            if handle.is_cancelled() {
                return Err(AppError::Cancelled);
            }
            handle.tell(Progress {
                stage: "post".into(),
                subject: batch.batch.id.to_string(),
                done: at as u64,
                total: stale.len() as u64,
            });
            let name = format!("{job}-r{at}");
            let binding = binders.of_batch(&batch.batch.id);
            let known = (register.clone(), metering.of(&batch.batch.id));
            let posted = self.posted_again(&name, batch, &binding, known, report.dry_run).await?;
            let old = self.sums_of(&batch.batch.id, batch.generation).await?;
            compare(&mut effects, &old, &posted)?;
            all.push(posted);
        }
        report.batches = all.len() as u64;
        report.effects = effects
            .into_values()
            .filter(|effect: &ArticleEffect| {
                effect.before_material_kg != effect.after_material_kg || effect.before_co2e_kg != effect.after_co2e_kg
            })
            .collect();
        if !report.dry_run && !all.is_empty() {
            report.snapshot = self.commit_postings(actor, all).await?;
        }
        Ok(())
    }

    /// The register of a member as it stands.
    pub(crate) async fn register(&self, member: &MemberId) -> Result<ArticleRegister, AppError> {
        match self.store.mapping(&register_name(member), member).await? {
            None => Ok(ArticleRegister::default()),
            Some((version, text)) => {
                let register = serde_json::from_str(&text)
                    .map_err(|error| AppError::Damaged(format!("the articles of `{member}`: {error}")))?;
                Ok(ArticleRegister { version, register })
            }
        }
    }

    async fn keep_register(&self, member: &MemberId, register: &Register) -> Result<(), AppError> {
        let text = serde_json::to_string(register).map_err(|error| AppError::Damaged(error.to_string()))?;
        Ok(self
            .store
            .add_mapping(&register_name(member), Some(member), &text)
            .await?)
    }

    /// Visible batches of a member in which something may be bought by article. Accounting files name none.
    async fn visible_purchases(&self, member: &MemberId) -> Result<Vec<VisibleBatch>, AppError> {
        let visible = self.store.visible_of(member, self.store.head().await?.seq).await?;
        Ok(visible.into_iter().filter(names_articles).collect())
    }

    /// Read from the rows once for each set of batches and version of the register.
    async fn suggestions(&self, member: &MemberId, register: &ArticleRegister) -> Result<Vec<Suggestion>, AppError> {
        let batches = self.visible_purchases(member).await?;
        let ids = batches.iter().map(|batch| batch.batch.id.clone()).collect();
        let key = (member.clone(), ids, register.version);
        let read = self.read_suggestions(&batches, &register.register);
        let found = self.cache.suggestions.of(key, read).await?;
        Ok(Vec::clone(&found))
    }

    async fn read_suggestions(
        &self,
        batches: &[VisibleBatch],
        register: &Register,
    ) -> Result<Vec<Suggestion>, AppError> {
        let mut suggester = Suggester::new(register);
        for batch in batches {
            let sources = self.sources(Kind::Activities, &[(batch.batch.id.clone(), 0)]).await?;
            let mut from = 1;
            while from <= batch.batch.rows {
                let filter = Filter {
                    rows: Some((from, from + PORTION - 1)),
                    ..Filter::default()
                };
                let filter = filter.with("kind", ActivityKind::Purchase.name());
                for row in self.ledger.activities(&sources, &filter, usize::MAX >> 1).await? {
                    suggester.add(&row.activity);
                }
                from += PORTION;
            }
        }
        Ok(suggester.finish())
    }
}

/// Whether something may be bought by article in a batch.
pub(crate) fn names_articles(batch: &VisibleBatch) -> bool {
    let importer = &*batch.batch.importer;
    let books = [greenheart_ingest::saft::IMPORTER, greenheart_ingest::reduced::IMPORTER].contains(&importer);
    batch.batch.kinds.contains(&ActivityKind::Purchase) && !books
}

/// Registers lie beside column mappings: versioned, the member's own, erased with it. No mapping that a person saves
/// has a colon before its slash.
fn register_name(member: &MemberId) -> String {
    format!("articles:{member}")
}

fn row_findings(filled: &Filled, file: &std::path::Path) -> FindingLog {
    let mut log = FindingLog::default();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    for error in &filled.errors {
        log.push(Finding {
            code: "articles.row".into(),
            severity: Severity::Warning,
            place: Place {
                file: (&*name).into(),
                row: error.line,
                field: error.column.into(),
            },
            detail: format!("`{}` is not {}", error.text, error.expected),
        });
    }
    log
}

fn compare(
    effects: &mut BTreeMap<i16, ArticleEffect>,
    old: &greenheart_ledger::PartialSums,
    new: &Posted,
) -> Result<(), AppError> {
    for (sums, is_new) in [(old, false), (&new.sums, true)] {
        for (key, values) in sums.rows() {
            if key.basis == Scope2Basis::Market {
                continue;
            }
            let effect = effects.entry(key.month.year()).or_insert_with(|| ArticleEffect {
                year: key.month.year(),
                before_material_kg: Amount::ZERO,
                after_material_kg: Amount::ZERO,
                before_co2e_kg: Amount::ZERO,
                after_co2e_kg: Amount::ZERO,
            });
            let (material, co2e) = if is_new {
                (&mut effect.after_material_kg, &mut effect.after_co2e_kg)
            } else {
                (&mut effect.before_material_kg, &mut effect.before_co2e_kg)
            };
            if matches!(&*key.material_part, part::PRIMARY_INPUT | part::SECONDARY_INPUT) {
                *material = material.checked_add(values.mass_kg)?;
            }
            *co2e = co2e.checked_add(values.gases.co2e(GwpSet::Ar6)?)?;
        }
    }
    Ok(())
}
