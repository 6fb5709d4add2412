//! Freight as the standard sees it: what a row states, who runs and pays, and the log of the calculation.

use greenheart_model::{Activity, ActivityKind, Arrangement, Carriage, DistanceBasis, ElementKind, OrgNo, Scope};
use greenheart_transport::TransportError;
use greenheart_transport::books::{Carried, StatedBasis, StatedLeg, carried};
use greenheart_transport::distance::{IntensityBasis, Mode};
use greenheart_transport::log::{Origin, Parameter};
use greenheart_transport::scope::{self, Counted};
use greenheart_units::{Amount, Dimension};

/// Scope and category of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) scope: Scope,
    pub(crate) category: u8,
}

impl Place {
    /// Where operation and provision of an arrangement are counted.
    pub(crate) const fn of(arrangement: Arrangement) -> (Self, Self) {
        let known = match arrangement {
            Arrangement::Own => scope::Arrangement::OwnFuel,
            Arrangement::Bought => scope::Arrangement::Bought,
            Arrangement::PaidByOthers => scope::Arrangement::PaidByOthers,
        };
        (Self::counted(known.of_operation()), Self::counted(known.of_provision()))
    }

    const fn counted(counted: Counted) -> Self {
        let (scope, category) = match counted {
            Counted::Scope1 => (Scope::One, 0),
            Counted::Scope2 => (Scope::Two, 0),
            Counted::Category3 => (Scope::Three, 3),
            Counted::Category4 => (Scope::Three, 4),
            Counted::Category9 => (Scope::Three, 9),
        };
        Self { scope, category }
    }
}

/// Who runs and pays for a transport, and whether somebody said so: the row, else that the carrier is the member itself, else
/// it is bought.
pub(crate) fn arrangement_of(activity: &Activity, own: Option<OrgNo>) -> (Arrangement, Origin) {
    let stated = activity.carriage.as_ref().and_then(|carriage| carriage.arrangement);
    if let Some(stated) = stated {
        return (stated, Origin::Primary);
    }
    let carrier = activity.counterparty.as_ref().and_then(|other| other.org_no);
    if carrier.is_some() && carrier == own {
        return (Arrangement::Own, Origin::Primary);
    }
    let because = "the row does not say who pays".to_owned();
    (Arrangement::Bought, Origin::Default { because })
}

/// The mode of an item of the catalogue; `None` for freight without one.
pub(crate) fn mode_of(item: &str) -> Option<Mode> {
    let starts = |begin: &str| item == begin || item.strip_prefix(begin).is_some_and(|rest| rest.starts_with('_'));
    Some(match item {
        _ if starts("road_freight") || starts("van_freight") => Mode::Road,
        _ if starts("rail_freight") => Mode::Rail,
        _ if starts("sea_freight") => Mode::Sea,
        _ if starts("air_freight") => Mode::Air,
        _ => return None,
    })
}

/// The kilometres that published average intensities count: those of the vehicle; for aircraft the great circle, with the
/// way around it within the intensity.
///
/// # Source
/// UK Government GHG Conversion Factors for Company Reporting, methodology paper, freight transport.
pub(crate) const fn intensity_basis(mode: Mode) -> IntensityBasis {
    match mode {
        Mode::Air => IntensityBasis::Standard,
        _ => IntensityBasis::Driven,
    }
}

/// The freight work of a row.
pub(crate) fn carried_of(activity: &Activity, mode: Mode) -> Result<Carried, TransportError> {
    carried(&leg_of(activity, mode))
}

/// What a row states of its leg. A row that is no list of freight states freight work, or a mass, or a distance.
fn leg_of(activity: &Activity, mode: Mode) -> StatedLeg {
    if let Some(carriage) = &activity.carriage {
        return StatedLeg {
            mode,
            mass_kg: carriage.mass_kg,
            km: carriage.km,
            basis: basis_of(carriage.basis),
            tkm: carriage.stated_tkm,
        };
    }
    let of = |dimension| {
        let reading = activity.quantity.filter(|reading| reading.dimension == dimension);
        reading.map(|reading| reading.value)
    };
    StatedLeg {
        mode,
        mass_kg: of(Dimension::Mass),
        km: of(Dimension::Length),
        basis: StatedBasis::Unstated,
        tkm: of(Dimension::FreightWork),
    }
}

const fn basis_of(basis: DistanceBasis) -> StatedBasis {
    match basis {
        DistanceBasis::ShortestFeasible => StatedBasis::ShortestFeasible,
        DistanceBasis::GreatCircle => StatedBasis::GreatCircle,
        DistanceBasis::Driven => StatedBasis::Driven,
        DistanceBasis::Unstated => StatedBasis::Unstated,
    }
}

/// How one element of a transport chain was calculated: the parameter list of the standard.
#[derive(Debug, Clone, PartialEq)]
pub struct FreightLog {
    /// Who runs and pays.
    pub arrangement: Arrangement,
    /// Whether the row says so.
    pub arrangement_origin: Origin,
    /// Parameters in the order of the calculation.
    pub parameters: Vec<Parameter<Amount>>,
    /// On which kilometres the intensity stands; `None` where none was used.
    pub intensity: Option<IntensityBasis>,
    /// Whether the intensity is the average brought to the stated load and empty running.
    pub modelled: bool,
    /// Why freight work could not be calculated.
    pub refused: Option<TransportError>,
}

/// The log of a row of freight, made anew from what the row states; `None` for any other row.
///
/// `own` is the organisation number of the member whose row it is.
pub fn freight_log(activity: &Activity, own: Option<OrgNo>) -> Option<FreightLog> {
    if activity.kind != ActivityKind::Transport {
        return None;
    }
    let (arrangement, arrangement_origin) = arrangement_of(activity, own);
    let mut log = FreightLog {
        arrangement,
        arrangement_origin,
        parameters: Vec::new(),
        intensity: None,
        modelled: false,
        refused: None,
    };
    let carriage = activity.carriage.as_deref();
    if let Some(stated) = activity.supplier_co2e {
        log.primary("stated by the carrier", stated, "kgCO2e");
        return Some(log);
    }
    if let Some(carriage) = carriage.filter(|carriage| carriage.kind == ElementKind::Hub) {
        log.hub(carriage);
        return Some(log);
    }
    if let Some(fuel) = carriage.and_then(|carriage| carriage.fuel.as_ref()) {
        let unit = fuel.quantity.dimension.base_unit();
        log.primary(&format!("burnt or charged, {}", fuel.item), fuel.quantity.value, unit);
    }
    let Some(mode) = mode_of(&activity.item) else {
        return Some(log);
    };
    match carried_of(activity, mode) {
        Ok(carried) => {
            log.parameters.extend(carried.log.parameters);
            log.load(carriage);
            log.intensity = Some(intensity_basis(mode));
        }
        Err(error) => log.refused = Some(error),
    }
    Some(log)
}

impl FreightLog {
    fn primary(&mut self, name: &str, value: Amount, unit: &'static str) {
        self.parameters.push(Parameter {
            name: name.to_owned(),
            value,
            unit,
            origin: Origin::Primary,
            source: "the row".to_owned(),
        });
    }

    /// Load and empty running, where the row states both.
    fn load(&mut self, carriage: Option<&Carriage>) {
        let stated = carriage.and_then(|carriage| carriage.load_permille.zip(carriage.empty_permille));
        if let Some((load, empty)) = stated {
            let permille = |value: u16| Amount::from_mantissa(i128::from(value) * (Amount::ONE_MANTISSA / 1000));
            self.primary("load over payload", permille(load), "");
            self.primary("empty over loaded kilometres", permille(empty), "");
            self.modelled = true;
        }
    }

    fn hub(&mut self, carriage: &Carriage) {
        if let Some(mass) = carriage.mass_kg {
            self.primary("mass through the hub", mass, "kg");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_have_modes() {
        for (item, mode) in [
            ("road_freight", Some(Mode::Road)),
            ("road_freight_articulated", Some(Mode::Road)),
            ("van_freight", Some(Mode::Road)),
            ("sea_freight_bulk", Some(Mode::Sea)),
            ("air_freight_short", Some(Mode::Air)),
            ("rail_freight", Some(Mode::Rail)),
            ("freight", None),
            ("roads", None),
        ] {
            assert_eq!(mode_of(item), mode, "{item}");
        }
    }
}
