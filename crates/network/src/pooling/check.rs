use super::problem::PoolingProblem;
use super::search::Mix;

/// Everything that is wrong with a mix, recomputed from the problem: amounts, shares, quality of every product, objective.
pub fn check_mix(problem: &PoolingProblem, mix: &Mix) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut taken = vec![0.0; problem.sources.len()];
    // Amount of each source in each product: `[product][source]`.
    let mut content = vec![vec![0.0; problem.sources.len()]; problem.products.len()];
    for (pool, limit) in problem.pools.iter().enumerate() {
        let feeds = || problem.feeds.iter().zip(&mix.shares).filter(|(feed, _)| feed.pool == pool);
        let through: f64 = amounts(problem, mix).filter(|(from, _, _)| *from == pool).map(|(_, _, a)| a).sum();
        let sum: f64 = feeds().map(|(_, share)| share).sum();
        if through > 1e-6 && (sum - 1.0).abs() > 1e-6 {
            wrong.push(format!("the shares of pool {pool} sum to {sum}"));
        }
        if through > limit.capacity * (1.0 + 1e-6) + 1e-6 {
            wrong.push(format!("pool {pool} carries {through} of {}", limit.capacity));
        }
        for (_, product, amount) in amounts(problem, mix).filter(|(from, _, _)| *from == pool) {
            for (feed, share) in feeds() {
                content[product][feed.source] += share * amount;
            }
        }
    }
    for (draw, amount) in problem.direct.iter().zip(&mix.direct) {
        content[draw.product][draw.from] += amount;
    }
    let mut objective = 0.0;
    for (index, (product, parts)) in problem.products.iter().zip(&content).enumerate() {
        let amount: f64 = parts.iter().sum();
        objective -= product.price * amount;
        if amount > product.upper + 1e-5 || amount < product.lower - 1e-5 {
            wrong.push(format!("product {index} gets {amount}"));
        }
        for (property, (low, high)) in product.limits.iter().enumerate() {
            let mixed = parts.iter().zip(&problem.sources).map(|(part, source)| part * source.quality[property]);
            let total: f64 = mixed.sum();
            if total > high * amount + 1e-4 * (1.0 + total.abs()) || total < low * amount - 1e-4 * (1.0 + total.abs()) {
                wrong.push(format!("product {index} has {} of property {property}", total / amount));
            }
        }
        for (source, part) in parts.iter().enumerate() {
            taken[source] += part;
        }
    }
    for (index, (source, amount)) in problem.sources.iter().zip(&taken).enumerate() {
        objective += source.cost * amount;
        if *amount > source.upper + 1e-5 || *amount < source.lower - 1e-5 {
            wrong.push(format!("source {index} gives {amount}"));
        }
    }
    if (objective - mix.objective).abs() > 1e-5 * (1.0 + objective.abs()) {
        wrong.push(format!("the mix costs {objective}, not {}", mix.objective));
    }
    wrong
}

/// Pool, product and amount of each draw.
fn amounts<'a>(problem: &'a PoolingProblem, mix: &'a Mix) -> impl Iterator<Item = (usize, usize, f64)> + 'a {
    let draws = problem.draws.iter().zip(&mix.draws);
    draws.map(|(draw, amount)| (draw.from, draw.product, *amount))
}
