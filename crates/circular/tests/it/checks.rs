//! Bad input becomes findings, and impossible blends are seen.

use greenheart_circular::stream::{Blend, Direction, FINDINGS, HeatProfile, Kind, Medium, Stream, blend, check};
use greenheart_units::{Amount, Dimension};
use proptest::prelude::*;

use super::streams::{property, stream};

fn codes(stream: &Stream, offers: &[&Stream]) -> Vec<String> {
    check(stream, offers)
        .counts()
        .map(|(code, ..)| code.to_owned())
        .collect()
}

fn offer(change: impl FnOnce(&mut Stream)) -> Stream {
    let mut stream = stream("a", Direction::Offer, "flyveaske");
    change(&mut stream);
    stream
}

#[test]
fn a_whole_stream_has_no_finding() {
    assert!(codes(&offer(|_| {}), &[]).is_empty());
}

#[test]
fn each_mistake_has_its_finding() {
    let amount = Amount::from_integer;
    let check = |expected: &str, change: &dyn Fn(&mut Stream)| {
        assert_eq!(codes(&offer(change), &[]), [expected]);
        assert!(FINDINGS.iter().any(|(code, ..)| *code == expected), "{expected}");
    };
    check("stream.negative_quantity", &|s| {
        s.quantities.as_mut().expect("some").months[3] = Some(amount(-1));
    });
    check("stream.unit_against_kind", &|s| {
        s.quantities.as_mut().expect("some").dimension = Dimension::Energy;
    });
    check("stream.quantity_missing", &|s| s.quantities = None);
    check("stream.quantity_missing", &|s| {
        s.quantities.as_mut().expect("some").months[0] = None;
    });
    check("stream.not_described", &|s| s.text = "  ".into());
    check("stream.code_unknown", &|s| s.codes.waste = "100203".parse().ok());
    check("stream.mirror_entry", &|s| s.codes.waste = "170204".parse().ok());
    check("stream.range_reversed", &|s| {
        s.properties = vec![property("moisture", Some("20"), Some("10"))];
    });
    check("stream.property_twice", &|s| {
        s.properties = vec![property("ash", None, None), property("ash", None, None)];
    });
    check("stream.shares_over_whole", &|s| {
        s.properties = vec![property("moisture", None, Some("101"))];
    });
    check("stream.shares_over_whole", &|s| {
        s.properties = vec![
            property("share_wood", Some("60"), None),
            property("share_plastic", Some("41"), None),
        ];
    });
    check("stream.heat_profile", &|s| {
        s.kind = Kind::Heat;
        s.quantities.as_mut().expect("some").dimension = Dimension::Energy;
    });
    check("stream.code_against_kind", &|s| {
        s.kind = Kind::Electricity;
        s.codes.waste = "100202".parse().ok();
        s.quantities.as_mut().expect("some").dimension = Dimension::Energy;
    });
    check("stream.heat_profile", &|s| {
        s.kind = Kind::Heat;
        s.quantities = None;
        s.heat = Some(HeatProfile {
            medium: Medium::Water,
            supply_c: amount(60),
            return_c: Some(amount(70)),
            power_kw: [Some(amount(500)); 12],
        });
    });
    let listed = check_hazard_differs();
    assert!(listed.contains(&"stream.hazard_differs".to_owned()), "{listed:?}");
}

fn check_hazard_differs() -> Vec<String> {
    codes(&offer(|s| s.codes.waste = "160401".parse().ok()), &[])
}

#[test]
fn a_blend_can_keep_what_no_offer_keeps_alone() {
    let of = |moisture: &str, ash: &str| {
        offer(|s| {
            s.properties = vec![
                property("moisture", Some(moisture), Some(moisture)),
                property("ash", Some(ash), Some(ash)),
            ];
        })
    };
    let (wet, ashy) = (of("50", "2"), of("10", "12"));
    let mut want = stream("b", Direction::Want, "brensel");
    want.properties = vec![property("moisture", None, Some("30")), property("ash", None, Some("8"))];
    let Blend::Possible(shares) = blend(&want, &[&wet, &ashy]) else {
        panic!("half of each keeps both")
    };
    assert!(
        (0.4..=0.5).contains(&shares[0]) && (shares[0] + shares[1] - 1.0).abs() < 1e-9,
        "{shares:?}"
    );
    // Tighter together than any mix: moisture under 20 needs a quarter wet at most, ash under 5 seven tenths at least.
    want.properties = vec![property("moisture", None, Some("20")), property("ash", None, Some("5"))];
    assert!(matches!(blend(&want, &[&wet, &ashy]), Blend::Impossible { property } if property.is_empty()));
    assert_eq!(codes(&want, &[&wet, &ashy]), ["stream.no_blend"]);
    want.properties = vec![property("ash", None, Some("1"))];
    assert!(matches!(blend(&want, &[&wet, &ashy]), Blend::Impossible { property } if property == ["ash"]));
    want.properties = vec![property("chloride", None, Some("1"))];
    assert_eq!(blend(&want, &[&wet]), Blend::Unknown("chloride".into()));
}

proptest! {
    /// Against a search of all mixes of three offers in steps of a fiftieth.
    #[test]
    fn blends_agree_with_trying_all(
        values in proptest::collection::vec(0_i32..100, 9),
        limits in proptest::collection::vec(0_i32..100, 3),
    ) {
        let names = ["moisture", "ash", "sulphur"];
        let offers: Vec<Stream> = (0..3)
            .map(|at| offer(|s| {
                s.properties = (0..3).map(|kind| {
                    let value = values[at * 3 + kind].to_string();
                    property(names[kind], Some(&value), Some(&value))
                }).collect();
            }))
            .collect();
        let mut want = stream("b", Direction::Want, "x");
        want.properties = (0..3).map(|kind| property(names[kind], None, Some(&limits[kind].to_string()))).collect();
        let found = blend(&want, &offers.iter().collect::<Vec<_>>());
        let keeps = |shares: &[f64], slack: f64| (0..3).all(|kind| {
            let mixed: f64 = (0..3).map(|at| shares[at] * f64::from(values[at * 3 + kind])).sum();
            mixed <= f64::from(limits[kind]) + slack
        });
        let tried = (0..=50).flat_map(|a| (0..=50 - a).map(move |b| [f64::from(a) / 50.0, f64::from(b) / 50.0, f64::from(50 - a - b) / 50.0]));
        match found {
            Blend::Possible(shares) => {
                prop_assert!(shares.iter().all(|share| *share > -1e-9));
                prop_assert!(keeps(&shares, 1e-6), "{shares:?}");
            }
            Blend::Impossible { .. } => prop_assert!(tried.into_iter().all(|shares| !keeps(&shares, -1e-6))),
            Blend::Unknown(name) => prop_assert!(false, "{name} is measured"),
        }
    }
}
