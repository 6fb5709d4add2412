//! Logging in by another provider (OpenID Connect).
//!
//! Nobody gets an account this way: the provider vouches for a person who was invited. An identity is tied to an account
//! once, by an open invitation whose name is the verified e-mail address, or by somebody who is logged in; from then on
//! it is recognised by issuer and subject, whatever the address becomes.

use std::sync::Arc;

use greenheart_identity::oidc::{Claims, Metadata, Provider, ProviderError, Secrets};
use greenheart_identity::{Http, KeySet, TokenError};
use greenheart_store::{AccountRow, PendingRow};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::accounts::{capacity_of, digest};
use crate::{Actor, Admission, App, AppError, Capacity};

/// How long somebody may be away at the provider.
const WAIT_MS: i64 = 10 * 60_000;
/// Kind of a login that waits for its provider.
const KIND: &str = "provider";
/// How long what the provider publishes is believed.
const BELIEVED_MS: i64 = 3_600_000;
/// A key that is not known makes us ask again, but not more often than this.
const ASK_AGAIN_MS: i64 = 60_000;
/// Path that people come back to.
pub const PROVIDER_BACK: &str = "/login/provider/back";

/// The provider of an installation; without an issuer there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OidcConfig {
    /// Its identifier, such as `https://login.example.no/realms/industry`.
    pub issuer: String,
    /// What people know it as, for the button.
    pub name: String,
    /// What it calls this installation.
    #[serde(deserialize_with = "text")]
    pub client_id: String,
    /// What proves that it is this installation; empty for a public client. Better in the environment than in a file.
    #[serde(deserialize_with = "text")]
    pub client_secret: String,
    /// Address of this installation as people open it, such as `https://greenheart.example.no`.
    pub public_url: String,
    /// Certificates to trust beside the public roots, as a PEM file.
    pub ca_file: String,
}

/// Settings from the environment that look like a number are one.
fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Number(i64),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::Text(text) => text,
        Either::Number(number) => number.to_string(),
    })
}

/// A provider and what it last published.
pub(crate) struct Outside {
    provider: Provider,
    name: String,
    known: Mutex<Option<Known>>,
}

#[derive(Clone)]
struct Known {
    at_ms: i64,
    metadata: Metadata,
    keys: KeySet,
}

/// What is kept while somebody is away.
#[derive(Serialize, Deserialize)]
struct Away {
    /// Digest of the visit or session that went away: only the same browser comes back.
    visit: String,
    nonce: String,
    verifier: String,
    /// Where to go afterwards.
    to: String,
    /// The account to tie the identity to, when somebody logged in asked for it.
    link: Option<String>,
}

/// What a provider answers with.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ProviderAnswer {
    /// Comes back as it went.
    #[serde(default)]
    pub state: String,
    /// To be redeemed.
    #[serde(default)]
    pub code: String,
    /// Why there is none.
    pub error: Option<String>,
    /// Who answers.
    pub iss: Option<String>,
}

/// Who came back, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameBack {
    /// A session or a code; `None` when an identity was tied to the account of a session.
    pub admission: Option<Admission>,
    /// Where to go.
    pub to: String,
}

impl Outside {
    /// The provider of the configuration.
    ///
    /// # Errors
    /// When the configuration lacks something or its certificates cannot be read.
    pub(crate) fn of(config: &OidcConfig) -> Result<Option<Self>, AppError> {
        if config.issuer.is_empty() {
            return Ok(None);
        }
        if config.client_id.is_empty() || config.public_url.is_empty() {
            return Err(AppError::input(
                "`oidc.issuer` is set without `oidc.client_id` or `oidc.public_url`",
                "`docs/guide/people.md` lists what a provider needs",
            ));
        }
        let extra = if config.ca_file.is_empty() {
            None
        } else {
            Some(std::fs::read(&config.ca_file).map_err(AppError::io(format!("reading `{}`", config.ca_file)))?)
        };
        let http =
            Http::new(extra.as_deref()).map_err(|error| AppError::input(error.to_string(), "check `oidc.ca_file`"))?;
        Ok(Some(Self {
            provider: Provider {
                issuer: config.issuer.clone(),
                client_id: config.client_id.clone(),
                client_secret: Some(config.client_secret.clone()).filter(|secret| !secret.is_empty()),
                redirect: format!("{}{PROVIDER_BACK}", config.public_url.trim_end_matches('/')),
                http,
            },
            name: if config.name.is_empty() {
                config.issuer.clone()
            } else {
                config.name.clone()
            },
            known: Mutex::new(None),
        }))
    }

    /// What the provider publishes; asked for again when it is older than `oldest_ms`.
    async fn known(&self, now_ms: i64, oldest_ms: i64) -> Result<Known, ProviderError> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref().filter(|known| known.at_ms + oldest_ms > now_ms) {
            return Ok(known.clone());
        }
        let metadata = self.provider.discover().await?;
        let keys = self.provider.keys(&metadata).await?;
        let fresh = Known {
            at_ms: now_ms,
            metadata,
            keys,
        };
        *known = Some(fresh.clone());
        Ok(fresh)
    }

    async fn claims(&self, code: &str, away: &Away, now_ms: i64) -> Result<Claims, ProviderError> {
        let known = self.known(now_ms, BELIEVED_MS).await?;
        let token = self.provider.redeem(&known.metadata, code, &away.verifier).await?;
        match self.provider.open(&token, &known.keys, &away.nonce, now_ms) {
            // The provider may have changed its keys since.
            Err(TokenError::Key) => {
                let known = self.known(now_ms, ASK_AGAIN_MS).await?;
                Ok(self.provider.open(&token, &known.keys, &away.nonce, now_ms)?)
            }
            other => Ok(other?),
        }
    }
}

impl App {
    /// What people know the provider as, when there is one.
    pub fn provider(&self) -> Option<&str> {
        self.outside.as_deref().map(|outside| outside.name.as_str())
    }

    /// Whether the own account has an identity of the provider.
    pub async fn is_linked(&self, actor: &Actor) -> Result<bool, AppError> {
        match &self.outside {
            Some(outside) => Ok(self
                .store
                .issuers_of(&actor.name)
                .await?
                .contains(&outside.provider.issuer)),
            None => Ok(false),
        }
    }

    /// Where to go to be vouched for. `visit` is the secret of the browser that goes.
    pub async fn go_to_provider(&self, visit: &str, to: &str) -> Result<String, AppError> {
        self.send_to_provider(visit, to, None).await
    }

    /// Where to go to tie an identity to the own account.
    pub async fn link_provider(&self, actor: &Actor, visit: &str, to: &str) -> Result<String, AppError> {
        let account = self.own_account(actor, "account.link").await?;
        self.send_to_provider(visit, to, Some(account.name)).await
    }

    async fn send_to_provider(&self, visit: &str, to: &str, link: Option<String>) -> Result<String, AppError> {
        let outside = self.outside()?;
        let (state, nonce, verifier) = (self.secret()?, self.secret()?, self.secret()?);
        let now = self.now_ms();
        let known = outside.known(now, BELIEVED_MS).await.map_err(unreachable_provider)?;
        let secrets = Secrets {
            state: &state,
            nonce: &nonce,
            verifier: &verifier,
        };
        let address = outside
            .provider
            .address(&known.metadata, secrets)
            .map_err(unreachable_provider)?;
        let away = Away {
            visit: digest("visit", visit),
            nonce,
            verifier,
            to: to.to_owned(),
            link,
        };
        let content = serde_json::to_string(&away).map_err(|error| AppError::Damaged(error.to_string()))?;
        let pending = PendingRow {
            kind: KIND.into(),
            content,
            until_ms: now + WAIT_MS,
        };
        self.store
            .begin_login(&digest("pending", &state), &pending, now)
            .await?;
        Ok(address)
    }

    /// Takes somebody back from the provider: logs in whom it vouches for, or ties the identity to the account of
    /// whoever went.
    pub async fn back_from_provider(
        &self,
        actor: &Actor,
        visit: &str,
        answer: &ProviderAnswer,
    ) -> Result<CameBack, AppError> {
        let outside = self.outside()?;
        let id = digest("pending", &answer.state);
        let begun = self
            .store
            .begun_login(&id, self.now_ms())
            .await?
            .filter(|begun| begun.kind == KIND);
        let away: Away = match begun {
            Some(begun) => {
                serde_json::from_str(&begun.content).map_err(|error| AppError::Damaged(error.to_string()))?
            }
            None => return Err(not_vouched_for()),
        };
        let same_issuer = answer
            .iss
            .as_ref()
            .is_none_or(|issuer| *issuer == outside.provider.issuer);
        if away.visit != digest("visit", visit) || !same_issuer || !self.store.end_login(&id).await? {
            return Err(not_vouched_for());
        }
        if answer.error.is_some() || answer.code.is_empty() {
            return Err(not_vouched_for());
        }
        let claims = outside.claims(&answer.code, &away, self.now_ms()).await;
        let claims = claims.map_err(|error| match error {
            ProviderError::Token(_) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a token was refused");
                not_vouched_for()
            }
            error => unreachable_provider(error),
        })?;
        if let Some(name) = &away.link {
            self.link(outside, actor, name, &claims).await?;
            return Ok(CameBack {
                admission: None,
                to: away.to,
            });
        }
        let account = match self.recognised(outside, &claims).await? {
            Some(account) if account.disabled == 0 => account,
            _ => {
                let nobody = Actor {
                    name: "?".into(),
                    capacity: Capacity::Public,
                };
                self.note(&nobody, "login", None, "provider", "denied").await?;
                return Err(not_vouched_for());
            }
        };
        Ok(CameBack {
            admission: Some(self.admit(&account.name).await?),
            to: away.to,
        })
    }

    /// Unties the own account from the provider.
    pub async fn unlink_provider(&self, actor: &Actor) -> Result<(), AppError> {
        let account = self.own_account(actor, "account.unlink").await?;
        if account.password_hash.is_none() {
            return Err(AppError::input(
                "without a password there would be no way in",
                "ask for a new invitation and choose a password first",
            ));
        }
        let issuer = self.outside()?.provider.issuer.clone();
        self.store.unlink_identity(&actor.name, &issuer).await?;
        self.note(actor, "account.unlink", actor.member(), "", "done").await
    }

    async fn link(&self, outside: &Outside, actor: &Actor, name: &str, claims: &Claims) -> Result<(), AppError> {
        // Whoever comes back is still whoever went.
        if actor.name != name || actor.capacity == Capacity::Public {
            return Err(not_vouched_for());
        }
        let now = self.now_ms();
        let linked = self
            .store
            .link_identity(&outside.provider.issuer, &claims.sub, name, now)
            .await?;
        if !linked {
            return Err(AppError::input(
                "this identity belongs to an account already",
                "log in with it, or choose another one at the provider",
            ));
        }
        self.note(actor, "account.link", actor.member(), "", "done").await
    }

    /// The account of an identity; an open invitation to a verified address is taken up.
    async fn recognised(&self, outside: &Outside, claims: &Claims) -> Result<Option<AccountRow>, AppError> {
        let issuer = &outside.provider.issuer;
        if let Some(account) = self.store.identified(issuer, &claims.sub).await? {
            return Ok(Some(account));
        }
        let Some(email) = claims.verified_email() else {
            return Ok(None);
        };
        let now = self.now_ms();
        let invited = |account: &AccountRow| {
            account.name.to_lowercase() == email.to_lowercase()
                && account.disabled == 0
                && account.password_hash.is_none()
                && account.invitation_hash.is_some()
                && account.invited_until_ms.is_some_and(|until| until > now)
        };
        let Some(account) = self.store.accounts().await?.into_iter().find(invited) else {
            return Ok(None);
        };
        if !self
            .store
            .link_identity(issuer, &claims.sub, &account.name, now)
            .await?
        {
            return Ok(None);
        }
        let actor = Actor {
            capacity: capacity_of(&account)?,
            name: account.name.clone(),
        };
        self.note(&actor, "account.link", actor.member(), "", "done").await?;
        Ok(Some(account))
    }

    fn outside(&self) -> Result<&Arc<Outside>, AppError> {
        self.outside.as_ref().ok_or_else(|| AppError::NotFound {
            what: "provider",
            id: String::new(),
        })
    }
}

/// One sentence for every reason, so that nobody learns who has been invited.
fn not_vouched_for() -> AppError {
    AppError::input(
        "the provider does not vouch for anybody who was invited here",
        "try again, or ask whoever invited you",
    )
}

fn unreachable_provider(error: ProviderError) -> AppError {
    tracing::error!(error = &error as &dyn std::error::Error, "the provider cannot be used");
    AppError::input(
        "the provider cannot be reached just now",
        "try again, or log in with a password",
    )
}
