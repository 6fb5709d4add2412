//! The data folder: where everything of one installation lies.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Version of the layout that this program writes and reads. A change is a migration in
/// `upgrade.rs` and a line in `docs/decisions/`.
pub const FORMAT: u32 = 1;

/// The folder of one installation.
#[derive(Debug, Clone)]
pub struct DataFolder {
    root: PathBuf,
}

/// Content of `format.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// Version of the layout.
    pub format: u32,
    /// Program that wrote it.
    pub written_by: String,
}

/// Why a data folder was refused.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// No installation lies here.
    #[error("`{0}` holds no GreenHeart data\nhint: `greenheart init --data {0}` makes it")]
    Absent(PathBuf),
    /// One lies here already.
    #[error("`{0}` already holds GreenHeart data")]
    Present(PathBuf),
    /// It was written by a later version.
    #[error(
        "`{path}` has data format {found}, and this program knows up to {known}\nhint: use GreenHeart of the version that wrote it ({written_by}) or later"
    )]
    Newer {
        /// Where.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// What we know.
        known: u32,
        /// Program that wrote it.
        written_by: String,
    },
    /// It was written by an earlier version.
    #[error(
        "`{path}` has data format {found}, older than {known}\nhint: run `greenheart upgrade --dry-run`, then `greenheart upgrade`"
    )]
    Older {
        /// Where.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// What we know.
        known: u32,
    },
    /// Something there is not what we wrote.
    #[error(
        "`{path}` is damaged: {what}\nhint: `greenheart doctor` explains, `greenheart restore` brings a backup back"
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The disk failed.
    #[error("`{path}` cannot be used")]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl DataFolder {
    /// Makes a new installation in an empty or absent folder. The master key is the given 32 bytes.
    pub fn create(root: &Path, master_key: &[u8; 32]) -> Result<Self, FolderError> {
        let folder = Self { root: root.to_owned() };
        if folder.format_file().exists() {
            return Err(FolderError::Present(root.to_owned()));
        }
        for sub in [
            folder.vault(),
            folder.segments(),
            folder.staging(),
            folder.spill(),
            folder.root.join("keys"),
        ] {
            fs::create_dir_all(&sub).map_err(|source| FolderError::Io { path: sub, source })?;
        }
        Self::write_secret(&folder.master_key_file(), hex::encode(master_key).as_bytes())?;
        folder.write_format(FORMAT)?;
        Ok(folder)
    }

    /// The folder at `root`, whatever lies there: for a restore, which fills it.
    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Opens an installation, refusing a layout that is not ours.
    pub fn open(root: &Path) -> Result<Self, FolderError> {
        let folder = Self { root: root.to_owned() };
        let format = folder.format()?;
        if format.format > FORMAT {
            return Err(FolderError::Newer {
                path: root.to_owned(),
                found: format.format,
                known: FORMAT,
                written_by: format.written_by,
            });
        }
        if format.format < FORMAT {
            return Err(FolderError::Older {
                path: root.to_owned(),
                found: format.format,
                known: FORMAT,
            });
        }
        Ok(folder)
    }

    /// What `format.json` says.
    pub fn format(&self) -> Result<Format, FolderError> {
        let path = self.format_file();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(FolderError::Absent(self.root.clone()));
            }
            Err(source) => return Err(FolderError::Io { path, source }),
        };
        serde_json::from_str(&text).map_err(|error| FolderError::Damaged {
            path,
            what: error.to_string(),
        })
    }

    /// The key under which member keys are wrapped.
    pub fn master_key(&self) -> Result<[u8; 32], FolderError> {
        let path = self.master_key_file();
        let text = fs::read_to_string(&path).map_err(|source| FolderError::Io {
            path: path.clone(),
            source,
        })?;
        hex::decode(text.trim())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(FolderError::Damaged {
                path,
                what: "it is not a key of 32 bytes".into(),
            })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }
    /// Encrypted source files.
    pub fn vault(&self) -> PathBuf {
        self.root.join("vault")
    }
    /// Parquet segments.
    pub fn segments(&self) -> PathBuf {
        self.root.join("segments")
    }
    /// Rows on their way in; nothing here counts.
    pub fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }
    /// Where large queries spill.
    pub fn spill(&self) -> PathBuf {
        self.root.join("spill")
    }
    /// The default catalogue.
    pub fn catalogue_url(&self) -> String {
        format!("sqlite:{}", self.root.join("catalogue.sqlite").display())
    }
    /// The configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.root.join(crate::Config::FILE)
    }
    /// The key file.
    pub fn master_key_file(&self) -> PathBuf {
        self.root.join("keys").join("master.key")
    }
    fn format_file(&self) -> PathBuf {
        self.root.join("format.json")
    }

    fn write_format(&self, format: u32) -> Result<(), FolderError> {
        let content = Format {
            format,
            written_by: format!("greenheart {}", env!("CARGO_PKG_VERSION")),
        };
        let text = serde_json::to_string_pretty(&content).map_err(|error| FolderError::Damaged {
            path: self.format_file(),
            what: error.to_string(),
        })?;
        write_durably(&self.format_file(), text.as_bytes()).map_err(|source| FolderError::Io {
            path: self.format_file(),
            source,
        })
    }

    fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
        let write = || -> io::Result<()> {
            use std::os::unix::fs::OpenOptionsExt;
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(|source| FolderError::Io {
            path: path.to_owned(),
            source,
        })
    }
}

/// Temp, fsync, rename, fsync of the folder: the file is there whole or not at all.
pub fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temp = path.with_extension("tmp");
    let mut file = fs::File::create(&temp)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temp, path)?;
    if let Some(parent) = path.parent() {
        fs::File::open(parent)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_folder_is_refused() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(matches!(DataFolder::open(root.path()), Err(FolderError::Absent(_))));
        let folder = DataFolder::create(root.path(), &[7; 32]).expect("created");
        assert_eq!(folder.master_key().expect("a key"), [7; 32]);
        assert!(matches!(
            DataFolder::create(root.path(), &[7; 32]),
            Err(FolderError::Present(_))
        ));
        folder.write_format(FORMAT + 1).expect("written");
        let error = DataFolder::open(root.path()).expect_err("newer");
        assert!(matches!(error, FolderError::Newer { found, known, .. } if found == FORMAT + 1 && known == FORMAT));
        fs::write(folder.format_file(), "{").expect("written");
        assert!(matches!(
            DataFolder::open(root.path()),
            Err(FolderError::Damaged { .. })
        ));
    }
}
