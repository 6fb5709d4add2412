use crate::core::{Stage, worst};
use crate::game::{check_players, stand_alone};
use crate::span::Span;
use crate::{Coalition, Game, SharingError, Table};

/// The split whose coalitions, from the most to the least short, are all as little short as can be (Schmeidler 1969).
#[derive(Debug, Clone, PartialEq)]
pub struct Nucleolus {
    /// One share per player; they sum to the value of everybody.
    pub shares: Vec<f64>,
    /// What the coalitions settled at each stage lack, largest first; the first is that of the least core.
    pub short: Vec<f64>,
    /// Whether nobody gets less than alone. False when all together are worth less than each alone: then this is the
    /// prenucleolus, and the honest answer is not to cooperate.
    pub individually_rational: bool,
}

/// The nucleolus by a sequence of linear programs with generated rows, for up to [`Table::MOST`] players.
///
/// Each stage minimises what the worst of the unsettled coalitions lacks, then settles those with a price, which are
/// tight in every optimum (Maschler, Peleg and Shapley 1979; Potters, Reijnierse and Ansing 1996). Each stage raises the rank of
/// what is settled, so there are at most as many as players.
pub fn nucleolus(game: &Table) -> Result<Nucleolus, SharingError> {
    let players = game.players();
    check_players(players, Table::MOST, "nucleolus")?;
    let all = Coalition::all(players);
    let total = game.at(all);
    let alone = stand_alone(game)?;
    let rational = total >= alone.iter().sum::<f64>() - 1e-9 * (1.0 + total.abs());
    let mut span = Span::new(players);
    span.insert(all);
    let mut settled: Vec<(Coalition, f64)> = Vec::new();
    let mut open: Vec<(Coalition, f64)> = (0..players).map(|p| (Coalition::one(p), alone[p])).collect();
    let mut shares = vec![total; players];
    let mut short = Vec::new();
    while span.rank() < players {
        let mut stage = Stage::new(players, total)?;
        for (coalition, sum) in &settled {
            stage.settle_at(*coalition, *sum)?;
        }
        if rational {
            for (player, value) in alone.iter().enumerate() {
                if !span.contains(Coalition::one(player)) {
                    stage.insist(Coalition::one(player), *value)?;
                }
            }
        }
        for (coalition, value) in &open {
            stage.demand(*coalition, *value)?;
        }
        let solved = stage.settle(&mut |shares, allowance| {
            Ok(worst(game, shares, allowance, &|coalition| !span.contains(coalition)))
        })?;
        let before = span.rank();
        for (coalition, sum) in stage.decisive(&solved) {
            if span.insert(coalition) {
                settled.push((coalition, sum));
            }
        }
        if span.rank() == before {
            return Err(SharingError::NoOptimum);
        }
        open = stage.open(&span);
        short.push(solved.short);
        shares = solved.shares;
    }
    Ok(Nucleolus {
        shares,
        short,
        individually_rational: rational,
    })
}
