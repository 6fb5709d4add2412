use std::collections::BTreeSet;

use greenheart_units::Amount;

use crate::audit::{Effort, Exposure, exposures};
use crate::cell::{Cell, Part, Rank, Verdict};
use crate::system::System;
use crate::{DisclosureError, Rules};

/// What may be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// For each cell.
    pub verdicts: Vec<Verdict>,
    /// Amounts that earlier releases alone give away; withholding cannot take that back.
    pub exposed: usize,
    /// Amounts that were looked at, over all rounds.
    pub amounts: usize,
    /// Linear programs that were solved.
    pub programs: usize,
}

/// Judges the cells of a release, knowing the published cells of every earlier one.
///
/// First each cell by itself, then further cells are withheld, cheapest first, until every amount of every member is
/// kept from every reader; at last what can be shown again without harm is. A cell that an earlier release shows as it
/// is tells nothing new, and stays.
///
/// # Errors
/// [`DisclosureError`] when a program cannot be solved or a sum does not fit.
pub fn judge(cells: &[Cell], earlier: &[Vec<Part>], rules: Rules) -> Result<Judgement, DisclosureError> {
    judge_watched(cells, earlier, rules, &mut |_| true)
}

/// The same, telling `watch` how many amounts were looked at so far; where it answers `false` the work stops.
///
/// # Errors
/// As [`judge`], and [`DisclosureError::Stopped`].
pub fn judge_watched(
    cells: &[Cell],
    earlier: &[Vec<Part>],
    rules: Rules,
    watch: &mut dyn FnMut(usize) -> bool,
) -> Result<Judgement, DisclosureError> {
    let system = System::of(cells, earlier);
    let mut work = Work {
        values: cells.iter().map(Cell::value).collect::<Result<_, _>>()?,
        verdicts: cells.iter().map(|cell| by_itself(cell, rules)).collect(),
        cells,
        system,
        rules,
        effort: Effort {
            amounts: 0,
            programs: 0,
            watch,
        },
    };
    work.keep_what_is_known();
    let exposed = work.withhold()?;
    work.show_again(exposed)?;
    Ok(Judgement {
        verdicts: work.verdicts,
        exposed,
        amounts: work.effort.amounts,
        programs: work.effort.programs,
    })
}

fn by_itself(cell: &Cell, rules: Rules) -> Verdict {
    let mut own: std::collections::BTreeMap<&str, i128> = std::collections::BTreeMap::new();
    for part in cell.parts.iter().filter(|part| !part.value.is_zero()) {
        if part.value.is_negative() {
            return Verdict::Negative;
        }
        *own.entry(part.member.as_str()).or_default() += part.value.mantissa();
    }
    let amounts: Vec<Amount> = own.into_values().map(Amount::from_mantissa).collect();
    if amounts.is_empty() {
        Verdict::Empty
    } else if amounts.len() <= rules.others {
        Verdict::Few
    } else if rules.is_dominated(&amounts) {
        Verdict::Dominated
    } else {
        Verdict::Published
    }
}

struct Work<'a> {
    cells: &'a [Cell],
    values: Vec<Amount>,
    verdicts: Vec<Verdict>,
    system: System,
    rules: Rules,
    effort: Effort<'a>,
}

impl Work<'_> {
    fn is_known(&self, cell: usize) -> bool {
        self.system.of_cell[cell].is_some_and(|row| row < self.system.earlier)
    }

    fn keep_what_is_known(&mut self) {
        for cell in 0..self.cells.len() {
            if self.is_known(cell) {
                self.verdicts[cell] = Verdict::Published;
            }
        }
    }

    fn open(&self) -> BTreeSet<usize> {
        let published = (0..self.cells.len()).filter(|cell| self.verdicts[*cell] == Verdict::Published);
        let rows = published.filter_map(|cell| self.system.of_cell[cell]);
        rows.chain(0..self.system.earlier).collect()
    }

    /// What is exposed, everywhere or near one equation.
    fn exposures(&mut self, near: Option<usize>) -> Result<Vec<Exposure>, DisclosureError> {
        let merged = self.system.merged(&self.open());
        let only = near.map(|row| merged.around(merged.by_row[&row].iter().copied()).kinds);
        let targets = self.system.targets(&merged, only.as_ref());
        exposures(&merged, &targets, only.as_ref(), self.rules, &mut self.effort)
    }

    /// Withholds until nothing is exposed that could be helped; gives how much is beyond help.
    fn withhold(&mut self) -> Result<usize, DisclosureError> {
        loop {
            let found = self.exposures(None)?;
            let mut closed: BTreeSet<usize> = BTreeSet::new();
            for exposure in &found {
                if exposure.rows.is_disjoint(&closed)
                    && let Some(row) = self.cheapest(exposure)
                {
                    let with_earlier = exposure.rows.iter().any(|row| *row < self.system.earlier);
                    self.close(
                        row,
                        if with_earlier {
                            Verdict::Earlier
                        } else {
                            Verdict::Secondary
                        },
                    );
                    closed.insert(row);
                }
            }
            if closed.is_empty() {
                return Ok(found.len());
            }
        }
    }

    /// Of the new equations that expose, the one whose cells are missed least.
    fn cheapest(&self, exposure: &Exposure) -> Option<usize> {
        let new = exposure.rows.iter().filter(|row| **row >= self.system.earlier);
        new.copied().min_by_key(|row| self.worth(*row))
    }

    fn worth(&self, row: usize) -> (Rank, i16, Amount, usize) {
        let cells = (0..self.cells.len()).filter(|cell| self.system.of_cell[*cell] == Some(row));
        let most = cells
            .map(|cell| (self.cells[cell].rank, self.cells[cell].worth, self.values[cell]))
            .max();
        let (rank, worth, value) = most.unwrap_or((Rank::Inner, 0, Amount::ZERO));
        (rank, worth, value, row)
    }

    fn close(&mut self, row: usize, verdict: Verdict) {
        for cell in 0..self.cells.len() {
            if self.system.of_cell[cell] == Some(row) && self.verdicts[cell] == Verdict::Published {
                self.verdicts[cell] = verdict;
            }
        }
    }

    /// Shows again what was withheld for others' sake and need not be, the most wanted first.
    fn show_again(&mut self, exposed: usize) -> Result<(), DisclosureError> {
        if exposed > 0 {
            return Ok(());
        }
        let withheld = |verdict: Verdict| matches!(verdict, Verdict::Secondary | Verdict::Earlier);
        let mut rows: Vec<usize> = (0..self.cells.len())
            .filter(|cell| withheld(self.verdicts[*cell]))
            .filter_map(|cell| self.system.of_cell[cell])
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(self.worth(*row)));
        rows.dedup();
        for row in rows {
            let before = self.verdicts.clone();
            for cell in 0..self.cells.len() {
                if self.system.of_cell[cell] == Some(row) && withheld(self.verdicts[cell]) {
                    self.verdicts[cell] = Verdict::Published;
                }
            }
            if !self.exposures(Some(row))?.is_empty() {
                self.verdicts = before;
            }
        }
        Ok(())
    }
}
