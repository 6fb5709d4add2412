use std::collections::BTreeSet;

use greenheart_app::{AppError, GoalQuery, InventoryRequest};
use greenheart_model::{GwpSet, Ref, Scope2Basis};
use greenheart_units::Amount;

use super::kit::{Kit, actor, operator};

/// From every goal figure to its lines, from lines to factors and rows, from rows to their files: nothing ends in the air.
#[tokio::test(flavor = "multi_thread")]
async fn every_reference_opens_down_to_the_file() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let goals = kit.app.goals(&operator(), &GoalQuery::default()).await.expect("goals");
    let mut waiting: Vec<Ref> = Vec::new();
    for year in goals
        .goals
        .iter()
        .flat_map(|goal| &goal.years)
        .filter(|year| year.value.value.is_some())
        .take(9)
    {
        waiting.extend([&year.value, &year.base, &year.target].map(|figure| figure.reference.clone()));
        waiting.extend(year.beside.iter().map(|figure| figure.reference.clone()));
    }
    let mut seen = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    let mut opened = 0;
    while let Some(reference) = waiting.pop() {
        if !seen.insert(reference.clone()) {
            continue;
        }
        let kind = reference
            .to_string()
            .split([':', '/'])
            .take(2)
            .collect::<Vec<_>>()
            .join(":");
        let kind = if kind.starts_with("fig") {
            kind
        } else {
            kind.split(':').next().unwrap_or_default().to_owned()
        };
        // Opening each of thousands of rows would say nothing new.
        if kinds.iter().filter(|known: &&(String, u32)| known.0 == kind).count() >= 12 {
            continue;
        }
        opened += 1;
        kinds.insert((kind.clone(), opened));
        let answer = kit
            .app
            .why(&operator(), &reference)
            .await
            .unwrap_or_else(|error| panic!("{reference}: {error}"));
        assert!(!answer.title.is_empty());
        waiting.extend(
            answer
                .sections
                .iter()
                .flat_map(|section| &section.parts)
                .filter_map(|part| part.reference.clone()),
        );
    }
    let reached: BTreeSet<&str> = kinds.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(
        reached,
        BTreeSet::from(["fig:goal", "fig:line", "row", "batch", "factor"])
    );
}

/// A line's value is the sum of what its factors contributed, when nothing was displaced.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_the_sum_of_its_factors() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let asked = InventoryRequest {
        year: Some(2024),
        member: None,
        basis: Scope2Basis::Location,
        gwp: GwpSet::Ar6,
    };
    let inventory = kit.app.inventory(&operator(), &asked).await.expect("an inventory");
    let mut total = Amount::ZERO;
    let mut checked = 0;
    for line in &inventory.lines {
        let answer = kit.app.why(&operator(), &line.reference).await.expect("an answer");
        total = total.checked_add(line.row.co2e_kg.unwrap_or_default()).expect("a sum");
        let displaced = answer.sections.iter().any(|section| section.heading == "displaced");
        if displaced || line.row.co2e_kg.is_none() {
            continue;
        }
        let factors = answer
            .sections
            .iter()
            .find(|section| section.heading == "factors")
            .expect("factors");
        let mut sum = Amount::ZERO;
        for part in &factors.parts {
            sum = sum.checked_add(part.value.parse().unwrap_or_default()).expect("a sum");
        }
        // CO2e is rounded for each factor here and once for the line there.
        let off = (sum.mantissa() - line.row.co2e_kg.unwrap_or_default().mantissa()).abs();
        assert!(
            off <= 2 * i128::try_from(factors.parts.len()).expect("few"),
            "{}: {sum} is not {:?}",
            line.reference,
            line.row.co2e_kg
        );
        checked += 1;
    }
    assert!(checked > 20, "only {checked} lines were compared");
    let scopes = inventory
        .totals
        .total_co2e_kg
        .checked_add(inventory.totals.removals_co2_kg)
        .expect("a sum");
    assert_eq!(total, scopes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_to_somebody_elses_rows_is_as_absent_as_one_to_nothing() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let report = kit
        .import(
            vec![kit.waste(&members[0], 2023)],
            Some(&members[0]),
            greenheart_app::OnOverlap::Ask,
        )
        .await;
    let batch = report.sets[0].batch.clone().expect("a batch");
    let stranger = actor(&format!("admin:{}", members[1]));
    let owner = actor(&format!("admin:{}", members[0]));
    let there = [
        format!("batch:{batch}"),
        format!("row:{batch}/1"),
        format!("fig:line/2023/{}/3/5/activity/waste@s1/location/ar6", members[0]),
    ];
    let nowhere = [
        "batch:b-0".to_owned(),
        "row:b-0/1".to_owned(),
        "fig:line/2023/999/3/5/activity/waste@s1/location/ar6".to_owned(),
    ];
    for (there, nowhere) in there.iter().zip(&nowhere) {
        let mut answers = Vec::new();
        for text in [there, nowhere] {
            let reference: Ref = text.parse().expect("a reference");
            match kit.app.why(&stranger, &reference).await {
                Err(AppError::NotFound { what, .. }) => answers.push(what),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert_eq!(answers[0], answers[1]);
    }
    assert!(
        kit.app
            .why(&owner, &there[0].parse().expect("a reference"))
            .await
            .is_ok()
    );
}
