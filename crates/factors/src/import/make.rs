//! From a published row to a factor: base units, one name per row, what was assumed said.

use std::collections::BTreeMap;

use greenheart_model::{
    Date, Factor, FactorBasis, FactorId, FactorSet, Finding, FindingLog, Gas, GwpSet, Pedigree, Place, Severity,
};
use greenheart_units::{Dimension, Rate};

use super::{ImportError, Options};
use crate::catalogue;
use crate::country;
use crate::exact::{Exact, Ratio};
use crate::unit::Per;

/// What all rows of one publication share.
#[derive(Debug, Clone)]
pub(crate) struct Edition {
    /// Begins identifiers: family and year, as in `uk24`.
    pub(crate) prefix: String,
    /// Which family of names its words belong to.
    pub(crate) family: &'static str,
    /// Begins citations.
    pub(crate) title: String,
    pub(crate) licence: &'static str,
    pub(crate) year: i16,
    pub(crate) gwp: GwpSet,
}

/// Figures of gases, each with what makes kg per published unit of it.
pub(crate) type Gases = Vec<(Gas, Exact, Ratio)>;

/// One figure or row of figures as published.
#[derive(Debug, Clone)]
pub(crate) struct Draft<'a> {
    /// What tells it from the other rows, from the general to the special.
    pub(crate) path: Vec<&'a str>,
    /// Where in the words of the publication an item is looked for: category, name, column heading.
    pub(crate) words: [&'a str; 3],
    pub(crate) name: String,
    pub(crate) aspect: &'a str,
    /// Each gas: the figure, and what makes it kg per published unit.
    pub(crate) gases: Gases,
    pub(crate) per: Per,
    pub(crate) region: &'a str,
    pub(crate) data_year: i16,
    /// Holds for its year alone.
    pub(crate) one_year: bool,
    /// Scores but for geography, which follows from the region.
    pub(crate) pedigree: Pedigree,
    /// Sheet, row or code, for the citation.
    pub(crate) cited: String,
    pub(crate) remark: String,
    /// Row from 1.
    pub(crate) row: usize,
}

/// Gathers factors and findings of one import.
pub(crate) struct Maker<'a> {
    pub(crate) edition: Edition,
    pub(crate) options: &'a Options,
    pub(crate) log: FindingLog,
    file: String,
    factors: Vec<Factor>,
    by_id: BTreeMap<String, usize>,
    published: Date,
}

/// The first or last day of a year.
fn day(year: i16, month: i8, day: i8) -> Result<Date, ImportError> {
    Date::new(year, month, day).map_err(|_| ImportError::Year(year))
}

impl<'a> Maker<'a> {
    pub(crate) fn new(edition: Edition, options: &'a Options, file: &str) -> Result<Self, ImportError> {
        let published = match options.published {
            Some(day) => day,
            None => day(edition.year, 12, 31)?,
        };
        let mut maker = Self {
            edition,
            options,
            log: FindingLog::default(),
            file: file.to_owned(),
            factors: Vec::new(),
            by_id: BTreeMap::new(),
            published,
        };
        if options.published.is_none() {
            let detail = format!("entered as {published}: the file does not say when it was published");
            maker.note("factor.published_assumed", Severity::Note, 0, "", detail);
        }
        if maker.edition.licence.contains("SA") {
            let detail = format!(
                "{}: what is made from it stays under the same licence",
                maker.edition.licence
            );
            maker.note("factor.share_alike", Severity::Note, 0, "", detail);
        }
        Ok(maker)
    }

    pub(crate) fn note(&mut self, code: &'static str, severity: Severity, row: usize, field: &str, detail: String) {
        let place = Place {
            file: self.file.as_str().into(),
            row: row as u64,
            field: field.into(),
        };
        self.log.push(Finding {
            code: code.into(),
            severity,
            place,
            detail,
        });
    }

    /// A row that cannot be read as a factor is counted, never guessed.
    pub(crate) fn skip(&mut self, row: usize, field: &str, why: &str) {
        self.note("factor.row_unread", Severity::Warning, row, field, why.to_owned());
    }

    /// Adds the factors of a draft: one for each item that its words mean, at least one.
    pub(crate) fn add(&mut self, draft: &Draft<'_>) {
        let Some(gases) = self.gases(draft) else { return };
        let [category, name, group] = draft.words;
        let items = catalogue::meant(self.edition.family, category, name, group);
        let id = self.id(&draft.path);
        if items.is_empty() {
            let item = format!("{}.{}", self.edition.family, catalogue::slug(name));
            self.push(draft, id, item, draft.name.clone(), gases);
            return;
        }
        for (index, item) in items.iter().enumerate() {
            let name_nb = catalogue::items().get(item).map(|item| item.name_nb.as_str());
            let name_nb = name_nb.map_or_else(|| draft.name.clone(), |nb| format!("{nb} ({})", draft.name));
            let id = if index == 0 {
                id.clone()
            } else {
                format!("{id}-for-{item}")
            };
            self.push(draft, id, item.clone(), name_nb, gases.clone());
        }
    }

    fn id(&self, path: &[&str]) -> String {
        let parts = path
            .iter()
            .map(|part| catalogue::slug(part))
            .filter(|part| !part.is_empty());
        std::iter::once(self.edition.prefix.clone())
            .chain(parts)
            .collect::<Vec<_>>()
            .join("-")
    }

    fn gases(&mut self, draft: &Draft<'_>) -> Option<BTreeMap<Gas, Rate>> {
        let mut gases: BTreeMap<Gas, Rate> = BTreeMap::new();
        for (gas, figure, ratio) in &draft.gases {
            let rate = ratio.times(draft.per.to_base).and_then(|ratio| figure.rate(ratio));
            let sum = rate.and_then(|rate| gases.get(gas).copied().unwrap_or(Rate::ZERO).checked_add(rate).ok());
            let Some(sum) = sum else {
                self.skip(draft.row, gas.name(), "the figure is too large for a rate");
                return None;
            };
            gases.insert(*gas, sum);
        }
        if gases.is_empty() {
            self.skip(draft.row, "", "no gas is stated");
            return None;
        }
        let known = gases.len();
        if gases.values().any(|rate| !rate.is_zero()) {
            gases.retain(|_, rate| !rate.is_zero());
        } else if known > 1 {
            gases = [(Gas::Co2eOther, Rate::ZERO)].into();
        }
        Some(gases)
    }

    fn push(&mut self, draft: &Draft<'_>, id: String, item: String, name_nb: String, gases: BTreeMap<Gas, Rate>) {
        let Some((valid_from, valid_to)) = self.validity(draft) else {
            return;
        };
        if let Some(&at) = self.by_id.get(&id) {
            if self.factors[at].gases != gases {
                let detail = format!("`{id}` stands twice with different figures; the first is kept");
                self.note("factor.twice", Severity::Warning, draft.row, "", detail);
            }
            return;
        }
        let mut pedigree = draft.pedigree;
        pedigree[3] = country::distance(draft.region, &self.options.country);
        let remark = self.remark(draft, &id);
        self.by_id.insert(id.clone(), self.factors.len());
        self.factors.push(Factor {
            id: FactorId::new(id),
            item: item.into(),
            aspect: draft.aspect.into(),
            name_en: draft.name.as_str().into(),
            name_nb: name_nb.into(),
            gases,
            per: FactorBasis {
                dimension: draft.per.dimension,
                basis: draft.per.basis,
            },
            region: draft.region.into(),
            data_year: draft.data_year,
            published: self.published,
            valid_from,
            valid_to,
            entered: self.options.entered,
            gwp: self.edition.gwp,
            pedigree,
            citation: format!("{}, {}", self.edition.title, draft.cited).into(),
            licence: self.edition.licence.into(),
            remark: remark.into(),
        });
    }

    fn validity(&mut self, draft: &Draft<'_>) -> Option<(Date, Option<Date>)> {
        let from = day(draft.data_year, 1, 1);
        let to = draft.one_year.then(|| day(draft.data_year, 12, 31)).transpose();
        let (Ok(from), Ok(to)) = (from, to) else {
            self.skip(draft.row, "year", "the year cannot be one");
            return None;
        };
        let from = if draft.one_year {
            from
        } else {
            self.options.valid_from.unwrap_or(from)
        };
        Some((from, to))
    }

    /// The remark with what a spend factor of another country needs said, which is also a finding.
    fn remark(&mut self, draft: &Draft<'_>, id: &str) -> String {
        let foreign = draft.region != self.options.country;
        if draft.per.dimension != Dimension::Money || !foreign {
            return draft.remark.clone();
        }
        let detail = format!(
            "`{id}` describes spend in {}, not in {}",
            draft.region, self.options.country
        );
        self.note("factor.country_mismatch", Severity::Note, draft.row, "", detail);
        let mismatch = format!("country mismatch: {} {}", draft.region, draft.data_year);
        [mismatch.as_str(), &draft.remark]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// Adds biogenic carbon dioxide, published apart, to the factor of the same fuel and unit.
    pub(crate) fn outside_of_scopes(&mut self, path: &[&str], figure: Exact, per: Per) -> bool {
        let id = self.id(path);
        let Some(&at) = self.by_id.get(&id) else { return false };
        let Some(rate) = figure.rate(per.to_base) else {
            return false;
        };
        self.factors[at].gases.insert(Gas::Co2Biogenic, rate);
        true
    }

    pub(crate) fn finish(self, version: &str) -> Result<(FactorSet, FindingLog), ImportError> {
        if self.factors.is_empty() {
            return Err(ImportError::Empty);
        }
        Ok((FactorSet::new(version, self.factors)?, self.log))
    }
}

/// Potentials by which a publication made CO2e of its gases.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights {
    pub(crate) set: GwpSet,
    /// kg CO2e into kg of methane.
    pub(crate) ch4: Ratio,
    /// kg CO2e into kg of nitrous oxide.
    pub(crate) n2o: Ratio,
}

impl Weights {
    pub(crate) const AR4: Self = Self {
        set: GwpSet::Ar4,
        ch4: Ratio::new(1, 25),
        n2o: Ratio::new(1, 298),
    };
    pub(crate) const AR5: Self = Self {
        set: GwpSet::Ar5,
        ch4: Ratio::new(1, 28),
        n2o: Ratio::new(1, 265),
    };
    pub(crate) const AR6: Self = Self {
        set: GwpSet::Ar6,
        ch4: Ratio::new(10, 279),
        n2o: Ratio::new(1, 273),
    };

    /// The set whose methane weighs this much; the fossil value of AR5 and AR6 counts too.
    pub(crate) fn by_methane(potential: &str) -> Option<Self> {
        Some(match potential.trim() {
            "25" => Self::AR4,
            "28" => Self::AR5,
            "30" => Self {
                ch4: Ratio::new(1, 30),
                ..Self::AR5
            },
            "27.9" => Self::AR6,
            "27" => Self {
                ch4: Ratio::new(1, 27),
                ..Self::AR6
            },
            "29.8" => Self {
                ch4: Ratio::new(10, 298),
                ..Self::AR6
            },
            _ => return None,
        })
    }
}
