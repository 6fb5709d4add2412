//! Which scope and category a transport belongs to in the account of the member that looks at it.
//!
//! # Source
//! GHG Protocol, Corporate Value Chain (Scope 3) Standard (2011), chapter 5, and Scope 2 Guidance (2015).

use crate::TransportError;
use crate::energy::Emissions;

/// Who runs and who pays for the transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// Vehicles of the member that burn fuel.
    OwnFuel,
    /// Vehicles of the member that run on bought electricity.
    OwnElectric,
    /// Bought freight: inbound, between own sites, or outbound and paid by the member.
    Bought,
    /// Outbound after sale, paid by somebody else: third-party delivery.
    PaidByOthers,
}

impl Arrangement {
    /// Where the operation (tank-to-wheel) is counted.
    pub const fn of_operation(self) -> Counted {
        match self {
            Self::OwnFuel | Self::OwnElectric => Counted::Scope1,
            Self::Bought => Counted::Category4,
            Self::PaidByOthers => Counted::Category9,
        }
    }

    /// Where the provision of energy (well-to-tank) is counted, but for what scope 2 takes of bought electricity.
    pub const fn of_provision(self) -> Counted {
        match self {
            Self::OwnFuel | Self::OwnElectric => Counted::Category3,
            Self::Bought => Counted::Category4,
            Self::PaidByOthers => Counted::Category9,
        }
    }
}

/// Where emissions are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// Direct.
    Scope1,
    /// Bought electricity.
    Scope2,
    /// Fuel- and energy-related.
    Category3,
    /// Upstream transport and distribution.
    Category4,
    /// Downstream transport and distribution.
    Category9,
}

/// Divides a transport's emissions; the parts add up to well-to-wheel.
///
/// For own electric vehicles `emissions` has what the power plants emit as provision; `generation_kg` is that part of it
/// that scope 2 takes, the rest (its fuels and losses) is category 3. Elsewhere it is not looked at.
/// # Errors
/// [`TransportError::NotClosed`] when more is generated than provided.
pub fn counted(
    arrangement: Arrangement,
    emissions: Emissions,
    generation_kg: f64,
) -> Result<Vec<(Counted, f64)>, TransportError> {
    let mut parts = vec![(arrangement.of_operation(), emissions.ttw_kg)];
    if arrangement == Arrangement::OwnElectric {
        if !(0.0..=emissions.wtt_kg).contains(&generation_kg) {
            return Err(TransportError::NotClosed {
                parts: generation_kg,
                whole: emissions.wtt_kg,
            });
        }
        parts.push((Counted::Scope2, generation_kg));
        parts.push((arrangement.of_provision(), emissions.wtt_kg - generation_kg));
    } else if arrangement.of_provision() == arrangement.of_operation() {
        parts[0].1 = emissions.wtw_kg();
    } else {
        parts.push((arrangement.of_provision(), emissions.wtt_kg));
    }
    Ok(parts.into_iter().filter(|(_, kg)| *kg != 0.0).collect())
}
