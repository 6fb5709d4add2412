//! Trade between members held against the sealed truth of the full demonstration.

use std::collections::BTreeMap;

use greenheart_account::{Flow, MemberDirectory, Side, Sighting, flows};
use greenheart_app::{AppError, OnOverlap};
use greenheart_demo::{Cluster, FileKind, Options, files, plan, truth};
use greenheart_ingest::{Collected, Source, saft};
use greenheart_model::{ActivityKind, Member, MemberId};
use greenheart_units::Amount;

use super::kit::{Kit, actor, operator};

const YEAR: i16 = 2021;

/// What the books of a year tell of trade between members, and how many of the tellings rest on a name alone.
fn sightings(cluster: &Cluster) -> (Vec<Sighting>, usize) {
    let members: Vec<Member> = cluster.members().cloned().collect();
    let directory = MemberDirectory::new(&members);
    let (mut found, mut by_name) = (Vec::new(), 0);
    for file in files(cluster).filter(|file| file.year == YEAR && file.kind == FileKind::Saft) {
        let mut bytes = Vec::new();
        file.write_to(&mut bytes).expect("written");
        let source = Source {
            name: "books.xml".into(),
            position: 0,
            size: bytes.len() as u64,
            reader: Box::new(std::io::Cursor::new(bytes)),
        };
        let mut sink = Collected::default();
        saft::read(&mut [source], &saft::Options::default(), &mut sink).expect("books");
        for row in sink.activities {
            let side = match row.kind {
                ActivityKind::Sale => Side::Sold,
                ActivityKind::OtherPosting => continue,
                _ => Side::Bought,
            };
            let Some(counterparty) = &row.counterparty else {
                continue;
            };
            let Some(other) = directory.member_like(counterparty, row.period) else {
                continue;
            };
            by_name += usize::from(counterparty.org_no.is_none());
            found.push(Sighting {
                reporter: file.member.clone(),
                side,
                other: other.clone(),
                month: row.period.booking_month(),
                nok: row.amount.unwrap_or_default(),
            });
        }
    }
    (found, by_name)
}

type Pairs = BTreeMap<(String, String), Amount>;

fn true_pairs(cluster: &Cluster) -> Pairs {
    let number = |id: &serde_json::Value| id.as_str().expect("a number").to_owned();
    let id_of: BTreeMap<String, MemberId> = cluster
        .members()
        .map(|member| (member.org_no.to_string(), member.id.clone()))
        .collect();
    let truth = truth(cluster);
    let mut pairs = Pairs::new();
    for flow in truth["flows"]
        .as_array()
        .expect("flows")
        .iter()
        .filter(|flow| flow["year"] == YEAR)
    {
        let side = |name: &str| id_of[&number(&flow[name])].to_string();
        let nok: Amount = flow["nok"].as_str().expect("NOK").parse().expect("an amount");
        *pairs.entry((side("seller"), side("buyer"))).or_default() += nok;
    }
    pairs
}

fn found_pairs(found: &[Flow]) -> Pairs {
    let mut pairs = Pairs::new();
    for flow in found {
        *pairs
            .entry((flow.seller.to_string(), flow.buyer.to_string()))
            .or_default() += flow.recognised_nok();
    }
    pairs
}

/// Share of `part` in `whole`, in tenths of a per cent.
fn permille(part: Amount, whole: Amount) -> i128 {
    part.mantissa() * 1000 / whole.mantissa()
}

#[test]
fn flows_between_members_are_those_of_the_truth() {
    let cluster = plan(&Options::full(1, 2025));
    let (told, by_name) = sightings(&cluster);
    let found = flows(&told).expect("no overflow");
    let (truly, pairs) = (true_pairs(&cluster), found_pairs(&found));
    let total = |pairs: &Pairs| -> Amount { pairs.values().copied().sum() };
    let right: Amount = pairs
        .iter()
        .map(|(pair, nok)| truly.get(pair).map_or(Amount::ZERO, |true_nok| (*nok).min(*true_nok)))
        .sum();
    let (precision, recall) = (permille(right, total(&pairs)), permille(right, total(&truly)));
    let shifted: Amount = found.iter().map(|flow| flow.shifted_nok).sum();
    println!(
        "precision {precision} ‰, recall {recall} ‰ of {} NOK in {} pairs; {shifted} NOK in another month; {by_name} bookings by name",
        total(&truly),
        truly.len()
    );
    assert!(precision >= 995, "precision {precision} ‰");
    assert!(recall >= 970, "recall {recall} ‰");
    assert!(by_name > 100, "the demonstration leaves out numbers: {by_name}");
    assert!(shifted > Amount::from_integer(100_000), "it books late: {shifted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_visible_to_its_parties_and_to_those_who_lead() {
    let kit = Kit::empty().await;
    for member in kit.members() {
        kit.import(vec![kit.books(&member, 2024)], None, OnOverlap::Ask).await;
    }
    let all = kit.app.flows(&operator(), Some(2024)).await.expect("flows");
    assert!(!all.recognised_nok.is_zero());
    let share = all.share.expect("a share").mantissa() * 100 / greenheart_units::Rate::ONE_MANTISSA;
    assert!(share >= 95, "the small demonstration is clean: {share} %");
    let own = all.flows[0].seller.clone();
    let seen = kit
        .app
        .flows(&actor(&format!("contributor:{own}")), Some(2024))
        .await
        .expect("flows");
    assert!(!seen.flows.is_empty());
    assert!(seen.flows.iter().all(|flow| flow.seller == own || flow.buyer == own));
    let expected = all.flows.iter().filter(|flow| flow.seller == own || flow.buyer == own);
    assert_eq!(
        seen.flows.iter().collect::<Vec<_>>(),
        expected.collect::<Vec<_>>(),
        "as the leader sees them"
    );
    for capacity in ["public", "auditor"] {
        let denied = kit.app.flows(&actor(capacity), Some(2024)).await;
        assert!(matches!(denied, Err(AppError::Denied(_))), "{capacity}");
    }
}
