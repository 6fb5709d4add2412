use greenheart_milp::{Basic, Program, Relaxation, Row, Status, Var};

use crate::game::{check_players, finite};
use crate::span::Span;
use crate::{Coalition, Game, MAX_PLAYERS, SharingError, Table};

/// Finds coalitions that a split leaves short.
pub trait Separator {
    /// Coalitions with a value above the sum of their shares plus `allowance`, worst first, few at a time; empty when
    /// there is none. A separator that may miss some says so by [`Separator::exact`].
    fn short(&self, shares: &[f64], allowance: f64) -> Result<Vec<(Coalition, f64)>, SharingError>;

    /// Whether an empty answer proves that there is none.
    fn exact(&self) -> bool;
}

/// Looks at every coalition of a table.
#[derive(Debug, Clone, Copy)]
pub struct Enumerated<'a>(
    /// The game.
    pub &'a Table,
);

/// Short coalitions with their values.
type Short = Vec<(Coalition, f64)>;

/// Given shares and what each coalition may lack, the coalitions that lack more.
type ShortOnes<'a> = dyn FnMut(&[f64], f64) -> Result<Short, SharingError> + 'a;

/// Coalitions a separator returns at a time.
const AT_A_TIME: usize = 12;

impl Separator for Enumerated<'_> {
    fn short(&self, shares: &[f64], allowance: f64) -> Result<Vec<(Coalition, f64)>, SharingError> {
        Ok(worst(self.0, shares, allowance, &|_| true))
    }

    fn exact(&self) -> bool {
        true
    }
}

/// The most short coalitions that `wanted` lets through.
pub(crate) fn worst(
    table: &Table,
    shares: &[f64],
    allowance: f64,
    wanted: &dyn Fn(Coalition) -> bool,
) -> Vec<(Coalition, f64)> {
    let tolerance = 1e-7 * (1.0 + table.at(Coalition::all(shares.len())).abs());
    let mut found: Vec<(Coalition, f64, f64)> = table
        .proper()
        .map(|c| (c, table.at(c), table.at(c) - c.sum(shares) - allowance))
        .filter(|(coalition, _, short)| *short > tolerance && wanted(*coalition))
        .collect();
    found.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    found.truncate(AT_A_TIME);
    found
        .into_iter()
        .map(|(coalition, value, _)| (coalition, value))
        .collect()
}

/// A split that leaves the worst-off coalition as little short as possible (Maschler, Peleg and Shapley 1979).
#[derive(Debug, Clone, PartialEq)]
pub struct LeastCore {
    /// One share per player; they sum to the value of everybody.
    pub shares: Vec<f64>,
    /// What the worst-off coalition lacks. Zero or below: the core is not empty, nobody does better elsewhere. Above:
    /// the core is empty, and this much per coalition would be needed to hold it together.
    pub short: f64,
    /// Whether the separator proves that no coalition lacks more; without that `short` is a lower bound.
    pub proven: bool,
    /// Coalitions looked at in the program, of which those with a price decide the result.
    pub decisive: Vec<Coalition>,
}

impl LeastCore {
    /// Whether some split keeps every coalition; only true when proven.
    pub fn core_is_empty(&self) -> bool {
        self.short > 1e-7 * (1.0 + self.shares.iter().sum::<f64>().abs())
    }
}

/// The least core by row generation: coalitions enter the program only when a split leaves them short.
pub fn least_core(game: &dyn Game, separator: &dyn Separator) -> Result<LeastCore, SharingError> {
    let players = game.players();
    check_players(players, MAX_PLAYERS, "least core")?;
    let all = Coalition::all(players);
    let total = finite(all, game.value(all)?)?;
    if players == 1 {
        return Ok(LeastCore {
            shares: vec![total],
            short: 0.0,
            proven: true,
            decisive: Vec::new(),
        });
    }
    let mut stage = Stage::new(players, total)?;
    for player in 0..players {
        let one = Coalition::one(player);
        stage.demand(one, finite(one, game.value(one)?)?)?;
    }
    let solved = stage.settle(&mut |shares, short| separator.short(shares, short))?;
    Ok(LeastCore {
        decisive: stage
            .decisive(&solved)
            .iter()
            .map(|(coalition, _)| *coalition)
            .collect(),
        shares: solved.shares,
        short: solved.short,
        proven: separator.exact(),
    })
}

/// The program of one stage: `min short` with `x(S) + short >= v(S)` for the coalitions found so far.
pub(crate) struct Stage {
    relaxation: Relaxation,
    shares: Vec<Var>,
    short: Var,
    /// Rows after the first: coalition, value, whether it may be short.
    rows: Vec<(Coalition, f64, bool)>,
}

pub(crate) struct Solved {
    pub shares: Vec<f64>,
    pub short: f64,
    duals: Vec<f64>,
}

impl Stage {
    pub fn new(players: usize, total: f64) -> Result<Self, SharingError> {
        let mut program = Program::new();
        let shares: Vec<Var> = (0..players)
            .map(|_| program.continuous(0.0, f64::NEG_INFINITY, f64::INFINITY))
            .collect();
        let short = program.continuous(1.0, -1e12, f64::INFINITY);
        program.row(Row::equal(total, shares.iter().map(|share| (*share, 1.0)).collect()));
        Ok(Self {
            relaxation: Relaxation::new(&program)?,
            shares,
            short,
            rows: Vec::new(),
        })
    }

    fn terms(&self, coalition: Coalition) -> Vec<(Var, f64)> {
        coalition.members().map(|player| (self.shares[player], 1.0)).collect()
    }

    /// `x(S) + short >= v(S)`.
    pub fn demand(&mut self, coalition: Coalition, value: f64) -> Result<(), SharingError> {
        let mut terms = self.terms(coalition);
        terms.push((self.short, 1.0));
        self.relaxation.row(&Row::at_least(value, terms))?;
        self.rows.push((coalition, value, true));
        Ok(())
    }

    /// `x(S) >= v(S)`, whatever the others lack.
    pub fn insist(&mut self, coalition: Coalition, value: f64) -> Result<(), SharingError> {
        self.relaxation.row(&Row::at_least(value, self.terms(coalition)))?;
        self.rows.push((coalition, value, false));
        Ok(())
    }

    /// `x(S) = sum`, settled by an earlier stage.
    pub fn settle_at(&mut self, coalition: Coalition, sum: f64) -> Result<(), SharingError> {
        self.relaxation.row(&Row::equal(sum, self.terms(coalition)))?;
        self.rows.push((coalition, sum, false));
        Ok(())
    }

    /// Solves and adds rows until `short_ones` finds no more.
    pub fn settle(&mut self, short_ones: &mut ShortOnes<'_>) -> Result<Solved, SharingError> {
        loop {
            let answer = self.relaxation.solve(Basic::Dual)?;
            if answer.status != Status::Optimal {
                return Err(SharingError::NoOptimum);
            }
            let shares: Vec<f64> = self.shares.iter().map(|var| answer.values[var.index()]).collect();
            let short = answer.values[self.short.index()];
            let found = short_ones(&shares, short)?;
            let known = |c: Coalition| self.rows.iter().any(|(other, _, may)| *may && *other == c);
            let fresh: Vec<_> = found.into_iter().filter(|(c, _)| !known(*c)).collect();
            if fresh.is_empty() {
                return Ok(Solved {
                    shares,
                    short,
                    duals: answer.duals,
                });
            }
            for (coalition, value) in fresh {
                self.demand(coalition, value)?;
            }
        }
    }

    /// Rows with a price: they are tight in every optimal split of this stage.
    pub fn decisive(&self, solved: &Solved) -> Vec<(Coalition, f64)> {
        let duals = solved.duals.iter().skip(1);
        self.rows
            .iter()
            .zip(duals)
            .filter(|(_, dual)| dual.abs() > 1e-7)
            .map(|((coalition, _, _), _)| (*coalition, coalition.sum(&solved.shares)))
            .collect()
    }

    /// Coalitions already demanded that the span does not settle.
    pub fn open(&self, span: &Span) -> Vec<(Coalition, f64)> {
        self.rows
            .iter()
            .filter(|(coalition, _, may)| *may && !span.contains(*coalition))
            .map(|(coalition, value, _)| (*coalition, *value))
            .collect()
    }
}
