use super::problem::{FlowArc, FlowError, FlowProblem};

/// Most nodes that a file may announce: it must not take the machine's memory with one line.
const MOST_NODES: usize = 10_000_000;

/// Reads the DIMACS minimum-cost-flow format: `p min`, `n node supply`, `a from to lower capacity cost`, nodes from one.
///
/// Serves benchmarks and tests only; no verb of the product reads such a file.
///
/// # Errors
/// [`FlowError::Syntax`] with the line; lower bounds other than zero are refused.
pub fn parse_dimacs(text: &str) -> Result<FlowProblem, FlowError> {
    let (mut supplies, mut arcs) = (Vec::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        let syntax = |what: &str| FlowError::Syntax {
            line: index + 1,
            what: what.to_owned(),
        };
        let mut words = line.split_ascii_whitespace();
        let Some(kind) = words.next() else { continue };
        if kind == "c" {
            continue;
        }
        if kind == "p" && words.next() != Some("min") {
            return Err(syntax("only problems of the kind `min` are read"));
        }
        let numbers: Vec<i64> = words
            .map(|word| word.parse().map_err(|_| syntax("a whole number was expected")))
            .collect::<Result<_, _>>()?;
        let node = |number: i64| {
            let from_zero = number.checked_sub(1).and_then(|number| usize::try_from(number).ok());
            from_zero.ok_or_else(|| syntax("nodes count from one"))
        };
        match (kind, numbers.as_slice()) {
            ("p", [nodes, _]) => {
                let count = usize::try_from(*nodes).ok().filter(|count| *count <= MOST_NODES);
                supplies = vec![0; count.ok_or_else(|| syntax("a usable number of nodes was expected"))?];
            }
            ("n", [number, supply]) => {
                *supplies
                    .get_mut(node(*number)?)
                    .ok_or_else(|| syntax("an unknown node"))? = *supply;
            }
            ("a", [from, to, 0, capacity, cost]) => arcs.push(FlowArc {
                from: node(*from)?,
                to: node(*to)?,
                capacity: *capacity,
                cost: *cost,
            }),
            ("a", [_, _, _, _, _]) => return Err(syntax("a lower bound other than zero")),
            _ => return Err(syntax("not a line of this format")),
        }
    }
    FlowProblem::new(supplies, arcs)
}

/// Writes the DIMACS minimum-cost-flow format.
pub fn write_dimacs(problem: &FlowProblem) -> String {
    let mut text = format!("p min {} {}\n", problem.supplies().len(), problem.arcs().len());
    for (node, supply) in problem.supplies().iter().enumerate().filter(|(_, s)| **s != 0) {
        text.push_str(&format!("n {} {supply}\n", node + 1));
    }
    for arc in problem.arcs() {
        text.push_str(&format!(
            "a {} {} 0 {} {}\n",
            arc.from + 1,
            arc.to + 1,
            arc.capacity,
            arc.cost
        ));
    }
    text
}

/// A transport problem as a region has it: sources with something over, receivers that want it at a distance, and virgin
/// material as the fallback of every receiver, from one last node that also takes what nobody wants.
///
/// `arcs` counts the lanes between sources and receivers; places lie on a square of 1 000 by 1 000 drawn from `seed`.
pub fn transport_instance(sources: usize, receivers: usize, arcs: usize, seed: u64) -> FlowProblem {
    let mut random = Random(seed);
    let places: Vec<(i64, i64)> = (0..sources + receivers)
        .map(|_| (random.below(1000), random.below(1000)))
        .collect();
    let mut supplies: Vec<i64> = (0..sources).map(|_| 10 + random.below(990)).collect();
    supplies.extend((0..receivers).map(|_| -10 - random.below(990)));
    let virgin = supplies.len();
    supplies.push(-supplies.iter().sum::<i64>());
    let lane = |from: usize, to: usize, capacity: i64, cost: i64| FlowArc {
        from,
        to,
        capacity,
        cost,
    };
    let mut lanes = Vec::with_capacity(arcs + sources + receivers);
    for index in 0..arcs {
        let from = index % sources;
        let to = sources + usize::try_from(random.below(i64::try_from(receivers).unwrap_or(1))).unwrap_or(0);
        let (a, b) = (places[from], places[to]);
        let distance = (a.0 - b.0).abs() + (a.1 - b.1).abs();
        lanes.push(lane(
            from,
            to,
            50 + random.below(450),
            20 + distance + random.below(100),
        ));
    }
    lanes.extend((0..sources).map(|from| lane(from, virgin, 1 << 30, 300)));
    lanes.extend((0..receivers).map(|to| lane(virgin, sources + to, 1 << 30, 800)));
    FlowProblem::new(supplies, lanes).expect("the instance is drawn within the limits")
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}
