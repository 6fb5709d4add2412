//! The units that publications state factors per, and how they become base units.

use greenheart_units::{Basis, Dimension};

use crate::exact::Ratio;

/// What a published figure is per: a base unit after multiplying by `to_base`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Per {
    pub(crate) dimension: Dimension,
    pub(crate) basis: Basis,
    /// Per published unit to per base unit.
    pub(crate) to_base: Ratio,
    /// Short name for identifiers.
    pub(crate) name: &'static str,
}

const fn per(name: &'static str, dimension: Dimension, num: i128, den: i128) -> Per {
    let (basis, to_base) = (Basis::Plain, Ratio::new(num, den));
    Per {
        dimension,
        basis,
        to_base,
        name,
    }
}

const fn on(basis: Basis, per: Per) -> Per {
    Per { basis, ..per }
}

use Dimension::{Count, Energy, FreightWork, Length, Mass, Money, PassengerWork, Time, Volume};

/// Names in lower case, without full stops and hyphens between words, and what they are. Conversions are the
/// exact definitions: mile 1609.344 m, pound 0.453 592 37 kg, short ton 2000 lb, US gallon 231 cubic
/// inches, million British thermal units (IT) 1055.055 852 62 MJ.
const UNITS: &[(&[&str], Per)] = &[
    (&["kg", "kilogram", "kilograms"], per("kg", Mass, 1, 1)),
    (
        &["tonne", "tonnes", "metric ton", "metric tons", "t"],
        per("tonne", Mass, 1, 1000),
    ),
    (
        &["short ton", "short tons"],
        per("short-ton", Mass, 100_000, 90_718_474),
    ),
    (&["kwh", "kwhs"], per("kwh", Energy, 1, 1)),
    (
        &["kwh (net cv)", "kwh net cv", "kwh (net)"],
        on(Basis::NetCalorific, per("kwh-net", Energy, 1, 1)),
    ),
    (
        &["kwh (gross cv)", "kwh gross cv", "kwh (gross)"],
        on(Basis::GrossCalorific, per("kwh-gross", Energy, 1, 1)),
    ),
    (&["mwh"], per("mwh", Energy, 1, 1000)),
    (&["gwh"], per("gwh", Energy, 1, 1_000_000)),
    (&["gj"], on(Basis::NetCalorific, per("gj", Energy, 36, 10_000))),
    (&["tj"], on(Basis::NetCalorific, per("tj", Energy, 36, 10_000_000))),
    (
        &["mmbtu"],
        on(
            Basis::GrossCalorific,
            per("mmbtu", Energy, 360_000_000, 105_505_585_262),
        ),
    ),
    (
        &["litre", "litres", "liter", "liters", "l"],
        per("litre", Volume, 1000, 1),
    ),
    (
        &[
            "cubic metres",
            "cubic metre",
            "cubic metres (m3)",
            "m3",
            "cubic meter",
            "cubic meters",
        ],
        per("m3", Volume, 1, 1),
    ),
    (&["million litres"], per("million-litres", Volume, 1, 1000)),
    (
        &["gallon", "gallons", "us gallon", "us gallons"],
        per("gallon", Volume, 1_000_000_000_000, 3_785_411_784),
    ),
    (
        &["scf", "standard cubic foot"],
        per("scf", Volume, 1_000_000_000_000, 28_316_846_592),
    ),
    (
        &[
            "km",
            "vehicle kilometer",
            "vehicle kilometre",
            "vehicle km",
            "kilometer",
        ],
        per("km", Length, 1, 1),
    ),
    (
        &["mile", "miles", "vehicle mile", "vehicle miles"],
        per("mile", Length, 1_000_000, 1_609_344),
    ),
    (
        &["tonne km", "tonne kilometer", "tonne kilometre", "tkm"],
        per("tkm", FreightWork, 1, 1),
    ),
    (
        &["short ton mile", "short ton miles", "ton mile"],
        per(
            "short-ton-mile",
            FreightWork,
            100_000_000_000_000,
            90_718_474 * 1_609_344,
        ),
    ),
    (
        &["passenger km", "passenger kilometer", "passenger kilometre", "pkm"],
        per("pkm", PassengerWork, 1, 1),
    ),
    (
        &["passenger mile", "passenger miles"],
        per("passenger-mile", PassengerWork, 1_000_000, 1_609_344),
    ),
    (
        &["room per night", "piece", "pieces", "pcs", "unit"],
        per("piece", Count, 1, 1),
    ),
    (
        &["per fte working hour", "fte working hour", "hour", "hours"],
        per("hour", Time, 1, 1),
    ),
    (&["nok"], per("nok", Money, 1, 1)),
];

/// The unit with this name, in any case; `None` when no publication uses it.
pub(crate) fn find(text: &str) -> Option<Per> {
    let plain = text.to_lowercase().replace(['.', '-', '‑', '·', '\n'], " ");
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let hit = UNITS.iter().find(|(names, _)| names.contains(&plain.as_str()));
    hit.map(|(_, per)| *per)
}

/// Kilograms per unit of a mass written before a slash: `g`, `kg`, `lb`, `tonne`.
pub(crate) fn mass(text: &str) -> Option<Ratio> {
    Some(match text.trim().to_lowercase().as_str() {
        "kg" => Ratio::ONE,
        "g" => Ratio::new(1, 1000),
        "lb" => Ratio::new(45_359_237, 100_000_000),
        "t" | "tonne" | "tonnes" | "metric ton" | "metric tons" => Ratio::new(1000, 1),
        _ => return None,
    })
}

/// A unit for spend: per `currency` in, per NOK out at `nok` kroner each.
pub(crate) fn money(nok: Ratio) -> Per {
    Per {
        to_base: nok.inverse(),
        ..per("nok", Money, 1, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Exact;

    #[test]
    fn definitions_hold() {
        let per = |value: &str, unit: &str| {
            let unit = find(unit).unwrap_or_else(|| panic!("{unit}"));
            Exact::parse(value)
                .and_then(|exact| exact.rate(unit.to_base))
                .map(|rate| rate.to_string())
        };
        assert_eq!(per("1.609344", "miles").as_deref(), Some("1"));
        assert_eq!(per("3.785411784", "US Gallon").as_deref(), Some("1000"));
        assert_eq!(per("907.18474", "short ton").as_deref(), Some("1"));
        assert_eq!(per("1", "GJ").as_deref(), Some("0.0036"));
        assert_eq!(per("293.071070172", "mmBtu").as_deref(), Some("0.999999999999"));
        assert_eq!(per("1.45997231821056", "short ton-mile").as_deref(), Some("1"));
        assert_eq!(find("tonne.km").map(|per| per.dimension), Some(Dimension::FreightWork));
        assert_eq!(find("kWh (Net CV)").map(|per| per.basis), Some(Basis::NetCalorific));
        assert_eq!(find("parsec"), None);
        assert_eq!(find(""), None);
    }
}
