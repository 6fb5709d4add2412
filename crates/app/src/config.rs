//! Configuration, read once at start-up: file < environment < flags. From there it is an argument.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Everything that can be configured. Unknown keys in the file are errors, so that a typo is heard.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Catalogue: empty for SQLite in the data folder, else `postgres://…`.
    pub catalogue: String,
    /// How importing behaves.
    pub import: ImportConfig,
    /// Limits of worker processes.
    pub worker: WorkerConfig,
    /// Limits of ledger queries.
    pub query: QueryConfig,
    /// How logs are written.
    pub log: LogConfig,
    /// Another provider that people log in by.
    pub oidc: crate::OidcConfig,
}

/// How importing behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ImportConfig {
    /// A batch with fewer rows goes to the tail table; a larger one becomes a segment of its own.
    pub tail_rows: u64,
    /// When the tail of a member holds this many rows, it is flushed to a segment.
    pub flush_rows: u64,
    /// Largest number of bytes after unpacking.
    pub unpacked_bytes: u64,
    /// Largest number of bytes out per byte in.
    pub unpack_ratio: u64,
}

/// Limits of worker processes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerConfig {
    /// Address space of a worker, in MiB.
    pub memory_mib: u64,
    /// CPU time of a worker, in seconds.
    pub cpu_seconds: u64,
    /// A worker that does not say it lives for this long has died, in ms.
    pub lease_ms: i64,
}

/// Limits of ledger queries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueryConfig {
    /// Memory of all queries together, in MiB.
    pub memory_mib: u64,
    /// Disk that queries may spill to, in MiB.
    pub spill_mib: u64,
    /// Threads of queries.
    pub threads: usize,
}

/// How logs are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// `text` or `json`.
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug` or `trace`, or a filter by module.
    pub level: String,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Default for ImportConfig {
    fn default() -> Self {
        Self {
            tail_rows: 20_000,
            flush_rows: 1_000_000,
            unpacked_bytes: 16 << 30,
            unpack_ratio: 200,
        }
    }
}
impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            memory_mib: 6_144,
            cpu_seconds: 3_600,
            lease_ms: 30_000,
        }
    }
}
impl Default for QueryConfig {
    fn default() -> Self {
        Self {
            memory_mib: 1_024,
            spill_mib: 8_192,
            threads: 2,
        }
    }
}
impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            // A slow statement is of use to who looks for it; under a table it is noise.
            level: "warn,sqlx::query=error".into(),
        }
    }
}

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is there but cannot be read.
    #[error("the configuration `{path}` cannot be read")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It does not say what we understand.
    #[error("the configuration is wrong: {message}\nhint: `docs/guide/keeping.md` lists every key")]
    Wrong {
        /// What and where.
        message: String,
    },
}

impl Config {
    /// Name of the file in the data folder.
    pub const FILE: &'static str = "greenheart.toml";

    /// Reads the file when it is there, then lays `overrides` over it: pairs such as
    /// `("import.tail_rows", "100")`, environment first, flags last.
    pub fn load(file: &Path, overrides: &[(String, String)]) -> Result<Self, ConfigError> {
        let mut table = match std::fs::read_to_string(file) {
            Ok(text) => text.parse::<toml::Table>().map_err(|error| ConfigError::Wrong {
                message: error.to_string(),
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => toml::Table::new(),
            Err(source) => {
                return Err(ConfigError::Read {
                    path: file.to_owned(),
                    source,
                });
            }
        };
        for (key, value) in overrides {
            set(&mut table, key, value)?;
        }
        table.try_into().map_err(|error: toml::de::Error| ConfigError::Wrong {
            message: error.to_string(),
        })
    }

    /// The override that an environment variable states: `GREENHEART_IMPORT__TAIL_ROWS=5` sets
    /// `import.tail_rows`. Other variables give `None`.
    pub fn from_environment(name: &str, value: &str) -> Option<(String, String)> {
        let key = name.strip_prefix("GREENHEART_")?;
        let key = key.to_ascii_lowercase().replace("__", ".");
        (key == "catalogue" || key.contains('.')).then(|| (key, value.to_owned()))
    }
}

/// Sets `a.b` to a number where it reads as one, else to the text.
fn set(table: &mut toml::Table, key: &str, value: &str) -> Result<(), ConfigError> {
    let wrong = || ConfigError::Wrong {
        message: format!("`{key}` does not name a setting"),
    };
    let typed = value
        .parse::<i64>()
        .map_or_else(|_| toml::Value::String(value.to_owned()), toml::Value::Integer);
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), typed);
        }
        Some((section, key)) => {
            let section = table
                .entry(section)
                .or_insert_with(|| toml::Value::Table(toml::Table::new()));
            section.as_table_mut().ok_or_else(wrong)?.insert(key.to_owned(), typed);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_then_environment_then_flags() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(Config::FILE);
        std::fs::write(&file, "[import]\ntail_rows = 1\nflush_rows = 2\nunpack_ratio = 3\n").expect("written");
        let environment = Config::from_environment("GREENHEART_IMPORT__FLUSH_ROWS", "20").expect("an override");
        let ratio = Config::from_environment("GREENHEART_IMPORT__UNPACK_RATIO", "30").expect("an override");
        let flag = ("import.unpack_ratio".to_owned(), "300".to_owned());
        let config = Config::load(&file, &[environment, ratio, flag]).expect("a configuration");
        assert_eq!(
            (
                config.import.tail_rows,
                config.import.flush_rows,
                config.import.unpack_ratio
            ),
            (1, 20, 300)
        );
        assert_eq!(Config::from_environment("GREENHEART_DATA", "x"), None);
        assert_eq!(Config::from_environment("PATH", "x"), None);
    }

    #[test]
    fn a_typo_is_heard() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(Config::FILE);
        std::fs::write(&file, "[import]\ntail_row = 1\n").expect("written");
        let error = Config::load(&file, &[]).expect_err("a typo").to_string();
        assert!(error.contains("tail_row"), "{error}");
        assert_eq!(
            Config::load(&folder.path().join("absent"), &[]).expect("defaults"),
            Config::default()
        );
    }
}
