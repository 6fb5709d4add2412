//! Units of measurement by UN/ECE Recommendation 20 code and by the symbols people write.
//!
//! Source of codes and conversion factors: UN/ECE Recommendation No. 20, revision 11e, annex I
//! (KGM kilogram, TNE tonne 10³ kg, LBR pound 0,453 592 37 kg, KWH, MWH, GWH, GV gigajoule,
//! JOU joule, MTQ cubic metre, LTR litre 10⁻³ m³, …), and Recommendation 21 for packages (`X` prefix).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Amount, Basis, DecimalError, DecimalMark, Dimension, NumberError, Rate, Rounding, parse_number, parse_number_with,
};

/// A known unit: a code, what it measures, and how many base units one of it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// UN/ECE Recommendation 20 code where there is one, else our own lower-case name.
    pub code: &'static str,
    /// What it measures.
    pub dimension: Dimension,
    /// Base units per one of this unit.
    pub per_unit: Rate,
    /// The basis the unit itself implies (`Nm3`).
    pub basis: Basis,
    symbols: &'static [&'static str],
}

/// Why a quantity could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// No unit has this code or symbol. It is kept as it stood.
    #[error("the unit `{0}` is not known")]
    Unknown(String),
    /// The unit measures something else than what is asked for.
    #[error("`{unit}` measures {found}, and {expected} is needed", found = found.name(), expected = expected.name())]
    Dimension {
        /// The unit as written.
        unit: String,
        /// What it measures.
        found: Dimension,
        /// What was asked for.
        expected: Dimension,
    },
    /// The number before the unit cannot be read.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// The converted amount does not fit.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
}

const fn unit(code: &'static str, dimension: Dimension, pico: i128, symbols: &'static [&'static str]) -> Unit {
    Unit {
        code,
        dimension,
        per_unit: Rate::from_mantissa(pico),
        basis: Basis::Plain,
        symbols,
    }
}

const fn on(basis: Basis, unit: Unit) -> Unit {
    Unit { basis, ..unit }
}

const ONE: i128 = Rate::ONE_MANTISSA;

/// Every unit the ledger converts; anything else stays raw and is reported.
const UNITS: &[Unit] = &[
    unit("KGM", Dimension::Mass, ONE, &["kg", "kilo", "kilogram", "kgs"]),
    unit("GRM", Dimension::Mass, ONE / 1000, &["g", "gram"]),
    unit("MGM", Dimension::Mass, ONE / 1_000_000, &["mg"]),
    unit("HGM", Dimension::Mass, ONE / 10, &["hg"]),
    unit("DTN", Dimension::Mass, 100 * ONE, &["dt"]),
    unit(
        "TNE",
        Dimension::Mass,
        1000 * ONE,
        &["t", "tonn", "tonne", "tonnes", "tonns", "metric ton"],
    ),
    unit(
        "KTN",
        Dimension::Mass,
        1_000_000 * ONE,
        &["kt", "kilotonn", "kilotonne"],
    ),
    unit(
        "LBR",
        Dimension::Mass,
        453_592_370_000,
        &["lb", "lbs", "pound", "pounds"],
    ),
    unit("STN", Dimension::Mass, 907_184_740_000_000, &["short ton"]),
    unit("LTN", Dimension::Mass, 1_016_046_908_800_000, &["long ton"]),
    unit("KWH", Dimension::Energy, ONE, &["kwh", "kilowattime", "kilowatt hour"]),
    unit("WHR", Dimension::Energy, ONE / 1000, &["wh"]),
    unit("MWH", Dimension::Energy, 1000 * ONE, &["mwh", "megawattime"]),
    unit("GWH", Dimension::Energy, 1_000_000 * ONE, &["gwh"]),
    unit("D32", Dimension::Energy, 1_000_000_000 * ONE, &["twh"]),
    unit("3B", Dimension::Energy, 277_777_777_778, &["mj"]),
    unit("GV", Dimension::Energy, 277_777_777_777_778, &["gj"]),
    unit("D30", Dimension::Energy, 277_777_777_777_777_778, &["tj"]),
    unit("KJO", Dimension::Energy, 277_777_778, &["kj"]),
    on(
        Basis::NetCalorific,
        unit(
            "kwh_net",
            Dimension::Energy,
            ONE,
            &["kwh lhv", "kwh (net cv)", "kwh ncv", "kwh nedre brennverdi"],
        ),
    ),
    on(
        Basis::GrossCalorific,
        unit(
            "kwh_gross",
            Dimension::Energy,
            ONE,
            &["kwh hhv", "kwh (gross cv)", "kwh gcv", "kwh øvre brennverdi"],
        ),
    ),
    on(
        Basis::NetCalorific,
        unit("mwh_net", Dimension::Energy, 1000 * ONE, &["mwh lhv", "mwh ncv"]),
    ),
    on(
        Basis::GrossCalorific,
        unit("mwh_gross", Dimension::Energy, 1000 * ONE, &["mwh hhv", "mwh gcv"]),
    ),
    unit(
        "MTQ",
        Dimension::Volume,
        ONE,
        &["m3", "m³", "m^3", "kubikkmeter", "kubikk", "cubic metre", "cubic meter"],
    ),
    unit(
        "LTR",
        Dimension::Volume,
        ONE / 1000,
        &["l", "liter", "litre", "litres", "ltr", "lit"],
    ),
    unit("DLT", Dimension::Volume, ONE / 10_000, &["dl"]),
    unit("MLT", Dimension::Volume, ONE / 1_000_000, &["ml"]),
    unit("HLT", Dimension::Volume, ONE / 10, &["hl"]),
    unit("K6", Dimension::Volume, ONE, &["kl"]),
    unit("GLL", Dimension::Volume, 3_785_411_784, &["us gal", "us gallon"]),
    unit("GLI", Dimension::Volume, 4_546_090_000, &["imp gal"]),
    unit("FTQ", Dimension::Volume, 28_316_846_592, &["ft3", "cubic foot"]),
    on(
        Basis::NormalVolume,
        unit("NM3", Dimension::Volume, ONE, &["nm3", "nm³", "normalkubikkmeter"]),
    ),
    on(
        Basis::NormalVolume,
        unit("Q37", Dimension::Volume, 947_944_820_406, &["sm3", "sm³"]),
    ),
    unit("KMT", Dimension::Length, ONE, &["km", "kilometer", "kilometre"]),
    unit(
        "MTR",
        Dimension::Length,
        ONE / 1000,
        &["m", "meter", "metre", "lm", "løpemeter"],
    ),
    unit("CMT", Dimension::Length, ONE / 100_000, &["cm"]),
    unit("MMT", Dimension::Length, ONE / 1_000_000, &["mm"]),
    unit("SMI", Dimension::Length, 1_609_344_000_000, &["mile", "miles"]),
    unit("mil", Dimension::Length, 10 * ONE, &["mil (10 km)", "norsk mil"]),
    unit("NMI", Dimension::Length, 1_852_000_000_000, &["nautical mile", "nm"]),
    unit(
        "TKM",
        Dimension::FreightWork,
        ONE,
        &[
            "tkm",
            "t.km",
            "t·km",
            "t*km",
            "tonnkm",
            "tonnkilometer",
            "tonne.km",
            "tonne-km",
        ],
    ),
    unit(
        "pkm",
        Dimension::PassengerWork,
        ONE,
        &["pkm", "passenger.km", "personkm", "personkilometer"],
    ),
    unit("MTK", Dimension::Area, ONE, &["m2", "m²", "m^2", "kvm", "kvadratmeter"]),
    unit("HAR", Dimension::Area, 10_000 * ONE, &["ha", "hektar"]),
    unit("DAA", Dimension::Area, 1000 * ONE, &["daa", "dekar"]),
    unit(
        "H87",
        Dimension::Count,
        ONE,
        &["stk", "stk.", "pcs", "pc", "piece", "pieces", "st"],
    ),
    unit("C62", Dimension::Count, ONE, &["one", "unit", "units", "enhet"]),
    unit("EA", Dimension::Count, ONE, &["each"]),
    unit("NAR", Dimension::Count, ONE, &["number of articles"]),
    unit("NMP", Dimension::Count, ONE, &["number of packs", "pk", "pakke"]),
    unit("XPP", Dimension::Count, ONE, &[]),
    unit("DZN", Dimension::Count, 12 * ONE, &["dusin", "dozen"]),
    unit("MIL", Dimension::Count, 1000 * ONE, &["1000 stk"]),
    unit(
        "HUR",
        Dimension::Time,
        ONE,
        &["h", "time", "timer", "hour", "hours", "tim"],
    ),
    unit("MIN", Dimension::Time, 16_666_666_667, &["min", "minutt", "minute"]),
    unit(
        "DAY",
        Dimension::Time,
        24 * ONE,
        &["day", "days", "dag", "dager", "døgn"],
    ),
    unit("NOK", Dimension::Money, ONE, &["kr", "kroner", "kr."]),
    unit("TNOK", Dimension::Money, 1000 * ONE, &["tkr", "1000 kr"]),
    unit(
        "MNOK",
        Dimension::Money,
        1_000_000 * ONE,
        &["mill kr", "mill. kr", "mkr"],
    ),
    unit(
        "kgCO2e",
        Dimension::Co2e,
        ONE,
        &["kg co2e", "kg co2-e", "kg co2eq", "kgco2eq", "kg co2-ekv"],
    ),
    unit(
        "tCO2e",
        Dimension::Co2e,
        1000 * ONE,
        &["t co2e", "tonn co2e", "tonn co2-ekv", "tonnes co2e", "tco2eq"],
    ),
];

impl Unit {
    /// Every known unit, for documentation and templates.
    pub fn all() -> impl Iterator<Item = &'static Unit> {
        UNITS.iter()
    }

    /// The base unit of a dimension.
    pub fn base(dimension: Dimension) -> &'static Unit {
        UNITS
            .iter()
            .find(|unit| unit.dimension == dimension && unit.per_unit == Rate::ONE)
            .unwrap_or(&UNITS[0])
    }

    /// Finds a unit by its exact code, else by a symbol in any case.
    ///
    /// `M` and `m`, `T` and `t` are the same symbol; Recommendation 20 codes win over symbols
    /// (`MIL` is a thousand pieces, `mil` ten kilometres).
    pub fn find(text: &str) -> Result<&'static Unit, UnitError> {
        let text = text.trim();
        if let Some(unit) = UNITS.iter().find(|unit| unit.code == text) {
            return Ok(unit);
        }
        let lower = text.to_lowercase().replace('\u{a0}', " ");
        let lower = lower.trim_end_matches('.');
        UNITS
            .iter()
            .find(|unit| unit.symbols.contains(&lower) || unit.code.to_lowercase() == lower)
            .ok_or_else(|| UnitError::Unknown(text.to_owned()))
    }

    /// `value` of this unit in base units, rounded half to even.
    pub fn to_base(&self, value: Amount) -> Result<Amount, UnitError> {
        Ok(value.times(self.per_unit, Rounding::HalfEven)?)
    }

    /// As [`Unit::to_base`], refusing a unit of another dimension.
    pub fn to_base_of(&self, expected: Dimension, value: Amount) -> Result<Amount, UnitError> {
        if self.dimension != expected {
            return Err(UnitError::Dimension {
                unit: self.code.to_owned(),
                found: self.dimension,
                expected,
            });
        }
        self.to_base(value)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

/// An amount read from a file, in base units, with its dimension and basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// In the base unit of `dimension`.
    pub value: Amount,
    /// What is measured.
    pub dimension: Dimension,
    /// On which basis.
    pub basis: Basis,
}

impl Reading {
    /// A reading on the plain basis.
    pub const fn new(value: Amount, dimension: Dimension) -> Self {
        Self {
            value,
            dimension,
            basis: Basis::Plain,
        }
    }

    /// `value` of `unit`, converted.
    pub fn of(value: Amount, unit: &Unit) -> Result<Self, UnitError> {
        Ok(Self {
            value: unit.to_base(value)?,
            dimension: unit.dimension,
            basis: unit.basis,
        })
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.dimension.base_unit())
    }
}

/// Reads a number and its unit written together: `1 250,5 kWh`, `2.3 t`.
pub fn parse_reading(text: &str, mark: Option<DecimalMark>) -> Result<Reading, UnitError> {
    let text = text.trim();
    let at = text
        .char_indices()
        .find(|(at, c)| c.is_alphabetic() || (*at > 0 && matches!(c, '(' | '³' | '²')))
        .map_or(text.len(), |(at, _)| at);
    let (number, unit) = text.split_at(at);
    let value = match mark {
        Some(mark) => parse_number_with(number, mark)?,
        None => parse_number(number)?,
    };
    Reading::of(value, Unit::find(unit)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(
            parse_reading(text, None).map(|r| r.to_string()),
            Ok(expect.to_owned()),
            "{text}"
        );
    }

    #[test]
    fn reads_what_people_write() {
        check("1 250,5 kWh", "1250.5 kWh");
        check("2.3 t", "2300 kg");
        check("12 MWh", "12000 kWh");
        check("3,6 GJ", "1000 kWh");
        check("40 l", "0.04 m3");
        check("1\u{a0}000 tonn", "1000000 kg");
        check("7 Nm3", "7 m3");
        check("5 stk.", "5 pcs");
        check("10 LBR", "4.535924 kg");
        check("2 MNOK", "2000000 NOK");
        check("2 t CO2e", "2000 kgCO2e");
    }

    #[test]
    fn unknown_units_stay_raw_and_dimensions_are_checked() {
        assert_eq!(parse_reading("5 KOLLI", None), Err(UnitError::Unknown("KOLLI".into())));
        let kwh = Unit::find("KWH").expect("known");
        assert!(matches!(
            kwh.to_base_of(Dimension::Mass, Amount::ONE),
            Err(UnitError::Dimension { .. })
        ));
        assert_eq!(Unit::find("Nm³").map(|u| u.basis), Ok(Basis::NormalVolume));
        assert_eq!(Unit::find("MIL").map(|u| u.dimension), Ok(Dimension::Count));
    }

    #[test]
    fn codes_and_symbols_are_unique() {
        for (at, unit) in UNITS.iter().enumerate() {
            for other in &UNITS[at + 1..] {
                assert_ne!(unit.code, other.code);
                for symbol in unit.symbols {
                    assert!(!other.symbols.contains(symbol), "`{symbol}` is both {unit} and {other}");
                    assert_eq!(symbol.to_lowercase(), **symbol, "symbols are compared in lower case");
                }
            }
        }
    }

    #[test]
    fn every_dimension_has_its_base() {
        for dimension in Dimension::ALL {
            assert_eq!(Unit::base(dimension).dimension, dimension);
            assert_eq!(Unit::base(dimension).per_unit, Rate::ONE);
        }
    }
}
