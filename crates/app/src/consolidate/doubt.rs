//! How sure the consolidated account and the products are, and how good the data behind each product is.
//!
//! Both travel along deliveries as the emissions do: a buyer's footprint is as unsure, and as well known, as what was
//! delivered to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use greenheart_footprint::consolidate::{ProductId, consolidate};
use greenheart_footprint::product::rating;
use greenheart_footprint::uncertainty::total::{SumTerm, total};
use greenheart_footprint::uncertainty::{Simulation, Spread, Term, UncertainFlows, first_order, simulate};
use greenheart_model::{MemberId, Ref};
use greenheart_units::{Amount, DecimalError, Rate, Rounding};
use serde::{Deserialize, Serialize};

use super::flows::{ENERGY, PRODUCT, Slot};
use super::{Account, Sight, YearQuery, panel_flows, refused};
use crate::rests::{Rests, Score, line_key};
use crate::spread::{SpreadLine, failed};
use crate::{Actor, App, AppError};

/// Samples that one question may draw.
const MOST_SAMPLES: u64 = 100_000;

/// Spread of a consolidated account and of its products, kg CO2e.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSpread {
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Calendar year.
    pub year: i16,
    /// `first_order` or `monte_carlo`.
    pub method: String,
    /// Samples and seed of a simulation.
    pub samples: Option<(u64, u64)>,
    /// Totals by name; empty for those who do not lead. What members booked differently for each other's products is a difference
    /// of either sign and has no spread of its own.
    pub totals: Vec<TotalSpread>,
    /// Products of members that the actor may read.
    pub products: Vec<ProductSpread>,
}

/// Spread of a total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalSpread {
    /// Name of the total.
    pub name: String,
    /// P5, P50, P95.
    #[serde(flatten)]
    pub spread: SpreadLine,
}

/// Spread of what a product carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductSpread {
    /// Opens to the product.
    pub reference: Ref,
    /// Whose.
    pub member: MemberId,
    /// Which.
    pub product: String,
    /// P5, P50, P95 of the whole output.
    #[serde(flatten)]
    pub spread: SpreadLine,
}

/// Quality of the data behind a product, weighed by emissions: 1 good to 5 poor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualityLine {
    /// Technology.
    pub technology: Rate,
    /// Geography.
    pub geography: Rate,
    /// Time.
    pub time: Rate,
    /// The mean of the three.
    pub rating: Rate,
    /// Share of the footprint that is rated; suppliers' own figures and what waits for a factor are not.
    pub rated_share: Rate,
}

/// Qualities of an account's products.
pub(crate) type Qualities = BTreeMap<ProductId, QualityLine>;

impl App {
    /// P5, P50 and P95 of the totals and products of an account: by first order, or from samples.
    ///
    /// # Errors
    /// [`AppError::Input`] for flows that cannot be consolidated, and for too few or too many samples.
    pub async fn account_spread(
        &self,
        actor: &Actor,
        query: &YearQuery,
        run: Option<Simulation>,
    ) -> Result<AccountSpread, AppError> {
        self.allowed(actor, actor.is_of_the_cluster(), "consolidate.spread", None)
            .await?;
        if run.is_some_and(|run| !(20..=MOST_SAMPLES).contains(&run.samples)) {
            return Err(AppError::input(
                "the number of samples does not fit",
                format!("draw from 20 to {MOST_SAMPLES} samples"),
            ));
        }
        let account = self.account(actor, query).await?;
        let readable = self.readable_members(actor).await?;
        let sees = Sight::of(actor, &readable);
        let rests = self.rests_of(&account).await?;
        let input = uncertain(&account, &rests)?;
        let found = match run {
            Some(run) => simulate(&input, run),
            None => first_order(&input),
        };
        let found = found.map_err(|error| failed(&error))?;
        let shown = found.products.iter().filter(|(id, _)| sees.member(&id.member));
        let products: Vec<ProductSpread> = shown
            .map(|(id, spread)| ProductSpread {
                reference: account.reference(&product_name(id)),
                member: id.member.clone(),
                product: id.name.to_string(),
                spread: SpreadLine::from(*spread),
            })
            .collect();
        self.note_looks(actor, products.iter().map(|line| &line.member), "consolidate.spread")
            .await?;
        self.note(actor, "consolidate.spread", None, &account.snapshot.name(), "done")
            .await?;
        Ok(AccountSpread {
            snapshot: account.snapshot.name(),
            year: account.year,
            method: if run.is_some() { "monte_carlo" } else { "first_order" }.into(),
            samples: run.map(|run| (run.samples, run.seed)),
            totals: if sees.leads {
                totals(&account, &rests, &found, &input)?
            } else {
                Vec::new()
            },
            products,
        })
    }

    /// Quality of the data behind each product.
    pub(crate) async fn qualities(&self, account: &Account) -> Result<Arc<Qualities>, AppError> {
        let make = async {
            let rests = self.rests_of(account).await?;
            qualities(account, &rests)
        };
        self.cache.qualities.of(account.key(), make).await
    }

    async fn rests_of(&self, account: &Account) -> Result<Rests, AppError> {
        let (year, config) = (account.year, &account.config);
        let panel = Some(&account.lines.panel);
        self.rests(&account.snapshot, year, config.gwp, config.scope2, panel)
            .await
    }
}

/// Name of a product in references.
pub(crate) fn product_name(id: &ProductId) -> String {
    if &*id.name == PRODUCT {
        format!("product/{}", id.member)
    } else {
        format!("product/{}/{}", id.member, id.name)
    }
}

/// The account with what its lines rest on.
fn uncertain(account: &Account, rests: &Rests) -> Result<UncertainFlows, AppError> {
    let (mut terms, mut after_sale) = (Vec::new(), Vec::new());
    for line in account.year_lines() {
        let Some(slot) = account.panel().slot(line) else {
            continue;
        };
        let parts = rests.terms(&line_key(line), line.co2e_kg)?;
        if slot == Slot::AfterSale {
            after_sale.extend(parts);
            continue;
        }
        let energy = ProductId::new(line.member.as_str(), ENERGY);
        let product = if slot == Slot::Plant && account.made.product(&energy).is_some() {
            energy
        } else {
            ProductId::new(line.member.as_str(), PRODUCT)
        };
        terms.extend(parts.into_iter().map(|part| Term {
            product: product.clone(),
            central: part.central,
            doubts: part.doubts,
        }));
    }
    Ok(UncertainFlows {
        flows: account.flows.clone(),
        terms,
        after_sale,
        deliveries: Vec::new(),
    })
}

fn totals(
    account: &Account,
    rests: &Rests,
    found: &Spread,
    input: &UncertainFlows,
) -> Result<Vec<TotalSpread>, AppError> {
    // What members report rests on their own lines alone, purchases from members as they booked them.
    let mut reported: Vec<SumTerm> = Vec::new();
    for line in account.year_lines().iter().filter(|line| line.counted) {
        reported.extend(rests.terms(&line_key(line), line.co2e_kg)?);
    }
    let summed = |terms: &[SumTerm]| -> Result<SpreadLine, AppError> {
        Ok(SpreadLine::from(total(terms).map_err(|error| failed(&error))?))
    };
    let named = |name: &str, spread: SpreadLine| TotalSpread {
        name: name.into(),
        spread,
    };
    Ok(vec![
        named("reported_kg", summed(&reported)?),
        named("gross_kg", found.gross.into()),
        named("elimination_kg", found.elimination.into()),
        named("consolidated_kg", found.consolidated.into()),
        named("after_sale_kg", summed(&input.after_sale)?),
    ])
}

/// A score travels along deliveries as the emissions do, so it is found by consolidating emissions times score.
fn qualities(account: &Account, rests: &Rests) -> Result<Qualities, AppError> {
    let carried = |score: Score| -> Result<BTreeMap<ProductId, Amount>, AppError> {
        let weight = |line: &greenheart_account::BoundaryLine| -> Result<Amount, DecimalError> {
            line.co2e_kg
                .times(rests.score(&line_key(line), score), Rounding::HalfEven)
        };
        let flows = panel_flows(account.panel(), account.year_lines(), &weight)?;
        let made = consolidate(&flows.flows).map_err(|error| refused(account.year, &error))?;
        let products = made.products.into_iter();
        Ok(products
            .map(|product| (product.id, product.total.value.amount()))
            .collect())
    };
    let rated = carried(Score::Rated)?;
    let [technology, geography, time] = [
        carried(Score::Technology)?,
        carried(Score::Geography)?,
        carried(Score::Time)?,
    ];
    let mut found = Qualities::new();
    for product in &account.made.products {
        let of = |scores: &BTreeMap<ProductId, Amount>| scores.get(&product.id).copied().unwrap_or_default();
        let all = of(&rated);
        let mean = |scores: &BTreeMap<ProductId, Amount>| of(scores).ratio(all);
        let (Some(technology), Some(geography), Some(time)) = (mean(&technology), mean(&geography), mean(&time)) else {
            continue;
        };
        let quality = QualityLine {
            technology,
            geography,
            time,
            rating: rating(technology, geography, time),
            rated_share: all
                .ratio(product.total.value.amount())
                .unwrap_or_default()
                .min(Rate::ONE),
        };
        found.insert(product.id.clone(), quality);
    }
    Ok(found)
}
