//! Writes segments through the ledger's own writer.

use std::path::Path;

use anyhow::Context;
use greenheart_ledger::{EntryRow, Kind, SegmentDescriptor, SegmentWriter, Sources};
use greenheart_model::{BatchId, MemberId};

use super::rows::{FIRST_YEAR, MEMBERS, Maker, Random, YEARS, batch, member};

const CHUNK_ROWS: usize = 16_384;

/// Writes `rows` entries to `folder/segments`, and what a snapshot sees of them to `folder/sources.json`.
pub fn run(folder: &Path, rows: u64, mixed: bool) -> anyhow::Result<()> {
    let segments = folder.join("segments");
    if segments.exists() {
        std::fs::remove_dir_all(&segments)?;
    }
    std::fs::create_dir_all(&segments)?;
    let written = if mixed {
        in_one(&segments, rows)?
    } else {
        by_member(&segments, rows)?
    };
    let bytes: u64 = written.iter().map(|segment| segment.bytes).sum();
    let rows: u64 = written.iter().map(|segment| segment.rows).sum();
    let files: Vec<&str> = written.iter().map(|segment| segment.file_name.as_str()).collect();
    let visible: Vec<(&str, i64)> = written
        .iter()
        .flat_map(|segment| &segment.batches)
        .map(|(batch, generation, _)| (batch.as_str(), *generation))
        .collect();
    std::fs::write(folder.join("sources.json"), serde_json::to_vec(&(&files, &visible))?)?;
    println!("rows {rows} segments {} bytes {bytes}", written.len());
    Ok(())
}

/// What [`run`] wrote.
pub fn sources(folder: &Path) -> anyhow::Result<Sources> {
    let text = std::fs::read(folder.join("sources.json")).context("there is nothing generated here")?;
    let (segments, visible): (Vec<String>, Vec<(String, i64)>) = serde_json::from_slice(&text)?;
    let visible = visible
        .into_iter()
        .map(|(batch, generation)| (BatchId::new(batch), generation))
        .collect();
    Ok(Sources {
        segments,
        tail: Vec::new(),
        visible,
    })
}

fn by_member(folder: &Path, rows: u64) -> anyhow::Result<Vec<SegmentDescriptor>> {
    let mut maker = Maker::new();
    let mut written = Vec::new();
    let (years, mut left) = (u64::try_from(YEARS)?, rows);
    for at in 0..MEMBERS {
        let owner = member(at);
        maker.turn = usize::try_from(at)?;
        let mut writer = SegmentWriter::new(folder, Kind::Entries, owner.clone(), "bench");
        let mut own = left / (MEMBERS - at);
        left -= own;
        for (year, years_left) in (FIRST_YEAR..).zip((1..=years).rev()) {
            let of_year = own / years_left;
            own -= of_year;
            let mut random = Random(at * 1_000 + u64::try_from(year)?);
            let name = batch(&owner, year);
            fill(&mut writer, of_year, |row| {
                let month = i8::try_from(row * 12 / of_year).unwrap_or_default() + 1;
                row_of(&owner, &name, maker.entry(&mut random, row + 1, year, month))
            })?;
        }
        written.extend(writer.finish(&|_| Ok(()))?);
        eprint!("\r{} of {MEMBERS} members", at + 1);
    }
    eprintln!();
    Ok(written)
}

/// All members and years shuffled into one file: no order that a reader could lean on.
fn in_one(folder: &Path, rows: u64) -> anyhow::Result<Vec<SegmentDescriptor>> {
    let maker = Maker::new();
    let mut random = Random(1);
    let members: Vec<MemberId> = (0..MEMBERS).map(member).collect();
    let batches: Vec<Vec<BatchId>> = members
        .iter()
        .map(|owner| {
            (FIRST_YEAR..FIRST_YEAR + YEARS)
                .map(|year| batch(owner, year))
                .collect()
        })
        .collect();
    let mut writer = SegmentWriter::new(folder, Kind::Entries, members[0].clone(), "bench");
    fill(&mut writer, rows, |row| {
        let at = usize::try_from(random.below(MEMBERS)).unwrap_or_default();
        let year = i16::try_from(random.below(6)).unwrap_or_default();
        let month = i8::try_from(random.below(12)).unwrap_or_default() + 1;
        let entry = maker.entry(&mut random, row + 1, FIRST_YEAR + year, month);
        row_of(
            &members[at],
            &batches[at][usize::try_from(year).unwrap_or_default()],
            entry,
        )
    })?;
    Ok(writer.finish(&|_| Ok(()))?.into_iter().collect())
}

fn row_of(member: &MemberId, batch: &BatchId, entry: greenheart_model::Entry) -> EntryRow {
    EntryRow {
        batch: batch.clone(),
        generation: 1,
        member: member.clone(),
        entry,
    }
}

fn fill(writer: &mut SegmentWriter, rows: u64, mut make: impl FnMut(u64) -> EntryRow) -> anyhow::Result<()> {
    let mut chunk = Vec::with_capacity(CHUNK_ROWS);
    for row in 0..rows {
        chunk.push(make(row));
        if chunk.len() == CHUNK_ROWS {
            writer.entries(&chunk)?;
            chunk.clear();
        }
    }
    Ok(writer.entries(&chunk)?)
}
