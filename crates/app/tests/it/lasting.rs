//! Crashes and full disks at every step: nothing lost, nothing twice.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use greenheart_app::{Config, OnOverlap, Outcome, Surroundings};

use super::kit::{Kit, operator, request, surroundings};

const STEPS: [&str; 12] = [
    "vault.temp",
    "vault.fsync",
    "vault.rename",
    "vault.dirsync",
    "segment.temp",
    "segment.fsync",
    "segment.rename",
    "segment.dirsync",
    "store.begin",
    "store.head",
    "store.rows",
    "store.commit",
];

/// Fails once at the step, as a full disk does.
fn failing(step: &'static str, armed: &Arc<AtomicBool>) -> Surroundings {
    let armed = Arc::clone(armed);
    Surroundings {
        steps: Arc::new(move |at| {
            if at == step && armed.swap(false, Ordering::SeqCst) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        }),
        ..surroundings()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_at_any_step_loses_nothing_and_doubles_nothing() {
    for step in STEPS {
        let armed = Arc::new(AtomicBool::new(false));
        let mut config = Config::default();
        // Everything is a segment, so that every step is passed.
        config.import.tail_rows = 0;
        let kit = Kit::with(config, failing(step, &armed)).await;
        let member = &kit.members()[0];
        let first = kit
            .import(vec![kit.waste(member, 2023)], Some(member), OnOverlap::Ask)
            .await;
        assert_eq!(first.sets[0].outcome, Outcome::Imported);
        armed.store(true, Ordering::SeqCst);
        let asked = request(vec![kit.waste(member, 2024)], Some(member), OnOverlap::Ask);
        let error = kit
            .app
            .import(&operator(), &asked, &mut |_| {})
            .await
            .expect_err("the disk is full");
        assert!(error.is_disk_full(), "{step}: {error}");
        assert!(!armed.load(Ordering::SeqCst), "{step} is a step of every import");
        kit.is_whole().await;
        let counted = kit.app.batches(&operator(), None, false).await.expect("a list").len();
        // After the commit it counts, although the caller heard of a failure.
        assert_eq!(counted, if step == "store.commit" { 2 } else { 1 }, "{step}");
        let again = kit
            .app
            .import(&operator(), &asked, &mut |_| {})
            .await
            .expect("a report");
        let expected = if step == "store.commit" {
            matches!(again.sets[0].outcome, Outcome::AlreadyThere(_))
        } else {
            again.sets[0].outcome == Outcome::Imported
        };
        assert!(expected, "{step}: {:?}", again.sets[0].outcome);
        kit.is_whole().await;
        kit.app.doctor(&operator(), true).await.expect("a report");
        let report = kit.app.doctor(&operator(), false).await.expect("a report");
        assert!(
            report
                .problems
                .iter()
                .all(|problem| !problem.code.starts_with("orphan")),
            "{step}: {:?}",
            report.problems
        );
        kit.is_whole().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_with_the_same_file_count_it_once() {
    let kit = Kit::empty().await;
    let member = &kit.members()[0];
    let asked = request(vec![kit.waste(member, 2023)], Some(member), OnOverlap::Ask);
    let actor = operator();
    let mut tells = (|_: &greenheart_app::Progress| {}, |_: &greenheart_app::Progress| {});
    let (one, two) = tokio::join!(
        kit.app.import(&actor, &asked, &mut tells.0),
        kit.app.import(&actor, &asked, &mut tells.1)
    );
    let outcomes = [
        one.expect("a report").sets[0].outcome.clone(),
        two.expect("a report").sets[0].outcome.clone(),
    ];
    assert!(outcomes.contains(&Outcome::Imported), "{outcomes:?}");
    assert!(
        outcomes
            .iter()
            .any(|outcome| matches!(outcome, Outcome::AlreadyThere(_))),
        "{outcomes:?}"
    );
    kit.is_whole().await;
}
