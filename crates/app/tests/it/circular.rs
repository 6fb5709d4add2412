//! Streams, suggestions, the network, the split and the board; and that nobody learns what is hidden from them.

use greenheart_app::circular::{
    BoardRequest, Condition, Direction, ExchangeAnswer, ExchangeChange, ExchangeRequest, IndicatorRequest,
    MatchRequest, NetworkObjective, NetworkRequest, Route, Source, Stage, StandingKind, StreamKind, StreamLine,
    StreamQuery, StreamRequest, TonnesRequest,
};
use greenheart_app::{Actor, AppError};
use greenheart_model::{MemberId, Visibility};
use greenheart_units::Amount;

use super::kit::{Kit, actor, allowed, operator};

fn amount(text: &str) -> Amount {
    text.parse().expect("a number")
}

async fn lines(kit: &Kit, who: &Actor) -> Vec<StreamLine> {
    kit.app.streams(who, &StreamQuery::default()).await.expect("streams")
}

fn entered(member: &MemberId, direction: Direction, text: &str, yearly: &str, visibility: Visibility) -> StreamRequest {
    StreamRequest {
        member: member.clone(),
        site: None,
        direction,
        kind: match direction {
            Direction::Offer => StreamKind::Residue,
            Direction::Want => StreamKind::Material,
        },
        waste_code: None,
        cn: None,
        text: text.into(),
        yearly: Some(yearly.into()),
        months: None,
        price_nok: None,
        max_distance_km: None,
        properties: Vec::new(),
        supply_c: None,
        visibility,
        partners: Vec::new(),
    }
}

/// From the files of five companies to measured tonnes.
#[tokio::test(flavor = "multi_thread")]
async fn waste_reports_become_an_exchange_with_measured_tonnes() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let members = kit.members();
    let (sawmill, panels) = (&members[0], &members[1]);
    let lead = actor("facilitator");
    let (giver, taker) = (
        actor(&format!("admin:{sawmill}")),
        actor(&format!("contributor:{panels}")),
    );

    let found = kit.app.infer_streams(&operator(), None).await.expect("guesses");
    assert!(
        found.members == 5 && found.added > 10 && found.answered == 0,
        "{found:?}"
    );
    let again = kit.app.infer_streams(&operator(), None).await.expect("guesses");
    assert_eq!(
        (again.added, again.changed, again.dropped),
        (0, 0, 0),
        "the same files give the same guesses"
    );

    let all = lines(&kit, &operator()).await;
    assert!(all.iter().all(|line| line.standing == Some(StandingKind::Inferred)));
    let of = |member: &MemberId, direction: Direction, code: Option<&str>, item: &str| {
        all.iter()
            .find(|line| {
                line.member.as_ref() == Some(member)
                    && line.direction == direction
                    && line.waste_code.map(|code| code.as_str().to_owned()).as_deref() == code
                    && line.text.contains(item)
            })
            .unwrap_or_else(|| panic!("{member} {direction:?} {code:?} {item}: {all:#?}"))
            .clone()
    };
    let wood = of(sawmill, Direction::Offer, Some("030105"), "wood waste");
    assert!(matches!(&wood.source, Some(Source::WasteReports(rows)) if rows[0].starts_with("row:")));
    assert!(wood.months_known >= 10, "{wood:?}");
    assert!(
        wood.today.iter().any(|fate| fate.treatment.is_lost()) && wood.yearly > Some(amount("100000")),
        "{wood:?}"
    );
    let bought = of(panels, Direction::Want, None, "timber");
    assert!(matches!(&bought.source, Some(Source::Purchases(_))));

    // Nobody else sees a guess of a member that shows its account to nobody.
    assert_eq!(lines(&kit, &lead).await, []);
    assert!(
        lines(&kit, &taker)
            .await
            .iter()
            .all(|line| line.member.as_ref() == Some(panels))
    );

    // The giver finds the board maker, and is told why.
    let request = MatchRequest {
        stream: wood.id.clone(),
        ..MatchRequest::default()
    };
    let suggested = kit.app.matches(&giver, &request).await.expect("suggestions");
    assert_eq!(&suggested[0].taker, panels, "{suggested:#?}");
    assert!(
        suggested[0].inferred && suggested[0].want.is_none(),
        "the want is hidden from the giver"
    );
    assert!(
        suggested[0].gate.applies && suggested[0].gate.open.is_none(),
        "nothing is a by-product by itself"
    );
    assert_eq!(suggested[0].gate.missing.len(), 3);

    // Confirmed for the cluster manager, it goes into the network.
    let shown = Some((Visibility::Facilitator, Vec::new()));
    let (wood_id, want_id) = (wood.id.expect("an id"), bought.id.expect("an id"));
    let line = kit
        .app
        .confirm_stream(&giver, &wood_id, shown.clone())
        .await
        .expect("confirmed");
    assert_eq!((line.standing, line.source), (Some(StandingKind::Confirmed), None));
    kit.app
        .confirm_stream(&taker, &want_id, shown)
        .await
        .expect("confirmed");
    let again = kit.app.infer_streams(&operator(), None).await.expect("guesses");
    assert_eq!((again.answered, again.added), (2, 0), "what was answered is left alone");

    let view = kit
        .app
        .network(&lead, &NetworkRequest::default(), &mut |_| {})
        .await
        .expect("a network");
    assert_eq!(view.lanes.len(), 1, "{view:#?}");
    let lane = &view.lanes[0];
    assert_eq!(
        (&lane.giver, &lane.taker, &*lane.offer, &*lane.want),
        (sawmill, panels, &*wood_id, &*want_id)
    );
    assert!(
        lane.tonnes > Amount::ZERO && lane.net_value_nok > Amount::ZERO && lane.co2e_saved_kg > Amount::ZERO,
        "{lane:#?}"
    );
    assert!(
        view.points[0].proven && view.points[0].gap.to_string() == "0",
        "{:?}",
        view.points
    );
    assert_eq!(
        lane.missed_nok,
        Some(view.points[0].net_value_nok),
        "the only exchange is worth all of it"
    );
    assert!(
        view.assumptions
            .iter()
            .any(|one| one.name == "road_factor" && one.value == "1.3")
    );
    assert_eq!(kit.app.last_network(&lead).await.expect("kept").as_ref(), Some(&view));
    for objective in [
        NetworkObjective::Co2e,
        NetworkObjective::Primary,
        NetworkObjective::Pareto,
    ] {
        let request = NetworkRequest {
            objective,
            ..NetworkRequest::default()
        };
        let other = kit
            .app
            .network(&operator(), &request, &mut |_| {})
            .await
            .expect("a network");
        assert!(!other.points.is_empty(), "{objective:?}");
    }

    let split = kit.app.split(&lead, &NetworkRequest::default()).await.expect("a split");
    let group = &split.groups[0];
    let sum: Amount = group.shares.iter().map(|share| share.shapley_nok).sum();
    assert!(
        (sum - group.total_nok).abs() < amount("0.01") && (split.total_nok - group.total_nok).abs() < amount("0.01")
    );
    assert_eq!((group.stable, group.shares.len()), (Some(true), 2));
    assert!(
        (group.shares[0].shapley_nok - group.shares[1].shapley_nok).abs() < amount("0.01"),
        "two share evenly"
    );

    board(&kit, &lead, &giver, &taker, (wood_id, want_id)).await;

    let figures = kit
        .app
        .circular_indicators(
            &giver,
            &IndicatorRequest {
                by: greenheart_app::circular::IndicatorGroups::default(),
                year: Some(2024),
                member: Some(sawmill.clone()),
            },
        )
        .await
        .expect("figures");
    assert!(
        figures.inflow_kg > Amount::ZERO && figures.diverted_kg + figures.disposed_kg > Amount::ZERO,
        "{figures:?}"
    );
    kit.is_whole().await;
}

async fn board(kit: &Kit, lead: &Actor, giver: &Actor, taker: &Actor, (offer, want): (String, String)) {
    let request = ExchangeRequest {
        offer: offer.clone(),
        want: Some(want),
        taker: kit.members()[1].clone(),
        owner: "Kari".into(),
        tonnes: amount("1200"),
        nok: amount("240000"),
        co2e_kg: amount("60000"),
    };
    let line = kit.app.start_exchange(lead, &request).await.expect("an idea");
    let id = line.id.clone();
    let seen = |who: Actor| async move {
        kit.app
            .board(&who, &BoardRequest::default())
            .await
            .expect("a board")
            .len()
    };
    assert_eq!(
        (
            seen(lead.clone()).await,
            seen(giver.clone()).await,
            seen(taker.clone()).await
        ),
        (1, 0, 0),
        "an idea of the lead"
    );
    assert!(matches!(
        kit.app.change_exchange(giver, &id, &go(Stage::Contacted)).await,
        Err(AppError::NotFound { .. })
    ));
    kit.app
        .change_exchange(lead, &id, &go(Stage::Contacted))
        .await
        .expect("contacted");
    assert_eq!((seen(giver.clone()).await, seen(taker.clone()).await), (1, 1));
    for stage in [Stage::Tested, Stage::Permit] {
        kit.app.change_exchange(giver, &id, &go(stage)).await.expect("forwards");
    }
    let closed = kit.app.change_exchange(giver, &id, &go(Stage::Contract)).await;
    assert!(
        matches!(&closed, Err(AppError::Input { message, .. }) if message.contains("legal route")),
        "{closed:?}"
    );
    for condition in [
        Condition::ReceiversPermit,
        Condition::Declared,
        Condition::TransportAllowed,
    ] {
        let answer = ExchangeAnswer {
            condition,
            holds: true,
            ground: "tillatelse 2024.0001.T".into(),
        };
        kit.app
            .change_exchange(taker, &id, &ExchangeChange::Answer(answer))
            .await
            .expect("answered");
    }
    let document = ExchangeChange::Document("avtale.pdf".into());
    kit.app
        .change_exchange(giver, &id, &document)
        .await
        .expect("a document");
    let line = kit
        .app
        .change_exchange(giver, &id, &go(Stage::Contract))
        .await
        .expect("a contract");
    assert_eq!(line.gate.open, Some(Route::StillWaste));
    // A stream in a contract stays.
    let kept = kit.app.withdraw_stream(giver, &offer).await;
    assert!(
        matches!(&kept, Err(AppError::Input { message, .. }) if message.contains("in contract")),
        "{kept:?}"
    );
    kit.app
        .change_exchange(giver, &id, &go(Stage::Delivering))
        .await
        .expect("it flows");
    for (who, month, given, taken) in [
        (giver, "2026-01", Some("100"), None),
        (taker, "2026-01", None, Some("96")),
        (giver, "2026-02", Some("100"), None),
        (taker, "2026-02", None, Some("80")),
        (giver, "2026-03", Some("100"), None),
    ] {
        let told = TonnesRequest {
            month: month.parse().expect("a month"),
            given: given.map(amount),
            taken: taken.map(amount),
        };
        kit.app
            .change_exchange(who, &id, &ExchangeChange::Tonnes(told))
            .await
            .expect("a record");
    }
    let other_end = TonnesRequest {
        month: "2026-03".parse().expect("a month"),
        given: None,
        taken: Some(amount("100")),
    };
    let refused = kit
        .app
        .change_exchange(giver, &id, &ExchangeChange::Tonnes(other_end))
        .await;
    assert!(matches!(refused, Err(AppError::Denied(_))), "each end tells its own");
    let line = kit
        .app
        .board(lead, &BoardRequest::default())
        .await
        .expect("a board")
        .remove(0);
    let done = &line.realised;
    assert_eq!((done.tonnes, done.agreed, done.open), (amount("96"), 1, 2));
    assert_eq!((done.nok, done.co2e_kg), (amount("19200"), amount("4800")));
}

fn go(to: Stage) -> ExchangeChange {
    ExchangeChange::Go {
        to,
        note: String::new(),
    }
}

/// A stranger that may ask anything, as often as it likes, gets the same answers whatever a hidden stream says, or when there is none.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cannot_win_back_a_hidden_stream() {
    let mut answers = Vec::new();
    for hidden in [
        None,
        Some(("hemmelig legering til sponplater", "77 t")),
        Some(("treflis sagflis kutterspon", "9999 t")),
    ] {
        let kit = Kit::empty().await;
        let members = kit.members();
        let (holder, stranger) = (&members[0], actor(&format!("admin:{}", members[1])));
        let want = entered(&members[1], Direction::Want, "treflis", "500 t", Visibility::Cluster);
        kit.app.add_stream(&stranger, &want).await.expect("a want");
        let seen_by_all = entered(&members[2], Direction::Offer, "flis", "100 t", Visibility::Cluster);
        kit.app.add_stream(&operator(), &seen_by_all).await.expect("an offer");
        let mut hidden_id = "st-00000000000000".to_owned();
        if let Some((text, yearly)) = hidden {
            let mut request = entered(holder, Direction::Offer, text, yearly, Visibility::Facilitator);
            request.price_nok = Some(amount("-777"));
            hidden_id = kit
                .app
                .add_stream(&operator(), &request)
                .await
                .expect("hidden")
                .id
                .expect("an id");
        }
        answers.push(everything(&kit, &stranger, holder, &hidden_id).await);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[1], answers[2]);
    assert!(answers[0].contains("flis") && !answers[0].contains("hemmelig"));
}

/// All that a member can ask about exchange, as text; identifiers are drawn anew in each installation and left out.
async fn everything(kit: &Kit, who: &Actor, holder: &MemberId, hidden: &str) -> String {
    let app = &kit.app;
    let mut said = String::new();
    let mut tell = |what: &str, answer: String| {
        let plain: String = answer.replace(hidden, "HIDDEN");
        said.push_str(&format!("{what}: {}\n", without_ids(&plain)));
    };
    for member in [None, Some(holder.clone())] {
        for closed in [false, true] {
            let query = StreamQuery {
                member: member.clone(),
                closed,
            };
            tell("streams", format!("{:?}", app.streams(who, &query).await));
        }
        let request = MatchRequest {
            member: member.clone(),
            ..MatchRequest::default()
        };
        tell("matches", format!("{:?}", app.matches(who, &request).await));
        let request = BoardRequest { member, ended: true };
        tell("board", format!("{:?}", app.board(who, &request).await));
    }
    tell("stream", format!("{:?}", app.stream(who, hidden).await));
    tell("confirm", format!("{:?}", app.confirm_stream(who, hidden, None).await));
    tell("deny", format!("{:?}", app.deny_stream(who, hidden).await));
    tell("withdraw", format!("{:?}", app.withdraw_stream(who, hidden).await));
    let request = entered(
        who.member().expect("a member"),
        Direction::Offer,
        "x",
        "1 t",
        Visibility::Own,
    );
    tell(
        "correct",
        format!("{:?}", app.correct_stream(who, hidden, &request).await),
    );
    let request = MatchRequest {
        stream: Some(hidden.to_owned()),
        ..MatchRequest::default()
    };
    tell("match", format!("{:?}", app.matches(who, &request).await));
    let start = ExchangeRequest {
        offer: hidden.to_owned(),
        want: None,
        taker: who.member().expect("a member").clone(),
        owner: "x".into(),
        tonnes: amount("1"),
        nok: Amount::ZERO,
        co2e_kg: Amount::ZERO,
    };
    tell("start", format!("{:?}", app.start_exchange(who, &start).await));
    tell("today", format!("{:?}", app.today_flows(who).await));
    tell(
        "network",
        format!("{:?}", app.network(who, &NetworkRequest::default(), &mut |_| {}).await),
    );
    tell(
        "split",
        format!("{:?}", app.split(who, &NetworkRequest::default()).await),
    );
    tell("last", format!("{:?}", app.last_network(who).await));
    tell("infer", format!("{:?}", app.infer_streams(who, Some(holder)).await));
    said
}

fn without_ids(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("st-") {
        out.push_str(&rest[..at]);
        out.push_str("ID");
        rest = &rest[(at + 17).min(rest.len())..];
    }
    out + rest
}

/// What the cluster manager is shown, ranked and added up holds nothing of a stream that its holder kept to itself.
#[tokio::test(flavor = "multi_thread")]
async fn the_lead_designs_without_what_members_keep() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let lead = actor("facilitator");
    let app = &kit.app;
    let add = |member: &MemberId, direction, text: &str, yearly: &str, visibility| {
        let request = entered(member, direction, text, yearly, visibility);
        async move { app.add_stream(&operator(), &request).await.expect("a stream") }
    };
    add(&members[0], Direction::Offer, "treflis", "100 t", Visibility::Own).await;
    add(
        &members[1],
        Direction::Want,
        "treflis",
        "500 t",
        Visibility::Facilitator,
    )
    .await;
    let hidden = kit
        .app
        .network(&lead, &NetworkRequest::default(), &mut |_| {})
        .await
        .expect("a network");
    assert_eq!((hidden.lanes.len(), hidden.offers), (0, 0));
    assert!(
        hidden.left_out.iter().all(|one| one.member == members[1]),
        "{:?}",
        hidden.left_out
    );
    assert_eq!(
        kit.app
            .matches(&lead, &MatchRequest::default())
            .await
            .expect("suggestions"),
        []
    );
    let free = NetworkRequest {
        fixed_nok: Amount::ZERO,
        transport_nok_per_tkm: Amount::ZERO,
        objective: NetworkObjective::Primary,
        ..NetworkRequest::default()
    };
    let shown = add(
        &members[2],
        Direction::Offer,
        "treflis",
        "60 t",
        Visibility::Facilitator,
    )
    .await;
    let view = kit.app.network(&lead, &free, &mut |_| {}).await.expect("a network");
    assert_eq!(view.lanes.len(), 1, "{view:#?}");
    assert!((view.lanes[0].tonnes - amount("60")).abs() < amount("0.001"));
    // Taken back from the lead, the answer that rested on it is gone as well.
    let holder = actor(&format!("admin:{}", members[2]));
    let id = shown.id.expect("an id");
    kit.app
        .confirm_stream(&holder, &id, Some((Visibility::Own, Vec::new())))
        .await
        .expect("hidden again");
    assert_eq!(kit.app.last_network(&lead).await.expect("looked"), None);
}

/// Who may do what, on the own and on another member.
#[tokio::test(flavor = "multi_thread")]
async fn rights_of_exchange() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let (own, other) = (&members[0], &members[1]);
    let mine = entered(own, Direction::Offer, "flis", "10 t", Visibility::Cluster);
    let theirs = entered(other, Direction::Offer, "flis", "10 t", Visibility::Cluster);
    let of_other = kit
        .app
        .add_stream(&operator(), &theirs)
        .await
        .expect("a stream")
        .id
        .expect("an id");
    for (capacity, expect) in [
        // list, add own, add other's, confirm other's, infer all, network, split, suggestions, board
        ("operator".to_owned(), [1, 1, 1, 1, 1, 1, 1, 1, 1]),
        ("facilitator".to_owned(), [1, 0, 0, 0, 1, 1, 1, 1, 1]),
        ("auditor".to_owned(), [0, 0, 0, 0, 0, 0, 0, 0, 0]),
        (format!("admin:{own}"), [1, 1, 0, 0, 0, 0, 0, 1, 1]),
        (format!("contributor:{own}"), [1, 1, 0, 0, 0, 0, 0, 1, 1]),
        ("public".to_owned(), [0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ] {
        let who = actor(&capacity);
        let app = &kit.app;
        let found = [
            allowed(app.streams(&who, &StreamQuery::default()).await),
            allowed(app.add_stream(&who, &mine).await),
            allowed(app.add_stream(&who, &theirs).await),
            allowed(app.confirm_stream(&who, &of_other, None).await),
            allowed(app.infer_streams(&who, None).await),
            allowed(app.network(&who, &NetworkRequest::default(), &mut |_| {}).await),
            allowed(app.split(&who, &NetworkRequest::default()).await),
            allowed(app.matches(&who, &MatchRequest::default()).await),
            allowed(app.board(&who, &BoardRequest::default()).await),
        ];
        assert_eq!(found.map(u8::from), expect, "{capacity}");
    }
    let trail = kit.app.audit(&operator(), None, 1_000).await.expect("a trail");
    for verb in [
        "circular.add",
        "circular.confirm",
        "circular.infer",
        "circular.network",
        "circular.split",
    ] {
        assert!(
            trail.iter().any(|row| row.verb == verb && row.outcome == "done"),
            "{verb}"
        );
        assert!(
            trail.iter().any(|row| row.verb == verb && row.outcome == "denied"),
            "{verb}"
        );
    }
}

/// What cannot be right is said, and nothing is kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_cannot_be_right_is_refused() {
    let kit = Kit::empty().await;
    let member = kit.members()[0].clone();
    let who = actor(&format!("admin:{member}"));
    let right = entered(&member, Direction::Offer, "flis", "10 t", Visibility::Own);
    for (wrong, says) in [
        (
            StreamRequest {
                yearly: Some("-10 t".into()),
                ..right.clone()
            },
            "negative",
        ),
        (
            StreamRequest {
                yearly: Some("10 MWh".into()),
                ..right.clone()
            },
            "unit_against_kind",
        ),
        (
            StreamRequest {
                yearly: Some("ten".into()),
                ..right.clone()
            },
            "`ten`",
        ),
        (
            StreamRequest {
                waste_code: "170299".parse().ok(),
                ..right.clone()
            },
            "code_unknown",
        ),
        (
            StreamRequest {
                properties: vec!["chloride 5..1 %".into()],
                ..right.clone()
            },
            "range_reversed",
        ),
        (
            StreamRequest {
                properties: vec!["chloride".into()],
                ..right.clone()
            },
            "no property",
        ),
        (
            StreamRequest {
                text: " ".into(),
                ..right.clone()
            },
            "words or a code",
        ),
    ] {
        let refused = kit.app.add_stream(&who, &wrong).await;
        assert!(
            matches!(&refused, Err(AppError::Input { message, .. }) if message.contains(says)),
            "{says}: {refused:?}"
        );
    }
    assert_eq!(lines(&kit, &who).await, []);
    // Two changes from the same page: the second is told.
    let id = kit
        .app
        .add_stream(&who, &right)
        .await
        .expect("a stream")
        .id
        .expect("an id");
    kit.app.deny_stream(&who, &id).await.expect("refused");
    assert_eq!(lines(&kit, &who).await, []);
    let query = StreamQuery {
        closed: true,
        ..StreamQuery::default()
    };
    let closed = kit.app.streams(&who, &query).await.expect("streams");
    assert_eq!(closed[0].standing, Some(StandingKind::Denied));
}
