//! Where goals are heading and how circular members are: what is shown opens to the same figure, and only for those who may see it.

use greenheart_app::{AppError, FigureView, Goal, GoalQuery};
use greenheart_units::Amount;

use super::kit::{Kit, actor, operator};

/// The small cluster with four years of files.
async fn four_years() -> Kit {
    let kit = Kit::empty().await;
    for member in kit.members() {
        for year in 2022..=2025 {
            let files = kit.files(&member, year);
            kit.import(files, Some(&member), greenheart_app::OnOverlap::Ask).await;
        }
    }
    kit
}

const QUERY: GoalQuery = GoalQuery {
    base_year: Some(2022),
    gwp: None,
    at: None,
};

async fn opens(kit: &Kit, figure: &FigureView) {
    let answer = kit.app.why(&operator(), &figure.reference).await;
    let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", figure.reference));
    assert_eq!(answer.value, figure.value, "{}", figure.name);
    assert!(
        answer.derivation.is_some_and(|why| !why.steps.is_empty()),
        "{}",
        figure.name
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn goals_look_ahead_for_those_who_lead() {
    let kit = four_years().await;
    let view = kit.app.goals(&operator(), &QUERY).await.expect("goals");
    for goal in &view.goals {
        let outlook = goal.outlook.as_ref().expect("an outlook");
        assert_eq!((outlook.last_year, outlook.goal_year), (2025, 2027), "{:?}", goal.goal);
        let forecast = outlook
            .forecast
            .as_ref()
            .unwrap_or_else(|| panic!("{:?}: {:?}", goal.goal, outlook.missing));
        assert!(forecast.p5.value <= forecast.p50.value && forecast.p50.value <= forecast.p95.value);
        let chance = outlook.probability.as_ref().expect("a chance");
        assert!((Amount::ZERO..=Amount::ONE).contains(&chance.value.expect("known")));
        assert_eq!(
            outlook.baseline.is_some(),
            goal.goal != Goal::Revenue,
            "{:?}",
            goal.goal
        );
        let bands = [&outlook.baseline, &outlook.forecast].into_iter().flatten();
        for figure in bands.flat_map(|band| [&band.p5, &band.p50, &band.p95]) {
            opens(&kit, figure).await;
        }
        opens(&kit, chance).await;
        opens(&kit, &outlook.target).await;
        // The trend goes on from the last year by what a year changed on average.
        let last = goal.years.iter().find(|year| year.year == 2025).expect("the last year");
        let (now, base) = (last.value.value.expect("a value"), last.base.value.expect("a base"));
        let ratio = now.to_model_f64() / base.to_model_f64();
        let expected = base.to_model_f64() * ratio * ratio.powf(2.0 / 3.0);
        let found = forecast.p50.value.expect("a median").to_model_f64();
        assert!((found / expected - 1.0).abs() < 1e-4, "{found}, by hand {expected}");
    }
    let co2e = view.goals.iter().find(|goal| goal.goal == Goal::Co2e).expect("goal 2");
    for name in [
        "co2e_location_kg",
        "co2e_location_base_kg",
        "co2e_frozen_grid_kg",
        "co2e_market_kg",
    ] {
        let year = co2e.years.iter().find(|year| year.year == 2025).expect("a year");
        let figure = year.beside.iter().find(|figure| figure.name == name).expect(name);
        assert!(figure.value.is_some(), "{name}");
    }
    // Two years say nothing of how much years differ.
    let short = GoalQuery {
        base_year: Some(2024),
        ..QUERY
    };
    let view = kit.app.goals(&operator(), &short).await.expect("goals");
    let missing = view.goals[1]
        .outlook
        .as_ref()
        .and_then(|outlook| outlook.missing.clone());
    assert_eq!(missing.as_deref(), Some("outlook.too_few_years"));

    let shown = co2e.outlook.as_ref().and_then(|outlook| outlook.forecast.as_ref());
    let reference = &shown.expect("a forecast").p50.reference;
    kit.app.release_goals(&operator()).await.expect("released");
    for who in [format!("admin:{}", kit.members()[0]), "public".to_owned()] {
        let who = actor(&who);
        let view = kit.app.goals(&who, &GoalQuery::default()).await.expect("a release");
        assert!(view.goals.iter().all(|goal| goal.outlook.is_none()));
        assert!(
            view.goals
                .iter()
                .flat_map(|goal| &goal.years)
                .all(|year| year.activity.is_none())
        );
        assert!(matches!(
            kit.app.why(&who, reference).await,
            Err(AppError::NotFound { .. })
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn circularity_is_shown_by_member_and_for_the_cluster() {
    let kit = four_years().await;
    let view = kit
        .app
        .circularity(&operator(), &QUERY, Some(2024))
        .await
        .expect("a view");
    assert!(view.lines.len() > 1 && view.lines[0].member.is_none(), "{view:?}");
    for line in &view.lines {
        for figure in line.figures() {
            opens(&kit, figure).await;
        }
        let kg = |figure: &FigureView| figure.value.expect("kg").to_model_f64();
        let expected = kg(&line.recirculated) / (kg(&line.taken_in) + kg(&line.recirculated));
        let found = line.use_rate.value.expect("a rate").to_model_f64();
        assert!((found - expected).abs() < 1e-5, "{found}, by hand {expected}");
        let indicator = line.indicator.value.expect("an indicator").to_model_f64();
        assert!((0.1..=1.0).contains(&indicator), "{indicator}");
    }
    let own = kit.members()[0].clone();
    let mine = kit
        .app
        .circularity(&actor(&format!("admin:{own}")), &QUERY, Some(2024))
        .await
        .expect("a view");
    assert!(mine.lines.iter().all(|line| line.member.as_ref() == Some(&own)));
    let public = kit.app.circularity(&actor("public"), &QUERY, Some(2024)).await;
    assert!(matches!(public, Err(AppError::Denied(_))));
    let cluster = &view.lines[0].use_rate.reference;
    let member = actor(&format!("admin:{own}"));
    assert!(matches!(
        kit.app.why(&member, cluster).await,
        Err(AppError::NotFound { .. })
    ));
}
