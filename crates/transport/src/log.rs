//! The calculation log: every parameter, and whether it was measured, modelled or a default.

use crate::TransportError;

/// Where a parameter comes from, best first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Measured for this operation.
    Primary,
    /// From a model fed with some measured parameters.
    Modelled {
        /// Why it was not measured.
        because: String,
    },
    /// From a published table.
    Default {
        /// Why it was neither measured nor modelled.
        because: String,
    },
}

/// A parameter of the calculation.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// What, such as `distance` or `intensity`.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Unit of the value.
    pub unit: &'static str,
    /// Where from.
    pub origin: Origin,
    /// Citation of the source; a meter or an order for primary data.
    pub source: String,
}

/// Parameters in the order in which they were used.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CalculationLog {
    /// The parameters.
    pub parameters: Vec<Parameter>,
}

impl CalculationLog {
    /// Notes a parameter. The standard wants a reason for anything that is not primary.
    pub fn note(&mut self, parameter: Parameter) -> Result<(), TransportError> {
        let reason = match &parameter.origin {
            Origin::Primary => None,
            Origin::Modelled { because } | Origin::Default { because } => Some(because),
        };
        if reason.is_some_and(|because| because.trim().is_empty()) {
            return Err(TransportError::Unjustified {
                parameter: parameter.name,
            });
        }
        self.parameters.push(parameter);
        Ok(())
    }

    /// How many parameters are primary, modelled, default.
    pub fn counts(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for parameter in &self.parameters {
            counts[match parameter.origin {
                Origin::Primary => 0,
                Origin::Modelled { .. } => 1,
                Origin::Default { .. } => 2,
            }] += 1;
        }
        counts
    }
}
