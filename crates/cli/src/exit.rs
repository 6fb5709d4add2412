//! Stable exit codes. Scripts depend on them; `docs/guide/cli.md` documents them.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Something failed that should not have.
    Failure = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// The input was refused; nothing was taken in.
    Refused = 3,
    /// A decision is needed: `--supersede` or `--add`.
    Decision = 4,
    /// The actor may not do this.
    Denied = 5,
    /// There is no such thing.
    NotFound = 6,
    /// The data folder is absent, newer than the program, or damaged.
    Data = 7,
    /// The work was stopped, ran out of time or memory, or the disk is full; it can be repeated.
    Interrupted = 8,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// The exit code that an error stands for.
pub fn of(error: &anyhow::Error) -> Exit {
    use greenheart_app::{AppError, FolderError};
    let Some(error) = error.downcast_ref::<AppError>() else {
        return Exit::Failure;
    };
    match error {
        _ if error.is_disk_full() => Exit::Interrupted,
        AppError::Denied(_) | AppError::TooOften => Exit::Denied,
        AppError::NotFound { .. } => Exit::NotFound,
        AppError::Input { .. } | AppError::Config(_) => Exit::Usage,
        AppError::Folder(FolderError::Io { .. }) => Exit::Failure,
        AppError::Folder(_) | AppError::Damaged(_) | AppError::Key(_) => Exit::Data,
        AppError::Store(store) if store.is_newer() => Exit::Data,
        AppError::Worker(_) | AppError::Cancelled => Exit::Interrupted,
        _ => Exit::Failure,
    }
}
