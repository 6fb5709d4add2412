//! The words for kinds, treatments and uses, Norwegian and English.

use greenheart_model::{ActivityKind, CoverageKind, ItemClass, Treatment};

use super::field::normalise;

/// The kind that a cell names.
pub(super) fn kind(text: &str) -> Option<ActivityKind> {
    use ActivityKind as K;
    let plain = normalise(text);
    if let Ok(kind) = plain.replace([' ', '-'], "_").parse() {
        return Some(kind);
    }
    Some(match plain.as_str() {
        "elektrisitet" | "strøm" | "kraft" | "el" | "power" => K::Electricity,
        "varme" | "fjernvarme" | "damp" | "kjøling" | "fjernkjøling" | "district heat" | "steam" | "cooling" => {
            K::Heat
        }
        "brensel" | "drivstoff" | "fyring" | "fuels" => K::Fuel,
        "kuldemedium" | "kuldemedier" | "refrigerants" | "gasslekkasje" => K::Refrigerant,
        "prosessutslipp" | "prosess" | "process emissions" | "process" => K::ProcessEmission,
        "kjøp" | "innkjøp" | "varekjøp" | "purchases" => K::Purchase,
        "investering" | "investeringer" | "capital goods" | "capex" | "investment" => K::CapitalGood,
        "frakt" | "freight" | "transporter" | "shipment" | "godstransport" => K::Transport,
        "avfall" | "wastes" => K::Waste,
        "reise" | "reiser" | "tjenestereise" | "tjenestereiser" | "business travel" => K::Travel,
        "pendling" | "arbeidsreise" | "arbeidsreiser" | "commute" => K::Commuting,
        "materiale inn" | "materialer inn" | "råvare" | "råvarer" | "innsatsfaktor" | "materials in"
        | "raw material" => K::MaterialInput,
        "produkt ut" | "produkter ut" | "produksjon" | "products out" | "production" => K::ProductOutput,
        "salg" | "omsetning" | "sales" | "revenue" => K::Sale,
        "fjerning" | "opptak" | "karbonfjerning" | "removals" => K::Removal,
        _ => return None,
    })
}

/// What became of waste: words, or the R and D codes of Directive 2008/98/EC, annexes I and II.
pub(crate) fn treatment(text: &str) -> Option<Treatment> {
    use Treatment as T;
    let plain = normalise(text);
    if let Ok(known) = plain.replace([' ', '-'], "_").parse() {
        return Some(known);
    }
    let code = plain.split([' ', ':', '-', '(']).next().unwrap_or_default();
    if let Some(treatment) = treatment_code(code) {
        return Some(treatment);
    }
    Some(match plain.as_str() {
        "ombruk" | "gjenbruk" | "forberedelse til ombruk" | "preparing for reuse" | "re-use" => T::Reuse,
        "materialgjenvinning"
        | "gjenvinning"
        | "resirkulering"
        | "materialgjenvunnet"
        | "recycled"
        | "material recovery"
        | "material recycling" => T::Recycling,
        "kompostering"
        | "biologisk"
        | "biologisk behandling"
        | "biogass"
        | "biogassproduksjon"
        | "composting"
        | "anaerobic digestion"
        | "biological treatment" => T::Biological,
        "energiutnyttelse"
        | "energigjenvinning"
        | "forbrenning med energiutnyttelse"
        | "energy recovery"
        | "incineration with energy recovery"
        | "waste to energy" => T::EnergyRecovery,
        "forbrenning"
        | "forbrenning uten energiutnyttelse"
        | "incinerated"
        | "destruksjon"
        | "incineration without energy recovery" => T::Incineration,
        "utfylling" | "dekkmasse" | "fyllmasse" | "backfilling" => T::Backfill,
        "deponi" | "deponering" | "deponert" | "deposited" | "disposal" => T::Landfill,
        "ukjent" | "annet" | "other" | "ikke oppgitt" | "not stated" => T::Unknown,
        _ => return None,
    })
}

/// R11 to R13, D8, D9 and D13 to D15 only prepare or store, so what finally happened is unknown.
fn treatment_code(code: &str) -> Option<Treatment> {
    Some(match code {
        "r1" => Treatment::EnergyRecovery,
        "r2" | "r3" | "r4" | "r5" | "r6" | "r7" | "r8" | "r9" => Treatment::Recycling,
        "r10" => Treatment::Biological,
        "d10" | "d11" => Treatment::Incineration,
        "d1" | "d2" | "d3" | "d4" | "d5" | "d6" | "d7" | "d12" => Treatment::Landfill,
        "r11" | "r12" | "r13" | "d8" | "d9" | "d13" | "d14" | "d15" => Treatment::Unknown,
        _ => return None,
    })
}

/// The class of fuel that a use column names.
pub(super) fn fuel_use(text: &str) -> Option<ItemClass> {
    match normalise(text).as_str() {
        "vehicle" | "vehicles" | "kjøretøy" | "mobil" | "mobile" | "transport" | "maskin" => {
            Some(ItemClass::VehicleFuel)
        }
        "stationary" | "stasjonær" | "stasjonært" | "fyring" | "heating" | "prosess" | "process" => {
            Some(ItemClass::StationaryFuel)
        }
        _ => None,
    }
}

/// The class of a kind; fuel and purchases differ by item and are decided there.
pub(super) const fn class_of(kind: ActivityKind) -> ItemClass {
    match kind {
        ActivityKind::Fuel => ItemClass::StationaryFuel,
        ActivityKind::Electricity => ItemClass::Electricity,
        ActivityKind::Heat => ItemClass::Heat,
        ActivityKind::Refrigerant => ItemClass::Refrigerant,
        ActivityKind::ProcessEmission => ItemClass::Process,
        ActivityKind::Purchase | ActivityKind::MaterialInput => ItemClass::Goods,
        ActivityKind::CapitalGood => ItemClass::Capital,
        ActivityKind::Transport => ItemClass::Freight,
        ActivityKind::Waste => ItemClass::WasteService,
        ActivityKind::Travel => ItemClass::Travel,
        ActivityKind::Commuting => ItemClass::Commuting,
        ActivityKind::Sale => ItemClass::Revenue,
        ActivityKind::Removal => ItemClass::Removal,
        ActivityKind::ProductOutput | ActivityKind::OtherPosting => ItemClass::None,
    }
}

/// What a table of this kind can cover. Purchases and sales are covered by the books.
pub const fn coverage_of(kind: ActivityKind) -> Option<CoverageKind> {
    Some(match kind {
        ActivityKind::Fuel | ActivityKind::Electricity | ActivityKind::Heat => CoverageKind::Energy,
        ActivityKind::Refrigerant | ActivityKind::ProcessEmission => CoverageKind::DirectEmissions,
        ActivityKind::Transport => CoverageKind::Transport,
        ActivityKind::Waste => CoverageKind::Waste,
        ActivityKind::Travel | ActivityKind::Commuting => CoverageKind::Travel,
        ActivityKind::MaterialInput | ActivityKind::ProductOutput => CoverageKind::Materials,
        ActivityKind::Removal => CoverageKind::Removals,
        ActivityKind::Purchase | ActivityKind::CapitalGood | ActivityKind::Sale | ActivityKind::OtherPosting => {
            return None;
        }
    })
}

/// Whether a label in the first cell says that the row is a total.
pub(super) fn is_total(text: &str) -> bool {
    matches!(
        normalise(text).as_str(),
        "sum"
            | "totalt"
            | "total"
            | "totalsum"
            | "sum totalt"
            | "i alt"
            | "grand total"
            | "subtotal"
            | "delsum"
            | "totals"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_both_languages() {
        for (text, expect) in [
            ("Materialgjenvinning", Some(Treatment::Recycling)),
            ("R1", Some(Treatment::EnergyRecovery)),
            ("D1 - Deponi", Some(Treatment::Landfill)),
            ("energy recovery", Some(Treatment::EnergyRecovery)),
            ("R13", Some(Treatment::Unknown)),
            ("magi", None),
        ] {
            assert_eq!(treatment(text), expect, "{text}");
        }
        assert_eq!(kind("Materiale inn"), Some(ActivityKind::MaterialInput));
        assert_eq!(kind("process emission"), Some(ActivityKind::ProcessEmission));
        assert!(ActivityKind::ALL.iter().all(|k| kind(k.name()) == Some(*k)));
        assert!(is_total("Totalt:") && !is_total("Total Norge AS"));
    }
}
