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

impl Origin {
    /// The stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Modelled { .. } => "modelled",
            Self::Default { .. } => "default",
        }
    }

    /// Why it was not measured; nothing for primary data.
    pub fn because(&self) -> Option<&str> {
        match self {
            Self::Primary => None,
            Self::Modelled { because } | Self::Default { because } => Some(because),
        }
    }
}

/// A parameter of the calculation: a float in a model, a decimal in the books.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter<V = f64> {
    /// What, such as `distance` or `intensity`.
    pub name: String,
    /// Its value.
    pub value: V,
    /// Unit of the value.
    pub unit: &'static str,
    /// Where from.
    pub origin: Origin,
    /// Citation of the source; a meter or an order for primary data.
    pub source: String,
}

/// Parameters in the order in which they were used.
#[derive(Debug, Clone, PartialEq)]
pub struct CalculationLog<V = f64> {
    /// The parameters.
    pub parameters: Vec<Parameter<V>>,
}

impl<V> Default for CalculationLog<V> {
    fn default() -> Self {
        Self { parameters: Vec::new() }
    }
}

impl<V> CalculationLog<V> {
    /// Notes a parameter. The standard wants a reason for anything that is not primary.
    pub fn note(&mut self, parameter: Parameter<V>) -> Result<(), TransportError> {
        if parameter
            .origin
            .because()
            .is_some_and(|because| because.trim().is_empty())
        {
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
