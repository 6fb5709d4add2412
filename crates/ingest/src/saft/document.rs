//! Walking one XML document of an export.

use std::io::Read;

use super::state::State;
use super::tag::Tag;
use crate::xml::{self, Element, Handler, Names, Next, Problem};
use crate::{Limits, ReadError};

/// Which part of a document counts in this walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// All of it.
    Everything,
    /// Header and master data; the walk ends where the entries begin.
    MasterData,
    /// Header totals and entries.
    Entries,
}

const NAMESPACE: &str = "urn:StandardAuditFile-Taxation-Financial:NO";

/// Reads a document into the state.
pub(super) fn read(reader: &mut dyn Read, pass: Pass, state: &mut State<'_>) -> Result<(), ReadError> {
    xml::walk(reader, &mut Document { pass, state })
}

struct Document<'d, 's> {
    pass: Pass,
    state: &'d mut State<'s>,
}

impl Handler for Document<'_, '_> {
    type Tag = Tag;

    fn limits(&self) -> &Limits {
        &self.state.options.limits
    }

    fn names() -> &'static Names<Tag> {
        Tag::names()
    }

    fn has_text(tag: Tag) -> bool {
        tag.has_text()
    }

    fn start(&mut self, path: &[Tag], element: &Element<'_>) -> Result<Next, ReadError> {
        let tag = up(path, 0);
        if path.len() == 1 {
            self.check_root(element, tag)?;
        }
        match tag {
            Tag::GeneralLedgerEntries if self.pass == Pass::MasterData => return Ok(Next::Stop),
            Tag::SourceDocuments => {
                self.state.skip_source_documents();
                return Ok(Next::Skip);
            }
            _ => self.state.start(tag)?,
        }
        Ok(Next::Into)
    }

    fn end(&mut self, path: &[Tag], text: &str) -> Result<(), ReadError> {
        self.state.end(up(path, 0), up(path, 1), up(path, 2), text, self.pass)
    }

    fn progress(&mut self, bytes_read: u64) -> Result<(), ReadError> {
        self.state.progress(bytes_read)
    }

    fn refuse(&mut self, problem: Problem, detail: &str) -> ReadError {
        let code = match problem {
            Problem::NotXml => "saft.not_saft",
            Problem::TooLarge => "saft.too_large",
            Problem::Doctype => "saft.doctype",
            Problem::Truncated => "saft.truncated",
            Problem::Malformed => "saft.malformed",
            Problem::Encoding => "saft.encoding",
            Problem::Archive => "saft.archive",
        };
        self.state.refusal(code, detail)
    }
}

impl Document<'_, '_> {
    fn check_root(&mut self, element: &Element<'_>, tag: Tag) -> Result<(), ReadError> {
        if tag != Tag::AuditFile {
            return self
                .state
                .refuse_here("saft.not_saft", "its outermost element is not AuditFile");
        }
        // The namespace must belong to the prefix that the element itself has.
        let declaration = match element.prefix() {
            Some(prefix) => format!("xmlns:{prefix}"),
            None => "xmlns".to_owned(),
        };
        let in_namespace = element
            .attributes()
            .any(|(name, value)| name == declaration && value == NAMESPACE);
        self.state.root(in_namespace, self.pass);
        Ok(())
    }
}

/// The tag so many steps above the one at hand.
fn up(path: &[Tag], steps: usize) -> Tag {
    path.len().checked_sub(steps + 1).map_or(Tag::Other, |at| path[at])
}
