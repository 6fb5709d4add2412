//! What a stranger can work out of counts, orders and repetition: nothing of a hidden stream.

use greenheart_app::Actor;
use greenheart_app::circular::{Direction, MatchRequest, StreamKind, StreamLine, StreamQuery, StreamRequest};
use greenheart_model::{MemberId, Visibility};

use super::kit::{Kit, actor, operator};

fn hidden(member: &MemberId, text: &str, code: &str, yearly: &str) -> StreamRequest {
    StreamRequest {
        member: member.clone(),
        site: None,
        direction: Direction::Offer,
        kind: StreamKind::Residue,
        waste_code: code.parse().ok(),
        cn: None,
        text: text.into(),
        yearly: Some(yearly.into()),
        months: None,
        price_nok: None,
        max_distance_km: None,
        properties: Vec::new(),
        supply_c: None,
        visibility: Visibility::AnonymisedBand,
        partners: Vec::new(),
    }
}

async fn add(kit: &Kit, request: &StreamRequest) -> String {
    let line = kit.app.add_stream(&operator(), request).await.expect("a stream");
    line.id.expect("an id")
}

async fn bands(kit: &Kit, who: &Actor) -> Vec<StreamLine> {
    let lines = kit.app.streams(who, &StreamQuery::default()).await.expect("streams");
    lines.into_iter().filter(|line| line.id.is_none()).collect()
}

/// Everything a stranger is told of bands, whatever the holders behind them are, however many streams they have, and in whatever order
/// they entered them.
#[tokio::test(flavor = "multi_thread")]
async fn counts_and_order_of_bands_tell_nothing() {
    let mut told: Vec<String> = Vec::new();
    // Who holds what: the holders behind two bands, changed about and multiplied.
    for (swap, copies, backwards) in [(false, 1, false), (true, 1, false), (false, 4, false), (true, 2, true)] {
        let kit = Kit::empty().await;
        let members = kit.members();
        let stranger = actor(&format!("admin:{}", members[4]));
        let mut requests = Vec::new();
        for (at, member) in members.iter().take(4).enumerate() {
            for copy in 0..copies {
                let tonnes = 12 + at * 17 + copy;
                requests.push(hidden(
                    member,
                    &format!("metallspon {at} {copy}"),
                    "120101",
                    &format!("{tonnes} t"),
                ));
                let other = if swap { 3 - at } else { at };
                requests.push(hidden(
                    &members[other],
                    &format!("treflis {copy}"),
                    "030105",
                    &format!("{} t", 200 + at),
                ));
            }
        }
        if backwards {
            requests.reverse();
        }
        for request in &requests {
            add(&kit, request).await;
        }
        let lines = bands(&kit, &stranger).await;
        assert_eq!(lines.len(), 2, "one line for each band, not for each stream");
        let suggested = kit
            .app
            .matches(&stranger, &MatchRequest::default())
            .await
            .expect("suggestions");
        let said = format!("{lines:?} {suggested:?}");
        for word in ["metallspon", "treflis", "st-", members[0].as_str()] {
            assert!(!said.contains(word), "{word}: {said}");
        }
        told.push(said);
    }
    for other in &told[1..] {
        assert_eq!(&told[0], other);
    }
}

/// A stranger that enters streams of its own to tip a band, one after the other, learns nothing: its own never count.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cannot_tip_a_band_with_streams_of_its_own() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let stranger = actor(&format!("admin:{}", members[4]));
    for member in &members[..2] {
        add(&kit, &hidden(member, "metallspon", "120101", "50 t")).await;
    }
    assert_eq!(bands(&kit, &stranger).await, []);
    for tonnes in [11, 50, 99] {
        let probe = hidden(&members[4], "metallspon", "120101", &format!("{tonnes} t"));
        kit.app.add_stream(&stranger, &probe).await.expect("its own");
        assert_eq!(
            bands(&kit, &stranger).await,
            [],
            "two others are no crowd, whatever it adds"
        );
    }
    // The third holder makes a crowd for it; whoever is in the crowd sees one fewer.
    add(&kit, &hidden(&members[2], "metallspon", "120101", "50 t")).await;
    assert_eq!(bands(&kit, &stranger).await.len(), 1);
    let inside = actor(&format!("admin:{}", members[0]));
    assert_eq!(bands(&kit, &inside).await.len(), 1, "two others and the stranger");
}

/// What a refusal says of a hidden stream is what it says of none: same words, same kind, whatever is tried.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_the_same_for_hidden_and_for_none() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let stranger = actor(&format!("admin:{}", members[4]));
    let mut request = hidden(&members[0], "hemmelig", "120101", "50 t");
    let ids = {
        let band = add(&kit, &request).await;
        request.visibility = Visibility::Own;
        [band, add(&kit, &request).await, "st-00000000000000".to_owned()]
    };
    let mut answers = Vec::new();
    for id in &ids {
        let app = &kit.app;
        let asked = MatchRequest {
            stream: Some(id.clone()),
            ..MatchRequest::default()
        };
        let said = format!(
            "{:?} {:?} {:?} {:?} {:?}",
            app.stream(&stranger, id).await,
            app.confirm_stream(&stranger, id, None).await,
            app.deny_stream(&stranger, id).await,
            app.withdraw_stream(&stranger, id).await,
            app.matches(&stranger, &asked).await,
        );
        answers.push(said.replace(id.as_str(), "ID"));
    }
    assert_eq!(answers[0], answers[2]);
    assert_eq!(answers[1], answers[2]);
}
