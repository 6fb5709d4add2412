//! One-time codes as a second proof, for whoever turns them on.
//!
//! The secret is derived from the master key and a salt, so that the catalogue alone gives no codes. A code is used
//! once; recovery codes are stored hashed and each is used once.

use greenheart_identity::totp;
use greenheart_store::PendingRow;
use serde::{Deserialize, Serialize};

use crate::accounts::{LoggedIn, capacity_of, digest, member_of};
use crate::{Actor, App, AppError};

/// Bytes of a secret (RFC 4226 recommends 160 bits).
const SECRET_BYTES: usize = 20;
/// Recovery codes that are made, and their random bytes.
const RECOVERY_CODES: usize = 10;
const RECOVERY_BYTES: usize = 10;
/// How long a login may wait for its code.
const WAIT_MS: i64 = 5 * 60_000;
/// Kind of a login that waits for a code.
const KIND: &str = "code";

/// How an account stands with one-time codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodesState {
    /// A login asks for a code.
    pub on: bool,
    /// Recovery codes that are left.
    pub recovery_left: i64,
}

/// What an authenticator needs, shown until the first code was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCodes {
    /// The secret, to be typed.
    pub secret: String,
    /// The same for a picture.
    pub uri: String,
}

/// What the password, or another provider, led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// A session.
    Session(LoggedIn),
    /// A code is still asked for, with this secret of the login that waits.
    Code(LoggedIn),
}

impl App {
    /// Whether a login of the own account asks for a code.
    pub async fn codes_state(&self, actor: &Actor) -> Result<CodesState, AppError> {
        let row = self.store.codes(&actor.name).await?;
        Ok(CodesState {
            on: row.is_some_and(|row| row.confirmed_at_ms.is_some()),
            recovery_left: self.store.recovery_left(&actor.name).await?,
        })
    }

    /// Begins to turn codes on for the own account; nothing asks for one until the first was given.
    pub async fn begin_codes(&self, actor: &Actor) -> Result<NewCodes, AppError> {
        self.own_account(actor, "account.codes").await?;
        self.store.begin_codes(&actor.name, &self.secret()?[..32]).await?;
        self.new_codes(actor)
            .await?
            .ok_or_else(|| AppError::input("codes are turned on already", "turn them off first"))
    }

    /// What was begun and waits for its first code.
    pub async fn new_codes(&self, actor: &Actor) -> Result<Option<NewCodes>, AppError> {
        let Some(row) = self
            .store
            .codes(&actor.name)
            .await?
            .filter(|row| row.confirmed_at_ms.is_none())
        else {
            return Ok(None);
        };
        let secret = self.code_secret(&row.salt);
        let issuer = self.settings().await?.name;
        let issuer = if issuer.is_empty() { "GreenHeart" } else { &issuer };
        Ok(Some(NewCodes {
            secret: totp::spelled(&secret),
            uri: totp::uri(issuer, &actor.name, &secret),
        }))
    }

    /// Turns codes on with the first one, and gives the recovery codes: they are shown once.
    pub async fn confirm_codes(&self, actor: &Actor, typed: &str) -> Result<Vec<String>, AppError> {
        self.own_account(actor, "account.codes").await?;
        self.count_attempt(&actor.name)?;
        let row = self
            .store
            .codes(&actor.name)
            .await?
            .filter(|row| row.confirmed_at_ms.is_none());
        let row = row.ok_or_else(wrong_code)?;
        let step = totp::matching_step(&self.code_secret(&row.salt), typed, self.now_ms()).ok_or_else(wrong_code)?;
        self.attempts.succeeded(&counted(&actor.name));
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            let mut random = [0; RECOVERY_BYTES];
            self.surroundings.entropy.fill(&mut random)?;
            codes.push(totp::recovery(&random));
        }
        let hashes: Vec<String> = codes.iter().map(|code| recovery_digest(&actor.name, code)).collect();
        self.store
            .confirm_codes(&actor.name, step, self.now_ms(), &hashes)
            .await?;
        self.note(actor, "account.codes", actor.member(), &actor.name, "done")
            .await?;
        Ok(codes)
    }

    /// Turns codes off for the own account, with a code or a recovery code: a session left open is not enough.
    pub async fn turn_off_codes(&self, actor: &Actor, typed: &str) -> Result<(), AppError> {
        self.own_account(actor, "account.codes_off").await?;
        self.use_code(&actor.name, typed).await?;
        self.store.drop_codes(&actor.name).await?;
        self.note(actor, "account.codes_off", actor.member(), &actor.name, "done")
            .await
    }

    /// Turns codes off for somebody who has lost telephone and recovery codes: for those who may invite the account.
    pub async fn reset_codes(&self, actor: &Actor, name: &str) -> Result<(), AppError> {
        let capacity = self.account_for(actor, name, "account.codes_off").await?;
        self.store.drop_codes(name).await?;
        self.note(actor, "account.codes_off", member_of(&capacity), name, "done")
            .await
    }

    /// Begins a session, or asks for a code first.
    pub(crate) async fn admit(&self, name: &str) -> Result<Admission, AppError> {
        let row = self.store.codes(name).await?;
        if row.is_none_or(|row| row.confirmed_at_ms.is_none()) {
            return Ok(Admission::Session(self.begin_session(name).await?));
        }
        let (secret, now) = (self.secret()?, self.now_ms());
        let pending = PendingRow {
            kind: KIND.into(),
            content: name.to_owned(),
            until_ms: now + WAIT_MS,
        };
        self.store
            .begin_login(&digest("pending", &secret), &pending, now)
            .await?;
        Ok(Admission::Code(LoggedIn {
            token: secret,
            seconds: WAIT_MS / 1_000,
        }))
    }

    /// Ends a login that waited for its code with a session.
    pub async fn log_in_with_code(&self, pending: &str, typed: &str) -> Result<LoggedIn, AppError> {
        let id = digest("pending", pending);
        let begun = self.store.begun_login(&id, self.now_ms()).await?;
        let Some(begun) = begun.filter(|begun| begun.kind == KIND) else {
            return Err(AppError::NotFound {
                what: "login",
                id: String::new(),
            });
        };
        let account = self.store.account(&begun.content).await?;
        let account = account.filter(|account| account.disabled == 0).ok_or_else(wrong_code)?;
        let actor = Actor {
            capacity: capacity_of(&account)?,
            name: account.name,
        };
        if let Err(error) = self.use_code(&actor.name, typed).await {
            self.note(&actor, "login", actor.member(), "code", "denied").await?;
            return Err(error);
        }
        // Of two that come at once, one gets the session.
        if !self.store.end_login(&id).await? {
            return Err(wrong_code());
        }
        self.begin_session(&actor.name).await
    }

    /// Uses up a code or a recovery code.
    async fn use_code(&self, name: &str, typed: &str) -> Result<(), AppError> {
        self.count_attempt(name)?;
        let row = self
            .store
            .codes(name)
            .await?
            .filter(|row| row.confirmed_at_ms.is_some());
        let row = row.ok_or_else(wrong_code)?;
        let used = match totp::matching_step(&self.code_secret(&row.salt), typed, self.now_ms()) {
            Some(step) => self.store.use_step(name, step).await?,
            None => self.store.use_recovery(name, &recovery_digest(name, typed)).await?,
        };
        if !used {
            return Err(wrong_code());
        }
        self.attempts.succeeded(&counted(name));
        Ok(())
    }

    fn count_attempt(&self, name: &str) -> Result<(), AppError> {
        if self.attempts.begin(&counted(name), self.now_ms()) {
            Ok(())
        } else {
            Err(AppError::TooOften)
        }
    }

    fn code_secret(&self, salt: &str) -> [u8; SECRET_BYTES] {
        let mut material = self.master_key.to_vec();
        material.extend_from_slice(salt.as_bytes());
        let derived = blake3::derive_key("greenheart 2026 one-time codes", &material);
        let mut secret = [0; SECRET_BYTES];
        secret.copy_from_slice(&derived[..SECRET_BYTES]);
        secret
    }
}

/// Attempts at codes are counted apart from those at passwords; no account has such a name.
fn counted(name: &str) -> String {
    format!("code:{name}")
}

fn recovery_digest(name: &str, typed: &str) -> String {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    digest("recovery", &format!("{name}:{}", plain.to_ascii_lowercase()))
}

fn wrong_code() -> AppError {
    AppError::input(
        "the code is wrong or was used already",
        "wait for the next one, or take a recovery code",
    )
}
