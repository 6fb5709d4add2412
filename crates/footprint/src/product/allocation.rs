//! One process, several products: who carries what.

use greenheart_model::Text;
use greenheart_units::{Amount, Co2e, Money, Rounding};

/// How a process is divided. The name goes into the derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allocation {
    /// Emissions were measured for each product apart, which comes before any key.
    Subdivision,
    /// By mass.
    Mass,
    /// By value.
    Value,
}

impl Allocation {
    /// The stable name, as in files and derivations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subdivision => "subdivision",
            Self::Mass => "mass",
            Self::Value => "value",
        }
    }
}

/// A product of the process, with what each key needs of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoProduct {
    /// Its name.
    pub name: Text,
    /// Emissions measured for it alone.
    pub measured: Option<Co2e>,
    /// Mass made, kg.
    pub mass_kg: Option<Amount>,
    /// What it sells for.
    pub value: Option<Money>,
}

/// Why a process cannot be divided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllocationError {
    /// There is no product.
    #[error("the process has no product")]
    Empty,
    /// A product lacks what the key needs. A missing key is not zero.
    #[error("allocation by {} needs it of `{product}`, which has none", by.name())]
    Missing {
        /// The key.
        by: Allocation,
        /// Which.
        product: Text,
    },
    /// A key is negative.
    #[error("`{product}` has a negative key for allocation by {}; hint: waste to be paid for carries nothing", by.name())]
    Negative {
        /// The key.
        by: Allocation,
        /// Which.
        product: Text,
    },
    /// The keys add up to nothing.
    #[error("the keys for allocation by {} add up to nothing", by.name())]
    Nothing {
        /// The key.
        by: Allocation,
    },
    /// Values are in several currencies.
    #[error("values are in several currencies")]
    Currency,
    /// What was measured for the products is not the whole.
    #[error("what was measured adds up to {measured}, the process emits {whole}")]
    NotWhole {
        /// Sum of the measured parts.
        measured: Co2e,
        /// The whole.
        whole: Co2e,
    },
    /// Beyond the decimals of the ledger.
    #[error("an amount is too large for the ledger")]
    TooLarge,
}

/// Divides `whole` among the products of a process. The parts add up to it exactly: each boundary between them is rounded once.
///
/// # Source
/// ISO 14044:2006, 4.3.4.2: subdivision first, then physical relationships, then economic ones.
pub fn allocate(whole: Co2e, by: Allocation, products: &[CoProduct]) -> Result<Vec<Co2e>, AllocationError> {
    if products.is_empty() {
        return Err(AllocationError::Empty);
    }
    let keys = keys(by, products)?;
    if by == Allocation::Subdivision {
        let measured: Co2e = keys.iter().map(|key| Co2e::new(*key)).sum();
        if measured != whole {
            return Err(AllocationError::NotWhole { measured, whole });
        }
        return Ok(keys.into_iter().map(Co2e::new).collect());
    }
    let all: Amount = keys.iter().copied().sum();
    if all <= Amount::ZERO {
        return Err(AllocationError::Nothing { by });
    }
    let (mut before, mut run) = (Amount::ZERO, Amount::ZERO);
    let mut parts = Vec::with_capacity(keys.len());
    for key in keys {
        run += key;
        let scaled = whole
            .amount()
            .mantissa()
            .checked_mul(run.mantissa())
            .ok_or(AllocationError::TooLarge)?;
        let up_to = Amount::from_mantissa(Rounding::HalfEven.divide(scaled, all.mantissa()));
        parts.push(Co2e::new(up_to - before));
        before = up_to;
    }
    Ok(parts)
}

fn keys(by: Allocation, products: &[CoProduct]) -> Result<Vec<Amount>, AllocationError> {
    let currency = products
        .iter()
        .find_map(|product| product.value)
        .map(|value| value.currency);
    let mut keys = Vec::with_capacity(products.len());
    for product in products {
        let key = match by {
            Allocation::Subdivision => product.measured.map(Co2e::amount),
            Allocation::Mass => product.mass_kg,
            Allocation::Value => {
                if product.value.is_some_and(|value| Some(value.currency) != currency) {
                    return Err(AllocationError::Currency);
                }
                product.value.map(|value| value.amount)
            }
        };
        let name = || product.name.clone();
        let key = key.ok_or_else(|| AllocationError::Missing { by, product: name() })?;
        if key.is_negative() {
            return Err(AllocationError::Negative { by, product: name() });
        }
        keys.push(key);
    }
    Ok(keys)
}

/// Emissions that travel with heat from energy recovery: all of the plant's scope 1, by the share of the sold heat in all sold energy.
/// Surplus heat of a process, by contrast, is burden-free beyond its added pumps and power, and needs no function.
///
/// # Units
/// kWh of heat and of power sold; the rest of the emissions travels with the power.
pub fn recovery_heat_share(
    scope_1: Co2e,
    heat_kwh: Amount,
    power_kwh: Amount,
) -> Result<(Co2e, Co2e), AllocationError> {
    let energy = |name: &str, kwh| CoProduct {
        name: name.into(),
        measured: None,
        mass_kg: Some(kwh),
        value: None,
    };
    // Energy is the physical relationship here; the arithmetic is that of mass.
    let parts = allocate(
        scope_1,
        Allocation::Mass,
        &[energy("heat", heat_kwh), energy("power", power_kwh)],
    )?;
    match parts[..] {
        [heat, power] => Ok((heat, power)),
        _ => Err(AllocationError::Empty),
    }
}
