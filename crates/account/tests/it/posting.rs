//! One activity, its entries.

use greenheart_model::{Activity, ActivityKind, GwpSet, ItemClass, Treatment};
use greenheart_units::Dimension;

use crate::kit::{A, B, With, activity, amount, post};

fn check(activity: Activity, expect: &[&str]) {
    let (entries, _) = post(A, &[activity]);
    let shown: Vec<String> = entries
        .iter()
        .map(|entry| {
            let co2e = entry.gases.co2e(GwpSet::Ar5).unwrap();
            let part = if entry.material_part.is_empty() {
                "-"
            } else {
                &entry.material_part
            };
            format!(
                "{} {} {} {} {} {} kg, {part}",
                entry.scope,
                entry.category,
                entry.line,
                entry.method,
                entry.basis,
                co2e.to_fixed(2)
            )
        })
        .collect();
    assert_eq!(shown, expect);
}

#[test]
fn energy() {
    let power = || {
        activity(
            ActivityKind::Electricity,
            ItemClass::Electricity,
            "electricity",
            "2020-03",
        )
    };
    check(
        power().of("1000", Dimension::Energy),
        &[
            "2 0 electricity activity location 8.00 kg, -",
            "2 0 electricity activity market 402.00 kg, -",
        ],
    );
    check(power().nok("1000"), &["2 0 electricity unbound both 0.00 kg, -"]);
    let mut green = power().of("1000", Dimension::Energy);
    green.supplier_co2e = Some(amount("5"));
    check(
        green,
        &[
            "2 0 electricity activity location 8.00 kg, -",
            "2 0 electricity supplier_specific market 5.00 kg, -",
        ],
    );
    let fuel = |item| activity(ActivityKind::Fuel, ItemClass::VehicleFuel, item, "2024-05");
    check(
        fuel("diesel").of("1", Dimension::Volume),
        &[
            "1 0 diesel activity both 2661.57 kg, -",
            "3 3 diesel activity both 624.09 kg, -",
        ],
    );
    check(
        fuel("hvo100").of("1", Dimension::Volume),
        &[
            "1 0 hvo100 activity both 35.58 kg, -",
            "3 3 hvo100 activity both 559.00 kg, -",
        ],
    );
    let (entries, _) = post(A, &[fuel("hvo100").of("1", Dimension::Volume)]);
    assert_eq!(entries[0].gases.co2_biogenic, amount("2430"));
    check(
        fuel("moonshine").of("1", Dimension::Volume),
        &["1 0 moonshine unbound both 0.00 kg, -"],
    );
}

#[test]
fn years_without_a_factor_are_said() {
    let power = activity(
        ActivityKind::Electricity,
        ItemClass::Electricity,
        "electricity",
        "2025-03",
    );
    let (entries, findings) = post(A, &[power.of("1000", Dimension::Energy)]);
    assert_eq!(findings.count("factor.nearest_year"), 2);
    assert_eq!(
        entries[0].factor.as_ref().map(ToString::to_string),
        Some("no-electricity-location-2024".into())
    );
}

#[test]
fn factors_of_other_countries_are_said() {
    let spend = activity(ActivityKind::Purchase, ItemClass::Goods, "purchase.6000", "2022-05").nok("1000");
    let diesel = activity(ActivityKind::Fuel, ItemClass::VehicleFuel, "diesel", "2024-05");
    let power = activity(
        ActivityKind::Electricity,
        ItemClass::Electricity,
        "electricity",
        "2024-03",
    );
    let rows = [
        spend.booked("6000"),
        diesel.of("1", Dimension::Volume),
        power.of("1000", Dimension::Energy),
    ];
    let (_, findings) = post(A, &rows);
    assert_eq!(findings.count("factor.country_mismatch"), 1);
    assert_eq!(
        findings.count("factor.other_region"),
        2,
        "burning it, and what comes before"
    );
}

#[test]
fn money_and_revenue() {
    let buy = |class| {
        activity(ActivityKind::Purchase, class, "purchase.6000", "2022-05")
            .nok("1000")
            .booked("6000")
    };
    check(buy(ItemClass::Goods), &["3 1 spend.goods spend both 28.29 kg, -"]);
    check(buy(ItemClass::Freight), &["3 4 spend.freight spend both 61.89 kg, -"]);
    check(buy(ItemClass::Capital), &["3 2 spend.capital spend both 19.24 kg, -"]);
    check(
        buy(ItemClass::Electricity),
        &["2 0 spend.electricity unbound both 0.00 kg, -"],
    );
    let mut euro = buy(ItemClass::Goods);
    euro.currency = "EUR".parse().unwrap();
    let (entries, findings) = post(A, &[euro]);
    assert_eq!(
        (
            entries[0].amount_nok,
            findings.count("posting.no_rate"),
            findings.count("factor.none")
        ),
        (None, 1, 1)
    );
    let sale = |code: &str, tax: &str| {
        let mut sale = activity(ActivityKind::Sale, ItemClass::Revenue, "revenue", "2022-05")
            .nok("10")
            .booked(code);
        sale.tax_code = Some(tax.into());
        sale
    };
    check(
        sale("3000", "3"),
        &["none 0 revenue.domestic not_applicable both 0.00 kg, -"],
    );
    check(
        sale("3100", "52"),
        &["none 0 revenue.export not_applicable both 0.00 kg, -"],
    );
    check(
        sale("3400", "0"),
        &["none 0 revenue.grant not_applicable both 0.00 kg, -"],
    );
}

#[test]
fn material_waste_and_freight() {
    let steel =
        || activity(ActivityKind::MaterialInput, ItemClass::Goods, "steel", "2024-05").of("1000", Dimension::Mass);
    check(steel(), &["3 1 steel activity both 2854.92 kg, primary_input"]);
    let mut mixed = steel();
    mixed.primary_permille = Some(250);
    check(
        mixed,
        &[
            "3 1 steel activity both 713.73 kg, primary_input",
            "3 1 steel activity both 1295.05 kg, secondary_input",
        ],
    );
    let waste = |treatment, number| {
        let mut waste = activity(ActivityKind::Waste, ItemClass::WasteService, "wood_waste", "2024-05")
            .of("1000", Dimension::Mass)
            .with(number);
        waste.treatment = treatment;
        waste
    };
    check(
        waste(Some(Treatment::Recycling), B),
        &["3 5 wood_waste activity both 6.41 kg, waste_recirculated"],
    );
    check(
        waste(Some(Treatment::Landfill), B),
        &["3 5 wood_waste activity both 925.24 kg, waste_lost"],
    );
    check(
        waste(Some(Treatment::EnergyRecovery), A),
        &["none 0 wood_waste not_applicable both 0.00 kg, own_residue_fuel"],
    );
    check(waste(None, B), &["3 5 wood_waste unbound both 0.00 kg, waste_lost"]);
    let mut wet = waste(Some(Treatment::Landfill), B);
    wet.dry_permille = Some(400);
    assert_eq!(post(A, &[wet]).0[0].mass_kg, Some(amount("400")));
    let freight = activity(ActivityKind::Transport, ItemClass::Freight, "road_freight", "2024-05");
    check(
        freight.of("1000", Dimension::FreightWork),
        &[
            "3 4 road_freight activity both 102.40 kg, -",
            "3 4 road_freight activity both 24.77 kg, -",
        ],
    );
    let gas = activity(ActivityKind::Refrigerant, ItemClass::Refrigerant, "r410a", "2024-05");
    check(gas.of("2", Dimension::Mass), &["1 0 r410a activity both 3847.00 kg, -"]);
    let other = activity(ActivityKind::OtherPosting, ItemClass::None, "payroll", "2024-05");
    check(other.nok("5"), &["none 0 other not_applicable both 0.00 kg, -"]);
}

#[test]
fn the_other_side_is_named_when_it_is_a_member() {
    let buy = activity(ActivityKind::Purchase, ItemClass::Goods, "goods", "2022-05").nok("1000");
    let known = |activity| post(A, &[activity]).0[0].counterparty.as_ref().map(ToString::to_string);
    assert_eq!(known(buy.clone().with(B)), Some(B.to_owned()));
    assert_eq!(known(buy.clone().with(A)), None, "a member does not trade with itself");
    assert_eq!(known(buy.with("999999999")), None);
}

#[test]
fn absurd_amounts_wait_instead_of_wrapping() {
    use greenheart_units::{Amount, Reading};
    let kinds = [
        (ActivityKind::Fuel, ItemClass::VehicleFuel, "diesel", Dimension::Volume),
        (ActivityKind::MaterialInput, ItemClass::Goods, "steel", Dimension::Mass),
        (
            ActivityKind::Electricity,
            ItemClass::Electricity,
            "electricity",
            Dimension::Energy,
        ),
    ];
    for (kind, class, item, dimension) in kinds {
        let mut huge = activity(kind, class, item, "2024-05");
        huge.quantity = Some(Reading::new(Amount::from_mantissa(i128::MAX), dimension));
        huge.primary_permille = Some(300);
        let (entries, findings) = post(A, &[huge]);
        assert!(findings.count("posting.overflow") > 0, "{item}");
        assert!(
            entries
                .iter()
                .all(|entry| entry.gases == greenheart_model::GasMasses::default())
        );
    }
}
