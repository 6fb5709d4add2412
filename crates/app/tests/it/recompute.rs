//! One entry in a hundred of the small demonstration cluster, recomputed from the row of the file it came from.
//!
//! What follows shares nothing with reading tables, binding or posting: it reads the bytes of the file and of the factor
//! table itself, chooses the factor in its own words, and multiplies in whole numbers. Every figure must be the same to the last
//! of its decimals.

mod expect;
mod factors;
mod rows;

use std::collections::BTreeMap;
use std::path::PathBuf;

use greenheart_ledger::{ActivityRow, EntryRow, Filter, Kind, Ledger, Limits, Sources};
use greenheart_model::BatchId;
use greenheart_store::Store;

use super::kit::Kit;
use expect::Expected;
use rows::SourceRow;

/// The draw is the same in every run.
const SEED: u64 = 20_261_124;

/// Every visible row of a kind.
async fn sources(store: &Store, kind: Kind) -> Sources {
    let head = store.head().await.expect("a head").seq;
    let keys = store.visible_keys(head).await.expect("batches");
    let generation = |generation| if kind == Kind::Activities { 0 } else { generation };
    let mut sources = Sources {
        visible: keys
            .into_iter()
            .map(|(batch, _, number)| (batch, generation(number)))
            .collect(),
        ..Sources::default()
    };
    for segment in store.segments().await.expect("segments") {
        if segment.kind == kind.name() {
            sources.segments.push(segment.file_name);
        }
    }
    for chunk in store.tail().await.expect("a tail") {
        if chunk.kind == kind.name() {
            let payload = store.tail_payload(&chunk).await.expect("a chunk");
            sources.tail.extend(payload);
        }
    }
    sources
}

/// Whether an entry is drawn: one in a hundred, by a hash of what names it.
fn is_drawn(row: &EntryRow, at: usize) -> bool {
    let name = format!("{SEED} {} {} {at}", row.batch, row.entry.row_no);
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 20) % 100 == 0
}

/// What an entry says, as whole millionths.
fn said(row: &EntryRow) -> Expected {
    let entry = &row.entry;
    let gases = &entry.gases;
    let text = |value: Option<greenheart_units::Amount>| value.map(|value| factors::number(&value.to_string(), 6));
    Expected {
        scope: entry.scope.name().to_owned(),
        category: entry.category,
        basis: entry.basis.name().to_owned(),
        part: entry.material_part.to_string(),
        gases: [
            gases.co2,
            gases.ch4_fossil,
            gases.ch4_biogenic,
            gases.n2o,
            gases.co2_biogenic,
            gases.co2e_other,
        ]
        .map(|gas| factors::number(&gas.to_string(), 6)),
        nok: text(entry.amount_nok),
        mass: text(entry.mass_kg),
        energy: text(entry.energy_kwh),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_entry_in_a_hundred_follows_from_its_row() {
    let kit = Kit::empty().await;
    kit.import_all().await;
    let folder = kit.app.folder();
    let store = Store::open(&folder.catalogue_url()).await.expect("the catalogue");
    let limits = Limits {
        memory_bytes: 256 << 20,
        spill_bytes: 1 << 30,
        threads: 1,
    };
    let spill = kit.folder.path().join("spill");
    let ledger = Ledger::open(&folder.segments(), &spill, limits).expect("the ledger");
    let all = Filter::default();
    let entries = ledger
        .entries(&sources(&store, Kind::Entries).await, &all, usize::MAX >> 1)
        .await
        .expect("entries");
    let activities: BTreeMap<(BatchId, u64), ActivityRow> = ledger
        .activities(&sources(&store, Kind::Activities).await, &all, usize::MAX >> 1)
        .await
        .expect("activities")
        .into_iter()
        .map(|row| ((row.batch.clone(), row.activity.row_no), row))
        .collect();
    let paths = paths_of_batches(&kit, &store).await;
    let table = factors::Table::read();
    let own: BTreeMap<String, String> = kit
        .cluster
        .members()
        .map(|member| (member.id.to_string(), member.org_no.to_string()))
        .collect();

    let drawn: Vec<&EntryRow> = entries
        .iter()
        .enumerate()
        .filter(|(at, row)| is_drawn(row, *at))
        .map(|(_, row)| row)
        .collect();
    let (least, most) = (entries.len() / 150, entries.len() / 60);
    assert!(
        (least..most).contains(&drawn.len()),
        "{} of {}",
        drawn.len(),
        entries.len()
    );
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for row in drawn {
        let activity = &activities[&(row.batch.clone(), row.entry.row_no)].activity;
        let path = &paths[&row.batch][usize::from(activity.place.file)];
        let source = SourceRow::read(path, activity.place.row, &row.member);
        let expected = expect::entries(&source, &own[row.member.as_str()], &table);
        let found = said(row);
        assert!(
            expected.contains(&found),
            "{} row {}: {source:?}\nposted {found:?} by {}\nexpected {expected:#?}",
            path.display(),
            activity.place.row,
            row.entry.rule,
        );
        *seen.entry(source.kind().to_owned()).or_default() += 1;
    }
    for kind in ["journal", "electricity", "fuel", "material", "waste", "transport"] {
        assert!(seen.contains_key(kind), "no entry of {kind} was drawn: {seen:?}");
    }
}

/// The files of each batch on disk, in their order.
async fn paths_of_batches(kit: &Kit, store: &Store) -> BTreeMap<BatchId, Vec<PathBuf>> {
    let head = store.head().await.expect("a head").seq;
    let files = store.files().await.expect("files");
    let mut on_disk: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in super::kit::tree(&kit.folder.path().join("files")) {
        let bytes = std::fs::read(&path).expect("read");
        on_disk.insert(rows::sha256(&bytes), path);
    }
    let visible = store.visible(head).await.expect("batches");
    visible
        .into_iter()
        .map(|visible| {
            let of_batch = visible.batch.files.iter().map(|id| {
                let file = files.iter().find(|file| file.id == *id).expect("a file");
                on_disk[&file.sha256].clone()
            });
            (visible.batch.id.clone(), of_batch.collect())
        })
        .collect()
}
