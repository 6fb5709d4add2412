//! Factors in use: chosen, compared, accepted; a sealed year keeps its own.

use greenheart_app::{AppError, FactorChoice, InventoryRequest, OnOverlap};
use greenheart_model::{GwpSet, Scope2Basis};
use greenheart_units::Amount;

use super::kit::{Kit, operator};

const HEADER: &str = "id,item,aspect,name_en,name_nb,dimension,basis,co2,ch4_fossil,ch4_biogenic,n2o,co2_biogenic,\
                      co2e_other,region,data_year,published,valid_from,valid_to,entered,gwp,pedigree,citation,licence,remark";

/// A grid factor of 0.5 kg per kWh, which nobody would miss.
fn grid(region: &str, year: i16) -> String {
    format!(
        "{}-{year},electricity,location,Grid,Nett,energy,plain,0.5,,,,,,{region},{year},{year}-12-31,{year}-01-01,\
         {year}-12-31,2026-01-01,ar5,11111,test table 1,CC0,",
        region.to_lowercase()
    )
}

/// An installation with a member's years 2023 and 2024, and the set `mine` in its library.
async fn with_set() -> Kit {
    let kit = Kit::empty().await;
    let member = kit.members()[0].clone();
    for year in 2023..=2024 {
        kit.import(kit.files(&member, year), Some(&member), OnOverlap::Ask)
            .await;
    }
    let table = kit.folder.path().join("mine.csv");
    let rows = [grid("NO", 2023), grid("NO", 2024), grid("SE", 2024)];
    std::fs::write(&table, format!("{HEADER}\n{}\n", rows.join("\n"))).expect("written");
    kit.app
        .import_factors(&operator(), &[table], Some("mine".into()))
        .await
        .expect("read");
    kit
}

fn choice(set: &str, country: Option<&str>, from_year: Option<i16>) -> FactorChoice {
    FactorChoice {
        set: set.into(),
        country: country.map(str::to_owned),
        from_year,
    }
}

/// kg CO2e of scope 2 and kWh of a year.
async fn power(kit: &Kit, year: i16) -> (Amount, Amount) {
    let request = InventoryRequest {
        year: Some(year),
        member: Some(kit.members()[0].clone()),
        basis: Scope2Basis::Location,
        gwp: GwpSet::Ar6,
    };
    let answer = kit.app.inventory(&operator(), &request).await.expect("an inventory");
    let lines = answer.lines.iter().filter(|line| line.row.line == "electricity");
    let kwh = lines
        .map(|line| line.row.energy_kwh)
        .fold(Amount::ZERO, |sum, kwh| sum + kwh);
    (answer.totals.scope2_co2e_kg, kwh)
}

#[tokio::test(flavor = "multi_thread")]
async fn binding_again_is_compared_accepted_and_leaves_sealed_years_alone() {
    let kit = with_set().await;
    let (app, operator) = (&kit.app, operator());
    let (before_2023, before_2024) = (power(&kit, 2023).await, power(&kit, 2024).await);
    app.seal(&operator, 2023).await.expect("sealed");
    assert!(matches!(app.seal(&operator, 2023).await, Err(AppError::Input { .. })));
    assert!(matches!(app.seal(&operator, 2026).await, Err(AppError::Input { .. })));

    let in_use = app
        .use_factors(&operator, &choice("mine", Some("no"), None))
        .await
        .expect("used");
    assert_eq!(in_use.version, "greenheart-2026.1+mine[NO]");
    assert_eq!((in_use.used, in_use.replaced, in_use.left_out), (2, 2, 0));
    let refused = app.accept_rebind(&operator, &mut |_| {}).await;
    assert!(matches!(refused, Err(AppError::Input { .. })), "nothing was shown yet");

    let shown = app.rebind(&operator, &mut |_| {}).await.expect("compared");
    assert_eq!(shown.sealed, [2023]);
    assert_eq!(
        power(&kit, 2024).await,
        before_2024,
        "nothing counts before it is accepted"
    );
    let changed: Vec<_> = shown
        .report
        .categories
        .iter()
        .filter(|line| !line.method_effect_kg.is_zero())
        .map(|line| (line.year, line.scope.to_string(), line.category))
        .collect();
    assert_eq!(changed, [(2024, "2".to_owned(), 0)]);

    let rebound = app.accept_rebind(&operator, &mut |_| {}).await.expect("accepted");
    let after = power(&kit, 2024).await;
    let half = Amount::from_mantissa(before_2024.1.mantissa() / 2);
    assert_eq!(after.0, half, "half a kilogram for every kWh");
    assert_eq!(power(&kit, 2023).await, before_2023, "a sealed year keeps its factors");
    let effect = rebound
        .report
        .categories
        .iter()
        .find(|line| line.year == 2024 && line.category == 0);
    let scope_two = rebound
        .report
        .categories
        .iter()
        .find(|line| line.year == 2024 && line.scope.to_string() == "2")
        .expect("a line");
    assert!(effect.is_some());
    assert_eq!(
        scope_two.method_effect_kg,
        after.0 - before_2024.0,
        "all of it is method"
    );
    assert_eq!(app.rebinds(&operator).await.expect("a list"), [rebound]);

    // A member that comes in later finds the sealed year as it was sealed.
    let late = kit.members()[1].clone();
    kit.import(kit.files(&late, 2023), Some(&late), OnOverlap::Ask).await;
    let stale = app.rebind(&operator, &mut |_| {}).await.expect("compared");
    assert!(
        stale
            .report
            .categories
            .iter()
            .all(|line| line.method_effect_kg.is_zero())
    );
    kit.import(kit.files(&late, 2024), Some(&late), OnOverlap::Ask).await;
    let refused = app.accept_rebind(&operator, &mut |_| {}).await;
    assert!(
        matches!(refused, Err(AppError::Input { .. })),
        "the books have changed since"
    );
    kit.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_is_used_in_part_as_a_whole_or_not_at_all() {
    let kit = with_set().await;
    let (app, operator) = (&kit.app, operator());
    let none = app.use_factors(&operator, &choice("mine", Some("DK"), None)).await;
    assert!(matches!(none, Err(AppError::Input { .. })));
    let unknown = app.use_factors(&operator, &choice("theirs", None, None)).await;
    assert!(matches!(unknown, Err(AppError::NotFound { .. })));
    let part = app
        .use_factors(&operator, &choice("mine", None, Some(2024)))
        .await
        .expect("used");
    assert_eq!(part.version, "greenheart-2026.1+mine[2024]");
    let sets = app.factor_sets(&operator).await.expect("sets");
    let current: Vec<_> = sets.iter().filter(|set| set.current).map(|set| &*set.version).collect();
    assert_eq!(current, ["greenheart-2026.1+mine[2024]"]);
    let back = app
        .use_factors(&operator, &choice("greenheart-2026.1", None, None))
        .await
        .expect("used");
    assert_eq!(
        (&*back.version, &*back.before),
        ("greenheart-2026.1", "greenheart-2026.1+mine[2024]")
    );
    let bounded = app
        .use_factors(&operator, &choice("greenheart-2026.1", Some("NO"), None))
        .await;
    assert!(matches!(bounded, Err(AppError::Input { .. })));
}
