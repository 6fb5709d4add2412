//! The lines of a document.

use super::{Document, states_co2, too_much};
use crate::deals::What;
use crate::num::{Ore, real, split, whole};
use crate::plan::{Cluster, Company};
use crate::rng::Rng;
use crate::sector::{Kind, Need};

/// A line. `quantity` counts the last of its `decimals`.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) name: String,
    /// The seller's article number.
    pub(super) article: Option<String>,
    pub(super) unit: &'static str,
    pub(super) quantity: i64,
    pub(super) decimals: u32,
    pub(super) net: Ore,
    /// Units that the price is for.
    pub(super) base: i64,
    /// Grams CO2e per unit, where the seller states it.
    pub(super) grams_per_unit: Option<i64>,
}

pub(super) fn of(cluster: &Cluster, company: &Company, document: &Document, need: &Need) -> Vec<Line> {
    let extra = too_much(cluster, company, &document.deal);
    let net = if document.credit {
        extra
    } else {
        document.deal.net + extra
    };
    match need.kind {
        Kind::Electricity => power(document, net),
        Kind::Material => material(cluster, document, need, net, extra),
        _ => service(cluster, document, need, net),
    }
}

/// Energy, grid and tax by the kilowatt hour, and the fixed charge by the day.
fn power(document: &Document, net: Ore) -> Vec<Line> {
    let days = i64::from(document.deal.month.period().to().day());
    let parts = split(net, &[0.58, 0.2, 0.13, 0.09]);
    let line = |name: &str, unit, quantity, net, base| Line {
        name: name.to_owned(),
        article: None,
        unit,
        quantity,
        decimals: 0,
        net,
        base,
        grams_per_unit: None,
    };
    let kwh = document.deal.quantity;
    vec![
        line("Elektrisk kraft", "KWH", kwh, parts[0], 1),
        line("Energiledd nettleie", "KWH", kwh, parts[1], 1),
        line("Forbruksavgift", "KWH", kwh, parts[2], 1),
        line("Fastledd nettleie", "DAY", days, parts[3], 365),
    ]
}

/// One to three articles of the material. What was credited is money, the goods were right.
fn material(cluster: &Cluster, document: &Document, need: &Need, net: Ore, extra: Ore) -> Vec<Line> {
    let deal = &document.deal;
    let mut rng = Rng::keyed(cluster.options.seed, &[61, deal.number, deal.buyer.id().into()]);
    if document.credit {
        return vec![Line {
            name: format!("Prisavslag {}", need.name.0),
            article: None,
            unit: "NMP",
            quantity: 1,
            decimals: 0,
            net: extra,
            base: 1,
            grams_per_unit: None,
        }];
    }
    let count = 1 + usize::try_from(rng.below(3)).unwrap_or(0);
    let weights: Vec<f64> = (0..count).map(|_| rng.around(0.6)).collect();
    let stated = states_co2(cluster, deal);
    let in_tonnes = deal.quantity >= 5_000;
    let grams = grams_per_kg(need.item) * rng.around(0.12);
    let quantities = split(deal.quantity, &weights);
    let amounts = split(net, &weights);
    let numbered = quantities.into_iter().zip(amounts).enumerate();
    numbered
        .filter(|(_, (quantity, _))| *quantity > 0)
        .map(|(at, (quantity, net))| {
            let article = article(deal.what, deal.seller.id(), at);
            Line {
                name: format!("{} {}", need.name.0, VARIANTS[at % VARIANTS.len()]),
                article: Some(article),
                unit: if in_tonnes { "TNE" } else { "KGM" },
                quantity,
                decimals: if in_tonnes { 3 } else { 0 },
                net,
                base: 1,
                grams_per_unit: stated.then(|| whole(grams * if in_tonnes { 1000.0 } else { 1.0 })),
            }
        })
        .collect()
}

/// Variants of an article.
pub(crate) const VARIANTS: [&str; 3] = ["standard", "kl. A", "type 2"];

/// The seller's number of an article.
pub(crate) fn article(what: What, seller: u16, variant: usize) -> String {
    let need = match what {
        What::Need(need) => need,
        What::Product => 0,
    };
    format!("{seller:05}-{need:02}{variant}")
}

/// Hours or pieces; the quantity is whatever makes a usual price.
fn service(cluster: &Cluster, document: &Document, need: &Need, net: Ore) -> Vec<Line> {
    let mut rng = Rng::keyed(cluster.options.seed, &[62, document.deal.number]);
    let hourly = rng.chance(400) && need.kind == Kind::Service;
    let quantity = if hourly {
        whole(real(net) / 100.0 / 1150.0).max(1)
    } else {
        1
    };
    vec![Line {
        name: need.name.0.to_owned(),
        article: None,
        unit: if hourly { "HUR" } else { "NMP" },
        quantity,
        decimals: 0,
        net,
        base: 1,
        grams_per_unit: None,
    }]
}

/// Grams CO2e per kilogram that sellers state: somewhat below general factors, so that a seller's statement is better
/// evidence and not a reduction. Assumed.
fn grams_per_kg(item: &str) -> f64 {
    match item {
        "wood" => 235.0,
        "sawn_timber" => 240.0,
        "particle_board" => 420.0,
        "steel" => 2300.0,
        "aluminium" => 6400.0,
        "aluminium_secondary" => 900.0,
        "cement" => 610.0,
        "concrete" => 115.0,
        "aggregates" => 6.5,
        "glass" => 1250.0,
        "plastic" | "pe" | "pp" => 2600.0,
        "paper" | "cardboard" => 850.0,
        "food_raw" => 3200.0,
        _ => 1600.0,
    }
}
