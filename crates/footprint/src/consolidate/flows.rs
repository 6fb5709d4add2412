//! What the members make, emit and deliver to each other in one period.

use std::fmt;

use greenheart_model::{MemberId, Text};
use greenheart_units::{Amount, Basis, Co2e, Dimension, Reading};

/// A product of a member.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProductId {
    /// Who makes it.
    pub member: MemberId,
    /// Its name, unique within the member.
    pub name: Text,
}

impl ProductId {
    /// The product `name` of `member`.
    pub fn new(member: impl AsRef<str>, name: impl AsRef<str>) -> Self {
        Self {
            member: MemberId::new(member),
            name: Text::from(name.as_ref()),
        }
    }
}

impl fmt::Display for ProductId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.member, self.name)
    }
}

/// A product's year: what was made and what was emitted for it.
///
/// A member without a product of its own (an office, a school) is one product, `1 pcs` of its year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Which.
    pub id: ProductId,
    /// Output `x`, in base units.
    pub output: Reading,
    /// `D`: scope 1 of making it.
    pub direct: Co2e,
    /// `U`: everything bought for it from outside the cluster, energy included. Purchases from members are
    /// deliveries, never part of this.
    pub upstream: Co2e,
    /// `W`: what the boundary names of emissions after sale (category 9 by default).
    pub after_sale: Co2e,
    /// Rows behind it that still wait for a factor.
    pub unbound_rows: u64,
}

/// A delivery from member to member: one physical flow, whichever side reported it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What was delivered.
    pub product: ProductId,
    /// The buyer's product that it went into.
    pub into: ProductId,
    /// How much, in units of `product`.
    pub quantity: Reading,
    /// What the buyer's own account says it carries; `None` when it says nothing.
    pub reported: Option<Co2e>,
}

/// Everything that [`consolidate`](crate::consolidate::consolidate) needs of one period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClusterFlows {
    /// Products, in any order.
    pub products: Vec<Product>,
    /// Deliveries, in any order; several between the same two products add up.
    pub deliveries: Vec<Delivery>,
}

/// Why flows cannot be consolidated. Nothing is computed from such flows: a plausible wrong number would be worse.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConsolidationError {
    /// There is no product in the period.
    #[error("the period is empty: no member has a product in it")]
    Empty,
    /// A product is listed twice.
    #[error("product `{0}` is listed twice")]
    Twice(ProductId),
    /// Output is zero or negative.
    #[error("product `{product}` has an output of {output}; hint: leave it out, or give what was made")]
    NoOutput {
        /// Which.
        product: ProductId,
        /// What was stated.
        output: Reading,
    },
    /// Emissions are negative: credits, removals and avoided emissions have ledgers of their own.
    #[error(
        "product `{product}` states negative emissions ({value}); hint: removals and avoided emissions have their own ledgers"
    )]
    NegativeEmissions {
        /// Which.
        product: ProductId,
        /// What was stated.
        value: Co2e,
    },
    /// A delivery is negative.
    #[error("the delivery of `{product}` into `{into}` is {quantity}")]
    NegativeDelivery {
        /// What.
        product: ProductId,
        /// Where to.
        into: ProductId,
        /// How much.
        quantity: Reading,
    },
    /// A delivery names a product that is not listed.
    #[error("a delivery names product `{0}`, which is not listed")]
    Unknown(ProductId),
    /// A member buys from itself.
    #[error("member `{0}` buys from itself; hint: what it uses of its own is no delivery")]
    SelfPurchase(MemberId),
    /// A delivery is counted in another unit than its product.
    #[error(
        "the delivery of `{product}` is in {} ({}), the product in {} ({})",
        given.0.base_unit(), given.1.name(), expected.0.base_unit(), expected.1.name()
    )]
    Unit {
        /// What.
        product: ProductId,
        /// Dimension and basis of the delivery.
        given: (Dimension, Basis),
        /// Dimension and basis of the product.
        expected: (Dimension, Basis),
    },
    /// Members bought more of a product than was made.
    #[error("members bought {sold} of `{product}`, of which {output} was made")]
    Oversold {
        /// Which.
        product: ProductId,
        /// Bought by members.
        sold: Reading,
        /// Made.
        output: Reading,
    },
    /// The products of a loop leave it nowhere: it takes all it gives.
    #[error("`{0}` lies on a loop of deliveries that takes back all it gives (gain of one or more)")]
    Gain(ProductId),
    /// The equations have no answer within the tolerance.
    #[error(transparent)]
    NotSolved(#[from] crate::solve::SolveError),
    /// The footprints of what leaves the cluster do not add up to what went in.
    #[error("footprints of final output add up to {exported} kgCO2e, emissions and purchases to {entered} kgCO2e")]
    NotClosed {
        /// `sum p y`
        exported: f64,
        /// `sum D + U`
        entered: f64,
    },
    /// Sums or results beyond the ledger's decimals.
    #[error("an amount is too large for the ledger")]
    TooLarge,
}

impl From<crate::rounded::TooLarge> for ConsolidationError {
    fn from(_: crate::rounded::TooLarge) -> Self {
        Self::TooLarge
    }
}

/// Checked flows in a fixed order, so that the same flows give the same bytes in whatever order they came.
pub(super) struct Checked {
    /// By id.
    pub(super) products: Vec<Product>,
    /// By seller's and buyer's place, one for each pair of products.
    pub(super) pairs: Vec<CheckedPair>,
}

pub(super) struct CheckedPair {
    pub(super) seller: usize,
    pub(super) buyer: usize,
    pub(super) quantity: Amount,
    pub(super) reported: Option<Co2e>,
}

impl Checked {
    pub(super) fn of(flows: &ClusterFlows) -> Result<Self, ConsolidationError> {
        let products = checked_products(flows)?;
        let place = |id: &ProductId| {
            let found = products.binary_search_by(|product| product.id.cmp(id));
            found.map_err(|_| ConsolidationError::Unknown(id.clone()))
        };
        let mut pairs = Vec::with_capacity(flows.deliveries.len());
        for delivery in &flows.deliveries {
            let (seller, buyer) = (place(&delivery.product)?, place(&delivery.into)?);
            check_delivery(delivery, &products[seller].output)?;
            pairs.push(CheckedPair {
                seller,
                buyer,
                quantity: delivery.quantity.value,
                reported: delivery.reported,
            });
        }
        let pairs = merged(pairs)?;
        check_sold(&products, &pairs)?;
        Ok(Self { products, pairs })
    }
}

fn checked_products(flows: &ClusterFlows) -> Result<Vec<Product>, ConsolidationError> {
    let mut products = flows.products.clone();
    products.sort_by(|a, b| a.id.cmp(&b.id));
    if products.is_empty() {
        return Err(ConsolidationError::Empty);
    }
    if let Some(pair) = products.windows(2).find(|pair| pair[0].id == pair[1].id) {
        return Err(ConsolidationError::Twice(pair[0].id.clone()));
    }
    for product in &products {
        if product.output.value <= Amount::ZERO {
            return Err(ConsolidationError::NoOutput {
                product: product.id.clone(),
                output: product.output,
            });
        }
        for value in [product.direct, product.upstream, product.after_sale] {
            if value < Co2e::ZERO {
                return Err(ConsolidationError::NegativeEmissions {
                    product: product.id.clone(),
                    value,
                });
            }
        }
    }
    Ok(products)
}

fn check_delivery(delivery: &Delivery, output: &Reading) -> Result<(), ConsolidationError> {
    let (product, quantity) = (&delivery.product, delivery.quantity);
    if product.member == delivery.into.member {
        return Err(ConsolidationError::SelfPurchase(product.member.clone()));
    }
    let (given, expected) = ((quantity.dimension, quantity.basis), (output.dimension, output.basis));
    if given != expected {
        return Err(ConsolidationError::Unit {
            product: product.clone(),
            given,
            expected,
        });
    }
    if quantity.value.is_negative() {
        return Err(ConsolidationError::NegativeDelivery {
            product: product.clone(),
            into: delivery.into.clone(),
            quantity,
        });
    }
    Ok(())
}

/// Deliveries between the same two products as one.
fn merged(mut pairs: Vec<CheckedPair>) -> Result<Vec<CheckedPair>, ConsolidationError> {
    pairs.sort_by_key(|pair| (pair.seller, pair.buyer));
    let mut kept: Vec<CheckedPair> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        match kept.last_mut() {
            Some(last) if (last.seller, last.buyer) == (pair.seller, pair.buyer) => {
                last.quantity = add(last.quantity, pair.quantity)?;
                last.reported = match (last.reported, pair.reported) {
                    (Some(a), Some(b)) => Some(Co2e::new(add(a.amount(), b.amount())?)),
                    (a, b) => a.or(b),
                };
            }
            _ => kept.push(pair),
        }
    }
    Ok(kept)
}

fn check_sold(products: &[Product], pairs: &[CheckedPair]) -> Result<(), ConsolidationError> {
    let mut sold = vec![Amount::ZERO; products.len()];
    for pair in pairs {
        sold[pair.seller] = add(sold[pair.seller], pair.quantity)?;
    }
    for (product, sold) in products.iter().zip(sold) {
        if sold > product.output.value {
            return Err(ConsolidationError::Oversold {
                product: product.id.clone(),
                sold: Reading {
                    value: sold,
                    ..product.output
                },
                output: product.output,
            });
        }
    }
    Ok(())
}

pub(super) fn add(a: Amount, b: Amount) -> Result<Amount, ConsolidationError> {
    a.checked_add(b).map_err(|_| ConsolidationError::TooLarge)
}
