//! Scores of rankings, their intervals, and the table.

use std::collections::BTreeMap;

/// What a ranking of scores is worth when `right` ones are sought, over all orders of ties.
#[derive(Debug, Clone, Copy, Default)]
pub struct Worth {
    /// Expected reciprocal rank of the first right one.
    pub reciprocal: f64,
    /// Chance that a right one is first, among five, among ten.
    pub hits: [f64; 3],
}

pub fn worth(scores: &[f64], right: &[bool]) -> Worth {
    let best = scores
        .iter()
        .zip(right)
        .filter(|(_, right)| **right)
        .map(|(score, _)| *score)
        .fold(f64::NEG_INFINITY, f64::max);
    let count = |wanted: bool, test: &dyn Fn(f64) -> bool| {
        scores
            .iter()
            .zip(right)
            .filter(|(score, right)| **right == wanted && test(**score))
            .count()
    };
    let above = count(false, &|score| score > best + 1e-12);
    let tied = |score: f64| (score - best).abs() <= 1e-12;
    let (mut wrong, rights) = (count(false, &tied), count(true, &tied) as f64);
    let mut found = Worth::default();
    let mut left = 1.0;
    let mut rank = above + 1;
    loop {
        let here = left * rights / (rights + wrong as f64);
        found.reciprocal += here / rank as f64;
        for (hit, depth) in found.hits.iter_mut().zip([1, 5, 10]) {
            *hit += if rank <= depth { here } else { 0.0 };
        }
        if wrong == 0 {
            return found;
        }
        left -= here;
        wrong -= 1;
        rank += 1;
    }
}

/// Results of one method: a value for each question, with the cluster that it is from.
pub type Answers = Vec<(String, f64)>;

pub fn mean(answers: &Answers) -> f64 {
    answers.iter().map(|(_, value)| value).sum::<f64>() / answers.len().max(1) as f64
}

/// Quantiles of the mean when whole clusters are drawn again with replacement, 10 000 times from a fixed seed.
pub fn bootstrap(answers: &Answers, quantiles: &[f64]) -> Vec<f64> {
    let mut by_cluster: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (cluster, value) in answers {
        let sums = by_cluster.entry(cluster).or_default();
        sums.0 += value;
        sums.1 += 1.0;
    }
    let sums: Vec<(f64, f64)> = by_cluster.into_values().collect();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ((state >> 33) as usize) % sums.len()
    };
    let mut means: Vec<f64> = (0..10_000)
        .map(|_| {
            let drawn = (0..sums.len()).map(|_| sums[draw()]);
            let (value, count) = drawn.fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
            value / count
        })
        .collect();
    means.sort_by(f64::total_cmp);
    quantiles
        .iter()
        .map(|quantile| means[((means.len() - 1) as f64 * quantile).round() as usize])
        .collect()
}

/// The one table.
#[derive(Default)]
pub struct Table(Vec<String>);

impl Table {
    pub fn add(&mut self, what: &str, ours: &Answers, popular: &Answers, random: f64) {
        let interval = bootstrap(ours, &[0.025, 0.975]);
        let gain: Answers = ours
            .iter()
            .zip(popular)
            .map(|((cluster, a), (_, b))| (cluster.clone(), a - b))
            .collect();
        let above = bootstrap(&gain, &[0.005, 0.995]);
        self.0.push(format!(
            "| {what} | {} | {:.3} | {:.3} to {:.3} | {:.3} | {random:.3} | {:+.3} to {:+.3} |",
            ours.len(),
            mean(ours),
            interval[0],
            interval[1],
            mean(popular),
            above[0],
            above[1]
        ));
    }

    pub fn print(&self) {
        println!(
            "| Measure | Questions | GreenHeart | 95 % interval | Popularity | Chance | Gain over popularity, 99 % |"
        );
        println!("|---|---|---|---|---|---|---|");
        for line in &self.0 {
            println!("{line}");
        }
    }
}
