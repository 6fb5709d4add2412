//! Figures of circularity, by their published definitions, in exact decimals where they are sums.
//!
//! The circular material use rate and the material circularity indicator are those of `footprint`.

pub use greenheart_footprint::circularity::{
    CircularityError, ProductFlows, circular_material_use_rate, material_circularity,
};

use greenheart_units::{Amount, Mass, Rate};

/// What became of waste, in the words of ESRS E5-5 and the Waste Framework Directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Prepared for reuse.
    Reuse,
    /// Recycled.
    Recycling,
    /// Another recovery operation that is not energy or backfill.
    OtherRecovery,
    /// Burnt, with or without energy: disposal in ESRS E5-5.
    Incineration,
    /// Landfilled.
    Landfill,
    /// Another disposal operation.
    OtherDisposal,
    /// Put back into the ground in place of rock.
    Backfill,
    /// Nobody knows.
    Unknown,
}

/// Waste of one kind and fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WasteFlow {
    /// How much.
    pub mass: Mass,
    /// Hazardous by the list of the country.
    pub hazardous: bool,
    /// What became of it.
    pub fate: Fate,
}

/// Why there is no figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IndicatorError {
    /// A mass below zero.
    #[error("a mass of {0} kg is not possible")]
    Negative(Amount),
    /// Parts that are more than their whole.
    #[error("{part} kg of {whole} kg is more than the whole")]
    Exceeds {
        /// The part.
        part: Amount,
        /// The whole.
        whole: Amount,
    },
}

/// Non-hazardous and hazardous mass of one heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Split {
    /// Not hazardous, kg.
    pub non_hazardous: Mass,
    /// Hazardous, kg.
    pub hazardous: Mass,
}

impl Split {
    /// Both.
    pub fn total(self) -> Mass {
        self.non_hazardous + self.hazardous
    }
}

/// The waste figures of ESRS E5-5 (Delegated Regulation (EU) 2023/2772, paragraphs 37 to 39), kg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WasteFigures {
    /// Diverted: prepared for reuse.
    pub reuse: Split,
    /// Diverted: recycled.
    pub recycling: Split,
    /// Diverted: other recovery, backfill included.
    pub other_recovery: Split,
    /// Disposed of: incinerated.
    pub incineration: Split,
    /// Disposed of: landfilled.
    pub landfill: Split,
    /// Disposed of: otherwise, and what nobody knows, because not known is not diverted.
    pub other_disposal: Split,
}

impl WasteFigures {
    /// Adds up flows.
    pub fn of(flows: &[WasteFlow]) -> Result<Self, IndicatorError> {
        let mut figures = Self::default();
        for flow in flows {
            not_negative(flow.mass)?;
            let heading = match flow.fate {
                Fate::Reuse => &mut figures.reuse,
                Fate::Recycling => &mut figures.recycling,
                Fate::OtherRecovery | Fate::Backfill => &mut figures.other_recovery,
                Fate::Incineration => &mut figures.incineration,
                Fate::Landfill => &mut figures.landfill,
                Fate::OtherDisposal | Fate::Unknown => &mut figures.other_disposal,
            };
            if flow.hazardous {
                heading.hazardous += flow.mass;
            } else {
                heading.non_hazardous += flow.mass;
            }
        }
        Ok(figures)
    }

    /// Diverted from disposal.
    pub fn diverted(&self) -> Mass {
        self.reuse.total() + self.recycling.total() + self.other_recovery.total()
    }

    /// Directed to disposal.
    pub fn disposed(&self) -> Mass {
        self.incineration.total() + self.landfill.total() + self.other_disposal.total()
    }

    /// Everything: diverted and disposed, the identity of the question 400 to EFRAG.
    pub fn total(&self) -> Mass {
        self.diverted() + self.disposed()
    }

    /// Of it, hazardous.
    pub fn hazardous(&self) -> Mass {
        [
            self.reuse,
            self.recycling,
            self.other_recovery,
            self.incineration,
            self.landfill,
            self.other_disposal,
        ]
        .into_iter()
        .map(|split| split.hazardous)
        .sum()
    }

    /// Not recycled, kg and share of the total (paragraph 37 d). Reuse is not recycling but keeps the material, so it is not counted as
    /// not recycled.
    pub fn not_recycled(&self) -> (Mass, Option<Rate>) {
        let mass = self.total() - self.recycling.total() - self.reuse.total();
        (mass, mass.amount().ratio(self.total().amount()))
    }

    /// What VSME B7 asks of waste: generated non-hazardous, generated hazardous, and diverted to reuse or recycling.
    pub fn vsme_b7(&self) -> VsmeWaste {
        VsmeWaste {
            non_hazardous: self.total() - self.hazardous(),
            hazardous: self.hazardous(),
            to_reuse_or_recycling: self.reuse.total() + self.recycling.total(),
        }
    }
}

/// VSME B7, paragraph on waste, kg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VsmeWaste {
    /// Generated, not hazardous.
    pub non_hazardous: Mass,
    /// Generated, hazardous.
    pub hazardous: Mass,
    /// Sent to reuse or recycling.
    pub to_reuse_or_recycling: Mass,
}

/// Material taken in, kg, for ESRS E5-4 paragraph 31 and for resource draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inflow {
    /// Everything used for products, packaging included.
    pub total: Mass,
    /// Of it, biological and certified as sustainably sourced.
    pub biological_sustainable: Mass,
    /// Of it, secondary: reused or recycled.
    pub secondary: Mass,
}

/// Shares of ESRS E5-4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InflowShares {
    /// Biological and sustainably sourced.
    pub biological_sustainable: Option<Rate>,
    /// Reused or recycled.
    pub secondary: Option<Rate>,
}

impl Inflow {
    /// The shares, with the parts held against the whole.
    pub fn shares(&self) -> Result<InflowShares, IndicatorError> {
        for mass in [self.total, self.biological_sustainable, self.secondary] {
            not_negative(mass)?;
        }
        for part in [self.biological_sustainable, self.secondary] {
            if part > self.total {
                return Err(IndicatorError::Exceeds {
                    part: part.amount(),
                    whole: self.total.amount(),
                });
            }
        }
        let share = |part: Mass| part.amount().ratio(self.total.amount());
        Ok(InflowShares {
            biological_sustainable: share(self.biological_sustainable),
            secondary: share(self.secondary),
        })
    }
}

/// Goal 3 of the cluster: primary material in, waste lost, and what came back, kg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceDraw {
    /// Primary material from outside the boundary.
    pub primary: Mass,
    /// Waste landfilled, burnt, backfilled or unknown.
    pub lost: Mass,
    /// Waste that became material again.
    pub recirculated: Mass,
}

impl ResourceDraw {
    /// From what came in and what became of the waste. Only reuse, recycling and other recovery recirculate; backfill is lost.
    pub fn of(inflow: &Inflow, flows: &[WasteFlow]) -> Result<Self, IndicatorError> {
        inflow.shares()?;
        let mut draw = Self {
            primary: inflow.total - inflow.secondary,
            lost: Mass::default(),
            recirculated: Mass::default(),
        };
        for flow in flows {
            not_negative(flow.mass)?;
            match flow.fate {
                Fate::Reuse | Fate::Recycling | Fate::OtherRecovery => draw.recirculated += flow.mass,
                _ => draw.lost += flow.mass,
            }
        }
        Ok(draw)
    }

    /// Primary and lost together: the headline.
    pub fn total(&self) -> Mass {
        self.primary + self.lost
    }
}

fn not_negative(mass: Mass) -> Result<(), IndicatorError> {
    if mass.amount().is_negative() {
        Err(IndicatorError::Negative(mass.amount()))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(tonnes: i64, hazardous: bool, fate: Fate) -> WasteFlow {
        WasteFlow {
            mass: Mass::tonnes(tonnes),
            hazardous,
            fate,
        }
    }

    /// The arithmetic example of the methodology with recycling losses: leaving out the term (Wf - Wc)/2 would give 0.53313.
    #[test]
    fn the_material_circularity_indicator_keeps_the_whole_linear_flow() {
        let flows = ProductFlows {
            mass: 1.0,
            recycled_share: 0.5,
            reused_share: 0.0,
            collected_for_recycling: 0.6,
            collected_for_reuse: 0.0,
            recycling_efficiency: 0.75,
            feedstock_efficiency: 0.8,
            lifetime: 1.0,
            intensity: 1.0,
        };
        let indicator = material_circularity(&flows).expect("an indicator");
        // V 0.5, W 0.4 + (0.125 + 0.15)/2 = 0.5375, over 2 + (0.125 - 0.15)/2 = 1.9875.
        assert!((indicator - (1.0 - 0.9 * 1.0375 / 1.9875)).abs() < 1e-12);
        assert!((indicator - 0.53019).abs() < 1e-5);
    }

    /// Eurostat, EU-27 in 2022: 11.5 % circular material use.
    #[test]
    fn the_use_rate_is_recirculated_over_all() {
        let rate = circular_material_use_rate(11.5, 88.5).expect("a rate");
        assert!((rate - 0.115).abs() < 1e-12);
    }

    #[test]
    fn waste_adds_up_and_unknown_is_not_diverted() {
        let flows = [
            flow(10, false, Fate::Reuse),
            flow(40, false, Fate::Recycling),
            flow(5, true, Fate::Recycling),
            flow(5, false, Fate::Backfill),
            flow(20, false, Fate::Incineration),
            flow(10, true, Fate::Incineration),
            flow(6, false, Fate::Landfill),
            flow(4, false, Fate::Unknown),
        ];
        let figures = WasteFigures::of(&flows).expect("figures");
        assert_eq!(
            (figures.total(), figures.diverted(), figures.disposed()),
            (Mass::tonnes(100), Mass::tonnes(60), Mass::tonnes(40))
        );
        assert_eq!(figures.not_recycled(), (Mass::tonnes(45), "0.45".parse().ok()));
        let vsme = figures.vsme_b7();
        assert_eq!(
            (vsme.non_hazardous, vsme.hazardous, vsme.to_reuse_or_recycling),
            (Mass::tonnes(85), Mass::tonnes(15), Mass::tonnes(55))
        );
        assert!(WasteFigures::of(&[flow(-1, false, Fate::Reuse)]).is_err());
        assert_eq!(WasteFigures::of(&[]).expect("none").not_recycled().1, None);
    }

    #[test]
    fn resource_draw_counts_backfill_as_lost() {
        let inflow = Inflow {
            total: Mass::tonnes(1000),
            biological_sustainable: Mass::tonnes(100),
            secondary: Mass::tonnes(250),
        };
        let flows = [
            flow(60, false, Fate::Recycling),
            flow(30, false, Fate::Backfill),
            flow(10, false, Fate::Unknown),
        ];
        let draw = ResourceDraw::of(&inflow, &flows).expect("a draw");
        assert_eq!(
            (draw.primary, draw.lost, draw.recirculated),
            (Mass::tonnes(750), Mass::tonnes(40), Mass::tonnes(60))
        );
        assert_eq!(draw.total(), Mass::tonnes(790));
        assert_eq!(inflow.shares().expect("shares").secondary, "0.25".parse().ok());
        let wrong = Inflow {
            secondary: Mass::tonnes(1001),
            ..inflow
        };
        assert!(matches!(wrong.shares(), Err(IndicatorError::Exceeds { .. })));
    }
}
