//! Attacks on releases: differences, dominant members, filters, members that come and go.

use std::path::PathBuf;

use greenheart_app::{
    Actor, App, CellState, ClusterSettings, Config, GoalQuery, GoalsView, ImportRequest, MemberRequest, OnOverlap,
    Outcome, Release,
};
use greenheart_model::{Coverage, CoverageKind, GwpSet, MemberId, Role};
use greenheart_units::Amount;

use super::kit::{actor, allowed, operator, surroundings};

/// A cluster whose members tell of nothing but waste, so that each sum is known.
struct Sandbox {
    folder: tempfile::TempDir,
    app: App,
}

impl Sandbox {
    async fn of(tonnes: &[u32]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = ClusterSettings {
            name: "Sandbox".into(),
            base_year: Some(2024),
            targets: Default::default(),
            fictional: true,
        };
        let data = folder.path().join("data");
        let app = App::create(&operator(), &data, Config::default(), &settings, surroundings())
            .await
            .unwrap();
        let sandbox = Self { folder, app };
        for (at, tonnes) in tonnes.iter().enumerate() {
            sandbox.join(at, *tonnes).await;
        }
        sandbox
    }

    /// A member joins and hands in both years.
    async fn join(&self, at: usize, tonnes: u32) {
        let org_no = number(at);
        let request = MemberRequest {
            org_no: org_no.parse().unwrap(),
            name: format!("Member {at} (fictional)"),
            role: Role::Industry,
            nace: "25.610".parse().ok(),
            employees: Some(10),
            joined: "2020-01-01".parse().unwrap(),
            left: None,
            fictional: true,
        };
        self.app.put_member(&operator(), &request).await.unwrap();
        for year in 2024..=2025 {
            let report = self
                .app
                .import(&operator(), &self.waste(at, year, tonnes), &mut |_| {})
                .await
                .unwrap();
            assert_eq!(report.sets[0].outcome, Outcome::Imported, "{:?}", report.sets[0]);
        }
    }

    fn waste(&self, at: usize, year: i16, tonnes: u32) -> ImportRequest {
        let path: PathBuf = self.folder.path().join(format!("waste-{at}-{year}-{tonnes}.csv"));
        let head = "Kind,Item,Waste code,Treatment,Site,From,To,Quantity,Unit,Dry content (%),Amount,Currency,\
                    Counterparty org no,Counterparty,Note";
        let row = format!("waste,mixed waste,20 03 01,landfill,,{year}-01-01,{year}-12-31,{tonnes},t,,,,,,");
        std::fs::write(&path, format!("{head}\n{row}\n")).unwrap();
        let covered = |kind| Coverage {
            kind,
            period: year.to_string().parse().unwrap(),
        };
        ImportRequest {
            files: vec![path],
            member: Some(member(at)),
            dry_run: false,
            on_overlap: OnOverlap::Supersede,
            mapping: None,
            save_mapping: None,
            coverage: Some(vec![covered(CoverageKind::Materials), covered(CoverageKind::Waste)]),
            together: false,
        }
    }

    async fn release(&self) -> Release {
        self.app
            .compute_release(&actor("facilitator"), &mut |_| {})
            .await
            .unwrap()
    }

    async fn seen_by(&self, capacity: &str) -> GoalsView {
        self.app.goals(&actor(capacity), &GoalQuery::default()).await.unwrap()
    }

    /// Tonnes of waste in 2025 as a reader sees them.
    async fn tonnes(&self, capacity: &str) -> Option<i128> {
        tonnes(&self.seen_by(capacity).await)
    }
}

fn tonnes(view: &GoalsView) -> Option<i128> {
    let year = view.goals[2].years.iter().find(|year| year.year == 2025).unwrap();
    year.value.value.map(|kg| kg.mantissa() / Amount::ONE_MANTISSA / 1_000)
}

fn member(at: usize) -> MemberId {
    MemberId::new(number(at))
}

/// An organisation number with its check digit (mod 11).
fn number(at: usize) -> String {
    let candidates = (0..40).map(|step| format!("{:08}", 31_000_000 + at * 40 + step));
    let checked = candidates.filter_map(|digits| {
        let weights = [3, 2, 7, 6, 5, 4, 3, 2];
        let sum: u32 = digits
            .bytes()
            .zip(weights)
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        match (11 - sum % 11) % 11 {
            10 => None,
            check => Some(format!("{digits}{check}")),
        }
    });
    checked.into_iter().next().unwrap()
}

fn state(release: &Release, row: &str) -> CellState {
    release.cell("goals", row, 2025).unwrap().state
}

const VALUE: &str = "resource_draw.value";

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_of_releases_tells_nobody_what_one_member_adds() {
    let sandbox = Sandbox::of(&[50, 60, 70, 80, 90]).await;
    let first = sandbox.release().await;
    assert_eq!((first.number, state(&first, VALUE)), (1, CellState::Published));
    let by_class = first.cell("waste_by_class", "total", 2025).unwrap();
    assert_eq!(by_class.state, CellState::Published);
    assert_eq!(sandbox.tonnes("public").await, Some(350));
    // One joins: the live total follows, the release keeps what it showed.
    sandbox.join(5, 40).await;
    let second = sandbox.release().await;
    assert_eq!(state(&second, VALUE), CellState::Kept);
    let kept = second.cell("waste_by_class", "total", 2025).unwrap();
    assert_eq!(
        (kept.state, kept.value, kept.since),
        (CellState::Kept, by_class.value, Some(1))
    );
    assert_eq!(sandbox.tonnes("facilitator").await, Some(390));
    for capacity in [
        "public",
        "auditor",
        &format!("admin:{}", member(0)),
        &format!("admin:{}", member(5)),
    ] {
        assert_eq!(sandbox.tonnes(capacity).await, Some(350), "{capacity}");
    }
    // A second one: each of the two would know the other.
    sandbox.join(6, 45).await;
    assert_eq!(state(&sandbox.release().await, VALUE), CellState::Kept);
    assert_eq!(sandbox.tonnes("public").await, Some(350));
    // With a third they hide each other.
    sandbox.join(7, 50).await;
    let fourth = sandbox.release().await;
    assert_eq!(state(&fourth, VALUE), CellState::Published);
    assert_eq!((fourth.exposed, sandbox.tonnes("public").await), (0, Some(485)));
    // One leaves: its amount would be the difference.
    let batches = sandbox.app.batches(&operator(), Some(&member(2)), false).await.unwrap();
    for batch in batches {
        sandbox.app.withdraw(&operator(), &batch.id, "test").await.unwrap();
    }
    assert_eq!(state(&sandbox.release().await, VALUE), CellState::Kept);
    assert_eq!(
        (sandbox.tonnes("public").await, sandbox.tonnes("facilitator").await),
        (Some(485), Some(415))
    );
    // What stays behind of an erased member is a sum that hides it still.
    sandbox
        .app
        .erase(&operator(), &member(2), "Member 2 (fictional)")
        .await
        .unwrap();
    let last = sandbox.release().await;
    assert_eq!((state(&last, VALUE), last.exposed), (CellState::Kept, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn dominant_members_and_too_few_are_withheld_everywhere() {
    for (tonnes, expect) in [
        // The second largest knows 900 of 1 985: what is left bounds the largest within nine percent.
        (&[1_000, 900, 50, 35][..], CellState::Dominated),
        (&[5_000, 10, 10, 10, 10], CellState::Dominated),
        (&[50, 60, 70], CellState::Few),
        (&[1_000, 900, 100, 90], CellState::Published),
    ] {
        let sandbox = Sandbox::of(tonnes).await;
        let release = sandbox.release().await;
        assert_eq!(state(&release, VALUE), expect, "{tonnes:?}");
        let own = release.cell("waste_by_class", "total", 2025).unwrap();
        assert_eq!(
            (own.state, own.value.is_some()),
            (expect, expect == CellState::Published)
        );
        let live = sandbox.seen_by("facilitator").await;
        for capacity in ["public".to_owned(), format!("admin:{}", member(1))] {
            let view = sandbox.seen_by(&capacity).await;
            let year = &view.goals[2].years[1];
            let hidden = expect != CellState::Published;
            assert_eq!(
                (year.withheld, year.value.value.is_none()),
                (hidden, hidden),
                "{tonnes:?} {capacity}"
            );
            assert_eq!(year.change.is_none(), hidden);
            // The way round, by the reason of the live figure, is closed too.
            let live = &live.goals[2].years[1];
            for figure in [&live.value, &live.base, &live.target] {
                let opens = allowed(sandbox.app.why(&actor(&capacity), &figure.reference).await);
                assert_eq!(opens, !hidden, "{tonnes:?} {capacity} {}", figure.name);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_filter_probes_a_release() {
    let sandbox = Sandbox::of(&[50, 60, 70, 80, 90]).await;
    let first = sandbox.release().await;
    sandbox.join(5, 40).await;
    let reader = actor(&format!("admin:{}", member(1)));
    let plain = sandbox.app.goals(&reader, &GoalQuery::default()).await.unwrap();
    for probe in [
        GoalQuery {
            at: Some(1),
            ..GoalQuery::default()
        },
        GoalQuery {
            base_year: Some(2025),
            ..GoalQuery::default()
        },
        GoalQuery {
            gwp: Some(GwpSet::Ar4),
            ..GoalQuery::default()
        },
    ] {
        assert_eq!(sandbox.app.goals(&reader, &probe).await.unwrap(), plain, "{probe:?}");
    }
    // Steps of a reason are sums that nobody has judged.
    let value = plain.goals[2].years[1].value.reference.clone();
    let answer = sandbox.app.why(&reader, &value).await.unwrap();
    let steps = answer.derivation.unwrap().steps;
    assert!(steps.iter().all(|step| step.label == "panel"), "{steps:?}");
    // Every reader gets the same bytes.
    for capacity in [
        "auditor".to_owned(),
        format!("contributor:{}", member(3)),
        "facilitator".to_owned(),
    ] {
        assert_eq!(
            sandbox.app.release(&actor(&capacity), Some(1)).await.unwrap(),
            first,
            "{capacity}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_releases_and_who_reads() {
    let sandbox = Sandbox::of(&[50, 60, 70, 80]).await;
    let (own, outsider): (Actor, Actor) = (actor(&format!("admin:{}", member(0))), actor("public"));
    for capacity in [&own, &outsider, &actor("auditor")] {
        assert!(
            !allowed(sandbox.app.compute_release(capacity, &mut |_| {}).await),
            "{capacity:?}"
        );
    }
    assert!(!allowed(sandbox.app.release(&own, None).await), "there is none yet");
    sandbox.release().await;
    assert!(allowed(sandbox.app.release(&own, None).await));
    assert!(!allowed(sandbox.app.release(&outsider, None).await) && !allowed(sandbox.app.releases(&outsider).await));
    let lines = sandbox.app.releases(&own).await.unwrap();
    assert!(lines.len() == 1 && lines[0].shown > 0, "{lines:?}");
    let trail = sandbox.app.audit(&operator(), None, 1_000).await.unwrap();
    let of = |verb: &str, outcome: &str| {
        trail
            .iter()
            .filter(|line| line.verb == verb && line.outcome == outcome)
            .count()
    };
    assert_eq!((of("release", "done"), of("release", "denied")), (1, 3));
}
