//! Blends: what leaves a pool has one quality, so a draw is a share of each feed.
//!
//! With `q` the share of a feed in its pool and `y` a draw, the part `w = q · y` is a product of two unknowns (pq-formulation, Tawarmalani
//! and Sahinidis 2002). Over a box of shares it is relaxed by its convex and concave envelopes (McCormick 1976), which are exact where
//! the box is a point: a wide box gives a bound, a point a network.

use greenheart_milp::{Program, Row, Terms, Var};

use super::problem::{Place, Region};

/// Bounds of the shares: `[feed][period]`, feeds in the order of [`feeds`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Boxes {
    pub lower: Vec<Vec<f64>>,
    pub upper: Vec<Vec<f64>>,
}

impl Boxes {
    /// Any share.
    pub fn whole(region: &Region) -> Self {
        let all = |share: f64| vec![vec![share; region.periods]; feeds(region).count()];
        Self {
            lower: all(0.0),
            upper: all(1.0),
        }
    }

    /// These shares and no others.
    pub fn point(shares: &[Vec<f64>]) -> Self {
        Self {
            lower: shares.to_vec(),
            upper: shares.to_vec(),
        }
    }

    /// Shares at most `radius` away.
    pub fn around(shares: &[Vec<f64>], radius: f64) -> Self {
        let by = |move_: f64| {
            let row = |row: &Vec<f64>| row.iter().map(|share| (share + move_).clamp(0.0, 1.0)).collect();
            shares.iter().map(row).collect()
        };
        Self {
            lower: by(-radius),
            upper: by(radius),
        }
    }
}

/// Lanes into pools, by number, with the pool.
pub(super) fn feeds(region: &Region) -> impl Iterator<Item = (usize, usize)> + '_ {
    let lanes = region.lanes.iter().enumerate();
    lanes.filter_map(|(index, lane)| match lane.to {
        Place::Pool(pool) => Some((index, pool)),
        _ => None,
    })
}

/// Part of a draw that comes from a feed.
struct Part {
    /// Position among the feeds.
    feed: usize,
    /// Lane of the feed.
    lane: usize,
    /// Lane of the draw.
    draw: usize,
    period: usize,
    var: Var,
}

/// Shares and parts of every pool.
pub(super) struct Mixing {
    /// `[feed][period]`.
    share: Vec<Vec<Var>>,
    parts: Vec<Part>,
    pools: Vec<usize>,
}

impl Mixing {
    pub fn new(region: &Region, boxes: &Boxes, flow: &[Vec<Var>], program: &mut Program) -> Self {
        let feeding: Vec<(usize, usize)> = feeds(region).collect();
        let mut mixing = Self {
            share: Vec::new(),
            parts: Vec::new(),
            pools: feeding.iter().map(|(_, pool)| *pool).collect(),
        };
        for (feed, (lane, pool)) in feeding.iter().enumerate() {
            let bounds = boxes.lower[feed].iter().zip(&boxes.upper[feed]);
            let shares = bounds.map(|(low, high)| program.continuous(0.0, *low, *high)).collect();
            mixing.share.push(shares);
            for (draw, way) in region.lanes.iter().enumerate() {
                if way.from != Place::Pool(*pool) {
                    continue;
                }
                for period in 0..region.periods {
                    let var = program.continuous(0.0, 0.0, way.capacity);
                    mixing.parts.push(Part {
                        feed,
                        lane: *lane,
                        draw,
                        period,
                        var,
                    });
                }
            }
        }
        for period in 0..region.periods {
            mixing.balance(region, flow, period, program);
        }
        mixing.envelopes(region, boxes, flow, program);
        mixing
    }

    /// The parts of a draw in a period, by the lane that feeds them.
    pub fn parts_of(&self, draw: usize, period: usize) -> impl Iterator<Item = (usize, Var)> + '_ {
        let parts = self.parts.iter();
        parts
            .filter(move |part| part.draw == draw && part.period == period)
            .map(|part| (part.lane, part.var))
    }

    /// `sum of shares = 1`; parts of a draw are the draw, parts of a feed are what arrives of it; all draws fit the pool.
    fn balance(&self, region: &Region, flow: &[Vec<Var>], period: usize, program: &mut Program) {
        let now = || self.parts.iter().filter(move |part| part.period == period);
        for (index, pool) in region.pools.iter().enumerate() {
            let shares = self.share.iter().zip(&self.pools).filter(|(_, pool)| **pool == index);
            let shares: Terms = shares.map(|(share, _)| (share[period], 1.0)).collect();
            if !shares.is_empty() {
                program.row(Row::equal(1.0, shares));
            }
            let mut through = Terms::new();
            for (draw, way) in region.lanes.iter().enumerate() {
                if way.from != Place::Pool(index) {
                    continue;
                }
                through.push((flow[draw][period], 1.0));
                let mut terms: Terms = now()
                    .filter(|part| part.draw == draw)
                    .map(|part| (part.var, 1.0))
                    .collect();
                terms.push((flow[draw][period], -1.0));
                program.row(Row::equal(0.0, terms));
            }
            if !through.is_empty() {
                program.row(Row::at_most(pool.capacity, through));
            }
        }
        for (lane, way) in region.lanes.iter().enumerate() {
            if let Place::Pool(_) = way.to {
                let parts = now().filter(|part| part.lane == lane);
                let mut terms: Terms = parts.map(|part| (part.var, 1.0)).collect();
                terms.push((flow[lane][period], -way.arrives));
                program.row(Row::equal(0.0, terms));
            }
        }
    }

    /// `w >= low y`, `w <= high y`, `w >= high y + most q - high most`, `w <= low y + most q - low most`, with `y <= most`.
    fn envelopes(&self, region: &Region, boxes: &Boxes, flow: &[Vec<Var>], program: &mut Program) {
        for part in &self.parts {
            let (low, high) = (boxes.lower[part.feed][part.period], boxes.upper[part.feed][part.period]);
            let most = region.lanes[part.draw]
                .capacity
                .min(region.pools[self.pools[part.feed]].capacity);
            let (share, draw) = (self.share[part.feed][part.period], flow[part.draw][part.period]);
            let by = |slope: f64| vec![(part.var, 1.0), (draw, -slope)];
            let with_share = |slope: f64| vec![(part.var, 1.0), (draw, -slope), (share, -most)];
            program.row(Row::at_least(0.0, by(low)));
            program.row(Row::at_most(0.0, by(high)));
            program.row(Row::at_least(-high * most, with_share(high)));
            program.row(Row::at_most(-low * most, with_share(low)));
        }
    }

    /// Shares that the parts really have, and how far each feed's parts are from products.
    pub fn read(&self, flow: &[Vec<f64>], values: &[f64]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let periods = self.share.first().map_or(0, Vec::len);
        let mut shares: Vec<Vec<f64>> = self
            .share
            .iter()
            .map(|row| row.iter().map(|var| values[var.index()].clamp(0.0, 1.0)).collect())
            .collect();
        for pool in 0..self.pools.iter().max().map_or(0, |most| most + 1) {
            for period in 0..periods {
                let through: f64 = self.of(pool, period).map(|part| values[part.var.index()]).sum();
                if through <= 1e-9 {
                    continue;
                }
                for (feed, row) in shares
                    .iter_mut()
                    .enumerate()
                    .filter(|(feed, _)| self.pools[*feed] == pool)
                {
                    let parts = self.of(pool, period).filter(|part| part.feed == feed);
                    let own: f64 = parts.map(|part| values[part.var.index()].max(0.0)).sum();
                    row[period] = own / through;
                }
            }
        }
        let mut apart = vec![vec![0.0; periods]; self.share.len()];
        for part in &self.parts {
            let product = shares[part.feed][part.period] * flow[part.draw][part.period];
            apart[part.feed][part.period] += (values[part.var.index()] - product).abs();
        }
        (shares, apart)
    }

    fn of(&self, pool: usize, period: usize) -> impl Iterator<Item = &Part> {
        let parts = self.parts.iter();
        parts.filter(move |part| part.period == period && self.pools[part.feed] == pool)
    }
}

/// Shares that sum to one in each pool, but for the last rounding.
pub(super) fn whole_shares(region: &Region, shares: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let pools: Vec<usize> = feeds(region).map(|(_, pool)| pool).collect();
    let mut whole = shares.to_vec();
    for pool in 0..region.pools.len() {
        for period in 0..region.periods {
            let own = |feed: &usize| pools[*feed] == pool;
            let sum: f64 = (0..pools.len()).filter(own).map(|feed| shares[feed][period]).sum();
            let count = (0..pools.len()).filter(own).count();
            for feed in (0..pools.len()).filter(own) {
                #[expect(clippy::cast_precision_loss, reason = "feeds of a pool")]
                let even = 1.0 / count.max(1) as f64;
                whole[feed][period] = if sum > 1e-9 { shares[feed][period] / sum } else { even };
            }
        }
    }
    whole
}
