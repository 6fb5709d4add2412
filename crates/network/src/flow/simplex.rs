use super::problem::{FlowError, FlowProblem, FlowSolution};

/// Flow at least cost by the primal network simplex method (Ahuja, Magnanti and Orlin 1993, ch. 11) with block search and
/// strongly feasible trees, which rule out cycling. Exact: no rounding anywhere.
///
/// # Errors
/// [`FlowError::Infeasible`] when the supplies cannot all be moved.
pub fn solve_flow(problem: &FlowProblem) -> Result<FlowSolution, FlowError> {
    let mut tree = Tree::new(problem);
    while let Some(entering) = tree.price() {
        tree.pivot(entering);
    }
    tree.finish(problem)
}

const NONE: u32 = u32::MAX;
/// State of a lane as the sign its reduced cost is read with: at zero, in the tree, at capacity.
const AT_ZERO: i8 = 1;
const IN_TREE: i8 = 0;
const AT_CAPACITY: i8 = -1;

/// A lane as pricing reads it.
#[derive(Clone, Copy)]
struct Lane {
    cost: i64,
    from: u32,
    to: u32,
}

/// A spanning tree over the nodes and one root, with artificial lanes to the root after the real ones.
struct Tree {
    real: usize,
    block: usize,
    next: usize,
    lanes: Vec<Lane>,
    state: Vec<i8>,
    flow: Vec<i64>,
    capacity: Vec<i64>,
    price: Vec<i64>,
    parent: Vec<u32>,
    /// Lane to the parent, and whether it points up.
    up: Vec<(u32, bool)>,
    depth: Vec<u32>,
    child: Vec<u32>,
    sibling: Vec<u32>,
    before: Vec<u32>,
    stack: Vec<u32>,
    pivots: u64,
}

fn small(number: usize) -> u32 {
    u32::try_from(number).expect("fewer than four thousand million lanes and nodes")
}

impl Tree {
    fn new(problem: &FlowProblem) -> Self {
        let (nodes, real) = (problem.supplies().len(), problem.arcs().len());
        let root = nodes;
        let dearest = problem.arcs().iter().map(|arc| arc.cost.abs()).max().unwrap_or(0);
        let artificial = (dearest + 1) * i64::from(small(nodes + 1));
        let mut tree = Self {
            real,
            block: real.isqrt().max(10),
            next: 0,
            lanes: problem
                .arcs()
                .iter()
                .map(|arc| Lane {
                    cost: arc.cost,
                    from: small(arc.from),
                    to: small(arc.to),
                })
                .collect(),
            state: vec![AT_ZERO; real],
            flow: vec![0; real],
            capacity: problem.arcs().iter().map(|arc| arc.capacity).collect(),
            price: vec![0; nodes + 1],
            parent: vec![small(root); nodes + 1],
            up: vec![(NONE, true); nodes + 1],
            depth: vec![1; nodes + 1],
            child: vec![NONE; nodes + 1],
            sibling: vec![NONE; nodes + 1],
            before: vec![NONE; nodes + 1],
            stack: Vec::with_capacity(nodes),
            pivots: 0,
        };
        tree.parent[root] = NONE;
        tree.depth[root] = 0;
        for (node, supply) in problem.supplies().iter().enumerate() {
            tree.hang_from_root(node, *supply, artificial);
        }
        tree
    }

    /// The first tree: every node on an artificial lane that carries its supply to the root or its demand from it.
    fn hang_from_root(&mut self, node: usize, supply: i64, cost: i64) {
        let root = self.parent.len() - 1;
        let upward = supply >= 0;
        let (from, to) = if upward { (node, root) } else { (root, node) };
        self.up[node] = (small(self.lanes.len()), upward);
        self.lanes.push(Lane {
            cost: if upward { 0 } else { cost },
            from: small(from),
            to: small(to),
        });
        self.state.push(IN_TREE);
        self.flow.push(supply.abs());
        self.capacity.push(i64::MAX);
        self.price[node] = if upward { 0 } else { cost };
        self.attach(small(node), small(root));
    }

    /// The worst lane of the first block that has one worth entering.
    fn price(&mut self) -> Option<usize> {
        let mut start = self.next;
        let mut looked = 0;
        while looked < self.real {
            let end = (start + self.block).min(self.real);
            let (mut best, mut worst) = (None, 0);
            let lanes = self.lanes[start..end].iter().zip(&self.state[start..end]);
            for (offset, (lane, state)) in lanes.enumerate() {
                let reduced = lane.cost + self.price[lane.from as usize] - self.price[lane.to as usize];
                let signed = i64::from(*state) * reduced;
                if signed < worst {
                    worst = signed;
                    best = Some(start + offset);
                }
            }
            looked += end - start;
            start = if end == self.real { 0 } else { end };
            if best.is_some() {
                self.next = start;
                return best;
            }
        }
        None
    }

    fn pivot(&mut self, entering: usize) {
        self.pivots += 1;
        let lane = self.lanes[entering];
        let (first, second) = if self.state[entering] == AT_ZERO {
            (lane.from, lane.to)
        } else {
            (lane.to, lane.from)
        };
        let join = self.join(first, second);
        let (amount, leaving) = self.leaving(entering, first, second, join);
        self.push(entering, first, second, join, amount);
        let Some((out, below_first)) = leaving else {
            self.state[entering] = -self.state[entering];
            return;
        };
        let gone = self.up[out as usize].0 as usize;
        self.state[gone] = if self.flow[gone] == 0 { AT_ZERO } else { AT_CAPACITY };
        self.state[entering] = IN_TREE;
        let (inside, outside) = if below_first { (first, second) } else { (second, first) };
        self.rehang(entering, inside, outside, out);
    }

    /// Where the two ways to the root meet.
    fn join(&self, mut a: u32, mut b: u32) -> u32 {
        while a != b {
            if self.depth[a as usize] >= self.depth[b as usize] {
                a = self.parent[a as usize];
            } else {
                b = self.parent[b as usize];
            }
        }
        a
    }

    /// How much can go round the cycle, and the node whose lane to its parent stops it (with the side it is on); `None` when
    /// the entering lane itself does. Ties go to the last on the second side and the first on the first side as seen from
    /// the join, which keeps the tree strongly feasible.
    fn leaving(&self, entering: usize, first: u32, second: u32, join: u32) -> (i64, Option<(u32, bool)>) {
        let mut amount = self.capacity[entering];
        let mut out = None;
        let mut node = first;
        while node != join {
            let (lane, upward) = self.up[node as usize];
            let room = self.room(lane as usize, !upward);
            if room < amount {
                amount = room;
                out = Some((node, true));
            }
            node = self.parent[node as usize];
        }
        node = second;
        while node != join {
            let (lane, upward) = self.up[node as usize];
            let room = self.room(lane as usize, upward);
            if room <= amount {
                amount = room;
                out = Some((node, false));
            }
            node = self.parent[node as usize];
        }
        (amount, out)
    }

    /// How much more a lane takes forwards, or gives back backwards.
    fn room(&self, lane: usize, forwards: bool) -> i64 {
        if forwards {
            self.capacity[lane] - self.flow[lane]
        } else {
            self.flow[lane]
        }
    }

    fn push(&mut self, entering: usize, first: u32, second: u32, join: u32, amount: i64) {
        if amount == 0 {
            return;
        }
        self.flow[entering] += i64::from(self.state[entering]) * amount;
        for (side, with) in [(first, -1), (second, 1)] {
            let mut node = side;
            while node != join {
                let (lane, upward) = self.up[node as usize];
                self.flow[lane as usize] += if upward { with * amount } else { -with * amount };
                node = self.parent[node as usize];
            }
        }
    }

    /// Turns the part of the tree below `out` so that it hangs by the entering lane, and moves its prices.
    fn rehang(&mut self, entering: usize, inside: u32, outside: u32, out: u32) {
        let lane = self.lanes[entering];
        let (mut node, mut over) = (inside, outside);
        let mut by = (small(entering), lane.from == inside);
        loop {
            let (above, old) = (self.parent[node as usize], self.up[node as usize]);
            self.detach(node, above);
            self.up[node as usize] = by;
            self.parent[node as usize] = over;
            self.attach(node, over);
            if node == out {
                break;
            }
            by = (old.0, !old.1);
            over = node;
            node = above;
        }
        let reduced = lane.cost + self.price[lane.from as usize] - self.price[lane.to as usize];
        let shift = if lane.from == inside { -reduced } else { reduced };
        self.shift(inside, shift);
    }

    fn shift(&mut self, top: u32, by: i64) {
        self.stack.push(top);
        while let Some(node) = self.stack.pop() {
            let place = node as usize;
            self.price[place] += by;
            self.depth[place] = self.depth[self.parent[place] as usize] + 1;
            let mut child = self.child[place];
            while child != NONE {
                self.stack.push(child);
                child = self.sibling[child as usize];
            }
        }
    }

    fn attach(&mut self, node: u32, parent: u32) {
        let eldest = self.child[parent as usize];
        self.sibling[node as usize] = eldest;
        self.before[node as usize] = NONE;
        if eldest != NONE {
            self.before[eldest as usize] = node;
        }
        self.child[parent as usize] = node;
    }

    fn detach(&mut self, node: u32, parent: u32) {
        let (before, after) = (self.before[node as usize], self.sibling[node as usize]);
        if before == NONE {
            self.child[parent as usize] = after;
        } else {
            self.sibling[before as usize] = after;
        }
        if after != NONE {
            self.before[after as usize] = before;
        }
    }

    fn finish(mut self, problem: &FlowProblem) -> Result<FlowSolution, FlowError> {
        let short: i128 = (self.real..self.flow.len())
            .filter(|lane| self.lanes[*lane].cost > 0)
            .map(|lane| i128::from(self.flow[lane]))
            .sum();
        if short > 0 {
            return Err(FlowError::Infeasible { short });
        }
        self.flow.truncate(self.real);
        self.price.pop();
        let cost = problem
            .arcs()
            .iter()
            .zip(&self.flow)
            .map(|(arc, flow)| i128::from(arc.cost) * i128::from(*flow))
            .sum();
        Ok(FlowSolution {
            flow: self.flow,
            prices: self.price,
            cost,
            pivots: self.pivots,
        })
    }
}
