//! A transport chain: legs and hubs one after another, for one consignment.

use std::collections::BTreeMap;

use crate::TransportError;
use crate::distance::{DistanceKind, Mode};
use crate::energy::Emissions;
use crate::error::positive;
use crate::log::{CalculationLog, Origin, Parameter};
use crate::operation::Intensity;

/// A figure with its origin, for the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Sourced<T> {
    /// The figure.
    pub value: T,
    /// Measured, modelled or default.
    pub origin: Origin,
    /// Citation.
    pub source: String,
}

/// One element of a chain.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    /// A vehicle's leg.
    Leg {
        /// How.
        mode: Mode,
        /// Distance, km; never the driven one.
        km: Sourced<f64>,
        /// Which kind of distance.
        kind: DistanceKind,
        /// Intensity of its operation category; a driven one is brought to the standard's distance.
        intensity: Sourced<Intensity>,
    },
    /// A hub.
    Hub {
        /// kgCO2e for each tonne that leaves.
        per_t: Sourced<Emissions>,
    },
}

/// What one element emits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ElementResult {
    /// `None` for a hub.
    pub mode: Option<Mode>,
    /// Freight work, tonne-kilometres; zero for a hub.
    pub work_tkm: f64,
    /// Emissions.
    pub emissions: Emissions,
}

/// What the chain emits. Hub emissions are in the total, hub tonnes never in its freight work.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainResult {
    /// Elements in order.
    pub elements: Vec<ElementResult>,
    /// Sum of the elements.
    pub total: Emissions,
    /// Freight work of the legs, tonne-kilometres.
    pub work_tkm: f64,
    /// Tonnes through hubs.
    pub hub_t: f64,
    /// Every parameter.
    pub log: CalculationLog,
}

impl ChainResult {
    /// kgCO2e per tonne-kilometre of the whole chain, on the standard's distance.
    pub fn intensity(&self) -> Emissions {
        self.total * (1.0 / self.work_tkm)
    }

    /// Emissions and freight work by mode; hubs under `None`.
    pub fn by_mode(&self) -> BTreeMap<Option<Mode>, (Emissions, f64)> {
        let mut modes: BTreeMap<Option<Mode>, (Emissions, f64)> = BTreeMap::new();
        for element in &self.elements {
            let entry = modes.entry(element.mode).or_default();
            *entry = (entry.0 + element.emissions, entry.1 + element.work_tkm);
        }
        modes
    }
}

/// Emissions of carrying `mass_t` tonnes through `elements`.
///
/// # Units
/// `mass_t` is the goods with their own packaging, without the carrier's pallets and containers.
/// # Errors
/// [`TransportError`]: nothing positive to carry, mixed kinds of distance, data without a reason.
/// # Source
/// EN ISO 14083:2023: `G = sum g T` over transport chain elements, freight work on shortest feasible or great-circle
/// distance, the latter for air, and one kind for each mode.
pub fn calculate(mass_t: f64, elements: &[Element]) -> Result<ChainResult, TransportError> {
    positive("mass", mass_t)?;
    if elements.is_empty() {
        return Err(TransportError::Empty("the chain"));
    }
    check_distances(elements)?;
    let mut log = CalculationLog::default();
    let mut results = Vec::with_capacity(elements.len());
    for element in elements {
        results.push(element_result(mass_t, element, &mut log)?);
    }
    let work_tkm: f64 = results.iter().map(|result| result.work_tkm).sum();
    let hubs = results.iter().filter(|result| result.mode.is_none());
    Ok(ChainResult {
        total: results.iter().map(|result| result.emissions).sum(),
        work_tkm: positive("freight work of the chain", work_tkm)?,
        hub_t: hubs.map(|_| mass_t).sum(),
        elements: results,
        log,
    })
}

fn element_result(mass_t: f64, element: &Element, log: &mut CalculationLog) -> Result<ElementResult, TransportError> {
    match element {
        Element::Leg {
            mode, km, intensity, ..
        } => {
            let work_tkm = mass_t * positive("distance", km.value)?;
            let standard = intensity.value.on_standard(mode.adjustment(), km.value)?;
            note(log, format!("{} distance", mode.name()), km.value, "km", km)?;
            let shown = standard.per_tkm.wtw_kg() * 1000.0;
            note(log, format!("{} intensity", mode.name()), shown, "g/tkm", intensity)?;
            Ok(ElementResult {
                mode: Some(*mode),
                work_tkm,
                emissions: standard.per_tkm * work_tkm,
            })
        }
        Element::Hub { per_t } => {
            note(log, "hub intensity".to_owned(), per_t.value.wtw_kg(), "kg/t", per_t)?;
            Ok(ElementResult {
                mode: None,
                work_tkm: 0.0,
                emissions: per_t.value * mass_t,
            })
        }
    }
}

fn note<T>(
    log: &mut CalculationLog,
    name: String,
    value: f64,
    unit: &'static str,
    sourced: &Sourced<T>,
) -> Result<(), TransportError> {
    log.note(Parameter {
        name,
        value,
        unit,
        origin: sourced.origin.clone(),
        source: sourced.source.clone(),
    })
}

fn check_distances(elements: &[Element]) -> Result<(), TransportError> {
    let mut kinds: BTreeMap<Mode, DistanceKind> = BTreeMap::new();
    for element in elements {
        let Element::Leg { mode, kind, .. } = element else {
            continue;
        };
        if *mode == Mode::Air && *kind != DistanceKind::GreatCircle {
            return Err(TransportError::WrongDistance {
                mode: mode.name(),
                needed: "great-circle",
            });
        }
        if *kinds.entry(*mode).or_insert(*kind) != *kind {
            return Err(TransportError::MixedDistance { mode: mode.name() });
        }
    }
    Ok(())
}
