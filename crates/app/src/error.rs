//! Why a verb did not do what was asked.

use std::io;

use crate::{ConfigError, Denied, FolderError};

/// One enum for all verbs: the edges turn it into an exit code or a page.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Not for this actor.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such thing, or not for this actor.
    #[error("there is no {what} `{id}`")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
        /// As asked for.
        id: String,
    },
    /// The request does not make sense.
    #[error("{message}\nhint: {hint}")]
    Input {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The catalogue.
    #[error(transparent)]
    Store(greenheart_store::StoreError),
    /// The ledger.
    #[error(transparent)]
    Ledger(greenheart_ledger::LedgerError),
    /// The vault.
    #[error(transparent)]
    Vault(greenheart_vault::VaultError),
    /// A member's key.
    #[error(transparent)]
    Key(#[from] greenheart_vault::KeyError),
    /// A sum does not fit.
    #[error(transparent)]
    Sum(#[from] greenheart_units::DecimalError),
    /// Built-in or stored data cannot be read.
    #[error("{0}")]
    Damaged(String),
    /// A worker process ended without a result.
    #[error("the worker stopped: {0}\nhint: the work can be repeated; nothing was taken in")]
    Worker(String),
    /// Somebody tried to log in too often.
    #[error("too many attempts\nhint: wait ten minutes, then try again")]
    TooOften,
    /// The work was stopped on request.
    #[error("the work was cancelled; nothing was taken in")]
    Cancelled,
    /// The disk or a file failed.
    #[error("{what}")]
    Io {
        /// Which file, or what was being done.
        what: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl AppError {
    /// An I/O error with what was being done.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    /// A request that does not make sense.
    pub(crate) fn input(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Input {
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Whether the disk is full, whoever noticed.
    pub fn is_disk_full(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            let full = error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded));
            // SQLite says so in its own words.
            if full || error.to_string().contains("database or disk is full") {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

impl From<greenheart_store::StoreError> for AppError {
    fn from(error: greenheart_store::StoreError) -> Self {
        Self::Store(error)
    }
}
impl From<greenheart_ledger::LedgerError> for AppError {
    fn from(error: greenheart_ledger::LedgerError) -> Self {
        Self::Ledger(error)
    }
}
impl From<greenheart_vault::VaultError> for AppError {
    fn from(error: greenheart_vault::VaultError) -> Self {
        Self::Vault(error)
    }
}
impl From<io::Error> for AppError {
    fn from(source: io::Error) -> Self {
        Self::Io {
            what: "reading or writing failed".into(),
            source,
        }
    }
}
