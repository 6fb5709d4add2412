//! How sure the account is.
//!
//! Every input is lognormal with its stated value as median, so that the account as computed is what stands in the
//! middle; its spread comes from the pedigree scores ([`pedigree`]). A source of doubt has a name: a factor used
//! in two places moves both together. [`first_order`] is quick and needs no dice; [`simulate`] solves the whole
//! account anew for each sample.

pub mod pedigree;
mod random;
mod sampling;
pub mod total;

use std::cell::Cell;
use std::collections::BTreeMap;

use greenheart_model::Text;
use greenheart_units::Co2e;

use crate::consolidate::{ClusterFlows, Consolidated, ConsolidationError, ProductId, System, consolidate};
use crate::rounded::Rounded;
use crate::solve::{SolveError, SolveOptions, solve};
pub use random::Random;
pub use sampling::sample;
use total::SumTerm;

/// The 95th percentile of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_7;

/// Something in doubt, and how strongly a term depends on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubt {
    /// What: a factor version, a meter, a row. The same name is the same dice.
    pub source: Text,
    /// Standard deviation of the logarithm.
    pub sigma: f64,
}

/// A part of a product's emissions or outside purchases.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Whose.
    pub product: ProductId,
    /// Its median, kgCO2e.
    pub central: Co2e,
    /// What it depends on, as activity and factor.
    pub doubts: Vec<Doubt>,
}

/// Doubt about the quantity of a delivery.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryDoubt {
    /// What is delivered.
    pub product: ProductId,
    /// Where it goes.
    pub into: ProductId,
    /// Standard deviation of the logarithm.
    pub sigma: f64,
}

/// Flows with what is in doubt about them.
#[derive(Debug, Clone, PartialEq)]
pub struct UncertainFlows {
    /// The flows at their medians.
    pub flows: ClusterFlows,
    /// The parts of each product's `D + U`; they must add up to it.
    pub terms: Vec<Term>,
    /// The parts of what happens after sale, over all products; they must add up to it. None at all takes it as sure.
    pub after_sale: Vec<SumTerm>,
    /// Deliveries in doubt; the others are taken as sure.
    pub deliveries: Vec<DeliveryDoubt>,
}

/// How often and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Simulation {
    /// The same seed gives the same samples.
    pub seed: u64,
    /// Number of samples, at least 20.
    pub samples: u64,
}

/// A total with its spread, kgCO2e.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantiles {
    /// From the medians of the inputs.
    pub central: Co2e,
    /// One in twenty is lower.
    pub p5: Co2e,
    /// As many are lower as higher. By first order this is the central value; sums of skewed samples lie a little above.
    pub p50: Co2e,
    /// One in twenty is higher.
    pub p95: Co2e,
}

/// Spreads of all totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// `sum p y + W`. Doubt about deliveries within the cluster does not touch it.
    pub consolidated: Quantiles,
    /// `sum p x + W`.
    pub gross: Quantiles,
    /// What elimination takes out.
    pub elimination: Quantiles,
    /// `p x` of each product, by id.
    pub products: BTreeMap<ProductId, Quantiles>,
    /// Samples in which members would have bought more of a product than was made; they bought all of it.
    pub capped_samples: u64,
}

/// Why there is no spread.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UncertaintyError {
    /// The flows themselves do not consolidate.
    #[error(transparent)]
    Account(#[from] ConsolidationError),
    /// Terms name a product or delivery that is not listed.
    #[error("doubt is stated about `{0}`, which is not listed")]
    Unknown(ProductId),
    /// The terms of a product do not add up to its emissions and outside purchases.
    #[error("the terms of `{product}` add up to {terms}, its emissions and outside purchases to {own}")]
    Terms {
        /// Which.
        product: ProductId,
        /// Sum of its terms.
        terms: Co2e,
        /// `D + U`.
        own: Co2e,
    },
    /// The terms of what happens after sale do not add up to it.
    #[error("the terms after sale add up to {terms}, the products to {own}")]
    AfterSale {
        /// Sum of the terms.
        terms: Co2e,
        /// Sum over the products.
        own: Co2e,
    },
    /// A standard deviation is negative or not a number.
    #[error("a standard deviation of {0} is not possible")]
    Sigma(f64),
    /// Too few samples for a 5th percentile.
    #[error("{0} samples are too few for a 5th percentile")]
    Samples(u64),
    /// A sample has no answer.
    #[error("a sample has no answer: {0}")]
    NotSolved(#[from] SolveError),
}

/// Spread by first-order propagation in logarithms: no dice, and the central value is the median.
///
/// # Source
/// J. Hong, S. Shaked, R. Rosenbaum, O. Jolliet, Int. J. Life Cycle Assess. 15 (2010) 499-510.
pub fn first_order(input: &UncertainFlows) -> Result<Spread, UncertaintyError> {
    let model = Model::of(input)?;
    let size = model.system.entered.len();
    let forward = model.system.matrix.transposed();
    // Weights of a total on the products, what the weights become along the chains, and the spread they give.
    let spread = |weights: &[f64]| -> Result<(f64, f64), UncertaintyError> {
        let reach = solve(&forward, weights, None, &SolveOptions::ACCOUNT)?.values;
        Ok(model.log_spread(weights, &reach, false))
    };
    let mut products = BTreeMap::new();
    for (at, line) in model.account.products.iter().enumerate() {
        let mut only = vec![0.0; size];
        only[at] = 1.0;
        products.insert(line.id.clone(), around(spread(&only)?)?);
    }
    let ones = vec![1.0; size];
    let reach = solve(&forward, &ones, None, &SolveOptions::ACCOUNT)?.values;
    let delivered: Vec<f64> = reach.iter().map(|weight| weight - 1.0).collect();
    Ok(Spread {
        consolidated: around(model.own_spread())?,
        gross: around(model.log_spread(&ones, &reach, true))?,
        elimination: around(model.elimination_spread(&reach, &delivered))?,
        products,
        capped_samples: 0,
    })
}

/// Spread by Monte Carlo: each sample solves the whole account anew.
///
/// # Errors
/// [`UncertaintyError`]; a sample without an answer stops the run.
pub fn simulate(input: &UncertainFlows, run: Simulation) -> Result<Spread, UncertaintyError> {
    if run.samples < 20 {
        return Err(UncertaintyError::Samples(run.samples));
    }
    let model = Model::of(input)?;
    let mut capped_samples = 0;
    let mut drawn: Vec<Vec<f64>> = vec![Vec::new(); model.system.entered.len()];
    // What happens after sale is drawn with the same dice as the sample that is solved next.
    let after_sale = Cell::new(0.0);
    let (mut consolidated, mut gross, mut elimination) = (Vec::new(), Vec::new(), Vec::new());
    sample(
        &model.system.matrix,
        &model.carried,
        0..run.samples,
        &SolveOptions::ACCOUNT,
        |number, values, rhs| {
            let (after, capped) = model.draw(&mut Random::new(run.seed, number), values, rhs);
            after_sale.set(after);
            capped_samples += u64::from(capped);
        },
        |own, carried| {
            let total: f64 = carried.iter().sum();
            let entered: f64 = own.iter().sum();
            consolidated.push(entered + after_sale.get());
            gross.push(total + after_sale.get());
            elimination.push(total - entered);
            for (samples, &value) in drawn.iter_mut().zip(carried) {
                samples.push(value);
            }
        },
    )?;
    let products = model.account.products.iter().zip(drawn);
    let products = products.map(|(line, samples)| Ok((line.id.clone(), quantiles(line.total.value, samples)?)));
    Ok(Spread {
        consolidated: quantiles(model.account.consolidated.value, consolidated)?,
        gross: quantiles(model.account.gross.value, gross)?,
        elimination: quantiles(model.account.elimination.value, elimination)?,
        products: products.collect::<Result<_, UncertaintyError>>()?,
        capped_samples,
    })
}

/// Indexed input.
struct Model {
    account: Consolidated,
    system: System,
    carried: Vec<f64>,
    terms: Vec<IndexedTerm>,
    after_sale: Vec<IndexedSum>,
    sources: usize,
    deliveries: Vec<IndexedDelivery>,
    /// Share of each product sold to members, at the medians.
    sold: Vec<f64>,
}

struct IndexedTerm {
    product: usize,
    kg: f64,
    doubts: Vec<(usize, f64)>,
}

struct IndexedSum {
    kg: f64,
    doubts: Vec<(usize, f64)>,
}

struct IndexedDelivery {
    seller: usize,
    buyer: usize,
    /// Where among the coefficients.
    place: usize,
    sigma: f64,
}

impl Model {
    fn of(input: &UncertainFlows) -> Result<Self, UncertaintyError> {
        let account = consolidate(&input.flows)?;
        let system = System::of(&input.flows)?;
        let carried = solve(&system.matrix, &system.entered, None, &SolveOptions::ACCOUNT)?.values;
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        let mut terms = Vec::with_capacity(input.terms.len());
        for term in &input.terms {
            terms.push(IndexedTerm {
                product: place(&account, &term.product)?,
                kg: kg_of(term.central),
                doubts: numbered(&term.doubts, &mut numbers)?,
            });
        }
        check_terms(input)?;
        check_after_sale(input, &account)?;
        let mut after_sale = Vec::with_capacity(input.after_sale.len());
        for term in &input.after_sale {
            after_sale.push(IndexedSum {
                kg: kg_of(term.central),
                doubts: numbered(&term.doubts, &mut numbers)?,
            });
        }
        if after_sale.is_empty() {
            after_sale.push(IndexedSum {
                kg: kg_of(account.after_sale),
                doubts: Vec::new(),
            });
        }
        let deliveries = indexed_deliveries(input, &account, &system)?;
        let mut sold = vec![0.0; carried.len()];
        for (_, seller, share) in system.matrix.entries() {
            sold[seller] += share;
        }
        Ok(Self {
            sources: numbers.len(),
            account,
            system,
            carried,
            terms,
            after_sale,
            deliveries,
            sold,
        })
    }

    /// Writes one sample; what happens after sale in it, kg, and whether a product had to be capped.
    fn draw(&self, random: &mut Random, values: &mut [f64], rhs: &mut [f64]) -> (f64, bool) {
        let dice: Vec<f64> = (0..self.sources).map(|_| random.normal()).collect();
        let drawn = |kg: f64, doubts: &[(usize, f64)]| {
            let moved: f64 = doubts.iter().map(|&(source, sigma)| sigma * dice[source]).sum();
            kg * moved.exp()
        };
        rhs.fill(0.0);
        for term in &self.terms {
            rhs[term.product] += drawn(term.kg, &term.doubts);
        }
        let after_sale = self.after_sale.iter().map(|term| drawn(term.kg, &term.doubts)).sum();
        let base = self.system.matrix.values();
        values.copy_from_slice(base);
        let mut sold = self.sold.clone();
        for delivery in &self.deliveries {
            let share = base[delivery.place] * (delivery.sigma * random.normal()).exp();
            sold[delivery.seller] += share - base[delivery.place];
            values[delivery.place] = share;
        }
        let mut capped = false;
        for row in 0..rhs.len() {
            let range = self.system.matrix.range(row);
            let (suppliers, _) = self.system.matrix.row(row);
            for (value, &supplier) in values[range].iter_mut().zip(suppliers) {
                let most = self.sold[supplier as usize].max(0.999);
                let drawn = sold[supplier as usize];
                if drawn > most {
                    *value *= most / drawn;
                    capped = true;
                }
            }
        }
        (after_sale, capped)
    }

    /// Value and log-spread of `weights . P`, with what happens after sale or without, whose sensitivity to a product's own
    /// kg is `reach`.
    fn log_spread(&self, weights: &[f64], reach: &[f64], after_sale: bool) -> (f64, f64) {
        let carried = weights.iter().zip(&self.carried).map(|(weight, kg)| weight * kg);
        let value = carried.sum::<f64>() + if after_sale { self.after_sale_kg() } else { 0.0 };
        (value, self.spread_of(reach, reach, after_sale) / value)
    }

    fn own_spread(&self) -> (f64, f64) {
        let ones = vec![1.0; self.carried.len()];
        let value = self.after_sale_kg() + self.system.entered.iter().sum::<f64>();
        (value, self.spread_of(&ones, &vec![0.0; ones.len()], true) / value)
    }

    fn after_sale_kg(&self) -> f64 {
        self.after_sale.iter().map(|term| term.kg).sum()
    }

    fn elimination_spread(&self, reach: &[f64], delivered: &[f64]) -> (f64, f64) {
        let value = self.carried.iter().sum::<f64>() - self.system.entered.iter().sum::<f64>();
        (value, self.spread_of(delivered, reach, false) / value)
    }

    /// Standard deviation in kg, given the sensitivities to a product's own kg and to what is delivered into it.
    fn spread_of(&self, own: &[f64], into: &[f64], after_sale: bool) -> f64 {
        let mut by_source = vec![0.0; self.sources];
        for term in &self.terms {
            for &(source, sigma) in &term.doubts {
                by_source[source] += own[term.product] * term.kg * sigma;
            }
        }
        for term in self.after_sale.iter().filter(|_| after_sale) {
            for &(source, sigma) in &term.doubts {
                by_source[source] += term.kg * sigma;
            }
        }
        let sources: f64 = by_source.iter().map(|part| part * part).sum();
        let base = self.system.matrix.values();
        let delivered = self.deliveries.iter().map(|delivery| {
            (into[delivery.buyer] * base[delivery.place] * self.carried[delivery.seller] * delivery.sigma).powi(2)
        });
        (sources + delivered.sum::<f64>()).sqrt()
    }
}

fn indexed_deliveries(
    input: &UncertainFlows,
    account: &Consolidated,
    system: &System,
) -> Result<Vec<IndexedDelivery>, UncertaintyError> {
    let found = input.deliveries.iter().map(|doubt| {
        let (seller, buyer) = (place(account, &doubt.product)?, place(account, &doubt.into)?);
        let (suppliers, _) = system.matrix.row(buyer);
        let at = suppliers.binary_search_by(|&supplier| (supplier as usize).cmp(&seller));
        Ok(IndexedDelivery {
            seller,
            buyer,
            place: system.matrix.range(buyer).start
                + at.map_err(|_| UncertaintyError::Unknown(doubt.product.clone()))?,
            sigma: checked_sigma(doubt.sigma)?,
        })
    });
    found.collect()
}

fn check_terms(input: &UncertainFlows) -> Result<(), UncertaintyError> {
    let mut sums: BTreeMap<&ProductId, Co2e> = BTreeMap::new();
    for term in &input.terms {
        *sums.entry(&term.product).or_default() += term.central;
    }
    for product in &input.flows.products {
        let (terms, own) = (
            sums.get(&product.id).copied().unwrap_or_default(),
            product.direct + product.upstream,
        );
        if terms != own {
            return Err(UncertaintyError::Terms {
                product: product.id.clone(),
                terms,
                own,
            });
        }
    }
    Ok(())
}

fn check_after_sale(input: &UncertainFlows, account: &Consolidated) -> Result<(), UncertaintyError> {
    let terms: Co2e = input.after_sale.iter().map(|term| term.central).sum();
    if input.after_sale.is_empty() || terms == account.after_sale {
        return Ok(());
    }
    Err(UncertaintyError::AfterSale {
        terms,
        own: account.after_sale,
    })
}

/// Doubts with the number of their source; the same name is the same dice.
fn numbered<'a>(
    doubts: &'a [Doubt],
    numbers: &mut BTreeMap<&'a str, usize>,
) -> Result<Vec<(usize, f64)>, UncertaintyError> {
    let mut found = Vec::with_capacity(doubts.len());
    for doubt in doubts {
        let next = numbers.len();
        let number = *numbers.entry(&*doubt.source).or_insert(next);
        found.push((number, checked_sigma(doubt.sigma)?));
    }
    Ok(found)
}

fn place(account: &Consolidated, id: &ProductId) -> Result<usize, UncertaintyError> {
    let found = account.products.binary_search_by(|product| product.id.cmp(id));
    found.map_err(|_| UncertaintyError::Unknown(id.clone()))
}

fn checked_sigma(sigma: f64) -> Result<f64, UncertaintyError> {
    if sigma.is_finite() && sigma >= 0.0 {
        Ok(sigma)
    } else {
        Err(UncertaintyError::Sigma(sigma))
    }
}

fn kg_of(value: Co2e) -> f64 {
    value.amount().to_model_f64()
}

fn rounded(kg: f64) -> Result<Co2e, UncertaintyError> {
    let rounded = Rounded::kg(kg, 0.0).map_err(ConsolidationError::from)?;
    Ok(rounded.value)
}

/// Quantiles of a lognormal around `value`; nothing in doubt, or nothing there, has no spread.
fn around((value, sigma): (f64, f64)) -> Result<Quantiles, UncertaintyError> {
    let sigma = if value > 0.0 { sigma } else { 0.0 };
    let central = rounded(value)?;
    Ok(Quantiles {
        central,
        p5: rounded(value * (-Z95 * sigma).exp())?,
        p50: central,
        p95: rounded(value * (Z95 * sigma).exp())?,
    })
}

fn quantiles(central: Co2e, mut samples: Vec<f64>) -> Result<Quantiles, UncertaintyError> {
    samples.sort_by(f64::total_cmp);
    Ok(Quantiles {
        central,
        p5: rounded(percentile(&samples, 0.05))?,
        p50: rounded(percentile(&samples, 0.5))?,
        p95: rounded(percentile(&samples, 0.95))?,
    })
}

/// Between the two nearest of at least one sorted sample (Hyndman and Fan's type 7).
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count of samples"
)]
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let below = at.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (at - at.floor()) * (sorted[above] - sorted[below])
}
