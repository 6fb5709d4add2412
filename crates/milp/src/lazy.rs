use crate::relaxation::Basic;
use crate::{Answer, Budget, Limits, MilpError, Program, Relaxation, Row, Status, solve};

/// What row generation came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Lazy {
    /// The last answer. Its bound holds for the full program, since fewer rows only widen it; its values satisfy every
    /// row exactly when `complete`.
    pub answer: Answer,
    /// Whether the separator found nothing more.
    pub complete: bool,
    /// Rounds of solving.
    pub rounds: usize,
    /// Rows added.
    pub added: usize,
}

/// Solves a program with too many rows to write down: solve, ask `separate` for rows that the values break, add, repeat.
///
/// Linear programs keep their basis between rounds; programs with whole numbers first settle their relaxation and are
/// then solved afresh each round. Stops when nothing is broken, when `separate` returns only rows that hold, or when
/// the budget is spent: the answer is then called feasible for none of the missing rows, and `complete` is false.
pub fn solve_lazily(
    program: &mut Program,
    budget: &Budget<'_>,
    separate: &mut dyn FnMut(&[f64]) -> Vec<Row>,
) -> Result<Lazy, MilpError> {
    let mut lazy = settle(program, budget, separate)?;
    if !program.has_integers() || !lazy.complete {
        return Ok(lazy);
    }
    loop {
        lazy.answer = solve(program, &Limits::seconds(budget.left()))?;
        lazy.rounds += 1;
        lazy.complete = false;
        if !lazy.answer.has_values() {
            lazy.complete = lazy.answer.status != Status::Unknown;
            return Ok(lazy);
        }
        let rows = broken(separate(&lazy.answer.values), &lazy.answer.values);
        lazy.complete = rows.is_empty();
        if lazy.complete || budget.spent() {
            return Ok(demoted(lazy));
        }
        lazy.added += rows.len();
        program.rows.extend(rows);
    }
}

/// Row generation on the linear relaxation; the rows found are kept in `program`.
fn settle(
    program: &mut Program,
    budget: &Budget<'_>,
    separate: &mut dyn FnMut(&[f64]) -> Vec<Row>,
) -> Result<Lazy, MilpError> {
    let mut relaxation = Relaxation::new(program)?;
    let (mut rounds, mut added) = (0, 0);
    loop {
        let answer = relaxation.solve(Basic::Dual)?;
        rounds += 1;
        let rows = if answer.has_values() {
            broken(separate(&answer.values), &answer.values)
        } else {
            Vec::new()
        };
        let complete = rows.is_empty();
        if complete || budget.spent() {
            return Ok(demoted(Lazy {
                answer,
                complete,
                rounds,
                added,
            }));
        }
        for row in rows {
            relaxation.row(&row)?;
            program.rows.push(row);
            added += 1;
        }
    }
}

fn broken(rows: Vec<Row>, values: &[f64]) -> Vec<Row> {
    rows.into_iter().filter(|row| row.violation(values) > 1e-9).collect()
}

/// Values that break a row are not a solution: they stay to be looked at, but nothing calls them optimal.
fn demoted(mut lazy: Lazy) -> Lazy {
    if !lazy.complete && lazy.answer.status == Status::Optimal {
        lazy.answer.status = Status::Unknown;
    }
    lazy
}
