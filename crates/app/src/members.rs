//! Members, sites, boundary keys, visibility, erasure.

use std::fs;

use greenheart_model::{
    BoundaryKey, Coordinates, Date, Member, MemberId, Membership, Nace, OrgNo, Role, Site, SiteId, Visibility,
};
use greenheart_store::{Change, CommitError, Operation};
use greenheart_units::Rate;
use greenheart_vault::{MemberKey, WrappedKey};
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError};

/// A member to add or change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRequest {
    /// Organisation number.
    pub org_no: OrgNo,
    /// Name.
    pub name: String,
    /// What it does in the cluster.
    pub role: Role,
    /// Industry code.
    pub nace: Option<Nace>,
    /// People employed.
    pub employees: Option<u32>,
    /// First day of membership.
    pub joined: Date,
    /// Last day of membership.
    pub left: Option<Date>,
    /// Invented.
    pub fictional: bool,
}

/// A site to add or change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRequest {
    /// Whose.
    pub member: MemberId,
    /// Identifier, unique in the cluster.
    pub id: SiteId,
    /// Name.
    pub name: String,
    /// Sub-unit number.
    pub sub_unit: Option<OrgNo>,
    /// Where.
    pub coordinates: Option<Coordinates>,
    /// Four-digit municipality number.
    pub municipality: Option<String>,
    /// Inside the boundary of the goals.
    pub in_boundary: bool,
}

/// The share of a member's books that lies inside the boundary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRequest {
    /// Whose.
    pub member: MemberId,
    /// From this day on.
    pub valid_from: Date,
    /// Zero to one.
    pub share: Rate,
    /// What it rests on.
    pub evidence: String,
}

/// A member in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberLine {
    /// The member.
    #[serde(flatten)]
    pub member: Member,
    /// Who may see its named figures.
    pub visibility: Visibility,
}

/// What an erasure did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Whose.
    pub member: MemberId,
    /// Source files destroyed.
    pub files: usize,
    /// Segments removed.
    pub segments: usize,
}

impl App {
    /// Adds or changes a member.
    pub async fn put_member(&self, actor: &Actor, request: &MemberRequest) -> Result<Member, AppError> {
        self.allowed(actor, actor.may_administer(), "member.add", None).await?;
        if request.name.trim().is_empty() {
            return Err(AppError::input("a member needs a name", "give it with `--name`"));
        }
        if request.left.is_some_and(|left| left < request.joined) {
            return Err(AppError::input(
                "the membership ends before it begins",
                "check `--joined` and `--left`",
            ));
        }
        let id = MemberId::new(request.org_no.as_str());
        let member = Member {
            id: id.clone(),
            org_no: request.org_no,
            name: request.name.trim().to_owned(),
            nace: request.nace.clone(),
            role: request.role,
            membership: Membership {
                joined: request.joined,
                left: request.left,
            },
            employees: request.employees,
            fictional: request.fictional,
        };
        let (mut key, mut nonce) = ([0; 32], [0; 24]);
        self.surroundings.entropy.fill(&mut key)?;
        self.surroundings.entropy.fill(&mut nonce)?;
        // Only a new member gets this key; the catalogue keeps the first one.
        let wrapped = MemberKey::new(key).wrap(&self.master_key, id.as_str(), nonce)?;
        self.store.put_member(&member, &wrapped.0).await?;
        self.note(actor, "member.add", Some(&id), id.as_str(), "done").await?;
        Ok(member)
    }

    /// The members; names of members are known within the cluster, their figures are not.
    pub async fn members(&self, actor: &Actor) -> Result<Vec<MemberLine>, AppError> {
        self.allowed(actor, actor.is_of_the_cluster(), "member.list", None)
            .await?;
        let mut lines = Vec::new();
        let directory = self.directory().await?;
        for member in &directory.members {
            let (mut member, visibility) = (member.clone(), directory.visibility(&member.id));
            if actor.may_read(&member.id, visibility).is_err() {
                member.employees = None;
            }
            lines.push(MemberLine { member, visibility });
        }
        Ok(lines)
    }

    /// Adds or changes a site.
    pub async fn put_site(&self, actor: &Actor, request: &SiteRequest) -> Result<Site, AppError> {
        let right = actor.may_administer().or_else(|denied| {
            if actor.administers(&request.member) {
                Ok(())
            } else {
                Err(denied)
            }
        });
        self.allowed(actor, right, "site.add", Some(&request.member)).await?;
        self.member(&request.member).await?;
        if let Some(other) = self.store.sites().await?.iter().find(|site| site.id == request.id)
            && other.member != request.member
        {
            return Err(AppError::input(
                format!("the site `{}` cannot be used", request.id),
                "choose another identifier",
            ));
        }
        let site = Site {
            id: request.id.clone(),
            member: request.member.clone(),
            name: request.name.clone(),
            sub_unit: request.sub_unit,
            coordinates: request.coordinates,
            municipality: request.municipality.clone(),
            in_boundary: request.in_boundary,
        };
        self.store.put_site(&site).await?;
        self.note(actor, "site.add", Some(&site.member), site.id.as_str(), "done")
            .await?;
        Ok(site)
    }

    /// The sites that the actor may see: where a member works is public knowledge within the cluster.
    pub async fn sites(&self, actor: &Actor) -> Result<Vec<Site>, AppError> {
        self.allowed(actor, actor.is_of_the_cluster(), "site.list", None)
            .await?;
        Ok(self.directory().await?.sites.clone())
    }

    /// States which share of a member's books belongs inside the boundary.
    pub async fn put_boundary_key(&self, actor: &Actor, request: &KeyRequest) -> Result<(), AppError> {
        self.allowed(actor, actor.may_administer(), "member.key", Some(&request.member))
            .await?;
        self.member(&request.member).await?;
        if request.share < Rate::ZERO || request.share > Rate::ONE {
            return Err(AppError::input(
                format!("the share {} is not between 0 and 1", request.share),
                "write 0.4 for 40 %",
            ));
        }
        if request.evidence.trim().is_empty() {
            return Err(AppError::input(
                "a boundary key needs its evidence",
                "name payroll, metered energy or revenue by site",
            ));
        }
        let key = BoundaryKey {
            member: request.member.clone(),
            valid_from: request.valid_from,
            share: request.share,
            evidence: request.evidence.clone(),
        };
        self.store.put_boundary_key(&key).await?;
        self.note(
            actor,
            "member.key",
            Some(&request.member),
            &request.share.to_string(),
            "done",
        )
        .await
    }

    /// Chooses who may see a member's named figures; the member's own choice.
    pub async fn set_visibility(
        &self,
        actor: &Actor,
        member: &MemberId,
        visibility: Visibility,
    ) -> Result<(), AppError> {
        let right = if actor.administers(member) {
            Ok(())
        } else {
            actor.may_operate()
        };
        self.allowed(actor, right, "member.visibility", Some(member)).await?;
        self.member(member).await?;
        let text = visibility_name(visibility);
        self.store.put_visibility(member, text).await?;
        self.note(actor, "member.visibility", Some(member), text, "done").await
    }

    /// Destroys a member's key and removes its files and rows. What stays in the journal are hashes and counts.
    pub async fn erase(&self, actor: &Actor, member: &MemberId, confirm: &str) -> Result<Erased, AppError> {
        let right = if actor.administers(member) {
            Ok(())
        } else {
            actor.may_operate()
        };
        self.allowed(actor, right, "member.erase", Some(member)).await?;
        let content = self.member(member).await?;
        if content.name != confirm {
            return Err(AppError::input(
                "the name does not match",
                "repeat the member's name exactly with `--confirm`",
            ));
        }
        let files: Vec<String> = self.files_of(member).await?;
        let segments: Vec<_> = self
            .store
            .segments()
            .await?
            .into_iter()
            .filter(|segment| segment.member == *member)
            .collect();
        loop {
            let head = self.store.head().await?;
            let change = Change {
                at_ms: self.now_ms(),
                audit: self.audit_row(actor, "member.erase", None, "", "done"),
                operation: Operation::Erase {
                    member: member.clone(),
                    remains: String::new(),
                },
            };
            match self.store.commit(&change, &head, &*self.surroundings.steps).await {
                Ok(_) => break,
                Err(CommitError::HeadMoved) => {}
                Err(error) => return Err(commit_error(error)),
            }
        }
        self.forget_networks().await?;
        // From here on the content cannot be read; removing its bytes only frees the disk, and `doctor` can repeat it.
        for address in &files {
            self.vault.remove(address)?;
        }
        for segment in &segments {
            let path = self.ledger.folder().join(&segment.file_name);
            fs::remove_file(&path)
                .or_else(absent_is_fine)
                .map_err(AppError::io(path.display().to_string()))?;
        }
        Ok(Erased {
            member: member.clone(),
            files: files.len(),
            segments: segments.len(),
        })
    }

    /// A member that has not been erased.
    pub(crate) async fn member(&self, id: &MemberId) -> Result<Member, AppError> {
        let directory = self.directory().await?;
        directory.member(id).cloned().ok_or_else(|| no_member(id))
    }

    pub(crate) async fn visibility(&self, member: &MemberId) -> Result<Visibility, AppError> {
        Ok(self.directory().await?.visibility(member))
    }

    /// The key that opens a member's files.
    pub(crate) async fn member_key(&self, member: &MemberId) -> Result<MemberKey, AppError> {
        let wrapped = self.store.wrapped_key(member).await?;
        let wrapped = wrapped.ok_or_else(|| AppError::NotFound {
            what: "member",
            id: member.to_string(),
        })?;
        Ok(MemberKey::unwrap(
            &self.master_key,
            member.as_str(),
            &WrappedKey(wrapped),
        )?)
    }

    async fn files_of(&self, member: &MemberId) -> Result<Vec<String>, AppError> {
        let files = self.store.files().await?;
        Ok(files
            .into_iter()
            .filter(|file| file.member == *member)
            .map(|file| file.vault_address)
            .collect())
    }
}

pub(crate) fn no_member(id: &MemberId) -> AppError {
    AppError::NotFound {
        what: "member",
        id: id.to_string(),
    }
}

fn absent_is_fine(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound {
        Ok(())
    } else {
        Err(error)
    }
}

pub(crate) fn commit_error(error: CommitError) -> AppError {
    match error {
        CommitError::Store(error) => error.into(),
        CommitError::HeadMoved => AppError::Damaged("the ledger moved on too often; try again".into()),
        CommitError::AlreadyThere(batch) => {
            AppError::input(format!("this is already in as batch `{batch}`"), "nothing to do")
        }
        CommitError::NotVisible(batch) => AppError::NotFound {
            what: "visible batch",
            id: batch.to_string(),
        },
    }
}

/// The stable name of a visibility.
pub(crate) const fn visibility_name(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Own => "own",
        Visibility::Facilitator => "facilitator",
        Visibility::AnonymisedBand => "anonymised_band",
        Visibility::NamedPartners => "named_partners",
        Visibility::Cluster => "cluster",
        Visibility::Public => "public",
    }
}

pub(crate) fn visibility_of(text: &str) -> Option<Visibility> {
    [
        Visibility::Own,
        Visibility::Facilitator,
        Visibility::AnonymisedBand,
        Visibility::NamedPartners,
        Visibility::Cluster,
        Visibility::Public,
    ]
    .into_iter()
    .find(|visibility| visibility_name(*visibility) == text)
}
