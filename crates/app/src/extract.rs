//! Reducing an accounting file on the company's own machine. No installation is needed, and none learns of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use greenheart_account::company_name;
use greenheart_ingest::reduced::{Reduced, Reducer};
use greenheart_ingest::{Limits, ReadError, Source, saft};
use greenheart_model::{Counterparty, OrgNo};

use crate::AppError;

/// Who the members are, as whoever reduces an accounting file knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownMembers {
    numbers: Vec<OrgNo>,
    by_name: BTreeMap<String, OrgNo>,
}

impl KnownMembers {
    /// Members with number and name; the name may be empty.
    pub fn new(members: impl IntoIterator<Item = (OrgNo, String)>) -> Self {
        let mut known = Self::default();
        for (number, name) in members {
            known.numbers.push(number);
            let plain = company_name(&name);
            if !plain.is_empty() {
                known.by_name.insert(plain, number);
            }
        }
        known.numbers.sort_unstable();
        known
    }

    /// Every organisation number that stands in a text, with the longest cell beside it as the name: whatever list of
    /// members somebody was sent.
    pub fn from_text(text: &str) -> Self {
        Self::new(text.lines().filter_map(|line| {
            let cells = || line.split([';', ',', '\t']).map(|cell| cell.trim().trim_matches('"'));
            let number = cells().find_map(|cell| cell.parse::<OrgNo>().ok())?;
            let name = cells().filter(|cell| cell.parse::<OrgNo>().is_err());
            let name = name.filter(|cell| cell.chars().any(char::is_alphabetic));
            Some((
                number,
                name.max_by_key(|cell| cell.len()).unwrap_or_default().to_owned(),
            ))
        }))
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Nobody.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The member that a counterparty is, by its number, or without one by its name.
    pub fn member_of(&self, other: &Counterparty) -> Option<OrgNo> {
        match other.org_no {
            Some(number) => self.numbers.binary_search(&number).is_ok().then_some(number),
            None => self.by_name.get(&company_name(other.name.as_deref()?)).copied(),
        }
    }
}

/// Reduces an accounting file, or the parts of one, to account by month by counterparty-if-member.
///
/// # Errors
/// When a file cannot be read, or is no accounting file; what is wrong with it is in the message.
pub fn reduce_accounts(files: &[PathBuf], members: &KnownMembers) -> Result<Reduced, AppError> {
    let mut sources = Vec::new();
    for (position, path) in (0_u16..).zip(files) {
        let shown = path.display();
        let file = std::fs::File::open(path).map_err(|error| {
            let hint = "check the name and the rights of the file";
            AppError::input(format!("`{shown}` cannot be read: {error}"), hint)
        })?;
        let size = file.metadata()?.len();
        sources.push(Source {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            position,
            size,
            reader: Box::new(std::io::BufReader::new(file)),
        });
    }
    let member_of = |other: &Counterparty| members.member_of(other);
    let mut reducer = Reducer::new(&member_of);
    let options = saft::Options {
        limits: Limits::default(),
        expected_org: None,
    };
    match saft::read(&mut sources, &options, &mut reducer) {
        Ok(summary) => Ok(reducer.finish(summary)),
        Err(ReadError::Refused { code }) => Err(AppError::input(
            format!("this is no accounting file that can be read: `{code}`"),
            "export SAF-T Financial from the accounting system; `greenheart import --dry-run` says more of the file",
        )),
        Err(error) => Err(AppError::input(
            format!("reading the accounting file failed: {error}"),
            "copy the file to this machine and try again",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_list_of_members_will_do() {
        let text = "member,name,role\n923609016,\"Oppdiktet Stål AS\",industry\n999999999\tFiktiv Flis\nnobody;12\n";
        let known = KnownMembers::from_text(text);
        assert_eq!(known.len(), 2);
        let of = |org_no: Option<&str>, name: &str| {
            let other = Counterparty {
                org_no: org_no.and_then(|number| number.parse().ok()),
                name: Some(name.into()),
                ..Counterparty::default()
            };
            known.member_of(&other).map(|number| number.to_string())
        };
        for (org_no, name, expect) in [
            (Some("923609016"), "whatever", Some("923609016")),
            (None, "OPPDIKTET STAAL A/S", Some("923609016")),
            (None, "Oppdiktet Stål", Some("923609016")),
            (None, "FIKTIV FLIS AS", Some("999999999")),
            (Some("888888888"), "Fiktiv Flis", None),
            (None, "Somebody", None),
        ] {
            assert_eq!(of(org_no, name).as_deref(), expect, "{org_no:?} {name}");
        }
    }
}
