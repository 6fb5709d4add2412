//! Streams that the unit tests share.

use greenheart_model::{MemberId, SiteId, Visibility};
use greenheart_units::{Amount, Basis, Dimension};

use crate::stream::{Codes, Direction, Kind, Quantities, Source, Standing, Stream, StreamId};

/// A tonne a month of some residue.
pub fn residue(text: &str, code: Option<&str>) -> Stream {
    Stream {
        id: StreamId("s1".into()),
        member: MemberId::new("giver"),
        site: SiteId::new("giver-1"),
        place: None,
        direction: Direction::Offer,
        kind: Kind::Residue,
        codes: Codes {
            waste: code.map(|code| code.parse().expect("a code")),
            ..Codes::default()
        },
        text: text.into(),
        properties: Vec::new(),
        heat: None,
        quantities: Some(Quantities::steady(
            Dimension::Mass,
            Basis::Wet,
            Amount::from_integer(1000),
        )),
        price: None,
        max_distance_km: None,
        documents: Vec::new(),
        visibility: Visibility::Cluster,
        partners: Vec::new(),
        standing: Standing::Inferred(Source::SectorProfile("steel".into())),
    }
}
