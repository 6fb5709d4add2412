//! Streams as the tests need them.

use greenheart_circular::stream::{Codes, Direction, Kind, Property, Quantities, Standing, Stream, StreamId};
use greenheart_model::{Coordinates, MemberId, SiteId, Visibility};
use greenheart_units::{Amount, Basis, Dimension};

pub fn stream(member: &str, direction: Direction, text: &str) -> Stream {
    Stream {
        id: StreamId(format!("{member}:{text}").as_str().into()),
        member: MemberId::new(member),
        site: SiteId::new(member),
        place: Coordinates::parse("60.19", "12.0").ok(),
        direction,
        kind: Kind::Residue,
        codes: Codes::default(),
        text: text.into(),
        properties: Vec::new(),
        heat: None,
        quantities: Some(Quantities::steady(
            Dimension::Mass,
            Basis::Wet,
            Amount::from_integer(10_000),
        )),
        price: None,
        max_distance_km: None,
        documents: Vec::new(),
        visibility: Visibility::Own,
        partners: Vec::new(),
        standing: Standing::Confirmed {
            by: "Kari Nordmann".into(),
            on: "2026-01-01".parse().expect("a date"),
        },
    }
}

pub fn property(name: &str, lower: Option<&str>, upper: Option<&str>) -> Property {
    let amount = |text: &str| text.parse::<Amount>().expect("a number");
    Property {
        name: name.into(),
        unit: "%".into(),
        lower: lower.map(amount),
        upper: upper.map(amount),
        blends: true,
    }
}
