/// A lane that must be opened before anything goes over it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DesignArc {
    /// Node it leaves.
    pub from: usize,
    /// Node it enters.
    pub to: usize,
    /// Cost of a unit of any commodity.
    pub cost: f64,
    /// Most units of all commodities together.
    pub capacity: f64,
    /// Cost of opening it.
    pub fixed: f64,
}

/// Something that must get from one node to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Commodity {
    /// Where it is.
    pub from: usize,
    /// Where it is wanted.
    pub to: usize,
    /// How many units.
    pub demand: f64,
}

/// Which lanes to open and what to send over them: multicommodity capacitated fixed-charge network design.
///
/// # Units
/// Amounts and costs in any unit, the same throughout.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DesignProblem {
    nodes: usize,
    arcs: Vec<DesignArc>,
    commodities: Vec<Commodity>,
}

impl DesignProblem {
    /// A checked problem; commodities without demand or from a node to itself are dropped.
    ///
    /// # Errors
    /// [`DesignError`] for unknown nodes and numbers that are negative or none.
    pub fn new(nodes: usize, arcs: Vec<DesignArc>, commodities: Vec<Commodity>) -> Result<Self, DesignError> {
        for (index, arc) in arcs.iter().enumerate() {
            if arc.from >= nodes || arc.to >= nodes {
                return Err(DesignError::UnknownNode { what: "lane", index });
            }
            if [arc.cost, arc.capacity, arc.fixed]
                .iter()
                .any(|n| !n.is_finite() || *n < 0.0)
            {
                return Err(DesignError::BadNumber { what: "lane", index });
            }
        }
        for (index, commodity) in commodities.iter().enumerate() {
            if commodity.from >= nodes || commodity.to >= nodes {
                return Err(DesignError::UnknownNode {
                    what: "commodity",
                    index,
                });
            }
            if !commodity.demand.is_finite() || commodity.demand < 0.0 {
                return Err(DesignError::BadNumber {
                    what: "commodity",
                    index,
                });
            }
        }
        let moves = |c: &Commodity| c.demand > 0.0 && c.from != c.to;
        Ok(Self {
            nodes,
            arcs,
            commodities: commodities.into_iter().filter(moves).collect(),
        })
    }

    /// Reads the `.dow` format of the Canad instances (Crainic, Frangioni and Gendron 2001): a name, `nodes arcs commodities`, one
    /// line per lane `from to cost capacity fixed …` and one per commodity `from to demand`, nodes from one.
    ///
    /// Serves benchmarks and tests only; no verb of the product reads such a file.
    ///
    /// # Errors
    /// [`DesignError::Syntax`] with the line.
    pub fn parse_dow(text: &str) -> Result<Self, DesignError> {
        let mut lines = text
            .lines()
            .enumerate()
            .skip(1)
            .map(|(index, line)| numbers(index + 1, line));
        let head = lines.next().unwrap_or(Err(DesignError::Syntax { line: 2 }))?;
        let [nodes, arcs, commodities] = head[..] else {
            return Err(DesignError::Syntax { line: 2 });
        };
        let mut take = |count: f64, least: usize| -> Result<Vec<Vec<f64>>, DesignError> {
            (0..whole(count))
                .map(|_| match lines.next() {
                    Some(Ok(row)) if row.len() >= least && row[0] >= 1.0 && row[1] >= 1.0 => Ok(row),
                    Some(Err(error)) => Err(error),
                    _ => Err(DesignError::Syntax { line: 0 }),
                })
                .collect()
        };
        let arcs = take(arcs, 5)?.into_iter().map(|row| DesignArc {
            from: whole(row[0]) - 1,
            to: whole(row[1]) - 1,
            cost: row[2],
            capacity: row[3],
            fixed: row[4],
        });
        let arcs: Vec<DesignArc> = arcs.collect();
        let commodities = take(commodities, 3)?.into_iter().map(|row| Commodity {
            from: whole(row[0]) - 1,
            to: whole(row[1]) - 1,
            demand: row[2],
        });
        Self::new(whole(nodes), arcs, commodities.collect())
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// Lanes.
    pub fn arcs(&self) -> &[DesignArc] {
        &self.arcs
    }

    /// Commodities that must move.
    pub fn commodities(&self) -> &[Commodity] {
        &self.commodities
    }
}

fn numbers(line: usize, text: &str) -> Result<Vec<f64>, DesignError> {
    text.split_ascii_whitespace()
        .map(|word| word.parse().map_err(|_| DesignError::Syntax { line }))
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of a file, checked to be at least zero"
)]
fn whole(number: f64) -> usize {
    number.max(0.0) as usize
}

/// Why there is no design.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// A lane or commodity at a node that is not there.
    #[error("{what} {index} names a node that is not there")]
    UnknownNode {
        /// Lane or commodity.
        what: &'static str,
        /// Which.
        index: usize,
    },
    /// A negative amount or no number.
    #[error("{what} {index} has a number that is negative or none")]
    BadNumber {
        /// Lane or commodity.
        what: &'static str,
        /// Which.
        index: usize,
    },
    /// A file that is not what it should be; line 0 is its end.
    #[error("line {line} is not what the format has there")]
    Syntax {
        /// Line, from one.
        line: usize,
    },
    /// Not everything can be moved even with every lane open.
    #[error("the lanes cannot carry the commodities even when all are open")]
    Infeasible,
    /// The programs behind the design failed.
    #[error(transparent)]
    Program(#[from] greenheart_milp::MilpError),
}
