use std::collections::BTreeMap;

use serde::Deserialize;

use super::problem::{Draw, Feed, Pool, PoolingError, PoolingProblem, Product, Source};

/// The JSON layout of the public pooling sets: components, products, pools by name, and the ways between them.
#[derive(Deserialize)]
struct File {
    components: Vec<Component>,
    products: Vec<Wanted>,
    pool_size: BTreeMap<String, f64>,
    component_to_pool_fraction: Vec<IntoPool>,
    pool_to_product_bound: Vec<FromPool>,
    component_to_product_bound: Vec<FromComponent>,
}

type Qualities = BTreeMap<String, f64>;

#[derive(Deserialize)]
struct Component {
    name: String,
    lower: f64,
    upper: f64,
    price: f64,
    quality: Qualities,
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    lower: f64,
    upper: f64,
    price: f64,
    quality_lower: Option<Qualities>,
    quality_upper: Option<Qualities>,
}

#[derive(Deserialize)]
struct IntoPool {
    component: String,
    pool: String,
    fraction: f64,
}

#[derive(Deserialize)]
struct FromPool {
    pool: String,
    product: String,
    bound: f64,
}

#[derive(Deserialize)]
struct FromComponent {
    component: String,
    product: String,
    bound: f64,
}

/// Reads a pooling problem in the JSON layout of the public sets.
///
/// Serves benchmarks and tests only; no verb of the product reads such a file.
///
/// # Errors
/// [`PoolingError::Syntax`] for text that is not of this layout or names what it does not define.
pub fn parse_pooling(text: &str) -> Result<PoolingProblem, PoolingError> {
    let file: File = serde_json::from_str(text).map_err(|error| PoolingError::Syntax(error.to_string()))?;
    let names: Vec<&String> = file
        .components
        .first()
        .map_or(Vec::new(), |c| c.quality.keys().collect());
    let components: Vec<&str> = file.components.iter().map(|c| c.name.as_str()).collect();
    let products: Vec<&str> = file.products.iter().map(|p| p.name.as_str()).collect();
    let pools: Vec<&str> = file.pool_size.keys().map(String::as_str).collect();
    let sources = file.components.iter().map(|component| source(component, &names));
    let sources = sources.collect::<Result<_, _>>()?;
    let feeds = file.component_to_pool_fraction.iter().map(|way| {
        Ok(Feed {
            source: place(&components, &way.component)?,
            pool: place(&pools, &way.pool)?,
            share: way.fraction,
        })
    });
    let draws = file.pool_to_product_bound.iter().map(|way| {
        Ok(Draw {
            from: place(&pools, &way.pool)?,
            product: place(&products, &way.product)?,
            most: way.bound,
        })
    });
    let direct = file.component_to_product_bound.iter().map(|way| {
        Ok(Draw {
            from: place(&components, &way.component)?,
            product: place(&products, &way.product)?,
            most: way.bound,
        })
    });
    PoolingProblem::new(
        sources,
        file.pool_size
            .values()
            .map(|capacity| Pool { capacity: *capacity })
            .collect(),
        file.products.iter().map(|wanted| product(wanted, &names)).collect(),
        feeds.collect::<Result<_, PoolingError>>()?,
        draws.collect::<Result<_, PoolingError>>()?,
        direct.collect::<Result<_, PoolingError>>()?,
    )
}

fn place(names: &[&str], name: &str) -> Result<usize, PoolingError> {
    names
        .iter()
        .position(|known| *known == name)
        .ok_or_else(|| PoolingError::Syntax(format!("`{name}` is not defined")))
}

fn source(component: &Component, names: &[&String]) -> Result<Source, PoolingError> {
    let quality = names.iter().map(|name| component.quality.get(*name).copied());
    let quality: Option<Vec<f64>> = quality.collect();
    Ok(Source {
        lower: component.lower,
        upper: component.upper,
        cost: component.price,
        quality: quality.ok_or_else(|| PoolingError::Syntax(format!("`{}` lacks a property", component.name)))?,
    })
}

fn product(wanted: &Wanted, names: &[&String]) -> Product {
    let limit = |limits: &Option<Qualities>, name: &str, open: f64| {
        limits
            .as_ref()
            .and_then(|limits| limits.get(name))
            .copied()
            .unwrap_or(open)
    };
    let limits = names.iter().map(|name| {
        (
            limit(&wanted.quality_lower, name, f64::NEG_INFINITY),
            limit(&wanted.quality_upper, name, f64::INFINITY),
        )
    });
    Product {
        lower: wanted.lower,
        upper: wanted.upper,
        price: wanted.price,
        limits: limits.collect(),
    }
}
