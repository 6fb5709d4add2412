//! Who is a member, and since when.

use std::collections::HashMap;

use greenheart_model::{Member, MemberId, Membership, OrgNo, Period};

/// Who is a member, by organisation number and time.
#[derive(Debug, Clone, Default)]
pub struct MemberDirectory {
    by_number: HashMap<OrgNo, Vec<(Membership, MemberId)>>,
    numbers: HashMap<MemberId, OrgNo>,
}

impl MemberDirectory {
    /// The directory of these members.
    pub fn new(members: &[Member]) -> Self {
        let mut directory = Self::default();
        for member in members {
            let spans = directory.by_number.entry(member.org_no).or_default();
            spans.push((member.membership, member.id.clone()));
            directory.numbers.insert(member.id.clone(), member.org_no);
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

    /// The organisation number of a member.
    pub fn number_of(&self, member: &MemberId) -> Option<OrgNo> {
        self.numbers.get(member).copied()
    }
}
