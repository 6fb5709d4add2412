//! Accounts of people: invited by link, a password of their own choice, sessions that end.
//!
//! Tokens are random and stored hashed; passwords are stored as argon2id. Whether a name exists is never said.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use greenheart_model::MemberId;
use greenheart_store::AccountRow;
use serde::{Deserialize, Serialize};

use crate::{Actor, Admission, App, AppError, Capacity};

/// How long a session lasts: one working day.
const SESSION_MS: i64 = 12 * 3_600_000;
/// How long an invitation holds: two weeks.
const INVITATION_MS: i64 = 14 * 24 * 3_600_000;
/// Failed attempts on one name before it has to wait.
const ATTEMPTS: u32 = 8;
/// For how long it waits, and after how long attempts are forgotten.
const PAUSE_MS: i64 = 10 * 60_000;
/// Names whose attempts are counted at the same time.
const NAMES_COUNTED: usize = 10_000;
/// Shortest and longest password; the upper bound keeps hashing cheap.
const PASSWORD_LENGTHS: std::ops::RangeInclusive<usize> = 12..=256;
/// What is verified for a name that does not exist, so that it takes as long as for one that does.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$6gFfXbWL0v8zXg1Tg3l3cA2ksR5n4v0Y2Qe8k3mC1bE";

/// An account as shown to those who administer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLine {
    /// Its name.
    pub name: String,
    /// In which capacity it acts.
    pub capacity: Capacity,
    /// Somebody has chosen a password.
    pub active: bool,
    /// It may not log in.
    pub disabled: bool,
    /// Its login asks for a code.
    #[serde(default)]
    pub codes: bool,
}

/// A person who has logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    /// The secret of the session, for a cookie; stored hashed only.
    pub token: String,
    /// For how long it lasts, in seconds.
    pub seconds: i64,
}

/// Failed attempts by name, kept in memory: a restart forgives.
#[derive(Default)]
pub(crate) struct Attempts {
    by_name: Mutex<BTreeMap<String, (u32, i64)>>,
}

impl Attempts {
    /// Counts an attempt before it is made; `false` when the name has to wait.
    pub(crate) fn begin(&self, name: &str, now_ms: i64) -> bool {
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        by_name.retain(|_, (_, since)| *since + PAUSE_MS > now_ms);
        if by_name.len() >= NAMES_COUNTED && !by_name.contains_key(name) {
            return false;
        }
        let (count, _) = by_name.entry(name.to_owned()).or_insert((0, now_ms));
        *count += 1;
        *count <= ATTEMPTS
    }

    pub(crate) fn succeeded(&self, name: &str) {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

impl App {
    /// A new secret: 32 random bytes in hexadecimal.
    pub fn secret(&self) -> Result<String, AppError> {
        let mut bytes = [0; 32];
        self.surroundings.entropy.fill(&mut bytes)?;
        Ok(hex::encode(bytes))
    }

    /// Makes an account, and gives the secret of its invitation.
    ///
    /// The facilitator invites anyone but operators; a member's administrator invites for that member.
    pub async fn create_account(&self, actor: &Actor, name: &str, capacity: &Capacity) -> Result<String, AppError> {
        let member = member_of(capacity);
        self.may_invite(actor, capacity, "account.add").await?;
        let fits = (2..=64).contains(&name.chars().count())
            && name.chars().all(|c| c.is_alphanumeric() || ".-_@+".contains(c));
        if !fits {
            return Err(AppError::input(
                format!("`{name}` cannot be the name of an account"),
                "use 2 to 64 letters, digits and . - _ @ +",
            ));
        }
        if let Some(member) = member {
            self.member(member).await?;
        }
        let secret = self.secret()?;
        let row = AccountRow {
            name: name.to_owned(),
            capacity: capacity.to_string(),
            member: member.map(MemberId::to_string),
            password_hash: None,
            invitation_hash: Some(digest("invitation", &secret)),
            invited_until_ms: Some(self.now_ms() + INVITATION_MS),
            disabled: 0,
            created_at_ms: self.now_ms(),
        };
        if !self.store.add_account(&row).await? {
            return Err(AppError::input(
                format!("the name `{name}` is taken"),
                "choose another one",
            ));
        }
        self.note(actor, "account.add", member, name, "done").await?;
        Ok(secret)
    }

    /// Invites somebody again: the old password holds until a new one is chosen.
    pub async fn invite_again(&self, actor: &Actor, name: &str) -> Result<String, AppError> {
        let capacity = self.account_for(actor, name, "account.invite").await?;
        let secret = self.secret()?;
        self.store
            .invite(name, &digest("invitation", &secret), self.now_ms() + INVITATION_MS)
            .await?;
        self.note(actor, "account.invite", member_of(&capacity), name, "done")
            .await?;
        Ok(secret)
    }

    /// Lets an account log in, or not.
    pub async fn set_account_disabled(&self, actor: &Actor, name: &str, disabled: bool) -> Result<(), AppError> {
        if actor.name == name {
            return Err(AppError::input(
                "nobody disables the own account",
                "ask another administrator",
            ));
        }
        let capacity = self.account_for(actor, name, "account.disable").await?;
        self.store.set_disabled(name, disabled).await?;
        let verb = if disabled { "account.disable" } else { "account.enable" };
        self.note(actor, verb, member_of(&capacity), name, "done").await
    }

    /// The accounts that the actor administers.
    pub async fn accounts(&self, actor: &Actor) -> Result<Vec<AccountLine>, AppError> {
        let own = match &actor.capacity {
            Capacity::MemberAdmin(own) => Some(own.clone()),
            _ => {
                self.allowed(actor, actor.may_administer(), "account.list", None)
                    .await?;
                None
            }
        };
        let mut lines = Vec::new();
        for row in self.store.accounts().await? {
            if own.is_none() || row.member.as_deref() == own.as_ref().map(MemberId::as_str) {
                let codes = self.store.codes(&row.name).await?;
                lines.push(AccountLine {
                    capacity: capacity_of(&row)?,
                    codes: codes.is_some_and(|codes| codes.confirmed_at_ms.is_some()),
                    active: row.password_hash.is_some(),
                    disabled: row.disabled != 0,
                    name: row.name,
                });
            }
        }
        Ok(lines)
    }

    /// The name that an invitation is for, while it holds.
    pub async fn invitation(&self, secret: &str) -> Result<String, AppError> {
        let row = self.store.invited(&digest("invitation", secret)).await?;
        row.filter(|row| row.disabled == 0 && row.invited_until_ms.is_some_and(|until| until > self.now_ms()))
            .map(|row| row.name)
            .ok_or_else(|| {
                AppError::input(
                    "this invitation does not hold, or holds no longer",
                    "ask whoever invited you for a new one",
                )
            })
    }

    /// Chooses a password with an invitation.
    pub async fn accept_invitation(&self, secret: &str, password: &str) -> Result<String, AppError> {
        let name = self.invitation(secret).await?;
        self.put_password(&name, password).await?;
        Ok(name)
    }

    /// Changes the own password; every session ends.
    pub async fn change_password(&self, actor: &Actor, old: &str, new: &str) -> Result<(), AppError> {
        self.check_password(&actor.name, old).await?;
        self.put_password(&actor.name, new).await
    }

    /// Sets a password without asking for the old one: for whoever has the disk.
    pub async fn reset_password(&self, actor: &Actor, name: &str, password: &str) -> Result<(), AppError> {
        self.allowed(actor, actor.may_operate(), "account.reset", None).await?;
        self.put_password(name, password).await
    }

    /// Sets a password unless it is this one already, so that nobody is logged out for nothing. Whether it had to.
    pub async fn renew_password(&self, actor: &Actor, name: &str, password: &str) -> Result<bool, AppError> {
        self.allowed(actor, actor.may_operate(), "account.reset", None).await?;
        let hash = self
            .store
            .account(name)
            .await?
            .and_then(|account| account.password_hash);
        if let Some(hash) = hash {
            let password = password.to_owned();
            let holds = tokio::task::spawn_blocking(move || verify(&password, &hash)).await;
            if holds.map_err(|error| AppError::Damaged(error.to_string()))? {
                return Ok(false);
            }
        }
        self.put_password(name, password).await.map(|()| true)
    }

    /// Checks a password, then begins a session or asks for a code. A wrong name and a wrong password are told in the
    /// same words after the same time.
    pub async fn log_in(&self, name: &str, password: &str) -> Result<Admission, AppError> {
        self.check_password(name, password).await?;
        self.admit(name).await
    }

    /// Begins a session of an account that has proved to be itself.
    pub(crate) async fn begin_session(&self, name: &str) -> Result<LoggedIn, AppError> {
        let account = self.store.account(name).await?.filter(|account| account.disabled == 0);
        let account = account.ok_or_else(|| AppError::NotFound {
            what: "account",
            id: name.to_owned(),
        })?;
        let (token, now) = (self.secret()?, self.now_ms());
        self.store
            .add_session(&digest("session", &token), name, now + SESSION_MS, now)
            .await?;
        let actor = Actor {
            name: name.to_owned(),
            capacity: capacity_of(&account)?,
        };
        self.note(&actor, "login", actor.member(), "", "done").await?;
        Ok(LoggedIn {
            token,
            seconds: SESSION_MS / 1_000,
        })
    }

    /// The account that the actor is logged in as.
    pub(crate) async fn own_account(&self, actor: &Actor, verb: &str) -> Result<AccountRow, AppError> {
        let same = |account: &AccountRow| account.disabled == 0 && account.capacity == actor.capacity.to_string();
        let account = self.store.account(&actor.name).await?.filter(same);
        if account.is_none() {
            // An operator without an account has the disk, but nothing of its own to change.
            self.allowed(actor, actor.may_operate(), verb, actor.member()).await?;
        }
        account.ok_or_else(|| AppError::input("this belongs to an account", "log in as the account that it is for"))
    }

    /// Ends a session.
    pub async fn log_out(&self, token: &str) -> Result<(), AppError> {
        Ok(self.store.end_session(&digest("session", token)).await?)
    }

    /// Who has this session, while it lasts.
    pub async fn session(&self, token: &str) -> Result<Option<Actor>, AppError> {
        let row = self.store.session(&digest("session", token), self.now_ms()).await?;
        row.map(|row| {
            Ok(Actor {
                capacity: capacity_of(&row)?,
                name: row.name,
            })
        })
        .transpose()
    }

    /// What a form must carry so that it came from a page of this session.
    pub fn form_token(&self, token: &str) -> String {
        digest("form", token)
    }

    async fn may_invite(&self, actor: &Actor, capacity: &Capacity, verb: &str) -> Result<(), AppError> {
        let member = member_of(capacity);
        let right = match (capacity, member) {
            (Capacity::Operator, _) => actor.may_operate(),
            (_, Some(member)) if actor.administers(member) => Ok(()),
            _ => actor.may_administer(),
        };
        self.allowed(actor, right, verb, member).await?;
        if *capacity == Capacity::Public {
            return Err(AppError::input("the public has no account", "choose another capacity"));
        }
        Ok(())
    }

    pub(crate) async fn account_for(&self, actor: &Actor, name: &str, verb: &str) -> Result<Capacity, AppError> {
        let hidden = || AppError::NotFound {
            what: "account",
            id: name.to_owned(),
        };
        let capacity = capacity_of(&self.store.account(name).await?.ok_or_else(hidden)?)?;
        self.may_invite(actor, &capacity, verb).await.map_err(|_| hidden())?;
        Ok(capacity)
    }

    async fn check_password(&self, name: &str, password: &str) -> Result<AccountRow, AppError> {
        let wrong = || {
            AppError::input(
                "the name or the password is wrong",
                "try again, or ask for a new invitation",
            )
        };
        if !self.attempts.begin(name, self.now_ms()) {
            return Err(AppError::TooOften);
        }
        let account = self.store.account(name).await?;
        let hash = account.as_ref().and_then(|account| account.password_hash.clone());
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODYS_HASH.to_owned());
        let password = password.to_owned();
        let holds = tokio::task::spawn_blocking(move || verify(&password, &hash))
            .await
            .map_err(|error| AppError::Damaged(error.to_string()))?;
        match account {
            Some(account) if holds && known && account.disabled == 0 => {
                self.attempts.succeeded(name);
                Ok(account)
            }
            _ => {
                let nobody = Actor {
                    name: "?".into(),
                    capacity: Capacity::Public,
                };
                self.note(&nobody, "login", None, "", "denied").await?;
                Err(wrong())
            }
        }
    }

    async fn put_password(&self, name: &str, password: &str) -> Result<(), AppError> {
        if !PASSWORD_LENGTHS.contains(&password.chars().count()) {
            return Err(AppError::input(
                "a password has 12 to 256 characters",
                "a few words that belong to nobody else are easy to remember",
            ));
        }
        let mut salt = [0; 16];
        self.surroundings.entropy.fill(&mut salt)?;
        let password = password.to_owned();
        let hash = tokio::task::spawn_blocking(move || hash(&password, &salt))
            .await
            .map_err(|error| AppError::Damaged(error.to_string()))??;
        self.store.set_password(name, &hash).await?;
        let actor = Actor {
            name: name.to_owned(),
            capacity: Capacity::Public,
        };
        self.note(&actor, "account.password", None, name, "done").await
    }
}

pub(crate) fn member_of(capacity: &Capacity) -> Option<&MemberId> {
    match capacity {
        Capacity::MemberAdmin(member) | Capacity::Contributor(member) => Some(member),
        _ => None,
    }
}

pub(crate) fn capacity_of(row: &AccountRow) -> Result<Capacity, AppError> {
    row.capacity.parse().map_err(AppError::Damaged)
}

/// Hash of a secret that is random itself, so that it needs no slow function; one context for each use.
pub(crate) fn digest(context: &str, secret: &str) -> String {
    let context = match context {
        "session" => "greenheart 2026 session token",
        "api" => "greenheart 2026 api token",
        "invitation" => "greenheart 2026 invitation",
        "pending" => "greenheart 2026 begun login",
        "recovery" => "greenheart 2026 recovery code",
        "visit" => "greenheart 2026 visit",
        _ => "greenheart 2026 form token",
    };
    hex::encode(blake3::derive_key(context, secret.as_bytes()))
}

fn hash(password: &str, salt: &[u8]) -> Result<String, AppError> {
    let failed = |error: argon2::password_hash::Error| AppError::Damaged(format!("hashing a password: {error}"));
    let salt = SaltString::encode_b64(salt).map_err(failed)?;
    Ok(Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .map_err(failed)?
        .to_string())
}

fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hashed_with_their_salt() {
        let (one, two) = (
            hash("correct horse", &[1; 16]).unwrap(),
            hash("correct horse", &[2; 16]).unwrap(),
        );
        assert!(one.starts_with("$argon2id$") && one != two);
        assert!(verify("correct horse", &one) && verify("correct horse", &two));
        assert!(!verify("correct hors", &one));
    }

    #[test]
    fn nobodys_hash_costs_as_much_as_anybodys() {
        let real = hash("correct horse", &[1; 16]).unwrap();
        let costs = |text: &str| PasswordHash::new(text).unwrap().params.to_string();
        assert_eq!(costs(NOBODYS_HASH), costs(&real));
        assert!(!verify("", NOBODYS_HASH));
    }

    #[test]
    fn attempts_are_counted_by_name_and_forgotten() {
        let attempts = Attempts::default();
        for _ in 0..ATTEMPTS {
            assert!(attempts.begin("kari", 0));
        }
        assert!(!attempts.begin("kari", 1));
        assert!(attempts.begin("ola", 1));
        assert!(attempts.begin("kari", PAUSE_MS + 1));
        attempts.succeeded("kari");
        assert!(attempts.begin("kari", PAUSE_MS + 2));
    }
}
