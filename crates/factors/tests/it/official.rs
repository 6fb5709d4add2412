//! The published files themselves, when the samples are beside the checkout.

use std::path::PathBuf;

use greenheart_factors::{Imported, Kind, Options, Source, counts, import};
use greenheart_testkit::shared;

pub fn read(paths: &[PathBuf]) -> Imported {
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
    import(None, &sources, &Options::norwegian("2026-11-24".parse().unwrap())).unwrap()
}

fn show(imported: &Imported) {
    println!(
        "{} {}: {} factors",
        imported.kind,
        imported.set.version,
        imported.set.factors().len()
    );
    for count in counts(&imported.set).iter().take(12) {
        println!("   {} {} {}", count.group, count.region, count.factors);
    }
    for (code, count, severity) in imported.findings.counts() {
        println!("   {severity} {code} {count}");
    }
    for finding in imported
        .findings
        .kept()
        .filter(|f| &*f.code != "factor.country_mismatch")
        .take(25)
    {
        println!("      {} {} {}", finding.code, finding.place, finding.detail);
    }
}

#[test]
fn look() {
    let Some(root) = shared("data/factors") else { return };
    for file in [
        "defra/ghg-conversion-factors-2024-full_set_advanced_v1_1.xlsx",
        "defra/Conversion_Factors_2020_Flat_file.xlsx",
        "defra/conversion-factors-2021-flat-file-automatic-processing.xls",
        "epa_supply_chain/SupplyChainGHGEmissionFactors_v1.3.0_NAICS_CO2e_USD2022.csv",
        "epa_supply_chain/SupplyChainGHGEmissionFactors_v1.3.0_NAICS_byGHG_USD2022.csv",
        "epa_hub/ghg-emission-factors-hub-2024.xlsx",
        "ghgprotocol/Emission_Factors_for_Cross_Sector_Tools_V2.0.xlsx",
        "useeio_import_exiobase/Regional_detail_import_factors_exiobase_2019_17sch.csv",
        "useeio_import_exiobase/US_detail_import_factors_exiobase_2019_17sch.csv",
        "eea/co2-emission-intensity-6.csv",
        "eea/co2-emission-intensity-from-electricity-generation-5.csv",
        "ignite/activity_based_EF_database_out.csv",
    ] {
        show(&read(&[root.join(file)]));
    }
    let model = ["N.json", "sectors.json", "indicators.json"].map(|file| root.join("useeio_v2.0.1-411").join(file));
    let useeio = read(&model);
    assert_eq!(useeio.kind, Kind::Useeio);
    show(&useeio);
}
