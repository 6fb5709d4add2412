//! The numbers of the search, each with what it does.

/// Parameters of ruin, recreate and annealing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Jobs taken out in an iteration, on average.
    pub removed: f64,
    /// Longest string taken out of one tour.
    pub max_string: f64,
    /// Chance that a string spares some stops in its middle.
    pub split: f64,
    /// Chance to stop sparing.
    pub split_depth: f64,
    /// Chance to overlook a better place.
    pub blink: f64,
    /// Nearest stops whose tours are tried for an insertion.
    pub near: usize,
    /// From this many stops a tour on, only the legs beside near stops are tried.
    pub long: usize,
    /// Nearest stops kept for each stop.
    pub neighbours: usize,
    /// Jobs left out earlier that an iteration tries again.
    pub retries: usize,
    /// First temperature, as a share of the average leg.
    pub hot: f64,
    /// Tours with more stops than this start hotter.
    pub warm: f64,
    /// Last temperature, as a share of the average leg.
    pub cold: f64,
    /// The temperature, as a share of the average leg, from which on it falls faster.
    pub knee: f64,
    /// Share of the budget for the last, faster fall.
    pub quench: f64,
    /// From this many stops a tour on, as many exchanges are proposed as said below; on shorter tours fewer in proportion.
    pub full: usize,
    /// Exchanges of tails proposed between two steps.
    pub tails: usize,
    /// Nearest stops that a tail may begin with.
    pub tails_near: usize,
    /// Exchanges of strings proposed between two steps.
    pub strings: usize,
    /// Nearest stops beside which a string may go.
    pub strings_near: usize,
    /// Longest string exchanged.
    pub strings_len: usize,
    /// Share of the budget for each of the starts that are tried when tours are long.
    pub race: f64,
    /// Share of the budget for using fewer vehicles, when that is asked for.
    pub fleet: f64,
    /// Jobs left out earlier that a step tries again while long tours are closed: each is tried on every tour before it is given
    /// up, and after a long tour was closed there are many.
    pub fleet_retries: usize,
    /// Nearest stops whose tours a job is pushed into before any other, where tours are long.
    pub push_near: usize,
    /// Steps of ruin and recreate between two pushes of a job into a full tour.
    pub shakes: usize,
    /// Their temperature, relative to the first of the annealing.
    pub heat: f64,
    /// Up to this many jobs are searched as a whole.
    pub whole: usize,
    /// Jobs in a part of a larger problem.
    pub part: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            removed: 10.0,
            max_string: 10.0,
            split: 0.5,
            split_depth: 0.01,
            blink: 0.01,
            near: 30,
            long: 20,
            neighbours: 100,
            retries: 20,
            hot: 0.3,
            warm: 12.0,
            cold: 0.005,
            knee: 0.06,
            quench: 0.15,
            full: 12,
            tails: 25,
            tails_near: 20,
            strings: 80,
            strings_near: 20,
            strings_len: 4,
            race: 0.06,
            fleet: 0.6,
            fleet_retries: 2,
            push_near: 40,
            shakes: 12,
            heat: 1.0,
            whole: 1_500,
            part: 800,
        }
    }
}
