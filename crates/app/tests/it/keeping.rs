//! Backup, restore, compaction, re-posting, erasure, and the same on PostgreSQL.

use greenheart_app::{App, Config, GoalQuery, OnOverlap, restore};
use greenheart_testkit::Postgres;

use super::kit::{Kit, actor, operator, surroundings, tree};

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_live_system_restores_and_verifies() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let before = kit.app.goals(&operator(), &GoalQuery::default()).await.expect("goals");
    let copy = kit.folder.path().join("copy");
    let report = kit.app.backup(&operator(), &copy).await.expect("a backup");
    assert!(report.files.len() > 10);
    let target = kit.folder.path().join("restored");
    let restored = restore(&operator(), &copy, &target, Config::default(), surroundings(), true)
        .await
        .expect("restored");
    assert_eq!(restored.verified.expect("a check").problems, Vec::<String>::new());
    let app = App::open(&target, Config::default(), surroundings())
        .await
        .expect("opened");
    assert_eq!(
        app.goals(&operator(), &GoalQuery::default()).await.expect("goals"),
        before
    );
    // A backup that was touched is refused before anything is written.
    let victim = tree(&copy.join("vault")).pop().expect("a file");
    let mut bytes = std::fs::read(&victim).expect("read");
    bytes[3] ^= 1;
    std::fs::write(&victim, bytes).expect("written");
    let second = kit.folder.path().join("second");
    assert!(
        restore(&operator(), &copy, &second, Config::default(), surroundings(), true)
            .await
            .is_err()
    );
    assert!(!second.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn compaction_changes_no_figure() {
    let mut config = Config::default();
    config.import.tail_rows = 200;
    let kit = Kit::with(config, surroundings()).await;
    kit.import_all().await;
    let before = kit.app.goals(&operator(), &GoalQuery::default()).await.expect("goals");
    let row = greenheart_model::Ref::Row(
        kit.app.batches(&operator(), None, false).await.expect("a list")[0]
            .id
            .clone(),
        1,
    );
    let why = kit.app.why(&operator(), &row).await.expect("an answer");
    let done = kit.app.compact(&operator()).await.expect("compacted");
    assert!(done.chunks > 0 && done.merged > 0, "{done:?}");
    kit.is_whole().await;
    kit.app.doctor(&operator(), true).await.expect("a report");
    kit.is_whole().await;
    let after = kit.app.goals(&operator(), &GoalQuery::default()).await.expect("goals");
    let values = |view: &greenheart_app::GoalsView| {
        view.goals
            .iter()
            .flat_map(|goal| goal.years.iter().map(|year| year.value.value))
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&before), values(&after));
    assert_eq!(kit.app.why(&operator(), &row).await.expect("an answer"), why);
    assert_eq!(kit.app.compact(&operator()).await.expect("compacted").chunks, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn posting_again_with_the_same_factors_changes_nothing() {
    let kit = Kit::empty().await;
    let member = &kit.members()[0];
    kit.import(kit.files(member, 2023), Some(member), OnOverlap::Ask).await;
    let dry = kit.app.repost(&operator(), true, &mut |_| {}).await.expect("a report");
    assert_eq!(dry.lines, []);
    let done = kit.app.repost(&operator(), false, &mut |_| {}).await.expect("a report");
    assert!(done.lines.is_empty() && done.batches > 0);
    kit.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_member_leaves_hashes_only() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let members = kit.members();
    let gone = kit.cluster.members().next().expect("a member").clone();
    assert!(kit.app.erase(&operator(), &gone.id, "another name").await.is_err());
    let erased = kit.app.erase(&operator(), &gone.id, &gone.name).await.expect("erased");
    assert!(erased.files > 0);
    kit.is_whole().await;
    assert_eq!(
        kit.app.members(&operator()).await.expect("members").len(),
        members.len() - 1
    );
    let vault = kit.app.folder().vault();
    assert!(
        tree(&vault)
            .iter()
            .all(|path| !path.to_string_lossy().contains(gone.id.as_str()))
    );
    let catalogue = std::fs::read(kit.app.folder().root().join("catalogue.sqlite")).unwrap_or_default();
    assert!(!catalogue.is_empty());
    assert!(kit.app.batches(&actor("operator"), Some(&gone.id), true).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn both_catalogues_give_the_same_goals() {
    let Some(server) = Postgres::start() else { return };
    let (lite, full) = (
        Kit::empty().await,
        Kit::with(
            Config {
                catalogue: server.url(),
                ..Config::default()
            },
            surroundings(),
        )
        .await,
    );
    for kit in [&lite, &full] {
        for member in kit.members().iter().take(2) {
            for year in 2023..=2024 {
                kit.import(kit.files(member, year), Some(member), OnOverlap::Ask).await;
            }
        }
        kit.is_whole().await;
    }
    let query = GoalQuery::default();
    let (one, two) = (
        lite.app.goals(&operator(), &query).await,
        full.app.goals(&operator(), &query).await,
    );
    assert_eq!(one.expect("goals"), two.expect("goals"));
    let copy = full.folder.path().join("copy");
    full.app.backup(&operator(), &copy).await.expect("a backup");
    let target = full.folder.path().join("restored");
    let restored = restore(&operator(), &copy, &target, Config::default(), surroundings(), true)
        .await
        .expect("restored");
    assert_eq!(restored.verified.expect("a check").problems, Vec::<String>::new());
}
