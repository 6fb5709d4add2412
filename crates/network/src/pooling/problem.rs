/// A material as it comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Least amount to take.
    pub lower: f64,
    /// Most amount to take.
    pub upper: f64,
    /// Cost of a unit; negative when the giver pays.
    pub cost: f64,
    /// One figure per property, on an amount basis so that a mix has the mean.
    pub quality: Vec<f64>,
}

/// A receiver and what it can use.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// Least amount.
    pub lower: f64,
    /// Most amount.
    pub upper: f64,
    /// What it pays for a unit.
    pub price: f64,
    /// Least and most of each property; infinite where there is no limit.
    pub limits: Vec<(f64, f64)>,
}

/// Where streams mix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pool {
    /// Most amount through it.
    pub capacity: f64,
}

/// A way from a source into a pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feed {
    /// Source.
    pub source: usize,
    /// Pool.
    pub pool: usize,
    /// Most share of the pool's content, 0 to 1.
    pub share: f64,
}

/// A way to a product, from a pool or straight from a source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draw {
    /// Pool or source.
    pub from: usize,
    /// Product.
    pub product: usize,
    /// Most amount.
    pub most: f64,
}

/// Which streams to mix where and who gets what, at least cost less income.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PoolingProblem {
    pub(super) sources: Vec<Source>,
    pub(super) pools: Vec<Pool>,
    pub(super) products: Vec<Product>,
    pub(super) feeds: Vec<Feed>,
    pub(super) draws: Vec<Draw>,
    pub(super) direct: Vec<Draw>,
}

impl PoolingProblem {
    /// A checked problem. `draws` lead from pools, `direct` from sources.
    ///
    /// # Errors
    /// [`PoolingError`] for unknown ends, numbers that are none, and lists of properties of different length.
    pub fn new(
        sources: Vec<Source>,
        pools: Vec<Pool>,
        products: Vec<Product>,
        feeds: Vec<Feed>,
        draws: Vec<Draw>,
        direct: Vec<Draw>,
    ) -> Result<Self, PoolingError> {
        let problem = Self {
            sources,
            pools,
            products,
            feeds,
            draws,
            direct,
        };
        problem.check_numbers()?;
        problem.check_ends()?;
        Ok(problem)
    }

    /// Number of properties.
    pub fn properties(&self) -> usize {
        self.sources.first().map_or(0, |source| source.quality.len())
    }

    fn check_numbers(&self) -> Result<(), PoolingError> {
        let properties = self.properties();
        for (index, source) in self.sources.iter().enumerate() {
            let fine = source.cost.is_finite() && source.quality.iter().all(|q| q.is_finite());
            if !fine || !(0.0..f64::INFINITY).contains(&source.lower) || source.lower > source.upper {
                return Err(PoolingError::BadNumber { what: "source", index });
            }
            if source.quality.len() != properties {
                return Err(PoolingError::Properties { what: "source", index });
            }
        }
        for (index, product) in self.products.iter().enumerate() {
            let fine = product.price.is_finite() && product.limits.iter().all(|(low, high)| low <= high);
            if !fine || !(0.0..f64::INFINITY).contains(&product.lower) || product.lower > product.upper {
                return Err(PoolingError::BadNumber { what: "product", index });
            }
            if product.limits.len() != properties {
                return Err(PoolingError::Properties { what: "product", index });
            }
        }
        let bad_pool = |pool: &Pool| !pool.capacity.is_finite() || pool.capacity < 0.0;
        match self.pools.iter().position(bad_pool) {
            Some(index) => Err(PoolingError::BadNumber { what: "pool", index }),
            None => Ok(()),
        }
    }

    fn check_ends(&self) -> Result<(), PoolingError> {
        for (index, feed) in self.feeds.iter().enumerate() {
            if feed.source >= self.sources.len() || feed.pool >= self.pools.len() {
                return Err(PoolingError::UnknownEnd { what: "feed", index });
            }
            if !(0.0..=1.0).contains(&feed.share) {
                return Err(PoolingError::BadNumber { what: "feed", index });
            }
        }
        for (what, draws, froms) in [
            ("draw", &self.draws, self.pools.len()),
            ("direct draw", &self.direct, self.sources.len()),
        ] {
            for (index, draw) in draws.iter().enumerate() {
                if draw.from >= froms || draw.product >= self.products.len() {
                    return Err(PoolingError::UnknownEnd { what, index });
                }
                if !(0.0..f64::INFINITY).contains(&draw.most) {
                    return Err(PoolingError::BadNumber { what, index });
                }
            }
        }
        Ok(())
    }
}

/// Why there is no mix.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PoolingError {
    /// A number that is negative where it must not be, none, or a lower limit above its upper one.
    #[error("{what} {index} has a number that cannot be used")]
    BadNumber {
        /// Kind of thing.
        what: &'static str,
        /// Which.
        index: usize,
    },
    /// A feed or draw to something that is not there.
    #[error("{what} {index} names an end that is not there")]
    UnknownEnd {
        /// Kind of thing.
        what: &'static str,
        /// Which.
        index: usize,
    },
    /// Lists of properties of different length.
    #[error("{what} {index} has another number of properties than the first source")]
    Properties {
        /// Kind of thing.
        what: &'static str,
        /// Which.
        index: usize,
    },
    /// No mix meets the limits: proven by the relaxation.
    #[error("no blend meets the limits and least amounts")]
    Infeasible,
    /// A file that is not what it should be.
    #[error("the pooling file cannot be read: {0}")]
    Syntax(String),
    /// The programs behind the mix failed.
    #[error(transparent)]
    Program(#[from] greenheart_milp::MilpError),
}
