//! How circular a product or a boundary is: two published indicators as plain functions.

/// Why there is no indicator.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum CircularityError {
    /// A mass is negative or not a number.
    #[error("{what} of {value} is not possible")]
    Impossible {
        /// Which.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// There is no material at all.
    #[error("there is no material use to compare with")]
    Empty,
}

fn not_negative(what: &'static str, value: f64) -> Result<f64, CircularityError> {
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(CircularityError::Impossible { what, value })
    }
}

fn share(what: &'static str, value: f64) -> Result<f64, CircularityError> {
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err(CircularityError::Impossible { what, value })
    }
}

/// Circular material use rate: recirculated over all material used, 0 to 1.
///
/// # Units
/// The same mass unit for both: `recirculated` waste brought back into production, plus what was brought in for recovery less
/// what was sent out, and `domestic` material consumption.
/// # Source
/// Eurostat, Circular material use rate: calculation method (2018): `U / (DMC + U)`.
pub fn circular_material_use_rate(recirculated: f64, domestic: f64) -> Result<f64, CircularityError> {
    let recirculated = not_negative("recirculated material", recirculated)?;
    let all = recirculated + not_negative("domestic material consumption", domestic)?;
    if all > 0.0 {
        Ok(recirculated / all)
    } else {
        Err(CircularityError::Empty)
    }
}

/// Material flows of one product for the material circularity indicator, in one mass unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProductFlows {
    /// Mass of the product.
    pub mass: f64,
    /// Share from recycled material.
    pub recycled_share: f64,
    /// Share from reused parts.
    pub reused_share: f64,
    /// Share collected for recycling after use.
    pub collected_for_recycling: f64,
    /// Share that goes into reuse.
    pub collected_for_reuse: f64,
    /// Efficiency of the recycling after use.
    pub recycling_efficiency: f64,
    /// Efficiency of the recycling that made the recycled share.
    pub feedstock_efficiency: f64,
    /// Lifetime over that of the average product.
    pub lifetime: f64,
    /// Intensity of use over that of the average product.
    pub intensity: f64,
}

/// The material circularity indicator of a product, 0 (linear) to 1.
///
/// # Source
/// Ellen MacArthur Foundation and Granta Design, Circularity Indicators: Methodology (2015, revised 2019), chapter 2:
/// `LFI = (V + W) / (2M + (WF - WC) / 2)`, `MCI = max(0, 1 - LFI 0.9 / X)`.
pub fn material_circularity(flows: &ProductFlows) -> Result<f64, CircularityError> {
    let mass = not_negative("mass", flows.mass)?;
    if mass <= 0.0 {
        return Err(CircularityError::Empty);
    }
    let recycled = share("recycled share", flows.recycled_share)?;
    let reused = share("reused share", flows.reused_share)?;
    let virgin = mass * share("virgin share", 1.0 - recycled - reused)?;
    let for_recycling = share("share collected for recycling", flows.collected_for_recycling)?;
    let for_reuse = share("share collected for reuse", flows.collected_for_reuse)?;
    let landfilled = mass * share("share not collected", 1.0 - for_recycling - for_reuse)?;
    let lost_after = mass * (1.0 - share("recycling efficiency", flows.recycling_efficiency)?) * for_recycling;
    let lost_before = if recycled > 0.0 {
        let efficiency = share("feedstock efficiency", flows.feedstock_efficiency)?;
        if efficiency <= 0.0 {
            return Err(CircularityError::Impossible {
                what: "feedstock efficiency",
                value: efficiency,
            });
        }
        mass * (1.0 - efficiency) * recycled / efficiency
    } else {
        0.0
    };
    // The losses of both recyclings are shared by the two products that they join.
    let waste = landfilled + f64::midpoint(lost_before, lost_after);
    let linear = (virgin + waste) / (2.0 * mass + (lost_before - lost_after) / 2.0);
    let utility = not_negative("lifetime", flows.lifetime)? * not_negative("intensity of use", flows.intensity)?;
    if utility <= 0.0 {
        return Err(CircularityError::Impossible {
            what: "utility",
            value: utility,
        });
    }
    Ok((1.0 - linear * 0.9 / utility).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINEAR: ProductFlows = ProductFlows {
        mass: 10.0,
        recycled_share: 0.0,
        reused_share: 0.0,
        collected_for_recycling: 0.0,
        collected_for_reuse: 0.0,
        recycling_efficiency: 0.0,
        feedstock_efficiency: 1.0,
        lifetime: 1.0,
        intensity: 1.0,
    };

    #[test]
    fn the_ends_of_the_indicator() {
        let close = |flows: ProductFlows, expected: f64| {
            let got = material_circularity(&flows).expect("an indicator");
            assert!((got - expected).abs() < 1e-12, "{got} {expected}");
        };
        // By definition: 0.1 for a linear product of average use, 1 for a closed loop without loss.
        close(LINEAR, 0.1);
        close(
            ProductFlows {
                lifetime: 0.5,
                ..LINEAR
            },
            0.0,
        );
        close(
            ProductFlows {
                lifetime: 2.0,
                ..LINEAR
            },
            0.55,
        );
        let closed = ProductFlows {
            recycled_share: 1.0,
            collected_for_recycling: 1.0,
            recycling_efficiency: 1.0,
            ..LINEAR
        };
        close(closed, 1.0);
        // Half recycled at 80 %, half collected at 80 %: V 5, W 5 + (1.25 + 1)/2, over 20 + 0.125.
        let half = ProductFlows {
            recycled_share: 0.5,
            collected_for_recycling: 0.5,
            recycling_efficiency: 0.8,
            feedstock_efficiency: 0.8,
            ..LINEAR
        };
        close(half, 1.0 - 0.9 * 11.125 / 20.125);
    }

    #[test]
    fn the_use_rate() {
        assert_eq!(circular_material_use_rate(15.0, 85.0), Ok(0.15));
        assert_eq!(circular_material_use_rate(0.0, 0.0), Err(CircularityError::Empty));
        assert!(circular_material_use_rate(-1.0, 5.0).is_err());
        assert!(circular_material_use_rate(1.0, f64::NAN).is_err());
    }

    #[test]
    fn impossible_shares_are_errors() {
        let over = ProductFlows {
            recycled_share: 0.7,
            reused_share: 0.4,
            ..LINEAR
        };
        assert!(material_circularity(&over).is_err());
        assert!(material_circularity(&ProductFlows { mass: 0.0, ..LINEAR }).is_err());
        assert!(
            material_circularity(&ProductFlows {
                lifetime: 0.0,
                ..LINEAR
            })
            .is_err()
        );
    }
}
