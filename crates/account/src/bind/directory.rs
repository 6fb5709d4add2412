//! Who is a member, and since when.

use std::collections::HashMap;

use greenheart_model::{Counterparty, Member, MemberId, Membership, OrgNo, Period};

use super::name::company_name;

/// Who is a member, by organisation number and time.
#[derive(Debug, Clone, Default)]
pub struct MemberDirectory {
    by_number: HashMap<OrgNo, Vec<(Membership, MemberId)>>,
    numbers: HashMap<MemberId, OrgNo>,
    /// By comparable name; `None` where several bear it.
    by_name: HashMap<String, Option<OrgNo>>,
}

impl MemberDirectory {
    /// The directory of these members.
    pub fn new(members: &[Member]) -> Self {
        let mut directory = Self::default();
        for member in members {
            let spans = directory.by_number.entry(member.org_no).or_default();
            spans.push((member.membership, member.id.clone()));
            directory.numbers.insert(member.id.clone(), member.org_no);
            let name = company_name(&member.name);
            if !name.is_empty() {
                let slot = directory.by_name.entry(name).or_insert(Some(member.org_no));
                *slot = slot.filter(|number| *number == member.org_no);
            }
        }
        directory
    }

    /// The member with this number during all of `period`.
    pub fn member_of(&self, org_no: OrgNo, period: Period) -> Option<&MemberId> {
        let spans = self.by_number.get(&org_no)?;
        spans
            .iter()
            .find(|(membership, _)| membership.covers(period))
            .map(|(_, id)| id)
    }

    /// The number of the one member that a counterparty without a number bears the name of.
    pub fn number_of_name(&self, name: &str) -> Option<OrgNo> {
        self.by_name.get(&company_name(name)).copied().flatten()
    }

    /// The member that a counterparty is during all of `period`: by its number, or, where it has none, by its name.
    pub fn member_like(&self, other: &Counterparty, period: Period) -> Option<&MemberId> {
        let number = other.org_no.or_else(|| self.number_of_name(other.name.as_deref()?))?;
        self.member_of(number, period)
    }

    /// The organisation number of a member.
    pub fn number_of(&self, member: &MemberId) -> Option<OrgNo> {
        self.numbers.get(member).copied()
    }
}
