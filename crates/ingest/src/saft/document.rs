//! Walking one XML document.

use std::io::Read;

use quick_xml::Reader;
use quick_xml::errors::Error as XmlError;
use quick_xml::events::Event;

use super::state::State;
use super::tag::Tag;
use crate::ReadError;
use crate::archive::{self, Guard};

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
/// Progress is told this often.
const STRIDE: u64 = 1 << 20;

/// Reads a document into the state.
pub(super) fn read(reader: &mut dyn Read, pass: Pass, state: &mut State<'_>) -> Result<(), ReadError> {
    let (utf8, _encoding) = archive::utf8(reader)?;
    let mut xml = Reader::from_reader(Guard::new(utf8, state.options.limits.text_bytes));
    xml.config_mut().expand_empty_elements = true;
    let (mut buffer, mut text) = (Vec::with_capacity(4096), String::new());
    let mut path: Vec<Tag> = Vec::with_capacity(16);
    // Length of the path at which a part begins that is not read.
    let mut skipped: Option<usize> = None;
    let mut told = 0;
    loop {
        buffer.clear();
        xml.get_mut().next_piece();
        let event = match xml.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(error) => return refuse_xml(&error, xml.buffer_position(), state),
        };
        match event {
            Event::Start(start) => {
                let tag = Tag::of(start.local_name().as_ref());
                if path.is_empty() {
                    check_root(&start, tag, pass, state)?;
                }
                if path.len() >= state.options.limits.depth {
                    return state.refuse_here("saft.too_large", "elements are nested too deeply");
                }
                path.push(tag);
                text.clear();
                if tag == Tag::GeneralLedgerEntries && pass == Pass::MasterData {
                    return Ok(());
                }
                if skipped.is_some() {
                    continue;
                }
                if tag == Tag::SourceDocuments {
                    skipped = Some(path.len());
                    state.skip_source_documents();
                    continue;
                }
                state.start(tag)?;
            }
            Event::Text(piece) if wanted(&path, skipped) => text.push_str(&piece.xml10_content()),
            Event::CData(piece) if wanted(&path, skipped) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) => {
                let Some(resolved) = resolve(&reference) else {
                    return state.refuse_here("saft.doctype", &format!("`&{};` is not an entity of XML", &*reference));
                };
                if wanted(&path, skipped) {
                    text.push(resolved);
                }
            }
            Event::End(_) => {
                let ended = skipped.is_some_and(|depth| depth == path.len());
                let Some(tag) = path.pop() else { continue };
                if ended {
                    skipped = None;
                }
                if ended || skipped.is_some() {
                    continue;
                }
                let (parent, grandparent) = (up(&path, 1), up(&path, 2));
                state.end(tag, parent, grandparent, text.trim(), pass)?;
                text.clear();
            }
            Event::DocType(_) => return state.refuse_here("saft.doctype", "the file has a DOCTYPE"),
            Event::Eof => break,
            _ => {}
        }
        // Comments may cut one text into any number of pieces.
        if text.len() > state.options.limits.text_bytes {
            return state.refuse_here("saft.too_large", "a text is longer than allowed");
        }
        let read = xml.get_mut().read;
        if read - told >= STRIDE {
            told = read;
            state.progress(read)?;
        }
    }
    if !path.is_empty() {
        return state.refuse_here("saft.truncated", "the file ends before its last element does");
    }
    if !state.seen_root {
        return state.refuse_here("saft.not_saft", "there is no XML element in it");
    }
    Ok(())
}

fn wanted(path: &[Tag], skipped: Option<usize>) -> bool {
    skipped.is_none() && path.last().is_some_and(|tag| tag.has_text())
}

fn up(path: &[Tag], steps: usize) -> Tag {
    path.len().checked_sub(steps).map_or(Tag::Other, |at| path[at])
}

fn check_root(
    start: &quick_xml::events::BytesStart<'_>,
    tag: Tag,
    pass: Pass,
    state: &mut State<'_>,
) -> Result<(), ReadError> {
    if tag != Tag::AuditFile {
        return state.refuse_here("saft.not_saft", "its outermost element is not AuditFile");
    }
    // The namespace must belong to the prefix that the element itself has.
    let declaration = match start.name().as_ref().split_once(':') {
        Some((prefix, _)) => format!("xmlns:{prefix}"),
        None => "xmlns".to_owned(),
    };
    let mut attributes = start.attributes().flatten();
    let in_namespace = attributes.any(|a| a.key.as_ref() == declaration && &*a.value == NAMESPACE);
    state.root(in_namespace, pass);
    Ok(())
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character);
    }
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

fn refuse_xml(error: &XmlError, position: u64, state: &mut State<'_>) -> Result<(), ReadError> {
    match error {
        XmlError::Io(inner) => match archive::limit_passed(inner) {
            Some(limit) => state.refuse_here("saft.too_large", &limit.0),
            None if inner.kind() == std::io::ErrorKind::InvalidData
                || inner.kind() == std::io::ErrorKind::UnexpectedEof =>
            {
                state.refuse_here("saft.archive", &inner.to_string())
            }
            None => Err(ReadError::Io(std::io::Error::new(inner.kind(), inner.to_string()))),
        },
        XmlError::Encoding(inner) => state.refuse_here(
            "saft.encoding",
            &format!("near byte {position}: {inner}; many such files are Windows-1252"),
        ),
        XmlError::Syntax(inner) if !state.seen_root => {
            state.refuse_here("saft.not_saft", &format!("near byte {position}: {inner}"))
        }
        XmlError::Syntax(inner) => state.refuse_here("saft.truncated", &format!("near byte {position}: {inner}")),
        other => state.refuse_here("saft.malformed", &format!("near byte {position}: {other}")),
    }
}
