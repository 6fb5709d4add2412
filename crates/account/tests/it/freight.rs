//! Freight by EN ISO 14083: on which kilometres, in whose account, and once only.

use greenheart_account::{freight_log, reconcile};
use greenheart_model::{
    Activity, ActivityKind, Arrangement, Carriage, CarriageFuel, DistanceBasis, ElementKind, GwpSet, ItemClass,
};
use greenheart_units::{Dimension, Reading};

use crate::kit::{A, B, With, activity, amount, post, sums};

/// 2 500 kg over 100 km on the shortest way.
fn carriage() -> Carriage {
    Carriage {
        kind: ElementKind::Leg,
        element: None,
        arrangement: None,
        mass_kg: Some(amount("2500")),
        km: Some(amount("100")),
        basis: DistanceBasis::ShortestFeasible,
        stated_tkm: None,
        load_permille: None,
        empty_permille: None,
        fuel: None,
    }
}

fn row(item: &str, change: impl FnOnce(&mut Carriage)) -> Activity {
    let mut carriage = carriage();
    change(&mut carriage);
    Activity {
        carriage: Some(Box::new(carriage)),
        ..activity(ActivityKind::Transport, ItemClass::Freight, item, "2024-05")
    }
}

fn road(change: impl FnOnce(&mut Carriage)) -> Activity {
    row("road_freight", change)
}

fn litres(item: &str, m3: &str) -> CarriageFuel {
    CarriageFuel {
        item: item.into(),
        quantity: Reading::new(amount(m3), Dimension::Volume),
    }
}

/// Scope, category, line, rule and kg of the entries, and the codes found.
#[track_caller]
fn check(activity: Activity, entries: &[&str], codes: &[&str]) {
    let (made, findings) = post(A, &[activity]);
    let shown: Vec<String> = made
        .iter()
        .map(|entry| {
            let kg = entry.gases.co2e(GwpSet::Ar5).unwrap().to_fixed(2);
            format!("{} {} {} {} {kg}", entry.scope, entry.category, entry.line, entry.rule)
        })
        .collect();
    assert_eq!(shown, entries);
    let found: Vec<&str> = findings
        .counts()
        .map(|(code, ..)| code)
        .filter(|code| !code.starts_with("factor.other") && !code.starts_with("factor.nearest"))
        .collect();
    assert_eq!(found, codes);
}

#[test]
fn the_intensity_meets_the_kilometres_it_is_published_for() {
    // 262.5 tonne-kilometres of driving at 97.52 and 23.59 g.
    let bought = [
        "3 4 road_freight transport@2 25.60",
        "3 4 road_freight transport@2 6.19",
    ];
    check(road(|_| {}), &bought, &[]);
    let driven = |carriage: &mut Carriage| {
        carriage.km = Some(amount("105"));
        carriage.basis = DistanceBasis::Driven;
    };
    check(road(driven), &bought, &[]);
    check(road(|carriage| carriage.basis = DistanceBasis::Unstated), &bought, &[]);
    check(
        road(|carriage| carriage.basis = DistanceBasis::GreatCircle),
        &[
            "3 4 road_freight transport@2 33.28",
            "3 4 road_freight transport@2 8.05",
        ],
        &[],
    );
}

#[test]
fn who_runs_and_who_pays_decides_where_it_counts() {
    let who = |arrangement| road(|carriage| carriage.arrangement = Some(arrangement));
    check(
        who(Arrangement::PaidByOthers),
        &[
            "3 9 road_freight transport@2 25.60",
            "3 9 road_freight transport@2 6.19",
        ],
        &[],
    );
    let own = [
        "1 0 own_transport.road_freight transport@2 25.60",
        "3 3 own_transport.road_freight transport@2 6.19",
    ];
    check(who(Arrangement::Own), &own, &[]);
    check(road(|_| {}).with(A), &own, &[]);
    let mut stated = who(Arrangement::PaidByOthers);
    stated.supplier_co2e = Some(amount("9.5"));
    check(stated, &["3 9 road_freight supplier@1 9.50"], &[]);
}

#[test]
fn fuel_that_a_carrier_reports_is_better_than_an_average() {
    let burnt = |arrangement| {
        road(|carriage| {
            carriage.fuel = Some(litres("diesel", "0.01"));
            carriage.arrangement = arrangement;
        })
    };
    check(
        burnt(None),
        &[
            "3 4 road_freight transport.fuel@1 26.62",
            "3 4 road_freight transport.fuel@1 6.24",
        ],
        &[],
    );
    check(
        burnt(Some(Arrangement::Own)),
        &[
            "1 0 own_transport.road_freight transport.fuel@1 26.62",
            "3 3 own_transport.road_freight transport.fuel@1 6.24",
        ],
        &[],
    );
    check(
        road(|carriage| carriage.fuel = Some(litres("whale oil", "0.01"))),
        &[
            "3 4 road_freight transport@2 25.60",
            "3 4 road_freight transport@2 6.19",
        ],
        &["transport.fuel_factor"],
    );
    let charged = |carriage: &mut Carriage| {
        carriage.arrangement = Some(Arrangement::Own);
        carriage.fuel = Some(CarriageFuel {
            item: "electricity".into(),
            quantity: Reading::new(amount("100"), Dimension::Energy),
        });
    };
    let (entries, _) = post(A, &[road(charged)]);
    let shown: Vec<_> = entries
        .iter()
        .map(|entry| (entry.scope.name(), entry.basis.name()))
        .collect();
    assert_eq!(shown, [("2", "market"), ("2", "location")]);
}

/// Articulated trucks of the table of 2024, well to wheel: 0.78324 kg a km empty, 1.29006 full, 0.07223 a tonne-km full, 0.0937 on
/// average; so a payload of 17.8604 t.
#[test]
fn load_and_empty_running_bring_the_average_to_this_journey() {
    let at = |load, empty| {
        row("road_freight_articulated", |carriage| {
            carriage.load_permille = load;
            carriage.empty_permille = empty;
        })
    };
    let kg = |activity: Activity| -> f64 {
        let (entries, _) = post(A, &[activity]);
        let all: greenheart_units::Amount = entries.iter().map(|entry| entry.gases.co2e(GwpSet::Ar5).unwrap()).sum();
        all.to_model_f64()
    };
    let average = kg(at(None, None));
    let by_hand = |load: f64, empty: f64| {
        let per_km = 0.783_24 * (1.0 - load) + 1.290_06 * load + 0.783_24 * empty;
        per_km / (load * (1.290_06 / 0.072_23)) * 262.5
    };
    assert!((kg(at(Some(1000), Some(0))) - by_hand(1.0, 0.0)).abs() < 0.01);
    assert!((kg(at(Some(600), Some(250))) - by_hand(0.6, 0.25)).abs() < 0.01);
    assert!(kg(at(Some(1000), Some(0))) < average && average < kg(at(Some(300), Some(500))));
    let (_, findings) = post(A, &[at(Some(600), None)]);
    assert_eq!(findings.count("transport.load_alone"), 1);
    let (entries, _) = post(A, &[at(Some(600), Some(250))]);
    assert_eq!(&*entries[0].rule, "transport.modelled@1");
}

#[test]
fn a_hub_adds_kilograms_and_no_freight_work() {
    let hub = |mass: Option<&str>| {
        row("freight_hub", |carriage| {
            carriage.kind = ElementKind::Hub;
            carriage.km = None;
            carriage.mass_kg = mass.map(amount);
        })
    };
    check(hub(Some("10000")), &["3 4 freight_hub transport.hub@1 10.70"], &[]);
    check(
        hub(None),
        &["3 4 freight_hub transport@2 0.00"],
        &["factor.none", "transport.hub_unknown"],
    );
}

/// The multimodal chain of the guide, with our own intensities: its emissions are the sum of its elements.
#[test]
fn a_chain_is_the_sum_of_its_elements() {
    let leg = |item: &str, km: &str, element| {
        row(item, |carriage| {
            carriage.mass_kg = Some(amount("10000"));
            carriage.km = Some(amount(km));
            carriage.element = Some(element);
        })
    };
    let hub = row("freight_hub", |carriage| {
        carriage.kind = ElementKind::Hub;
        carriage.mass_kg = Some(amount("10000"));
    });
    let chain = [
        leg("road_freight", "50", 1),
        hub.clone(),
        leg("rail_freight", "500", 3),
        hub,
        leg("road_freight", "100", 5),
    ];
    let (entries, _) = post(A, &chain);
    let kg = |wanted: &str| -> greenheart_units::Amount {
        let of_line = entries.iter().filter(|entry| &*entry.line == wanted);
        of_line.map(|entry| entry.gases.co2e(GwpSet::Ar6).unwrap()).sum()
    };
    // 1 575 driven tonne-kilometres of road, 5 000 of rail.
    assert_eq!(kg("road_freight").to_fixed(3), "190.821");
    assert_eq!(kg("freight_hub").to_fixed(3), "21.400");
    assert!(entries.iter().all(|entry| entry.category == 4));
}

#[test]
fn what_cannot_be_calculated_says_why() {
    let unbound = ["3 4 road_freight transport@2 0.00"];
    check(
        road(|carriage| carriage.km = None),
        &unbound,
        &["factor.none", "transport.distance_missing"],
    );
    check(
        road(|carriage| carriage.mass_kg = None),
        &unbound,
        &["factor.none", "transport.mass_missing"],
    );
    check(
        road(|carriage| carriage.km = None).nok("1000"),
        &["3 4 road_freight purchase.spend@1 61.89"],
        &[
            "factor.country_mismatch",
            "factor.price_year",
            "transport.distance_missing",
        ],
    );
    check(
        row("sea_freight", |carriage| carriage.basis = DistanceBasis::GreatCircle),
        &["3 4 sea_freight transport@2 0.00"],
        &["factor.none", "transport.no_detour"],
    );
    check(
        row("road_freight_unheard_of", |_| {}),
        &["3 4 road_freight_unheard_of transport@2 0.00"],
        &["factor.none", "transport.factor_none"],
    );
    check(
        row("freight", |_| {}),
        &["3 4 freight transport@2 0.00"],
        &["factor.none", "transport.mode_unknown"],
    );
    // A volume is no freight work.
    let litres = activity(ActivityKind::Transport, ItemClass::Freight, "road_freight", "2024-05");
    check(
        litres.of("1", Dimension::Volume),
        &unbound,
        &["factor.none", "transport.wrong_dimension"],
    );
}

#[test]
fn the_log_names_every_parameter() {
    let shown = |activity: &Activity| {
        let log = freight_log(activity, Some(A.parse().unwrap())).unwrap();
        let names = log.parameters.iter().map(|parameter| {
            let (origin, value) = (parameter.origin.name(), parameter.value);
            format!("{} {origin} {value} {}", parameter.name, parameter.unit)
        });
        (
            log.arrangement,
            log.arrangement_origin.name(),
            names.collect::<Vec<_>>(),
        )
    };
    let (arrangement, origin, names) = shown(&road(|carriage| {
        carriage.km = Some(amount("105"));
        carriage.basis = DistanceBasis::Driven;
    }));
    assert_eq!((arrangement, origin), (Arrangement::Bought, "default"));
    assert_eq!(
        names,
        [
            "mass primary 2500 kg",
            "distance, driven primary 105 km",
            "distance adjustment factor default 1.05 ",
            "on the standard's distance modelled 100 km or tkm",
            "freight work modelled 250 tkm",
        ]
    );
    assert_eq!(shown(&road(|_| {}).with(A)).0, Arrangement::Own);
    assert_eq!(shown(&road(|_| {}).with(B)).0, Arrangement::Bought);
    let log = freight_log(&road(|carriage| carriage.km = None), None).unwrap();
    assert_eq!(log.refused.unwrap().to_string(), "distance is not stated");
    let bought = activity(ActivityKind::Purchase, ItemClass::Freight, "freight", "2024-05");
    assert_eq!(freight_log(&bought, None), None);
}

/// Lines that count and lines that gave way.
fn after(activities: Vec<Activity>) -> (Vec<String>, Vec<String>) {
    let reconciled = reconcile(sums(&[(A, activities)])).unwrap();
    let kept = reconciled.sums().map(|(key, _)| format!("{} {}", key.scope, key.line));
    let gone = reconciled.displaced().map(|displaced| displaced.key.line.to_string());
    (kept.collect(), gone.collect())
}

#[test]
fn own_deliveries_never_count_beside_the_fuel_that_is_booked() {
    let own = || road(|carriage| carriage.arrangement = Some(Arrangement::Own));
    let diesel =
        |month: &str| activity(ActivityKind::Fuel, ItemClass::VehicleFuel, "diesel", month).of("1", Dimension::Volume);
    let lines = |kept: &[&str], gone: &[&str]| -> (Vec<String>, Vec<String>) {
        let of = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        (of(kept), of(gone))
    };
    let own_lines = ["1 own_transport.road_freight", "3 own_transport.road_freight"];
    let two = ["own_transport.road_freight"; 2];
    assert_eq!(after(vec![own()]), lines(&own_lines, &[]));
    // Fuel of another month of the same year: a tank is not filled every day.
    assert_eq!(
        after(vec![own(), diesel("2024-01")]),
        lines(&["1 diesel", "3 diesel"], &two)
    );
    let (kept, gone) = after(vec![own(), diesel("2023-12")]);
    assert_eq!((kept.len(), gone.len()), (4, 0));
    // Money spent on fuel says not how much was burnt; the deliveries do.
    let spent = activity(ActivityKind::Purchase, ItemClass::VehicleFuel, "fuel", "2024-05")
        .nok("5000")
        .booked("7000");
    assert_eq!(after(vec![own(), spent]), lines(&own_lines, &["spend.vehicle_fuel"]));
}

#[test]
fn what_customers_pay_for_explains_no_spend_of_the_member() {
    let others = road(|carriage| carriage.arrangement = Some(Arrangement::PaidByOthers));
    let bill = activity(ActivityKind::Purchase, ItemClass::Freight, "freight", "2024-05")
        .nok("1000")
        .booked("6100");
    let (kept, gone) = after(vec![others, bill.clone()]);
    assert!(
        gone.is_empty() && kept.contains(&"3 spend.freight".to_owned()),
        "{kept:?}"
    );
    let (_, gone) = after(vec![road(|_| {}), bill]);
    assert_eq!(gone, ["spend.freight"]);
}
