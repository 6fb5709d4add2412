//! The board fills itself from the files of both ends.

use greenheart_app::circular::{
    BoardLine, BoardRequest, Condition, Direction, ExchangeAnswer, ExchangeChange, ExchangeRequest, Stage, StreamKind,
    StreamRequest,
};
use greenheart_app::{Actor, OnOverlap, Outcome};
use greenheart_model::{MemberId, Visibility};
use greenheart_units::Amount;

use super::kit::{Kit, actor, allowed, operator};

const WASTE: &str = "Kind,Item,Waste code,Treatment,Site,From,To,Quantity,Unit,Dry content (%),Amount,Currency,Counterparty org no,Counterparty,Note";
const BOUGHT: &str = "Kind,Item,Site,From,To,Quantity,Unit,Primary share (%),Dry content (%),Amount,Currency,Counterparty org no,Counterparty,Country,Supplier kg CO2e,Note";

fn amount(text: &str) -> Amount {
    text.parse().expect("a number")
}

async fn hand_in(kit: &Kit, member: &MemberId, name: &str, head: &str, rows: &[String]) {
    let path = kit.folder.path().join(name);
    std::fs::write(&path, format!("{head}\n{}\n", rows.join("\n"))).expect("written");
    let report = kit.import(vec![path], Some(member), OnOverlap::Add).await;
    for set in &report.sets {
        assert_eq!(set.outcome, Outcome::Imported, "{:?}", set.findings);
    }
}

fn given(to: &MemberId, from: &str, until: &str, tonnes: &str) -> String {
    format!("waste,wood waste,03 01 05,recycling,,{from},{until},{tonnes},t,100,,,{to},Taker,")
}

fn taken(from_member: &MemberId, from: &str, until: &str, tonnes: &str) -> String {
    format!("material input,timber,,{from},{until},{tonnes},t,0,100,1000,NOK,{from_member},Giver,NO,,")
}

async fn offer(kit: &Kit, member: &MemberId) -> String {
    let request = StreamRequest {
        member: member.clone(),
        site: None,
        direction: Direction::Offer,
        kind: StreamKind::Residue,
        waste_code: "030105".parse().ok(),
        cn: None,
        text: "flis".into(),
        yearly: Some("240 t".into()),
        months: None,
        price_nok: None,
        max_distance_km: None,
        properties: Vec::new(),
        supply_c: None,
        visibility: Visibility::Facilitator,
        partners: Vec::new(),
    };
    let line = kit.app.add_stream(&operator(), &request).await.expect("an offer");
    line.id.expect("an id")
}

/// A match that has come to its contract.
async fn signed(kit: &Kit, lead: &Actor, offer: &str, taker: &MemberId) -> String {
    let request = ExchangeRequest {
        offer: offer.to_owned(),
        want: None,
        taker: taker.clone(),
        owner: "Kari".into(),
        tonnes: amount("240"),
        nok: amount("24000"),
        co2e_kg: amount("12000"),
    };
    let id = kit.app.start_exchange(lead, &request).await.expect("an idea").id;
    let go = |to| ExchangeChange::Go {
        to,
        note: String::new(),
    };
    let mut changes = vec![go(Stage::Contacted), go(Stage::Tested), go(Stage::Permit)];
    for condition in [
        Condition::ReceiversPermit,
        Condition::Declared,
        Condition::TransportAllowed,
    ] {
        changes.push(ExchangeChange::Answer(ExchangeAnswer {
            condition,
            holds: true,
            ground: "permit".into(),
        }));
    }
    changes.extend([ExchangeChange::Document("contract.pdf".into()), go(Stage::Contract)]);
    for change in changes {
        kit.app.change_exchange(lead, &id, &change).await.expect("a change");
    }
    id
}

async fn line(kit: &Kit, who: &Actor, id: &str) -> BoardLine {
    let lines = kit.app.board(who, &BoardRequest::default()).await.expect("a board");
    lines.into_iter().find(|line| line.id == id).expect("the match")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_match_takes_its_tonnes_from_both_ends_files() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let (giver, taker, third) = (&members[0], &members[1], &members[2]);
    let lead = actor("facilitator");
    let february = ("2025-02-01", "2025-02-28");
    let rows = [
        given(taker, february.0, february.1, "12"),
        given(taker, "2025-02-10", "2025-02-10", "8"),
        given(third, february.0, february.1, "500"),
        given(taker, "2025-03-01", "2025-03-31", "30"),
    ];
    hand_in(&kit, giver, "waste.csv", WASTE, &rows).await;
    let rows = [
        taken(giver, february.0, february.1, "19.5"),
        taken(third, february.0, february.1, "77"),
        taken(giver, "2025-03-01", "2025-03-31", "20"),
    ];
    hand_in(&kit, taker, "bought.csv", BOUGHT, &rows).await;
    let offer = offer(&kit, giver).await;
    let id = signed(&kit, &lead, &offer, taker).await;
    assert_eq!(
        line(&kit, &lead, &id).await.records,
        [],
        "only what was delivered under the contract counts"
    );

    let since = ExchangeChange::Since("2025-01".parse().expect("a month"));
    let filled = kit.app.change_exchange(&lead, &id, &since).await.expect("filled");
    let shown: Vec<_> = filled
        .records
        .iter()
        .map(|record| {
            (
                record.month.to_string(),
                record.given,
                record.taken,
                record.agreement.as_str(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("2025-02".into(), Some(amount("20")), Some(amount("19.5")), "agreed"),
            ("2025-03".into(), Some(amount("30")), Some(amount("20")), "disputed"),
        ]
    );
    assert!(
        filled.records.iter().all(|record| record.measured) && filled.rows.len() == 5,
        "{:?}",
        filled.rows
    );
    let done = &filled.realised;
    // 19.5 t at 100 NOK and 50 kg a tonne; a month promised 20 t.
    assert_eq!(
        (done.tonnes, done.nok, done.co2e_kg, done.agreed, done.open),
        (amount("19.5"), amount("1950"), amount("975"), 1, 1)
    );
    assert_eq!(done.of_promise, "0.975".parse().ok());

    // The next file fills the next month without anybody asking.
    hand_in(
        &kit,
        giver,
        "april.csv",
        WASTE,
        &[given(taker, "2025-04-01", "2025-04-30", "21")],
    )
    .await;
    let one_end = line(&kit, &lead, &id).await;
    assert_eq!((one_end.records.len(), one_end.realised.open), (3, 2));
    hand_in(
        &kit,
        taker,
        "april.csv",
        BOUGHT,
        &[taken(giver, "2025-04-01", "2025-04-30", "21")],
    )
    .await;
    let both = line(&kit, &actor(&format!("admin:{taker}")), &id).await;
    assert_eq!((both.realised.tonnes, both.realised.agreed), (amount("40.5"), 2));

    // Signed it is still a plan; delivering, its agreed months count as a year of such months.
    let measure = || async {
        let mut all = kit.app.exchange_measures(&lead).await.expect("measures");
        (all.remove(0), all.len())
    };
    let (plan, others) = measure().await;
    assert_eq!(
        (plan.status.as_str(), plan.tonnes_year, others),
        ("planned", amount("240"), 0)
    );
    let deliver = ExchangeChange::Go {
        to: Stage::Delivering,
        note: String::new(),
    };
    kit.app.change_exchange(&lead, &id, &deliver).await.expect("it flows");
    let (done, _) = measure().await;
    // 40.5 t in two months at 100 NOK and 50 kg a tonne.
    assert_eq!(
        (
            done.status.as_str(),
            done.tonnes_year,
            done.nok_year,
            done.co2e_kg_year,
            done.measured_months
        ),
        ("realised", amount("243"), amount("24300"), amount("12150"), 2)
    );

    // Asking again changes nothing; a second match for the same leaves nobody to say whose a row is.
    let again = kit.app.fill_board(&lead, None).await.expect("looked");
    assert_eq!((again.exchanges, again.changed, again.ambiguous), (1, 0, 0));
    let twin = signed(&kit, &lead, &offer, taker).await;
    kit.app.change_exchange(&lead, &twin, &since).await.expect("filled");
    let unclear = kit.app.fill_board(&lead, None).await.expect("looked");
    assert!(unclear.ambiguous > 0 && unclear.rows == 0, "{unclear:?}");
    assert_eq!(line(&kit, &lead, &id).await.realised.tonnes, Amount::ZERO);
    kit.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_of_filling_and_of_plants() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let (own, other) = (&members[0], &members[1]);
    for (capacity, expect) in [
        // fill all, fill own, fill other's, plants, put plants, introductions
        ("operator".to_owned(), [1, 1, 1, 1, 1, 1]),
        ("facilitator".to_owned(), [1, 1, 1, 1, 1, 1]),
        ("auditor".to_owned(), [0, 0, 0, 0, 0, 0]),
        (format!("admin:{own}"), [0, 1, 0, 0, 0, 0]),
        (format!("contributor:{own}"), [0, 1, 0, 0, 0, 0]),
        ("public".to_owned(), [0, 0, 0, 0, 0, 0]),
    ] {
        let (who, app) = (actor(&capacity), &kit.app);
        let found = [
            allowed(app.fill_board(&who, None).await),
            allowed(app.fill_board(&who, Some(own)).await),
            allowed(app.fill_board(&who, Some(other)).await),
            allowed(app.plants(&who).await),
            allowed(app.put_plants(&who, "{}").await),
            allowed(app.introductions(&who, 5).await),
        ];
        assert_eq!(found.map(u8::from), expect, "{capacity}");
    }
    let trail = kit.app.audit(&operator(), None, 1_000).await.expect("a trail");
    for verb in ["circular.fill", "circular.put_plants"] {
        for outcome in ["done", "denied"] {
            assert!(
                trail.iter().any(|row| row.verb == verb && row.outcome == outcome),
                "{verb} {outcome}"
            );
        }
    }
    let future = ExchangeChange::Since("2031-01".parse().expect("a month"));
    let lead = actor("facilitator");
    let offer = offer(&kit, own).await;
    let id = signed(&kit, &lead, &offer, other).await;
    assert!(kit.app.change_exchange(&lead, &id, &future).await.is_err());
}
