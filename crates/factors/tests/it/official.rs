//! The published files themselves, when the samples are beside the checkout.

use std::path::PathBuf;

use greenheart_factors::{Imported, Kind, Options, Source, check, compare, counts, import, shipped};
use greenheart_model::Gas;
use greenheart_testkit::shared;

fn read(paths: &[PathBuf]) -> Imported {
    let files: Vec<(String, Vec<u8>)> = paths
        .iter()
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read(path).unwrap(),
            )
        })
        .collect();
    let sources: Vec<Source<'_>> = files.iter().map(|(file, bytes)| Source { file, bytes }).collect();
    let imported = import(None, &sources, &Options::norwegian("2026-11-24".parse().unwrap())).unwrap();
    let total: usize = counts(&imported.set).iter().map(|count| count.factors).sum();
    assert_eq!(total, imported.set.factors().len());
    imported
}

#[test]
fn every_publication_is_recognised_and_read_whole() {
    let Some(root) = shared("data/factors") else { return };
    // Kind, factors, rows that could not be read (regional averages, and ranges instead of figures).
    for (file, kind, factors, unread) in [
        (
            "defra/ghg-conversion-factors-2024-full_set_advanced_v1_1.xlsx",
            Kind::UkFull,
            2436,
            0,
        ),
        ("defra/Conversion_Factors_2020_Flat_file.xlsx", Kind::UkFlat, 2374, 9),
        (
            "defra/conversion-factors-2021-flat-file-automatic-processing.xls",
            Kind::UkFlat,
            2444,
            8,
        ),
        (
            "epa_supply_chain/SupplyChainGHGEmissionFactors_v1.3.0_NAICS_CO2e_USD2022.csv",
            Kind::EpaSupplyChain,
            1017,
            0,
        ),
        (
            "epa_supply_chain/SupplyChainGHGEmissionFactors_v1.3.0_NAICS_byGHG_USD2022.csv",
            Kind::EpaSupplyChain,
            1017,
            0,
        ),
        ("epa_hub/ghg-emission-factors-hub-2024.xlsx", Kind::EpaHub, 576, 0),
        (
            "ghgprotocol/Emission_Factors_for_Cross_Sector_Tools_V2.0.xlsx",
            Kind::GhgProtocol,
            1211,
            2,
        ),
        (
            "useeio_import_exiobase/Regional_detail_import_factors_exiobase_2019_17sch.csv",
            Kind::Exiobase,
            2081,
            0,
        ),
        (
            "useeio_import_exiobase/US_detail_import_factors_exiobase_2019_17sch.csv",
            Kind::Exiobase,
            298,
            0,
        ),
        ("eea/co2-emission-intensity-6.csv", Kind::Eea, 901, 0),
        (
            "eea/co2-emission-intensity-from-electricity-generation-5.csv",
            Kind::Eea,
            930,
            0,
        ),
        ("ignite/activity_based_EF_database_out.csv", Kind::Ignite, 1134, 0),
    ] {
        let imported = read(&[root.join(file)]);
        let found = (
            imported.kind,
            imported.set.factors().len(),
            imported.findings.count("factor.row_unread"),
        );
        assert_eq!(found, (kind, factors, unread), "{file}");
        assert_eq!(imported.findings.count("factor.sum_differs"), 0, "{file}");
    }
    let model = ["N.json", "sectors.json", "indicators.json"].map(|file| root.join("useeio_v2.0.1-411").join(file));
    let useeio = read(&model);
    assert_eq!((useeio.kind, useeio.set.factors().len()), (Kind::Useeio, 411));
}

#[test]
fn the_shipped_figures_are_those_of_the_publication() {
    let Some(root) = shared("data/factors/defra/ghg-conversion-factors-2024-full_set_advanced_v1_1.xlsx") else {
        return;
    };
    let published = read(&[root]).set;
    let shipped = shipped();
    let ours = shipped
        .factors()
        .iter()
        .filter(|factor| factor.id.as_str().starts_with("uk24"));
    let mut looked_at = 0;
    for factor in ours {
        let same = |other: &&greenheart_model::Factor| {
            let again = &*factor.aspect == "secondary" && &*other.aspect == "reused";
            other.item == factor.item && (other.aspect == factor.aspect || again) && other.per == factor.per
        };
        let theirs: Vec<_> = published.factors().iter().filter(same).collect();
        assert!(
            theirs.iter().any(|other| other.gases == factor.gases),
            "{}: {:?} {theirs:?}",
            factor.id,
            factor.gases
        );
        looked_at += 1;
    }
    assert!(looked_at > 250, "{looked_at}");
}

#[test]
fn editions_of_different_layout_are_compared() {
    let Some(root) = shared("data/factors/defra") else {
        return;
    };
    let flat20 = read(&[root.join("Conversion_Factors_2020_Flat_file.xlsx")]).set;
    let flat21 = read(&[root.join("conversion-factors-2021-flat-file-automatic-processing.xls")]).set;
    let full24 = read(&[root.join("ghg-conversion-factors-2024-full_set_advanced_v1_1.xlsx")]).set;
    for (old, new, least) in [(&flat20, &flat21, 2300), (&flat21, &full24, 2000)] {
        let comparison = compare(old, new);
        let matched = comparison.changed.len() + comparison.same;
        assert!(matched >= least, "{} to {}: {matched}", old.version, new.version);
        assert_eq!(matched + comparison.removed.len(), old.factors().len());
        assert_eq!(matched + comparison.added.len(), new.factors().len());
    }
    let comparison = compare(&flat21, &full24);
    let diesel = comparison
        .changed
        .iter()
        .find(|change| change.new.as_str() == "uk24-fuels-liquid-fuels-gas-oil-litre");
    assert!(diesel.unwrap().percent.is_some());
}

#[test]
fn known_mistakes_of_publications_are_caught() {
    let Some(root) = shared("data/factors") else { return };
    let ignite = check(&read(&[root.join("ignite/activity_based_EF_database_out.csv")]).set);
    let tonnes = |code: &str| {
        let found = ignite.kept().filter(|finding| &*finding.code == code);
        found.filter(|finding| finding.place.field.contains("tonnes")).count()
    };
    assert_eq!((tonnes("factor.scale"), tonnes("factor.units_disagree")), (4, 5));
    for sound in [
        "defra/ghg-conversion-factors-2024-full_set_advanced_v1_1.xlsx",
        "defra/Conversion_Factors_2020_Flat_file.xlsx",
        "epa_hub/ghg-emission-factors-hub-2024.xlsx",
        "ghgprotocol/Emission_Factors_for_Cross_Sector_Tools_V2.0.xlsx",
    ] {
        let found = check(&read(&[root.join(sound)]).set);
        let details: Vec<_> = found.kept().map(|finding| finding.detail.clone()).collect();
        assert!(details.is_empty(), "{sound}: {details:?}");
    }
}

#[test]
fn spend_factors_of_the_epa_are_weighed_with_the_fifth_report() {
    let Some(root) = shared("data/factors/epa_supply_chain") else {
        return;
    };
    let file = |which: &str| {
        root.join(format!(
            "SupplyChainGHGEmissionFactors_v1.3.0_NAICS_{which}_USD2022.csv"
        ))
    };
    let (whole, by_gas) = (read(&[file("CO2e")]).set, read(&[file("byGHG")]).set);
    let mut looked_at = 0;
    for (one, other) in whole.factors().iter().zip(by_gas.factors()) {
        assert_eq!(one.id, other.id);
        let mass = |gas: Gas| other.gases.get(&gas).map_or(0, |rate| rate.mantissa());
        let weighed = mass(Gas::Co2) + 28 * mass(Gas::Ch4Fossil) + 265 * mass(Gas::N2o) + mass(Gas::Co2eOther);
        let stated = one.gases[&Gas::Co2eOther].mantissa();
        // Small factors are published with few digits.
        if stated > 31_000_000_000 {
            assert!(
                (weighed - stated).abs() * 1000 <= stated * 3,
                "{}: {weighed} {stated}",
                one.id
            );
            looked_at += 1;
        }
    }
    assert!(looked_at > 200, "{looked_at}");
}

/// Kilograms of CO2e of a factor under the fifth report.
fn co2e(factor: &greenheart_model::Factor) -> f64 {
    let mass = |gas: Gas| factor.gases.get(&gas).map_or(0.0, |rate| rate.to_model_f64());
    mass(Gas::Co2) + 28.0 * mass(Gas::Ch4Fossil) + 265.0 * mass(Gas::N2o) + mass(Gas::Co2eOther)
}

/// The figures that bring an average lorry to a stated load are sums of two cells of the publication: what is burnt on the way,
/// and what came before it.
#[test]
fn lorries_by_load_are_the_sum_of_their_cells() {
    let Some(root) = shared("data/factors/defra/ghg-conversion-factors-2024-full_set_advanced_v1_1.xlsx") else {
        return;
    };
    let published = read(&[root]).set;
    let cell = |sheet: &str, row: &str, laden: &str| -> f64 {
        let at = format!("sheet \"{sheet}\", row {row}");
        let found: Vec<_> = published
            .factors()
            .iter()
            .filter(|factor| factor.citation.ends_with(&at) && factor.name_en.to_lowercase().contains(laden))
            .collect();
        assert_eq!(found.len(), 1, "{at} {laden}: {found:?}");
        co2e(found[0])
    };
    let mut looked_at = 0;
    let shipped = shipped();
    for ours in shipped
        .factors()
        .iter()
        .filter(|factor| factor.id.as_str().starts_with("wtw-uk24"))
    {
        let citation: Vec<&str> = ours.citation.split('"').collect();
        let row = |text: &str| text.trim_start_matches(", row ").split(',').next().unwrap().to_owned();
        let (burnt, before) = ((citation[1], row(citation[2])), (citation[3], row(citation[4])));
        let laden = citation[4].rsplit(", ").next().unwrap().replace(" %", "%");
        let laden = format!(", {laden}");
        let sum = cell(burnt.0, &burnt.1, &laden) + cell(before.0, &before.1, &laden);
        let apart = (co2e(ours) - sum).abs();
        assert!(apart < 0.000_03, "{}: {} shipped, {sum} published", ours.id, co2e(ours));
        looked_at += 1;
    }
    assert_eq!(looked_at, 12);
}
