//! Tables whose headers nobody knows: what their columns seem to hold, and reading them as a person says.

use std::sync::Arc;

use greenheart_ingest::tables::{Mapping, Sniffed};
use greenheart_store::JobState;

use crate::import::{ImportRequest, MappingChoice};
use crate::uploads::is_there;
use crate::{Actor, App, AppError, sniff_table};

/// Characters of the name of a mapping at most.
const NAME_LENGTH: usize = 64;

/// A table that was handed in and waits.
#[derive(Debug)]
pub struct WaitingTable {
    /// Its name.
    pub name: String,
    /// What it looks like, with the mapping to confirm.
    pub sniffed: Sniffed,
}

impl App {
    /// The tables of a trial of the actor's own member, with what their columns seem to hold.
    pub async fn waiting_tables(&self, actor: &Actor, trial: &str) -> Result<Vec<WaitingTable>, AppError> {
        let request = self.waiting(actor, trial).await?;
        let looked = tokio::task::spawn_blocking(move || {
            // A file that is no table has its own reader and needs no mapping.
            let tables = request.files.iter().filter_map(|path| {
                Some(WaitingTable {
                    sniffed: sniff_table(path).ok()?,
                    name: path.file_name()?.to_string_lossy().into_owned(),
                })
            });
            tables.collect()
        });
        looked.await.map_err(|error| AppError::Damaged(error.to_string()))
    }

    /// Reads the tables of a trial again, on trial, with the mapping that a person has confirmed; kept under `save_as` for
    /// this member when a name is given.
    pub async fn map_import(
        self: &Arc<Self>,
        actor: &Actor,
        trial: &str,
        mapping: Mapping,
        save_as: Option<&str>,
    ) -> Result<String, AppError> {
        if !mapping.can_read() {
            return Err(AppError::input(
                "these columns do not say when and how much",
                "choose a column for a date, month or period, and one for a quantity or an amount",
            ));
        }
        let name = save_as.map(str::trim).filter(|name| !name.is_empty());
        let fits = |name: &str| {
            name.chars().count() <= NAME_LENGTH && name.chars().all(|c| c.is_alphanumeric() || " .-_".contains(c))
        };
        if name.is_some_and(|name| !fits(name)) {
            return Err(AppError::input(
                "this cannot be the name of a mapping",
                "use up to 64 letters, digits, blanks and . - _",
            ));
        }
        self.read_again(actor, trial, MappingChoice::Given(Box::new(mapping)), name)
            .await
    }

    /// Reads the tables of a trial again, on trial, with a mapping that was saved for this member or for all.
    pub async fn map_import_as_saved(
        self: &Arc<Self>,
        actor: &Actor,
        trial: &str,
        name: &str,
    ) -> Result<String, AppError> {
        self.read_again(actor, trial, MappingChoice::Saved(name.trim().to_owned()), None)
            .await
    }

    async fn read_again(
        self: &Arc<Self>,
        actor: &Actor,
        trial: &str,
        mapping: MappingChoice,
        save_as: Option<&str>,
    ) -> Result<String, AppError> {
        let request = ImportRequest {
            mapping: Some(mapping),
            save_mapping: save_as.map(str::to_owned),
            ..self.waiting(actor, trial).await?
        };
        self.start_import(actor, request).await
    }

    /// The request of a trial whose files still lie in staging.
    async fn waiting(&self, actor: &Actor, trial: &str) -> Result<ImportRequest, AppError> {
        let (job, request) = self.own_import(actor, trial).await?;
        let ended = matches!(job.state(), JobState::Done | JobState::Failed);
        if !ended || !request.dry_run || !is_there(&request) {
            return Err(AppError::input(
                "these files are no longer waiting",
                "hand them in again",
            ));
        }
        Ok(request)
    }
}
