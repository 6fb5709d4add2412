//! The factor set that postings are made with.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use greenheart_factors::{SHIPPED_VERSION, Source, parse, shipped, write};
use greenheart_model::{Factor, FactorId, FactorSet, FindingLog, Gas};
use greenheart_units::Rate;
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError};

pub(crate) const CURRENT: &str = "factor_set";
/// Answers to a search.
const HITS: usize = 100;

/// A factor in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorLine {
    /// Identifier.
    pub id: FactorId,
    /// What it is of.
    pub item: String,
    /// What it describes.
    pub aspect: String,
    /// English name.
    pub name_en: String,
    /// Norwegian name.
    pub name_nb: String,
    /// kg of each gas per unit.
    pub gases: BTreeMap<Gas, Rate>,
    /// Unit of its denominator.
    pub per: String,
    /// Region.
    pub region: String,
    /// Year of its data.
    pub data_year: i16,
    /// Where the figure stands.
    pub citation: String,
    /// Under which licence.
    pub licence: String,
    /// What must follow the figure.
    pub remark: String,
}

/// A set in the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorSetLine {
    /// Its version.
    pub version: String,
    /// New postings are made with it.
    pub current: bool,
    /// Factors.
    pub factors: usize,
    /// Group, region, factors.
    pub counts: Vec<(String, String, usize)>,
}

/// What came of reading a publication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactorImport {
    /// Version of the set.
    pub version: String,
    /// Which publication it was taken for.
    pub kind: String,
    /// Factors read.
    pub factors: usize,
    /// What was noticed while reading, and what looks wrong.
    pub findings: FindingLog,
}

impl From<&Factor> for FactorLine {
    fn from(factor: &Factor) -> Self {
        Self {
            id: factor.id.clone(),
            item: factor.item.to_string(),
            aspect: factor.aspect.to_string(),
            name_en: factor.name_en.to_string(),
            name_nb: factor.name_nb.to_string(),
            gases: factor.gases.clone(),
            per: factor.per.dimension.base_unit().to_owned(),
            region: factor.region.to_string(),
            data_year: factor.data_year,
            citation: factor.citation.to_string(),
            licence: factor.licence.to_string(),
            remark: factor.remark.to_string(),
        }
    }
}

impl App {
    /// Factors of the current set: those that answer the words, the best first, or all of them.
    pub async fn factors(&self, actor: &Actor, search: Option<&str>) -> Result<Vec<FactorLine>, AppError> {
        self.note(actor, "factors", None, search.unwrap_or_default(), "done")
            .await?;
        let set = self.current_factors().await?;
        Ok(match search {
            Some(words) => greenheart_factors::search(&set, words, HITS)
                .into_iter()
                .map(|hit| FactorLine::from(hit.factor))
                .collect(),
            None => set.factors().iter().map(FactorLine::from).collect(),
        })
    }

    /// Versions of the sets in the library, and how many factors each has by group and region.
    pub async fn factor_sets(&self, actor: &Actor) -> Result<Vec<FactorSetLine>, AppError> {
        self.note(actor, "factors.sets", None, "", "done").await?;
        let current = self.current_factors().await?.version.clone();
        let mut lines = Vec::new();
        for version in self.store.factor_sets().await? {
            let set = self.factor_set(&version).await?;
            let counts = greenheart_factors::counts(&set);
            lines.push(FactorSetLine {
                current: version == current,
                factors: set.factors().len(),
                counts: counts
                    .into_iter()
                    .map(|count| (count.group.name().to_owned(), count.region, count.factors))
                    .collect(),
                version,
            });
        }
        Ok(lines)
    }

    /// What separates two sets of the library.
    pub async fn compare_factors(
        &self,
        actor: &Actor,
        old: &str,
        new: &str,
    ) -> Result<greenheart_factors::Comparison, AppError> {
        self.note(actor, "factors.compare", None, &format!("{old} {new}"), "done")
            .await?;
        let (old, new) = (self.factor_set(old).await?, self.factor_set(new).await?);
        Ok(greenheart_factors::compare(&old, &new))
    }

    /// Reads a publication into the library, for searching and comparing. Postings go on using the current set.
    pub async fn import_factors(
        &self,
        actor: &Actor,
        files: &[PathBuf],
        version: Option<String>,
    ) -> Result<FactorImport, AppError> {
        self.allowed(actor, actor.may_administer(), "factors.import", None)
            .await?;
        let mut read = Vec::new();
        for path in files {
            let shown = path.display().to_string();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            read.push((
                name,
                std::fs::read(path).map_err(AppError::io(format!("`{shown}` cannot be read")))?,
            ));
        }
        let sources: Vec<Source<'_>> = read.iter().map(|(file, bytes)| Source { file, bytes }).collect();
        let mut options = greenheart_factors::Options::norwegian(self.surroundings.clock.today());
        options.version = version;
        let imported = tokio::task::block_in_place(|| greenheart_factors::import(None, &sources, &options))
            .map_err(|error| AppError::input(error.to_string(), "`docs/concepts/factors.md` lists what is read"))?;
        let mut findings = imported.findings;
        findings.merge(greenheart_factors::check(&imported.set));
        let version = imported.set.version.clone();
        if version.contains('+') {
            return Err(AppError::input(
                format!("a set cannot be called `{version}`"),
                "`+` stands between sets that are used together",
            ));
        }
        if self.store.factor_set(&version).await?.is_some() {
            return Err(AppError::input(
                format!("the library has a set `{version}`"),
                "give it another name with `--version`",
            ));
        }
        self.store.add_factor_set(&version, &as_text(&imported.set)?).await?;
        self.note(actor, "factors.import", None, &version, "done").await?;
        Ok(FactorImport {
            version,
            kind: imported.kind.name().to_owned(),
            factors: imported.set.factors().len(),
            findings,
        })
    }

    /// Keeps the built-in set in the catalogue for good: postings made with it stay explained in later versions.
    pub(crate) async fn keep_shipped_factors(&self) -> Result<(), AppError> {
        if self.store.factor_set(SHIPPED_VERSION).await?.is_some() {
            return Ok(());
        }
        Ok(self
            .store
            .add_factor_set(SHIPPED_VERSION, &as_text(&shipped())?)
            .await?)
    }

    /// The set that new postings are made with.
    pub(crate) async fn current_factors(&self) -> Result<Arc<FactorSet>, AppError> {
        let version = self
            .store
            .setting(CURRENT)
            .await?
            .unwrap_or_else(|| SHIPPED_VERSION.to_owned());
        self.factor_set(&version).await
    }

    /// The set that explains a factor: the one in use, else the newest that has it.
    pub(crate) async fn set_with(&self, id: &FactorId) -> Result<Option<Arc<FactorSet>>, AppError> {
        let current = self.current_factors().await?;
        if current.get(id).is_some() {
            return Ok(Some(current));
        }
        for version in self.store.factor_sets().await?.into_iter().rev() {
            let set = self.factor_set(&version).await?;
            if set.get(id).is_some() {
                return Ok(Some(set));
            }
        }
        Ok(None)
    }

    /// A set that was ever used.
    pub(crate) async fn factor_set(&self, version: &str) -> Result<Arc<FactorSet>, AppError> {
        // A version names its content for good.
        self.cache
            .factors
            .of(version.to_owned(), self.read_factor_set(version))
            .await
    }

    async fn read_factor_set(&self, version: &str) -> Result<FactorSet, AppError> {
        let text = self.store.factor_set(version).await?;
        let text = text.ok_or_else(|| AppError::NotFound {
            what: "factor set",
            id: version.to_owned(),
        })?;
        parse(text.as_bytes(), version).map_err(|error| AppError::Damaged(format!("factor set `{version}`: {error}")))
    }
}

/// A set in our own table format, as the catalogue keeps it.
pub(crate) fn as_text(set: &FactorSet) -> Result<String, AppError> {
    let mut text = Vec::new();
    write(set, &mut text).map_err(|error| AppError::Damaged(error.to_string()))?;
    String::from_utf8(text).map_err(|error| AppError::Damaged(error.to_string()))
}
