//! The contract of the catalogue: one transcript on both databases, compared byte for byte.
#![allow(
    clippy::unwrap_used,
    clippy::unnecessary_wraps,
    reason = "a test may stop at once, and fail-points have one shape"
)]

use greenheart_model::{
    Batch, BatchId, Coverage, CoverageKind, FileId, FindingLog, Member, MemberId, Membership, Role, SegmentId,
    SourceFile, Status,
};
use greenheart_store::{
    AccountRow, AuditRow, BatchState, Change, CommitError, Head, JobState, Operation, PendingRow, Posting, ReleaseRow,
    SegmentRow, Store, StoreError, TailChunk, TokenRow,
};
use greenheart_testkit::Postgres;

fn no_steps(_: &'static str) -> std::io::Result<()> {
    Ok(())
}

async fn sqlite(folder: &std::path::Path) -> Store {
    Store::open(&format!("sqlite:{}", folder.join("catalogue.sqlite").display()))
        .await
        .unwrap()
}

fn member(number: &str) -> Member {
    Member {
        id: MemberId::new(number),
        org_no: number.parse().unwrap(),
        name: format!("Member {number} æøå"),
        nace: "16.100".parse().ok(),
        role: Role::Industry,
        membership: Membership {
            joined: "2020-01-01".parse().unwrap(),
            left: None,
        },
        employees: Some(12),
        fictional: true,
    }
}

fn audit(at_ms: i64) -> AuditRow {
    AuditRow {
        at_ms,
        actor: "local".into(),
        capacity: "operator".into(),
        verb: "import".into(),
        member: Some("888888888".into()),
        subject: "x".into(),
        outcome: "done".into(),
    }
}

fn import(id: &str, member: &str, supersedes: &[&str]) -> Change {
    let (batch, member) = (BatchId::new(id), MemberId::new(member));
    let file = SourceFile {
        id: FileId::new(format!("f-{id}")),
        member: member.clone(),
        sha256: "ab".repeat(32),
        size: 10,
        name: "books.xml".into(),
        vault_address: format!("{member}/ab/{}", "ab".repeat(32)),
    };
    let chunk = |kind: &str, generation| TailChunk {
        batch: batch.clone(),
        generation,
        kind: kind.into(),
        member: member.clone(),
        rows: 3,
        payload: vec![0, 1, 2, 255],
    };
    Change {
        at_ms: 1_000,
        audit: audit(1_000),
        operation: Operation::Import {
            batch: Box::new(Batch {
                id: batch.clone(),
                member: member.clone(),
                files: vec![file.id.clone()],
                importer: "saft".into(),
                importer_version: 1,
                mapping: String::new(),
                coverage: vec![Coverage {
                    kind: CoverageKind::Accounts,
                    period: "2024".parse().unwrap(),
                }],
                kinds: [greenheart_model::ActivityKind::Sale].into(),
                rows: 3,
                control_totals: vec![],
                findings: FindingLog::default(),
                status: Status::Complete,
            }),
            identity: format!("identity of {id}"),
            files: vec![file],
            posting: posting(id, 1, 3),
            segments: vec![],
            tail: vec![chunk("activities", 0), chunk("entries", 1)],
            supersedes: supersedes.iter().map(BatchId::new).collect(),
        },
    }
}

fn posting(batch: &str, generation: i64, entries: u64) -> Posting {
    Posting {
        batch: BatchId::new(batch),
        generation,
        factor_set: "set-1".into(),
        entries,
        sums: vec![7, 8, 9],
    }
}

async fn commit(store: &Store, change: &Change) -> Result<Head, CommitError> {
    let head = store.head().await.unwrap();
    store.commit(change, &head, &no_steps).await
}

/// Every write that a page may show moves the standing, in the same transaction; the others do not.
async fn standing_moves(store: &Store) {
    use greenheart_model::{BoundaryKey, Site, SiteId};
    let id = MemberId::new("888888888");
    let mut last = store.standing().await.unwrap();
    for write in 0..8 {
        match write {
            0 => store.put_setting("cluster", "x").await.unwrap(),
            1 => store.put_member(&member("888888888"), "sealed").await.unwrap(),
            2 => store.put_visibility(&id, "cluster").await.unwrap(),
            3 => {
                let site = Site {
                    id: SiteId::new("s"),
                    member: id.clone(),
                    name: "s".into(),
                    sub_unit: None,
                    coordinates: None,
                    municipality: None,
                    in_boundary: true,
                };
                store.put_site(&site).await.unwrap();
            }
            4 => {
                let key = BoundaryKey {
                    member: id.clone(),
                    valid_from: "2024-01-01".parse().unwrap(),
                    share: greenheart_units::Rate::ONE,
                    evidence: "payroll".into(),
                };
                store.put_boundary_key(&key).await.unwrap();
            }
            5 => store.add_mapping("m", Some(&id), "{}").await.unwrap(),
            6 => {
                commit(store, &import("b-1", "888888888", &[])).await.unwrap();
            }
            _ => {
                let erase = Operation::Erase {
                    member: id.clone(),
                    remains: String::new(),
                };
                let change = Change {
                    at_ms: 1,
                    audit: audit(1),
                    operation: erase,
                };
                commit(store, &change).await.unwrap();
            }
        }
        let now = store.standing().await.unwrap();
        assert_eq!(now.generation, last.generation + i64::from(write != 6), "write {write}");
        assert_eq!(now.seq, last.seq + i64::from(write >= 6), "write {write}");
        last = now;
    }
    store.note(&audit(9)).await.unwrap();
    store.add_factor_set("set-1", "x").await.unwrap();
    store.enqueue("job-1", "import", None, "{}", 5).await.unwrap();
    assert_eq!(store.standing().await.unwrap(), last);
    let erased = store.batches_since(last.seq - 1).await.unwrap();
    assert_eq!(erased.len(), 1);
    assert_eq!(erased[0].ended_seq, Some(last.seq));
    assert!(store.batches_since(last.seq).await.unwrap().is_empty());
}

/// Every verb once, in a fixed order.
async fn transcript(store: &Store) {
    store.check_statements().await.unwrap();
    store.put_setting("cluster", "Fiktiv klynge").await.unwrap();
    store.put_setting("cluster", "Fiktiv klynge 2").await.unwrap();
    for number in ["999999999", "888888888"] {
        store.put_member(&member(number), "sealed").await.unwrap();
    }
    store
        .put_visibility(&MemberId::new("888888888"), "facilitator")
        .await
        .unwrap();
    commit(store, &import("b-1", "888888888", &[])).await.unwrap();
    assert!(matches!(
        commit(store, &Change { ..import("b-1", "888888888", &[]) }).await,
        Err(CommitError::AlreadyThere(id)) if id.as_str() == "b-1"
    ));
    commit(store, &import("b-2", "888888888", &["b-1"])).await.unwrap();
    assert!(matches!(
        commit(store, &import("b-9", "888888888", &["b-1"])).await,
        Err(CommitError::NotVisible(_))
    ));
    commit(store, &import("b-3", "999999999", &[])).await.unwrap();
    let withdraw = Operation::Withdraw {
        batch: BatchId::new("b-3"),
        reason: "wrong year".into(),
    };
    commit(
        store,
        &Change {
            at_ms: 2_000,
            audit: audit(2_000),
            operation: withdraw,
        },
    )
    .await
    .unwrap();
    compact(store).await;
    let repost = Operation::Repost {
        postings: vec![posting("b-2", 2, 0)],
        segments: vec![],
        tail: vec![],
    };
    commit(
        store,
        &Change {
            at_ms: 3_000,
            audit: audit(3_000),
            operation: repost,
        },
    )
    .await
    .unwrap();
    store.note(&audit(4_000)).await.unwrap();
    store
        .enqueue("job-1", "import", Some(&MemberId::new("888888888")), "{}", 5)
        .await
        .unwrap();
    store
        .enqueue("job-1", "import", None, "{\"other\":1}", 6)
        .await
        .unwrap();
    store.add_mapping("energy", None, "{}").await.unwrap();
    store
        .add_mapping("energy", Some(&MemberId::new("888888888")), "{\"v\":2}")
        .await
        .unwrap();
    store.add_factor_set("set-1", "id;item\n").await.unwrap();
    let figures = [
        ("fig:1".to_owned(), "{}".to_owned()),
        ("fig:1".to_owned(), "{}".to_owned()),
    ];
    store.add_figures(&figures).await.unwrap();
    streams(store).await;
    accounts(store).await;
    identities(store).await;
    releases(store).await;
}

async fn identities(store: &Store) {
    store.begin_codes("kari", "salt").await.unwrap();
    store.begin_codes("kari", "salt 2").await.unwrap();
    store
        .confirm_codes("kari", 7, 100, &["one".into(), "two".into()])
        .await
        .unwrap();
    store.begin_codes("kari", "salt 3").await.unwrap();
    let codes = store.codes("kari").await.unwrap().unwrap();
    assert_eq!(
        (codes.salt.as_str(), codes.confirmed_at_ms, codes.last_step),
        ("salt 2", Some(100), 7)
    );
    for (step, fresh) in [(7, false), (6, false), (8, true), (8, false)] {
        assert_eq!(store.use_step("kari", step).await.unwrap(), fresh, "step {step}");
    }
    assert!(store.use_recovery("kari", "one").await.unwrap());
    assert!(!store.use_recovery("kari", "one").await.unwrap(), "once");
    assert!(
        !store.use_recovery("leader", "two").await.unwrap(),
        "of its own account only"
    );
    assert_eq!(store.recovery_left("kari").await.unwrap(), 1);
    for (id, until_ms) in [("t-1", 1_000), ("t-2", 50)] {
        store.add_token(&token(id, until_ms)).await.unwrap();
    }
    assert_eq!(store.token("hash of t-1", 999).await.unwrap().unwrap().id, "t-1");
    assert_eq!(store.token("hash of t-1", 1_000).await.unwrap(), None);
    store.token_used("t-1", 100).await.unwrap();
    store.token_used("t-1", 59_000).await.unwrap();
    assert_eq!(
        store
            .tokens("kari")
            .await
            .unwrap()
            .iter()
            .find(|token| token.id == "t-1")
            .unwrap()
            .used_at_ms,
        Some(100)
    );
    assert!(!store.drop_token("leader", "t-2").await.unwrap());
    assert!(store.drop_token("kari", "t-2").await.unwrap());
    assert!(store.link_identity("https://id", "s-1", "kari", 5).await.unwrap());
    assert!(
        !store.link_identity("https://id", "s-1", "leader", 6).await.unwrap(),
        "it is tied already"
    );
    assert_eq!(
        store.identified("https://id", "s-1").await.unwrap().unwrap().name,
        "kari"
    );
    assert_eq!(store.identified("https://other", "s-1").await.unwrap(), None);
    assert_eq!(store.issuers_of("kari").await.unwrap(), ["https://id"]);
    let waiting = |until_ms| PendingRow {
        kind: "code".into(),
        content: "kari".into(),
        until_ms,
    };
    store.begin_login("old", &waiting(10), 0).await.unwrap();
    store.begin_login("new", &waiting(100), 20).await.unwrap();
    assert_eq!(store.begun_login("new", 99).await.unwrap(), Some(waiting(100)));
    assert_eq!(store.begun_login("new", 100).await.unwrap(), None);
    assert!(!store.end_login("old").await.unwrap(), "its time was over");
}

fn token(id: &str, until_ms: i64) -> TokenRow {
    TokenRow {
        id: id.into(),
        account: "kari".into(),
        name: "reports".into(),
        token_hash: format!("hash of {id}"),
        scopes: "read".into(),
        created_at_ms: 1,
        until_ms,
        used_at_ms: None,
    }
}

async fn releases(store: &Store) {
    let row = |number| ReleaseRow {
        number,
        at_ms: 3,
        actor: "leader".into(),
        snapshot: "s6".into(),
        content: "{}".into(),
    };
    let parts = ["888888888", "999999999"].map(|member| (MemberId::new(member), "[]".to_owned()));
    assert!(store.add_release(&row(1), &parts).await.unwrap());
    assert!(
        !store.add_release(&row(1), &parts).await.unwrap(),
        "the number is taken"
    );
    assert!(store.add_release(&row(2), &[]).await.unwrap());
    assert_eq!(store.releases().await.unwrap(), [row(1), row(2)]);
    assert_eq!(store.release(3).await.unwrap(), None);
    assert_eq!(store.release_parts().await.unwrap().len(), 2);
}

async fn streams(store: &Store) {
    let [one, two] = ["888888888", "999999999"].map(MemberId::new);
    for (id, member) in [("st-b", &one), ("st-a", &two), ("st-c", &one)] {
        assert!(store.add_stream(id, member, "{\"text\":\"flis æ\"}").await.unwrap());
    }
    assert!(
        !store.add_stream("st-a", &one, "{}").await.unwrap(),
        "the identifier is taken"
    );
    assert!(store.put_stream("st-b", 1, "{\"v\":2}").await.unwrap());
    assert!(
        !store.put_stream("st-b", 1, "{\"v\":3}").await.unwrap(),
        "somebody was first"
    );
    let ids = |rows: Vec<greenheart_store::KeptRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(store.streams(None).await.unwrap()), ["st-a", "st-b", "st-c"]);
    assert_eq!(ids(store.streams(Some(&one)).await.unwrap()), ["st-b", "st-c"]);
    let changed = store.stream("st-b").await.unwrap().unwrap();
    assert_eq!(
        (changed.revision, &*changed.content, &*changed.member),
        (2, "{\"v\":2}", "888888888")
    );
    assert_eq!(store.stream("st-x").await.unwrap(), None);
    assert!(store.add_exchange("ex-1", &one, &two, "{}").await.unwrap());
    assert!(!store.add_exchange("ex-1", &two, &one, "{}").await.unwrap());
    assert!(store.put_exchange("ex-1", 1, "{\"stage\":\"idea\"}").await.unwrap());
    assert!(!store.put_exchange("ex-1", 1, "{}").await.unwrap());
    assert_eq!(store.exchanges().await.unwrap()[0].revision, 2);
    assert_eq!(store.exchange("ex-2").await.unwrap(), None);
}

fn account(name: &str, member: Option<&str>) -> AccountRow {
    AccountRow {
        name: name.into(),
        capacity: member.map_or("facilitator".into(), |member| format!("admin:{member}")),
        member: member.map(str::to_owned),
        password_hash: None,
        invitation_hash: Some(format!("invitation of {name}")),
        invited_until_ms: Some(500),
        disabled: 0,
        created_at_ms: 7,
    }
}

async fn accounts(store: &Store) {
    for (name, member) in [
        ("leader", None),
        ("kari", Some("888888888")),
        ("ola", Some("999999999")),
    ] {
        assert!(store.add_account(&account(name, member)).await.unwrap());
    }
    assert!(
        !store.add_account(&account("kari", None)).await.unwrap(),
        "the name is taken"
    );
    store.add_session("old", "kari", 10, 1).await.unwrap();
    store.set_password("kari", "$argon2id$…").await.unwrap();
    store.add_session("of kari", "kari", 1_000, 11).await.unwrap();
    store.add_session("of the leader", "leader", 1_000, 11).await.unwrap();
    store.invite("ola", "another invitation", 900).await.unwrap();
    store.set_disabled("ola", true).await.unwrap();
}

#[tokio::test]
async fn a_session_ends_with_its_time_its_password_and_its_account() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    transcript(&store).await;
    let whose = |token: &'static str, now_ms| {
        let store = store.clone();
        async move { store.session(token, now_ms).await.unwrap().map(|account| account.name) }
    };
    assert_eq!(whose("of kari", 999).await.as_deref(), Some("kari"));
    assert_eq!(whose("of kari", 1_000).await, None);
    assert_eq!(whose("old", 5).await, None, "a new password ended it");
    assert_eq!(store.invited("invitation of kari").await.unwrap(), None, "it was used");
    let invited = store.invited("another invitation").await.unwrap().unwrap();
    assert_eq!((invited.name.as_str(), invited.disabled), ("ola", 1));
    store.set_disabled("kari", true).await.unwrap();
    assert_eq!(whose("of kari", 20).await, None);
    store.end_session("of the leader").await.unwrap();
    assert_eq!(whose("of the leader", 20).await, None);
    assert_eq!(store.accounts().await.unwrap().len(), 3);
}

async fn compact(store: &Store) {
    let dropped_tail: Vec<TailChunk> = store
        .tail()
        .await
        .unwrap()
        .into_iter()
        .filter(|chunk| chunk.member.as_str() == "888888888")
        .collect();
    let of = |kind: &str| -> Vec<(BatchId, i64, i64)> {
        let chunks = dropped_tail.iter().filter(|chunk| chunk.kind == kind);
        chunks
            .map(|chunk| (chunk.batch.clone(), chunk.generation, chunk.rows))
            .collect()
    };
    let segment = |kind: &str| SegmentRow {
        id: SegmentId::new(format!("s-{kind}")),
        member: MemberId::new("888888888"),
        kind: kind.into(),
        file_name: format!("{kind}.parquet"),
        rows: 6,
        bytes: 99,
        hash: "cd".repeat(32),
        batches: of(kind),
    };
    let segments = vec![segment("activities"), segment("entries")];
    let operation = Operation::Compact {
        dropped_segments: vec![],
        dropped_tail: dropped_tail.clone(),
        segments,
    };
    commit(
        store,
        &Change {
            at_ms: 2_500,
            audit: audit(2_500),
            operation,
        },
    )
    .await
    .unwrap();
}

async fn dump(store: &Store) -> String {
    let mut bytes = Vec::new();
    store.dump(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn the_same_transcript_gives_the_same_bytes_on_both_databases() {
    let folder = tempfile::tempdir().unwrap();
    let lite = sqlite(folder.path()).await;
    transcript(&lite).await;
    assert_eq!(lite.verify_chain().await.unwrap(), []);
    let expected = dump(&lite).await;
    assert!(expected.contains("Member 888888888 æøå"));
    let restored = Store::open(&format!("sqlite:{}", folder.path().join("restored.sqlite").display()))
        .await
        .unwrap();
    restored.load(&mut expected.as_bytes()).await.unwrap();
    assert_eq!(dump(&restored).await, expected, "a dump loads into the same catalogue");
    assert!(matches!(
        restored.load(&mut expected.as_bytes()).await,
        Err(StoreError::Dump(_))
    ));

    let Some(server) = Postgres::start() else { return };
    let postgres = Store::open(&server.url()).await.unwrap();
    transcript(&postgres).await;
    assert_eq!(postgres.verify_chain().await.unwrap(), []);
    let found = dump(&postgres).await;
    for (expected, found) in expected.lines().zip(found.lines()) {
        assert_eq!(expected, found);
    }
    assert_eq!(expected.len(), found.len());
    postgres.close().await;
}

#[tokio::test]
async fn what_pages_show_moves_the_standing() {
    let folder = tempfile::tempdir().unwrap();
    standing_moves(&sqlite(folder.path()).await).await;
    let Some(server) = Postgres::start() else { return };
    let postgres = Store::open(&server.url()).await.unwrap();
    standing_moves(&postgres).await;
    postgres.close().await;
}

#[tokio::test]
async fn a_snapshot_is_the_visible_set() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    transcript(&store).await;
    let visible = |seq| {
        let store = store.clone();
        async move {
            let batches = store.visible(seq).await.unwrap();
            batches
                .iter()
                .map(|b| format!("{}@{}", b.batch.id, b.generation))
                .collect::<Vec<_>>()
                .join(" ")
        }
    };
    for (seq, expect) in [
        (0, ""),
        (1, "b-1@1"),
        (2, "b-2@1"),
        (3, "b-2@1 b-3@1"),
        (4, "b-2@1"),
        (6, "b-2@2"),
    ] {
        assert_eq!(visible(seq).await, expect, "at {seq}");
    }
    assert_eq!(store.sums(6).await.unwrap(), [(BatchId::new("b-2"), vec![7, 8, 9])]);
    let states: Vec<BatchState> = store
        .batches()
        .await
        .unwrap()
        .into_iter()
        .map(|batch| batch.state)
        .collect();
    let expect = [
        BatchState::SupersededBy(BatchId::new("b-2")),
        BatchState::Visible,
        BatchState::Withdrawn("wrong year".into()),
    ];
    assert_eq!(states, expect);
}

#[tokio::test]
async fn an_erasure_keeps_the_chain() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    transcript(&store).await;
    let erase = Operation::Erase {
        member: MemberId::new("888888888"),
        remains: "{}".into(),
    };
    commit(
        &store,
        &Change {
            at_ms: 9_000,
            audit: audit(9_000),
            operation: erase,
        },
    )
    .await
    .unwrap();
    assert_eq!(store.verify_chain().await.unwrap(), []);
    assert_eq!(store.wrapped_key(&MemberId::new("888888888")).await.unwrap(), None);
    assert!(!dump(&store).await.contains("Member 888888888"));
    assert_eq!(store.account("kari").await.unwrap(), None, "its people leave with it");
    assert_eq!(store.codes("kari").await.unwrap(), None);
    assert_eq!(store.tokens("kari").await.unwrap(), []);
    assert_eq!(store.identified("https://id", "s-1").await.unwrap(), None);
    let parts = store.release_parts().await.unwrap();
    assert_eq!(
        parts.len(),
        1,
        "what it added to releases leaves with it, what they show stays"
    );
    assert_eq!(store.releases().await.unwrap().len(), 2);
    assert_eq!(store.members().await.unwrap().len(), 1);
}

#[tokio::test]
async fn tampering_with_the_catalogue_is_noticed() {
    for statement in [
        "update journal set digest = 'other' where seq = 2",
        "delete from journal where seq = 2",
        "update batch set row_count = 4 where id = 'b-2'",
        "delete from tail where batch_id = 'b-3'",
        "update ledger_head set seq = 5",
        "update segment set batches = replace(batches, '3]', '4]')",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = sqlite(folder.path()).await;
        transcript(&store).await;
        let Store::Sqlite(pool) = &store else { unreachable!() };
        sqlx::query(statement).execute(pool).await.unwrap();
        assert_ne!(store.verify_chain().await.unwrap(), [], "{statement}");
    }
}

#[tokio::test]
async fn of_two_writers_exactly_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    let server = Postgres::start();
    let mut stores = vec![sqlite(folder.path()).await];
    if let Some(server) = &server {
        stores.push(Store::open(&server.url()).await.unwrap());
    }
    for store in stores {
        store.put_member(&member("888888888"), "sealed").await.unwrap();
        let head = store.head().await.unwrap();
        let (one, two) = (import("b-1", "888888888", &[]), import("b-2", "888888888", &[]));
        let (a, b) = tokio::join!(
            store.commit(&one, &head, &no_steps),
            store.commit(&two, &head, &no_steps)
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        assert_eq!(store.visible(1).await.unwrap().len(), 1);
        assert_eq!(store.verify_chain().await.unwrap(), []);
        store.close().await;
    }
}

#[tokio::test]
async fn a_failing_step_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    store.put_member(&member("888888888"), "sealed").await.unwrap();
    let before = dump(&store).await;
    for step in ["store.begin", "store.head", "store.rows"] {
        let fail = move |at: &'static str| {
            if at == step {
                Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
            } else {
                Ok(())
            }
        };
        let head = store.head().await.unwrap();
        assert!(
            store
                .commit(&import("b-1", "888888888", &[]), &head, &fail)
                .await
                .is_err()
        );
        assert_eq!(dump(&store).await, before, "{step}");
    }
}

#[tokio::test]
async fn a_job_has_one_worker_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    store.enqueue("j", "import", None, "{}", 0).await.unwrap();
    assert!(store.claim("j", "w1", 100, 0).await.unwrap());
    assert!(!store.claim("j", "w2", 150, 50).await.unwrap(), "the lease still runs");
    assert!(store.beat("j", "w1", 200, "{\"rows\":1}").await.unwrap());
    assert!(
        store.claim("j", "w2", 400, 300).await.unwrap(),
        "the first worker has died"
    );
    assert!(!store.beat("j", "w1", 500, "{}").await.unwrap());
    store.finish("j", "w1", false, "\"late\"").await.unwrap();
    store.finish("j", "w2", false, "\"mine\"").await.unwrap();
    let job = store.job("j").await.unwrap().unwrap();
    assert_eq!(
        (job.state(), job.result.as_deref(), job.attempts),
        (JobState::Done, Some("\"mine\""), 2)
    );
}

#[tokio::test]
async fn a_newer_catalogue_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    let Store::Sqlite(pool) = &store else { unreachable!() };
    sqlx::query("update format set version = 99")
        .execute(pool)
        .await
        .unwrap();
    let url = format!("sqlite:{}", folder.path().join("catalogue.sqlite").display());
    assert!(matches!(
        Store::open(&url).await,
        Err(StoreError::Newer { found: 99, .. })
    ));
    let absent = format!("sqlite:{}", folder.path().join("absent.sqlite").display());
    assert_eq!(Store::format_of(&absent).await.unwrap(), 0);
    assert!(!folder.path().join("absent.sqlite").exists(), "asking changes nothing");
}
