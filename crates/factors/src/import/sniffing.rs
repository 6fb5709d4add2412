//! Which publication a file is, from what stands in it.

use super::grid::{self, Grid};
use super::{
    ImportError, Kind, Source, eea, epa_hub, epa_spend, exiobase, ghg_protocol, ignite, uk_flat, uk_full, useeio,
};

/// Which kind of publication the files are.
///
/// # Errors
/// [`ImportError::Unrecognised`] when they are none that is known; otherwise as reading them.
pub fn sniff(sources: &[Source<'_>]) -> Result<Kind, ImportError> {
    let first = sources
        .first()
        .ok_or_else(|| ImportError::Missing("a file".to_owned()))?;
    if useeio::is(sources) {
        return Ok(Kind::Useeio);
    }
    let grids = grid::read(first)?;
    of(&grids).ok_or_else(|| ImportError::Unrecognised(first.file.chars().take(80).collect()))
}

fn of(grids: &[Grid]) -> Option<Kind> {
    let first = grids.first()?;
    let own = |row: usize| {
        first
            .columns(row, ["id", "item", "aspect", "dimension", "citation"])
            .is_some()
    };
    if (0..first.rows.len().min(40)).any(own) {
        return Some(Kind::Own);
    }
    let tables = [
        (Kind::EpaSupplyChain, epa_spend::is(first)),
        (Kind::Exiobase, exiobase::is(first)),
        (Kind::Ignite, ignite::is(first)),
        (Kind::Eea, eea::is(first)),
    ];
    if let Some((kind, _)) = tables.into_iter().find(|(_, is)| *is) {
        return Some(kind);
    }
    if grids.iter().any(uk_flat::is) {
        return Some(Kind::UkFlat);
    }
    if uk_full::is(grids) {
        return Some(Kind::UkFull);
    }
    if grids.iter().any(epa_hub::is) {
        return Some(Kind::EpaHub);
    }
    ghg_protocol::is(grids).then_some(Kind::GhgProtocol)
}
