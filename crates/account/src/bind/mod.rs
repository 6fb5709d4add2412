//! Binding: one activity in, entries out.
//!
//! Read [`Binder::post`], then `rules`, one function a rule.

mod directory;
mod draft;
mod index;
mod name;
mod quick;
mod rules;

use std::collections::BTreeMap;

use greenheart_model::{Activity, Entry, FactorSet, FindingLog, MemberId};
use greenheart_units::{Currency, Rate};

use crate::PriceIndex;
use draft::Row;
use index::Index;

pub use directory::MemberDirectory;
pub use name::company_name;

/// Yearly NOK per unit of a foreign currency.
pub type ExchangeRates = BTreeMap<(Currency, i16), Rate>;

/// What binding needs beyond factors and members.
#[derive(Debug, Clone)]
pub struct Options {
    /// ISO 3166 code of the country whose factors come first.
    pub country: String,
    /// NOK per unit of foreign currency, by year. A currency without a rate stays unbound.
    pub rates: ExchangeRates,
    /// Index that brings spend to the price year of spend factors; without it spend is used as it
    /// stands and `factor.price_year` is noted.
    pub price_index: Option<PriceIndex>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            country: "NO".to_owned(),
            rates: ExchangeRates::default(),
            price_index: None,
        }
    }
}

/// Binds activities to one version of a factor set.
#[derive(Debug)]
pub struct Binder {
    index: Index,
    members: MemberDirectory,
    options: Options,
    texts: draft::Texts,
}

impl Binder {
    /// Prepares the set for binding.
    pub fn new(factors: &FactorSet, members: &MemberDirectory, options: &Options) -> Self {
        Self {
            index: Index::new(factors, &options.country),
            members: members.clone(),
            options: options.clone(),
            texts: draft::Texts::new(),
        }
    }

    /// Posts `activities` of `member`: appends their entries to `out`, in the order of the activities.
    ///
    /// Every activity makes at least one entry. What no factor is found for becomes an entry of method
    /// `Unbound` and a finding; it is never zero silently. Where one activity makes several entries
    /// (upstream beside combustion), the first carries its NOK and the others zero, because the NOK is
    /// not unknown but stands there; the two accounts of bought energy carry the same NOK and kWh.
    ///
    /// # Units
    /// kg of each gas, NOK, kg of material, kWh.
    pub fn post<'a>(
        &self,
        member: &MemberId,
        activities: impl IntoIterator<Item = &'a Activity>,
        out: &mut Vec<Entry>,
        findings: &mut FindingLog,
    ) {
        let own = self.members.number_of(member);
        let activities = activities.into_iter();
        out.reserve(activities.size_hint().0);
        for activity in activities {
            Row::new(self, own, activity, out, findings).post();
        }
    }
}
