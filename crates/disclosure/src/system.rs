//! Published cells as equations, and amounts that stand in the same equations as one.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_model::MemberId;

use crate::cell::{Cell, Part};

/// Every amount and every equation that readers may come to know.
pub(crate) struct System {
    amounts: Vec<Held>,
    /// Amounts of each equation, sorted.
    pub(crate) equations: Vec<Vec<usize>>,
    /// The equation of each cell; `None` for a cell without amounts.
    pub(crate) of_cell: Vec<Option<usize>>,
    /// Equations that are known already: the first ones.
    pub(crate) earlier: usize,
}

struct Held {
    member: usize,
    /// Mantissa.
    value: i128,
}

impl System {
    pub(crate) fn of(cells: &[Cell], earlier: &[Vec<Part>]) -> Self {
        let mut book = Book::default();
        for parts in earlier {
            book.equation(parts);
        }
        let known = book.equations.len();
        let of_cell = cells.iter().map(|cell| book.equation(&cell.parts)).collect();
        Self {
            amounts: book.amounts,
            equations: book.equations,
            of_cell,
            earlier: known,
        }
    }

    /// The open equations with the amounts that stand in the same ones added up.
    pub(crate) fn merged(&self, open: &BTreeSet<usize>) -> Merged {
        let mut rows_of: Vec<Vec<usize>> = vec![Vec::new(); self.amounts.len()];
        for row in open {
            for amount in &self.equations[*row] {
                rows_of[*amount].push(*row);
            }
        }
        let mut merged = Merged {
            kinds: Vec::new(),
            kind_of: vec![None; self.amounts.len()],
            by_row: BTreeMap::new(),
        };
        let mut known: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        for (amount, rows) in rows_of.into_iter().enumerate() {
            if rows.is_empty() {
                continue;
            }
            let kind = *known.entry(rows).or_insert_with_key(|rows| {
                merged.kinds.push(Kind {
                    rows: rows.clone(),
                    total: 0,
                    own: BTreeMap::new(),
                });
                for row in rows {
                    merged.by_row.entry(*row).or_default().push(merged.kinds.len() - 1);
                }
                merged.kinds.len() - 1
            });
            let held = &self.amounts[amount];
            merged.kinds[kind].total += held.value;
            *merged.kinds[kind].own.entry(held.member).or_default() += held.value;
            merged.kind_of[amount] = Some(kind);
        }
        merged
    }

    /// What each member has in each equation, published or not: what nobody shall come to know. With `only`, of
    /// equations that hold one of these kinds.
    pub(crate) fn targets(&self, merged: &Merged, only: Option<&BTreeSet<usize>>) -> BTreeSet<Target> {
        let mut targets = BTreeSet::new();
        let asked = |equation: &&Vec<usize>| {
            let holds = |only: &BTreeSet<usize>| {
                let mut kinds = equation.iter().filter_map(|amount| merged.kind_of[*amount]);
                kinds.any(|kind| only.contains(&kind))
            };
            only.is_none_or(holds)
        };
        for equation in self.equations.iter().filter(asked) {
            let mut of: BTreeMap<usize, Target> = BTreeMap::new();
            for amount in equation {
                let held = &self.amounts[*amount];
                let target = of.entry(held.member).or_insert_with(|| Target {
                    member: held.member,
                    value: 0,
                    free: 0,
                    kinds: BTreeMap::new(),
                });
                target.value += held.value;
                match merged.kind_of[*amount] {
                    Some(kind) => *target.kinds.entry(kind).or_default() += held.value,
                    None => target.free += held.value,
                }
            }
            let at_risk = |target: &Target| !target.kinds.is_empty() && target.value > 0 && target.free >= 0;
            targets.extend(of.into_values().filter(at_risk));
        }
        targets
    }
}

/// Amounts that stand in the same open equations.
pub(crate) struct Kind {
    /// Which ones.
    pub(crate) rows: Vec<usize>,
    /// Their sum.
    pub(crate) total: i128,
    /// What each member has of it.
    pub(crate) own: BTreeMap<usize, i128>,
}

/// The open equations over kinds of amounts.
pub(crate) struct Merged {
    pub(crate) kinds: Vec<Kind>,
    kind_of: Vec<Option<usize>>,
    /// Kinds of each open equation.
    pub(crate) by_row: BTreeMap<usize, Vec<usize>>,
}

impl Merged {
    /// Equations that hang together with these kinds.
    pub(crate) fn around(&self, kinds: impl Iterator<Item = usize>) -> Neighbourhood {
        let mut found = Neighbourhood::default();
        let mut next: Vec<usize> = kinds.collect();
        while let Some(kind) = next.pop() {
            if !found.kinds.insert(kind) {
                continue;
            }
            for row in &self.kinds[kind].rows {
                if found.rows.insert(*row) {
                    next.extend(&self.by_row[row]);
                }
            }
        }
        found
    }
}

/// A part of the equations that no other part shares an amount with.
#[derive(Default, Clone)]
pub(crate) struct Neighbourhood {
    pub(crate) rows: BTreeSet<usize>,
    pub(crate) kinds: BTreeSet<usize>,
}

/// What a member has in a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub(crate) member: usize,
    /// All of it.
    pub(crate) value: i128,
    /// Of it, what stands in no open equation.
    pub(crate) free: i128,
    /// Of it, what stands in each kind.
    pub(crate) kinds: BTreeMap<usize, i128>,
}

#[derive(Default)]
struct Book {
    amounts: Vec<Held>,
    equations: Vec<Vec<usize>>,
    members: BTreeMap<MemberId, usize>,
    known: BTreeMap<Part, usize>,
    rows: BTreeMap<Vec<usize>, usize>,
}

impl Book {
    /// The equation of a sum; the same sum is the same equation. An amount of zero is known to be none.
    fn equation(&mut self, parts: &[Part]) -> Option<usize> {
        let present = parts.iter().filter(|part| !part.value.is_zero());
        let mut amounts: Vec<usize> = present.map(|part| self.amount(part)).collect();
        amounts.sort_unstable();
        amounts.dedup();
        if amounts.is_empty() {
            return None;
        }
        let next = self.equations.len();
        let row = *self.rows.entry(amounts.clone()).or_insert(next);
        if row == next {
            self.equations.push(amounts);
        }
        Some(row)
    }

    fn amount(&mut self, part: &Part) -> usize {
        if let Some(known) = self.known.get(part) {
            return *known;
        }
        let next = self.members.len();
        let member = *self.members.entry(part.member.clone()).or_insert(next);
        self.amounts.push(Held {
            member,
            value: part.value.mantissa(),
        });
        self.known.insert(part.clone(), self.amounts.len() - 1);
        self.amounts.len() - 1
    }
}
