//! The cluster's account without double counting.
//!
//! Each product carries its own emissions, what was bought for it from outside, and the footprints of what was
//! delivered to it: `p = d + u + A'p`. What leaves the cluster, `y = x - Z1`, then carries exactly what went
//! in, so `C = sum p y + W` counts every tonne once, however the deliveries loop. Worked example and wording for
//! readers: `docs/concepts/double-counting.md`.

mod flows;
mod views;
mod what_if;

use greenheart_model::{MemberId, Status};
use greenheart_units::{Co2e, Rate, Reading};

pub use flows::{ClusterFlows, ConsolidationError, Delivery, Product, ProductId};
pub use views::Viewer;
pub use what_if::{Change, PairChange, ProductChange, WhatIf, WhatIfError, what_if};

use crate::rounded::Rounded;
use crate::solve::{GainBound, Method, SolveError, SolveOptions, solve_with_gain_check};
use crate::sparse::RowMatrix;
use flows::{Checked, CheckedPair};

/// A product and what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductFootprint {
    /// Which.
    pub id: ProductId,
    /// Output `x`.
    pub output: Reading,
    /// `p`: kgCO2e per base unit, cradle to gate.
    pub per_unit: Rounded<Rate>,
    /// `p x`: kgCO2e of the whole output.
    pub total: Rounded<Co2e>,
    /// `y`: what left the cluster.
    pub final_output: Reading,
    /// `p y`: kgCO2e that left with it.
    pub exported: Rounded<Co2e>,
}

/// A pair of products, one delivered into the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// What was delivered.
    pub product: ProductId,
    /// Where it went.
    pub into: ProductId,
    /// `Z`, in units of `product`.
    pub quantity: Reading,
    /// `p Z`: what the delivery carries, and what elimination takes out for it.
    pub carried: Rounded<Co2e>,
    /// What the buyer's account says instead.
    pub reported: Option<Co2e>,
}

/// A member's part of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPart {
    /// Who.
    pub member: MemberId,
    /// `D + U` over its products.
    pub own: Co2e,
    /// What it reported for purchases from members.
    pub reported_purchases: Co2e,
    /// `p x` over its products.
    pub gross: Co2e,
    /// `p y` over its products.
    pub exported: Co2e,
    /// `W` over its products.
    pub after_sale: Co2e,
}

/// How the footprints were found and how sure they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Method that gave the accepted answer.
    pub method: Method,
    /// Its passes or steps.
    pub steps: usize,
    /// Componentwise backward error of the answer.
    pub residual: f64,
    /// No loop feeds back more than this share of what it takes.
    pub gain_at_most: f64,
}

/// The consolidated account. The totals add up exactly, as decimals:
/// `reported = gross + revaluation`, `gross = consolidated + elimination`.
#[derive(Debug, Clone, PartialEq)]
pub struct Consolidated {
    /// Products by id.
    pub products: Vec<ProductFootprint>,
    /// Pairs by product and buyer's product.
    pub pairs: Vec<Pair>,
    /// Members by id.
    pub members: Vec<MemberPart>,
    /// Plain sum of what the members report: `D + U`, purchases from members as they booked them, `W`.
    pub reported: Co2e,
    /// `sum p x + W`: the same with every purchase from a member at its footprint.
    pub gross: Rounded<Co2e>,
    /// `sum p y + W`: each tonne once.
    pub consolidated: Rounded<Co2e>,
    /// `sum p Z`: what the gross sum counts more than once.
    pub elimination: Rounded<Co2e>,
    /// Reported less gross: what members booked differently for each other's products.
    pub revaluation: Rounded<Co2e>,
    /// `W`.
    pub after_sale: Co2e,
    /// Deliveries for which the buyer booked nothing.
    pub unreported_pairs: usize,
    /// Rows that still wait for a factor; with any the account is partial.
    pub unbound_rows: u64,
    /// How it was solved.
    pub evidence: Evidence,
}

impl Consolidated {
    /// Whether every row behind the account was bound to a factor.
    pub fn status(&self) -> Status {
        if self.unbound_rows == 0 {
            Status::Complete
        } else {
            Status::Partial
        }
    }

    /// The footprint of a product.
    pub fn product(&self, id: &ProductId) -> Option<&ProductFootprint> {
        let at = self.products.binary_search_by(|product| product.id.cmp(id)).ok()?;
        Some(&self.products[at])
    }
}

/// Consolidates the flows of one period.
///
/// # Units
/// kgCO2e; quantities in the base unit of each product.
/// # Errors
/// [`ConsolidationError`]: bad input by name, a loop with a gain of one or more, equations that no method
/// solves, footprints that do not add up to what went in.
/// # Source
/// Leontief's quantity model on product flows; R. Heijungs, S. Suh, The Computational Structure of Life Cycle
/// Assessment (Kluwer 2002), chapter 2; the identity `sum p y = sum D + U` is derived in
/// `docs/concepts/double-counting.md`.
pub fn consolidate(flows: &ClusterFlows) -> Result<Consolidated, ConsolidationError> {
    let checked = Checked::of(flows)?;
    let carried = Carried::solve(&checked)?;
    let products = product_lines(&checked, &carried)?;
    let pairs = pair_lines(&checked, &carried)?;
    carried.check_closed(&checked)?;
    Ok(totals(&checked, products, pairs, carried.evidence))
}

/// The equations `P = D + U + S'P` with `P = p x` and `S_ij = Z_ij / x_i`, the share of product i that goes into j:
/// the footprint equations multiplied by output, so kg throughout, whatever the products are counted in.
pub(crate) struct System {
    /// `S'`: row j holds the shares of other products that go into j.
    pub(crate) matrix: RowMatrix,
    /// `D + U`, kg.
    pub(crate) entered: Vec<f64>,
}

impl System {
    /// The equations of `flows`, products by id.
    pub(crate) fn of(flows: &ClusterFlows) -> Result<Self, ConsolidationError> {
        Self::checked(&Checked::of(flows)?)
    }

    fn checked(checked: &Checked) -> Result<Self, ConsolidationError> {
        let shares = checked
            .pairs
            .iter()
            .map(|pair| (pair.buyer, pair.seller, share(checked, pair)));
        Ok(Self {
            matrix: RowMatrix::from_entries(checked.products.len(), shares.collect())
                .map_err(|_| ConsolidationError::TooLarge)?,
            entered: checked.products.iter().map(own_kg).collect(),
        })
    }
}

/// What the whole output of each product carries, kg, and by how much that can be wrong.
struct Carried {
    kg: Vec<f64>,
    error: Vec<f64>,
    evidence: Evidence,
}

impl Carried {
    fn solve(checked: &Checked) -> Result<Self, ConsolidationError> {
        let System { matrix, entered } = System::checked(checked)?;
        let (solution, bound): (_, GainBound) = solve_with_gain_check(&matrix, &entered, &SolveOptions::ACCOUNT)
            .map_err(|error| match error {
                SolveError::Gain { row } => ConsolidationError::Gain(checked.products[row].id.clone()),
                other => ConsolidationError::NotSolved(other),
            })?;
        Ok(Self {
            error: bound.error_bound(&matrix, &entered, &solution.values),
            evidence: Evidence {
                method: solution.method,
                steps: solution.steps,
                residual: solution.residual,
                gain_at_most: bound.gain_at_most,
            },
            kg: solution.values,
        })
    }

    /// The one identity that no cluster may break: what leaves carries what went in.
    fn check_closed(&self, checked: &Checked) -> Result<(), ConsolidationError> {
        let entered: f64 = checked.products.iter().map(own_kg).sum();
        let delivered: f64 = checked
            .pairs
            .iter()
            .map(|pair| share(checked, pair) * self.kg[pair.seller])
            .sum();
        let exported = self.kg.iter().sum::<f64>() - delivered;
        let slack = self.error.iter().sum::<f64>() * 2.0 + 1e-9 * entered + 1e-6;
        if (exported - entered).abs() <= slack {
            return Ok(());
        }
        Err(ConsolidationError::NotClosed { exported, entered })
    }
}

fn own_kg(product: &Product) -> f64 {
    product.direct.amount().to_model_f64() + product.upstream.amount().to_model_f64()
}

fn share(checked: &Checked, pair: &CheckedPair) -> f64 {
    pair.quantity.to_model_f64() / checked.products[pair.seller].output.value.to_model_f64()
}

fn product_lines(checked: &Checked, carried: &Carried) -> Result<Vec<ProductFootprint>, ConsolidationError> {
    let mut left: Vec<_> = checked.products.iter().map(|product| product.output.value).collect();
    for pair in &checked.pairs {
        left[pair.seller] -= pair.quantity;
    }
    let lines = checked
        .products
        .iter()
        .zip(left)
        .enumerate()
        .map(|(at, (product, left))| {
            let (kg, error) = (carried.kg[at], carried.error[at]);
            let output = product.output.value.to_model_f64();
            let gone = left.to_model_f64() / output;
            Ok(ProductFootprint {
                id: product.id.clone(),
                output: product.output,
                per_unit: Rounded::rate(kg / output, error / output)?,
                total: Rounded::kg(kg, error)?,
                final_output: Reading {
                    value: left,
                    ..product.output
                },
                exported: Rounded::kg(kg * gone, error * gone)?,
            })
        });
    lines.collect()
}

fn pair_lines(checked: &Checked, carried: &Carried) -> Result<Vec<Pair>, ConsolidationError> {
    let lines = checked.pairs.iter().map(|pair| {
        let seller = &checked.products[pair.seller];
        let share = share(checked, pair);
        Ok(Pair {
            product: seller.id.clone(),
            into: checked.products[pair.buyer].id.clone(),
            quantity: Reading {
                value: pair.quantity,
                ..seller.output
            },
            carried: Rounded::kg(share * carried.kg[pair.seller], share * carried.error[pair.seller])?,
            reported: pair.reported,
        })
    });
    lines.collect()
}

/// Sums in decimals, so that they add up exactly and do not depend on order.
fn totals(checked: &Checked, products: Vec<ProductFootprint>, pairs: Vec<Pair>, evidence: Evidence) -> Consolidated {
    let after_sale: Co2e = checked.products.iter().map(|product| product.after_sale).sum();
    let own: Co2e = checked
        .products
        .iter()
        .map(|product| product.direct + product.upstream)
        .sum();
    let booked: Co2e = pairs.iter().filter_map(|pair| pair.reported).sum();
    let reported = own + booked + after_sale;
    let consolidated = plus(sum(products.iter().map(|product| product.exported)), after_sale);
    let elimination = sum(pairs.iter().map(|pair| pair.carried));
    let gross = sum([consolidated, elimination].into_iter());
    let revaluation = Rounded {
        value: reported - gross.value,
        tolerance: gross.tolerance,
    };
    Consolidated {
        members: member_parts(checked, &products, &pairs),
        reported,
        gross,
        consolidated,
        elimination,
        revaluation,
        after_sale,
        unreported_pairs: pairs.iter().filter(|pair| pair.reported.is_none()).count(),
        unbound_rows: checked.products.iter().map(|product| product.unbound_rows).sum(),
        evidence,
        products,
        pairs,
    }
}

fn sum(parts: impl Iterator<Item = Rounded<Co2e>>) -> Rounded<Co2e> {
    parts.fold(
        Rounded {
            value: Co2e::ZERO,
            tolerance: Co2e::ZERO,
        },
        |total, part| Rounded {
            value: total.value + part.value,
            tolerance: total.tolerance + part.tolerance,
        },
    )
}

fn plus(part: Rounded<Co2e>, exact: Co2e) -> Rounded<Co2e> {
    Rounded {
        value: part.value + exact,
        ..part
    }
}

fn member_parts(checked: &Checked, products: &[ProductFootprint], pairs: &[Pair]) -> Vec<MemberPart> {
    let mut members: Vec<MemberPart> = Vec::new();
    for (product, line) in checked.products.iter().zip(products) {
        // Products are in the order of their ids, which begin with the member.
        if members.last().is_none_or(|last| last.member != product.id.member) {
            members.push(MemberPart {
                member: product.id.member.clone(),
                own: Co2e::ZERO,
                reported_purchases: Co2e::ZERO,
                gross: Co2e::ZERO,
                exported: Co2e::ZERO,
                after_sale: Co2e::ZERO,
            });
        }
        if let Some(member) = members.last_mut() {
            member.own += product.direct + product.upstream;
            member.gross += line.total.value;
            member.exported += line.exported.value;
            member.after_sale += product.after_sale;
        }
    }
    for pair in pairs {
        let found = members.binary_search_by(|member| member.member.cmp(&pair.into.member));
        if let (Ok(at), Some(reported)) = (found, pair.reported) {
            members[at].reported_purchases += reported;
        }
    }
    members
}
