//! The calculation log of a row of freight, as EN ISO 14083 wants it: every parameter, and whether it is primary, modelled or
//! a default.

use greenheart_account::{FreightLog, freight_log};
use greenheart_ledger::EntryRow;
use greenheart_model::{Activity, OrgNo, Ref};
use greenheart_transport::distance::IntensityBasis;
use greenheart_transport::log::Origin;

use super::Part;

/// Parameters of a row of freight in the order of the calculation; none for any other row.
pub(super) fn calculation(activity: &Activity, own: Option<OrgNo>, made: &[EntryRow]) -> Vec<Part> {
    let Some(log) = freight_log(activity, own) else {
        return Vec::new();
    };
    let mut parts = vec![Part::new(
        label("arrangement", &log.arrangement_origin),
        log.arrangement.name(),
        "",
    )];
    for parameter in &log.parameters {
        let label = label(&parameter.name, &parameter.origin);
        parts.push(Part::new(label, parameter.value.to_string(), parameter.unit));
    }
    if let Some(refused) = &log.refused {
        parts.push(Part::new("freight work · missing", refused.to_string(), ""));
    }
    parts.extend(made.iter().filter_map(|row| intensity(row, &log)));
    parts
}

const MODELLED: &str = "the published average brought to this load and empty running";

/// The factor of an entry: an intensity on stated kilometres, or what a litre of fuel emits.
fn intensity(row: &EntryRow, log: &FreightLog) -> Option<Part> {
    let entry = &row.entry;
    let factor = entry.factor.as_ref()?;
    let because = match (log.intensity, entry.rule.starts_with("transport@")) {
        (Some(IntensityBasis::Driven), true) => "published average per driven tonne-kilometre, empty running within it",
        (Some(IntensityBasis::Standard), true) => {
            "published average per tonne-kilometre on the great circle, empty running within it"
        }
        _ => "published factor",
    };
    let because = because.to_owned();
    let origin = if entry.rule.starts_with("transport.modelled@") {
        Origin::Modelled {
            because: MODELLED.to_owned(),
        }
    } else {
        Origin::Default { because }
    };
    let part = Part::new(label("intensity", &origin), factor.to_string(), "");
    Some(part.with(Ref::Factor(factor.clone())))
}

/// `distance, driven · primary`; what is not primary says why.
fn label(name: &str, origin: &Origin) -> String {
    match origin.because() {
        None => format!("{name} · {}", origin.name()),
        Some(because) => format!("{name} · {} · {because}", origin.name()),
    }
}
