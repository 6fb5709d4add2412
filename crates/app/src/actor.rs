//! Who asks, and what they may do. Every verb takes `&Actor`; the rules stand here and nowhere else.

use std::fmt;
use std::str::FromStr;

use greenheart_model::{MemberId, Visibility};
use serde::{Deserialize, Serialize};

/// In which capacity somebody acts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "role", content = "member")]
pub enum Capacity {
    /// Runs the installation: has the disk, so the rules keep a record rather than a wall.
    Operator,
    /// Leads the cluster (klyngeleder).
    Facilitator,
    /// Administers one member.
    MemberAdmin(MemberId),
    /// Hands in files for one member.
    Contributor(MemberId),
    /// Follows figures back to their rows, for members that allow it.
    Auditor,
    /// Anyone.
    Public,
}

/// Somebody who asks for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Stable name for the audit trail: an account, never a person's full name.
    pub name: String,
    /// In which capacity.
    pub capacity: Capacity,
}

/// The asked thing is not for this actor. It says nothing about whether the thing exists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{actor}` may not {what}")]
pub struct Denied {
    /// Who asked.
    pub actor: String,
    /// For what, without naming what is hidden.
    pub what: &'static str,
}

impl Actor {
    /// The operator of this installation.
    pub fn operator(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            capacity: Capacity::Operator,
        }
    }

    /// The member acted for, if any.
    pub fn member(&self) -> Option<&MemberId> {
        match &self.capacity {
            Capacity::MemberAdmin(member) | Capacity::Contributor(member) => Some(member),
            _ => None,
        }
    }

    /// May set up the cluster, its members, sites and keys.
    pub fn may_administer(&self) -> Result<(), Denied> {
        match self.capacity {
            Capacity::Operator | Capacity::Facilitator => Ok(()),
            _ => self.denied("change the cluster"),
        }
    }

    /// May run the machine: backup, restore, verify, doctor, upgrade.
    pub fn may_operate(&self) -> Result<(), Denied> {
        match self.capacity {
            Capacity::Operator => Ok(()),
            _ => self.denied("operate the installation"),
        }
    }

    /// May hand in or withdraw files of `member`.
    pub fn may_write(&self, member: &MemberId) -> Result<(), Denied> {
        let allowed = match &self.capacity {
            Capacity::Operator => true,
            Capacity::MemberAdmin(own) | Capacity::Contributor(own) => own == member,
            _ => false,
        };
        if allowed {
            Ok(())
        } else {
            self.denied("write for this member")
        }
    }

    /// May hand in files on a page: those who work for a member, for that member.
    pub fn may_hand_in(&self) -> Result<&MemberId, Denied> {
        match self.member() {
            Some(member) => Ok(member),
            None => Err(Denied {
                actor: self.name.clone(),
                what: "hand in files for a member",
            }),
        }
    }

    /// May see named figures of `member`, which has chosen `visibility`.
    pub fn may_read(&self, member: &MemberId, visibility: Visibility) -> Result<(), Denied> {
        let allowed = match &self.capacity {
            Capacity::Operator => true,
            Capacity::MemberAdmin(own) | Capacity::Contributor(own) if own == member => true,
            Capacity::Facilitator | Capacity::Auditor => visibility >= Visibility::Facilitator,
            Capacity::MemberAdmin(_) | Capacity::Contributor(_) => visibility >= Visibility::Cluster,
            Capacity::Public => visibility >= Visibility::Public,
        };
        if allowed {
            Ok(())
        } else {
            self.denied("see this member's figures")
        }
    }

    /// Whether looking at `member` is a look at somebody else's named data, which that member can see.
    pub fn is_stranger_to(&self, member: &MemberId) -> bool {
        self.member() != Some(member)
    }

    /// May know who is in the cluster: everyone who belongs to it.
    pub fn is_of_the_cluster(&self) -> Result<(), Denied> {
        match self.capacity {
            Capacity::Public => self.denied("see who belongs to the cluster"),
            _ => Ok(()),
        }
    }

    /// May see what members exchange and look for partners: those who lead, and those who work for a member.
    pub fn may_exchange(&self) -> Result<(), Denied> {
        match self.capacity {
            Capacity::Auditor | Capacity::Public => self.denied("see what members exchange"),
            _ => Ok(()),
        }
    }

    /// Whether this is the administrator of `member`.
    pub fn administers(&self, member: &MemberId) -> bool {
        matches!(&self.capacity, Capacity::MemberAdmin(own) if own == member)
    }

    /// Whether gaps and parts of cluster figures may be shown by member: they lead the work, or have the disk.
    pub fn leads(&self) -> bool {
        matches!(self.capacity, Capacity::Operator | Capacity::Facilitator)
    }

    fn denied(&self, what: &'static str) -> Result<(), Denied> {
        Err(Denied {
            actor: self.name.clone(),
            what,
        })
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => f.write_str("operator"),
            Self::Facilitator => f.write_str("facilitator"),
            Self::MemberAdmin(member) => write!(f, "admin:{member}"),
            Self::Contributor(member) => write!(f, "contributor:{member}"),
            Self::Auditor => f.write_str("auditor"),
            Self::Public => f.write_str("public"),
        }
    }
}

impl FromStr for Capacity {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None => match text {
                "operator" => Ok(Self::Operator),
                "facilitator" => Ok(Self::Facilitator),
                "auditor" => Ok(Self::Auditor),
                "public" => Ok(Self::Public),
                _ => Err(format!(
                    "`{text}` is no capacity; use operator, facilitator, auditor, public, admin:MEMBER or contributor:MEMBER"
                )),
            },
            Some(("admin", member)) if !member.is_empty() => Ok(Self::MemberAdmin(MemberId::new(member))),
            Some(("contributor", member)) if !member.is_empty() => Ok(Self::Contributor(MemberId::new(member))),
            Some(_) => Err(format!(
                "`{text}` is no capacity; write admin:MEMBER or contributor:MEMBER"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(capacity: &str) -> Actor {
        Actor {
            name: capacity.into(),
            capacity: capacity.parse().expect("a capacity"),
        }
    }

    #[test]
    fn rights_by_capacity() {
        let (own, other) = (MemberId::new("1"), MemberId::new("2"));
        // capacity, administer, operate, write own, write other, read own default, read other default,
        // read other when open to the facilitator, to the cluster, to all
        for (capacity, expect) in [
            ("operator", [1, 1, 1, 1, 1, 1, 1, 1, 1]),
            ("facilitator", [1, 0, 0, 0, 0, 0, 1, 1, 1]),
            ("auditor", [0, 0, 0, 0, 0, 0, 1, 1, 1]),
            ("admin:1", [0, 0, 1, 0, 1, 0, 0, 1, 1]),
            ("contributor:1", [0, 0, 1, 0, 1, 0, 0, 1, 1]),
            ("public", [0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ] {
            let actor = actor(capacity);
            let found = [
                actor.may_administer().is_ok(),
                actor.may_operate().is_ok(),
                actor.may_write(&own).is_ok(),
                actor.may_write(&other).is_ok(),
                actor.may_read(&own, Visibility::Own).is_ok(),
                actor.may_read(&other, Visibility::Own).is_ok(),
                actor.may_read(&other, Visibility::Facilitator).is_ok(),
                actor.may_read(&other, Visibility::Cluster).is_ok(),
                actor.may_read(&other, Visibility::Public).is_ok(),
            ];
            assert_eq!(found.map(u8::from), expect, "{capacity}");
        }
    }

    #[test]
    fn capacities_round_trip() {
        for text in [
            "operator",
            "facilitator",
            "auditor",
            "public",
            "admin:1",
            "contributor:1",
        ] {
            assert_eq!(text.parse::<Capacity>().map(|c| c.to_string()), Ok(text.to_owned()));
        }
        for bad in ["", "root", "admin", "admin:"] {
            assert!(bad.parse::<Capacity>().is_err(), "{bad}");
        }
    }
}
