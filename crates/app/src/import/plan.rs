//! Which files form a set, what reads them, and whose they are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use greenheart_ingest::tables::{self, Mapping};
use greenheart_ingest::{Format, Limits, Source, ehf, recognise, reduced, saft};
use greenheart_model::{Finding, FindingLog, Member, OrgNo, Place, Severity};

use super::lazy::LazyFile;
use super::request::{ImportRequest, MappingChoice};
use crate::{App, AppError};

/// Files in one set: a row keeps the position of its file in sixteen bits.
const MOST_FILES: usize = 50_000;

/// What reads a set.
#[derive(Debug, Clone)]
pub(super) enum SetReader {
    /// A format that says what it is.
    Known(Format),
    /// One table, with this mapping.
    Table(Box<Mapping>),
    /// A register of articles.
    Articles,
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
            SetReader::Known(format) => format.importer(),
            SetReader::Table(_) => Format::Table.importer(),
            SetReader::Articles => Format::Articles.importer(),
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

    /// The files as sources of a reader; each is open only while it is read.
    pub(super) fn open(&self) -> Vec<Source<'static>> {
        (0_u16..)
            .zip(&self.files)
            .map(|(position, file)| file.source(position))
            .collect()
    }

    pub(super) fn blocked(mut self, code: &'static str, detail: impl Into<String>) -> Self {
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
            .and_then(|id| members.iter().find(|member| member.id == *id));
        let planner = Planner {
            limits: self.read_limits(),
            mapping,
            members: &members,
            stated,
            together: request.together,
        };
        tokio::task::block_in_place(|| planner.plan(&super::walk::files_below(&request.files)?))
    }

    /// Bounds of readers under this configuration.
    pub(crate) fn read_limits(&self) -> Limits {
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
    tables::sniff(&mut file.source(0), &Limits::default()).map_err(|error| {
        AppError::input(
            format!("`{}`: {error}", file.name),
            "only tables (CSV, XLSX, XLS) have columns",
        )
    })
}

/// Forms sets of files.
struct Planner<'a> {
    limits: Limits,
    mapping: Mapping,
    members: &'a [Member],
    stated: Option<&'a Member>,
    together: bool,
}

/// What files of one set share; files without it are sets of their own.
type Group = Option<String>;

impl Planner<'_> {
    fn plan(&self, paths: &[PathBuf]) -> Result<Vec<FileSet>, AppError> {
        let mut sets: Vec<FileSet> = Vec::new();
        let mut open: BTreeMap<String, usize> = BTreeMap::new();
        for path in paths {
            let (group, mut set) = self.one(path)?;
            let known = group.as_ref().and_then(|group| open.get(group)).copied();
            match known.filter(|at| sets[*at].files.len() < MOST_FILES) {
                Some(at) => sets[at].files.append(&mut set.files),
                None => {
                    if let Some(group) = group {
                        open.insert(group, sets.len());
                    }
                    sets.push(set);
                }
            }
        }
        Ok(sets)
    }

    /// A file as a set of its own, and what it may be joined by.
    fn one(&self, path: &Path) -> Result<(Group, FileSet), AppError> {
        let file = input_file(path)?;
        let (name, size) = (file.name.clone(), file.size);
        let mut source = file.source(0);
        let format = recognise(&mut source, &self.limits).map_err(AppError::io(format!("reading `{name}`")))?;
        let set = FileSet {
            files: vec![file],
            reader: match format {
                None => SetReader::Unknown,
                Some(Format::Articles) => SetReader::Articles,
                Some(Format::Table) => SetReader::Table(Box::new(self.mapping.clone())),
                Some(format) => SetReader::Known(format),
            },
            member: self.stated.cloned(),
            findings: FindingLog::default(),
        };
        let Some(format) = format else {
            let code = if size == 0 {
                "import.empty"
            } else {
                "import.format_unknown"
            };
            return Ok((None, set.blocked(code, "")));
        };
        let set = self.settle_member(format, &mut source, set);
        let group = match (format, &set.member) {
            (Format::Saft, _) if self.together => Some("saft".to_owned()),
            (Format::Saft, _) => part_of(&name).map(|part| format!("saft {part}")),
            (_, Some(member)) if format.is_set() && set.is_known() => {
                Some(format!("{} {}", format.importer().0, member.id))
            }
            _ => None,
        };
        Ok((group, set))
    }

    /// Finds out whose file it is, when nobody said so.
    fn settle_member(&self, format: Format, source: &mut Source<'_>, mut set: FileSet) -> FileSet {
        if set.member.is_some() {
            return set;
        }
        let named: Vec<OrgNo> = match format {
            Format::Saft => saft::peek(source, &self.limits).into_iter().collect(),
            Format::Reduced => reduced::peek(source, &self.limits).into_iter().collect(),
            Format::Ehf => {
                let (seller, buyer) = ehf::peek(source, &self.limits);
                [seller, buyer].into_iter().flatten().collect()
            }
            _ => return set.blocked("import.member_needed", "name the member with `--member`"),
        };
        let found: Vec<&Member> = self
            .members
            .iter()
            .filter(|member| named.contains(&member.org_no))
            .collect();
        match (&found[..], &named[..]) {
            ([one], _) => set.member = Some((*one).clone()),
            ([_, _, ..], _) => {
                return set.blocked(
                    "import.member_needed",
                    "both sides are members; name whose copy it is with `--member`",
                );
            }
            ([], []) => {
                return set.blocked(
                    "import.member_unknown",
                    "the file does not say whose it is; name the member with `--member`",
                );
            }
            ([], [org_no, ..]) => {
                let detail = format!("{org_no} is not a member; `greenheart member add {org_no} --name …` adds it");
                return set.blocked("import.member_unknown", detail);
            }
        }
        set
    }
}

fn input_file(path: &Path) -> Result<InputFile, AppError> {
    let shown = path.display().to_string();
    let metadata = std::fs::metadata(path).map_err(|error| {
        let hint = "check the name and the rights of the file";
        AppError::input(format!("`{shown}` cannot be read: {error}"), hint)
    })?;
    if metadata.is_dir() {
        return Err(AppError::input(
            format!("`{shown}` is a folder"),
            "name one of its files",
        ));
    }
    Ok(InputFile {
        path: path.to_owned(),
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        size: metadata.len(),
    })
}

impl InputFile {
    fn source(&self, position: u16) -> Source<'static> {
        Source {
            name: self.name.clone(),
            position,
            size: self.size,
            reader: Box::new(LazyFile::new(self.path.clone(), self.size)),
        }
    }
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
