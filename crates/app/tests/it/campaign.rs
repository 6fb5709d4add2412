//! Who owes what, estimates that run out, and figures typed by hand.

use std::path::Path;

use greenheart_account::Goal;
use greenheart_app::{
    App, AppError, Campaign, Config, Entry, EntryRequest, GoalQuery, KnownMembers, OnOverlap, Outcome, OwedState,
    reduce_accounts, write_reduced,
};
use greenheart_model::{ActivityKind, CoverageKind, MemberId, Period};

use super::kit::{Kit, NOW, actor, operator, surroundings_at};

/// Kinds owed by a member, with how they stand.
fn owed(campaign: &Campaign, member: &MemberId) -> Vec<(CoverageKind, OwedState, String)> {
    let own = campaign.owed.iter().filter(|owed| owed.member == *member);
    own.map(|owed| {
        let periods: Vec<String> = owed.periods.iter().map(Period::to_string).collect();
        (owed.kind, owed.state, periods.join(" "))
    })
    .collect()
}

fn estimate(member: &MemberId, until: Option<&str>) -> EntryRequest {
    EntryRequest {
        member: member.clone(),
        kind: ActivityKind::Electricity,
        period: Period::year(2024),
        entry: Entry {
            item: "electricity".into(),
            quantity: Some("1 200 000,5".into()),
            unit: Some("kWh".into()),
            evidence: "last year's bill; \"as before\"".into(),
            ..Entry::default()
        },
        complete: true,
        estimate_until: until.map(|day| day.parse().expect("a day")),
        on_overlap: OnOverlap::Ask,
    }
}

/// Whether goal 2 waits for what a member used of energy in 2024.
async fn lacks_energy(app: &App, member: &MemberId) -> bool {
    let query = GoalQuery {
        base_year: Some(2024),
        ..GoalQuery::default()
    };
    let view = app.goals(&operator(), &query).await.expect("goals");
    let year = &view
        .goals
        .iter()
        .find(|goal| goal.goal == Goal::Co2e)
        .expect("goal 2")
        .years[0];
    let mut gaps = year.gaps.iter().filter(|gap| gap.member.as_ref() == Some(member));
    gaps.any(|gap| gap.code == "goal.coverage_missing" && gap.detail.contains("energy"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goals_need_is_owed_until_it_is_told() {
    use CoverageKind::{Accounts, Energy, Materials, Waste};
    let kit = Kit::empty().await;
    let (app, member) = (&kit.app, kit.members()[0].clone());
    let at_first = app.campaign(&operator(), Some(2024)).await.expect("a campaign");
    let whole = "2024-01-01..2024-12-31".to_owned();
    let missing = |kind| (kind, OwedState::Missing, whole.clone());
    assert_eq!(
        owed(&at_first, &member),
        [Accounts, Energy, Waste, Materials].map(missing),
        "in the order of kinds"
    );
    assert_eq!(at_first.complete, []);

    kit.import(vec![kit.waste(&member, 2024)], Some(&member), OnOverlap::Ask)
        .await;
    let report = app
        .enter(&operator(), &estimate(&member, Some("2026-12-31")), &mut |_| {})
        .await
        .expect("a report");
    assert_eq!(
        report.sets[0].outcome,
        Outcome::Imported,
        "{:?}",
        report.sets[0].findings
    );
    let now = app.campaign(&operator(), Some(2024)).await.expect("a campaign");
    let stands = (Energy, OwedState::Estimated, whole.clone());
    assert_eq!(owed(&now, &member), [missing(Accounts), stands, missing(Materials)]);

    // Typing the same again changes nothing; another figure waits for a decision.
    let again = app
        .enter(&operator(), &estimate(&member, Some("2026-12-31")), &mut |_| {})
        .await
        .expect("a report");
    assert!(matches!(again.sets[0].outcome, Outcome::AlreadyThere(_)));
    let mut real = estimate(&member, None);
    real.entry.quantity = Some("1100000".into());
    let waits = app.enter(&operator(), &real, &mut |_| {}).await.expect("a report");
    assert_eq!(waits.sets[0].outcome, Outcome::DecisionNeeded);

    // Later the estimate has run out; the real thing takes its place.
    let root = kit.folder.path().join("data");
    let later = App::open(&root, Config::default(), surroundings_at(NOW + 60 * 86_400_000))
        .await
        .expect("opened");
    let expired = later.campaign(&operator(), Some(2024)).await.expect("a campaign");
    assert!(owed(&expired, &member).contains(&(Energy, OwedState::Expired, whole.clone())));
    assert!(
        !lacks_energy(app, &member).await,
        "an estimate that stands tells of its year"
    );
    assert!(lacks_energy(&later, &member).await, "one whose time is over does not");
    later.close().await;
    real.on_overlap = OnOverlap::Supersede;
    let report = app.enter(&operator(), &real, &mut |_| {}).await.expect("a report");
    assert_eq!(report.sets[0].superseded.len(), 1);
    let told = app.campaign(&operator(), Some(2024)).await.expect("a campaign");
    assert_eq!(owed(&told, &member), [missing(Accounts), missing(Materials)]);
    kit.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_sees_and_types_its_own_only() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let (own, other) = (&members[0], &members[1]);
    let admin = actor(&format!("admin:{own}"));
    let seen = kit.app.campaign(&admin, Some(2024)).await.expect("a campaign");
    assert!(!seen.owed.is_empty() && seen.owed.iter().all(|owed| owed.member == *own));
    assert!(kit.app.campaign(&actor("facilitator"), None).await.is_ok());
    for capacity in ["public", "auditor"] {
        assert!(
            matches!(kit.app.campaign(&actor(capacity), None).await, Err(AppError::Denied(_))),
            "{capacity}"
        );
    }
    let denied = kit.app.enter(&admin, &estimate(other, None), &mut |_| {}).await;
    assert!(matches!(denied, Err(AppError::Denied(_))));
    for change in [
        |request: &mut EntryRequest| request.entry.evidence.clear(),
        |request: &mut EntryRequest| request.estimate_until = "2026-11-24".parse().ok(),
        |request: &mut EntryRequest| request.kind = ActivityKind::Purchase,
    ] {
        let mut request = estimate(own, None);
        change(&mut request);
        let refused = kit.app.enter(&admin, &request, &mut |_| {}).await;
        assert!(
            matches!(refused, Err(AppError::Input { .. })),
            "{request:?}: {refused:?}"
        );
    }
    let typed = kit
        .app
        .enter(&admin, &estimate(own, None), &mut |_| {})
        .await
        .expect("a report");
    assert_eq!(typed.sets[0].outcome, Outcome::Imported);
}

/// Revenue and spend of the reduced file are those of the full one, through the whole house.
#[tokio::test(flavor = "multi_thread")]
async fn a_reduced_accounting_file_gives_the_same_account() {
    let (full, reduced) = (Kit::empty().await, Kit::empty().await);
    let member = full.members()[0].clone();
    let books = full.books(&member, 2024);
    full.import(vec![books.clone()], None, OnOverlap::Ask).await;
    let list = full
        .cluster
        .members()
        .map(|member| format!("{};{}\n", member.org_no, member.name));
    let known = KnownMembers::from_text(&list.collect::<String>());
    let leaves = reduce_accounts(&[books], &known).expect("reduced");
    assert!(
        leaves.lines > leaves.rows.len() as u64,
        "{} lines, {} rows",
        leaves.lines,
        leaves.rows.len()
    );
    let file = reduced.folder.path().join("reduced.csv");
    std::fs::write(&file, write_reduced(&leaves).expect("it fits")).expect("written");
    let report = reduced.import(vec![file.clone()], None, OnOverlap::Ask).await;
    assert_eq!(
        report.sets[0].outcome,
        Outcome::Imported,
        "{:?}",
        report.sets[0].findings
    );
    assert_eq!(report.sets[0].importer.as_deref(), Some("reduced"));
    assert_eq!(lines(&full.app, &member).await, lines(&reduced.app, &member).await);
    let query = GoalQuery {
        base_year: Some(2024),
        ..GoalQuery::default()
    };
    let one = full.app.goals(&operator(), &query).await.expect("goals");
    let two = reduced.app.goals(&operator(), &query).await.expect("goals");
    assert_eq!(one.goals[0].years[0].value.value, two.goals[0].years[0].value.value);
    assert!(one.goals[0].years[0].value.value.is_some_and(|nok| !nok.is_zero()));
    // The full file tells the same: it waits for a decision.
    let waits = reduced
        .import(vec![reduced.books(&member, 2024)], None, OnOverlap::Ask)
        .await;
    assert_eq!(waits.sets[0].outcome, Outcome::DecisionNeeded);
    assert_no_names(&file, &full, &member);
}

async fn lines(app: &App, member: &MemberId) -> Vec<String> {
    let request = greenheart_app::InventoryRequest {
        year: Some(2024),
        member: Some(member.clone()),
        basis: greenheart_model::Scope2Basis::Location,
        gwp: greenheart_model::GwpSet::Ar6,
    };
    let answer = app.inventory(&operator(), &request).await.expect("an inventory");
    let shown = answer.lines.iter().map(|line| {
        let row = &line.row;
        format!(
            "{} {} {} {} {}",
            row.scope, row.category, row.line, row.method, row.amount_nok
        )
    });
    shown.collect()
}

fn assert_no_names(file: &Path, kit: &Kit, own: &MemberId) {
    let text = std::fs::read_to_string(file).expect("read");
    for member in kit.cluster.members().filter(|member| member.id != *own) {
        assert!(!text.contains(&member.name), "`{}` leaves", member.name);
    }
}
