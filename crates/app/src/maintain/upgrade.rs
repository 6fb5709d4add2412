//! Bringing a data folder to the format of this program.

use std::path::Path;

use greenheart_store::Store;
use serde::{Deserialize, Serialize};

use crate::{Actor, AppError, Config, DataFolder, FORMAT};

/// What an upgrade does, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradePlan {
    /// Format of the folder.
    pub folder_format: u32,
    /// Format that this program writes.
    pub program_format: u32,
    /// Format of the catalogue.
    pub catalogue_format: i64,
    /// Format of catalogues that this program writes.
    pub program_catalogue_format: i64,
    /// What has to be done, in order; empty when nothing has.
    pub steps: Vec<String>,
    /// It was done now.
    pub done: bool,
}

/// Says what separates the folder from this program, and does it unless `dry_run`.
///
/// # Errors
/// When the folder or the catalogue was written by a later program: nothing is changed then.
pub async fn upgrade(actor: &Actor, root: &Path, config: &Config, dry_run: bool) -> Result<UpgradePlan, AppError> {
    actor.may_operate()?;
    // Format 1 is the first: an older folder cannot exist, and a newer one is refused here.
    let folder = DataFolder::open(root)?;
    let url = if config.catalogue.is_empty() {
        folder.catalogue_url()
    } else {
        config.catalogue.clone()
    };
    let catalogue_format = Store::format_of(&url).await?;
    let known = greenheart_store::FORMAT;
    if catalogue_format > known {
        return Err(greenheart_store::StoreError::Newer {
            found: catalogue_format,
            known,
        }
        .into());
    }
    let steps: Vec<String> = (catalogue_format..known)
        .map(|format| format!("catalogue: format {format} to {}", format + 1))
        .collect();
    let done = !dry_run && !steps.is_empty();
    if done {
        Store::open(&url).await?.close().await;
    }
    Ok(UpgradePlan {
        folder_format: folder.format()?.format,
        program_format: FORMAT,
        catalogue_format,
        program_catalogue_format: known,
        steps,
        done,
    })
}
