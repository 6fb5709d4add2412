//! How a member's reduction travels to the footprints of its customers, and of theirs.

use greenheart_units::{Amount, Co2e, Rate};

use super::{ClusterFlows, Consolidated, ConsolidationError, Pair, ProductId, Viewer, consolidate};

/// A change to what one product emits or buys from outside; output and deliveries stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which product.
    pub product: ProductId,
    /// Added to its scope 1; negative for a reduction.
    pub direct: Co2e,
    /// Added to what it buys from outside.
    pub upstream: Co2e,
}

/// A product before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductChange {
    /// Which.
    pub id: ProductId,
    /// kgCO2e per unit before.
    pub before: Rate,
    /// kgCO2e per unit after.
    pub after: Rate,
}

/// A delivery before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairChange {
    /// What is delivered.
    pub product: ProductId,
    /// Where it goes.
    pub into: ProductId,
    /// What it carries before.
    pub before: Co2e,
    /// What it carries after.
    pub after: Co2e,
}

/// The two accounts side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    /// As it is.
    pub before: Consolidated,
    /// As it would be.
    pub after: Consolidated,
}

/// Why a change cannot be tried.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WhatIfError {
    /// The product is not listed.
    #[error("product `{0}` is not listed")]
    Unknown(ProductId),
    /// More is taken away than is there.
    #[error("a reduction of {reduction} is more than the {there} that product `{product}` has")]
    MoreThanThere {
        /// Which.
        product: ProductId,
        /// Asked.
        reduction: Co2e,
        /// There.
        there: Co2e,
    },
    /// One of the accounts cannot be made.
    #[error(transparent)]
    Account(#[from] ConsolidationError),
}

/// Consolidates with and without `changes`.
pub fn what_if(flows: &ClusterFlows, changes: &[Change]) -> Result<WhatIf, WhatIfError> {
    let mut changed = flows.clone();
    for change in changes {
        let product = changed
            .products
            .iter_mut()
            .find(|product| product.id == change.product)
            .ok_or_else(|| WhatIfError::Unknown(change.product.clone()))?;
        product.direct = moved(product.direct, change.direct, &change.product)?;
        product.upstream = moved(product.upstream, change.upstream, &change.product)?;
    }
    Ok(WhatIf {
        before: consolidate(flows)?,
        after: consolidate(&changed)?,
    })
}

fn moved(there: Co2e, by: Co2e, product: &ProductId) -> Result<Co2e, WhatIfError> {
    let sum = there
        .amount()
        .checked_add(by.amount())
        .map_err(|_| ConsolidationError::TooLarge)?;
    if sum < Amount::ZERO {
        return Err(WhatIfError::MoreThanThere {
            product: product.clone(),
            reduction: -by,
            there,
        });
    }
    Ok(Co2e::new(sum))
}

impl WhatIf {
    /// What it does to the consolidated account: exactly the sum of the changes.
    pub fn cluster_change(&self) -> Co2e {
        self.after.consolidated.value - self.before.consolidated.value
    }

    /// Products of the viewer whose footprint changes.
    pub fn products_for<'a>(&'a self, viewer: &'a Viewer) -> impl Iterator<Item = ProductChange> + 'a {
        let both = self.before.products.iter().zip(&self.after.products);
        both.filter(|(before, after)| {
            before.per_unit.value != after.per_unit.value && viewer.sees_member(&before.id.member)
        })
        .map(|(before, after)| ProductChange {
            id: before.id.clone(),
            before: before.per_unit.value,
            after: after.per_unit.value,
        })
    }

    /// Deliveries of or to the viewer whose burden changes.
    pub fn pairs_for<'a>(&'a self, viewer: &'a Viewer) -> impl Iterator<Item = PairChange> + 'a {
        let both = self.before.pairs.iter().zip(&self.after.pairs);
        let visible = move |pair: &Pair| viewer.sees_pair(&pair.product, &pair.into);
        both.filter(move |(before, after)| before.carried.value != after.carried.value && visible(before))
            .map(|(before, after)| PairChange {
                product: before.product.clone(),
                into: before.into.clone(),
                before: before.carried.value,
                after: after.carried.value,
            })
    }
}
