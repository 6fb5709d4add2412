//! Every verb as every capacity, on own and others' data.

use greenheart_app::{
    AppError, FactorChoice, GoalQuery, InventoryRequest, KeyRequest, MemberRequest, OnOverlap, SiteRequest,
};
use greenheart_model::{GwpSet, MemberId, Scope2Basis, SiteId, Visibility};

use super::kit::{Kit, actor, allowed, operator, request};

#[tokio::test(flavor = "multi_thread")]
async fn every_verb_as_every_capacity() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let (own, other) = (&members[0], &members[1]);
    for member in [own, other] {
        kit.import(vec![kit.waste(member, 2023)], Some(member), OnOverlap::Ask)
            .await;
    }
    // own batches, other's batches, import for own, import for other, add a member, add a site to own, key of other,
    // visibility of own, audit of own, audit of all, verify, compact, backup, doctor, repost, release, erase other,
    // use factors, bind again, accept it, what was accepted, seal a year
    for (capacity, expect) in [
        ("operator".to_owned(), "1111111111111111111111"),
        ("facilitator".to_owned(), "0000111011000001010011"),
        ("auditor".to_owned(), "0000000000000000000000"),
        (format!("admin:{own}"), "1010010110000000000000"),
        (format!("contributor:{own}"), "1010000010000000000000"),
        ("public".to_owned(), "0000000000000000000000"),
    ] {
        let found = as_capacity(&kit, &capacity, own, other).await;
        let shown: String = found.iter().map(|allowed| if *allowed { '1' } else { '0' }).collect();
        assert_eq!(shown, expect, "{capacity}");
    }
}

async fn as_capacity(kit: &Kit, capacity: &str, own: &MemberId, other: &MemberId) -> Vec<bool> {
    let (app, actor) = (&kit.app, actor(capacity));
    let dry = |member: &MemberId| {
        let mut dry = request(vec![kit.waste(member, 2024)], Some(member), OnOverlap::Ask);
        dry.dry_run = true;
        dry
    };
    let member = MemberRequest {
        org_no: "987654325".parse().expect("a number"),
        name: "New AS (fictional)".into(),
        role: greenheart_model::Role::Industry,
        nace: None,
        employees: None,
        joined: "2020-01-01".parse().expect("a date"),
        left: None,
        fictional: true,
    };
    let site = SiteRequest {
        member: own.clone(),
        id: SiteId::new("test-site"),
        name: "Yard".into(),
        sub_unit: None,
        coordinates: None,
        municipality: None,
        in_boundary: true,
    };
    let key = KeyRequest {
        member: other.clone(),
        valid_from: "2020-01-01".parse().expect("a date"),
        share: "1".parse().expect("a share"),
        evidence: "payroll".into(),
    };
    let backup = tempfile::tempdir().expect("a folder");
    let shipped = FactorChoice {
        set: "greenheart-2026.1".into(),
        ..FactorChoice::default()
    };
    vec![
        allowed(app.batches(&actor, Some(own), false).await),
        allowed(app.batches(&actor, Some(other), false).await),
        allowed(app.import(&actor, &dry(own), &mut |_| {}).await),
        allowed(app.import(&actor, &dry(other), &mut |_| {}).await),
        allowed(app.put_member(&actor, &member).await),
        allowed(app.put_site(&actor, &site).await),
        allowed(app.put_boundary_key(&actor, &key).await),
        allowed(app.set_visibility(&actor, own, Visibility::Own).await),
        allowed(app.audit(&actor, Some(own), 10).await),
        match actor.member() {
            // A member who asks for the whole trail gets its own.
            Some(own) => !app
                .audit(&actor, None, 100)
                .await
                .expect("a trail")
                .iter()
                .all(|line| line.member.as_deref() == Some(own.as_str())),
            None => allowed(app.audit(&actor, None, 10).await),
        },
        allowed(app.verify(&actor).await),
        allowed(app.compact(&actor).await),
        allowed(app.backup(&actor, &backup.path().join("copy")).await),
        allowed(app.doctor(&actor, false).await),
        allowed(app.repost(&actor, true, &mut |_| {}).await),
        allowed(app.release_goals(&actor).await),
        allowed(app.erase(&actor, other, "not its name").await),
        allowed(app.use_factors(&actor, &shipped).await),
        allowed(app.rebind(&actor, &mut |_| {}).await),
        allowed(app.accept_rebind(&actor, &mut |_| {}).await),
        allowed(app.rebinds(&actor).await),
        allowed(app.seal(&actor, 2020).await),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn visibility_opens_named_figures_step_by_step_and_every_look_is_written_down() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let (own, other) = (&members[0], &members[1]);
    for year in 2023..=2024 {
        kit.import(kit.files(own, year), Some(own), OnOverlap::Ask).await;
    }
    let asked = InventoryRequest {
        year: Some(2023),
        member: Some(own.clone()),
        basis: Scope2Basis::Location,
        gwp: GwpSet::Ar6,
    };
    let admin = actor(&format!("admin:{own}"));
    for (visibility, facilitator, neighbour, public) in [
        (Visibility::Own, false, false, false),
        (Visibility::Facilitator, true, false, false),
        (Visibility::Cluster, true, true, false),
        (Visibility::Public, true, true, true),
    ] {
        kit.app.set_visibility(&admin, own, visibility).await.expect("set");
        for (capacity, expect) in [
            ("facilitator", facilitator),
            (&*format!("admin:{other}"), neighbour),
            ("public", public),
        ] {
            let seen = allowed(kit.app.inventory(&actor(capacity), &asked).await);
            assert_eq!(seen, expect, "{capacity} at {visibility:?}");
        }
    }
    let trail = kit.app.audit(&admin, Some(own), 1_000).await.expect("a trail");
    let looks = |capacity: &str, outcome: &str| {
        let look = |line: &&greenheart_app::AuditLine| {
            line.verb == "inventory" && line.capacity == capacity && line.outcome == outcome
        };
        trail.iter().filter(look).count()
    };
    assert_eq!((looks("facilitator", "denied"), looks("facilitator", "done")), (1, 3));
    assert_eq!((looks("public", "denied"), looks("public", "done")), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn members_and_the_public_see_released_totals_of_enough_contributors_and_nothing_beside_them() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let members = kit.members();
    let outsider = actor("public");
    assert!(
        matches!(
            kit.app.goals(&outsider, &GoalQuery::default()).await,
            Err(AppError::Input { .. })
        ),
        "nothing is released yet"
    );
    let live = kit.app.release_goals(&operator()).await.expect("released");
    for capacity in ["public".to_owned(), format!("admin:{}", members[0])] {
        let reader = actor(&capacity);
        let seen = kit.app.goals(&reader, &GoalQuery::default()).await.expect("goals");
        for (shown, full) in seen
            .goals
            .iter()
            .zip(&live.goals)
            .flat_map(|(a, b)| a.years.iter().zip(&b.years))
        {
            assert_eq!(shown.value.value, full.value.value, "{capacity} {}", shown.year);
            assert_eq!(shown.beside, []);
            assert!(
                shown
                    .gaps
                    .iter()
                    .all(|gap| gap.member.is_none() || gap.member.as_ref() == reader.member())
            );
            for figure in &full.beside {
                assert!(
                    !allowed(kit.app.why(&reader, &figure.reference).await),
                    "{}",
                    figure.name
                );
            }
        }
        let value = &seen.goals[1].years[0].value;
        let answer = kit
            .app
            .why(&reader, &value.reference)
            .await
            .expect("a released figure opens");
        for part in answer.sections.iter().flat_map(|section| &section.parts) {
            let foreign = members
                .iter()
                .skip(1)
                .any(|member| part.label.contains(member.as_str()));
            assert!(!foreign, "{capacity} sees {}", part.label);
        }
    }
    // What comes in later changes the live figures and not the release.
    let batch = kit
        .app
        .batches(&operator(), Some(&members[2]), false)
        .await
        .expect("a list")[0]
        .id
        .clone();
    kit.app.withdraw(&operator(), &batch, "test").await.expect("withdrawn");
    let seen = kit.app.goals(&outsider, &GoalQuery::default()).await.expect("goals");
    assert_eq!(seen.snapshot, live.snapshot);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leads_leaves_a_trace_with_every_member_it_looks_at() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let members = kit.members();
    let facilitator = actor("facilitator");
    for member in &members {
        let admin = actor(&format!("admin:{member}"));
        kit.app
            .set_visibility(&admin, member, Visibility::Facilitator)
            .await
            .expect("set");
    }
    let flows = kit.app.flows(&facilitator, Some(2024)).await.expect("flows");
    let campaign = kit.app.campaign(&facilitator, Some(2024)).await.expect("a campaign");
    kit.app.batches(&facilitator, None, false).await.expect("batches");
    for member in &members {
        let trail = kit
            .app
            .audit(&actor(&format!("admin:{member}")), None, 1_000)
            .await
            .expect("a trail");
        let looked = |verb: &str| {
            trail
                .iter()
                .any(|line| line.verb == verb && line.capacity == "facilitator")
        };
        assert!(looked("batches"), "{member}");
        let trades = flows
            .flows
            .iter()
            .any(|flow| flow.seller == *member || flow.buyer == *member);
        assert_eq!(looked("flows"), trades, "{member}");
        let owes = campaign.owed.iter().any(|owed| owed.member == *member);
        assert_eq!(looked("campaign"), owes, "{member}");
    }
}

/// Who may ask what goal 3 lacks, what of goal 2 is method, and say that articles are no material.
#[tokio::test(flavor = "multi_thread")]
async fn open_goods_methods_and_marking_follow_the_rights() {
    let kit = Kit::empty().await;
    let (own, other) = (&kit.members()[0], &kit.members()[1]);
    kit.import(vec![kit.waste(own, 2023)], Some(own), OnOverlap::Ask).await;
    let chosen = greenheart_app::NotMaterial {
        words: vec!["leie".into()],
        ..greenheart_app::NotMaterial::default()
    };
    for (capacity, expect) in [
        ("operator".to_owned(), [true, true, true, true]),
        ("facilitator".to_owned(), [true, true, false, false]),
        ("auditor".to_owned(), [true, false, false, false]),
        (format!("admin:{own}"), [true, false, true, false]),
        (format!("contributor:{own}"), [true, false, true, false]),
        ("public".to_owned(), [false, false, false, false]),
    ] {
        let (app, actor) = (&kit.app, actor(&capacity));
        let found = [
            allowed(app.open_goods(&actor, None).await),
            allowed(app.method_bars(&actor, &GoalQuery::default()).await),
            allowed(app.mark_not_material(&actor, own, &chosen, true, &mut |_| {}).await),
            allowed(app.mark_not_material(&actor, other, &chosen, true, &mut |_| {}).await),
        ];
        assert_eq!(found, expect, "{capacity}");
    }
}
