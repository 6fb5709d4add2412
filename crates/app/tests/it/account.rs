//! The account in depth: each tonne once, how sure, why it changed, and nothing of one member shown to another.

use std::collections::BTreeSet;

use greenheart_app::{
    AppError, CarbonPrice, ChangeRequest, ConsolidatedView, GoalQuery, InventoryRequest, OnOverlap, PositiveRequest,
    WhatIfRequest, YearQuery,
};
use greenheart_model::{GwpSet, MemberId, Ref, Scope2Basis, Visibility};
use greenheart_units::Amount;

use super::kit::{Kit, actor, allowed, operator};

fn year(year: i16) -> YearQuery {
    YearQuery {
        year: Some(year),
        ..YearQuery::default()
    }
}

fn change(member: Option<&MemberId>) -> ChangeRequest {
    ChangeRequest {
        from: 2023,
        to: 2024,
        member: member.cloned(),
        gwp: None,
        basis: None,
        at: None,
        published: None,
    }
}

fn what_if(member: &MemberId, direct: i64) -> WhatIfRequest {
    WhatIfRequest {
        query: year(2024),
        member: member.clone(),
        direct_kg: Amount::from_integer(direct),
        upstream_kg: Amount::ZERO,
    }
}

fn inventory(member: &MemberId) -> InventoryRequest {
    InventoryRequest {
        year: Some(2024),
        member: Some(member.clone()),
        basis: Scope2Basis::Location,
        gwp: GwpSet::Ar6,
    }
}

fn total(view: &ConsolidatedView, name: &str) -> Amount {
    let found = view.totals.iter().find(|figure| figure.name == name);
    found.and_then(|figure| figure.value).expect(name)
}

/// Two routes to one number: the goal leaves out what members bought from each other; here footprints are solved for
/// and what left the cluster is added up.
#[tokio::test(flavor = "multi_thread")]
async fn the_footprints_and_the_goal_give_the_same_account() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    for basis in [Scope2Basis::Location, Scope2Basis::Market] {
        let query = YearQuery {
            basis: Some(basis),
            ..year(2024)
        };
        let view = kit.app.consolidate(&operator(), &query).await.expect("an account");
        assert!(!view.pairs.is_empty(), "the members trade");
        let goals = kit.app.goals(&operator(), &GoalQuery::default()).await.expect("goals");
        let goal = goals.goals[1].years.iter().find(|of| of.year == 2024).expect("2024");
        let beside = |name: &str| {
            let found = goal.beside.iter().find(|figure| figure.name == name);
            found.and_then(|figure| figure.value).expect(name)
        };
        let market = basis == Scope2Basis::Market;
        let expected = beside(if market { "co2e_market_kg" } else { "co2e_location_kg" });
        let tolerance = view.solution.as_ref().expect("solved").tolerance_kg;
        let apart = (total(&view, "consolidated_kg") - expected).abs();
        assert!(apart <= tolerance, "{apart} apart, tolerance {tolerance}");
        assert!(tolerance < Amount::from_integer(1), "{tolerance}");
        if !market {
            assert_eq!(total(&view, "reported_kg"), beside("co2e_plain_kg"));
        }
        let (reported, gross) = (total(&view, "reported_kg"), total(&view, "gross_kg"));
        assert_eq!(reported, gross + total(&view, "revaluation_kg"));
        assert_eq!(gross, total(&view, "consolidated_kg") + total(&view, "elimination_kg"));
        let pairs: Amount = view.pairs.iter().map(|pair| pair.carried_kg).sum();
        assert_eq!(pairs, total(&view, "elimination_kg"));
        let left: Amount = view
            .members
            .iter()
            .map(|part| part.exported_kg + part.after_sale_kg)
            .sum();
        assert_eq!(left, total(&view, "consolidated_kg"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_of_the_account_opens() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let view = kit.app.consolidate(&operator(), &year(2024)).await.expect("an account");
    let products = kit.app.products(&operator(), &year(2024)).await.expect("products");
    let change = kit.app.change(&operator(), &change(None)).await.expect("a change");
    let figures = view.totals.iter().map(|figure| (&figure.reference, figure.value));
    let pairs = view.pairs.iter().map(|pair| (&pair.reference, Some(pair.carried_kg)));
    let made = products
        .products
        .iter()
        .map(|line| (&line.reference, Some(line.total_kg)));
    let effects = change.effects.iter().chain(&change.sectors).chain(&change.members);
    let effects = effects.map(|line| (&line.reference, Some(line.change_kg)));
    let years = [
        (&change.before, Some(change.before_kg)),
        (&change.after, Some(change.after_kg)),
    ];
    let named = products.products.iter().flat_map(|line| &line.made);
    let named = named.map(|line| (&line.reference, Some(line.total_kg)));
    let mut opened = 0;
    for (reference, value) in figures
        .chain(pairs.take(3))
        .chain(made)
        .chain(named)
        .chain(effects)
        .chain(years)
    {
        let answer = kit.app.why(&operator(), reference).await;
        let answer = answer.unwrap_or_else(|error| panic!("{reference}: {error}"));
        assert_eq!(answer.value, value, "{reference}");
        assert!(answer.derivation.is_some_and(|why| !why.source.is_empty()));
        opened += 1;
    }
    assert!(opened > 30, "{opened}");
    for line in &products.products {
        let shares = line.activity_share + line.supplier_share + line.spend_share;
        assert!(line.total_kg.is_zero() || shares.to_string() == "1", "{line:?}");
        assert_eq!(line.own_kg + line.from_members_kg, line.total_kg);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn effects_add_up_and_the_stated_value_is_the_median() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let view = kit.app.change(&operator(), &change(None)).await.expect("a change");
    let sum = |lines: &[greenheart_app::EffectLine]| lines.iter().map(|line| line.change_kg).sum::<Amount>();
    let change_kg = view.after_kg - view.before_kg;
    assert_eq!(sum(&view.effects), change_kg);
    assert_eq!(sum(&view.sectors), change_kg);
    assert_eq!(sum(&view.members), change_kg, "the operator reads every member");
    assert_eq!(view.effects[0].effect, "data_and_method");
    let spreads = kit
        .app
        .goal_spread(&operator(), &GoalQuery::default())
        .await
        .expect("spreads");
    let goals = kit.app.goals(&operator(), &GoalQuery::default()).await.expect("goals");
    for spread in &spreads {
        let goal = goals.goals[1]
            .years
            .iter()
            .find(|of| of.year == spread.year)
            .expect("a year");
        assert_eq!(Some(spread.value.p50_kg), goal.value.value);
        assert_eq!(Some(spread.base.p50_kg), goal.base.value);
        assert!(spread.value.p5_kg < spread.value.p50_kg && spread.value.p50_kg < spread.value.p95_kg);
    }
    let of_2024 = spreads.iter().find(|spread| spread.year == 2024).expect("2024");
    let change = of_2024.change.expect("positive years");
    assert!(change.p5 < change.p50 && change.p50 < change.p95);
    let member = &kit.members()[0];
    let inventory = inventory(member);
    let both = kit.app.inventory_spread(&operator(), &inventory).await;
    let (answer, spread) = both.expect("an inventory");
    assert_eq!(spread.lines.len(), answer.lines.len());
    assert_eq!(spread.total.p50_kg, answer.totals.total_co2e_kg);
    assert_eq!(spread.scope3.p50_kg, answer.totals.scope3_co2e_kg);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_verb_of_the_account_as_every_capacity() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let members = kit.members();
    let (own, other) = (&members[0], &members[1]);
    // consolidate, products, change of all, change of own, change of other, what-if of own, of other, goal spread,
    // inventory spread of own, of other, climate-positive, spread of the account
    for (capacity, expect) in [
        ("operator".to_owned(), "111111111111"),
        ("facilitator".to_owned(), "111000010011"),
        ("auditor".to_owned(), "110000000001"),
        (format!("admin:{own}"), "110101001001"),
        (format!("contributor:{own}"), "110101001001"),
        ("public".to_owned(), "000000000000"),
    ] {
        let (app, actor) = (&kit.app, actor(&capacity));
        let found = [
            allowed(app.consolidate(&actor, &year(2024)).await),
            allowed(app.products(&actor, &year(2024)).await),
            allowed(app.change(&actor, &change(None)).await),
            allowed(app.change(&actor, &change(Some(own))).await),
            allowed(app.change(&actor, &change(Some(other))).await),
            allowed(app.what_if(&actor, &what_if(own, 1)).await),
            allowed(app.what_if(&actor, &what_if(other, 1)).await),
            allowed(app.goal_spread(&actor, &GoalQuery::default()).await),
            allowed(app.inventory_spread(&actor, &inventory(own)).await),
            allowed(app.inventory_spread(&actor, &inventory(other)).await),
            allowed(app.climate_positive(&actor, &PositiveRequest::default()).await),
            allowed(app.account_spread(&actor, &year(2024), None).await),
        ];
        let shown: String = found.iter().map(|allowed| if *allowed { '1' } else { '0' }).collect();
        assert_eq!(shown, expect, "{capacity}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_sees_its_own_deals_and_nothing_of_the_others() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let whole = kit.app.consolidate(&operator(), &year(2024)).await.expect("an account");
    let members = kit.members();
    for own in &members {
        let reader = actor(&format!("admin:{own}"));
        let seen = kit.app.consolidate(&reader, &year(2024)).await.expect("a part");
        assert!(
            seen.totals.is_empty() && seen.solution.is_none(),
            "totals follow every batch"
        );
        assert!(seen.members.iter().all(|part| part.member == *own));
        assert!(seen.findings.iter().all(|gap| gap.member.as_ref() == Some(own)));
        let deals = whole
            .pairs
            .iter()
            .filter(|pair| pair.seller == *own || pair.buyer == *own);
        assert!(seen.pairs.iter().eq(deals), "its own deals, all of them");
        // Nobody else's name stands anywhere in the answer but on its own deals and on findings about them.
        let mut partners: BTreeSet<&MemberId> =
            seen.pairs.iter().flat_map(|pair| [&pair.seller, &pair.buyer]).collect();
        partners.insert(own);
        let text = serde_json::to_string(&seen).expect("text");
        for other in members.iter().filter(|other| !partners.contains(other)) {
            assert!(!text.contains(other.as_str()), "{own} sees {other}");
        }
        let products = kit.app.products(&reader, &year(2024)).await.expect("products");
        assert!(products.products.iter().all(|line| line.member == *own));
        for pair in &whole.pairs {
            let mine = pair.seller == *own || pair.buyer == *own;
            assert_eq!(
                allowed(kit.app.why(&reader, &pair.reference).await),
                mine,
                "{}",
                pair.reference
            );
        }
        for part in &whole.members {
            let mine = part.member == *own;
            assert_eq!(allowed(kit.app.why(&reader, &part.reference).await), mine);
        }
        for figure in &whole.totals {
            assert!(
                !allowed(kit.app.why(&reader, &figure.reference).await),
                "{}",
                figure.name
            );
        }
    }
    // What is hidden and what is not there look the same.
    let foreign = whole.pairs.iter().find_map(|pair| {
        let stranger = members
            .iter()
            .find(|other| **other != pair.seller && **other != pair.buyer)?;
        Some((actor(&format!("admin:{stranger}")), pair.reference.to_string()))
    });
    let (reader, hidden) = foreign.expect("a pair of others");
    let absent = hidden.replace("pair/", "pair/no-");
    for text in [&hidden, &absent] {
        let reference: Ref = text.parse().expect("a reference");
        let error = kit.app.why(&reader, &reference).await.expect_err("refused");
        assert_eq!(error.to_string(), format!("there is no reference `{text}`"));
    }
    // The facilitator sees every deal, and of members nothing but what they open.
    let lead = kit
        .app
        .consolidate(&actor("facilitator"), &year(2024))
        .await
        .expect("an account");
    assert_eq!(lead.pairs.len(), whole.pairs.len());
    assert!(lead.members.is_empty(), "nobody has opened its figures");
    let admin = actor(&format!("admin:{}", members[0]));
    let opened = kit
        .app
        .set_visibility(&admin, &members[0], Visibility::Facilitator)
        .await;
    opened.expect("set");
    let lead = kit
        .app
        .consolidate(&actor("facilitator"), &year(2024))
        .await
        .expect("an account");
    let shown: Vec<&MemberId> = lead.members.iter().map(|part| &part.member).collect();
    assert_eq!(shown, [&members[0]]);
    let trail = kit.app.audit(&admin, Some(&members[0]), 1_000).await.expect("a trail");
    let looked = |line: &&greenheart_app::AuditLine| line.verb == "consolidate" && line.capacity == "facilitator";
    assert!(trail.iter().any(|line| looked(&line)), "the look is written down");
}

/// What others hand in or take back does not show in a member's own decomposition: not in its activity, not in its
/// structure.
#[tokio::test(flavor = "multi_thread")]
async fn a_members_own_change_tells_nothing_of_the_others() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let members = kit.members();
    let (own, other) = (&members[0], &members[1]);
    let reader = actor(&format!("admin:{own}"));
    let effects = async || {
        let view = kit.app.change(&reader, &change(Some(own))).await.expect("a change");
        assert!(view.sectors.is_empty() && view.members.is_empty());
        let lines = view.effects.into_iter();
        let shown: Vec<_> = lines.map(|line| (line.identity, line.effect, line.change_kg)).collect();
        (view.before_kg, view.after_kg, shown)
    };
    let before = effects().await;
    let batches = kit.app.batches(&operator(), Some(other), false).await.expect("a list");
    for batch in batches {
        kit.app
            .withdraw(&operator(), &batch.id, "test")
            .await
            .expect("withdrawn");
    }
    assert_eq!(effects().await, before);
    assert!(before.2.iter().all(|(identity, effect, change)| {
        (identity.as_str(), effect.as_str()) != ("energy", "structure") || change.is_zero()
    }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_is_counted_once_and_travels_along_the_deals() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let whole = kit.app.consolidate(&operator(), &year(2024)).await.expect("an account");
    let sells = |part: &&greenheart_app::MemberPartLine| {
        part.own_kg > Amount::from_integer(10) && whole.pairs.iter().any(|pair| pair.seller == part.member)
    };
    let seller = &whole.members.iter().find(sells).expect("a seller").member;
    let cut = kit
        .app
        .what_if(&operator(), &what_if(seller, 1000))
        .await
        .expect("tried");
    assert!((cut.cluster_change_kg - Amount::from_integer(1000)).abs() < Amount::ONE);
    assert!(cut.products.iter().any(|line| line.member == *seller));
    assert!(!cut.pairs.is_empty(), "its customers carry more");
    // Its own administrator sees its own products and deals alone.
    let own = kit
        .app
        .what_if(&actor(&format!("admin:{seller}")), &what_if(seller, 1000))
        .await;
    let own = own.expect("tried");
    assert!(own.products.iter().all(|line| line.member == *seller));
    assert!(
        own.pairs
            .iter()
            .all(|pair| pair.seller == *seller || pair.buyer == *seller)
    );
    let too_much = kit.app.what_if(&operator(), &what_if(seller, -1_000_000_000_000)).await;
    assert!(matches!(too_much, Err(AppError::Input { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_year_is_a_named_error_and_tells_members_no_more_than_that() {
    let kit = Kit::empty().await;
    let member = &kit.members()[0];
    kit.import(vec![kit.books(member, 2024)], Some(member), OnOverlap::Ask)
        .await;
    let error = kit
        .app
        .consolidate(&operator(), &year(2024))
        .await
        .expect_err("refused");
    assert!(error.to_string().contains("the period is empty"), "{error}");
    let reader = actor(&format!("admin:{member}"));
    let error = kit.app.consolidate(&reader, &year(2024)).await.expect_err("refused");
    assert!(!error.to_string().contains("empty"), "{error}");
    let error = kit.app.change(&operator(), &change(None)).await.expect_err("refused");
    assert!(matches!(error, AppError::Input { .. }));
    let mut backwards = change(None);
    (backwards.from, backwards.to) = (2024, 2023);
    assert!(matches!(
        kit.app.change(&operator(), &backwards).await,
        Err(AppError::Input { .. })
    ));
}

/// Removals stand beside the account and never in it; stated losses come off them; a price path decides whether it pays.
#[tokio::test(flavor = "multi_thread")]
async fn removals_are_set_beside_the_account_and_never_taken_off_it() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let before = kit.app.consolidate(&operator(), &year(2024)).await.expect("an account");
    let member = &kit.members()[0];
    let file = kit.folder.path().join("removals.csv");
    let table = "\
Kind,Item,Site,From,To,Quantity,Unit,Counterparty org no,Counterparty,Note
removal,ccs,,2024-01-01,2024-01-31,1000,t,,,
removal,forest,,2024-01-01,2024-01-31,5000,tCO2e,,,
";
    std::fs::write(&file, table).expect("written");
    let report = kit.import(vec![file], Some(member), OnOverlap::Add).await;
    assert_eq!(
        report.sets[0].outcome,
        greenheart_app::Outcome::Imported,
        "{:?}",
        report.sets[0]
    );
    let after = kit.app.consolidate(&operator(), &year(2024)).await.expect("an account");
    assert_eq!(total(&after, "consolidated_kg"), total(&before, "consolidated_kg"));
    let kg = Amount::from_integer;
    let request = PositiveRequest {
        query: year(2024),
        life_cycle_kg: kg(50_000),
        claimed_elsewhere_kg: kg(150_000),
        price: Some(CarbonPrice {
            path: "test path".into(),
            nok_per_t: kg(2_000),
            value_added_nok: Some(kg(1_000_000_000)),
            paid_nok: Amount::ZERO,
        }),
        ..PositiveRequest::default()
    };
    let view = kit
        .app
        .climate_positive(&operator(), &request)
        .await
        .expect("a verdict");
    let value = |name: &str| {
        view.figures
            .iter()
            .find(|figure| figure.name == name)
            .map(|figure| figure.value)
    };
    assert_eq!(value("durable_removals_kg"), Some(kg(1_000_000)));
    assert_eq!(value("counted_removals_kg"), Some(kg(800_000)));
    assert_eq!(
        value("not_durable_kg"),
        Some(kg(5_000_000)),
        "forest uptake is shown, never counted"
    );
    assert_eq!(value("consolidated_kg"), Some(total(&before, "consolidated_kg")));
    let margin = kg(800_000) - total(&before, "consolidated_kg");
    assert_eq!(value("margin_kg"), Some(margin));
    assert_eq!(view.climate_positive, Some(!margin.is_negative()).filter(|yes| !yes));
    assert!(view.pays_its_way.is_some());
    for figure in view.figures.iter().filter(|figure| figure.reference.is_some()) {
        let reference = figure.reference.as_ref().expect("one");
        let answer = kit.app.why(&operator(), reference).await.expect("opens");
        assert_eq!(answer.value, Some(figure.value), "{}", figure.name);
    }
    let negative = PositiveRequest {
        leakage_kg: kg(-1),
        ..request
    };
    assert!(matches!(
        kit.app.climate_positive(&operator(), &negative).await,
        Err(AppError::Input { .. })
    ));
}

/// The stated value of every total is its median, by first order; samples are drawn again with the same seed, and what only
/// some may see has no spread for the others.
#[tokio::test(flavor = "multi_thread")]
async fn every_total_of_the_account_has_a_spread() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let view = kit.app.consolidate(&operator(), &year(2024)).await.expect("an account");
    let spread = kit
        .app
        .account_spread(&operator(), &year(2024), None)
        .await
        .expect("a spread");
    let tolerance = view.solution.as_ref().expect("solved").tolerance_kg + Amount::ONE;
    for total in &spread.totals {
        let stated = view.totals.iter().find(|figure| figure.name == total.name);
        let stated = stated.and_then(|figure| figure.value).expect("a value");
        assert!((total.spread.p50_kg - stated).abs() <= tolerance, "{total:?} {stated}");
        let sure = stated.is_zero();
        assert!(sure || total.spread.p5_kg < total.spread.p50_kg, "{total:?}");
        assert!(sure || total.spread.p50_kg < total.spread.p95_kg, "{total:?}");
    }
    let names: Vec<&str> = spread.totals.iter().map(|total| total.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "reported_kg",
            "gross_kg",
            "elimination_kg",
            "consolidated_kg",
            "after_sale_kg"
        ]
    );
    let products = kit.app.products(&operator(), &year(2024)).await.expect("products");
    assert_eq!(products.products.len(), spread.products.len());
    for (line, sure) in products.products.iter().zip(&spread.products) {
        assert_eq!(
            (&line.member, &line.product, &line.reference),
            (&sure.member, &sure.product, &sure.reference)
        );
        assert!((line.total_kg - sure.spread.p50_kg).abs() <= tolerance, "{line:?}");
    }
    let run = |seed, samples| Some(greenheart_app::Simulation { seed, samples });
    let drawn = async |seed| {
        let drawn = kit.app.account_spread(&operator(), &year(2024), run(seed, 400)).await;
        drawn.expect("samples")
    };
    let (first, again, other) = (drawn(1).await, drawn(1).await, drawn(2).await);
    assert_eq!(first, again);
    assert_ne!(first.totals, other.totals);
    let of = |spread: &greenheart_app::AccountSpread, pick: fn(&greenheart_app::SpreadLine) -> Amount| {
        let total = spread.totals.iter().find(|total| total.name == "consolidated_kg");
        pick(&total.expect("a total").spread).to_model_f64()
    };
    for pick in [
        |line: &greenheart_app::SpreadLine| line.p5_kg,
        |line: &greenheart_app::SpreadLine| line.p95_kg,
    ] {
        let (quick, sampled) = (of(&spread, pick), of(&first, pick));
        assert!(
            (sampled / quick - 1.0).abs() < 0.1,
            "{quick} by first order, {sampled} drawn"
        );
    }
    let few = kit.app.account_spread(&operator(), &year(2024), run(1, 19)).await;
    assert!(matches!(few, Err(AppError::Input { .. })));
    let own = &kit.members()[0];
    let mine = kit
        .app
        .account_spread(&actor(&format!("admin:{own}")), &year(2024), None)
        .await;
    let mine = mine.expect("its own");
    assert!(mine.totals.is_empty() && mine.products.iter().all(|line| line.member == *own));
}

/// A member's year is shared over the products it states by mass, to the last gram, and every product says how good its data is.
#[tokio::test(flavor = "multi_thread")]
async fn products_are_shared_by_mass_and_rated() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let view = kit.app.products(&operator(), &year(2024)).await.expect("products");
    let mut shared = 0;
    for line in &view.products {
        let quality = line.quality.as_ref().expect("rated");
        let rate = |text: &str| text.parse::<greenheart_units::Rate>().expect("a rate");
        for score in [quality.technology, quality.geography, quality.time, quality.rating] {
            assert!(score >= rate("0.99") && score <= rate("5.01"), "{line:?}");
        }
        assert!(quality.rated_share > rate("0.1"), "{line:?}");
        if line.made.is_empty() {
            continue;
        }
        shared += 1;
        let (mass, total) = line
            .made
            .iter()
            .fold((Amount::ZERO, Amount::ZERO), |(mass, total), made| {
                assert_eq!(made.allocation, "mass");
                (mass + made.mass_kg, total + made.total_kg)
            });
        assert_eq!(total, line.total_kg);
        assert!(mass > Amount::ZERO);
        let why = kit.app.why(&operator(), &line.made[0].reference).await.expect("opens");
        assert!(why.derivation.expect("a reason").says.contains("allocation by mass"));
    }
    assert!(shared > 0, "nobody states what it makes");
}

/// With a path of prices the goal says what a price of carbon leaves of value added; without one it says nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_carbon_price_stands_beside_goal_two() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let figures = async || {
        let view = kit.app.goals(&operator(), &GoalQuery::default()).await.expect("goals");
        let year = view.goals[1]
            .years
            .iter()
            .find(|year| year.year == 2024)
            .expect("2024")
            .clone();
        let named = |name: &str| year.beside.iter().find(|figure| figure.name == name).cloned();
        [
            "panel_value_added_nok",
            "carbon_cost_nok",
            "value_added_after_carbon_nok",
        ]
        .map(named)
    };
    assert_eq!(figures().await, [None, None, None]);
    let mut settings = kit.app.settings().await.expect("settings");
    let table = "year,nok_per_t\n2024,1500\n";
    settings.carbon_price =
        Some(greenheart_app::CarbonPath::parse("test path", "own", table.as_bytes()).expect("a path"));
    kit.app.change_settings(&operator(), &settings).await.expect("changed");
    let found = figures().await;
    let value = |at: usize| found[at].as_ref().and_then(|figure| figure.value).expect("a figure");
    assert_eq!(value(2), value(0) - value(1));
    assert!(value(1) > Amount::ZERO);
    // The verb that asks for one price says the same.
    let request = PositiveRequest {
        query: year(2024),
        price: Some(CarbonPrice {
            path: "test path".into(),
            nok_per_t: Amount::from_integer(1500),
            value_added_nok: None,
            paid_nok: Amount::ZERO,
        }),
        ..PositiveRequest::default()
    };
    let verdict = kit
        .app
        .climate_positive(&operator(), &request)
        .await
        .expect("a verdict");
    let after = verdict
        .figures
        .iter()
        .find(|figure| figure.name == "value_added_after_carbon_nok");
    assert!((after.expect("a figure").value - value(2)).abs() < Amount::ONE);
    let reference = &found[2].as_ref().expect("a figure").reference;
    let why = kit.app.why(&operator(), reference).await.expect("opens");
    assert_eq!(why.value, Some(value(2)));
    let why = why.derivation.expect("a reason");
    assert!(
        why.filter.iter().any(|(_, value)| value.contains("test path")),
        "{why:?}"
    );
}
