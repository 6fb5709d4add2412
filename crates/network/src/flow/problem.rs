/// A lane from one node to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowArc {
    /// Node it leaves.
    pub from: usize,
    /// Node it enters.
    pub to: usize,
    /// Most units it carries.
    pub capacity: i64,
    /// Cost of one unit.
    pub cost: i64,
}

/// What flows where at least cost: nodes with supply (positive) or demand (negative), lanes between them.
///
/// # Units
/// Whole numbers of any unit: tonnes as kilograms, money as øre. The product of units and cost must fit `i128`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlowProblem {
    supplies: Vec<i64>,
    arcs: Vec<FlowArc>,
}

/// Largest amount at a node.
const LARGEST: i64 = 1 << 40;

/// Largest cost of a unit in a network of so many nodes, so that no price, which is a sum along a path, can overflow.
fn dearest(nodes: usize) -> i64 {
    (1 << 58) / i64::try_from(nodes + 2).unwrap_or(i64::MAX)
}

impl FlowProblem {
    /// A network of these supplies and lanes.
    ///
    /// # Errors
    /// [`FlowError`] for supplies that do not sum to zero, lanes to unknown nodes, negative capacities, numbers too large.
    pub fn new(supplies: Vec<i64>, arcs: Vec<FlowArc>) -> Result<Self, FlowError> {
        let rest: i128 = supplies.iter().map(|supply| i128::from(*supply)).sum();
        if rest != 0 {
            return Err(FlowError::Unbalanced { rest });
        }
        if let Some(node) = supplies.iter().position(|supply| supply.saturating_abs() > LARGEST) {
            return Err(FlowError::SupplyTooLarge { node });
        }
        for (index, arc) in arcs.iter().enumerate() {
            if arc.from >= supplies.len() || arc.to >= supplies.len() {
                return Err(FlowError::UnknownNode { arc: index });
            }
            if arc.capacity < 0 {
                return Err(FlowError::NegativeCapacity { arc: index });
            }
            if arc.cost.saturating_abs() >= dearest(supplies.len()) {
                return Err(FlowError::CostTooLarge { arc: index });
            }
        }
        Ok(Self { supplies, arcs })
    }

    /// Supply of each node; demand is negative.
    pub fn supplies(&self) -> &[i64] {
        &self.supplies
    }

    /// Lanes.
    pub fn arcs(&self) -> &[FlowArc] {
        &self.arcs
    }
}

/// A flow at least cost with the prices that prove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowSolution {
    /// Units on each lane.
    pub flow: Vec<i64>,
    /// Price of a unit at each node: a lane with room has `cost + price(from) - price(to) >= 0`, a lane in use at most 0.
    pub prices: Vec<i64>,
    /// Cost of the flow.
    pub cost: i128,
    /// Exchanges of the tree.
    pub pivots: u64,
}

/// Why there is no flow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlowError {
    /// Supplies and demands do not cancel.
    #[error("supplies and demands leave {rest} units over; add a node that takes or gives them")]
    Unbalanced {
        /// Supplies less demands.
        rest: i128,
    },
    /// A supply beyond what the arithmetic holds.
    #[error("the supply of node {node} is beyond 2^40 units; use a larger unit")]
    SupplyTooLarge {
        /// Which.
        node: usize,
    },
    /// A cost beyond what the arithmetic holds.
    #[error("the cost of lane {arc} is too large for exact prices; use a larger unit")]
    CostTooLarge {
        /// Which.
        arc: usize,
    },
    /// A lane that ends nowhere.
    #[error("lane {arc} names a node that is not there")]
    UnknownNode {
        /// Which.
        arc: usize,
    },
    /// A capacity below zero.
    #[error("the capacity of lane {arc} is negative")]
    NegativeCapacity {
        /// Which.
        arc: usize,
    },
    /// No flow meets the supplies.
    #[error("{short} units cannot be moved from where they are to where they are wanted")]
    Infeasible {
        /// Units left over at least cost of leaving them.
        short: i128,
    },
    /// A file that is not what it should be.
    #[error("line {line}: {what}")]
    Syntax {
        /// Line, from one.
        line: usize,
        /// What is wrong.
        what: String,
    },
}
