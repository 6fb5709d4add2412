//! Which files form a set, what reads them, and whose they are.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use greenheart_ingest::tables::{self, Mapping};
use greenheart_ingest::{Limits, Source, saft};
use greenheart_model::{Finding, FindingLog, Member, Place, Severity};

use super::request::{ImportRequest, MappingChoice};
use crate::{App, AppError};

/// Bytes looked at to recognise a file.
const HEAD: u64 = 8_192;

/// What reads a set.
#[derive(Debug, Clone)]
pub(super) enum SetReader {
    /// One accounting export.
    Saft,
    /// One table, with this mapping.
    Table(Box<Mapping>),
    /// Nothing: the findings say why.
    Unknown,
}

/// Files that become one batch.
#[derive(Debug, Clone)]
pub(super) struct FileSet {
    files: Vec<InputFile>,
    /// What reads it.
    pub reader: SetReader,
    /// Whose it is; `None` when that could not be settled.
    pub member: Option<Member>,
    /// What was noticed so far.
    pub findings: FindingLog,
}

#[derive(Debug, Clone)]
struct InputFile {
    path: PathBuf,
    name: String,
    size: u64,
}

/// What a file was taken for, before sets are formed.
enum Looks {
    Saft,
    Table,
    Nothing(&'static str, String),
}

impl FileSet {
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| &*file.path)
    }
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| &*file.name)
    }
    pub(super) fn sizes(&self) -> impl Iterator<Item = u64> {
        self.files.iter().map(|file| file.size)
    }
    pub(super) fn bytes(&self) -> u64 {
        self.sizes().sum()
    }

    /// Its files in one line.
    pub(super) fn shown(&self) -> String {
        match &self.files[..] {
            [] => String::new(),
            [one] => one.name.clone(),
            [first, rest @ ..] => format!("{} and {} more", first.name, rest.len()),
        }
    }

    /// Reader and its version.
    pub(super) fn importer(&self) -> (&'static str, u32) {
        match &self.reader {
            SetReader::Saft => (saft::IMPORTER, saft::VERSION),
            SetReader::Table(_) => (tables::IMPORTER, tables::VERSION),
            SetReader::Unknown => ("", 0),
        }
    }

    pub(super) fn is_known(&self) -> bool {
        !matches!(self.reader, SetReader::Unknown)
    }

    pub(super) fn mapping_name(&self) -> String {
        match &self.reader {
            SetReader::Table(mapping) => mapping.name.clone(),
            _ => String::new(),
        }
    }

    /// Distinguishes mappings by what they say, so that a better one makes another batch.
    pub(super) fn mapping_digest(&self) -> String {
        match &self.reader {
            SetReader::Table(mapping) => serde_json::to_string(mapping).unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// Opens the files as sources of a reader.
    pub(super) fn open(&self) -> Result<Vec<Source<'static>>, AppError> {
        let mut sources = Vec::new();
        for (position, file) in (0_u16..).zip(&self.files) {
            let reader = File::open(&file.path).map_err(AppError::io(format!("reading `{}`", file.name)))?;
            sources.push(Source {
                name: file.name.clone(),
                position,
                size: file.size,
                reader: Box::new(std::io::BufReader::with_capacity(1 << 18, reader)),
            });
        }
        Ok(sources)
    }

    fn blocked(mut self, code: &'static str, detail: impl Into<String>) -> Self {
        let place = Place {
            file: self.shown().into(),
            ..Place::default()
        };
        self.findings.push(Finding {
            code: code.into(),
            severity: Severity::Error,
            place,
            detail: detail.into(),
        });
        self.reader = SetReader::Unknown;
        self
    }
}

impl App {
    /// Forms the sets of a request, in the order of their first files.
    pub(super) async fn plan(&self, request: &ImportRequest) -> Result<Vec<FileSet>, AppError> {
        let mapping = self.mapping(request).await?;
        let members = self.store.members().await?;
        let stated = request
            .member
            .as_ref()
            .and_then(|id| members.iter().find(|member| member.id == *id))
            .cloned();
        let limits = self.read_limits();
        let mut sets: Vec<(Option<String>, FileSet)> = Vec::new();
        for path in &request.files {
            let file = input_file(path)?;
            let (looks, name) = (look(&file, &limits)?, file.name.clone());
            let mut set = FileSet {
                files: vec![file],
                reader: SetReader::Unknown,
                member: stated.clone(),
                findings: FindingLog::default(),
            };
            let mut group = None;
            match looks {
                Looks::Saft => {
                    set.reader = SetReader::Saft;
                    group = if request.together {
                        Some("saft".to_owned())
                    } else {
                        part_of(&name)
                    };
                }
                Looks::Table => set.reader = SetReader::Table(Box::new(mapping.clone())),
                Looks::Nothing(code, detail) => set = set.blocked(code, detail),
            }
            match sets.iter_mut().find(|(known, _)| known.is_some() && *known == group) {
                Some((_, known)) => known.files.append(&mut set.files),
                None => sets.push((group, set)),
            }
        }
        Ok(sets
            .into_iter()
            .map(|(_, set)| self.settle_member(set, &members))
            .collect())
    }

    /// Finds out whose set it is, when nobody said so.
    fn settle_member(&self, mut set: FileSet, members: &[Member]) -> FileSet {
        if set.member.is_some() || !set.is_known() {
            return set;
        }
        if !is_saft(&set) {
            return set.blocked(
                "import.member_needed",
                "a table does not say whose it is; name the member with `--member`",
            );
        }
        let limits = self.read_limits();
        let Ok(mut sources) = set.open() else {
            return set.blocked("import.unreadable", "the file cannot be opened");
        };
        match sources.iter_mut().find_map(|source| saft::peek(source, &limits)) {
            None => set.blocked(
                "import.member_unknown",
                "the file does not say whose it is; name the member with `--member`",
            ),
            Some(org_no) => match members.iter().find(|member| member.org_no == org_no) {
                None => set.blocked(
                    "import.member_unknown",
                    format!("{org_no} is not a member; `greenheart member add {org_no} --name …` adds it"),
                ),
                Some(member) => {
                    set.member = Some(member.clone());
                    set
                }
            },
        }
    }

    /// Bounds of readers under this configuration.
    pub(super) fn read_limits(&self) -> Limits {
        Limits {
            unpacked_bytes: self.config.import.unpacked_bytes,
            unpack_ratio: self.config.import.unpack_ratio,
            ..Limits::default()
        }
    }

    /// The mapping that a request names, saved under a name when it says so.
    async fn mapping(&self, request: &ImportRequest) -> Result<Mapping, AppError> {
        let owner = request.member.as_ref().map_or("", |member| member.as_str());
        match &request.mapping {
            None => Ok(Mapping::default()),
            Some(MappingChoice::Given(mapping)) => {
                let mut mapping = (**mapping).clone();
                if let Some(name) = &request.save_mapping {
                    let text = serde_json::to_string(&mapping).map_err(|error| AppError::Damaged(error.to_string()))?;
                    let key = format!("{owner}/{name}");
                    self.store.add_mapping(&key, request.member.as_ref(), &text).await?;
                    let version = self.saved(&key, request).await?.map_or(1, |(version, _)| version);
                    mapping.name = format!("{name}@{version}");
                }
                Ok(mapping)
            }
            Some(MappingChoice::Saved(name)) => {
                let own = self.saved(&format!("{owner}/{name}"), request).await?;
                let shared = self.saved(&format!("/{name}"), request).await?;
                let (version, text) = own.or(shared).ok_or_else(|| AppError::NotFound {
                    what: "saved mapping",
                    id: name.clone(),
                })?;
                let mut mapping: Mapping = serde_json::from_str(&text)
                    .map_err(|error| AppError::Damaged(format!("mapping `{name}`: {error}")))?;
                mapping.name = format!("{name}@{version}");
                Ok(mapping)
            }
        }
    }

    async fn saved(&self, key: &str, request: &ImportRequest) -> Result<Option<(i64, String)>, AppError> {
        let member = request
            .member
            .clone()
            .unwrap_or_else(|| greenheart_model::MemberId::new(""));
        Ok(self.store.mapping(key, &member).await?)
    }
}

/// Looks at a table and proposes the mapping to read it with. Nothing is taken in.
///
/// # Errors
/// When the file is no table, or cannot be read.
pub fn sniff_table(path: &Path) -> Result<tables::Sniffed, AppError> {
    let file = input_file(path)?;
    let reader = File::open(&file.path).map_err(AppError::io(format!("reading `{}`", file.name)))?;
    let mut source = Source {
        name: file.name.clone(),
        position: 0,
        size: file.size,
        reader: Box::new(std::io::BufReader::new(reader)),
    };
    tables::sniff(&mut source, &Limits::default()).map_err(|error| {
        AppError::input(
            format!("`{}`: {error}", file.name),
            "only tables (CSV, XLSX, XLS) have columns",
        )
    })
}

fn is_saft(set: &FileSet) -> bool {
    matches!(set.reader, SetReader::Saft)
}

fn input_file(path: &Path) -> Result<InputFile, AppError> {
    let shown = path.display().to_string();
    let metadata = std::fs::metadata(path).map_err(AppError::io(format!("`{shown}` cannot be read")))?;
    if metadata.is_dir() {
        return Err(AppError::input(
            format!("`{shown}` is a folder"),
            "name its files, such as `FOLDER/*`",
        ));
    }
    Ok(InputFile {
        path: path.to_owned(),
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        size: metadata.len(),
    })
}

/// Looks at the beginning, and never at the name alone.
fn look(file: &InputFile, limits: &Limits) -> Result<Looks, AppError> {
    let open = || File::open(&file.path).map_err(AppError::io(format!("`{}` cannot be read", file.name)));
    let mut reader = open()?;
    let mut head = Vec::new();
    reader.by_ref().take(HEAD).read_to_end(&mut head)?;
    reader.rewind()?;
    if file.size == 0 {
        return Ok(Looks::Nothing("import.empty", "the file has no bytes".into()));
    }
    if saft::looks_like(&head) {
        return Ok(Looks::Saft);
    }
    if head.starts_with(b"PK\x03\x04") && holds_xml(&mut reader, limits) {
        return Ok(Looks::Saft);
    }
    let text: Vec<u8> = head
        .iter()
        .copied()
        .filter(|byte| *byte != 0 && !byte.is_ascii_whitespace())
        .collect();
    let begins = text.strip_prefix(&[0xef, 0xbb, 0xbf][..]).unwrap_or(&text);
    if begins.starts_with(b"<?xml")
        || begins
            .strip_prefix(&[0xff, 0xfe][..])
            .unwrap_or(begins)
            .starts_with(b"<?xml")
    {
        return Ok(Looks::Nothing(
            "import.xml_unknown",
            "the file is XML, but of no kind that is read".into(),
        ));
    }
    Ok(Looks::Table)
}

/// Whether a zip archive is one of accounting files rather than a workbook.
fn holds_xml(reader: &mut File, limits: &Limits) -> bool {
    greenheart_ingest::archive_names(reader, limits).is_some_and(|names| {
        let workbook = names
            .iter()
            .any(|name| name.starts_with("xl/") || name == "[Content_Types].xml");
        !workbook && names.iter().any(|name| name.to_ascii_lowercase().ends_with(".xml"))
    })
}

/// Parts of one export are named alike but for `_3_12` at the end: what they share.
fn part_of(name: &str) -> Option<String> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut pieces = stem.rsplitn(3, '_');
    let (total, part, rest) = (pieces.next(), pieces.next(), pieces.next());
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u16>().ok());
    match (number(part), number(total), rest) {
        (Some(part), Some(total), Some(rest)) if (1..=total).contains(&part) && total < 1_000 => Some(rest.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::part_of;

    #[test]
    fn parts_of_an_export_are_recognised_by_name() {
        for (name, group) in [
            (
                "SAF-T Financial_999999999_20160401235911_1_12.xml",
                Some("SAF-T Financial_999999999_20160401235911"),
            ),
            (
                "SAF-T Financial_999999999_20160401235911_12_12.xml",
                Some("SAF-T Financial_999999999_20160401235911"),
            ),
            ("SAF-T Financial_999999999_20160401235911.xml", None),
            ("books_2023_01.xml", None),
            ("books_13_12.xml", None),
            ("books.xml", None),
        ] {
            assert_eq!(part_of(name).as_deref(), group, "{name}");
        }
    }
}
