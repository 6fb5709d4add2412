//! A member's streams on its page, what others see of them, and the board.

use greenheart_app::circular::{Direction, StreamKind, StreamRequest};
use greenheart_model::{MemberId, Visibility};

use crate::house::{Browser, House, OTHER, OWN, operator};

fn stream(member: &str, direction: Direction, text: &str, visibility: Visibility) -> StreamRequest {
    StreamRequest {
        member: MemberId::new(member),
        site: None,
        direction,
        kind: StreamKind::Material,
        waste_code: None,
        cn: None,
        text: text.into(),
        yearly: Some("120 t".into()),
        months: None,
        price_nok: None,
        max_distance_km: None,
        properties: Vec::new(),
        supply_c: None,
        visibility,
        partners: Vec::new(),
    }
}

async fn body(house: &House, browser: &mut Browser, address: &str) -> String {
    let page = house.get(browser, address).await;
    assert_eq!(page.status.as_u16(), 200, "{address}: {}", page.body);
    // A page without a form has no token.
    let token = page.token();
    if !token.is_empty() {
        browser.token = token;
    }
    page.body
}

/// The address of the first link to something below `prefix`.
fn link(body: &str, prefix: &str) -> String {
    let start = body.split(&format!("\"{prefix}")).nth(1);
    let rest = start.unwrap_or_else(|| panic!("no link to {prefix}"));
    format!("{prefix}{}", rest.split(['"', '/']).next().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_is_seen_by_those_it_is_shown_to() {
    let house = House::build().await;
    let (mut admin, mut lead, mut stranger) = (
        house.visitor("admin").await,
        house.visitor("facilitator").await,
        house.visitor("stranger").await,
    );
    body(&house, &mut admin, "/circular").await;
    let typed = [
        ("direction", "offer"),
        ("kind", "residue"),
        ("text", "<b>kutterspon</b>"),
        ("code", "03 01 05"),
        ("yearly", "120 t"),
        ("price", "-50,5"),
        ("properties", "moisture 5..12 %\r\n"),
        ("visibility", "own"),
    ];
    let answer = house.post(&mut admin, "/circular/streams", &typed).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    let own = body(&house, &mut admin, "/circular").await;
    assert!(
        own.contains("kutterspon") && own.contains("confirmed") && own.contains("sawdust"),
        "{own}"
    );
    assert!(!own.contains("<b>kutterspon"), "words are only words");
    let address = link(&own, "/circular/streams/");
    for other in [&mut lead, &mut stranger] {
        for place in ["/circular", "/circular/streams"] {
            assert!(!body(&house, other, place).await.contains("kutterspon"), "{place}");
        }
        assert_eq!(house.get(other, &address).await.status.as_u16(), 404);
    }
    let shown = [("answer", "confirm"), ("visibility", "cluster")];
    let answer = house.post(&mut admin, &format!("{address}/answer"), &shown).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    assert!(body(&house, &mut lead, &address).await.contains("kutterspon"));
    let seen = body(&house, &mut stranger, &address).await;
    assert!(
        seen.contains("kutterspon") && !seen.contains("0.05"),
        "a name comes without its price: {seen}"
    );
    let refused = house
        .post(&mut stranger, &format!("{address}/answer"), &[("answer", "deny")])
        .await;
    assert_eq!(refused.status.as_u16(), 403);
    let wrong = house
        .post(
            &mut admin,
            &address,
            &[
                ("direction", "offer"),
                ("kind", "residue"),
                ("text", "x"),
                ("code", "17"),
                ("visibility", "own"),
            ],
        )
        .await;
    assert_eq!(wrong.status.as_u16(), 422);
    let denied = house
        .post(&mut admin, &format!("{address}/answer"), &[("answer", "deny")])
        .await;
    assert_eq!(denied.status.as_u16(), 303);
    assert!(
        !body(&house, &mut lead, "/circular/streams")
            .await
            .contains("kutterspon")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lead_designs_introduces_and_follows() {
    let house = House::build().await;
    for request in [
        stream(OWN, Direction::Offer, "treflis", Visibility::Facilitator),
        stream(OTHER, Direction::Want, "treflis", Visibility::Facilitator),
    ] {
        house.app.add_stream(&operator(), &request).await.unwrap();
    }
    let mut lead = house.visitor("facilitator").await;
    let before = body(&house, &mut lead, "/circular").await;
    assert!(before.contains("No network has been designed"));
    let wanted = [
        ("objective", "primary"),
        ("transport", "2,5"),
        ("fixed", "0"),
        ("road", "1,3"),
        ("budget", ""),
    ];
    let answer = house.post(&mut lead, "/circular/network", &wanted).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    let job = house.ended(&mut lead, answer.location()).await.body;
    assert!(job.contains("href=\"/circular#network\""), "{job}");
    // Neither member has a site, so nothing can be carried, and the page says why.
    let after = body(&house, &mut lead, "/circular").await;
    assert!(after.contains("a place is missing"), "{after}");
    assert!(
        after.contains("name=\"taker\" value=\"310000108\""),
        "the want is introduced to the offer"
    );
    let offer = after
        .split("name=\"offer\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let start = [
        ("offer", &*offer),
        ("taker", OTHER),
        ("tonnes", "100"),
        ("nok", "0"),
        ("co2e", "0"),
    ];
    let answer = house.post(&mut lead, "/circular/board", &start).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    let address = answer.location().to_owned();
    let mut stranger = house.visitor("stranger").await;
    assert_eq!(
        house.get(&mut stranger, &address).await.status.as_u16(),
        404,
        "an idea of the lead"
    );
    body(&house, &mut lead, &address).await;
    for fields in [
        vec![("do", "go"), ("stage", "contacted"), ("note", "")],
        vec![("do", "plan"), ("step", "ring"), ("due", "2025-07-01")],
        vec![("do", "document"), ("text", "prøve.pdf")],
        vec![
            ("do", "answer"),
            ("condition", "declared"),
            ("holds", "yes"),
            ("note", "nr. 7"),
        ],
    ] {
        let answer = house.post(&mut lead, &address, &fields).await;
        assert_eq!(answer.status.as_u16(), 303, "{fields:?} {}", answer.body);
    }
    let skipped = house
        .post(&mut lead, &address, &[("do", "go"), ("stage", "contract")])
        .await;
    assert_eq!(skipped.status.as_u16(), 422);
    let page = body(&house, &mut stranger, &address).await;
    assert!(
        page.contains("ring (2025-07-01)") && page.contains("prøve.pdf"),
        "{page}"
    );
    let tonnes = house
        .post(
            &mut stranger,
            &address,
            &[("do", "tonnes"), ("month", "2025-05"), ("taken", "9,5")],
        )
        .await;
    assert_eq!(tonnes.status.as_u16(), 303, "{}", tonnes.body);
    let not_its_own = house
        .post(
            &mut stranger,
            &address,
            &[("do", "tonnes"), ("month", "2025-05"), ("given", "9,5")],
        )
        .await;
    assert_eq!(not_its_own.status.as_u16(), 403);
    assert!(body(&house, &mut lead, "/circular/board").await.contains("treflis"));
}
