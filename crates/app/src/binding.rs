//! What postings are bound with: today's factors, rules and members; for a sealed year the factors it was sealed with.

use std::collections::BTreeMap;
use std::sync::Arc;

use greenheart_account::{Binder, MemberDirectory, Options};
use greenheart_model::{Activity, BatchId, Entry, FactorSet, FindingLog, MemberId};

use crate::articles::factor_set_of;
use crate::seals::Seal;
use crate::{App, AppError};

/// Spend is brought to the price year of its factor with the index that reaches back to this year.
const FIRST_PRICES: i16 = 2019;

/// Binders by factor set, and which one a sealed year keeps.
pub(crate) struct Binders {
    current: String,
    by_set: BTreeMap<String, Arc<Binder>>,
    seals: Vec<SealedYear>,
}

struct SealedYear {
    year: i16,
    /// The set that was in use when the year was sealed.
    factor_set: String,
    /// The sets that the batches of that day stood posted with.
    of_batches: BTreeMap<BatchId, String>,
}

/// What one batch is posted with.
#[derive(Clone)]
pub(crate) struct Binding {
    /// The set of years that are not sealed.
    pub factor_set: String,
    binder: Arc<Binder>,
    sealed: BTreeMap<i16, Arc<Binder>>,
}

impl Binding {
    /// Posts activities in their order, each with the factors of its year.
    pub(crate) fn post(
        &self,
        member: &MemberId,
        activities: &[&Activity],
        out: &mut Vec<Entry>,
        findings: &mut FindingLog,
    ) {
        if self.sealed.is_empty() {
            return self.binder.post(member, activities.iter().copied(), out, findings);
        }
        let year = |activity: &Activity| activity.period.booking_month().year();
        for run in activities.chunk_by(|a, b| year(a) == year(b)) {
            let sealed = run.first().and_then(|first| self.sealed.get(&year(first)));
            let binder = sealed.unwrap_or(&self.binder);
            binder.post(member, run.iter().copied(), out, findings);
        }
    }
}

impl Binders {
    /// For a batch that comes in now.
    pub(crate) fn of_new(&self) -> Binding {
        self.binding(|seal| &seal.factor_set)
    }

    /// For a batch that stands posted already: a sealed year keeps what it had when it was sealed.
    pub(crate) fn of_batch(&self, batch: &BatchId) -> Binding {
        self.binding(|seal| seal.of_batches.get(batch).unwrap_or(&seal.factor_set))
    }

    fn binding(&self, set_of: impl Fn(&SealedYear) -> &String) -> Binding {
        let sealed = self.seals.iter().filter(|seal| *set_of(seal) != self.current);
        Binding {
            factor_set: self.current.clone(),
            binder: Arc::clone(&self.by_set[&self.current]),
            sealed: sealed
                .map(|seal| (seal.year, Arc::clone(&self.by_set[set_of(seal)])))
                .collect(),
        }
    }
}

impl App {
    /// Makes ready every factor set that something is bound with.
    pub(crate) async fn binders(&self) -> Result<Binders, AppError> {
        let directory = MemberDirectory::new(&self.store.members().await?);
        let options = Options {
            price_index: Some(crate::settings::built_in_prices(FIRST_PRICES)?),
            ..Options::default()
        };
        let ready = |set: &FactorSet| Arc::new(Binder::new(set, &directory, &options));
        let current = self.current_factors().await?;
        let mut by_set = BTreeMap::from([(current.version.clone(), ready(&current))]);
        let mut seals = Vec::new();
        for (year, seal) in self.seals().await? {
            let sealed = self.sealed_year(year, seal).await?;
            for version in sealed.of_batches.values().chain([&sealed.factor_set]) {
                if !by_set.contains_key(version) {
                    let set = self.factor_set(version).await?;
                    by_set.insert(version.clone(), ready(&set));
                }
            }
            seals.push(sealed);
        }
        Ok(Binders {
            current: current.version.clone(),
            by_set,
            seals,
        })
    }

    async fn sealed_year(&self, year: i16, seal: Seal) -> Result<SealedYear, AppError> {
        let visible = self.store.visible(seal.seq).await?;
        Ok(SealedYear {
            year,
            factor_set: seal.factor_set,
            of_batches: visible
                .into_iter()
                .map(|batch| (batch.batch.id, factor_set_of(&batch.factor_set).to_owned()))
                .collect(),
        })
    }
}
