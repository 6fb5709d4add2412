//! What the full set and the flat file of the UK factors have in common: the same rows, differently laid out.

use greenheart_model::{Gas, Pedigree, Severity, Treatment};
use greenheart_units::{Basis, Dimension, Rate};

use super::make::{Draft, Edition, Gases, Maker, Weights};
use super::{ImportError, two_digits};
use crate::country;
use crate::exact::{Exact, Ratio};
use crate::unit;

pub(crate) const LICENCE: &str = "OGL-UK-3.0";

/// One row, with its gases together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// Sheet of the full set, level 1 of the flat file.
    pub(crate) category: String,
    /// Activity, level 2.
    pub(crate) activity: String,
    /// Type, fuel, material; levels 3 and 4.
    pub(crate) name: String,
    /// Heading over the columns, such as a fuel or a treatment.
    pub(crate) group: String,
    pub(crate) unit: String,
    /// kg CO2e, and of them as carbon dioxide, methane and nitrous oxide.
    pub(crate) total: Option<Exact>,
    pub(crate) co2: Option<Exact>,
    pub(crate) ch4: Option<Exact>,
    pub(crate) n2o: Option<Exact>,
    pub(crate) year: Option<i16>,
    pub(crate) at: usize,
    pub(crate) cited: String,
}

pub(crate) fn edition(year: i16, weights: Weights, what: &str) -> Edition {
    Edition {
        prefix: format!("uk{}", two_digits(year)),
        family: "uk",
        title: format!("UK Government GHG Conversion Factors for Company Reporting {year}, {what}"),
        licence: LICENCE,
        year,
        gwp: weights.set,
    }
}

/// The potentials of the edition: what a kg of methane weighs in its own refrigerant table, else what its
/// year used (AR5 from 2023).
pub(crate) fn weights(year: i16, methane: Option<&str>) -> (Weights, bool) {
    match methane.and_then(Weights::by_methane) {
        Some(weights) => (weights, true),
        None if year >= 2023 => (Weights::AR5, false),
        None => (Weights::AR4, false),
    }
}

pub(crate) fn begin<'a>(
    edition: Edition,
    known: bool,
    options: &'a super::Options,
    file: &str,
) -> Result<Maker<'a>, ImportError> {
    let set = edition.gwp;
    let mut maker = Maker::new(edition, options, file)?;
    if !known {
        let detail = format!("no row says what methane weighs; {set} is taken from the year");
        maker.note("factor.gwp_assumed", Severity::Warning, 0, "", detail);
    }
    Ok(maker)
}

/// Adds rows in order; biogenic carbon dioxide of the same fuel, which stands on a sheet of its own, last.
pub(crate) fn add_all(maker: &mut Maker<'_>, rows: &[Row], weights: Weights) {
    let outside = |row: &&Row| row.category.trim().eq_ignore_ascii_case("outside of scopes");
    for row in rows.iter().filter(|row| !outside(row)) {
        add(maker, row, weights);
    }
    for row in rows.iter().filter(outside) {
        add_outside(maker, row);
    }
}

/// The sheet without what marks it as well to tank, so that a fuel has one name on both.
fn category(text: &str) -> (&str, bool) {
    let text = text.trim();
    let Some(rest) = text.strip_prefix("WTT-") else {
        return (text, false);
    };
    let plain = match rest.trim().to_lowercase().as_str() {
        "fuels" => "Fuels",
        "bioenergy" => "Bioenergy",
        "heat and steam" => "Heat and steam",
        "pass vehs & travel- land" => "Business travel- land",
        "business travel- air" => "Business travel- air",
        "business travel- sea" => "Business travel- sea",
        "delivery vehs & freight" => "Freighting goods",
        _ => "Electricity",
    };
    (plain, true)
}

fn add(maker: &mut Maker<'_>, row: &Row, weights: Weights) {
    let (category, upstream) = category(&row.category);
    if category.to_lowercase().starts_with("secr kwh") {
        return;
    }
    let Some(mut per) = unit::find(&row.unit) else {
        maker.skip(row.at, "unit", &format!("the unit `{}` is not known", row.unit));
        return;
    };
    if category == "Bioenergy" && per.dimension == Dimension::Energy {
        per.basis = Basis::NetCalorific;
    }
    let Some(region) = region(category, &row.name) else {
        maker.skip(row.at, "country", &format!("the country `{}` is not known", row.name));
        return;
    };
    let gases = gases(maker, row, category, weights);
    if gases.is_empty() {
        return;
    }
    let aspect = if upstream {
        "upstream"
    } else {
        aspect(category, &row.group)
    };
    let electricity = aspect == "location";
    let heading = if row.group.is_empty() {
        String::new()
    } else {
        format!(", {}", row.group)
    };
    let from = if upstream { ", well to tank" } else { "" };
    // Lorries with and without cooling have the same names under other activities.
    let cooled = row.activity.to_lowercase().contains("refrigerated");
    let words = if cooled {
        format!("{} refrigerated", row.name)
    } else {
        row.name.clone()
    };
    maker.add(&Draft {
        path: vec![&row.category, &row.activity, &row.name, &row.group, per.name],
        words: [category, &words, &row.group],
        name: format!("{}: {}{heading}{from}", row.activity.trim(), row.name.trim()),
        aspect,
        gases,
        per,
        region,
        data_year: row.year.unwrap_or(maker.edition.year),
        one_year: electricity,
        pedigree: pedigree(category),
        cited: row.cited.clone(),
        remark: remark(row).to_owned(),
        row: row.at,
    });
}

fn remark(row: &Row) -> &'static str {
    match row.group.as_str() {
        "With RF" => "includes radiative forcing",
        _ => "",
    }
}

fn gases(maker: &mut Maker<'_>, row: &Row, category: &str, weights: Weights) -> Gases {
    let whole = |gas| {
        row.total
            .map(|total| vec![(gas, total, Ratio::ONE)])
            .unwrap_or_default()
    };
    let one_of = |weight: Ratio| row.total.map(|total| (total, weight));
    if category == "Refrigerant & other" {
        let pure = match row.name.trim() {
            "Carbon dioxide" => one_of(Ratio::ONE).map(|(total, weight)| (Gas::Co2, total, weight)),
            "Methane" => one_of(weights.ch4).map(|(total, weight)| (Gas::Ch4Fossil, total, weight)),
            "Nitrous oxide" => one_of(weights.n2o).map(|(total, weight)| (Gas::N2o, total, weight)),
            _ => None,
        };
        return pure.map_or_else(|| whole(Gas::Co2eOther), |gas| vec![gas]);
    }
    let (Some(co2), Some(ch4), Some(n2o)) = (row.co2, row.ch4, row.n2o) else {
        return whole(Gas::Co2eOther);
    };
    if row.group == "With RF" && row.total.is_some() {
        return whole(Gas::Co2eOther);
    }
    if let Some(detail) = row.total.and_then(|total| differs(total, [co2, ch4, n2o])) {
        maker.note("factor.sum_differs", Severity::Warning, row.at, "", detail);
    }
    let methane = if category == "Bioenergy" {
        Gas::Ch4Biogenic
    } else {
        Gas::Ch4Fossil
    };
    vec![
        (Gas::Co2, co2, Ratio::ONE),
        (methane, ch4, weights.ch4),
        (Gas::N2o, n2o, weights.n2o),
    ]
}

/// Whether a total is another than the sum of its parts: by two in a hundred and more than rounding explains.
fn differs(total: Exact, parts: [Exact; 3]) -> Option<String> {
    let total = total.rate(Ratio::ONE)?;
    let sum: Rate = parts.iter().map(|part| part.rate(Ratio::ONE)).sum::<Option<Rate>>()?;
    let apart = (total - sum).abs();
    let allowed = total.abs().mantissa() / 50 + Rate::ONE_MANTISSA / 20_000;
    (apart.mantissa() > allowed).then(|| format!("{total} kg CO2e is not the sum of its gases, {sum}"))
}

fn add_outside(maker: &mut Maker<'_>, row: &Row) {
    let (Some(per), Some(co2)) = (unit::find(&row.unit), row.co2.or(row.total)) else {
        return;
    };
    let activities = ["Liquid fuels", "Gaseous fuels"].map(|activity| ("Fuels", activity));
    let bio = [("Bioenergy", row.activity.as_str())];
    let held = bio.iter().chain(&activities).any(|(category, activity)| {
        maker.outside_of_scopes(&[category, activity, &row.name, &row.group, per.name], co2, per)
    });
    if held {
        return;
    }
    maker.add(&Draft {
        path: vec![&row.category, &row.activity, &row.name, &row.group, per.name],
        words: ["", &row.name, ""],
        name: format!("{}: {}, biogenic carbon dioxide", row.activity.trim(), row.name.trim()),
        aspect: "outside_of_scopes",
        gases: vec![(Gas::Co2Biogenic, co2, Ratio::ONE)],
        per,
        region: "GB",
        data_year: row.year.unwrap_or(maker.edition.year),
        one_year: false,
        pedigree: pedigree("Bioenergy"),
        cited: row.cited.clone(),
        remark: String::new(),
        row: row.at,
    });
}

/// Tables by country name it in their rows; everything else is British.
fn region(category: &str, name: &str) -> Option<&'static str> {
    let by_country = matches!(category, "Hotel stay" | "Overseas electricity" | "Electricity");
    if !by_country {
        return Some("GB");
    }
    let name = name.trim();
    country::code(name.strip_prefix("Electricity:").map_or(name, str::trim))
}

fn aspect(category: &str, group: &str) -> &'static str {
    match category {
        "Fuels" | "Bioenergy" => "combustion",
        "Refrigerant & other" => "leak",
        "Delivery vehicles" | "Freighting goods" => "transport",
        "Heat and steam" => "heat",
        "Water supply" | "Water treatment" | "Homeworking" => "service",
        "Transmission and distribution" | "UK electricity T&D for EVs" => "upstream",
        "UK electricity" | "Overseas electricity" | "Managed assets- electricity" => "location",
        "Material use" => match group {
            "Closed-loop source" => "secondary",
            "Open-loop source" => "open_loop",
            "Re-used" => "reused",
            _ => "primary",
        },
        "Waste disposal" => treatment(group).name(),
        _ => "travel",
    }
}

fn treatment(group: &str) -> Treatment {
    match group {
        "Re-use" => Treatment::Reuse,
        "Open-loop" | "Closed-loop" => Treatment::Recycling,
        "Combustion" => Treatment::EnergyRecovery,
        "Composting" | "Anaerobic digestion" => Treatment::Biological,
        "Landfill" => Treatment::Landfill,
        _ => Treatment::Unknown,
    }
}

/// Reliability, completeness, time, place (filled in later), technology.
fn pedigree(category: &str) -> Pedigree {
    match category {
        "Fuels" | "Bioenergy" | "Refrigerant & other" => [2, 2, 1, 3, 1],
        "Material use" => [2, 3, 1, 3, 3],
        "Heat and steam" => [2, 3, 2, 3, 1],
        _ => [2, 3, 1, 3, 2],
    }
}
