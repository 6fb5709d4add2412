//! Better evidence explains spend.

use greenheart_account::{InventoryQuery, inventory, reconcile};
use greenheart_model::{Activity, ActivityKind, GwpSet, ItemClass, Scope2Basis};
use greenheart_units::{Amount, Dimension};

use crate::kit::{A, B, C, With, activity, amount, sums};

fn booked(class: ItemClass, nok: &str) -> Activity {
    activity(ActivityKind::Purchase, class, "purchase", "2022-05")
        .nok(nok)
        .booked("4005")
}

fn steel(nok: Option<&str>) -> Activity {
    let steel = activity(ActivityKind::MaterialInput, ItemClass::Goods, "steel", "2022-05").of("1", Dimension::Mass);
    nok.map_or(steel.clone(), |nok| steel.nok(nok))
}

/// NOK that spend keeps, NOK displaced, codes found.
fn check(activities: Vec<Activity>, expect: (&str, &str, &[&str])) {
    let sums = sums(&[(A, activities)]);
    let reconciled = reconcile(&sums).unwrap();
    let total = |values: Vec<Amount>| values.into_iter().sum::<Amount>().to_string();
    let spend = reconciled.sums().filter(|(key, _)| key.line.starts_with("spend."));
    let codes: Vec<&str> = reconciled
        .members()
        .flat_map(|own| own.findings.counts())
        .map(|(code, ..)| code)
        .collect();
    let kept = total(spend.map(|(_, values)| values.amount_nok).collect());
    let displaced = total(
        reconciled
            .displaced()
            .map(|displaced| displaced.values.amount_nok)
            .collect(),
    );
    assert_eq!((kept.as_str(), displaced.as_str(), codes.as_slice()), expect);
}

#[test]
fn cases() {
    let goods = |nok| booked(ItemClass::Goods, nok);
    check(vec![goods("1000")], ("1000", "0", &[]));
    check(vec![goods("1000"), steel(Some("400"))], ("600", "400", &[]));
    check(vec![goods("1000"), steel(None)], ("0", "1000", &[]));
    check(
        vec![goods("1000"), steel(Some("400")), steel(None)],
        ("0", "1000", &["reconcile.partly_stated"]),
    );
    check(
        vec![goods("1000"), steel(Some("1400"))],
        ("0", "1000", &["reconcile.negative_rest"]),
    );
    check(
        vec![goods("1000"), goods("-100"), steel(Some("400"))],
        ("500", "400", &[]),
    );
    check(
        vec![goods("-100"), steel(Some("400"))],
        ("-100", "0", &["reconcile.negative_rest"]),
    );
    check(
        vec![booked(ItemClass::Services, "1000"), steel(None)],
        ("1000", "0", &[]),
    );
    let power = activity(
        ActivityKind::Electricity,
        ItemClass::Electricity,
        "electricity",
        "2022-05",
    );
    let power = power.of("100", Dimension::Energy).nok("80");
    check(
        vec![booked(ItemClass::Electricity, "100"), power.clone()],
        ("20", "80", &[]),
    );
    check(vec![booked(ItemClass::Electricity, "80"), power], ("0", "80", &[]));
    // What no factor was found for explains nothing.
    let odd =
        activity(ActivityKind::MaterialInput, ItemClass::Goods, "unobtainium", "2022-05").of("1", Dimension::Mass);
    check(vec![goods("1000"), odd], ("1000", "0", &[]));
}

#[test]
fn spend_on_a_member_is_explained_by_that_member_first() {
    let activities = vec![
        booked(ItemClass::Goods, "100").with(B),
        booked(ItemClass::Goods, "900").with(C),
        steel(Some("100")).with(B),
    ];
    let reconciled = reconcile(sums(&[(A, activities)])).unwrap();
    let spend: Vec<String> = reconciled
        .sums()
        .filter(|(key, _)| key.line.starts_with("spend."))
        .map(|(key, values)| format!("{} {}", key.counterparty.as_ref().unwrap(), values.amount_nok))
        .collect();
    assert_eq!(spend, [format!("{C} 900")]);
}

#[test]
fn inventory_of_a_year() {
    let power = activity(
        ActivityKind::Electricity,
        ItemClass::Electricity,
        "electricity",
        "2022-05",
    );
    let fuel = activity(ActivityKind::Fuel, ItemClass::VehicleFuel, "diesel", "2022-05");
    let activities = vec![
        power.of("1000", Dimension::Energy),
        fuel.of("1", Dimension::Volume),
        booked(ItemClass::Goods, "1000"),
        booked(ItemClass::Heat, "77"),
    ];
    let reconciled = reconcile(sums(&[(A, activities)])).unwrap();
    let ask = |basis, gwp| {
        inventory(
            &reconciled,
            &InventoryQuery {
                year: 2022,
                gwp,
                basis,
                members: None,
            },
        )
        .unwrap()
    };
    let location = ask(Scope2Basis::Location, GwpSet::Ar5);
    assert_eq!(location.scope2_co2e_kg, amount("19"));
    assert_eq!(location.scope3_co2e_kg.to_fixed(2), "652.38");
    assert_eq!((location.unbound_rows, location.unbound_nok), (1, amount("77")));
    assert!(
        location.rows.iter().any(|row| row.co2e_kg.is_none()),
        "unbound is missing, not zero"
    );
    assert_eq!(
        ask(Scope2Basis::Market, GwpSet::Ar5).scope2_co2e_kg,
        amount("598"),
        "2023 is the nearest year"
    );
    let ar6 = ask(Scope2Basis::Location, GwpSet::Ar6);
    assert!(
        ar6.scope1_co2e_kg > location.scope1_co2e_kg,
        "N2O weighs 273 instead of 265"
    );
}
