//! Suggestions and their reasons, without and with known cases.

use greenheart_circular::codes::{CodeFinder, CodeWeights};
use greenheart_circular::matching::{Case, DistanceFit, Firm, Matcher, QuantityFit, Reader, Reason, Taker, Weights};
use greenheart_circular::stream::{Direction, LimitOutcome};
use greenheart_model::waste_list::Jurisdiction;
use greenheart_model::{Coordinates, MemberId, Nace};

use super::streams::{property, stream};

fn firm(name: &str, nace: &str, text: &str) -> Firm {
    Firm {
        member: MemberId::new(name),
        nace: nace.parse::<Nace>().ok(),
        text: text.into(),
        place: Coordinates::parse("60.19", "12.5").ok(),
    }
}

fn cluster() -> Vec<Firm> {
    vec![
        firm("giver", "35.11", "bioenergi"),
        firm("cement", "23.51", "sementfabrikk"),
        firm("dairy", "10.51", "meieri"),
        firm("panels", "16.21", "sponplater"),
        firm("bank", "64.19", "bank"),
        firm("farm", "01.50", "gård med gris og korn"),
    ]
}

fn takers(firms: &[Firm]) -> Vec<Taker<'_>> {
    firms.iter().map(|firm| Taker { firm, want: None }).collect()
}

#[test]
fn process_knowledge_alone_finds_takers_in_norwegian_and_english() {
    let reader = Reader::new();
    let matcher = Matcher::new(&reader, &[]);
    let firms = cluster();
    let first = |text: &str| {
        let offer = stream("giver", Direction::Offer, text);
        matcher.rank(&offer, &takers(&firms), &Weights::default())[0]
            .member
            .to_string()
    };
    for (text, taker) in [
        ("flygeaske", "cement"),
        ("fly ash", "cement"),
        ("kutterspon og flis", "panels"),
        ("wood chips", "panels"),
        ("biorest", "farm"),
        ("manure", "farm"),
    ] {
        assert_eq!(first(text), taker, "{text}");
    }
}

#[test]
fn a_known_case_is_named_and_counts() {
    let reader = Reader::new();
    let cases = [Case {
        name: "brewery to bakery".into(),
        text: "spent zzyx".into(),
        code: None,
        giver: ("11.05".parse().ok(), "brewery".into()),
        taker: ("64.19".parse().ok(), "bank".into()),
        source: "made up for this test".into(),
    }];
    let matcher = Matcher::new(&reader, &cases);
    let firms = cluster();
    let ranked = matcher.rank(
        &stream("giver", Direction::Offer, "zzyx"),
        &takers(&firms),
        &Weights::default(),
    );
    assert_eq!(ranked[0].member, MemberId::new("bank"));
    assert_eq!(
        ranked[0].resembles.as_ref().map(|known| known.case.name.as_str()),
        Some("brewery to bakery")
    );
    assert!(
        ranked[0]
            .reasons
            .iter()
            .any(|(reason, adds)| *reason == Reason::Words && *adds > 0.0),
        "{:?}",
        ranked[0]
    );
    // The giver is not suggested to itself, and the reasons add up to the score.
    assert_eq!(ranked.len(), firms.len() - 1);
    for suggestion in &ranked {
        let sum: f64 = suggestion.reasons.iter().map(|(_, adds)| adds).sum();
        assert!((sum - suggestion.score).abs() < 1e-6);
    }
}

#[test]
fn limits_distance_and_quantity_are_said_and_what_is_ruled_out_comes_last() {
    let reader = Reader::new();
    let matcher = Matcher::new(&reader, &[]);
    let firms = cluster();
    let mut offer = stream("giver", Direction::Offer, "flyveaske");
    offer.properties = vec![
        property("moisture", Some("1"), Some("2")),
        property("chloride", None, Some("3")),
    ];
    let mut want = stream("cement", Direction::Want, "flyveaske");
    want.properties = vec![
        property("moisture", None, Some("5")),
        property("sulphur", None, Some("1")),
    ];
    let all: Vec<Taker<'_>> = firms
        .iter()
        .map(|firm| Taker {
            firm,
            want: (firm.member == want.member).then_some(&want),
        })
        .collect();
    let best = &matcher.rank(&offer, &all, &Weights::default())[0];
    assert_eq!(best.member, want.member);
    assert_eq!(best.limits[0].outcome, LimitOutcome::Pass);
    assert_eq!(best.missing_tests().len(), 1);
    assert!(matches!(best.distance, DistanceFit::Within(km) if (27.0..28.5).contains(&km)));
    assert!(matches!(best.quantity, QuantityFit::Overlap { months: 12, .. }));
    want.properties = vec![property("chloride", None, Some("1"))];
    let all: Vec<Taker<'_>> = firms
        .iter()
        .map(|firm| Taker {
            firm,
            want: (firm.member == want.member).then_some(&want),
        })
        .collect();
    let ranked = matcher.rank(&offer, &all, &Weights::default());
    assert_eq!(ranked.last().map(|last| last.member.as_str()), Some("cement"));
    assert!(
        ranked
            .last()
            .is_some_and(greenheart_circular::matching::Suggestion::is_ruled_out)
    );
    offer.max_distance_km = Some(5);
    assert!(
        matcher
            .rank(&offer, &all, &Weights::default())
            .iter()
            .all(greenheart_circular::matching::Suggestion::is_ruled_out)
    );
}

#[test]
fn words_find_codes_in_both_languages() {
    let reader = Reader::new();
    let finder = CodeFinder::new(
        &reader.analyzer,
        &reader.concepts,
        &reader.sectors,
        Jurisdiction::Norway,
    );
    let nace = |text: &str| text.parse::<Nace>().ok();
    for (text, trade, code) in [
        ("flyveaske", "35.11", "100102"),
        ("coal fly ash", "35.11", "100102"),
        ("glødeskall", "24.10", "100210"),
        ("sagflis og kutterspon", "16.10", "030105"),
        ("gipsplater fra riving", "43.11", "170802"),
        ("animal manure", "01.47", "020106"),
        ("plastemballasje", "46.90", "150102"),
    ] {
        let found = finder.suggest(text, ("", nace(trade).as_ref()), &[], &CodeWeights::default());
        let five: Vec<String> = found.iter().take(5).map(|one| one.code.as_str().to_owned()).collect();
        assert!(five.contains(&code.to_owned()), "{text}: {five:?}");
    }
}
