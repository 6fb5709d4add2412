use greenheart_app::{GoalQuery, OnOverlap, Outcome};
use greenheart_model::Status;

use super::kit::{Kit, actor, operator, request};

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_everything_and_stores_nothing() {
    let kit = Kit::empty().await;
    let member = &kit.members()[0];
    let mut asked = request(vec![kit.books(member, 2023)], None, OnOverlap::Ask);
    asked.dry_run = true;
    let report = kit
        .app
        .import(&operator(), &asked, &mut |_| {})
        .await
        .expect("a report");
    let set = &report.sets[0];
    assert_eq!(set.outcome, Outcome::WouldImport);
    assert!(set.rows > 0 && set.preview.as_ref().is_some_and(|preview| preview.entries >= set.rows));
    assert!(set.control_totals.iter().all(greenheart_model::ControlTotal::holds));
    assert_eq!(kit.app.batches(&operator(), None, true).await.expect("a list"), []);
    assert_eq!(
        super::kit::tree(&kit.app.folder().vault()),
        Vec::<std::path::PathBuf>::new()
    );
    assert_eq!(
        super::kit::tree(&kit.app.folder().staging()),
        Vec::<std::path::PathBuf>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_count_once_whatever_their_name() {
    let kit = Kit::empty().await;
    let member = &kit.members()[0];
    let books = kit.books(member, 2023);
    let first = kit.import(vec![books.clone()], None, OnOverlap::Ask).await;
    let batch = first.sets[0].batch.clone().expect("a batch");
    let renamed = books.with_file_name("other name.xml");
    std::fs::copy(&books, &renamed).expect("copied");
    for path in [books, renamed] {
        let again = kit.import(vec![path], None, OnOverlap::Ask).await;
        assert_eq!(again.sets[0].outcome, Outcome::AlreadyThere(batch.clone()));
    }
    assert_eq!(kit.app.batches(&operator(), None, true).await.expect("a list").len(), 1);
    kit.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_of_two_members_are_two_files_and_neither_shows_the_other() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let path = kit.folder.path().join("shared.csv");
    std::fs::write(
        &path,
        "Type;Vare;Dato;Mengde;Enhet\nstrøm;electricity;2023-01-31;1200,5;kWh\n",
    )
    .expect("written");
    let alone = kit.import(vec![path.clone()], Some(&members[0]), OnOverlap::Ask).await;
    let other = kit.import(vec![path], Some(&members[1]), OnOverlap::Ask).await;
    for report in [&alone, &other] {
        assert_eq!(
            report.sets[0].outcome,
            Outcome::Imported,
            "{:?}",
            report.sets[0].findings
        );
        assert_eq!(report.sets[0].overlaps, []);
    }
    assert_ne!(alone.sets[0].batch, other.sets[0].batch);
    assert_eq!(super::kit::tree(&kit.app.folder().vault()).len(), 2);
    let seen = kit
        .app
        .batches(&actor(&format!("admin:{}", members[1])), None, true)
        .await
        .expect("a list");
    assert_eq!(seen.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_member_is_refused() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let report = kit
        .import(vec![kit.books(&members[0], 2023)], Some(&members[1]), OnOverlap::Ask)
        .await;
    assert_eq!(report.sets[0].outcome, Outcome::Refused);
    assert_eq!(report.sets[0].findings.count("saft.other_company"), 1);
    assert_eq!(report.sets[0].status, Status::Blocked);
    kit.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overlap_waits_for_a_decision() {
    let kit = Kit::empty().await;
    let member = &kit.members()[0];
    let waste = kit.waste(member, 2023);
    let first = kit.import(vec![waste.clone()], Some(member), OnOverlap::Ask).await;
    let old = first.sets[0].batch.clone().expect("a batch");
    // The same table with one row less is another file about the same time.
    let bytes = std::fs::read(&waste).expect("read");
    let text = String::from_utf8(bytes).expect("text");
    let cut = text.trim_end().rsplit_once('\n').map_or("", |(rest, _)| rest);
    let corrected = waste.with_file_name("corrected.csv");
    std::fs::write(&corrected, cut).expect("written");
    let asked = kit.import(vec![corrected.clone()], Some(member), OnOverlap::Ask).await;
    assert_eq!(
        asked.sets[0].outcome,
        Outcome::DecisionNeeded,
        "{:?}",
        asked.sets[0].findings
    );
    assert_eq!(asked.sets[0].overlaps[0].batch, old);
    assert_eq!(
        kit.app.batches(&operator(), None, false).await.expect("a list").len(),
        1
    );
    let superseded = kit.import(vec![corrected], Some(member), OnOverlap::Supersede).await;
    assert_eq!(superseded.sets[0].superseded, std::slice::from_ref(&old));
    let visible = kit.app.batches(&operator(), None, false).await.expect("a list");
    assert_eq!(visible.len(), 1);
    assert_ne!(visible[0].id, old);
    // The old one comes back beside it, as a batch of its own.
    let added = kit.import(vec![waste], Some(member), OnOverlap::Add).await;
    assert_eq!(added.sets[0].outcome, Outcome::Imported);
    assert_ne!(added.sets[0].batch, Some(old));
    assert_eq!(
        kit.app.batches(&operator(), None, false).await.expect("a list").len(),
        2
    );
    kit.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withdrawn_counts_no_more_and_can_come_back() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let query = GoalQuery::default();
    let before = kit.app.goals(&operator(), &query).await.expect("goals");
    let member = &kit.members()[0];
    let books = kit.app.batches(&operator(), Some(member), false).await.expect("a list");
    let batch = books
        .iter()
        .find(|line| line.importer.starts_with("saft"))
        .expect("accounting")
        .clone();
    kit.app
        .withdraw(&operator(), &batch.id, "wrong year")
        .await
        .expect("withdrawn");
    let without = kit.app.goals(&operator(), &query).await.expect("goals");
    assert_ne!(
        before.goals[0].years[0].value.value,
        without.goals[0].years[0].value.value
    );
    assert!(
        kit.app.withdraw(&operator(), &batch.id, "again").await.is_err(),
        "it is not visible any more"
    );
    // The snapshot of before still says what it said.
    let at = before.snapshot.trim_start_matches('s').parse().expect("a number");
    let then = kit
        .app
        .goals(&operator(), &GoalQuery { at: Some(at), ..query })
        .await
        .expect("goals");
    assert_eq!(then, before);
    let year = batch.coverage[0].period.from().year();
    let again = kit.import(vec![kit.books(member, year)], None, OnOverlap::Ask).await;
    assert_eq!(again.sets[0].outcome, Outcome::Imported);
    let after = kit.app.goals(&operator(), &query).await.expect("goals");
    for (old, new) in before.goals.iter().zip(&after.goals) {
        let values =
            |goal: &greenheart_app::GoalView| goal.years.iter().map(|year| year.value.value).collect::<Vec<_>>();
        assert_eq!(values(old), values(new));
    }
    kit.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_files_are_refused_with_a_reason() {
    let kit = Kit::empty().await;
    let member = &kit.members()[0];
    let books = std::fs::read(kit.books(member, 2023)).expect("read");
    let cut = books[..books.len() / 2].to_vec();
    let bomb = b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"cccc\">]><AuditFile>&b;</AuditFile>".to_vec();
    for (name, bytes, code) in [
        ("empty.xml", Vec::new(), "import.empty"),
        ("cut.xml", cut, "saft.truncated"),
        ("entities.xml", bomb, "saft.doctype"),
        (
            "page.xml",
            b"<?xml version=\"1.0\"?><html/>".to_vec(),
            "import.format_unknown",
        ),
        ("letter.pdf", b"%PDF-1.7 and so on".to_vec(), "import.format_unknown"),
    ] {
        let path = kit.folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        let report = kit.import(vec![path], Some(member), OnOverlap::Ask).await;
        let set = &report.sets[0];
        assert_eq!(set.outcome, Outcome::Refused, "{name}");
        assert!(
            set.findings.count(code) > 0,
            "{name}: {:?}",
            set.findings.counts().collect::<Vec<_>>()
        );
        assert!(greenheart_app::explain_finding(code).is_some(), "{code}");
    }
    assert_eq!(kit.app.batches(&operator(), None, true).await.expect("a list"), []);
    kit.is_whole().await;
}
