//! Feasible intervals: how far a reader is kept from each member's amounts.
//!
//! Amounts are moved away from what they are: `d` is a change of every kind of amount that leaves each published sum as
//! it is (`A d = 0`) and makes no amount negative. An amount is safe when its member could as well have a percentage
//! more, and as well a percentage less. What others have in the same kind can become its own at once; only where that
//! is not enough a program is solved.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_milp::{Limits, Program, Row, Status, Terms, Var, solve};

use crate::system::{Merged, Neighbourhood, Target};
use crate::{DisclosureError, Rules};

/// An amount that a reader can narrow too far, by the equations that let it.
pub(crate) struct Exposure {
    pub(crate) rows: BTreeSet<usize>,
}

/// What was looked at, and who is told of it.
pub(crate) struct Effort<'a> {
    pub(crate) amounts: usize,
    pub(crate) programs: usize,
    pub(crate) watch: &'a mut dyn FnMut(usize) -> bool,
}

impl Effort<'_> {
    /// One more amount is looked at, unless somebody wants no more.
    fn next_amount(&mut self) -> Result<(), DisclosureError> {
        self.amounts += 1;
        if (self.watch)(self.amounts) {
            Ok(())
        } else {
            Err(DisclosureError::Stopped)
        }
    }
}

/// No program moves an amount further than this many times itself.
const FURTHEST: f64 = 1e4;

/// Every exposure under the open equations, of targets that have something in `only`.
pub(crate) fn exposures(
    merged: &Merged,
    targets: &BTreeSet<Target>,
    only: Option<&BTreeSet<usize>>,
    rules: Rules,
    effort: &mut Effort<'_>,
) -> Result<Vec<Exposure>, DisclosureError> {
    let mut found = Vec::new();
    let asked = |target: &&Target| only.is_none_or(|only| target.kinds.keys().any(|kind| only.contains(kind)));
    for target in targets.iter().filter(asked) {
        effort.next_amount()?;
        let near = &mut None;
        for side in [Side::up(target), Side::down(target)] {
            if !side.is_plainly_safe(merged, target, rules) {
                let near = near.get_or_insert_with(|| merged.around(target.kinds.keys().copied()));
                found.extend(exposed(side, merged, near, target, rules, effort)?);
            }
        }
    }
    Ok(found)
}

/// The first reader who can narrow the target on this side. Whoever has no amount in the neighbourhood knows what
/// anybody knows, so `None` stands for them all.
fn exposed(
    mut side: Side,
    merged: &Merged,
    near: &Neighbourhood,
    target: &Target,
    rules: Rules,
    effort: &mut Effort<'_>,
) -> Result<Option<Exposure>, DisclosureError> {
    let own = near.kinds.iter().flat_map(|kind| merged.kinds[*kind].own.keys());
    let readers: BTreeSet<usize> = own.copied().filter(|reader| *reader != target.member).collect();
    for reader in std::iter::once(None).chain(readers.into_iter().map(Some)) {
        let lacking = side.lacking(merged, target, reader, rules);
        let question = Question {
            merged,
            near,
            target,
            reader,
            lacking,
        };
        if lacking > 0
            && let Some(exposure) = question.ask(&mut side, effort)?
        {
            return Ok(Some(exposure));
        }
    }
    Ok(None)
}

/// More, or less, of a target.
struct Side {
    sign: f64,
    /// Kinds that must move, set for the reader at hand.
    kinds: BTreeMap<usize, i128>,
    /// Moves found for other readers.
    moves: Vec<BTreeMap<usize, f64>>,
}

impl Side {
    fn up(target: &Target) -> Self {
        Self {
            sign: 1.0,
            kinds: target.kinds.clone(),
            moves: Vec::new(),
        }
    }

    fn down(target: &Target) -> Self {
        Self {
            sign: -1.0,
            ..Self::up(target)
        }
    }

    /// Whether what others have in the same kinds is enough whoever reads.
    fn is_plainly_safe(&self, merged: &Merged, target: &Target, rules: Rules) -> bool {
        let of_others = |kind: &usize| {
            let own = merged.kinds[*kind].own.iter();
            own.filter(|(member, _)| **member != target.member)
        };
        if self.sign > 0.0 {
            let mut by_reader: BTreeMap<usize, i128> = BTreeMap::new();
            let mut room = 0;
            for (kind, own) in &target.kinds {
                room += merged.kinds[*kind].total - own;
                for (reader, value) in of_others(kind) {
                    *by_reader.entry(*reader).or_default() += value;
                }
            }
            let known = by_reader.into_values().max().unwrap_or_default();
            return target.free > 0 || rules.is_enough(room - known, target.value);
        }
        let thin = target.kinds.iter().filter(|(kind, _)| of_others(kind).count() < 2);
        let fixed: i128 = thin.map(|(_, own)| *own).sum();
        rules.is_enough(target.value - fixed, target.value)
    }

    /// Hundredths of a mantissa that must still be moved for this reader, after what others have in the same kinds.
    fn lacking(&mut self, merged: &Merged, target: &Target, reader: Option<usize>, rules: Rules) -> i128 {
        let others = |kind: usize, own: i128| {
            let kind = &merged.kinds[kind];
            let readers = reader.and_then(|reader| kind.own.get(&reader)).copied();
            kind.total - own - readers.unwrap_or_default()
        };
        if self.sign > 0.0 {
            if target.free > 0 {
                return 0;
            }
            let room = target.kinds.iter().map(|(kind, own)| others(*kind, *own)).sum();
            return rules.missing(room, target.value);
        }
        let alone = target.kinds.iter().filter(|(kind, own)| others(**kind, **own) == 0);
        self.kinds = alone.map(|(kind, own)| (*kind, *own)).collect();
        let fixed: i128 = self.kinds.values().sum();
        rules.missing(target.value - fixed, target.value)
    }
}

struct Question<'a> {
    merged: &'a Merged,
    near: &'a Neighbourhood,
    target: &'a Target,
    reader: Option<usize>,
    lacking: i128,
}

impl Question<'_> {
    /// What the others have of a kind, as a mantissa. Where they have nothing, nobody but the reader is in it, and nothing
    /// can be added either.
    fn others(&self, kind: usize) -> i128 {
        let kind = &self.merged.kinds[kind];
        let own = self.reader.and_then(|reader| kind.own.get(&reader)).copied();
        kind.total - own.unwrap_or_default()
    }

    /// The same in target values.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a program works in floats; bounds are compared with room to spare"
    )]
    fn held(&self, kind: usize) -> f64 {
        self.others(kind) as f64 / self.target.value as f64
    }

    /// How much must be moved, in target values.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a program works in floats; bounds are compared with room to spare"
    )]
    fn needed(&self) -> f64 {
        self.lacking as f64 / 100.0 / self.target.value as f64
    }

    fn ask(&self, side: &mut Side, effort: &mut Effort<'_>) -> Result<Option<Exposure>, DisclosureError> {
        if side
            .moves
            .iter()
            .any(|known| self.reached(side, known) >= self.needed())
        {
            return Ok(None);
        }
        effort.programs += 1;
        let (program, columns, rows) = self.program(side);
        let answer = solve(&program, &Limits::EXACT)?;
        if answer.status != Status::Optimal {
            return Err(DisclosureError::NoOptimum);
        }
        let moved: BTreeMap<usize, f64> = columns
            .iter()
            .map(|(kind, var)| (*kind, answer.values[var.index()]))
            .collect();
        if -answer.objective + 1e-9 >= self.needed() {
            side.moves.push(moved);
            return Ok(None);
        }
        let binding = rows.iter().filter(|(_, at)| answer.duals[*at].abs() > 1e-7);
        Ok(Some(Exposure {
            rows: binding.map(|(row, _)| *row).collect(),
        }))
    }

    /// How far a known move leads when this reader's own amounts stay.
    fn reached(&self, side: &Side, known: &BTreeMap<usize, f64>) -> f64 {
        if known
            .iter()
            .any(|(kind, change)| *change != 0.0 && self.others(*kind) == 0)
        {
            return 0.0;
        }
        let mut share: f64 = 1.0;
        for (kind, change) in known.iter().filter(|(_, change)| **change < 0.0) {
            share = share.min(self.held(*kind) / -change);
        }
        let whole: f64 = side
            .kinds
            .keys()
            .filter_map(|kind| known.get(kind))
            .map(|change| side.sign * change)
            .sum();
        share * whole
    }

    /// `max sign * sum of d over the kinds` with `A d = 0`, `d >= -held`; the sum stops at the target's own value.
    fn program(&self, side: &Side) -> (Program, BTreeMap<usize, Var>, Vec<(usize, usize)>) {
        let mut program = Program::new();
        let mut columns = BTreeMap::new();
        for kind in &self.near.kinds {
            let cost = if side.kinds.contains_key(kind) { -side.sign } else { 0.0 };
            let highest = if self.others(*kind) == 0 { 0.0 } else { 2.0 * FURTHEST };
            let lowest = -self.held(*kind).clamp(0.0, FURTHEST);
            columns.insert(*kind, program.continuous(cost, lowest, highest));
        }
        let mut rows = Vec::new();
        for row in &self.near.rows {
            let terms: Terms = self.merged.by_row[row]
                .iter()
                .map(|kind| (columns[kind], 1.0))
                .collect();
            rows.push((*row, program.row(Row::equal(0.0, terms))));
        }
        let all: Terms = side.kinds.keys().map(|kind| (columns[kind], side.sign)).collect();
        program.row(Row::at_most(1.0, all));
        (program, columns, rows)
    }
}
