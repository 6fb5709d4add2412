//! Accounts of people and their sessions. Secrets come in as hashes and are never read here.

use sqlx::FromRow;

use crate::{Store, StoreError, on_db, sql};

/// Somebody who can log in.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AccountRow {
    /// Its name, unique in the installation.
    pub name: String,
    /// In which capacity it acts, such as `admin:MEMBER`.
    pub capacity: String,
    /// The member it belongs to; an erasure takes its accounts along.
    #[sqlx(rename = "member_id")]
    pub member: Option<String>,
    /// Hash of the password in PHC form; `None` until one was chosen.
    pub password_hash: Option<String>,
    /// Hash of the invitation that lets somebody choose a password.
    pub invitation_hash: Option<String>,
    /// Until when the invitation holds, in ms.
    pub invited_until_ms: Option<i64>,
    /// 1 when it may not log in.
    pub disabled: i64,
    /// When it was made, in ms.
    pub created_at_ms: i64,
}

impl Store {
    /// Adds an account with its invitation; `false` when the name is taken.
    pub async fn add_account(&self, row: &AccountRow) -> Result<bool, StoreError> {
        on_db!(self, pool => Ok(sqlx::query(sql::ADD_ACCOUNT)
            .bind(&row.name).bind(&row.capacity).bind(&row.member)
            .bind(&row.invitation_hash).bind(row.invited_until_ms).bind(row.created_at_ms)
            .execute(pool).await?.rows_affected() == 1))
    }

    /// An account.
    pub async fn account(&self, name: &str) -> Result<Option<AccountRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::ACCOUNT).bind(name).fetch_optional(pool).await?))
    }

    /// Every account, by name.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::ACCOUNTS).fetch_all(pool).await?))
    }

    /// The account that an invitation was made for.
    pub async fn invited(&self, invitation_hash: &str) -> Result<Option<AccountRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::INVITED).bind(invitation_hash).fetch_optional(pool).await?))
    }

    /// Invites somebody to choose a new password.
    pub async fn invite(&self, name: &str, invitation_hash: &str, until_ms: i64) -> Result<(), StoreError> {
        on_db!(self, pool => {
            sqlx::query(sql::INVITE).bind(name).bind(invitation_hash).bind(until_ms).execute(pool).await?;
        });
        Ok(())
    }

    /// Sets a password; invitations, sessions and tokens end with it.
    pub async fn set_password(&self, name: &str, password_hash: &str) -> Result<(), StoreError> {
        on_db!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query(sql::SET_PASSWORD).bind(name).bind(password_hash).execute(&mut *transaction).await?;
            sqlx::query(sql::END_SESSIONS).bind(name).execute(&mut *transaction).await?;
            sqlx::query(sql::DROP_TOKENS).bind(name).execute(&mut *transaction).await?;
            transaction.commit().await?;
        });
        Ok(())
    }

    /// Lets an account log in, or not; its sessions and tokens end.
    pub async fn set_disabled(&self, name: &str, disabled: bool) -> Result<(), StoreError> {
        on_db!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query(sql::SET_DISABLED).bind(name).bind(i64::from(disabled)).execute(&mut *transaction).await?;
            sqlx::query(sql::END_SESSIONS).bind(name).execute(&mut *transaction).await?;
            sqlx::query(sql::DROP_TOKENS).bind(name).execute(&mut *transaction).await?;
            transaction.commit().await?;
        });
        Ok(())
    }

    /// Begins a session, and forgets those that have ended.
    pub async fn add_session(
        &self,
        token_hash: &str,
        account: &str,
        until_ms: i64,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        on_db!(self, pool => {
            sqlx::query(sql::END_OLD_SESSIONS).bind(now_ms).execute(pool).await?;
            sqlx::query(sql::ADD_SESSION).bind(token_hash).bind(account).bind(until_ms).execute(pool).await?;
        });
        Ok(())
    }

    /// Whose session this is, while it lasts and the account may log in.
    pub async fn session(&self, token_hash: &str, now_ms: i64) -> Result<Option<AccountRow>, StoreError> {
        on_db!(self, pool => Ok(sqlx::query_as(sql::SESSION).bind(token_hash).bind(now_ms).fetch_optional(pool).await?))
    }

    /// Ends a session.
    pub async fn end_session(&self, token_hash: &str) -> Result<(), StoreError> {
        on_db!(self, pool => { sqlx::query(sql::END_SESSION).bind(token_hash).execute(pool).await?; });
        Ok(())
    }

    /// Ends every session of an account.
    pub async fn end_sessions(&self, account: &str) -> Result<(), StoreError> {
        on_db!(self, pool => { sqlx::query(sql::END_SESSIONS).bind(account).execute(pool).await?; });
        Ok(())
    }
}
