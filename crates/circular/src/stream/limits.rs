//! Properties of a stream, and whether an offer keeps a want's limits.

use greenheart_units::Amount;
use serde::{Deserialize, Serialize};

use super::Stream;

/// A property with the range it has (offer) or may have (want). An end that is missing is unknown in an offer and free in a want.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// What: `chloride`, `moisture`, `calorific_value`.
    pub name: String,
    /// Its unit, as both ends write it: `%`, `mg/kg`, `MJ/kg`, `mm`.
    pub unit: String,
    /// Lowest.
    pub lower: Option<Amount>,
    /// Highest.
    pub upper: Option<Amount>,
    /// Whether a mix of two streams has the mass-weighted mean of it: true of contents, not of pH or grain size.
    pub blends: bool,
}

/// What became of one limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LimitOutcome {
    /// The whole measured range lies inside.
    Pass,
    /// All or part of the measured range lies outside.
    Fail {
        /// In words, with both ranges.
        why: String,
    },
    /// Nothing measured says; this test would.
    Unknown {
        /// Which test is missing.
        test: &'static str,
    },
}

/// One limit of a want and how an offer stands to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitResult {
    /// Which property.
    pub property: String,
    /// The result.
    pub outcome: LimitOutcome,
}

/// Holds every limit of `want` against what is measured of `offer`, in the want's order. The temperature of heat is a limit too.
pub fn check_limits(offer: &Stream, want: &Stream) -> Vec<LimitResult> {
    let mut results: Vec<LimitResult> = want
        .properties
        .iter()
        .map(|limit| LimitResult {
            property: limit.name.clone(),
            outcome: check_limit(
                offer.properties.iter().find(|property| property.name == limit.name),
                limit,
            ),
        })
        .collect();
    if let Some(needed) = &want.heat {
        let outcome = match &offer.heat {
            Some(heat) if heat.supply_c >= needed.supply_c => LimitOutcome::Pass,
            Some(heat) => LimitOutcome::Fail {
                why: format!(
                    "{} °C where {} °C is needed; a heat pump would have to lift it",
                    heat.supply_c, needed.supply_c
                ),
            },
            None => LimitOutcome::Unknown {
                test: "temperature of the source over a normal week",
            },
        };
        results.push(LimitResult {
            property: "supply_temperature".into(),
            outcome,
        });
    }
    results
}

fn check_limit(measured: Option<&Property>, limit: &Property) -> LimitOutcome {
    let unknown = LimitOutcome::Unknown {
        test: missing_test(&limit.name),
    };
    let Some(measured) = measured else { return unknown };
    if measured.unit != limit.unit {
        return LimitOutcome::Fail {
            why: format!("measured in {} where the limit is in {}", measured.unit, limit.unit),
        };
    }
    let show = |property: &Property| {
        let end = |value: Option<Amount>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
        format!("{} to {} {}", end(property.lower), end(property.upper), property.unit)
    };
    // Even the best end of what was measured can lie outside; then no test will help.
    let outside =
        |limit_end: Option<Amount>, near: Option<Amount>, far: Option<Amount>, beyond: fn(Amount, Amount) -> bool| {
            limit_end.is_some_and(|end| near.is_some_and(|v| beyond(v, end)) || far.is_some_and(|v| beyond(v, end)))
        };
    if outside(limit.upper, measured.upper, measured.lower, |value, end| value > end)
        || outside(limit.lower, measured.lower, measured.upper, |value, end| value < end)
    {
        return LimitOutcome::Fail {
            why: format!("{} where {} is accepted", show(measured), show(limit)),
        };
    }
    let open =
        (limit.upper.is_some() && measured.upper.is_none()) || (limit.lower.is_some() && measured.lower.is_none());
    if open { unknown } else { LimitOutcome::Pass }
}

/// The test that would tell a property. A method has its number where the catalogue of a standards body was seen to list it for this
/// property (looked up in 2026: SIST, UNI, NEN, BSI, DIN and ISS); otherwise the laboratory chooses.
pub fn missing_test(property: &str) -> &'static str {
    match property {
        "moisture" | "dry_matter" => "dry matter and water content, EN 15934 (solid biofuels: EN ISO 18134)",
        "chlorine" | "chloride" | "sulphur" => {
            "halogens and sulphur by combustion, EN 14582 (solid recovered fuels: EN 15408)"
        }
        "ash" => "ash content (solid biofuels: EN ISO 18122)",
        "calorific_value" => "calorific value (solid biofuels: EN ISO 18125)",
        "cadmium" | "lead" | "mercury" | "chromium" | "nickel" | "zinc" | "copper" | "arsenic" => {
            "metals after digestion in aqua regia, EN ISO 54321"
        }
        "chromium_vi" => "chromium(VI): in cement EN 196-10, in waste and soil EN ISO 15192",
        "leaching" => "leaching, EN 12457, or percolation, EN 14405",
        "pah" => "PAH, EN 17503",
        "pcb" | "hydrocarbons" => "organic contaminants, by an accredited laboratory",
        "ph" => "pH, by an accredited laboratory",
        "grain_size" | "particle_size" => "particle size by sieving (solid recovered fuels: EN 15415)",
        "asbestos" => "asbestos, by an accredited laboratory",
        "salmonella" | "e_coli" => "hygiene, by an accredited laboratory",
        "nitrogen" | "phosphorus" | "potassium" => "nutrients, by an accredited laboratory for fertilisers",
        _ => "an analysis of this property by an accredited laboratory",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property(name: &str, lower: Option<i64>, upper: Option<i64>) -> Property {
        Property {
            name: name.into(),
            unit: "%".into(),
            lower: lower.map(Amount::from_integer),
            upper: upper.map(Amount::from_integer),
            blends: true,
        }
    }

    #[test]
    fn a_limit_passes_fails_or_is_unknown() {
        let limit = property("moisture", None, Some(20));
        let of = |lower, upper| check_limit(Some(&property("moisture", lower, upper)), &limit);
        assert_eq!(of(Some(5), Some(20)), LimitOutcome::Pass);
        assert!(matches!(of(Some(5), Some(25)), LimitOutcome::Fail { .. }));
        assert!(matches!(of(Some(25), None), LimitOutcome::Fail { .. }));
        assert!(matches!(of(Some(5), None), LimitOutcome::Unknown { test } if test.contains("15934")));
        assert!(matches!(check_limit(None, &limit), LimitOutcome::Unknown { .. }));
        let mut other_unit = property("moisture", Some(1), Some(2));
        other_unit.unit = "mg/kg".into();
        assert!(matches!(
            check_limit(Some(&other_unit), &limit),
            LimitOutcome::Fail { .. }
        ));
    }
}
