//! The network with plants, heat and contradictions, from streams that people entered.

use greenheart_app::AppError;
use greenheart_app::circular::{Direction, NetworkRequest, NetworkView, StreamKind, StreamRequest};
use greenheart_model::{MemberId, Visibility};
use greenheart_units::Amount;

use super::kit::{Kit, actor, operator};

fn amount(text: &str) -> Amount {
    text.parse().expect("a number")
}

fn near(value: Amount, text: &str) {
    assert!((value - amount(text)).abs() < amount("0.01"), "{value} is not {text}");
}

struct Words<'a> {
    direction: Direction,
    kind: StreamKind,
    text: &'a str,
    yearly: &'a str,
    price: &'a str,
    supply_c: Option<&'a str>,
    properties: &'a [&'a str],
}

const OFFER: Words<'_> = Words {
    direction: Direction::Offer,
    kind: StreamKind::Residue,
    text: "matavfall",
    yearly: "1200 t",
    price: "-900",
    supply_c: None,
    properties: &[],
};

async fn add(kit: &Kit, member: &MemberId, words: Words<'_>) -> String {
    let request = StreamRequest {
        member: member.clone(),
        site: None,
        direction: words.direction,
        kind: words.kind,
        waste_code: None,
        cn: None,
        text: words.text.into(),
        yearly: Some(words.yearly.into()),
        months: None,
        price_nok: Some(amount(words.price)),
        max_distance_km: None,
        properties: words.properties.iter().map(ToString::to_string).collect(),
        supply_c: words.supply_c.map(amount),
        visibility: Visibility::Facilitator,
        partners: Vec::new(),
    };
    let line = kit.app.add_stream(&operator(), &request).await.expect("a stream");
    line.id.expect("an id")
}

async fn design(kit: &Kit, change: impl FnOnce(&mut NetworkRequest)) -> Result<NetworkView, AppError> {
    let mut request = NetworkRequest {
        transport_nok_per_tkm: Amount::ZERO,
        fixed_nok: Amount::ZERO,
        ..NetworkRequest::default()
    };
    change(&mut request);
    kit.app.network(&actor("facilitator"), &request, &mut |_| {}).await
}

const PIPES: &str = r#""pipes": {"nok_year_per_m": "0", "loss_per_km": "0", "most_km": "5000", "source": "test"}"#;

/// 1 200 t of food waste, 0.9 MWh of gas and 0.8 t of digestate a tonne, up to 100 t a month.
fn biogas() -> String {
    format!(
        r#"{{"plants": [{{"name": "biogas", "latitude": "63.4", "longitude": "10.4", "capacity_month": "100",
            "nok_year": "50000", "source": "test",
            "takes": [{{"material": "food_waste", "nok": "100", "electricity_kwh": "50",
                        "yields": {{"fuel_gas": "0.9", "digestate": "0.8"}}}}],
            "makes": [{{"material": "fuel_gas"}}, {{"material": "digestate", "rest_nok": "50"}}]}}],
          {PIPES}, "energy": {{"electricity_nok_kwh": "1"}}}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn food_waste_becomes_gas_in_a_plant() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let lead = actor("facilitator");
    let (offer, want) = (OFFER, OFFER);
    add(&kit, &members[0], offer).await;
    let gas = Words {
        direction: Direction::Want,
        kind: StreamKind::Gas,
        text: "biogass",
        yearly: "600 MWh",
        price: "800",
        ..want
    };
    let gas = add(&kit, &members[1], gas).await;
    // Without pipes gas stays where it is, and the answer says so.
    let without = design(&kit, |_| {}).await.expect("a network");
    assert!(
        without
            .left_out
            .iter()
            .any(|one| one.reason == "no_pipes" && one.stream == gas)
    );

    let book = kit.app.put_plants(&lead, &biogas()).await.expect("plants");
    assert_eq!(book, kit.app.plants(&lead).await.expect("plants"));
    let view = design(&kit, |_| {}).await.expect("a network");
    // 600 MWh need 666.67 t of waste: 800 NOK a MWh and 900 NOK a tonne gained; 150 NOK of intake and power, 0.8 t of digestate at 50
    // lost; 50 000 NOK a year.
    let point = &view.points[0];
    assert!(point.proven, "{point:?}");
    near(point.mwh, "600");
    near(point.tonnes, "0");
    assert_eq!((point.plants, view.plants[0].name.as_str()), (1, "biogas"));
    // All of the waste is worth taking for its fee alone: 1 200 t in, 480 MWh of gas over.
    near(view.plants[0].taken, "1200");
    near(
        point.net_value_nok,
        &format!("{}", 600 * 800 + 1200 * (900 - 150 - 40) - 50_000),
    );
    assert_eq!(view.legs.len(), 2, "{:?}", view.legs);
    assert!(view.legs.iter().any(|leg| leg.from == "biogas" && leg.unit == "MWh"));
    assert!(
        view.assumptions
            .iter()
            .any(|one| one.name == "plant" && one.source == "test")
    );
    let split = kit.app.split(&lead, &view.request).await.expect("a split");
    assert_eq!(split.groups.len(), 1, "whoever uses the plant is one group");
    near(split.groups[0].total_nok, &point.net_value_nok.to_string());
    // Dearer than what it brings, it is not built.
    let dear = biogas().replace("50000", "99000000");
    kit.app.put_plants(&lead, &dear).await.expect("plants");
    let idle = design(&kit, |_| {}).await.expect("a network");
    assert!(idle.plants.is_empty() && idle.points[0].net_value_nok.is_zero());
}

#[tokio::test(flavor = "multi_thread")]
async fn surplus_heat_flows_where_it_is_hot_enough_and_is_pumped_where_not() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let lead = actor("facilitator");
    let heat = |direction, yearly, price, supply_c| Words {
        direction,
        kind: StreamKind::Heat,
        text: "overskuddsvarme",
        yearly,
        price,
        supply_c: Some(supply_c),
        properties: &[],
    };
    add(&kit, &members[0], heat(Direction::Offer, "1200 MWh", "0", "60")).await;
    add(&kit, &members[1], heat(Direction::Want, "600 MWh", "700", "50")).await;
    add(&kit, &members[2], heat(Direction::Want, "240 MWh", "900", "90")).await;
    kit.app.put_plants(&lead, &format!("{{{PIPES}}}")).await.expect("pipes");
    let direct = design(&kit, |_| {}).await.expect("a network");
    assert_eq!(direct.lanes.len(), 1, "{:?}", direct.left_out);
    assert_eq!(
        (direct.lanes[0].unit.as_str(), direct.lanes[0].taker.clone()),
        ("MWh", members[1].clone())
    );
    near(direct.lanes[0].tonnes, "600");
    near(direct.points[0].net_value_nok, "420000");
    assert!(direct.points[0].primary_t.is_zero(), "heat is no tonne");

    let pumps = format!(
        r#"{{{PIPES}, "heat_pumps": {{"carnot_share": "0.5", "most_lift_k": "60", "nok_year_per_kw": "0", "source": "test"}},
            "energy": {{"electricity_nok_kwh": "1"}}}}"#
    );
    kit.app.put_plants(&lead, &pumps).await.expect("pumps");
    let raised = design(&kit, |_| {}).await.expect("a network");
    near(raised.points[0].mwh, "840");
    // From 60 to 90 °C over exchangers of 5 K: half of 368.15 / 40; each MWh out needs 1 / COP of power.
    let cop = 0.5 * 368.15 / 40.0;
    let net = 420_000.0 + 240.0 * (900.0 - 1000.0 / cop);
    near(raised.points[0].net_value_nok, &format!("{net:.4}"));
    assert_eq!(raised.plants.len(), 1);
    // Heat without a temperature is left out, and told.
    let blind = Words {
        supply_c: None,
        ..heat(Direction::Offer, "10 MWh", "0", "60")
    };
    let blind = add(&kit, &members[3], blind).await;
    let told = design(&kit, |_| {}).await.expect("a network");
    assert!(
        told.left_out
            .iter()
            .any(|one| one.reason == "no_temperature" && one.stream == blind)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_plant_does_not_answer_for_is_not_sent() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let lead = actor("facilitator");
    let (giver, taker) = (OFFER, OFFER);
    add(&kit, &members[0], giver).await;
    let want = Words {
        direction: Direction::Want,
        kind: StreamKind::Material,
        text: "biorest",
        yearly: "500 t",
        price: "100",
        properties: &["cadmium 0..1 mg/kg"],
        ..taker
    };
    let want = add(&kit, &members[1], want).await;
    kit.app.put_plants(&lead, &biogas()).await.expect("plants");
    let view = design(&kit, |_| {}).await.expect("a network");
    let missing = |view: &NetworkView| {
        let mut out = view.left_out.iter();
        out.any(|one| one.stream == want && one.reason == "test_missing" && one.detail.contains("cadmium"))
    };
    assert!(missing(&view), "{:?}", view.left_out);
    let answered = biogas().replace(
        r#""rest_nok": "50""#,
        r#""rest_nok": "50", "properties": {"cadmium": "0.4"}"#,
    );
    kit.app.put_plants(&lead, &answered).await.expect("plants");
    let view = design(&kit, |_| {}).await.expect("a network");
    assert!(!missing(&view));
    near(view.points[0].tonnes, "500");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_plants_that_cannot_be_right_is_refused() {
    let kit = Kit::empty().await;
    let lead = actor("facilitator");
    for (from, to, says) in [
        ("\"food_waste\"", "\"unobtainium\"", "glossary"),
        ("\"0.9\"", "\"-0.9\"", "below zero"),
        (
            "\"digestate\": \"0.8\"",
            "\"digestate\": \"1.8\"",
            "more tonnes come out",
        ),
        ("\"63.4\"", "\"north\"", "place"),
        ("\"source\": \"test\",\n", "\"source\": \" \",\n", "source"),
        (
            "\"energy\": {\"electricity_nok_kwh\": \"1\"}",
            "\"energy\": {}",
            "price is missing",
        ),
        (
            "\"capacity_month\": \"100\"",
            "\"capacity_month\": \"100\", \"least_month\": \"101\"",
            "least",
        ),
        ("\"plants\"", "\"pants\"", "cannot be read"),
        ("{\"material\": \"fuel_gas\"},", "", "yielded and not made"),
    ] {
        let wrong = biogas().replace(from, to);
        assert_ne!(wrong, biogas(), "{from}");
        let refused = kit.app.put_plants(&lead, &wrong).await;
        assert!(
            matches!(&refused, Err(AppError::Input { message, .. }) if message.contains(says)),
            "{says}: {refused:?}"
        );
    }
    assert!(
        kit.app.plants(&lead).await.expect("none").plants.is_empty(),
        "nothing wrong is kept"
    );
}
