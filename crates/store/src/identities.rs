//! What else proves who somebody is: one-time codes, tokens of programs, identities of other providers, and logins that
//! have begun. Secrets come in as hashes or salts and are never read here.

use sqlx::FromRow;

use crate::{AccountRow, Store, StoreError, on_db, sql};

/// One-time codes of an account.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CodesRow {
    /// Whose.
    #[sqlx(rename = "account_name")]
    pub account: String,
    /// What the secret is derived with.
    pub salt: String,
    /// When the first code was given, in ms; `None` while it is being set up.
    pub confirmed_at_ms: Option<i64>,
    /// The last time step whose code was used.
    pub last_step: i64,
}

/// A token of a program.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct TokenRow {
    /// Identifier, no secret.
    pub id: String,
    /// Whose.
    #[sqlx(rename = "account_name")]
    pub account: String,
    /// What its owner calls it.
    pub name: String,
    /// Hash of the secret.
    pub token_hash: String,
    /// What it is for, apart by spaces.
    pub scopes: String,
    /// When it was made, in ms.
    pub created_at_ms: i64,
    /// Until when it holds, in ms.
    pub until_ms: i64,
    /// When it was last used, to about a minute.
    pub used_at_ms: Option<i64>,
}

/// A login that has begun.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PendingRow {
    /// What it waits for.
    pub kind: String,
    /// What was known when it began.
    pub content: String,
    /// Until when it may go on, in ms.
    pub until_ms: i64,
}

impl Store {
    /// Begins to set up one-time codes; codes that are confirmed stay as they are.
    pub async fn begin_codes(&self, account: &str, salt: &str) -> Result<(), StoreError> {
        on_db!(self, pool => { sqlx::query(sql::BEGIN_CODES).bind(account).bind(salt).execute(pool).await?; });
        Ok(())
    }

    /// One-time codes of an account.
    pub async fn codes(&self, account: &str) -> Result<Option<CodesRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::CODES).bind(account).fetch_optional(pool).await?))
    }

    /// Turns one-time codes on, with hashes of the codes for a lost telephone.
    pub async fn confirm_codes(
        &self,
        account: &str,
        step: i64,
        now_ms: i64,
        recovery: &[String],
    ) -> Result<(), StoreError> {
        on_db!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query(sql::CONFIRM_CODES).bind(account).bind(now_ms).bind(step).execute(&mut *transaction).await?;
            sqlx::query(sql::DROP_RECOVERY).bind(account).execute(&mut *transaction).await?;
            for hash in recovery {
                sqlx::query(sql::ADD_RECOVERY).bind(hash).bind(account).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        });
        Ok(())
    }

    /// Uses up a time step; `false` when it or a later one was used already.
    pub async fn use_step(&self, account: &str, step: i64) -> Result<bool, StoreError> {
        on_db!(self, pool => Ok(sqlx::query(sql::USE_STEP).bind(account).bind(step)
            .execute(pool).await?.rows_affected() == 1))
    }

    /// Uses up a recovery code; `false` when there is none such.
    pub async fn use_recovery(&self, account: &str, hash: &str) -> Result<bool, StoreError> {
        on_db!(self, pool => Ok(sqlx::query(sql::USE_RECOVERY).bind(account).bind(hash)
            .execute(pool).await?.rows_affected() == 1))
    }

    /// How many recovery codes are left.
    pub async fn recovery_left(&self, account: &str) -> Result<i64, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_scalar(sql::RECOVERY_LEFT).bind(account).fetch_one(pool).await?))
    }

    /// Turns one-time codes off.
    pub async fn drop_codes(&self, account: &str) -> Result<(), StoreError> {
        on_db!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query(sql::DROP_RECOVERY).bind(account).execute(&mut *transaction).await?;
            sqlx::query(sql::DROP_CODES).bind(account).execute(&mut *transaction).await?;
            transaction.commit().await?;
        });
        Ok(())
    }

    /// Keeps a token.
    pub async fn add_token(&self, row: &TokenRow) -> Result<(), StoreError> {
        on_db!(self, pool => {
            sqlx::query(sql::ADD_TOKEN)
                .bind(&row.id).bind(&row.account).bind(&row.name).bind(&row.token_hash).bind(&row.scopes)
                .bind(row.created_at_ms).bind(row.until_ms).execute(pool).await?;
        });
        Ok(())
    }

    /// Tokens of an account, the newest first.
    pub async fn tokens(&self, account: &str) -> Result<Vec<TokenRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::TOKENS).bind(account).fetch_all(pool).await?))
    }

    /// The token with this hash, while it holds.
    pub async fn token(&self, token_hash: &str, now_ms: i64) -> Result<Option<TokenRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::TOKEN).bind(token_hash).bind(now_ms).fetch_optional(pool).await?))
    }

    /// Writes down that a token was used, at most once a minute.
    pub async fn token_used(&self, id: &str, now_ms: i64) -> Result<(), StoreError> {
        on_db!(self, pool => {
            sqlx::query(sql::TOKEN_USED).bind(id).bind(now_ms).bind(now_ms - 60_000).execute(pool).await?;
        });
        Ok(())
    }

    /// Takes back a token of an account; `false` when it has none such.
    pub async fn drop_token(&self, account: &str, id: &str) -> Result<bool, StoreError> {
        on_db!(self, pool => Ok(sqlx::query(sql::DROP_TOKEN).bind(account).bind(id)
            .execute(pool).await?.rows_affected() == 1))
    }

    /// Ties an identity of a provider to an account, and ends an open invitation; `false` when it is tied already.
    pub async fn link_identity(
        &self,
        issuer: &str,
        subject: &str,
        account: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        on_db!(self, pool => {
            let mut transaction = pool.begin().await?;
            let added = sqlx::query(sql::LINK_IDENTITY)
                .bind(issuer).bind(subject).bind(account).bind(now_ms)
                .execute(&mut *transaction).await?.rows_affected();
            if added == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            sqlx::query(sql::END_INVITATION).bind(account).execute(&mut *transaction).await?;
            transaction.commit().await?;
        });
        Ok(true)
    }

    /// The account that an identity of a provider is tied to.
    pub async fn identified(&self, issuer: &str, subject: &str) -> Result<Option<AccountRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::IDENTIFIED).bind(issuer).bind(subject).fetch_optional(pool).await?))
    }

    /// The issuers that an account has an identity of.
    pub async fn issuers_of(&self, account: &str) -> Result<Vec<String>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_scalar(sql::ISSUERS_OF).bind(account).fetch_all(pool).await?))
    }

    /// Unties an account from the identities of a provider.
    pub async fn unlink_identity(&self, account: &str, issuer: &str) -> Result<(), StoreError> {
        on_db!(self, pool => { sqlx::query(sql::UNLINK_IDENTITY).bind(account).bind(issuer).execute(pool).await?; });
        Ok(())
    }

    /// Keeps a login that has begun, and forgets those whose time is over.
    pub async fn begin_login(&self, id_hash: &str, row: &PendingRow, now_ms: i64) -> Result<(), StoreError> {
        on_db!(self, pool => {
            sqlx::query(sql::END_OLD_LOGINS).bind(now_ms).execute(pool).await?;
            sqlx::query(sql::BEGIN_LOGIN)
                .bind(id_hash).bind(&row.kind).bind(&row.content).bind(row.until_ms)
                .execute(pool).await?;
        });
        Ok(())
    }

    /// A login that has begun, while its time lasts.
    pub async fn begun_login(&self, id_hash: &str, now_ms: i64) -> Result<Option<PendingRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::BEGUN_LOGIN).bind(id_hash).bind(now_ms).fetch_optional(pool).await?))
    }

    /// Ends a login that has begun; `false` when somebody else did.
    pub async fn end_login(&self, id_hash: &str) -> Result<bool, StoreError> {
        on_db!(self, pool => Ok(sqlx::query(sql::END_LOGIN).bind(id_hash).execute(pool).await?.rows_affected() == 1))
    }
}
