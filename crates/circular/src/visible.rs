//! What others may see of a stream: one pure function from the stream and who looks.
//!
//! Whatever is shown to somebody without the right is computed from bands alone, so that nothing exact can be won back from it: not
//! by comparing two looks, not by asking twice, not by the order or the score of suggestions.

use greenheart_model::{MemberId, SiteId, Visibility, WasteCode, waste_list};
use greenheart_units::{Amount, Dimension};
use serde::{Deserialize, Serialize};

use crate::stream::{Codes, Direction, Kind, Source, Standing, Stream, StreamId};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// The stream as a ranking for `viewer` may use it: cut down to what [`view`] shows, so that neither order nor score nor reasons can
/// tell more. `None` where nothing is shown. A band has the words of its chapter, and no holder, place, code or quantity.
pub fn for_ranking(stream: &Stream, viewer: &Viewer, all: &[Stream], crowd: usize) -> Option<Stream> {
    match view(stream, viewer, all, crowd) {
        View::Nothing => None,
        View::Whole(whole) => Some(whole.clone()),
        View::Named { .. } => Some(Stream {
            codes: Codes {
                waste: stream.codes.waste,
                jurisdiction: stream.codes.jurisdiction,
                ..Codes::default()
            },
            ..blank(
                stream.id.clone(),
                stream.member.clone(),
                stream.text.clone(),
                &anonymous(stream),
            )
        }),
        View::Band(band) => {
            let words = band
                .chapter
                .as_deref()
                .and_then(waste_list::name)
                .map_or("", |name| name.english);
            Some(blank(
                StreamId("hidden".into()),
                MemberId::new("hidden"),
                words.to_owned(),
                &band,
            ))
        }
    }
}

/// A stream that says nothing but this.
fn blank(id: StreamId, member: MemberId, text: String, band: &Anonymous) -> Stream {
    Stream {
        id,
        member,
        site: SiteId::new("hidden"),
        place: None,
        direction: band.direction,
        kind: band.kind,
        codes: Codes::default(),
        text,
        properties: Vec::new(),
        heat: None,
        quantities: None,
        price: None,
        max_distance_km: None,
        documents: Vec::new(),
        visibility: Visibility::Own,
        partners: Vec::new(),
        // Whether the holder has confirmed it is the holder's to tell.
        standing: Standing::Inferred(Source::SectorProfile(String::new())),
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
        yearly: yearly_band(stream),
    }
}

/// The rough scale of what a stream comes to in a year.
pub fn yearly_band(stream: &Stream) -> Band {
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

    /// Order, scores and reasons of suggestions are the same for every hidden stream of one band.
    #[test]
    fn suggestions_tell_no_more_than_the_band() {
        use crate::matching::{Firm, Matcher, Reader, Taker, Weights};
        let reader = Reader::new();
        let matcher = Matcher::new(&reader, &[]);
        let firms: Vec<Firm> = [("steel", "24.10"), ("cement", "23.51"), ("secret", "25.62")]
            .map(|(name, nace)| Firm {
                member: MemberId::new(name),
                nace: nace.parse().ok(),
                text: name.into(),
                place: None,
            })
            .into();
        let takers: Vec<Taker<'_>> = firms.iter().map(|firm| Taker { firm, want: None }).collect();
        let told = |text: &str, holder: &str, tonnes: i64| {
            let mut all: Vec<Stream> = ["c", "d", "e"]
                .iter()
                .map(|by| held(by, Visibility::AnonymisedBand, 50))
                .collect();
            let mut hidden = held(holder, Visibility::AnonymisedBand, tonnes);
            hidden.text = text.into();
            hidden.place = greenheart_model::Coordinates::parse("60", "12").ok();
            hidden.max_distance_km = u32::try_from(tonnes).ok();
            all.push(hidden);
            let shown = for_ranking(&all[3], &member("x"), &all, 3).expect("a band");
            format!("{:?} {shown:?}", matcher.rank(&shown, &takers, &Weights::default()))
        };
        let one = told("skrapjern til stålverk", "secret", 11);
        assert_eq!(one, told("sement", "other", 99));
        // The holder itself stays among the suggested, or its absence would name it.
        assert!(one.contains("MemberId(secret)"));
        assert!(!one.contains("skrapjern"));
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
