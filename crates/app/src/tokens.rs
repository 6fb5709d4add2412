//! Tokens with which programs act for an account: named, for something, until a day, taken back one by one.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use greenheart_store::TokenRow;
use serde::{Deserialize, Serialize};

use crate::accounts::{capacity_of, digest};
use crate::{Actor, App, AppError};

/// How long a token may hold.
const DAYS: std::ops::RangeInclusive<i64> = 1..=365;
const DAY_MS: i64 = 24 * 3_600_000;
/// Tokens of an account at a time.
const MOST: usize = 50;
/// A secret begins so, so that it is recognised where it should not lie.
const BEGINS: &str = "gh_";

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Reading what the account may read.
    Read,
    /// Handing in files for the account's member.
    Import,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 2] = [Self::Read, Self::Import];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Import => "import",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scope {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|scope| scope.name() == text);
        found.ok_or_else(|| format!("`{text}` is no scope; use {}", Self::ALL.map(Self::name).join(" or ")))
    }
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenLine {
    /// Identifier, to take it back.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What it is for.
    pub scopes: BTreeSet<Scope>,
    /// When it was made, in ms.
    pub created_at_ms: i64,
    /// Until when it holds, in ms.
    pub until_ms: i64,
    /// Whether its time is over.
    pub ended: bool,
    /// When it was last used, to about a minute; `None` is never.
    pub used_at_ms: Option<i64>,
}

/// What to make a token of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// What to call it.
    pub name: String,
    /// What it is for.
    pub scopes: BTreeSet<Scope>,
    /// For how many days.
    pub days: i64,
}

/// Whoever a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The account.
    pub actor: Actor,
    /// What the token is for.
    pub scopes: BTreeSet<Scope>,
}

impl App {
    /// Makes a token for the own account, and gives its secret: it is shown once. It begins no session of a page, and
    /// ends with its day, when the password changes and when the account is disabled.
    pub async fn create_api_token(&self, actor: &Actor, request: &TokenRequest) -> Result<String, AppError> {
        self.own_account(actor, "account.token").await?;
        let name = request.name.trim();
        if name.is_empty() || name.chars().count() > 64 {
            return Err(AppError::input(
                "a token needs a name of at most 64 characters",
                "name the program that uses it",
            ));
        }
        if request.scopes.is_empty() || !DAYS.contains(&request.days) {
            return Err(AppError::input(
                "a token is for something, and for 1 to 365 days",
                "choose at least one scope and a number of days",
            ));
        }
        if request.scopes.contains(&Scope::Import) && actor.member().is_none() {
            return Err(AppError::input(
                "only those who work for a member hand in files",
                "choose reading",
            ));
        }
        if self.store.tokens(&actor.name).await?.len() >= MOST {
            return Err(AppError::input(
                format!("there are {MOST} tokens already"),
                "take back those that nobody uses",
            ));
        }
        let (secret, now) = (format!("{BEGINS}{}", self.secret()?), self.now_ms());
        let scopes: Vec<&str> = request.scopes.iter().map(|scope| scope.name()).collect();
        let row = TokenRow {
            id: self.secret()?[..16].to_owned(),
            account: actor.name.clone(),
            name: name.to_owned(),
            token_hash: digest("api", &secret),
            scopes: scopes.join(" "),
            created_at_ms: now,
            until_ms: now + request.days * DAY_MS,
            used_at_ms: None,
        };
        self.store.add_token(&row).await?;
        self.note(actor, "account.token", actor.member(), &row.id, "done")
            .await?;
        Ok(secret)
    }

    /// Tokens of the own account, the newest first.
    pub async fn api_tokens(&self, actor: &Actor) -> Result<Vec<TokenLine>, AppError> {
        let now = self.now_ms();
        let rows = self.store.tokens(&actor.name).await?.into_iter();
        Ok(rows
            .map(|row| TokenLine {
                scopes: scopes_of(&row),
                ended: row.until_ms <= now,
                id: row.id,
                name: row.name,
                created_at_ms: row.created_at_ms,
                until_ms: row.until_ms,
                used_at_ms: row.used_at_ms,
            })
            .collect())
    }

    /// Takes back a token of the own account.
    pub async fn revoke_api_token(&self, actor: &Actor, id: &str) -> Result<(), AppError> {
        self.own_account(actor, "account.token_end").await?;
        if !self.store.drop_token(&actor.name, id).await? {
            return Err(AppError::NotFound {
                what: "token",
                id: id.to_owned(),
            });
        }
        self.note(actor, "account.token_end", actor.member(), id, "done").await
    }

    /// Whom this token stands for, while it holds.
    pub async fn api_token(&self, secret: &str) -> Result<Option<Bearer>, AppError> {
        let now = self.now_ms();
        let Some(row) = self.store.token(&digest("api", secret), now).await? else {
            return Ok(None);
        };
        let Some(account) = self
            .store
            .account(&row.account)
            .await?
            .filter(|account| account.disabled == 0)
        else {
            return Ok(None);
        };
        self.store.token_used(&row.id, now).await?;
        Ok(Some(Bearer {
            scopes: scopes_of(&row),
            actor: Actor {
                capacity: capacity_of(&account)?,
                name: account.name,
            },
        }))
    }
}

fn scopes_of(row: &TokenRow) -> BTreeSet<Scope> {
    row.scopes.split(' ').filter_map(|scope| scope.parse().ok()).collect()
}
