//! Every importer on a small publication of its layout.

use greenheart_factors::{ImportError, Imported, Kind, Options, Source, check, import, parse, sniff, write};
use greenheart_model::{Factor, Gas};

use crate::fixtures;

pub fn options() -> Options {
    Options::norwegian("2026-11-24".parse().unwrap())
}

pub fn read(kind: Kind, files: &[(&str, &[u8])]) -> Imported {
    let sources: Vec<Source<'_>> = files.iter().map(|(file, bytes)| Source { file, bytes }).collect();
    assert_eq!(sniff(&sources).unwrap(), kind);
    let imported = import(None, &sources, &options()).unwrap();
    complete(&imported);
    imported
}

/// What every factor has, whatever it came from; and the set survives our own format.
fn complete(imported: &Imported) {
    for factor in imported.set.factors() {
        let id = &factor.id;
        assert!(!factor.gases.is_empty(), "{id}");
        assert!(
            factor.region.len() == 2 || &*factor.region == "GLO",
            "{id} {}",
            factor.region
        );
        let placed = factor.citation.contains("row") || factor.citation.contains("column");
        assert!(placed || imported.kind == Kind::Own, "{id} is cited without a place");
        assert!(!factor.licence.is_empty() && !factor.name_nb.is_empty(), "{id}");
        assert!(factor.pedigree.iter().all(|score| (1..=5).contains(score)), "{id}");
        assert!(factor.published.year() >= factor.data_year, "{id}");
    }
    let mut file = Vec::new();
    write(&imported.set, &mut file).unwrap();
    assert_eq!(parse(file.as_slice(), &imported.set.version).unwrap(), imported.set);
}

fn of<'a>(imported: &'a Imported, id: &str) -> &'a Factor {
    let factors = imported.set.factors();
    let found = factors.iter().find(|factor| factor.id.as_str() == id);
    found.unwrap_or_else(|| {
        panic!(
            "{id} is none of {:?}",
            factors.iter().map(|f| f.id.as_str()).collect::<Vec<_>>()
        )
    })
}

/// The gases of a factor as text.
fn gases(imported: &Imported, id: &str) -> String {
    let gases = of(imported, id)
        .gases
        .iter()
        .map(|(gas, rate)| format!("{} {rate}", gas.name()));
    gases.collect::<Vec<_>>().join(", ")
}

#[test]
fn uk_full_sets_keep_gases_apart() {
    let uk = read(Kind::UkFull, &[("factors.xlsx", &fixtures::uk_full())]);
    assert_eq!(uk.set.version, "uk-full-2024");
    let litre = "uk24-fuels-liquid-fuels-gas-oil-litre";
    assert_eq!(gases(&uk, litre), "co2 2753.5, ch4_fossil 1, n2o 0.07");
    let factor = of(&uk, litre);
    assert_eq!(
        (&*factor.item, &*factor.aspect, &*factor.region),
        ("diesel_untaxed", "combustion", "GB")
    );
    assert_eq!(&*factor.licence, "OGL-UK-3.0");
    assert!(
        factor
            .citation
            .ends_with("full set v1.1 (DESNZ), sheet \"Fuels\", row 4"),
        "{}",
        factor.citation
    );
    assert_eq!(
        of(&uk, "uk24-fuels-liquid-fuels-gas-oil-kwh-net").per.basis.name(),
        "net_calorific"
    );
    let chips = "uk24-bioenergy-biomass-wood-chips-kwh";
    assert_eq!(gases(&uk, chips), "co2_biogenic 0.35, co2e_other 0.011");
    assert_eq!(
        gases(&uk, "uk24-outside-of-scopes-biomass-grass-kwh"),
        "co2_biogenic 0.3"
    );
    assert_eq!(
        gases(&uk, "uk24-refrigerant-other-kyoto-protocol-products-methane-kg"),
        "ch4_fossil 1"
    );
    assert_eq!(
        gases(&uk, "uk24-refrigerant-other-kyoto-protocol-products-hfc-134a-kg"),
        "co2e_other 1300"
    );
    assert_eq!(
        (
            uk.findings.count("factor.sum_differs"),
            uk.findings.count("factor.row_unread")
        ),
        (1, 1)
    );
}

#[test]
fn uk_flat_files_use_the_potentials_of_their_time() {
    let uk = read(Kind::UkFlat, &[("flat.xlsx", &fixtures::uk_flat())]);
    assert_eq!(uk.set.version, "uk-flat-2021");
    let litre = "uk21-fuels-liquid-fuels-gas-oil-litre";
    assert_eq!(gases(&uk, litre), "co2 2700, ch4_fossil 1, n2o 0.1");
    assert_eq!(
        of(&uk, litre).gwp.name(),
        "ar4",
        "a kg of methane weighs 25 in the file"
    );
    assert_eq!(uk.findings.count("factor.gwp_assumed"), 0);
}

#[test]
fn spend_is_brought_to_kroner_and_marked_as_foreign() {
    let epa = read(Kind::EpaSupplyChain, &[("spend.csv", fixtures::EPA_SPEND.as_bytes())]);
    assert_eq!(
        gases(&epa, "us22-spend-332999"),
        "co2 1, ch4_fossil 0.001, co2e_other 0.0013"
    );
    let factor = of(&epa, "us22-spend-332999");
    assert_eq!(&*factor.item, "class.goods");
    assert!(
        factor
            .remark
            .starts_with("country mismatch: US 2022; converted at 9.6138 NOK per USD in 2022")
    );
    assert_eq!(
        (
            epa.findings.count("factor.country_mismatch"),
            epa.findings.count("factor.row_unread")
        ),
        (1, 1)
    );

    let exiobase = read(Kind::Exiobase, &[("imports.csv", fixtures::EXIOBASE.as_bytes())]);
    assert_eq!(gases(&exiobase, "exio19-spend-1111a0-eu"), "co2 0.1, co2e_other 0.01");
    assert_eq!(of(&exiobase, "exio19-spend-1111a0-eu").pedigree[3], 2);
    assert_eq!(exiobase.findings.count("factor.share_alike"), 1);

    let files = fixtures::USEEIO.map(|(file, text)| (file, text.as_bytes()));
    let useeio = read(Kind::Useeio, &files);
    assert_eq!(gases(&useeio, "useeio12-spend-a"), "co2e_other 0.1");
    assert_eq!(
        of(&useeio, "useeio12-spend-332999").item,
        of(&epa, "us22-spend-332999").item
    );
    assert_eq!(useeio.findings.count("factor.price_year_assumed"), 1);
}

#[test]
fn hub_and_cross_sector_tables_are_read_by_their_headings() {
    let hub = read(Kind::EpaHub, &[("hub-2024.xlsx", &fixtures::epa_hub())]);
    let oil = of(&hub, "epa24-stationary-combustion-distillate-fuel-oil-no-2-mmbtu");
    assert_eq!(oil.per.basis.name(), "gross_calorific");
    assert_eq!(
        oil.gases[&Gas::Co2].to_string(),
        "0.252361995186",
        "73.96 kg over 293.07107 kWh"
    );
    let bio = of(&hub, "epa24-stationary-combustion-biodiesel-100-mmbtu");
    assert_eq!(
        bio.gases.keys().map(|gas| gas.name()).collect::<Vec<_>>(),
        ["ch4_biogenic", "n2o", "co2_biogenic"]
    );
    assert_eq!(
        gases(&hub, "epa24-transport-rail-short-ton-mile"),
        "co2 0.015000284407, ch4_fossil 0.000001164406"
    );
    let burnt = of(&hub, "epa24-waste-mixed-msw-combusted-short-ton");
    assert_eq!((&*burnt.item, &*burnt.aspect), ("mixed_waste", "energy_recovery"));
    assert_eq!(
        gases(&hub, "epa24-waste-mixed-msw-combusted-short-ton"),
        "co2e_other 0.473993863697"
    );

    let protocol = read(Kind::GhgProtocol, &[("cross-sector.xlsx", &fixtures::ghg_protocol())]);
    let petrol = "ghgp24-stationary-combustion-glo-motor-gasoline-tonne";
    assert_eq!(gases(&protocol, petrol), "co2 3.06999, ch4_fossil 0.000443");
    assert_eq!(of(&protocol, petrol).item, "petrol".into());
    let blend = "ghgp24-mobile-combustion-gb-b20-biodiesel-diesel-litre";
    assert_eq!(gases(&protocol, blend), "co2 2100.8, co2_biogenic 478");
}

#[test]
fn yearly_electricity_holds_for_its_year() {
    let eea = read(Kind::Eea, &[("intensity.csv", fixtures::EEA.as_bytes())]);
    let norway = of(&eea, "eea-electricity-norway-2019");
    assert_eq!(gases(&eea, "eea-electricity-norway-2019"), "co2 0.019");
    assert_eq!(
        norway.valid_to.map(|day| day.to_string()).as_deref(),
        Some("2019-12-31")
    );
    assert_eq!(
        (norway.pedigree[3], of(&eea, "eea-electricity-sweden-2018").pedigree[3]),
        (1, 3)
    );
    assert_eq!(eea.findings.count("factor.row_unread"), 1, "nobody knows Atlantis");
    assert_eq!(
        eea.set.version, "eea-electricity-2019",
        "a year without a figure is no edition"
    );
    let renamed = fixtures::EEA
        .replace("index:number", "obsValue:number")
        .replace("Date:year", "date:number");
    let other = read(Kind::Eea, &[("intensity-13.csv", renamed.as_bytes())]);
    assert_eq!(other.set, eea.set, "later editions name their columns otherwise");
}

#[test]
fn tonnes_taken_for_kilograms_are_caught() {
    let ignite = read(Kind::Ignite, &[("factors.csv", fixtures::IGNITE.as_bytes())]);
    assert_eq!(gases(&ignite, "ignite-el-no-market"), "co2e_other 0.40491");
    let wrong = check(&ignite.set);
    assert_eq!(
        (wrong.count("factor.scale"), wrong.count("factor.units_disagree")),
        (1, 1)
    );
    let found = wrong.kept().find(|finding| &*finding.code == "factor.scale").unwrap();
    assert!(
        found.detail.starts_with("`ignite-methane-t`") && found.detail.contains("too small by about 10^6"),
        "{}",
        found.detail
    );
}

#[test]
fn what_is_no_publication_is_refused() {
    let refused = |kind, file: &str, bytes: &[u8]| {
        let sources = [Source { file, bytes }];
        import(kind, &sources, &options()).unwrap_err().to_string()
    };
    assert!(refused(None, "a.csv", b"some,table\n1,2\n").contains("`a.csv` is not a factor publication"));
    assert!(refused(None, "a.xlsx", b"PK\x03\x04 nothing").contains("cannot be read"));
    assert!(refused(None, "a.xls", &[0xD0, 0xCF, 0x11, 0xE0, 1, 2]).contains("cannot be read"));
    assert!(refused(Some(Kind::Eea), "a.csv", b"x\n").contains("is missing"));
    assert!(refused(Some(Kind::Useeio), "N.json", b"[]").contains("sectors.json of the model is missing"));
    let hub = fixtures::epa_hub();
    assert!(refused(None, "hub.xlsx", &hub).contains("state the year"));
    let mut poor = options();
    poor.rates = greenheart_factors::CurrencyRates::default();
    let sources = [Source {
        file: "spend.csv",
        bytes: fixtures::EPA_SPEND.as_bytes(),
    }];
    let error = import(None, &sources, &poor).unwrap_err();
    assert!(
        matches!(&error, ImportError::Missing(what) if what == "the rate of USD in 2022"),
        "{error}"
    );
    assert_eq!(Kind::ALL.map(|kind| kind.name().parse::<Kind>().unwrap()), Kind::ALL);
}

#[test]
fn our_own_format_needs_no_year() {
    let mut file = Vec::new();
    write(&greenheart_factors::shipped(), &mut file).unwrap();
    let imported = read(Kind::Own, &[("ours-2.csv", &file)]);
    assert_eq!(
        (imported.set.version.as_str(), imported.findings.is_empty()),
        ("ours-2", true)
    );
}

#[test]
fn a_table_of_far_cells_is_refused_before_it_fills_the_memory() {
    let far = format!("{}x\n", ",".repeat(511)).repeat(9_000);
    let found = import(
        Some(Kind::Eea),
        &[Source {
            file: "far-2024.csv",
            bytes: far.as_bytes(),
        }],
        &options(),
    );
    assert!(matches!(found, Err(ImportError::TooLarge(_))), "{found:?}");
}
