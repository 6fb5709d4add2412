//! The contract of disclosure control: attacks that must fail, and an attacker of its own who checks every judgement.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::collections::{BTreeMap, BTreeSet};

use greenheart_disclosure::{Cell, DisclosureError, Part, Rank, Rules, Verdict, judge, judge_watched};
use greenheart_milp::{Limits, Program, Row, Status, solve};
use greenheart_model::MemberId;
use greenheart_units::Amount;
use proptest::prelude::*;

use Verdict::{Dominated, Earlier, Empty, Few, Negative, Published, Secondary};

fn part(member: usize, name: &str, value: i64) -> Part {
    Part {
        member: MemberId::new(format!("m{member}")),
        name: name.into(),
        value: Amount::from_integer(value),
    }
}

/// A cell of one amount each of the members from `first` on.
fn cell(rank: Rank, name: &str, first: usize, values: &[i64]) -> Cell {
    Cell {
        rank,
        worth: 0,
        parts: values
            .iter()
            .enumerate()
            .map(|(at, value)| part(first + at, name, *value))
            .collect(),
    }
}

fn total(cells: &[Cell]) -> Cell {
    Cell {
        rank: Rank::Total,
        worth: 0,
        parts: cells.iter().flat_map(|cell| cell.parts.clone()).collect(),
    }
}

fn verdicts(cells: &[Cell], earlier: &[Cell]) -> Vec<Verdict> {
    let earlier: Vec<Vec<Part>> = earlier.iter().map(|cell| cell.parts.clone()).collect();
    let judged = judge(cells, &earlier, Rules::TOTALS).unwrap();
    assert_eq!(judged.exposed, 0);
    judged.verdicts
}

#[test]
fn each_cell_by_itself() {
    for (values, expect) in [
        (&[][..], Empty),
        (&[0, 0], Empty),
        (&[10], Few),
        (&[10, 10, 10], Few),
        (&[10, 10, 10, 0], Few),
        (&[10, 10, 10, 10], Published),
        (&[10, 10, 10, 10, -1], Negative),
        // The second largest knows 100 less 9 of 113: within 15 percent of 100 when the rest is less than 15.
        (&[100, 9, 8, 6], Dominated),
        (&[100, 9, 8, 7], Published),
        (&[1_000, 900, 80, 60], Dominated),
        (&[1_000, 900, 80, 70], Published),
    ] {
        assert_eq!(
            verdicts(&[cell(Rank::Inner, "x", 0, values)], &[]),
            [expect],
            "{values:?}"
        );
    }
}

#[test]
fn a_total_does_not_give_away_what_its_parts_withhold() {
    let inner = [
        cell(Rank::Inner, "x", 0, &[40, 10]),
        cell(Rank::Inner, "x", 10, &[30, 30, 30, 30]),
        cell(Rank::Inner, "x", 20, &[90, 90, 90, 90]),
    ];
    let cells = [inner[0].clone(), inner[1].clone(), inner[2].clone(), total(&inner)];
    // The smaller of the two good cells goes with it, the total stays.
    assert_eq!(verdicts(&cells, &[]), [Few, Secondary, Published, Published]);
}

#[test]
fn a_table_of_two_dimensions_hides_in_rows_and_columns() {
    let names = ["a", "b", "c"];
    let inner = |row: usize, name: &str| {
        let values: &[i64] = if (row, name) == (0, "a") {
            &[500, 3, 2, 1]
        } else {
            &[50, 60, 70, 80]
        };
        cell(Rank::Inner, name, row * 10, values)
    };
    let mut cells: Vec<Cell> = (0..3).flat_map(|row| names.map(|name| inner(row, name))).collect();
    let rows: Vec<Cell> = cells.chunks(3).map(total).collect();
    let columns: Vec<Cell> = (0..3)
        .map(|at| total(&[cells[at].clone(), cells[at + 3].clone(), cells[at + 6].clone()]))
        .collect();
    let all = total(&rows);
    cells.extend(rows);
    cells.extend(columns);
    cells.push(all);
    let found = verdicts(&cells, &[]);
    assert_eq!(found[0], Dominated);
    let row = found[1..3].iter().filter(|verdict| **verdict == Secondary).count();
    let column = [found[3], found[6]]
        .iter()
        .filter(|verdict| **verdict == Secondary)
        .count();
    assert!(row >= 1 && column >= 1, "{found:?}");
    assert!(
        found[9..].iter().all(|verdict| *verdict == Published),
        "totals stay: {found:?}"
    );
    is_safe(&cells, &[], &found);
}

#[test]
fn a_difference_of_two_releases_tells_nobody() {
    let before = cell(Rank::Headline, "x", 0, &[50, 60, 70, 80, 90]);
    for (joined, expect) in [
        // One joins: the difference is its amount.
        (&[40][..], Earlier),
        // Two: each of them knows the other.
        (&[40, 45], Earlier),
        // Three of like size hide each other, a large one among small ones is not hidden.
        (&[40, 45, 50], Published),
        (&[400, 4, 5], Earlier),
    ] {
        let mut after = before.clone();
        after
            .parts
            .extend(joined.iter().enumerate().map(|(at, value)| part(50 + at, "x", *value)));
        assert_eq!(
            verdicts(&[after.clone()], std::slice::from_ref(&before)),
            [expect],
            "joined {joined:?}"
        );
        assert_eq!(
            verdicts(std::slice::from_ref(&before), &[after]),
            [expect],
            "left {joined:?}"
        );
    }
    assert_eq!(
        verdicts(std::slice::from_ref(&before), std::slice::from_ref(&before)),
        [Published],
        "the same again"
    );
    // Somebody corrects its amount: the change shows, the amounts do not.
    let mut corrected = before.clone();
    corrected.parts[2].value = Amount::from_integer(75);
    assert_eq!(verdicts(&[corrected], &[before]), [Published]);
}

#[test]
fn a_correction_hides_nobody_from_whoever_made_it() {
    let before = cell(Rank::Headline, "x", 0, &[50, 60, 70, 80, 90, 100]);
    // One leaves and another corrects its amount in the same release: the corrector knows its own change.
    let mut after = before.clone();
    after.parts.remove(0);
    after.parts[3].value = Amount::from_integer(95);
    assert_eq!(verdicts(&[after], &[before]), [Earlier]);
}

#[test]
fn three_releases_together_tell_nobody_either() {
    let names: Vec<usize> = (0..8).collect();
    let of = |members: &[usize]| Cell {
        rank: Rank::Headline,
        worth: 0,
        parts: members
            .iter()
            .map(|member| part(*member, "x", 50 + 3 * i64::try_from(*member).unwrap()))
            .collect(),
    };
    let all = of(&names);
    let first = of(&[0, 1, 2, 3]);
    // With the rest, the second half would be known: harmless by itself, but then member 4 stands alone.
    let second = of(&[5, 6, 7, 0, 1, 2, 3]);
    assert_eq!(
        verdicts(std::slice::from_ref(&all), std::slice::from_ref(&first)),
        [Published]
    );
    assert_eq!(verdicts(&[second], &[first, all]), [Earlier]);
}

#[test]
fn parts_of_one_member_together_are_kept_too() {
    // Each scope of the largest is less than what the others have; both together are not.
    let scopes = |values: &[(i64, i64)]| Cell {
        rank: Rank::Total,
        worth: 0,
        parts: values
            .iter()
            .enumerate()
            .flat_map(|(at, (one, two))| [part(at, "scope1", *one), part(at, "scope2", *two)])
            .collect(),
    };
    let found = verdicts(&[scopes(&[(60, 60), (5, 5), (4, 4), (4, 4)])], &[]);
    assert_eq!(found, [Dominated]);
}

/// Attacks what was published with one variable for each amount: shares nothing with the judge.
fn is_safe(cells: &[Cell], earlier: &[Cell], verdicts: &[Verdict]) {
    let published: Vec<&Cell> = cells
        .iter()
        .zip(verdicts)
        .filter(|(_, verdict)| **verdict == Published)
        .map(|(cell, _)| cell)
        .chain(earlier)
        .collect();
    let everything = || cells.iter().chain(earlier);
    let members: BTreeSet<&MemberId> = everything()
        .flat_map(|cell| &cell.parts)
        .map(|part| &part.member)
        .collect();
    for cell in everything() {
        for member in &members {
            let own: BTreeSet<&Part> = cell.parts.iter().filter(|part| part.member == **member).collect();
            let value: f64 = own.iter().map(|part| part.value.to_model_f64()).sum();
            if value == 0.0 {
                continue;
            }
            for reader in members.iter().filter(|reader| *reader != member) {
                let (low, high) = interval(&published, &own, reader);
                assert!(
                    high >= 1.15 * value - 1e-4,
                    "{reader} bounds {value} of {member} by {high}"
                );
                assert!(
                    low <= 0.85 * value + 1e-4,
                    "{reader} knows {value} of {member} above {low}"
                );
            }
        }
    }
}

fn interval(published: &[&Cell], wanted: &BTreeSet<&Part>, reader: &MemberId) -> (f64, f64) {
    let side = |sign: f64| {
        let mut program = Program::new();
        let mut known = BTreeMap::new();
        for part in published
            .iter()
            .flat_map(|cell| &cell.parts)
            .chain(wanted.iter().copied())
        {
            known.entry(part).or_insert_with(|| {
                let value = part.value.to_model_f64();
                let (low, high) = if part.member == *reader {
                    (value, value)
                } else {
                    (0.0, 1e7)
                };
                program.continuous(if wanted.contains(part) { -sign } else { 0.0 }, low, high)
            });
        }
        for cell in published {
            let terms = cell.parts.iter().map(|part| (known[part], 1.0)).collect();
            program.row(Row::equal(cell.value().unwrap().to_model_f64(), terms));
        }
        let answer = solve(&program, &Limits::EXACT).unwrap();
        assert_eq!(answer.status, Status::Optimal);
        -sign * answer.objective
    };
    (side(-1.0), side(1.0))
}

/// Amounts of some members in a table with totals; some zero, some large.
fn tables() -> impl Strategy<Value = Vec<Cell>> {
    let amount = prop_oneof![2 => Just(0_i64), 5 => 1_i64..100, 1 => 500_i64..2_000];
    (2_usize..4, 2_usize..3, 4_usize..6)
        .prop_flat_map(move |(rows, columns, members)| {
            let one = proptest::collection::vec(amount.clone(), members);
            proptest::collection::vec(proptest::collection::vec(one, columns), rows)
        })
        .prop_map(|table| {
            let mut cells: Vec<Cell> = Vec::new();
            let columns = table[0].len();
            for (row, line) in table.iter().enumerate() {
                for (column, values) in line.iter().enumerate() {
                    // A member has one sector, so that rows are of different members.
                    let name = format!("{column}");
                    cells.push(cell(Rank::Inner, &name, row * 10, values));
                }
            }
            let rows: Vec<Cell> = cells.chunks(columns).map(total).collect();
            cells.push(total(&rows));
            cells.extend(rows);
            cells
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn nobody_is_narrowed_in_any_table(cells in tables()) {
        let found = verdicts(&cells, &[]);
        is_safe(&cells, &[], &found);
    }

    #[test]
    fn nobody_is_narrowed_by_two_releases(cells in tables(), leaves in 0_usize..7, changes in 0_usize..7) {
        let first = verdicts(&cells, &[]);
        let shown = |cells: &[Cell], verdicts: &[Verdict]| -> Vec<Cell> {
            let both = cells.iter().zip(verdicts);
            both.filter(|(_, verdict)| **verdict == Published).map(|(cell, _)| cell.clone()).collect()
        };
        let earlier = shown(&cells, &first);
        let mut next = cells.clone();
        for cell in &mut next {
            cell.parts.retain(|part| part.member.as_str() != format!("m{leaves}"));
            for part in &mut cell.parts {
                if part.member.as_str() == format!("m1{changes}") && !part.value.is_zero() {
                    part.value = part.value.checked_add(Amount::from_integer(7)).unwrap();
                }
            }
        }
        let second = verdicts(&next, &earlier);
        is_safe(&next, &earlier, &second);
    }
}

#[test]
fn whoever_watches_is_told_and_may_stop_it() {
    let cells = [
        cell(Rank::Inner, "a", 0, &[10, 9, 8, 7]),
        cell(Rank::Inner, "b", 4, &[10, 9, 8, 7]),
    ];
    let mut told = Vec::new();
    let judged = judge_watched(&cells, &[], Rules::TOTALS, &mut |amounts| {
        told.push(amounts);
        true
    })
    .unwrap();
    assert_eq!(judged, judge(&cells, &[], Rules::TOTALS).unwrap());
    assert_eq!(told, (1..=judged.amounts).collect::<Vec<_>>());
    let stopped = judge_watched(&cells, &[], Rules::TOTALS, &mut |amounts| amounts < 3);
    assert!(matches!(stopped, Err(DisclosureError::Stopped)));
}
