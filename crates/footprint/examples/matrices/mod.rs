//! Made-up product systems of 20 000 products, the same on every machine.
//!
//! Each mimics what makes a life-cycle database hard or easy to solve; none holds anyone's data.
//!
//! - [`Shape::Expander`]: every product buys from 10.7 others, chosen by a power law over the whole system,
//!   so that loops run everywhere and a factorisation fills up. The worst case for direct methods.
//! - [`Shape::Regional`]: 60 hubs (power, fuels, transport) that half of all products buy from, and families
//!   of eight regional copies around one market. A copy buys from hubs and from markets near its own; the
//!   share `far` of those purchases goes to any market instead. Markets buy from their copies.
//!
//! The coefficients of one product (a column of `A`) are lognormal and scaled to a sum between 0.40 and 0.90,
//! so the largest gain is near 0.65; a given `gain` scales the whole matrix to it. Emissions of its own
//! are lognormal for every product.

use greenheart_footprint::sparse::RowMatrix;

/// Products in each system.
pub const PRODUCTS: usize = 20_000;
const HUBS: usize = 60;
const FAMILY: usize = 9;

/// How the products hang together.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Purchases from anywhere.
    Expander,
    /// Hubs, regional copies and markets.
    Regional {
        /// Share of purchases between families that go to any of them.
        far: f64,
    },
}

/// A named system.
pub struct System {
    /// For tables and files.
    pub name: &'static str,
    /// `A'`: row j holds what a unit of product j takes of each other.
    pub takes: RowMatrix,
    /// Emissions of each product's own.
    pub own: Vec<f64>,
}

/// The three systems of the reference and one with a gain of 0.95.
pub fn systems() -> Vec<System> {
    vec![
        system("regional-0.5", Shape::Regional { far: 0.005 }, None, 11),
        system("regional-5", Shape::Regional { far: 0.05 }, None, 12),
        system("expander", Shape::Expander, None, 13),
        system("regional-5-gain-0.95", Shape::Regional { far: 0.05 }, Some(0.95), 14),
    ]
}

fn system(name: &'static str, shape: Shape, gain: Option<f64>, seed: u64) -> System {
    let mut dice = Dice(seed);
    let mut entries = Vec::new();
    for product in 0..PRODUCTS {
        let mut suppliers = match shape {
            Shape::Expander => expander(product, &mut dice),
            Shape::Regional { far } => regional(product, far, &mut dice),
        };
        suppliers.sort_unstable();
        suppliers.dedup();
        let weights: Vec<f64> = suppliers.iter().map(|_| dice.lognormal(1.2)).collect();
        let scale = (0.4 + 0.5 * dice.share()) / weights.iter().sum::<f64>();
        entries.extend(
            suppliers
                .iter()
                .zip(weights)
                .map(|(&from, weight)| (product, from, weight * scale)),
        );
    }
    let own = (0..PRODUCTS).map(|_| dice.lognormal(1.5)).collect();
    let mut takes = RowMatrix::from_entries(PRODUCTS, entries).expect("suppliers are products");
    if let Some(gain) = gain {
        let factor = gain / largest_gain(&takes);
        for value in takes.values_mut() {
            *value *= factor;
        }
    }
    System { name, takes, own }
}

/// Ten or eleven purchases, supplier `n u^3.2`: a few are chosen by thousands.
fn expander(product: usize, dice: &mut Dice) -> Vec<usize> {
    let count = 11 + usize::from(dice.share() < 0.4);
    let mut found: Vec<usize> = (0..count).map(|_| dice.below_steep(PRODUCTS, 3.2)).collect();
    found.retain(|&from| from != product);
    if found.is_empty() {
        found.push((product + 1) % PRODUCTS);
    }
    found
}

fn regional(product: usize, far: f64, dice: &mut Dice) -> Vec<usize> {
    let families = (PRODUCTS - HUBS) / FAMILY;
    let market = |family: usize| HUBS + family * FAMILY;
    let mut found = Vec::new();
    let own = product.checked_sub(HUBS).map(|rest| (rest / FAMILY).min(families - 1));
    if let Some(family) = own
        && product == market(family)
    {
        found.extend(market(family) + 1..market(family) + FAMILY);
        return found;
    }
    for hub in 0..HUBS {
        let rank = f64::from(u32::try_from(hub + 1).unwrap_or(u32::MAX));
        if hub != product && dice.share() < 0.64 * rank.powf(-0.74) {
            found.push(hub);
        }
    }
    for _ in 0..8 {
        let near = own.map(|family| (family + families + dice.below(41) - 20) % families);
        let chosen = match near {
            Some(family) if dice.share() >= far => family,
            _ => dice.below(families),
        };
        found.push(market(chosen));
    }
    found
}

/// The largest gain by power iteration.
pub fn largest_gain(takes: &RowMatrix) -> f64 {
    let mut v = vec![1.0; takes.size()];
    let mut gain = 0.0;
    for _ in 0..500 {
        v = takes.times(&v);
        gain = v.iter().copied().fold(0.0, f64::max);
        for value in &mut v {
            *value /= gain;
        }
    }
    gain
}

/// SplitMix64: small, and easily written again in another language.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a float holds")]
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, count: usize) -> usize {
        self.below_steep(count, 1.0)
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small count times a share stays below the count"
    )]
    fn below_steep(&mut self, count: usize, power: f64) -> usize {
        ((count as f64 * self.share().powf(power)) as usize).min(count - 1)
    }

    fn lognormal(&mut self, sigma: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        (sigma * radius * (std::f64::consts::TAU * self.share()).cos()).exp()
    }
}
