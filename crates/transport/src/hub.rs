//! Hub categories: terminals, warehouses and ports, by temperature group.

use crate::TransportError;
use crate::energy::Emissions;
use crate::error::positive;

/// Goods that share equipment, such as chilled ones.
#[derive(Debug, Clone, PartialEq)]
pub struct HubGroup {
    /// Tonnes that left in the year.
    pub outbound_t: f64,
    /// Emissions that only this group causes.
    pub own: Emissions,
}

/// A year of one hub category.
#[derive(Debug, Clone, PartialEq)]
pub struct HubCategory {
    /// Emissions of lighting, handling and what else serves everybody.
    pub common: Emissions,
    /// Groups; together they are all that left.
    pub groups: Vec<HubGroup>,
}

impl HubCategory {
    /// kgCO2e for each tonne of each group: the common part by tonnes, the group's own on top.
    ///
    /// Times the tonnes the groups add up to the whole.
    pub fn intensities(&self) -> Result<Vec<Emissions>, TransportError> {
        if self.groups.is_empty() {
            return Err(TransportError::Empty("the hub"));
        }
        for group in &self.groups {
            positive("outbound tonnes", group.outbound_t)?;
        }
        let all: f64 = self.groups.iter().map(|group| group.outbound_t).sum();
        let groups = self.groups.iter();
        Ok(groups
            .map(|group| self.common * (1.0 / all) + group.own * (1.0 / group.outbound_t))
            .collect())
    }
}

/// Shares of energy between plain and refrigerated containers, the latter weighing `weight` plain ones.
///
/// Returns plain and refrigerated.
pub fn reefer_shares(units: f64, refrigerated: f64, weight: f64) -> Result<(f64, f64), TransportError> {
    let plain = crate::error::not_negative("plain units", units - refrigerated)?;
    let weighted = crate::error::not_negative("refrigerated units", refrigerated)? * positive("weight", weight)?;
    let all = positive("units", plain + weighted)?;
    Ok((plain / all, weighted / all))
}

/// Shares of a ship or hub between passengers and vehicles by equivalents: `(count, equivalents each)`.
pub fn equivalent_shares(groups: &[(f64, f64)]) -> Result<Vec<f64>, TransportError> {
    let mut equivalents = Vec::with_capacity(groups.len());
    for &(count, each) in groups {
        equivalents.push(crate::error::not_negative("count", count)? * positive("equivalents", each)?);
    }
    let all = positive("equivalents in all", equivalents.iter().sum())?;
    Ok(equivalents.into_iter().map(|part| part / all).collect())
}
