use greenheart_milp::{Answer, Limits, Program, Row, Status, Terms, Var, solve};

use super::problem::{PoolingError, PoolingProblem};

/// Bounds of the share of each feed in its pool. Where lower meets upper the relaxation is exact.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MixBox {
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

/// The optimum of the relaxation over a box.
#[derive(Debug, Clone)]
pub(super) struct Relaxed {
    pub objective: f64,
    /// `[feed]`, share of its pool.
    pub shares: Vec<f64>,
    /// `[draw]`, amount.
    pub draws: Vec<f64>,
    /// `[direct draw]`, amount.
    pub direct: Vec<f64>,
    /// How far each feed's products of share and amount are from being products, summed.
    pub apart: Vec<f64>,
}

/// The pq-formulation (Tawarmalani and Sahinidis 2002) with each product `w = q y` replaced by its McCormick envelope over the box.
///
/// `q` is the share of a feed in its pool, `y` the amount of a draw, `w` the amount of one source in one draw.
pub(super) fn relax(problem: &PoolingProblem, mix: &MixBox) -> Result<Option<Relaxed>, PoolingError> {
    let mut build = Build::new(problem, mix);
    build.shares_sum_to_one();
    build.products_of_share_and_amount(mix);
    build.sources();
    build.products();
    let answer = solve(&build.program, &Limits::EXACT)?;
    match answer.status {
        Status::Optimal => Ok(Some(build.read(&answer))),
        Status::Infeasible => Ok(None),
        other => Err(greenheart_milp::MilpError::Solver(format!("{other:?} relaxation of a pool")).into()),
    }
}

struct Build<'a> {
    problem: &'a PoolingProblem,
    program: Program,
    share: Vec<Var>,
    draw: Vec<Var>,
    direct: Vec<Var>,
    /// Feed, draw and the amount of that source in that draw.
    parts: Vec<(usize, usize, Var)>,
}

impl<'a> Build<'a> {
    fn new(problem: &'a PoolingProblem, mix: &MixBox) -> Self {
        let mut program = Program::new();
        let share = mix
            .lower
            .iter()
            .zip(&mix.upper)
            .map(|(low, high)| program.continuous(0.0, *low, *high))
            .collect();
        let draw = problem.draws.iter().map(|draw| program.continuous(0.0, 0.0, draw.most)).collect();
        let gain = |source: usize, product: usize| problem.sources[source].cost - problem.products[product].price;
        let direct = problem
            .direct
            .iter()
            .map(|draw| program.continuous(gain(draw.from, draw.product), 0.0, draw.most))
            .collect();
        let mut parts = Vec::new();
        for (f, feed) in problem.feeds.iter().enumerate() {
            for (d, draw) in problem.draws.iter().enumerate().filter(|(_, draw)| draw.from == feed.pool) {
                let var = program.continuous(gain(feed.source, draw.product), 0.0, draw.most);
                parts.push((f, d, var));
            }
        }
        Self {
            problem,
            program,
            share,
            draw,
            direct,
            parts,
        }
    }

    /// `sum_i q_il = 1`, `sum_i w_ilj = y_lj`, `sum_j y_lj <= S_l`, `sum_j w_ilj <= S_l q_il`.
    fn shares_sum_to_one(&mut self) {
        for (index, pool) in self.problem.pools.iter().enumerate() {
            let feeds = self.problem.feeds.iter().enumerate().filter(|(_, feed)| feed.pool == index);
            let terms: Terms = feeds.map(|(f, _)| (self.share[f], 1.0)).collect();
            if !terms.is_empty() {
                self.program.row(Row::equal(1.0, terms));
            }
            let draws = self.problem.draws.iter().enumerate().filter(|(_, draw)| draw.from == index);
            let terms = draws.map(|(d, _)| (self.draw[d], 1.0)).collect();
            self.program.row(Row::at_most(pool.capacity, terms));
        }
        for (d, amount) in self.draw.iter().enumerate() {
            let mut terms: Terms = self.parts.iter().filter(|p| p.1 == d).map(|p| (p.2, 1.0)).collect();
            terms.push((*amount, -1.0));
            self.program.row(Row::equal(0.0, terms));
        }
        for (f, feed) in self.problem.feeds.iter().enumerate() {
            let mut terms: Terms = self.parts.iter().filter(|p| p.0 == f).map(|p| (p.2, 1.0)).collect();
            terms.push((self.share[f], -self.problem.pools[feed.pool].capacity));
            self.program.row(Row::at_most(0.0, terms));
        }
    }

    /// `w >= q_lo y`, `w <= q_hi y`, `w >= q_hi y + y_hi q - q_hi y_hi`, `w <= q_lo y + y_hi q - q_lo y_hi`.
    fn products_of_share_and_amount(&mut self, mix: &MixBox) {
        for (f, d, part) in self.parts.clone() {
            let (low, high) = (mix.lower[f], mix.upper[f]);
            let pool = &self.problem.pools[self.problem.feeds[f].pool];
            let most = self.problem.draws[d].most.min(pool.capacity);
            let (q, y) = (self.share[f], self.draw[d]);
            let term = |by_y: f64| vec![(part, 1.0), (y, -by_y)];
            self.program.row(Row::at_least(0.0, term(low)));
            self.program.row(Row::at_most(0.0, term(high)));
            let term = |by_y: f64| vec![(part, 1.0), (y, -by_y), (q, -most)];
            self.program.row(Row::at_least(-high * most, term(high)));
            self.program.row(Row::at_most(-low * most, term(low)));
        }
    }

    /// `A_lo <= sum w + sum z <= A_hi` for each source.
    fn sources(&mut self) {
        for (index, source) in self.problem.sources.iter().enumerate() {
            let parts = self.parts.iter().filter(|p| self.problem.feeds[p.0].source == index);
            let mut terms: Terms = parts.map(|p| (p.2, 1.0)).collect();
            terms.extend(self.direct_where(|draw| draw.from == index).map(|(_, var)| (var, 1.0)));
            self.program.row(Row {
                lower: source.lower,
                upper: source.upper,
                terms,
            });
        }
    }

    fn direct_where(&self, wanted: impl Fn(&super::Draw) -> bool) -> impl Iterator<Item = (usize, Var)> {
        let draws = self.problem.direct.iter().zip(&self.direct);
        draws.filter(move |(draw, _)| wanted(draw)).map(|(draw, var)| (draw.from, *var))
    }

    /// `D_lo <= sum y + sum z <= D_hi` and `sum (C_ik - P_jk) w + sum (C_ik - P_jk) z <= 0` for each product and property.
    fn products(&mut self) {
        for (index, product) in self.problem.products.iter().enumerate() {
            let parts = self.parts.iter().filter(|p| self.problem.draws[p.1].product == index);
            let mut streams: Vec<(usize, Var)> = parts.map(|p| (self.problem.feeds[p.0].source, p.2)).collect();
            streams.extend(self.direct_where(|draw| draw.product == index));
            self.program.row(Row {
                lower: product.lower,
                upper: product.upper,
                terms: streams.iter().map(|(_, var)| (*var, 1.0)).collect(),
            });
            for (property, (low, high)) in product.limits.iter().enumerate() {
                let over = |limit: f64| -> Terms {
                    let quality = |source: usize| self.problem.sources[source].quality[property];
                    streams.iter().map(|(source, var)| (*var, quality(*source) - limit)).collect()
                };
                if high.is_finite() {
                    self.program.row(Row::at_most(0.0, over(*high)));
                }
                if low.is_finite() {
                    self.program.row(Row::at_least(0.0, over(*low)));
                }
            }
        }
    }

    fn read(&self, answer: &Answer) -> Relaxed {
        let value = |var: &Var| answer.values[var.index()];
        let mut apart = vec![0.0; self.share.len()];
        for (f, d, part) in &self.parts {
            apart[*f] += (value(part) - value(&self.share[*f]) * value(&self.draw[*d])).abs();
        }
        Relaxed {
            objective: answer.objective,
            shares: self.share.iter().map(value).collect(),
            draws: self.draw.iter().map(value).collect(),
            direct: self.direct.iter().map(value).collect(),
            apart,
        }
    }
}
