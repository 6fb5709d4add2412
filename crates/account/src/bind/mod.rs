//! Binding: one activity in, entries out.

use std::collections::BTreeMap;

use greenheart_model::{Activity, Entry, FactorSet, FindingLog, Member, MemberId, OrgNo, Period};
use greenheart_units::{Currency, Rate};

use crate::PriceIndex;

/// Yearly NOK per unit of a foreign currency.
pub type ExchangeRates = BTreeMap<(Currency, i16), Rate>;

/// Who is a member, by organisation number and time.
#[derive(Debug, Clone, Default)]
pub struct MemberDirectory;

impl MemberDirectory {
    /// The directory of these members.
    pub fn new(members: &[Member]) -> Self {
        let _ = members;
        unimplemented!()
    }
    /// The member with this number during all of `period`.
    pub fn member_of(&self, org_no: OrgNo, period: Period) -> Option<&MemberId> {
        let _ = (org_no, period);
        unimplemented!()
    }
}

/// What binding needs beyond factors and members.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// NOK per unit of foreign currency, by year. A currency without a rate stays unbound.
    pub rates: ExchangeRates,
    /// Index that brings spend to the price year of spend factors; without it spend is used as it
    /// stands and `factor.price_year` is noted.
    pub price_index: Option<PriceIndex>,
}

/// Binds activities to one version of a factor set.
#[derive(Debug)]
pub struct Binder;

impl Binder {
    /// Prepares the set for binding.
    pub fn new(factors: &FactorSet, members: &MemberDirectory, options: &Options) -> Self {
        let _ = (factors, members, options);
        unimplemented!()
    }

    /// Posts `activities` of `member`: appends their entries to `out`, in the order of the activities.
    ///
    /// Every activity makes at least one entry. What no factor is found for becomes an entry of method
    /// `Unbound`.
    pub fn post(&self, member: &MemberId, activities: &[Activity], out: &mut Vec<Entry>, findings: &mut FindingLog) {
        let _ = (member, activities, out, findings);
        unimplemented!()
    }
}
