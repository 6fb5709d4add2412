//! The declared tables: the only ones in which members see sums of each other.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_account::{Goal, MemberPart, MemberSize, PanelYear, goal_parts as part};
use greenheart_disclosure::{Cell, Part, Rank};
use greenheart_model::{Member, MemberId};

/// A table before it is judged.
pub(crate) struct Draft {
    pub name: &'static str,
    pub rows: Vec<DraftRow>,
}

/// A row with its cells by year.
pub(crate) struct DraftRow {
    pub key: String,
    pub unit: &'static str,
    pub cells: BTreeMap<i16, Cell>,
}

/// Groups of NACE Rev. 2 divisions, coarse enough that most hold several members of a region.
///
/// # Source
/// Regulation (EC) 1893/2006, Annex I (divisions); the grouping is ours.
pub(crate) fn sector(member: &Member) -> &'static str {
    let division = member.nace.as_ref().and_then(|nace| nace.division().parse::<u8>().ok());
    match division {
        Some(1..=9) => "primary",
        Some(10..=12) => "food",
        Some(13..=15) => "textiles",
        Some(16..=18 | 31) => "wood",
        Some(19..=23) => "chemicals",
        Some(24 | 25) => "metals",
        Some(26..=30 | 33) => "machinery",
        Some(32) => "other_making",
        Some(35..=39) => "supply",
        Some(41..=43) => "construction",
        Some(45..=53) => "trade",
        Some(_) => "services",
        None => "unknown",
    }
}

/// Every declared table.
pub(crate) fn declared(panels: &[PanelYear], members: &[Member]) -> Vec<Draft> {
    let sectors: BTreeMap<&MemberId, &'static str> =
        members.iter().map(|member| (&member.id, sector(member))).collect();
    let sector_of = |found: &MemberPart| sectors.get(&found.member).copied().unwrap_or("unknown").to_owned();
    let scope_of = |found: &MemberPart| {
        found
            .name
            .trim_end_matches(part::FROM_MEMBERS)
            .trim_start_matches("co2e.")
            .to_owned()
    };
    let material =
        |begins: &'static str| move |found: &MemberPart| found.name.strip_prefix(begins).unwrap_or_default().to_owned();
    let of = |goal: Goal| panels.iter().filter(move |panel| panel.goal == goal);
    let (revenue, co2e) = (|| of(Goal::Revenue), || of(Goal::Co2e));
    let drawn = || of(Goal::ResourceDraw);
    let all = |_: &MemberPart| true;
    let begins = |with: &'static str| move |found: &MemberPart| found.name.starts_with(with);
    vec![
        goals(panels),
        coverage(panels),
        table("co2e_by_scope", "kgCO2e", co2e(), all, scope_of),
        table("co2e_by_sector", "kgCO2e", co2e(), all, sector_of),
        table("revenue_by_sector", "NOK", revenue(), all, sector_of),
        table(
            "material_by_class",
            "kg",
            drawn(),
            begins(part::PRIMARY),
            material(part::PRIMARY),
        ),
        table(
            "waste_by_class",
            "kg",
            drawn(),
            begins(part::LOST),
            material(part::LOST),
        ),
    ]
}

/// Rows by key with a total of them all.
fn table<'a>(
    name: &'static str,
    unit: &'static str,
    panels: impl Iterator<Item = &'a PanelYear>,
    counts: impl Fn(&MemberPart) -> bool,
    key_of: impl Fn(&MemberPart) -> String,
) -> Draft {
    let mut rows: BTreeMap<String, BTreeMap<i16, Vec<Part>>> = BTreeMap::new();
    let mut total: BTreeMap<i16, Vec<Part>> = BTreeMap::new();
    for panel in panels {
        for found in panel.now.iter().filter(|found| counts(found)) {
            let part = amount(found, panel.year);
            let row = rows.entry(key_of(found)).or_default();
            row.entry(panel.year).or_default().push(part.clone());
            total.entry(panel.year).or_default().push(part);
        }
    }
    let row = |(key, cells): (String, BTreeMap<i16, Vec<Part>>), rank| DraftRow {
        key,
        unit,
        cells: cells
            .into_iter()
            .map(|(year, parts)| {
                let worth = year;
                (year, Cell { rank, worth, parts })
            })
            .collect(),
    };
    let mut rows: Vec<DraftRow> = rows.into_iter().map(|one| row(one, Rank::Inner)).collect();
    if !rows.is_empty() {
        rows.push(row(("total".to_owned(), total), Rank::Total));
    }
    Draft { name, rows }
}

/// The headline of each goal, and the same panel in the base year.
fn goals(panels: &[PanelYear]) -> Draft {
    let mut rows: BTreeMap<(Goal, &'static str), DraftRow> = BTreeMap::new();
    for panel in panels {
        let base = panels
            .iter()
            .filter(|other| other.goal == panel.goal)
            .map(|other| other.year)
            .min()
            .unwrap_or(panel.year);
        for (which, parts, year) in [("base", &panel.base, base), ("value", &panel.now, panel.year)] {
            let row = rows.entry((panel.goal, which)).or_insert_with(|| DraftRow {
                key: format!("{}.{which}", panel.goal.name()),
                unit: panel.goal.unit(),
                cells: BTreeMap::new(),
            });
            // What was bought from the panel is left out of goal 2.
            let counted = parts.iter().filter(|found| !found.name.ends_with(part::FROM_MEMBERS));
            let cell = Cell {
                rank: Rank::Headline,
                worth: panel.year,
                parts: counted.map(|found| amount(found, year)).collect(),
            };
            row.cells.insert(panel.year, cell);
        }
    }
    Draft {
        name: "goals",
        rows: rows.into_values().collect(),
    }
}

/// The sums that coverage and estimates follow from. A sum with an unknown size is not known itself.
fn coverage(panels: &[PanelYear]) -> Draft {
    let mut rows: BTreeMap<String, DraftRow> = BTreeMap::new();
    for panel in panels {
        for (kind, unit, size) in [
            (
                "revenue",
                "NOK",
                (|size: &MemberSize| size.revenue) as fn(&MemberSize) -> _,
            ),
            ("employees", "people", |size| size.employees),
        ] {
            let known: Option<Vec<(&MemberSize, _)>> = panel
                .sizes
                .iter()
                .map(|one| size(one).map(|value| (one, value)))
                .collect();
            let name = if kind == "revenue" {
                format!("{}/{}", part::REVENUE, panel.year)
            } else {
                kind.to_owned()
            };
            for (which, panel_only) in [("panel", true), ("boundary", false)] {
                let asked = known.iter().flatten().filter(|(one, _)| one.in_panel || !panel_only);
                let parts: Vec<Part> = asked
                    .map(|(one, value)| Part {
                        member: one.member.clone(),
                        name: name.clone(),
                        value: *value,
                    })
                    .collect();
                let key = format!("{}.{which}_{kind}", panel.goal.name());
                let row = rows.entry(key.clone()).or_insert_with(|| DraftRow {
                    key,
                    unit,
                    cells: BTreeMap::new(),
                });
                row.cells.insert(
                    panel.year,
                    Cell {
                        rank: Rank::Inner,
                        worth: panel.year,
                        parts,
                    },
                );
            }
        }
    }
    Draft {
        name: "coverage",
        rows: rows.into_values().collect(),
    }
}

fn amount(found: &MemberPart, year: i16) -> Part {
    Part {
        member: found.member.clone(),
        name: format!("{}/{year}", found.name),
        value: found.value,
    }
}

/// Years of all tables, in order.
pub(crate) fn years(drafts: &[Draft]) -> BTreeSet<i16> {
    let rows = drafts.iter().flat_map(|draft| &draft.rows);
    rows.flat_map(|row| row.cells.keys().copied()).collect()
}
