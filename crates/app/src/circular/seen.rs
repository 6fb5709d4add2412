//! What an actor sees of a stream.

use greenheart_circular::stream::Stream;
use greenheart_circular::visible::{View, Viewer, for_ranking, view};

use super::kept::Kept;
use crate::{Actor, Capacity};

/// A band is shown when at least so many holders other than whoever looks stand behind it.
pub(crate) const CROWD: usize = 3;

/// Who looks, as the rules of visibility count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Has the disk, so that the rules keep a record rather than a wall.
    All,
    /// Sees what the holder of each stream chose.
    By(Viewer),
}

impl Sight {
    pub(crate) fn of(actor: &Actor) -> Self {
        match &actor.capacity {
            Capacity::Operator => Self::All,
            Capacity::Facilitator => Self::By(Viewer::Facilitator),
            Capacity::MemberAdmin(member) | Capacity::Contributor(member) => Self::By(Viewer::Member(member.clone())),
            Capacity::Auditor | Capacity::Public => Self::By(Viewer::Public),
        }
    }

    /// What is shown of a stream; `all` are the streams of everybody, among which a band may hide.
    pub(crate) fn view<'a>(&self, stream: &'a Stream, all: &[Stream]) -> View<'a> {
        match self {
            Self::All => View::Whole(stream),
            Self::By(viewer) => view(stream, viewer, all, CROWD),
        }
    }

    /// The streams cut down to what may be used in an answer to this actor, each with where it stood in `all`.
    pub(crate) fn cut(&self, kept: &[Kept], all: &[Stream]) -> Vec<(usize, Stream)> {
        let open = kept.iter().enumerate().filter(|(_, kept)| kept.is_open());
        open.filter_map(|(at, kept)| {
            let shown = match self {
                Self::All => Some(kept.stream.clone()),
                Self::By(viewer) => for_ranking(&kept.stream, viewer, all, CROWD),
            };
            shown.map(|stream| (at, stream))
        })
        .collect()
    }

    /// Whether the whole of it is shown, prices and all.
    pub(crate) fn whole(&self, stream: &Stream, all: &[Stream]) -> bool {
        matches!(self.view(stream, all), View::Whole(_))
    }
}

/// The streams alone.
pub(crate) fn streams_of(kept: &[Kept]) -> Vec<Stream> {
    kept.iter().map(|kept| kept.stream.clone()).collect()
}
