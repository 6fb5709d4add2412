//! Who may see what of the account.
//!
//! A pair is visible to its two parties and the facilitator only. A buyer thereby sees the footprint of what it
//! buys; the footprints of everything else a member makes stay with the member.

use greenheart_model::MemberId;

use super::{Consolidated, MemberPart, Pair, ProductFootprint, ProductId};

/// Who looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// The cluster's facilitator, who sees every pair.
    Facilitator,
    /// A member.
    Member(MemberId),
}

impl Viewer {
    /// Whether the viewer may see the delivery of `product` into `into`.
    pub fn sees_pair(&self, product: &ProductId, into: &ProductId) -> bool {
        match self {
            Self::Facilitator => true,
            Self::Member(member) => product.member == *member || into.member == *member,
        }
    }

    /// Whether the viewer may see what belongs to `owner` alone.
    pub fn sees_member(&self, owner: &MemberId) -> bool {
        match self {
            Self::Facilitator => true,
            Self::Member(member) => member == owner,
        }
    }
}

impl Consolidated {
    /// The pairs that `viewer` may see.
    pub fn pairs_for<'a>(&'a self, viewer: &'a Viewer) -> impl Iterator<Item = &'a Pair> {
        self.pairs
            .iter()
            .filter(|pair| viewer.sees_pair(&pair.product, &pair.into))
    }

    /// The products that `viewer` may see: its own.
    pub fn products_for<'a>(&'a self, viewer: &'a Viewer) -> impl Iterator<Item = &'a ProductFootprint> {
        self.products
            .iter()
            .filter(|product| viewer.sees_member(&product.id.member))
    }

    /// The members' parts that `viewer` may see: its own.
    pub fn members_for<'a>(&'a self, viewer: &'a Viewer) -> impl Iterator<Item = &'a MemberPart> {
        self.members.iter().filter(|part| viewer.sees_member(&part.member))
    }
}
