//! The footprint of one product as a customer reads it: shares by method, data quality, allocation.
//!
//! What a product carries comes from [`consolidate`](crate::consolidate::consolidate); this module says what it is made of. Allocation is by
//! cut-off: recycled content arrives without its first life, and no entry is negative, since substitution has a
//! ledger of its own.

mod allocation;
mod quality;

use greenheart_model::{Method, Text};
use greenheart_units::{Amount, Co2e, Rate};

pub use allocation::{Allocation, AllocationError, CoProduct, allocate, recovery_heat_share};
pub use quality::{DataQuality, QualityError, rating};

/// A part of a product's footprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What: fuel, electricity, a purchase, a delivery from a member.
    pub item: Text,
    /// How it is known.
    pub method: Method,
    /// kgCO2e of the whole output.
    pub carried: Co2e,
    /// How much of it rests on primary data, 0 to 1; a supplier's own footprint states it.
    pub primary: Rate,
    /// Quality of the data, `None` where it was not rated.
    pub quality: Option<DataQuality>,
}

/// What a footprint is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composition {
    /// kgCO2e of the whole output: the sum of the parts.
    pub total: Co2e,
    /// kgCO2e for each unit.
    pub per_unit: Rate,
    /// Share measured or calculated from activities, suppliers' own footprints, spend; they add up to one.
    pub activity_share: Rate,
    /// Share of suppliers' own footprints.
    pub supplier_share: Rate,
    /// Share of spend.
    pub spend_share: Rate,
    /// Primary data share.
    pub primary_share: Rate,
    /// Data quality of the rated parts, weighed by what they carry.
    pub quality: Option<QualitySummary>,
}

/// Quality of what was rated, and how much was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualitySummary {
    /// 1 (good) to 5.
    pub technology: Rate,
    /// 1 (good) to 5.
    pub geography: Rate,
    /// 1 (good) to 5.
    pub time: Rate,
    /// The mean of the three.
    pub rating: Rate,
    /// Share of the footprint that was rated.
    pub rated_share: Rate,
}

/// Why a footprint has no composition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProductError {
    /// Nothing was stated.
    #[error("the product has no parts")]
    Empty,
    /// Output is zero or negative.
    #[error("the product has an output of {0}")]
    NoOutput(Amount),
    /// A part is negative: recycled content is cut off, and avoided emissions have their own ledger.
    #[error("part `{item}` is {carried}; hint: avoided emissions are never taken off a footprint")]
    Negative {
        /// Which.
        item: Text,
        /// Its value.
        carried: Co2e,
    },
    /// A primary data share is outside 0 to 1.
    #[error("part `{item}` has a primary data share of {share}")]
    Share {
        /// Which.
        item: Text,
        /// Its share.
        share: Rate,
    },
    /// A sum or quotient does not fit the decimals.
    #[error("an amount is too large for the ledger")]
    TooLarge,
}

/// What the footprint of `output` units is made of.
///
/// # Source
/// PACT Methodology, Version 3.0 (WBCSD 2025): primary data share and data quality rating, both weighed by emissions.
pub fn compose(parts: &[Part], output: Amount) -> Result<Composition, ProductError> {
    check(parts, output)?;
    let total: Co2e = parts.iter().map(|part| part.carried).sum();
    let carried_by = |method: &dyn Fn(Method) -> bool| -> Co2e {
        let of_method = parts.iter().filter(|part| method(part.method));
        of_method.map(|part| part.carried).sum()
    };
    let supplier_share = ratio(carried_by(&|method| method == Method::SupplierSpecific), total)?;
    let spend_share = ratio(carried_by(&|method| method == Method::Spend), total)?;
    let primary = parts.iter().try_fold(Amount::ZERO, |sum, part| {
        let primary = part
            .carried
            .amount()
            .times(part.primary, greenheart_units::Rounding::HalfEven);
        primary.map(|amount| sum + amount).map_err(|_| ProductError::TooLarge)
    })?;
    Ok(Composition {
        total,
        per_unit: total.amount().ratio(output).ok_or(ProductError::TooLarge)?,
        // What is neither a supplier's nor spend, so that the three add up to one exactly.
        activity_share: if total == Co2e::ZERO {
            Rate::ZERO
        } else {
            Rate::ONE - supplier_share - spend_share
        },
        supplier_share,
        spend_share,
        primary_share: ratio(Co2e::new(primary), total)?,
        quality: summary(parts, total)?,
    })
}

fn check(parts: &[Part], output: Amount) -> Result<(), ProductError> {
    if parts.is_empty() {
        return Err(ProductError::Empty);
    }
    if output <= Amount::ZERO {
        return Err(ProductError::NoOutput(output));
    }
    for part in parts {
        if part.carried < Co2e::ZERO {
            return Err(ProductError::Negative {
                item: part.item.clone(),
                carried: part.carried,
            });
        }
        if part.primary < Rate::ZERO || part.primary > Rate::ONE {
            return Err(ProductError::Share {
                item: part.item.clone(),
                share: part.primary,
            });
        }
    }
    Ok(())
}

/// Share of the whole; nothing of nothing is zero.
fn ratio(part: Co2e, whole: Co2e) -> Result<Rate, ProductError> {
    if whole == Co2e::ZERO {
        return Ok(Rate::ZERO);
    }
    part.amount().ratio(whole.amount()).ok_or(ProductError::TooLarge)
}

fn summary(parts: &[Part], total: Co2e) -> Result<Option<QualitySummary>, ProductError> {
    let rated: Vec<(Co2e, DataQuality)> = parts
        .iter()
        .filter_map(|part| Some((part.carried, part.quality?)))
        .collect();
    let rated_total: Co2e = rated.iter().map(|(carried, _)| *carried).sum();
    if rated_total == Co2e::ZERO {
        return Ok(None);
    }
    let weighed = |score: &dyn Fn(&DataQuality) -> u8| -> Result<Rate, ProductError> {
        let sum = rated
            .iter()
            .map(|(carried, quality)| carried.amount().mantissa() * i128::from(score(quality)))
            .sum();
        ratio(Co2e::new(Amount::from_mantissa(sum)), rated_total)
    };
    let (technology, geography, time) = (
        weighed(&DataQuality::technology)?,
        weighed(&DataQuality::geography)?,
        weighed(&DataQuality::time)?,
    );
    Ok(Some(QualitySummary {
        technology,
        geography,
        time,
        rating: rating(technology, geography, time),
        rated_share: ratio(rated_total, total)?,
    }))
}
