//! Copying a live installation, and bringing it back.
//!
//! A backup is a folder: `catalogue.jsonl` (every row of the catalogue in one consistent read), the segments
//! and vault files that it names, the master key, the configuration, and `backup.json` with the hash of each.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Component, Path, PathBuf};

use greenheart_store::Store;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::VerifyReport;
use crate::folder::write_durably;
use crate::{Actor, App, AppError, Config, DataFolder, Surroundings};

const MANIFEST: &str = "backup.json";
const CATALOGUE: &str = "catalogue.jsonl";

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupReport {
    /// Program that made it.
    pub written_by: String,
    /// Format of the data folder.
    pub format: u32,
    /// When, in ms since 1970.
    pub at_ms: i64,
    /// Rows of the catalogue.
    pub rows: u64,
    /// Files by name, with their BLAKE3.
    pub files: BTreeMap<String, String>,
}

/// What came of a restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreReport {
    /// Rows of the catalogue.
    pub rows: u64,
    /// Files copied.
    pub files: usize,
    /// The check of the result, when it was asked for.
    pub verified: Option<VerifyReport>,
}

impl App {
    /// Copies the installation to `target`, an empty or absent folder, while it goes on working.
    pub async fn backup(&self, actor: &Actor, target: &Path) -> Result<BackupReport, AppError> {
        self.allowed(actor, actor.may_operate(), "backup", None).await?;
        if fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(AppError::input(
                format!("`{}` is not empty", target.display()),
                "name a new folder",
            ));
        }
        fs::create_dir_all(target).map_err(AppError::io(target.display().to_string()))?;
        self.note(actor, "backup", None, "", "done").await?;
        let mut dump = BufWriter::new(File::create(target.join(CATALOGUE))?);
        self.store.dump(&mut dump).await?;
        dump.into_inner()
            .map_err(std::io::IntoInnerError::into_error)?
            .sync_all()?;
        let (rows, mut names) = named_files(&target.join(CATALOGUE))?;
        names.extend(["keys/master.key".to_owned(), "format.json".to_owned()]);
        if self.folder.config_file().exists() {
            names.push(Config::FILE.to_owned());
        }
        let mut files = BTreeMap::from([(CATALOGUE.to_owned(), hash_of(&target.join(CATALOGUE))?)]);
        for name in names {
            let hash = copy(self.folder.root(), target, &name)?;
            files.insert(name, hash);
        }
        let report = BackupReport {
            written_by: format!("greenheart {}", env!("CARGO_PKG_VERSION")),
            format: crate::FORMAT,
            at_ms: self.now_ms(),
            rows,
            files,
        };
        let text = serde_json::to_string_pretty(&report).map_err(|error| AppError::Damaged(error.to_string()))?;
        write_durably(&target.join(MANIFEST), text.as_bytes())?;
        Ok(report)
    }
}

/// Brings a backup back into `root`, an absent or empty folder. Every file is held against its hash; with
/// `verify` the result is checked as a whole.
///
/// # Errors
/// When a file of the backup is missing or altered, before anything is written; or the target is not empty.
pub async fn restore(
    actor: &Actor,
    backup: &Path,
    root: &Path,
    config: Config,
    surroundings: Surroundings,
    verify: bool,
) -> Result<RestoreReport, AppError> {
    actor.may_operate()?;
    let manifest = read_manifest(backup)?;
    for (name, hash) in &manifest.files {
        let found = hash_of(&inside(backup, name)?)
            .map_err(|_| AppError::input(format!("`{name}` is missing from the backup"), "use another backup"))?;
        if found != *hash {
            return Err(AppError::input(
                format!("`{name}` of the backup was altered"),
                "use another backup",
            ));
        }
    }
    if fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(AppError::input(
            format!("`{}` is not empty", root.display()),
            "restore into a new folder with `--data`",
        ));
    }
    // The format file is what makes a folder an installation: it comes last.
    for name in manifest
        .files
        .keys()
        .filter(|name| *name != CATALOGUE && *name != "format.json")
    {
        copy(backup, root, name)?;
    }
    let folder = DataFolder::at(root);
    for sub in [folder.vault(), folder.segments(), folder.staging(), folder.spill()] {
        fs::create_dir_all(&sub).map_err(AppError::io(sub.display().to_string()))?;
    }
    let url = if config.catalogue.is_empty() {
        folder.catalogue_url()
    } else {
        config.catalogue.clone()
    };
    let store = Store::open(&url).await?;
    let rows = store
        .load(&mut BufReader::new(File::open(backup.join(CATALOGUE))?))
        .await?;
    store.close().await;
    copy(backup, root, "format.json")?;
    let verified = if verify {
        let app = App::open(root, config, surroundings).await?;
        let report = app.verify(actor).await?;
        app.close().await;
        Some(report)
    } else {
        None
    };
    Ok(RestoreReport {
        rows,
        files: manifest.files.len(),
        verified,
    })
}

fn read_manifest(backup: &Path) -> Result<BackupReport, AppError> {
    let path = backup.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(|_| {
        AppError::input(
            format!("`{}` holds no complete backup", backup.display()),
            "a finished backup has a `backup.json`",
        )
    })?;
    let manifest: BackupReport =
        serde_json::from_str(&text).map_err(|error| AppError::Damaged(format!("`{}`: {error}", path.display())))?;
    if manifest.format > crate::FORMAT {
        return Err(AppError::input(
            format!(
                "the backup has data format {}, and this program knows up to {}",
                manifest.format,
                crate::FORMAT
            ),
            format!("use {} or later", manifest.written_by),
        ));
    }
    Ok(manifest)
}

/// Rows of a dump, and the files that it names, relative to the data folder.
fn named_files(dump: &Path) -> Result<(u64, Vec<String>), AppError> {
    let (mut rows, mut names) = (0, Vec::new());
    for line in BufReader::new(File::open(dump)?).lines().skip(1) {
        let line: Value = serde_json::from_str(&line?).map_err(|error| AppError::Damaged(error.to_string()))?;
        rows += 1;
        match (
            line["table"].as_str(),
            line["row"]["file_name"].as_str(),
            line["row"]["address"].as_str(),
        ) {
            (Some("segment"), Some(name), _) => names.push(format!("segments/{name}")),
            (Some("source_file"), _, Some(address)) if !address.is_empty() => names.push(format!("vault/{address}")),
            _ => {}
        }
    }
    Ok((rows, names))
}

/// A path below `root`; names from a manifest never lead out of it.
fn inside(root: &Path, name: &str) -> Result<PathBuf, AppError> {
    let relative = Path::new(name);
    if relative.components().all(|part| matches!(part, Component::Normal(_))) {
        Ok(root.join(relative))
    } else {
        Err(AppError::input(
            format!("`{name}` is not a name inside a backup"),
            "use another backup",
        ))
    }
}

/// Copies one file durably and gives its hash.
fn copy(from: &Path, to: &Path, name: &str) -> Result<String, AppError> {
    let (source, target) = (inside(from, name)?, inside(to, name)?);
    let copying = || -> std::io::Result<()> {
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(&source, &target)?;
        File::open(&target)?.sync_all()
    };
    copying().map_err(AppError::io(format!("copying `{name}`")))?;
    hash_of(&target)
}

fn hash_of(path: &Path) -> Result<String, AppError> {
    let mut hasher = blake3::Hasher::new();
    let file = File::open(path).map_err(AppError::io(path.display().to_string()))?;
    std::io::copy(&mut BufReader::new(file), &mut HashWriter(&mut hasher))?;
    Ok(hasher.finalize().to_hex().to_string())
}

struct HashWriter<'a>(&'a mut blake3::Hasher);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
