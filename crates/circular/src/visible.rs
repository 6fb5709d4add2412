//! What others may see of a stream: one pure function from the stream and who looks.
//!
//! Whatever is shown to somebody without the right is computed from bands alone, so that nothing exact can be won back from it: not
//! by comparing two looks, not by asking twice, not by the order or the score of suggestions.

use greenheart_model::{MemberId, Visibility, WasteCode};
use greenheart_units::{Amount, Dimension};

use crate::stream::{Direction, Kind, Stream, StreamId};

/// Who looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Leads the cluster.
    Facilitator,
    /// A member of it.
    Member(MemberId),
    /// Anybody.
    Public,
}

/// A quantity rounded up to a place in a rough scale: never the figure, and the same for every figure in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Not stated.
    Unknown,
    /// Under 10 units a year (tonnes, MWh, thousand m³).
    Little,
    /// Under 100.
    Some,
    /// Under 1000.
    Much,
    /// 1000 and more.
    VeryMuch,
}

/// What is shown of a stream whose holder shows itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anonymous {
    /// Offer or want.
    pub direction: Direction,
    /// What it is.
    pub kind: Kind,
    /// Chapter of the list of waste, two digits.
    pub chapter: Option<String>,
    /// How much in a year.
    pub yearly: Band,
}

/// What a viewer sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View<'a> {
    /// Everything, prices and all.
    Whole(&'a Stream),
    /// All but the price, the quality documents and the exact months.
    Named {
        /// Which stream.
        id: &'a StreamId,
        /// Whose.
        member: &'a MemberId,
        /// In the holder's words.
        text: &'a str,
        /// Its waste code.
        code: Option<WasteCode>,
        /// The rest, in bands.
        band: Anonymous,
    },
    /// A band without a name.
    Band(Anonymous),
    /// Nothing: the same answer as for a stream that does not exist.
    Nothing,
}

/// What `viewer` sees of `stream`.
///
/// The holder sees everything, the facilitator everything from [`Visibility::Facilitator`] on, named partners the whole of what was
/// opened to them. Members of the cluster see a name only from [`Visibility::Cluster`] on and a band from
/// [`Visibility::AnonymisedBand`] on, but only when at least `crowd` holders stand behind the same band, since a band of one is a
/// name. The public sees public streams by name, without price. A denied or withdrawn stream is the holder's and the facilitator's alone.
pub fn view<'a>(stream: &'a Stream, viewer: &Viewer, all: &[Stream], crowd: usize) -> View<'a> {
    match viewer {
        Viewer::Member(member) if *member == stream.member => View::Whole(stream),
        Viewer::Facilitator if stream.visibility >= Visibility::Facilitator => View::Whole(stream),
        Viewer::Facilitator => View::Nothing,
        _ if !stream.is_open() => View::Nothing,
        Viewer::Member(member) => match stream.visibility {
            Visibility::Own | Visibility::Facilitator => View::Nothing,
            Visibility::NamedPartners if stream.partners.contains(member) => View::Whole(stream),
            Visibility::AnonymisedBand | Visibility::NamedPartners => in_crowd(stream, member, all, crowd),
            Visibility::Cluster | Visibility::Public => named(stream),
        },
        Viewer::Public if stream.visibility == Visibility::Public => named(stream),
        Viewer::Public => View::Nothing,
    }
}

fn named(stream: &Stream) -> View<'_> {
    View::Named {
        id: &stream.id,
        member: &stream.member,
        text: &stream.text,
        code: stream.codes.waste,
        band: anonymous(stream),
    }
}

/// A band, when enough other holders than the viewer show the same one.
fn in_crowd<'a>(stream: &Stream, viewer: &MemberId, all: &[Stream], crowd: usize) -> View<'a> {
    let band = anonymous(stream);
    // Only holders that are themselves hidden count: those shown by name could be subtracted.
    let hidden = |other: &&Stream| {
        matches!(other.visibility, Visibility::AnonymisedBand | Visibility::NamedPartners)
            && other.is_open()
            && other.member != *viewer
            && !other.partners.contains(viewer)
    };
    let holders: std::collections::BTreeSet<&MemberId> = all
        .iter()
        .filter(hidden)
        .filter(|other| anonymous(other) == band)
        .map(|other| &other.member)
        .collect();
    if holders.len() >= crowd {
        View::Band(band)
    } else {
        View::Nothing
    }
}

fn anonymous(stream: &Stream) -> Anonymous {
    Anonymous {
        direction: stream.direction,
        kind: stream.kind,
        chapter: stream.codes.waste.map(|code| code.chapter().to_owned()),
        yearly: band(stream),
    }
}

fn band(stream: &Stream) -> Band {
    let Some(quantities) = stream.quantities.as_ref().filter(|quantities| quantities.known().1 > 0) else {
        return Band::Unknown;
    };
    // Tonnes, MWh and thousand m³ are a thousand base units; pieces are counted as they are.
    let unit = if quantities.dimension == Dimension::Count {
        1
    } else {
        1000
    };
    let under = |limit: i64| quantities.known().0 < Amount::from_integer(limit * unit);
    match () {
        () if under(10) => Band::Little,
        () if under(100) => Band::Some,
        () if under(1000) => Band::Much,
        () => Band::VeryMuch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_streams::residue;

    fn held(by: &str, visibility: Visibility, tonnes: i64) -> Stream {
        let mut stream = residue("hemmelig legering", Some("120101"));
        stream.member = MemberId::new(by);
        stream.id = StreamId(format!("stream-{by}").into());
        stream.visibility = visibility;
        if let Some(quantities) = &mut stream.quantities {
            quantities.months = [None; 12];
            quantities.months[0] = Some(Amount::from_integer(tonnes * 1000));
        }
        stream
    }

    fn member(name: &str) -> Viewer {
        Viewer::Member(MemberId::new(name))
    }

    #[test]
    fn who_sees_what() {
        let kinds = |visibility| {
            let mut stream = held("a", visibility, 20);
            stream.partners = vec![MemberId::new("partner")];
            [
                member("a"),
                Viewer::Facilitator,
                member("partner"),
                member("b"),
                Viewer::Public,
            ]
            .map(
                |viewer| match view(&stream, &viewer, std::slice::from_ref(&stream), 3) {
                    View::Whole(_) => 'w',
                    View::Named { .. } => 'n',
                    View::Band(_) => 'b',
                    View::Nothing => '-',
                },
            )
        };
        assert_eq!(kinds(Visibility::Own), ['w', '-', '-', '-', '-']);
        assert_eq!(kinds(Visibility::Facilitator), ['w', 'w', '-', '-', '-']);
        assert_eq!(kinds(Visibility::AnonymisedBand), ['w', 'w', '-', '-', '-']);
        assert_eq!(kinds(Visibility::NamedPartners), ['w', 'w', 'w', '-', '-']);
        assert_eq!(kinds(Visibility::Cluster), ['w', 'w', 'n', 'n', '-']);
        assert_eq!(kinds(Visibility::Public), ['w', 'w', 'n', 'n', 'n']);
    }

    /// A stranger who knows every other stream, and tries every quantity, cannot tell two hidden streams of one band apart.
    #[test]
    fn a_stranger_cannot_win_back_the_figure_or_the_holder() {
        let crowd = |tonnes: i64, name: &str, text: &str| {
            let mut all: Vec<Stream> = ["c", "d", "e"]
                .iter()
                .map(|by| held(by, Visibility::AnonymisedBand, 50))
                .collect();
            let mut hidden = held(name, Visibility::AnonymisedBand, tonnes);
            hidden.text = text.into();
            hidden.price = Some(crate::stream::Price {
                nok_per_unit: Amount::from_integer(tonnes),
            });
            all.insert(0, hidden);
            all
        };
        let seen = |all: &[Stream]| {
            format!(
                "{:?}",
                all.iter()
                    .map(|one| view(one, &member("x"), all, 3))
                    .collect::<Vec<_>>()
            )
        };
        let first = seen(&crowd(10, "secret-firm", "hemmelig legering"));
        for tonnes in 10..100 {
            assert_eq!(seen(&crowd(tonnes, "other", "noe annet")), first, "{tonnes}");
        }
        for word in ["secret", "hemmelig", "legering", "stream-", "10000"] {
            assert!(!first.contains(word), "{word} in {first}");
        }
        assert!(first.contains("Band"));
    }

    /// Two of three in a band conspire: each sees a band only while enough others than itself are in it.
    #[test]
    fn a_band_of_few_is_not_shown() {
        let all: Vec<Stream> = ["a", "b", "c"]
            .iter()
            .map(|by| held(by, Visibility::AnonymisedBand, 20))
            .collect();
        assert_eq!(view(&all[0], &member("b"), &all, 3), View::Nothing);
        assert!(matches!(view(&all[0], &member("x"), &all, 3), View::Band(_)));
        // One holder with many streams is still one holder.
        let mut alone: Vec<Stream> = (0..5).map(|_| held("a", Visibility::AnonymisedBand, 20)).collect();
        assert_eq!(view(&alone[0], &member("x"), &alone, 3), View::Nothing);
        // Streams shown by name do not hide the others.
        alone.extend(["b", "c", "d"].iter().map(|by| held(by, Visibility::Cluster, 20)));
        assert_eq!(view(&alone[0], &member("x"), &alone, 3), View::Nothing);
    }

    #[test]
    fn a_name_comes_without_price_and_without_months() {
        let mut stream = held("a", Visibility::Public, 20);
        stream.price = Some(crate::stream::Price {
            nok_per_unit: Amount::from_integer(777_777),
        });
        let all = [stream];
        let shown = format!("{:?}", view(&all[0], &Viewer::Public, &all, 3));
        assert!(
            shown.contains("hemmelig") && !shown.contains("777777") && !shown.contains("20000"),
            "{shown}"
        );
    }

    #[test]
    fn a_withdrawn_stream_looks_like_none() {
        let mut stream = held("a", Visibility::Public, 20);
        stream
            .withdraw("2026-01-01".parse().expect("a date"), &[])
            .expect("withdrawn");
        let all = [stream];
        assert_eq!(view(&all[0], &member("b"), &all, 3), View::Nothing);
        assert!(matches!(view(&all[0], &member("a"), &all, 3), View::Whole(_)));
    }
}
